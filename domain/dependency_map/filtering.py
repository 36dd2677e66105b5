"""Filters over columns in memory, with the meaning that they have in SQL."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.dependency_map.mapping import Booleans
from domain.errors import InvalidInput
from domain.queries.filters import (
    MOST_VALUES,
    AllOf,
    AnyOf,
    Comparison,
    Filter,
    Operator,
    refuse_too_large,
)

Columns = Mapping[str, NDArray[Any]]

_COMPARE: dict[Operator, Callable[[NDArray[Any], Any], Booleans]] = {
    Operator.EQ: lambda column, value: column == value,
    Operator.NE: lambda column, value: column != value,
    Operator.GTE: lambda column, value: column >= value,
    Operator.LTE: lambda column, value: column <= value,
    Operator.GT: lambda column, value: column > value,
    Operator.LT: lambda column, value: column < value,
    Operator.IN: lambda column, values: np.isin(column, np.array(list(values), dtype=column.dtype)),
    Operator.IS_NULL: lambda column, wanted: _missing(column) == wanted,
}


def mask(where: Filter | None, columns: Columns, *, size: int) -> Booleans:
    """Which of ``size`` entries meet a filter; NaN in a column is no value. None is met by all.

    Raises
    ------
    InvalidInput
        When the filter is too large, or compares what can't be compared.
    """
    if where is None:
        return np.ones(size, dtype=np.bool_)
    refuse_too_large(where)
    return _mask(where, columns, size)


def _mask(where: Filter, columns: Columns, size: int) -> Booleans:
    if isinstance(where, Comparison):
        return _compared(where, columns)
    if isinstance(where, AllOf):
        parts = [_mask(part, columns, size) for part in where.parts]
        return np.logical_and.reduce(parts) if parts else np.ones(size, dtype=np.bool_)
    if isinstance(where, AnyOf):
        parts = [_mask(part, columns, size) for part in where.parts]
        return np.logical_or.reduce(parts) if parts else np.zeros(size, dtype=np.bool_)
    return ~_mask(where.part, columns, size)


def _compared(comparison: Comparison, columns: Columns) -> Booleans:
    name, operator, value = comparison.field, comparison.operator, comparison.value
    column, compare = columns.get(name), _COMPARE.get(operator)
    if column is None:
        raise InvalidInput(
            f"There is no field {name} to filter by; choose one of {', '.join(sorted(columns))}.",
            path=(name,),
        )
    if compare is None:
        raise InvalidInput(f"{name} can't be compared by {operator.value}.", path=(name,))
    if operator is Operator.IN and len(value) > MOST_VALUES:
        raise InvalidInput(f"{name}: in takes a list of at most {MOST_VALUES} values.", path=(name,))
    return compare(column, value)


def _missing(column: NDArray[Any]) -> Booleans:
    missing: Booleans = column != column  # true of NaN alone, in columns of any kind
    return missing
