"""GraphQL over HTTP and WebSocket: the edge between clients and the schema.

:func:`mount_graphql` puts it on an application. Strawberry's own integration is not used: it answers 500
to bodies that are not objects, executes the first of several operations, closes a socket for a syntax
error, loads GraphiQL from a CDN, and leaves negotiation, status codes, limits, deadlines and masking to
be bolted on.

A request is a POST of ``application/json`` in UTF-8: no form, no multipart, no text/plain, and so nothing
that a foreign page can send without a preflight; cookies are never read. A response is
``application/graphql-response+json`` with 4xx or 5xx where nothing was executed; or, for clients that
prefer or only know ``application/json``, the same body with 200 for whatever is wrong with a document or
its variables.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

import orjson
import strawberry
import structlog
from fastapi import FastAPI
from graphql import GraphQLSchema, OperationType
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.requests import Request as HTTPRequest
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from api.budget import CostBudget
from api.connection import REQUEST_ID_HEADER, bearer_token, request_id_of
from api.documents import DocumentCache
from api.errors import BadUserInput, Fault, MalformedRequest, TimedOut, Unavailable
from api.limits import QueryLimits
from api.negotiation import GRAPHQL_RESPONSE, JSON, ResponseType, is_utf8_json, prefers_html, response_type
from api.operations import Engine, OperationInfo, Reply, Viewer, refusal, request_of
from api.trusted_documents import TrustedDocuments
from api.websocket import SocketEndpoint, SocketLimits

log = structlog.stdlib.get_logger(__name__)

STATIC = Path(__file__).parent / "static"

_RETRY_AFTER_SECONDS = 1

# Everything comes from this origin. The one thing that this blocks is the scroll lock behind GraphiQL's dialogs.
_GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSettings:
    """How the edge behaves; the defaults are those of production.

    Parameters
    ----------
    limits
        Limits on documents and operations.
    graphiql
        Whether browsers that open the endpoint get GraphiQL.
    introspection
        Whether clients may ask for the schema; GraphiQL needs it.
    suggestions
        Whether errors may say which name a misspelt one could have meant; that tells names of the schema.
    debug
        Whether clients see the exceptions behind masked errors.
    timeout_seconds
        How long reading a request, authenticating it, and executing it may each take.
    max_body_bytes
        The longest body of a request, and message of a socket.
    socket
        Limits on WebSockets.
    trusted
        Documents that clients may name by their ids.
    """

    limits: QueryLimits = field(default_factory=QueryLimits)
    graphiql: bool = False
    introspection: bool = False
    suggestions: bool = False
    debug: bool = False
    timeout_seconds: float = 10.0
    max_body_bytes: int = 2 * 2**20
    socket: SocketLimits = field(default_factory=SocketLimits)
    trusted: TrustedDocuments = field(default_factory=TrustedDocuments)


@dataclass(frozen=True, slots=True)
class Edge(Generic[Viewer]):
    """What :func:`mount_graphql` put on the application."""

    documents: DocumentCache
    http: "HTTPEndpoint[Viewer]"
    sockets: SocketEndpoint[Viewer]

    async def drain(self) -> None:
        """Refuse new operations with UNAVAILABLE and close the sockets with 1001; for the end of the lifespan."""
        self.http.draining = True
        await self.sockets.drain()


def mount_graphql(
    app: FastAPI,
    *,
    schema: strawberry.Schema,
    authenticate: Callable[[str | None, HTTPConnection], Awaitable[Viewer]],
    make_context: Callable[[Viewer, OperationInfo], object],
    budget: CostBudget | None = None,
    budget_key: Callable[[Viewer], str | None] = lambda _: None,
    settings: EdgeSettings | None = None,
    path: str = "/graphql",
) -> Edge[Viewer]:
    """Put GraphQL on an application: POST and WebSocket at ``path``, and GraphiQL if it is enabled.

    Parameters
    ----------
    app
        The application.
    schema
        The schema. Its extensions are not run; everything that belongs to fields is.
    authenticate
        Gives the viewer for the bearer token of a request, or for None. Called for each HTTP request, for
        each operation on a socket and every few seconds for each socket: it should be fast, and a revoked
        token ends within these seconds. Raises ``Unauthenticated`` of ``api.errors`` or of the domain.
    make_context
        Makes the context that resolvers see: for each operation a new one, and for each event of a
        subscription.
    budget, budget_key
        The budget of cost points, and the key of a viewer in it; None is not limited.
    settings
        How the edge behaves.
    path
        Where it is mounted; the assets of GraphiQL are beside it under ``graphiql``.

    Raises
    ------
    ValueError
        If a permitted operation could cost more than the whole budget, and so never run.
    """
    settings = settings or EdgeSettings()
    if budget is not None and budget.capacity < settings.limits.max_cost:
        raise ValueError("the budget must be at least limits.max_cost")
    engine = Engine(
        schema=schema,
        documents=DocumentCache(
            schema=_graphql_schema(schema),
            limits=settings.limits,
            introspection=settings.introspection,
            suggestions=settings.suggestions,
        ),
        trusted=settings.trusted,
        authenticate=authenticate,
        make_context=make_context,
        budget=budget,
        budget_key=budget_key,
        timeout_seconds=settings.timeout_seconds,
        debug=settings.debug,
    )
    http = HTTPEndpoint(engine, settings)
    sockets = SocketEndpoint(engine, settings.socket, settings.max_body_bytes)
    if settings.graphiql:
        prefix = path.rpartition("/")[0]
        app.router.routes.append(Mount(f"{prefix}/graphiql", StaticFiles(directory=STATIC / "graphiql")))
    app.router.routes.append(Route(path, http))
    app.router.routes.append(WebSocketRoute(path, sockets))
    return Edge(engine.documents, http, sockets)


@dataclass(slots=True)
class HTTPEndpoint(Generic[Viewer]):
    """The ASGI application at the endpoint's path, for HTTP."""

    engine: Engine[Viewer]
    settings: EdgeSettings
    draining: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPRequest(scope, receive)
        request_id = request_id_of(request)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                response = await self._respond(request, request_id)
            except ClientDisconnect:
                return
        response.headers[REQUEST_ID_HEADER] = request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        await response(scope, receive, send)

    async def _respond(self, request: HTTPRequest, request_id: str) -> Response:
        accept = ", ".join(request.headers.getlist("accept")) if "accept" in request.headers else None
        if request.method != "POST":
            if request.method == "GET" and self.settings.graphiql and prefers_html(accept):
                return FileResponse(
                    STATIC / "graphiql.html", headers={"Content-Security-Policy": _GRAPHIQL_POLICY}
                )
            return _response(refusal([MalformedRequest("Use POST.", status=405)]), JSON)
        media_type = response_type(accept)
        if media_type is None:
            fault = MalformedRequest(f"Only {GRAPHQL_RESPONSE} and {JSON} can be had here.", status=406)
            return _response(refusal([fault]), JSON)
        try:
            reply = await self._reply(request, request_id)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the client gets an answer
            reply = self.engine.failure(error, request_id=request_id)
        if not reply.executed:
            log.info("graphql_refused", request_id=request_id, errors=[fault.code for fault in reply.faults])
        try:
            return _response(reply, media_type)
        except TypeError as error:  # a scalar gave out what is not JSON
            return _response(self.engine.failure(error, request_id=request_id), media_type)

    async def _reply(self, request: HTTPRequest, request_id: str) -> Reply:
        if self.draining:
            raise Unavailable("The server is about to stop. Try again.")
        if not is_utf8_json(request.headers.get("content-type")):
            raise MalformedRequest(f"`Content-Type` must be {JSON} in UTF-8.", status=415)
        if request.headers.get("content-encoding", "identity").lower() != "identity":
            raise MalformedRequest("`Content-Encoding` is not supported.", status=415)
        token = bearer_token(request.headers.get("authorization"))
        seconds = self.settings.timeout_seconds
        try:
            async with asyncio.timeout(seconds):
                viewer = await self.engine.authenticate(token, request)
        except TimeoutError:
            raise TimedOut(f"Authentication took longer than {seconds:g} s.") from None
        try:
            async with asyncio.timeout(seconds):
                body = await self._body(request)
        except TimeoutError:
            raise MalformedRequest(f"The body did not arrive within {seconds:g} s.", status=408) from None
        try:
            payload = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise MalformedRequest(f"The body must be JSON in UTF-8: {error.msg}.") from None
        prepared = await self.engine.prepare(request_of(payload, self.engine.trusted), viewer)
        if prepared.operation.type is OperationType.SUBSCRIPTION:
            raise BadUserInput("Subscriptions are served over WebSocket, with graphql-transport-ws.")
        return await self.engine.execute(prepared, viewer=viewer, connection=request, request_id=request_id)

    async def _body(self, request: HTTPRequest) -> bytes:
        longest = self.settings.max_body_bytes
        too_long = MalformedRequest(f"The body must not be longer than {longest} bytes.", status=413)
        length = request.headers.get("content-length", "")
        if length.isdecimal() and (len(length) > 18 or int(length) > longest):
            raise too_long
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > longest:
                raise too_long
        return bytes(body)


def _response(reply: Reply, media_type: ResponseType) -> Response:
    content = orjson.dumps(reply.body)
    status, headers = 200, {"Cache-Control": "no-store", "Content-Type": f"{media_type}; charset=utf-8"}
    if not reply.executed:
        fault = reply.faults[0]
        status = _status(fault, media_type)
        if status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        elif status == 405:
            headers["Allow"] = "POST"
        elif status in (429, 503):
            headers["Retry-After"] = str((fault.extensions or {}).get("retryAfter", _RETRY_AFTER_SECONDS))
        elif status in (408, 413):
            headers["Connection"] = "close"
    return Response(content, status_code=status, headers=headers)


def _status(fault: Fault, media_type: ResponseType) -> int:
    legacy = media_type == JSON and fault.json_status is not None
    return fault.json_status if legacy and fault.json_status else fault.status


def _graphql_schema(schema: strawberry.Schema) -> GraphQLSchema:
    return schema._schema  # noqa: SLF001 - Strawberry has no other name for it
