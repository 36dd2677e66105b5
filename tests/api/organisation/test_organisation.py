"""The viewer and the organisation in the schema."""

from dataclasses import replace
from typing import Any

import pytest

from api.ids import encode_id
from domain.db import Database
from domain.enums import Role, TokenScope
from domain.errors import PermissionDenied
from tests.api.conftest import Ask
from tests.factories import a_member, an_organisation
from tests.trail import trail

UPDATE = """
mutation($input: OrganisationUpdateInput!) {
  organisationUpdate(input: $input) {
    __typename
    ... on OrganisationUpdateSuccess { organisation { name currency version } }
    ... on UserError { message code path }
    ... on Conflict { expectedVersion actualVersion }
    ... on PermissionDenied { required }
  }
}
"""


async def test_the_viewer_is_the_member_behind_the_token(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database, slug="acme")
    planner = replace(
        await a_member(database, admin, role=Role.PLANNER),
        scopes=frozenset({TokenScope.WRITE, TokenScope.READ}),
    )
    answer = await ask(planner, "{ viewer { role scopes member { id name } organisation { id slug name } } }")
    assert answer["viewer"] == {
        "role": "PLANNER",
        "scopes": ["READ", "WRITE"],
        "member": {"id": encode_id("Member", planner.member_id), "name": "Planner"},
        "organisation": {
            "id": encode_id("Organisation", admin.organisation_id),
            "slug": "acme",
            "name": "Acme",
        },
    }


async def test_the_organisation_is_the_viewers_own(database: Database, ask: Ask) -> None:
    actor, stranger = await an_organisation(database, slug="mine"), await an_organisation(database)
    answer = await ask(
        actor,
        "query($ids: [ID!]!) { organisation { slug currency version archived: __typename }"
        " nodes(ids: $ids) { ... on Organisation { slug } } }",
        ids=[encode_id("Organisation", tenant.organisation_id) for tenant in (actor, stranger)],
    )
    assert answer == {
        "organisation": {"slug": "mine", "currency": "EUR", "version": 1, "archived": "Organisation"},
        "nodes": [{"slug": "mine"}, None],
    }


async def test_the_organisation_is_changed_by_its_administrators(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)

    async def update(**given: Any) -> Any:
        return (await ask(admin, UPDATE, input=given))["organisationUpdate"]

    assert await update(name="New name", expectedVersion=1) == {
        "__typename": "OrganisationUpdateSuccess",
        "organisation": {"name": "New name", "currency": "EUR", "version": 2},
    }
    stale = await update(currency="CHF", expectedVersion=1)
    assert (stale["__typename"], stale["path"], stale["expectedVersion"], stale["actualVersion"]) == (
        "Conflict",
        ["expectedVersion"],
        1,
        2,
    )
    wrong = await update(currency="Franken")
    assert (wrong["__typename"], wrong["path"]) == ("InvalidInput", ["currency"])


async def test_others_may_not_change_it(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    refused = (await ask(board, UPDATE, input={"name": "Mine"}))["organisationUpdate"]
    assert (refused["__typename"], refused["required"]) == ("PermissionDenied", "admin")
    narrow = replace(admin, scopes=frozenset({TokenScope.READ, TokenScope.WRITE}))
    refused = (await ask(narrow, UPDATE, input={"name": "Mine"}))["organisationUpdate"]
    assert (refused["__typename"], refused["required"]) == ("PermissionDenied", "admin")
    with pytest.raises(PermissionDenied, match="scope read"):
        await ask(replace(admin, scopes=frozenset({TokenScope.WRITE})), "{ organisation { name } }")


async def test_a_change_is_recorded_and_seen_at_once(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    seen = "{ organisation { name currency } viewer { organisation { name } } }"
    before = (await ask(admin, seen))["organisation"]
    await ask(admin, UPDATE, input={"name": "New name", "currency": "CHF"})
    assert await ask(admin, seen) == {
        "organisation": {"name": "New name", "currency": "CHF"},
        "viewer": {"organisation": {"name": "New name"}},
    }
    (*_, (operation, old, new, _)) = await trail(database, admin, "organisation")
    assert operation == "update"
    assert (old["name"], old["currency"], old["version"]) == (before["name"], "EUR", 1)
    assert (new["name"], new["currency"], new["version"]) == ("New name", "CHF", 2)
