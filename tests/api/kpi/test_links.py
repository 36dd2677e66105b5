"""Promotion, raised standards, counter-metrics and conflicts in the schema."""

from datetime import UTC, datetime, timedelta

from api.ids import encode_id
from domain.commands.kpi import MeasurementAdd
from domain.db import Database
from domain.enums import CycleLevel
from domain.kpi.measuring import add_measurement
from tests.api.conftest import Ask
from tests.factories import a_cycle, a_kpi, an_objective, an_organisation

ERRORS = "... on UserError { code path message }"
PROMOTE = f"""mutation($input: KpiPromoteInput!) {{ kpiPromote(input: $input) {{
  __typename ... on KpiPromoteSuccess {{ keyResult {{ id title startValue targetValue fromKpi {{ name }}
      kpiPromotion {{ startValue reason promotedBy {{ name }} }} }} kpi {{ promotedTo {{ title }} }} }}
  ... on AlreadyPromoted {{ keyResult {{ title }} }} {ERRORS} }} }}"""
RAISE = f"""mutation($input: KpiStandardRaiseInput!) {{ kpiStandardRaise(input: $input) {{
  __typename ... on KpiStandardRaiseSuccess {{ kpi {{ targetLow redLow promotedTo {{ title }}
      lineage {{ promotions {{ endedReason keyResult {{ title }} }} standardRaises {{ oldTargetLow newTargetLow }} }} }}
      standardRaise {{ achieved }} }}
  ... on KeyResultNotAchieved {{ progress }} {ERRORS} }} }}"""


