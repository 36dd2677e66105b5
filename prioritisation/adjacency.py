"""Directed graphs as arrays: compressed rows, topological positions, orders, layers, cycles.

networkx is the map that people query (`prioritisation.dependencies`); these loops serve what runs on a
hundred thousand initiatives at every request.
"""

from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx
import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.errors import CycleError


class Csr(NamedTuple):
    """Neighbours of every node in compressed rows.

    Attributes
    ----------
    offsets : int64[n + 1]
        The neighbours of node i stand at ``offsets[i]:offsets[i + 1]``.
    targets : int64[m]
    edges : int64[m]
        Position of the edge in the arrays from which the rows were built.
    """

    offsets: IntArray
    targets: IntArray
    edges: IntArray

    def neighbours(self, node: int) -> IntArray:
        """Return the targets of the edges at ``node``, in the order of the edges."""
        return self.targets[self.offsets[node] : self.offsets[node + 1]]

    def edges_of(self, node: int) -> IntArray:
        """Return the positions of the edges at ``node``, ascending."""
        return self.edges[self.offsets[node] : self.offsets[node + 1]]


class Topology(NamedTuple):
    """Edges between topological positions: every tail is smaller than its head.

    Attributes
    ----------
    items : int64[n]
        Item at each position.
    tail, head : int64[m]
        Positions; sorted by tail.
    edges : int64[m]
        Position of the edge in the arrays from which this was built.
    """

    items: IntArray
    tail: IntArray
    head: IntArray
    edges: IntArray


def csr(n: int, src: IntArray, dst: IntArray) -> Csr:
    """Return the rows ``src`` → ``dst``; swap the arguments for predecessors. Parallel edges are kept.

    Examples
    --------
    >>> rows = csr(3, np.array([1, 0, 1]), np.array([2, 1, 0]))
    >>> rows.offsets.tolist(), rows.targets.tolist(), rows.edges.tolist()
    ([0, 1, 3, 3], [1, 2, 0], [1, 0, 2])
    """
    m = src.size
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(src, minlength=n), out=offsets[1:])
    # Sorting keys that carry the position is three times as fast as a stable argsort.
    edges = np.sort(src * m + np.arange(m, dtype=np.int64))
    if m:
        edges %= m
    return Csr(offsets, dst[edges], edges)


def topology(rows: Csr) -> Topology:
    """Put items in a topological order in which what hangs together stands together.

    The order follows from the rows alone; it is not the stable one (see `lexicographic`).

    Raises
    ------
    CycleError

    Examples
    --------
    >>> topology(csr(3, np.array([2, 2]), np.array([1, 0]))).items.tolist()
    [2, 0, 1]
    """
    n = rows.offsets.size - 1
    waiting = np.bincount(rows.targets, minlength=n)
    size = n + rows.targets.size
    found, items, tail, head, edges = _topology(size, rows.offsets, rows.targets, rows.edges, waiting)
    if found < n:
        raise CycleError(find_cycle(n, np.repeat(np.arange(n), np.diff(rows.offsets)), rows.targets))
    return Topology(items, tail, head, edges)


@sized
def _topology(
    offsets: IntArray, targets: IntArray, edges: IntArray, waiting: IntArray
) -> tuple[int, IntArray, IntArray, IntArray, IntArray]:
    n, m = waiting.size, targets.size
    items, place, stack = np.empty(n, np.int64), np.zeros(n, np.int64), np.empty(n, np.int64)
    tail, head, kept = np.empty(m, np.int64), np.empty(m, np.int64), np.empty(m, np.int64)
    top = found = z = 0
    for i in range(n - 1, -1, -1):
        if waiting[i] == 0:
            stack[top] = i
            top += 1
    while top > 0:
        top -= 1
        i = stack[top]
        place[i] = found
        items[found] = i
        for q in range(offsets[i], offsets[i + 1]):
            j = targets[q]
            tail[z], head[z], kept[z] = found, j, edges[q]
            z += 1
            waiting[j] -= 1
            if waiting[j] == 0:
                stack[top] = j
                top += 1
        found += 1
    for q in range(z):
        head[q] = place[head[q]]
    return found, items, tail, head, kept


def ordered(
    *, rows: Csr, waiting: IntArray, priority: FloatArray, members: IntArray, bucket: IntArray
) -> IntArray | None:
    """Return the topological order that takes, of what is free, the smallest (priority, index) first.

    Buckets are done one after the other.

    Parameters
    ----------
    rows : Csr
        Successors.
    waiting : int64[n]
        Number of predecessors of each node; not changed.
    priority : float64[n]
    members : int64[n]
        The nodes, bucket by bucket.
    bucket : int64[k + 1]
        Where each bucket begins in ``members``, and the end.

    Returns
    -------
    int64[n] or None
        None if the edges do not allow it: a cycle, or an edge back to an earlier bucket.
    """
    size = waiting.size + rows.targets.size
    found, order = _ordered(size, rows.offsets, rows.targets, waiting.copy(), priority, members, bucket)
    return order if found == waiting.size else None


