"""The real server as a process: starting, stopping, and what keeps it from either."""

import asyncio
import json
import shlex
import signal
import socket
import stat
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy as sa
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.serving import stop_signals
from domain.commands.token import TokenCreate, TokenRevoke
from domain.db import Database
from domain.embedded import EmbeddedServer
from domain.enums import TokenScope
from domain.token import create_local_development_token, create_token, new_secret, revoke_token
from migrations.runner import head
from tests.api.process import refused, serving, start
from tests.factories import an_organisation

TEAMS = "{ teams { totalCount nodes { name } } }"
TEAM_CREATE = (
    "mutation ($name: String!) { teamCreate(input: {name: $name}) { __typename ... on TeamCreateSuccess"
    " { team { name } } } }"
)


def _post(url: str, token: str | None, query: str, **more: Any) -> httpx.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers |= more.pop("headers", {})
    return httpx.post(f"{url}/graphql", json={"query": query, **more}, headers=headers, timeout=20)


def _as_printed(out: str) -> httpx.Response:
    """The answer to the ready curl line."""
    (line,) = [line for line in out.splitlines() if line.startswith("curl ")]
    _curl, _silent, url, *options = shlex.split(line)
    assert options[0::2] == ["-H", "-H", "-d"]
    headers = dict(text.split(": ", 1) for text in options[1:4:2])
    return httpx.post(url, headers=headers, content=options[5], timeout=20)


def _postgres_of(folder: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(folder) in " ".join(process.info["cmdline"] or [])
    ]


