"""The graphql-transport-ws protocol: queries, mutations and subscriptions over one WebSocket.

Of the protocol everything, and of its predecessor ``graphql-ws`` nothing. What is wrong with one
operation (a syntax error, an unknown operationName, a limit) is an ``error`` message for its id and
leaves the socket open; what is wrong with the conversation closes it with the protocol's own code. The
token comes in the payload of ``connection_init`` as ``authorization`` (``Bearer …``) or ``token``, or in
the ``Authorization`` header of the handshake; it is checked again for every operation and every few
seconds, so that a revoked one ends.

No cookie is read, so a page of another origin has nothing to abuse; the Origin header is not looked at.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import Any, Generic
from uuid import uuid4

import orjson
import structlog
from graphql import OperationType
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.connection import bearer_token
from api.errors import CostLimit, Forbidden, Unauthenticated, Unavailable
from api.operations import Engine, Reply, Viewer, refusal, request_of
from domain import errors as domain_errors

SUBPROTOCOL = "graphql-transport-ws"

# Close codes: those below 4000 are of RFC 6455, the others of graphql-transport-ws.
GOING_AWAY = 1001
MESSAGE_TOO_BIG = 1009
INTERNAL_ERROR = 1011
TRY_AGAIN_LATER = 1013
BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
SUBPROTOCOL_NOT_ACCEPTABLE = 4406
INIT_TIMEOUT = 4408
SUBSCRIBER_EXISTS = 4409
TOO_MANY_INITS = 4429

_REJECTED = (
    Unauthenticated,
    Forbidden,
    domain_errors.Unauthenticated,
    domain_errors.PermissionDenied,
)
_UNAVAILABLE = (Unavailable, domain_errors.DatabaseUnavailable)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SocketLimits:
    """Limits on one WebSocket.

    Parameters
    ----------
    init_seconds
        How long a client may take to send ``connection_init``.
    max_operations
        How many operations may run at once.
    authenticate_every_seconds
        How often the token is checked again while the socket is open.
    max_id_length
        The longest id of an operation.
    """

    init_seconds: float = 10.0
    max_operations: int = 50
    authenticate_every_seconds: float = 5.0
    max_id_length: int = 256


class _Violation(Exception):
    """What the conversation ends with: a close code and a reason of at most 123 bytes."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(slots=True)
