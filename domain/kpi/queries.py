"""Set-based reads about KPIs: each a constant number of statements.

None touches the series but those that say so.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.kpi.overview import overview
from domain.kpi.rows import (
    BreachEventRow,
    BreachRow,
    CounterMetricRow,
    KpiPromotionRow,
    KpiRow,
    KpiStandardRaiseRow,
    MeasurementRow,
)
from domain.models import (
    Breach,
    BreachEvent,
    CounterMetric,
    KpiPromotion,
    KpiStandardRaise,
    Measurement,
    metadata,
)
from domain.queries.listing import Source
from domain.rows import columns

BREACHES = Source(Breach, BreachRow)
BREACH_EVENTS = Source(BreachEvent, BreachEventRow)
MEASUREMENTS = Source(Measurement, MeasurementRow)

_KPIS = metadata.tables["kpi"]
_BREACHES = metadata.tables["breach"]
_MEASUREMENTS = metadata.tables["measurement"]


class BreachCount(NamedTuple):
    """Breaches of a KPI so far: how many, how many of them are open (0 or 1), and when the last one began."""

    total: int
    open: int
    last_crossed_at: datetime


class Known(NamedTuple):
    """A measurement that counted at a time."""

    value: float
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiLinks:
    """What the organisation's KPIs are linked to, by the id of the KPI.

    ``promoted`` is the key result that a KPI's measurements feed at present; ``counters`` are the KPIs that
    are watched while this one is pushed, ``counters_of_key_result`` the same by the id of a key result.
    """

    objectives: dict[UUID, frozenset[UUID]]
    key_results: dict[UUID, frozenset[UUID]]
    promoted: dict[UUID, UUID]
    counters: dict[UUID, frozenset[UUID]]
    counters_of_key_result: dict[UUID, frozenset[UUID]]


async def kpis_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    now: datetime,
    team_ids: Collection[UUID] | None = None,
    archived: bool = False,
) -> list[KpiRow]:
    """All KPIs of the organisation, or of some teams, with where they stand and their status as of ``now``.

    Their newest 24 measurements are in ``recent_at`` and ``recent_values``. By name. One statement.
    """
    query = (
        overview(sa.literal(now))
        .where(_KPIS.c.organisation_id == organisation_id)
        .order_by(sa.func.lower(_KPIS.c.name), _KPIS.c.id)
    )
    if not archived:
        query = query.where(_KPIS.c.archived_at.is_(None))
    if team_ids is not None:
        query = query.where(_KPIS.c.team_id == sa.any_(sa.literal(list(team_ids), sa.ARRAY(sa.Uuid))))
    return [KpiRow._make(row[1:]) for row in await connection.execute(query)]


async def links_of(connection: AsyncConnection, organisation_id: UUID) -> KpiLinks:
    """What KPIs are linked to: objectives, key results that measure the same, promotions, counter-metrics."""
    promoted = metadata.tables["kpi_promotion"]
    open_ones = sa.select(promoted.c.kpi_id, promoted.c.key_result_id).where(
        promoted.c.organisation_id == organisation_id, promoted.c.ended_at.is_(None)
    )
    return KpiLinks(
        objectives=await _pairs(connection, organisation_id, "kpi_objective", "kpi_id", "objective_id"),
        key_results=await _pairs(connection, organisation_id, "kpi_key_result", "kpi_id", "key_result_id"),
        promoted=dict(map(tuple, await connection.execute(open_ones))),
        counters=await _pairs(connection, organisation_id, "counter_metric", "kpi_id", "counter_kpi_id"),
        counters_of_key_result=await _pairs(
            connection, organisation_id, "counter_metric", "key_result_id", "counter_kpi_id"
        ),
    )


async def links_of_kpis(
    connection: AsyncConnection, organisation_id: UUID, kpi_ids: Collection[UUID]
) -> tuple[dict[UUID, frozenset[UUID]], dict[UUID, frozenset[UUID]]]:
    """Objectives, and key results that measure the same, of some KPIs."""
    objectives = await _pairs(
        connection, organisation_id, "kpi_objective", "kpi_id", "objective_id", among=kpi_ids
    )
    key_results = await _pairs(
        connection, organisation_id, "kpi_key_result", "kpi_id", "key_result_id", among=kpi_ids
    )
    return objectives, key_results


async def breach_counts(
    connection: AsyncConnection, organisation_id: UUID, *, since: datetime | None = None
) -> dict[UUID, BreachCount]:
    """How often each KPI was breached, all in all or since a time; KPIs without a breach are not there."""
    query = (
        sa.select(
            _BREACHES.c.kpi_id,
            sa.func.count(),
            sa.func.count().filter(_BREACHES.c.restored_at.is_(None)),
            sa.func.max(_BREACHES.c.crossed_at),
        )
        .where(_BREACHES.c.organisation_id == organisation_id)
        .group_by(_BREACHES.c.kpi_id)
    )
    if since is not None:
        query = query.where(_BREACHES.c.crossed_at >= since)
    return {kpi_id: BreachCount(*counts) for kpi_id, *counts in await connection.execute(query)}


async def open_breaches_of(
    connection: AsyncConnection, organisation_id: UUID, *, kpi_ids: Collection[UUID] | None = None
) -> dict[UUID, BreachRow]:
    """The open breach of each KPI that has one, of all KPIs or of some."""
    query = sa.select(*columns(Breach, BreachRow)).where(
        _BREACHES.c.organisation_id == organisation_id, _BREACHES.c.restored_at.is_(None)
    )
    if kpi_ids is not None:
        query = query.where(_BREACHES.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))))
    return {row.kpi_id: row for row in map(BreachRow._make, await connection.execute(query))}


async def known_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    at: datetime,
    kpi_ids: Collection[UUID] | None = None,
    recorded_by: datetime | None = None,
) -> dict[UUID, Known]:
    """The last measurement of each KPI at a time of the past; KPIs without one are not there.

    By what is known today, or with ``recorded_by`` by what was known then, before later corrections. Reads
    one row of each KPI's series.
    """
    counted: list[sa.ColumnElement[bool]] = [_MEASUREMENTS.c.superseded_at.is_(None)]
    if recorded_by is not None:
        counted = [
            _MEASUREMENTS.c.created_at <= recorded_by,
            sa.or_(_MEASUREMENTS.c.superseded_at.is_(None), _MEASUREMENTS.c.superseded_at > recorded_by),
        ]
    last = (
        sa.select(_MEASUREMENTS.c.value, _MEASUREMENTS.c.measured_at)
        .where(
            _MEASUREMENTS.c.organisation_id == organisation_id,
            _MEASUREMENTS.c.kpi_id == _KPIS.c.id,
            _MEASUREMENTS.c.measured_at <= at,
            _MEASUREMENTS.c.value.is_not(None),
            *counted,
        )
        .order_by(_MEASUREMENTS.c.measured_at.desc(), _MEASUREMENTS.c.revision.desc())
        .limit(1)
        .lateral("last")
    )
    query = (
        sa.select(_KPIS.c.id, last.c.value, last.c.measured_at)
        .select_from(_KPIS.join(last, sa.true()))
        .where(_KPIS.c.organisation_id == organisation_id)
    )
    if kpi_ids is not None:
        query = query.where(_KPIS.c.id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))))
    return {
        kpi_id: Known(value, measured_at) for kpi_id, value, measured_at in await connection.execute(query)
    }


async def lineage_of(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    kpi_ids: Collection[UUID] = (),
    key_result_ids: Collection[UUID] = (),
) -> tuple[list[KpiPromotionRow], list[KpiStandardRaiseRow]]:
    """Promotions and raised standards of KPIs or of key results, the oldest first."""

    def about(table: sa.Table) -> sa.ColumnElement[bool]:
        return sa.or_(
            table.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
            table.c.key_result_id == sa.any_(sa.literal(list(key_result_ids), sa.ARRAY(sa.Uuid))),
        )

    promotion, raised = metadata.tables["kpi_promotion"], metadata.tables["kpi_standard_raise"]
    promotions = await connection.execute(
        sa.select(*columns(KpiPromotion, KpiPromotionRow))
        .where(promotion.c.organisation_id == organisation_id, about(promotion))
        .order_by(promotion.c.promoted_at, promotion.c.id)
    )
    raises = await connection.execute(
        sa.select(*columns(KpiStandardRaise, KpiStandardRaiseRow))
        .where(raised.c.organisation_id == organisation_id, about(raised))
        .order_by(raised.c.raised_at, raised.c.id)
    )
    return list(map(KpiPromotionRow._make, promotions)), list(map(KpiStandardRaiseRow._make, raises))


async def counter_metrics_of(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    kpi_ids: Collection[UUID] = (),
    key_result_ids: Collection[UUID] = (),
) -> list[CounterMetricRow]:
    """The counter-metrics of KPIs and of key results, the oldest first."""
    table = metadata.tables["counter_metric"]
    query = (
        sa.select(*columns(CounterMetric, CounterMetricRow))
        .where(
            table.c.organisation_id == organisation_id,
            sa.or_(
                table.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
                table.c.key_result_id == sa.any_(sa.literal(list(key_result_ids), sa.ARRAY(sa.Uuid))),
            ),
        )
        .order_by(table.c.created_at, table.c.id)
    )
    return list(map(CounterMetricRow._make, await connection.execute(query)))


async def _pairs(
    connection: AsyncConnection,
    organisation_id: UUID,
    table_name: str,
    key: str,
    value: str,
    *,
    among: Collection[UUID] | None = None,
) -> dict[UUID, frozenset[UUID]]:
    table = metadata.tables[table_name]
    query = sa.select(table.c[key], table.c[value]).where(
        table.c.organisation_id == organisation_id, table.c[key].is_not(None)
    )
    if among is not None:
        query = query.where(table.c[key] == sa.any_(sa.literal(list(among), sa.ARRAY(sa.Uuid))))
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for left, right in await connection.execute(query):
        found[left].add(right)
    return {left: frozenset(rights) for left, rights in found.items()}
