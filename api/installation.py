"""Makes a database fit to serve from: starts the embedded one, migrates, and prepares the login role."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from api.settings import PREFIX, Settings, without_password
from domain.db import APPLICATION_ROLE
from domain.embedded import EmbeddedServer, embedded_server
from domain.errors import SetupError
from migrations import runner
from migrations.runner import Standing

DATABASE = "stepchange"
LOGIN_ROLE = "stepchange"
"""Names of the database and of the application's login role in the embedded server."""

OLDEST_POSTGRESQL = 16

_CONNECT_TIMEOUT_SECONDS = 5
_MIGRATION_LOCK = 7_236_842_011_377
_MIGRATION_LOCK_WAIT_SECONDS = 120
_RECOVERY_SECONDS = 60

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A database that is migrated and has its login role."""

    application_url: str
    owner_url: str | None
    embedded: EmbeddedServer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """What a migration did; revisions are None for an empty database."""

    before: Standing
    from_revision: str | None
    to_revision: str | None
    role_created: bool


@contextmanager
def located(settings: Settings, *, say: Say) -> Iterator[Installation]:
    """The database of the settings, as it is: the embedded server runs within this block.

    Raises
    ------
    SetupError
        When the data folder can't be used, or the embedded server does not start.
    """
    if settings.database_url is not None:
        owner = settings.migration_database_url
        yield Installation(
            application_url=settings.database_url.get_secret_value(),
            owner_url=None if owner is None else owner.get_secret_value(),
            embedded=None,
        )
        return
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(
            f"The data folder {folder} can't be written: {error.strerror}."
            f" Correct its owner or its rights, or set {PREFIX}DATA_DIR to another folder."
        ) from error
    first = not (folder / "postgres" / "PG_VERSION").exists()
    say(
        f"{'Creating' if first else 'Starting'} the embedded PostgreSQL in {folder / 'postgres'}"
        f"{' (once, some seconds)' if first else ''}"
    )
    with embedded_server(folder) as server:
        _ensure_database(server, say=say)
        yield Installation(
            application_url=server.url(DATABASE, user=LOGIN_ROLE),
            owner_url=server.url(DATABASE),
            embedded=server,
        )


def _ensure_database(server: EmbeddedServer, *, say: Say) -> None:
    """Create the database, as soon as the server lets us in; another process may be faster."""
    deadline = time.monotonic() + _RECOVERY_SECONDS
    told = False
    while True:
        try:
            server.ensure_database(DATABASE)
        except (
            psycopg.errors.DuplicateDatabase,
            psycopg.errors.UniqueViolation,
            psycopg.OperationalError,  # in use by the other process, or recovering from a crash
        ) as error:
            if time.monotonic() > deadline:
                raise SetupError(
                    f"The embedded PostgreSQL runs but does not let us in: {str(error).strip()}."
                    " Its log is the file `log` in its folder; after a crash, wait and start again."
                ) from error
            recovering = isinstance(error, psycopg.errors.CannotConnectNow) or error.sqlstate is None
            if recovering and not told:
                say("Waiting for the embedded PostgreSQL to recover from how it ended")
                told = True
            time.sleep(0.2)
        else:
            return


def prepare(installation: Installation, *, say: Say) -> Migration | None:
    """Migrate as the owner if the owner is known; else make sure that somebody has done so.

    Raises
    ------
    SetupError
        When the database does not answer, belongs to a newer program or is not migrated, or when the
        owner may not create roles.
    """
    if installation.owner_url is None:
        require_current(installation.application_url)
        return None
    return migrate(installation.owner_url, application_url=installation.application_url, say=say)


def migrate(owner_url: str, *, application_url: str | None, say: Say) -> Migration:
    """Bring the schema up to date and prepare the application's login role; one process at a time.

    Raises
    ------
    SetupError
        As ``prepare`` does.
    """
    with _owner_connection(owner_url) as connection:
        _lock_migrations(connection, say=say)
        before = runner.standing(connection)
        from_revision = _revision(connection)
        connection.rollback()
        if before is Standing.AHEAD:
            raise SetupError(_ahead(from_revision))
        if before is not Standing.CURRENT:
            say(f"Migrating the database from {from_revision or 'empty'} to {runner.head()}")
            runner.upgrade(connection)
            connection.commit()
        created = False
        if application_url is not None:
            created = _ensure_login_role(connection, application_url)
            connection.commit()
        return Migration(
            before=before, from_revision=from_revision, to_revision=runner.head(), role_created=created
        )


def require_current(application_url: str) -> None:
    """Raise ``SetupError`` unless the database answers and its schema is this program's."""
    standing, revision = standing_at(application_url)
    if standing is Standing.AHEAD:
        raise SetupError(_ahead(revision))
    if standing is not Standing.CURRENT:
        raise SetupError(
            f"The database {without_password(application_url)} is"
            f" {'empty' if standing is Standing.EMPTY else 'behind this program'}."
            f" Set {PREFIX}MIGRATION_DATABASE_URL to its owner's URL and run `stepchange migrate`."
        )


def standing_at(url: str) -> tuple[Standing, str | None]:
    """Where the schema of a database stands, and its revision.

    Raises
    ------
    SetupError
        When it does not answer.
    """
    with _explained(url), _engine(url).connect() as connection:
        return runner.standing(connection), _revision(connection)


