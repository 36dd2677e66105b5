"""Getting a database ready: the embedded one, and somebody else's server."""

import secrets
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from api.installation import DATABASE, LOGIN_ROLE, located, migrate, prepare, require_current, standing_at
from api.settings import Settings
from domain.db import APPLICATION_ROLE, connect, refuse_owner_role
from domain.embedded import EmbeddedServer
from domain.errors import SetupError
from migrations.runner import Standing, head
from tests.factories import an_organisation


class _Server:
    """An empty database of an owner without superuser's rights, as a hosted PostgreSQL gives one."""

    def __init__(self, server: EmbeddedServer) -> None:
        self.server = server
        self.name = f"install_{secrets.token_hex(4)}"
        self.owner = f"owner_{secrets.token_hex(4)}"
        self.login = f"login_{secrets.token_hex(4)}"

    @property
    def owner_url(self) -> str:
        return self.server.url(self.name, user=self.owner)

    @property
    def application_url(self) -> str:
        return self.server.url(self.name, user=f"{self.login}:pass%2Fword")


@pytest.fixture
def external(server: EmbeddedServer) -> Iterator[_Server]:
    """A fresh, empty database with an owner of its own."""
    external = _Server(server)
    with server.connect() as connection:
        connection.execute(f"CREATE ROLE {external.owner} LOGIN CREATEROLE")
        connection.execute(f"GRANT {APPLICATION_ROLE} TO {external.owner} WITH ADMIN TRUE")
        connection.execute(f"CREATE DATABASE {external.name} OWNER {external.owner}")
    yield external
    server.drop_database(external.name)
    with server.connect() as connection:
        connection.execute(f"DROP ROLE IF EXISTS {external.login}")
        connection.execute(f"DROP ROLE {external.owner}")


def _silent(_text: str) -> None:
    return None


def _role(server: EmbeddedServer, name: str) -> tuple[object, ...] | None:
    with server.connect() as connection:
        return connection.execute(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolpassword IS NOT NULL"
            " FROM pg_authid WHERE rolname = %s",
            (name,),
        ).fetchone()


async def test_an_owner_who_is_no_superuser_migrates_and_makes_the_login_role(external: _Server) -> None:
    said: list[str] = []
    done = migrate(external.owner_url, application_url=external.application_url, say=said.append)
    assert (done.before, done.from_revision, done.to_revision) == (Standing.EMPTY, None, head())
    assert done.role_created
    assert said == [f"Migrating the database from empty to {head()}"]
    assert _role(external.server, external.login) == (True, False, False, False, False, True)
    with external.server.connect() as connection:
        membership = connection.execute(
            "SELECT m.inherit_option, m.set_option, m.admin_option FROM pg_auth_members m"
            " JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %s",
            (external.login,),
        ).fetchall()
        stored = connection.execute(
            "SELECT rolpassword FROM pg_authid WHERE rolname = %s", (external.login,)
        ).fetchone()
    assert membership == [(True, False, False)]
    assert stored is not None
    assert str(stored[0]).startswith("SCRAM-SHA-256$")
    database = connect(external.application_url, pool_size=1)
    await refuse_owner_role(database)
    await an_organisation(database)
    await database.close()


def test_migrating_again_changes_nothing(external: _Server) -> None:
    migrate(external.owner_url, application_url=external.application_url, say=_silent)
    said: list[str] = []
    done = migrate(external.owner_url, application_url=external.application_url, say=said.append)
    assert (done.before, done.role_created, said) == (Standing.CURRENT, False, [])


def test_a_role_that_is_there_is_completed(external: _Server) -> None:
    with external.server.connect() as connection:
        connection.execute(f"CREATE ROLE {external.login} NOLOGIN")
        connection.execute(f"GRANT {external.login} TO {external.owner} WITH ADMIN TRUE")
    done = migrate(external.owner_url, application_url=external.application_url, say=_silent)
    assert not done.role_created
    assert _role(external.server, external.login) == (True, False, False, False, False, True)
    require_current(external.application_url)


def test_starters_at_the_same_moment_migrate_one_after_the_other(external: _Server) -> None:
    found: list[Standing | BaseException] = []

    def start() -> None:
        try:
            done = migrate(external.owner_url, application_url=external.application_url, say=_silent)
            found.append(done.before)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            found.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == ["current", "current", "current", "empty"]


def test_the_application_must_not_be_the_owner(external: _Server) -> None:
    with pytest.raises(SetupError, match=f"name the same user, {external.owner}"):
        migrate(external.owner_url, application_url=external.owner_url, say=_silent)


