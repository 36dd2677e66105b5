"""Use cases about KPIs themselves: what is measured, against which standard, how often."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.kpi import KpiCreate, KpiUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.enums import BreachEnding, BreachEventKind, WorkKind
from domain.errors import InvalidInput
from domain.kpi.breach_writes import add_events, open_breaches
from domain.kpi.overview import overview
from domain.kpi.rows import KpiRow
from domain.kpi.standard import (
    DEFAULT_GRACE_HOURS,
    DEFAULT_RECOVERY,
    LIMITS,
    refuse_senseless_limits,
    with_default_limits,
)
from domain.kpi.standing import hold_standings, restand
from domain.models import AllocationCategory, Kpi, Member, Team, metadata

_KPIS = metadata.tables["kpi"]
_STATES = metadata.tables["kpi_state"]
_BREACHES = metadata.tables["breach"]

_JUDGING = frozenset({*LIMITS, "target_type", "cadence", "grace_hours", "recovery_measurements"})
"""What says how measurements are judged."""


async def create_kpi(database: Database, actor: Actor, command: KpiCreate, *, now: datetime) -> KpiRow:
    """Create a KPI; nothing is known of it before its first measurement.

    Raises
    ------
    ThresholdsOutOfOrder
        When target and thresholds lie in the wrong order for the target type.
    InvalidInput
        When a limit is missing or means nothing, the category pays for other than lights-on work, or what it
        refers to is archived.
    NotFound, Conflict
        When there is no such team, owner or category; when the name in the team or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = with_default_limits(command.model_dump(exclude={"id"}))
        if values["grace_hours"] is None:
            values["grace_hours"] = DEFAULT_GRACE_HOURS[command.cadence]
        if values["recovery_measurements"] is None:
            values["recovery_measurements"] = DEFAULT_RECOVERY[command.cadence]
        first = await repeated(session, actor, Kpi, values, entity_id=command.id)
        if first is not None:
            return await kpi_row(session, actor, first.id, now=now)
        await in_use(session, actor, Team, command.team_id, path=("teamId",))
        await _check_people(session, actor, values)
        refuse_senseless_limits(values)
        kpi = await create(session, actor, Kpi, values, entity_id=command.id)
        await session.execute(
            sa.insert(_STATES).values(
                organisation_id=actor.organisation_id,
                kpi_id=kpi.id,
                measurement_count=0,
                recent_at=[],
                recent_values=[],
                healthy_run=0,
                armed=True,
            )
        )
        return await kpi_row(session, actor, kpi.id, now=now)


