"""``stepchange import measurements``: measurements of KPIs from files (docs/import.md)."""

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
from domain.interchange.measurements import (
    MeasurementImportOptions,
    MeasurementImportReport,
    import_measurements,
)
from domain.interchange.reading import ReadingOptions
from domain.interchange.report import LineOutcome, LineReport


def measurements_command(
    file: File,
    *,
    columns: Map = None,
    translations: Value = None,
    where: Where = None,
    unknown: Unknown = None,
    date_format: DateFormat = None,
    decimal: Decimal = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook; the first one if left out.")] = None,
    dry_run: DryRun = False,
    keep_good: KeepGood = False,
    organisation: OrganisationSlug = None,
    as_json: AsJson = False,
) -> None:
    """Add measurements of KPIs, by the names of the KPIs; safe to repeat.

    What follows from them is done as well: status, trend, breaches, check-ins of promoted KPIs. One faulty line
    keeps the whole file out, unless --keep-good. Exits with 1 if the file was refused.
    """
    options = MeasurementImportOptions(
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
        lambda database, actor: import_measurements(database, actor, source, options, now=datetime.now(UTC)),
    )
    if as_json:
        show_json(report.as_json())
    else:
        _show(report)
    if report.refused:
        sys.exit(1)


def _show(report: MeasurementImportReport) -> None:
    undone = "" if report.written else " (not written)"
    read = ", ".join(f"{report.count(outcome)} {outcome.value}" for outcome in LineOutcome)
    left_out = f"; {report.left_out} lines left out by --where" if report.left_out else ""
    say(f"{report.source} → measurements of {report.kpis} KPIs")
    say(f"Lines{undone}: {read}{left_out}")
    show_columns(report.columns)
    same: defaultdict[tuple[str, ...], list[LineReport]] = defaultdict(list)
    for line in report.lines:
        if line.outcome is LineOutcome.REFUSED:
            same[line.reasons].append(line)
    show_list("Refused", [f"{show_places(lines)}: {'; '.join(why)}" for why, lines in same.items()])
    if report.refused:
        say("Nothing was written, because of what is refused. Correct the file, or use --keep-good.")
    elif not report.written:
        say("Nothing was written: this was a dry run.")
