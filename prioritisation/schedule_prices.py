"""A bound on the cost of large schedules by prices: the Lagrangian relaxation of capacity and dependencies.

For any prices ≥ 0 on the person-weeks of each period, and on the rows S[j, t] ≤ S[i, t − g] of the dependencies
(`prioritisation.schedule_relaxation`), every initiative chooses its cheapest start for itself; what that costs,
less the worth of the capacity, is a bound (Möhring, Schulz, Stork & Uetz 2003, there with minimum cuts). The
prices follow a subgradient (Held, Wolfe & Crowder 1974; steps after Polyak) that is smoothed over the rounds.

The best prices give the bound of the linear relaxation; a few hundred rounds come near, in memory and time that
grow only with initiatives × periods.
"""

from typing import Final

import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import compiled, jitable, sized
from prioritisation.schedule_layout import Layout, Lines
from prioritisation.schedule_relaxation import Relaxed

_WORK: Final = 150_000_000  # starts that are weighed in all
_LEAST, _MOST = 50, 1_000  # rounds
_FIRST_STEP, _LAST_STEP = 1.0, 1e-3
_SMOOTHING = 0.3
_PATIENCE = 15  # rounds without a better bound before steps are halved
_GAIN = 1e-6  # share of a bound that counts as better
_SURE = 1e-11


def price(lines: Lines, *, known: float) -> Relaxed:
    """Return a bound, and the mean start over the last rounds.

    Parameters
    ----------
    lines : Lines
    known : float
        Cost of any schedule, without what `Lines.given` counts; it scales the steps.
    """
    layout, items = lines.layout, lines.items
    uses = layout.use_column.size / max(layout.duration.size, 1)
    cells = int(items.size * layout.room.shape[0] * (1 + uses))
    rounds = min(max(_WORK // max(cells, 1), _LEAST), _MOST)
    limits = layout.room
    if layout.ledger.size:
        own = np.maximum(layout.reserved - layout.ledger[:, :-1], 0.0).sum(axis=1)
        limits = np.concatenate((layout.room, layout.ledger[:, -1] + own), axis=1)
    head = np.repeat(np.arange(layout.duration.size), np.diff(layout.in_at))
    with compiled():
        bound, middle = _ascend(0, layout, items, limits, head, known, rounds)
    size = abs(bound) + abs(known)
    return Relaxed(max(bound - _SURE * size, 0.0) + lines.given, middle)


@jitable
def cheapest(
    costs: FloatArray,
    paid: FloatArray,
    first: int,
    last: int,
    duration: int,
    before: FloatArray,
    amounts: FloatArray,
) -> tuple[float, int]:
    """Return the least cost of one initiative at these prices, and its start (-1: not done).

    ``before[q, t]`` is the price of one person-week of use q in all periods before t.
    """
    best, at = costs[costs.size - 1], -1
    for s in range(first, last + 1):
        value = costs[s + duration - 1] + paid[s]
        for q in range(amounts.size):
            value += amounts[q] * (before[q, s + duration] - before[q, s])
        if value < best:
            best, at = value, s
    return best, at


@jitable
def pay_for_links(
    links: FloatArray,
    behind: FloatArray,
    paid: FloatArray,
    first: IntArray,
    last: IntArray,
    in_item: IntArray,
    in_gap: IntArray,
    head: IntArray,
) -> None:
    """Write into ``paid`` what each start owes, or is owed, by the prices of dependencies."""
    periods = links.shape[1]
    paid[:] = 0.0
    for e in range(in_item.size):
        i, j = in_item[e], head[e]
        for t in range(periods - 1, -1, -1):
            behind[t] = behind[t + 1] + links[e, t]
        for s in range(first[j], last[j] + 1):
            paid[j, s] += behind[s]
        for s in range(first[i], last[i] + 1):
            paid[i, s] -= behind[min(max(s + in_gap[e], 0), periods)]


@jitable
def lean_on_links(
    slope: FloatArray, at: IntArray, in_item: IntArray, in_gap: IntArray, head: IntArray
) -> None:
    """Add to ``slope`` where successors start too early, and take off where predecessors are in time."""
    for e in range(in_item.size):
        i, j = in_item[e], head[e]
        for t in range(slope.shape[1]):
            started = at[j] >= 0 and at[j] <= t
            allowed = at[i] >= 0 and at[i] + in_gap[e] <= t
            if started != allowed:
                slope[e, t] += _SMOOTHING if started else -_SMOOTHING


@jitable
def choose(
    layout: Layout, items: IntArray, paid: FloatArray, before: FloatArray, at: IntArray, slope: FloatArray
) -> float:
    """Let each initiative choose its start ``at`` these prices; add its use to ``slope``; return the costs."""
    first, last, duration, costs = layout.first, layout.last, layout.duration, layout.cost
    use_at, use_column, use_amount = layout.use_at, layout.use_column, layout.use_amount
    columns, resources = layout.room.shape[1], layout.reserved.shape[2]
    value = 0.0
    for z in range(items.size):
        i = items[z]
        u, v = use_at[i], use_at[i + 1]
        wanted = use_column[u:v]
        mine = before[wanted]
        if before.shape[0] > columns:
            mine += before[columns + wanted % resources]
        least, s = cheapest(costs[i], paid[i], first[i], last[i], duration[i], mine, use_amount[u:v])
        value += least
        at[i] = s
        if s >= 0:
            for t in range(s, s + duration[i]):
                for q in range(u, v):
                    slope[t, use_column[q]] += _SMOOTHING * use_amount[q]
                    if before.shape[0] > columns:
                        slope[t, columns + use_column[q] % resources] += _SMOOTHING * use_amount[q]
    return value


@sized
def _ascend(
    layout: Layout, items: IntArray, limits: FloatArray, head: IntArray, known: float, rounds: int
) -> tuple[float, FloatArray]:
    periods, rows, edges, n = limits.shape[0], limits.shape[1], head.size, layout.duration.size
    prices, slope = np.zeros((periods, rows)), np.zeros((periods, rows))
    links, link_slope = np.zeros((edges, periods)), np.zeros((edges, periods))
    before, behind = np.zeros((rows, periods + 1)), np.zeros(periods + 1)
    paid, at, middle = np.zeros((n, periods)), np.full(n, -1), np.zeros(n)
    bound, step, waited = -np.inf, _FIRST_STEP, 0
    for turn in range(rounds):
        for t in range(periods):
            before[:, t + 1] = before[:, t] + prices[t]
        pay_for_links(links, behind, paid, layout.first, layout.last, layout.in_item, layout.in_gap, head)
        slope *= 1.0 - _SMOOTHING
        slope -= _SMOOTHING * limits
        link_slope *= 1.0 - _SMOOTHING
        value = choose(layout, items, paid, before, at, slope) - (prices * limits).sum()
        lean_on_links(link_slope, at, layout.in_item, layout.in_gap, head)
        weight = max(_SMOOTHING / 10, 1.0 / (turn + 1))
        middle += (np.where(at >= 0, at, periods) - middle) * weight
        waited = 0 if value > bound + _GAIN * abs(bound) else waited + 1
        bound = max(bound, value)
        if waited >= _PATIENCE:
            step, waited = max(step / 2, _LAST_STEP), 0
        norm = (slope**2).sum() + (link_slope**2).sum()
        if norm <= 0.0 or bound >= known:
            break
        length = step * (known - value) / norm
        prices = np.maximum(prices + length * slope, 0.0)
        links = np.maximum(links + length * link_slope, 0.0)
    return bound, middle
