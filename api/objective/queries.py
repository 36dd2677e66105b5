"""Queries about objectives."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.types import OBJECTIVE_LISTING, ObjectiveConnection
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class ObjectiveQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The organisation's objectives, the oldest first unless ordered otherwise.", **READ
    )
    async def objectives(
        self,
        info: Info,
        where: Annotated[ObjectiveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ObjectiveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ObjectiveConnection:
        return await connection_of(
            info.context,
            OBJECTIVE_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
