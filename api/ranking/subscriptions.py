"""``rankingChanged``: hearing when the order of a portfolio is another one."""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.changes.queries import PortfolioArgument
from api.context import Info
from api.inputs import decoded
from api.permissions import READ
from api.ranking.enums import OrderKind
from api.ranking.request import By, Order, request_for
from domain.ranking import rank_portfolio
from domain.snapshot import Version

if TYPE_CHECKING:
    from api.portfolio.types import Portfolio


@strawberry.type(
    description="A portfolio's ranking has changed: an order, a score, or what it is computed from."
)
class RankingChanged:
    """Event of the subscription ``rankingChanged``."""

    version: str = strawberry.field(
        description="The portfolio's version now, for `changesSince` and `since`."
    )
    fingerprint: str = strawberry.field(
        description="Identifies what the ranking is computed from, as `RankingConnection.fingerprint` does."
    )
    portfolio_id_: strawberry.Private[UUID]

    @strawberry.field(description="The portfolio as it is now; ask it for its `ranking`.")
    async def portfolio(self, info: Info) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        view = await info.context.written()
        return cast("Portfolio", view.directory.portfolios[self.portfolio_id_])


@strawberry.type
class RankingSubscriptions:
    """Merged into ``Subscription``."""

    @strawberry.subscription(
        description="A portfolio's ranking: the current one at once, then one event whenever it has changed. Changes"
        " that leave the ranking as it is give none.",
        **READ,
    )
    async def ranking_changed(
        self,
        info: Info,
        portfolio: PortfolioArgument,
        by: By = strawberry.UNSET,
        order: Order = OrderKind.DEPENDENCY_AWARE,
        since: Annotated[
            str | None,
            strawberry.argument(
                description="The last version that the client has seen: then the first event comes as soon as there is"
                " a later change of the portfolio."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[RankingChanged, None]:
        context = info.context
        portfolio_id = decoded("Portfolio", portfolio, "portfolio")
        request_for(by or None, order, None, None)  # refused at once, and not at the first change
        versions = context.services.changes.follow(
            context.actor.organisation_id, portfolio_id, since=Version.parse(since) if since else None
        )
        shown: str | None = None
        async for version in versions:
            view = await context.services.snapshots.fresh(context.actor.organisation_id, portfolio_id)
            ranking = await rank_portfolio(view, portfolio_id, request_for(by or None, order, None, None))
            if ranking.fingerprint != shown:
                shown = ranking.fingerprint
                yield RankingChanged(version=version.token, fingerprint=shown, portfolio_id_=portfolio_id)
