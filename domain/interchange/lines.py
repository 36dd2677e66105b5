"""From a file to records: reads, selects and translates its lines, and refuses what can't be used. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.interchange.mapping import ColumnUse, bind
from domain.interchange.reading import ReadingOptions, SourceFile, notation, read_source
from domain.interchange.records import Refused
from domain.interchange.source import Unreadable
from domain.interchange.values import Cell, Notation
from domain.interchange.vocabulary import Vocabulary

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Lines(Generic[R]):
    """The records of a file in its order, how many lines --where left out, and how its columns were used."""

    records: tuple[R | Refused, ...]
    left_out: int
    columns: ColumnUse


def read_lines(
    file: SourceFile,
    options: ReadingOptions,
    vocabulary: Vocabulary,
    parse: Callable[[int, Mapping[str, Cell], Notation], R | Refused],
) -> Lines[R]:
    """Read the wanted lines of a file; a line that can't even be read is refused, never left out.

    Raises
    ------
    InvalidInput
        When the file as a whole can't be read, or an option does not fit it.
    """
    source = read_source(file, options)
    mapping = bind(source, vocabulary, options)
    form = notation(source, options)
    records: list[R | Refused] = []
    left_out = 0
    for line in source.lines:
        if isinstance(line, Unreadable):
            records.append(Refused(line=line.number, name=None, reasons=(line.reason,)))
        elif mapping.wants(line):
            records.append(parse(line.number, mapping.cells(line), form))
        else:
            left_out += 1
    return Lines(tuple(records), left_out, mapping.use)
