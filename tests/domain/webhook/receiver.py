"""A program that is told of changes: a real HTTP server on a loopback address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True)
class Received:
    """One request: its headers by lower-case name, and its raw body."""

    headers: dict[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return orjson.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """What has come, and what is answered: a status, or None for no answer at all."""

    url: str
    answers: list[int | None]
    received: list[Received] = field(default_factory=list)


@asynccontextmanager
async def a_receiver(*answers: int | None) -> AsyncIterator[Receiver]:
    """A server that answers as it is told, and then with 204."""
    receiver = Receiver("", list(answers))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = [line.partition(": ") for line in head.splitlines()[1:] if line]
        headers = {name.lower(): value for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        receiver.received.append(Received(headers, body))
        status = receiver.answers.pop(0) if receiver.answers else 204
        if status is not None:
            location = "location: http://127.0.0.1:1/\r\n" if 300 <= status < 400 else ""
            writer.write(
                f"HTTP/1.1 {status} X\r\n{location}content-length: 0\r\nconnection: close\r\n\r\n".encode()
            )
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
        await server.wait_closed()
