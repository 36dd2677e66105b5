"""Queries about bookings."""

from typing import Annotated

import strawberry

from api.booking.filters import BookingOrder, BookingWhere
from api.booking.types import BOOKING_LISTING, BookingConnection
from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class BookingQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="What teams have spent, week by week, the latest first unless ordered otherwise.", **READ
    )
    async def bookings(
        self,
        info: Info,
        where: Annotated[BookingWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[BookingOrder] | None, ORDER_BY] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BookingConnection:
        return await connection_of(
            info.context,
            BOOKING_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=False,
        )
