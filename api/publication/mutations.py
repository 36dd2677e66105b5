"""Mutations about published rankings."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import InitiativeState, Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import decoded
from api.nodes import as_type
from api.permissions import requires
from api.publication.types import RankingPublication
from api.ranking.enums import OrderKind
from api.ranking.request import RankingBy
from domain.commands.ranking import RankingPublish
from domain.publication import publish_ranking

_BOARD = requires(Role.BOARD, TokenScope.WRITE)


@strawberry.input(
    description="A ranking to be published, asked for as `Portfolio.ranking` is. Ranks that are set by hand count as"
    " they do there."
)
class RankingPublishInput:
    """Becomes ``RankingPublish``."""

    portfolio_id: strawberry.ID = strawberry.field(description="The portfolio; one in use.")
    by: RankingBy | None = strawberry.field(
        default=strawberry.UNSET,
        description="What to rank by; left out it is the portfolio's default model, or CD3 when it has none.",
    )
    order: OrderKind = strawberry.field(
        default=OrderKind.DEPENDENCY_AWARE, description="How to put initiatives in order."
    )
    states: list[InitiativeState] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Rank initiatives in these states, at least one; left out all but completed and stopped.",
    )
    soft_penalty_weeks: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="What breaking a soft dependency costs, in weeks of the successor's weight, from 0 to 10,000; left"
        " out, soft dependencies only inform.",
    )
    as_of: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The day that costs of delay are counted from; left out today (UTC).",
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="What the board says about it, for instance on which occasion; at most 4,000 characters.",
    )
    expected_fingerprint: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The `fingerprint` of the ranking that the board has seen: refuse to publish another one.",
    )
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters of the client's choice: repeating the mutation under the same key returns the"
        " first publication.",
    )


@strawberry.type(description="The ranking is published, or had been under the same idempotency key before.")
class RankingPublishSuccess:
    """Success of ``rankingPublish``."""

    publication: RankingPublication = strawberry.field(description="What was published.")


RankingPublishResult = Annotated[
    RankingPublishSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("RankingPublishResult", description="Outcome of `rankingPublish`."),
]


@strawberry.type
class RankingPublicationMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Publish a portfolio's ranking as it is now, with all that it is computed from.",
        metadata={"cost": 100},
        **_BOARD,
    )
    async def ranking_publish(
        self,
        info: Info,
        input: Annotated[RankingPublishInput, strawberry.argument(description=WHAT_TO_DO)],
    ) -> RankingPublishResult:
        row = await publish_ranking(
            info.context.database,
            info.context.services.snapshots,
            info.context.actor,
            _command(input),
            today=datetime.now(UTC).date(),
        )
        await info.context.written()
        return RankingPublishSuccess(publication=as_type(RankingPublication, row))


def _command(given: RankingPublishInput) -> RankingPublish:
    names = ("states", "soft_penalty_weeks", "as_of", "note", "expected_fingerprint", "idempotency_key")
    values = {
        name: getattr(given, name) for name in names if getattr(given, name) not in (None, strawberry.UNSET)
    }
    if given.by:
        by = given.by
        if by.model is not None:
            values["model_id"] = decoded("ScoringModel", by.model.value, "by", "model")
        if by.model_version is not None:
            path = ("by", "modelVersion")
            values["model_version_id"] = decoded("ScoringModelVersion", by.model_version.value, *path)
        if by.method is not None:
            values["method"] = by.method.value
    portfolio_id = decoded("Portfolio", given.portfolio_id, "portfolioId")
    return RankingPublish.parse({"portfolio_id": portfolio_id, "order_kind": given.order, **values})
