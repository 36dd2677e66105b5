"""Mutations about scenarios and their effects."""

from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import decoded, plain_values, to_command
from api.nodes import as_type
from api.permissions import requires
from api.scenario.effect_inputs import effect_of, effects_of
from api.scenario.errors import ScenarioAlreadyDecided, ScenarioBaseMovedOn, ScenarioEffectRefused
from api.scenario.inputs import (
    ScenarioCopyInput,
    ScenarioCreateInput,
    ScenarioEffectAddInput,
    ScenarioEffectRemoveInput,
    ScenarioEffectsReplaceInput,
    ScenarioShareInput,
    ScenarioUpdateInput,
)
from api.scenario.types import Scenario
from domain.commands.base import ArchiveCommand
from domain.scenario import records
from domain.scenario.commands import (
    EffectAdd,
    EffectRemove,
    EffectsReplace,
    ScenarioCopy,
    ScenarioCreate,
    ScenarioUpdate,
)

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_IDS = {"scenario_id": "Scenario"}
_BASE_COST = 60


@strawberry.type(description="The scenario was created, or had been by the same input before.")
class ScenarioCreateSuccess:
    """Success of ``scenarioCreate``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scenario was changed.")
class ScenarioUpdateSuccess:
    """Success of ``scenarioUpdate``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scenario was shared, or is private again.")
class ScenarioShareSuccess:
    """Success of ``scenarioShare``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scenario was archived, or taken back into use.")
class ScenarioArchiveSuccess:
    """Success of ``scenarioArchive``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scenario was copied, or had been by the same input before.")
class ScenarioCopySuccess:
    """Success of ``scenarioCopy``."""

    scenario: Scenario = strawberry.field(description="The copy.")


@strawberry.type(description="The effects are those that were given.")
class ScenarioEffectsReplaceSuccess:
    """Success of ``scenarioEffectsReplace``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The effect was added.")
class ScenarioEffectAddSuccess:
    """Success of ``scenarioEffectAdd``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The effect is gone.")
class ScenarioEffectRemoveSuccess:
    """Success of ``scenarioEffectRemove``."""

    scenario: Scenario = strawberry.field(description=AS_IT_IS_NOW)


ScenarioCreateResult = Annotated[
    ScenarioCreateSuccess | ScenarioEffectRefused | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioCreateResult", description="Outcome of `scenarioCreate`."),
]
ScenarioUpdateResult = Annotated[
    ScenarioUpdateSuccess | ScenarioAlreadyDecided | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioUpdateResult", description="Outcome of `scenarioUpdate`."),
]
ScenarioShareResult = Annotated[
    ScenarioShareSuccess | ScenarioAlreadyDecided | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioShareResult", description="Outcome of `scenarioShare`."),
]
ScenarioArchiveResult = Annotated[
    ScenarioArchiveSuccess | ScenarioAlreadyDecided | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioArchiveResult", description="Outcome of `scenarioArchive`."),
]
ScenarioCopyResult = Annotated[
    ScenarioCopySuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScenarioCopyResult", description="Outcome of `scenarioCopy`."),
]
ScenarioEffectsReplaceResult = Annotated[
    ScenarioEffectsReplaceSuccess
    | ScenarioEffectRefused
    | ScenarioBaseMovedOn
    | ScenarioAlreadyDecided
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioEffectsReplaceResult", description="Outcome of `scenarioEffectsReplace`."),
]
ScenarioEffectAddResult = Annotated[
    ScenarioEffectAddSuccess
    | ScenarioEffectRefused
    | ScenarioBaseMovedOn
    | ScenarioAlreadyDecided
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioEffectAddResult", description="Outcome of `scenarioEffectAdd`."),
]
ScenarioEffectRemoveResult = Annotated[
    ScenarioEffectRemoveSuccess
    | ScenarioEffectRefused
    | ScenarioAlreadyDecided
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ScenarioEffectRemoveResult", description="Outcome of `scenarioEffectRemove`."),
]


