"""Opaque global ids: what a client holds instead of a type name and a key.

An id is the base64url form, without padding, of ``<TypeName>:<16 bytes of the UUID>``. Clients must not look
inside; the form may change with a release. Decoding never raises: an id that is malformed, of another type or
not in its one canonical spelling is ``None``, so that ``node(id)`` answers null for it.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from uuid import UUID

import strawberry

_TYPE_NAME = re.compile(r"[A-Z][A-Za-z0-9]{0,63}")
_UUID_BYTES = 16
_LONGEST = 4 * (64 + 1 + _UUID_BYTES + 2) // 3


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What a global id stands for: the GraphQL type name and the key within it."""

    type_name: str
    uuid: UUID


def encode_id(type_name: str, uuid: UUID) -> strawberry.ID:
    """Return the global id of the node ``uuid`` of GraphQL type ``type_name``.

    Raises
    ------
    ValueError
        If ``type_name`` is not the name of a GraphQL object type as this project spells them.
    """
    if not _TYPE_NAME.fullmatch(type_name):
        raise ValueError(f"{type_name!r} is not the name of a node type")
    raw = type_name.encode("ascii") + b":" + uuid.bytes
    return strawberry.ID(base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii"))


def decode_id(value: str) -> GlobalId | None:
    """Return what a global id stands for, or None for anything that :func:`encode_id` did not make."""
    if len(value) > _LONGEST or not value.isascii():
        return None
    try:
        raw = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    name, colon, key = raw.partition(b":")
    if not colon or len(key) != _UUID_BYTES or not name.isascii():
        return None
    type_name = name.decode("ascii")
    if not _TYPE_NAME.fullmatch(type_name):
        return None
    decoded = GlobalId(type_name=type_name, uuid=UUID(bytes=key))
    # One spelling per node: client caches are keyed by id.
    return decoded if encode_id(type_name, decoded.uuid) == value else None


def decode_id_of(type_name: str, value: str) -> UUID | None:
    """Return the key in a global id of ``type_name``; None for a bad id and for an id of another type."""
    decoded = decode_id(value)
    return decoded.uuid if decoded is not None and decoded.type_name == type_name else None
