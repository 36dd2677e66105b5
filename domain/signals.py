"""Short messages between processes that something has happened: what it is, whoever is told reads himself.

They make followers faster and carry nothing; whoever follows looks from time to time without them too.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from domain.db import Database

CHANNEL = "stepchange_signals"

_RECONNECT_SECONDS = 1.0
_SEND = sa.text("SELECT pg_notify(:channel, :topic)")

log = structlog.stdlib.get_logger("stepchange.signals")


async def signal_in(session: AsyncSession, topic: str) -> None:
    """Tell who follows a topic, in any process, once the session's transaction is committed."""
    await session.execute(_SEND, {"channel": CHANNEL, "topic": topic})


class Signals:
    """Hears of topics for all followers of this process, over one connection while there are any."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._followers: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def following(self, topic: str) -> AsyncIterator[asyncio.Event]:
        """An event that is set whenever the topic is signalled, and when signals may have been missed."""
        woken = asyncio.Event()
        self._followers[topic].add(woken)
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())
        try:
            yield woken
        finally:
            self._followers[topic].discard(woken)
            if not self._followers[topic]:
                del self._followers[topic]
            if not self._followers:
                await self.stop()

    async def stop(self) -> None:
        """End listening; followers are not told."""
        task, self._listening = self._listening, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _listen(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql")
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    url.render_as_string(hide_password=False), autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}".encode())
                    # what happened before went unheard
                    for topic in list(self._followers):
                        self._wake(topic)
                    async for notification in connection.notifies():
                        self._wake(notification.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("listening_interrupted", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _wake(self, topic: str) -> None:
        for woken in self._followers.get(topic, ()):
            woken.set()


async def woken_or(woken: asyncio.Event, seconds: float) -> None:
    """Wait until an event is set, but no longer than so many seconds; then clear it."""
    # not wait_for: before Python 3.12 that can lose a cancellation
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await woken.wait()
    woken.clear()
