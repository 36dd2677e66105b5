"""Between which starts each initiative can be placed, by dates and dependencies alone.

As every duration is known, each dependency i → j is a least distance between starts (its *gap*):
duration(i) + ℓ for finish-to-start, ℓ for start-to-start, duration(i) + ℓ − duration(j) for finish-to-finish.
"""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import BoolArray, IntArray
from prioritisation.dependencies import DependencyType
from prioritisation.schedule_problem import InfeasibleSchedule, ScheduleProblem


class Windows(NamedTuple):
    """What is left to decide about n initiatives.

    Attributes
    ----------
    first, last : int64[n]
        Earliest and latest start; both are the fixed start of fixed work. Where ``last < first`` the
        initiative has no place within the horizon.
    possible : bool[n]
        Whether there is a place, also for everything that must come before.
    required : bool[n]
        Mandatory, fixed, or before something that is.
    gap : int64[m]
        Least distance between the starts of each dependency.
    """

    first: IntArray
    last: IntArray
    possible: BoolArray
    required: BoolArray
    gap: IntArray


def start_gaps(problem: ScheduleProblem, *, duration: IntArray | None = None) -> IntArray:
    """Return by how many periods at least the successor of each dependency starts after its predecessor.

    Examples
    --------
    >>> problem = ScheduleProblem(
    ...     duration=[3, 2], demand=[[1], [1]], capacity=[[9]] * 9, cost=[[0] * 10] * 2,
    ...     before=[0, 0, 0], after=[1, 1, 1], kind=[0, 1, 2], lag=[1, 1, 1],
    ... )
    >>> start_gaps(problem).tolist()
    [4, 1, 2]
    """
    periods = problem.duration if duration is None else duration
    gap = problem.lag.copy()
    gap[problem.kind != DependencyType.START_TO_START] += periods[problem.before][
        problem.kind != DependencyType.START_TO_START
    ]
    both = problem.kind == DependencyType.FINISH_TO_FINISH
    gap[both] -= periods[problem.after][both]
    return gap


def windows(problem: ScheduleProblem) -> Windows:
    """Return the windows of a problem.

    Raises
    ------
    InfeasibleSchedule
        ``FIXED_BREAKS_DEPENDENCY`` when work in flight started before what it depends on can be done;
        ``MANDATORY_TOO_LATE`` with the chain of dependencies that leaves no room.
    """
    gap = start_gaps(problem)
    fixed = problem.fixed_start >= 0
    first, driver = _forward(problem, gap)
    required = _required(problem)
    due = np.where(problem.latest >= 0, np.minimum(problem.latest, problem.periods - 1), problem.periods - 1)
    last, holder = _backward(problem, gap, required, due)
    broken = fixed & (first > problem.fixed_start)
    if broken.any():
        chain = _chain(int(np.flatnonzero(broken)[0]), driver)
        message = (
            "Work in flight started before what it depends on can be done; drop the dependency, "
            f"which did not hold, or correct its dates. Chain: {_text(chain)}"
        )
        raise InfeasibleSchedule(message, items=chain, code="FIXED_BREAKS_DEPENDENCY")
    late = required & (first > last)
    if late.any():
        j = int(np.flatnonzero(late)[0])
        chain = [*_chain(j, driver), *_chain(j, holder)[-2::-1]]
        message = (
            "Dates, durations and dependencies leave no room for what must be done within the horizon; "
            f"move a date or release one of them. Chain: {_text(chain)}"
        )
        raise InfeasibleSchedule(message, items=chain, code="MANDATORY_TOO_LATE")
    possible = first <= last
    for q in range(problem.topology.tail.size):  # sorted by tail: the tail is settled before its head
        i, j = problem.topology.items[[problem.topology.tail[q], problem.topology.head[q]]]
        possible[j] &= possible[i]
    return Windows(first, last, possible, required, gap)


def _forward(problem: ScheduleProblem, gap: IntArray) -> tuple[IntArray, IntArray]:
    """Return earliest starts by predecessors, and which predecessor determines each (-1: none)."""
    order = problem.topology
    fixed = problem.fixed_start
    first = problem.earliest.copy()
    driver = np.full(problem.size, -1, dtype=np.int64)
    for tail, head, edge in zip(order.tail.tolist(), order.head.tolist(), order.edges.tolist(), strict=True):
        i, j = int(order.items[tail]), int(order.items[head])
        # What comes before fixed work is judged by where the work is, and not by where it could have been.
        at = fixed[i] if fixed[i] >= 0 else first[i]
        if at + gap[edge] > first[j]:
            first[j] = at + gap[edge]
            driver[j] = i
    early = (fixed >= 0) & (first <= fixed)
    first[early] = fixed[early]
    return first, driver


def _required(problem: ScheduleProblem) -> BoolArray:
    order = problem.topology
    required = problem.mandatory | (problem.fixed_start >= 0)
    for q in range(order.tail.size - 1, -1, -1):  # every edge out of a head comes after those into it
        if required[order.items[order.head[q]]]:
            required[order.items[order.tail[q]]] = True
    return required


def _backward(
    problem: ScheduleProblem, gap: IntArray, required: BoolArray, due: IntArray
) -> tuple[IntArray, IntArray]:
    """Return latest starts that leave room for what is required, and which successor determines each."""
    order = problem.topology
    last = due - problem.duration + 1
    fixed = problem.fixed_start >= 0
    last[fixed] = problem.fixed_start[fixed]
    holder = np.full(problem.size, -1, dtype=np.int64)
    for q in range(order.tail.size - 1, -1, -1):
        i, j = int(order.items[order.tail[q]]), int(order.items[order.head[q]])
        limit = last[j] - gap[order.edges[q]]
        if required[j] and not fixed[i] and limit < last[i]:
            last[i] = limit
            holder[i] = j
    return last, holder


def _chain(item: int, driver: IntArray) -> list[int]:
    chain = [item]
    while driver[chain[-1]] >= 0:
        chain.append(int(driver[chain[-1]]))
    return chain[::-1]


def _text(chain: list[int]) -> str:
    return " -> ".join(map(str, chain))
