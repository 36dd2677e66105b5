"""What ``Portfolio`` says about its rankings as such: how they depend on the choice of the method."""

from typing import Annotated

import strawberry

from api.context import Info
from api.pagination import After, Before, First, Last, page_of
from api.ranking.agreement import RankingComparisonConnection, comparison_page
from api.ranking.enums import OrderKind
from api.ranking.request import AsOf, Order, RankingBy, States, request_for
from domain.ranking.agreement import LEAST_COMPARED, MOST_COMPARED, compare_rankings
from domain.rows import PortfolioRow

ComparedBy = Annotated[
    list[RankingBy],
    strawberry.argument(
        description=f"What to rank by: {LEAST_COMPARED} to {MOST_COMPARED} models, versions or methods."
    ),
]


@strawberry.type
class PortfolioRankingAnalyses:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its initiatives ranked in several ways, side by side: how far these agree, and whose rank depends"
        " most on the choice. Ranks that are set by hand are left aside.",
        metadata={"cost": 100},
    )
    async def ranking_comparison(
        self: PortfolioRow,
        info: Info,
        by: ComparedBy,
        order: Order = OrderKind.DEPENDENCY_AWARE,
        states: States = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingComparisonConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        requests = [request_for(one, order, states, as_of or None, overridden=False) for one in by]
        view = await info.context.view(self.id)
        return comparison_page(await compare_rankings(view, self.id, requests), page)
