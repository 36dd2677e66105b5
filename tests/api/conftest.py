"""Operations against the schema, on a real database, and what is logged."""

import io
import json
import logging
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from typing import Any

import pytest
import strawberry
import structlog
from graphql import GraphQLError

from api import logs
from api.context import Context, Services
from api.schema import build_schema
from api.settings import LogFormat, LogLevel
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import APPLICATION_ROLE, Database, connect
from domain.embedded import EmbeddedServer
from domain.snapshot import SnapshotStore
from tests.conftest import TEMPLATE

Ask = Callable[..., Awaitable[Any]]
Lines = Callable[[], list[dict[str, Any]]]
Configure = Callable[..., Lines]


@cache
def _schema() -> strawberry.Schema:
    return build_schema()


@pytest.fixture
def services(database: Database) -> Services:
    """What the requests of one process share."""
    return Services(database=database, snapshots=SnapshotStore(database), changes=ChangeFeed(database))


@pytest.fixture(scope="module")
async def shared_database(server: EmbeddedServer) -> AsyncIterator[Database]:
    """One database for a whole module, which needs an ``anyio_backend`` of that scope."""
    name = f"test_{secrets.token_hex(6)}"
    server.ensure_database(name, template=TEMPLATE)
    database = connect(server.url(name, user=APPLICATION_ROLE), pool_size=2)
    yield database
    await database.close()
    server.drop_database(name)


@pytest.fixture(scope="module")
def shared_services(shared_database: Database) -> Services:
    """What the requests of a whole module share."""
    return Services(
        database=shared_database,
        snapshots=SnapshotStore(shared_database),
        changes=ChangeFeed(shared_database),
    )


@pytest.fixture
def ask(services: Services) -> Ask:
    """Execute an operation as an actor, or in a context; returns its data and raises its first error."""

    async def execute(viewer: Actor | Context | None, document: str, **variables: Any) -> Any:
        context = (
            viewer
            if isinstance(viewer, Context)
            else Context(services=services, viewer=viewer, request_id="test")
        )
        result = await _schema().execute(document, variable_values=variables, context_value=context)
        for error in result.errors or ():
            raise error.original_error if isinstance(error, GraphQLError) and error.original_error else error
        return result.data

    return execute


@pytest.fixture
def configured() -> Iterator[Configure]:
    """Configures logging into memory; what was before is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    silenced = logging.getLogger("strawberry.execution")
    before = silenced.disabled
    for handler in handlers:
        root.removeHandler(handler)

    def configure(level: LogLevel = LogLevel.INFO) -> Lines:
        stream = io.StringIO()
        logs.configure(form=LogFormat.JSON, level=level, stream=stream)
        return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]

    yield configure
    structlog.reset_defaults()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)
    silenced.disabled = before
