"""Drift and its alerts through the schema."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.ids import encode_id
from domain.allocation.publishing import publish_policy
from domain.booking import set_bookings
from domain.commands.allocation import AllocationPolicyPublish
from domain.commands.booking import BookingSet
from domain.db import Database
from domain.enums import ErrorPolicy, Role, WorkKind
from prioritisation.allocation_limits import AllocationMode
from tests.api.conftest import Ask
from tests.factories import a_category, a_cycle, a_member, a_portfolio, a_team, an_organisation
from tests.statements import counted

DRIFT = """
fragment Line on DriftLine { plannedShare actualShare difference trendPerPeriod forecastShare
  periods { startsOn endsOn bookedPersonWeeks plannedShare actualShare difference } }
fragment All on Drift { asOf period cycle { name } bookedPersonWeeks forecastMethod
  byKind { kind ...Line } byCategory { category { name } ...Line } }
query($cycle: ID!, $portfolio: ID!) {
  organisation { drift(cycle: $cycle, period: MONTH, asOf: "2026-11-22") { ...All } }
  node(id: $portfolio) { ... on Portfolio { drift(cycle: $cycle, asOf: "2026-11-22") { ...All }
    driftAlerts { totalCount } } }
  teams { nodes { drift(portfolio: $portfolio, cycle: $cycle, asOf: "2026-11-22") { ...All } } } }
"""
ALERTS = """
{ driftAlerts(orderBy: [{field: WEEK}], where: {teamId: {isNull: true}}) { nodes { id state week weeks plannedShare
  actualShare tolerance portfolio { id } team { id } acknowledgedBy { id } acknowledgedNote
  closedBy { id } version } } }
