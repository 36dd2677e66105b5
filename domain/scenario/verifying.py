"""Checks of schedules that share nothing with the solver but the problem."""

import numpy as np

from domain.planning.errors import PlanNotVerified
from domain.planning.input import Flags
from prioritisation.dependencies import DependencyType
from prioritisation.schedule_problem import Schedule, ScheduleProblem

_SLACK = 1e-6


def verify_schedule(problem: ScheduleProblem, found: Schedule) -> None:
    """Dates, dependencies, capacity and category limits, and the cost counted anew.

    Raises
    ------
    PlanNotVerified
        When one of them is broken: a fault.
    """
    placed = found.start >= 0
    for complaint, broken in (
        ("a finish does not follow from its start", _wrong_finish(problem, found, placed)),
        ("something is scheduled outside its dates", _outside_dates(problem, found, placed)),
        ("a dependency is broken", _broken_dependency(problem, found, placed)),
        ("a team has more work than capacity", _over_capacity(problem, found, placed)),
        ("the cost is another one", _wrong_cost(problem, found)),
    ):
        if broken:
            raise PlanNotVerified(complaint)


def _wrong_finish(problem: ScheduleProblem, found: Schedule, placed: Flags) -> bool:
    expected = np.where(placed, found.start + problem.duration - 1, -1)
    return bool((found.finish != expected).any())


def _outside_dates(problem: ScheduleProblem, found: Schedule, placed: Flags) -> bool:
    fixed = problem.fixed_start >= 0
    late = (problem.latest >= 0) & (found.finish > problem.latest)
    return bool(
        (placed & ~fixed & (found.start < problem.earliest)).any()
        or (placed & ~fixed & late).any()
        or (fixed & (found.start != problem.fixed_start)).any()
        or (placed & ~fixed & (found.finish >= problem.periods)).any()
        or (problem.mandatory & ~placed).any()
    )


def _broken_dependency(problem: ScheduleProblem, found: Schedule, placed: Flags) -> bool:
    before, after, lag = problem.before, problem.after, problem.lag
    both = placed[before] & placed[after]
    least = {
        DependencyType.FINISH_TO_START: found.finish[before] + 1 + lag - found.start[after],
        DependencyType.START_TO_START: found.start[before] + lag - found.start[after],
        DependencyType.FINISH_TO_FINISH: found.finish[before] + lag - found.finish[after],
    }
    late = any(bool((both & (problem.kind == int(kind)) & (gap > 0)).any()) for kind, gap in least.items())
    return late or bool((placed[after] & ~placed[before]).any())


def _over_capacity(problem: ScheduleProblem, found: Schedule, placed: Flags) -> bool:
    periods, categories = problem.periods, problem.categories
    use = np.zeros((periods, categories + 1, problem.resources))
    for item in np.flatnonzero(placed).tolist():
        span = slice(int(found.start[item]), min(int(found.finish[item]) + 1, periods))
        use[span, int(problem.category[item])] += problem.demand[item]
    own, rest = use[:, :categories], use[:, categories]
    slack = _SLACK * (1 + problem.capacity)
    claimed = np.maximum(own, problem.reserved).sum(axis=1) + rest
    return bool(
        (own > problem.upper + slack[:, np.newaxis]).any()
        or (claimed > problem.capacity + slack).any()
        or not np.allclose(use, found.used, atol=_SLACK)
    )


def _wrong_cost(problem: ScheduleProblem, found: Schedule) -> bool:
    last = problem.periods
    column = np.where((found.finish < 0) | (found.finish >= last), last, found.finish)
    cost = float(problem.cost[np.arange(problem.size), column].sum())
    return not np.isclose(cost, found.cost, rtol=_SLACK)
