"""How a solver process and its owner talk: frames of a kind, a length and bytes, over pipes."""

import struct
from enum import IntEnum
from typing import BinaryIO, NamedTuple

HEADER = struct.Struct("!BQ")


class FrameKind(IntEnum):
    """What a frame is."""

    READY = 0
    TASK = 1
    PROGRESS = 2
    RESULT = 3
    FAILURE = 4


class Frame(NamedTuple):
    """One message."""

    kind: FrameKind
    body: bytes


def packed(kind: FrameKind, body: bytes = b"") -> bytes:
    """A frame as bytes."""
    return HEADER.pack(kind, len(body)) + body


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next frame, or None when the other side has closed the pipe."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, length = HEADER.unpack(header)
    body = stream.read(length)
    return Frame(FrameKind(kind), body) if len(body) == length else None
