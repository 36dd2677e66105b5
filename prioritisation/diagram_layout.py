"""Places for the boxes of a diagram: layers from left to right, few crossings, no randomness.

Layers follow the longest path (Sugiyama, Tagawa & Toda 1981); inside a layer boxes are put by the mean place of
their neighbours, layer by layer, forth and back, and the arrangement with the fewest crossings is kept.
"""

from bisect import bisect_right, insort
from collections.abc import Sequence

from prioritisation.columns import IntArray

_SWEEPS = 8


def arrange(layer: IntArray, edges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Return the nodes of every layer from top to bottom.

    Parameters
    ----------
    layer : int64[n]
        Layer of each node, from 0, none empty.
    edges : sequence of (int, int)
        Ends in different layers.

    Examples
    --------
    >>> import numpy as np
    >>> arrange(np.array([0, 0, 1, 1]), [(0, 3), (1, 2)])
    [[0, 1], [3, 2]]
    """
    rows: list[list[int]] = [[] for _ in range(int(layer.max(initial=-1)) + 1)]
    for node, at in enumerate(layer.tolist()):
        rows[at].append(node)
    near: list[list[int]] = [[] for _ in range(layer.size)]
    for tail, head in edges:
        near[tail].append(head)
        near[head].append(tail)
    depth = layer.tolist()
    best, fewest = [list(row) for row in rows], crossings(rows, depth, edges)
    for sweep in range(_SWEEPS):
        if fewest == 0:
            break
        forth = sweep % 2 == 0
        for at in range(len(rows)) if forth else range(len(rows) - 1, -1, -1):
            place = {node: (k + 0.5) / len(row) for row in rows for k, node in enumerate(row)}
            rows[at].sort(key=lambda node: _mean_place(node, at, near, depth, place, forth=forth))
        count = crossings(rows, depth, edges)
        if count < fewest:
            best, fewest = [list(row) for row in rows], count
    return best


def _mean_place(
    node: int, at: int, near: list[list[int]], depth: list[int], place: dict[int, float], *, forth: bool
) -> float:
    side = [place[k] for k in near[node] if (depth[k] < at) == forth]
    return sum(side) / len(side) if side else place[node]


def crossings(rows: Sequence[Sequence[int]], depth: Sequence[int], edges: Sequence[tuple[int, int]]) -> int:
    """Return how many pairs of edges between the same two layers cross.

    Examples
    --------
    >>> crossings([[0, 1], [2, 3]], [0, 0, 1, 1], [(0, 3), (1, 2)])
    1
    """
    place = {node: k for row in rows for k, node in enumerate(row)}
    between: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for tail, head in edges:
        between.setdefault((depth[tail], depth[head]), []).append((place[tail], place[head]))
    count = 0
    for ends in between.values():
        seen: list[int] = []
        batch: list[int] = []
        last = -1
        for tail_place, head_place in sorted(ends):
            if tail_place != last:  # edges from one node do not cross
                for done in batch:
                    insort(seen, done)
                batch, last = [], tail_place
            count += len(seen) - bisect_right(seen, head_place)
            batch.append(head_place)
    return count
