"""``stepchange doctor``: what is wrong with an installation, and what to do about it."""

import asyncio
import json
import platform
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated

import typer

from api.commands.console import progress, say, show_json, show_table
from api.installation import Installation, located, server_version, standing_at
from api.settings import Settings, load_settings, unknown_variables, without_password
from api.sockets import listen_on
from domain.db import Database, connect, refuse_owner_role
from domain.errors import DatabaseUnavailable, SetupError
from domain.token import local_development_tokens
from migrations import runner
from migrations.runner import Standing


class Verdict(StrEnum):
    """What came of a check."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    found: str


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check versions, settings, database, migrations, role, tokens, data folder and port.

    Exits with 1 if one of them is wrong. Changes nothing: an embedded database that was never started is not
    made.
    """
    checks = list(_examine(load_settings()))
    if as_json:
        show_json([asdict(check) for check in checks])
    else:
        rows = [(check.name, check.verdict.value, check.found) for check in checks]
        show_table(("check", "", "found"), rows, nothing="")
    wrong = sum(check.verdict is Verdict.WRONG for check in checks)
    if wrong:
        progress(f"{wrong} of {len(checks)} checks found something wrong.")
        raise typer.Exit(1)
    if not as_json:
        say("Nothing is wrong.")


def _examine(settings: Settings) -> Iterator[Check]:
    yield Check("program", Verdict.OK, f"stepchange {version('stepchange')}, schema {runner.head()}")
    yield Check("python", Verdict.OK, f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield _settings(settings)
    yield _port(settings)
    if settings.embedded and not (settings.data_dir / "postgres" / "PG_VERSION").exists():
        yield Check(
            "database",
            Verdict.NOTE,
            f"not made yet: `make run` or `stepchange serve` makes it in {settings.data_dir}",
        )
        return
    try:
        with located(settings, say=lambda _text: None) as installation:
            yield from _database(settings, installation)
    except SetupError as error:
        yield Check("database", Verdict.WRONG, error.message)


def _settings(settings: Settings) -> Check:
    unknown = unknown_variables()
    if unknown:
        return Check("settings", Verdict.WRONG, f"unknown, perhaps misspelt: {', '.join(unknown)}")
    place = f"embedded in {settings.data_dir}" if settings.embedded else "STEPCHANGE_DATABASE_URL"
    return Check("settings", Verdict.OK, f"database {place}; address {settings.host}:{settings.port}")


def _port(settings: Settings) -> Check:
    try:
        for opened in listen_on(settings.host, settings.port):
            opened.close()
    except SetupError as error:
        if _stepchange_answers(settings):
            return Check("port", Verdict.OK, f"{settings.port}: a Stepchange server runs and is healthy")
        return Check("port", Verdict.WRONG, error.message)
    return Check("port", Verdict.OK, f"{settings.port} is free")


def _stepchange_answers(settings: Settings) -> bool:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/healthz", timeout=2) as response:
            answer: object = json.load(response)
    except (OSError, ValueError):
        return False
    return answer == {"status": "ok"}


def _database(settings: Settings, installation: Installation) -> Iterator[Check]:
    application_url = installation.application_url
    url = installation.owner_url or application_url
    try:
        major = server_version(url)
        standing, revision = standing_at(url)
    except SetupError as error:
        yield Check("database", Verdict.WRONG, error.message)
        return
    place = "embedded" if installation.embedded else without_password(application_url)
    yield Check("database", Verdict.OK, f"PostgreSQL {major}, {place}")
    yield _migrations(standing, revision, embedded=installation.embedded is not None)
    if standing is not Standing.CURRENT:
        return
    yield asyncio.run(_ask(application_url, "role", _role))
    yield asyncio.run(_ask(application_url, "tokens", lambda database: _tokens(database, settings)))


def _migrations(standing: Standing, revision: str | None, *, embedded: bool) -> Check:
    at = f"revision {revision or 'none'}, this program's is {runner.head()}"
    match standing:
        case Standing.CURRENT:
            return Check("migrations", Verdict.OK, f"up to date (revision {revision})")
        case Standing.AHEAD:
            return Check("migrations", Verdict.WRONG, f"{at}: a newer Stepchange migrated it; start that one")
    if embedded:
        return Check("migrations", Verdict.NOTE, f"{at}: the next start migrates it")
    return Check("migrations", Verdict.WRONG, f"{at}: run `stepchange migrate`")


async def _ask(url: str, name: str, look: Callable[[Database], Awaitable[Check]]) -> Check:
    database = connect(url, pool_size=1, application_name="stepchange-doctor")
    try:
        return await look(database)
    except (SetupError, DatabaseUnavailable) as error:
        return Check(name, Verdict.WRONG, error.message)
    finally:
        await database.close()


async def _role(database: Database) -> Check:
    await refuse_owner_role(database)
    return Check(
        "role", Verdict.OK, "the application neither owns its tables nor bypasses row-level security"
    )


async def _tokens(database: Database, settings: Settings) -> Check:
    found = await local_development_tokens(database)
    if found and not settings.loopback:
        return Check(
            "tokens",
            Verdict.WRONG,
            f"a local development token is in force, and {settings.host} can be reached from elsewhere:"
            " `stepchange token revoke --local-development`",
        )
    return Check("tokens", Verdict.OK, f"{len(found) or 'no'} local development token in force")
