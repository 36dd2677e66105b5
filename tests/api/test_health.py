"""The probes tell a living process from one that is fit to answer."""

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from api import health
from domain.db import Database, connect
from domain.embedded import EmbeddedServer


async def _get(database: Database, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=Starlette(routes=health.routes(database)))
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        return await client.get(path)


async def test_ready_when_the_database_is_migrated(database: Database) -> None:
    response = await _get(database, "/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready", "schema": "current"})
    response = await _get(database, "/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("statement", "status", "schema"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", 503, "behind"),
        ("DELETE FROM alembic_version", 503, "empty"),
        ("UPDATE alembic_version SET version_num = 'from-the-future'", 200, "ahead"),
    ],
)
async def test_ready_with_its_own_schema_or_the_one_after(
    database: Database, server: EmbeddedServer, database_name: str, statement: str, status: int, schema: str
) -> None:
    owner = sa.create_engine(server.url(database_name), poolclass=sa.pool.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text(statement))
    response = await _get(database, "/readyz")
    assert response.status_code == status
    if status == 503:
        assert response.json()["cause"] == "migrations"
        assert schema in response.json()["message"]
        assert "stepchange migrate" in response.json()["message"]
    else:
        assert response.json()["schema"] == schema


async def test_without_its_database_the_process_lives_and_is_not_ready() -> None:
    nowhere = connect("postgresql+psycopg://nobody@127.0.0.1:1/nothing", pool_size=1)
    response = await _get(nowhere, "/readyz")
    assert (response.status_code, response.json()["cause"]) == (503, "database")
    assert "does not answer" in response.json()["message"]
    assert (await _get(nowhere, "/healthz")).status_code == 200
    await nowhere.close()
