"""Engine, and the two ways to the database: a use case's transaction and a consistent read."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from domain.actor import Actor, System
from domain.constraints import explain_violation
from domain.errors import DatabaseUnavailable, SetupError

APPLICATION_ROLE = "stepchange_app"
"""The role that the application connects as or inherits from: owns nothing and bypasses nothing."""

CHANGES_CHANNEL = "stepchange_changes"

STATEMENT_TIMEOUT_MS = 5_000
LOCK_TIMEOUT_MS = 2_000

_SET_TENANT = sa.text(
    "SELECT set_config('app.organisation_id', :organisation_id, true),"
    " set_config('app.member_id', :member_id, true),"
    " set_config('app.request_id', :request_id, true),"
    " set_config('app.reason', :reason, true)"
)
_NOTIFY = sa.text("SELECT pg_notify(:channel, :payload)")


@dataclass(frozen=True, slots=True)
class Database:
    """The application's database: its engines, and what to call once a write is committed.

    ``threaded_engine`` is for bulk reads in worker threads: turning 100,000 rows into objects must not
    hold up the event loop.
    """

    engine: AsyncEngine
    threaded_engine: sa.Engine
    after_commit: list[Callable[[UUID], Awaitable[None]]] = field(default_factory=list)

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
        self.threaded_engine.dispose()


def connect(url: str, *, pool_size: int = 10, application_name: str = "stepchange") -> Database:
    """A database behind a pool of at most ``2 * pool_size`` connections, and 2 for bulk reads.

    Connects when it is first used.
    """
    options = (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS}"
        " -c idle_in_transaction_session_timeout=30000 -c timezone=UTC"
    )
    arguments = {"options": options, "application_name": application_name, "connect_timeout": 5}
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=5,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=arguments,
    )
    threaded = sa.create_engine(
        url,
        pool_size=2,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args=arguments | {"options": options.replace(f"={STATEMENT_TIMEOUT_MS}", "=60000")},
    )
    return Database(engine, threaded)


@asynccontextmanager
async def transaction(
    database: Database, actor: Actor | System, *, reason: str = "", announces: bool = True
) -> AsyncIterator[AsyncSession]:
    """One use case's transaction, seen and recorded as the actor's; commits at the end of the block.

    Constraint violations come out as the domain errors that they stand for. Once committed, other
    processes are told that the organisation has changed, unless nothing that they follow has: ``announces``.
    That message only speeds them up.

    Raises
    ------
    DomainError
        For violated constraints; ``DatabaseUnavailable`` when the database does not answer in time, which
        says so when it happened during the commit: then nobody knows whether it was applied.
    """
    with _DatabaseErrors() as errors:
        async with AsyncSession(database.engine, expire_on_commit=False) as session, session.begin():
            await session.execute(
                _SET_TENANT,
                {
                    "organisation_id": str(actor.organisation_id),
                    "member_id": "" if actor.member_id is None else str(actor.member_id),
                    "request_id": actor.request_id or "",
                    "reason": reason,
                },
            )
            yield session
            await session.flush()
            errors.committing = True
    if announces:
        await announce(database, actor.organisation_id)


async def announce(database: Database, organisation_id: UUID) -> None:
    """Wake whoever follows the organisation's changes, here and in other processes."""
    for listener in database.after_commit:
        await listener(organisation_id)
    try:
        async with database.engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.execute(_NOTIFY, {"channel": CHANGES_CHANNEL, "payload": str(organisation_id)})
    except (DBAPIError, NoFreeConnection, OSError, TimeoutError):
        return  # the write is committed; followers find it at their next poll


@asynccontextmanager
async def reading(database: Database, organisation_id: UUID) -> AsyncIterator[AsyncConnection]:
    """A read-only view of one organisation at one instant (REPEATABLE READ).

    Raises
    ------
    DatabaseUnavailable
        When the database does not answer in time.
    """
    with _DatabaseErrors():
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            async with connection.begin():
                await connection.execute(
                    sa.text("SELECT set_config('app.organisation_id', :organisation_id, true)"),
                    {"organisation_id": str(organisation_id)},
                )
                yield connection


@contextmanager
def reading_in_thread(database: Database, organisation_id: UUID) -> Iterator[sa.Connection]:
    """As ``reading``, for bulk reads in a worker thread."""
    with _DatabaseErrors(), database.threaded_engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            connection.execute(
                sa.text("SELECT set_config('app.organisation_id', :organisation_id, true)"),
                {"organisation_id": str(organisation_id)},
            )
            yield connection


@asynccontextmanager
async def without_tenant(database: Database, **settings: str) -> AsyncIterator[AsyncConnection]:
    """A read-only view before the tenant is known: rows that a policy shows to these ``app.`` settings.

    Raises
    ------
    DatabaseUnavailable
        When the database does not answer in time.
    """
    with _DatabaseErrors():
        async with database.engine.connect() as plain:
            connection = await plain.execution_options(postgresql_readonly=True)
            async with connection.begin():
                for name, value in settings.items():
                    await connection.execute(
                        sa.text("SELECT set_config(:name, :value, true)"),
                        {"name": f"app.{name}", "value": value},
                    )
                yield connection


async def refuse_owner_role(database: Database) -> None:
    """Raise ``SetupError`` when the application's role could see past row-level security."""
    query = sa.text(
        "SELECT current_user, r.rolsuper OR r.rolbypassrls AS bypasses,"
        " EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  WHERE n.nspname = 'public' AND c.relname = 'organisation' AND c.relowner = r.oid) AS owns"
        " FROM pg_roles r WHERE r.rolname = current_user"
    )
    with _DatabaseErrors():
        async with database.engine.connect() as connection:
            user, bypasses, owns = (await connection.execute(query)).one()
    if bypasses or owns:
        raise SetupError(
            f"The application must not connect as {user}: that role"
            f" {'bypasses row-level security' if bypasses else 'owns the tables'}."
            " Give STEPCHANGE_DATABASE_URL a role of its own and the owner's to"
            " STEPCHANGE_MIGRATION_DATABASE_URL; `stepchange migrate` then prepares the former."
        )


@dataclass(slots=True)
class _DatabaseErrors:
    """Turns errors of the driver, and of the pool, into domain errors."""

    committing: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, IntegrityError):
            raise explain_violation(error) from error
        if isinstance(error, OperationalError | InterfaceError | NoFreeConnection | TimeoutError) or (
            isinstance(error, DBAPIError) and error.connection_invalidated
        ):
            outcome = (
                "the write may or may not have been applied. Read before you repeat it."
                if self.committing
                else "nothing was written. Try again in a moment."
            )
            raise DatabaseUnavailable(f"The database did not answer in time; {outcome}") from error
