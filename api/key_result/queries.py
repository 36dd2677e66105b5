"""Queries about key results."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.key_result.filters import KeyResultOrder, KeyResultWhere
from api.key_result.types import KEY_RESULT_LISTING, KeyResultConnection
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class KeyResultQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The organisation's key results, the oldest first unless ordered otherwise.", **READ
    )
    async def key_results(
        self,
        info: Info,
        where: Annotated[KeyResultWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[KeyResultOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KeyResultConnection:
        return await connection_of(
            info.context,
            KEY_RESULT_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
