"""Members in the schema."""

from typing import Any
from uuid import uuid4

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.factories import a_member, an_organisation

ERRORS = "... on UserError { code path }"
MEMBER = "member { id email name role version archivedAt }"
CREATE = f"""mutation($input: MemberCreateInput!) {{
  memberCreate(input: $input) {{ __typename ... on MemberCreateSuccess {{ {MEMBER} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($input: MemberUpdateInput!) {{
  memberUpdate(input: $input) {{ __typename ... on MemberUpdateSuccess {{ {MEMBER} }} {ERRORS} }} }}"""
ARCHIVE = f"""mutation($input: ArchiveInput!) {{
  memberArchive(input: $input) {{ __typename ... on MemberArchiveSuccess {{ {MEMBER} }} {ERRORS} }} }}"""


async def test_a_member_is_created_changed_and_archived(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    key = str(uuid4())
    given = {"id": key, "email": "bo@acme.example", "name": "Bo", "role": "BOARD"}
    created = (await ask(admin, CREATE, input=given))["memberCreate"]
    member_id = created["member"].pop("id")
    assert created == {
        "__typename": "MemberCreateSuccess",
        "member": {
            "email": "bo@acme.example",
            "name": "Bo",
            "role": "BOARD",
            "version": 1,
            "archivedAt": None,
        },
    }
    again = (await ask(admin, CREATE, input=given))["memberCreate"]
    assert again["member"]["id"] == member_id
    changed = (await ask(admin, UPDATE, input={"id": member_id, "role": "PLANNER"}))["memberUpdate"]
    assert (changed["member"]["role"], changed["member"]["name"], changed["member"]["version"]) == (
        "PLANNER",
        "Bo",
        2,
    )
    archived = (await ask(admin, ARCHIVE, input={"id": member_id}))["memberArchive"]
    assert archived["member"]["archivedAt"] is not None
    back = (await ask(admin, ARCHIVE, input={"id": member_id, "archived": False}))["memberArchive"]
    assert back["member"]["archivedAt"] is None


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    own, foreign = encode_id("Member", admin.member_id), encode_id("Member", stranger.member_id)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, email="nobody", name="N") == ("InvalidInput", ["email"])
    assert await refusal(CREATE, planner, email="a@b.example", name="N") == ("PermissionDenied", [])
    assert await refusal(UPDATE, id=own, role="BOARD") == ("InvalidInput", ["role"])
    assert await refusal(UPDATE, id=foreign, name="Mine") == ("NotFound", ["id"])
    assert await refusal(UPDATE, id=encode_id("Team", admin.member_id), name="M") == ("NotFound", ["id"])
    taken = encode_id("Member", planner.member_id)
    email = (await ask(admin, "{ members(where: {role: {eq: ADMIN}}) { nodes { email } } }"))["members"]
    assert await refusal(UPDATE, id=taken, email=email["nodes"][0]["email"].upper()) == (
        "Conflict",
        ["email"],
    )
    assert await refusal(UPDATE, id=taken, name="N", expectedVersion=5) == ("Conflict", ["expectedVersion"])


async def test_members_are_filtered_and_ordered(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    for role in (Role.VIEWER, Role.BOARD, Role.CONTRIBUTOR):
        await a_member(database, admin, role=role)

    async def names(arguments: str) -> list[str]:
        answer = await ask(admin, f"{{ members{arguments} {{ nodes {{ name }} }} }}")
        return [node["name"] for node in answer["members"]["nodes"]]

    assert await names("") == ["Ada Admin", "Board", "Contributor", "Viewer"]
    assert await names("(orderBy: {field: ROLE, direction: DESC})") == [
        "Ada Admin",
        "Board",
        "Contributor",
        "Viewer",
    ]
    assert await names("(orderBy: {field: ROLE})") == ["Viewer", "Contributor", "Board", "Ada Admin"]
    assert await names("(where: {role: {in: [BOARD, VIEWER]}})") == ["Board", "Viewer"]
    assert await names('(where: {not: {email: {startsWith: "BOARD"}}, name: {ne: "Viewer"}})') == [
        "Ada Admin",
        "Contributor",
    ]
