"""Inputs of plans as bytes, with all their digits: for a digest, to be stored, and to be sent to a solver."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.errors import InvalidInput
from domain.periods import Period, PeriodLength
from domain.planning.input import Names, PlanningInput, PlanningSettings
from domain.ranking import encoding as ranking_encoding
from domain.ranking.input import plain

_FORMAT = 1
_LENGTH = 4  # bytes that say how long a part is
_KINDS = {"b": "|b1", "u": "|u1", "i": "<i4", "f": "<f8"}
_TEXTS = ("states", "skills", "kinds", "profiles")
_APART = {"settings", "names", "periods", "ranking", *_TEXTS}


def fingerprint(posed: PlanningInput) -> str:
    """Digest of an input: equal digests mean equal plans. What things are called plays no part."""
    return hashlib.sha256(_canonical(posed)).hexdigest()


def encode(posed: PlanningInput) -> bytes:
    """The input as bytes: what the plan is computed from, and then the names."""
    names = {item.name: getattr(posed.names, item.name) for item in fields(Names)}
    canonical = _canonical(posed)
    return _with_length(canonical) + _text(names)


def decode(content: bytes) -> PlanningInput:
    """The input that ``encode`` has turned into these bytes.

    Raises
    ------
    InvalidInput
        When they are in a form that this program does not know yet.
    """
    canonical, names = _split(content)
    head, rest = _split(canonical)
    header = json.loads(head)
    if header["format"] != _FORMAT:
        raise InvalidInput("This plan was computed by a newer version of Stepchange; upgrade to read it.")
    ranking, arrays = _split(rest)
    given = json.loads(names)
    return PlanningInput(
        settings=_settings(header["settings"]),
        names=Names(
            portfolio=given["portfolio"],
            cycle=given["cycle"],
            **{name: tuple(value) for name, value in given.items() if isinstance(value, list)},
        ),
        periods=tuple(
            Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in header["periods"]
        ),
        states=tuple(map(InitiativeState, header["states"])),
        skills=tuple(header["skills"]),
        kinds=tuple(map(DependencyKind, header["kinds"])),
        profiles=tuple(None if item is None else UrgencyProfile(item) for item in header["profiles"]),
        ranking=ranking_encoding.decode(ranking),
        **_arrays(header["arrays"], arrays),
    )


def _canonical(posed: PlanningInput) -> bytes:
    arrays = {
        item.name: _stored(getattr(posed, item.name)) for item in fields(posed) if item.name not in _APART
    }
    settings = {item.name: _plain(getattr(posed.settings, item.name)) for item in fields(PlanningSettings)}
    header = {
        "format": _FORMAT,
        "settings": settings,
        "periods": [[_plain(day) for day in period] for period in posed.periods],
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
        **{name: getattr(posed, name) for name in _TEXTS},
    }
    ranking = ranking_encoding.encode(posed.ranking)
    columns = b"".join(array.tobytes() for array in arrays.values())
    return _with_length(_text(header)) + _with_length(ranking) + columns


def _arrays(listed: list[tuple[str, str, list[int]]], content: bytes) -> dict[str, Any]:
    arrays: dict[str, NDArray[Any]] = {}
    start = 0
    for name, kind, shape in listed:
        array = np.frombuffer(content, kind, int(np.prod(shape)), start).reshape(shape)
        start += array.nbytes
        arrays[name] = array.astype(np.int64) if array.dtype.kind == "i" else array
    return arrays


def _settings(given: Mapping[str, Any]) -> PlanningSettings:
    version = given["policy_version_id"]
    return PlanningSettings(
        portfolio_id=UUID(given["portfolio_id"]),
        cycle_id=UUID(given["cycle_id"]),
        starts_on=date.fromisoformat(given["starts_on"]),
        ends_on=date.fromisoformat(given["ends_on"]),
        today=date.fromisoformat(given["today"]),
        day=date.fromisoformat(given["day"]),
        length=PeriodLength(given["length"]),
        currency=given["currency"],
        policy_version_id=None if version is None else UUID(version),
        policy_number=given["policy_number"],
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | date) else value


def _text(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _with_length(part: bytes) -> bytes:
    return len(part).to_bytes(_LENGTH, "big") + part


def _split(content: bytes) -> tuple[bytes, bytes]:
    """A part that is preceded by its length, and what follows it."""
    end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
    return content[_LENGTH:end], content[end:]


def _stored(array: NDArray[Any]) -> NDArray[Any]:
    """In the least significant byte first, whatever the machine; positions in 4 bytes, one zero, one NaN."""
    if array.dtype.kind == "f":
        array = plain(array)
    return np.ascontiguousarray(array, dtype=_KINDS[array.dtype.kind])
