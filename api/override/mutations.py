"""Mutations about ranks that are set by hand."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.initiative.shown import initiative_after
from api.initiative.types import Initiative
from api.inputs import Composites, decoded, paths_of, to_command
from api.nodes import as_type
from api.override.errors import RankNotFeasible
from api.override.types import RankingOverride
from api.permissions import requires
from domain.commands.ranking import RankingOverrideRemove, RankingOverrideSet
from domain.override import remove_ranking_override, set_ranking_override

_BOARD = requires(Role.BOARD, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_COMPOSITES: Composites = {"place": {"rank": "rank", "before": "before_id"}}
_INITIATIVE = "Whose rank it is: an open initiative."
_REASON = "Why; 1 to 4,000 characters."
_EXPECTED = (
    "The version of the decision in force that the client has seen, 0 for none: refuse this one if it is no longer"
    " current."
)


@strawberry.input(one_of=True, description="Where to put an initiative: exactly one of these.")
class RankingPlace:
    """Choice of a rank."""

    rank: strawberry.Maybe[int] = strawberry.field(
        description="A rank, from 1 to the number of ranked initiatives."
    )
    before: strawberry.Maybe[strawberry.ID] = strawberry.field(
        description="Right before this initiative, in the portfolio's ranking as it is now."
    )


@strawberry.input(description="A rank to be set by hand.")
class RankingOverrideSetInput:
    """Becomes ``RankingOverrideSet``."""

    initiative_id: strawberry.ID = strawberry.field(description=_INITIATIVE)
    place: RankingPlace = strawberry.field(description="Where to put it.")
    reason: str = strawberry.field(description=_REASON)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED)


@strawberry.input(description="A rank that was set by hand, to be withdrawn.")
class RankingOverrideRemoveInput:
    """Becomes ``RankingOverrideRemove``."""

    initiative_id: strawberry.ID = strawberry.field(description="Whose rank is to be computed again.")
    reason: str = strawberry.field(description=_REASON)
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=_EXPECTED)


@strawberry.type(description="The rank is set, or had been by the same decision before.")
class RankingOverrideSetSuccess:
    """Success of ``rankingOverrideSet``."""

    override: RankingOverride = strawberry.field(description="The decision in force.")
    initiative: Initiative = strawberry.field(description="Whose rank it is, as it is now.")


@strawberry.type(description="The rank is computed again.")
class RankingOverrideRemoveSuccess:
    """Success of ``rankingOverrideRemove``."""

    override: RankingOverride = strawberry.field(description="The decision that was withdrawn.")
    initiative: Initiative = strawberry.field(description="Whose rank it was, as it is now.")


RankingOverrideSetResult = Annotated[
    RankingOverrideSetSuccess | RankNotFeasible | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("RankingOverrideSetResult", description="Outcome of `rankingOverrideSet`."),
]
RankingOverrideRemoveResult = Annotated[
    RankingOverrideRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("RankingOverrideRemoveResult", description="Outcome of `rankingOverrideRemove`."),
]


@strawberry.type
class RankingOverrideMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Give an initiative a rank by hand, in place of what was decided before; the others keep their"
        " order. What counts is the portfolio's own ranking: by its default model, of all open initiatives,"
        " dependency-aware.",
        **_BOARD,
    )
    async def ranking_override_set(
        self, info: Info, input: Annotated[RankingOverrideSetInput, _ARGUMENT]
    ) -> RankingOverrideSetResult:
        given: dict[str, object] = {
            "initiative_id": decoded("Initiative", input.initiative_id, "initiativeId"),
            "reason": input.reason,
        }
        if input.expected_version is not strawberry.UNSET:
            given["expected_version"] = input.expected_version
        if input.place.rank is not None:
            given["rank"] = input.place.rank.value
        if input.place.before is not None:
            given["before_id"] = decoded("Initiative", input.place.before.value, "place", "before")
        with paths_of(_COMPOSITES):
            row = await set_ranking_override(
                info.context.database,
                info.context.services.snapshots,
                info.context.actor,
                RankingOverrideSet.parse(given),
                today=datetime.now(UTC).date(),
            )
        initiative = await initiative_after(info.context, row.initiative_id)
        return RankingOverrideSetSuccess(override=as_type(RankingOverride, row), initiative=initiative)

    @strawberry.mutation(description="Withdraw a rank that was set by hand.", **_BOARD)
    async def ranking_override_remove(
        self, info: Info, input: Annotated[RankingOverrideRemoveInput, _ARGUMENT]
    ) -> RankingOverrideRemoveResult:
        command = to_command(RankingOverrideRemove, input, ids={"initiative_id": "Initiative"})
        row = await remove_ranking_override(info.context.database, info.context.actor, command)
        initiative = await initiative_after(info.context, row.initiative_id)
        return RankingOverrideRemoveSuccess(override=as_type(RankingOverride, row), initiative=initiative)
