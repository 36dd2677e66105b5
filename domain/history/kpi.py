"""KPIs as they were at a past time: their standard then, and what was known of their series then."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import Cadence, KpiKind, KpiLevel, KpiStatus, KpiTargetType, KpiTiming
from domain.history.undoing import parts_at, rows_at
from domain.kpi.queries import known_at
from domain.kpi.rows import BreachRow
from domain.kpi.standard import level_of, stale_at, status_at
from domain.models import Breach, Kpi, KpiObjective


class KpiDefinitionRow(NamedTuple):
    """A KPI without where it stands."""

    id: UUID
    team_id: UUID
    owner_id: UUID | None
    category_id: UUID | None
    name: str
    process: str
    description: str
    unit: str
    metric: str
    target_type: KpiTargetType
    target_low: float | None
    amber_low: float | None
    red_low: float | None
    target_high: float | None
    amber_high: float | None
    red_high: float | None
    cadence: Cadence
    grace_hours: float
    timing: KpiTiming
    kind: KpiKind
    recovery_measurements: int
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiState:
    """A KPI at a time: its definition, and the newest value that was known then with what it meant then.

    ``value``, ``measured_at`` and ``level`` are None before the first measurement. ``breach_ids`` are the
    breaches that were open.
    """

    at: datetime
    row: KpiDefinitionRow
    value: float | None
    measured_at: datetime | None
    level: KpiLevel | None
    status: KpiStatus
    objective_ids: frozenset[UUID]
    breach_ids: tuple[UUID, ...]


async def kpis_as_of(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    at: datetime,
    kpi_ids: Collection[UUID] | None = None,
) -> dict[UUID, KpiState]:
    """The state of KPIs at a time, all of the organisation or some; those that did not exist yet are left out.

    Measurements that were recorded later, and corrections that were made later, were not known then. 7
    statements at most.
    """
    rows = await rows_at(connection, organisation_id, Kpi, KpiDefinitionRow, at=at, ids=kpi_ids)
    known = await known_at(connection, organisation_id, at=at, kpi_ids=list(rows), recorded_by=at)
    objectives = await parts_at(
        connection,
        organisation_id,
        KpiObjective,
        subject="kpi_id",
        part="objective_id",
        at=at,
        ids=list(rows),
    )
    breaches = await _open_breaches(connection, organisation_id, at=at, kpi_ids=list(rows))
    found = {}
    for key, row in rows.items():
        last = known.get(key)
        level = None if last is None else level_of(last.value, row)
        stale = (
            None
            if last is None
            else stale_at(last.measured_at, cadence=row.cadence, grace_hours=row.grace_hours)
        )
        found[key] = KpiState(
            at=at,
            row=row,
            value=None if last is None else last.value,
            measured_at=None if last is None else last.measured_at,
            level=level,
            status=status_at(at, level=level, stale_from=stale),
            objective_ids=objectives[key],
            breach_ids=breaches.get(key, ()),
        )
    return found


async def _open_breaches(
    connection: AsyncConnection, organisation_id: UUID, *, at: datetime, kpi_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ...]]:
    """Those that were known and not known to be over: what a breach says of its own times came later."""
    table = sa.inspect(Breach).local_table
    of_kpis = sa.select(table.c.id).where(
        table.c.organisation_id == organisation_id,
        table.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
        table.c.created_at <= at,
    )
    ids = list((await connection.execute(of_kpis)).scalars())
    found: dict[UUID, tuple[UUID, ...]] = {}
    rows = await rows_at(connection, organisation_id, Breach, BreachRow, at=at, ids=ids)
    for row in sorted(rows.values(), key=lambda row: (row.opened_at, row.id)):
        if row.restored_at is None:
            found[row.kpi_id] = (*found.get(row.kpi_id, ()), row.id)
    return found
