import pickle
from typing import Any

import numpy as np
import pytest

from prioritisation.errors import CycleError, InvalidProblem
from prioritisation.schedule_problem import InfeasibleSchedule, ScheduleProblem


def columns(**changes: Any) -> dict[str, Any]:
    """Two initiatives, three periods, one team."""
    given: dict[str, Any] = {
        "duration": [1, 2],
        "demand": [[1.0], [2.0]],
        "capacity": [[2.0]] * 3,
        "cost": [[0, 1, 2, 3]] * 2,
    }
    return given | changes


def limits(amount: float) -> np.ndarray[Any, Any]:
    return np.full((3, 1, 1), amount)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"duration": [0, 1]}, "duration", "DURATION_EMPTY"),
        ({"duration": [1.5, 1]}, "duration", "NOT_NUMERIC"),
        ({"duration": [10**6, 1]}, "duration", "OUT_OF_RANGE"),
        ({"demand": [[1.0]]}, "demand", "SHAPE"),
        ({"demand": [[1.0, 2.0]] * 2}, "demand", "SHAPE"),
        ({"demand": [[1.0], [-1.0]]}, "demand", "NEGATIVE"),
        ({"demand": [[1.0], [None]]}, "demand", "MISSING_VALUE"),
        ({"capacity": np.empty((0, 1))}, "capacity", "HORIZON_EMPTY"),
        ({"capacity": [[2.0], [np.inf], [2.0]]}, "capacity", "NOT_FINITE"),
        ({"cost": [[0, 1, 2]] * 2}, "cost", "SHAPE"),
        ({"cost": [[0, 1, 2, 3], [3, 2, 2, 2]]}, "cost", "COST_FALLS"),
        ({"category": [0, -1]}, "category", "UNKNOWN_POSITION"),
        ({"category": [-2, -1]}, "category", "UNKNOWN_POSITION"),
        ({"reserved": limits(1.0)}, "upper", "SHAPE"),
        ({"reserved": limits(1.0), "upper": limits(0.5)}, "reserved", "RESERVED_OVER_UPPER"),
        ({"reserved": limits(3.0), "upper": limits(3.0)}, "reserved", "RESERVED_OVER_CAPACITY"),
        ({"reserved": limits(0.0), "upper": limits(np.nan)}, "upper", "MISSING_VALUE"),
        ({"before": [0], "after": [2]}, "after", "UNKNOWN_POSITION"),
        ({"before": [0], "after": [1], "kind": [3]}, "kind", "UNKNOWN_POSITION"),
        ({"before": [0], "after": [1], "lag": [10**6]}, "lag", "OUT_OF_RANGE"),
        ({"earliest": [-1, 0]}, "earliest", "NEGATIVE"),
        ({"latest": [-2, 0]}, "latest", "NEGATIVE"),
        ({"latest": [-1, 0]}, "latest", "DEADLINE_BEFORE_EARLIEST_FINISH"),
        ({"earliest": [2, 0], "latest": [1, -1]}, "latest", "DEADLINE_BEFORE_EARLIEST_FINISH"),
        ({"fixed_start": [3, -1]}, "fixed_start", "OUT_OF_RANGE"),
        ({"fixed_start": [0, -1], "earliest": [1, 0]}, "fixed_start", "FIXED_BEFORE_EARLIEST"),
        ({"fixed_start": [-1, 1], "latest": [-1, 1]}, "latest", "FIXED_AFTER_DEADLINE"),
        ({"order": [1, 1]}, "tie_break", "TIE_BREAK_NOT_UNIQUE"),
        ({"mandatory": [True]}, "mandatory", "SHAPE"),
    ],
)
def test_refuses_what_breaks_the_rules(changes: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        ScheduleProblem(**columns(**changes))
    assert (caught.value.field, caught.value.code) == (field, code)


def test_names_a_cycle() -> None:
    with pytest.raises(CycleError) as caught:
        ScheduleProblem(**columns(before=[0, 1], after=[1, 0]))
    assert set(caught.value.cycle) == {0, 1}


def test_refuses_more_cells_than_there_is_room_for() -> None:
    with pytest.raises(InvalidProblem) as caught:
        ScheduleProblem(
            duration=np.ones(1000, dtype=np.int64),
            demand=np.zeros((1000, 1)),
            capacity=np.ones((4500, 1)),
            cost=np.zeros((1000, 4501)),
        )
    assert caught.value.code == "TOO_LARGE"


def test_does_not_change_with_the_arrays_of_its_caller() -> None:
    duration = np.array([1, 2])
    problem = ScheduleProblem(**columns(duration=duration))
    duration[0] = 3
    assert problem.duration.tolist() == [1, 2]
    with pytest.raises(ValueError, match="read-only"):
        problem.cost[0, 0] = 1


def test_errors_cross_borders_of_processes() -> None:
    error = InfeasibleSchedule("No.", items=[3], code="MANDATORY_TOO_LATE")
    again = pickle.loads(pickle.dumps(error))
    assert (again.message, again.items, again.code) == ("No.", (3,), "MANDATORY_TOO_LATE")
