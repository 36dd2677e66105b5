"""Keyset paging in SQL: cut an ordered statement to the rows between two positions.

A position is the values of the ordering's columns at one row. Never offsets, never more than a page of rows
and one, and NULLs last in either direction: what is missing never leads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.elements import ColumnElement

T = TypeVar("T")

Position = tuple[Any, ...]

_ORDER = "_order_"


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One column of an ordering.

    ``name`` is stable across releases: cursors are bound to it. ``kind`` is the Python type of the values.
    The last term of an ordering is the tie-breaker: a unique column without NULLs.
    """

    name: str
    column: ColumnElement[Any]
    kind: type
    descending: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """At most ``size`` rows strictly between two positions, from the end if ``backward``."""

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """What a cut found, in the list's order: rows, the position of each, and whether there is more around."""

    rows: Sequence[T]
    positions: Sequence[Position]
    has_next: bool
    has_previous: bool


def cut_to(statement: sa.Select[Any], *, terms: Sequence[OrderTerm], cut: Cut) -> sa.Select[Any]:
    """Return ``statement`` with WHERE beyond the positions, ORDER BY, and LIMIT one more than the size.

    The ordering's values are appended to the columns, for :func:`found`. A backward cut comes in reverse.
    """
    if cut.after is not None:
        statement = statement.where(beyond(terms, cut.after, forward=True))
    if cut.before is not None:
        statement = statement.where(beyond(terms, cut.before, forward=False))
    return (
        statement.add_columns(*(term.column.label(f"{_ORDER}{i}") for i, term in enumerate(terms)))
        .order_by(*(_direction(term, term.column, forward=not cut.backward) for term in terms))
        .limit(cut.size + 1)
    )


def order_again(
    columns: ReadOnlyColumnCollection[str, Any], *, terms: Sequence[OrderTerm], cut: Cut
) -> list[ColumnElement[Any]]:
    """Return the ORDER BY of a :func:`cut_to` statement in terms of its columns, where it is a subquery."""
    return [
        _direction(term, columns[f"{_ORDER}{i}"], forward=not cut.backward) for i, term in enumerate(terms)
    ]


def found(
    rows: Sequence[Sequence[Any]], *, terms: Sequence[OrderTerm], cut: Cut, make: Callable[..., T]
) -> Slice[T]:
    """Return the slice in the rows of a :func:`cut_to` statement; ``make`` takes one without its position."""
    more = len(rows) > cut.size
    kept = list(rows[: cut.size])
    if cut.backward:
        kept.reverse()
    own = len(terms)
    return Slice(
        rows=[make(row[:-own]) for row in kept],
        positions=[tuple(row[-own:]) for row in kept],
        has_next=cut.before is not None if cut.backward else more,
        has_previous=more if cut.backward else cut.after is not None,
    )


def beyond(terms: Sequence[OrderTerm], position: Position, *, forward: bool) -> ColumnElement[bool]:
    """Return the condition that a row lies strictly behind ``position`` in the direction of travel."""
    if not any(term.nullable for term in terms) and len({term.descending for term in terms}) == 1:
        # One row comparison: PostgreSQL can answer it from an index over the same columns.
        row = sa.tuple_(*(term.column for term in terms))
        at = sa.tuple_(*(_bound(term, value) for term, value in zip(terms, position, strict=True)))
        return row > at if terms[0].descending is not forward else row < at
    condition: ColumnElement[bool] = sa.false()
    for term, value in zip(reversed(terms), reversed(position), strict=True):
        condition = sa.or_(_past(term, value, forward), sa.and_(_same(term, value), condition))
    return condition


def _direction(term: OrderTerm, column: ColumnElement[Any], *, forward: bool) -> sa.UnaryExpression[Any]:
    ordered = column.asc() if term.descending is not forward else column.desc()
    if not term.nullable:
        return ordered
    return ordered.nulls_last() if forward else ordered.nulls_first()


def _same(term: OrderTerm, value: Any) -> ColumnElement[bool]:
    return term.column.is_(None) if value is None else term.column == _bound(term, value)


def _past(term: OrderTerm, value: Any, forward: bool) -> ColumnElement[bool]:
    if value is None:  # NULLs come last: forward nothing lies behind them, backward everything else does
        return sa.false() if forward else term.column.is_not(None)
    bound = _bound(term, value)
    past = term.column > bound if term.descending is not forward else term.column < bound
    return sa.or_(past, term.column.is_(None)) if term.nullable and forward else past


def _bound(term: OrderTerm, value: Any) -> ColumnElement[Any]:
    # a forged position may hold an integer that the column can't
    return sa.literal(value, sa.BigInteger() if term.kind is int else term.column.type)
