"""Importing measurements of KPIs: by name, once, with what follows from them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, reading
from domain.interchange.measurements import (
    MeasurementImportOptions,
    MeasurementImportReport,
    import_measurements,
)
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.report import LineOutcome
from tests.factories import a_kpi, a_team, an_organisation

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

FILE = """\
Metric;Squad;When;Reading;Remark
uptime;;16.11.2026 08:30;95,5;
Uptime;;17.11.2026 08:30;70;after the storm
Latency;Data;18.11.2026 00:00;91;
"""
READING = ReadingOptions(
    columns=("Metric=kpi", "Squad=team", "When=measured_at", "Reading=value", "Remark=note"),
    date_formats=("%d.%m.%Y %H:%M",),
    decimal=",",
)


async def _world(database: Database) -> Actor:
    actor = await an_organisation(database)
    data, care = await a_team(database, actor, name="Data"), await a_team(database, actor, name="Care")
    await a_kpi(database, actor, now=NOW, team_id=data.id, name="Uptime")
    for team in (data, care):
        await a_kpi(database, actor, now=NOW, team_id=team.id, name="Latency")
    return actor


async def _import(database: Database, actor: Actor, content: str, **options: Any) -> MeasurementImportReport:
    source = SourceFile("values.csv", content.encode())
    return await import_measurements(database, actor, source, MeasurementImportOptions(**options), now=NOW)


async def _rows(database: Database, actor: Actor, query: str) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def test_a_file_is_added_once_with_what_follows_from_it(database: Database) -> None:
    actor = await _world(database)
    tried = await _import(database, actor, FILE, reading=READING, dry_run=True)
    assert (tried.written, tried.count(LineOutcome.CREATED), tried.kpis) == (False, 3, 2)
    assert await _rows(database, actor, "SELECT count(*) FROM measurement") == [(0,)]
    report = await _import(database, actor, FILE, reading=READING)
    assert (report.written, report.count(LineOutcome.CREATED)) == (True, 3)
    stored = "SELECT value, measured_at, note FROM measurement ORDER BY measured_at"
    assert await _rows(database, actor, stored) == [
        (95.5, datetime(2026, 11, 16, 8, 30, tzinfo=UTC), ""),
        (70, datetime(2026, 11, 17, 8, 30, tzinfo=UTC), "after the storm"),
        (91, datetime(2026, 11, 18, tzinfo=UTC), ""),
    ]
    assert await _rows(database, actor, "SELECT crossing_value FROM breach") == [(70,)]
    again = await _import(database, actor, FILE, reading=READING)
    assert (again.count(LineOutcome.UNCHANGED), again.kpis) == (3, 0)


async def test_faulty_lines_are_refused_with_their_reasons_and_keep_the_file_out(
    database: Database,
) -> None:
    actor = await _world(database)
    tomorrow = (NOW + timedelta(days=1)).isoformat()
    content = f"""\
kpi,team,measured_at,value
Uptime,,2026-11-16,95
Latency,,2026-11-16,91
Uptime,Care,2026-11-16,91
Uptime,,yesterday,91
Uptime,,{tomorrow},91
Uptime,,2026-11-16T00:00:00Z,90
,,2026-11-15,
"""
    refused = await _import(database, actor, content)
    assert (refused.refused, refused.written) == (True, False)
    reasons = {line.line: line.reasons for line in refused.lines if line.reasons}
    assert [why[0].split(":")[0] for why in reasons.values()] == [
        "kpi",
        "kpi",
        "measured_at",
        "A measurement can't be of the future",
        "This is of the same KPI and time as the item at position 0, counted from 0; leave one out.",
        "kpi",
    ]
    assert reasons[3] == ("kpi: several teams have a KPI “Latency”; say which one in a column team",)
    assert await _rows(database, actor, "SELECT count(*) FROM measurement") == [(0,)]
    kept = await _import(database, actor, content, keep_good=True)
    assert (kept.written, kept.count(LineOutcome.CREATED)) == (True, 1)
    differing = await _import(database, actor, "kpi,measured_at,value\nUptime,2026-11-16,94\n")
    assert "There is a measurement of 95 at this time already" in differing.lines[0].reasons[0]
