"""A small schema behind the real edge, served by uvicorn on a port of its own."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import strawberry
import uvicorn
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from api.budget import CostBudget
from api.errors import Forbidden, Unauthenticated, exception_handlers
from api.operations import OperationInfo
from api.pagination import After, Connection, First, Last, page_of, slice_of
from api.scalars import SCALAR_MAP
from api.transport import Edge, EdgeSettings, mount_graphql
from domain.errors import DatabaseUnavailable


@dataclass
class Seen:
    """What happened inside the server, for tests to look at."""

    bumps: int = 0
    cancelled: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    crashing: set[str] = field(default_factory=lambda: {"crash"})
    down: set[str] = field(default_factory=set)
    contexts: int = 0


@dataclass
class Context:
    """The context of one operation."""

    viewer: str
    info: OperationInfo
    number: int
    seen: Seen


Info = strawberry.Info[Context, None]


@strawberry.type
class Team:
    name: str
    tags: list[str]

    @strawberry.field
    def teams(self, first: First = strawberry.UNSET, last: Last = strawberry.UNSET) -> Connection["Team"]:
        return teams(first=first, last=last)

    @strawberry.field
    def members(self) -> list["Team"]:
        return []


def teams(first: int | None, last: int | None = strawberry.UNSET) -> Connection[Team]:
    indices, cut = slice_of(length=3, page=page_of(first=first, last=last), scope="teams")
    return Connection[Team].of(cut, nodes=[Team(name="abc"[i], tags=[]) for i in indices], total=3)


@strawberry.input(one_of=True)
class Choice:
    a: int | None = strawberry.UNSET
    b: int | None = strawberry.UNSET


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"hello {name}"

    @strawberry.field
    def viewer(self, info: Info) -> str:
        return info.context.viewer

    @strawberry.field
    def request_id(self, info: Info) -> str:
        return info.context.info.request_id

    @strawberry.field
    def fail(self) -> str | None:
        raise ZeroDivisionError("secret detail")

    @strawberry.field
    def fail_required(self) -> str:
        raise ZeroDivisionError("secret detail")

    @strawberry.field
    def forbidden(self) -> str | None:
        raise Forbidden("Only the board.")

    @strawberry.field
    async def slow(self, info: Info, seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            info.context.seen.cancelled.append("slow")
            raise
        return "done"

    @strawberry.field
    def later(self, moment: datetime) -> datetime:
        return moment

    @strawberry.field
    def number(self, value: int) -> int:
        return value

    @strawberry.field
    def choose(self, choice: Choice) -> str:
        return f"{choice.a} {choice.b}"

    @strawberry.field
    def not_json(self) -> JSON:
        return JSON({1, 2})

    @strawberry.field
    def teams(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
    ) -> Connection[Team]:
        return teams(first=first, last=last)

    @strawberry.field
    def nodes(self, ids: list[strawberry.ID]) -> list[Team]:
        return [Team(name=id_, tags=[]) for id_ in ids]

    @strawberry.field
    def all_teams(self) -> list[Team]:
        return []

    map: Team | None = strawberry.field(default=None, metadata={"cost": 100})


@strawberry.type
class Mutation:
    @strawberry.mutation
    def bump(self, info: Info) -> int:
        info.context.seen.bumps += 1
        return info.context.seen.bumps

    @strawberry.mutation
    async def slow_bump(self, info: Info, seconds: float) -> int:
        await asyncio.sleep(seconds)
        info.context.seen.bumps += 1
        return info.context.seen.bumps


@strawberry.type
class Tick:
    @strawberry.field
    def context_number(self, info: Info) -> int:
        return info.context.number

    @strawberry.field
    async def slow(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int, delay: float = 0) -> AsyncIterator[int]:
        for number in range(to):
            await asyncio.sleep(delay)
            yield number

    @strawberry.subscription
    async def forever(self, info: Info, name: str = "forever") -> AsyncIterator[str]:
        try:
            yield name
            await asyncio.Event().wait()
        finally:
            info.context.seen.closed.append(name)

    @strawberry.subscription
    async def fail_after(self, events: int) -> AsyncIterator[int]:
        for number in range(events):
            yield number
        raise ZeroDivisionError("secret detail")

    @strawberry.subscription
    async def fail_at_once(self, events: int = 0) -> AsyncIterator[int]:
        if events == 0:
            raise Forbidden("Only the board.")
        yield events

    @strawberry.subscription
    async def tick_teams(self) -> AsyncIterator[Tick]:
        yield Tick()
        yield Tick()


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=SCALAR_MAP),
    exception_handlers=exception_handlers(),
)


@dataclass
class Server:
    """A running server."""

    port: int
    edge: Edge[str]
    loop: asyncio.AbstractEventLoop
    seen: Seen
    stop: Callable[[], None]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"


def mount(app: FastAPI, seen: Seen, settings: EdgeSettings, budget: CostBudget | None = None) -> Edge[str]:
    """Mount the schema with a viewer that is the token itself."""

    async def authenticate(token: str | None, connection: HTTPConnection) -> str:
        if token in seen.crashing:
            raise RuntimeError("secret detail")
        if token == "down" or token in seen.down:
            raise DatabaseUnavailable("The database does not answer. Try again.")
        if token == "stuck":
            await asyncio.sleep(60)
        if token == "bad" or token in seen.revoked:
            raise Unauthenticated("The token is not valid.")
        return token or "anonymous"

    def make_context(viewer: str, info: OperationInfo) -> Context:
        if viewer == "contextless":
            raise RuntimeError("secret detail")
        seen.contexts += 1
        return Context(viewer, info, seen.contexts, seen)

    return mount_graphql(
        app,
        schema=schema,
        authenticate=authenticate,
        make_context=make_context,
        budget=budget,
        budget_key=lambda viewer: None if viewer == "anonymous" else viewer,
        settings=settings,
    )


@contextlib.contextmanager
def serve(settings: EdgeSettings, budget: CostBudget | None = None) -> Iterator[Server]:
    """Serve on an ephemeral port of 127.0.0.1 in a thread."""
    seen = Seen()
    edges: list[tuple[Edge[str], asyncio.AbstractEventLoop]] = []

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        edge = mount(app, seen, settings, budget)
        edges.append((edge, asyncio.get_running_loop()))
        yield
        await edge.drain()

    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        FastAPI(lifespan=lifespan), log_level="warning", lifespan="on", timeout_graceful_shutdown=5
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)

    def stop() -> None:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()

    try:
        yield Server(listener.getsockname()[1], *edges[0], seen, stop)
    finally:
        stop()
        listener.close()


def errors_of(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Return code and message of each error."""
    return [(error["extensions"]["code"], error["message"]) for error in body["errors"]]