async def test_a_kpi_becomes_a_key_result_and_what_it_reaches_its_standard(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    now = datetime.now(UTC)
    cycle = await a_cycle(
        database,
        admin,
        level=CycleLevel.STRATEGIC,
        starts_on=(now - timedelta(days=30)).date(),
        ends_on=(now + timedelta(days=30)).date(),
    )
    objective = await an_objective(database, admin, cycle_id=cycle.id)
    kpi = await a_kpi(database, admin, now=now, name="Satisfaction", unit="%", target_low=84, red_low=80)
    first = MeasurementAdd(kpi_id=kpi.id, value=85, measured_at=now - timedelta(days=1))
    await add_measurement(database, admin, first, now=now)
    kpi_id = encode_id("Kpi", kpi.id)
    given = {
        "kpiId": kpi_id,
        "objectiveId": encode_id("Objective", objective.id),
        "targetValue": 92,
        "dueOn": (now + timedelta(days=20)).date().isoformat(),
        "reason": "Good is not enough.",
    }
    promoted = (await ask(admin, PROMOTE, input=given))["kpiPromote"]
    key_result = promoted["keyResult"]
    key_result_id = key_result.pop("id")
    title = "Satisfaction from 85 to 92 %"
    assert promoted["kpi"] == {"promotedTo": {"title": title}}
    assert key_result == {
        "title": title,
        "startValue": 85.0,
        "targetValue": 92.0,
        "fromKpi": {"name": "Satisfaction"},
        "kpiPromotion": {
            "startValue": 85.0,
            "reason": "Good is not enough.",
            "promotedBy": {"name": "Ada Admin"},
        },
    }
    again = (await ask(admin, PROMOTE, input=given))["kpiPromote"]
    assert (again["__typename"], again["path"], again["keyResult"]) == (
        "AlreadyPromoted",
        ["kpiId"],
        {"title": title},
    )
    raising = {"kpiId": kpi_id, "keyResultId": key_result_id}
    early = (await ask(admin, RAISE, input=raising))["kpiStandardRaise"]
    assert (early["__typename"], early["progress"], early["path"]) == (
        "KeyResultNotAchieved",
        0.0,
        ["keyResultId"],
    )
    add = """mutation($input: MeasurementAddInput!) { measurementAdd(input: $input) { __typename } }"""
    await ask(admin, add, input={"kpiId": kpi_id, "value": 93})
    progress = "query($id: ID!) { node(id: $id) { ... on KeyResult { currentValue progress { raw } } } }"
    moved = (await ask(admin, progress, id=key_result_id))["node"]
    assert (moved["currentValue"], round(moved["progress"]["raw"], 4)) == (93.0, round(8 / 7, 4))
    raised = (await ask(admin, RAISE, input=raising))["kpiStandardRaise"]
    assert raised["standardRaise"] == {"achieved": True}
    assert raised["kpi"] == {
        "targetLow": 92.0,
        "redLow": 88.0,
        "promotedTo": None,
        "lineage": {
            "promotions": [
                {"endedReason": "What it reached became the standard.", "keyResult": {"title": title}}
            ],
            "standardRaises": [{"oldTargetLow": 84.0, "newTargetLow": 92.0}],
        },
    }


async def test_links_are_added_and_removed_and_conflicts_listed(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    now = datetime.now(UTC)
    objective = await an_objective(database, admin, title="Fast")
    kpi, quality = (
        await a_kpi(database, admin, now=now, name="Speed"),
        await a_kpi(database, admin, now=now, name="Quality"),
    )
    ids = {"kpiId": encode_id("Kpi", kpi.id), "objectiveId": encode_id("Objective", objective.id)}
    create = """mutation($input: KeyResultCreateInput!) { keyResultCreate(input: $input) {
      ... on KeyResultCreateSuccess { keyResult { id } } } }"""
    key_result = {
        "objectiveId": ids["objectiveId"],
        "title": "Slower",
        "direction": "DECREASE",
        "startValue": 90,
        "targetValue": 50,
        "dueOn": "2026-12-01",
    }
    key_result_id = (await ask(admin, create, input=key_result))["keyResultCreate"]["keyResult"]["id"]
    pair = {"kpiId": ids["kpiId"], "counterKpiId": encode_id("Kpi", quality.id), "reason": "Haste."}
    document = """mutation($a: KpiObjectiveInput!, $b: KpiKeyResultInput!, $c: CounterMetricInput!,
        $d: CounterMetricInput!) {
      kpiObjectiveAdd(input: $a) { ... on KpiObjectiveAddSuccess { kpi { objectives { title } } } }
      kpiKeyResultAdd(input: $b) { ... on KpiKeyResultAddSuccess { kpi { keyResults { title } } } }
      one: counterMetricAdd(input: $c) { ... on CounterMetricAddSuccess { counterKpi { name } } }
      two: counterMetricAdd(input: $d) { ... on CounterMetricAddSuccess { counterKpi { name } } } }"""
    beside = {"keyResultId": key_result_id, "counterKpiId": pair["counterKpiId"]}
    same = {"kpiId": ids["kpiId"], "keyResultId": key_result_id}
    added = await ask(admin, document, a=ids, b=same, c=pair, d=beside)
    assert added == {
        "kpiObjectiveAdd": {"kpi": {"objectives": [{"title": "Fast"}]}},
        "kpiKeyResultAdd": {"kpi": {"keyResults": [{"title": "Slower"}]}},
        "one": {"counterKpi": {"name": "Quality"}},
        "two": {"counterKpi": {"name": "Quality"}},
    }
    shown = await ask(
        admin,
        """query($kpi: ID!, $keyResult: ID!) {
          kpi: node(id: $kpi) { ... on Kpi { counterMetrics { reason counterKpi { name } } } }
          keyResult: node(id: $keyResult) { ... on KeyResult {
            fromKpi { name } counterMetrics { counterKpi { name } } } }
          metricConflicts { totalCount nodes { metric basis explanation kpi { name } keyResults { title } } } }""",
        kpi=ids["kpiId"],
        keyResult=key_result_id,
    )
    assert shown == {
        "kpi": {"counterMetrics": [{"reason": "Haste.", "counterKpi": {"name": "Quality"}}]},
        "keyResult": {"fromKpi": None, "counterMetrics": [{"counterKpi": {"name": "Quality"}}]},
        "metricConflicts": {
            "totalCount": 1,
            "nodes": [
                {
                    "metric": "Speed",
                    "basis": "DECLARED",
                    "explanation": "“Speed” is to stay above 90, while “Slower” is to decrease to 50.",
                    "kpi": {"name": "Speed"},
                    "keyResults": [{"title": "Slower"}],
                }
            ],
        },
    }
    behind = """query($id: ID!) { node(id: $id) { ... on Objective {
      kpis { totalCount nodes { name status team { name } } } } } }"""
    found = (await ask(admin, behind, id=ids["objectiveId"]))["node"]["kpis"]
    assert (found["totalCount"], [node["name"] for node in found["nodes"]]) == (1, ["Speed"])
    remove = f"""mutation($input: KpiObjectiveInput!) {{ kpiObjectiveRemove(input: $input) {{
      __typename ... on KpiObjectiveRemoveSuccess {{ kpi {{ objectives {{ title }} }} }} {ERRORS} }} }}"""
    removed = (await ask(admin, remove, input=ids))["kpiObjectiveRemove"]
    assert removed["kpi"] == {"objectives": []}
    again = (await ask(admin, remove, input=ids))["kpiObjectiveRemove"]
    assert (again["__typename"], again["path"]) == ("NotFound", ["objectiveId"])
