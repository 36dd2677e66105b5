"""Importing booked time: lines of one team, week, category and initiative add up to what is booked there.

So a file of time sheets can be taken as it is, and be taken again. What it says nothing about stays.
"""

import asyncio
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.booking_bulk import Judged, judge_bookings, person_weeks, week_of, write_judged
from domain.capacity.settings import read_settings
from domain.commands.booking import BookingSet
from domain.db import Database, transaction
from domain.drift.evaluation import evaluate_drift
from domain.errors import DomainError, InvalidInput
from domain.interchange.booking_records import BOOKING_VOCABULARY, BookingRecord, read_booking
from domain.interchange.lines import Lines, read_lines
from domain.interchange.mapping import ColumnUse
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.records import Refused
from domain.interchange.report import LineOutcome, LineReport
from domain.interchange.target import open_portfolio
from domain.models import metadata

_LONGEST_NOTE = 2_000
_DIGITS = 9
"""Digits of person-weeks that a sum of hours keeps, so that it is the same whatever it was added up from."""


_OUTCOMES = {None: LineOutcome.CREATED, True: LineOutcome.UPDATED, False: LineOutcome.UNCHANGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingImportOptions:
    """Whose initiatives are meant, and what becomes of a file with faulty lines; see ``ImportOptions``."""

    portfolio: str | None = None
    keep_good: bool = False
    dry_run: bool = False
    reading: ReadingOptions = field(default_factory=ReadingOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingImportReport:
    """What became of a file, line by line; ``alerts`` is how many alerts about drift it has opened."""

    source: str
    dry_run: bool
    keep_good: bool
    lines: tuple[LineReport, ...]
    left_out: int
    columns: ColumnUse
    bookings: int
    alerts: int

    @property
    def refused(self) -> bool:
        """Whether the file is refused because of some of its lines."""
        return bool(self.count(LineOutcome.REFUSED)) and not self.keep_good

    @property
    def written(self) -> bool:
        """Whether anything was written; if not, the rest says what would have been."""
        return not (self.dry_run or self.refused)

    def count(self, outcome: LineOutcome) -> int:
        """How many lines had this outcome."""
        return sum(line.outcome is outcome for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        """The report for a program to read."""
        return {
            "source": self.source,
            "dryRun": self.dry_run,
            "written": self.written,
            "leftOut": self.left_out,
            "lines": {outcome.value: self.count(outcome) for outcome in LineOutcome},
            "bookings": self.bookings,
            "alertsOpened": self.alerts,
            "columns": asdict(self.columns),
            "reports": [asdict(line) for line in self.lines],
        }


class _Place(NamedTuple):
    team_id: UUID
    week: date
    category_id: UUID | None
    initiative_id: UUID | None


class _Names(NamedTuple):
    """Ids by name; initiatives with their category."""

    teams: Mapping[str, UUID]
    categories: Mapping[str, UUID]
    initiatives: Mapping[str, tuple[UUID, UUID | None]]
    portfolio: str | None


async def import_bookings(
    database: Database, actor: Actor, source: SourceFile, options: BookingImportOptions, *, now: datetime
) -> BookingImportReport:
    """Book what a file says, in one transaction, with what follows from it for alerts.

    Raises
    ------
    InvalidInput
        When the file as a whole can't be read, an option does not fit it, or the portfolio is archived.
    NotFound
        When there is no such portfolio.
    """
    lines = await asyncio.to_thread(read_lines, source, options.reading, BOOKING_VOCABULARY, read_booking)
    async with transaction(database, actor, reason=f"Import of {source.name}") as session:
        names = await _names(session, actor, options.portfolio, lines)
        hours = (await read_settings(session)).hours_per_day
        reasons: dict[int, tuple[str, ...]] = {
            record.line: record.reasons for record in lines.records if isinstance(record, Refused)
        }
        places: defaultdict[_Place, list[BookingRecord]] = defaultdict(list)
        for record in lines.records:
            if isinstance(record, BookingRecord):
                try:
                    places[_place(record, names)].append(record)
                except InvalidInput as error:
                    reasons[record.line] = (error.message,)
        items = [_item(place, records, hours) for place, records in places.items()]
        judged = await judge_bookings(session, actor, items, now=now)
        reports = _reports(lines, list(places.values()), judged, reasons)
        report = BookingImportReport(
            source=source.name,
            dry_run=options.dry_run,
            keep_good=options.keep_good,
            lines=reports,
            left_out=lines.left_out,
            columns=lines.columns,
            bookings=len(judged.good),
            alerts=0,
        )
        if not report.written:
            return report
        await write_judged(session, actor, judged)
        teams = {place.team_id for place in places}
        evaluation = await evaluate_drift(session, actor.organisation_id, now=now, team_ids=teams)
        return BookingImportReport(
            **{name: getattr(report, name) for name in BookingImportReport.__slots__ if name != "alerts"},
            alerts=len(evaluation.opened),
        )


def _place(record: BookingRecord, names: _Names) -> _Place:
    team_id = names.teams.get(record.team.lower())
    if team_id is None:
        raise InvalidInput(f"team: there is no team “{record.team}”; create it first")
    initiative_id, category_id = None, None
    if record.initiative is not None:
        if names.portfolio is None:
            raise InvalidInput("initiative: say whose initiatives are meant with --portfolio")
        found = names.initiatives.get(record.initiative)
        if found is None:
            raise InvalidInput(f"initiative: there is no {record.initiative} in {names.portfolio}")
        initiative_id, category_id = found
    if record.category is not None:
        category_id = names.categories.get(record.category.lower())
        if category_id is None:
            raise InvalidInput(f"category: there is no category “{record.category}”; create it first")
    return _Place(team_id, week_of(record.week), category_id, initiative_id)


def _item(place: _Place, records: Sequence[BookingRecord], hours_per_day: float) -> BookingSet:
    amounts = (person_weeks(record.amount, record.unit, hours_per_day=hours_per_day) for record in records)
    notes = list(dict.fromkeys(record.note for record in records if record.note))
    return BookingSet.model_construct(
        **place._asdict(),
        amount=round(math.fsum(amounts), _DIGITS),
        note="; ".join(notes)[:_LONGEST_NOTE] if notes else None,
    )


def _reports(
    lines: Lines[BookingRecord],
    places: Sequence[Sequence[BookingRecord]],
    judged: Judged,
    reasons: Mapping[int, tuple[str, ...]],
) -> tuple[LineReport, ...]:
    outcomes: dict[int, tuple[LineOutcome, tuple[str, ...]]] = {
        line: (LineOutcome.REFUSED, why) for line, why in reasons.items()
    }
    changes = judged.changes()
    for position, records in enumerate(places):
        if judged.faults[position]:
            found = (LineOutcome.REFUSED, tuple(map(_reason, judged.faults[position])))
        else:
            found = (_OUTCOMES[changes[position]], ())
        outcomes.update((record.line, found) for record in records)
    return tuple(
        LineReport(
            line=record.line,
            name=record.name,
            outcome=outcomes[record.line][0],
            reasons=outcomes[record.line][1],
        )
        for record in lines.records
    )


def _reason(error: DomainError) -> str:
    where = ".".join(str(part).removesuffix("Id") for part in error.path)
    return f"{where}: {error.message}" if where else error.message


async def _names(
    session: AsyncSession, actor: Actor, portfolio: str | None, lines: Lines[BookingRecord]
) -> _Names:
    target = None if portfolio is None else await open_portfolio(session, actor, portfolio, create=False)
    initiatives: dict[str, tuple[UUID, UUID | None]] = {}
    if target is not None:
        table = metadata.tables["initiative"]
        wanted = {
            record.initiative
            for record in lines.records
            if isinstance(record, BookingRecord) and record.initiative is not None
        }
        query = sa.select(table.c.external_id, table.c.id, table.c.category_id).where(
            table.c.organisation_id == actor.organisation_id,
            table.c.portfolio_id == target.id,
            table.c.external_id == sa.any_(sa.literal(list(wanted), sa.ARRAY(sa.String))),
        )
        initiatives = {row.external_id: (row.id, row.category_id) for row in await session.execute(query)}
    return _Names(
        teams=await _by_name(session, actor, "team"),
        categories=await _by_name(session, actor, "allocation_category"),
        initiatives=initiatives,
        portfolio=None if target is None else target.name,
    )


async def _by_name(session: AsyncSession, actor: Actor, name: str) -> dict[str, UUID]:
    table = metadata.tables[name]
    query = sa.select(sa.func.lower(table.c.name), table.c.id).where(
        table.c.organisation_id == actor.organisation_id
    )
    return {key: entity_id for key, entity_id in await session.execute(query)}  # noqa: C416 - a Row is no pair
