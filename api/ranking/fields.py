"""``Portfolio.ranking`` and the version that it rests on."""

import strawberry

from api.context import Info
from api.pagination import After, Before, First, Last, page_of
from api.ranking.enums import OrderKind
from api.ranking.request import AsOf, By, Order, Overridden, SoftPenaltyWeeks, States, ranked
from api.ranking.types import RankingConnection
from domain.rows import PortfolioRow


@strawberry.type
class PortfolioRanking:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="The version of everything that this answer shows of the portfolio: pass it to `changesSince` or"
        " `portfolioChanged`."
    )
    async def data_version(self: PortfolioRow, info: Info) -> str:
        return (await info.context.view(self.id)).version.token

    @strawberry.field(
        description="Its initiatives, best first, each with the reasons for its rank. Computed from the current data;"
        " the cursors are bound to the very ranking that they come from."
    )
    async def ranking(
        self: PortfolioRow,
        info: Info,
        by: By = strawberry.UNSET,
        order: Order = OrderKind.DEPENDENCY_AWARE,
        states: States = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        soft_penalty_weeks: SoftPenaltyWeeks = None,
        overridden: Overridden = True,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingConnection:
        return await ranked(
            info,
            self.id,
            by=by or None,
            order=order,
            states=None if states is strawberry.UNSET else states,
            as_of=as_of or None,
            soft_penalty_weeks=soft_penalty_weeks,
            overridden=overridden,
            page=page_of(first=first, after=after, last=last, before=before),
        )
