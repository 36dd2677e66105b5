"""Joining and parting of initiatives whose place in Sidney's decomposition follows without a flow.

The density x of the block of an initiative solves an isotonic regression: minimise Σ pⱼ·(xⱼ − wⱼ/pⱼ)²
with x(predecessor) ≥ x(successor). Two arguments decide most of it in linear time:

- An edge whose tail cannot fall below what its head can reach never binds, and goes.
- An initiative with one predecessor, at least as dense as that predecessor and as anything else which the
  predecessor leads to, can only have the density of that predecessor: the two are joined. The same holds
  with directions and signs reversed.

Both leave the answer as it is. On forests and chains they decide everything (Horn 1972 joins in the same
way); what they leave is settled by minimum cuts (`prioritisation.closure`).

Nodes of a part of the graph are ``a:b``, its edges ``c:d``, sorted by tail; tails are smaller than heads.
"""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import jitable


class Graph(NamedTuple):
    """What is still undecided: nodes, each a joined set of items, and edges with their flow."""

    duration: FloatArray
    weight: FloatArray
    item: IntArray  # the item that stands for the set
    tail: IntArray
    head: IntArray
    flow: FloatArray
    edge: IntArray


class Found(NamedTuple):
    """What is decided: to whom each item was joined, the block of those that stand alone, the flow."""

    joined: IntArray
    block: IntArray
    merges: IntArray  # edges over which items were joined
    flow: FloatArray
    tally: IntArray  # number of blocks, number of merges


class Scratch(NamedTuple):
    """Working memory: rows that each function names anew (compiled loops want few, long arrays)."""

    real: FloatArray  # (7, n + 2)
    whole: IntArray  # (9, n + 2)
    arcs: IntArray  # (2, 2 m): target and edge of every residual arc


def new_graph(duration: FloatArray, weight: FloatArray, tail: IntArray, head: IntArray) -> Graph:
    """Return a graph with its own memory and no flow."""
    n, m = duration.size, tail.size
    return Graph(
        duration.copy(), weight.copy(), np.arange(n), tail.copy(), head.copy(), np.zeros(m), np.arange(m)
    )


def spare_graph(n: int, m: int) -> Graph:
    """Return memory for parts of a graph on the move."""
    return Graph(
        np.empty(n),
        np.empty(n),
        np.empty(n, np.int64),
        np.empty(m, np.int64),
        np.empty(m, np.int64),
        np.empty(m),
        np.empty(m, np.int64),
    )


def new_found(n: int, m: int) -> Found:
    """Return that nothing is decided about n items and m edges."""
    return Found(
        np.arange(n), np.full(n, -1), np.zeros(n, np.int64), np.zeros(m), np.zeros(2, dtype=np.int64)
    )


def new_scratch(n: int, m: int) -> Scratch:
    """Return working memory for n nodes and m edges."""
    return Scratch(np.empty((7, n + 2)), np.empty((9, n + 2), np.int64), np.empty((2, 2 * m), np.int64))


@jitable
def bound(g: Graph, s: Scratch, a: int, b: int, c: int, d: int, least: float, most: float) -> int:
    """Bound every density from both sides, drop the edges that cannot bind; return the new end of edges."""
    ratio, upper, lower = s.real[0], s.real[1], s.real[2]
    tail, head, flow, edge = g.tail, g.head, g.flow, g.edge
    for v in range(a, b):
        x = min(max(g.weight[v] / g.duration[v], least), most)
        ratio[v] = x
        upper[v] = x
        lower[v] = x
    # The choices are written so that they need no jumps: nobody could foretell these.
    for q in range(d - 1, c - 1, -1):
        x, y = upper[head[q]], upper[tail[q]]
        upper[tail[q]] = max(y, x)
    z = c
    for q in range(c, d):
        t, h = tail[q], head[q]
        x, y = lower[t], lower[h]
        lower[h] = min(y, x)  # changes nothing where the edge goes: y <= upper <= x
        tail[z], head[z], flow[z], edge[z] = t, h, flow[q], edge[q]
        z += 1 if x < upper[h] else 0
    for v in range(a, b):
        upper[v] = ratio[v]
    for q in range(z - 1, c - 1, -1):
        x, y = upper[head[q]], upper[tail[q]]
        upper[tail[q]] = max(y, x)
    return z


@jitable
def note_claims(g: Graph, s: Scratch, side: int, a: int, b: int, c: int, d: int) -> None:
    """Find the neighbours of each node on a side, and the two strongest claims on each of these.

    On side 0 successors claim their predecessor with the most that their density can be, on side 1
    predecessors claim their successor with the least, both negated. Of the neighbours the first and the last
    are kept: when they are the same, there is only one.
    """
    sign = 1.0 if side == 0 else -1.0
    limit = s.real[1] if side == 0 else s.real[2]
    near, far = (g.tail, g.head) if side == 0 else (g.head, g.tail)
    rival, runner_up = s.real[3], s.real[4]
    first, last, through = s.whole[0], s.whole[1], s.whole[2]
    for v in range(a, b):
        rival[v] = -np.inf
        runner_up[v] = -np.inf
        first[v] = b
        last[v] = -1
    for q in range(c, d):
        i, v = near[q], far[q]
        claim, strongest, second = sign * limit[v], rival[i], runner_up[i]
        weaker = min(strongest, claim)
        rival[i] = max(strongest, claim)
        runner_up[i] = max(second, weaker)
        first[v] = min(first[v], i)
        last[v] = max(last[v], i)
        through[v] = q


