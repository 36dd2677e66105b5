"""What no selection can be worth more than, for every split of capacity at once.

The multipliers y of the relaxation at one split bound all others: only the right sides change with the shares.
So each split at which the relaxation is solved (an anchor) gives every split the bound

    base + Σ over categories of (Σ prices · person-weeks of its share + Σ max(0, reduced cost) of what fits into it),

a sum of one number for each category and share: whoever has these tables evaluates millions of splits a second.
The least bound of all anchors counts; it is close where an anchor is near (Geoffrion 1974 on Lagrangian bounds).
"""

from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from prioritisation.adjacency import Csr, ordered, topology
from prioritisation.allocation_limits import TOLERANCE, AllocationLimits
from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import compiled, sized
from prioritisation.multiples import to_multiples
from prioritisation.selection_fixing import misfits, settle
from prioritisation.selection_instance import Instance, instance
from prioritisation.selection_problem import SelectionProblem
from prioritisation.selection_relaxation import Relaxed, Rows, rows_of, solve

__all__ = ["Tables", "anchors", "least_bounds", "tables_of"]

_SPREAD_OVER: Final = 20_000
_IN: Final = 0.5


class Tables(NamedTuple):
    """Bounds of all splits, anchor by anchor.

    Attributes
    ----------
    base : float64[p]
    part : float64[p, B, L]
        What each category adds at each number of parts; infinite where its mandatory work does not fit.
    order : int64[p, n]
        Canonical items as the relaxation would fill them in, none before its prerequisites; −1 at the end.
    room : float64[L, B, K]
        Person-weeks that each number of parts allows.
    """

    base: FloatArray
    part: FloatArray
    order: IntArray
    room: FloatArray


def anchors(parts: IntArray, *, count: int, first: FloatArray) -> IntArray:
    """Return splits far from each other: the nearest to ``first``, then always the farthest from those taken.

    Parameters
    ----------
    parts : int64[s, B]
    count : int
    first : float64[B]

    Returns
    -------
    int64
        Positions in ``parts``.

    Examples
    --------
    >>> anchors(np.array([[0, 4], [1, 3], [2, 2], [3, 1], [4, 0]]), count=3, first=np.array([4.0, 0.0])).tolist()
    [4, 0, 2]
    """
    among = np.unique(np.linspace(0, len(parts) - 1, min(len(parts), _SPREAD_OVER)).astype(np.int64))
    points = parts[among]
    distance = np.abs(points - first).sum(axis=1)
    taken = [int(distance.argmin())]
    near = np.abs(points - points[taken[0]]).sum(axis=1)
    while len(taken) < min(count, len(points)):
        taken.append(int(near.argmax()))
        near = np.minimum(near, np.abs(points - points[taken[-1]]).sum(axis=1))
    return among[taken]


def ring_fenced(problem: SelectionProblem, share: FloatArray) -> SelectionProblem:
    """Return the problem under ring-fences of these shares, 0 to 1, of every capacity."""
    capacity = problem.limits.capacity
    amount = share[:, np.newaxis] * capacity
    over = amount.sum(axis=0) / np.where(capacity > 0, capacity, 1.0)
    amount = amount / np.maximum(over, 1.0)  # shares that add up to a rounding more than the whole
    return replace(problem, limits=AllocationLimits(capacity=capacity, reserved=amount, upper=amount))


def tables_of(problem: SelectionProblem, splits: IntArray, *, steps: int) -> Tables:
    """Solve the relaxation at each of ``splits`` and return what it says about all.

    Parameters
    ----------
    problem : SelectionProblem
        Its limits give the capacities only.
    splits : int64[p, B]
        Parts of each category, adding up to ``steps``.
    steps : int
    """
    given = instance(problem)
    categories = problem.limits.categories
    fixed = settle(problem.size, given, given.forced, given.barred | _homeless(given))
    weeks = np.zeros((problem.size, problem.limits.resources))
    weeks[given_item(given), given.demand_resource] = given.demand_weeks
    levels = np.arange(steps + 1)[:, np.newaxis, np.newaxis] / steps
    allowed = np.broadcast_to(
        levels * problem.limits.capacity, (steps + 1, categories, problem.limits.resources)
    )
    room = _reachable(given, fixed[1], allowed)
    fits_from = _fits_from(given, weeks, allowed)
    forced_from = _forced_from(given, weeks, allowed)
    base, part = np.empty(len(splits)), np.empty((len(splits), categories, steps + 1))
    order = np.full((len(splits), problem.size), -1)
    with compiled():  # for every anchor again
        for p, split in enumerate(splits):
            at = instance(ring_fenced(problem, split / steps))
            relaxed, own, whole, edge, group = _multipliers(at, fixed)
            reduced = given.value - (weeks * (own + whole)[given.category]).sum(axis=1)
            np.subtract.at(reduced, _after(given), edge)
            np.add.at(reduced, given.needs, edge)
            np.subtract.at(reduced, _member(given), group[given.groups])
            base[p] = whole @ problem.limits.capacity + group.sum() + reduced[fixed[0]].sum()
            gain = np.where(fixed[0] | fixed[1], 0.0, np.maximum(reduced, 0.0))
            homeless = given.category == categories
            base[p] += gain[homeless].sum()
            gains = np.zeros((categories, steps + 2))
            np.add.at(gains, (given.category[~homeless], fits_from[~homeless]), gain[~homeless])
            part[p] = np.cumsum(gains, axis=1)[:, : steps + 1] + np.einsum("bk,lbk->bl", own[:-1], room)
            part[p][np.arange(steps + 1) < forced_from[:, np.newaxis]] = np.inf
            filled = _order(given, relaxed.x, reduced, fixed[1])
            order[p, : filled.size] = filled
    return Tables(base, part, order, room)


