"""Closures of greatest density, by minimum cuts.

With λ the density of a part, the profit of a node is wⱼ − λ·pⱼ. A closure (a set that contains all
predecessors of its members) of positive profit is denser than the part, and the part splits; if there is
none, it is a block of Sidney's decomposition (Sidney 1975; Picard 1976 for closures as cuts). The flow that
proves it runs from successors, which lend their worth, to predecessors, which need it:
wⱼ + Σ flow in from successors − Σ flow out to predecessors = λ·pⱼ.

The flow is found by push-relabel (Goldberg & Tarjan 1988), in floating point: pushes empty a node or an edge
exactly, so that it ends, and rounding costs no more than about 1e-12 of the weight of the part. What it finds
is not trusted: the lower bound is computed from the flow, whatever it is (`prioritisation.precedence`).
"""

from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import jitable
from prioritisation.contraction import Found, Graph, Scratch, copy_edges, copy_nodes, root_of, unite

PRECISION = 1e-12
FAR = 1 << 60


@jitable
def open_part(g: Graph, s: Scratch, a: int, b: int, c: int, d: int) -> tuple[float, float]:
    """Set the excess of every node under the flow at hand, lay out arcs; return density and tolerance.

    The arcs of a node are first the edges from predecessors, to which any amount may go, then those to
    successors, which can only be given back what they lent.
    """
    excess, first, middle, fill = s.real[5], s.whole[0], s.whole[1], s.whole[2]
    tail, head, flow = g.tail, g.head, g.flow
    duration = 0.0
    weight = 0.0
    for v in range(a, b):
        duration += g.duration[v]
        weight += g.weight[v]
        first[v] = 0
        middle[v] = 0
    density = weight / duration
    for v in range(a, b):
        excess[v] = g.weight[v] - density * g.duration[v]
    for q in range(c, d):
        t, h = tail[q], head[q]
        excess[h] -= flow[q]
        excess[t] += flow[q]
        middle[h] += 1
        first[t] += 1
    z = 2 * c
    for v in range(a, b):
        before, after = middle[v], first[v]
        first[v] = z
        middle[v] = z + before
        fill[v] = z
        z += before + after
    first[b] = z
    target, through = s.arcs[0], s.arcs[1]
    for q in range(c, d):
        z = fill[head[q]]
        target[z], through[z] = tail[q], q
        fill[head[q]] = z + 1
    for q in range(c, d):
        z = fill[tail[q]]
        target[z], through[z] = head[q], q
        fill[tail[q]] = z + 1
    return density, PRECISION * weight


@jitable
def measure_heights(g: Graph, s: Scratch, a: int, b: int, tolerance: float) -> int:
    """Set each height to the number of arcs to the next node that needs worth; queue what has excess.

    Returns
    -------
    int
        Length of the queue.
    """
    excess, flow = s.real[5], g.flow
    first, middle, arc, height = s.whole[0], s.whole[1], s.whole[2], s.whole[3]
    queue, queued, reached_nodes = s.whole[4], s.whole[5], s.whole[6]
    target, through = s.arcs[0], s.arcs[1]
    reached = 0
    for v in range(a, b):
        arc[v] = first[v]
        if excess[v] < -tolerance:
            height[v] = 0
            reached_nodes[reached] = v
            reached += 1
        else:
            height[v] = FAR
    k = 0
    while k < reached:
        v = reached_nodes[k]
        k += 1
        above = height[v] + 1
        for z in range(first[v], first[v + 1]):
            u = target[z]
            # backwards: a successor may always give, a predecessor only what it was lent
            if height[u] == FAR and (z >= middle[v] or flow[through[z]] > 0.0):
                height[u] = above
                reached_nodes[reached] = u
                reached += 1
    waiting = 0
    for v in range(a, b):
        queued[v] = 0
        if excess[v] > tolerance and height[v] < FAR:
            queue[waiting] = v
            queued[v] = 1
            waiting += 1
    return waiting


@jitable
def lowest_neighbour(
    target: IntArray,
    through: IntArray,
    flow: FloatArray,
    height: IntArray,
    first: int,
    middle: int,
    end: int,
) -> int:
    """Return the least height at the other end of the residual arcs of a node."""
    lowest = FAR
    for z in range(first, end):
        if height[target[z]] < lowest and (z < middle or flow[through[z]] > 0.0):
            lowest = height[target[z]]
    return lowest


@jitable
def route(g: Graph, s: Scratch, a: int, b: int, c: int, d: int, tolerance: float) -> None:
    """Send excess to where it is needed until no more of it can get there."""
    excess, flow = s.real[5], g.flow
    first, middle, arc, height = s.whole[0], s.whole[1], s.whole[2], s.whole[3]
    queue, queued = s.whole[4], s.whole[5]
    target, through = s.arcs[0], s.arcs[1]
    size = b - a
    begin, waiting, budget = 0, 0, 0
    while True:
        if budget <= 0:
            waiting = measure_heights(g, s, a, b, tolerance)
            begin, budget = 0, (size + d - c) // 2
        if waiting == 0:
            return
        v = queue[begin]
        begin = begin + 1 if begin + 1 < size else 0
        waiting -= 1
        queued[v] = 0
        end = first[v + 1]
        while height[v] < FAR:
            z = arc[v]
            below = height[v] - 1
            while z < end:
                u = target[z]
                if height[u] == below:
                    q = through[z]
                    amount = excess[v]
                    if z >= middle[v]:
                        amount = -min(amount, flow[q])
                    flow[q] += amount
                    excess[u] += abs(amount)
                    excess[v] -= abs(amount)
                    if queued[u] == 0 and excess[u] > tolerance:
                        last = begin + waiting
                        queue[last if last < size else last - size] = u
                        queued[u] = 1
                        waiting += 1
                    if excess[v] <= tolerance:
                        break
                z += 1
            arc[v] = z
            if z < end:
                break
            budget -= end - first[v]
            height[v] = 1 + lowest_neighbour(target, through, flow, height, first[v], middle[v], end)
            arc[v] = first[v]