"""


async def test_drift_of_team_portfolio_and_organisation_and_its_alert(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    portfolio, team = await a_portfolio(database, admin), await a_team(database, admin)
    run, bets = await a_category(database, admin, kind=WorkKind.LIGHTS_ON), await a_category(database, admin)
    shares = [
        {"category_id": row.id, "share": share, "mode": AllocationMode.FLOOR}
        for row, share in ((run, 0.75), (bets, 0.25))
    ]
    policy = {
        "portfolio_id": portfolio.id,
        "effective_from": date(2026, 1, 1),
        "reason": "Agreed.",
        "shares": shares,
    }
    await publish_policy(database, admin, AllocationPolicyPublish.model_validate(policy))
    version = (await ask(admin, "{ portfolios { nodes { dataVersion } } }"))["portfolios"]["nodes"][0]
    first = date(2026, 10, 26)
    for week, share in enumerate((2.5, 1.5, 1.0, 0.5)):
        items = [
            BookingSet(team_id=team.id, category_id=row.id, week=first + timedelta(7 * week), amount=amount)
            for row, amount in ((run, 10 - share), (bets, share))
        ]
        await set_bookings(
            database, admin, items, ErrorPolicy.REJECT_ALL, now=datetime(2026, 11, 23, tzinfo=UTC)
        )
    days = {"name": "Autumn", "starts_on": date(2026, 10, 26), "ends_on": date(2026, 12, 6)}
    cycle = encode_id("Cycle", (await a_cycle(database, admin, **days)).id)
    asked = {"cycle": cycle, "portfolio": encode_id("Portfolio", portfolio.id)}
    numbers = []
    await ask(contributor, "{ organisation { id } }")
    for _ in range(2):
        with counted(database) as statements:
            answer = await ask(contributor, DRIFT, **asked)
        numbers.append(len(statements))
        await a_team(database, admin)
        await ask(contributor, "{ organisation { id } }")
    assert numbers[0] == numbers[1]
    drift = answer["node"]["drift"]
    assert (drift["cycle"], drift["period"], drift["forecastMethod"]) == ({"name": "Autumn"}, "WEEK", "TREND")
    assert drift["bookedPersonWeeks"] == 40.0
    kinds = {line["kind"]: line for line in drift["byKind"]}
    assert list(kinds) == ["LIGHTS_ON", "STEP_CHANGE"]
    eaten = kinds["STEP_CHANGE"]
    assert eaten["plannedShare"] == pytest.approx(0.25)
    assert eaten["actualShare"] == pytest.approx(0.1375)
    assert eaten["difference"] == pytest.approx(-0.1125)
    # slopes -0.1, -0.05, -0.05, -0.075, -0.05, -0.2/3; then 1.25 and 0 points... of 10 person-weeks each
    assert eaten["trendPerPeriod"] == pytest.approx(-(0.05 + 0.2 / 3) / 2)
    assert 0.08 < eaten["forecastShare"] < 0.1375
    assert eaten["periods"][1] == {
        "startsOn": "2026-11-02",
        "endsOn": "2026-11-08",
        "bookedPersonWeeks": 1.5,
        "plannedShare": 0.25,
        "actualShare": pytest.approx(0.15),
        "difference": pytest.approx(-0.1),
    }
    assert eaten["periods"][5]["actualShare"] is None
    assert eaten["periods"][5]["bookedPersonWeeks"] is None
    assert [line["category"]["name"] for line in drift["byCategory"]] == sorted([run.name, bets.name])
    months = answer["organisation"]["drift"]["byKind"][1]["periods"]
    assert [month["startsOn"] for month in months] == ["2026-10-26", "2026-11-01", "2026-12-01"]
    assert months[0]["actualShare"] == pytest.approx(0.25)
    assert months[1]["actualShare"] == pytest.approx(0.1)
    drifts = [node["drift"]["bookedPersonWeeks"] for node in answer["teams"]["nodes"]]
    assert sorted(drifts) == [0.0, 40.0]

    assert answer["node"]["driftAlerts"] == {"totalCount": 2}
    # who follows the portfolio hears of it
    follow = """query($portfolio: ID!, $version: String!) { changesSince(portfolio: $portfolio, version: $version) {
        nodes { typeName operation } } }"""
    told = await ask(contributor, follow, portfolio=asked["portfolio"], version=version["dataVersion"])
    kinds_of_change = {(node["typeName"], node["operation"]) for node in told["changesSince"]["nodes"]}
    assert kinds_of_change >= {("Booking", "INSERT"), ("DriftAlert", "INSERT")}
    (alert,) = (await ask(contributor, ALERTS))["driftAlerts"]["nodes"]
    shown: dict[str, Any] = {name: alert[name] for name in ("state", "week", "weeks", "tolerance", "team")}
    assert shown == {"state": "OPEN", "week": "2026-11-16", "weeks": 3, "tolerance": 0.05, "team": None}
    assert (alert["plannedShare"], alert["actualShare"]) == (pytest.approx(0.25), pytest.approx(0.1))
    acknowledge = """mutation($input: DriftAlertAcknowledgeInput!) { driftAlertAcknowledge(input: $input) {
        ... on DriftAlertAcknowledgeSuccess { driftAlert { state acknowledgedNote acknowledgedBy { id } } } } }"""
    done = await ask(
        contributor, acknowledge, input={"id": alert["id"], "note": "The storm.", "expectedVersion": 1}
    )
    assert done["driftAlertAcknowledge"]["driftAlert"] == {
        "state": "ACKNOWLEDGED",
        "acknowledgedNote": "The storm.",
        "acknowledgedBy": {"id": encode_id("Member", contributor.member_id)},
    }
    close = """mutation($input: DriftAlertCloseInput!) { driftAlertClose(input: $input) { __typename
        ... on DriftAlertCloseSuccess { driftAlert { state closedBy { id } } }
        ... on PermissionDenied { required } } }"""
    refused = await ask(contributor, close, input={"id": alert["id"]})
    assert refused["driftAlertClose"]["required"] == "planner"
    closed = await ask(admin, close, input={"id": alert["id"]})
    assert closed["driftAlertClose"]["driftAlert"]["state"] == "CLOSED"
    trail = await ask(
        admin,
        "query($id: ID!) { node(id: $id) { ... on DriftAlert { auditTrail { totalCount } } } }",
        id=alert["id"],
    )
    assert trail["node"]["auditTrail"]["totalCount"] == 3
