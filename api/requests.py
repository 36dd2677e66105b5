"""Every request gets an id, one line in the log, and at worst a masked 500."""

import time

import orjson
import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.connection import REQUEST_ID_HEADER, request_id_of

_PROBES = frozenset({"/healthz", "/readyz"})

log = structlog.stdlib.get_logger("stepchange.request")


class ResponseBrokenOff(Exception):
    """Makes the server close the connection: half a response must not look like a whole one."""


def identified(app: ASGIApp, *, access_log: bool = True) -> ASGIApp:
    """The application with ids, access log and a last resort for exceptions."""

    async def run(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        request_id = request_id_of(HTTPConnection(scope))
        # whoever reads the header from here on finds the id that is logged
        raw = [pair for pair in scope["headers"] if pair[0] != b"x-request-id"]
        scope["headers"] = [*raw, (b"x-request-id", request_id.encode())]
        with logs.scope(request_id=request_id):
            await _observe(app, scope, receive, send, request_id=request_id, access_log=access_log)

    return run


async def _observe(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, request_id: str, access_log: bool
) -> None:
    started = time.perf_counter()
    status: int | None = None

    async def observing_send(message: Message) -> None:
        nonlocal status
        match message["type"]:
            case "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            case "websocket.accept":
                status = 101
            case "websocket.close":
                status = message.get("code", 1000)
        await send(message)

    try:
        await app(scope, receive, observing_send)
    except Exception:
        log.exception("request failed")
        if scope["type"] == "http" and status is None:
            await _answer_500(observing_send, request_id)
        elif scope["type"] == "http":
            raise ResponseBrokenOff(request_id) from None
        elif status == 101:
            await observing_send({"type": "websocket.close", "code": 1011})
    finally:
        if access_log:
            line = log.debug if scope["path"] in _PROBES else log.info
            line(
                "request" if scope["type"] == "http" else "websocket",
                method=scope.get("method"),
                path=scope["path"],
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1_000, 1),
            )


async def _answer_500(send: Send, request_id: str) -> None:
    body = orjson.dumps(
        {
            "errors": [
                {
                    "message": "Internal server error",
                    "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id},
                }
            ]
        }
    )
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
