"""Which column of a file is which of our fields, which lines are wanted, and what their words mean. Pure.

A column whose heading is the name of a field is that field, whatever its case and separators
(``External ID`` is ``external_id``); every other one has to be named, or is reported as not used.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from domain.errors import InvalidInput
from domain.interchange.reading import ReadingOptions
from domain.interchange.source import Column, Each, Line, Path, Source, cell_at
from domain.interchange.values import Cell
from domain.interchange.vocabulary import Vocabulary

IGNORE = "-"
"""Our side of a mapping that leaves a column out on purpose."""


_REFERENCE = re.compile(r"\\([0-9])")
"""On our side of a translation: the text that the first, second … * stood for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """What became of the columns of a file: used as which fields, left out on purpose, not used."""

    mapped: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    unmapped: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMapping:
    """A file's columns bound to our fields, with what the options say about lines and words."""

    bindings: tuple[tuple[Column, str], ...]
    use: ColumnUse
    conditions: Mapping[Column, tuple[str, ...]]
    translations: Mapping[str, tuple[tuple[str, str | None], ...]]
    unknown: tuple[str, ...]

    def wants(self, line: Line) -> bool:
        """Whether every column that has conditions matches one of its patterns."""
        return all(
            any(_matches(cell_at(line.cells, column.path), pattern) for pattern in patterns)
            for column, patterns in self.conditions.items()
        )

    def cells(self, line: Line) -> dict[str, Cell]:
        """What the line says about our fields; a field that it says nothing about is absent."""
        given = line.cells
        cells: dict[str, Cell] = {}
        for column, field in self.bindings:
            if len(column.path) == 1:
                if column.name in given:
                    cells[field] = self._meant(field, given[column.name])
            elif _says(given, column.path):
                cells[field] = self._meant(field, cell_at(given, column.path))
        return cells

    def _meant(self, field: str, cell: Cell) -> Cell:
        if not self.unknown and field not in self.translations:
            return cell
        if isinstance(cell, list):
            return [self._meant(field, item) for item in cell]
        for pattern, ours in self.translations.get(field, ()):
            match = _match(cell, pattern)
            if match is not None:
                return None if ours is None else _REFERENCE.sub(lambda found: match[int(found[1])], ours)  # noqa: B023 - called at once
        return None if any(_matches(cell, pattern) for pattern in self.unknown) else cell


def bind(source: Source, vocabulary: Vocabulary, options: ReadingOptions) -> FileMapping:
    """Bind the columns of a file to fields.

    Raises
    ------
    InvalidInput
        When an option names a column that the file does not have or a field that we don't, a field gets two
        columns, or a required one none.
    """
    bindings: dict[str, Column] = {}
    taken: set[Column] = set()
    ignored: set[Column] = set()
    for option in options.columns:
        theirs, ours = _sides(option, f"--map “{option}” is to be “their column=our field”")
        column = _column(source, theirs, option=f"--map “{option}”")
        taken.add(column)
        if ours == IGNORE:
            ignored.add(column)
            continue
        field = vocabulary.find(ours)
        if field is None:
            raise InvalidInput(
                f"--map “{option}”: there is no field {ours}. The fields are {vocabulary.names()}; use"
                f" {IGNORE} to leave the column out."
            )
        _bind(bindings, field, column)
    for column in source.columns:
        field = vocabulary.find(column.name) if len(column.path) == 1 and column not in taken else None
        if field is not None and (field not in bindings or bindings[field] not in taken):
            _bind(bindings, field, column)
    for field, leader in vocabulary.companions.items():
        if field in bindings and leader not in bindings:
            if bindings[field] in taken:
                raise InvalidInput(f"{field} says something about {leader}, and no column is {leader}.")
            del bindings[field]
    missing = [field for field in vocabulary.required if field not in bindings]
    if missing:
        names = ", ".join(column.name for column in source.columns if len(column.path) == 1) or "none"
        raise InvalidInput(
            f"No column of {source.name} is {' or '.join(missing)}: name it, as in --map"
            f" “Key={missing[0]}”. Its columns are: {names}."
        )
    used = tuple((column, field) for field, column in bindings.items())
    return FileMapping(
        bindings=used,
        use=_use(source, used, ignored),
        conditions=_conditions(source, options),
        translations=_translations(vocabulary, options),
        unknown=options.unknown,
    )


