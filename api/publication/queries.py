"""Queries about published rankings."""

from typing import Annotated

import strawberry

from api.context import Info
from api.inputs import decoded
from api.nodes import as_type
from api.permissions import READ
from api.publication.diff import RankingDiff
from api.publication.types import REPLAY_COST, known
from domain.replay import diff_rankings


@strawberry.type
class RankingPublicationQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Two published rankings of one portfolio side by side: what entered, left and moved, and why.",
        metadata={"cost": REPLAY_COST},
        **READ,
    )
    async def ranking_diff(
        self,
        info: Info,
        from_: Annotated[
            strawberry.ID,
            strawberry.argument(name="from", description="A published ranking, in general the earlier one."),
        ],
        to: Annotated[strawberry.ID, strawberry.argument(description="Another one of the same portfolio.")],
    ) -> RankingDiff:
        found = await diff_rankings(
            info.context.database,
            info.context.actor.organisation_id,
            before_id=decoded("RankingPublication", from_, "from"),
            after_id=decoded("RankingPublication", to, "to"),
        )
        await info.context.view(found.after.portfolio_id)
        await known(info.context, [found.before, found.after])
        return as_type(RankingDiff, found)
