"""Key results in the schema: values, progress, levels, and who may move what."""

from typing import Any

from api.context import Context, Services
from api.ids import encode_id
from domain.commands.contribution import ContributionSet
from domain.contribution import set_contribution
from domain.db import Database
from domain.enums import KeyResultDirection, Role
from tests.api.conftest import Ask
from tests.factories import a_key_result, a_member, an_initiative, an_objective, an_organisation

ERRORS = "... on UserError { code path message }"
KEY_RESULT = """keyResult { id title unit direction kind startValue targetValue currentValue commitValue
  stretchValue dueOn weight version archivedAt owner { name } objective { title }
  progress { raw clamped } levels { commit target stretch } }"""
CREATE = f"""mutation($input: KeyResultCreateInput!) {{
  keyResultCreate(input: $input) {{ __typename ... on KeyResultCreateSuccess {{ {KEY_RESULT} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: KeyResultUpdateInput!) {{
  keyResultUpdate(input: $input) {{ __typename ... on KeyResultUpdateSuccess {{ {KEY_RESULT} }} {ERRORS} }} }}"""
VALUE = f"""mutation($input: KeyResultValueUpdateInput!) {{
  keyResultValueUpdate(input: $input) {{
    __typename ... on KeyResultValueUpdateSuccess {{ {KEY_RESULT} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  keyResultArchive(input: $input) {{ __typename ... on KeyResultArchiveSuccess {{ {KEY_RESULT} }} {ERRORS} }} }}"""


async def test_a_key_result_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin, title="Trust")
    given = {
        "objectiveId": encode_id("Objective", objective.id),
        "ownerId": encode_id("Member", admin.member_id),
        "title": "Fewer failures",
        "unit": "%",
        "direction": "DECREASE",
        "startValue": 100,
        "targetValue": 30,
        "currentValue": 65,
        "dueOn": "2026-06-30",
    }
    created = (await ask(admin, CREATE, input=given))["keyResultCreate"]["keyResult"]
    key_result_id = created.pop("id")
    assert created == {
        "title": "Fewer failures",
        "unit": "%",
        "direction": "DECREASE",
        "kind": "OUTCOME",
        "startValue": 100.0,
        "targetValue": 30.0,
        "currentValue": 65.0,
        "commitValue": None,
        "stretchValue": None,
        "dueOn": "2026-06-30",
        "weight": 1.0,
        "version": 1,
        "archivedAt": None,
        "owner": {"name": "Ada Admin"},
        "objective": {"title": "Trust"},
        "progress": {"raw": 0.5, "clamped": 0.5},
        "levels": {"commit": 70.0, "target": 30.0, "stretch": 0.0},
    }
    update = {"id": key_result_id, "ownerId": None, "commitValue": 50, "currentValue": 114}
    changed = (await ask(admin, UPDATE, input=update))["keyResultUpdate"]["keyResult"]
    assert (changed["owner"], changed["commitValue"], changed["progress"], changed["version"]) == (
        None,
        50.0,
        {"raw": -0.2, "clamped": 0.0},
        2,
    )
    cleared = (await ask(admin, UPDATE, input={"id": key_result_id, "commitValue": None}))["keyResultUpdate"]
    assert (cleared["keyResult"]["commitValue"], cleared["keyResult"]["currentValue"]) == (None, 114.0)
    archived = (await ask(admin, ARCHIVE, input={"id": key_result_id}))["keyResultArchive"]["keyResult"]
    assert (archived["archivedAt"] is not None, archived["version"]) == (True, 4)


async def test_a_milestone_needs_no_values(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin)
    given = {
        "objectiveId": encode_id("Objective", objective.id),
        "title": "Licence granted",
        "direction": "MILESTONE",
        "dueOn": "2026-06-30",
    }
    created = (await ask(admin, CREATE, input=given))["keyResultCreate"]["keyResult"]
    assert (created["startValue"], created["targetValue"], created["currentValue"]) == (0.0, 1.0, 0.0)
    assert created["levels"] == {"commit": 1.0, "target": 1.0, "stretch": 1.0}