def least_bounds(tables: Tables, parts: IntArray) -> FloatArray:
    """Return the least bound of each split, float64[s]; infinite where mandatory work does not fit."""
    bounds = np.empty(len(parts))
    _least_bounds(len(parts) * tables.base.size, tables.base, tables.part, parts, bounds)
    return bounds


@sized
def _least_bounds(base: FloatArray, part: FloatArray, parts: IntArray, bounds: FloatArray) -> None:
    for s in range(parts.shape[0]):
        least = np.inf
        for p in range(base.size):
            bound = base[p]
            for b in range(parts.shape[1]):
                bound += part[p, b, parts[s, b]]
            least = min(least, bound)
        bounds[s] = least


def _multipliers(
    given: Instance, fixed: tuple[BoolArray, BoolArray]
) -> tuple[Relaxed, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the relaxation and the prices of categories' shares and of capacities, of prerequisites and of groups."""
    rows: Rows = rows_of(given, fixed[0], misfits(given.value.size, given, *fixed))
    relaxed = solve(rows)
    found = relaxed.multipliers
    y = np.append(found, 0.0)
    whole = np.where(rows.fixed.all(axis=0), 0.0, y[rows.whole])
    return relaxed, y[rows.own], whole, y[rows.edge], found[found.size - given.group_count :]


def _order(given: Instance, x: FloatArray, reduced: FloatArray, out: BoolArray) -> IntArray:
    """Return items, forced ones first, then by share in the relaxation and reduced cost.

    What the relaxation chooses pulls its prerequisites forward; what it does not waits for them.
    """
    n = given.value.size
    by_cost = np.lexsort((-reduced, -np.round(x, 9), ~given.forced))
    priority = np.empty(n)
    priority[by_cost] = np.arange(n)
    waits = Csr(given.waits_offsets, given.waits, np.arange(given.waits.size))
    positions = topology(waits)
    for q in range(positions.tail.size - 1, -1, -1):  # dependents before their prerequisites
        i, j = positions.items[positions.tail[q]], positions.items[positions.head[q]]
        if x[j] > _IN:
            priority[i] = min(priority[i], priority[j])
    found = ordered(
        rows=waits,
        waiting=np.diff(given.needs_offsets),
        priority=priority,
        members=np.arange(n),
        bucket=np.array([0, n]),
    )
    if found is None:  # the problem has been checked for cycles
        raise AssertionError("prerequisites without a topological order")
    return found[~out[found]]


def _homeless(given: Instance) -> BoolArray:
    """Return work without category that demands something: a full split leaves nothing to it."""
    demands = np.diff(given.demand_offsets) > 0
    homeless: BoolArray = (given.category == len(given.reserved) - 1) & demands & ~given.forced
    return homeless


def given_item(given: Instance) -> IntArray:
    """Return the item of each entry of the demands."""
    return np.repeat(np.arange(given.value.size), np.diff(given.demand_offsets))


def _after(given: Instance) -> IntArray:
    return np.repeat(np.arange(given.value.size), np.diff(given.needs_offsets))


def _member(given: Instance) -> IntArray:
    return np.repeat(np.arange(given.value.size), np.diff(given.groups_offsets))


def _reachable(given: Instance, out: BoolArray, allowed: FloatArray) -> FloatArray:
    """Round what each share allows down to what sums of demands can reach, float64[L, B, K]."""
    levels, categories, resources = allowed.shape
    item = given_item(given)
    live = ~out[item] & (given.category[item] < categories)
    cell = given.category[item] * resources + given.demand_resource
    rounded = [
        to_multiples(allowed[level].reshape(-1).copy(), cell[live], given.demand_weeks[live])
        for level in range(levels)
    ]
    return np.array(rounded).reshape(allowed.shape)


def _fits_from(given: Instance, weeks: FloatArray, allowed: FloatArray) -> IntArray:
    """Return the least parts of its category into which each item fits alone; more than all if none."""
    levels, categories, _ = allowed.shape
    found = np.zeros(given.value.size, dtype=np.int64)
    for b in range(categories):
        members = np.flatnonzero(given.category == b)
        fits = (weeks[members] <= allowed[:, b, np.newaxis] * (1 + TOLERANCE)).all(axis=2)
        found[members] = levels - fits.sum(axis=0)
    return found


def _forced_from(given: Instance, weeks: FloatArray, allowed: FloatArray) -> IntArray:
    """Return the least parts into which the mandatory work of each category fits; more than all if none."""
    levels, categories, resources = allowed.shape
    use = np.zeros((categories + 1, resources))
    np.add.at(use, given.category[given.forced], weeks[given.forced])
    fits = (use[:-1] <= allowed * (1 + TOLERANCE)).all(axis=2)
    return np.asarray(levels - fits.sum(axis=0), dtype=np.int64)
