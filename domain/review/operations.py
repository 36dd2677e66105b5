"""What an operations review looks at: lights-on work by its KPIs, the worst first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import KpiStatus, TrendKind
from domain.history.kpi import KpiState, kpis_as_of
from domain.kpi.overview import KPIS, status_in_sql
from domain.kpi.rows import KpiRow
from domain.models import metadata
from domain.queries.keyset import Cut, OrderTerm, Slice, cut_to, found

_KPIS = metadata.tables["kpi"]
_STATES = metadata.tables["kpi_state"]
_BREACHES = metadata.tables["breach"]
_ALERTS = metadata.tables["drift_alert"]

WORST_FIRST = (KpiStatus.RED, KpiStatus.STALE, KpiStatus.AMBER, KpiStatus.UNKNOWN, KpiStatus.HEALTHY)
_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}


TERMS = (
    OrderTerm("worst", sa.case(_RANK, value=KPIS.table.c.status), int),
    OrderTerm("name", sa.func.lower(KPIS.table.c.name), str),
    OrderTerm("id", KPIS.table.c.id, UUID),
)
"""The worst first, then by name."""


class Only(NamedTuple):
    """Which KPIs of a review to list: of these teams, with one of these statuses, with an open breach."""

    team_ids: Collection[UUID] | None = None
    statuses: Collection[KpiStatus] = ()
    breached: bool = False


class KpiStanding(NamedTuple):
    """How a KPI stands; the trend is not known of a past time."""

    kpi_id: UUID
    team_id: UUID
    name: str
    status: KpiStatus
    trend: TrendKind | None
    breach_id: UUID | None


@dataclass(frozen=True, slots=True)
class Operations:
    """The KPIs of a scope at a time, the worst first and then by name; their past states for a past time."""

    at: datetime
    kpis: tuple[KpiStanding, ...]
    past: dict[UUID, KpiState] | None


async def operations_now(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    now: datetime,
    team_ids: Collection[UUID] | None,
) -> Operations:
    """How the KPIs in use stand now, of all teams or some. One statement."""
    status = status_in_sql(sa.literal(now)).label("status")
    query = (
        sa.select(_KPIS.c.id, _KPIS.c.team_id, _KPIS.c.name, status, _STATES.c.trend, _BREACHES.c.id)
        .select_from(
            _KPIS.join(
                _STATES,
                sa.and_(_STATES.c.organisation_id == _KPIS.c.organisation_id, _STATES.c.kpi_id == _KPIS.c.id),
            ).outerjoin(
                _BREACHES,
                sa.and_(
                    _BREACHES.c.organisation_id == _KPIS.c.organisation_id,
                    _BREACHES.c.kpi_id == _KPIS.c.id,
                    _BREACHES.c.restored_at.is_(None),
                ),
            )
        )
        .where(_KPIS.c.organisation_id == organisation_id, _KPIS.c.archived_at.is_(None))
    )
    if team_ids is not None:
        query = query.where(_KPIS.c.team_id == sa.any_(sa.literal(list(team_ids), sa.ARRAY(sa.Uuid))))
    rows = map(KpiStanding._make, await connection.execute(query))
    return Operations(now, tuple(sorted(rows, key=_place)), None)


async def page_now(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    cut: Cut,
    only: Only,
) -> Slice[KpiRow]:
    """One page of the KPIs in use as they stand now, in the order of ``TERMS``. One statement."""
    statement = cut_to(_selected(KPIS.select(organisation_id), only), terms=TERMS, cut=cut)
    rows = (await connection.execute(statement)).all()
    return found(rows, terms=TERMS, cut=cut, make=KpiRow._make)


async def count_now(connection: AsyncConnection, organisation_id: UUID, *, only: Only) -> int:
    """How many there are on all pages."""
    statement = _selected(KPIS.select(organisation_id), only)
    counted = statement.with_only_columns(sa.func.count(), maintain_column_froms=True)
    return int((await connection.execute(counted)).scalar_one())


async def status_counts_now(
    connection: AsyncConnection, organisation_id: UUID, *, team_ids: Collection[UUID] | None
) -> dict[KpiStatus, int]:
    """How many KPIs in use have each status now; a status that none has is left out."""
    statement = _selected(KPIS.select(organisation_id), Only(team_ids=team_ids))
    status = KPIS.table.c.status
    counted = statement.with_only_columns(status, sa.func.count(), maintain_column_froms=True)
    return dict(map(tuple, await connection.execute(counted.group_by(status))))


def _selected(statement: sa.Select[Any], only: Only) -> sa.Select[Any]:
    table = KPIS.table
    if only.team_ids is not None:
        teams = sa.literal(list(only.team_ids), sa.ARRAY(sa.Uuid))
        statement = statement.where(table.c.team_id == sa.any_(teams))
    if only.statuses:
        statement = statement.where(table.c.status.in_(only.statuses))
    if only.breached:
        open_one = sa.exists().where(
            _BREACHES.c.organisation_id == table.c.organisation_id,
            _BREACHES.c.kpi_id == table.c.id,
            _BREACHES.c.restored_at.is_(None),
        )
        statement = statement.where(open_one)
    return statement


async def operations_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    at: datetime,
    team_ids: Collection[UUID] | None,
) -> Operations:
    """How the KPIs that were in use stood at a past time, of the teams that they were of then. 8 statements."""
    states = {
        key: state
        for key, state in (await kpis_as_of(connection, organisation_id, at=at)).items()
        if state.row.archived_at is None and (team_ids is None or state.row.team_id in team_ids)
    }
    rows = [
        KpiStanding(
            kpi_id=key,
            team_id=state.row.team_id,
            name=state.row.name,
            status=state.status,
            trend=None,
            breach_id=state.breach_ids[0] if state.breach_ids else None,
        )
        for key, state in states.items()
    ]
    return Operations(at, tuple(sorted(rows, key=_place)), states)


async def drift_alerts_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    at: datetime,
    team_id: UUID | None,
    portfolio_id: UUID | None,
    most: int,
) -> list[UUID]:
    """Alerts that step-change work got less than planned which were open at a time, the latest first.

    Those of a team, those of a portfolio and its teams, or all.
    """
    query = (
        sa.select(_ALERTS.c.id)
        .where(
            _ALERTS.c.organisation_id == organisation_id,
            _ALERTS.c.opened_at <= at,
            sa.or_(_ALERTS.c.closed_at.is_(None), _ALERTS.c.closed_at > at),
        )
        .order_by(_ALERTS.c.opened_at.desc(), _ALERTS.c.id)
        .limit(most)
    )
    if team_id is not None:
        query = query.where(_ALERTS.c.team_id == team_id)
    if portfolio_id is not None:
        query = query.where(_ALERTS.c.portfolio_id == portfolio_id)
    return list((await connection.execute(query)).scalars())


def _place(standing: KpiStanding) -> tuple[int, str, UUID]:
    return _RANK[standing.status], standing.name.lower(), standing.kpi_id