async def test_contributors_say_where_a_key_result_is_and_nothing_else(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    key_result_id = encode_id("KeyResult", (await a_key_result(database, admin)).id)
    given = {"id": key_result_id, "currentValue": 40, "expectedVersion": 1}
    moved = (await ask(contributor, VALUE, input=given))["keyResultValueUpdate"]["keyResult"]
    assert (moved["currentValue"], moved["progress"]["raw"], moved["version"]) == (40.0, 0.4, 2)
    stale = (await ask(contributor, VALUE, input=given))["keyResultValueUpdate"]
    assert (stale["__typename"], stale["path"]) == ("Conflict", ["expectedVersion"])
    refused = await ask(contributor, UPDATE, input={"id": key_result_id, "targetValue": 50})
    assert refused["keyResultUpdate"]["__typename"] == "PermissionDenied"
    refused = await ask(viewer, VALUE, input={"id": key_result_id, "currentValue": 1})
    assert refused["keyResultValueUpdate"]["__typename"] == "PermissionDenied"


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    objective = await an_objective(database, admin)
    own = encode_id("KeyResult", (await a_key_result(database, admin, objective_id=objective.id)).id)
    foreign = await a_key_result(database, stranger)
    valid = {
        "objectiveId": encode_id("Objective", objective.id),
        "title": "Faster",
        "direction": "INCREASE",
        "startValue": 1,
        "targetValue": 2,
        "dueOn": "2026-06-30",
    }

    async def refusal(document: str, given: dict[str, Any]) -> tuple[str, list[str]]:
        (answer,) = (await ask(admin, document, input=given)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, {**valid, "targetValue": 1}) == ("InvalidInput", ["targetValue"])
    assert await refusal(CREATE, {**valid, "dueOn": "2027-01-01"}) == ("InvalidInput", ["dueOn"])
    assert await refusal(CREATE, {**valid, "weight": -1}) == ("InvalidInput", ["weight"])
    for field, key in (("objectiveId", foreign.objective_id), ("ownerId", stranger.member_id)):
        type_name = "Objective" if field == "objectiveId" else "Member"
        assert await refusal(CREATE, {**valid, field: encode_id(type_name, key)}) == ("NotFound", [field])
    assert await refusal(UPDATE, {"id": own, "weight": 0}) == ("InvalidInput", ["weight"])
    assert await refusal(UPDATE, {"id": encode_id("KeyResult", foreign.id), "title": "M"}) == (
        "NotFound",
        ["id"],
    )


async def test_key_results_are_filtered_by_value_and_date(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin)
    place: dict[str, Any] = {"objective_id": objective.id}
    await a_key_result(database, admin, title="Up", target_value=50, **place)
    await a_key_result(
        database, admin, title="Down", direction=KeyResultDirection.DECREASE, target_value=-5, **place
    )
    await a_key_result(database, admin, title="Mine", owner_id=admin.member_id, due_on="2026-03-31", **place)
    document = """query($where: KeyResultWhere) {
      keyResults(where: $where, orderBy: {field: TITLE}) { totalCount nodes { title } } }"""

    async def titles(**where: Any) -> list[str]:
        answer = (await ask(admin, document, where=where))["keyResults"]
        assert answer["totalCount"] == len(answer["nodes"])
        return [node["title"] for node in answer["nodes"]]

    assert await titles(direction={"in": ["DECREASE", "MILESTONE"]}) == ["Down"]
    assert await titles(targetValue={"gt": -5, "lte": 50}) == ["Up"]
    assert await titles(dueOn={"lt": "2026-04-01"}) == ["Mine"]
    assert await titles(ownerId={"isNull": True}) == ["Down", "Up"]
    assert await titles(ownerId={"eq": encode_id("Member", admin.member_id)}) == ["Mine"]
    assert await titles(objectiveId={"ne": encode_id("Objective", objective.id)}) == []


CONTRIBUTIONS = """query($first: Int, $after: String) { keyResults(orderBy: {field: TITLE}) { nodes {
  title
  contributions(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { expectedDelta confidence keyResult { title } initiative { title } } } } } }"""


async def test_contributions_come_from_all_portfolios_the_oldest_first(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin)
    moved, other = [
        await a_key_result(database, admin, objective_id=objective.id, title=title) for title in "ab"
    ]
    for title, delta in (("One", 5), ("Two", 7.5)):
        initiative = await an_initiative(database, admin, title=title)
        for key_result in (moved, other) if title == "One" else (moved,):
            contribution = ContributionSet(
                initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=delta, confidence=0.5
            )
            await set_contribution(database, admin, contribution)
    first, second = (await ask(admin, CONTRIBUTIONS, first=1))["keyResults"]["nodes"]
    one = {"expectedDelta": 5.0, "confidence": 0.5, "initiative": {"title": "One"}}
    assert first["contributions"]["nodes"] == [{**one, "keyResult": {"title": "a"}}]
    assert second["contributions"]["nodes"] == [{**one, "keyResult": {"title": "b"}}]
    page = first["contributions"]["pageInfo"]
    assert (first["contributions"]["totalCount"], page["hasNextPage"]) == (2, True)
    rest, _ = (await ask(admin, CONTRIBUTIONS, after=page["endCursor"]))["keyResults"]["nodes"]
    assert rest["contributions"]["nodes"] == [
        {
            "expectedDelta": 7.5,
            "confidence": 0.5,
            "keyResult": {"title": "a"},
            "initiative": {"title": "Two"},
        }
    ]


async def test_a_contribution_that_was_made_after_the_view_is_shown(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    key_result = await a_key_result(database, admin, title="a")
    context = Context(services=services, viewer=admin, request_id="test")
    await context.view()
    initiative = await an_initiative(database, admin, title="New")
    contribution = ContributionSet(
        initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=1, confidence=1
    )
    await set_contribution(database, admin, contribution)
    ((node,),) = [answer["nodes"] for answer in (await ask(context, CONTRIBUTIONS)).values()]
    assert [item["initiative"]["title"] for item in node["contributions"]["nodes"]] == ["New"]


async def test_another_tenants_nodes_are_null(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    own, foreign = await a_key_result(database, admin), await a_key_result(database, stranger)
    ids = [
        encode_id("KeyResult", own.id),
        encode_id("KeyResult", foreign.id),
        encode_id("Objective", foreign.objective_id),
        encode_id("Member", stranger.member_id),
        encode_id("Objective", own.objective_id),
    ]
    answer = await ask(admin, "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert answer["nodes"] == [
        {"__typename": "KeyResult", "id": ids[0]},
        None,
        None,
        None,
        {"__typename": "Objective", "id": ids[4]},
    ]
