"""Earliest and latest dates under dependencies, slack, the critical path, and dates that cannot hold.

The critical path method over hard dependencies of all three types with lags (Kelley & Walker 1959; generalised
relations as in Elmaghraby & Kamburowski 1992, with least lags only, so that a longest path decides). For a
dependency i → j with lag ℓ:

- finish-to-start: start(j) ≥ finish(i) + ℓ
- start-to-start: start(j) ≥ start(i) + ℓ
- finish-to-finish: finish(j) ≥ finish(i) + ℓ

Work is not interrupted, and capacity plays no part here. Weeks count from now.

What has no duration (NaN) is not taken for a milestone: it enters with 0 weeks, because it takes at least
that, and everything that waits for it is marked as a lower bound.
"""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.compilation import sized
from prioritisation.dependencies import DependencyMap, DependencyType

_SAME = 1e-9
_START_TO_START, _FINISH_TO_FINISH = int(DependencyType.START_TO_START), int(DependencyType.FINISH_TO_FINISH)


class CriticalPath(NamedTuple):
    """Dates of n items, in weeks from now, as if capacity were no matter.

    Attributes
    ----------
    earliest_start, earliest_finish : float64[n]
    latest_start, latest_finish : float64[n]
        With which the finish of the whole still holds.
    total_slack : float64[n]
        latest_start − earliest_start: by how much the item can be late without moving the finish of the whole.
    free_slack : float64[n]
        By how much it can be late, finishing and starting, without moving any other item from its earliest
        dates. Never more than the total slack.
    critical : bool[n]
        Without slack.
    path : int64[k]
        One critical path: a chain of items, first to last, each of which determines when the next one starts.
    finish : float
        When everything is done, at the earliest; 0 for an empty map.
    unknown : bool[n]
        Without a duration; it enters with 0 weeks.
    at_least : bool[n]
        Earliest dates that are lower bounds only, because the item or something before it is ``unknown``.
        If any is, ``finish``, latest dates and slack rest on a lower bound too.
    """

    earliest_start: FloatArray
    earliest_finish: FloatArray
    latest_start: FloatArray
    latest_finish: FloatArray
    total_slack: FloatArray
    free_slack: FloatArray
    critical: BoolArray
    path: IntArray
    finish: float
    unknown: BoolArray
    at_least: BoolArray


class Durations(NamedTuple):
    """Checked columns: weeks, with 0 where ``unknown``, and earliest starts, with 0 where none is given."""

    weeks: FloatArray
    unknown: BoolArray
    start: FloatArray


def critical_path(
    chart: DependencyMap, *, duration: Numbers, earliest_start: Numbers | None = None
) -> CriticalPath:
    """Return earliest and latest dates, slack and a critical path.

    Parameters
    ----------
    chart : DependencyMap
    duration : array_like, shape (n,)
        Weeks; NaN or ``None`` where it is not known.
    earliest_start : array_like, shape (n,), optional
        Weeks from now before which an item cannot start; NaN or ``None`` and what is past mean now.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``NOT_FINITE``, ``NEGATIVE``.

    Examples
    --------
    >>> chart = DependencyMap(size=4, predecessor=[0, 0, 1, 2], successor=[1, 2, 3, 3])
    >>> found = critical_path(chart, duration=[2, 5, 3, 1])
    >>> found.path.tolist(), found.finish, found.total_slack.tolist()
    ([0, 1, 3], 8.0, [0.0, 0.0, 2.0, 0.0])
    """
    given = durations(chart, duration=duration, earliest_start=earliest_start)
    start, driver = earliest_starts(chart, given)
    done = start + given.weeks
    finish = float(done.max()) if chart.size else 0.0
    latest = _latest_finishes(chart, given.weeks, finish)
    total = np.maximum(latest - done, 0.0)
    tolerance = _SAME * max(finish, 1.0)
    total[total <= tolerance] = 0.0
    free = np.minimum(total, finish - done)
    edges = chart.hard_edges
    gaps = edge_gaps(chart, start=start, finish=done)[edges]
    np.minimum.at(free, chart.predecessor[edges], gaps)
    free[free <= tolerance] = 0.0
    return CriticalPath(
        earliest_start=start,
        earliest_finish=done,
        latest_start=latest - given.weeks,
        latest_finish=latest,
        total_slack=total,
        free_slack=free,
        critical=total == 0,
        path=_chain(chart, done, driver),
        finish=finish,
        unknown=given.unknown,
        at_least=_reached(chart, given.unknown),
    )