def _bind(bindings: dict[str, Column], field: str, column: Column) -> None:
    if field in bindings:
        raise InvalidInput(
            f"{field} gets two columns, “{bindings[field].name}” and “{column.name}”; map one of them"
            f" elsewhere, or leave it out with --map “{column.name}={IGNORE}”."
        )
    bindings[field] = column


def _sides(option: str, problem: str) -> tuple[str, str]:
    theirs, _, ours = option.rpartition("=")
    if not theirs.strip() or not ours.strip():
        raise InvalidInput(f"{problem}.")
    return theirs.strip(), ours.strip()


def _column(source: Source, name: str, *, option: str) -> Column:
    """The column of this name; else the only one whose name matches, * standing for any text."""
    found = [column for column in source.columns if column.name == name]
    found = found or [column for column in source.columns if _matches(column.name, name)]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(f"“{column.name}”" for column in found[:5])
        raise InvalidInput(f"{option}: “{name}” is not one column but {len(found)}: {names}.")
    names = ", ".join(column.name for column in source.columns) or "none"
    raise InvalidInput(f"{option}: {source.name} has no column “{name}”. Its columns are: {names}.")


def _conditions(source: Source, options: ReadingOptions) -> dict[Column, tuple[str, ...]]:
    conditions: dict[Column, tuple[str, ...]] = {}
    for option in options.where:
        name, equals, pattern = option.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f"--where “{option}” is to be “their column=pattern”.")
        column = _column(source, name.strip(), option=f"--where “{option}”")
        conditions[column] = (*conditions.get(column, ()), pattern)
    return conditions


def _translations(
    vocabulary: Vocabulary, options: ReadingOptions
) -> dict[str, tuple[tuple[str, str | None], ...]]:
    translations: dict[str, tuple[tuple[str, str | None], ...]] = {}
    for option in options.translations:
        problem = f"--value “{option}” is to be “our field:their value=our value”"
        head, colon, rest = option.partition(":")
        if f"{head}:" in vocabulary.families:
            member, colon, rest = rest.partition(":")
            head = f"{head}:{member}"
        theirs, equals, ours = rest.rpartition("=")
        if not (colon and equals and theirs.strip()):
            raise InvalidInput(f"{problem}.")
        field = vocabulary.find(head)
        if field is None:
            raise InvalidInput(f"{problem}: there is no field {head}. The fields are {vocabulary.names()}.")
        if any(int(number) not in range(1, theirs.count("*") + 1) for number in _REFERENCE.findall(ours)):
            raise InvalidInput(f"{problem}: its right side names more texts than there are * on the left.")
        translation = (theirs.strip(), ours.strip() or None)
        translations[field] = (*translations.get(field, ()), translation)
    return translations


def _use(source: Source, bindings: Sequence[tuple[Column, str]], ignored: set[Column]) -> ColumnUse:
    settled = [column.path for column, _ in bindings] + [column.path for column in ignored]
    return ColumnUse(
        mapped=tuple((column.name, field) for column, field in bindings),
        ignored=tuple(column.name for column in source.columns if column in ignored),
        unmapped=tuple(_unused(source.columns, settled)),
    )


def _unused(columns: Sequence[Column], settled: Sequence[Path]) -> Iterator[str]:
    """The outermost columns of which nothing is used, within those of which something is."""
    opened = {path[:end] for path in settled for end in range(len(path))}
    closed = set(settled)
    for column in columns:
        path = column.path
        above = [path[:end] for end in range(1, len(path))]
        inside = any(before in closed for before in above)
        told = any(before not in opened and not isinstance(before[-1], Each) for before in above)
        if not (inside or told or path in opened or path in closed):
            yield column.name


def _says(cells: Mapping[str, Cell], path: Path) -> bool:
    """Whether a line has a place at this path, be it empty; a list has all that its items could have."""
    here: Cell = cells
    for step in path:
        if isinstance(step, Each):
            return True
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True


def _matches(cell: Cell, pattern: str) -> bool:
    """Whether a cell reads as the pattern; of a list, whether one of its items does."""
    if isinstance(cell, list):
        return any(_matches(item, pattern) for item in cell)
    return _match(cell, pattern) is not None


def _match(cell: Cell, pattern: str) -> re.Match[str] | None:
    """How a cell reads as the pattern, case and runs of white space aside; * stands for any text."""
    if isinstance(cell, Mapping):
        return None
    plain = "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)
    return _expression(pattern).fullmatch(" ".join(plain.split()))


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in " ".join(pattern.split()).split("*"))
    return re.compile("(.*)".join(parts), re.DOTALL | re.IGNORECASE)
