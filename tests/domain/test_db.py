"""What a use case sees of a database that fails: a domain error, and never more than is known."""

import asyncio
from contextlib import AsyncExitStack
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlmodel import col

from domain.commands.team import TeamCreate
from domain.db import Database, connect, reading, transaction
from domain.embedded import EmbeddedServer
from domain.errors import DatabaseUnavailable
from domain.models import Team
from domain.team import create_team
from tests.factories import an_organisation

_FAILS_AT_COMMIT = """
CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_terminate_backend(pg_backend_pid());
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER fail_at_commit AFTER INSERT ON team
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail_at_commit();
"""


async def _take_all(database: Database, stack: AsyncExitStack) -> None:
    """Take both connections of a pool of one and one more."""
    for _ in range(2):
        await stack.enter_async_context(database.engine.connect())


async def test_without_a_free_connection_the_database_is_unavailable(application_url: str) -> None:
    database = connect(application_url, pool_size=1)
    try:
        actor = await an_organisation(database)

        async def read() -> None:
            async with reading(database, actor.organisation_id):
                pass

        async def write() -> None:
            await create_team(database, actor, TeamCreate(name="Nobody"))

        async with AsyncExitStack() as stack:
            await _take_all(database, stack)
            outcomes = await asyncio.gather(read(), write(), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable, DatabaseUnavailable]
        await create_team(database, actor, TeamCreate(name="Somebody"))
    finally:
        await database.close()


async def test_a_committed_write_succeeds_even_if_nobody_can_be_told(application_url: str) -> None:
    database = connect(application_url, pool_size=1)
    try:
        actor = await an_organisation(database)
        async with AsyncExitStack() as stack:

            async def meanwhile(_organisation_id: UUID) -> None:
                await _take_all(database, stack)

            database.after_commit.append(meanwhile)
            team = await create_team(database, actor, TeamCreate(name="Told nobody"))
            database.after_commit.clear()
        async with reading(database, actor.organisation_id) as connection:
            assert (await connection.execute(sa.select(col(Team.id)))).scalars().all() == [team.id]
    finally:
        await database.close()


async def test_who_loses_the_connection_while_it_commits_is_not_told_that_nothing_was_written(
    server: EmbeddedServer, database_name: str, database: Database
) -> None:
    actor = await an_organisation(database)
    with server.connect(database_name) as connection:
        connection.execute(_FAILS_AT_COMMIT)
    with pytest.raises(DatabaseUnavailable, match="may or may not have been applied"):
        await create_team(database, actor, TeamCreate(name="Perhaps"))


async def test_who_loses_the_connection_before_is_told_that_nothing_was_written(database: Database) -> None:
    actor = await an_organisation(database)
    with pytest.raises(DatabaseUnavailable, match="nothing was written"):
        async with transaction(database, actor) as session:
            session.add(Team(organisation_id=actor.organisation_id, id=uuid4(), name="Never"))
            await session.flush()
            await session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    async with reading(database, actor.organisation_id) as connection:
        assert (await connection.execute(sa.select(col(Team.id)))).all() == []