class SocketEndpoint(Generic[Viewer]):
    """The ASGI application at the endpoint's path, for WebSockets."""

    engine: Engine[Viewer]
    limits: SocketLimits
    max_message_bytes: int
    draining: bool = False
    sessions: "set[_Session[Viewer]]" = field(default_factory=set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        if SUBPROTOCOL not in websocket.scope["subprotocols"]:
            # Accepted first: a refused handshake would not carry the code to the client.
            await websocket.accept()
            await websocket.close(SUBPROTOCOL_NOT_ACCEPTABLE, f"Only {SUBPROTOCOL} is spoken here")
            return
        await websocket.accept(SUBPROTOCOL)
        if self.draining:
            await websocket.close(GOING_AWAY, "The server is about to stop")
            return
        session = _Session(websocket, self.engine, self.limits, self.max_message_bytes)
        self.sessions.add(session)
        try:
            await session.run()
        finally:
            self.sessions.discard(session)

    async def drain(self) -> None:
        """Close every socket with 1001, which clients take as a reason to connect again."""
        self.draining = True
        await asyncio.gather(*(s.close(GOING_AWAY, "The server is about to stop") for s in self.sessions))


@dataclass(slots=True, eq=False)
class _Session(Generic[Viewer]):
    """The conversation on one socket."""

    websocket: WebSocket
    engine: Engine[Viewer]
    limits: SocketLimits
    max_message_bytes: int
    token: str | None = None
    closed: bool = False
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Converse until one side closes; then end what is still running."""
        try:
            try:
                async with asyncio.timeout(self.limits.init_seconds):
                    await self._initialise()
            except TimeoutError:
                raise _Violation(INIT_TIMEOUT, "Connection initialisation timeout") from None
            self._start(self._keep_authenticated())
            while True:
                await self._handle(await self._receive())
        except WebSocketDisconnect:
            pass
        except _Violation as violation:
            await self.close(violation.code, violation.reason)
        except Exception as error:  # noqa: BLE001 - the client is told, the log knows why
            await self._fail(error)
        finally:
            self.closed = True
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket, unless it is closed already."""
        if not self.closed:
            self.closed = True
            with suppress(WebSocketDisconnect, RuntimeError):
                await self.websocket.close(code, reason)

    async def _fail(self, error: Exception) -> None:
        log.error("socket_fault", exc_info=error)
        await self.close(INTERNAL_ERROR, "Internal server error")

    async def _initialise(self) -> None:
        while True:
            message = await self._receive()
            match message["type"]:
                case "connection_init":
                    break
                case "ping":
                    await self._pong(message)
                case "pong":
                    pass
                case "subscribe" | "complete":
                    raise _Violation(UNAUTHORIZED, "Unauthorized")
                case _:
                    raise _Violation(BAD_REQUEST, "Unknown message type")
        payload = message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise _Violation(BAD_REQUEST, "The payload of connection_init must be an object or null")
        try:
            self.token = _token(payload or {}, self.websocket)
            await self.engine.authenticate(self.token, self.websocket)
        except _REJECTED:
            raise _Violation(FORBIDDEN, "Forbidden") from None
        except _UNAVAILABLE:
            raise _Violation(TRY_AGAIN_LATER, "Try again later") from None
        await self._send({"type": "connection_ack"})

    async def _keep_authenticated(self) -> None:
        while True:
            await asyncio.sleep(self.limits.authenticate_every_seconds)
            try:
                await self.engine.authenticate(self.token, self.websocket)
            except _REJECTED:
                await self.close(FORBIDDEN, "Forbidden")
                return
            except _UNAVAILABLE:
                log.warning("socket_not_authenticated_again")
            except Exception as error:  # noqa: BLE001 - the client is told, the log knows why
                await self._fail(error)
                return

    async def _handle(self, message: Mapping[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self._pong(message)
            case "pong":
                pass
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                task = self.operations.pop(self._id(message), None)
                if task is not None:
                    task.cancel()
            case "connection_init":
                raise _Violation(TOO_MANY_INITS, "Too many initialisation requests")
            case _:
                raise _Violation(BAD_REQUEST, "Unknown message type")

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        id_, payload = self._id(message), message.get("payload")
        if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
            raise _Violation(BAD_REQUEST, "The payload of subscribe must be an object with a query")
        if id_ in self.operations:
            reason = f"Subscriber for {id_} already exists"
            raise _Violation(SUBSCRIBER_EXISTS, reason if len(reason.encode()) < 124 else "Subscriber exists")
        if len(self.operations) >= self.limits.max_operations:
            most = self.limits.max_operations
            fault = CostLimit(
                f"At most {most} operations at once on a socket. Complete one first.", limit=most
            )
            await self._send({"id": id_, "type": "error", "payload": refusal([fault]).body["errors"]})
            return
        self.operations[id_] = self._start(self._operate(id_, payload))

    async def _operate(self, id_: str, payload: Mapping[str, Any]) -> None:
        """Run one operation from subscribe to complete or error."""
        request_id = uuid4().hex
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            last: dict[str, Any] = {"id": id_, "type": "complete"}
            try:
                refused = await self._replies(id_, payload, request_id)
            except _REJECTED:
                await self.close(FORBIDDEN, "Forbidden")
                return
            except WebSocketDisconnect:
                return
            except Exception as error:  # noqa: BLE001 - whatever goes wrong, the client gets an answer
                refused = self.engine.failure(error, request_id=request_id)
            if refused is not None:
                codes = [fault.code for fault in refused.faults]
                log.info("graphql_refused", request_id=request_id, errors=codes)
                last = {"id": id_, "type": "error", "payload": refused.body["errors"]}
            # Before the message goes out: on receiving it the client may use the id again.
            if self.operations.get(id_) is asyncio.current_task():
                del self.operations[id_]
            await self._send(last)

    async def _replies(self, id_: str, payload: Mapping[str, Any], request_id: str) -> Reply | None:
        """Send what is executed as it comes; return the reply that was not executed, if one ended it."""
        viewer = await self.engine.authenticate(self.token, self.websocket)
        prepared = await self.engine.prepare(request_of(payload, self.engine.trusted), viewer)
        if prepared.operation.type is not OperationType.SUBSCRIPTION:
            reply = await self.engine.execute(
                prepared, viewer=viewer, connection=self.websocket, request_id=request_id
            )
            return await self._next(id_, reply)
        events = self.engine.subscribe(
            prepared, viewer=viewer, connection=self.websocket, request_id=request_id
        )
        async with aclosing(events):
            async for reply in events:
                refused = await self._next(id_, reply)
                if refused is not None:
                    return refused
        return None

    async def _next(self, id_: str, reply: Reply) -> Reply | None:
        if not reply.executed:
            return reply
        await self._send({"id": id_, "type": "next", "payload": reply.body})
        return None

    async def _pong(self, message: Mapping[str, Any]) -> None:
        payload = message.get("payload")
        await self._send({"type": "pong"} if payload is None else {"type": "pong", "payload": payload})

    async def _receive(self) -> dict[str, Any]:
        received = await self.websocket.receive()
        if received["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(received.get("code", GOING_AWAY))
        text = received.get("text")
        if text is None:
            raise _Violation(BAD_REQUEST, "Messages must be text")
        if len(text.encode("utf-8", "surrogatepass")) > self.max_message_bytes:
            raise _Violation(MESSAGE_TOO_BIG, "Message too big")
        try:
            message = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise _Violation(BAD_REQUEST, "Messages must be JSON") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise _Violation(BAD_REQUEST, "Messages must be objects with a type")
        return message

    async def _send(self, message: Mapping[str, Any]) -> None:
        if not self.closed:
            await self.websocket.send_text(orjson.dumps(message).decode())

    def _id(self, message: Mapping[str, Any]) -> str:
        id_ = message.get("id")
        if not isinstance(id_, str) or not 0 < len(id_) <= self.limits.max_id_length:
            most = self.limits.max_id_length
            raise _Violation(BAD_REQUEST, f"The id must be a string of 1 to {most} characters")
        return id_

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


def _token(payload: Mapping[str, Any], websocket: WebSocket) -> str | None:
    """Return the token of a connection.

    Raises
    ------
    Unauthenticated
        If it is not a string, or ``authorization`` is something else than a bearer token.
    """
    authorization = payload.get("authorization", payload.get("Authorization"))
    token = payload.get("token")
    if authorization is not None:
        if not isinstance(authorization, str):
            raise Unauthenticated("`authorization` must be a string.")
        return bearer_token(authorization)
    if token is not None:
        if not isinstance(token, str):
            raise Unauthenticated("`token` must be a string.")
        return bearer_token(f"Bearer {token}")
    return bearer_token(websocket.headers.get("authorization"))
