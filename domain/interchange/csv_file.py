"""CSV with a header: comma, semicolon or tab between cells, quotes around line breaks. Pure."""

import csv
import io
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from itertools import islice

from domain.errors import InvalidInput
from domain.interchange.source import Column, Line, Source, Unreadable

DELIMITERS = (",", ";", "\t")
_LONGEST_CELL = 1_000_000
_LOOKED_AT = 20


def read_csv(
    name: str, content: bytes, *, delimiter: str | None = None, encoding: str | None = None
) -> Source:
    """Read CSV; an empty cell is None, a row of nothing but empty cells is no line.

    Without a ``delimiter`` the one is taken under which most of the first rows have as many cells as the
    header, and then the one that makes most columns. Without an ``encoding`` it is UTF-8, or UTF-16 where a
    byte order mark says so.

    Raises
    ------
    InvalidInput
        When the bytes are not of the encoding, there is no header, or the delimiter can't be one.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise InvalidInput("--delimiter is one character, such as ; or |.")
    text = _decoded(name, content, encoding)
    csv.field_size_limit(_LONGEST_CELL)
    delimiter = delimiter or _likely_delimiter(text)
    rows = _rows(text, delimiter)
    first = next(rows, None)
    if first is None:
        raise InvalidInput(f"{name} is empty; a CSV file starts with a line of column names.")
    if isinstance(first, Unreadable):
        raise InvalidInput(f"{name}: line {first.number} {first.reason}.")
    headings = headings_of(first[1])
    lines: list[Line | Unreadable] = []
    for row in rows:
        if isinstance(row, Unreadable):
            lines.append(row)
            continue
        number, cells = row
        if len(cells) != len(headings):
            reason = f"has {len(cells)} cells, and the header has {len(headings)}"
            lines.append(Unreadable(number, reason))
        else:
            values = (cell if cell.strip() else None for cell in cells)
            lines.append(Line(number, dict(zip(headings, values, strict=True))))
    return Source(
        name=name,
        columns=tuple(Column(heading, (heading,)) for heading in headings),
        lines=tuple(lines),
        ambiguous_decimal=delimiter == ";",
    )


def _decoded(name: str, content: bytes, encoding: str | None) -> str:
    if encoding is None:
        wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        encoding = "utf-16" if wide else "utf-8-sig"
    elif content.startswith(BOM_UTF8) and encoding.casefold() in {"utf-8", "utf8"}:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except LookupError as error:
        raise InvalidInput(f"There is no encoding {encoding}; try utf-8, cp1252 or latin-1.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{name} is not {encoding.removesuffix('-sig')}: byte {error.start + 1} does not fit. Say its"
            " encoding, such as --encoding cp1252."
        ) from error


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]] | Unreadable]:
    """Each row with the number of the line on which it starts; blank ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # what follows a stray quote can't be told apart any more
            yield Unreadable(number, f"is not CSV: {error}; what follows could not be read")
            return
        if any(cell.strip() for cell in cells):
            yield number, cells


def _likely_delimiter(text: str) -> str:
    def fit(delimiter: str) -> tuple[int, int]:
        rows = [row[1] for row in islice(_rows(text, delimiter), _LOOKED_AT) if isinstance(row, tuple)]
        width = len(rows[0]) if rows else 0
        return sum(len(row) == width for row in rows) if width > 1 else 0, width

    return max(DELIMITERS, key=fit)


def headings_of(cells: list[str]) -> list[str]:
    """Column names in one line each; of several columns with one name, the later ones get a number."""
    headings: dict[str, None] = {}
    for position, cell in enumerate(cells, start=1):
        name = heading = " ".join(cell.split()) or f"(column {position})"
        repeated = 1
        while heading in headings:
            repeated += 1
            heading = f"{name} ({repeated})"
        headings[heading] = None
    return list(headings)
