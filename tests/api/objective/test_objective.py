"""Objectives in the schema: cascade, contributing teams, key results, progress."""

from typing import Any

import pytest
from strawberry.exceptions import StrawberryInputCoercionError

from api.context import Context, Services
from api.errors import BadUserInput
from api.ids import encode_id
from domain.commands.base import ArchiveCommand
from domain.commands.objective import ObjectiveUpdate
from domain.db import Database
from domain.enums import Role
from domain.key_result import archive_key_result
from domain.objective import update_objective
from tests.api.conftest import Ask
from tests.factories import a_cycle, a_key_result, a_member, a_team, an_objective, an_organisation
from tests.statements import counted

ERRORS = "... on UserError { code path message }"
OBJECTIVE = """objective { id title description ambition weight version archivedAt
  cycle { name } team { name } parent { title } contributingTeams { name } progress }"""
CREATE = f"""mutation($input: ObjectiveCreateInput!) {{
  objectiveCreate(input: $input) {{ __typename ... on ObjectiveCreateSuccess {{ {OBJECTIVE} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: ObjectiveUpdateInput!) {{
  objectiveUpdate(input: $input) {{ __typename ... on ObjectiveUpdateSuccess {{ {OBJECTIVE} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  objectiveArchive(input: $input) {{ __typename ... on ObjectiveArchiveSuccess {{ {OBJECTIVE} }} {ERRORS} }} }}"""


async def test_an_objective_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    cycle = encode_id("Cycle", (await a_cycle(database, admin, name="2026")).id)
    payments, apps, ledger = [
        encode_id("Team", (await a_team(database, admin, name=name)).id)
        for name in ("Payments", "apps", "Ledger")
    ]
    top = encode_id("Objective", (await an_objective(database, admin, title="Grow")).id)
    given = {
        "cycleId": cycle,
        "teamId": payments,
        "parentId": top,
        "title": "Every payment arrives",
        "ambition": "COMMITTED",
        "contributingTeamIds": [ledger, apps],
    }
    created = (await ask(planner, CREATE, input=given))["objectiveCreate"]["objective"]
    objective_id = created.pop("id")
    assert created == {
        "title": "Every payment arrives",
        "description": "",
        "ambition": "COMMITTED",
        "weight": 1.0,
        "version": 1,
        "archivedAt": None,
        "cycle": {"name": "2026"},
        "team": {"name": "Payments"},
        "parent": {"title": "Grow"},
        "contributingTeams": [{"name": "apps"}, {"name": "Ledger"}],
        "progress": None,
    }
    update = {"id": objective_id, "parentId": None, "contributingTeamIds": [apps], "weight": 2.5}
    changed = (await ask(planner, UPDATE, input=update))["objectiveUpdate"]["objective"]
    assert (changed["parent"], changed["contributingTeams"], changed["weight"], changed["version"]) == (
        None,
        [{"name": "apps"}],
        2.5,
        2,
    )
    untouched = (await ask(planner, UPDATE, input={"id": objective_id}))["objectiveUpdate"]["objective"]
    assert untouched == changed
    archived = (await ask(planner, ARCHIVE, input={"id": objective_id}))["objectiveArchive"]["objective"]
    assert archived["archivedAt"] is not None


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    cycle, team = await a_cycle(database, admin), await a_team(database, admin)
    top = await an_objective(database, admin, title="Top", cycle_id=cycle.id, team_id=team.id)
    low = await an_objective(database, admin, title="Low", parent_id=top.id)
    foreign_team = encode_id("Team", (await a_team(database, stranger)).id)
    foreign = encode_id("Objective", (await an_objective(database, stranger)).id)
    valid = {
        "cycleId": encode_id("Cycle", cycle.id),
        "teamId": encode_id("Team", team.id),
        "title": "Grow",
        "ambition": "ASPIRATIONAL",
    }

    async def refusal(document: str, given: dict[str, Any], actor: Any = admin) -> tuple[str, list[str], str]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"], answer["message"]

    kind, path, _ = await refusal(CREATE, {**valid, "contributingTeamIds": [foreign_team]})
    assert (kind, path) == ("NotFound", ["contributingTeamIds", "0"])
    kind, path, _ = await refusal(CREATE, {**valid, "contributingTeamIds": [valid["teamId"]]})
    assert (kind, path) == ("InvalidInput", ["contributingTeamIds"])
    kind, path, _ = await refusal(CREATE, {**valid, "contributingTeamIds": ["x"]})
    assert (kind, path) == ("NotFound", ["contributingTeamIds", "0"])
    kind, path, _ = await refusal(CREATE, {**valid, "parentId": foreign})
    assert (kind, path) == ("NotFound", ["parentId"])
    kind, path, _ = await refusal(CREATE, {**valid, "weight": 0})
    assert (kind, path) == ("InvalidInput", ["weight"])
    loop = {"id": encode_id("Objective", top.id), "parentId": encode_id("Objective", low.id)}
    kind, path, message = await refusal(UPDATE, loop)
    assert (kind, path) == ("CascadeLoop", ["parentId"])
    assert message.startswith("This parent would close a loop: Top → Low → Top.")
    kind, path, _ = await refusal(UPDATE, {"id": foreign, "title": "Mine"})
    assert (kind, path) == ("NotFound", ["id"])
    kind, path, _ = await refusal(UPDATE, {"id": loop["id"], "title": "T", "expectedVersion": 3})
    assert (kind, path) == ("Conflict", ["expectedVersion"])
    kind, path, _ = await refusal(CREATE, valid, contributor)
    assert (kind, path) == ("PermissionDenied", [])


