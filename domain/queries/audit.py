"""Set-based reads of the audit trail, the latest entry first: of an organisation, and of single nodes.

A node's trail is what happened to its own row and to its parts, and for an initiative also what concerns
it: its decisions, its dependencies and the ranks that were set for it by hand, those that are gone included.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import add
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from domain.enums import ChangeOperation
from domain.models import AuditEntry, metadata
from domain.queries import listing
from domain.queries.filters import Filter
from domain.queries.keyset import Cut, OrderTerm, Slice, cut_to, found, order_again
from domain.queries.listing import OrderBy, Source


class AuditEntryRow(NamedTuple):
    """Old and new values of one changed row, by whom and on which request."""

    id: int
    created_at: datetime
    entity: str
    entity_id: UUID
    initiative_id: UUID | None
    other_initiative_id: UUID | None
    operation: ChangeOperation
    member_id: UUID | None
    request_id: str | None
    reason: str | None
    old_values: dict[str, Any] | None
    new_values: dict[str, Any] | None


AUDIT_ENTRIES = Source(AuditEntry, AuditEntryRow)

LATEST_FIRST: tuple[OrderTerm, ...] = AUDIT_ENTRIES.ordering([OrderBy("id", descending=True)])

_ENTRY = AUDIT_ENTRIES.table.c


def columns_of(entity: str) -> tuple[str, ...]:
    """The columns of a recorded table, in their order."""
    return tuple(metadata.tables[entity].columns.keys())


def enums_of(entity: str) -> dict[str, type[Enum]]:
    """The columns that hold one of a closed set of values, with that set."""
    return {
        name: column.type.enum_class
        for name, column in metadata.tables[entity].columns.items()
        if isinstance(column.type, sa.Enum) and column.type.enum_class is not None
    }


def keys_of(entity: str) -> frozenset[str]:
    """Columns that tell a part from others like it, such as the team of a demand; none for what has an id."""
    key = metadata.tables[entity].primary_key.columns.keys()
    return frozenset(key) - {"organisation_id", "id"}


def references_of(entity: str) -> dict[str, str]:
    """Columns that hold ids, with the table that they lead to; its own table for the row's own id."""
    table = metadata.tables[entity]
    references = {name: target for name, column in table.columns.items() if (target := _referred(column))}
    return references | ({"id": entity} if "id" in table.columns else {})


def _referred(column: sa.Column[Any]) -> str | None:
    for key in column.foreign_keys:
        target = key.column
        if target.name == "id":
            return None if target.table.name == "organisation" else target.table.name
        further = None if target is column else _referred(target)
        if further is not None:
            return further
    return None


async def page(
    connection: AsyncConnection, organisation_id: UUID, *, cut: Cut, where: Filter | None = None
) -> Slice[AuditEntryRow]:
    """Return one page of the organisation's trail.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    return await listing.page(
        connection, organisation_id, AUDIT_ENTRIES, terms=LATEST_FIRST, cut=cut, where=where
    )


async def count(connection: AsyncConnection, organisation_id: UUID, *, where: Filter | None = None) -> int:
    """Return how many entries the organisation's trail has, on all pages.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    return await listing.count(connection, organisation_id, AUDIT_ENTRIES, where=where)


async def pages_by_node(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    entities: Collection[str],
    node_ids: Collection[UUID],
    cut: Cut,
    where: Filter | None = None,
) -> dict[UUID, Slice[AuditEntryRow]]:
    """Return one page of each node's trail, all in one statement.

    Parameters
    ----------
    entities
        The tables of the nodes' own rows and of their parts.
    node_ids
        Every one of them is in the result, with an empty slice if there are no entries.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    nodes = _nodes(node_ids)
    own = AUDIT_ENTRIES.select(organisation_id, where=where)
    # each way to an entry ends early along an index of its own; together they are a few pages to sort
    ways = [
        sa.select(cut_to(own.where(about), terms=LATEST_FIRST, cut=cut).correlate(nodes).subquery())
        for about in _about(nodes.c.id, entities)
    ]
    together = sa.union_all(*ways).subquery()
    entries = (
        sa.select(together)
        .order_by(*order_again(together.c, terms=LATEST_FIRST, cut=cut))
        .limit(cut.size + 1)
        .lateral("entry")
    )
    statement = (
        sa.select(nodes.c.id, *entries.c)
        .select_from(nodes.join(entries, sa.true()))
        .order_by(nodes.c.id, *order_again(entries.c, terms=LATEST_FIRST, cut=cut))
    )
    rows: defaultdict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for node_id, *entry in (await connection.execute(statement)).all():
        rows[node_id].append(entry)
    return {
        node_id: found(rows[node_id], terms=LATEST_FIRST, cut=cut, make=AuditEntryRow._make)
        for node_id in node_ids
    }


async def counts_by_node(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    entities: Collection[str],
    node_ids: Collection[UUID],
    where: Filter | None = None,
) -> dict[UUID, int]:
    """Return how many entries each node's trail has, on all pages; 0 for one without.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    nodes = _nodes(node_ids)
    own = AUDIT_ENTRIES.select(organisation_id, where=where)
    counts = [
        own.where(about)
        .with_only_columns(sa.func.count(), maintain_column_froms=True)
        .correlate(nodes)
        .scalar_subquery()
        for about in _about(nodes.c.id, entities)
    ]
    statement = sa.select(nodes.c.id, reduce(add, counts))
    counted: dict[UUID, int] = dict(map(tuple, await connection.execute(statement)))
    return {node_id: counted[node_id] for node_id in node_ids}


def _nodes(ids: Collection[UUID]) -> sa.TableValuedAlias:
    array = sa.cast(list(dict.fromkeys(ids)), sa.ARRAY(sa.Uuid))
    return sa.func.unnest(array).table_valued(sa.column("id", sa.Uuid), name="node").render_derived()


def _about(node_id: ColumnElement[UUID], entities: Collection[str]) -> list[ColumnElement[bool]]:
    """The ways in which an entry can be about a node; no entry is found by two of them."""
    ways = [sa.and_(_ENTRY.entity_id == node_id, _ENTRY.entity.in_(sorted(entities)))]
    if "initiative" in entities:
        ways += [_ENTRY.initiative_id == node_id, _ENTRY.other_initiative_id == node_id]
    return ways
