"""Signals wake followers of a topic in any process, and only while there are any a connection is held."""

import asyncio

import sqlalchemy as sa

from domain.db import Database, transaction
from domain.signals import CHANNEL, Signals, signal_in, woken_or
from tests.factories import an_organisation


async def _listening(database: Database) -> int:
    async with database.engine.connect() as connection:
        found = await connection.execute(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE query = :query AND datname = current_database()"
            ),
            {"query": f"LISTEN {CHANNEL}"},
        )
        return int(found.scalar_one())


async def test_followers_of_a_topic_are_woken_once_it_is_committed(database: Database) -> None:
    actor = await an_organisation(database)
    here, there = Signals(database), Signals(database)
    async with here.following("a") as first, there.following("a") as second, there.following("b") as other:
        # whoever begins to listen may have missed something
        await asyncio.gather(first.wait(), second.wait(), other.wait())
        for event in (first, second, other):
            event.clear()
        async with transaction(database, actor) as session:
            await signal_in(session, "a")
            await asyncio.sleep(0.05)
            assert not first.is_set()
        await asyncio.gather(first.wait(), second.wait())
        await woken_or(first, 0.01)
        assert not first.is_set()
        assert not other.is_set()
        assert await _listening(database) == 2
    assert here._listening is there._listening is None
    await asyncio.sleep(0.2)
    assert await _listening(database) == 0


async def test_a_lost_connection_is_made_again_and_wakes_whoever_may_have_missed_something(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    signals = Signals(database)
    async with signals.following("a") as woken:
        await woken.wait()
        woken.clear()
        async with database.engine.connect() as connection:
            await connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = :query"),
                {"query": f"LISTEN {CHANNEL}"},
            )
        async with asyncio.timeout(10):
            await woken.wait()
        woken.clear()
        async with transaction(database, actor) as session:
            await signal_in(session, "a")
        async with asyncio.timeout(5):
            await woken.wait()
