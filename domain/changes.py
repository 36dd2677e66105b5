"""Following changes: what happened since a version, and who is to be told when something does."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.db import CHANGES_CHANNEL, Database, reading
from domain.enums import ChangeOperation
from domain.errors import DatabaseUnavailable, NotFound
from domain.models import ChangeLog, Portfolio
from domain.signals import Signals
from domain.snapshot.version import Version

POLL_SECONDS = 2.0
"""How long a change by another process stays unnoticed when its notification was lost."""

PRIVATE = frozenset({"api_token", "webhook"})
"""What of the log only administrators may know of."""

_RECONNECT_SECONDS = 1.0

log = structlog.stdlib.get_logger("stepchange.changes")


class Change(NamedTuple):
    """One changed entry; ``portfolio_id`` is None for what all portfolios share."""

    id: int
    portfolio_id: UUID | None
    entity: str
    entity_id: UUID
    initiative_id: UUID | None
    operation: ChangeOperation
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes in the order of the log, how many there are in all, and the version they lead to."""

    items: list[Change]
    total: int
    version: Version


_LOG = sa.inspect(ChangeLog).local_table


def _since(organisation_id: UUID, version: Version) -> sa.ColumnElement[bool]:
    seen = sa.text("CAST(:version AS pg_snapshot)").bindparams(version=version.pg_snapshot)
    return sa.and_(
        _LOG.c.organisation_id == organisation_id,
        sa.text("xid >= pg_snapshot_xmin(CAST(:version AS pg_snapshot))").bindparams(
            version=version.pg_snapshot
        ),
        sa.not_(sa.func.pg_visible_in_snapshot(_LOG.c.xid, seen)),
    )


async def changes_since(
    database: Database,
    organisation_id: UUID,
    portfolio_id: UUID,
    version: Version,
    *,
    first: int,
    after: int = 0,
) -> Changes:
    """What became visible after ``version`` in a portfolio, and in what all portfolios share.

    Parameters
    ----------
    first
        How many to return.
    after
        The id of the last change of the page before.

    Raises
    ------
    NotFound
        When there is no such portfolio.
    """
    relevant = sa.and_(
        _since(organisation_id, version),
        sa.or_(_LOG.c.portfolio_id == portfolio_id, _LOG.c.portfolio_id.is_(None)),
        # who may call the API, and who is called, is no part of a portfolio
        _LOG.c.entity.not_in(PRIVATE),
    )
    async with reading(database, organisation_id) as connection:
        now = await _version_now(connection, organisation_id, portfolio_id)
        total = (await connection.execute(sa.select(sa.func.count()).where(relevant))).scalar_one()
        page = (
            sa.select(*(_LOG.c[name] for name in Change._fields))
            .where(relevant, _LOG.c.id > after)
            .order_by(_LOG.c.id)
            .limit(first)
        )
        items = [Change._make(row) for row in await connection.execute(page)]
    return Changes(items, total, now)


async def created_between(
    database: Database, organisation_id: UUID, entity: str, since: Version, until: Version
) -> list[UUID]:
    """What of a kind became visible between two versions, in the order in which it was written."""
    seen = sa.text("pg_visible_in_snapshot(xid, CAST(:until AS pg_snapshot))")
    query = (
        sa.select(_LOG.c.entity_id)
        .where(
            _since(organisation_id, since),
            seen.bindparams(until=until.pg_snapshot),
            _LOG.c.entity == entity,
            _LOG.c.operation == ChangeOperation.INSERT,
        )
        .order_by(_LOG.c.id)
    )
    async with reading(database, organisation_id) as connection:
        return list((await connection.execute(query)).scalars())


async def _version_now(
    connection: AsyncConnection, organisation_id: UUID, portfolio_id: UUID | None
) -> Version:
    if portfolio_id is None:
        return Version((await connection.execute(sa.text("SELECT pg_current_snapshot()::text"))).scalar_one())
    portfolio = sa.inspect(Portfolio).local_table
    known = sa.exists().where(portfolio.c.organisation_id == organisation_id, portfolio.c.id == portfolio_id)
    now = await connection.execute(sa.select(sa.text("pg_current_snapshot()::text")).where(known))
    version = now.scalar_one_or_none()
    if version is None:
        raise NotFound("There is no portfolio with this id.", path=("portfolio",))
    return Version(version)


@dataclass(eq=False, slots=True)
class _Subscriber:
    portfolio_id: UUID | None
    version: Version
    woken: asyncio.Event


