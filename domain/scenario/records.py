"""Use cases about scenarios themselves: to make, name, share, pass on, copy and archive them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.db import Database, reading, transaction
from domain.entities import archive, change, create, in_use, repeated
from domain.errors import InvalidInput, NotFound, PermissionDenied
from domain.models import Cycle, Member, Portfolio, Scenario
from domain.rows import as_row
from domain.scenario.access import scenario_to_change, visible_scenario
from domain.scenario.bases import Origin, Valuing, keep, plan_now, read_base
from domain.scenario.commands import (
    EffectAdd,
    EffectRemove,
    EffectsReplace,
    ScenarioCopy,
    ScenarioCreate,
    ScenarioUpdate,
)
from domain.scenario.effect_records import Entry, completed, effects_of, entries_of, write_effects
from domain.scenario.references import refuse_unknown
from domain.scenario.rows import ScenarioRow
from domain.scenario.vocabulary import ScenarioVisibility
from domain.snapshot import SnapshotStore


async def create_scenario(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: ScenarioCreate, *, now: datetime
) -> ScenarioRow:
    """Freeze a portfolio's plan as it is, as the base of a new scenario of the actor's.

    Raises
    ------
    NotFound, InvalidInput
        When the portfolio or the cycle is not there or archived; when they can't be planned.
    EffectRefused
        When one of the first effects can't be applied.
    Conflict
        When the id is taken by something else.
    """
    valuing = Valuing(command.model_id, command.model_version_id, command.method)
    origin = Origin(command.portfolio_id, command.cycle_id, valuing)
    view = await snapshots.fresh(actor.organisation_id, command.portfolio_id)
    if command.cycle_id not in view.directory.cycles:
        raise NotFound("There is no cycle with this id.", path=("cycleId",))
    refuse_unknown(view, command.portfolio_id, command.effects)
    base = await plan_now(database, snapshots, actor.organisation_id, origin, today=now.date())
    effects, frozen = await completed(database, snapshots, actor, origin, base.posed, command.effects)
    values = {
        **command.model_dump(include={"portfolio_id", "cycle_id", "name", "description", "visibility"}),
        "owner_id": actor.member_id,
        "base_request": valuing.stored(),
    }
    async with transaction(database, actor) as session:
        first = await repeated(session, actor, Scenario, values, entity_id=command.id)
        if first is not None:
            return as_row(ScenarioRow, first)
        await in_use(session, actor, Portfolio, command.portfolio_id, path=("portfolioId",))
        await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        await keep(session, actor, base.digest, base.content)
        values |= {"base_digest": base.digest, "base_taken_at": now}
        made = await create(session, actor, Scenario, values, entity_id=command.id)
        row = as_row(ScenarioRow, made)
        entries = [Entry(None, effect) for effect in effects]
        await write_effects(session, actor, row, entries, frozen=frozen, base=base.posed)
        return row


async def update_scenario(database: Database, actor: Actor, command: ScenarioUpdate) -> ScenarioRow:
    """Change a scenario's name, description or visibility, or pass it on to another member.

    Raises
    ------
    NotFound, PermissionDenied, Conflict
        When there is none, it is not the actor's, its version moved on, or it is decided.
    InvalidInput
        When a private scenario is passed on, or the new owner is archived.
    """
    async with transaction(database, actor) as session:
        scenario = await scenario_to_change(
            session, actor, command.id, expected_version=command.expected_version, path=("id",)
        )
        changes = command.changes()
        if changes.get("owner_id", scenario.owner_id) != scenario.owner_id:
            await in_use(session, actor, Member, command.owner_id, path=("ownerId",))
        visibility = changes.get("visibility", scenario.visibility)
        if visibility is ScenarioVisibility.PRIVATE and scenario.owner_id != actor.member_id:
            raise PermissionDenied(
                "Only its owner can make a scenario private.", required="owner", path=("visibility",)
            )
        return as_row(ScenarioRow, await change(session, actor, Scenario, command.id, changes))


async def archive_scenario(database: Database, actor: Actor, command: ArchiveCommand) -> ScenarioRow:
    """Archive a scenario, or take it back into use. Decided ones stay where they are.

    Raises
    ------
    NotFound, PermissionDenied, Conflict
        As for changes.
    """
    async with transaction(database, actor) as session:
        await scenario_to_change(
            session, actor, command.id, expected_version=command.expected_version, path=("id",)
        )
        return as_row(
            ScenarioRow, await archive(session, actor, Scenario, command.id, archived=command.archived)
        )


async def copy_scenario(database: Database, actor: Actor, command: ScenarioCopy) -> ScenarioRow:
    """Make a private scenario of the actor's on the same base, with the same effects.

    Raises
    ------
    NotFound, Conflict
        When there is no such scenario; when the id is taken by something else.
    """
    async with transaction(database, actor) as session:
        original = await visible_scenario(session, actor, command.scenario_id)
        values = {
            "portfolio_id": original.portfolio_id,
            "cycle_id": original.cycle_id,
            "owner_id": actor.member_id,
            "name": command.name,
            "description": original.description,
            "visibility": ScenarioVisibility.PRIVATE,
            "base_digest": original.base_digest,
            "base_taken_at": original.base_taken_at,
            "base_request": original.base_request,
        }
        first = await repeated(session, actor, Scenario, values, entity_id=command.id)
        if first is not None:
            return as_row(ScenarioRow, first)
        row = as_row(ScenarioRow, await create(session, actor, Scenario, values, entity_id=command.id))
        rows = await effects_of(session, actor.organisation_id, original.id)
        entries = [Entry(None, entry.effect) for entry in entries_of(rows)]
        await write_effects(session, actor, row, entries)
        return row


async def replace_effects(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: EffectsReplace
) -> ScenarioRow:
    """Put effects in place of all those that a scenario has.

    Raises
    ------
    EffectRefused, InvalidInput, BaseMovedOn
        When one can't be applied to the base; when there are too many.
    NotFound, PermissionDenied, Conflict
        As for changes.
    """
    async with reading(database, actor.organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
    base = await read_base(database, actor.organisation_id, row.base_digest)
    view = await snapshots.fresh(actor.organisation_id, row.portfolio_id)
    refuse_unknown(view, row.portfolio_id, command.effects)
    effects, frozen = await completed(database, snapshots, actor, Origin.of(row), base, command.effects)
    async with transaction(database, actor) as session:
        scenario = await scenario_to_change(
            session, actor, command.scenario_id, expected_version=command.expected_version
        )
        entries = [Entry(None, effect) for effect in effects]
        await write_effects(session, actor, as_row(ScenarioRow, scenario), entries, frozen=frozen)
        return await _touched(session, actor, scenario)


async def add_effect(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: EffectAdd
) -> ScenarioRow:
    """Add an effect at a place, or after all others.

    Raises
    ------
    EffectRefused, InvalidInput, BaseMovedOn
        When it, or one that comes after it, can't be applied; when there are too many.
    NotFound, PermissionDenied, Conflict
        As for changes.
    """
    async with reading(database, actor.organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
    base = await read_base(database, actor.organisation_id, row.base_digest)
    view = await snapshots.fresh(actor.organisation_id, row.portfolio_id)
    refuse_unknown(view, row.portfolio_id, [command.effect], path=("effect",))
    (effect,), frozen = await completed(database, snapshots, actor, Origin.of(row), base, [command.effect])
    async with transaction(database, actor) as session:
        scenario = await scenario_to_change(
            session, actor, command.scenario_id, expected_version=command.expected_version
        )
        entries = entries_of(await effects_of(session, actor.organisation_id, scenario.id))
        place = len(entries) if command.position is None else command.position
        if place > len(entries):
            raise InvalidInput(
                f"The scenario has {len(entries)} effects: choose a position from 0 to that.",
                path=("position",),
            )
        entries.insert(place, Entry(None, effect))
        await write_effects(session, actor, as_row(ScenarioRow, scenario), entries, frozen=frozen)
        return await _touched(session, actor, scenario)


async def remove_effect(database: Database, actor: Actor, command: EffectRemove) -> ScenarioRow:
    """Take an effect away; the others keep their order.

    Raises
    ------
    EffectRefused
        When one that is left can't be applied without it.
    NotFound, PermissionDenied, Conflict
        When there is no effect at this place; as for changes.
    """
    async with transaction(database, actor) as session:
        scenario = await scenario_to_change(
            session, actor, command.scenario_id, expected_version=command.expected_version
        )
        entries = entries_of(await effects_of(session, actor.organisation_id, scenario.id))
        if command.position >= len(entries):
            raise NotFound(
                f"The scenario has {len(entries)} effects; there is none at this position.",
                path=("position",),
            )
        kept = [entry for place, entry in enumerate(entries) if place != command.position]
        await write_effects(session, actor, as_row(ScenarioRow, scenario), kept)
        return await _touched(session, actor, scenario)


async def _touched(session: AsyncSession, actor: Actor, scenario: Scenario) -> ScenarioRow:
    return as_row(ScenarioRow, await change(session, actor, Scenario, scenario.id, {}, touched=True))
