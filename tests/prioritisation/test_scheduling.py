from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prioritisation.cost_of_delay import cost_table
from prioritisation.dependencies import DependencyType
from prioritisation.errors import InvalidProblem
from prioritisation.progress import Progress
from prioritisation.schedule_check import check_schedule
from prioritisation.schedule_problem import (
    InfeasibleSchedule,
    Schedule,
    ScheduleNotFound,
    ScheduleProblem,
    ScheduleStatus,
)
from prioritisation.scheduling import ScheduleBudget, compile_loops, schedule
from prioritisation.urgency import DelayProblem, UrgencyProfile
from tests.prioritisation.schedule_cases import cost_of, keeps_dates, keeps_limits, least_cost, problems

SMALL = ScheduleBudget(evaluations=200, proof=0.2)


def made(**columns: Any) -> ScheduleProblem:
    return ScheduleProblem(**columns)


def line(duration: list[int], *, periods: int, **columns: Any) -> ScheduleProblem:
    """Initiatives of one team that can do one thing at a time; a period of delay costs 1 each."""
    n = len(duration)
    given: dict[str, Any] = {
        "duration": duration,
        "demand": [[1.0]] * n,
        "capacity": [[1.0]] * periods,
        "cost": [[*range(1, periods + 1), 2 * periods]] * n,
    }
    return ScheduleProblem(**(given | columns))


