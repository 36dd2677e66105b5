"""The nested read of 50 ranked initiatives out of 10,000, against the naive way; and its SQL statements."""

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import sqlalchemy as sa
import structlog
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from strawberry.fastapi import GraphQLRouter

from api.context import Context, Services
from api.ids import encode_id
from api.schema import build_schema
from api.transport import mount_graphql
from benchmarks import naive_schema
from benchmarks.harness import Measurement
from benchmarks.naive_schema import NaiveContext
from benchmarks.seeding import seed
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import APPLICATION_ROLE, connect
from domain.embedded import embedded_server
from domain.snapshot import SnapshotStore
from migrations import runner

INITIATIVES = 10_000
_SECONDS = 5.0
_CONCURRENT = 8

OURS = """
query($id: ID!, $first: Int!) { node(id: $id) { ... on Portfolio {
  ranking(first: $first, by: {method: CD3}, order: SCORE) { nodes {
    initiative {
      id title state
      contributions { nodes { expectedDelta confidence
        keyResult { id title unit currentValue targetValue objective { id title } } } }
      demands { nodes { personWeeks { likely } team { name } } } }
    blockedBy { initiative { id title } }
    unlocks { initiative { id title } } } } } } }
"""
NAIVE = """
query($id: ID!, $first: Int!) { ranking(portfolioId: $id, first: $first) {
  id title state
  contributions { expectedDelta confidence
    keyResult { id title unit currentValue targetValue objective { id title } } }
  demands { personWeeksLikely team { name } }
  blockedBy { id title }
  unlocks { id title } } }
"""


def benchmarks() -> Iterator[Measurement]:
    """Requests a second of both in one run, in turn; statements for 10 and for 100 initiatives."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="stepchange-bench-")))
        folder.chmod(0o755)
        server = stack.enter_context(embedded_server(folder))
        server.ensure_database("bench")
        engine = sa.create_engine(server.url("bench"))
        with engine.connect() as connection:
            runner.upgrade(connection)
            connection.execute(sa.text(f"ALTER ROLE {APPLICATION_ROLE} LOGIN"))
            connection.commit()
        engine.dispose()
        with server.connect("bench") as owner:
            actor, portfolio_id = seed(owner, initiatives=INITIATIVES)
        url = server.url("bench", user=APPLICATION_ROLE)
        ours, naive, statements = asyncio.run(_measure(url, actor, portfolio_id))
    yield Measurement(
        f"nested read of 50 of {INITIATIVES} initiatives against the naive way",
        ours / naive,
        "times",
        5.0,
        "higher",
        f"{ours:.0f} against {naive:.1f} requests a second in this run, both through their HTTP application",
    )
    yield Measurement(
        "SQL statements of that read: 100 initiatives less 10", statements, "statements", 0.0, "lower"
    )


async def _measure(url: str, actor: Actor, portfolio_id: UUID) -> tuple[float, float, float]:
    database = connect(url, pool_size=10)
    services = Services(database=database, snapshots=SnapshotStore(database), changes=ChangeFeed(database))
    app = FastAPI()
    mount_graphql(
        app,
        schema=build_schema(),
        authenticate=partial(_nobody, actor),
        make_context=lambda viewer, _: Context(services=services, viewer=viewer, request_id="bench"),
    )
    plain = FastAPI()
    plain.include_router(
        GraphQLRouter(
            naive_schema.schema,
            context_getter=lambda: NaiveContext(database.engine, actor.organisation_id),
        ),
        prefix="/graphql",
    )
    async with _client(app) as one, _client(plain) as other:
        ours = partial(_post, one, OURS, encode_id("Portfolio", portfolio_id))
        naive = partial(_post, other, NAIVE, str(portfolio_id))
        _same(await ours(), await naive())
        rates: dict[str, list[float]] = {"ours": [], "naive": []}
        for _ in range(3):
            rates["ours"].append(await _rate(ours))
            rates["naive"].append(await _rate(naive))
        counts = [await _statements(database.engine, partial(ours, first)) for first in (10, 100)]
    await database.close()
    return sorted(rates["ours"])[1], sorted(rates["naive"])[1], float(counts[1] - counts[0])


async def _nobody(actor: Actor, _token: str | None, _connection: HTTPConnection) -> Actor:
    return actor


def _client(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://bench", timeout=60)


async def _post(client: httpx.AsyncClient, document: str, portfolio_id: str, first: int = 50) -> Any:
    body = {"query": document, "variables": {"id": portfolio_id, "first": first}}
    answer = (await client.post("/graphql", json=body)).json()
    assert "errors" not in answer, answer
    return answer["data"]


def _same(ours: Any, naive: Any) -> None:
    """Both have to answer the same, or there is nothing to compare."""
    ranked = ours["node"]["ranking"]["nodes"]
    for one, other in zip(ranked, naive["ranking"], strict=True):
        initiative = one["initiative"]
        assert initiative["title"] == other["title"]
        assert {edge["initiative"]["title"] for edge in one["unlocks"]} == {
            edge["title"] for edge in other["unlocks"]
        }
        assert len(initiative["demands"]["nodes"]) == len(other["demands"])
        assert [node["keyResult"]["title"] for node in initiative["contributions"]["nodes"]] == [
            node["keyResult"]["title"] for node in other["contributions"]
        ]


async def _rate(request: Callable[[], Awaitable[Any]]) -> float:
    """Requests a second, some at a time."""
    done = 0
    start = time.perf_counter()

    async def client() -> None:
        nonlocal done
        while time.perf_counter() - start < _SECONDS:
            await request()
            done += 1

    await asyncio.gather(*(client() for _ in range(_CONCURRENT)))
    return done / (time.perf_counter() - start)


async def _statements(engine: Any, request: Callable[[], Awaitable[Any]]) -> int:
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    await request()
    sa.event.listen(engine.sync_engine, "before_cursor_execute", note)
    await request()
    sa.event.remove(engine.sync_engine, "before_cursor_execute", note)
    return count
