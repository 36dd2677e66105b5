"""Importing initiatives with all that belongs to them, idempotent by external id."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, transaction
from domain.enums import WorkKind
from domain.interchange.fields import INITIATIVE_VOCABULARY
from domain.interchange.initiative_lines import read_initiative
from domain.interchange.lines import Lines, read_lines
from domain.interchange.plan import Setting, plan_initiatives
from domain.interchange.reading import ReadingOptions, SourceFile, default_money_unit
from domain.interchange.records import InitiativeRecord, Refused
from domain.interchange.report import ImportReport
from domain.interchange.stored import read_edges, read_places, read_stored
from domain.interchange.target import make_portfolio, open_portfolio
from domain.interchange.writes import write


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """Into which portfolio, what may be made on the way, and what becomes of a file with faulty lines.

    ``create_categories`` is the kind of work of those that are made. Without ``keep_good`` one faulty line
    keeps the whole file out; ``dry_run`` writes nothing and reports what would be.
    """

    portfolio: str
    create_portfolio: bool = False
    create_teams: bool = False
    create_categories: WorkKind | None = None
    keep_good: bool = False
    dry_run: bool = False
    reading: ReadingOptions = field(default_factory=ReadingOptions)


async def import_initiatives(
    database: Database, actor: Actor, source: SourceFile, options: ImportOptions
) -> ImportReport:
    """Create and update a portfolio's initiatives from a file, in one transaction.

    A field that a line says nothing about stays as it is, an empty one becomes unknown. Ratings are the
    actor's own. Initiatives that the file does not name stay.

    Raises
    ------
    InvalidInput
        When the file as a whole can't be read, an option does not fit it, or the portfolio is archived.
    NotFound
        When there is no such portfolio and none may be made.
    """
    lines = await asyncio.to_thread(_read, source, options.reading)
    records = [record for record in lines.records if isinstance(record, InitiativeRecord)]
    async with transaction(database, actor, reason=f"Import of {source.name}") as session:
        target = await open_portfolio(session, actor, options.portfolio, create=options.create_portfolio)
        moment = (await session.execute(sa.select(sa.func.now()))).scalar_one()
        stored = await read_stored(
            session,
            actor,
            target.id,
            (record.external_id for record in records),
            contributing=any(record.contributions for record in records),
        )
        setting = Setting(
            actor=actor,
            portfolio_id=target.id,
            source=source.name,
            moment=moment,
            create_teams=options.create_teams,
            create_categories=options.create_categories,
        )
        places = await read_places(session, actor, target.id)
        edges = await read_edges(session, actor, target.id)
        plan = await asyncio.to_thread(
            plan_initiatives, lines.records, setting=setting, stored=stored, places=places, edges=edges
        )
        report = ImportReport(
            source=source.name,
            portfolio=target.name,
            portfolio_created=target.new,
            dry_run=options.dry_run,
            keep_good=options.keep_good,
            lines=plan.lines,
            left_out=lines.left_out,
            edges=plan.edges,
            columns=lines.columns,
            teams_created=plan.teams,
            categories_created=plan.categories,
        )
        if report.written:
            await make_portfolio(session, actor, target)
            await write(session, actor.organisation_id, plan.writes)
    return report


def _read(source: SourceFile, options: ReadingOptions) -> Lines[InitiativeRecord]:
    money = default_money_unit(options)
    lines = read_lines(
        source,
        options,
        INITIATIVE_VOCABULARY,
        lambda number, cells, notation: read_initiative(number, cells, notation=notation, money=money),
    )
    return Lines(_once_each(lines.records), lines.left_out, lines.columns)


def _once_each(records: Sequence[InitiativeRecord | Refused]) -> tuple[InitiativeRecord | Refused, ...]:
    """Refuse all lines that are about one initiative: which of them counts can't be told."""
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for record in records:
        name = record.name if isinstance(record, Refused) else record.external_id
        if name is not None:
            numbers[name].append(record.line)
    judged: list[InitiativeRecord | Refused] = []
    for record in records:
        name = record.name if isinstance(record, Refused) else record.external_id
        others = [number for number in numbers.get(name or "", []) if number != record.line]
        if not others:
            judged.append(record)
            continue
        where = f"line {others[0]}" if len(others) == 1 else f"lines {', '.join(map(str, others))}"
        reason = f"external_id: “{name}” is also on {where}"
        reasons = record.reasons if isinstance(record, Refused) else ()
        judged.append(Refused(line=record.line, name=name, reasons=(reason, *reasons)))
    return tuple(judged)
