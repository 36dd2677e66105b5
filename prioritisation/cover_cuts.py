"""Lifted cover inequalities: what the linear relaxation of a knapsack row overlooks.

Of items C that together exceed a capacity at most |C| − 1 can be chosen. Other items enter such an inequality
with the greatest coefficient that keeps it true, found one after the other by dynamic programming over the
least weight at which its left side reaches each value (sequential lifting: Balas 1975; Zemel 1989).
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.multiples import to_multiples
from prioritisation.selection_instance import Instance

_VIOLATED = 1e-4
_TWO = 2


class Knapsacks(NamedTuple):
    """Rows Σ weight·x ≤ capacity over items in compressed rows."""

    offsets: IntArray
    items: IntArray
    weights: FloatArray
    capacity: FloatArray


def knapsacks(given: Instance, fixed_in: BoolArray, fixed_out: BoolArray) -> Knapsacks:
    """Return the rows that limit categories and whole capacities, settled items counted off."""
    categories, resources = given.reserved.shape
    item = np.repeat(np.arange(given.value.size), np.diff(given.demand_offsets))
    resource, weeks = given.demand_resource, given.demand_weeks
    live = ~fixed_out[item]
    item, resource, weeks = item[live], resource[live], weeks[live]
    taken = np.zeros((categories, resources))
    inside = fixed_in[item]
    np.add.at(taken, (given.category[item[inside]], resource[inside]), weeks[inside])
    item, resource, weeks = item[~inside], resource[~inside], weeks[~inside]
    cell = given.category[item] * resources + resource
    most = np.minimum(given.upper, _totals(cell, weeks, taken.size).reshape(taken.shape) + taken)
    constant = most <= given.reserved
    whole = given.capacity - np.where(constant, given.reserved, taken).sum(axis=0)
    pooled = ~constant.ravel()[cell]
    row = np.concatenate((cell, taken.size + resource[pooled]))
    columns, weights = np.concatenate((item, item[pooled])), np.concatenate((weeks, weeks[pooled]))
    capacity = np.concatenate(((given.upper - taken).ravel(), whole)) + np.tile(given.slack, categories + 1)
    kept = (_totals(row, weights, capacity.size) > capacity)[row]
    capacity = to_multiples(capacity, row[kept], weights[kept])
    by_row = np.argsort(row[kept], kind="stable")
    offsets = np.zeros(capacity.size + 1, dtype=np.int64)
    np.cumsum(np.bincount(row[kept], minlength=capacity.size), out=offsets[1:])
    return Knapsacks(offsets, columns[kept][by_row], weights[kept][by_row], capacity)


def separate(rows: Knapsacks, x: FloatArray, width: int) -> tuple["sp.csr_array[np.float64]", FloatArray]:
    """Return inequalities, over ``width`` columns, that hold for all selections and not for ``x``."""
    offsets, items, coefficients, right = _separate(1 << 20, *rows, x)
    matrix = sp.csr_array((coefficients, items, offsets), shape=(right.size, width))
    return matrix, right


def _totals(row: IntArray, weights: FloatArray, size: int) -> FloatArray:
    return np.asarray(np.bincount(row, weights=weights, minlength=size), dtype=np.float64)


@jitable
def _cover(weight: FloatArray, share: FloatArray, limit: float) -> IntArray:
    """Return a minimal cover that ``share`` nearly fills: least missing per week first; empty if there is none."""
    near = np.argsort((1.0 - share) / weight, kind="mergesort")
    total, size = 0.0, 0
    while size < weight.size and total <= limit:
        total += weight[near[size]]
        size += 1
    inside = np.zeros(weight.size, np.bool_)
    if total <= limit:
        return np.flatnonzero(inside)
    inside[near[:size]] = True
    by_share = near[:size][np.argsort(share[near[:size]], kind="mergesort")]
    for q in range(size):
        j = by_share[q]
        if total - weight[j] > limit:
            inside[j] = False
            total -= weight[j]
    return np.flatnonzero(inside)


@jitable
def _lift(weight: FloatArray, share: FloatArray, limit: float, cover: IntArray) -> FloatArray:
    """Return the coefficients of the lifted inequality of a minimal cover; its right side is |cover| − 1."""
    most = cover.size - 1
    ascending = np.sort(weight[cover])
    least = np.zeros(most + 1)  # weight at which the left side reaches 0, 1, ...
    for z in range(1, most + 1):
        least[z] = least[z - 1] + ascending[z - 1]
    coefficient = np.zeros(weight.size)
    coefficient[cover] = 1.0
    rest = np.flatnonzero(coefficient == 0.0)
    order = rest[np.argsort(-share[rest] - 1e-9 * weight[rest], kind="mergesort")]
    for q in range(order.size):
        j = order[q]
        z = most
        while z >= 0 and least[z] > limit - weight[j]:
            z -= 1
        lifted = most - z if z >= 0 else most + 1
        if lifted <= 0:
            continue
        coefficient[j] = lifted
        for v in range(most, 0, -1):
            before = least[v - lifted] if v > lifted else 0.0
            least[v] = min(least[v], before + weight[j])
    return coefficient


@sized
def _separate(
    offsets: IntArray, items: IntArray, weights: FloatArray, capacity: FloatArray, x: FloatArray
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    rows = capacity.size
    out_offsets, out_items = np.zeros(rows + 1, np.int64), np.empty(items.size, np.int64)
    out_coefficients, out_right = np.empty(items.size), np.empty(rows)
    found = filled = 0
    for r in range(rows):
        begin, end = offsets[r], offsets[r + 1]
        if end - begin < _TWO:
            continue
        weight, share = weights[begin:end], x[items[begin:end]]
        cover = _cover(weight, share, capacity[r])
        most = cover.size - 1
        if most < 1:
            continue
        coefficient = _lift(weight, share, capacity[r], cover)
        if (coefficient * share).sum() <= most * (1.0 + _VIOLATED):
            continue
        for q in range(coefficient.size):
            if coefficient[q] > 0.0:
                out_items[filled], out_coefficients[filled] = items[begin + q], coefficient[q]
                filled += 1
        out_right[found] = most
        found += 1
        out_offsets[found] = filled
    return out_offsets[: found + 1], out_items[:filled], out_coefficients[:filled], out_right[:found]
