"""Importing initiatives in tests, and looking at what came of it."""

import json
from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.scoring import CriterionCreate
from domain.criterion import create_criterion
from domain.db import Database, reading
from domain.interchange.initiatives import ImportOptions, import_initiatives
from domain.interchange.reading import SourceFile
from domain.interchange.report import ImportReport
from tests.factories import (
    a_team,
    an_organisation,
)


async def import_lines(
    database: Database, actor: Actor, content: str | list[dict[str, Any]], **options: Any
) -> ImportReport:
    """Import lines, of CSV or JSON, into the portfolio “Change”."""
    csv = isinstance(content, str)
    text = content if isinstance(content, str) else "\n".join(json.dumps(line) for line in content)
    options = {"portfolio": "Change", "create_portfolio": True, **options}
    name = "file.csv" if csv else "file.jsonl"
    return await import_initiatives(
        database, actor, SourceFile(name, text.encode()), ImportOptions(**options)
    )


async def stored(database: Database, actor: Actor, query: str) -> list[Any]:
    """What a query finds in the actor's organisation."""
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


def outcomes(report: ImportReport) -> list[tuple[int, str | None, str]]:
    """Line, external id and outcome of every line."""
    return [(line.line, line.name, line.outcome.value) for line in report.lines]


def reasons(report: ImportReport) -> dict[int, tuple[str, ...]]:
    """Why lines were refused."""
    return {line.line: line.reasons for line in report.lines if line.reasons}


def edges(report: ImportReport) -> list[tuple[str, str, str, str | None]]:
    """What became of every dependency, as who waits for whom."""
    return [(edge.successor, edge.predecessor, edge.outcome.value, edge.reason) for edge in report.edges]


async def prepared(database: Database) -> Actor:
    """An organisation with two teams and a criterion."""
    actor = await an_organisation(database)
    for team in ("Data", "Web"):
        await a_team(database, actor, name=team)
    await create_criterion(
        database, actor, CriterionCreate(key="reach", name="Reach", scale_min=0, scale_max=10)
    )
    return actor
