from typing import Any

import numpy as np
import pytest

from prioritisation.allocation_limits import AllocationLimits
from prioritisation.errors import InvalidProblem
from prioritisation.plan_robustness import schedule_robustness, selection_robustness
from prioritisation.sampling import Estimates, certain
from prioritisation.schedule_problem import Schedule, ScheduleProblem
from prioritisation.scheduling import ScheduleBudget, schedule
from prioritisation.selection_problem import SelectionProblem


def spread(
    low: list[float], likely: list[float], high: list[float], *, shape: Any = "triangular"
) -> Estimates:
    """Estimates of one column."""
    points = [np.array(each)[:, np.newaxis] for each in (low, likely, high)]
    return Estimates(points[0], points[1], points[2], shape=shape)


def selection(*, capacity: list[float], demand: list[float], **limits: Any) -> SelectionProblem:
    columns: dict[str, Any] = {
        "value": [1.0] * len(demand),
        "demand": [[d] for d in demand],
        "category": limits.pop("category", [-1] * len(demand)),
        "limits": AllocationLimits(**({"capacity": capacity, "reserved": [], "upper": []} | limits)),
    }
    return SelectionProblem(**columns)


def planned(**columns: Any) -> tuple[ScheduleProblem, Schedule]:
    problem = ScheduleProblem(**columns)
    return problem, schedule(problem, budget=ScheduleBudget(evaluations=100, proof=0.1))


def two_in_a_row() -> tuple[ScheduleProblem, Schedule]:
    """Two of one team, the first two periods, the second one, with a deadline in period 3."""
    return planned(
        duration=[2, 1],
        demand=[[1.0], [1.0]],
        capacity=[[1.0]] * 5,
        cost=[[9 * t for t in range(6)], [*range(6)]],
        before=[0],
        after=[1],
        latest=[-1, 3],
    )


def test_a_plan_without_uncertainty_holds_exactly() -> None:
    problem, found = two_in_a_row()
    duration, effort = certain(np.array([[2.0], [1.0]])), certain(np.array([[2.0], [1.0]]))
    result = schedule_robustness(problem, found, duration=duration, effort=effort, seed=1, samples=20)
    assert (result.holds, result.holds_error) == (1.0, 0.0)
    assert result.median.tolist() == result.safe.tolist() == found.finish.tolist() == [1, 2]
    assert result.as_planned.tolist() == [1.0, 1.0]
    assert result.overrun.tolist() == [0.0]


def test_the_quantiles_of_a_finish_are_those_of_its_duration() -> None:
    """Triangular on 0 … 4, mode 2, rounded up: done by 1, 2, 3, 4 periods with 1/8, 1/2, 7/8 and 1."""
    problem, found = planned(
        duration=[2], demand=[[1.0]], capacity=[[1.0]] * 3, cost=[[0, 1, 2, 3]], latest=[1]
    )
    result = schedule_robustness(
        problem, found, duration=spread([0], [2], [4]), effort=spread([1], [1], [1]), seed=7, samples=20_000
    )
    assert result.deadline[0] == pytest.approx(1 / 2, abs=4 * result.deadline_error[0])
    assert result.deadline_error[0] == pytest.approx(np.sqrt(0.25 / 20_000), rel=0.01)
    assert result.holds == result.deadline[0] == result.as_planned[0]
    assert result.safe.tolist() == [2]


def test_a_late_predecessor_moves_what_waits_for_it_beyond_the_horizon() -> None:
    problem, found = two_in_a_row()
    result = schedule_robustness(
        problem,
        found,
        duration=certain(np.array([[5.0], [1.0]])),
        effort=certain(np.array([[5.0], [1.0]])),
        seed=1,
        samples=3,
    )
    assert result.median.tolist() == [4, 5]
    assert (result.holds, result.deadline[1]) == (0.0, 0.0)
    assert result.as_planned.tolist() == [0.0, 0.0]
    # As planned, the second one starts in period 2, where the first still runs.
    assert result.overrun.tolist() == [1.0]


def test_what_does_not_even_fit_twice_the_horizon_is_said_to_finish_at_its_end() -> None:
    problem, found = two_in_a_row()
    long = certain(np.array([[99.0], [1.0]]))
    result = schedule_robustness(problem, found, duration=long, effort=long, seed=1, samples=2)
    assert result.median.tolist() == [10, 10]


