"""Putting a scenario on the portfolio as it is now: what has changed under its effects, and whether they still fit."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.actor import Actor
from domain.db import Database, reading, transaction
from domain.entities import change, in_use
from domain.models import Cycle, Portfolio, Scenario
from domain.planning.input import PlanningInput
from domain.ranking.input import RankingInput
from domain.rows import as_row
from domain.scenario.access import scenario_to_change, visible_scenario
from domain.scenario.bases import Origin, base_of, keep, plan_now, same_day_now
from domain.scenario.commands import Effect, ScenarioRebase, ScoringEffect
from domain.scenario.effect_records import (
    Entry,
    Frozen,
    completed,
    effects_of,
    entries_of,
    frozen_rankings,
    write_effects,
)
from domain.scenario.effects import apply_effects
from domain.scenario.errors import EffectRefused, Moved, MovedKind
from domain.scenario.moving import moved
from domain.scenario.rows import ScenarioRow
from domain.snapshot import SnapshotStore

_TOUCHED = ("initiative_id", "team_id", "category_id", "key_result_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectConflict:
    """An effect under which something has changed; ``refusal`` when it can't be applied to the new base."""

    index: int
    effect_id: UUID
    moved: tuple[Moved, ...]
    refusal: EffectRefused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """What rebasing a scenario means; ``applied`` when it is done."""

    scenario: ScenarioRow
    moved: tuple[Moved, ...]
    conflicts: tuple[EffectConflict, ...]
    applied: bool


async def rebase_scenario(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: ScenarioRebase, *, now: datetime
) -> Rebase:
    """Say what putting a scenario on the newest base means, and do so if asked.

    Raises
    ------
    EffectRefused
        When it is to be done and an effect does not fit any more, and is not to be dropped.
    NotFound, InvalidInput, PermissionDenied, Conflict
        When there is no such scenario; when its portfolio or cycle is archived or over; when it is another's,
        its version moved on, or it is decided.
    """
    organisation_id = actor.organisation_id
    async with reading(database, organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
        base = await base_of(connection, organisation_id, row.base_digest)
        entries = entries_of(await effects_of(connection, organisation_id, row.id))
    origin = Origin.of(row)
    fresh = await plan_now(database, snapshots, organisation_id, origin, today=now.date())
    alike = fresh
    if base.settings.today != now.date():
        alike = await same_day_now(database, snapshots, organisation_id, origin, base)
    what = await asyncio.to_thread(moved, base, alike.posed)
    effects, frozen = await completed(
        database, snapshots, actor, origin, fresh.posed, [entry.effect for entry in entries]
    )
    refusals = await asyncio.to_thread(_refusals, fresh.posed, effects, frozen)
    conflicts = tuple(
        EffectConflict(index=index, effect_id=entry.id, moved=under, refusal=refusals.get(index))
        for index, entry in enumerate(entries)
        if entry.id is not None and ((under := _under(entry.effect, what)) or index in refusals)
    )
    if not command.apply:
        return Rebase(scenario=row, moved=what, conflicts=conflicts, applied=False)
    if refusals and not command.drop_refused:
        raise refusals[min(refusals)]
    kept = [
        Entry(entry.id, effect)
        for index, (entry, effect) in enumerate(zip(entries, effects, strict=True))
        if index not in refusals
    ]
    async with transaction(database, actor) as session:
        expected = row.version if command.expected_version is None else command.expected_version
        await scenario_to_change(session, actor, row.id, expected_version=expected)
        await in_use(session, actor, Portfolio, row.portfolio_id, path=("scenarioId",))
        await in_use(session, actor, Cycle, row.cycle_id, path=("scenarioId",))
        await keep(session, actor, fresh.digest, fresh.content)
        changes = {"base_digest": fresh.digest, "base_taken_at": now}
        changed = as_row(ScenarioRow, await change(session, actor, Scenario, row.id, changes))
        await write_effects(session, actor, changed, kept, frozen=frozen, base=fresh.posed)
        return Rebase(scenario=changed, moved=what, conflicts=conflicts, applied=True)


def _refusals(
    base: PlanningInput, effects: Sequence[Effect], frozen: Sequence[Frozen]
) -> Mapping[int, EffectRefused]:
    """Which effects don't fit: taken out one after the other, until the rest does."""
    rankings: dict[str, RankingInput] = frozen_rankings(frozen)
    found: dict[int, EffectRefused] = {}
    left = list(range(len(effects)))
    while True:
        try:
            apply_effects(base, [effects[index] for index in left], rankings=rankings)
        except EffectRefused as error:
            index = left.pop(error.index)
            found[index] = EffectRefused(error.message, reason=error.reason, index=index)
        else:
            return found


def _under(effect: Effect, what: Sequence[Moved]) -> tuple[Moved, ...]:
    """What has changed of that which an effect changes."""
    touched = {getattr(effect, name, None) for name in _TOUCHED} - {None}
    return tuple(
        item
        for item in what
        if touched.intersection(item.subjects)
        or (isinstance(effect, ScoringEffect) and item.kind is MovedKind.SCORING)
    )
