"""What an import is going to write, as rows of the tables, and how it writes them: set by set."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.models import metadata

Rows: TypeAlias = list[dict[str, Any]]

_CHUNK = 1_000
"""Rows a statement: keeps each far from the statement timeout, whatever the triggers record."""

_TABLES = metadata.tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """Rows to insert, to change (with their keys) and to delete (keys only); in each list the same columns."""

    teams: Rows = field(default_factory=list)
    categories: Rows = field(default_factory=list)
    initiatives: Rows = field(default_factory=list)
    initiatives_changed: Rows = field(default_factory=list)
    decisions: Rows = field(default_factory=list)
    demands: Rows = field(default_factory=list)
    demands_changed: Rows = field(default_factory=list)
    demands_removed: Rows = field(default_factory=list)
    contributions: Rows = field(default_factory=list)
    contributions_changed: Rows = field(default_factory=list)
    contributions_removed: Rows = field(default_factory=list)
    costs: Rows = field(default_factory=list)
    costs_changed: Rows = field(default_factory=list)
    costs_removed: Rows = field(default_factory=list)
    ratings: Rows = field(default_factory=list)
    ratings_changed: Rows = field(default_factory=list)
    ratings_removed: Rows = field(default_factory=list)
    edges: Rows = field(default_factory=list)
    edges_changed: Rows = field(default_factory=list)
    edges_removed: Rows = field(default_factory=list)


_TABLE_OF = (
    ("initiatives", "initiative"),
    ("demands", "team_demand"),
    ("contributions", "contribution"),
    ("costs", "cost_of_delay"),
    ("ratings", "score"),
    ("edges", "dependency"),
)


async def write(session: AsyncSession, organisation_id: UUID, writes: Writes) -> None:
    """Write it all; the number of statements grows with the thousands of rows, not with the rows."""
    await _insert(session, organisation_id, "team", writes.teams)
    await _insert(session, organisation_id, "allocation_category", writes.categories)
    for name, table in _TABLE_OF:
        await _delete(session, organisation_id, table, getattr(writes, f"{name}_removed", []))
        await _update(session, organisation_id, table, getattr(writes, f"{name}_changed"))
        await _insert(session, organisation_id, table, getattr(writes, name))
    await _insert(session, organisation_id, "decision", writes.decisions)


async def _insert(session: AsyncSession, organisation_id: UUID, name: str, rows: Rows) -> None:
    table = _TABLES[name]
    for chunk in _chunks(rows):
        given = _unnested(table, chunk)
        query = sa.select(sa.literal(organisation_id, sa.Uuid), *given.c)
        await session.execute(sa.insert(table).from_select(["organisation_id", *chunk[0]], query))


async def _update(session: AsyncSession, organisation_id: UUID, name: str, rows: Rows) -> None:
    table = _TABLES[name]
    for chunk in _chunks(rows):
        given = _unnested(table, chunk)
        keys = _key_names(table)
        changes: dict[str, Any] = {column: given.c[column] for column in chunk[0] if column not in keys}
        if "version" in table.c:
            changes["version"] = table.c.version + 1
        if "updated_at" in table.c:
            changes["updated_at"] = sa.func.now()
        await session.execute(
            sa.update(table).where(*_same_key(organisation_id, table, given, keys)).values(**changes)
        )


async def _delete(session: AsyncSession, organisation_id: UUID, name: str, rows: Rows) -> None:
    table = _TABLES[name]
    for chunk in _chunks(rows):
        given = _unnested(table, chunk)
        await session.execute(
            sa.delete(table).where(*_same_key(organisation_id, table, given, _key_names(table)))
        )


def _chunks(rows: Rows) -> Sequence[Rows]:
    return [rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK)]


def _key_names(table: sa.Table) -> set[str]:
    return {column.name for column in table.primary_key} - {"organisation_id"}


def _unnested(table: sa.Table, rows: Rows) -> sa.TableValuedAlias:
    """The rows as a relation, each column one array parameter."""
    names = list(rows[0])
    arrays = (sa.literal([row[name] for row in rows], sa.ARRAY(table.c[name].type)) for name in names)
    columns = (sa.column(name, table.c[name].type) for name in names)
    return sa.func.unnest(*arrays).table_valued(*columns, name="given").render_derived()


def _same_key(
    organisation_id: UUID, table: sa.Table, given: sa.TableValuedAlias, keys: set[str]
) -> list[sa.ColumnElement[bool]]:
    return [
        table.c.organisation_id == organisation_id,
        *(table.c[key] == given.c[key] for key in sorted(keys)),
    ]
