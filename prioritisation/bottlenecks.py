"""How much of the dependency map goes through each initiative."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prioritisation.columns import IntArray
from prioritisation.compilation import sized
from prioritisation.dependencies import DependencyMap

_WORDS = 16  # machine words of a row of bits: 1,024 items at a time


class Bottlenecks(NamedTuple):
    """How much of the map goes through each item.

    Attributes
    ----------
    before : int64[n]
        Number of items that the item waits for, directly or not.
    after : int64[n]
        Number of items that wait for it, directly or not.
    through : int64[n]
        before · after: the number of pairs (a, b), a waiting to be done before the item and b after it. Each
        such pair has a path through the item, though it may have others past it.
    ranking : int64[n]
        Items by ``through``, then by before + after, the greatest first; ties by id.
    """

    before: IntArray
    after: IntArray
    through: IntArray
    ranking: IntArray


def bottlenecks(chart: DependencyMap) -> Bottlenecks:
    """Count, for all items, what is before and after them, and the pairs that are connected through them.

    Exact, in O(n·m/64) steps of the machine.

    Examples
    --------
    >>> hub = bottlenecks(DependencyMap(size=5, predecessor=[0, 1, 2, 2], successor=[2, 2, 3, 4]))
    >>> hub.through.tolist(), hub.ranking.tolist()
    ([0, 0, 4, 0, 0], [2, 0, 1, 3, 4])
    """
    order, n = chart.topology, chart.size
    before, after = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    after[order.items] = _count_reached(n, order.tail[::-1], order.head[::-1])
    by_head = np.argsort(order.head, kind="stable")
    before[order.items] = _count_reached(n, order.head[by_head], order.tail[by_head])
    through = before * after
    ranking = np.lexsort((chart.tie_break, -(before + after), -through))
    return Bottlenecks(before, after, through, ranking)


def _count_reached(n: int, near: IntArray, far: IntArray) -> IntArray:
    """Count what each position reaches; whatever ``far`` reaches is known when its edge comes."""
    counts = np.zeros(n, dtype=np.int64)
    near, far = np.ascontiguousarray(near), np.ascontiguousarray(far)
    for first in range(0, n, 64 * _WORDS):
        own = np.arange(first, min(first + 64 * _WORDS, n))
        words = -(-own.size // 64)
        reached = np.zeros((n, words), dtype=np.uint64)
        reached[own, (own - first) // 64] = np.uint64(1) << ((own - first) % 64).astype(np.uint64)
        _spread(n + near.size, reached, near, far)
        counts += np.bitwise_count(reached).sum(axis=1, dtype=np.int64)
    return counts - 1


@sized
def _spread(reached: NDArray[np.uint64], near: IntArray, far: IntArray) -> None:
    for q in range(near.size):
        i, j = near[q], far[q]
        for k in range(reached.shape[1]):
            reached[i, k] |= reached[j, k]
