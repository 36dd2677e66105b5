"""Mutations by which a scenario is put on a new base, and by which a board decides about it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.allocation.errors import AllocationSharesNotWhole
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.initiative.errors import IllegalTransition
from api.inputs import to_command
from api.nodes import as_type, as_types
from api.permissions import requires
from api.scenario.enums import Refusal
from api.scenario.errors import (
    MOST_SHOWN,
    ScenarioAlreadyDecided,
    ScenarioBaseMove,
    ScenarioBaseMovedOn,
    ScenarioEffectRefused,
)
from api.scenario.inputs import ScenarioApproveInput, ScenarioRebaseInput, ScenarioRejectInput
from api.scenario.types import Scenario
from domain.scenario.approval import approve_scenario, reject_scenario
from domain.scenario.commands import ScenarioApprove, ScenarioRebase, ScenarioReject
from domain.scenario.errors import Moved
from domain.scenario.rebasing import EffectConflict, rebase_scenario

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_BOARD = requires(Role.BOARD, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_IDS = {"scenario_id": "Scenario", "initiative_ids": "Initiative"}


@strawberry.type(
    description="An effect under which something of the base has changed, or that does not fit any more."
)
class ScenarioEffectConflict:
    """Shows ``EffectConflict``."""

    conflict: strawberry.Private[EffectConflict]

    @strawberry.field(description="Which of the effects that the scenario had, counted from 0.")
    def effect_index(self) -> int:
        return self.conflict.index

    @strawberry.field(description="What has changed of that which it changes; at most 100.")
    def moves(self) -> list[ScenarioBaseMove]:
        return as_types(ScenarioBaseMove, self.conflict.moved[:MOST_SHOWN])

    @strawberry.field(description="Why it can't be applied to the new base; null when it can.")
    def refusal(self) -> Refusal | None:
        return None if self.conflict.refusal is None else self.conflict.refusal.reason

    @strawberry.field(description="The same for a person to read; null when it can.")
    def message(self) -> str | None:
        return None if self.conflict.refusal is None else self.conflict.refusal.message


@strawberry.type(description="What putting the scenario on the newest base means, and whether it was done.")
class ScenarioRebaseSuccess:
    """Success of ``scenarioRebase``."""

    all_moves: strawberry.Private[Sequence[Moved]]
    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)
    applied: bool = strawberry.field(description="Whether it was done.")
    conflicts: list[ScenarioEffectConflict] = strawberry.field(
        description="Effects under which something has changed, or that do not fit any more; at most one for each of"
        " its effects."
    )

    @strawberry.field(description="How much of the base has changed.")
    def move_count(self) -> int:
        return len(self.all_moves)

    @strawberry.field(description="What of the base has changed, at most the first 100.")
    def moves(self) -> list[ScenarioBaseMove]:
        return as_types(ScenarioBaseMove, self.all_moves[:MOST_SHOWN])


@strawberry.type(
    description="The board goes by the scenario: its effects are written. Or it had done so under the same idempotency"
    " key."
)
class ScenarioApproveSuccess:
    """Success of ``scenarioApprove``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The board does not go by the scenario.")
class ScenarioRejectSuccess:
    """Success of ``scenarioReject``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


ScenarioRebaseResult = Annotated[
    ScenarioRebaseSuccess
    | ScenarioEffectRefused
    | ScenarioBaseMovedOn
    | ScenarioAlreadyDecided
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioRebaseResult", description="Outcome of `scenarioRebase`."),
]
ScenarioApproveResult = Annotated[
    ScenarioApproveSuccess
    | ScenarioBaseMovedOn
    | ScenarioAlreadyDecided
    | AllocationSharesNotWhole
    | IllegalTransition
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioApproveResult", description="Outcome of `scenarioApprove`."),
]
ScenarioRejectResult = Annotated[
    ScenarioRejectSuccess | ScenarioAlreadyDecided | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioRejectResult", description="Outcome of `scenarioReject`."),
]


@strawberry.type
class ScenarioDecisionMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say what putting a scenario on things as they are now means: what of its base has changed, and"
        " which effects that concerns. With `apply` it is done.",
        metadata={"cost": 100},
        **_PLANNER,
    )
    async def scenario_rebase(
        self, info: Info, input: Annotated[ScenarioRebaseInput, _ARGUMENT]
    ) -> ScenarioRebaseResult:
        command = to_command(ScenarioRebase, input, ids=_IDS)
        found = await rebase_scenario(
            info.context.database,
            info.context.services.snapshots,
            info.context.actor,
            command,
            now=datetime.now(UTC),
        )
        await info.context.written()
        return ScenarioRebaseSuccess(
            scenario=as_type(Scenario, found.scenario),
            applied=found.applied,
            conflicts=[ScenarioEffectConflict(conflict=conflict) for conflict in found.conflicts],
            all_moves=found.moved,
        )

    @strawberry.mutation(
        description="Go by a scenario: its effects become the portfolio's policy, capacity, scoring and estimates, in"
        " one transaction with its funded initiatives' approvals, or nothing is written. What is forced in is written"
        " by approving it; what is forced out is stopped when in flight, and back to EVALUATED when APPROVED. People"
        " who are hired become people of the team where its capacity is counted by people; other capacity is stated for"
        " each period. Refused when anything has changed that the scenario's result depends on.",
        metadata={"cost": 100},
        **_BOARD,
    )
    async def scenario_approve(
        self, info: Info, input: Annotated[ScenarioApproveInput, _ARGUMENT]
    ) -> ScenarioApproveResult:
        command = to_command(ScenarioApprove, input, ids=_IDS)
        row = await approve_scenario(
            info.context.database,
            info.context.services.snapshots,
            info.context.actor,
            command,
            now=datetime.now(UTC),
        )
        await info.context.written()
        return ScenarioApproveSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(description="Don't go by a scenario; it can be copied to go on.", **_BOARD)
    async def scenario_reject(
        self, info: Info, input: Annotated[ScenarioRejectInput, _ARGUMENT]
    ) -> ScenarioRejectResult:
        command = to_command(ScenarioReject, input, ids=_IDS)
        row = await reject_scenario(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return ScenarioRejectSuccess(scenario=as_type(Scenario, row))