def test_an_owner_without_rights_is_told_which(external: _Server) -> None:
    with external.server.connect() as connection:
        connection.execute(f"ALTER ROLE {external.owner} NOCREATEROLE")
    with pytest.raises(SetupError, match="CREATEROLE"):
        migrate(external.owner_url, application_url=external.application_url, say=_silent)
    # the tables are there, since another may have made the application's role; its login is not
    assert standing_at(external.owner_url)[0] is Standing.CURRENT
    with external.server.connect() as connection:
        connection.execute(f"ALTER ROLE {external.owner} CREATEROLE")
    migrate(external.owner_url, application_url=external.application_url, say=_silent)
    require_current(external.application_url)


def test_a_table_that_is_in_use_stops_the_migration_in_time(external: _Server) -> None:
    migrate(external.owner_url, application_url=None, say=_silent)
    engine = sa.create_engine(external.owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with external.server.connect(external.name) as blocking, blocking.transaction():
        blocking.execute("LOCK TABLE organisation IN ACCESS SHARE MODE")
        began = time.monotonic()
        with pytest.raises(SetupError, match="did not get its locks"):
            migrate(external.owner_url, application_url=None, say=_silent)
        assert time.monotonic() - began < 10


def test_an_external_database_is_never_migrated_on_the_way(external: _Server) -> None:
    with external.server.connect() as connection:
        connection.execute(f"CREATE ROLE {external.login} LOGIN")
    settings = Settings.model_validate({"database_url": external.application_url})
    with located(settings, say=_silent) as installation:
        assert installation.embedded is None
        with pytest.raises(SetupError, match=r"is empty\. Set STEPCHANGE_MIGRATION_DATABASE_URL") as refused:
            prepare(installation, say=_silent)
    assert "pass" not in refused.value.message
    assert standing_at(external.owner_url) == (Standing.EMPTY, None)


def test_data_of_a_newer_version_are_left_alone(external: _Server) -> None:
    migrate(external.owner_url, application_url=external.application_url, say=_silent)
    engine = sa.create_engine(external.owner_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (
        lambda: migrate(external.owner_url, application_url=None, say=_silent),
        lambda: require_current(external.application_url),
    ):
        with pytest.raises(
            SetupError, match=rf"newer version of Stepchange \(schema 9999; this one knows {head()}"
        ):
            attempt()
    assert standing_at(external.owner_url) == (Standing.AHEAD, "9999")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda url: url.set(host="127.0.0.1", port=1, query={}), "can't be reached: .*refused"),
        (lambda url: url.set(username="nobody_of_this_name"), "can't be reached: .*does not exist"),
        (lambda url: url.set(database="no_such_database"), "can't be reached: .*does not exist"),
    ],
)
def test_a_database_that_cannot_be_had_is_told_by_its_reason(
    application_url: str, change: "type[sa.URL]", message: str
) -> None:
    url = change(sa.make_url(application_url)).set(password="hunter2")  # type: ignore[call-arg,arg-type]
    with pytest.raises(SetupError, match=message) as refused:
        require_current(url.render_as_string(hide_password=False))
    assert "hunter2" not in refused.value.message
    assert "STEPCHANGE_DATABASE_URL" in refused.value.message


def test_a_database_that_stays_silent_is_given_up_on() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(SetupError, match="can't be reached"):
            require_current(f"postgresql+psycopg://app@127.0.0.1:{silent.getsockname()[1]}/stepchange")
        assert time.monotonic() - began < 20


def test_an_embedded_database_is_made_once_and_stays(tmp_path: Path) -> None:
    settings = Settings.model_validate({"data_dir": tmp_path / "data"})
    said: list[str] = []
    for _ in range(2):
        with located(settings, say=said.append) as installation:
            assert installation.embedded is not None
            done = prepare(installation, say=said.append)
            assert done is not None
            assert sa.make_url(installation.application_url).username == LOGIN_ROLE
            assert sa.make_url(installation.application_url).database == DATABASE
            require_current(installation.application_url)
    assert [line.partition(" in ")[0] for line in said] == [
        "Creating the embedded PostgreSQL",
        f"Migrating the database from empty to {head()}",
        "Starting the embedded PostgreSQL",
    ]


def test_a_data_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings.model_validate({"data_dir": tmp_path / "file" / "data"})
    with pytest.raises(SetupError, match="can't be written: Not a directory"), located(settings, say=_silent):
        pytest.fail("it was used")


def test_a_data_folder_of_another_postgresql_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("99\n")
    settings = Settings.model_validate({"data_dir": tmp_path})
    with pytest.raises(SetupError, match="belongs to PostgreSQL 99"), located(settings, say=_silent):
        pytest.fail("it was used")