def server_version(url: str) -> int:
    """Major version of the PostgreSQL behind a URL.

    Raises
    ------
    SetupError
        When it does not answer.
    """
    with _explained(url), _engine(url).connect() as connection:
        return _major(connection)


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "connect_timeout": _CONNECT_TIMEOUT_SECONDS,
            "application_name": "stepchange-setup",
        },
    )


@contextmanager
def _owner_connection(url: str) -> Iterator[sa.Connection]:
    with _explained(url), _engine(url).connect() as connection:
        major = _major(connection)
        connection.rollback()
        if major < OLDEST_POSTGRESQL:
            raise SetupError(
                f"The database {without_password(url)} is PostgreSQL {major}; this program needs"
                f" {OLDEST_POSTGRESQL} or newer. Upgrade the server, or use another one."
            )
        yield connection


def _major(connection: sa.Connection) -> int:
    number = connection.execute(sa.text("SELECT current_setting('server_version_num')::int")).scalar_one()
    return int(number) // 10_000


def _lock_migrations(connection: sa.Connection, *, say: Say) -> None:
    """Wait until no other process migrates this database; the lock ends with the connection."""
    deadline = time.monotonic() + _MIGRATION_LOCK_WAIT_SECONDS
    waiting = False
    query = sa.text("SELECT pg_try_advisory_lock(:key)")
    while not connection.execute(query, {"key": _MIGRATION_LOCK}).scalar_one():
        connection.rollback()
        if time.monotonic() > deadline:
            raise SetupError(
                f"Another process has been migrating this database for {_MIGRATION_LOCK_WAIT_SECONDS} s."
                " Wait for it to end, or end it, and start again."
            )
        if not waiting:
            say("Waiting for another process that is migrating the database")
            waiting = True
        time.sleep(0.2)
    connection.commit()


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _ahead(revision: str | None) -> str:
    return (
        f"The data were migrated by a newer version of Stepchange (schema {revision}; this one knows"
        f" {runner.head()}). Start that version, or restore a backup from before its migration;"
        f" nothing has been changed."
    )


def _ensure_login_role(connection: sa.Connection, application_url: str) -> bool:
    """Let the URL's user log in and do what the application's role may; returns whether it was created."""
    url = sa.make_url(application_url)
    if url.username is None:
        raise SetupError(f"{PREFIX}DATABASE_URL names no user; it begins like postgresql://user:password@…")
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError("migrations need psycopg")

    def run(statement: sql.Composed) -> None:
        connection.exec_driver_sql(statement.as_string(driver).replace("%", "%%"))

    name = {"name": url.username, "group": APPLICATION_ROLE}
    role, group = sql.Identifier(url.username), sql.Identifier(APPLICATION_ROLE)
    if connection.execute(sa.text("SELECT current_user = :name"), name).scalar_one():
        raise SetupError(
            f"{PREFIX}DATABASE_URL and {PREFIX}MIGRATION_DATABASE_URL name the same user, {url.username}."
            " The application must not own its tables: give it a user of its own; this command creates it."
        )
    can_log_in = connection.execute(
        sa.text("SELECT rolcanlogin FROM pg_roles WHERE rolname = :name"), name
    ).scalar()
    if can_log_in is None:
        rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
        run(sql.SQL("CREATE ROLE {} {}").format(role, sql.SQL(rights)))
    elif not can_log_in:
        run(sql.SQL("ALTER ROLE {} LOGIN").format(role))
    if url.password is not None and not (can_log_in and _logs_in(application_url)):
        # the server gets, and may log, the verifier only
        verifier = driver.pgconn.encrypt_password(
            str(url.password).encode(), url.username.encode(), b"scram-sha-256"
        )
        run(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(verifier.decode())))
    if not connection.execute(sa.text("SELECT pg_has_role(:name, :group, 'USAGE')"), name).scalar_one():
        run(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(group, role))
    return can_log_in is None


def _logs_in(url: str) -> bool:
    try:
        with _engine(url).connect():
            return True
    except DBAPIError:
        return False


@contextmanager
def _explained(url: str) -> Iterator[None]:
    """Turn the driver's errors into what to do about them; they may name hosts, never passwords."""
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        said = next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)
        if state == psycopg.errors.InsufficientPrivilege.sqlstate:
            raise SetupError(
                f"The user of {without_password(url)} may not do what a migration needs ({said})."
                " It must own the database and have CREATEROLE:"
                f" ALTER ROLE … CREATEROLE; ALTER DATABASE … OWNER TO …."
            ) from error
        if state == psycopg.errors.LockNotAvailable.sqlstate:
            raise SetupError(
                "The migration did not get its locks: another session holds a table. Nothing of the step"
                " was changed. End long transactions, or try again when less is going on."
            ) from error
        if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError):
            raise SetupError(
                f"The database {without_password(url)} can't be reached: {said}."
                f" Check that it runs and that its URL is right ({PREFIX}DATABASE_URL,"
                f" {PREFIX}MIGRATION_DATABASE_URL); without these, the embedded database is used."
            ) from error
        raise
