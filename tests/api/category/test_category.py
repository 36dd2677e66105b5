"""Allocation categories in the schema."""

from typing import Any

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role, WorkKind
from tests.api.conftest import Ask
from tests.factories import a_category, a_member, an_organisation

ERRORS = "... on UserError { code path }"
CATEGORY = "category { id name description kind version archivedAt }"
CREATE = f"""mutation($input: CategoryCreateInput!) {{
  categoryCreate(input: $input) {{ __typename ... on CategoryCreateSuccess {{ {CATEGORY} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: CategoryUpdateInput!) {{
  categoryUpdate(input: $input) {{ __typename ... on CategoryUpdateSuccess {{ {CATEGORY} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  categoryArchive(input: $input) {{ __typename ... on CategoryArchiveSuccess {{ {CATEGORY} }} {ERRORS} }} }}"""


async def test_a_category_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    given = {"name": "Run", "kind": "LIGHTS_ON", "description": None}
    created = (await ask(admin, CREATE, input=given))["categoryCreate"]["category"]
    category_id = created.pop("id")
    assert created == {
        "name": "Run",
        "description": "",
        "kind": "LIGHTS_ON",
        "version": 1,
        "archivedAt": None,
    }
    update = {"id": category_id, "kind": "PLANNING", "description": "Talk"}
    changed = (await ask(admin, UPDATE, input=update))["categoryUpdate"]["category"]
    assert (changed["name"], changed["kind"], changed["description"], changed["version"]) == (
        "Run",
        "PLANNING",
        "Talk",
        2,
    )
    archived = (await ask(admin, ARCHIVE, input={"id": category_id}))["categoryArchive"]["category"]
    assert archived["archivedAt"] is not None
    everything = "query($archived: Boolean!) { categories(includeArchived: $archived) { totalCount } }"
    assert (await ask(admin, everything, archived=False))["categories"]["totalCount"] == 0
    assert (await ask(admin, everything, archived=True))["categories"]["totalCount"] == 1


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    foreign = encode_id("AllocationCategory", (await a_category(database, stranger)).id)
    own = await a_category(database, admin)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, name=" ", kind="PLANNING") == ("InvalidInput", ["name"])
    assert await refusal(CREATE, name=own.name.upper(), kind="PLANNING") == ("Conflict", ["name"])
    assert await refusal(UPDATE, id=foreign, name="Mine") == ("NotFound", ["id"])
    assert await refusal(ARCHIVE, viewer, id=foreign) == ("PermissionDenied", [])


async def test_categories_are_filtered_by_kind(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    made = {kind: await a_category(database, admin, kind=kind) for kind in WorkKind}
    answer = await ask(
        admin,
        "{ categories(where: {kind: {ne: UNPLANNED}}, orderBy: {field: KIND}) { nodes { id kind } } }",
    )
    kinds = [WorkKind.LIGHTS_ON, WorkKind.STEP_CHANGE, WorkKind.PLANNING]
    assert answer["categories"]["nodes"] == [
        {"id": encode_id("AllocationCategory", made[kind].id), "kind": kind.name} for kind in kinds
    ]
