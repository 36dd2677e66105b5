"""What a slip costs: by how much everything else moves when one initiative finishes N weeks later."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from prioritisation.adjacency import reachable
from prioritisation.columns import BoolArray, FloatArray, IntArray, Numbers, float_array, index_array
from prioritisation.critical_path import durations, earliest_starts
from prioritisation.dependencies import DependencyMap
from prioritisation.errors import InvalidProblem

DelayCost = Callable[[FloatArray], FloatArray]
"""From the finish of every item, in weeks from now, to what that costs; NaN where it is unknown."""


class SlipImpact(NamedTuple):
    """What moves when an item slips; one entry for the item and each that waits for it.

    Attributes
    ----------
    items : int64[k]
        The slipping item first, then its transitive successors by new start, then by id.
    start_moves, finish_moves : float64[k]
        Weeks.
    absorbed : float64[k]
        Weeks of the slip that slack on the way to the item takes up.
    new_start, new_finish : float64[k]
        Weeks from now.
    delay_cost : float64[k]
        What the move of the finish costs; NaN where the cost is unknown, or none was given.
    total_cost : float
        Sum of what is known; NaN if no cost was given.
    finish_moves_by : float
        By how much the finish of the whole map moves.
    at_least : bool[k]
        The dates are lower bounds, because a duration before the item is unknown.
    """

    items: IntArray
    start_moves: FloatArray
    finish_moves: FloatArray
    absorbed: FloatArray
    new_start: FloatArray
    new_finish: FloatArray
    delay_cost: FloatArray
    total_cost: float
    finish_moves_by: float
    at_least: BoolArray


def slip_impact(
    chart: DependencyMap,
    item: int,
    *,
    weeks: float,
    duration: Numbers,
    earliest_start: Numbers | None = None,
    takes_longer: bool = False,
    delay_cost: DelayCost | None = None,
) -> SlipImpact:
    """Return how a slip of ``item`` moves what waits for it over hard dependencies.

    Parameters
    ----------
    chart : DependencyMap
    item : int
    weeks : float
        By how much its finish slips; not negative.
    duration, earliest_start
        As in `prioritisation.critical_path.critical_path`; for a plan, give the planned starts.
    takes_longer : bool
        The item starts when it would have and takes longer, so that what waits for its start alone does not
        move. By default it starts later.
    delay_cost : callable, optional
        For instance ``lambda finish: cost_of_delay.delay_cost(problem, finish)``, `linear_cost` or
        `table_cost`.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``, ``NOT_FINITE`` or ``NEGATIVE`` (``weeks``), and what `critical_path` raises.

    Examples
    --------
    The second successor has two weeks of slack behind the first item:

    >>> chart = DependencyMap(size=3, predecessor=[0, 0], successor=[1, 2])
    >>> impact = slip_impact(
    ...     chart, 0, weeks=3, duration=[4, 2, 2], earliest_start=[0, 0, 6], delay_cost=linear_cost([0, 10, 10])
    ... )
    >>> impact.items.tolist(), impact.finish_moves.tolist(), impact.absorbed.tolist()
    ([0, 1, 2], [3.0, 3.0, 1.0], [0.0, 0.0, 2.0])
    >>> impact.delay_cost.tolist(), impact.total_cost
    ([0.0, 30.0, 10.0], 40.0)
    """
    index_array([item], field="item", size=chart.size)
    if not math.isfinite(weeks):
        raise InvalidProblem("'weeks' must be a finite number", field="weeks", code="NOT_FINITE")
    if weeks < 0:
        raise InvalidProblem("'weeks' must not be negative", field="weeks", code="NEGATIVE")
    given = durations(chart, duration=duration, earliest_start=earliest_start)
    start, _ = earliest_starts(chart, given)
    finish = start + given.weeks
    later = given._replace(weeks=given.weeks.copy(), start=given.start.copy())
    later.start[item] = start[item]
    (later.weeks if takes_longer else later.start)[item] += weeks
    new_start, _ = earliest_starts(chart, later)
    new_finish = new_start + later.weeks
    waiting = reachable(chart.successors, [item])
    waiting = waiting[np.lexsort((chart.tie_break[waiting], new_start[waiting]))]
    items = np.concatenate((np.array([item], dtype=np.int64), waiting))
    cost = np.full(chart.size, np.nan)
    if delay_cost is not None:
        cost = delay_cost(new_finish) - delay_cost(finish)
    moved = (new_finish - finish)[items]
    known = cost[items][~np.isnan(cost[items])]
    behind_unknown = np.zeros(chart.size, dtype=np.bool_)
    unknown = np.flatnonzero(given.unknown)
    behind_unknown[unknown] = True
    behind_unknown[reachable(chart.successors, unknown)] = True
    return SlipImpact(
        items=items,
        start_moves=(new_start - start)[items],
        finish_moves=moved,
        absorbed=np.maximum(weeks - moved, 0.0),
        new_start=new_start[items],
        new_finish=new_finish[items],
        delay_cost=cost[items],
        total_cost=math.nan if delay_cost is None else float(known.sum()),
        finish_moves_by=float(new_finish.max() - finish.max()),
        at_least=behind_unknown[items],
    )


def linear_cost(rate: Numbers) -> DelayCost:
    """Return the delay cost of a constant ``rate`` per week for each item; NaN where it is unknown.

    Examples
    --------
    >>> linear_cost([10, None])(np.array([3.0, 3.0]))
    array([30., nan])
    """
    rates = float_array(rate, field="rate")

    def cost(finish: FloatArray) -> FloatArray:
        return rates * finish

    return cost


def table_cost(table: Numbers, *, weeks_per_period: float = 1.0) -> DelayCost:
    """Return the delay cost that a table gives, as `prioritisation.cost_of_delay.cost_table` makes it.

    Parameters
    ----------
    table : array_like, shape (n, T + 1)
        Cost when finished by the end of each period; the last column stands for everything after that.
    weeks_per_period : float

    Examples
    --------
    >>> table_cost([[5, 9, 50]], weeks_per_period=2)(np.array([2.5]))
    array([9.])
    """
    costs = float_array(table, field="table", ndim=2)
    if not costs.shape[1]:
        raise InvalidProblem("'table' needs a column", field="table", code="SHAPE")
    if not weeks_per_period > 0:
        message = "'weeks_per_period' must be positive"
        raise InvalidProblem(message, field="weeks_per_period", code="NEGATIVE")

    def cost(finish: FloatArray) -> FloatArray:
        period = np.ceil(finish / weeks_per_period - 1e-9).astype(np.int64) - 1
        chosen: FloatArray = costs[np.arange(finish.size), np.clip(period, 0, costs.shape[1] - 1)]
        return chosen

    return cost
