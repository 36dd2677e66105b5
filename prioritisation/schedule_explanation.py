"""Why a schedule is as it is: what each start waits for, what stays undone, slack, and the critical chain.

All of it is read off the schedule and the problem, and not from the solver: it holds for any valid schedule.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import BoolArray, FloatArray, IntArray, index_array
from prioritisation.schedule_problem import Schedule, ScheduleProblem
from prioritisation.schedule_windows import start_gaps


class Cause(StrEnum):
    """What holds an initiative.

    BEGINNING
        Nothing: it starts in the first period.
    FIXED
        Work in flight.
    EARLIEST
        Its own earliest start.
    PREDECESSOR
        A dependency.
    RESOURCE
        A resource, or its category's part of it, has no room in the period before.
    SEQUENCE
        Nothing but the plan: it could start earlier.
    TOO_LATE
        Undone: dates and dependencies leave no time before the deadline or the end of the horizon.
    PREDECESSOR_UNDONE
        Undone, because something that must come before is.
    NO_ROOM
        Undone: wherever dates allow it, a resource has no room.
    """

    BEGINNING = "BEGINNING"
    FIXED = "FIXED"
    EARLIEST = "EARLIEST"
    PREDECESSOR = "PREDECESSOR"
    RESOURCE = "RESOURCE"
    SEQUENCE = "SEQUENCE"
    TOO_LATE = "TOO_LATE"
    PREDECESSOR_UNDONE = "PREDECESSOR_UNDONE"
    NO_ROOM = "NO_ROOM"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an initiative starts when it does, or is not done.

    Attributes
    ----------
    item : int
    cause : Cause
    predecessor : int or None
        Initiative that it waits for: over ``edge``, or because its end frees the resource.
    edge : int or None
        Position of the dependency.
    resource : int or None
        Without room; of NO_ROOM the one that excludes most starts.
    category : int or None
        Whose limit is reached where the resource itself has room; None where the resource has none.
    period : int or None
        RESOURCE: the last period without room, the one before the start.
    """

    item: int
    cause: Cause
    predecessor: int | None = None
    edge: int | None = None
    resource: int | None = None
    category: int | None = None
    period: int | None = None


class CriticalChain(NamedTuple):
    """A chain of initiatives, first to last, each of which determines when the next one starts.

    Attributes
    ----------
    items : int64[k]
    links : tuple of Reason
        Why each of them starts when it does; the first has no predecessor in the chain.
    """

    items: IntArray
    links: tuple[Reason, ...]


class Utilisation(NamedTuple):
    """How much of the capacity is used.

    Attributes
    ----------
    load : float64[T, K]
        Person-weeks.
    share : float64[T, K]
        Of the capacity, 0 to 1; NaN where there is none.
    total : float64[K]
        Share over all periods.
    """

    load: FloatArray
    share: FloatArray
    total: FloatArray


class Slack(NamedTuple):
    """By how many periods initiatives can start later; -1 where they are not scheduled.

    Attributes
    ----------
    free : int64[n]
        Without moving anything else, and within deadline and horizon.
    total : int64[n]
        With everything after it moving too, in the order of the plan, without a later end of the whole plan
        or a missed deadline. Costs may rise. A heuristic lower limit: another order may leave more.
    """

    free: IntArray
    total: IntArray


def utilisation(problem: ScheduleProblem, schedule: Schedule) -> Utilisation:
    """Return how much of each resource a schedule uses.

    Examples
    --------
    >>> from prioritisation.scheduling import schedule
    >>> problem = ScheduleProblem(duration=[1], demand=[[3]], capacity=[[4], [0]], cost=[[0, 1, 2]])
    >>> utilisation(problem, schedule(problem)).share.tolist()
    [[0.75], [nan]]
    """
    load = schedule.load
    share = np.divide(load, problem.capacity, out=np.full_like(load, np.nan), where=problem.capacity > 0)
    all_of, used = problem.capacity.sum(axis=0), load.sum(axis=0)
    total = np.divide(used, all_of, out=np.full_like(used, np.nan), where=all_of > 0)
    return Utilisation(load, share, total)


