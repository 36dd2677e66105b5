"""People, leave, focus and capacity of teams through the schema."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from api.ids import encode_id
from domain.booking import set_booking
from domain.capacity.people import create_person
from domain.commands.booking import BookingSet
from domain.commands.capacity import TeamPersonCreate
from domain.commands.demand import TeamDemandSet
from domain.commands.initiative import InitiativeTransition
from domain.db import Database
from domain.demand import set_team_demand
from domain.enums import InitiativeState, Role
from domain.errors import NotFound
from domain.transition import transition_initiative
from tests.api.conftest import Ask
from tests.factories import a_category, a_cycle, a_member, a_team, an_initiative, an_organisation
from tests.statements import counted
from tests.trail import written

PERSON = """
mutation($input: TeamPersonCreateInput!) { teamPersonCreate(input: $input) { __typename
  ... on TeamPersonCreateSuccess { teamPerson { id name fte skills version team { name } member { id } } }
  ... on UserError { message path } } }
"""
UPDATE = """
mutation($input: TeamPersonUpdateInput!) { teamPersonUpdate(input: $input) { __typename
  ... on TeamPersonUpdateSuccess { teamPerson { fte leavesOn skills version } } ... on UserError { path } } }
"""
BULK = """
mutation($input: LeaveCreateBulkInput!) { leaveCreateBulk(input: $input) { __typename
  ... on LeaveCreateBulkSuccess { items { leave { name share } errors { __typename path } } }
  ... on UserError { path } } }
"""
CAPACITY = """
query($cycle: ID!) { teams { nodes { name
  people { nodes { name leaves { nodes { startsOn } } } }
  focus { nodes { share cycle { id } } }
  statedCapacities { nodes { personWeeks note cycle { id } } }
  capacity(cycle: $cycle, period: WEEK, asOf: "2026-10-01") {
    netPersonWeeks committedPersonWeeks freePersonWeeks period cycle { id }
    periods { startsOn endsOn source grossPersonWeeks leavePersonWeeks focusShare netPersonWeeks
              committedPersonWeeks freePersonWeeks bySkill { skill netPersonWeeks } } } } } }
