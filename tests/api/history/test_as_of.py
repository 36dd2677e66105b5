"""``asOf`` through the schema: a past day, a day before, a day to come."""

from datetime import UTC, datetime, timedelta

import pytest

from api.ids import encode_id
from domain.check_in import create_check_in
from domain.commands.check_in import CheckInCreate
from domain.commands.kpi import MeasurementAdd
from domain.db import Database
from domain.errors import InvalidInput
from domain.kpi.measuring import add_measurement
from tests.api.conftest import Ask
from tests.factories import a_cycle, a_key_result, a_kpi, an_objective, an_organisation
from tests.statements import counted

_OBJECTIVE = """query($id: ID!, $date: Date!) { node(id: $id) { ... on Objective { asOf(date: $date) { __typename
  ... on NotThereYet { createdAt }
  ... on ObjectiveState { title version progress expected confidence status closedAt archivedAt ambition weight
    team { name } contributingTeams { name } cycle { name } parent { id } description reviewedConfidence at
    keyResults { title unit currentValue startValue targetValue weight dueOn direction confidence checkedInAt
                 progress { raw } status keyResult { id } } } } } } }"""
_KPI = """query($id: ID!, $date: Date!) { node(id: $id) { ... on Kpi { asOf(date: $date) { __typename
  ... on NotThereYet { createdAt }
  ... on KpiState { name value level status targetLow amberLow redLow targetHigh amberHigh redHigh cadence version
    team { name } objectives { id } breach { id } process unit targetType measuredAt archivedAt at } } } } }"""


async def test_an_objective_and_a_kpi_today_yesterday_and_tomorrow(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    now = datetime.now(UTC)
    today = now.date()
    cycle = await a_cycle(
        database, actor, starts_on=today - timedelta(days=30), ends_on=today + timedelta(days=30)
    )
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    key_result = await a_key_result(database, actor, objective_id=objective.id, due_on=cycle.ends_on)
    await create_check_in(
        database, actor, CheckInCreate(key_result_id=key_result.id, value=40, confidence=8), now=now
    )
    kpi = await a_kpi(database, actor, now=now)
    await add_measurement(database, actor, MeasurementAdd(kpi_id=kpi.id, value=85), now=datetime.now(UTC))
    objective_id, kpi_id = encode_id("Objective", objective.id), encode_id("Kpi", kpi.id)
    state = (await ask(actor, _OBJECTIVE, id=objective_id, date=str(today)))["node"]["asOf"]
    assert (state["__typename"], state["progress"], state["expected"], state["confidence"]) == (
        "ObjectiveState",
        0.4,
        0.5,
        8.0,
    )
    assert state["status"] == "ON_TRACK"
    assert state["keyResults"][0]["currentValue"] == 40.0
    past = (await ask(actor, _KPI, id=kpi_id, date=str(today)))["node"]["asOf"]
    assert (past["value"], past["level"], past["status"], past["targetLow"]) == (85.0, "AMBER", "AMBER", 90.0)
    assert past["breach"] is not None
    yesterday = str(today - timedelta(days=1))
    for document, id_ in ((_OBJECTIVE, objective_id), (_KPI, kpi_id)):
        before = (await ask(actor, document, id=id_, date=yesterday))["node"]["asOf"]
        assert before["__typename"] == "NotThereYet"
        assert datetime.fromisoformat(before["createdAt"]) >= now - timedelta(minutes=1)
        with pytest.raises(InvalidInput, match="has not come yet"):
            await ask(actor, document, id=id_, date=str(today + timedelta(days=2)))


async def test_many_objectives_take_as_many_statements_as_few(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    document = """query($date: Date!) { objectives { nodes { asOf(date: $date) { ... on ObjectiveState { title
        keyResults { title keyResult { id } } } } } } }"""
    numbers = []
    today = str(datetime.now(UTC).date())
    for _ in range(2):
        for _ in range(2):
            await a_key_result(database, actor)
        await ask(actor, document, date=today)
        with counted(database) as statements:
            await ask(actor, document, date=today)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
