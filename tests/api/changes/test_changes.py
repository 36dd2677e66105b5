"""Changes as a client follows them, and freshness over two server processes."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import websockets

from api.ids import encode_id
from domain.actor import Actor
from domain.commands.token import TokenCreate
from domain.db import Database
from domain.enums import TokenScope
from domain.errors import InvalidInput, NotFound
from domain.token import create_token
from tests.api.conftest import Ask
from tests.api.process import serving
from tests.factories import a_portfolio, a_team, an_initiative, an_organisation

CHANGES = """
query($portfolio: ID!, $version: String!, $first: Int, $after: String) {
  changesSince(portfolio: $portfolio, version: $version, first: $first, after: $after) {
    totalCount version
    pageInfo { hasNextPage endCursor }
    nodes { operation typeName nodeId part initiativeId }
  }
}
"""
VERSION = "query($id: ID!) { node(id: $id) { ... on Portfolio { dataVersion } } }"


async def test_a_client_finds_out_what_it_missed(database: Database, ask: Ask) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    portfolio_id = encode_id("Portfolio", portfolio.id)
    version = (await ask(actor, VERSION, id=portfolio_id))["node"]["dataVersion"]
    initiative = await an_initiative(database, actor, portfolio_id=portfolio.id)
    team = await a_team(database, actor)
    changes = (await ask(actor, CHANGES, portfolio=portfolio_id, version=version))["changesSince"]
    assert changes["totalCount"] == 2
    assert changes["nodes"] == [
        {
            "operation": "INSERT",
            "typeName": "Initiative",
            "nodeId": encode_id("Initiative", initiative.id),
            "part": "initiative",
            "initiativeId": encode_id("Initiative", initiative.id),
        },
        {
            "operation": "INSERT",
            "typeName": "Team",
            "nodeId": encode_id("Team", team.id),
            "part": "team",
            "initiativeId": None,
        },
    ]
    page = (await ask(actor, CHANGES, portfolio=portfolio_id, version=version, first=1))["changesSince"]
    assert page["pageInfo"]["hasNextPage"]
    rest = await ask(
        actor, CHANGES, portfolio=portfolio_id, version=version, after=page["pageInfo"]["endCursor"]
    )
    assert [node["typeName"] for node in rest["changesSince"]["nodes"]] == ["Team"]
    later = await ask(actor, CHANGES, portfolio=portfolio_id, version=changes["version"])
    assert later["changesSince"]["nodes"] == []


async def test_bad_versions_and_foreign_portfolios_are_refused(database: Database, ask: Ask) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    portfolio_id = encode_id("Portfolio", (await a_portfolio(database, actor)).id)
    version = (await ask(actor, VERSION, id=portfolio_id))["node"]["dataVersion"]
    with pytest.raises(InvalidInput, match="not a version"):
        await ask(actor, CHANGES, portfolio=portfolio_id, version="yesterday")
    with pytest.raises(NotFound):
        await ask(stranger, CHANGES, portfolio=portfolio_id, version=version)


async def _token(database: Database, actor: Actor) -> str:
    command = TokenCreate(
        name="test",
        scopes=frozenset({TokenScope.READ, TokenScope.WRITE}),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    _, secret = await create_token(database, actor, command)
    return secret


ADD = """
mutation($input: InitiativeUpdateInput!) {
  initiativeUpdate(input: $input) {
    __typename ... on InitiativeUpdateSuccess { initiative { version } } ... on UserError { message }
  }
}
"""
READ = "query($id: ID!) { node(id: $id) { ... on Initiative { title version } } }"


async def _post(client: httpx.AsyncClient, document: str, **variables: Any) -> Any:
    response = await client.post("/graphql", json={"query": document, "variables": variables})
    answer = response.json()
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.mark.timeout(600)
async def test_what_one_process_acknowledged_the_other_shows(
    database: Database, application_url: str, tmp_path: Path
) -> None:
    """Read your writes over two server processes: 1,000 rounds in 8 lanes, none stale."""
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    headers = {"Authorization": f"Bearer {await _token(database, actor)}"}
    settings = {"database_url": application_url, "demo": "false", "access_log": "false"}
    with (
        serving(tmp_path / "one", data_dir=str(tmp_path / "a"), **settings) as one,
        serving(tmp_path / "two", data_dir=str(tmp_path / "b"), **settings) as two,
    ):
        async with (
            httpx.AsyncClient(base_url=one.url, headers=headers, timeout=60) as first,
            httpx.AsyncClient(base_url=two.url, headers=headers, timeout=60) as second,
        ):

            async def lane() -> int:
                initiative = await an_initiative(database, actor, portfolio_id=portfolio.id, title="0")
                initiative_id = encode_id("Initiative", initiative.id)
                stale = 0
                for number in range(1, 126):
                    writer, reader = (first, second) if number % 2 else (second, first)
                    answer = await _post(writer, ADD, input={"id": initiative_id, "title": str(number)})
                    assert answer["initiativeUpdate"]["__typename"] == "InitiativeUpdateSuccess", answer
                    shown = (await _post(reader, READ, id=initiative_id))["node"]
                    stale += shown != {"title": str(number), "version": number + 1}
                return stale

            assert await asyncio.gather(*(lane() for _ in range(8))) == [0] * 8


SUBSCRIBE = (
    "subscription($portfolio: ID!) { portfolioChanged(portfolio: $portfolio) { version portfolio { name } } }"
)


async def test_a_subscriber_hears_of_a_change_by_another_process(
    database: Database, application_url: str, tmp_path: Path
) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    portfolio_id = encode_id("Portfolio", portfolio.id)
    token = await _token(database, actor)
    settings = {"database_url": application_url, "demo": "false", "data_dir": str(tmp_path / "a")}
    with serving(tmp_path / "one", **settings) as process:
        url = process.url.replace("http://", "ws://") + "/graphql"
        protocol = websockets.Subprotocol("graphql-transport-ws")
        async with websockets.connect(url, subprotocols=[protocol]) as socket:

            async def receive() -> Any:
                return orjson.loads(await asyncio.wait_for(socket.recv(), 10))

            async def send(**message: Any) -> None:
                await socket.send(orjson.dumps(message).decode())

            await send(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert (await receive())["type"] == "connection_ack"
            query = {"query": SUBSCRIBE, "variables": {"portfolio": portfolio_id}}
            await send(type="subscribe", id="1", payload=query)
            first = await receive()
            assert first["payload"]["data"]["portfolioChanged"]["portfolio"] == {"name": portfolio.name}
            # written by this process, which the server only hears of through the database
            await an_initiative(database, actor, portfolio_id=portfolio.id)
            second = await receive()
            versions = [event["payload"]["data"]["portfolioChanged"]["version"] for event in (first, second)]
            assert versions[0] != versions[1]