def portfolio(items: int, *, seed: int) -> ScheduleProblem:
    random = np.random.default_rng(seed)
    periods = 10
    week = random.integers(1, 100, items)
    ends = np.sort(random.integers(0, items, (2, items // 2)), axis=0)
    ends = ends[:, ends[0] != ends[1]]
    return made(
        duration=random.integers(1, 4, items),
        demand=random.integers(0, 4, (items, 3)),
        capacity=np.full((periods, 3), float(items) // 3),
        cost=week[:, np.newaxis] * np.arange(1, periods + 2),
        before=ends[0],
        after=ends[1],
    )


def as_bytes(found: Schedule) -> list[bytes]:
    values = [getattr(found, each.name) for each in fields(found)]
    return [value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode() for value in values]


def test_the_better_order_of_the_known_vector_is_found() -> None:
    """Base 10 a week, A adds 10 after 2 weeks of work, B 30 after 4: A-then-B 100 in 6 weeks, B-then-A 120."""
    delay = DelayProblem([UrgencyProfile.LINEAR, UrgencyProfile.LINEAR], rate=np.array([10.0, 30.0]))
    problem = made(
        duration=[2, 4],
        demand=[[1.0], [1.0]],
        capacity=[[1.0]] * 6,
        cost=cost_table(delay, periods=6),
    )

    def yields(start: list[int]) -> float:
        gained = [rate * (6 - s - d) for rate, s, d in zip((10, 30), start, (2, 4), strict=True)]
        return 10 * 6 + sum(gained)

    assert (yields([0, 2]), yields([4, 0])) == (100, 120)
    found = schedule(problem)
    assert found.start.tolist() == [4, 0]
    assert yields(found.start.tolist()) == 120
    assert found.cost == 10 * 6 + 30 * 4
    assert (found.bound, found.gap, found.status) == (180.0, 0.0, ScheduleStatus.OPTIMAL)


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [
        (DependencyType.FINISH_TO_START, 0, [0, 3]),
        (DependencyType.FINISH_TO_START, 2, [0, 5]),
        (DependencyType.FINISH_TO_START, -2, [0, 1]),
        (DependencyType.START_TO_START, 0, [0, 0]),
        (DependencyType.START_TO_START, 2, [0, 2]),
        (DependencyType.FINISH_TO_FINISH, 0, [0, 1]),
        (DependencyType.FINISH_TO_FINISH, 3, [0, 4]),
    ],
)
def test_dependencies_of_all_types_keep_their_lags(kind: DependencyType, lag: int, start: list[int]) -> None:
    problem = line([3, 2], periods=9, capacity=[[9.0]] * 9, before=[0], after=[1], kind=[kind], lag=[lag])
    assert schedule(problem).start.tolist() == start


def test_a_successor_is_not_done_without_its_predecessor_whatever_the_lag() -> None:
    problem = line([4, 1], periods=3, before=[0], after=[1], lag=[-4])
    assert schedule(problem).start.tolist() == [-1, -1]


def test_work_in_flight_keeps_its_place_and_may_outlast_the_horizon() -> None:
    problem = line([5, 1, 1], periods=3, capacity=[[1.0], [1.0], [2.0]], fixed_start=[0, -1, -1])
    found = schedule(problem)
    assert found.finish[0] == 4
    assert sorted(found.start.tolist()) == [-1, 0, 2]
    assert found.cost == 6 + 3 + 6
    assert found.load.ravel().tolist() == [1, 1, 2]


def test_a_ring_fence_keeps_others_out_and_a_cap_keeps_its_category_small() -> None:
    fence = np.array([[[2.0]]] * 4)
    common: dict[str, Any] = {
        "duration": [1, 1, 1],
        "demand": [[2.0]] * 3,
        "capacity": [[4.0]] * 4,
        "cost": [[1, 2, 3, 4, 5]] * 3,
    }
    fenced = made(**common, category=[-1, -1, 0], reserved=fence, upper=fence)
    assert sorted(schedule(fenced).finish.tolist()) == [0, 0, 1]
    assert schedule(fenced).finish[2] == 0
    capped = made(**common, category=[0, 0, 0], reserved=0 * fence, upper=fence)
    assert sorted(schedule(capped).finish.tolist()) == [0, 1, 2]
    floor = made(**common, category=[0, 0, -1], reserved=fence, upper=fence + np.inf)
    assert sorted(schedule(floor).finish.tolist()) == [0, 0, 1]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems())
def test_small_problems_are_solved_to_proven_optimality(problem: ScheduleProblem) -> None:
    least = least_cost(problem)
    try:
        found = schedule(problem, budget=SMALL)
    except InfeasibleSchedule:
        assert least == np.inf
        return
    assert check_schedule(problem, found) == ()
    start = tuple(found.start.tolist())
    assert keeps_dates(problem, start)
    assert keeps_limits(problem, start)
    assert found.cost == pytest.approx(cost_of(problem, start))
    assert found.cost == pytest.approx(least)
    assert found.status is ScheduleStatus.OPTIMAL
    assert found.bound is not None
    assert found.bound <= least + 1e-9
    assert sorted(found.sequence.tolist()) == list(range(problem.size))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems(dated=False))
def test_the_relaxation_is_never_above_the_optimum(problem: ScheduleProblem) -> None:
    found = schedule(problem, budget=ScheduleBudget(evaluations=0, proof=0.0))
    assert found.bound is not None
    assert found.bound <= least_cost(problem) + 1e-9 <= found.cost + 2e-9


def test_the_same_problem_and_budget_give_the_same_bytes() -> None:
    budget = ScheduleBudget(evaluations=500, proof=0.05, seed=3)
    runs = [as_bytes(schedule(portfolio(20, seed=1), budget=budget)) for _ in range(2)]
    assert runs[0] == runs[1]


def test_permuted_initiatives_with_their_order_get_the_same_cost() -> None:
    problem = portfolio(20, seed=2)
    by = np.random.default_rng(1).permutation(20)
    place = np.argsort(by)
    permuted = made(
        duration=problem.duration[by],
        demand=problem.demand[by],
        capacity=problem.capacity,
        cost=problem.cost[by],
        before=place[problem.before],
        after=place[problem.after],
        order=by,
    )
    budget = ScheduleBudget(evaluations=300, proof=0.0)
    first, second = schedule(problem, budget=budget), schedule(permuted, budget=budget)
    assert first.start[by].tolist() == second.start.tolist()


def test_the_search_improves_on_its_beginning_and_the_bound_stays_below() -> None:
    problem = portfolio(60, seed=4)
    begun = schedule(problem, budget=ScheduleBudget(evaluations=0, proof=0.0))
    found = schedule(problem, budget=ScheduleBudget(evaluations=3_000, proof=0.0))
    assert begun.bound == found.bound
    assert found.bound is not None
    assert found.bound <= found.cost < begun.cost
    assert check_schedule(problem, found) == ()


def test_without_a_bound_a_schedule_is_a_heuristic() -> None:
    found = schedule(line([1, 2], periods=4), budget=ScheduleBudget(relaxation=0, proof=0.0))
    assert (found.status, found.bound, found.gap) == (ScheduleStatus.HEURISTIC, None, None)


def test_the_clock_ends_a_search_and_the_schedule_says_so() -> None:
    found = schedule(portfolio(60, seed=5), budget=ScheduleBudget(seconds=0.0))
    assert not found.complete


def test_deadlines_hold_or_the_initiative_is_left_out() -> None:
    free = schedule(line([2, 2], periods=6, latest=[-1, 1], cost=[[9] * 7, [0, 1, 2, 3, 4, 5, 9]]))
    assert free.finish.tolist() == [3, 1]
    crowded = schedule(line([2, 2], periods=6, latest=[1, 1]))
    assert sorted(crowded.finish.tolist()) == [-1, 1]


def test_what_must_be_done_but_has_no_time_is_named_with_its_chain() -> None:
    problem = line([2, 2, 2, 1], periods=5, before=[0, 1], after=[1, 2], mandatory=[0, 0, 1, 0])
    with pytest.raises(InfeasibleSchedule) as caught:
        schedule(problem)
    assert (caught.value.code, caught.value.items) == ("MANDATORY_TOO_LATE", (0, 1, 2))


def test_a_smallest_set_that_must_be_done_and_does_not_fit_is_named() -> None:
    problem = line([1, 2, 2, 2], periods=8, mandatory=[1] * 4, latest=[-1, 4, 4, 4])
    with pytest.raises(InfeasibleSchedule) as caught:
        schedule(problem)
    assert (caught.value.code, caught.value.items) == ("MANDATORY_OVER_CAPACITY", (1, 2, 3))


def test_work_in_flight_above_the_capacity_is_named() -> None:
    with pytest.raises(InfeasibleSchedule) as caught:
        schedule(line([1, 2, 3], periods=5, fixed_start=[-1, 0, 0]))
    assert (caught.value.code, caught.value.items) == ("FIXED_OVER_CAPACITY", (1, 2))


def test_work_in_flight_before_its_predecessor_is_named() -> None:
    with pytest.raises(InfeasibleSchedule) as caught:
        schedule(line([1, 2], periods=5, before=[0], after=[1], fixed_start=[-1, 0]))
    assert (caught.value.code, caught.value.items) == ("FIXED_BREAKS_DEPENDENCY", (0, 1))


def test_a_mandatory_set_that_no_sequence_fits_is_told_apart_from_one_that_cannot_fit() -> None:
    """2 + 2 + 2 in 5 periods of two places: excluded only by proof, so a search alone may not call it so."""
    problem = line([3, 3, 3], periods=5, capacity=[[1.9]] * 5, mandatory=[1, 1, 1])
    with pytest.raises(ScheduleNotFound):
        schedule(problem, budget=ScheduleBudget(relaxation=0, proof=0.0))
    with pytest.raises(InfeasibleSchedule):
        schedule(problem)


def test_progress_never_falls_and_ends_with_the_result() -> None:
    told: list[Progress] = []
    found = schedule(portfolio(30, seed=6), budget=SMALL, progress=told.append)
    shares = [each.done for each in told]
    assert shares == sorted(shares)
    assert (told[0].phase, told[-1].phase, told[-1].done) == ("RELAXATION", "DONE", 1.0)
    assert told[-1].incumbent == found.cost
    costs = [each.incumbent for each in told if each.incumbent is not None]
    assert costs == sorted(costs, reverse=True)


def test_what_progress_raises_ends_the_solve() -> None:
    class Cancelled(Exception):
        pass

    def cancel(_: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        schedule(portfolio(30, seed=6), progress=cancel)


def test_nothing_to_schedule_costs_nothing() -> None:
    empty = made(duration=[], demand=np.empty((0, 1)), capacity=[[1.0]], cost=np.empty((0, 2)))
    found = schedule(empty)
    assert (found.cost, found.gap, found.status) == (0.0, 0.0, ScheduleStatus.OPTIMAL)


@given(value=st.sampled_from(["evaluations", "relaxation", "proof", "seconds", "seed"]))
def test_a_negative_budget_is_refused(value: str) -> None:
    negative: dict[str, Any] = {value: -1}
    with pytest.raises(InvalidProblem) as caught:
        ScheduleBudget(**negative)
    assert caught.value.field == value


def test_loops_are_compiled_ahead_without_a_trace_in_results() -> None:
    problem, budget = portfolio(12, seed=7), ScheduleBudget(evaluations=50, proof=0.0)
    before = as_bytes(schedule(problem, budget=budget))
    compile_loops()
    assert as_bytes(schedule(problem, budget=budget)) == before


def test_large_problems_are_bounded_by_prices() -> None:
    """The relaxation would have 400 × 39 steps; prices come within some per cent of a decent schedule."""
    random = np.random.default_rng(8)
    n, periods = 400, 40
    problem = made(
        duration=random.integers(1, 4, n),
        demand=random.integers(1, 4, (n, 1)),
        capacity=np.full((periods, 1), 45.0),
        cost=random.integers(1, 100, n)[:, np.newaxis] * np.arange(1, periods + 2),
    )
    found = schedule(problem, budget=ScheduleBudget(evaluations=300))
    assert check_schedule(problem, found) == ()
    assert found.gap is not None
    assert 0 < found.gap < 0.06
    assert found.status is ScheduleStatus.FEASIBLE