def reasons(problem: ScheduleProblem, schedule: Schedule) -> tuple[Reason, ...]:
    """Return for each initiative why it starts when it does, or is not done.

    Examples
    --------
    >>> from prioritisation.scheduling import schedule
    >>> problem = ScheduleProblem(
    ...     duration=[2, 2], demand=[[1], [1]], capacity=[[1]] * 5, cost=[[9, 9, 9, 9, 9, 9], [0, 1, 2, 3, 4, 5]]
    ... )
    >>> found = schedule(problem)
    >>> [(reason.cause.value, reason.predecessor, reason.period) for reason in reasons(problem, found)]
    [('RESOURCE', 1, 1), ('BEGINNING', None, None)]
    """
    room = _Room(problem, schedule.used)
    gap = start_gaps(problem)
    return tuple(_reason(problem, schedule, room, gap, j) for j in range(problem.size))


def critical_chain(problem: ScheduleProblem, schedule: Schedule, *, item: int | None = None) -> CriticalChain:
    """Return the chain that determines when ``item``, by default what finishes last, is done.

    Backwards from it: a dependency that leaves no time between the two, or a resource that is freed when
    another one ends.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.
    """
    nothing = CriticalChain(np.empty(0, dtype=np.int64), ())
    if item is None:
        if not (schedule.start >= 0).any():
            return nothing
        last = np.flatnonzero(schedule.finish == schedule.finish.max())
        item = int(last[np.argmin(problem.order[last])])
    index_array([item], field="item", size=problem.size)
    if schedule.start[item] < 0:
        return nothing
    room, gap = _Room(problem, schedule.used), start_gaps(problem)
    links = []
    seen: set[int] = set()
    at: int | None = item
    while at is not None and at not in seen:
        seen.add(at)
        link = _reason(problem, schedule, room, gap, at)
        links.append(link)
        at = link.predecessor
    links.reverse()
    return CriticalChain(np.array([link.item for link in links], dtype=np.int64), tuple(links))


def slack(problem: ScheduleProblem, schedule: Schedule) -> Slack:
    """Return by how many periods each initiative can start later.

    Examples
    --------
    >>> from prioritisation.scheduling import schedule
    >>> problem = ScheduleProblem(
    ...     duration=[1, 3], demand=[[1, 0], [0, 1]], capacity=[[1, 1]] * 4, cost=[[0, 1, 2, 3, 4]] * 2
    ... )
    >>> slack(problem, schedule(problem))
    Slack(free=array([3, 1]), total=array([2, 0]))
    """
    room, gap = _Room(problem, schedule.used), start_gaps(problem)
    free = np.full(problem.size, -1, dtype=np.int64)
    horizon = np.full(problem.size, problem.periods - 1)
    due = np.where(problem.latest >= 0, np.minimum(problem.latest, horizon), horizon)
    for j in np.flatnonzero(schedule.start >= 0).tolist():
        free[j] = _later(problem, room, gap, j, schedule.start, int(due[j])) - schedule.start[j]
    total = np.full(problem.size, -1, dtype=np.int64)
    end = np.minimum(due, schedule.finish.max(initial=0))
    moved = schedule.start.copy()
    placed = np.flatnonzero(schedule.start >= 0)
    for j in placed[np.lexsort((problem.order[placed], -schedule.finish[placed]))].tolist():
        at = _later(problem, room, gap, j, moved, int(end[j]), gaps_allowed=True)
        room.shift(j, int(moved[j]), at)
        moved[j] = at
        total[j] = at - schedule.start[j]
    return Slack(free, total)


class _Room:
    """What each category could still use of each resource."""

    __slots__ = ("_problem", "_reserved", "_upper", "used")

    def __init__(self, problem: ScheduleProblem, used: FloatArray) -> None:
        none = (problem.periods, 1, problem.resources)
        self._problem = problem
        self._reserved = np.concatenate((problem.reserved, np.zeros(none)), axis=1)
        self._upper = np.concatenate((problem.upper, np.full(none, np.inf)), axis=1)
        self.used = used.copy()

    def lacks(self, item: int, period: int) -> BoolArray:
        """Return of which resources ``item``, which does not run in it, wants more than ``period`` has."""
        demand, spare = self._problem.demand[item], self.spare(period)
        own = np.maximum(self._reserved[period] - self.used[period], 0.0)[self._problem.category[item]]
        room = np.minimum(self._head(item, period), own + spare)
        return np.asarray((demand > 0) & (demand > room + self._slack(period)), dtype=np.bool_)

    def at_category(self, item: int, period: int, resource: int) -> bool:
        """Return whether it is the limit of the category that leaves no room, and not that of the resource."""
        free = self._problem.capacity[period] - self.used[period].sum(axis=0)
        return bool(self._problem.demand[item, resource] <= (free + self._slack(period))[resource])

    def spare(self, period: int) -> FloatArray:
        claimed = np.maximum(self.used[period], self._reserved[period]).sum(axis=0)
        return np.asarray(self._problem.capacity[period] - claimed)

    def shift(self, item: int, old: int, new: int) -> None:
        """Move ``item``."""
        row, length, last = self._problem.category[item], self._problem.duration[item], self._problem.periods
        self.used[old : min(old + length, last), row] -= self._problem.demand[item]
        self.used[new : min(new + length, last), row] += self._problem.demand[item]

    def _head(self, item: int, period: int) -> FloatArray:
        row = self._problem.category[item]
        return np.asarray(self._upper[period, row] - self.used[period, row])

    def _slack(self, period: int) -> FloatArray:
        return np.asarray(TOLERANCE * self._problem.capacity[period])


