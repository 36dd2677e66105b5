"""Arrays and plain values as bytes, between a server and its solver processes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LENGTH = 4  # bytes that say how long the header is


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: values that JSON knows, and arrays."""

    values: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def pack(values: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]], *, rest: bytes = b"") -> bytes:
    """Values and arrays as bytes; ``rest`` follows as it is."""
    stored = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    header = {
        "values": values,
        "arrays": [[name, array.dtype.str, array.shape] for name, array in stored.items()],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    columns = b"".join(array.tobytes() for array in stored.values())
    return len(text).to_bytes(_LENGTH, "big") + text + columns + rest


def unpack(content: bytes) -> tuple[Packed, bytes]:
    """What ``pack`` was given, and what followed."""
    start = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
    header = json.loads(content[_LENGTH:start])
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, shape in header["arrays"]:
        array = np.frombuffer(content, kind, int(np.prod(shape)), start).reshape(shape)
        start += array.nbytes
        arrays[name] = array
    return Packed(header["values"], arrays), content[start:]
