"""Operations against the schema, on a real database."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError

from api.context import Context, Services
from api.schema import build_schema
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import Database
from domain.snapshot import SnapshotStore

Ask = Callable[..., Awaitable[Any]]


@cache
def _schema() -> strawberry.Schema:
    return build_schema()


@pytest.fixture
def services(database: Database) -> Services:
    """What the requests of one process share."""
    return Services(database=database, snapshots=SnapshotStore(database), changes=ChangeFeed(database))


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
