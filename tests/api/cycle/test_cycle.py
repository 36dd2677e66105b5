"""Planning cycles in the schema."""

from datetime import date
from typing import Any

from api.ids import encode_id
from domain.commands.base import ArchiveCommand
from domain.db import Database
from domain.enums import CycleLevel, Role
from domain.objective import archive_objective
from tests.api.conftest import Ask
from tests.factories import a_cycle, a_member, an_objective, an_organisation
from tests.statements import counted

ERRORS = "... on UserError { code path message }"
CYCLE = "cycle { id name level startsOn endsOn version parent { name } archivedAt }"
CREATE = f"""mutation($input: CycleCreateInput!) {{
  cycleCreate(input: $input) {{ __typename ... on CycleCreateSuccess {{ {CYCLE} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: CycleUpdateInput!) {{
  cycleUpdate(input: $input) {{ __typename ... on CycleUpdateSuccess {{ {CYCLE} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  cycleArchive(input: $input) {{ __typename ... on CycleArchiveSuccess {{ {CYCLE} }} {ERRORS} }} }}"""


async def test_a_cycle_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    year = await a_cycle(database, admin, name="2026")
    given = {
        "name": "Q1",
        "level": "TACTICAL",
        "startsOn": "2026-01-01",
        "endsOn": "2026-03-31",
        "parentId": encode_id("Cycle", year.id),
    }
    created = (await ask(planner, CREATE, input=given))["cycleCreate"]
    cycle_id = created["cycle"].pop("id")
    assert created == {
        "__typename": "CycleCreateSuccess",
        "cycle": {
            "name": "Q1",
            "level": "TACTICAL",
            "startsOn": "2026-01-01",
            "endsOn": "2026-03-31",
            "version": 1,
            "parent": {"name": "2026"},
            "archivedAt": None,
        },
    }
    kept = (await ask(planner, UPDATE, input={"id": cycle_id, "name": "Spring"}))["cycleUpdate"]["cycle"]
    assert (kept["name"], kept["parent"]) == ("Spring", {"name": "2026"})
    freed = (await ask(planner, UPDATE, input={"id": cycle_id, "parentId": None}))["cycleUpdate"]["cycle"]
    assert (freed["name"], freed["parent"], freed["version"]) == ("Spring", None, 3)
    archived = (await ask(planner, ARCHIVE, input={"id": cycle_id, "expectedVersion": 3}))["cycleArchive"]
    assert archived["cycle"]["archivedAt"] is not None


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    contributor = await a_member(database, admin, role=Role.CONTRIBUTOR)
    year = await a_cycle(database, admin, name="2026")
    foreign = encode_id("Cycle", (await a_cycle(database, stranger)).id)
    valid = {"name": "Q", "level": "TACTICAL", "startsOn": "2026-01-01", "endsOn": "2026-03-31"}

    async def refusal(document: str, given: dict[str, Any], actor: Any = admin) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    year_id = encode_id("Cycle", year.id)
    assert await refusal(CREATE, {**valid, "endsOn": "2025-12-31"}) == ("InvalidInput", ["endsOn"])
    assert await refusal(CREATE, {**valid, "parentId": foreign}) == ("NotFound", ["parentId"])
    assert await refusal(CREATE, {**valid, "name": "2026"}) == ("Conflict", ["name"])
    outside = {**valid, "startsOn": "2025-12-31", "parentId": year_id}
    assert await refusal(CREATE, outside) == ("InvalidInput", ["startsOn"])
    assert await refusal(UPDATE, {"id": year_id, "parentId": year_id}) == ("InvalidInput", ["parentId"])
    assert await refusal(UPDATE, {"id": foreign, "name": "Mine"}) == ("NotFound", ["id"])
    assert await refusal(ARCHIVE, {"id": year_id, "expectedVersion": 9}) == ("Conflict", ["expectedVersion"])
    assert await refusal(CREATE, valid, contributor) == ("PermissionDenied", [])


TREE = """{ cycles(where: {parentId: {isNull: true}}) { nodes {
  name
  children(orderBy: {field: NAME, direction: DESC}, first: 2) { totalCount nodes { name parent { name } } }
  objectives { totalCount nodes { title cycle { name } team { name } } }
} } }"""


async def test_cycles_hold_cycles_and_objectives(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    for year in (2027, 2026):
        span = {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31)}
        parent = await a_cycle(database, admin, name=str(year), **span)
        for quarter in (1, 2, 3):
            await a_cycle(
                database,
                admin,
                name=f"Q{quarter} {year}",
                level=CycleLevel.TACTICAL,
                parent_id=parent.id,
                **span,
            )
        await an_objective(database, admin, cycle_id=parent.id, title=f"Grow in {year}")
        gone = await an_objective(database, admin, cycle_id=parent.id, title="Gone")
        await archive_objective(database, admin, ArchiveCommand(id=gone.id))
    nodes = (await ask(admin, TREE))["cycles"]["nodes"]
    assert [node["name"] for node in nodes] == ["2026", "2027"]
    assert nodes[0]["children"] == {
        "totalCount": 3,
        "nodes": [
            {"name": "Q3 2026", "parent": {"name": "2026"}},
            {"name": "Q2 2026", "parent": {"name": "2026"}},
        ],
    }
    assert nodes[1]["objectives"]["totalCount"] == 1
    (objective,) = nodes[1]["objectives"]["nodes"]
    assert (objective["title"], objective["cycle"]) == ("Grow in 2027", {"name": "2027"})


async def test_a_tree_takes_the_same_number_of_statements_whatever_its_size(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    numbers = []
    for more in (2, 4):
        for _ in range(more):
            cycle = await a_cycle(database, admin)
            await a_cycle(database, admin, parent_id=cycle.id)
            await an_objective(database, admin, cycle_id=cycle.id)
        await ask(admin, TREE)
        with counted(database) as statements:
            await ask(admin, TREE)
        numbers.append(len(statements))
    # the list, the children and the objectives with a count each, and whether the view is still current
    assert numbers == [6, 6]
