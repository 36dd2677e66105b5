"""JSON Lines: one object a line, UTF-8. Pure."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

from domain.interchange.source import EACH, Column, Each, Line, Path, Source, Unreadable
from domain.interchange.values import Cell

_DEEPEST = 8
"""Levels of a line that become columns; what lies deeper stays whole."""

_LARGEST_INTEGER = 2**63


class _Refused(ValueError):
    """What JSON allows and this program does not."""


def read_jsonl(name: str, content: bytes) -> Source:
    """Read JSON Lines; blank lines are no lines, and figures keep all their digits."""
    lines: list[Line | Unreadable] = []
    columns: dict[str, Path] = {}
    for number, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            cells = _object(raw)
        except _Refused as error:
            lines.append(Unreadable(number, str(error)))
            continue
        lines.append(Line(number, cells))
        for key, cell in cells.items():
            columns.setdefault(key, (key,))
            if isinstance(cell, dict | list):
                for path in _paths(cell, (key,)):
                    columns.setdefault(_name(path), path)
    return Source(
        name=name, columns=tuple(Column(label, path) for label, path in columns.items()), lines=tuple(lines)
    )


def _object(raw: bytes) -> dict[str, Cell]:
    try:
        value = json.loads(
            raw.decode(),
            object_pairs_hook=_once_each,
            parse_float=Decimal,
            parse_int=_integer,
            parse_constant=_constant,
        )
    except UnicodeDecodeError as error:
        raise _Refused(f"is not UTF-8 (byte {error.start + 1} of the line)") from error
    except json.JSONDecodeError as error:
        raise _Refused(f"is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise _Refused("is nested too deeply") from error
    if not isinstance(value, dict):
        raise _Refused("is not a JSON object, such as {…}")
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Refused(f"has the key “{twice}” twice in one object")
    return made


def _integer(digits: str) -> int:
    # first by length: Python refuses to read thousands of digits
    if len(digits) > len(f"-{_LARGEST_INTEGER}") or not -_LARGEST_INTEGER <= int(digits) < _LARGEST_INTEGER:
        raise _Refused(f"holds the integer {digits[:30]}, which does not fit into 64 bits; write it as text")
    return int(digits)


def _constant(name: str) -> NoReturn:
    raise _Refused(f"holds {name}, which is no figure; leave the key out or write null")


def _paths(cell: Cell, path: Path) -> Iterator[Path]:
    """The paths of all columns at and below a cell."""
    yield path
    if len(path) >= _DEEPEST:
        return
    if isinstance(cell, Mapping):
        for key, value in cell.items():
            yield from _paths(value, (*path, key))
    elif isinstance(cell, list):
        for item in cell:
            if isinstance(item, Mapping):
                for key, value in item.items():
                    yield from _paths(value, (*path, EACH, key))


def _name(path: Path) -> str:
    name = ""
    for step in path:
        name += "[]" if isinstance(step, Each) else f".{step}" if name else step
    return name
