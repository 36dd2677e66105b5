"""Queries about cycles."""

from typing import Annotated

import strawberry

from api.context import Info
from api.cycle.filters import CycleOrder, CycleWhere
from api.cycle.types import CYCLE_LISTING, CycleConnection
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class CycleQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's cycles, by first day unless ordered otherwise.", **READ)
    async def cycles(
        self,
        info: Info,
        where: Annotated[CycleWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[CycleOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> CycleConnection:
        return await connection_of(
            info.context,
            CYCLE_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