"""


async def _do(ask: Ask, actor: Any, document: str, **values: object) -> dict[str, Any]:
    (answer,) = (await ask(actor, document, input=values)).values()
    assert isinstance(answer, dict)
    return answer


async def test_capacity_is_made_of_people_leave_and_focus(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    actor = await a_member(database, admin, role=Role.PLANNER)
    team, silent = await a_team(database, admin, name="Apps"), await a_team(database, admin, name="Silent")
    days = {"starts_on": "2026-10-05", "ends_on": "2026-10-18"}
    cycle = encode_id("Cycle", (await a_cycle(database, admin, **days)).id)
    team_id = encode_id("Team", team.id)
    made = await _do(
        ask, actor, PERSON, teamId=team_id, name=" Ann ", skills=["  sql  server", "go"], fte=0.5
    )
    person = made["teamPerson"]
    assert (person["name"], person["skills"], person["team"]) == (
        "Ann",
        ["sql server", "go"],
        {"name": "Apps"},
    )
    changed = await _do(ask, actor, UPDATE, id=person["id"], fte=1, skills=["go"], expectedVersion=1)
    assert changed["teamPerson"] == {"fte": 1.0, "leavesOn": None, "skills": ["go"], "version": 2}
    half = {"startsOn": "2026-10-06", "endsOn": "2026-10-06", "share": 0.5}
    noted = await _do(
        ask,
        actor,
        BULK,
        items=[
            {"name": "Fair", **half},
            {"personId": person["id"], **half, "endsOn": "2026-10-01"},
            {"personId": person["id"], **half},
        ],
        errorPolicy="REJECT_FAILED",
    )
    assert [item["leave"] for item in noted["items"]] == [
        {"name": "Fair", "share": 0.5},
        None,
        {"name": "", "share": 0.5},
    ]
    assert noted["items"][1]["errors"] == [{"__typename": "InvalidInput", "path": ["items", "1", "endsOn"]}]
    await ask(
        actor,
        "mutation($team: ID!) { teamFocusSet(input: {teamId: $team, share: 0.75}) { __typename } }",
        team=team_id,
    )
    nodes = {node["name"]: node for node in (await ask(actor, CAPACITY, cycle=cycle))["teams"]["nodes"]}
    apps = nodes["Apps"]["capacity"]
    assert apps["netPersonWeeks"] == pytest.approx(1.35)
    assert (apps["committedPersonWeeks"], apps["period"]) == (0.0, "WEEK")
    first, second = apps["periods"]
    assert {name: first[name] for name in ("startsOn", "endsOn", "source")} == {
        "startsOn": "2026-10-05",
        "endsOn": "2026-10-11",
        "source": "COMPUTED",
    }
    figures = [first[f"{name}PersonWeeks"] for name in ("gross", "leave", "net", "committed", "free")]
    assert figures == pytest.approx([1.0, 0.2, 0.6, 0.0, 0.6])
    assert first["focusShare"] == pytest.approx(0.75)
    assert second["bySkill"] == [{"skill": "go", "netPersonWeeks": pytest.approx(0.75)}]
    assert nodes["Apps"]["focus"] == {"nodes": [{"share": 0.75, "cycle": None}]}
    assert nodes["Apps"]["people"]["nodes"][0]["leaves"] == {"nodes": [{"startsOn": "2026-10-06"}]}
    unknown = nodes["Silent"]["capacity"]
    assert (unknown["netPersonWeeks"], unknown["freePersonWeeks"]) == (None, None)
    assert {period["source"] for period in unknown["periods"]} == {"UNKNOWN"}
    # a figure stands instead; zero is a figure
    stated = "mutation($input: TeamCapacitySetInput!) { teamCapacitySet(input: $input) { __typename } }"
    await _do(
        ask, actor, stated, teamId=encode_id("Team", silent.id), cycleId=cycle, personWeeks=0, note="None."
    )
    nodes = {node["name"]: node for node in (await ask(actor, CAPACITY, cycle=cycle))["teams"]["nodes"]}
    zero = nodes["Silent"]["capacity"]
    assert (zero["netPersonWeeks"], {period["source"] for period in zero["periods"]}) == (0.0, {"STATED"})
    assert nodes["Silent"]["statedCapacities"]["nodes"] == [
        {"personWeeks": 0.0, "note": "None.", "cycle": {"id": cycle}}
    ]
    clear = "mutation($input: TeamCapacityClearInput!) { teamCapacityClear(input: $input) { __typename } }"
    gone = {"teamId": encode_id("Team", silent.id), "cycleId": cycle}
    assert await _do(ask, actor, clear, **gone) == {"__typename": "TeamCapacityClearSuccess"}
    assert await _do(ask, actor, clear, **gone) == {"__typename": "NotFound"}


async def test_what_is_committed_names_the_work_in_flight(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    team, category = await a_team(database, actor), await a_category(database, actor)
    cycle = await a_cycle(database, actor, starts_on=date(2026, 11, 16), ends_on=date(2026, 11, 29))
    person = TeamPersonCreate(team_id=team.id, name="Ann")
    await create_person(database, actor, person)
    for title, person_weeks in (("Small", 1.0), ("Large", 3.0)):
        row = await an_initiative(
            database, actor, title=title, category_id=category.id, duration_weeks_likely=2
        )
        demand = TeamDemandSet(initiative_id=row.id, team_id=team.id, person_weeks_likely=person_weeks)
        await set_team_demand(database, actor, demand)
        for state in (InitiativeState.EVALUATED, InitiativeState.APPROVED, InitiativeState.ACTIVE):
            step = InitiativeTransition(id=row.id, to_state=state, reason="Go.")
            await transition_initiative(database, actor, step)
    booking = BookingSet(team_id=team.id, initiative_id=row.id, week=date(2026, 11, 9), amount=1.5)
    await set_booking(database, actor, booking, now=datetime(2026, 11, 16, tzinfo=UTC))
    asked = """
    query($cycle: ID!) { teams { nodes { capacity(cycle: $cycle, asOf: "2026-11-16") {
      netPersonWeeks committedPersonWeeks freePersonWeeks
      commitments { totalCount nodes { initiative { title } demandPersonWeeks bookedPersonWeeks remainingPersonWeeks } }
    } } } }"""
    answer = await ask(actor, asked, cycle=encode_id("Cycle", cycle.id))
    capacity = answer["teams"]["nodes"][0]["capacity"]
    # 1.5 of 3 person-weeks are left for half of two weeks, and 1 for two weeks
    figures = [capacity[f"{name}PersonWeeks"] for name in ("net", "committed", "free")]
    assert figures == pytest.approx([2.0, 2.5, -0.5])
    assert capacity["commitments"] == {
        "totalCount": 2,
        "nodes": [
            {
                "initiative": {"title": "Large"},
                "demandPersonWeeks": 3.0,
                "bookedPersonWeeks": 1.5,
                "remainingPersonWeeks": 1.5,
            },
            {
                "initiative": {"title": "Small"},
                "demandPersonWeeks": 1.0,
                "bookedPersonWeeks": 0.0,
                "remainingPersonWeeks": 1.0,
            },
        ],
    }


async def test_what_makes_no_sense_is_refused_and_writes_nothing(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    team_id = encode_id("Team", (await a_team(database, actor)).id)
    cycle_id = encode_id("Cycle", (await a_cycle(database, actor)).id)
    kept = {"teamId": team_id, "startsOn": "2026-10-01", "endsOn": "2026-10-31", "personWeeks": 4}
    stated = "mutation($input: TeamCapacitySetInput!) { teamCapacitySet(input: $input) { ... on UserError { path } } }"
    focus = (
        "mutation($input: TeamFocusSetInput!) { teamFocusSet(input: $input) { ... on UserError { path } } }"
    )
    settings = """mutation($input: CapacitySettingsUpdateInput!) {
        capacitySettingsUpdate(input: $input) { ... on UserError { path } } }"""
    leave = "mutation($input: LeaveCreateInput!) { leaveCreate(input: $input) { ... on UserError { path } } }"
    assert await _do(ask, actor, stated, **kept) == {}
    before = await written(database, actor)
    day = {"startsOn": "2026-10-05", "endsOn": "2026-10-05"}
    person = {"teamId": team_id, "name": "Ann"}
    for document, values, path in (
        (PERSON, {**person, "fte": 1.01}, "fte"),
        (PERSON, {**person, "joinsOn": "2026-10-02", "leavesOn": "2026-10-01"}, "leavesOn"),
        (PERSON, {**person, "rampUpWeeks": 4}, "rampUpWeeks"),
        (PERSON, {**person, "skills": ["a", " a "]}, "skills"),
        (PERSON, {**person, "skills": [str(n) for n in range(21)]}, "skills"),
        (PERSON, {**person, "name": "\x00"}, "name"),
        (focus, {"teamId": team_id, "share": 0}, "share"),
        (focus, {"teamId": team_id, "share": 1.5}, "share"),
        (stated, {**kept, "startsOn": "2026-10-31", "endsOn": "2026-11-30"}, "startsOn"),
        (stated, {**kept, "cycleId": cycle_id}, "cycleId"),
        (stated, {"teamId": team_id, "cycleId": cycle_id, "personWeeks": 1e7}, "personWeeks"),
        (stated, {"teamId": team_id, "cycleId": cycle_id, "personWeeks": -1}, "personWeeks"),
        (stated, {**kept, "startsOn": "2020-01-01", "endsOn": "2035-01-01"}, "endsOn"),
        (leave, {**day, "share": 0}, "share"),
        (leave, {**day, "endsOn": "2126-10-05"}, "endsOn"),
        (settings, {"workingWeekdays": []}, "workingWeekdays"),
        (settings, {"workingWeekdays": ["MONDAY", "MONDAY"]}, "workingWeekdays"),
        (settings, {"hoursPerDay": 0}, "hoursPerDay"),
        (settings, {"expectedVersion": 3}, "expectedVersion"),
    ):
        answer = await _do(ask, actor, document, **values)
        assert path in answer["path"], (values, answer)
    assert await written(database, actor) == before
    with pytest.raises(NotFound, match="no cycle"):
        await ask(actor, CAPACITY, cycle=encode_id("Cycle", actor.member_id))


async def test_the_capacity_of_many_teams_takes_as_many_statements_as_of_few(
    database: Database, ask: Ask
) -> None:
    actor = await an_organisation(database)
    cycle = encode_id("Cycle", (await a_cycle(database, actor)).id)
    numbers = []
    for _ in range(2):
        for _ in range(3):
            await a_team(database, actor)
        await ask(actor, "{ organisation { id } }")
        with counted(database) as statements:
            await ask(actor, CAPACITY, cycle=cycle)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
