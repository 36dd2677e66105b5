"""``stepchange import``: initiatives and dependencies from files (docs/import.md)."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import say, show_json
from api.commands.session import as_administrator
from api.settings import load_settings
from domain.actor import Actor
from domain.db import Database
from domain.enums import WorkKind
from domain.errors import InvalidInput
from domain.interchange.dependencies import DependencyImportOptions, import_dependencies
from domain.interchange.initiatives import ImportOptions, import_initiatives
from domain.interchange.mapping import ColumnUse
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.report import EdgeOutcome, ImportReport, LineOutcome, LineReport

app = typer.Typer(
    no_args_is_help=True, help="Bring initiatives and dependencies in from files; safe to repeat."
)

_LONGEST_LIST = 50
_LONGEST_NAME = 70
_FEW = 10

File = Annotated[Path, typer.Argument(help="A .jsonl, .csv or .xlsx file.", show_default=False)]
PortfolioName = Annotated[str, typer.Option("--portfolio", help="Name of the portfolio.", show_default=False)]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        help="“their column=our field”; our field - leaves the column out. Repeatable; * in their column stands"
        " for any text, a.b leads into objects and a[].b into lists of objects.",
    ),
]
Value = Annotated[
    list[str] | None,
    typer.Option(
        "--value",
        help="“our field:their value=our value”; * stands for any text, \\1, \\2 … in our value for what the"
        " first, second … * stood for. Repeatable.",
    ),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        help="“their column=pattern”: leave other lines out. Repeatable: several patterns of a column are"
        " alternatives, several columns have to match together."
    ),
]
Unknown = Annotated[
    list[str] | None,
    typer.Option(help="Cells that mean unknown, such as “Exempt*”. Repeatable."),
]
DateFormat = Annotated[
    list[str] | None,
    typer.Option(help="How dates are written besides 2026-11-21, such as %d/%m/%Y. Repeatable."),
]
Decimal = Annotated[
    str | None, typer.Option(help="Decimal sign, . or , (to be said for CSV with semicolons).")
]
Delimiter = Annotated[
    str | None, typer.Option(help="What stands between the cells of CSV; found out if left out.")
]
Encoding = Annotated[str | None, typer.Option(help="Encoding of CSV; UTF-8, or UTF-16 by its mark.")]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook; the first one if left out.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Write nothing; report what would be.")]
KeepGood = Annotated[
    bool, typer.Option("--keep-good", help="Write the good lines even if others are refused.")
]
OrganisationSlug = Annotated[
    str | None, typer.Option(help="Slug of the organisation; goes before STEPCHANGE_ORGANISATION.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")]


@app.command("initiatives")
def initiatives_command(
    file: File,
    portfolio: PortfolioName,
    *,
    columns: Map = None,
    translations: Value = None,
    where: Where = None,
    unknown: Unknown = None,
    money_unit: Annotated[
        str | None, typer.Option(help="What figures of money count, such as EUR, GBP m or “USD bn”.")
    ] = None,
    date_format: DateFormat = None,
    decimal: Decimal = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    create_portfolio: Annotated[
        bool, typer.Option("--create-portfolio", help="Make the portfolio if it is not there.")
    ] = False,
    create_teams: Annotated[
        bool, typer.Option("--create-teams", help="Make teams that are not there.")
    ] = False,
    create_categories: Annotated[
        WorkKind | None,
        typer.Option(help="Make allocation categories that are not there, for this kind of work."),
    ] = None,
    dry_run: DryRun = False,
    keep_good: KeepGood = False,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Create and update initiatives by their external ids.

    A field that a line says nothing about stays as it is; an empty one becomes unknown. One faulty line keeps
    the whole file out, unless --keep-good. Exits with 1 if the file was refused.
    """
    options = ImportOptions(
        portfolio=portfolio,
        create_portfolio=create_portfolio,
        create_teams=create_teams,
        create_categories=create_categories,
        keep_good=keep_good,
        dry_run=dry_run,
        reading=ReadingOptions(
            columns=tuple(columns or ()),
            translations=tuple(translations or ()),
            where=tuple(where or ()),
            unknown=tuple(unknown or ()),
            money_unit=money_unit,
            date_formats=tuple(date_format or ()),
            decimal=decimal,
            delimiter=delimiter,
            encoding=encoding,
            sheet=sheet,
        ),
    )
    source = read_file(file)
    _run(
        lambda database, actor: import_initiatives(database, actor, source, options),
        organisation=organisation,
        as_json=as_json,
    )


