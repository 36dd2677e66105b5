"""The application as it is wired, over a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from api.app import create_app
from api.settings import Settings
from domain.commands.token import TokenCreate
from domain.db import Database
from domain.embedded import EmbeddedServer
from domain.errors import SetupError
from domain.token import create_local_development_token, create_token, new_secret
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
