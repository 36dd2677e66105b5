"""Findings through the schema: lists, thresholds, dismissals that hold and that no longer do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.ids import encode_id
from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.finding import FindingDismissalAdd
from domain.commands.objective import KeyResultUpdate
from domain.commands.review import ReviewCreate, ReviewDecisionItem
from domain.db import Database, reading
from domain.enums import Cadence, CycleLevel, Role
from domain.errors import NotFound
from domain.findings.dismissal import add_finding_dismissal
from domain.findings.listing import findings_on
from domain.key_result import update_key_result
from domain.objective import archive_objective
from domain.review.holding import create_review
from domain.review.kinds import ReviewKind
from domain.rows import CycleRow, TeamRow
from domain.snapshot import SnapshotStore
from tests.api.conftest import Ask
from tests.factories import (
    a_cycle,
    a_key_result,
    a_kpi,
    a_member,
    a_team,
    an_objective,
    an_organisation,
)
from tests.statements import counted
from tests.trail import written

NOW = datetime.now(UTC)
TODAY = NOW.date()
_FINDINGS = """query($teamId: ID, $cycleId: ID, $subject: ID, $codes: [FindingCode!], $on: Date, $dismissed: Boolean!) {
  findings(teamId: $teamId, cycleId: $cycleId, subject: $subject, codes: $codes, on: $on,
           includeDismissed: $dismissed) {
    totalCount counts { code severity count }
    nodes { key code severity title explanation whatToDo subjectKind process subject { __typename id }
            other { id } team { name } cycle { name } dismissal { reason untilOn dismissedBy { name } } } } }"""
_DISMISS = """mutation($input: FindingDismissalAddInput!) { findingDismissalAdd(input: $input) { __typename
  ... on FindingDismissalAddSuccess { dismissal { id findingKey code reason untilOn withdrawnAt } }
  ... on UserError { code path } } }"""
_RESTORE = """mutation($input: FindingDismissalRemoveInput!) { findingDismissalRemove(input: $input) { __typename
  ... on FindingDismissalRemoveSuccess { dismissal { withdrawnAt withdrawnBy { name } } }
  ... on UserError { code } } }"""
_SET = """mutation($input: FindingThresholdsSetInput!) { findingThresholdsSet(input: $input) { __typename
  ... on FindingThresholdsSetSuccess { thresholds { name value defaultValue least greatest unit description } }
  ... on UserError { code path } } }"""


async def _quarter(database: Database, actor: Actor) -> CycleRow:
    return await a_cycle(
        database,
        actor,
        level=CycleLevel.TACTICAL,
        starts_on=TODAY - timedelta(days=3),
        ends_on=TODAY + timedelta(days=60),
    )


async def _crowded(database: Database, actor: Actor) -> tuple[TeamRow, CycleRow]:
    """A team with four objectives of two key results each."""
    team, cycle = await a_team(database, actor, name="Claims"), await _quarter(database, actor)
    for _ in range(4):
        objective = await an_objective(database, actor, team_id=team.id, cycle_id=cycle.id)
        for _ in range(2):
            await a_key_result(database, actor, objective_id=objective.id, due_on=cycle.ends_on)
    return team, cycle


async def _ask(ask: Ask, actor: Actor, **variables: Any) -> Any:
    return (await ask(actor, _FINDINGS, **{"dismissed": False, **variables}))["findings"]


async def test_findings_of_the_organisation_a_team_and_a_cycle(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    team, cycle = await _crowded(database, actor)
    kpi = await a_kpi(database, actor, now=NOW, name="Queue", process="Calls")
    found = await _ask(ask, actor)
    assert found["counts"] == [
        {"code": "TOO_MANY_OBJECTIVES", "severity": "WARN", "count": 1},
        {"code": "OBJECTIVE_WITHOUT_INITIATIVE", "severity": "WARN", "count": 4},
        {"code": "KPI_NOT_LINKED", "severity": "INFO", "count": 1},
    ]
    first = found["nodes"][0]
    assert first["subject"] == {"__typename": "Team", "id": encode_id("Team", team.id)}
    assert (first["team"], first["cycle"], first["process"], first["other"]) == (
        {"name": "Claims"},
        {"name": cycle.name},
        None,
        None,
    )
    assert "has 4 objectives" in first["explanation"]
    of_team = await ask(
        actor,
        """query($id: ID!) { node(id: $id) { ... on Team { findings(severities: [INFO]) { nodes { code } } } } }""",
        id=encode_id("Team", kpi.team_id),
    )
    assert of_team["node"]["findings"]["nodes"] == [{"code": "KPI_NOT_LINKED"}]
    of_cycle = await ask(
        actor,
        """query($id: ID!) { node(id: $id) { ... on Cycle { findings { totalCount } } } }""",
        id=encode_id("Cycle", cycle.id),
    )
    assert of_cycle["node"]["findings"]["totalCount"] == 5
    assert (await _ask(ask, actor, cycleId=encode_id("Cycle", cycle.id)))["totalCount"] == 5
    assert (await _ask(ask, actor, subject=encode_id("Kpi", kpi.id)))["totalCount"] == 1
    # ten days later nobody has checked in
    later = await _ask(ask, actor, on=str(TODAY + timedelta(days=10)), codes=["CHECK_IN_OVERDUE"])
    assert later["counts"] == [{"code": "CHECK_IN_OVERDUE", "severity": "WARN", "count": 8}]
    for argument, value in (
        ("teamId", encode_id("Cycle", cycle.id)),
        ("subject", encode_id("Cycle", cycle.id)),
    ):
        with pytest.raises(NotFound):
            await _ask(ask, actor, **{argument: value})


async def test_thresholds_are_set_validated_and_put_back(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    planner = await a_member(database, actor, role=Role.PLANNER)
    await _crowded(database, actor)
    answer = await ask(actor, _SET, input={"items": [{"name": "OBJECTIVES_WARN", "value": 4.0}]})
    thresholds = {each["name"]: each for each in answer["findingThresholdsSet"]["thresholds"]}
    assert len(thresholds) == 17
    assert thresholds["OBJECTIVES_WARN"] == {
        "name": "OBJECTIVES_WARN",
        "value": 4.0,
        "defaultValue": 3.0,
        "least": 1.0,
        "greatest": 100.0,
        "unit": "COUNT",
        "description": "More objectives of a team in a cycle are a warning.",
    }
    assert (await _ask(ask, actor, codes=["TOO_MANY_OBJECTIVES"]))["totalCount"] == 0
    before = await written(database, actor)
    for items, path in (
        ([{"name": "OBJECTIVES_WARN", "value": 0.0}], ["items", "0", "value"]),
        ([{"name": "OBJECTIVES_WARN", "value": 2.5}], ["items", "0", "value"]),
        ([{"name": "OBJECTIVES_WARN", "value": 6.0}], ["items", "0", "value"]),
        ([{"name": "OBJECTIVES_STRONG", "value": 3.0}], ["items", "0", "value"]),
        ([{"name": "KPIS_WARN"}, {"name": "KPIS_WARN", "value": 4.0}], ["items", "1", "name"]),
        ([], ["items"]),
    ):
        refused = (await ask(actor, _SET, input={"items": items}))["findingThresholdsSet"]
        assert (refused["__typename"], refused["path"][-len(path) :]) == ("InvalidInput", path), items
    both = [{"name": "OBJECTIVES_WARN", "value": 6.0}, {"name": "OBJECTIVES_STRONG", "value": 6.0}]
    denied = await ask(planner, _SET, input={"items": both})
    assert denied["findingThresholdsSet"]["__typename"] == "PermissionDenied"
    assert await written(database, actor) == before
    await ask(actor, _SET, input={"items": both})
    await ask(
        actor,
        _SET,
        input={"items": [{"name": "OBJECTIVES_WARN", "value": None}, {"name": "OBJECTIVES_STRONG"}]},
    )
    assert (await _ask(ask, actor, codes=["TOO_MANY_OBJECTIVES"]))["totalCount"] == 1
    shown = await ask(actor, "{ findingThresholds { name value defaultValue } }")
    assert all(each["value"] == each["defaultValue"] for each in shown["findingThresholds"])


async def test_a_dismissed_finding_comes_back_when_its_facts_change_or_its_time_is_over(
    ask: Ask, database: Database
) -> None:
    actor = await an_organisation(database)
    team, cycle = await _crowded(database, actor)
    (finding,) = (await _ask(ask, actor, codes=["TOO_MANY_OBJECTIVES"]))["nodes"]
    given = {
        "findingKey": finding["key"],
        "reason": "Agreed with the board.",
        "untilOn": str(TODAY + timedelta(days=9)),
    }
    dismissed = (await ask(actor, _DISMISS, input=given))["findingDismissalAdd"]["dismissal"]
    again = (await ask(actor, _DISMISS, input=given))["findingDismissalAdd"]["dismissal"]
    assert again["id"] == dismissed["id"]

    async def shown(**variables: Any) -> int:
        return int((await _ask(ask, actor, codes=["TOO_MANY_OBJECTIVES"], **variables))["totalCount"])

    assert await shown() == 0
    (hidden,) = (await _ask(ask, actor, codes=["TOO_MANY_OBJECTIVES"], dismissed=True))["nodes"]
    assert hidden["dismissal"]["dismissedBy"] == {"name": "Ada Admin"}
    assert await shown(on=str(TODAY + timedelta(days=9))) == 0
    assert await shown(on=str(TODAY + timedelta(days=10))) == 1
    # a fifth objective: what was agreed on were four
    fifth = await an_objective(database, actor, team_id=team.id, cycle_id=cycle.id)
    assert await shown() == 1
    await archive_objective(database, actor, ArchiveCommand(id=fifth.id))
    assert await shown() == 0
    restored = (await ask(actor, _RESTORE, input={"id": dismissed["id"]}))["findingDismissalRemove"][
        "dismissal"
    ]
    assert restored["withdrawnBy"] == {"name": "Ada Admin"}
    assert await shown() == 1
    listed = await ask(
        actor, "{ findingDismissals { nodes { code reason withdrawnAt auditTrail { totalCount } } } }"
    )
    assert [
        (each["code"], each["auditTrail"]["totalCount"]) for each in listed["findingDismissals"]["nodes"]
    ] == [("TOO_MANY_OBJECTIVES", 2)]
    before = await written(database, actor)
    for changed, type_name, path in (
        ({"findingKey": "too_many_objectives:nobody"}, "NotFound", "findingKey"),
        ({"untilOn": str(TODAY - timedelta(days=2))}, "InvalidInput", "untilOn"),
        ({"reason": " "}, "InvalidInput", "reason"),
    ):
        refused = (await ask(actor, _DISMISS, input=given | changed))["findingDismissalAdd"]
        assert (refused["__typename"], refused["path"][-1]) == (type_name, path)
    assert await written(database, actor) == before


async def test_an_activity_that_was_dismissed_comes_back_reworded(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await _quarter(database, actor)
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    row = await a_key_result(
        database, actor, objective_id=objective.id, title="Launch the portal", due_on=cycle.ends_on
    )
    snapshots = SnapshotStore(database)

    async def found() -> list[tuple[str, bool]]:
        directory = (await snapshots.fresh(actor.organisation_id)).directory
        async with reading(database, actor.organisation_id) as connection:
            listed = await findings_on(connection, actor.organisation_id, directory, day=TODAY)
        return [
            (each.finding.key, each.dismissal is not None)
            for each in listed
            if each.finding.code == "key_result_is_activity"
        ]

    ((key, dismissed),) = await found()
    assert not dismissed
    directory = (await snapshots.fresh(actor.organisation_id)).directory
    command = FindingDismissalAdd(finding_key=key, reason="A milestone of the year.")
    await add_finding_dismissal(database, actor, command, directory=directory, today=TODAY)
    assert await found() == [(key, True)]
    await update_key_result(database, actor, KeyResultUpdate.parse({"id": row.id, "weight": 2.0}))
    assert await found() == [(key, True)]
    await update_key_result(
        database, actor, KeyResultUpdate.parse({"id": row.id, "title": "Launch two portals"})
    )
    assert await found() == [(key, False)]


async def test_what_reviews_decide_about_kpis_is_seen(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    for years in (3, 2, 1):
        await a_cycle(
            database,
            actor,
            starts_on=TODAY - timedelta(days=400 * years),
            ends_on=TODAY - timedelta(days=400 * years - 300),
        )
    kpi = await a_kpi(database, actor, now=NOW, cadence=Cadence.MONTHLY)
    later = str(TODAY + timedelta(days=1))
    assert (await _ask(ask, actor, codes=["KPI_WITHOUT_DECISION"], on=later))["totalCount"] == 0
    coming = [
        await a_cycle(
            database,
            actor,
            starts_on=TODAY + timedelta(days=30 * number + 1),
            ends_on=TODAY + timedelta(days=30 * number + 30),
        )
        for number in range(2)
    ]
    after = str(coming[1].ends_on + timedelta(days=1))
    assert (await _ask(ask, actor, codes=["KPI_WITHOUT_DECISION"], on=after))["totalCount"] == 1
    day = coming[0].starts_on
    await create_review(
        database,
        actor,
        ReviewCreate(
            kind=ReviewKind.OPERATIONS,
            held_on=day,
            decisions=[ReviewDecisionItem(kpi_id=kpi.id, decision="Keep it.", reason="It warns early.")],
        ),
        today=day,
    )
    assert (await _ask(ask, actor, codes=["KPI_WITHOUT_DECISION"], on=after))["totalCount"] == 0


async def test_the_number_of_statements_is_constant(ask: Ask, database: Database) -> None:
    actor = await an_organisation(database)
    numbers = []
    for _ in range(2):
        await _crowded_again(database, actor)
        await _ask(ask, actor)
        with counted(database) as statements:
            await _ask(ask, actor, dismissed=True)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def _crowded_again(database: Database, actor: Actor) -> None:
    team, cycle = await a_team(database, actor), await _quarter(database, actor)
    for _ in range(4):
        await an_objective(database, actor, team_id=team.id, cycle_id=cycle.id)
    await a_kpi(database, actor, now=NOW)
