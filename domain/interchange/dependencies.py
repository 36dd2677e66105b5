"""Importing dependencies between initiatives that are in a portfolio already; adds and changes, never removes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.actor import Actor
from domain.commands.base import Name, Note
from domain.db import Database, transaction
from domain.interchange.edges import WantedEdge, plan_edges
from domain.interchange.fields import DEPENDENCY_VOCABULARY
from domain.interchange.lines import read_lines
from domain.interchange.lists import wait
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.records import DependencyRecord, Refused
from domain.interchange.report import ImportReport, LineOutcome, LineReport
from domain.interchange.stored import read_edges, read_places
from domain.interchange.target import open_portfolio
from domain.interchange.values import Cell, CellError, Notation, fitting, text
from domain.interchange.writes import Writes, write


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyImportOptions:
    """Into which portfolio, and what becomes of a file with faulty lines; see ``ImportOptions``."""

    portfolio: str
    keep_good: bool = False
    dry_run: bool = False
    reading: ReadingOptions = field(default_factory=ReadingOptions)


async def import_dependencies(
    database: Database, actor: Actor, source: SourceFile, options: DependencyImportOptions
) -> ImportReport:
    """Add and update a portfolio's dependencies from a file, in one transaction.

    A line whose initiatives are not in the portfolio is dangling: it is listed, and refuses nothing.

    Raises
    ------
    InvalidInput
        When the file as a whole can't be read, an option does not fit it, or the portfolio is archived.
    NotFound
        When there is no such portfolio.
    """
    lines = await asyncio.to_thread(read_lines, source, options.reading, DEPENDENCY_VOCABULARY, _record)
    async with transaction(database, actor, reason=f"Import of {source.name}") as session:
        target = await open_portfolio(session, actor, options.portfolio, create=False)
        places = await read_places(session, actor, target.id)
        edges = await read_edges(session, actor, target.id)
        plan = await asyncio.to_thread(
            plan_edges,
            [
                WantedEdge(record.line, record.successor, record.wait)
                for record in lines.records
                if isinstance(record, DependencyRecord)
            ],
            places={place.external_id: place for place in places if place.external_id is not None},
            labels={place.id: place.external_id or place.title for place in places},
            stored=edges,
            replaced={},
            refused={},
        )
        report = ImportReport(
            source=source.name,
            portfolio=target.name,
            dry_run=options.dry_run,
            keep_good=options.keep_good,
            lines=tuple(
                LineReport(
                    line=record.line, name=record.name, outcome=LineOutcome.REFUSED, reasons=record.reasons
                )
                for record in lines.records
                if isinstance(record, Refused)
            ),
            left_out=lines.left_out,
            edges=plan.reports,
            columns=lines.columns,
        )
        if report.written:
            here = {"portfolio_id": target.id}
            added = [{**here, **row} for row in plan.added]
            await write(session, actor.organisation_id, Writes(edges=added, edges_changed=plan.changed))
    return report


def _record(number: int, cells: Mapping[str, Cell], notation: Notation) -> DependencyRecord | Refused:
    try:
        successor, predecessor = text(cells.get("from")), text(cells.get("to"))
        if successor is None or predecessor is None:
            missing = "from" if successor is None else "to"
            return Refused(
                line=number, name=successor, reasons=(f"{missing}: is empty; both ends are needed",)
            )
        given = {name: cells.get(name) for name in ("kind", "hard", "lag_weeks")}
        found = wait({**given, "external_id": predecessor}, notation)
        note = fitting(Note, text(cells["note"]) or "") if "note" in cells else None
        return DependencyRecord(
            line=number, successor=fitting(Name, successor), wait=found._replace(note=note)
        )
    except CellError as error:
        return Refused(line=number, name=None, reasons=(str(error),))