def test_work_in_flight_stays_where_it_is_and_what_is_not_planned_is_not_judged() -> None:
    problem, found = planned(
        duration=[1, 9, 1],
        demand=[[1.0]] * 3,
        capacity=[[1.0]] * 3,
        cost=[[*range(4)]] * 3,
        fixed_start=[0, -1, -1],
    )
    duration = certain(np.array([[2.0], [9.0], [1.0]]))
    result = schedule_robustness(problem, found, duration=duration, effort=duration, seed=1, samples=2)
    assert result.median.tolist() == [1, -1, 2]
    assert np.isnan(result.as_planned).tolist() == [False, True, False]


def test_the_probability_that_a_selection_holds_is_that_of_the_distribution() -> None:
    """Triangular on 0 … 4, mode 4: below 2 with probability 1/4, E[max(0, x − 2)] = ∫ (x − 2) x/8 = 5/6."""
    problem = selection(capacity=[2.0], demand=[4.0])
    result = selection_robustness(problem, np.array([True]), spread([0], [4], [4]), seed=3, samples=40_000)
    assert result.holds == pytest.approx(1 / 4, abs=4 * result.holds_error)
    assert result.exceeds[0] == pytest.approx(1 - result.holds)
    assert result.overrun[0] == pytest.approx(5 / 6, abs=4 * result.overrun_error[0])


def test_pert_estimates_have_their_mean() -> None:
    """PERT of 0, 1, 6 has mean 10/6; all of it is overrun where nothing is there."""
    problem = selection(capacity=[0.0], demand=[1.0])
    effort = spread([0], [1], [6], shape="pert")
    result = selection_robustness(problem, np.array([True]), effort, seed=3, samples=40_000)
    assert result.overrun[0] == pytest.approx(10 / 6, abs=4 * result.overrun_error[0])
    assert result.holds == 0.0


def test_what_is_reserved_for_others_is_not_there() -> None:
    problem = selection(capacity=[10.0], demand=[4.0, 0.0], category=[-1, 0], reserved=[[7.0]], upper=[[7.0]])
    effort = certain(np.array([[4.0], [0.0]]))
    result = selection_robustness(problem, np.array([True, False]), effort, seed=1, samples=5)
    assert (result.holds, result.overrun.tolist()) == (0.0, [1.0])


def test_the_same_seed_gives_the_same_figures_whatever_the_order_of_the_columns() -> None:
    problem = selection(capacity=[4.0], demand=[1.0, 2.0, 3.0])
    effort = spread([0, 1, 2], [1, 2, 3], [3, 4, 5])
    chosen = np.array([True, True, False])
    first = selection_robustness(problem, chosen, effort, seed=5, samples=500)
    columns: dict[str, Any] = {
        "value": [1.0] * 3,
        "demand": [[3.0], [2.0], [1.0]],
        "category": [-1] * 3,
        "limits": problem.limits,
        "order": [2, 1, 0],
    }
    turned = spread([2, 1, 0], [3, 2, 1], [5, 4, 3])
    second = selection_robustness(SelectionProblem(**columns), chosen[::-1], turned, seed=5, samples=500)
    other = selection_robustness(problem, chosen, effort, seed=6, samples=500)
    assert (first.holds, first.overrun.tolist()) == (second.holds, second.overrun.tolist())
    assert first.overrun.tolist() != other.overrun.tolist()


def test_progress_reaches_what_is_wanted() -> None:
    problem, found = two_in_a_row()
    told: list[tuple[int, int]] = []
    one = certain(np.ones((2, 1)))
    schedule_robustness(
        problem, found, duration=one, effort=one, seed=1, samples=9, progress=lambda *now: told.append(now)
    )
    assert told[-1] == (9, 9)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seed": -1}, "NEGATIVE"),
        ({"samples": 0}, "OUT_OF_RANGE"),
        ({"effort": certain(np.ones((1, 1)))}, "SHAPE"),
        ({"effort": certain(np.array([[1.0], [np.nan]]))}, "MISSING_VALUE"),
        ({"duration": certain(np.array([[1.0], [-1.0]]))}, "NEGATIVE"),
    ],
)
def test_wrong_estimates_and_budgets_are_refused(changes: dict[str, Any], code: str) -> None:
    problem, found = two_in_a_row()
    one = certain(np.ones((2, 1)))
    given: dict[str, Any] = {"duration": one, "effort": one, "seed": 1}
    with pytest.raises(InvalidProblem) as caught:
        schedule_robustness(problem, found, **(given | changes))
    assert caught.value.code == code
