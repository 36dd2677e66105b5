"""How breaches escalate: the path that a KPI's breaches take, and the steps that time takes on it.

A level is due so many hours after its breach became known, unless somebody has acknowledged the breach or it
is over by then. ``escalate_due`` takes the steps that are due by a given time: each exactly once, however
many workers do it at the same time, and late ones after an outage in their order, with their true times.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor, System
from domain.commands.kpi import EscalationPathSet
from domain.db import Database, transaction
from domain.entities import in_use
from domain.enums import BreachEventKind, Role
from domain.errors import InvalidInput
from domain.kpi.breach_writes import add_events, open_breaches
from domain.kpi.rows import BreachRow, EscalationLevelRow
from domain.models import Breach, Kpi, metadata
from domain.references import by_id, unusable
from domain.rows import columns

_BREACHES = metadata.tables["breach"]
_STATES = metadata.tables["kpi_state"]
_KPIS = metadata.tables["kpi"]
_LEVELS = metadata.tables["escalation_level"]
_MEMBERS = metadata.tables["escalation_member"]

MOST_STEPS = 500
"""Breaches, and KPIs that went stale, of one transaction."""


class Escalated(NamedTuple):
    """A level that a breach has reached, and when it was due."""

    breach_id: UUID
    kpi_id: UUID
    level: int
    due_at: datetime
    role: Role | None
    member_ids: tuple[UUID, ...]


class WentStale(NamedTuple):
    """A KPI that nobody has measured in time, and since when."""

    kpi_id: UUID
    since: datetime


class StepsTaken(NamedTuple):
    """What time has done, in its order; ``more`` when the limit left something for the next call."""

    escalated: tuple[Escalated, ...]
    went_stale: tuple[WentStale, ...]
    more: bool


async def set_escalation_path(
    database: Database, actor: Actor, command: EscalationPathSet
) -> tuple[EscalationLevelRow, ...]:
    """Say how breaches of a KPI escalate, in the place of what was said before.

    An open breach goes on at the level after the one that it has reached.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such KPI or member, or it is archived; when there is no level, one names nobody, or
        the delays don't grow from level to level.
    """
    async with transaction(database, actor) as session:
        kpi = await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        await _check_path(session, actor, command)
        await _clear(session, actor, kpi.id)
        tenant = {"organisation_id": actor.organisation_id, "kpi_id": kpi.id}
        levels: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for number, step in enumerate(command.levels, start=1):
            levels.append({**tenant, "level": number, "delay_hours": step.delay_hours, "role": step.role})
            members += [{**tenant, "level": number, "member_id": member} for member in step.member_ids]
        await session.execute(sa.insert(_LEVELS), levels)
        if members:
            await session.execute(sa.insert(_MEMBERS), members)
        await _replan(session, actor.organisation_id, kpi.id)
        paths = await paths_of(await session.connection(), actor.organisation_id, [kpi.id])
        return paths[kpi.id]


async def clear_escalation_path(database: Database, actor: Actor, kpi_id: UUID) -> UUID:
    """Let breaches of a KPI escalate no further; returns the KPI's id.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such KPI, or it is archived.
    """
    async with transaction(database, actor) as session:
        kpi = await in_use(session, actor, Kpi, kpi_id, path=("kpiId",), alone=True)
        await _clear(session, actor, kpi.id)
        await _replan(session, actor.organisation_id, kpi.id)
        return kpi.id


async def paths_of(
    connection: AsyncConnection, organisation_id: UUID, kpi_ids: Collection[UUID]
) -> dict[UUID, tuple[EscalationLevelRow, ...]]:
    """The escalation path of each KPI, level by level; empty for one without."""
    wanted = sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid)))
    members: defaultdict[tuple[UUID, int], list[UUID]] = defaultdict(list)
    found = await connection.execute(
        sa.select(_MEMBERS.c.kpi_id, _MEMBERS.c.level, _MEMBERS.c.member_id)
        .where(_MEMBERS.c.organisation_id == organisation_id, _MEMBERS.c.kpi_id == wanted)
        .order_by(_MEMBERS.c.member_id)
    )
    for kpi_id, level, member_id in found:
        members[kpi_id, level].append(member_id)
    levels = await connection.execute(
        sa.select(_LEVELS.c.kpi_id, _LEVELS.c.level, _LEVELS.c.delay_hours, _LEVELS.c.role)
        .where(_LEVELS.c.organisation_id == organisation_id, _LEVELS.c.kpi_id == wanted)
        .order_by(_LEVELS.c.level)
    )
    paths: dict[UUID, list[EscalationLevelRow]] = {kpi_id: [] for kpi_id in kpi_ids}
    for kpi_id, level, delay_hours, role in levels:
        paths[kpi_id].append(
            EscalationLevelRow(kpi_id, level, delay_hours, role, tuple(members[kpi_id, level]))
        )
    return {kpi_id: tuple(path) for kpi_id, path in paths.items()}


async def escalate_due(
    database: Database, actor: Actor | System, *, now: datetime, limit: int = MOST_STEPS
) -> StepsTaken:
    """Take the steps that are due in one organisation: breaches reach their next levels, KPIs become stale.

    Several workers may do this at the same time: what the one holds, the others leave alone. One call takes
    at most ``limit`` breaches and ``limit`` stale KPIs, the longest due first; a breach takes all its levels
    that are due at once, each with the time at which it was.
    """
    async with transaction(database, actor) as session:
        escalated, further = await _escalate(session, actor.organisation_id, now=now, limit=limit)
        stale, staler = await _note_stale(session, actor.organisation_id, now=now, limit=limit)
    return StepsTaken(
        tuple(sorted(escalated, key=lambda step: (step.due_at, step.breach_id, step.level))),
        tuple(sorted(stale, key=lambda step: (step.since, step.kpi_id))),
        further or staler,
    )


async def _escalate(
    session: AsyncSession, organisation_id: UUID, *, now: datetime, limit: int
) -> tuple[list[Escalated], bool]:
    due = (
        sa.select(*columns(Breach, BreachRow))
        .where(
            _BREACHES.c.organisation_id == organisation_id,
            _BREACHES.c.restored_at.is_(None),
            _BREACHES.c.acknowledged_at.is_(None),
            _BREACHES.c.escalates_at <= now,
        )
        .order_by(_BREACHES.c.escalates_at, _BREACHES.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    breaches = [BreachRow._make(row) for row in await session.execute(due)]
    if not breaches:
        return [], False
    paths = await paths_of(
        await session.connection(), organisation_id, {breach.kpi_id for breach in breaches}
    )
    steps: list[Escalated] = []
    plan: list[dict[str, Any]] = []
    for breach in breaches:
        ahead = [level for level in paths[breach.kpi_id] if level.level > breach.escalation_level]
        taken = [level for level in ahead if _due_at(breach, level) <= now]
        steps += [
            Escalated(
                breach.id, breach.kpi_id, level.level, _due_at(breach, level), level.role, level.member_ids
            )
            for level in taken
        ]
        left = ahead[len(taken) :]
        plan.append(
            {
                "id": breach.id,
                "escalation_level": taken[-1].level if taken else breach.escalation_level,
                "escalates_at": _due_at(breach, left[0]) if left else None,
            }
        )
    await add_events(session, organisation_id, [_event(step) for step in steps])
    await _advance(session, organisation_id, plan)
    return steps, len(breaches) == limit


def _due_at(breach: BreachRow, level: EscalationLevelRow) -> datetime:
    return breach.opened_at + timedelta(hours=level.delay_hours)


def _event(step: Escalated) -> dict[str, Any]:
    return {
        "breach_id": step.breach_id,
        "kind": BreachEventKind.ESCALATED,
        "occurred_at": step.due_at,
        "escalation_level": step.level,
        "notified_role": step.role,
        "notified_ids": list(step.member_ids),
    }


async def _advance(session: AsyncSession, organisation_id: UUID, plan: list[dict[str, Any]]) -> None:
    table = _BREACHES
    given = (
        sa.func.unnest(
            sa.literal([entry["id"] for entry in plan], sa.ARRAY(sa.Uuid)),
            sa.literal([entry["escalation_level"] for entry in plan], sa.ARRAY(sa.Integer)),
            sa.literal([entry["escalates_at"] for entry in plan], sa.ARRAY(sa.DateTime(timezone=True))),
        )
        .table_valued(
            sa.column("id", sa.Uuid),
            sa.column("escalation_level", sa.Integer),
            sa.column("escalates_at", sa.DateTime(timezone=True)),
            name="plan",
        )
        .render_derived()
    )
    await session.execute(
        sa.update(table)
        .where(table.c.organisation_id == organisation_id, table.c.id == given.c.id)
        .values(
            escalation_level=given.c.escalation_level,
            escalates_at=given.c.escalates_at,
            version=table.c.version + 1,
            updated_at=sa.func.now(),
        )
    )


async def _note_stale(
    session: AsyncSession, organisation_id: UUID, *, now: datetime, limit: int
) -> tuple[list[WentStale], bool]:
    in_use_ = sa.exists().where(
        _KPIS.c.organisation_id == organisation_id,
        _KPIS.c.id == _STATES.c.kpi_id,
        _KPIS.c.archived_at.is_(None),
    )
    due = (
        sa.select(_STATES.c.kpi_id)
        .where(
            _STATES.c.organisation_id == organisation_id,
            _STATES.c.stale_at <= now,
            _STATES.c.stale_noted_at.is_(None),
            in_use_,
        )
        .order_by(_STATES.c.stale_at, _STATES.c.kpi_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=_STATES)
        .cte("due")
    )
    noted = await session.execute(
        sa.update(_STATES)
        .where(_STATES.c.organisation_id == organisation_id, _STATES.c.kpi_id == due.c.kpi_id)
        .values(stale_noted_at=now)
        .returning(_STATES.c.kpi_id, _STATES.c.stale_at)
    )
    stale = [WentStale(kpi_id, since) for kpi_id, since in noted]
    return stale, len(stale) == limit


async def _check_path(session: AsyncSession, actor: Actor, command: EscalationPathSet) -> None:
    if not command.levels:
        raise InvalidInput(
            "An escalation path has at least one level; to have none, clear the path.", path=("levels",)
        )
    before = -1.0
    for position, step in enumerate(command.levels):
        if step.role is None and not step.member_ids:
            raise InvalidInput(
                f"Level {position + 1} names nobody; give it a role or members.", path=("levels", position)
            )
        if step.delay_hours <= before:
            raise InvalidInput(
                f"Level {position + 1} comes after {step.delay_hours:g} hours, level {position} after"
                f" {before:g}: delays count from the opening of the breach and have to grow from level to"
                " level.",
                path=("levels", position, "delayHours"),
            )
        before = step.delay_hours
    members = await by_id(
        session, actor, "member", (member for step in command.levels for member in step.member_ids)
    )
    for position, step in enumerate(command.levels):
        for index, member_id in enumerate(step.member_ids):
            path = ("levels", position, "memberIds", index)
            fault = unusable(members.get(member_id), noun="member", path=path)
            if fault is not None:
                raise fault


async def _clear(session: AsyncSession, actor: Actor, kpi_id: UUID) -> None:
    # members first: a cascade would not show in the trail
    for table in (_MEMBERS, _LEVELS):
        await session.execute(
            sa.delete(table).where(table.c.organisation_id == actor.organisation_id, table.c.kpi_id == kpi_id)
        )


async def _replan(session: AsyncSession, organisation_id: UUID, kpi_id: UUID) -> None:
    breach = (await open_breaches(session, organisation_id, [kpi_id])).get(kpi_id)
    if breach is None or breach.acknowledged_at is not None:
        return
    paths = await paths_of(await session.connection(), organisation_id, [kpi_id])
    ahead: Sequence[EscalationLevelRow] = [
        level for level in paths[kpi_id] if level.level > breach.escalation_level
    ]
    planned = _due_at(breach, ahead[0]) if ahead else None
    if planned != breach.escalates_at:
        await _advance(
            session,
            organisation_id,
            [{"id": breach.id, "escalation_level": breach.escalation_level, "escalates_at": planned}],
        )
