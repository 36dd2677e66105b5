"""``portfolioChanged``: hearing of changes as they happen."""

from collections.abc import AsyncGenerator
from typing import Annotated

import strawberry

from api.changes.queries import PortfolioArgument
from api.changes.types import PortfolioChanged
from api.context import Info
from api.inputs import decoded
from api.permissions import READ
from domain.snapshot import Version


@strawberry.type
class ChangeSubscriptions:
    """Merged into ``Subscription``."""

    @strawberry.subscription(
        description="The portfolio's version: the current one at once, then one after each change in it or in"
        " what all portfolios share. Changes that come together give one event; ask `changesSince` with the"
        " version before for what they were.",
        **READ,
    )
    async def portfolio_changed(
        self,
        info: Info,
        portfolio: PortfolioArgument,
        since: Annotated[
            str | None,
            strawberry.argument(
                description="The last version that the client has seen: then the first event comes as soon as"
                " there is a later change, and nothing is missed over a lost connection."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncGenerator[PortfolioChanged, None]:
        actor = info.context.actor
        portfolio_id = decoded("Portfolio", portfolio, "portfolio")
        versions = info.context.services.changes.follow(
            actor.organisation_id, portfolio_id, since=Version.parse(since) if since else None
        )
        async for version in versions:
            yield PortfolioChanged(version=version.token, portfolio_id_=portfolio_id)