@jitable
def reach_from_excess(g: Graph, s: Scratch, a: int, b: int, tolerance: float) -> int:
    """Mark what residual arcs reach from an excess; return how many."""
    excess, flow = s.real[5], g.flow
    first, middle, queue, marked = s.whole[0], s.whole[1], s.whole[4], s.whole[5]
    target, through = s.arcs[0], s.arcs[1]
    reached = 0
    for v in range(a, b):
        marked[v] = 0
        if excess[v] > tolerance:
            marked[v] = 1
            queue[reached] = v
            reached += 1
    k = 0
    while k < reached:
        v = queue[k]
        k += 1
        for z in range(first[v], first[v + 1]):
            u = target[z]
            if marked[u] == 0 and (z < middle[v] or flow[through[z]] > 0.0):
                marked[u] = 1
                queue[reached] = u
                reached += 1
    return reached


@jitable
def split(g: Graph, spare: Graph, s: Scratch, a: int, b: int, c: int, d: int) -> tuple[int, int, int]:
    """Put the marked nodes first; drop the edges between the two sides, which carry no flow.

    Returns
    -------
    tuple of int
        Where the other nodes begin, where their edges begin, and where these end.
    """
    marked, place = s.whole[5], s.whole[6]
    tail, head, flow, edge = g.tail, g.head, g.flow, g.edge
    x, k = a, 0
    for v in range(a, b):
        if marked[v] == 1:
            place[v] = x
            g.duration[x], g.weight[x], g.item[x] = g.duration[v], g.weight[v], g.item[v]
            x += 1
        else:
            place[v] = k
            spare.duration[k], spare.weight[k], spare.item[k] = g.duration[v], g.weight[v], g.item[v]
            k += 1
    copy_nodes(spare, 0, g, x, k)
    e, k = c, 0
    for q in range(c, d):
        t, h = tail[q], head[q]
        if marked[t] != marked[h]:
            continue
        if marked[t] == 1:
            tail[e], head[e], flow[e], edge[e] = place[t], place[h], flow[q], edge[q]
            e += 1
        else:
            spare.tail[k], spare.head[k] = x + place[t], x + place[h]
            spare.flow[k], spare.edge[k] = flow[q], edge[q]
            k += 1
    copy_edges(spare, 0, g, e, k)
    return x, e, e + k


@jitable
def close(g: Graph, s: Scratch, found: Found, a: int, b: int, c: int, d: int, tolerance: float) -> None:
    """Make a part that does not split a block, or several of equal density if no flow holds them together."""
    root, label = s.whole[3], s.whole[4]
    for v in range(a, b):
        root[v] = v
    for q in range(c, d):
        found.flow[g.edge[q]] = g.flow[q]
        if g.flow[q] > tolerance:
            unite(root, g.tail[q], g.head[q])
    for v in range(a, b):
        r = root_of(root, v)
        if r == v:
            label[v] = found.tally[0]
            found.tally[0] += 1
        found.block[g.item[v]] = label[r]


@jitable
def part_components(
    g: Graph, spare: Graph, s: Scratch, a: int, b: int, c: int, d: int, ends: IntArray
) -> int:
    """Put connected components one after the other; write where nodes and edges end; return how many."""
    root, label, nodes, edges, place = s.whole[3], s.whole[4], s.whole[5], s.whole[6], s.whole[7]
    for v in range(a, b):
        root[v] = v
    for q in range(c, d):
        unite(root, g.tail[q], g.head[q])
    many = 0
    for v in range(a, b):
        r = root_of(root, v)
        if r == v:
            label[v] = many
            nodes[many] = 0
            edges[many] = 0
            many += 1
        nodes[label[r]] += 1
    if many == 1:
        ends[0, 0], ends[1, 0] = b, d
        return 1
    for q in range(c, d):
        edges[label[root_of(root, g.tail[q])]] += 1
    x, z = 0, 0
    for k in range(many):
        x, nodes[k] = x + nodes[k], x
        z, edges[k] = z + edges[k], z
        ends[0, k], ends[1, k] = a + x, c + z
    for v in range(a, b):
        k = label[root_of(root, v)]
        x = nodes[k]
        nodes[k] = x + 1
        place[v] = a + x
        spare.duration[x], spare.weight[x], spare.item[x] = g.duration[v], g.weight[v], g.item[v]
    for q in range(c, d):
        t = g.tail[q]
        k = label[root_of(root, t)]
        z = edges[k]
        edges[k] = z + 1
        spare.tail[z], spare.head[z] = place[t], place[g.head[q]]
        spare.flow[z], spare.edge[z] = g.flow[q], g.edge[q]
    copy_nodes(spare, 0, g, a, b - a)
    copy_edges(spare, 0, g, c, d - c)
    return many
