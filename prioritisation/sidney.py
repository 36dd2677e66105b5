"""Sidney's decomposition of 1|prec|Σ wⱼCⱼ: blocks of falling density, and the flow that proves them.

Every optimal order can be rearranged, at no cost, to take the blocks one after the other (Sidney 1975). The
blocks are found by splitting a part at its own density with a minimum cut, again and again
(`prioritisation.closure`), after joining and parting what needs none (`prioritisation.contraction`).
"""

from typing import NamedTuple

import numpy as np

from prioritisation.closure import (
    close,
    open_part,
    part_components,
    reach_from_excess,
    route,
    split,
)
from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.contraction import (
    Found,
    Graph,
    Scratch,
    contract,
    new_found,
    new_graph,
    new_scratch,
    settle,
    spare_graph,
)


class Decomposition(NamedTuple):
    """Blocks and the flow of worth inside them.

    Attributes
    ----------
    block : int64[n]
        Label of the block of each item, from 0, in no particular order.
    count : int
        Number of blocks.
    flow : float64[m]
        Worth per week that the head of an edge lends to its tail; 0 between blocks, never negative. Within
        rounding, own weight + lent by successors − lent to predecessors = density of the block × duration.
    """

    block: IntArray
    blocks: int
    flow: FloatArray


def decompose(*, duration: FloatArray, weight: FloatArray, tail: IntArray, head: IntArray) -> Decomposition:
    """Decompose items that stand in a topological order.

    Parameters
    ----------
    duration : float64[n]
        Positive.
    weight : float64[n]
        Not negative.
    tail, head : int64[m]
        ``tail[e] < head[e]``, sorted by tail.
    """
    n, m = duration.size, tail.size
    g, spare = new_graph(duration, weight, tail, head), spare_graph(n, m)
    s, found = new_scratch(n, m), new_found(n, m)
    stack, limits, ends = np.zeros((5, n + 2), np.int64), np.zeros((2, n + 2)), np.zeros((2, n + 2), np.int64)
    _decompose(n + m, g, spare, s, found, stack, limits, ends)
    _complete(n + m, duration, weight, tail, head, found, s)
    return Decomposition(found.block, int(found.tally[0]), found.flow)


@sized
def _decompose(
    g: Graph,
    spare: Graph,
    s: Scratch,
    found: Found,
    stack: IntArray,
    limits: FloatArray,
    ends: IntArray,
) -> None:
    stack[1, 0], stack[3, 0] = g.item.size, g.edge.size
    limits[0, 0], limits[1, 0] = -np.inf, np.inf
    top = 1
    while top > 0:
        top -= 1
        a, b, c, d, ready = stack[0, top], stack[1, top], stack[2, top], stack[3, top], stack[4, top]
        least, most = limits[0, top], limits[1, top]
        if ready == 0:
            b, d = contract(g, spare, s, found, a, b, c, d, least, most)
            if a == b:
                continue
            if c == d:
                settle(g, found, a, b)
                continue
            for k in range(part_components(g, spare, s, a, b, c, d, ends)):
                stack[0, top], stack[1, top] = a, ends[0, k]
                stack[2, top], stack[3, top], stack[4, top] = c, ends[1, k], 1
                limits[0, top], limits[1, top] = least, most
                a, c = ends[0, k], ends[1, k]
                top += 1
            continue
        density, tolerance = open_part(g, s, a, b, c, d)
        route(g, s, a, b, c, d, tolerance)
        denser = reach_from_excess(g, s, a, b, tolerance)
        if denser == 0 or denser == b - a:  # the whole part: an excess of rounding
            close(g, s, found, a, b, c, d, tolerance)
            continue
        x, e, d = split(g, spare, s, a, b, c, d)
        stack[0, top], stack[1, top], stack[2, top], stack[3, top], stack[4, top] = x, b, e, d, 0
        limits[0, top], limits[1, top] = least, density
        top += 1
        stack[0, top], stack[1, top], stack[2, top], stack[3, top], stack[4, top] = a, x, c, e, 0
        limits[0, top], limits[1, top] = density, most
        top += 1


@jitable
def spread_blocks(joined: IntArray, block: IntArray) -> None:
    """Give every item the block of the item to which it was joined in the end."""
    for v in range(joined.size):
        r = v
        while joined[r] != r:
            r = joined[r]
        block[v] = block[r]
        k = v
        while joined[k] != r:  # shorten the way for those who come later
            following = joined[k]
            joined[k] = r
            k = following


@sized
def _complete(
    duration: FloatArray, weight: FloatArray, tail: IntArray, head: IntArray, found: Found, s: Scratch
) -> None:
    """Spread the blocks over joined items, and find the flow over the edges that joined them.

    These edges form a forest, so its leaves, taken one after the other, leave no choice.
    """
    n = duration.size
    block, flow, excess, degree, open_edge = found.block, found.flow, s.real[5], s.whole[0], s.whole[1]
    spread_blocks(found.joined, block)
    durations, weights = np.zeros(found.tally[0]), np.zeros(found.tally[0])
    for v in range(n):
        durations[block[v]] += duration[v]
        weights[block[v]] += weight[v]
    for v in range(n):
        excess[v] = weight[v] - weights[block[v]] / durations[block[v]] * duration[v]
        degree[v] = 0
        open_edge[v] = 0  # exclusive or of the open edges at v: the edge itself when only one is left
    for q in range(tail.size):
        if flow[q] > 0.0:
            excess[head[q]] -= flow[q]
            excess[tail[q]] += flow[q]
    for k in range(found.tally[1]):
        q = found.merges[k]
        degree[tail[q]] += 1
        degree[head[q]] += 1
        open_edge[tail[q]] ^= q
        open_edge[head[q]] ^= q
    for start in range(n):
        v = start
        while degree[v] == 1:
            q = open_edge[v]
            u = tail[q] if v == head[q] else head[q]
            amount = excess[v] if v == head[q] else -excess[v]
            flow[q] = max(amount, 0.0)
            excess[u] += excess[v]
            excess[v] = 0.0
            degree[v] = 0
            degree[u] -= 1
            open_edge[u] ^= q
            v = u
