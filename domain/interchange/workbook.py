"""Workbooks (.xlsx): one sheet with a header row. Pure."""

import io
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, WorksheetNotFound

from domain.errors import InvalidInput
from domain.interchange.csv_file import headings_of
from domain.interchange.source import Column, Line, Source, Unreadable
from domain.interchange.values import Cell

_MOST_CELLS = 5_000_000
"""Cells of a sheet, empty ones among them: a stray cell far down makes a sheet of billions."""

_Value: TypeAlias = int | float | str | bool | time | date | datetime | timedelta


def read_workbook(name: str, content: bytes, *, sheet: str | None = None) -> Source:
    """Read a sheet, by default the first one; its first row that is not empty has the names of columns.

    An empty cell is None, a row of nothing but empty cells is no line. Figures are what the workbook holds, not
    what it shows; dates are written as ISO 8601.

    Raises
    ------
    InvalidInput
        When the bytes are no workbook, there is no such sheet, it is empty or far too large.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = workbook.get_sheet_by_index(0) if sheet is None else workbook.get_sheet_by_name(sheet)
        rows = _rows(name, found)
    except WorksheetNotFound as error:
        names = ", ".join(f"“{other}”" for other in workbook.sheet_names) or "none"
        raise InvalidInput(f"{name} has no sheet “{sheet}”. Its sheets are: {names}.") from error
    except CalamineError as error:
        raise InvalidInput(f"{name} is not a workbook that can be read: {error}.") from error
    if not rows:
        raise InvalidInput(f"The sheet “{found.name}” of {name} is empty; it starts with column names.")
    first = 1 if found.start is None else found.start[0] + 1
    headings = headings_of([_text(value) for value in rows[0]])
    lines: list[Line | Unreadable] = []
    for number, row in enumerate(rows[1:], start=first + 1):
        cells = [_cell(value) for value in row]
        if any(cell is not None for cell in cells):
            lines.append(Line(number, dict(zip(headings, cells, strict=True))))
    return Source(
        name=name, columns=tuple(Column(heading, (heading,)) for heading in headings), lines=tuple(lines)
    )


def _rows(name: str, sheet: CalamineSheet) -> list[list[_Value]]:
    if sheet.height * sheet.width > _MOST_CELLS:
        raise InvalidInput(
            f"The sheet “{sheet.name}” of {name} has {sheet.height} rows and {sheet.width} columns, empty ones"
            " among them; delete what is far out, or split it."
        )
    return sheet.to_python()


def _cell(value: _Value) -> Cell:
    """A value as a cell: figures keep their digits, days and moments are written out."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else Decimal(repr(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    text = str(value)
    return text if text.strip() else None


def _text(value: _Value) -> str:
    cell = _cell(value)
    return "" if cell is None else str(cell)