@jitable
def join(g: Graph, s: Scratch, found: Found, side: int, a: int, b: int) -> int:
    """Join nodes to their only predecessor (side 0) or successor (side 1) where they must; return how many.

    The two sides are never taken at once: together they could close a cycle around a third node.
    """
    ratio, rival, runner_up = s.real[0], s.real[3], s.real[4]
    first, last, through, root = s.whole[0], s.whole[1], s.whole[2], s.whole[3]
    duration, weight = g.duration, g.weight
    sign = 1.0 if side == 0 else -1.0
    limit = s.real[1] if side == 0 else s.real[2]
    joined = 0
    for k in range(b - a):
        v = a + k if side == 0 else b - 1 - k
        root[v] = v
        i = last[v]
        if first[v] != i or sign * ratio[v] < sign * ratio[i]:
            continue
        if sign * ratio[v] < (runner_up[i] if rival[i] == sign * limit[v] else rival[i]):
            continue
        r = root[i]
        root[v] = r
        found.joined[g.item[v]] = g.item[r]
        duration[r] += duration[v]
        weight[r] += weight[v]
        found.merges[found.tally[1]] = g.edge[through[v]]
        found.tally[1] += 1
        joined += 1
    return joined


@jitable
def settle(g: Graph, found: Found, a: int, b: int) -> None:
    """Make every node, with all that was joined to it, a block."""
    for v in range(a, b):
        found.block[g.item[v]] = found.tally[0]
        found.tally[0] += 1


@jitable
def compact(g: Graph, s: Scratch, found: Found, a: int, b: int, c: int, d: int) -> tuple[int, int]:
    """Move nodes and edges together after joining; what has no edge left is settled."""
    root, place, linked = s.whole[3], s.whole[4], s.whole[5]
    tail, head, flow, edge = g.tail, g.head, g.flow, g.edge
    for v in range(a, b):
        linked[v] = 0
    z = c
    for q in range(c, d):
        t, h = root[tail[q]], root[head[q]]
        if t != h:
            tail[z], head[z], flow[z], edge[z] = t, h, flow[q], edge[q]
            z += 1
            linked[t] = 1
            linked[h] = 1
    k = a
    for v in range(a, b):
        if root[v] != v:
            continue
        if linked[v] == 0:
            found.block[g.item[v]] = found.tally[0]
            found.tally[0] += 1
            continue
        place[v] = k
        g.duration[k], g.weight[k], g.item[k] = g.duration[v], g.weight[v], g.item[v]
        k += 1
    for q in range(c, z):
        tail[q] = place[tail[q]]
        head[q] = place[head[q]]
    return k, z


@jitable
def copy_edges(source: Graph, start: int, target: Graph, to: int, many: int) -> None:
    """Copy edges between graphs."""
    for k in range(many):
        target.tail[to + k] = source.tail[start + k]
        target.head[to + k] = source.head[start + k]
        target.flow[to + k] = source.flow[start + k]
        target.edge[to + k] = source.edge[start + k]


@jitable
def copy_nodes(source: Graph, start: int, target: Graph, to: int, many: int) -> None:
    """Copy nodes between graphs."""
    for k in range(many):
        target.duration[to + k] = source.duration[start + k]
        target.weight[to + k] = source.weight[start + k]
        target.item[to + k] = source.item[start + k]


@jitable
def sort_edges(g: Graph, spare: Graph, s: Scratch, a: int, b: int, c: int, d: int) -> None:
    """Sort edges by tail, stably, by counting."""
    count = s.whole[5]
    for v in range(a, b + 1):
        count[v] = 0
    for q in range(c, d):
        count[g.tail[q] + 1] += 1
    for v in range(a, b):
        count[v + 1] += count[v]
    for q in range(c, d):
        t = g.tail[q]
        z = count[t]
        count[t] = z + 1
        spare.tail[z], spare.head[z], spare.flow[z], spare.edge[z] = t, g.head[q], g.flow[q], g.edge[q]
    copy_edges(spare, 0, g, c, d - c)


@jitable
def contract(
    g: Graph,
    spare: Graph,
    s: Scratch,
    found: Found,
    a: int,
    b: int,
    c: int,
    d: int,
    least: float,
    most: float,
) -> tuple[int, int]:
    """Drop edges and join nodes while a fifth of the part goes at a time; return the new ends.

    ``least`` and ``most`` bound the density of every node of the part.
    """
    side = 0
    while True:
        size = b - a + d - c
        d = bound(g, s, a, b, c, d, least, most)
        joined = 0
        for _ in range(2):
            if joined == 0:
                note_claims(g, s, side, a, b, c, d)
                joined = join(g, s, found, side, a, b)
                side = 1 - side
        b, d = compact(g, s, found, a, b, c, d)
        if joined > 0:
            sort_edges(g, spare, s, a, b, c, d)
        left = b - a + d - c
        if d == c or left == size or (left > 200 and 10 * left > 8 * size):
            return b, d


@jitable
def root_of(root: IntArray, v: int) -> int:
    """Return the root of v's set, and shorten the way."""
    while root[v] != v:
        root[v] = root[root[v]]
        v = root[v]
    return v


@jitable
def unite(root: IntArray, v: int, u: int) -> None:
    """Unite two sets under their smaller root."""
    v, u = root_of(root, v), root_of(root, u)
    if v < u:
        root[u] = v
    elif u < v:
        root[v] = u
