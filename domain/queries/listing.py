"""Set-based reads of one kind of row: a page of all, a page per parent, by id, and how many there are.

Every function is one statement, whatever the number of rows, parents or ids. Archived rows are left out
unless asked for; reads by id show them.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from domain.errors import InvalidInput
from domain.queries.filters import Filter, FilterField, condition
from domain.queries.keyset import Cut, OrderTerm, Slice, cut_to, found, order_again
from domain.rows import columns

R = TypeVar("R", bound=tuple[Any, ...])

MOST_ORDERINGS = 5
_LONGEST_ORDERED_TEXT = 500


@dataclass(frozen=True, slots=True)
class OrderBy:
    """One wish for the order of a list; what has no value comes last in either direction."""

    field: str
    descending: bool = False


@dataclass(frozen=True)
class Source(Generic[R]):
    """A table and the rows that lists of it show."""

    model: type[Any]
    row: type[R]

    @cached_property
    def table(self) -> sa.Table:
        """The model's table."""
        table: sa.Table = sa.inspect(self.model).local_table
        return table

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The row's fields that identify it within its organisation."""
        return tuple(
            column.name
            for column in sa.inspect(self.model).primary_key
            if column.name in self.row._fields  # type: ignore[attr-defined]
        )

    @cached_property
    def fields(self) -> dict[str, FilterField]:
        """What can be filtered on: the row's columns of plain values."""
        fields = {}
        for column in columns(self.model, self.row):
            kind = _kind(column)
            if kind is not None:
                # what is computed always has a value
                nullable = bool(getattr(column, "nullable", False))
                fields[column.name] = FilterField(column, kind, nullable)
        return fields

    @cached_property
    def terms(self) -> dict[str, OrderTerm]:
        """What can be ordered by: that but long text. Text ignores case, enums have their own order."""
        return {
            name: _term(name, field)
            for name, field in self.fields.items()
            if field.kind is not str
            or (getattr(field.column.type, "length", None) or _LONGEST_ORDERED_TEXT + 1)
            <= _LONGEST_ORDERED_TEXT
        }

    def ordering(self, wishes: Sequence[OrderBy]) -> tuple[OrderTerm, ...]:
        """Return a total order: the wishes, then the key.

        Raises
        ------
        InvalidInput
            When a field can't be ordered by, is named twice, or there are more than 5.
        """
        if len(wishes) > MOST_ORDERINGS:
            raise InvalidInput(f"Order by at most {MOST_ORDERINGS} fields.")
        terms: dict[str, OrderTerm] = {}
        for wish in wishes:
            term = self.terms.get(wish.field)
            if term is None:
                raise InvalidInput(
                    f"Lists can't be ordered by {wish.field}; choose from {', '.join(sorted(self.terms))}.",
                    path=(wish.field,),
                )
            if wish.field in terms:
                raise InvalidInput(f"Order by {wish.field} only once.", path=(wish.field,))
            terms[wish.field] = OrderTerm(
                term.name, term.column, term.kind, descending=wish.descending, nullable=term.nullable
            )
        # the tie-breaker goes the way of the last wish, so that one comparison of rows can do
        descending = wishes[-1].descending if wishes else False
        for name in self.key:
            if name not in terms:
                term = self.terms[name]
                terms[name] = OrderTerm(term.name, term.column, term.kind, descending=descending)
        return tuple(terms.values())

    def select(
        self, organisation_id: UUID, *, where: Filter | None = None, archived: bool = False
    ) -> sa.Select[Any]:
        """Return the statement that selects the organisation's rows; ``archived`` includes archived ones.

        Raises
        ------
        InvalidInput
            When the filter does not fit the fields.
        """
        statement = sa.select(*columns(self.model, self.row)).where(
            self.table.c.organisation_id == organisation_id
        )
        if not archived and "archived_at" in self.table.c:
            statement = statement.where(self.table.c.archived_at.is_(None))
        return statement if where is None else statement.where(condition(where, self.fields))