async def test_progress_is_the_weighted_mean_of_key_results_in_use(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin)
    for weight, current in ((3, 25), (1, 150), (4, -10)):
        await a_key_result(database, admin, objective_id=objective.id, weight=weight, current_value=current)
    gone = await a_key_result(database, admin, objective_id=objective.id, weight=9, current_value=100)
    await archive_key_result(database, admin, ArchiveCommand(id=gone.id))
    answer = await ask(
        admin,
        "query($id: ID!) { node(id: $id) { ... on Objective { progress keyResults { totalCount } } } }",
        id=encode_id("Objective", objective.id),
    )
    assert answer["node"] == {"progress": 1.75 / 8, "keyResults": {"totalCount": 3}}


KEY_RESULTS = """query($id: ID!, $archived: Boolean! = false, $first: Int, $last: Int, $after: String) {
  node(id: $id) { ... on Objective {
    keyResults(includeArchived: $archived, first: $first, last: $last, after: $after) {
      totalCount nodes { title objective { title } } pageInfo { hasNextPage endCursor } } } } }"""


async def test_key_results_are_paged_the_oldest_first(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin, title="Grow")
    made = [await a_key_result(database, admin, objective_id=objective.id, title=title) for title in "cab"]
    await archive_key_result(database, admin, ArchiveCommand(id=made[0].id))
    objective_id = encode_id("Objective", objective.id)

    async def page(**arguments: Any) -> Any:
        return (await ask(admin, KEY_RESULTS, id=objective_id, **arguments))["node"]["keyResults"]

    first = await page(first=1)
    assert first["nodes"] == [{"title": "a", "objective": {"title": "Grow"}}]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (2, True)
    second = await page(first=1, after=first["pageInfo"]["endCursor"])
    assert [node["title"] for node in second["nodes"]] == ["b"]
    assert [node["title"] for node in (await page(archived=True))["nodes"]] == ["c", "a", "b"]
    with pytest.raises(BadUserInput, match="belongs to another ordering"):
        await page(archived=True, after=first["pageInfo"]["endCursor"])


LIST = """{ objectives { totalCount nodes {
  title cycle { name } team { name } parent { title } contributingTeams { name } progress
  children { totalCount nodes { title } }
  keyResults { nodes { title owner { name } objective { title } progress { clamped } } }
} } }"""


async def test_the_whole_tree_takes_the_same_number_of_statements_whatever_its_size(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    helper = await a_team(database, admin)
    numbers = []
    for more in (2, 5):
        parent = await an_objective(database, admin)
        for _ in range(more):
            child = await an_objective(
                database, admin, parent_id=parent.id, contributing_team_ids=[helper.id]
            )
            await a_key_result(database, admin, objective_id=child.id, owner_id=admin.member_id)
        await ask(admin, LIST)
        with counted(database) as statements:
            answer = await ask(admin, LIST)
        numbers.append(len(statements))
    assert answer["objectives"]["totalCount"] == 9
    # the list and its total, the children and theirs, the contributing teams, whether the view is current
    assert numbers == [6, 6]


async def test_objectives_are_filtered_by_where_they_belong(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    cycle, team = await a_cycle(database, admin), await a_team(database, admin)
    top = await an_objective(database, admin, title="Top", cycle_id=cycle.id)
    await an_objective(database, admin, title="Own", team_id=team.id, parent_id=top.id, weight=3)
    documents = """query($where: ObjectiveWhere) {
      objectives(where: $where, orderBy: [{field: WEIGHT, direction: DESC}, {field: TITLE}]) {
        nodes { title } } }"""

    async def titles(**where: Any) -> list[str]:
        answer = await ask(admin, documents, where=where)
        return [node["title"] for node in answer["objectives"]["nodes"]]

    assert await titles() == ["Own", "Top"]
    assert await titles(cycleId={"eq": encode_id("Cycle", cycle.id)}) == ["Top"]
    assert await titles(teamId={"in": [encode_id("Team", team.id)]}) == ["Own"]
    assert await titles(parentId={"isNull": True}) == ["Top"]
    assert await titles(parentId={"eq": encode_id("Objective", top.id)}, weight={"gte": 3}) == ["Own"]
    assert await titles(ambition={"eq": "COMMITTED"}) == []


async def test_what_was_written_after_the_view_is_shown_with_its_relations(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin, title="Old")
    context = Context(services=services, viewer=admin, request_id="test")
    await context.view()
    team, helper = [await a_team(database, admin, name=name) for name in ("Owner", "Helper")]
    await update_objective(database, admin, ObjectiveUpdate(id=objective.id, title="New", team_id=team.id))
    document = "{ objectives { nodes { title team { name } contributingTeams { name } } } }"
    answer = await ask(context, document)
    assert answer["objectives"]["nodes"] == [
        {"title": "New", "team": {"name": "Owner"}, "contributingTeams": []}
    ]
    change = ObjectiveUpdate(id=objective.id, contributing_team_ids=[helper.id])
    stale = Context(services=services, viewer=admin, request_id="test")
    await stale.view()
    late = await a_team(database, admin, name="Late")
    await update_objective(
        database, admin, change.model_copy(update={"contributing_team_ids": [helper.id, late.id]})
    )
    (node,) = (await ask(stale, document))["objectives"]["nodes"]
    assert node["contributingTeams"] == [{"name": "Helper"}, {"name": "Late"}]


async def test_null_for_what_cannot_be_empty_is_refused(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective_id = encode_id("Objective", (await an_objective(database, admin)).id)
    for field in ("title", "teamId", "weight", "contributingTeamIds"):
        with pytest.raises(StrawberryInputCoercionError, match="cannot be explicitly set to null"):
            await ask(admin, UPDATE, input={"id": objective_id, field: None})
