"""Opening alerts when step-change work gets less than planned, and noting recovery: once each.

Seen are complete weeks, of a portfolio as a whole and of each of its teams. An alert is opened when the actual
share stayed more than the tolerance below the planned one in each of the last booked weeks; a week that is all
right again is the recovery, and only after it the next alert can be opened.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import System
from domain.allocation.reading import policies_of
from domain.booking_bulk import week_of
from domain.capacity.settings import read_settings
from domain.db import Database, transaction
from domain.drift.ledger import Ledger, Weekly, read_ledger
from domain.enums import WorkKind
from domain.models import DriftAlert, metadata
from domain.rows import columns
from domain.rows_allocation import DriftAlertRow
from domain.rows_capacity import CapacitySettingRow
from prioritisation.drift import latest_shortfall

_SPARE_WEEKS = 6
"""Weeks without bookings, such as holidays, that the weeks which are looked at leave room for."""

JOB = "drift_alerts"

_ALERTS = metadata.tables["drift_alert"]
_PORTFOLIOS = metadata.tables["portfolio"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftEvaluation:
    """Alerts that were opened, and those whose recovery was noted."""

    opened: tuple[DriftAlertRow, ...] = ()
    recovered: tuple[DriftAlertRow, ...] = ()


class _Standing(NamedTuple):
    """How a portfolio, or one of its teams, stands; ``short`` is None when neither short nor recovered."""

    portfolio_id: UUID
    team_id: UUID | None
    short: bool | None
    week: date
    planned: float
    actual: float


async def drift_alerts_due(database: Database, organisation_id: UUID, now: datetime) -> DriftEvaluation:
    """Open and recover alerts that are due because time has passed: weeks are over, policies hold."""
    actor = System(organisation_id=organisation_id, job=JOB)
    async with transaction(database, actor) as session:
        return await evaluate_drift(session, organisation_id, now=now)


async def evaluate_drift(
    session: AsyncSession,
    organisation_id: UUID,
    *,
    now: datetime,
    team_ids: Collection[UUID] | None = None,
) -> DriftEvaluation:
    """Open and recover alerts within the transaction that gives reason to; two at once wait for each other.

    Looked at are the portfolios as a whole and ``team_ids``, by default all teams that have booked: over twice
    the weeks that an alert takes, and some more.
    """
    portfolios = sa.select(_PORTFOLIOS.c.id).where(
        _PORTFOLIOS.c.organisation_id == organisation_id, _PORTFOLIOS.c.archived_at.is_(None)
    )
    in_use = set((await session.execute(portfolios)).scalars())
    last = week_of(now.date()) - timedelta(7)
    policies = await policies_of(session, organisation_id, in_use, until=last)
    if not policies:
        return DriftEvaluation()
    key = sa.func.hashtextextended(f"drift alerts:{organisation_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    settings = await read_settings(session)
    first = last - timedelta(7 * (2 * settings.drift_periods + _SPARE_WEEKS - 1))
    ledger = await read_ledger(session, organisation_id, first, last, team_ids=team_ids, policies=policies)
    standings = await asyncio.to_thread(_standings, ledger, settings, team_ids)
    armed = sa.select(*columns(DriftAlert, DriftAlertRow)).where(
        _ALERTS.c.organisation_id == organisation_id, _ALERTS.c.recovered_at.is_(None)
    )
    open_alerts = {
        (row.portfolio_id, row.team_id): row for row in map(DriftAlertRow._make, await session.execute(armed))
    }
    opened = [
        standing
        for standing in standings
        if standing.short and (standing.portfolio_id, standing.team_id) not in open_alerts
    ]
    recovered = [
        (open_alerts[standing.portfolio_id, standing.team_id], standing)
        for standing in standings
        if standing.short is False and (standing.portfolio_id, standing.team_id) in open_alerts
    ]
    return DriftEvaluation(
        opened=await _open(session, organisation_id, opened, settings, now),
        recovered=tuple(
            [await _recover(session, organisation_id, row, standing.week, now) for row, standing in recovered]
        ),
    )


def _standings(
    ledger: Ledger, settings: CapacitySettingRow, team_ids: Collection[UUID] | None
) -> list[_Standing]:
    teams = [team_id for team_id in ledger.entries if team_id is not None]
    found = []
    for portfolio_id in sorted(ledger.policies):
        for team_id in (None, *sorted(teams if team_ids is None else set(team_ids).intersection(teams))):
            standing = _standing(
                portfolio_id, team_id, ledger.of(portfolio_ids=[portfolio_id], team_id=team_id), settings
            )
            if standing is not None:
                found.append(standing)
    return found


def _standing(
    portfolio_id: UUID, team_id: UUID | None, weekly: Weekly, settings: CapacitySettingRow
) -> _Standing | None:
    """How things stand; None where nothing can be compared."""
    step_change = np.array([kind is WorkKind.STEP_CHANGE for kind in weekly.kinds], dtype=np.bool_)
    volume = weekly.booked.sum(axis=1)
    spent = weekly.booked[:, step_change].sum(axis=1)
    actual = np.where(volume > 0, spent / np.where(volume > 0, volume, 1.0), np.nan)
    plans = weekly.planned[:, step_change]
    planned = np.where(np.isnan(plans).all(axis=1), np.nan, np.nansum(plans, axis=1))
    known = np.flatnonzero(~np.isnan(actual) & ~np.isnan(planned))
    if not len(known):
        return None
    short = latest_shortfall(
        actual, planned, tolerance=settings.drift_tolerance, periods=settings.drift_periods
    )
    seen = known[-settings.drift_periods :]
    weight = volume[seen] / volume[seen].sum()
    return _Standing(
        portfolio_id=portfolio_id,
        team_id=team_id,
        short=short,
        week=weekly.weeks[int(known[-1])],
        planned=min(1.0, float(planned[seen] @ weight)),
        actual=min(1.0, float(actual[seen] @ weight)),
    )


async def _open(
    session: AsyncSession,
    organisation_id: UUID,
    standings: list[_Standing],
    settings: CapacitySettingRow,
    now: datetime,
) -> tuple[DriftAlertRow, ...]:
    if not standings:
        return ()
    rows = [
        {
            "organisation_id": organisation_id,
            "portfolio_id": standing.portfolio_id,
            "team_id": standing.team_id,
            "opened_at": now,
            "week": standing.week,
            "weeks": settings.drift_periods,
            "planned_share": standing.planned,
            "actual_share": standing.actual,
            "tolerance": settings.drift_tolerance,
        }
        for standing in standings
    ]
    statement = (
        postgresql.insert(_ALERTS)
        .values(rows)
        .on_conflict_do_nothing()
        .returning(*columns(DriftAlert, DriftAlertRow))
    )
    return tuple(map(DriftAlertRow._make, await session.execute(statement)))


async def _recover(
    session: AsyncSession, organisation_id: UUID, row: DriftAlertRow, week: date, now: datetime
) -> DriftAlertRow:
    """Note the recovery; it closes an alert that nobody has closed."""
    statement = (
        sa.update(_ALERTS)
        .where(_ALERTS.c.organisation_id == organisation_id, _ALERTS.c.id == row.id)
        .values(
            recovered_at=now,
            recovered_week=week,
            closed_at=sa.func.coalesce(_ALERTS.c.closed_at, now),
            version=_ALERTS.c.version + 1,
            updated_at=sa.func.now(),
        )
        .returning(*columns(DriftAlert, DriftAlertRow))
    )
    return DriftAlertRow._make((await session.execute(statement)).one())
