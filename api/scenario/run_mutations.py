"""Mutations about solves of scenarios."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.scenario.errors import ScenarioAlreadyDecided, ScenarioEffectRefused, TooManyComputations
from api.scenario.inputs import ScenarioRunCancelInput, ScenarioSettingUpdateInput, ScenarioSolveInput
from api.scenario.run_types import ScenarioRun
from domain.scenario.commands import ScenarioRunCancel, ScenarioSettingUpdate, ScenarioSolve
from domain.scenario.runs import cancel_run, solve_scenario
from domain.scenario.setting import update_scenario_setting

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(
    description="The solve is queued; or it is the one that was asked for before with the same input and parameters, in"
    " whatever state."
)
class ScenarioSolveSuccess:
    """Success of ``scenarioSolve``."""

    run: ScenarioRun = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The solve is over, or is being ended.")
class ScenarioRunCancelSuccess:
    """Success of ``scenarioRunCancel``."""

    run: ScenarioRun = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What solves may take was changed.")
class ScenarioSettingUpdateSuccess:
    """Success of ``scenarioSettingUpdate``."""

    most_budget_seconds: float = strawberry.field(description="The largest budget of a solve, in seconds.")


ScenarioSolveResult = Annotated[
    ScenarioSolveSuccess
    | ScenarioEffectRefused
    | ScenarioAlreadyDecided
    | TooManyComputations
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioSolveResult", description="Outcome of `scenarioSolve`."),
]
ScenarioRunCancelResult = Annotated[
    ScenarioRunCancelSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioRunCancelResult", description="Outcome of `scenarioRunCancel`."),
]
ScenarioSettingUpdateResult = Annotated[
    ScenarioSettingUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioSettingUpdateResult", description="Outcome of `scenarioSettingUpdate`."),
]


@strawberry.type
class ScenarioRunMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Solve a scenario, and its base beside it, in the background: what to fund, when it runs, and how"
        " likely that holds. `scenarioRunProgress` follows it.",
        metadata={"cost": 60},
        **_PLANNER,
    )
    async def scenario_solve(
        self, info: Info, input: Annotated[ScenarioSolveInput, _ARGUMENT]
    ) -> ScenarioSolveResult:
        command = to_command(ScenarioSolve, input, ids={"scenario_id": "Scenario"})
        run = await solve_scenario(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioSolveSuccess(run=as_type(ScenarioRun, run))

    @strawberry.mutation(
        description="End a solve: one that waits at once, one that runs within a second. One that is over stays as it"
        " is.",
        **_PLANNER,
    )
    async def scenario_run_cancel(
        self, info: Info, input: Annotated[ScenarioRunCancelInput, _ARGUMENT]
    ) -> ScenarioRunCancelResult:
        command = to_command(ScenarioRunCancel, input, ids={"run_id": "ScenarioRun"})
        run = await cancel_run(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return ScenarioRunCancelSuccess(run=as_type(ScenarioRun, run))

    @strawberry.mutation(
        description="Say what solves of the organisation may take.",
        **requires(Role.ADMIN, TokenScope.ADMIN),
    )
    async def scenario_setting_update(
        self, info: Info, input: Annotated[ScenarioSettingUpdateInput, _ARGUMENT]
    ) -> ScenarioSettingUpdateResult:
        command = to_command(ScenarioSettingUpdate, input)
        most = await update_scenario_setting(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioSettingUpdateSuccess(most_budget_seconds=most)
