"""Filters: conditions on the fields of a row, as plain values that any interface can build.

Logic is two-valued: a comparison with a field that has no value is false, except ``NE``, which is the
opposite of ``EQ``; ``Not`` is true of exactly the rows that its filter is false of.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeEngine

from domain.errors import InvalidInput

MOST_VALUES = 1_000
MOST_COMPARISONS = 100
DEEPEST_FILTER = 10


class Operator(StrEnum):
    """How a field is compared. CONTAINS and STARTS_WITH ignore case."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    GTE = "gte"
    LTE = "lte"
    GT = "gt"
    LT = "lt"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    IS_NULL = "is_null"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field against a value; IN takes a collection of values, IS_NULL takes whether it is to be null."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True, slots=True)
class AllOf:
    """True where every part is; also without parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where at least one part is; never without parts."""

    parts: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false."""

    part: "Filter"


Filter: TypeAlias = Comparison | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class FilterField:
    """A column that can be filtered on, and the Python type of its values."""

    column: ColumnElement[Any]
    kind: type
    nullable: bool


_ANY_KIND = frozenset({Operator.EQ, Operator.NE, Operator.IN, Operator.IS_NULL})
_ORDERED = frozenset({Operator.GTE, Operator.LTE, Operator.GT, Operator.LT})
_TEXT = frozenset({Operator.CONTAINS, Operator.STARTS_WITH})

_COMPARE: dict[Operator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    Operator.EQ: lambda column, value: column == value,
    Operator.NE: lambda column, value: column.is_distinct_from(value),
    Operator.GTE: lambda column, value: column >= value,
    Operator.LTE: lambda column, value: column <= value,
    Operator.GT: lambda column, value: column > value,
    Operator.LT: lambda column, value: column < value,
    Operator.CONTAINS: lambda column, value: column.icontains(value, autoescape=True),
    Operator.STARTS_WITH: lambda column, value: column.istartswith(value, autoescape=True),
}


def operators_of(field: FilterField) -> frozenset[Operator]:
    """Return the operators that a field can be compared by."""
    operators = _ANY_KIND
    if field.kind is str:
        operators |= _TEXT
    elif field.kind in (int, float, date, datetime):
        operators |= _ORDERED
    return operators


def condition(where: Filter, fields: dict[str, FilterField]) -> ColumnElement[bool]:
    """Return the filter as a condition in SQL.

    Raises
    ------
    InvalidInput
        When a field is not one of ``fields``, an operator or value does not fit it, or the filter is larger
        than 100 comparisons or deeper than 10 levels.
    """
    refuse_too_large(where)
    return _condition(where, fields)


def refuse_too_large(where: Filter) -> None:
    """Refuse a filter of more than 100 comparisons or 10 levels.

    Raises
    ------
    InvalidInput
    """
    comparisons = 0
    level: list[Filter] = [where]
    for _ in range(DEEPEST_FILTER):
        below: list[Filter] = []
        for part in level:
            if isinstance(part, Comparison):
                comparisons += 1
            elif isinstance(part, Not):
                below.append(part.part)
            else:
                below.extend(part.parts)
        if comparisons + len(below) > MOST_COMPARISONS:
            raise InvalidInput(f"A filter has at most {MOST_COMPARISONS} comparisons.")
        if not below:
            return
        level = below
    raise InvalidInput(f"A filter is at most {DEEPEST_FILTER} levels deep.")


def _condition(where: Filter, fields: dict[str, FilterField]) -> ColumnElement[bool]:
    if isinstance(where, Comparison):
        return _comparison(where, fields)
    if isinstance(where, Not):
        return _condition(where.part, fields).is_not(sa.true())
    if isinstance(where, AllOf):
        return sa.and_(sa.true(), *(_condition(part, fields) for part in where.parts))
    return sa.or_(sa.false(), *(_condition(part, fields) for part in where.parts))


def _comparison(comparison: Comparison, fields: dict[str, FilterField]) -> ColumnElement[bool]:
    name, operator, value = comparison.field, comparison.operator, comparison.value
    field = fields.get(name)
    if field is None:
        raise InvalidInput(
            f"There is no field {name} to filter by; choose one of {', '.join(sorted(fields))}.", path=(name,)
        )
    if operator not in operators_of(field):
        raise InvalidInput(f"{name} can't be compared by {operator.value}.", path=(name,))
    if operator is Operator.IS_NULL:
        if not isinstance(value, bool):
            raise InvalidInput(f"{name}: is_null takes true or false.", path=(name,))
        return field.column.is_(None) if value else field.column.is_not(None)
    if operator is Operator.IN:
        if not isinstance(value, Collection) or isinstance(value, str | bytes) or len(value) > MOST_VALUES:
            raise InvalidInput(f"{name}: in takes a list of at most {MOST_VALUES} values.", path=(name,))
        values = [_checked(name, field, item) for item in value]
        return field.column == sa.any_(sa.cast(values, sa.ARRAY(field.column.type)))
    return _COMPARE[operator](field.column, _checked(name, field, value))


def _checked(name: str, field: FilterField, value: Any) -> Any:
    """Return the value if it is of the field's kind and the database can hold it."""
    kind = field.kind
    if kind is float and type(value) is int:
        value = float(value)
    # bool is an int and datetime a date to Python, and neither to whoever filters
    fits = isinstance(value, kind) if issubclass(kind, Enum | UUID) else type(value) is kind
    if fits and isinstance(value, int) and not isinstance(value, bool):
        bits = _bits(field.column.type)
        fits = -(2**bits) <= value < 2**bits
    if fits and isinstance(value, str):
        fits = "\x00" not in value and _is_unicode(value)
    if fits and isinstance(value, datetime):
        fits = value.tzinfo is not None
    if not fits:
        raise InvalidInput(f"{name} takes {_KINDS.get(kind, kind.__name__)}.", path=(name,))
    return value


_KINDS: dict[type, str] = {
    str: "text without NUL",
    int: "a whole number within its range",
    float: "a number",
    bool: "true or false",
    date: "a date",
    datetime: "a moment with an offset",
    UUID: "an id",
}


def _bits(type_: TypeEngine[Any]) -> int:
    if isinstance(type_, sa.BigInteger):
        return 63
    return 15 if isinstance(type_, sa.SmallInteger) else 31


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
