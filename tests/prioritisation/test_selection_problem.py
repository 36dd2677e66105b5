"""What a selection problem derives, and what it refuses."""

from typing import Any

import numpy as np
import pytest

from prioritisation.allocation_limits import AllocationLimits
from prioritisation.errors import CycleError, InvalidProblem
from prioritisation.selection_problem import SelectionProblem

LIMITS = AllocationLimits(
    capacity=np.array([9.0, 9.0]), reserved=np.array([[1.0, 1.0]]), upper=np.array([[9.0, 9.0]])
)


def problem(**more: Any) -> SelectionProblem:
    given: dict[str, Any] = {
        "value": [3, 2, 1],
        "demand": [[1, 0], [0, 2], [3, 3]],
        "category": [0, -1, 0],
        "limits": LIMITS,
        "before": [0, 1],
        "after": [1, 2],
    }
    return SelectionProblem(**(given | more))


def test_what_mandatory_work_needs_is_forced_and_what_excluded_work_blocks_is_barred() -> None:
    assert problem(mandatory=[False, True, False]).forced.tolist() == [True, True, False]
    assert problem(excluded=[False, True, False]).barred.tolist() == [False, True, True]
    assert problem().needs(2).tolist() == [0, 1]
    assert problem().needed_by(0).tolist() == [1, 2]
    assert problem().used(np.array([True, True, True])).tolist() == [[4.0, 3.0], [0.0, 2.0]]


def test_what_it_holds_cannot_be_changed_from_outside() -> None:
    value = np.array([3.0, 2.0, 1.0])
    held = problem(value=value)
    value[0] = 99.0
    assert held.value.tolist() == [3.0, 2.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        held.demand[0, 0] = 5.0


@pytest.mark.parametrize(
    ("more", "code", "field", "items"),
    [
        ({"value": [1, None, 1]}, "MISSING_VALUE", "value", (1,)),
        ({"value": [1, -1, 1]}, "NEGATIVE", "value", (1,)),
        ({"value": [1, np.inf, 1]}, "NOT_FINITE", "value", (1,)),
        ({"value": [1, 1e101, 1]}, "OUT_OF_RANGE", "value", (1,)),
        ({"demand": [[1, 0], [0, -2], [3, 3]]}, "NEGATIVE", "demand", (1,)),
        ({"demand": [[1, 0], [0, None], [3, 3]]}, "MISSING_VALUE", "demand", (1,)),
        ({"demand": [[1], [2], [3]]}, "SHAPE", "demand", ()),
        ({"demand": [[1, 0], [0, 2]]}, "SHAPE", "demand", ()),
        ({"category": [0, 1, 0]}, "UNKNOWN_CATEGORY", "category", (1,)),
        ({"category": [0, -2, 0]}, "UNKNOWN_CATEGORY", "category", (1,)),
        ({"before": [0, 3]}, "UNKNOWN_POSITION", "before", (1,)),
        ({"after": [1]}, "SHAPE", "after", ()),
        ({"alternatives": [[0, 7]]}, "UNKNOWN_POSITION", "alternatives", (1,)),
        ({"mandatory": [True, False]}, "SHAPE", "mandatory", ()),
        ({"excluded": [1, 0, 0]}, "NOT_NUMERIC", "excluded", ()),
        ({"order": [0, 0, 1]}, "TIE_BREAK_NOT_UNIQUE", "order", (1,)),
        (
            {"mandatory": [True, True, False], "excluded": [False, True, False]},
            "MANDATORY_AND_EXCLUDED",
            "mandatory",
            (1,),
        ),
        (
            {"mandatory": [True, False, True], "alternatives": [[1, 2], [2, 0]]},
            "MANDATORY_ALTERNATIVES",
            "alternatives",
            (0, 2),
        ),
    ],
)
def test_wrong_columns_are_refused_with_the_positions(
    more: dict[str, Any], code: str, field: str, items: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        problem(**more)
    assert (caught.value.code, caught.value.field, caught.value.items) == (code, field, items)


def test_prerequisites_in_a_circle_are_named() -> None:
    with pytest.raises(CycleError) as caught:
        problem(before=[0, 1, 2], after=[1, 2, 0])
    assert sorted(caught.value.cycle) == [0, 1, 2]
