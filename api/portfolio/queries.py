"""Queries about portfolios."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ
from api.portfolio.filters import PortfolioOrder, PortfolioWhere
from api.portfolio.types import PORTFOLIO_LISTING, PortfolioConnection


@strawberry.type
class PortfolioQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's portfolios, by name unless ordered otherwise.", **READ)
    async def portfolios(
        self,
        info: Info,
        where: Annotated[PortfolioWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[PortfolioOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> PortfolioConnection:
        return await connection_of(
            info.context,
            PORTFOLIO_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