@jitable
def comes_first(priority: FloatArray, i: int, j: int) -> bool:
    if priority[i] == priority[j]:
        return i < j
    before: bool = priority[i] < priority[j]
    return before


@jitable
def push(heap: IntArray, size: int, item: int, priority: FloatArray) -> None:
    k = size
    while k > 0:
        parent = (k - 1) >> 1
        if not comes_first(priority, item, heap[parent]):
            break
        heap[k] = heap[parent]
        k = parent
    heap[k] = item


@jitable
def pop(heap: IntArray, size: int, priority: FloatArray) -> int:
    item, last, k = heap[0], heap[size - 1], 0
    while True:
        child = 2 * k + 1
        if child >= size - 1:
            break
        if child + 1 < size - 1 and comes_first(priority, heap[child + 1], heap[child]):
            child += 1
        if not comes_first(priority, heap[child], last):
            break
        heap[k] = heap[child]
        k = child
    heap[k] = last
    return int(item)


@sized
def _ordered(
    offsets: IntArray,
    targets: IntArray,
    waiting: IntArray,
    priority: FloatArray,
    members: IntArray,
    bucket: IntArray,
) -> tuple[int, IntArray]:
    n = waiting.size
    order, heap, inside = np.empty(n, np.int64), np.empty(n + 1, np.int64), np.full(n, -1)
    found = 0
    for k in range(bucket.size - 1):
        size = 0
        for z in range(bucket[k], bucket[k + 1]):
            i = members[z]
            inside[i] = k
            if waiting[i] == 0:
                push(heap, size, i, priority)
                size += 1
        while size > 0:
            i = pop(heap, size, priority)
            size -= 1
            order[found] = i
            found += 1
            for q in range(offsets[i], offsets[i + 1]):
                j = targets[q]
                waiting[j] -= 1
                if waiting[j] == 0 and inside[j] == k:
                    push(heap, size, j, priority)
                    size += 1
    return found, order


def lexicographic(n: int, src: IntArray, dst: IntArray, tie_break: IntArray) -> IntArray:
    """Return the topological order that takes, of what is free, the smallest ``tie_break`` first.

    Raises
    ------
    CycleError

    Examples
    --------
    >>> lexicographic(3, np.array([2]), np.array([0]), np.array([0, 1, 2])).tolist()
    [1, 2, 0]
    """
    by_id = np.argsort(tie_break, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[by_id] = np.arange(n)
    rows = csr(n, place[src], place[dst])
    order = ordered(
        rows=rows,
        waiting=np.bincount(rows.targets, minlength=n),
        priority=np.zeros(n),
        members=np.arange(n),
        bucket=np.array([0, n]),
    )
    if order is None:
        raise CycleError(find_cycle(n, src, dst))
    return by_id[order]


@sized
def _layers(n: int, tail: IntArray, head: IntArray) -> IntArray:
    layer = np.zeros(n, np.int64)
    for q in range(tail.size):  # sorted by tail: whoever leads to a tail came before
        if layer[tail[q]] >= layer[head[q]]:
            layer[head[q]] = layer[tail[q]] + 1
    return layer


def layers(n: int, order: Topology) -> IntArray:
    """Return the length of the longest path that leads to each item."""
    found = np.empty(n, dtype=np.int64)
    found[order.items] = _layers(n + order.tail.size, n, order.tail, order.head)
    return found


def reachable(rows: Csr, start: Sequence[int] | IntArray) -> IntArray:
    """Return what can be reached from ``start`` in one step or more, ascending; a breadth-first search.

    Nodes of ``start`` appear only if another one leads to them.
    """
    seen = np.zeros(rows.offsets.size - 1, dtype=np.bool_)
    frontier = np.unique(np.asarray(start, dtype=np.int64))
    while frontier.size:
        begin, count = rows.offsets[frontier], np.diff(rows.offsets)[frontier]
        total = int(count.sum())
        skipped = np.repeat(begin - np.concatenate(([0], np.cumsum(count)[:-1])), count)
        found = rows.targets[skipped + np.arange(total)]
        frontier = np.unique(found[~seen[found]])
        seen[frontier] = True
    return np.flatnonzero(seen)


def path_between(rows: Csr, start: int, goal: int) -> tuple[int, ...]:
    """Return a shortest path from ``start`` to ``goal``, both included; empty if there is none."""
    came: dict[int, int] = {start: start}
    frontier = [start]
    while frontier and goal not in came:
        following: list[int] = []
        for i in frontier:
            for j in rows.neighbours(i).tolist():
                if j not in came:
                    came[j] = i
                    following.append(j)
        frontier = following
    if goal not in came:
        return ()
    path = [goal]
    while path[-1] != start:
        path.append(came[path[-1]])
    return tuple(reversed(path))


def find_cycle(n: int, src: IntArray, dst: IntArray) -> tuple[int, ...]:
    """Return the nodes of one cycle in the order of its edges; empty if there is none."""
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(zip(src.tolist(), dst.tolist(), strict=True))
    try:
        return tuple(edge[0] for edge in nx.find_cycle(graph))
    except nx.NetworkXNoCycle:
        return ()
