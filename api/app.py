"""The application: the one place that wires settings, database, authentication and routes together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection

from api import health
from api.authentication import FRESH_SECONDS, Authenticator
from api.budget import CostBudget
from api.connection import REQUEST_ID_HEADER
from api.context import Context, Services
from api.operations import OperationInfo
from api.requests import identified
from api.schema import build_schema
from api.settings import PREFIX, Settings
from api.transport import EdgeSettings, mount_graphql
from api.trusted_documents import load_trusted_documents
from api.webhook.messages import described_change
from api.websocket import SocketLimits
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import Database, connect, refuse_owner_role
from domain.errors import SetupError, Unauthenticated
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverFailed, SolverKilled, SolverPool
from domain.jobs.worker import clock, work
from domain.snapshot import SnapshotStore
from domain.token import local_development_tokens

_WARM_UP_SECONDS = 900.0


def create_app(settings: Settings, *, database_url: str, loopback: bool) -> FastAPI:
    """The application over a database that is migrated; it connects when its lifespan begins.

    Parameters
    ----------
    settings
        Limits and switches.
    database_url
        The database, as the application's role.
    loopback
        Whether all sockets that it will listen on are bound to a loopback address.

    Raises
    ------
    SetupError
        When a manifest of trusted documents is of no use. When the lifespan begins: if the role could see
        past row-level security, or if a local development token exists and the server can be reached from
        elsewhere.
    """
    database = connect(database_url, pool_size=settings.database_pool_size)
    authenticator = Authenticator(database, loopback=loopback)
    services = Services(
        database=database,
        snapshots=SnapshotStore(database, capacity_bytes=settings.snapshot_max_bytes),
        changes=ChangeFeed(database),
        solver=SolverPool(processes=settings.solver_processes, memory_bytes=settings.solver_max_bytes),
    )

    async def authenticate(token: str | None, connection: HTTPConnection) -> Actor | None:
        if token is None:
            return None
        peer = connection.client.host if connection.client is not None else None
        actor = await authenticator.authenticate(token, peer)
        if actor is None:
            raise Unauthenticated("This token is not valid, or not any more. Ask for another one.")
        return actor

    def make_context(viewer: Actor | None, operation: OperationInfo) -> Context:
        if viewer is not None:
            viewer = replace(viewer, request_id=operation.request_id)
        return Context(services=services, viewer=viewer, request_id=operation.request_id)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            await refuse_owner_role(database)
            if not loopback:
                await _refuse_local_development_tokens(database)
            await services.changes.start()
            async with working(settings, database):
                yield
        finally:
            await services.changes.stop()
            await services.solver.close()
            await database.close()

    app = FastAPI(
        title="Stepchange", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan, debug=False
    )
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", REQUEST_ID_HEADER],
            expose_headers=[REQUEST_ID_HEADER, "Retry-After"],
            max_age=3_600,
        )
    # the outermost: what goes wrong in any other is still logged and answered
    app.add_middleware(identified, access_log=settings.access_log)
    app.router.routes.extend(health.routes(database))
    edge = mount_graphql(
        app,
        schema=build_schema(),
        authenticate=authenticate,
        make_context=make_context,
        budget=CostBudget(),
        budget_key=lambda viewer: None if viewer is None else str(viewer.token_id or viewer.member_id),
        settings=EdgeSettings(
            graphiql=settings.serves_graphiql,
            introspection=settings.shows_schema,
            suggestions=settings.shows_schema,
            timeout_seconds=settings.request_timeout_seconds,
            max_body_bytes=settings.request_max_bytes,
            # with the time that a look-up may be used again, a revocation ends a socket within 5 s
            socket=SocketLimits(authenticate_every_seconds=FRESH_SECONDS),
            trusted=load_trusted_documents(settings.manifests, only=settings.trusted_documents_only),
        ),
    )
    app.state.drain = edge.drain
    app.state.warm_up = partial(_warm_up, settings)
    return app


async def _warm_up(settings: Settings) -> None:
    """Have the engine's loops compiled, in a process that is there for nothing else; failing does no harm."""
    if not settings.warm_up:
        return
    solver = SolverPool(memory_bytes=settings.solver_max_bytes)
    try:
        with suppress(SolverFailed, SolverKilled):
            await solver.run("engine.warm_up", b"", seconds=_WARM_UP_SECONDS)
    finally:
        await solver.close()


@asynccontextmanager
async def working(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Do jobs beside whatever else this process does, as many at a time as the settings say."""
    if settings.worker_concurrency == 0:
        yield
        return
    # jobs have processes of their own: they take none from queries
    solver = SolverPool(processes=settings.worker_concurrency, memory_bytes=settings.solver_max_bytes)
    services = JobServices(
        database=database,
        solver=solver,
        now=clock,
        describe_change=described_change,
        calls_private_addresses=settings.calls_private_addresses,
    )
    worker = asyncio.create_task(work(services, concurrency=settings.worker_concurrency))
    try:
        yield
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker
        await solver.close()


async def _refuse_local_development_tokens(database: Database) -> None:
    found = await local_development_tokens(database)
    if found:
        raise SetupError(
            "This database has a local development token, which is accepted from this machine only, but"
            " the server is to be reached from elsewhere. Revoke it with"
            " `stepchange token revoke --local-development`, and create a token for each client with"
            f" `stepchange token create`; or set {PREFIX}HOST back to 127.0.0.1."
        )