@app.command("dependencies")
def dependencies_command(
    file: File,
    portfolio: PortfolioName,
    *,
    columns: Map = None,
    translations: Value = None,
    where: Where = None,
    unknown: Unknown = None,
    decimal: Decimal = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    keep_good: KeepGood = False,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Add and update dependencies between initiatives that are in the portfolio, by their external ids.

    “from” is what waits, “to” what it waits for. Lines about initiatives that are not there are listed and
    refuse nothing; one that closes a cycle does, unless --keep-good.
    """
    options = DependencyImportOptions(
        portfolio=portfolio,
        keep_good=keep_good,
        dry_run=dry_run,
        reading=ReadingOptions(
            columns=tuple(columns or ()),
            translations=tuple(translations or ()),
            where=tuple(where or ()),
            unknown=tuple(unknown or ()),
            decimal=decimal,
            delimiter=delimiter,
            encoding=encoding,
            sheet=sheet,
        ),
    )
    source = read_file(file)
    _run(
        lambda database, actor: import_dependencies(database, actor, source, options),
        organisation=organisation,
        as_json=as_json,
    )


def read_file(path: Path) -> SourceFile:
    """The file of an argument.

    Raises
    ------
    InvalidInput
        When it can't be read.
    """
    try:
        return SourceFile(path.name, path.read_bytes())
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror}.") from error


def _run(
    work: Callable[[Database, Actor], Awaitable[ImportReport]], *, organisation: str | None, as_json: bool
) -> None:
    report = as_administrator(load_settings(organisation=organisation), work)
    if as_json:
        show_json(report.as_json())
    else:
        _show(report)
    if report.refused:
        sys.exit(1)


def _show(report: ImportReport) -> None:
    made = " (new)" if report.portfolio_created else ""
    say(f"{report.source} → portfolio {report.portfolio}{made}")
    read = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in LineOutcome)
    left_out = f"; {report.left_out} lines left out by --where" if report.left_out else ""
    undone = "" if report.written else " (not written)"
    say(f"Initiatives{undone}: {read}{left_out}")
    if report.edges:
        found = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in EdgeOutcome)
        say(f"Dependencies{undone}: {found}")
    for label, names in (
        ("Teams made", report.teams_created),
        ("Categories made", report.categories_created),
    ):
        _say_names(label, names)
    show_columns(report.columns)
    show_list("Refused", _faults(report))
    show_list(
        "Dangling",
        [
            f"line {edge.line}: {edge.successor} waits for {edge.predecessor}: {edge.reason}"
            for edge in report.edges
            if edge.outcome is EdgeOutcome.DANGLING
        ],
    )
    show_list(
        "To note",
        [f"line {line.line} ({line.name}): {warning}" for line in report.lines for warning in line.warnings],
    )
    if report.written:
        return
    if report.refused:
        say("Nothing was written, because of what is refused. Correct the file, or use --keep-good.")
    else:
        say("Nothing was written: this was a dry run.")


def show_columns(columns: ColumnUse) -> None:
    """Print what became of the columns of a file."""
    _say_names("Columns used", [f"{theirs} as {ours}" for theirs, ours in columns.mapped])
    _say_names("Columns left out", columns.ignored)
    _say_names("Columns not used", columns.unmapped)


def _say_names(label: str, names: Sequence[str]) -> None:
    if names:
        say(f"{label}: {', '.join(_short(name) for name in names)}")


def _faults(report: ImportReport) -> list[str]:
    """What is refused; lines that are refused for the same reasons together."""
    lines: dict[tuple[str, ...], list[LineReport]] = {}
    for line in report.lines:
        if line.outcome is LineOutcome.REFUSED:
            lines.setdefault(line.reasons, []).append(line)
    faults = [f"{show_places(same)}: {'; '.join(reasons)}" for reasons, same in lines.items()]
    faults += [
        f"line {edge.line}: {edge.successor} waits for {edge.predecessor} ({edge.kind}): {edge.reason}"
        for edge in report.edges
        if edge.outcome is EdgeOutcome.REFUSED
    ]
    return faults


def show_places(lines: list[LineReport]) -> str:
    """Lines as a message names them."""
    if len(lines) == 1:
        return f"line {lines[0].line}{f' ({lines[0].name})' if lines[0].name else ''}"
    more = f" and {len(lines) - _FEW} more" if len(lines) > _FEW else ""
    return f"lines {', '.join(str(line.line) for line in lines[:_FEW])}{more}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def show_list(label: str, items: list[str]) -> None:
    """Print a list, its first items only."""
    if not items:
        return
    say(f"{label}:")
    for item in items[:_LONGEST_LIST]:
        say(f"  {item}")
    if len(items) > _LONGEST_LIST:
        say(f"  and {len(items) - _LONGEST_LIST} more; --json shows all.")