async def update_kpi(database: Database, actor: Actor, command: KpiUpdate, *, now: datetime) -> KpiRow:
    """Change a KPI. Its last measurement is judged by the new standard at once, which may open a breach or end one.

    Where the grace, or the number of measurements to recover, was that of the cadence, it follows a new
    cadence.

    Raises
    ------
    ThresholdsOutOfOrder, InvalidInput
        As for the creation, for what the KPI is after the change.
    NotFound, Conflict
        As for the creation; when the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        kpi = await lock(session, actor, Kpi, command.id, expected_version=command.expected_version)
        if changes.get("team_id") not in (None, kpi.team_id):
            await in_use(session, actor, Team, changes["team_id"], path=("teamId",))
        await _check_people(
            session, actor, {name: value for name, value in changes.items() if value != getattr(kpi, name)}
        )
        _follow_cadence(kpi, changes)
        if not changes.keys().isdisjoint((*LIMITS, "target_type")):
            merged = {name: getattr(kpi, name) for name in (*LIMITS, "target_type")} | changes
            merged = with_default_limits(merged)
            refuse_senseless_limits(merged)
            changes |= {name: merged[name] for name in LIMITS}
        changed = await change(session, actor, Kpi, command.id, changes)
        if not changes.keys().isdisjoint(_JUDGING):
            await rejudge(session, actor, changed, now=now)
        return await kpi_row(session, actor, command.id, now=now)


async def archive_kpi(database: Database, actor: Actor, command: ArchiveCommand, *, now: datetime) -> KpiRow:
    """Archive a KPI, or take it back into use; an open breach ends with it.

    Raises
    ------
    InvalidInput
        When it comes back and its team is archived.
    NotFound, Conflict
        When there is no such KPI, or the version moved on.
    """
    async with transaction(database, actor) as session:
        kpi = await lock(session, actor, Kpi, command.id, expected_version=command.expected_version)
        if not command.archived and kpi.archived_at is not None:
            await in_use(session, actor, Team, kpi.team_id, path=("archived",))
        was_archived = kpi.archived_at is not None
        kpi = await archive(session, actor, Kpi, command.id, archived=command.archived)
        if command.archived and not was_archived:
            await _end_breach(session, actor, command.id, now=now)
        elif was_archived and not command.archived:
            await rejudge(session, actor, kpi, now=now)
        return await kpi_row(session, actor, command.id, now=now)


async def kpi_row(session: AsyncSession, actor: Actor, kpi_id: UUID, *, now: datetime) -> KpiRow:
    """A KPI that is there, as it is in this transaction."""
    query = overview(sa.literal(now)).where(
        _KPIS.c.organisation_id == actor.organisation_id, _KPIS.c.id == kpi_id
    )
    return KpiRow._make((await session.execute(query)).one()[1:])


async def rejudge(session: AsyncSession, actor: Actor, kpi: Kpi, *, now: datetime) -> None:
    """Judge where a KPI stands by its standard as it is now; the caller holds the KPI."""
    before = await hold_standings(session, actor.organisation_id, [kpi.id])
    await restand(session, actor.organisation_id, {kpi.id: kpi}, before, further={}, counts={}, now=now)


async def _check_people(session: AsyncSession, actor: Actor, values: dict[str, Any]) -> None:
    if values.get("owner_id") is not None:
        await in_use(session, actor, Member, values["owner_id"], path=("ownerId",))
    if values.get("category_id") is not None:
        category = await in_use(
            session, actor, AllocationCategory, values["category_id"], path=("categoryId",)
        )
        if category.kind is not WorkKind.LIGHTS_ON:
            raise InvalidInput(
                f"“{category.name}” does not pay for lights-on work, which is what a KPI watches; choose a"
                " category of that kind, or leave it out.",
                path=("categoryId",),
            )


def _follow_cadence(kpi: Kpi, changes: dict[str, Any]) -> None:
    cadence = changes.get("cadence", kpi.cadence)
    for name, defaults in (
        ("grace_hours", DEFAULT_GRACE_HOURS),
        ("recovery_measurements", DEFAULT_RECOVERY),
    ):
        followed = getattr(kpi, name) == defaults[kpi.cadence]
        if changes.get(name) is None and (name in changes or followed):
            changes[name] = defaults[cadence]


async def _end_breach(session: AsyncSession, actor: Actor, kpi_id: UUID, *, now: datetime) -> None:
    await hold_standings(session, actor.organisation_id, [kpi_id])
    breach = (await open_breaches(session, actor.organisation_id, [kpi_id])).get(kpi_id)
    if breach is None:
        return
    await session.execute(
        sa.update(_BREACHES)
        .where(_BREACHES.c.organisation_id == actor.organisation_id, _BREACHES.c.id == breach.id)
        .values(
            restored_at=now,
            ending=BreachEnding.ARCHIVED,
            escalates_at=None,
            version=_BREACHES.c.version + 1,
            updated_at=sa.func.now(),
        )
    )
    event = {
        "breach_id": breach.id,
        "kind": BreachEventKind.RESTORED,
        "occurred_at": now,
        "member_id": actor.member_id,
        "note": "The KPI was archived.",
    }
    await add_events(session, actor.organisation_id, [event])
    await session.execute(
        sa.update(_STATES)
        .where(_STATES.c.organisation_id == actor.organisation_id, _STATES.c.kpi_id == kpi_id)
        .values(armed=True)
    )
