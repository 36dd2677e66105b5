"""Writes what measurements do to breaches, for many KPIs at once, within the measurements' transaction."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.bulk import rows_as_document, rows_as_table
from domain.enums import BreachEnding, BreachEventKind, KpiLevel
from domain.kpi.crossing import Crossing, severity, stretches
from domain.kpi.rows import BreachRow
from domain.models import Breach, metadata
from domain.rows import columns

_BREACHES = metadata.tables["breach"]
_EVENTS = metadata.tables["breach_event"]
_LEVELS = metadata.tables["escalation_level"]

_CHANGING = ("level", "worst_level", "restored_at", "ending", "escalates_at")


async def open_breaches(
    session: AsyncSession, organisation_id: UUID, kpi_ids: Collection[UUID]
) -> dict[UUID, BreachRow]:
    """The open breach of each KPI that has one, held until the transaction ends."""
    query = (
        sa.select(*columns(Breach, BreachRow))
        .where(
            _BREACHES.c.organisation_id == organisation_id,
            _BREACHES.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
            _BREACHES.c.restored_at.is_(None),
        )
        .order_by(_BREACHES.c.id)
        .with_for_update()
    )
    return {row.kpi_id: row for row in map(BreachRow._make, await session.execute(query))}


async def write_crossings(
    session: AsyncSession,
    organisation_id: UUID,
    crossings: Mapping[UUID, list[Crossing]],
    opened: Mapping[UUID, BreachRow],
    *,
    now: datetime,
) -> None:
    """Write the breaches that crossings open, change and end, each with its events.

    Parameters
    ----------
    crossings
        Of each KPI, in the order of their times.
    opened
        The breaches that were open before, as ``open_breaches`` has them.
    """
    if not any(crossings.values()):
        return
    delays = await first_delays(session, organisation_id, crossings)
    inserted: list[BreachRow] = []
    changed: list[BreachRow] = []
    events: list[tuple[UUID, Crossing]] = []
    for kpi_id, happened in crossings.items():
        for stretch in stretches(happened):
            new = stretch[0].kind is BreachEventKind.OPENED
            breach = _opening(kpi_id, stretch[0], delays.get(kpi_id), now=now) if new else opened[kpi_id]
            for crossing in stretch[1:] if new else stretch:
                breach = _after(breach, crossing)
            (inserted if new else changed).append(breach)
            events.extend((breach.id, crossing) for crossing in stretch)
    # first what ends: a KPI has one open breach at any time
    await _update(session, organisation_id, changed)
    await _insert(session, organisation_id, inserted)
    await add_events(
        session,
        organisation_id,
        [
            {
                "breach_id": breach_id,
                "kind": crossing.kind,
                "occurred_at": crossing.reading.at,
                "level": crossing.reading.level,
                "value": crossing.reading.value,
            }
            for breach_id, crossing in events
        ],
    )


async def _insert(session: AsyncSession, organisation_id: UUID, breaches: list[BreachRow]) -> None:
    if not breaches:
        return
    given = [name for name in BreachRow._fields if name not in ("created_at", "updated_at")]
    rows = rows_as_table(_BREACHES, [{name: getattr(row, name) for name in given} for row in breaches])
    query = sa.select(sa.literal(organisation_id, sa.Uuid), *rows.c)
    await session.execute(
        sa.insert(_BREACHES).from_select(["organisation_id", *given], query, include_defaults=False)
    )


async def _update(session: AsyncSession, organisation_id: UUID, breaches: list[BreachRow]) -> None:
    if not breaches:
        return
    rows = rows_as_table(
        _BREACHES, [{name: getattr(row, name) for name in ("id", *_CHANGING)} for row in breaches]
    )
    await session.execute(
        sa.update(_BREACHES)
        .where(_BREACHES.c.organisation_id == organisation_id, _BREACHES.c.id == rows.c.id)
        .values(
            **{name: rows.c[name] for name in _CHANGING},
            version=_BREACHES.c.version + 1,
            updated_at=sa.func.now(),
        )
    )


async def first_delays(
    session: AsyncSession, organisation_id: UUID, kpi_ids: Iterable[UUID]
) -> dict[UUID, float]:
    """Hours until the first level of each KPI that escalates."""
    query = sa.select(_LEVELS.c.kpi_id, _LEVELS.c.delay_hours).where(
        _LEVELS.c.organisation_id == organisation_id,
        _LEVELS.c.level == 1,
        _LEVELS.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
    )
    return dict(map(tuple, await session.execute(query)))


async def add_events(session: AsyncSession, organisation_id: UUID, events: list[dict[str, Any]]) -> None:
    """Insert events, in the given order within each breach; the caller holds their breaches."""
    if not events:
        return
    breach_ids = list({event["breach_id"] for event in events})
    query = (
        sa.select(_EVENTS.c.breach_id, sa.func.max(_EVENTS.c.number))
        .where(
            _EVENTS.c.organisation_id == organisation_id,
            _EVENTS.c.breach_id == sa.any_(sa.literal(breach_ids, sa.ARRAY(sa.Uuid))),
        )
        .group_by(_EVENTS.c.breach_id)
    )
    numbers: dict[UUID, int] = dict(map(tuple, await session.execute(query)))
    rows = []
    for event in events:
        number = numbers[event["breach_id"]] = numbers.get(event["breach_id"], 0) + 1
        rows.append(
            {
                "organisation_id": organisation_id,
                "level": None,
                "value": None,
                "escalation_level": None,
                "notified_role": None,
                "notified_ids": [],
                "member_id": None,
                "note": "",
                **event,
                "number": number,
            }
        )
    given = rows_as_document(_EVENTS, rows)
    await session.execute(
        sa.insert(_EVENTS).from_select(
            list(rows[0]), sa.select(*(given.c[name] for name in rows[0])), include_defaults=False
        )
    )


def _opening(kpi_id: UUID, crossing: Crossing, delay_hours: float | None, *, now: datetime) -> BreachRow:
    return BreachRow(
        id=uuid4(),
        kpi_id=kpi_id,
        level=crossing.reading.level,
        worst_level=crossing.reading.level,
        crossing_value=crossing.reading.value,
        crossed_at=crossing.reading.at,
        opened_at=now,
        escalation_level=0,
        escalates_at=None if delay_hours is None else now + timedelta(hours=delay_hours),
        acknowledged_at=None,
        acknowledged_by_id=None,
        cause="",
        corrective_action="",
        initiative_id=None,
        restored_at=None,
        restored_by_id=None,
        restored_reason=None,
        ending=None,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _after(breach: BreachRow, crossing: Crossing) -> BreachRow:
    level = crossing.reading.level
    worst: KpiLevel = max(breach.worst_level, level, key=severity)
    breach = breach._replace(level=level, worst_level=worst)
    if crossing.kind is BreachEventKind.RESTORED:
        return breach._replace(
            restored_at=crossing.reading.at, ending=BreachEnding.RECOVERED, escalates_at=None
        )
    return breach