async def page(
    connection: AsyncConnection,
    organisation_id: UUID,
    source: Source[R],
    *,
    terms: Sequence[OrderTerm],
    cut: Cut,
    where: Filter | None = None,
    archived: bool = False,
) -> Slice[R]:
    """Return one page of the organisation's rows in the order of ``terms`` (see ``Source.ordering``).

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    statement = cut_to(source.select(organisation_id, where=where, archived=archived), terms=terms, cut=cut)
    rows = (await connection.execute(statement)).all()
    return found(rows, terms=terms, cut=cut, make=_make(source))


async def count(
    connection: AsyncConnection,
    organisation_id: UUID,
    source: Source[R],
    *,
    where: Filter | None = None,
    archived: bool = False,
) -> int:
    """Return how many rows the whole list has, on all pages.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    statement = source.select(organisation_id, where=where, archived=archived)
    counted = statement.with_only_columns(sa.func.count(), maintain_column_froms=True)
    return int((await connection.execute(counted)).scalar_one())


async def pages_by_parent(
    connection: AsyncConnection,
    organisation_id: UUID,
    source: Source[R],
    *,
    parent: str,
    parent_ids: Collection[UUID],
    terms: Sequence[OrderTerm],
    cut: Cut,
    where: Filter | None = None,
    archived: bool = False,
) -> dict[UUID, Slice[R]]:
    """Return one page of children for each parent, all in one statement.

    Parameters
    ----------
    parent
        The field that refers to the parent.
    parent_ids
        Every one of them is in the result, with an empty slice if it has no children.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    parents = _unnested(parent_ids)
    children = cut_to(
        source.select(organisation_id, where=where, archived=archived).where(
            source.table.c[parent] == parents.c.id
        ),
        terms=terms,
        cut=cut,
    ).lateral("child")
    statement = (
        sa.select(parents.c.id, *children.c)
        .select_from(parents.join(children, sa.true()))
        .order_by(parents.c.id, *order_again(children.c, terms=terms, cut=cut))
    )
    rows: defaultdict[UUID, list[Sequence[Any]]] = defaultdict(list)
    for parent_id, *child in (await connection.execute(statement)).all():
        rows[parent_id].append(child)
    make = _make(source)
    return {parent_id: found(rows[parent_id], terms=terms, cut=cut, make=make) for parent_id in parent_ids}


async def counts_by_parent(
    connection: AsyncConnection,
    organisation_id: UUID,
    source: Source[R],
    *,
    parent: str,
    parent_ids: Collection[UUID],
    where: Filter | None = None,
    archived: bool = False,
) -> dict[UUID, int]:
    """Return how many children each parent has, on all pages; 0 for one without.

    Raises
    ------
    InvalidInput
        When the filter does not fit the fields.
    """
    column = source.table.c[parent]
    statement = (
        source.select(organisation_id, where=where, archived=archived)
        .with_only_columns(column, sa.func.count())
        .where(column == sa.any_(sa.cast(list(parent_ids), sa.ARRAY(sa.Uuid))))
        .group_by(column)
    )
    counted: dict[UUID, int] = dict(map(tuple, await connection.execute(statement)))
    return {parent_id: counted.get(parent_id, 0) for parent_id in parent_ids}


async def by_ids(
    connection: AsyncConnection, organisation_id: UUID, source: Source[R], ids: Collection[UUID]
) -> dict[UUID, R]:
    """Return the rows with these ids that are there and the organisation's, archived or not."""
    statement = source.select(organisation_id, archived=True).where(
        source.table.c.id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid)))
    )
    make = _make(source)
    rows = (make(row) for row in await connection.execute(statement))
    return {row.id: row for row in rows}


def _make(source: Source[R]) -> Any:
    return source.row._make  # type: ignore[attr-defined]


def _unnested(ids: Collection[UUID]) -> sa.TableValuedAlias:
    array = sa.cast(list(ids), sa.ARRAY(sa.Uuid))
    return sa.func.unnest(array).table_valued(sa.column("id", sa.Uuid), name="parent").render_derived()


def _kind(column: sa.Column[Any]) -> type | None:
    """Return the Python type of a column's values; None for arrays and documents."""
    type_ = column.type
    if isinstance(type_, sa.TypeDecorator):
        type_ = type_.impl_instance
    if isinstance(type_, sa.Enum):
        return type_.enum_class
    if isinstance(type_, sa.ARRAY | sa.JSON):
        return None
    return type_.python_type


def _term(name: str, field: FilterField) -> OrderTerm:
    column: ColumnElement[Any] = field.column
    if issubclass(field.kind, Enum):
        ranks = {member: rank for rank, member in enumerate(field.kind)}
        return OrderTerm(name, sa.case(ranks, value=column), int, nullable=field.nullable)
    if field.kind is str:
        column = sa.func.lower(column)
    return OrderTerm(name, column, field.kind, nullable=field.nullable)
