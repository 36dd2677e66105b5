"""Pages of reviews: what they show of a team, a portfolio and the organisation, now and of a past moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.ids import encode_id
from domain.actor import Actor
from domain.check_in import create_check_in
from domain.commands.check_in import CheckInCreate
from domain.commands.contribution import ContributionSet
from domain.commands.demand import TeamDemandSet
from domain.commands.kpi import MeasurementAdd
from domain.contribution import set_contribution
from domain.db import Database, reading
from domain.demand import set_team_demand
from domain.errors import InvalidInput, NotFound
from domain.history.objective import directory_at
from domain.kpi.measuring import add_measurement
from domain.review.change import Past, objectives_on, standing_objectives
from domain.review.operations import operations_at, operations_now
from domain.rows import TeamRow
from domain.snapshot import SnapshotStore
from tests.api.conftest import Ask
from tests.factories import (
    a_cycle,
    a_key_result,
    a_kpi,
    a_portfolio,
    a_team,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.statements import counted

NOW = datetime.now(UTC)
TODAY = NOW.date()
_OPERATIONS = """query($subject: ReviewSubjectInput, $on: Date) { operationsReview(subject: $subject, on: $on) {
  on at team { name } portfolio { name } statusCounts { status count } drift { __typename } driftAlerts { id }
  kpis { totalCount nodes { status trend kpi { name team { name } } past { value } breach { id kpi { name } } } }
  breached: kpis(breached: true) { totalCount } red: kpis(statuses: [RED]) { totalCount } } }"""
_CHANGE = """query($subject: ReviewSubjectInput, $on: Date) { changeReview(subject: $subject, on: $on) {
  on at team { name } portfolio { name } statusCounts { status count }
  portfolios { name ranking(order: SCORE, by: {method: VALUE_BY_OUTCOME}) { totalCount }
    stopCandidates(by: {method: VALUE_BY_OUTCOME}) { totalCount } }
  objectives { totalCount nodes { title progress expected confidence status objective { team { name } }
    keyResults { title currentValue status progress { clamped } } } } } }"""
_READINESS = """query($cycle: ID!, $team: ID) { readinessReview(cycleId: $cycle, teamId: $team) {
  cycle { name } verdictCounts { verdict count }
  teams { totalCount nodes { team { name } verdict kpiCount reasons { reason kpiCount text }
    kpis { status kpi { name } } } } } }"""


async def _measured(database: Database, actor: Actor, team: TeamRow, name: str, value: float) -> Any:
    kpi = await a_kpi(database, actor, now=NOW, team_id=team.id, name=name)
    await add_measurement(database, actor, MeasurementAdd(kpi_id=kpi.id, value=value), now=datetime.now(UTC))
    return kpi


def _counts(found: Any, key: str) -> dict[str, int]:
    return {each[key]: each["count"] for each in found if each["count"]}


async def test_an_operations_review_shows_the_worst_first(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    claims, sales = await a_team(database, actor, name="Claims"), await a_team(database, actor, name="Sales")
    await _measured(database, actor, claims, "Speed", 95)
    await _measured(database, actor, claims, "Quality", 70)
    await _measured(database, actor, sales, "Calls", 85)
    await a_kpi(database, actor, now=NOW, team_id=sales.id, name="Deals")
    everything = (await ask(actor, _OPERATIONS))["operationsReview"]
    assert [(each["kpi"]["name"], each["status"]) for each in everything["kpis"]["nodes"]] == [
        ("Quality", "RED"),
        ("Calls", "AMBER"),
        ("Deals", "UNKNOWN"),
        ("Speed", "HEALTHY"),
    ]
    assert _counts(everything["statusCounts"], "status") == {"RED": 1, "AMBER": 1, "UNKNOWN": 1, "HEALTHY": 1}
    assert len(everything["statusCounts"]) == 5
    assert (everything["breached"]["totalCount"], everything["red"]["totalCount"]) == (2, 1)
    assert everything["kpis"]["nodes"][0]["breach"]["kpi"] == {"name": "Quality"}
    assert (everything["drift"], everything["driftAlerts"], everything["team"]) == (None, [], None)
    of_team = (await ask(actor, _OPERATIONS, subject={"teamId": encode_id("Team", sales.id)}))[
        "operationsReview"
    ]
    assert [each["kpi"]["name"] for each in of_team["kpis"]["nodes"]] == ["Calls", "Deals"]
    portfolio = await a_portfolio(database, actor)
    initiative = await an_initiative(database, actor, portfolio_id=portfolio.id)
    await set_team_demand(
        database, actor, TeamDemandSet(initiative_id=initiative.id, team_id=claims.id, person_weeks_likely=3)
    )
    subject = {"portfolioId": encode_id("Portfolio", portfolio.id)}
    of_portfolio = (await ask(actor, _OPERATIONS, subject=subject))["operationsReview"]
    assert [each["kpi"]["name"] for each in of_portfolio["kpis"]["nodes"]] == ["Quality", "Speed"]
    yesterday = (await ask(actor, _OPERATIONS, on=str(TODAY - timedelta(days=1))))["operationsReview"]
    assert yesterday["kpis"]["totalCount"] == 0
    both = {"teamId": encode_id("Team", sales.id), **subject}
    for about, on, error in (
        (both, TODAY, InvalidInput),
        ({"teamId": encode_id("Team", portfolio.id)}, TODAY, NotFound),
        ({"portfolioId": encode_id("Portfolio", sales.id)}, TODAY, NotFound),
        ({}, TODAY + timedelta(days=2), InvalidInput),
    ):
        with pytest.raises(error):
            await ask(actor, _OPERATIONS, subject=about, on=str(on))


async def test_a_change_review_shows_objectives_initiatives_and_stop_candidates(
    ask: Ask, database: Database
) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor, name="Claims")
    cycle = await a_cycle(
        database, actor, starts_on=TODAY - timedelta(days=50), ends_on=TODAY + timedelta(days=50)
    )
    over = await a_cycle(database, actor, starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
    late = await an_objective(database, actor, cycle_id=cycle.id, title="Late")
    good = await an_objective(database, actor, cycle_id=cycle.id, title="Good", team_id=team.id)
    await an_objective(database, actor, cycle_id=over.id, title="Over")
    for objective, value, confidence in ((late, 10, 8), (good, 60, 9)):
        row = await a_key_result(database, actor, objective_id=objective.id, due_on=cycle.ends_on)
        command = CheckInCreate(key_result_id=row.id, value=value, confidence=confidence)
        await create_check_in(database, actor, command, now=datetime.now(UTC))
    portfolio = await a_portfolio(database, actor, name="Bets")
    initiative = await an_initiative(database, actor, portfolio_id=portfolio.id)
    await set_contribution(
        database,
        actor,
        ContributionSet(initiative_id=initiative.id, key_result_id=row.id, expected_delta=10, confidence=0.5),
    )
    page = (await ask(actor, _CHANGE))["changeReview"]
    assert [(each["title"], each["status"]) for each in page["objectives"]["nodes"]] == [
        ("Late", "OFF_TRACK"),
        ("Good", "ON_TRACK"),
    ]
    assert page["objectives"]["nodes"][1] == {
        "title": "Good",
        "progress": 0.6,
        "expected": 0.5,
        "confidence": 9.0,
        "status": "ON_TRACK",
        "objective": {"team": {"name": "Claims"}},
        "keyResults": [
            {
                "title": page["objectives"]["nodes"][1]["keyResults"][0]["title"],
                "currentValue": 60.0,
                "status": "ON_TRACK",
                "progress": {"clamped": 0.6},
            }
        ],
    }
    assert _counts(page["statusCounts"], "status") == {"OFF_TRACK": 1, "ON_TRACK": 1}
    assert page["portfolios"] == [
        {"name": "Bets", "ranking": {"totalCount": 1}, "stopCandidates": {"totalCount": 0}}
    ]
    for subject, titles in (
        ({"teamId": encode_id("Team", team.id)}, ["Good"]),
        ({"portfolioId": encode_id("Portfolio", portfolio.id)}, ["Good"]),
    ):
        part = (await ask(actor, _CHANGE, subject=subject))["changeReview"]
        assert [each["title"] for each in part["objectives"]["nodes"]] == titles
    yesterday = (await ask(actor, _CHANGE, on=str(TODAY - timedelta(days=1))))["changeReview"]
    assert yesterday["objectives"]["totalCount"] == 0


async def test_a_readiness_review_judges_every_team(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    claims, sales = await a_team(database, actor, name="Claims"), await a_team(database, actor, name="Sales")
    cycle = await a_cycle(database, actor)
    await _measured(database, actor, claims, "Speed", 95)
    await _measured(database, actor, sales, "Calls", 70)
    page = (await ask(actor, _READINESS, cycle=encode_id("Cycle", cycle.id)))["readinessReview"]
    assert [(each["team"]["name"], each["verdict"]) for each in page["teams"]["nodes"]] == [
        ("Sales", "REMEDIATE_FIRST"),
        ("Claims", "READY"),
    ]
    assert page["teams"]["nodes"][0]["reasons"] == [
        {"reason": "RED_KPIS", "kpiCount": 1, "text": "1 of 1 KPI is red."}
    ]
    assert _counts(page["verdictCounts"], "verdict") == {"REMEDIATE_FIRST": 1, "READY": 1}
    one = await ask(actor, _READINESS, cycle=encode_id("Cycle", cycle.id), team=encode_id("Team", claims.id))
    assert one["readinessReview"]["teams"]["totalCount"] == 1
    with pytest.raises(NotFound):
        await ask(actor, _READINESS, cycle=encode_id("Team", claims.id))


async def test_pages_of_a_past_moment_are_what_they_were_then(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    cycle = await a_cycle(
        database, actor, starts_on=TODAY - timedelta(days=50), ends_on=TODAY + timedelta(days=50)
    )
    taken = []
    for value in (95.0, 70.0, 85.0):
        kpi = await _measured(database, actor, team, f"KPI {value}", value)
        objective = await an_objective(database, actor, cycle_id=cycle.id, team_id=team.id)
        row = await a_key_result(database, actor, objective_id=objective.id, due_on=cycle.ends_on)
        command = CheckInCreate(key_result_id=row.id, value=value, confidence=int(value // 10))
        await create_check_in(database, actor, command, now=datetime.now(UTC))
        measure = MeasurementAdd(kpi_id=kpi.id, value=value - 10, measured_at=NOW - timedelta(days=2))
        await add_measurement(database, actor, measure, now=datetime.now(UTC))
        view = await SnapshotStore(database).fresh(actor.organisation_id)
        async with reading(database, actor.organisation_id) as connection:
            at = (await connection.execute(sa.text("SELECT clock_timestamp()"))).scalar_one()
            operations = await operations_now(connection, actor.organisation_id, now=at, team_ids=None)
        taken.append((at, operations.kpis, objectives_on(view.directory, TODAY)))
    async with reading(database, actor.organisation_id) as connection:
        for at, kpis, objectives in taken:
            past = await operations_at(connection, actor.organisation_id, at=at, team_ids={team.id})
            assert past.kpis == tuple(each._replace(trend=None) for each in kpis)
            then = await directory_at(connection, actor.organisation_id, view.directory, at=at)
            assert standing_objectives(Past(*then), TODAY) == objectives
            assert not (await operations_at(connection, actor.organisation_id, at=at, team_ids=set())).kpis


async def test_pages_take_a_constant_number_of_statements(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(
        database, actor, starts_on=TODAY - timedelta(days=50), ends_on=TODAY + timedelta(days=50)
    )
    numbers = []
    for _ in range(2):
        for number in range(2):
            team = await a_team(database, actor)
            await _measured(database, actor, team, f"KPI {number}", 70)
            objective = await an_objective(database, actor, cycle_id=cycle.id, team_id=team.id)
            await a_key_result(database, actor, objective_id=objective.id, due_on=cycle.ends_on)
        await ask(actor, _OPERATIONS)
        for document, variables in (
            (_OPERATIONS, {}),
            (_OPERATIONS, {"on": str(TODAY - timedelta(days=1))}),
            (_CHANGE, {}),
            (_CHANGE, {"on": str(TODAY - timedelta(days=1))}),
            (_READINESS, {"cycle": encode_id("Cycle", cycle.id)}),
        ):
            with counted(database) as statements:
                await ask(actor, document, **variables)
            numbers.append(len(statements))
    assert numbers[:5] == numbers[5:]
