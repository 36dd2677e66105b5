"""The application as it is wired, over a real database."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import sqlalchemy as sa
import uvicorn

from api.app import create_app
from api.settings import Settings
from domain.commands.token import TokenCreate
from domain.db import Database, reading
from domain.embedded import EmbeddedServer
from domain.enums import TokenScope
from domain.errors import SetupError
from domain.token import create_local_development_token, create_token, new_secret
from tests.api.conftest import Configure
from tests.factories import an_organisation

VIEWER = {"query": "{ organisation { slug } }"}


@asynccontextmanager
async def _client(
    url: str, *, loopback: bool = True, peer: str = "127.0.0.1", **settings: object
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings.model_validate(settings), database_url=url, loopback=loopback)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, client=(peer, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            yield client


@asynccontextmanager
async def _served(url: str) -> AsyncIterator[str]:
    """The application on a port of its own."""
    app = create_app(Settings(), database_url=url, loopback=True)
    opened = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=5))
    serving = asyncio.create_task(server._serve(sockets=[opened]))
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def test_a_token_leads_to_its_organisation(database: Database, application_url: str) -> None:
    actor = await an_organisation(database, slug="acme")
    _, secret = await create_token(database, actor, TokenCreate(name="Client"))
    async with _client(application_url) as client:
        response = await client.post("/graphql", json=VIEWER, headers={"Authorization": f"Bearer {secret}"})
        assert response.json()["data"] == {"organisation": {"slug": "acme"}}
        anonymous = await client.post("/graphql", json=VIEWER)
        assert anonymous.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        unknown = await client.post(
            "/graphql", json=VIEWER, headers={"Authorization": f"Bearer {new_secret()}"}
        )
        assert unknown.status_code == 401
        assert unknown.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert len(unknown.headers.get_list("x-request-id")) == 1


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("192.0.2.7", 401)])
async def test_the_local_development_token_needs_a_local_caller(
    database: Database, application_url: str, peer: str, status: int
) -> None:
    secret = new_secret()
    await create_local_development_token(database, await an_organisation(database), secret=secret)
    async with _client(application_url, peer=peer) as client:
        response = await client.post("/graphql", json=VIEWER, headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == status


async def test_it_does_not_start_for_others_with_a_local_development_token(
    database: Database, application_url: str
) -> None:
    await create_local_development_token(database, await an_organisation(database), secret=new_secret())
    with pytest.raises(SetupError, match="token revoke --local-development"):
        async with _client(application_url, loopback=False):
            pytest.fail("it started")


async def test_it_does_not_start_as_the_owner(server: EmbeddedServer, database_name: str) -> None:
    with pytest.raises(SetupError, match="must not connect as postgres"):
        async with _client(server.url(database_name)):
            pytest.fail("it started")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("http://localhost:5173", True), ("https://app.example", True), ("https://evil.example", False)],
)
async def test_pages_of_named_origins_may_call_it(application_url: str, origin: str, allowed: bool) -> None:
    origins = "http://localhost:5173, https://app.example/"
    ask = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    async with _client(application_url, allowed_origins=origins) as client:
        preflight = await client.options("/graphql", headers={"Origin": origin, **ask})
        response = await client.post("/graphql", json=VIEWER, headers={"Origin": origin})
    assert (preflight.status_code == 200) is allowed
    assert (response.headers.get("access-control-allow-origin") == origin) is allowed
    assert "access-control-allow-credentials" not in preflight.headers


async def test_without_named_origins_no_other_page_may_call_it(application_url: str) -> None:
    async with _client(application_url) as client:
        response = await client.post("/graphql", json=VIEWER, headers={"Origin": "http://localhost:5173"})
    assert "access-control-allow-origin" not in response.headers


async def test_there_are_no_generated_rest_pages(application_url: str) -> None:
    async with _client(application_url) as client:
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize("given", ["trace-1.a_B", None, "not plain"])
async def test_a_request_has_one_id_in_its_answer_its_errors_the_log_and_the_trail(
    server: EmbeddedServer,
    database: Database,
    database_name: str,
    application_url: str,
    configured: Configure,
    given: str | None,
) -> None:
    actor = await an_organisation(database)
    _, secret = await create_token(
        database, actor, TokenCreate(name="Client", scopes=frozenset({TokenScope.READ, TokenScope.WRITE}))
    )
    headers = {"Authorization": f"Bearer {secret}"} | ({} if given is None else {"X-Request-Id": given})
    lines = configured()
    async with _served(application_url) as url, httpx.AsyncClient(base_url=url, headers=headers) as client:
        team = 'mutation { teamCreate(input: {name: "Apps"}) { __typename } }'
        written = await client.post("/graphql", json={"query": team})
        assert written.json()["data"] == {"teamCreate": {"__typename": "TeamCreateSuccess"}}
        with server.connect(database_name) as owner:
            owner.execute("ALTER TABLE team RENAME COLUMN name TO was_name")
        failed = await client.post("/graphql", json={"query": "{ teams { nodes { name } } }"})
    ids = [response.headers.get_list("x-request-id") for response in (written, failed)]
    assert [len(one) for one in ids] == [1, 1]
    ((written_id,), (failed_id,)) = ids
    if given == "trace-1.a_B":
        assert written_id == failed_id == given
    else:
        assert given not in (written_id, failed_id)
        assert written_id != failed_id
    (error,) = failed.json()["errors"]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": failed_id}
    logged = [(line["event"], line["request_id"]) for line in lines() if "request_id" in line]
    assert logged == [
        ("graphql_operation", written_id),
        ("request", written_id),
        ("graphql_fault", failed_id),
        ("graphql_operation", failed_id),
        ("request", failed_id),
    ]
    async with reading(database, actor.organisation_id) as connection:
        recorded = await connection.execute(
            sa.text("SELECT request_id FROM audit_entry WHERE entity = 'team'")
        )
        assert recorded.scalars().all() == [written_id]
