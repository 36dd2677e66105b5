"""Keeps where KPIs stand: from their newest measurements, for many KPIs in a constant number of statements."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bulk import rows_as_document
from domain.enums import KpiLevel, TrendKind
from domain.kpi.breach_writes import open_breaches, write_crossings
from domain.kpi.crossing import Crossing, Reading, Watch, followed, healthy_run, judged
from domain.kpi.rows import BreachRow
from domain.kpi.standard import RECENT, level_of, stale_at, trend_of
from domain.models import metadata

_STATES = metadata.tables["kpi_state"]
_MEASUREMENTS = metadata.tables["measurement"]
_MANY = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a KPI stands, as ``kpi_state`` keeps it."""

    kpi_id: UUID
    level: KpiLevel | None
    last_value: float | None
    last_measured_at: datetime | None
    previous_value: float | None
    previous_measured_at: datetime | None
    measurement_count: int
    recent_at: list[datetime]
    recent_values: list[float]
    trend: TrendKind | None
    trend_per_day: float | None
    healthy_run: int
    armed: bool
    stale_at: datetime | None
    stale_noted_at: datetime | None


async def hold_standings(
    session: AsyncSession, organisation_id: UUID, kpi_ids: Collection[UUID]
) -> dict[UUID, Standing]:
    """Where KPIs stand, kept from others' measurements until the transaction ends.

    In the order of their ids, so that two who write about the same KPIs can't wait for each other.
    """
    query = (
        sa.select(*(_STATES.c[name] for name in Standing.__dataclass_fields__))
        .where(
            _STATES.c.organisation_id == organisation_id,
            _STATES.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(_STATES.c.kpi_id)
        .with_for_update()
    )
    held = (await session.execute(query)).mappings()
    return {row["kpi_id"]: Standing(**row) for row in held}


async def restand(
    session: AsyncSession,
    organisation_id: UUID,
    kpis: Mapping[UUID, Any],
    before: Mapping[UUID, Standing],
    *,
    further: Mapping[UUID, Collection[tuple[datetime, float]]],
    counts: Mapping[UUID, int],
    rewritten: Collection[UUID] = (),
    now: datetime,
) -> dict[UUID, Standing]:
    """Bring where KPIs stand, and their breaches, up to date after something about them was written.

    Measurements newer than the last one before are followed one after the other, in the order of their
    times. Where there is none, the newest is judged anew: late and corrected measurements and new thresholds
    matter as far as they change where the KPI stands now.

    Parameters
    ----------
    kpis
        Their definitions, by id.
    before
        As ``hold_standings`` has them.
    further
        What was added, time and value, in any order.
    counts
        By how many the measurements that count have become more.
    rewritten
        The KPIs of which a measurement was corrected or taken back.
    now
        When a breach that this opens became known.
    """
    late = [
        kpi_id
        for kpi_id in kpis
        if kpi_id in rewritten or any(not _newer(before[kpi_id], at) for at, _ in further.get(kpi_id, ()))
    ]
    recent = await _recent(session, organisation_id, late) if late else {}
    opened = await open_breaches(session, organisation_id, list(kpis))
    advance = partial(_advance, kpis, before, opened, recent, frozenset(late), further, counts)
    # thousands of them would hold up everybody else
    after, crossings = await asyncio.to_thread(advance) if len(kpis) > _MANY else advance()
    await write_crossings(session, organisation_id, crossings, opened, now=now)
    await _write(
        session,
        organisation_id,
        [standing for kpi_id, standing in after.items() if standing != before[kpi_id]],
    )
    return after


def _advance(
    kpis: Mapping[UUID, Any],
    before: Mapping[UUID, Standing],
    opened: Mapping[UUID, BreachRow],
    recent: Mapping[UUID, list[tuple[datetime, float]]],
    reread: frozenset[UUID],
    further: Mapping[UUID, Collection[tuple[datetime, float]]],
    counts: Mapping[UUID, int],
) -> tuple[dict[UUID, Standing], dict[UUID, list[Crossing]]]:
    """Where the KPIs stand after it all, and what became of their breaches."""
    after: dict[UUID, Standing] = {}
    crossings: dict[UUID, list[Crossing]] = {}
    for kpi_id, kpi in kpis.items():
        old = before[kpi_id]
        newer = sorted(point for point in further.get(kpi_id, ()) if _newer(old, point[0]))
        known = list(zip(old.recent_at, old.recent_values, strict=True))
        # without late ones and corrections the newest follow from what is at hand
        points = recent.get(kpi_id, []) if kpi_id in reread else (known + newer)[-RECENT:]
        breach = opened.get(kpi_id)
        watch = Watch(
            open_level=None if breach is None else breach.level, armed=old.armed, healthy_run=old.healthy_run
        )
        readings = [Reading(at, value, level_of(value, kpi)) for at, value in newer]
        watch, crossings[kpi_id] = followed(watch, readings, recovery=kpi.recovery_measurements)
        levels = [level_of(value, kpi) for _, value in reversed(points)]
        watch = replace(watch, healthy_run=healthy_run(levels))
        if not readings and points:
            newest = Reading(*points[-1], levels[0])
            watch, crossings[kpi_id] = judged(watch, newest, recovery=kpi.recovery_measurements)
        after[kpi_id] = _standing(kpi_id, kpi, old, points, watch, more=counts.get(kpi_id, 0))
    return after, crossings


def _newer(standing: Standing, at: datetime) -> bool:
    return standing.last_measured_at is None or at > standing.last_measured_at


def _standing(
    kpi_id: UUID,
    kpi: Any,
    old: Standing,
    points: list[tuple[datetime, float]],
    watch: Watch,
    *,
    more: int,
) -> Standing:
    last, previous = (points[-1] if points else None), (points[-2] if len(points) > 1 else None)
    times, values = [at for at, _ in points], [value for _, value in points]
    trend = trend_of(times, values, kpi)
    due = None if last is None else stale_at(last[0], cadence=kpi.cadence, grace_hours=kpi.grace_hours)
    return Standing(
        kpi_id=kpi_id,
        level=None if last is None else level_of(last[1], kpi),
        last_value=None if last is None else last[1],
        last_measured_at=None if last is None else last[0],
        previous_value=None if previous is None else previous[1],
        previous_measured_at=None if previous is None else previous[0],
        measurement_count=old.measurement_count + more,
        recent_at=times,
        recent_values=values,
        trend=None if trend is None else trend.kind,
        trend_per_day=None if trend is None else trend.per_day,
        healthy_run=watch.healthy_run,
        armed=watch.armed,
        stale_at=due,
        # a new date to be stale at is noticed anew
        stale_noted_at=old.stale_noted_at if due == old.stale_at else None,
    )


async def _recent(
    session: AsyncSession, organisation_id: UUID, kpi_ids: list[UUID]
) -> dict[UUID, list[tuple[datetime, float]]]:
    """The newest measurements that count of each KPI, the oldest of them first."""
    kpis = (
        sa.func.unnest(sa.literal(kpi_ids, sa.ARRAY(sa.Uuid)))
        .table_valued(sa.column("id", sa.Uuid), name="asked")
        .render_derived()
    )
    newest = (
        sa.select(_MEASUREMENTS.c.measured_at, _MEASUREMENTS.c.value)
        .where(
            _MEASUREMENTS.c.organisation_id == organisation_id,
            _MEASUREMENTS.c.kpi_id == kpis.c.id,
            _MEASUREMENTS.c.superseded_at.is_(None),
            _MEASUREMENTS.c.value.is_not(None),
        )
        .order_by(_MEASUREMENTS.c.measured_at.desc())
        .limit(RECENT)
        .lateral("newest")
    )
    query = (
        sa.select(kpis.c.id, newest.c.measured_at, newest.c.value)
        .select_from(kpis.join(newest, sa.true()))
        .order_by(kpis.c.id, newest.c.measured_at)
    )
    recent: dict[UUID, list[tuple[datetime, float]]] = {}
    for kpi_id, at, value in await session.execute(query):
        recent.setdefault(kpi_id, []).append((at, value))
    return recent


async def _write(session: AsyncSession, organisation_id: UUID, standings: list[Standing]) -> None:
    if not standings:
        return
    names = list(Standing.__dataclass_fields__)
    given = rows_as_document(
        _STATES, [{name: getattr(standing, name) for name in names} for standing in standings]
    )
    await session.execute(
        sa.update(_STATES)
        .where(_STATES.c.organisation_id == organisation_id, _STATES.c.kpi_id == given.c.kpi_id)
        .values({name: given.c[name] for name in names if name != "kpi_id"})
    )
