"""The audit trail in the schema."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.commands.demand import TeamDemandSet
from domain.commands.dependency import DependencyAdd, DependencyRemove
from domain.commands.initiative import InitiativeTransition, InitiativeUpdate
from domain.commands.objective import KeyResultUpdate
from domain.commands.token import TokenCreate
from domain.db import Database
from domain.demand import set_team_demand
from domain.dependency import add_dependency, remove_dependency
from domain.enums import InitiativeState, Role
from domain.errors import NotFound
from domain.initiative import update_initiative
from domain.key_result import update_key_result
from domain.token import create_token
from domain.transition import transition_initiative
from tests.api.conftest import Ask
from tests.factories import (
    a_key_result,
    a_member,
    a_portfolio,
    a_team,
    an_initiative,
    an_organisation,
)
from tests.statements import counted

ENTRY = """at by { name } operation part typeName node { id __typename } reason requestId version
  key { field value } changes { field old new }"""
TRAIL = f"""query($node: ID, $where: AuditTrailWhere, $first: Int, $after: String) {{
  auditTrail(node: $node, where: $where, first: $first, after: $after) {{
    totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {ENTRY} }} }} }}"""
OF_INITIATIVES = f"""query($ids: [ID!]!, $first: Int) {{ nodes(ids: $ids) {{ ... on Initiative {{
  auditTrail(first: $first) {{ totalCount nodes {{ {ENTRY} }} }} }} }} }}"""


def _changes(entry: Any) -> dict[str, tuple[Any, Any]]:
    """The changes of an entry, with their JSON read."""

    def read(text: str | None) -> Any:
        return None if text is None else json.loads(text)

    return {change["field"]: (read(change["old"]), read(change["new"])) for change in entry["changes"]}


async def test_an_entry_tells_what_was_changed_by_whom_and_why(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = replace(await a_member(database, admin, role=Role.BOARD), request_id="r-7")
    team = await a_team(database, admin)
    one = await an_initiative(database, admin, title="Old")
    await update_initiative(
        database,
        board,
        InitiativeUpdate.parse(
            {"id": one.id, "title": "Näw", "team_id": team.id, "duration_weeks_likely": 4.5}
        ),
    )
    await transition_initiative(
        database, board, InitiativeTransition(id=one.id, to_state=InitiativeState.EVALUATED, reason="Scored.")
    )
    initiative = encode_id("Initiative", one.id)
    (node,) = (await ask(board, OF_INITIATIVES, ids=[initiative]))["nodes"]
    trail = node["auditTrail"]
    assert trail["totalCount"] == 4
    *decided, updated, created = trail["nodes"]
    moment = updated.pop("at")
    assert datetime.fromisoformat(moment).tzinfo is not None
    assert _changes(updated) == {
        "title": ("Old", "Näw"),
        "teamId": (None, encode_id("Team", team.id)),
        "durationWeeksLikely": (None, 4.5),
    }
    del updated["changes"]
    assert updated == {
        "by": {"name": "Board"},
        "operation": "UPDATE",
        "part": "initiative",
        "typeName": "Initiative",
        "node": {"id": initiative, "__typename": "Initiative"},
        "reason": None,
        "requestId": "r-7",
        "version": 2,
        "key": [],
    }
    decided.sort(key=lambda entry: str(entry["part"]))
    assert [(entry["part"], entry["typeName"], entry["reason"]) for entry in decided] == [
        ("decision", "Decision", "Scored."),
        ("initiative", "Initiative", "Scored."),
    ]
    assert _changes(decided[0])["initiativeId"] == (None, initiative)
    assert _changes(decided[1]) == {"state": ("PROPOSED", "EVALUATED")}
    assert (created["operation"], created["by"], created["version"]) == ("INSERT", {"name": "Ada Admin"}, 1)
    assert _changes(created) == {
        "portfolioId": (None, encode_id("Portfolio", one.portfolio_id)),
        "title": (None, "Old"),
        "description": (None, ""),
        "state": (None, "PROPOSED"),
        "mandatory": (None, False),
    }


async def test_parts_are_told_apart_by_their_key(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    one, team = await an_initiative(database, admin), await a_team(database, admin)
    for weeks in (3, 5):
        await set_team_demand(
            database,
            admin,
            TeamDemandSet(initiative_id=one.id, team_id=team.id, skill="data", person_weeks_likely=weeks),
        )
    answer = await ask(admin, TRAIL, where={"part": {"eq": "team_demand"}, "operation": {"eq": "UPDATE"}})
    (entry,) = answer["auditTrail"]["nodes"]
    assert _changes(entry) == {"personWeeksLikely": (3, 5)}
    assert {key["field"]: json.loads(key["value"]) for key in entry["key"]} == {
        "teamId": encode_id("Team", team.id),
        "skill": "data",
    }
    assert entry["typeName"] == "Initiative"
    assert entry["node"]["id"] == encode_id("Initiative", one.id)


async def test_what_is_gone_is_still_in_the_trail(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    one, other = [await an_initiative(database, admin, portfolio_id=portfolio.id) for _ in range(2)]
    added = await add_dependency(database, admin, DependencyAdd(predecessor_id=one.id, successor_id=other.id))
    await remove_dependency(database, admin, DependencyRemove(id=added.id))
    dependency = encode_id("Dependency", added.id)
    told = []
    for node in (dependency, encode_id("Initiative", one.id), encode_id("Initiative", other.id)):
        entries = (await ask(admin, TRAIL, node=node))["auditTrail"]["nodes"]
        told.append([entry for entry in entries if entry["part"] == "dependency"])
    assert told[0] == told[1] == told[2]
    removed, inserted = told[0]
    assert (removed["operation"], removed["typeName"], removed["node"]) == ("DELETE", "Dependency", None)
    assert _changes(removed)["successorId"] == (encode_id("Initiative", other.id), None)
    assert _changes(inserted)["kind"] == (None, "FINISH_TO_START")


async def test_other_nodes_have_trails_of_their_own(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    row = await a_key_result(database, admin)
    await update_key_result(database, admin, KeyResultUpdate.parse({"id": row.id, "current_value": 40}))
    answer = await ask(
        viewer,
        """{ keyResults { nodes { auditTrail(first: 1) { totalCount nodes { changes { field old new } } }
               objective { auditTrail { nodes { part } } } } }
             portfolios { nodes { auditTrail { totalCount } } } }""",
    )
    (found,) = answer["keyResults"]["nodes"]
    assert found["auditTrail"]["totalCount"] == 2
    assert found["auditTrail"]["nodes"][0]["changes"] == [{"field": "currentValue", "old": "0", "new": "40"}]
    assert found["objective"]["auditTrail"]["nodes"] == [{"part": "objective"}]


async def test_the_organisation_s_trail_is_filtered_and_paged(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    for _ in range(3):
        await a_team(database, planner)
    await a_team(database, stranger)
    theirs: dict[str, Any] = {"memberId": {"eq": encode_id("Member", planner.member_id)}}
    whole = (await ask(admin, TRAIL, where=theirs))["auditTrail"]
    assert whole["totalCount"] == 3
    assert {(entry["part"], entry["by"]["name"]) for entry in whole["nodes"]} == {("team", "Planner")}
    first = (await ask(admin, TRAIL, where=theirs, first=2))["auditTrail"]
    assert first["pageInfo"]["hasNextPage"] is True
    last = (await ask(admin, TRAIL, where=theirs, first=2, after=first["pageInfo"]["endCursor"]))[
        "auditTrail"
    ]
    assert first["nodes"] + last["nodes"] == whole["nodes"]
    combined = {
        "or": [{"part": {"eq": "member"}}, {"part": {"startsWith": "organ"}}],
        "at": {"gt": "2020-01-01T00:00:00Z"},
    }
    everything = (await ask(admin, TRAIL, where=combined))["auditTrail"]["nodes"]
    assert [(entry["part"], entry["operation"]) for entry in everything] == [
        ("member", "INSERT"),
        ("member", "INSERT"),
        ("organisation", "INSERT"),
    ]
    assert (await ask(admin, TRAIL, where={"at": {"lt": "2020-01-01T00:00:00Z"}}))["auditTrail"][
        "totalCount"
    ] == 0
    with pytest.raises(BadUserInput):
        await ask(admin, TRAIL, after="nonsense")


async def test_what_is_no_node_of_the_viewer_has_no_trail(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    theirs = await a_team(database, stranger)
    assert (await ask(admin, TRAIL, node=encode_id("Team", theirs.id)))["auditTrail"]["nodes"] == []
    with pytest.raises(NotFound, match="not the id of a node"):
        await ask(admin, TRAIL, node="nonsense")
    with pytest.raises(NotFound, match="no audit trail of Nothing"):
        await ask(admin, TRAIL, node=encode_id("Nothing", theirs.id))


async def test_the_trail_of_tokens_is_for_administrators(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    row, secret = await create_token(database, admin, TokenCreate(name="Dashboard"))
    token = encode_id("ApiToken", row.id)
    (entry,) = (await ask(admin, TRAIL, node=token))["auditTrail"]["nodes"]
    assert (entry["typeName"], entry["node"]["id"]) == ("ApiToken", token)
    assert _changes(entry)["name"] == (None, "Dashboard")
    assert "tokenHash" not in _changes(entry)
    assert secret not in json.dumps(entry)
    parts = {e["part"] for e in (await ask(board, TRAIL))["auditTrail"]["nodes"]}
    assert parts == {"member", "organisation"}
    with pytest.raises(NotFound, match="no audit trail of ApiToken"):
        await ask(board, TRAIL, node=token)


async def test_trails_are_the_same_number_of_statements_whatever_their_number(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    portfolio = await a_portfolio(database, admin)
    ids: list[str] = []
    numbers = []
    for _ in range(2):
        for _ in range(3):
            row = await an_initiative(
                database, await a_member(database, admin, role=Role.PLANNER), portfolio_id=portfolio.id
            )
            await update_initiative(database, admin, InitiativeUpdate(id=row.id, title="Another"))
            ids.append(encode_id("Initiative", row.id))
        await ask(admin, OF_INITIATIVES, ids=ids)
        with counted(database) as statements:
            answer = await ask(admin, OF_INITIATIVES, ids=ids)
        assert all(node["auditTrail"]["totalCount"] == 2 for node in answer["nodes"])
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert numbers[1] < 10
