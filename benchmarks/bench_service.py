"""What a running solve leaves of the server: the time of other requests over HTTP while a scenario is solved."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from api.ids import encode_id
from benchmarks.harness import Measurement
from benchmarks.seeding import seed
from domain.actor import Actor
from domain.commands.token import TokenCreate
from domain.db import APPLICATION_ROLE, connect
from domain.embedded import EmbeddedServer, embedded_server
from domain.enums import TokenScope
from domain.token import create_token
from migrations import runner

INITIATIVES = 400
_SECONDS = 20.0
_PAUSE = 0.02
_START_SECONDS = 120.0
_BUDGET_SECONDS = 100

READ = """
query($id: ID!) { node(id: $id) { ... on Portfolio { ranking(first: 20) { totalCount nodes {
  rank score initiative { id title state } terms { key contribution }
  blockedBy(first: 3) { initiative { title } } } } } } }
"""
TEAMS = "{ teams(first: 100) { nodes { id } } }"
CYCLE = """
mutation($input: CycleCreateInput!) { cycleCreate(input: $input) {
  __typename ... on CycleCreateSuccess { cycle { id } } } }
"""
CAPACITY = "mutation($input: TeamCapacitySetInput!) { teamCapacitySet(input: $input) { __typename } }"
SCENARIO = """
mutation($input: ScenarioCreateInput!) { scenarioCreate(input: $input) {
  __typename ... on ScenarioCreateSuccess { scenario { id } } ... on UserError { message } } }
"""
SOLVE = """
mutation($input: ScenarioSolveInput!) { scenarioSolve(input: $input) {
  __typename ... on ScenarioSolveSuccess { run { id } } ... on UserError { message } } }
"""
RUN = "query($id: ID!) { node(id: $id) { ... on ScenarioRun { state progress { phase } } } }"


def benchmarks() -> Iterator[Measurement]:
    """The 99th percentile of a ranked read, with nothing else to do and while a scenario is solved."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stepchange-bench-")))
        folder.chmod(0o755)
        database = stack.enter_context(embedded_server(folder))
        database.ensure_database("bench")
        engine = sa.create_engine(database.url("bench"))
        with engine.connect() as connection:
            runner.upgrade(connection)
            connection.execute(sa.text(f"ALTER ROLE {APPLICATION_ROLE} LOGIN"))
            connection.commit()
        engine.dispose()
        with database.connect("bench") as owner:
            actor, portfolio_id = seed(owner, initiatives=INITIATIVES)
        token = asyncio.run(_token(database, actor))
        url = stack.enter_context(_serving(folder, database.url("bench", user=APPLICATION_ROLE)))
        idle, busy = asyncio.run(_measure(url, token, encode_id("Portfolio", portfolio_id)))
    yield Measurement(
        "p99 of a ranked read over HTTP while a scenario is solved",
        _percentile(busy, 0.99) * 1_000,
        "ms",
        50.0,
        "lower",
        f"{_percentile(idle, 0.99) * 1_000:.1f} ms with nothing else to do; median {_percentile(busy, 0.5) * 1_000:.1f}"
        f" against {_percentile(idle, 0.5) * 1_000:.1f} ms; {INITIATIVES} initiatives",
    )


async def _token(server: EmbeddedServer, actor: Actor) -> str:
    database = connect(server.url("bench", user=APPLICATION_ROLE))
    command = TokenCreate(
        name="bench", scopes=frozenset(TokenScope), expires_at=datetime.now(UTC) + timedelta(days=1)
    )
    _, secret = await create_token(database, actor, command)
    await database.close()
    return secret


@contextmanager
def _serving(folder: Path, database_url: str) -> Iterator[str]:
    environment = os.environ | {
        "STEPCHANGE_DATABASE_URL": database_url,
        "STEPCHANGE_DATA_DIR": str(folder / "data"),
        "STEPCHANGE_DEMO": "false",
        "STEPCHANGE_PORT": "0",
        "STEPCHANGE_LOG_LEVEL": "warning",
        "STEPCHANGE_REQUEST_TIMEOUT_SECONDS": "60",
        "STEPCHANGE_WARM_UP": "false",
    }
    out = folder / "serve.out"
    with out.open("wb") as file:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("stepchange"), "serve"], stdout=file, env=environment
        )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while (found := re.search(r"GraphQL  (http://\S+)/graphql", out.read_text())) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start: {out.read_text()}")
            time.sleep(0.1)
        yield found[1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


async def _measure(url: str, token: str, portfolio: str) -> tuple[list[float], list[float]]:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:

        async def ask(document: str, **variables: Any) -> Any:
            answer = (await client.post("/graphql", json={"query": document, "variables": variables})).json()
            if "errors" in answer:
                raise RuntimeError(str(answer["errors"]))
            return answer["data"]

        async def durations(seconds: float) -> list[float]:
            taken = []
            end = time.perf_counter() + seconds
            while (begin := time.perf_counter()) < end:
                await ask(READ, id=portfolio)
                taken.append(time.perf_counter() - begin)
                await asyncio.sleep(_PAUSE)
            return taken

        today = datetime.now(UTC).date()
        span = {"startsOn": str(today), "endsOn": str(today + timedelta(days=182))}
        made = await ask(CYCLE, input={"name": "Planned", "level": "TACTICAL", **span})
        cycle = made["cycleCreate"]["cycle"]["id"]
        for team in (await ask(TEAMS))["teams"]["nodes"]:
            await ask(CAPACITY, input={"teamId": team["id"], "cycleId": cycle, "personWeeks": 150.0})
        question = {"portfolioId": portfolio, "cycleId": cycle, "name": "Busy", "by": {"method": "CD3"}}
        scenario = (await ask(SCENARIO, input=question))["scenarioCreate"]
        await durations(2)
        idle = await durations(_SECONDS)
        solve = {"scenarioId": scenario["scenario"]["id"], "budgetSeconds": _BUDGET_SECONDS}
        run = (await ask(SOLVE, input=solve))["scenarioSolve"]["run"]["id"]
        while (await ask(RUN, id=run))["node"]["state"] == "QUEUED":  # noqa: ASYNC110 - it happens elsewhere
            await asyncio.sleep(0.05)
        busy = await durations(_SECONDS)
        after = (await ask(RUN, id=run))["node"]["state"]
        if after != "RUNNING":
            raise RuntimeError(f"the solve was over too soon: {after}")
    return idle, busy


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
