"""Sidney's blocks in their order, and a feasible order inside each by weight per duration."""

from typing import Literal, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from prioritisation.adjacency import Csr, csr, ordered
from prioritisation.columns import FloatArray, IntArray

_SAME_DENSITY = 1e-11


class RankedBlocks(NamedTuple):
    """Blocks numbered by their place in the order.

    Attributes
    ----------
    block : int64[n]
        Block of each item.
    density : float64[k]
        Weight per duration of each block; does not rise, within rounding.
    """

    block: IntArray
    density: FloatArray


def rank_blocks(
    *, label: IntArray, count: int, duration: FloatArray, weight: FloatArray, src: IntArray, dst: IntArray
) -> RankedBlocks:
    """Order blocks by falling density, each after those that it depends on; ties by their first item.

    Parameters
    ----------
    label : int64[n]
        Below ``count``. Items in canonical order, so that the first item of a block breaks ties.
    count : int
    duration, weight : float64[n]
    src, dst : int64[m]
        Edges between items.
    """
    first = np.full(count, label.size, dtype=np.int64)
    np.minimum.at(first, label, np.arange(label.size))
    by_first = np.empty(count, dtype=np.int64)
    by_first[np.argsort(first)] = np.arange(count)
    label = by_first[label]
    density = np.bincount(label, weight, count) / np.bincount(label, duration, count)
    before, after = label[src], label[dst]
    between = before != after
    before, after = before[between], after[between]
    rising = density[before] < density[after] * (1 - _SAME_DENSITY / 2)
    order = None
    if rising.any():  # rounding kept apart what belongs together
        groups, joined = _join(count, before[rising], after[rising], connection="weak")
    else:
        order = _by_density(csr(count, before, after), density)
        if order is None:  # blocks of equal density that depend on each other both ways
            groups, joined = _join(count, before, after, connection="strong")
    if order is None:
        return rank_blocks(
            label=joined[label], count=groups, duration=duration, weight=weight, src=src, dst=dst
        )
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return RankedBlocks(rank[label], density[order])


def _join(
    count: int, before: IntArray, after: IntArray, *, connection: Literal["weak", "strong"]
) -> tuple[int, IntArray]:
    edges = coo_array((np.ones(before.size, dtype=np.int8), (before, after)), shape=(count, count))
    groups, component = connected_components(edges, directed=True, connection=connection)
    return int(groups), component.astype(np.int64)


def _by_density(rows: Csr, density: FloatArray) -> IntArray | None:
    count = density.size
    falling = np.argsort(-density)
    drop = -np.diff(density[falling])
    starts = np.flatnonzero(drop > _SAME_DENSITY * density[falling][:-1]) + 1
    return ordered(
        rows=rows,
        waiting=np.bincount(rows.targets, minlength=count),
        priority=np.zeros(count),
        members=falling,
        bucket=np.concatenate(([0], starts, [count])),
    )


def order_within(
    *, ranked: RankedBlocks, duration: FloatArray, weight: FloatArray, successors: Csr
) -> IntArray:
    """Return items block by block; inside a block always the free one with most weight per duration."""
    n = duration.size
    members = np.sort(ranked.block * n + np.arange(n))
    if n:
        members %= n
    sizes = np.bincount(ranked.block, minlength=ranked.density.size)
    order = ordered(
        rows=successors,
        waiting=np.bincount(successors.targets, minlength=n),
        priority=-weight / duration,
        members=members,
        bucket=np.concatenate(([0], np.cumsum(sizes))),
    )
    if order is None:
        raise AssertionError("blocks in a feasible order have a feasible order inside")
    return order
