"""Importing booked time from CSV, JSON Lines and workbooks."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.portfolio import AllocationCategoryUpdate
from domain.db import Database, reading
from domain.errors import InvalidInput, NotFound
from domain.interchange.bookings import BookingImportOptions, BookingImportReport, import_bookings
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.report import LineOutcome
from domain.interchange.source import Line
from domain.interchange.workbook import read_workbook
from domain.portfolio import update_allocation_category
from tests.factories import a_category, a_portfolio, a_team, an_initiative, an_organisation
from tests.trail import written

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

SHEETS = """\
Squad;Day;Bucket;Ticket;Hours;Who
Data;16/11/2026;Bets;;8;Ann
data;18/11/2026;Bets;;16;Ann
Data;20/11/2026;Bets;;16;Ben
Data;17/11/2026;;X-1;20;Ann
Data;17/11/2026;Run;;n/a;Ben
"""
READING = ReadingOptions(
    columns=("Squad=team", "Day=week", "Bucket=category", "Ticket=initiative"),
    translations=("category:Run=Bets",),
    unknown=("n/a",),
    date_formats=("%d/%m/%Y",),
    decimal=".",
)


async def _world(database: Database) -> Actor:
    actor = await an_organisation(database)
    await a_team(database, actor, name="Data")
    category = await a_category(database, actor)
    await update_allocation_category(
        database, actor, AllocationCategoryUpdate.parse({"id": category.id, "name": "Bets"})
    )
    portfolio = await a_portfolio(database, actor, name="Change")
    await an_initiative(
        database, actor, portfolio_id=portfolio.id, external_id="X-1", category_id=category.id
    )
    return actor


async def _import(
    database: Database, actor: Actor, name: str, content: bytes | str, **options: Any
) -> BookingImportReport:
    content = content.encode() if isinstance(content, str) else content
    return await import_bookings(
        database, actor, SourceFile(name, content), BookingImportOptions(**options), now=NOW
    )


async def _stored(database: Database, actor: Actor) -> list[Any]:
    query = "SELECT week, initiative_id IS NOT NULL, person_weeks, note, version FROM booking ORDER BY 1, 2"
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def test_time_sheets_add_up_and_can_be_taken_again(database: Database) -> None:
    actor = await _world(database)
    options: dict[str, Any] = {"portfolio": "change", "reading": READING}
    before = await written(database, actor)
    refused = await _import(database, actor, "hours.csv", SHEETS, **options)
    assert (refused.refused, refused.written, refused.bookings) == (True, False, 2)
    assert refused.lines[4].reasons == ("give one of person_weeks, days and hours, not none",)
    assert refused.columns.unmapped == ("Who",)
    tried = await _import(database, actor, "hours.csv", SHEETS, keep_good=True, dry_run=True, **options)
    assert (tried.refused, tried.written) == (False, False)
    assert await written(database, actor) == before
    done = await _import(database, actor, "hours.csv", SHEETS, keep_good=True, **options)
    assert [line.outcome for line in done.lines] == [*[LineOutcome.CREATED] * 4, LineOutcome.REFUSED]
    stored = [(date(2026, 11, 16), False, 1.0, "", 1), (date(2026, 11, 16), True, 0.5, "", 1)]
    assert await _stored(database, actor) == stored
    again = await _import(database, actor, "hours.csv", SHEETS, keep_good=True, **options)
    assert again.count(LineOutcome.UNCHANGED) == 4
    assert await _stored(database, actor) == stored
    corrected = SHEETS.replace(";;16;Ben", ";;4;Ben")
    changed = await _import(database, actor, "hours.csv", corrected, keep_good=True, **options)
    assert [line.outcome.value for line in changed.lines[:4]] == ["updated"] * 3 + ["unchanged"]
    assert (await _stored(database, actor))[0][2:] == (0.7, "", 2)
    assert done.as_json()["lines"] == {"created": 4, "updated": 0, "unchanged": 0, "refused": 1}


async def test_lines_that_can_not_be_booked_say_why(database: Database) -> None:
    actor = await _world(database)
    lines = [
        '{"team": "Data", "week": "2026-11-16", "category": "Bets", "days": 2, "note": "One"}',
        '{"team": "Data", "week": "2026-11-17", "category": "Bets", "person_weeks": 0.1, "note": "Two"}',
        '{"team": "Nobody", "week": "2026-11-16", "category": "Bets", "days": 2}',
        '{"team": "Data", "week": "2026-11-30", "category": "Bets", "days": 2}',
        '{"team": "Data", "week": "2026-11-16", "category": "Bets", "days": -2}',
        '{"team": "Data", "week": "2026-11-16", "category": "Bets", "days": 1, "hours": 8}',
        '{"team": "Data", "week": "soon", "category": "Bets", "days": 1}',
        '{"team": "Data", "week": "2026-11-16", "initiative": "X-1", "days": 1}',
        '{"team": "Data", "week": "2026-11-16", "days": 1}',
        '{"team": "Data", "week": "2026-11-09", "category": "Bets", "days": 1e300}',
    ]
    report = await _import(database, actor, "hours.jsonl", "\n".join(lines), keep_good=True)
    assert [line.outcome is LineOutcome.CREATED for line in report.lines] == [True] * 2 + [False] * 8
    reasons = [" ".join(line.reasons) for line in report.lines[2:]]
    for reason, expected in zip(
        reasons,
        (
            "there is no team “Nobody”",
            "has not begun",
            "greater than or equal to 0",
            "not days and hours",
            "“soon” is not a date",
            "--portfolio",
            "category: Name a category",
            "less than or equal to 1000000",
        ),
        strict=True,
    ):
        assert expected in reason
    assert await _stored(database, actor) == [(date(2026, 11, 16), False, 0.5, "One; Two", 1)]
    with pytest.raises(NotFound, match="no portfolio"):
        await _import(database, actor, "hours.jsonl", lines[0], portfolio="Nowhere")


def _workbook(*sheets: str) -> bytes:
    """The smallest workbook with these sheets, each given as the XML of its rows."""
    names = "".join(
        f'<sheet name="Sheet {n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/worksheet"/>'
        for n in range(1, len(sheets) + 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    packages = "http://schemas.openxmlformats.org/package/2006"
    documents = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships"><Relationship Id="r1"'
        f' Type="{documents}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{documents}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">{relations}'
        f'<Relationship Id="rs" Target="styles.xml" Type="{documents}/styles"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
    }
    for number, rows in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
        )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _row(number: int, *cells: str | float | tuple[int]) -> str:
    """A row; texts, figures, and days as 1-tuples of their serial number."""
    shown = []
    for column, cell in zip("ABCDEFG", cells, strict=False):
        place = f'r="{column}{number}"'
        if isinstance(cell, str):
            shown.append(f'<c {place} t="inlineStr"><is><t>{cell}</t></is></c>')
        elif isinstance(cell, tuple):
            shown.append(f'<c {place} s="1"><v>{cell[0]}</v></c>')
        else:
            shown.append(f"<c {place}><v>{cell}</v></c>")
    return f'<row r="{number}">{"".join(shown)}</row>'


async def test_a_workbook_is_read_as_it_is(database: Database) -> None:
    actor = await _world(database)
    # day 46342 of the workbook's calendar is 2026-11-16
    content = _workbook(
        _row(3, "Team", "Week", "Category", "Days", "Note")
        + _row(4, "Data", (46342,), "Bets", 2.5, "as planned")
        + _row(6, "Data", (46349,), "Bets", 1),
        _row(1, "Nothing"),
    )
    source = read_workbook("hours.xlsx", content)
    assert [line.number for line in source.lines] == [4, 6]
    (first, second) = source.lines
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert first.cells["Week"] == "2026-11-16"
    assert second.cells["Note"] is None
    report = await _import(database, actor, "hours.xlsx", content, keep_good=True)
    assert [(line.line, line.outcome.value) for line in report.lines] == [(4, "created"), (6, "refused")]
    assert await _stored(database, actor) == [(date(2026, 11, 16), False, 0.5, "as planned", 1)]
    for sheet, message in (("Sheet 2", "No column"), ("Sheet 3", "no sheet “Sheet 3”")):
        with pytest.raises(InvalidInput, match=message):
            await _import(database, actor, "hours.xlsx", content, reading=ReadingOptions(sheet=sheet))
    for bad in (b"", b"PK\x03\x04", content[:200], _workbook("")):
        with pytest.raises(InvalidInput):
            read_workbook("bad.xlsx", bad)
