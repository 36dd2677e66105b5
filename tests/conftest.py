"""One embedded PostgreSQL for the whole run, a migrated template, and a copy of it per test."""

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from domain.db import APPLICATION_ROLE, Database, connect
from domain.embedded import EmbeddedServer, embedded_server
from migrations import runner

TEMPLATE = "stepchange_template"
_HOST = "STEPCHANGE_TEST_SERVER_HOST"
_PORT = "STEPCHANGE_TEST_SERVER_PORT"

_stack = ExitStack()

# no test is about time; a run that decides about a change finds the same cases again
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the controlling process; workers find it through the environment."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="stepchange-tests-"))
    folder.chmod(0o755)
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    server = _stack.enter_context(embedded_server(folder))
    with server.connect() as connection:
        # a test's data need not survive a power cut
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
    server.ensure_database(TEMPLATE)
    engine = sa.create_engine(server.url(TEMPLATE))
    with engine.connect() as migrating:
        runner.upgrade(migrating)
        migrating.execute(sa.text(f"ALTER ROLE {APPLICATION_ROLE} LOGIN"))
        migrating.commit()
    engine.dispose()
    os.environ[_HOST] = server.host
    os.environ[_PORT] = "" if server.port is None else str(server.port)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server and remove its folder."""
    if not hasattr(config, "workerinput"):
        _stack.close()


@pytest.fixture(scope="session")
def server() -> EmbeddedServer:
    """The embedded server of this run."""
    port = os.environ[_PORT]
    return EmbeddedServer(host=os.environ[_HOST], port=int(port) if port else None)


@pytest.fixture
def database_name(server: EmbeddedServer) -> Iterator[str]:
    """Name of a fresh, migrated, empty database."""
    name = f"test_{secrets.token_hex(6)}"
    server.ensure_database(name, template=TEMPLATE)
    yield name
    server.drop_database(name)


@pytest.fixture
def application_url(server: EmbeddedServer, database_name: str) -> str:
    """URL of the fresh database as the application's role."""
    return server.url(database_name, user=APPLICATION_ROLE)


@pytest.fixture
async def database(application_url: str) -> AsyncIterator[Database]:
    """The fresh database, as the application uses it."""
    database = connect(application_url, pool_size=5)
    yield database
    await database.close()


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio."""
    return "asyncio"
