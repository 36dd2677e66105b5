"""An independent check of schedules: every rule by its definition, in plain arithmetic.

Nothing here is shared with what makes schedules but the shape of the problem, so that a mistake there shows.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prioritisation.dependencies import DependencyType
from prioritisation.errors import InvalidProblem, name_positions
from prioritisation.schedule_problem import Schedule, ScheduleProblem

__all__ = ["RULES_TOLERANCE", "ScheduleRule", "ScheduleViolation", "check_schedule"]

RULES_TOLERANCE: Final = 1e-6
"""Share of a limit or a cost by which rounding may exceed it."""


class ScheduleRule(StrEnum):
    """Rules that a schedule keeps."""

    RUNS_WITHOUT_INTERRUPTION = "RUNS_WITHOUT_INTERRUPTION"
    WITHIN_HORIZON = "WITHIN_HORIZON"
    EARLIEST_START = "EARLIEST_START"
    DEADLINE = "DEADLINE"
    FIXED_START = "FIXED_START"
    MANDATORY = "MANDATORY"
    PREDECESSOR_SCHEDULED = "PREDECESSOR_SCHEDULED"
    DEPENDENCY = "DEPENDENCY"
    CATEGORY_LIMIT = "CATEGORY_LIMIT"
    CAPACITY = "CAPACITY"
    COST = "COST"
    BOUND = "BOUND"
    USE = "USE"


@dataclass(frozen=True, slots=True)
class ScheduleViolation:
    """A rule that a schedule breaks.

    Attributes
    ----------
    rule : ScheduleRule
    text : str
        What is wrong, by positions.
    items : tuple of int
        Initiatives that break it together.
    period, category, resource : int or None
        Where; category −1 is work without category.
    """

    rule: ScheduleRule
    text: str
    items: tuple[int, ...] = ()
    period: int | None = None
    category: int | None = None
    resource: int | None = None


def check_schedule(problem: ScheduleProblem, schedule: Schedule) -> tuple[ScheduleViolation, ...]:
    """Return all rules that ``schedule`` breaks; none if it is valid and says of itself what is true.

    Parameters
    ----------
    problem : ScheduleProblem
    schedule : Schedule
        Whoever made it.

    Raises
    ------
    InvalidProblem
        ``SHAPE`` where the schedule has not one start and one finish for each initiative.

    Examples
    --------
    >>> import numpy as np
    >>> from prioritisation.schedule_problem import ScheduleStatus
    >>> problem = ScheduleProblem(duration=[2, 1], demand=[[1], [1]], capacity=[[1]] * 3, cost=[[1, 2, 3, 4]] * 2)
    >>> both_at_once = Schedule(
    ...     start=np.array([0, 0]),
    ...     finish=np.array([1, 0]),
    ...     sequence=np.array([0, 1]),
    ...     cost=3.0,
    ...     bound=None,
    ...     status=ScheduleStatus.HEURISTIC,
    ...     used=np.array([[[2.0]], [[1.0]], [[0.0]]]),
    ... )
    >>> [(found.rule.value, found.period, found.items) for found in check_schedule(problem, both_at_once)]
    [('CAPACITY', 0, (0, 1))]
    """
    for name, column in (("start", schedule.start), ("finish", schedule.finish)):
        if column.shape != (problem.size,):
            message = f"'{name}' must have {problem.size} entries, one for each initiative"
            raise InvalidProblem(message, field=name, code="SHAPE")
    start, finish = schedule.start.tolist(), schedule.finish.tolist()
    return (
        *_runs(problem, start, finish),
        *_dates(problem, start, finish),
        *_dependencies(problem, start, finish),
        *_capacity(problem, schedule, start),
        *_figures(problem, schedule, finish),
    )


def _runs(problem: ScheduleProblem, start: list[int], finish: list[int]) -> Iterator[ScheduleViolation]:
    for j, (first, last) in enumerate(zip(start, finish, strict=True)):
        fixed = int(problem.fixed_start[j])
        if fixed >= 0 and first != fixed:
            text = f"{j} starts in period {first}, and its start is fixed in {fixed}"
            yield ScheduleViolation(ScheduleRule.FIXED_START, text, (j,))
        if first < 0 and last < 0:
            continue
        if first < 0 or last != first + int(problem.duration[j]) - 1:
            text = f"{j} runs from period {first} to {last}, and takes {int(problem.duration[j])} periods"
            yield ScheduleViolation(ScheduleRule.RUNS_WITHOUT_INTERRUPTION, text, (j,))
        elif last >= problem.periods and fixed < 0:
            text = f"{j} finishes in period {last}, after the horizon of {problem.periods} periods"
            yield ScheduleViolation(ScheduleRule.WITHIN_HORIZON, text, (j,))


def _dates(problem: ScheduleProblem, start: list[int], finish: list[int]) -> Iterator[ScheduleViolation]:
    for j, (first, last) in enumerate(zip(start, finish, strict=True)):
        done = first >= 0 and last < problem.periods
        if problem.mandatory[j] and not done:
            text = f"{j} is mandatory and does not finish within the horizon"
            yield ScheduleViolation(ScheduleRule.MANDATORY, text, (j,))
        if first < 0:
            continue
        earliest, latest = int(problem.earliest[j]), int(problem.latest[j])
        if first < earliest:
            text = f"{j} starts in period {first}, before its earliest start {earliest}"
            yield ScheduleViolation(ScheduleRule.EARLIEST_START, text, (j,))
        if 0 <= latest < last:
            text = f"{j} finishes in period {last}, after its deadline {latest}"
            yield ScheduleViolation(ScheduleRule.DEADLINE, text, (j,))


def _dependencies(
    problem: ScheduleProblem, start: list[int], finish: list[int]
) -> Iterator[ScheduleViolation]:
    for edge in range(len(problem.before)):
        i, j = int(problem.before[edge]), int(problem.after[edge])
        lag, kind = int(problem.lag[edge]), DependencyType(int(problem.kind[edge]))
        if start[j] < 0:
            continue
        if start[i] < 0:
            text = f"{j} is scheduled, and its predecessor {i} is not"
            yield ScheduleViolation(ScheduleRule.PREDECESSOR_SCHEDULED, text, (i, j))
            continue
        if kind is DependencyType.FINISH_TO_START:
            is_, needed, what = start[j], finish[i] + 1 + lag, "starts"
        elif kind is DependencyType.START_TO_START:
            is_, needed, what = start[j], start[i] + lag, "starts"
        else:
            is_, needed, what = finish[j], finish[i] + lag, "finishes"
        if is_ < needed:
            text = f"{j} {what} in period {is_}, and {i} ({kind.name}, lag {lag}) lets it not before {needed}"
            yield ScheduleViolation(ScheduleRule.DEPENDENCY, text, (i, j))


def _capacity(problem: ScheduleProblem, schedule: Schedule, start: list[int]) -> Iterator[ScheduleViolation]:
    categories = [*range(problem.categories), -1]
    for t in range(problem.periods):
        running = [j for j, first in enumerate(start) if 0 <= first <= t < first + int(problem.duration[j])]
        for k in range(problem.resources):
            users = [j for j in running if problem.demand[j, k] > 0]
            use = {
                b: math.fsum(float(problem.demand[j, k]) for j in users if int(problem.category[j]) == b)
                for b in categories
            }
            yield from _limits(problem, t, k, users, use)
            yield from _told_use(schedule, t, k, use, categories)


def _limits(
    problem: ScheduleProblem, t: int, k: int, users: list[int], use: dict[int, float]
) -> Iterator[ScheduleViolation]:
    capacity = float(problem.capacity[t, k])
    slack = RULES_TOLERANCE * capacity
    claimed = [use[-1]]
    for b in range(problem.categories):
        upper, reserved = float(problem.upper[t, b, k]), float(problem.reserved[t, b, k])
        claimed.append(max(use[b], reserved))
        if use[b] > upper + slack:
            own = tuple(j for j in users if int(problem.category[j]) == b)
            text = (
                f"category {b} uses {use[b]:g} person-weeks of resource {k} in period {t}, and may use {upper:g}: "
                f"{name_positions(own)}"
            )
            yield ScheduleViolation(ScheduleRule.CATEGORY_LIMIT, text, own, t, b, k)
    if math.fsum(claimed) > capacity + slack:
        text = (
            f"{math.fsum(claimed):g} person-weeks of resource {k} are claimed in period {t}, with what is reserved, "
            f"and there are {capacity:g}: {name_positions(users)}"
        )
        yield ScheduleViolation(ScheduleRule.CAPACITY, text, tuple(users), t, None, k)


def _told_use(
    schedule: Schedule, t: int, k: int, use: dict[int, float], categories: list[int]
) -> Iterator[ScheduleViolation]:
    for b in categories:
        told = float(schedule.used[t, b, k])
        if not math.isclose(told, use[b], rel_tol=RULES_TOLERANCE, abs_tol=RULES_TOLERANCE):
            text = (
                f"the schedule says that category {b} uses {told:g} person-weeks of resource {k} in period {t}, "
                f"and it uses {use[b]:g}"
            )
            yield ScheduleViolation(ScheduleRule.USE, text, (), t, b, k)


def _figures(problem: ScheduleProblem, schedule: Schedule, finish: list[int]) -> Iterator[ScheduleViolation]:
    periods = problem.periods
    cost = math.fsum(
        float(problem.cost[j, last if 0 <= last < periods else periods]) for j, last in enumerate(finish)
    )
    if not math.isclose(cost, schedule.cost, rel_tol=RULES_TOLERANCE, abs_tol=RULES_TOLERANCE):
        text = f"the schedule says that it costs {schedule.cost:g}, and it costs {cost:g}"
        yield ScheduleViolation(ScheduleRule.COST, text)
    if schedule.bound is not None and schedule.bound > cost * (1 + RULES_TOLERANCE) + RULES_TOLERANCE:
        text = f"the bound {schedule.bound:g} is above the cost {cost:g} of this very schedule"
        yield ScheduleViolation(ScheduleRule.BOUND, text)
