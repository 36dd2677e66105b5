"""Queries about breaches."""

from typing import Annotated

import strawberry

from api.breach.filters import BreachOrder, BreachWhere
from api.breach.types import BREACH_LISTING, BreachConnection
from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class BreachQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Breaches of the organisation's KPIs, the newest first unless ordered otherwise.", **READ
    )
    async def breaches(
        self,
        info: Info,
        where: Annotated[BreachWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[BreachOrder] | None, ORDER_BY] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> BreachConnection:
        return await connection_of(
            info.context,
            BREACH_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=True,
        )
