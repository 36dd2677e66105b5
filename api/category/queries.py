"""Queries about allocation categories."""

from typing import Annotated

import strawberry

from api.category.filters import CategoryOrder, CategoryWhere
from api.category.types import CATEGORY_LISTING, AllocationCategoryConnection
from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class CategoryQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The organisation's allocation categories, by name unless ordered otherwise.", **READ
    )
    async def categories(
        self,
        info: Info,
        where: Annotated[CategoryWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[CategoryOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> AllocationCategoryConnection:
        return await connection_of(
            info.context,
            CATEGORY_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
