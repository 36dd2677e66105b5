"""What a file holds before anybody asks what it means: numbered lines of cells under named columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from domain.interchange.values import Cell


@dataclass(frozen=True, slots=True)
class Each:
    """The step of a path into every item of a list."""


EACH = Each()
Path: TypeAlias = tuple[str | Each, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A place where the lines of a file hold something.

    A list of objects is a column of its own (``asks``) and has columns (``asks[].team``).
    """

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Line:
    """One line that could be read: what it holds, by the first step of a column's path."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One line that could not, and why."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file as it is. ``ambiguous_decimal``: it may write 1,5 or 1.5, and nothing in it says which."""

    name: str
    columns: tuple[Column, ...]
    lines: tuple[Line | Unreadable, ...]
    ambiguous_decimal: bool = False


def cell_at(cell: Cell, path: Path) -> Cell:
    """What stands at the end of a path; None where the path leads nowhere."""
    for position, step in enumerate(path):
        if isinstance(step, Each):
            rest = path[position + 1 :]
            return [cell_at(item, rest) for item in cell] if isinstance(cell, list) else None
        if not isinstance(cell, Mapping):
            return None
        cell = cell.get(step)
    return cell
