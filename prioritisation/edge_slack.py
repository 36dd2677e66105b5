"""By how much single dependencies may grow: the slack of the arrows of a dependency map."""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import FloatArray
from prioritisation.critical_path import CriticalPath, edge_gaps
from prioritisation.dependencies import DependencyMap, DependencyType

__all__ = ["EdgeSlack", "edge_slack"]

_SAME = 1e-9
_START_TO_START, _FINISH_TO_FINISH = int(DependencyType.START_TO_START), int(DependencyType.FINISH_TO_FINISH)


class EdgeSlack(NamedTuple):
    """Slack of m dependencies, in weeks.

    Attributes
    ----------
    free : float64[m]
        By how much the dependency is more than kept when everything is as early as possible; negative for
        soft dependencies that this breaks.
    total : float64[m]
        By how much its lag can grow without moving the finish of the whole; NaN for soft dependencies, which
        move nothing.
    """

    free: FloatArray
    total: FloatArray


def edge_slack(chart: DependencyMap, dates: CriticalPath) -> EdgeSlack:
    """Return the slack of each dependency, from the dates that `critical_path` gave for the same map.

    The total slack of i → j is what lies, beyond the lag, between the earliest dates of i and the latest of j
    (the total float of a relationship, as schedulers call it).

    Examples
    --------
    >>> from prioritisation.critical_path import critical_path
    >>> chart = DependencyMap(size=4, predecessor=[0, 0, 1, 2], successor=[1, 2, 3, 3])
    >>> found = edge_slack(chart, critical_path(chart, duration=[2, 5, 3, 1]))
    >>> found.free.tolist(), found.total.tolist()
    ([0.0, 0.0, 0.0, 2.0], [0.0, 2.0, 0.0, 2.0])
    """
    before, after = chart.predecessor, chart.successor
    starts = chart.type == _START_TO_START
    leaves = np.where(starts, dates.earliest_start[before], dates.earliest_finish[before])
    finishes = chart.type == _FINISH_TO_FINISH
    arrives = np.where(finishes, dates.latest_finish[after], dates.latest_start[after])
    total = arrives - leaves - chart.lag_weeks
    free = edge_gaps(chart, start=dates.earliest_start, finish=dates.earliest_finish)
    tolerance = _SAME * max(dates.finish, 1.0)
    for slack in (total, free):
        slack[np.abs(slack) <= tolerance] = 0.0
    total[~chart.hard] = np.nan
    return EdgeSlack(free, total)
