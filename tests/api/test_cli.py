"""The command line against a real database: what it prints, and with which exit code it ends."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from api.cli import main
from domain.embedded import EmbeddedServer
from domain.token import is_well_formed
from migrations.runner import head


class Outcome(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], application_url: str, tmp_path: Path
) -> Run:
    """Runs the command in this process, on the fresh database."""
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", application_url)
    monkeypatch.setenv("STEPCHANGE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("STEPCHANGE_PORT", "0")

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["stepchange", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Outcome(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture
def organisation(run: Run) -> str:
    """An organisation with its administrator."""
    done = run(
        "organisation", "create", "acme", "--admin-email", "ada@acme.example", "--name", "Acme", "--json"
    )
    assert done.code == 0
    assert json.loads(done.out)["slug"] == "acme"
    return "acme"


def test_version_and_help(run: Run) -> None:
    version = run("--version")
    assert (version.code, version.out) == (0, "stepchange 0.1.0\n")
    shown = run("--help")
    assert shown.code == 0
    for command in ("serve", "migrate", "demo", "doctor", "token", "organisation"):
        assert command in shown.out


def test_wrong_usage_exits_with_2(run: Run) -> None:
    done = run("token", "create", "--expires-in-days", "soon")
    assert done.code == 2
    assert "Invalid value" in done.err
    assert "Traceback" not in done.err


def test_a_token_is_shown_once_listed_and_revoked(run: Run, organisation: str) -> None:
    created = run(
        "token",
        "create",
        "--organisation",
        organisation,
        "--name",
        "CI",
        "--scope",
        "read",
        "--scope",
        "write",
    )
    secret = created.out.strip()
    assert created.code == 0
    assert is_well_formed(secret)
    assert "'CI' with read, write" in created.err
    listed = run("token", "list", "--organisation", organisation)
    assert listed.code == 0
    assert secret not in listed.out
    assert secret[:9] in listed.out
    assert "ada@acme.example" in listed.out
    revoked = run("token", "revoke", secret[:9], "--organisation", organisation)
    assert (revoked.code, revoked.out) == (0, f"Revoked 'CI' ({secret[:9]}…).\n")
    assert "There are no tokens" in run("token", "list", "--organisation", organisation).out
    (ended,) = json.loads(run("token", "list", "--ended", "--json", "--organisation", organisation).out)
    assert (ended["state"], ended["member"], ended["scopes"]) == (
        "revoked",
        "ada@acme.example",
        ["read", "write"],
    )
    assert secret not in json.dumps(ended)


def test_the_organisation_may_come_from_the_environment(
    run: Run, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPCHANGE_ORGANISATION", organisation)
    done = run("token", "create", "--json", "--expires-in-days", "0")
    assert done.code == 0
    assert json.loads(done.out)["expiresAt"] is None
    assert json.loads(done.out)["scopes"] == ["read"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("token", "create", "--organisation", "nowhere"), "no organisation 'nowhere'"),
        (
            ("token", "create", "--organisation", "acme", "--member", "x@y.example"),
            "no member with the email",
        ),
        (("token", "revoke", "sc_nothing", "--organisation", "acme"), "No token has this id"),
        (("token", "revoke", "--organisation", "acme"), "Give either a token or --local-development"),
        (("organisation", "create", "acme", "--admin-email", "a@b.example"), "slug exists already"),
        (("organisation", "create", "No Slug", "--admin-email", "a@b.example"), "slug: String should match"),
    ],
)
def test_a_refusal_is_one_line_and_exits_with_1(
    run: Run, organisation: str, arguments: tuple[str, ...], message: str
) -> None:
    done = run(*arguments)
    assert done.code == 1
    assert done.err.startswith("stepchange: ")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_an_ambiguous_beginning_revokes_nothing(run: Run, organisation: str) -> None:
    for _ in range(2):
        run("token", "create", "--organisation", organisation)
    done = run("token", "revoke", "sc_", "--organisation", organisation)
    assert done.code == 1
    assert "2 tokens begin like this" in done.err


def test_the_demo_is_loaded_once(run: Run) -> None:
    first, second = run("demo", "--json"), run("demo", "--json")
    assert (first.code, second.code) == (0, 0)
    assert json.loads(first.out) == json.loads(second.out)


def test_migrate_needs_the_owner(
    run: Run, server: EmbeddedServer, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = run("migrate")
    assert refused.code == 2
    assert "set STEPCHANGE_MIGRATION_DATABASE_URL" in refused.err
    monkeypatch.setenv("STEPCHANGE_MIGRATION_DATABASE_URL", server.url(database_name))
    done = run("migrate", "--json")
    assert done.code == 0
    assert json.loads(done.out) == {"from": head(), "to": head(), "roleCreated": False}
    assert run("migrate").out == f"The schema is up to date (revision {head()}).\n"


def test_a_setting_that_cannot_be_used_exits_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPCHANGE_PORT", "eighty")
    done = run("doctor")
    assert done.code == 2
    assert "STEPCHANGE_PORT: Input should be a valid integer" in done.err


def test_doctor_finds_nothing_wrong_with_a_sound_installation(run: Run) -> None:
    done = run("doctor", "--json")
    checks = {check["name"]: check["verdict"] for check in json.loads(done.out)}
    assert done.code == 0
    assert checks == dict.fromkeys(
        ("program", "python", "settings", "port", "database", "migrations", "role", "tokens"), "ok"
    )
    assert run("doctor").out.endswith("Nothing is wrong.\n")


@pytest.mark.parametrize(
    ("revision", "found"), [("0001", "run `stepchange migrate`"), ("9999", "a newer Stepchange migrated it")]
)
def test_doctor_names_a_schema_that_is_not_this_programs(
    run: Run, server: EmbeddedServer, database_name: str, revision: str, found: str
) -> None:
    engine = sa.create_engine(server.url(database_name), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
    done = run("doctor", "--json")
    wrong = [check for check in json.loads(done.out) if check["verdict"] == "wrong"]
    assert done.code == 1
    assert [check["name"] for check in wrong] == ["migrations"]
    assert found in wrong[0]["found"]


def test_doctor_names_the_owners_role_a_misspelt_variable_and_a_silent_database(
    run: Run, server: EmbeddedServer, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", server.url(database_name))
    monkeypatch.setenv("STEPCHANGE_DATABSE_URL", "x")
    done = run("doctor", "--json")
    wrong = {check["name"]: check["found"] for check in json.loads(done.out) if check["verdict"] == "wrong"}
    assert done.code == 1
    assert set(wrong) == {"settings", "role"}
    assert "STEPCHANGE_DATABSE_URL" in wrong["settings"]
    assert "must not connect as postgres" in wrong["role"]
    monkeypatch.setenv("STEPCHANGE_DATABASE_URL", "postgresql://app@127.0.0.1:1/stepchange")
    done = run("doctor", "--json")
    wrong = {check["name"]: check["found"] for check in json.loads(done.out) if check["verdict"] == "wrong"}
    assert set(wrong) == {"settings", "database"}
    assert "can't be reached" in wrong["database"]


def test_doctor_makes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STEPCHANGE_DATABASE_URL")
    done = run("doctor", "--json")
    assert done.code == 0
    assert json.loads(done.out)[-1]["verdict"] == "note"
    assert not (tmp_path / "data").exists()


def test_doctor_names_a_local_development_token_on_a_server_for_others(
    run: Run, monkeypatch: pytest.MonkeyPatch, application_url: str
) -> None:
    import asyncio

    from domain.db import connect
    from domain.token import create_local_development_token, new_secret
    from tests.factories import an_organisation

    async def make() -> None:
        database = connect(application_url, pool_size=1)
        await create_local_development_token(database, await an_organisation(database), secret=new_secret())
        await database.close()

    asyncio.run(make())
    assert run("doctor").code == 0
    monkeypatch.setenv("STEPCHANGE_HOST", "0.0.0.0")
    done = run("doctor")
    assert done.code == 1
    assert "token revoke --local-development" in done.out
    assert run("token", "revoke", "--local-development").out == "Revoked 1 local development token.\n"
    assert run("doctor").code == 0
