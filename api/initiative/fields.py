"""``Portfolio.initiatives``."""

from typing import Annotated, cast

import strawberry

from api.context import Info
from api.filters import WHERE
from api.initiative.filters import InitiativeOrder, InitiativeWhere
from api.initiative.types import InitiativeConnection
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.pagination import After, Before, First, Last, page_of
from domain.queries.listing import OrderBy
from domain.queries.sources import INITIATIVES
from domain.rows import InitiativeRow, PortfolioRow

INITIATIVE_LISTING = Listing(
    INITIATIVES,
    InitiativeConnection,
    ids={
        "id": "Initiative",
        "category_id": "AllocationCategory",
        "team_id": "Team",
        "owner_id": "Member",
        "sponsor_id": "Member",
    },
    default=(OrderBy("title"),),
)


@strawberry.type
class PortfolioInitiatives:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its initiatives, by title unless ordered otherwise; for ranks see `ranking`."
    )
    async def initiatives(
        self: PortfolioRow,
        info: Info,
        where: Annotated[InitiativeWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[InitiativeOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> InitiativeConnection:
        view = await info.context.view(self.id)
        found = await children_of(
            info.context,
            INITIATIVE_LISTING,
            parent="portfolio_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
        columns = view.portfolio(self.id)
        rows = cast(list[InitiativeRow], found.nodes)
        if any(columns.find(row.id) is None for row in rows):
            # somebody added them after the view was taken
            await info.context.renew()
        return found
