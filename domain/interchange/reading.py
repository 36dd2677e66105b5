"""How to read a file: its format, and the options that say what it can't say itself."""

from dataclasses import dataclass
from pathlib import PurePath

from domain.errors import InvalidInput
from domain.interchange.csv_file import read_csv
from domain.interchange.jsonl import read_jsonl
from domain.interchange.source import Source
from domain.interchange.values import CellError, MoneyUnit, Notation, money_unit
from domain.interchange.workbook import read_workbook

_FORMATS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "workbook",
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import: its name, which tells the format, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """What the file's columns and cells mean, as the command line says it (docs/import.md).

    ``columns`` are ``their column=our field``; ``translations`` are ``our field:their value=our value``;
    ``where`` are ``their column=pattern``; ``unknown`` are patterns of cells that mean nothing is known.
    """

    columns: tuple[str, ...] = ()
    translations: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    money_unit: str | None = None
    date_formats: tuple[str, ...] = ()
    decimal: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


def read_source(file: SourceFile, options: ReadingOptions) -> Source:
    """Read a file by its format.

    Raises
    ------
    InvalidInput
        When the name tells no format, or the file as a whole can't be read.
    """
    suffix = PurePath(file.name).suffix.casefold()
    form = _FORMATS.get(suffix)
    if form is None:
        raise InvalidInput(
            f"{file.name} has no known ending; name it .jsonl (or .ndjson) for JSON Lines, .csv (or .tsv,"
            " .txt) for CSV, .xlsx for a workbook."
        )
    if form == "jsonl":
        return read_jsonl(file.name, file.content)
    if form == "workbook":
        return read_workbook(file.name, file.content, sheet=options.sheet)
    delimiter = "\t" if suffix == ".tsv" else None
    return read_csv(
        file.name, file.content, delimiter=options.delimiter or delimiter, encoding=options.encoding
    )


def notation(source: Source, options: ReadingOptions) -> Notation:
    """How the file writes figures and days.

    Raises
    ------
    InvalidInput
        When the decimal sign is neither a point nor a comma.
    """
    if options.decimal not in (None, ".", ","):
        raise InvalidInput("--decimal is . or ,")
    unsaid = None if source.ambiguous_decimal else "."
    return Notation(decimal=options.decimal or unsaid, date_formats=options.date_formats)


def default_money_unit(options: ReadingOptions) -> MoneyUnit | None:
    """The unit of figures of money that no column gives one for.

    Raises
    ------
    InvalidInput
        When it can't be read.
    """
    try:
        return money_unit(options.money_unit)
    except CellError as error:
        raise InvalidInput(f"--money-unit: {error}.") from error