@strawberry.type
class ScenarioMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Create a scenario: the portfolio's plan as it is now becomes its base. It is the viewer's.",
        metadata={"cost": _BASE_COST},
        **_PLANNER,
    )
    async def scenario_create(
        self, info: Info, input: Annotated[ScenarioCreateInput, _ARGUMENT]
    ) -> ScenarioCreateResult:
        row = await records.create_scenario(
            info.context.database,
            info.context.services.snapshots,
            info.context.actor,
            _new_scenario(input),
            now=datetime.now(UTC),
        )
        await info.context.written()
        return ScenarioCreateSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(description="Change a scenario, or pass it on to another member.", **_PLANNER)
    async def scenario_update(
        self, info: Info, input: Annotated[ScenarioUpdateInput, _ARGUMENT]
    ) -> ScenarioUpdateResult:
        command = to_command(ScenarioUpdate, input, ids={"id": "Scenario", "owner_id": "Member"})
        row = await records.update_scenario(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioUpdateSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(description="Let everybody in the organisation see a scenario.", **_PLANNER)
    async def scenario_share(
        self, info: Info, input: Annotated[ScenarioShareInput, _ARGUMENT]
    ) -> ScenarioShareResult:
        command = to_command(ScenarioUpdate, input, ids={"id": "Scenario"})
        row = await records.update_scenario(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioShareSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(description="Take a draft out of use, or back into it.", **_PLANNER)
    async def scenario_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> ScenarioArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Scenario"})
        row = await records.archive_scenario(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioArchiveSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(
        description="Make a private scenario of the viewer's on the same base, with the same effects.",
        **_PLANNER,
    )
    async def scenario_copy(
        self, info: Info, input: Annotated[ScenarioCopyInput, _ARGUMENT]
    ) -> ScenarioCopyResult:
        command = to_command(ScenarioCopy, input, ids=_IDS)
        row = await records.copy_scenario(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioCopySuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(
        description="Put effects in place of all those that a scenario has.",
        metadata={"cost": _BASE_COST},
        **_PLANNER,
    )
    async def scenario_effects_replace(
        self, info: Info, input: Annotated[ScenarioEffectsReplaceInput, _ARGUMENT]
    ) -> ScenarioEffectsReplaceResult:
        values = _place(input.scenario_id, input.expected_version)
        command = EffectsReplace.parse({**values, "effects": effects_of(input.effects)})
        row = await records.replace_effects(
            info.context.database, info.context.services.snapshots, info.context.actor, command
        )
        await info.context.written()
        return ScenarioEffectsReplaceSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(
        description="Add an effect to a scenario.", metadata={"cost": _BASE_COST}, **_PLANNER
    )
    async def scenario_effect_add(
        self, info: Info, input: Annotated[ScenarioEffectAddInput, _ARGUMENT]
    ) -> ScenarioEffectAddResult:
        values = _place(input.scenario_id, input.expected_version)
        if isinstance(input.position, int):
            values["position"] = input.position
        command = EffectAdd.parse({**values, "effect": effect_of(input.effect, "effect")})
        row = await records.add_effect(
            info.context.database, info.context.services.snapshots, info.context.actor, command
        )
        await info.context.written()
        return ScenarioEffectAddSuccess(scenario=as_type(Scenario, row))

    @strawberry.mutation(
        description="Take an effect of a scenario away; the others keep their order.", **_PLANNER
    )
    async def scenario_effect_remove(
        self, info: Info, input: Annotated[ScenarioEffectRemoveInput, _ARGUMENT]
    ) -> ScenarioEffectRemoveResult:
        command = to_command(EffectRemove, input, ids=_IDS)
        row = await records.remove_effect(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScenarioEffectRemoveSuccess(scenario=as_type(Scenario, row))


def _place(scenario_id: strawberry.ID, expected_version: int | None) -> dict[str, Any]:
    values: dict[str, Any] = {"scenario_id": decoded("Scenario", scenario_id, "scenarioId")}
    if isinstance(expected_version, int):
        values["expected_version"] = expected_version
    return values


def _new_scenario(given: ScenarioCreateInput) -> ScenarioCreate:
    values: dict[str, Any] = {
        name: value
        for name in ("id", "name", "description", "visibility")
        if (value := getattr(given, name)) not in (None, strawberry.UNSET)
    }
    values["portfolio_id"] = decoded("Portfolio", given.portfolio_id, "portfolioId")
    values["cycle_id"] = decoded("Cycle", given.cycle_id, "cycleId")
    if given.by:
        ids = {"model": "ScoringModel", "model_version": "ScoringModelVersion"}
        by = plain_values(given.by, ids=ids, path=("by",))
        values |= {name if name == "method" else f"{name}_id": value for name, value in by.items()}
    if given.effects:
        values["effects"] = effects_of(given.effects)
    return ScenarioCreate.parse(values)
