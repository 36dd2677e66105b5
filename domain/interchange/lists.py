"""Cells that hold several things: demands, ratings, expected changes, dependencies. Pure.

In text the things stand behind each other with semicolons, in JSON they are a list (docs/import.md).
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from domain.commands.base import Figure, Name, Note, PersonWeeks, Share
from domain.commands.demand import Skill
from domain.commands.dependency import LagWeeks
from domain.enums import CONSTRAINING_KINDS, DependencyKind
from domain.interchange.records import Demand, ExpectedChange, Rating, Wait
from domain.interchange.values import (
    Cell,
    CellError,
    Notation,
    estimate,
    exact,
    figure,
    fitting,
    flag,
    shown,
    text,
)

T = TypeVar("T")

_TEAM_SKILL = re.compile(r"(?P<team>.*?\S)\s*\[(?P<skill>[^\[\]]*)\]", re.DOTALL)
_CHANGE = re.compile(r"(?P<delta>[^@]+)@(?P<confidence>[^@]+)")
_DEPENDS_ON = "depends_on"


def zipped(cells: Mapping[str, Cell]) -> Cell:
    """A list of objects from its columns, each a list of what the objects hold under one key.

    Raises
    ------
    CellError
        When the columns are not lists of one length.
    """
    columns = {
        key: cell if isinstance(cell, list) else [cell] for key, cell in cells.items() if cell is not None
    }
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise CellError(f"{' and '.join(columns)} are lists of different lengths")
    return [dict(zip(columns, items, strict=True)) for items in zip(*columns.values(), strict=True)]


def demands(cell: Cell, notation: Notation) -> tuple[Demand, ...]:
    """Demands: ``Team=4; Other [skill]=1..2..4``, an object by team, or a list of objects.

    Raises
    ------
    CellError
        When one can't be read, or two are of the same team and skill.
    """
    found: list[Demand] = []
    if isinstance(cell, str):
        for part in _parts(cell):
            name, _, weeks = part.rpartition("=")
            if not name.strip():
                raise CellError(f"{shown(part)} is not “team=person-weeks”")
            found.append(demand(name, weeks, notation))
    elif isinstance(cell, Mapping):
        found.extend(demand(name, weeks, notation) for name, weeks in cell.items())
    else:
        for item in _objects(cell, known={"team", "skill", "person_weeks", "low", "likely", "high"}):
            team = text(item.get("team"))
            if team is None:
                raise CellError("an entry names no team")
            given = item.get("person_weeks")
            if given is None and not item.keys().isdisjoint(("low", "likely", "high")):
                given = {point: item.get(point) for point in ("low", "likely", "high")}
            skill = fitting(Skill, text(item.get("skill")) or "")
            found.append(Demand(fitting(Name, team), skill, estimate(given, notation, PersonWeeks)))
    return _once_each(found, key=lambda one: (one.team.lower(), one.skill), label=lambda one: one.team)


def demand(name: str, weeks: Cell, notation: Notation) -> Demand:
    """The demand of one team, or of one skill of it: ``Team`` or ``Team [skill]``.

    Raises
    ------
    CellError
        When it can't be read.
    """
    match = _TEAM_SKILL.fullmatch(name.strip())
    team, skill = (match["team"], match["skill"]) if match else (name, "")
    try:
        return Demand(
            fitting(Name, team), fitting(Skill, skill.strip()), estimate(weeks, notation, PersonWeeks)
        )
    except CellError as error:
        raise CellError(f"{team.strip()}: {error}") from error


def ratings(cell: Cell, notation: Notation) -> dict[str, Rating | None]:
    """Ratings by criterion: an object of estimates, or of objects with value, low, high and note.

    Raises
    ------
    CellError
        When one can't be read.
    """
    if not isinstance(cell, Mapping):
        raise CellError(f"{shown(cell)} is not an object such as {{…}} with a rating by criterion")
    return {key: rating(value, notation) for key, value in cell.items()}


def rating(cell: Cell, notation: Notation) -> Rating | None:
    """A rating; None takes it back.

    Raises
    ------
    CellError
        When it can't be read.
    """
    note = None
    if isinstance(cell, Mapping) and "likely" not in cell:
        given = dict(cell)
        note = None if "note" not in given else fitting(Note, text(given.pop("note")) or "")
        if "value" in given:
            given["likely"] = given.pop("value")
        cell = given
    value = estimate(cell, notation, Figure)
    return None if value is None else Rating(value, note)


def expected_changes(cell: Cell, notation: Notation) -> dict[str, ExpectedChange | None]:
    """Contributions: ``Key result=-1.5 @ 60%; …`` or a list of objects.

    Raises
    ------
    CellError
        When one can't be read, or two are to the same key result.
    """
    found: list[ExpectedChange] = []
    if isinstance(cell, str):
        for part in _parts(cell):
            name, _, change = part.rpartition("=")
            one = expected_change(name.strip(), change, notation)
            if one is None or not one.key_result:
                raise CellError(f"{shown(part)} is not “key result=change @ confidence”")
            found.append(one)
    else:
        for item in _objects(cell, known={"key_result", "delta", "confidence"}):
            name = text(item.get("key_result")) or ""
            delta = figure(item.get("delta"), notation, Figure)
            confidence = _share(item.get("confidence"), notation)
            if not name or delta is None or confidence is None:
                raise CellError("an entry lacks key_result, delta or confidence")
            found.append(ExpectedChange(name, delta, confidence))
    unique = _once_each(found, key=lambda one: one.key_result.lower(), label=lambda one: one.key_result)
    return {one.key_result: one for one in unique}


def expected_change(key_result: str, cell: Cell, notation: Notation) -> ExpectedChange | None:
    """One contribution, ``change @ confidence``; None for an empty cell.

    Raises
    ------
    CellError
        When it can't be read.
    """
    plain = text(cell)
    if plain is None:
        return None
    match = _CHANGE.fullmatch(plain)
    if match is None:
        raise CellError(f"{shown(plain)} is not “change @ confidence”, such as 5 @ 80%")
    delta, confidence = figure(match["delta"], notation, Figure), _share(match["confidence"], notation)
    if delta is None or confidence is None:
        raise CellError(f"{shown(plain)} is not “change @ confidence”, such as 5 @ 80%")
    return ExpectedChange(key_result, delta, confidence)


def waits(cell: Cell, notation: Notation) -> tuple[Wait, ...]:
    """What has to be finished first: ``CRM-3; CRM-7``, or a list of external ids or objects.

    Raises
    ------
    CellError
        When one can't be read, or the same one is named in two ways.
    """
    if isinstance(cell, str | int | Decimal) and not isinstance(cell, bool):
        cell = _parts(str(cell))
    if not isinstance(cell, list):
        raise CellError(f"{shown(cell)} is not a list of external ids")
    found: dict[tuple[str, DependencyKind], Wait] = {}
    for item in cell:
        if isinstance(item, Mapping):
            _refuse_unknown(item, known={"external_id", "kind", "hard", "lag_weeks"})
            one = wait(item, notation)
        else:
            one = wait({"external_id": item}, notation)
        if found.setdefault((one.external_id, one.kind), one) != one:
            raise CellError(f"{one.external_id} is named twice and differently")
    return tuple(found.values())


def wait(item: Mapping[str, Cell], notation: Notation) -> Wait:
    """A dependency; its kind is finish to start and it is hard unless it says otherwise or only informs.

    Raises
    ------
    CellError
        When it can't be read, or a relation is to constrain.
    """
    external_id = text(item.get("external_id"))
    if external_id is None:
        raise CellError("an entry names no external id")
    named = (text(item.get("kind")) or _DEPENDS_ON).casefold().replace(" ", "_")
    kind = DependencyKind.FINISH_TO_START if named == _DEPENDS_ON else _kind(named)
    hard = flag(item.get("hard"))
    lag_weeks = figure(item.get("lag_weeks"), notation, LagWeeks) or 0.0
    constrains = kind in CONSTRAINING_KINDS
    if not constrains and (hard or lag_weeks):
        raise CellError(f"{kind.value} only informs: it is neither hard nor has it a lag")
    return Wait(fitting(Name, external_id), kind, constrains if hard is None else hard, lag_weeks)


def _kind(named: str) -> DependencyKind:
    if named not in set(DependencyKind):
        raise CellError(
            f"{shown(named)} is no kind of dependency; they are {', '.join(DependencyKind)}."
            f" Translate it, as in --value “kind:{named}=relates_to”, or select lines with --where"
        )
    return DependencyKind(named)


def _share(cell: Cell, notation: Notation) -> float | None:
    if isinstance(cell, str) and cell.strip().endswith("%"):
        percent = exact(cell.strip().removesuffix("%"), notation)
        return None if percent is None else fitting(Share, float(percent / 100))
    return figure(cell, notation, Share)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _objects(cell: Cell, *, known: set[str]) -> Iterable[Mapping[str, Cell]]:
    if not isinstance(cell, Sequence) or isinstance(cell, str):
        raise CellError(f"{shown(cell)} is not a list")
    for item in cell:
        if not isinstance(item, Mapping):
            raise CellError(f"{shown(item)} is not an object such as {{…}}")
        _refuse_unknown(item, known=known)
        yield item


def _refuse_unknown(item: Mapping[str, Cell], *, known: set[str]) -> None:
    unknown = item.keys() - known
    if unknown:
        raise CellError(f"an entry has {', '.join(sorted(unknown))}, and can have {', '.join(sorted(known))}")


def _once_each(
    found: Sequence[T], *, key: Callable[[T], Hashable], label: Callable[[T], str]
) -> tuple[T, ...]:
    seen: set[Hashable] = set()
    for one in found:
        if key(one) in seen:
            raise CellError(f"{label(one)} is named twice")
        seen.add(key(one))
    return tuple(found)
