"""Ids, the access log and the last resort, around an application over real HTTP."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from api.requests import identified


async def _echo(request: Request) -> Response:
    return JSONResponse({"seen": request.headers.getlist("x-request-id")})


async def _fail(_request: Request) -> Response:
    raise RuntimeError("what the client sent")


async def _fail_halfway(_request: Request) -> Response:
    async def body() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("what the client sent")

    return StreamingResponse(body())


async def _health(_request: Request) -> Response:
    return PlainTextResponse("ok")


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A server of its own, on a free port."""
    app = Starlette(
        routes=[
            Route("/echo", _echo),
            Route("/fail", _fail),
            Route("/halfway", _fail_halfway),
            Route("/healthz", _health),
        ],
        middleware=[Middleware(identified)],
    )
    opened = socket.create_server(("127.0.0.1", 0))
    opened.listen()  # so that nobody is turned away while the server begins
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve(sockets=[opened]))
    yield f"http://127.0.0.1:{opened.getsockname()[1]}"
    server.should_exit = True
    await serving


async def _get(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url, headers=headers)


async def test_a_request_without_an_id_gets_one(url: str) -> None:
    first, second = await _get(f"{url}/echo"), await _get(f"{url}/echo")
    assert len(first.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.json() == {"seen": [first.headers["x-request-id"]]}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("trace-1.a_B", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("a:b", False), ("", False)],
)
async def test_an_id_that_came_along_is_kept_if_it_is_plain(url: str, given: str, kept: bool) -> None:
    response = await _get(f"{url}/echo", **{"X-Request-Id": given})
    assert (response.headers["x-request-id"] == given) is kept
    assert response.json() == {"seen": [response.headers["x-request-id"]]}


async def test_every_request_is_one_line_without_its_query_string(url: str) -> None:
    with capture_logs() as lines:
        response = await _get(f"{url}/echo?token=secret", **{"X-Request-Id": "r-1"})
    assert response.status_code == 200
    (line,) = lines
    duration = line.pop("duration_ms")
    assert 0 <= duration < 60_000
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": "/echo",
        "status": 200,
    }


async def test_probes_are_logged_in_detail_only(url: str) -> None:
    with capture_logs() as lines:
        await _get(f"{url}/healthz")
    assert [line["log_level"] for line in lines] == ["debug"]


async def test_an_exception_is_logged_and_masked_with_the_id_to_ask_about(url: str) -> None:
    with capture_logs() as lines:
        response = await _get(f"{url}/fail", **{"X-Request-Id": "r-1"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] == "r-1"
    assert response.json() == {
        "errors": [
            {
                "message": "Internal server error",
                "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "r-1"},
            }
        ]
    }
    assert [(line["event"], line.get("status")) for line in lines] == [
        ("request failed", None),
        ("request", 500),
    ]


async def test_half_a_response_is_broken_off(url: str) -> None:
    with capture_logs() as lines, contextlib.suppress(httpx.RemoteProtocolError):
        response = await _get(f"{url}/halfway")
        pytest.fail(f"came as if it were whole: {response.text}")
    assert [line["event"] for line in lines] == ["request failed", "request"]