def _reason(problem: ScheduleProblem, schedule: Schedule, room: _Room, gap: IntArray, item: int) -> Reason:
    start = int(schedule.start[item])
    if problem.fixed_start[item] >= 0:
        return Reason(item, Cause.FIXED)
    edges = problem.predecessors.edges_of(item)
    before = problem.before[edges]
    undone = edges[schedule.start[before] < 0]
    if undone.size and start < 0:
        edge = int(undone[0])
        return Reason(item, Cause.PREDECESSOR_UNDONE, predecessor=int(problem.before[edge]), edge=edge)
    allowed = schedule.start[before] + gap[edges]
    first = max(int(problem.earliest[item]), int(allowed.max(initial=0)))
    if start < 0:
        return _undone(problem, room, item, first)
    if start == first:
        if start > problem.earliest[item]:
            edge = int(edges[np.argmax(allowed)])
            return Reason(item, Cause.PREDECESSOR, predecessor=int(problem.before[edge]), edge=edge)
        return Reason(item, Cause.EARLIEST if start else Cause.BEGINNING)
    lacking = np.flatnonzero(room.lacks(item, start - 1))
    if not lacking.size:
        return Reason(item, Cause.SEQUENCE)
    resource = int(lacking[0])
    at_category = room.at_category(item, start - 1, resource)
    category = int(problem.category[item])
    running = (schedule.finish == start - 1) & (problem.demand[:, resource] > 0)
    if at_category and category >= 0:
        running &= problem.category == category
    freed = np.flatnonzero(running)
    by = freed[np.lexsort((problem.order[freed], -problem.demand[freed, resource]))]
    return Reason(
        item,
        Cause.RESOURCE,
        predecessor=int(by[0]) if by.size else None,
        resource=resource,
        category=category if at_category else None,
        period=start - 1,
    )


def _undone(problem: ScheduleProblem, room: _Room, item: int, first: int) -> Reason:
    due = int(problem.latest[item]) if problem.latest[item] >= 0 else problem.periods - 1
    last = min(due, problem.periods - 1) - int(problem.duration[item]) + 1
    if last < first:
        return Reason(item, Cause.TOO_LATE)
    lacks = np.array([room.lacks(item, t) for t in range(first, last + int(problem.duration[item]))])
    covered = np.array([lacks[t : t + problem.duration[item]].any(axis=0) for t in range(last - first + 1)])
    if not covered.any(axis=1).all():
        return Reason(item, Cause.SEQUENCE)
    resource = int(np.argmax(covered.sum(axis=0)))
    period = first + int(np.argmax(lacks[:, resource]))
    category = int(problem.category[item]) if room.at_category(item, period, resource) else None
    return Reason(item, Cause.NO_ROOM, resource=resource, category=category)


def _later(
    problem: ScheduleProblem,
    room: _Room,
    gap: IntArray,
    item: int,
    start: IntArray,
    due: int,
    *,
    gaps_allowed: bool = False,
) -> int:
    """Return the latest start of ``item`` that leaves all others where they are.

    Step by step; with ``gaps_allowed`` also beyond periods in which there is no room.
    """
    now = int(start[item])
    if problem.fixed_start[item] >= 0:
        return now
    edges = problem.successors.edges_of(item)
    after = problem.after[edges]
    held = start[after] >= 0
    last = min(due - int(problem.duration[item]) + 1, int((start[after] - gap[edges])[held].min(initial=due)))
    room.used[now : now + problem.duration[item], problem.category[item]] -= problem.demand[item]
    at = now
    for t in range(now + 1, last + 1):
        if any(room.lacks(item, s).any() for s in range(t, t + int(problem.duration[item]))):
            if not gaps_allowed:
                break
        else:
            at = t
    room.used[now : now + problem.duration[item], problem.category[item]] += problem.demand[item]
    return at
