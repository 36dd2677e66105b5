"""Measurements and breaches in the schema: bulk, corrections, escalation, what is done about a breach."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.ids import encode_id
from api.measurement.mutations import LARGEST_BULK
from domain.actor import Actor, System
from domain.commands.kpi import MeasurementAdd
from domain.db import Database
from domain.enums import Role, WorkKind
from domain.kpi.escalation import escalate_due
from domain.kpi.measuring import add_measurement
from tests.api.conftest import Ask
from tests.factories import a_category, a_kpi, a_member, a_portfolio, an_initiative, an_organisation
from tests.trail import written

ERRORS = "... on UserError { code path message }"
BULK = f"""mutation($input: MeasurementAddBulkInput!) {{ measurementAddBulk(input: $input) {{
  __typename ... on MeasurementAddBulkSuccess {{ addedCount items {{ measurement {{ value }}
    errors {{ __typename code path }} }} }} {ERRORS} }} }}"""
CORRECT = f"""mutation($input: MeasurementCorrectInput!) {{ measurementCorrect(input: $input) {{
  __typename ... on MeasurementCorrectSuccess {{ measurement {{ value revision note }}
    kpi {{ status lastValue openBreach {{ level }} }} }} {ERRORS} }} }}"""
PATH = f"""mutation($input: EscalationPathSetInput!) {{ escalationPathSet(input: $input) {{
  __typename ... on EscalationPathSetSuccess {{ kpi {{ escalationPath {{
    level delayHours role members {{ name }} }} }} }} {ERRORS} }} }}"""
BREACH = """breach { level acknowledgedAt acknowledgedBy { name } cause initiative { title }
  restoredReason restoredBy { name } ending escalatesAt version }"""


def _mutation(name: str) -> str:
    pascal = name[0].upper() + name[1:]
    return f"""mutation($input: {pascal}Input!) {{ {name}(input: $input) {{
      __typename ... on {pascal}Success {{ {BREACH} }} {ERRORS} }} }}"""


def _ago(days: float) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat()


async def _red(database: Database, actor: Actor, **given: Any) -> tuple[str, str]:
    """The ids of a KPI and of its breach."""
    now = datetime.now(UTC)
    kpi = await a_kpi(database, actor, now=now, **given)
    await add_measurement(database, actor, MeasurementAdd(kpi_id=kpi.id, value=70, measured_at=now), now=now)
    return encode_id("Kpi", kpi.id), "{ breaches { nodes { id } } }"


async def test_in_bulk_each_item_has_its_outcome(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    kpi = await a_kpi(database, admin, now=datetime.now(UTC))
    kpi_id, moment = encode_id("Kpi", kpi.id), _ago(3)
    items = [
        {"kpiId": kpi_id, "value": 91, "measuredAt": _ago(2)},
        {"kpiId": "nobody", "value": 91},
        {"kpiId": kpi_id, "value": 92, "measuredAt": _ago(-1)},
        {"kpiId": kpi_id, "value": 93, "measuredAt": moment, "note": "By hand."},
        {"kpiId": kpi_id, "value": 94, "measuredAt": moment},
    ]
    held = (await ask(admin, BULK, input={"items": items}))["measurementAddBulk"]
    assert (held["addedCount"], [item["measurement"] for item in held["items"]]) == (0, [None] * 5)
    done = (await ask(admin, BULK, input={"items": items, "errorPolicy": "REJECT_FAILED"}))[
        "measurementAddBulk"
    ]
    assert done["addedCount"] == 2
    assert [error for item in done["items"] for error in item["errors"]] == [
        {"__typename": "NotFound", "code": "NOT_FOUND", "path": ["items", "1", "kpiId"]},
        {
            "__typename": "MeasurementInFuture",
            "code": "MEASUREMENT_IN_FUTURE",
            "path": ["items", "2", "measuredAt"],
        },
        {"__typename": "InvalidInput", "code": "INVALID_INPUT", "path": ["items", "4", "measuredAt"]},
    ]
    for number in (0, LARGEST_BULK + 1):
        many = [{"kpiId": kpi_id, "value": 1}] * number
        refused = (await ask(admin, BULK, input={"items": many}))["measurementAddBulk"]
        assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["items"])


async def test_a_correction_is_a_revision_and_null_takes_back(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    kpi_id, _ = await _red(database, admin)
    shown = await ask(admin, "query($id: ID!) { node(id: $id) { ... on Kpi { lastMeasuredAt } } }", id=kpi_id)
    given = {"kpiId": kpi_id, "measuredAt": shown["node"]["lastMeasuredAt"], "reason": "Misread."}
    first = await ask(admin, CORRECT, input={**given, "value": 85, "expectedRevision": 1})
    assert first["measurementCorrect"] == {
        "__typename": "MeasurementCorrectSuccess",
        "measurement": {"value": 85.0, "revision": 2, "note": "Misread."},
        "kpi": {"status": "AMBER", "lastValue": 85.0, "openBreach": {"level": "AMBER"}},
    }
    stale = await ask(admin, CORRECT, input={**given, "value": 86, "expectedRevision": 1})
    assert (stale["measurementCorrect"]["__typename"], stale["measurementCorrect"]["path"]) == (
        "Conflict",
        ["expectedRevision"],
    )
    gone = (await ask(admin, CORRECT, input={**given, "value": None}))["measurementCorrect"]
    assert (gone["measurement"]["value"], gone["kpi"]["status"]) == (None, "UNKNOWN")
    series = """query($id: ID!) { node(id: $id) { ... on Kpi {
      measurements { totalCount }
      all: measurements(includeSuperseded: true, orderBy: [{field: CREATED_AT}]) { nodes { revision value } } } } }"""
    found = (await ask(admin, series, id=kpi_id))["node"]
    assert found["measurements"]["totalCount"] == 0
    assert sorted((n["revision"], n["value"]) for n in found["all"]["nodes"] if n["value"] is not None) == [
        (1, 70.0),
        (2, 85.0),
    ]


async def test_a_breach_escalates_is_taken_on_diagnosed_and_ended(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    run = await a_category(database, admin, kind=WorkKind.LIGHTS_ON)
    portfolio = await a_portfolio(database, admin)
    repair = await an_initiative(
        database, admin, portfolio_id=portfolio.id, category_id=run.id, title="Repair"
    )
    kpi_id, breaches = await _red(database, admin)
    levels = [
        {"delayHours": 0, "memberIds": [encode_id("Member", admin.member_id)]},
        {"delayHours": 24, "role": "BOARD"},
    ]
    path = (await ask(admin, PATH, input={"kpiId": kpi_id, "levels": levels}))["escalationPathSet"]
    assert path["kpi"]["escalationPath"] == [
        {"level": 1, "delayHours": 0.0, "role": None, "members": [{"name": "Ada Admin"}]},
        {"level": 2, "delayHours": 24.0, "role": "BOARD", "members": []},
    ]
    system = System(organisation_id=admin.organisation_id, job="test")
    await escalate_due(database, system, now=datetime.now(UTC))
    (breach,) = (await ask(admin, breaches))["breaches"]["nodes"]
    given = {"id": breach["id"]}
    taken = (await ask(contributor, _mutation("breachAcknowledge"), input={**given, "note": "On it."}))[
        "breachAcknowledge"
    ]["breach"]
    assert (taken["acknowledgedBy"], taken["escalatesAt"]) == ({"name": "Contributor"}, None)
    update = {**given, "cause": "A full disk.", "initiativeId": encode_id("Initiative", repair.id)}
    diagnosed = (await ask(contributor, _mutation("breachUpdate"), input=update))["breachUpdate"]["breach"]
    assert (diagnosed["cause"], diagnosed["initiative"]) == ("A full disk.", {"title": "Repair"})
    restore = {**given, "reason": "The disk is empty.", "expectedVersion": diagnosed["version"]}
    restored = (await ask(contributor, _mutation("breachRestore"), input=restore))["breachRestore"]["breach"]
    assert (restored["ending"], restored["restoredReason"], restored["restoredBy"]) == (
        "BY_HAND",
        "The disk is empty.",
        {"name": "Contributor"},
    )
    again = await ask(contributor, _mutation("breachRestore"), input={**given, "reason": "x"})
    assert again["breachRestore"]["__typename"] == "Conflict"
    events = """query { breaches(where: {restoredAt: {isNull: false}}) { nodes { events { nodes {
      number kind escalationLevel notified { name } notifiedRole member { name } note } } } } }"""
    (shown,) = (await ask(admin, events))["breaches"]["nodes"]
    nobody: dict[str, Any] = {
        "escalationLevel": None,
        "notified": [],
        "notifiedRole": None,
        "member": None,
        "note": "",
    }
    by = {"member": {"name": "Contributor"}}
    assert shown["events"]["nodes"] == [
        {**nobody, "number": 1, "kind": "OPENED"},
        {
            **nobody,
            "number": 2,
            "kind": "ESCALATED",
            "escalationLevel": 1,
            "notified": [{"name": "Ada Admin"}],
        },
        {**nobody, **by, "number": 3, "kind": "ACKNOWLEDGED", "note": "On it."},
        {**nobody, **by, "number": 4, "kind": "DIAGNOSED", "note": "Changed: cause, initiative."},
        {**nobody, **by, "number": 5, "kind": "RESTORED", "note": "The disk is empty."},
    ]


@pytest.mark.parametrize(
    ("levels", "path"),
    [
        ([], ["levels"]),
        (
            [{"delayHours": 2, "role": "BOARD"}, {"delayHours": 1, "role": "ADMIN"}],
            ["levels", "1", "delayHours"],
        ),
        ([{"delayHours": -1, "role": "BOARD"}], ["levels", "0", "delayHours"]),
    ],
)
async def test_a_senseless_path_is_refused(
    database: Database, ask: Ask, levels: list[Any], path: list[str]
) -> None:
    admin = await an_organisation(database)
    kpi_id, _ = await _red(database, admin)
    before = await written(database, admin)
    refused = (await ask(admin, PATH, input={"kpiId": kpi_id, "levels": levels}))["escalationPathSet"]
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", path)
    assert await written(database, admin) == before