class ChangeFeed:
    """Tells subscribers of this process when a portfolio has changed, whoever changed it.

    One connection listens for all; for each organisation with subscribers one query finds out what has
    changed, however many subscribers there are. A lost notification costs ``POLL_SECONDS``. ``signals`` is for
    what is no change of the portfolio, such as the progress of a solve.
    """

    def __init__(self, database: Database, *, poll_seconds: float = POLL_SECONDS) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._subscribers: defaultdict[UUID, set[_Subscriber]] = defaultdict(set)
        self._stirred: set[UUID] = set()
        self._stir = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.signals = Signals(database)

    async def start(self) -> None:
        """Begin to listen."""
        self._database.after_commit.append(self._noticed)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._distribute())]

    async def stop(self) -> None:
        """End; subscribers are not told."""
        with contextlib.suppress(ValueError):
            self._database.after_commit.remove(self._noticed)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.signals.stop()

    async def follow(
        self, organisation_id: UUID, portfolio_id: UUID | None, *, since: Version | None = None
    ) -> AsyncIterator[Version]:
        """Versions of a portfolio, or of what all portfolios share: the current one, then one after each change.

        Changes that come together give one version. With ``since`` the first one comes only if something
        has changed after it.

        Raises
        ------
        NotFound
            When there is no such portfolio.
        """
        async with reading(self._database, organisation_id) as connection:
            now = await _version_now(connection, organisation_id, portfolio_id)
        subscriber = _Subscriber(portfolio_id, since or now, asyncio.Event())
        self._subscribers[organisation_id].add(subscriber)
        self._noticed_now(organisation_id)
        try:
            if since is None:
                yield now
            while True:
                await subscriber.woken.wait()
                subscriber.woken.clear()
                yield subscriber.version
        finally:
            self._subscribers[organisation_id].discard(subscriber)
            if not self._subscribers[organisation_id]:
                del self._subscribers[organisation_id]

    def _noticed_now(self, organisation_id: UUID) -> None:
        self._stirred.add(organisation_id)
        self._stir.set()

    async def _noticed(self, organisation_id: UUID) -> None:
        if organisation_id in self._subscribers:
            self._noticed_now(organisation_id)

    async def _listen(self) -> None:
        url = self._database.engine.url.set(drivername="postgresql")
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    url.render_as_string(hide_password=False), autocommit=True
                ) as connection:
                    await connection.execute(f"LISTEN {CHANGES_CHANNEL}".encode())
                    # what happened before went unheard
                    self._stir_all()
                    async for notification in connection.notifies():
                        with contextlib.suppress(ValueError):
                            await self._noticed(UUID(notification.payload))
            except (psycopg.Error, OSError) as error:
                log.warning("listening_interrupted", error=type(error).__name__)
            await asyncio.sleep(_RECONNECT_SECONDS)

    def _stir_all(self) -> None:
        self._stirred.update(self._subscribers)
        self._stir.set()

    async def _distribute(self) -> None:
        polled = time.monotonic()
        while True:
            # not wait_for: before Python 3.12 that can lose a cancellation
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._poll_seconds):
                    await self._stir.wait()
            self._stir.clear()
            stirred, self._stirred = self._stirred, set()
            if time.monotonic() >= polled + self._poll_seconds:
                polled = time.monotonic()
                stirred |= self._subscribers.keys()
            for organisation_id in stirred:
                try:
                    await self._tell(organisation_id)
                except DatabaseUnavailable:
                    log.warning("changes_unknown")
                except Exception:
                    # whatever it is, the others go on hearing, and so does this one when it is over
                    log.exception("changes_fault")

    async def _tell(self, organisation_id: UUID) -> None:
        subscribers = list(self._subscribers.get(organisation_id, ()))
        if not subscribers:
            return
        # versions of one database only grow, so the oldest one finds what any subscriber lacks
        async with reading(self._database, organisation_id) as connection:
            now = Version(
                (await connection.execute(sa.text("SELECT pg_current_snapshot()::text"))).scalar_one()
            )
            changed: dict[str, set[UUID | None]] = {}
            for seen in {
                subscriber.version.pg_snapshot: subscriber.version for subscriber in subscribers
            }.values():
                rows = await connection.execute(
                    sa.select(_LOG.c.portfolio_id)
                    .where(_since(organisation_id, seen), _LOG.c.entity.not_in(PRIVATE))
                    .distinct()
                )
                changed[seen.pg_snapshot] = set(rows.scalars())
        for subscriber in subscribers:
            portfolios = changed[subscriber.version.pg_snapshot]
            if None in portfolios or subscriber.portfolio_id in portfolios:
                subscriber.woken.set()
            if portfolios:
                subscriber.version = now
