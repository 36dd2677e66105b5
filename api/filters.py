"""Filters of lists: generic comparators, and how a ``where`` input becomes the domain's filter.

A noun's ``…Where`` input has the row's fields by their names, each with a comparator, and ``and_``, ``or_``
and ``not_`` of its own kind. Everything that is given must hold.
"""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import strawberry

from api.errors import BadUserInput
from api.inputs import decoded
from domain.queries.filters import AllOf, AnyOf, Comparison, Filter, Not, Operator

E = TypeVar("E")

WHERE = strawberry.argument(description="Return only what meets all of this.")

_EQ = "Is exactly this."
_NE = "Is anything but this; what has no value is."
_IN = "Is one of these, at most 1,000; nothing is one of none."
_GT = "Is greater than this."
_GTE = "Is this or greater."
_LT = "Is less than this."
_LTE = "Is this or less."
_AFTER = "Is later than this."
_FROM = "Is this or later."
_BEFORE = "Is earlier than this."
_UNTIL = "Is this or earlier."
_IS_NULL = "True: has no value. False: has one."


def _operator(description: str, *, name: str | None = None) -> Any:
    return strawberry.field(name=name, default=strawberry.UNSET, description=description)


@strawberry.input(description="Conditions on a text; all that are given must hold.")
class StringFilter:
    """Compares text."""

    eq: str | None = _operator(_EQ)
    ne: str | None = _operator(_NE)
    in_: list[str] | None = _operator(_IN, name="in")
    contains: str | None = _operator("Contains this, whatever the case; no wildcards.")
    starts_with: str | None = _operator("Starts with this, whatever the case; no wildcards.")
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on an id; all that are given must hold.")
class IDFilter:
    """Compares global ids."""

    eq: strawberry.ID | None = _operator(_EQ)
    ne: strawberry.ID | None = _operator(_NE)
    in_: list[strawberry.ID] | None = _operator(_IN, name="in")
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on a whole number; all that are given must hold.")
class IntFilter:
    """Compares integers."""

    eq: int | None = _operator(_EQ)
    ne: int | None = _operator(_NE)
    in_: list[int] | None = _operator(_IN, name="in")
    gt: int | None = _operator(_GT)
    gte: int | None = _operator(_GTE)
    lt: int | None = _operator(_LT)
    lte: int | None = _operator(_LTE)
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on a number; all that are given must hold.")
class FloatFilter:
    """Compares numbers."""

    eq: float | None = _operator(_EQ)
    ne: float | None = _operator(_NE)
    in_: list[float] | None = _operator(_IN, name="in")
    gt: float | None = _operator(_GT)
    gte: float | None = _operator(_GTE)
    lt: float | None = _operator(_LT)
    lte: float | None = _operator(_LTE)
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on a date; all that are given must hold.")
class DateFilter:
    """Compares dates."""

    eq: date | None = _operator(_EQ)
    ne: date | None = _operator(_NE)
    in_: list[date] | None = _operator(_IN, name="in")
    gt: date | None = _operator(_AFTER)
    gte: date | None = _operator(_FROM)
    lt: date | None = _operator(_BEFORE)
    lte: date | None = _operator(_UNTIL)
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on a moment; all that are given must hold.")
class DateTimeFilter:
    """Compares moments."""

    eq: datetime | None = _operator(_EQ)
    ne: datetime | None = _operator(_NE)
    in_: list[datetime] | None = _operator(_IN, name="in")
    gt: datetime | None = _operator(_AFTER)
    gte: datetime | None = _operator(_FROM)
    lt: datetime | None = _operator(_BEFORE)
    lte: datetime | None = _operator(_UNTIL)
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on yes or no; all that are given must hold.")
class BooleanFilter:
    """Compares truth values."""

    eq: bool | None = _operator(_EQ)
    ne: bool | None = _operator(_NE)
    is_null: bool | None = _operator(_IS_NULL)


@strawberry.input(description="Conditions on one of a closed set of values; all that are given must hold.")
class EnumFilter(Generic[E]):
    """Compares members of an enum; one input type for each enum, such as ``RoleEnumFilter``."""

    eq: E | None = _operator(_EQ)
    ne: E | None = _operator(_NE)
    in_: list[E] | None = _operator(_IN, name="in")
    is_null: bool | None = _operator(_IS_NULL)


_OPERATORS = {operator.value: operator for operator in Operator} | {"in_": Operator.IN}


def all_of() -> Any:
    """Field ``and`` of a where input."""
    return _operator("Meets every one of these.", name="and")


def any_of() -> Any:
    """Field ``or`` of a where input."""
    return _operator("Meets at least one of these; nothing meets one of none.", name="or")


def none_of() -> Any:
    """Field ``not`` of a where input."""
    return _operator("Does not meet this.", name="not")


def on(what: str, *, name: str | None = None) -> Any:
    """Field of a where input that compares what the description says."""
    return _operator(what, name=name)


def to_filter(where: Any, *, ids: Mapping[str, str]) -> Filter | None:
    """Return the domain's filter for a where input; None if nothing is asked.

    Parameters
    ----------
    where
        The input object, None or UNSET.
    ids
        Fields that hold global ids, with the type that the id has to be of.

    Raises
    ------
    BadUserInput
        When an operator is given null: that has to be asked by ``isNull``.
    NotFound
        When an id is not one of its type.
    """
    if where is None or where is strawberry.UNSET:
        return None
    return _filter(where, ids, ("where",))


def _filter(where: Any, ids: Mapping[str, str], path: tuple[str | int, ...]) -> Filter:
    parts: list[Filter] = []
    for field in dataclasses.fields(where):
        given = getattr(where, field.name)
        if given is None or given is strawberry.UNSET:
            continue
        here = (*path, field.name.rstrip("_"))
        if field.name == "not_":
            parts.append(Not(_filter(given, ids, here)))
        elif field.name in ("and_", "or_"):
            below = tuple(_filter(part, ids, (*here, index)) for index, part in enumerate(given))
            parts.append(AllOf(below) if field.name == "and_" else AnyOf(below))
        else:
            parts.extend(_comparisons(field.name, given, ids.get(field.name), here))
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _comparisons(
    name: str, comparator: Any, type_name: str | None, path: tuple[str | int, ...]
) -> list[Filter]:
    comparisons: list[Filter] = []
    for field in dataclasses.fields(comparator):
        value = getattr(comparator, field.name)
        if value is strawberry.UNSET:
            continue
        operator = _OPERATORS[field.name]
        if value is None:
            raise BadUserInput(
                f"`{'.'.join(map(str, path))}.{field.name.rstrip('_')}` must not be null: leave it out, or ask"
                " with `isNull`.",
                argument="where",
            )
        if operator is Operator.IN:
            value = tuple(
                item if type_name is None else decoded(type_name, item, *path, "in", index)
                for index, item in enumerate(value)
            )
        elif type_name is not None and operator is not Operator.IS_NULL:
            value = decoded(type_name, value, *path, field.name)
        comparisons.append(Comparison(name, operator, value))
    return comparisons
