"""Filters over columns in memory."""

from typing import Any

import numpy as np
import pytest

from domain.dependency_map.filtering import mask
from domain.enums import DependencyKind
from domain.errors import InvalidInput
from domain.queries.filters import AllOf, AnyOf, Comparison, Filter, Not, Operator

COLUMNS: dict[str, Any] = {
    "slack": np.array([0.0, 2.0, np.nan]),
    "layer": np.array([0, 1, 1]),
    "kind": np.array(["finish_to_start", "start_to_start", "finish_to_start"]),
}


def _is(field: str, operator: str, value: Any) -> Filter:
    return Comparison(field, Operator(operator), value)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (None, "111"),
        (_is("slack", "eq", 0), "100"),
        (_is("slack", "ne", 0), "011"),
        (_is("slack", "lte", 2), "110"),
        (_is("slack", "gt", 0), "010"),
        (_is("slack", "is_null", True), "001"),
        (_is("slack", "is_null", False), "110"),
        (_is("layer", "is_null", True), "000"),
        (_is("layer", "in", (1, 5)), "011"),
        (_is("layer", "in", ()), "000"),
        (_is("kind", "eq", DependencyKind.START_TO_START), "010"),
        (_is("kind", "in", (DependencyKind.FINISH_TO_START,)), "101"),
        (_is("kind", "in", ()), "000"),
        (Not(_is("slack", "gt", 0)), "101"),
        (AllOf(()), "111"),
        (AnyOf(()), "000"),
        (AllOf((_is("layer", "eq", 1), _is("slack", "gte", 0))), "010"),
        (AnyOf((_is("layer", "eq", 0), _is("slack", "is_null", True))), "101"),
    ],
)
def test_filters_mean_what_they_mean_in_sql(where: Filter | None, expected: str) -> None:
    assert "".join(str(int(met)) for met in mask(where, COLUMNS, size=3)) == expected


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (_is("colour", "eq", 1), "There is no field colour to filter by; choose one of kind, layer, slack"),
        (_is("kind", "contains", "x"), "kind can't be compared by contains"),
        (_is("layer", "in", range(1001)), "at most 1000 values"),
        (AllOf((_is("layer", "eq", 1),) * 101), "at most 100 comparisons"),
    ],
)
def test_what_can_not_be_compared_is_refused(where: Filter, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        mask(where, COLUMNS, size=3)
