"""Objectives and key results as a client sees them over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.ids import encode_id
from api.settings import Settings
from domain.actor import Actor
from domain.commands.token import TokenCreate
from domain.db import Database
from domain.enums import TokenScope
from domain.token import create_token
from tests.factories import a_key_result, an_objective, an_organisation


@pytest.fixture
async def admin(database: Database) -> Actor:
    """An organisation's administrator."""
    return await an_organisation(database)


@pytest.fixture
async def client(database: Database, application_url: str, admin: Actor) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the administrator's token."""
    command = TokenCreate(member_id=admin.member_id, name="Test", scopes=list(TokenScope))
    _, secret = await create_token(database, admin, command)
    app = create_app(Settings(), database_url=application_url, loopback=True)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, client=("127.0.0.1", 5000)),
            base_url="http://127.0.0.1",
            headers={
                "Authorization": f"Bearer {secret}",
                "Accept": "application/graphql-response+json",
            },
        ) as client,
    ):
        yield client


async def _post(client: httpx.AsyncClient, query: str, **variables: Any) -> tuple[int, Any]:
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    return answer.status_code, answer.json()


async def test_objectives_are_read_with_all_that_belongs_to_them(
    client: httpx.AsyncClient, database: Database, admin: Actor
) -> None:
    objective = await an_objective(database, admin, title="Grow")
    await a_key_result(database, admin, objective_id=objective.id, title="Faster", current_value=25)
    status, body = await _post(
        client,
        "{ objectives(first: 5) { totalCount nodes { title progress cycle { level endsOn } team { version }"
        " keyResults { edges { node { title contributions { totalCount } } } } } } }",
    )
    assert (status, body["data"]["objectives"]) == (
        200,
        {
            "totalCount": 1,
            "nodes": [
                {
                    "title": "Grow",
                    "progress": 0.25,
                    "cycle": {"level": "STRATEGIC", "endsOn": "2026-12-31"},
                    "team": {"version": 1},
                    "keyResults": {
                        "edges": [{"node": {"title": "Faster", "contributions": {"totalCount": 0}}}]
                    },
                }
            ],
        },
    )


async def test_what_is_wrong_with_a_list_is_said_with_a_code(client: httpx.AsyncClient) -> None:
    for arguments, code in (
        ('after: "nonsense"', "BAD_USER_INPUT"),
        ('where: {cycleId: {eq: "nonsense"}}', "BAD_USER_INPUT"),
        ("where: {title: {eq: null}}", "BAD_USER_INPUT"),
        ("first: 0", "BAD_USER_INPUT"),
        ("orderBy: [{field: TITLE}, {field: TITLE}]", "BAD_USER_INPUT"),
    ):
        status, body = await _post(client, f"{{ objectives({arguments}) {{ totalCount }} }}")
        assert (status, body["errors"][0]["extensions"]["code"]) == (200, code), arguments
    status, body = await _post(client, "{ objectives(where: {colour: {eq: 1}}) { totalCount } }")
    assert (status, body["errors"][0]["extensions"]["code"]) == (400, "GRAPHQL_VALIDATION_FAILED")


async def test_expected_errors_are_data_and_null_for_what_cannot_be_empty_is_not(
    client: httpx.AsyncClient, database: Database, admin: Actor
) -> None:
    objective = await an_objective(database, admin)
    update = """mutation($input: ObjectiveUpdateInput!) { objectiveUpdate(input: $input) {
      __typename ... on UserError { code path } } }"""
    objective_id = encode_id("Objective", objective.id)
    status, body = await _post(client, update, input={"id": objective_id, "weight": 0})
    assert (status, body["data"]["objectiveUpdate"]) == (
        200,
        {"__typename": "InvalidInput", "code": "INVALID_INPUT", "path": ["weight"]},
    )
    status, body = await _post(client, update, input={"id": objective_id, "title": None})
    assert (status, body["errors"][0]["extensions"]["code"]) == (200, "BAD_USER_INPUT")