def durations(chart: DependencyMap, *, duration: Numbers, earliest_start: Numbers | None) -> Durations:
    """Check and complete the columns of `critical_path`."""
    weeks = float_array(duration, field="duration", length=chart.size)
    require_finite(weeks, field="duration", missing_allowed=True)
    require_not_negative(weeks, field="duration")
    start = np.zeros(chart.size)
    if earliest_start is not None:
        given = float_array(earliest_start, field="earliest_start", length=chart.size)
        require_finite(given, field="earliest_start", missing_allowed=True)
        start = np.maximum(np.nan_to_num(given), 0.0)
    unknown = np.isnan(weeks)
    return Durations(np.where(unknown, 0.0, weeks), unknown, start)


def earliest_starts(chart: DependencyMap, given: Durations) -> tuple[FloatArray, IntArray]:
    """Return the earliest start of each item, and the dependency that determines it, or -1."""
    order, size = chart.topology, chart.size + chart.topology.tail.size
    kind, lag = _hard_columns(chart)
    at, weeks = given.start[order.items], given.weeks[order.items]
    driver = np.full(chart.size, -1, dtype=np.int64)
    _forward(size, order.tail, order.head, kind, lag, weeks, at, driver)
    start, driving = np.empty(chart.size), np.empty(chart.size, dtype=np.int64)
    start[order.items] = at
    edges = chart.hard_edges[order.edges]
    driving[order.items] = np.where(driver >= 0, edges[driver], -1) if edges.size else -1
    return start, driving


def edge_gaps(chart: DependencyMap, *, start: FloatArray, finish: FloatArray) -> FloatArray:
    """Return by how many weeks each dependency, hard or soft, is more than kept; negative where broken."""
    before, after = chart.predecessor, chart.successor
    leaves = np.where(chart.type == _START_TO_START, start[before], finish[before])
    arrives = np.where(chart.type == _FINISH_TO_FINISH, finish[after], start[after])
    gaps: FloatArray = arrives - leaves - chart.lag_weeks
    return gaps


def _hard_columns(chart: DependencyMap) -> tuple[IntArray, FloatArray]:
    edges = chart.hard_edges[chart.topology.edges]
    return chart.type[edges], chart.lag_weeks[edges]


@sized
def _forward(
    tail: IntArray,
    head: IntArray,
    kind: IntArray,
    lag: FloatArray,
    weeks: FloatArray,
    start: FloatArray,
    driver: IntArray,
) -> None:
    for q in range(tail.size):
        i, j = tail[q], head[q]
        earliest = start[i] + lag[q]
        if kind[q] != _START_TO_START:
            earliest += weeks[i]
        if kind[q] == _FINISH_TO_FINISH:
            earliest -= weeks[j]
        if earliest > start[j]:
            start[j] = earliest
            driver[j] = q


def _latest_finishes(chart: DependencyMap, weeks: FloatArray, finish: float) -> FloatArray:
    order, size = chart.topology, chart.size + chart.topology.tail.size
    kind, lag = _hard_columns(chart)
    at = np.full(chart.size, finish)
    _backward(size, order.tail, order.head, kind, lag, weeks[order.items], at)
    latest = np.empty(chart.size)
    latest[order.items] = at
    return latest


