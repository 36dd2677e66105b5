"""The effects of a scenario as rows: read, checked against the base, and written in place of those before."""

import asyncio
import hashlib
import zlib
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.db import Database
from domain.errors import InvalidInput
from domain.models import metadata
from domain.planning.input import PlanningInput
from domain.ranking import encoding as ranking_encoding
from domain.ranking.input import RankingInput
from domain.scenario.bases import Origin, Valuing, base_of, keep, plan_now, rankings_of, same_day_now
from domain.scenario.commands import (
    MOST_EFFECTS,
    SCHEMA_VERSION,
    Effect,
    ScoringEffect,
    stored_effect,
    thawed_effect,
)
from domain.scenario.effects import apply_effects
from domain.scenario.errors import BaseMovedOn
from domain.scenario.moving import moved
from domain.scenario.rows import SCENARIO_EFFECTS, ScenarioEffectRow, ScenarioRow
from domain.snapshot import SnapshotStore

_EFFECTS = metadata.tables["scenario_effect"]


class Entry(NamedTuple):
    """An effect; without an id it is a new one."""

    id: UUID | None
    effect: Effect


class Frozen(NamedTuple):
    """Something that effects need and that is kept with the bases."""

    digest: str
    content: bytes


async def effects_of(
    connection: AsyncSession | AsyncConnection, organisation_id: UUID, scenario_id: UUID
) -> list[ScenarioEffectRow]:
    """A scenario's effects in their order."""
    return (await effects_of_many(connection, organisation_id, [scenario_id]))[scenario_id]


async def effects_of_many(
    connection: AsyncSession | AsyncConnection, organisation_id: UUID, scenario_ids: Sequence[UUID]
) -> dict[UUID, list[ScenarioEffectRow]]:
    """The effects of scenarios in their order, by scenario, in one statement."""
    query = (
        SCENARIO_EFFECTS.select(organisation_id)
        .where(_EFFECTS.c.scenario_id == sa.any_(sa.cast(list(scenario_ids), sa.ARRAY(sa.Uuid))))
        .order_by(_EFFECTS.c.scenario_id, _EFFECTS.c.position)
    )
    found: dict[UUID, list[ScenarioEffectRow]] = {scenario_id: [] for scenario_id in scenario_ids}
    for row in await connection.execute(query):
        found[row.scenario_id].append(ScenarioEffectRow._make(row))
    return found


def entries_of(rows: Sequence[ScenarioEffectRow]) -> list[Entry]:
    """The effects that rows hold, with their ids."""
    return [Entry(row.id, thawed_effect(row.content)) for row in rows]


def thawed(rows: Sequence[ScenarioEffectRow]) -> list[Effect]:
    """The effects that rows hold."""
    return [thawed_effect(row.content) for row in rows]


async def applied(
    connection: AsyncSession | AsyncConnection,
    organisation_id: UUID,
    base: PlanningInput,
    effects: Sequence[Effect],
) -> PlanningInput:
    """A base with effects applied.

    Raises
    ------
    EffectRefused
        Naming the effect that can't be.
    """
    digests = {
        effect.ranking_digest
        for effect in effects
        if isinstance(effect, ScoringEffect) and effect.ranking_digest
    }
    rankings = await rankings_of(connection, organisation_id, digests)
    return await asyncio.to_thread(apply_effects, base, effects, rankings=rankings)


async def completed(
    database: Database,
    snapshots: SnapshotStore,
    actor: Actor,
    origin: Origin,
    base: PlanningInput,
    effects: Sequence[Effect],
) -> tuple[list[Effect], list[Frozen]]:
    """Effects with what they need beside the base: what other model versions say of it.

    Raises
    ------
    BaseMovedOn
        When a model version is named and the base is no longer how things are, so that it can't say.
    NotFound, InvalidInput
        When there is no such version, or it can't be applied.
    """
    if not any(isinstance(effect, ScoringEffect) and effect.model_version_id for effect in effects):
        return list(effects), []
    now = await same_day_now(database, snapshots, actor.organisation_id, origin, base)
    what = moved(base, now.posed)
    if what:
        raise BaseMovedOn(
            "A model version is applied to things as they are, and they are no longer as in the base: rebase the"
            " scenario first.",
            moved=what,
            path=("effects",),
        )
    found: list[Effect] = []
    frozen: list[Frozen] = []
    for effect in effects:
        if isinstance(effect, ScoringEffect) and effect.model_version_id is not None:
            other = await plan_now(
                database,
                snapshots,
                actor.organisation_id,
                origin._replace(valuing=Valuing(model_version_id=effect.model_version_id)),
                today=base.settings.day,
            )
            content = ranking_encoding.encode(other.posed.ranking)
            digest = hashlib.sha256(content).hexdigest()
            frozen.append(Frozen(digest, zlib.compress(content)))
            found.append(effect.model_copy(update={"ranking_digest": digest}))
        else:
            found.append(effect)
    return found, frozen


def frozen_rankings(frozen: Sequence[Frozen]) -> dict[str, RankingInput]:
    """What has just been frozen, by digest."""
    return {item.digest: ranking_encoding.decode(zlib.decompress(item.content)) for item in frozen}


async def write_effects(
    session: AsyncSession,
    actor: Actor,
    scenario: ScenarioRow,
    entries: Sequence[Entry],
    *,
    frozen: Sequence[Frozen] = (),
    base: PlanningInput | None = None,
) -> None:
    """Put effects in place of those before, once they are known to fit the base; what stays in place stays.

    Raises
    ------
    EffectRefused, InvalidInput
        When one can't be applied; when there are too many.
    """
    if len(entries) > MOST_EFFECTS:
        raise InvalidInput(
            f"A scenario has {MOST_EFFECTS} effects at most; this would be {len(entries)}.", path=("effects",)
        )
    for item in frozen:
        await keep(session, actor, item.digest, item.content)
    if base is None:
        base = await base_of(session, actor.organisation_id, scenario.base_digest)
    await applied(session, actor.organisation_id, base, [entry.effect for entry in entries])
    present = await effects_of(session, actor.organisation_id, scenario.id)
    same = 0
    for row, entry in zip(present, entries, strict=False):
        if row.id != entry.id or row.content != stored_effect(entry.effect):
            break
        same += 1
    key = {"organisation_id": actor.organisation_id, "scenario_id": scenario.id}
    if same < len(present):
        await session.execute(
            sa.delete(_EFFECTS).where(
                *(_EFFECTS.c[name] == value for name, value in key.items()), _EFFECTS.c.position >= same
            )
        )
    rows = [
        {
            **key,
            "portfolio_id": scenario.portfolio_id,
            "id": entry.id or uuid4(),
            "position": position,
            "kind": entry.effect.kind,
            "schema_version": SCHEMA_VERSION,
            "content": stored_effect(entry.effect),
        }
        for position, entry in enumerate(entries)
        if position >= same
    ]
    if rows:
        await session.execute(sa.insert(_EFFECTS), rows)
