"""Inputs of rankings as bytes, with all their digits: for a digest, and to be stored."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import CriterionSource, OrderKind, ScoringMethod
from domain.errors import InvalidInput
from domain.ranking.input import InputCriterion, RankingInput, Settings, Solved, plain
from prioritisation import problem

_FORMAT = 1


def result_bytes(solved: Solved) -> bytes:
    """The ranking as bytes: order, ranks, and scores with all their digits."""
    ordered = solved.ordered
    columns = (ordered.order, ordered.rank, ordered.computed_rank, ordered.score_rank)
    return b"".join(column.astype("<i8").tobytes() for column in columns) + plain(solved.score).tobytes()


def fingerprint(posed: RankingInput) -> str:
    """Digest of an input: equal digests mean equal rankings."""
    return hashlib.blake2b(encode(posed), digest_size=16).hexdigest()


def encode(posed: RankingInput) -> bytes:
    """The input as bytes: a length (4 bytes), a header in JSON, and the arrays that it lists."""
    arrays = {
        item.name: _stored(getattr(posed, item.name)) for item in fields(posed) if item.name != "settings"
    }
    settings = posed.settings
    header = {
        "format": _FORMAT,
        "settings": _jsonable(settings) | {"criteria": [_jsonable(item) for item in settings.criteria]},
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    return len(text).to_bytes(4, "big") + text + b"".join(array.tobytes() for array in arrays.values())


def decode(content: bytes) -> RankingInput:
    """The input that ``encode`` has turned into these bytes.

    Raises
    ------
    InvalidInput
        When they are in a form that this program does not know yet.
    """
    start = 4 + int.from_bytes(content[:4], "big")
    header = json.loads(content[4:start])
    if header["format"] != _FORMAT:
        raise InvalidInput(
            "This ranking was published by a newer version of Stepchange; upgrade to replay it."
        )
    arrays: dict[str, NDArray[Any]] = {}
    for name, kind, shape in header["arrays"]:
        array = np.frombuffer(content, kind, int(np.prod(shape)), start).reshape(shape)
        start += array.nbytes
        arrays[name] = array.astype(np.int64) if array.dtype.kind == "i" else array
    return RankingInput(settings=_settings(header["settings"]), **arrays)


def _settings(given: Mapping[str, Any]) -> Settings:
    def uuid(text: str | None) -> UUID | None:
        return None if text is None else UUID(text)

    criteria = tuple(
        InputCriterion(
            key=item["key"],
            criterion_id=uuid(item["criterion_id"]),
            source=CriterionSource(item["source"]),
            weight=item["weight"],
            direction=problem.Direction(item["direction"]),
            scale_min=item["scale_min"],
            scale_max=item["scale_max"],
        )
        for item in given["criteria"]
    )
    return Settings(
        method=ScoringMethod(given["method"]),
        kind=OrderKind(given["kind"]),
        states=tuple(given["states"]),
        currency=given["currency"],
        model_version_id=uuid(given["model_version_id"]),
        missing=problem.MissingPolicy(given["missing"]),
        soft_penalty_weeks=given["soft_penalty_weeks"],
        criteria=criteria,
    )


def _jsonable(item: Settings | InputCriterion) -> dict[str, Any]:
    values = {part.name: getattr(item, part.name) for part in fields(item)}
    return {
        name: str(value) if isinstance(value, UUID) else value
        for name, value in values.items()
        if name != "criteria"
    }


def _stored(array: NDArray[Any]) -> NDArray[Any]:
    """In the least significant byte first, whatever the machine; positions in 4 bytes."""
    kinds = {"u": "|u1", "i": "<i4", "f": "<f8"}
    return np.ascontiguousarray(array, dtype=kinds[array.dtype.kind])
