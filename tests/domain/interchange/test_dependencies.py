"""Importing dependencies between initiatives that are in a portfolio."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.db import Database, reading
from domain.errors import InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.interchange.dependencies import DependencyImportOptions, import_dependencies
from domain.interchange.reading import ReadingOptions, SourceFile
from domain.interchange.report import EdgeOutcome, ImportReport
from tests.factories import a_portfolio, an_initiative, an_organisation
from tests.trail import written


async def _portfolio(database: Database, *names: str) -> Actor:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor, name="Change")
    for name in names:
        await an_initiative(database, actor, portfolio_id=portfolio.id, external_id=name, title=f"The {name}")
    return actor


async def _import(
    database: Database, actor: Actor, content: str | list[dict[str, Any]], **options: Any
) -> ImportReport:
    csv = isinstance(content, str)
    text = content if isinstance(content, str) else "\n".join(json.dumps(line) for line in content)
    return await import_dependencies(
        database,
        actor,
        SourceFile("file.csv" if csv else "file.jsonl", text.encode()),
        DependencyImportOptions(**{"portfolio": "Change", **options}),
    )


def _edges(report: ImportReport) -> list[tuple[int, str, str, str, str | None]]:
    return [
        (edge.line, edge.successor, edge.predecessor, edge.outcome.value, edge.reason)
        for edge in report.edges
    ]


async def _stored(database: Database, actor: Actor) -> list[tuple[Any, ...]]:
    query = (
        "SELECT p.external_id, s.external_id, kind, hard, lag_weeks, note, d.version FROM dependency d"
        " JOIN initiative p ON p.id = d.predecessor_id JOIN initiative s ON s.id = d.successor_id"
        " ORDER BY 1, 2, 3"
    )
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


FILE = """\
from,to,kind,hard,lag_weeks,note
B,A,,,,first
C,B,depends_on,,2,
C,A,finish to finish,no,-1,
D,C,relates_to,,,
"""


async def test_from_waits_for_to_and_a_second_import_writes_nothing(database: Database) -> None:
    actor = await _portfolio(database, "A", "B", "C", "D")
    report = await _import(database, actor, FILE)
    assert (report.written, report.count(EdgeOutcome.ADDED)) == (True, 4)
    assert await _stored(database, actor) == [
        ("A", "B", "finish_to_start", True, 0, "first", 1),
        ("A", "C", "finish_to_finish", False, -1, "", 1),
        ("B", "C", "finish_to_start", True, 2, "", 1),
        ("C", "D", "relates_to", False, 0, "", 1),
    ]
    before = await written(database, actor)
    again = await _import(database, actor, FILE)
    assert again.count(EdgeOutcome.UNCHANGED) == 4
    assert await written(database, actor) == before


async def test_what_differs_is_updated_and_nothing_is_removed(database: Database) -> None:
    actor = await _portfolio(database, "A", "B", "C", "D")
    await _import(database, actor, FILE)
    report = await _import(
        database,
        actor,
        [{"from": "C", "to": "B", "lag_weeks": 3}, {"from": "C", "to": "A", "kind": "finish_to_finish"}],
    )
    assert _edges(report) == [(1, "C", "B", "updated", None), (2, "C", "A", "updated", None)]
    assert await _stored(database, actor) == [
        ("A", "B", "finish_to_start", True, 0, "first", 1),
        ("A", "C", "finish_to_finish", True, 0, "", 2),
        ("B", "C", "finish_to_start", True, 3, "", 2),
        ("C", "D", "relates_to", False, 0, "", 1),
    ]


async def test_cycles_are_named_dangling_ends_listed_and_repeats_counted(database: Database) -> None:
    actor = await _portfolio(database, "A", "B", "C")
    content = "from,to,hard\nB,A,\nC,B,\nA,C,\nB,A,\nB,A,no\nA,Z,\nZ,A,\nA,C,no\n"
    before = await written(database, actor)
    report = await _import(database, actor, content)
    assert (report.written, report.refused) == (False, True)
    assert await written(database, actor) == before
    nowhere = "there is no Z in the portfolio or in the file"
    assert _edges(report) == [
        (2, "B", "A", "added", None),
        (3, "C", "B", "added", None),
        (4, "A", "C", "refused", "closes a cycle: C → A → B → C"),
        (5, "B", "A", "unchanged", "repeats line 2"),
        (6, "B", "A", "refused", "differs from line 2 about the same dependency"),
        (7, "A", "Z", "dangling", nowhere),
        (8, "Z", "A", "dangling", nowhere),
        (9, "A", "C", "refused", "differs from line 4 about the same dependency"),
    ]
    kept = await _import(database, actor, content, keep_good=True)
    assert kept.written is True
    assert [row[:2] for row in await _stored(database, actor)] == [("A", "B"), ("B", "C")]


async def test_dangling_ends_alone_refuse_nothing(database: Database) -> None:
    actor = await _portfolio(database, "A", "B")
    report = await _import(database, actor, "from,to\nB,A\nB,Z\n")
    assert (report.written, report.refused) == (True, False)
    assert [row[:2] for row in await _stored(database, actor)] == [("A", "B")]


async def test_a_softened_dependency_makes_room_for_the_other_way_round(database: Database) -> None:
    actor = await _portfolio(database, "A", "B")
    await _import(database, actor, "from,to\nB,A\n")
    assert (await _import(database, actor, "from,to\nA,B\n")).refused is True
    report = await _import(database, actor, "from,to,hard\nA,B,\nB,A,no\n")
    assert [outcome for *_, outcome, _ in _edges(report)] == ["added", "updated"]
    assert [row[:4] for row in await _stored(database, actor)] == [
        ("A", "B", "finish_to_start", False),
        ("B", "A", "finish_to_start", True),
    ]


async def test_faulty_lines_are_refused_with_their_reason(database: Database) -> None:
    actor = await _portfolio(database, "A", "B")
    report = await _import(
        database, actor, "from,to,kind,lag_weeks\nB,,,\n,A,,\nB,A,continues,\nB,A,relates_to,2\nB,A,,x\n"
    )
    assert [(line.line, line.name, line.reasons[0].split(";")[0]) for line in report.lines] == [
        (2, "B", "to: is empty"),
        (3, None, "from: is empty"),
        (4, None, "“continues” is no kind of dependency"),
        (5, None, "relates_to only informs: it is neither hard nor has it a lag"),
        (6, None, "“x” is not a figure"),
    ]
    assert report.written is False


async def test_columns_and_words_can_be_mapped(database: Database) -> None:
    actor = await _portfolio(database, "A", "B")
    options = ReadingOptions(
        columns=("Issue=from", "Blocked by=to", "Type=kind"),
        translations=("kind:blocks=finish_to_start",),
        where=("Type=blocks",),
    )
    report = await _import(
        database, actor, "Issue,Blocked by,Type\nB,A,Blocks\nA,B,Clones\n", reading=options
    )
    assert _edges(report) == [(2, "B", "A", "added", None)]
    assert report.left_out == 1


async def test_an_archived_end_is_refused(database: Database) -> None:
    actor = await _portfolio(database, "A", "B")
    async with reading(database, actor.organisation_id) as connection:
        found = await connection.execute(sa.text("SELECT id FROM initiative WHERE external_id = 'A'"))
        initiative_id = found.scalar_one()
    await archive_initiative(database, actor, ArchiveCommand(id=initiative_id))
    report = await _import(database, actor, "from,to\nB,A\n")
    assert _edges(report) == [(2, "B", "A", "refused", "A is archived; take it back into use first")]


async def test_portfolio_and_ends_have_to_be_named(database: Database) -> None:
    actor = await _portfolio(database, "A")
    with pytest.raises(NotFound, match="There is no portfolio “Other”"):
        await _import(database, actor, "from,to\n", portfolio="Other")
    with pytest.raises(InvalidInput, match=r"No column of file\.csv is to: name it"):
        await _import(database, actor, "from,until\n")


async def test_a_cycle_of_many_is_named_in_part(database: Database) -> None:
    names = [f"N{number:02}" for number in range(20)]
    actor = await _portfolio(database, *names)
    lines = [f"{names[number]},{names[number - 1]}" for number in range(20)]
    report = await _import(database, actor, "\n".join(["from,to", *lines[1:], lines[0]]))
    assert report.edges[-1].reason == (
        "closes a cycle: N19 → N00 → N01 → N02 → N03 → N04 → N05 → N06 → N07 → N08 → (10 more) → N19"
    )
