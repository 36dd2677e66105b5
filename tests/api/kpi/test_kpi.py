"""KPIs in the schema: what they are, where they stand, how they are listed, and what is refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from api.context import Context, Services
from api.ids import encode_id
from domain.actor import Actor
from domain.commands.kpi import MeasurementAdd
from domain.db import Database
from domain.enums import Role, WorkKind
from domain.kpi.measuring import add_measurement
from tests.api.conftest import Ask
from tests.factories import a_category, a_kpi, a_member, a_team, an_organisation
from tests.statements import counted
from tests.trail import written

ERRORS = "... on UserError { code path message }"
KPI = """kpi { id name process unit targetType targetLow amberLow redLow targetHigh cadence graceHours timing kind
  recoveryMeasurements status level lastValue staleAt trend measurementCount version archivedAt
  team { name } owner { name } category { name } }"""
CREATE = f"""mutation($input: KpiCreateInput!) {{
  kpiCreate(input: $input) {{
    __typename ... on KpiCreateSuccess {{ {KPI} }} ... on ThresholdsOutOfOrder {{ order }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: KpiUpdateInput!) {{
  kpiUpdate(input: $input) {{
    __typename ... on KpiUpdateSuccess {{ {KPI} }} ... on ThresholdsOutOfOrder {{ order }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  kpiArchive(input: $input) {{ __typename ... on KpiArchiveSuccess {{ {KPI} }} {ERRORS} }} }}"""


def _now() -> datetime:
    return datetime.now(UTC)


async def _measured(database: Database, actor: Actor, *values: float, **given: Any) -> str:
    """The id of a KPI with daily measurements, the last one of now."""
    now = _now()
    kpi = await a_kpi(database, actor, now=now, **given)
    for days, value in enumerate(reversed(values)):
        command = MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=now - timedelta(days=days))
        await add_measurement(database, actor, command, now=now)
    return encode_id("Kpi", kpi.id)


async def test_a_kpi_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    team, run = await a_team(database, admin), await a_category(database, admin, kind=WorkKind.LIGHTS_ON)
    given = {
        "teamId": encode_id("Team", team.id),
        "ownerId": encode_id("Member", admin.member_id),
        "categoryId": encode_id("AllocationCategory", run.id),
        "name": "Calls answered within a minute",
        "process": "Calls",
        "unit": "%",
        "targetType": "STAY_ABOVE",
        "targetLow": 90,
        "redLow": 80,
        "cadence": "DAILY",
    }
    created = (await ask(admin, CREATE, input=given))["kpiCreate"]["kpi"]
    kpi_id = created.pop("id")
    assert created == {
        "name": "Calls answered within a minute",
        "process": "Calls",
        "unit": "%",
        "targetType": "STAY_ABOVE",
        "targetLow": 90.0,
        "amberLow": 90.0,
        "redLow": 80.0,
        "targetHigh": None,
        "cadence": "DAILY",
        "graceHours": 12.0,
        "timing": "LAGGING",
        "kind": "OUTCOME",
        "recoveryMeasurements": 2,
        "status": "UNKNOWN",
        "level": None,
        "lastValue": None,
        "staleAt": None,
        "trend": None,
        "measurementCount": 0,
        "version": 1,
        "archivedAt": None,
        "team": {"name": team.name},
        "owner": {"name": "Ada Admin"},
        "category": {"name": run.name},
    }
    update = {"id": kpi_id, "ownerId": None, "amberLow": 85, "graceHours": 0, "expectedVersion": 1}
    changed = (await ask(admin, UPDATE, input=update))["kpiUpdate"]["kpi"]
    assert (changed["owner"], changed["amberLow"], changed["graceHours"], changed["version"]) == (
        None,
        85.0,
        0.0,
        2,
    )
    update = {"id": kpi_id, "amberLow": None, "graceHours": None, "cadence": "MONTHLY"}
    cleared = (await ask(admin, UPDATE, input=update))["kpiUpdate"]["kpi"]
    assert (cleared["amberLow"], cleared["graceHours"], cleared["recoveryMeasurements"]) == (90, 168, 1)
    archived = (await ask(admin, ARCHIVE, input={"id": kpi_id}))["kpiArchive"]["kpi"]
    assert archived["archivedAt"] is not None


async def test_thresholds_in_the_wrong_order_say_the_right_one(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    team = await a_team(database, admin)
    given = {
        "teamId": encode_id("Team", team.id),
        "name": "Waiting time",
        "targetType": "STAY_BELOW",
        "targetHigh": 5,
        "amberHigh": 10,
        "redHigh": 7,
        "cadence": "WEEKLY",
    }
    before = await written(database, admin)
    refused = (await ask(admin, CREATE, input=given))["kpiCreate"]
    assert refused.pop("message").startswith("redHigh 7 contradicts amberHigh 10")
    assert refused == {
        "__typename": "ThresholdsOutOfOrder",
        "code": "THRESHOLDS_OUT_OF_ORDER",
        "path": ["redHigh"],
        "order": "targetHigh <= amberHigh < redHigh",
    }
    huge = (await ask(admin, CREATE, input={**given, "targetHigh": 1e16}))["kpiCreate"]
    assert (huge["__typename"], huge["path"][-1]) == ("InvalidInput", "targetHigh")
    assert await written(database, admin) == before


async def test_a_kpi_shows_its_series_summed_up_and_its_measurements(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    kpi_id = await _measured(database, admin, 91, 92, 93, 94, 95, 96, 97, 88)
    to = (_now() + timedelta(days=1)).isoformat()
    document = """query($id: ID!, $to: DateTime!) { node(id: $id) { ... on Kpi {
      status lastValue previousValue trend
      series(to: $to, bucket: QUARTER) { count minimum maximum last }
      measurements(first: 2) { totalCount nodes { value revision note recordedBy { name } kpi { name } }
        pageInfo { hasNextPage } }
      low: measurements(where: {value: {lt: 90}}) { totalCount }
      openBreach { level crossingValue events { totalCount nodes { kind value } } kpi { name } }
      breaches { totalCount } escalationPath { level }
      auditTrail { totalCount } } } }"""
    shown = (await ask(admin, document, id=kpi_id, to=to))["node"]
    points = shown.pop("series")
    assert (sum(p["count"] for p in points), min(p["minimum"] for p in points)) == (8, 88)
    assert (points[-1]["last"], max(p["maximum"] for p in points)) == (88, 97)
    name = shown["openBreach"].pop("kpi")["name"]
    assert shown == {
        "status": "AMBER",
        "lastValue": 88.0,
        "previousValue": 97.0,
        "trend": "STEADY",
        "measurements": {
            "totalCount": 8,
            "nodes": [
                {
                    "value": value,
                    "revision": 1,
                    "note": "",
                    "recordedBy": {"name": "Ada Admin"},
                    "kpi": {"name": name},
                }
                for value in (88.0, 97.0)
            ],
            "pageInfo": {"hasNextPage": True},
        },
        "low": {"totalCount": 1},
        "openBreach": {
            "level": "AMBER",
            "crossingValue": 88.0,
            "events": {"totalCount": 1, "nodes": [{"kind": "OPENED", "value": 88.0}]},
        },
        "breaches": {"totalCount": 1},
        "escalationPath": [],
        "auditTrail": {"totalCount": 1},
    }


async def test_kpis_are_filtered_by_status_and_ordered(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    now = _now()
    await _measured(database, admin, 95, name="Healthy")
    await _measured(database, admin, 70, name="Red")
    await a_kpi(database, admin, now=now, name="Unknown")
    old = await a_kpi(database, admin, now=now, name="Old")
    command = MeasurementAdd(kpi_id=old.id, value=99, measured_at=now - timedelta(days=30))
    await add_measurement(database, admin, command, now=now)
    document = """query($where: KpiWhere, $by: [KpiOrder!]) {
      kpis(where: $where, orderBy: $by) { totalCount nodes { name status } } }"""

    async def names(**variables: Any) -> list[str]:
        return [node["name"] for node in (await ask(admin, document, **variables))["kpis"]["nodes"]]

    assert await names(by=[{"field": "STATUS"}]) == ["Healthy", "Red", "Old", "Unknown"]
    assert await names(where={"status": {"eq": "STALE"}}) == ["Old"]
    assert await names(where={"status": {"in": ["RED", "AMBER"]}}) == ["Red"]
    assert await names(where={"level": {"eq": "HEALTHY"}}) == ["Healthy", "Old"]
    assert await names(where={"lastValue": {"isNull": True}}) == ["Unknown"]
    first = "query { kpis(first: 2) { nodes { name } pageInfo { endCursor } } }"
    page = (await ask(admin, first))["kpis"]
    after = "query($after: String) { kpis(first: 2, after: $after) { nodes { name } } }"
    rest = (await ask(admin, after, after=page["pageInfo"]["endCursor"]))["kpis"]
    assert [n["name"] for n in page["nodes"] + rest["nodes"]] == ["Healthy", "Old", "Red", "Unknown"]


async def test_a_list_takes_as_many_statements_for_many_as_for_few(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    team = await a_team(database, admin)
    document = """{ kpis { nodes { name status team { name } owner { name } openBreach { level
      initiative { title } events { totalCount } } escalationPath { level }
      objectives { title } lineage { promotions { startValue } } counterMetrics { reason } promotedTo { title }
      measurements(first: 3) { nodes { value } } series { last } } } }"""

    async def statements() -> int:
        context = Context(services=services, viewer=admin, request_id="test")
        await context.view()
        with counted(database) as seen:
            await ask(context, document)
        return len(seen)

    for _ in range(2):
        await _measured(database, admin, 95, 70, team_id=team.id)
    few = await statements()
    for _ in range(4):
        await _measured(database, admin, 95, 70, team_id=team.id)
    assert await statements() == few


async def test_contributors_measure_and_planners_define(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    kpi_id = await _measured(database, admin)
    refused = (await ask(contributor, UPDATE, input={"id": kpi_id, "name": "Mine"}))["kpiUpdate"]
    assert refused["__typename"] == "PermissionDenied"
    add = f"""mutation($input: MeasurementAddInput!) {{ measurementAdd(input: $input) {{
      __typename ... on MeasurementAddSuccess {{ measurement {{ value }} kpi {{ status }} }} {ERRORS} }} }}"""
    added = await ask(contributor, add, input={"kpiId": kpi_id, "value": 95})
    assert added["measurementAdd"] == {
        "__typename": "MeasurementAddSuccess",
        "measurement": {"value": 95.0},
        "kpi": {"status": "HEALTHY"},
    }