def test_first_and_second_start_show_the_same_token_and_the_data_stay(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(tmp_path / "first", data_dir=str(data)) as server:
        assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready", "schema": "current"}
        token = server.token
        assert _post(server.url, token, TEAM_CREATE, variables={"name": "Kept"}).status_code == 200
        ready = _as_printed(server.out)
        assert "errors" not in ready.json()
        assert ready.json()["data"]["portfolios"]["nodes"] is not None
        # not by way of a proxy, and not without a token
        assert _post(server.url, token, TEAMS, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 401
        assert _post(server.url, new_secret(), TEAMS).status_code == 401
        assert server.stop(signal.SIGTERM) == 0
        assert server.out.endswith("Stopped. The data stay.\n")
        assert "Traceback" not in server.err
        assert token not in server.err
    assert stat.S_IMODE((data / "development-token").stat().st_mode) == 0o600
    assert _postgres_of(data) == []
    with serving(tmp_path / "second", data_dir=str(data)) as server:
        assert server.token == token
        assert "Creating" not in server.out
        assert "Migrating" not in server.out
        assert "Kept" in _post(server.url, token, TEAMS).text
        assert server.stop(signal.SIGINT) == 0
    # on an address that others reach, the token would be theirs, too
    code, error = refused(tmp_path / "third", data_dir=str(data), host="0.0.0.0")
    assert code == 2
    assert "token revoke --local-development" in error
    assert error.count("\n") == 1
    assert _postgres_of(data) == []


def test_two_servers_share_a_data_folder_and_the_last_one_stops_the_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with (
        serving(tmp_path / "a", data_dir=str(data)) as first,
        serving(tmp_path / "b", data_dir=str(data)) as second,
    ):
        assert first.token == second.token
        assert _post(first.url, first.token, TEAM_CREATE, variables={"name": "Shared"}).status_code == 200
        assert first.stop() == 0
        assert "Shared" in _post(second.url, second.token, TEAMS).text
        assert second.stop() == 0
    assert _postgres_of(data) == []


def test_a_killed_server_leaves_nothing_that_keeps_the_next_one_from_starting(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(tmp_path / "a", data_dir=str(data)) as server:
        token = server.token
        server.stop(signal.SIGKILL)
    with serving(tmp_path / "b", data_dir=str(data)) as server:
        assert server.token == token
        assert server.stop() == 0
    assert _postgres_of(data) == []


def test_a_closed_terminal_stops_the_server(tmp_path: Path) -> None:
    with serving(tmp_path / "a", data_dir=str(tmp_path / "data")) as server:
        assert server.stop(signal.SIGHUP) == 0
    assert _postgres_of(tmp_path / "data") == []


@pytest.mark.parametrize("moment", ["Creating", "Loading"])
def test_a_signal_that_comes_while_it_starts_is_not_lost(tmp_path: Path, moment: str) -> None:
    data = tmp_path / "data"
    process = start(tmp_path / "a", data_dir=str(data))
    try:
        while moment not in process.out:
            assert process.popen.poll() is None, process.err
            time.sleep(0.01)
        assert process.stop() == 0
    finally:
        process.popen.kill()
        process.popen.wait()
    assert process.out.endswith("Stopped. The data stay.\n")
    assert _postgres_of(data) == []


def test_a_busy_port_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, error = refused(tmp_path, data_dir=str(tmp_path / "data"), port=str(port))
    assert code == 2
    assert f"Port {port} on 127.0.0.1 is taken" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_data_of_a_newer_version_are_told_and_left_alone(
    server: EmbeddedServer, database_name: str, application_url: str, tmp_path: Path
) -> None:
    engine = sa.create_engine(server.url(database_name), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    code, error = refused(tmp_path, database_url=application_url)
    assert code == 2
    assert f"newer version of Stepchange (schema 9999; this one knows {head()})" in error
    assert error.count("\n") == 1


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://app:hunter2@127.0.0.1:{silent.getsockname()[1]}/stepchange"
        code, error = refused(tmp_path, database_url=url)
    assert code == 2
    assert "can't be reached" in error
    assert "hunter2" not in error
    assert error.count("\n") == 1


def test_the_owner_of_the_tables_is_refused(
    server: EmbeddedServer, database_name: str, tmp_path: Path
) -> None:
    code, error = refused(tmp_path, database_url=server.url(database_name))
    assert code == 2
    assert "must not connect as postgres" in error


async def test_a_server_for_others_refuses_a_database_with_a_local_development_token(
    database: Database, application_url: str, tmp_path: Path
) -> None:
    actor = await an_organisation(database)
    secret = new_secret()
    row = await create_local_development_token(database, actor, secret=secret)
    code, error = await asyncio.to_thread(
        refused, tmp_path / "refused", database_url=application_url, host="0.0.0.0"
    )
    assert code == 2
    assert "token revoke --local-development" in error
    await revoke_token(database, actor, TokenRevoke(id=row.id))
    _, other = await create_token(database, actor, TokenCreate(name="Client"))

    def serve() -> None:
        with serving(tmp_path / "served", database_url=application_url, host="0.0.0.0") as process:
            assert "stepchange token create" in process.out
            assert _post(process.url, other, TEAMS).status_code == 200
            assert _post(process.url, secret, TEAMS).status_code == 401
            shown = _post(process.url, other, "{ __schema { queryType { name } } }")
            assert "data" not in shown.json()
            assert shown.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"

    await asyncio.to_thread(serve)


async def test_a_revoked_token_is_refused_within_5_s_also_on_an_open_socket(
    database: Database, application_url: str, tmp_path: Path
) -> None:
    actor = await an_organisation(database)
    row, secret = await create_token(database, actor, TokenCreate(name="Client"))
    with serving(tmp_path, database_url=application_url) as process:
        assert (await asyncio.to_thread(_post, process.url, secret, TEAMS)).status_code == 200
        address = process.url.replace("http://", "ws://") + "/graphql"
        async with open_socket(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as opened:
            init = {"type": "connection_init", "payload": {"authorization": f"Bearer {secret}"}}
            await opened.send(json.dumps(init))
            assert json.loads(await opened.recv())["type"] == "connection_ack"
            await revoke_token(database, actor, TokenRevoke(id=row.id))
            revoked = time.monotonic()
            with pytest.raises(ConnectionClosed):
                async with asyncio.timeout(5):
                    await opened.recv()
        response = await asyncio.to_thread(_post, process.url, secret, TEAMS)
        assert time.monotonic() - revoked < 5
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert process.stop() == 0
    lines = [json.loads(line) for line in process.err.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert {line["status"] for line in requests} == {200, 401}
    assert {line.get("tenant") for line in requests if line["status"] == 200} == {str(actor.organisation_id)}
    assert all(line["request_id"] for line in requests)
    assert secret not in process.err


async def test_what_runs_may_finish_after_sigterm(
    database: Database, server: EmbeddedServer, database_name: str, application_url: str, tmp_path: Path
) -> None:
    actor = await an_organisation(database)
    command = TokenCreate(name="Client", scopes=frozenset({TokenScope.READ, TokenScope.WRITE}))
    _, secret = await create_token(database, actor, command)

    def drain() -> httpx.Response:
        answers: list[httpx.Response] = []
        with serving(tmp_path, database_url=application_url) as process:

            def ask() -> None:
                answers.append(_post(process.url, secret, TEAM_CREATE, variables={"name": "Last"}))

            _post(process.url, secret, TEAMS)
            with server.connect(database_name) as blocking, blocking.transaction():
                blocking.execute("LOCK TABLE team IN SHARE MODE")
                asking = threading.Thread(target=ask)
                asking.start()
                # it gives the lock up after 2 s
                while not blocking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone():
                    time.sleep(0.02)
                process.popen.send_signal(signal.SIGTERM)
                with pytest.raises(httpx.TransportError):
                    while True:  # until it does not accept any more
                        httpx.get(f"{process.url}/healthz")
            asking.join()
            assert process.popen.wait(20) == 0
        return answers[0]

    response = await asyncio.to_thread(drain)
    assert response.status_code == 200
    assert response.json()["data"]["teamCreate"]["team"] == {"name": "Last"}


def test_the_first_signal_is_noted_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_signals() as stop:
        stop.check()
        signal.raise_signal(signal.SIGTERM)
        assert stop.requested
        with pytest.raises(KeyboardInterrupt):
            stop.check()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGTERM) is before
