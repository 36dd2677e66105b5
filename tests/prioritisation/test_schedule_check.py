"""The check of schedules: a valid one passes, and every rule, broken by hand, is named."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from prioritisation.dependencies import DependencyType
from prioritisation.errors import InvalidProblem
from prioritisation.schedule_check import ScheduleRule, check_schedule
from prioritisation.schedule_problem import Schedule, ScheduleProblem, ScheduleStatus

FS, SS, FF = DependencyType.FINISH_TO_START, DependencyType.START_TO_START, DependencyType.FINISH_TO_FINISH


def problem(**more: Any) -> ScheduleProblem:
    """Three initiatives over six periods; category 0 has a ring-fence of 3 of the 5 person-weeks."""
    given: dict[str, Any] = {
        "duration": [2, 3, 2],
        "demand": [[2.0], [2.0], [1.0]],
        "capacity": [[5.0]] * 6,
        "cost": np.arange(1.0, 8.0)[np.newaxis] * np.array([[1.0], [2.0], [3.0]]),
        "category": [0, 1, 0],
        "reserved": [[[3.0], [0.0]]] * 6,
        "upper": [[[3.0], [np.inf]]] * 6,
        "before": [0],
        "after": [1],
        "kind": [int(FS)],
        "lag": [0],
    }
    return ScheduleProblem(**(given | more))


def schedule(start: list[int], at: ScheduleProblem) -> Schedule:
    """Return the schedule with these starts, and the figures that are true of it."""
    first = np.array(start)
    finish = np.where(first < 0, -1, first + at.duration - 1)
    used = np.zeros((at.periods, at.categories + 1, at.resources))
    for j, begin in enumerate(start):
        if begin >= 0:
            used[begin : finish[j] + 1, at.category[j]] += at.demand[j]
    done = (finish >= 0) & (finish < at.periods)
    cost = float(at.cost[np.arange(at.size), np.where(done, finish, at.periods)].sum())
    return Schedule(
        start=first,
        finish=finish,
        sequence=np.arange(at.size),
        cost=cost,
        bound=cost,
        status=ScheduleStatus.OPTIMAL,
        used=used,
    )


def rules(at: ScheduleProblem, plan: Schedule) -> list[ScheduleRule]:
    return [found.rule for found in check_schedule(at, plan)]


def test_a_valid_schedule_passes() -> None:
    assert check_schedule(problem(), schedule([0, 2, 0], problem())) == ()
    assert check_schedule(problem(), schedule([-1, -1, 4], problem())) == ()


@pytest.mark.parametrize(
    ("more", "start", "broken"),
    [
        ({"earliest": [1, 0, 0]}, [0, 2, 0], ScheduleRule.EARLIEST_START),
        ({"latest": [-1, 3, -1]}, [0, 2, 0], ScheduleRule.DEADLINE),
        ({"fixed_start": [-1, -1, 1]}, [0, 2, 0], ScheduleRule.FIXED_START),
        ({"mandatory": [False, False, True]}, [0, 2, -1], ScheduleRule.MANDATORY),
        ({}, [-1, 2, 0], ScheduleRule.PREDECESSOR_SCHEDULED),
        ({}, [0, 1, 0], ScheduleRule.DEPENDENCY),
        ({"lag": [1]}, [0, 2, 0], ScheduleRule.DEPENDENCY),
        ({"kind": [int(SS)], "lag": [3]}, [0, 2, 0], ScheduleRule.DEPENDENCY),
        ({"kind": [int(FF)], "lag": [4]}, [0, 2, 0], ScheduleRule.DEPENDENCY),
        ({"before": [], "after": [], "kind": [], "lag": []}, [0, 4, 0], ScheduleRule.WITHIN_HORIZON),
    ],
)
def test_dates_and_dependencies(more: dict[str, Any], start: list[int], broken: ScheduleRule) -> None:
    at = problem(**more)
    plan = schedule(start, at)
    assert broken in rules(at, plan)


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [(FS, -1, [0, 1, 0]), (SS, 0, [0, 0, 0]), (FF, 0, [0, 0, 2]), (FF, 1, [1, 1, 2])],
)
def test_lags_let_work_overlap(kind: DependencyType, lag: int, start: list[int]) -> None:
    at = problem(kind=[int(kind)], lag=[lag])
    assert check_schedule(at, schedule(start, at)) == ()


def test_a_ring_fence_binds_although_capacity_is_left() -> None:
    at = problem(demand=[[2.0], [2.0], [2.0]])
    (found,) = check_schedule(at, schedule([0, 2, 1], at))
    assert (found.rule, found.period, found.category, found.resource) == (
        ScheduleRule.CATEGORY_LIMIT,
        1,
        0,
        0,
    )
    assert found.items == (0, 2)
    assert "may use 3" in found.text


def test_what_is_reserved_and_idle_is_claimed() -> None:
    at = problem(demand=[[2.0], [3.0], [1.0]])
    found = check_schedule(at, schedule([0, 2, 0], at))
    assert [(each.rule, each.period, each.items) for each in found] == [
        (ScheduleRule.CAPACITY, period, (1,)) for period in (2, 3, 4)
    ]


def test_fixed_work_may_run_over_the_horizon_and_costs_as_not_done() -> None:
    at = problem(fixed_start=[-1, 4, -1], before=[], after=[], kind=[], lag=[])
    assert check_schedule(at, schedule([0, 4, 0], at)) == ()


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (lambda plan: replace(plan, cost=plan.cost - 1), {ScheduleRule.COST}),
        (lambda plan: replace(plan, bound=plan.cost + 1), {ScheduleRule.BOUND}),
        (lambda plan: replace(plan, used=plan.used * 2), {ScheduleRule.USE}),
        (
            lambda plan: replace(plan, finish=plan.finish + 1),
            {ScheduleRule.RUNS_WITHOUT_INTERRUPTION, ScheduleRule.COST, ScheduleRule.DEPENDENCY},
        ),
    ],
)
def test_what_a_schedule_says_of_itself_must_be_true(
    change: Callable[[Schedule], Schedule], broken: set[ScheduleRule]
) -> None:
    at = problem()
    found = set(rules(at, change(schedule([0, 2, 0], at))))
    assert found
    assert found <= broken


def test_a_schedule_of_another_size_is_refused() -> None:
    at = problem()
    with pytest.raises(InvalidProblem) as caught:
        check_schedule(at, replace(schedule([0, 2, 0], at), start=np.array([0])))
    assert caught.value.code == "SHAPE"
