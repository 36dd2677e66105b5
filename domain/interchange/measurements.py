"""Importing measurements of KPIs by their names; adds, never changes: a file may be taken again and again."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.db import Database, transaction
from domain.errors import DomainError, InvalidInput
from domain.interchange.lines import Lines, read_lines
from domain.interchange.mapping import ColumnUse
from domain.interchange.measurement_records import (
    MEASUREMENT_VOCABULARY,
    MeasurementRecord,
    read_measurement,
)
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.records import Refused
from domain.interchange.report import LineOutcome, LineReport
from domain.kpi.measuring import Judged, NewMeasurement, judge_measurements, write_judged
from domain.models import metadata

_KPIS = metadata.tables["kpi"]
_TEAMS = metadata.tables["team"]

_Names: TypeAlias = Mapping[str, Sequence[tuple[str, UUID]]]
"""Team and id of the KPIs in use with a name, all in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementImportOptions:
    """What becomes of a file with faulty lines; see ``ImportOptions``."""

    keep_good: bool = False
    dry_run: bool = False
    reading: ReadingOptions = field(default_factory=ReadingOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementImportReport:
    """What became of a file, line by line; ``kpis`` is how many KPIs have new measurements."""

    source: str
    dry_run: bool
    keep_good: bool
    lines: tuple[LineReport, ...]
    left_out: int
    columns: ColumnUse
    kpis: int

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
            "kpis": self.kpis,
            "columns": asdict(self.columns),
            "reports": [asdict(line) for line in self.lines],
        }


async def import_measurements(
    database: Database,
    actor: Actor,
    source: SourceFile,
    options: MeasurementImportOptions,
    *,
    now: datetime,
) -> MeasurementImportReport:
    """Add the measurements of a file, in one transaction, with what follows from them.

    Breaches are opened and ended as if the measurements had come one by one in the order of their times. A
    measurement that is there with another value is refused: it is to be corrected, with a reason.

    Raises
    ------
    InvalidInput
        When the file as a whole can't be read, or an option does not fit it.
    """
    lines = await asyncio.to_thread(
        read_lines, source, options.reading, MEASUREMENT_VOCABULARY, read_measurement
    )
    async with transaction(database, actor, reason=f"Import of {source.name}") as session:
        names = await _names(session, actor)
        items = [_item(record, names) for record in lines.records]
        judged = await judge_measurements(session, actor, items, now=now)
        report = MeasurementImportReport(
            source=source.name,
            dry_run=options.dry_run,
            keep_good=options.keep_good,
            lines=_reports(lines, judged),
            left_out=lines.left_out,
            columns=lines.columns,
            kpis=len({item.kpi_id for item in judged.new.values()}),
        )
        if report.written:
            await write_judged(session, actor, judged, now=now)
    return report


async def _names(session: AsyncSession, actor: Actor) -> _Names:
    query = sa.select(_KPIS.c.name, _TEAMS.c.name, _KPIS.c.id).join_from(
        _KPIS,
        _TEAMS,
        sa.and_(_TEAMS.c.organisation_id == _KPIS.c.organisation_id, _TEAMS.c.id == _KPIS.c.team_id),
    )
    mine = _KPIS.c.organisation_id == actor.organisation_id, _KPIS.c.archived_at.is_(None)
    names: defaultdict[str, list[tuple[str, UUID]]] = defaultdict(list)
    for name, team, kpi_id in await session.execute(query.where(*mine)):
        names[name.lower()].append((team.lower(), kpi_id))
    return names


def _item(record: MeasurementRecord | Refused, names: _Names) -> NewMeasurement | DomainError:
    if isinstance(record, Refused):
        return InvalidInput("; ".join(record.reasons))
    of_this_name = names.get(record.kpi.lower(), ())
    found = [kpi_id for team, kpi_id in of_this_name if record.team is None or team == record.team.lower()]
    if not found:
        whose = "" if record.team is None else f" of {record.team}"
        return InvalidInput(f"kpi: there is no KPI “{record.kpi}”{whose}; create it first")
    if len(found) > 1:
        return InvalidInput(f"kpi: several teams have a KPI “{record.kpi}”; say which one in a column team")
    return NewMeasurement(found[0], record.value, record.measured_at, record.note)


def _reports(lines: Lines[MeasurementRecord], judged: Judged) -> tuple[LineReport, ...]:
    reports = []
    for position, record in enumerate(lines.records):
        faults = judged.faults[position]
        outcome = LineOutcome.UNCHANGED if position in judged.found else LineOutcome.CREATED
        reasons: tuple[str, ...] = ()
        if faults:
            outcome = LineOutcome.REFUSED
            reasons = (
                record.reasons if isinstance(record, Refused) else tuple(error.message for error in faults)
            )
        reports.append(LineReport(line=record.line, name=record.name, outcome=outcome, reasons=reasons))
    return tuple(reports)
