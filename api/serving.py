"""Runs the application until it is told to stop, and lets running requests finish."""

import asyncio
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.settings import Settings
from api.sockets import refused


@dataclass(slots=True)
class Stop:
    """Whether the process has been asked to end."""

    requested: bool = False

    def check(self) -> None:
        """Raise ``KeyboardInterrupt`` when the process has been asked to end; call it between two steps."""
        if self.requested:
            raise KeyboardInterrupt


@contextmanager
def stop_signals() -> Iterator[Stop]:
    """Note the first signal to end, so that a step in progress can; the second one interrupts.

    SIGHUP is one of them: it comes when the terminal is closed.
    """
    stop = Stop()

    def note(_number: int, _frame: FrameType | None) -> None:
        if stop.requested:
            raise KeyboardInterrupt
        stop.requested = True

    handled = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        handled.append(signal.SIGHUP)
    before = {number: signal.signal(number, note) for number in handled}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Server(uvicorn.Server):
    """Tells when it accepts connections, and when it is about to stop."""

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        stop: Stop,
        on_start: Callable[[], None],
        on_stop: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(config)
        self._stop = stop
        self._on_start = on_start
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._on_start()

    async def on_tick(self, counter: int) -> bool:
        # uvicorn does not know of signals that came before it listened to them, nor of SIGHUP
        return self._stop.requested or await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._on_stop()
        await super().shutdown(sockets=sockets)


async def serve(
    app: FastAPI,
    *,
    settings: Settings,
    sockets: Sequence[socket.socket],
    stop: Stop,
    on_start: Callable[[], None],
) -> None:
    """Serve until the process is asked to end, then drain.

    New operations are refused and WebSockets closed with code 1001 (going away) at once; requests in
    progress may finish within the settings' limit and are cancelled then.

    Raises
    ------
    SetupError
        When the application can't start, or another process has taken the port meanwhile.
    """
    config = uvicorn.Config(
        app,
        lifespan="off",  # ours runs around the server, so that its errors reach whoever started it
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        timeout_graceful_shutdown=settings.shutdown_timeout_seconds,
        ws_max_size=settings.request_max_bytes,
    )
    async with app.router.lifespan_context(app):
        warming = asyncio.create_task(app.state.warm_up())
        try:
            server = _Server(config, stop=stop, on_start=on_start, on_stop=app.state.drain)
            await server.serve(sockets=list(sockets))
        except OSError as error:
            host, port = sockets[0].getsockname()[:2]
            raise refused(str(host), int(port), error) from error
        finally:
            warming.cancel()
            await asyncio.wait([warming])
