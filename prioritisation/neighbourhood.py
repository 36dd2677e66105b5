"""What is around an item of a directed graph, the nearest first."""

from typing import NamedTuple

import numpy as np

from prioritisation.adjacency import Csr
from prioritisation.columns import IntArray, index_array

__all__ = ["Neighbourhood", "by_distance"]


class Neighbourhood(NamedTuple):
    """Items around another one.

    Attributes
    ----------
    items : int64[k]
        By steps, then by tie-break; without the item in the middle.
    steps : int64[k]
        Number of edges on a shortest path to each of them, from 1.
    """

    items: IntArray
    steps: IntArray


def by_distance(rows: Csr, item: int, *, tie_break: IntArray, most_steps: int | None = None) -> Neighbourhood:
    """Return what can be reached from ``item`` in one step or more, by a breadth-first search.

    Parameters
    ----------
    rows : Csr
        Edges to follow.
    item : int
        Where to begin; it is not part of the result, even on a cycle.
    tie_break : int64[n]
        Rank of each stable id.
    most_steps : int, optional
        How far to go; by default to the end.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.

    Examples
    --------
    >>> from prioritisation.adjacency import csr
    >>> rows = csr(4, np.array([0, 0, 1]), np.array([2, 1, 3]))
    >>> found = by_distance(rows, 0, tie_break=np.arange(4))
    >>> found.items.tolist(), found.steps.tolist()
    ([1, 2, 3], [1, 1, 2])
    """
    size = rows.offsets.size - 1
    index_array([item], field="item", size=size)
    step = np.zeros(size, dtype=np.int64)
    step[item] = -1
    frontier = np.array([item], dtype=np.int64)
    levels: list[IntArray] = []
    while frontier.size and (most_steps is None or len(levels) < most_steps):
        begin, count = rows.offsets[frontier], rows.offsets[frontier + 1] - rows.offsets[frontier]
        skipped = np.repeat(begin - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        found = rows.targets[skipped + np.arange(int(count.sum()))]
        frontier = np.unique(found[step[found] == 0])
        step[frontier] = len(levels) + 1
        levels.append(frontier[np.argsort(tie_break[frontier], kind="stable")])
    items = np.concatenate(levels) if levels else np.empty(0, dtype=np.int64)
    return Neighbourhood(items, step[items])
