"""API tokens in the schema."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import GraphQLObjectType

from api.ids import encode_id
from api.schema import build_schema
from domain.commands.token import TokenCreate
from domain.db import Database, transaction
from domain.enums import Role, TokenScope
from domain.errors import PermissionDenied
from domain.token import create_local_development_token, create_token, hash_secret, new_secret, sign_in
from tests.api.conftest import Ask
from tests.factories import a_member, an_organisation
from tests.statements import counted
from tests.trail import trail, written

ERRORS = "... on UserError { code path } ... on PermissionDenied { required }"
TOKEN = "token { id name prefix scopes state localDevelopment expiresAt revokedAt member { name } }"
CREATE = f"""mutation($input: TokenCreateInput!) {{
  tokenCreate(input: $input) {{ __typename ... on TokenCreateSuccess {{ secret {TOKEN} }} {ERRORS} }} }}"""
REVOKE = f"""mutation($input: TokenRevokeInput!) {{
  tokenRevoke(input: $input) {{ __typename ... on TokenRevokeSuccess {{ {TOKEN} }} {ERRORS} }} }}"""
LIST = """query($where: ApiTokenWhere, $orderBy: [ApiTokenOrder!], $ended: Boolean! = false) {
  tokens(where: $where, orderBy: $orderBy, includeEnded: $ended) {
    totalCount nodes { id name state member { name } } } }"""


async def test_a_token_is_created_shown_once_and_revoked(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    created = (await ask(admin, CREATE, input={"name": "Dashboard"}))["tokenCreate"]
    secret, token_id = created["secret"], created["token"].pop("id")
    assert created["token"] == {
        "name": "Dashboard",
        "prefix": secret[:9],
        "scopes": ["READ"],
        "state": "ACTIVE",
        "localDevelopment": False,
        "expiresAt": None,
        "revokedAt": None,
        "member": {"name": "Ada Admin"},
    }
    signed_in = await sign_in(database, secret)
    assert signed_in is not None
    assert (signed_in.actor.member_id, signed_in.actor.scopes) == (
        admin.member_id,
        frozenset({TokenScope.READ}),
    )
    found = await ask(
        admin, f"query($id: ID!) {{ node(id: $id) {{ ... on ApiToken {TOKEN[5:]} }} }}", id=token_id
    )
    assert found["node"] == {"id": token_id, **created["token"]}

    revoked = (await ask(admin, REVOKE, input={"id": token_id}))["tokenRevoke"]["token"]
    assert revoked["state"] == "REVOKED"
    assert revoked["revokedAt"] is not None
    assert await sign_in(database, secret) is None
    again = (await ask(admin, REVOKE, input={"id": token_id}))["tokenRevoke"]["token"]
    assert again["revokedAt"] == revoked["revokedAt"]


def test_no_field_gives_a_secret_but_that_of_its_creation() -> None:
    types = build_schema()._schema.type_map.values()
    secrets = [
        f"{type_.name}.{name}"
        for type_ in types
        if isinstance(type_, GraphQLObjectType)
        for name in type_.fields
        if "secret" in name.lower() or "hash" in name.lower()
    ]
    assert sorted(secrets) == [
        "Mutation.webhookSecretReplace",
        "TokenCreateSuccess.secret",
        "WebhookCreateSuccess.secret",
        "WebhookSecretReplaceSuccess.secret",
    ]


async def test_neither_secret_nor_hash_are_in_the_trail(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    secret = (await ask(admin, CREATE, input={"name": "Dashboard"}))["tokenCreate"]["secret"]
    ((_, old, new, _),) = await trail(database, admin, "api_token")
    assert old is None
    assert new["name"] == "Dashboard"
    assert secret not in json.dumps(new)
    assert hash_secret(secret).hex() not in json.dumps(new)


async def test_an_administrator_makes_one_for_somebody_else_until_a_day(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    until = (datetime.now(UTC) + timedelta(days=90)).replace(microsecond=0)
    given = {
        "name": "Import",
        "memberId": encode_id("Member", planner.member_id),
        "scopes": ["WRITE", "READ"],
        "expiresAt": until.isoformat(),
    }
    answer = (await ask(admin, CREATE, input=given))["tokenCreate"]
    assert answer["token"]["scopes"] == ["READ", "WRITE"]
    assert answer["token"]["member"] == {"name": "Planner"}
    assert datetime.fromisoformat(answer["token"]["expiresAt"]) == until
    signed_in = await sign_in(database, answer["secret"])
    assert signed_in is not None
    assert (signed_in.actor.role, signed_in.expires_at) == (Role.PLANNER, until)


async def test_refusals_are_typed_and_lead_to_the_field(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    foreign, _ = await create_token(database, stranger, TokenCreate(name="Theirs"))
    before = await written(database, admin), await written(database, stranger)

    async def refusal(document: str, actor: Any = admin, **given: Any) -> tuple[str, list[str]]:
        (answer,) = (await ask(actor, document, input=given)).values()
        return answer["__typename"], answer["path"]

    assert await refusal(CREATE, name=" ") == ("InvalidInput", ["name"])
    assert await refusal(CREATE, name="T", scopes=[]) == ("InvalidInput", ["scopes"])
    assert await refusal(CREATE, name="T", expiresAt="2020-01-01T00:00:00Z") == (
        "InvalidInput",
        ["expiresAt"],
    )
    theirs = encode_id("Member", stranger.member_id)
    assert await refusal(CREATE, name="T", memberId=theirs) == ("NotFound", ["memberId"])
    assert await refusal(CREATE, name="T", memberId=encode_id("Team", admin.member_id)) == (
        "NotFound",
        ["memberId"],
    )
    assert await refusal(REVOKE, id=encode_id("ApiToken", foreign.id)) == ("NotFound", ["id"])
    assert (await written(database, admin), await written(database, stranger)) == before


async def test_a_token_gives_no_scope_that_it_lacks(database: Database, ask: Ask) -> None:
    admin = replace(await an_organisation(database), scopes=frozenset({TokenScope.ADMIN, TokenScope.READ}))
    answer = (await ask(admin, CREATE, input={"name": "T", "scopes": ["READ", "WRITE"]}))["tokenCreate"]
    assert (answer["__typename"], answer["required"]) == ("PermissionDenied", "write")
    assert (await ask(admin, LIST))["tokens"]["totalCount"] == 0


async def test_ended_tokens_are_listed_on_demand(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    planner = await a_member(database, admin, role=Role.PLANNER)
    for name in ("Kept", "Revoked", "Expired"):
        await create_token(database, admin, TokenCreate(name=name))
    await create_token(database, admin, TokenCreate(name="Planner's", member_id=planner.member_id))
    async with transaction(database, admin) as session:
        await session.execute(sa.text("UPDATE api_token SET expires_at = now() WHERE name = 'Expired'"))
        await session.execute(sa.text("UPDATE api_token SET revoked_at = now() WHERE name = 'Revoked'"))

    async def names(**arguments: Any) -> list[tuple[str, str]]:
        answer = (await ask(admin, LIST, **arguments))["tokens"]
        assert answer["totalCount"] == len(answer["nodes"])
        return [(node["name"], node["state"]) for node in answer["nodes"]]

    assert await names() == [("Planner's", "ACTIVE"), ("Kept", "ACTIVE")]
    assert await names(ended=True, orderBy=[{"field": "NAME"}]) == [
        ("Expired", "EXPIRED"),
        ("Kept", "ACTIVE"),
        ("Planner's", "ACTIVE"),
        ("Revoked", "REVOKED"),
    ]
    theirs = {"memberId": {"eq": encode_id("Member", planner.member_id)}}
    assert await names(where=theirs) == [("Planner's", "ACTIVE")]
    assert await names(where={"name": {"contains": "revoked"}}) == []
    assert await names(where={"revokedAt": {"isNull": False}}, ended=True) == [("Revoked", "REVOKED")]


async def test_the_local_development_token_is_recognised(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    await create_token(database, admin, TokenCreate(name="Other"))
    await create_local_development_token(database, admin, secret=new_secret())
    answer = await ask(admin, LIST, where={"localDevelopment": {"eq": True}})
    assert [node["name"] for node in answer["tokens"]["nodes"]] == ["Local development"]


@pytest.mark.parametrize("scopes", [{TokenScope.READ, TokenScope.WRITE}, {TokenScope.ADMIN, TokenScope.READ}])
@pytest.mark.parametrize("role", Role)
async def test_tokens_are_seen_by_administrators_only(
    database: Database, ask: Ask, role: Role, scopes: set[TokenScope]
) -> None:
    admin = await an_organisation(database)
    row, _ = await create_token(database, admin, TokenCreate(name="Dashboard"))
    actor = replace(await a_member(database, admin, role=role), scopes=frozenset(scopes))
    allowed = role is Role.ADMIN and TokenScope.ADMIN in scopes
    node = await ask(
        actor,
        "query($id: ID!) { node(id: $id) { ... on ApiToken { name } } }",
        id=encode_id("ApiToken", row.id),
    )
    assert node == {"node": {"name": "Dashboard"} if allowed else None}
    if allowed:
        assert (await ask(actor, LIST))["tokens"]["totalCount"] == 1
    else:
        with pytest.raises(PermissionDenied):
            await ask(actor, LIST)


async def test_the_viewer_sees_role_and_scopes(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    reader = replace(board, scopes=frozenset({TokenScope.WRITE, TokenScope.READ}))
    answer = await ask(reader, "{ viewer { role scopes member { name role } } }")
    assert answer["viewer"] == {
        "role": "BOARD",
        "scopes": ["READ", "WRITE"],
        "member": {"name": "Board", "role": "BOARD"},
    }


async def test_a_list_is_the_same_number_of_statements_whatever_its_length(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    numbers = []
    for more in (3, 6):
        for _ in range(more):
            member = await a_member(database, admin, role=Role.VIEWER)
            await create_token(database, admin, TokenCreate(name="T", member_id=member.member_id))
        await ask(admin, LIST)
        with counted(database) as statements:
            await ask(admin, LIST)
        numbers.append(len(statements))
    # the page, its total, and whether anything changed since the view
    assert numbers == [3, 3]
