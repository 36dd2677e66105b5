"""Alerts about drift: opened once, recovered once, and the figures behind them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.allocation.publishing import publish_policy
from domain.booking import set_booking, set_bookings
from domain.capacity.settings import update_settings
from domain.commands.allocation import AllocationPolicyPublish, DriftAlertAcknowledge, DriftAlertClose
from domain.commands.booking import BookingSet
from domain.commands.capacity import CapacitySettingsUpdate
from domain.db import Database, reading
from domain.drift.evaluation import drift_alerts_due
from domain.drift.handling import acknowledge_alert, close_alert
from domain.drift.ledger import read_ledger
from domain.drift.table import cycle_drift
from domain.enums import ErrorPolicy, Role, WorkKind
from domain.errors import Conflict, InvalidInput, NotFound
from domain.periods import PeriodLength
from prioritisation.allocation_limits import AllocationMode
from prioritisation.drift import ForecastMethod
from tests.factories import (
    a_category,
    a_cycle,
    a_member,
    a_portfolio,
    a_team,
    an_initiative,
    an_organisation,
)
from tests.trail import written

FIRST = date(2026, 9, 7)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """An organisation with a portfolio whose policy gives 20 % to step-change work."""

    database: Database
    actor: Actor
    portfolio_id: UUID
    team_id: UUID
    run: UUID
    bets: UUID

    async def book(
        self, week: int, bets: float, *, total: float = 10.0, now: datetime | None = None, **more: Any
    ) -> None:
        """Book a week, counted from the first one, as it is over."""
        day = FIRST + timedelta(7 * week)
        items = [
            BookingSet(
                **{"team_id": self.team_id, "category_id": category, "week": day, "amount": amount, **more}
            )
            for category, amount in ((self.run, total - bets), (self.bets, bets))
        ]
        outcomes = await set_bookings(
            self.database, self.actor, items, ErrorPolicy.REJECT_ALL, now=now or _noon(day + timedelta(7))
        )
        assert all(outcome.row is not None for outcome in outcomes)

    async def alerts(self) -> list[Any]:
        """All alerts: whose, from which week, whether recovered."""
        query = (
            "SELECT team_id, week, round(planned_share::numeric, 6)::float, round(actual_share::numeric, 6)::float,"
            " recovered_week, closed_at IS NOT NULL FROM drift_alert ORDER BY week, team_id NULLS FIRST"
        )
        async with reading(self.database, self.actor.organisation_id) as connection:
            return [tuple(row) for row in await connection.execute(sa.text(query))]


async def _setting(database: Database, *, overrides: bool = False) -> Setting:
    actor = await an_organisation(database)
    portfolio, team = await a_portfolio(database, actor), await a_team(database, actor)
    run, bets = await a_category(database, actor, kind=WorkKind.LIGHTS_ON), await a_category(database, actor)

    def shares(share: float) -> list[dict[str, Any]]:
        return [
            {"category_id": run.id, "share": 1 - share, "mode": AllocationMode.CAP},
            {"category_id": bets.id, "share": share, "mode": AllocationMode.RING_FENCED},
        ]

    await publish_policy(
        database,
        actor,
        AllocationPolicyPublish.model_validate(
            {
                "portfolio_id": portfolio.id,
                "effective_from": date(2026, 1, 1),
                "reason": "Agreed.",
                "shares": shares(0.2),
                "overrides": [{"team_id": team.id, "shares": shares(0.5)}] if overrides else [],
            }
        ),
    )
    return Setting(
        database=database,
        actor=actor,
        portfolio_id=portfolio.id,
        team_id=team.id,
        run=run.id,
        bets=bets.id,
    )


async def test_an_alert_is_opened_once_and_again_only_after_recovery(database: Database) -> None:
    at = await _setting(database)
    for week, share in enumerate((2.0, 1.4, 1.4, 1.5)):
        await at.book(week, share)
    # 15 % is tolerated where 20 % are planned, and ends what two weeks began
    assert await at.alerts() == []
    for week in (4, 5):
        await at.book(week, 1.0)
    assert await at.alerts() == []
    await at.book(6, 0.0)
    weeks = [FIRST + timedelta(7 * week) for week in range(12)]
    opened = [
        (None, weeks[6], 0.2, 0.066667, None, False),
        (at.team_id, weeks[6], 0.2, 0.066667, None, False),
    ]
    assert await at.alerts() == opened
    for week in (7, 8):
        await at.book(week, 0.5)
    assert await at.alerts() == opened
    # an hour that was forgotten: corrected, the week is all right, and so is the portfolio
    await at.book(8, 1.5, now=_noon(weeks[9]))
    recovered = [(*row[:4], weeks[8], True) for row in opened]
    assert await at.alerts() == recovered
    for week in (9, 10):
        await at.book(week, 0.0)
    assert await at.alerts() == recovered
    await at.book(11, 0.0)
    assert await at.alerts() == [
        *recovered,
        (None, weeks[11], 0.2, 0.0, None, False),
        (at.team_id, weeks[11], 0.2, 0.0, None, False),
    ]


async def test_weeks_that_run_do_not_count_until_they_are_over(database: Database) -> None:
    at = await _setting(database)
    await update_settings(database, at.actor, CapacitySettingsUpdate(drift_periods=1, drift_tolerance=0))
    await at.book(0, 1.0, now=_noon(FIRST + timedelta(6)))
    assert await at.alerts() == []
    sunday, monday = _noon(FIRST + timedelta(6)), _noon(FIRST + timedelta(7))
    organisation = at.actor.organisation_id
    assert (await drift_alerts_due(database, organisation, sunday)).opened == ()
    due = await drift_alerts_due(database, organisation, monday)
    assert [(row.team_id, row.opened_at) for row in due.opened] == [(None, monday), (at.team_id, monday)]
    before = await written(database, at.actor)
    again = await drift_alerts_due(database, organisation, monday + timedelta(1))
    assert (again.opened, again.recovered) == ((), ())
    assert await written(database, at.actor) == before
    async with reading(database, organisation) as connection:
        by = await connection.execute(
            sa.text("SELECT DISTINCT member_id, request_id FROM audit_entry WHERE entity = 'drift_alert'")
        )
        assert [tuple(row) for row in by] == [(None, "job:drift_alerts")]


async def test_two_who_book_at_once_open_one_alert(database: Database) -> None:
    at = await _setting(database)
    for week in range(2):
        await at.book(week, 0.0)
    other = await a_team(database, at.actor)
    await asyncio.gather(at.book(2, 0.0), at.book(2, 0.0, team_id=other.id), at.book(2, 0.0, note="Again"))
    assert [row[0] for row in await at.alerts()] == [None, at.team_id]


async def test_alerts_are_acknowledged_with_a_note_and_closed(database: Database) -> None:
    at = await _setting(database)
    for week in range(3):
        await at.book(week, 0.0)
    now = _noon(FIRST + timedelta(21))
    colleague = await a_member(database, at.actor, role=Role.CONTRIBUTOR)
    async with reading(database, at.actor.organisation_id) as connection:
        key = (
            await connection.execute(sa.text("SELECT id FROM drift_alert WHERE team_id IS NULL"))
        ).scalar_one()
    seen = await acknowledge_alert(database, colleague, DriftAlertAcknowledge(id=key, note="Storm."))
    assert (seen.acknowledged_note, seen.acknowledged_by_id, seen.version) == (
        "Storm.",
        colleague.member_id,
        2,
    )
    assert await acknowledge_alert(database, colleague, DriftAlertAcknowledge(id=key, note="Storm.")) == seen
    with pytest.raises(InvalidInput, match="Somebody else"):
        await acknowledge_alert(database, at.actor, DriftAlertAcknowledge(id=key))
    with pytest.raises(Conflict, match="at version 2, not 1"):
        await close_alert(database, at.actor, DriftAlertClose(id=key, expected_version=1))
    closed = await close_alert(database, at.actor, DriftAlertClose(id=key, note="Bets move to May."))
    assert (closed.closed_note, closed.recovered_at, closed.version) == ("Bets move to May.", None, 3)
    for use_case in (
        acknowledge_alert(database, colleague, DriftAlertAcknowledge(id=key)),
        close_alert(database, at.actor, DriftAlertClose(id=key)),
    ):
        with pytest.raises(InvalidInput, match="closed already"):
            await use_case
    stranger = await an_organisation(database)
    with pytest.raises(NotFound):
        await close_alert(database, stranger, DriftAlertClose(id=key))
    # closed by hand is not recovered: the same shortfall opens no other one
    await at.book(3, 0.0)
    assert len(await at.alerts()) == 2
    assert (await drift_alerts_due(database, at.actor.organisation_id, now)).opened == ()


async def test_planned_and_actual_per_period_with_trend_and_forecast(database: Database) -> None:
    at = await _setting(database, overrides=True)
    other = await a_team(database, at.actor)
    elsewhere = await an_initiative(database, at.actor)
    for week, share in enumerate((3.0, 2.0, 1.0)):
        await at.book(week, share)
    await at.book(0, 2.0, team_id=other.id)
    # on another portfolio's initiative: not this one's, and the organisation's all the same
    await set_booking(
        database,
        at.actor,
        BookingSet(team_id=other.id, category_id=at.run, initiative_id=elsewhere.id, week=FIRST, amount=20),
        now=_noon(FIRST + timedelta(7)),
    )
    cycle = await a_cycle(database, at.actor, starts_on=date(2026, 9, 3), ends_on=date(2026, 10, 4))
    today = date(2026, 9, 25)
    async with reading(database, at.actor.organisation_id) as connection:
        ledger = await read_ledger(
            connection, at.actor.organisation_id, cycle.starts_on, cycle.ends_on, team_ids=[other.id]
        )
    of_portfolio = cycle_drift(
        ledger.of(portfolio_ids=[at.portfolio_id]), cycle, PeriodLength.WEEK, as_of=today
    )
    column = of_portfolio.kinds.index(WorkKind.STEP_CHANGE)
    table, result = of_portfolio.by_kind, of_portfolio.by_kind.result
    # the first week is partial and its Wednesday is not in it
    np.testing.assert_allclose(table.booked.sum(axis=1), [0, 20, 10, 10, 0])
    np.testing.assert_allclose(result.actual[:, column], [np.nan, 0.25, 0.2, 0.1, np.nan])
    # half a half and half a fifth where both teams booked, then the one team's half
    np.testing.assert_allclose(table.planned[1:4, column], [0.35, 0.5, 0.5])
    np.testing.assert_allclose(result.difference[1:4, column], [-0.1, -0.3, -0.4])
    np.testing.assert_allclose(result.slope[column], -0.075)
    assert result.method is ForecastMethod.TREND
    of_team = cycle_drift(
        ledger.of(portfolio_ids=[at.portfolio_id], team_id=other.id), cycle, PeriodLength.MONTH, as_of=today
    )
    september, october = of_team.by_kind.periods
    assert (september.starts_on, october.ends_on) == (date(2026, 9, 3), date(2026, 10, 4))
    np.testing.assert_allclose(of_team.by_kind.planned[0, column], 0.2)
    np.testing.assert_allclose(of_team.by_kind.result.actual[0, column], 0.2)
    assert of_team.by_kind.result.method is ForecastMethod.MEAN
    everything = cycle_drift(
        ledger.of(portfolio_ids=ledger.policies.keys(), whole=True), cycle, PeriodLength.WEEK, as_of=today
    )
    np.testing.assert_allclose(everything.by_kind.booked.sum(axis=1), [0, 40, 10, 10, 0])
    silent = await a_team(database, at.actor)
    unknown = cycle_drift(
        ledger.of(portfolio_ids=[at.portfolio_id], team_id=silent.id), cycle, PeriodLength.WEEK, as_of=today
    )
    assert unknown.by_kind.result.method is None
    np.testing.assert_allclose(unknown.by_kind.planned[1:, column], 0.2)
