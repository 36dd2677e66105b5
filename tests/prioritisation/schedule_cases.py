"""Small schedule problems, and their optimum by trying all starts."""

import itertools
import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationLimits, AllocationMode, reserved_and_upper
from prioritisation.columns import IntArray
from prioritisation.dependencies import DependencyType
from prioritisation.schedule_problem import ScheduleProblem


def keeps_dates(problem: ScheduleProblem, start: tuple[int, ...]) -> bool:
    """Whether dependencies hold; windows are those of `choices`."""
    for before, after, kind, lag in zip(
        problem.before.tolist(),
        problem.after.tolist(),
        problem.kind.tolist(),
        problem.lag.tolist(),
        strict=True,
    ):
        if start[after] < 0:
            continue
        if start[before] < 0:
            return False
        ends = {i: start[i] + int(problem.duration[i]) - 1 for i in (before, after)}
        holds = {
            DependencyType.FINISH_TO_START: start[after] >= ends[before] + 1 + lag,
            DependencyType.START_TO_START: start[after] >= start[before] + lag,
            DependencyType.FINISH_TO_FINISH: ends[after] >= ends[before] + lag,
        }
        if not holds[DependencyType(kind)]:
            return False
    return True


def keeps_limits(problem: ScheduleProblem, start: tuple[int, ...]) -> bool:
    for t in range(problem.periods):
        used = np.zeros((problem.categories + 1, problem.resources))
        for j, s in enumerate(start):
            if 0 <= s <= t < s + problem.duration[j]:
                used[problem.category[j]] += problem.demand[j]
        limits = AllocationLimits(
            capacity=problem.capacity[t], reserved=problem.reserved[t], upper=problem.upper[t]
        )
        if not limits.fits(used):
            return False
    return True


def cost_of(problem: ScheduleProblem, start: IntArray | tuple[int, ...]) -> float:
    total = 0.0
    for j, s in enumerate(start):
        end = s + int(problem.duration[j]) - 1 if s >= 0 else problem.periods
        total += float(problem.cost[j, min(end, problem.periods)])
    return total


def choices(problem: ScheduleProblem, item: int) -> list[int]:
    if problem.fixed_start[item] >= 0:
        return [int(problem.fixed_start[item])]
    due = problem.periods - 1 if problem.latest[item] < 0 else min(problem.periods - 1, problem.latest[item])
    starts = list(range(int(problem.earliest[item]), int(due - problem.duration[item]) + 2))
    return starts if problem.mandatory[item] else [*starts, -1]


def least_cost(problem: ScheduleProblem) -> float:
    """The optimum by trying everything; infinite if nothing is valid."""
    best = math.inf
    for start in itertools.product(*(choices(problem, j) for j in range(problem.size))):
        cost = cost_of(problem, start)
        if cost < best and keeps_dates(problem, start) and keeps_limits(problem, start):
            best = cost
    return best


@st.composite
def problems(draw: st.DrawFn, *, most: int = 5, dated: bool = True) -> ScheduleProblem:
    """Draw problems with all types of dependencies, lags, categories in all modes, fixed work and deadlines."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, periods = int(random.integers(1, most + 1)), int(random.integers(2, 6))
    resources, categories = int(random.integers(1, 3)), int(random.integers(0, 3))
    capacity = random.integers(0, 6, (periods, resources)).astype(float)
    m = int(random.integers(0, 5)) if n > 1 else 0
    ends = np.array([np.sort(random.choice(n, 2, replace=False)) for _ in range(m)]).reshape(-1, 2)
    duration, earliest = random.integers(1, 4, n), random.integers(0, 2, n)
    columns: dict[str, Any] = {
        "duration": duration,
        "demand": random.integers(0, 4, (n, resources)) * random.choice([1, 0.5, 1 / 3]),
        "capacity": capacity,
        "cost": np.cumsum(random.integers(0, 9, (n, periods + 1)), axis=1),
        "before": ends[:, 0],
        "after": ends[:, 1],
        "kind": random.integers(0, 3, m),
        "lag": random.integers(-2, 3, m),
        "earliest": earliest,
        "order": random.permutation(n),
    }
    if categories:
        modes = [list(AllocationMode)[k] for k in random.integers(0, 3, categories)]
        share = random.integers(0, 5, categories) / 10
        reserved, upper = reserved_and_upper(capacity=capacity, share=share, mode=modes)
        columns |= {"category": random.integers(-1, categories, n), "reserved": reserved, "upper": upper}
    if dated:
        latest = random.integers(0, periods, n)
        latest = np.where((random.random(n) < 0.3) & (earliest + duration - 1 <= latest), latest, -1)
        begun = (random.random(n) < 0.2) & (earliest == 0) & ((latest < 0) | (duration - 1 <= latest))
        columns |= {
            "latest": latest,
            "fixed_start": np.where(begun, 0, -1),
            "mandatory": (random.random(n) < 0.2).astype(int),
        }
    return ScheduleProblem(**columns)
