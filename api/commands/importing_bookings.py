"""``stepchange import bookings``: booked time from files (docs/import.md)."""

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import say, show_json
from api.commands.importing import (
    AsJson,
    DateFormat,
    Decimal,
    Delimiter,
    DryRun,
    Encoding,
    File,
    KeepGood,
    Map,
    OrganisationSlug,
    Sheet,
    Unknown,
    Value,
    Where,
    read_file,
    show_columns,
    show_list,
    show_places,
)
from api.commands.session import as_administrator
from api.settings import load_settings
from domain.interchange.bookings import BookingImportOptions, BookingImportReport, import_bookings
from domain.interchange.reading import ReadingOptions
from domain.interchange.report import LineOutcome, LineReport


def bookings_command(
    file: File,
    *,
    portfolio: Annotated[
        str | None, typer.Option("--portfolio", help="Whose initiatives are meant, by the portfolio's name.")
    ] = None,
    columns: Map = None,
    translations: Value = None,
    where: Where = None,
    unknown: Unknown = None,
    date_format: DateFormat = None,
    decimal: Decimal = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    keep_good: KeepGood = False,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Book time that teams have spent, by week, category and initiative; safe to repeat.

    Lines of one team, week, category and initiative add up to what is booked there. One faulty line keeps the
    whole file out, unless --keep-good. Exits with 1 if the file was refused.
    """
    options = BookingImportOptions(
        portfolio=portfolio,
        keep_good=keep_good,
        dry_run=dry_run,
        reading=ReadingOptions(
            columns=tuple(columns or ()),
            translations=tuple(translations or ()),
            where=tuple(where or ()),
            unknown=tuple(unknown or ()),
            date_formats=tuple(date_format or ()),
            decimal=decimal,
            delimiter=delimiter,
            encoding=encoding,
            sheet=sheet,
        ),
    )
    source = read_file(Path(file))
    report = as_administrator(
        load_settings(organisation=organisation),
        lambda database, actor: import_bookings(database, actor, source, options, now=datetime.now(UTC)),
    )
    if as_json:
        show_json(report.as_json())
    else:
        _show(report)
    if report.refused:
        sys.exit(1)


def _show(report: BookingImportReport) -> None:
    undone = "" if report.written else " (not written)"
    read = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in LineOutcome)
    left_out = f"; {report.left_out} lines left out by --where" if report.left_out else ""
    say(f"{report.source} → {report.bookings} bookings")
    say(f"Lines{undone}: {read}{left_out}")
    show_columns(report.columns)
    same: defaultdict[tuple[str, ...], list[LineReport]] = defaultdict(list)
    for line in report.lines:
        if line.outcome is LineOutcome.REFUSED:
            same[line.reasons].append(line)
    show_list("Refused", [f"{show_places(lines)}: {'; '.join(why)}" for why, lines in same.items()])
    if report.alerts:
        say(f"Alerts that step-change work gets less than planned: {report.alerts} opened.")
    if report.refused:
        say("Nothing was written, because of what is refused. Correct the file, or use --keep-good.")
    elif not report.written:
        say("Nothing was written: this was a dry run.")