@sized
def _backward(
    tail: IntArray, head: IntArray, kind: IntArray, lag: FloatArray, weeks: FloatArray, finish: FloatArray
) -> None:
    for q in range(tail.size - 1, -1, -1):
        i, j = tail[q], head[q]
        latest = finish[j] - lag[q]
        if kind[q] != _FINISH_TO_FINISH:
            latest -= weeks[j]
        if kind[q] == _START_TO_START:
            latest += weeks[i]
        finish[i] = min(finish[i], latest)


def _chain(chart: DependencyMap, done: FloatArray, driver: IntArray) -> IntArray:
    if not chart.size:
        return np.empty(0, dtype=np.int64)
    last = np.flatnonzero(done == done.max())
    path = [int(last[np.argmin(chart.tie_break[last])])]
    while driver[path[-1]] >= 0:
        path.append(int(chart.predecessor[driver[path[-1]]]))
    return np.array(path[::-1], dtype=np.int64)


def _reached(chart: DependencyMap, marked: BoolArray) -> BoolArray:
    if not marked.any():
        return marked.copy()
    order = chart.topology
    at = marked[order.items]
    _mark(chart.size + order.tail.size, order.tail, order.head, at)
    found = np.empty(chart.size, dtype=np.bool_)
    found[order.items] = at
    return found


@sized
def _mark(tail: IntArray, head: IntArray, marked: BoolArray) -> None:
    for q in range(tail.size):
        if marked[tail[q]]:
            marked[head[q]] = True


class DateViolations(NamedTuple):
    """Dates that cannot hold.

    Attributes
    ----------
    late : int64[d]
        Items whose deadline comes before the earliest finish that dependencies allow; ascending.
    late_by : float64[d]
        Weeks, at least.
    broken : int64[b]
        Dependencies, hard and soft, that the planned dates break; ascending.
    broken_by : float64[b]
        Weeks.
    """

    late: IntArray
    late_by: FloatArray
    broken: IntArray
    broken_by: FloatArray


def date_violations(
    chart: DependencyMap,
    *,
    duration: Numbers,
    earliest_start: Numbers | None = None,
    deadline: Numbers | None = None,
    planned_start: Numbers | None = None,
    planned_finish: Numbers | None = None,
) -> DateViolations:
    """Return the deadlines that cannot be met and the dependencies that planned dates break.

    Parameters
    ----------
    chart : DependencyMap
    duration, earliest_start
        As in `critical_path`.
    deadline, planned_start, planned_finish : array_like, shape (n,), optional
        Weeks from now, negative in the past; NaN or ``None`` where there is none. A missing planned finish
        follows from planned start and duration.

    Examples
    --------
    >>> chart = DependencyMap(size=2, predecessor=[0], successor=[1])
    >>> found = date_violations(chart, duration=[3, 2], deadline=[3, 4], planned_start=[0, 2])
    >>> found.late.tolist(), found.late_by.tolist(), found.broken.tolist(), found.broken_by.tolist()
    ([1], [1.0], [0], [1.0])
    """
    given = durations(chart, duration=duration, earliest_start=earliest_start)
    done = earliest_starts(chart, given)[0] + given.weeks
    due = _dates(chart, deadline, field="deadline")
    start = _dates(chart, planned_start, field="planned_start")
    finish = _dates(chart, planned_finish, field="planned_finish")
    reversed_dates = finish < start
    message = "must not come before planned_start"
    refuse(reversed_dates, field="planned_finish", message=message, code="NEGATIVE")
    finish = np.where(np.isnan(finish) & ~given.unknown, start + given.weeks, finish)
    late = np.flatnonzero(
        done > due + _SAME * np.maximum(1.0, np.abs(due))
    )  # false where there is no deadline
    gaps = edge_gaps(chart, start=start, finish=finish)
    broken = np.flatnonzero(gaps < -_SAME)
    return DateViolations(late, (done - due)[late], broken, -gaps[broken])


def _dates(chart: DependencyMap, given: Numbers | None, *, field: str) -> FloatArray:
    if given is None:
        return np.full(chart.size, np.nan)
    dates = float_array(given, field=field, length=chart.size)
    require_finite(dates, field=field, missing_allowed=True)
    return dates
