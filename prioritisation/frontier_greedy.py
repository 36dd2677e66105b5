"""Fill splits of capacity at fixed prices: the compiled inner loop of a sweep."""

from typing import NamedTuple

import numpy as np

from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import sized
from prioritisation.frontier_bounds import Tables
from prioritisation.selection_instance import Instance

__all__ = ["Filling", "fill_splits"]


class Filling(NamedTuple):
    """What splits are worth.

    Attributes
    ----------
    value : float64[s]
        Of the best of the fillings; NaN where mandatory work does not fit.
    bound : float64[s]
        The least bound; NaN likewise.
    chosen : bool[s, n]
        In canonical order; of no rows unless asked for.
    """

    value: FloatArray
    bound: FloatArray
    chosen: BoolArray


def fill_splits(
    given: Instance, tables: Tables, parts: IntArray, *, orders: int, keep: bool = False
) -> Filling:
    """Fill each split in the orders of the anchors with the least bounds, and keep the best.

    Parameters
    ----------
    given : Instance
    tables : Tables
    parts : int64[s, B]
    orders : int
        How many anchors to try for each split.
    keep : bool
        Whether to return what is chosen.
    """
    count, n = len(parts), given.value.size
    found = Filling(np.empty(count), np.empty(count), np.zeros((count if keep else 0, n), dtype=np.bool_))
    _fill_splits(
        count * orders * n,
        tables.base,
        tables.part,
        tables.order,
        tables.room * (1 + TOLERANCE),
        given.value,
        given.category,
        given.demand_offsets,
        given.demand_resource,
        given.demand_weeks,
        given.needs_offsets,
        given.needs,
        given.groups_offsets,
        given.groups,
        given.group_count,
        given.forced,
        parts,
        min(orders, tables.base.size),
        *found,
    )
    return found


@sized
def _fill_splits(  # noqa: C901 (one loop over plain arrays: calls cost ten times as much as the work)
    base: FloatArray,
    part: FloatArray,
    order: IntArray,
    room: FloatArray,
    worth: FloatArray,
    category: IntArray,
    demand_offsets: IntArray,
    demand_resource: IntArray,
    demand_weeks: FloatArray,
    needs_offsets: IntArray,
    needs: IntArray,
    groups_offsets: IntArray,
    groups: IntArray,
    group_count: int,
    forced: BoolArray,
    parts: IntArray,
    orders: int,
    values: FloatArray,
    bounds: FloatArray,
    choices: BoolArray,
) -> None:
    categories, n = parts.shape[1], worth.size
    bound = np.empty(base.size)
    chosen, grouped = np.zeros(n, np.bool_), np.zeros(group_count, np.bool_)
    left = np.zeros((categories + 1, room.shape[2]))
    for s in range(parts.shape[0]):
        bound[:] = base
        for p in range(base.size):
            for b in range(categories):
                bound[p] += part[p, b, parts[s, b]]
        values[s], bounds[s] = np.nan, bound.min()
        if np.isinf(bounds[s]):
            bounds[s] = np.nan
            continue
        for _ in range(orders):
            p = int(np.argmin(bound))
            bound[p] = np.inf
            for b in range(categories):
                left[b] = room[parts[s, b], b]
            chosen[:], grouped[:] = False, False
            value = 0.0
            for q in range(n):
                j = order[p, q]
                if j < 0:
                    break
                b, fits = category[j], True
                for z in range(needs_offsets[j], needs_offsets[j + 1]):
                    fits = fits and chosen[needs[z]]
                for z in range(groups_offsets[j], groups_offsets[j + 1]):
                    fits = fits and not grouped[groups[z]]
                if fits:
                    for z in range(demand_offsets[j], demand_offsets[j + 1]):
                        if demand_weeks[z] > left[b, demand_resource[z]]:
                            fits = False
                            break
                if not fits:
                    if forced[j]:
                        value = np.nan
                    continue
                for z in range(demand_offsets[j], demand_offsets[j + 1]):
                    left[b, demand_resource[z]] -= demand_weeks[z]
                for z in range(groups_offsets[j], groups_offsets[j + 1]):
                    grouped[groups[z]] = True
                chosen[j] = True
                value += worth[j]
            if value > values[s] or (np.isnan(values[s]) and not np.isnan(value)):
                values[s] = value
                if choices.shape[0] > 0:
                    choices[s] = chosen
