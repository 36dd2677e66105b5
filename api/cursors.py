"""Opaque cursors: a position in one ordering, as text that nobody needs to trust.

A cursor is base64url of the JSON array ``[fingerprint, value, …]``: the values of an ordering's columns at
one row, or one position in an array, under a fingerprint of the ordering that it belongs to. It is not
signed: a forged one only names another position among what the client may read anyway.
"""

import base64
import binascii
import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLError

from api.errors import BadUserInput
from api.scalars import (
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_uuid,
    serialize_date,
    serialize_date_time,
    serialize_decimal,
    serialize_uuid,
)

_LONGEST = 4096


def _plain(kind: type) -> Callable[[Any], Any]:
    def check(value: object) -> object:
        if type(value) is not kind:
            raise ValueError(f"{type(value).__name__} is not {kind.__name__}")
        return value

    return check


def _int64(value: object) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError("not a 64-bit integer")
    return value


def _finite(value: object) -> float:
    if type(value) is not float or not math.isfinite(value):
        raise ValueError("not a finite float")
    return value


def _text(value: object) -> str:
    # PostgreSQL has no NUL in text: a forged one would fail as a fault of ours.
    if type(value) is not str or "\x00" in value:
        raise ValueError("not text")
    return value


# How a value of an ordering's column goes into JSON, and strictly back.
_CODECS: dict[type, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    bool: (_plain(bool), _plain(bool)),
    int: (_int64, _int64),
    float: (_finite, _finite),
    str: (_text, _text),
    Decimal: (serialize_decimal, parse_decimal),
    datetime: (serialize_date_time, parse_date_time),
    date: (serialize_date, parse_date),
    UUID: (serialize_uuid, parse_uuid),
}


def _codec(kind: type) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    if issubclass(kind, Enum):
        return (lambda member: _text(kind(member).value)), kind
    return _CODECS[kind]


def fingerprint(*parts: str) -> str:
    """Return a short digest of what identifies an ordering; equal parts in equal order give equal digests."""
    digest = blake2b(orjson.dumps(parts), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii")


def encode_cursor(*, ordering: str, kinds: Sequence[type], values: Sequence[object]) -> str:
    """Return the cursor of one row.

    Parameters
    ----------
    ordering
        The :func:`fingerprint` of the ordering.
    kinds
        The Python type of each of the ordering's columns: bool, int, float, str, Decimal, datetime, date,
        UUID or an enum of strings.
    values
        The row's values of those columns, None for NULL.

    Raises
    ------
    ValueError
        If a value is not of its kind, is not finite, or the cursor would be longer than 4096 characters.
    """
    encoded = [
        None if value is None else _codec(kind)[0](value) for kind, value in zip(kinds, values, strict=True)
    ]
    cursor = base64.urlsafe_b64encode(orjson.dumps([ordering, *encoded])).rstrip(b"=").decode("ascii")
    if len(cursor) > _LONGEST:
        raise ValueError(f"a cursor of {len(cursor)} characters is too long; order by something shorter")
    return cursor


def decode_cursor(
    cursor: str, *, argument: str, ordering: str, kinds: Sequence[type], nullable: Sequence[bool]
) -> tuple[Any, ...]:
    """Return the values in a cursor that :func:`encode_cursor` made for the same ordering.

    Parameters
    ----------
    cursor
        What the client sent.
    argument
        The name of the GraphQL argument it came in, for the message.
    ordering, kinds
        As in :func:`encode_cursor`.
    nullable
        For each column whether NULL is possible.

    Raises
    ------
    BadUserInput
        If it is no cursor, one of another ordering or of another version of the ordering.
    """
    broken = BadUserInput(
        f"`{argument}` is not a cursor of this list. Pass a `cursor`, `startCursor` or `endCursor` exactly "
        f"as it was answered, or leave `{argument}` out to start anew.",
        argument=argument,
    )
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise broken
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        content = orjson.loads(raw)
    except (binascii.Error, ValueError):
        raise broken from None
    if not isinstance(content, list) or not content or not isinstance(content[0], str):
        raise broken
    if content[0] != ordering:
        raise BadUserInput(
            f"The cursor in `{argument}` belongs to another ordering of this list, or to an older version of "
            f"it. Leave `{argument}` out to start anew.",
            argument=argument,
        )
    if len(content) != len(kinds) + 1:
        raise broken
    try:
        return tuple(
            _decoded(value, kind, is_nullable)
            for value, kind, is_nullable in zip(content[1:], kinds, nullable, strict=True)
        )
    except (ValueError, GraphQLError):
        raise broken from None


def _decoded(value: object, kind: type, is_nullable: bool) -> object:
    if value is None:
        if not is_nullable:
            raise ValueError("NULL in a column that has none")
        return None
    return _codec(kind)[1](value)
