"""Search for cheaper schedules: simulated annealing over sequences, in a budget of evaluations.

A move takes an initiative before (or after) one that wants the same resource, together with what must come
before (or after) it, so that every sequence is feasible. A sequence is decoded from the first change on, and
no further than until it is certain to be refused. Random numbers come from a generator of the search's own:
the same seed and budget give the same schedule, interpreted or compiled, on any machine.
"""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import compiled, jitable, sized
from prioritisation.schedule_decoding import after_predecessors, decode, earliest_place, occupy
from prioritisation.schedule_layout import Layout

_STRIDE = 12  # positions between kept states
_REACH = 10  # how many of those that want the same resource a move passes at most
_MODULUS, _FACTOR = (
    2_147_483_647,
    48_271,
)  # Lehmer's generator with the constants of Park, Miller and Stockmeyer


class Search(NamedTuple):
    """Where a search stands; its arrays change with every `anneal`.

    Attributes
    ----------
    sequence : int64[f]
        The current sequence.
    best : int64[f]
        The best one so far.
    best_start : int64[n]
    best_cost : float64[1]
    random : int64[1]
    wants : bool[n, K]
    """

    sequence: IntArray
    best: IntArray
    best_start: IntArray
    best_cost: FloatArray
    random: IntArray
    wants: BoolArray


def search_from(layout: Layout, sequence: IntArray, *, seed: int) -> Search:
    """Return a search that begins with ``sequence``."""
    start, cost = decode(layout, sequence)
    wants = np.zeros((layout.duration.size, layout.reserved.shape[2]), dtype=np.bool_)
    wants[
        np.repeat(np.arange(layout.duration.size), np.diff(layout.use_at)), layout.use_column % wants.shape[1]
    ] = True
    state = np.array([1 + seed % (_MODULUS - 1)])
    return Search(sequence.copy(), sequence.copy(), start, np.array([cost]), state, wants)


def anneal(layout: Layout, search: Search, *, evaluations: int, hot: float, cold: float) -> None:
    """Try ``evaluations`` moves, while the temperature, in units of cost, falls from ``hot`` to ``cold``."""
    if search.sequence.size > 1:
        with compiled():
            _anneal(0, layout, search, _desk(layout, search.sequence), evaluations, hot, cold)


@jitable
def draw(random: IntArray, below: int) -> int:
    random[0] = random[0] * _FACTOR % _MODULUS
    return int(random[0] % below)


@jitable
def gather(
    in_at: IntArray,
    in_item: IntArray,
    out_at: IntArray,
    out_item: IntArray,
    sequence: IntArray,
    low: int,
    high: int,
    later: bool,
    segment: IntArray,
    mark: BoolArray,
) -> None:
    """Write positions ``low`` … ``high`` into ``segment`` with one end moved to the other.

    The last item goes to the front with its predecessors among them or, if ``later``, the first goes to the
    back with its successors.
    """
    count = high - low + 1
    if later:
        mark[sequence[low]] = True
        behind = count
        for z in range(low, high + 1):
            i = sequence[z]
            for q in range(in_at[i], in_at[i + 1]):
                if mark[in_item[q]]:
                    mark[i] = True
            behind -= mark[i]
        front = 0
        for z in range(low, high + 1):
            i = sequence[z]
            if mark[i]:
                segment[behind] = i
                behind += 1
                mark[i] = False
            else:
                segment[front] = i
                front += 1
        return
    mark[sequence[high]] = True
    ahead = 0
    for z in range(high, low - 1, -1):
        i = sequence[z]
        for q in range(out_at[i], out_at[i + 1]):
            if mark[out_item[q]]:
                mark[i] = True
        ahead += mark[i]
    front = 0
    for z in range(low, high + 1):
        i = sequence[z]
        if mark[i]:
            segment[front] = i
            front += 1
            mark[i] = False
        else:
            segment[ahead] = i
            ahead += 1


@jitable
def find(wants: BoolArray, sequence: IntArray, place: int, resource: int, reach: int, later: bool) -> int:
    """Return the position of the ``reach``-th item from ``place`` on that wants the resource, or the last one."""
    step, end = (1, sequence.size) if later else (-1, -1)
    found = z = place
    z += step
    while z != end and reach > 0:
        if wants[sequence[z], resource]:
            reach -= 1
            found = z
        z += step
    return found


class Desk(NamedTuple):
    """What a search works on: the current schedule, and states to decode from.

    Attributes
    ----------
    room, ledger, pointer
        The state of the decoding.
    kept_room, kept_ledger, kept_pointer
        The state before every `_STRIDE`-th position of the current sequence.
    start, trial : int64[n]
        Starts now, and in the sequence that is being tried.
    cost_before, least_from : float64[f + 1]
        Cost of what comes before each position, and the least that what follows can cost.
    least : float64[n]
    segment : int64[f]
    mark : bool[n]
    """

    room: FloatArray
    ledger: FloatArray
    pointer: IntArray
    kept_room: FloatArray
    kept_ledger: FloatArray
    kept_pointer: IntArray
    start: IntArray
    trial: IntArray
    cost_before: FloatArray
    least_from: FloatArray
    least: FloatArray
    segment: IntArray
    mark: BoolArray


def _desk(layout: Layout, sequence: IntArray) -> Desk:
    n, count = layout.duration.size, sequence.size
    kept = -(-count // _STRIDE)
    pointer = np.zeros(int(layout.classes[0]), dtype=np.int64)
    least = layout.cost[np.arange(n), np.minimum(layout.first + layout.duration, layout.cost.shape[1]) - 1]
    return Desk(
        room=layout.room.copy(),
        ledger=layout.ledger.copy(),
        pointer=pointer,
        kept_room=np.repeat(layout.room[np.newaxis], kept, axis=0),
        kept_ledger=np.repeat(layout.ledger[np.newaxis], kept, axis=0),
        kept_pointer=np.repeat(pointer[np.newaxis], kept, axis=0),
        start=np.full(n, -1, dtype=np.int64),
        trial=np.full(n, -1, dtype=np.int64),
        cost_before=np.zeros(count + 1),
        least_from=np.append(np.cumsum(least[sequence][::-1])[::-1], 0.0),
        least=least,
        segment=sequence.copy(),
        mark=np.zeros(n, dtype=np.bool_),
    )


@jitable
def try_out(
    layout: Layout, desk: Desk, sequence: IntArray, low: int, high: int, limit: float
) -> tuple[float, int, bool]:
    """Decode the sequence with ``segment`` at positions ``low`` … ``high``.

    Returns the cost, the position that was reached, and whether anything starts at another time. It ends when
    the cost is certain to exceed ``limit``, or when nothing has changed up to ``high``.
    """
    duration, firsts, lasts, use_at = layout.duration, layout.first, layout.last, layout.use_at
    use_column, use_amount, use_class = layout.use_column, layout.use_amount, layout.use_class
    in_at, in_item, in_gap, costs = layout.in_at, layout.in_item, layout.in_gap, layout.cost
    reserved, upper, undone = layout.reserved, layout.upper, layout.cost.shape[1] - 1
    room, ledger, pointer = desk.room, desk.ledger, desk.pointer
    start, trial, segment, least = desk.start, desk.trial, desk.segment, desk.least
    at = low // _STRIDE
    room[:], ledger[:], pointer[:] = desk.kept_room[at], desk.kept_ledger[at], desk.kept_pointer[at]
    for z in range(at * _STRIDE, low):
        i = sequence[z]
        if start[i] >= 0:
            u, v = use_at[i], use_at[i + 1]
            occupy(room, ledger, reserved, upper, use_column[u:v], use_amount[u:v], start[i], duration[i])
    cost, rest, changed = desk.cost_before[low], desk.least_from[low], False
    for z in range(low, sequence.size):
        i = segment[z - low] if z <= high else sequence[z]
        u, v = use_at[i], use_at[i + 1]
        t = after_predecessors(firsts[i], in_item, in_gap, trial, in_at[i], in_at[i + 1])
        if t >= 0:
            columns, amounts, classes = use_column[u:v], use_amount[u:v], use_class[u:v]
            t = earliest_place(room, pointer, columns, amounts, classes, t, lasts[i], duration[i])
        trial[i] = t
        if t >= 0:
            occupy(room, ledger, reserved, upper, use_column[u:v], use_amount[u:v], t, duration[i])
            cost += costs[i, t + duration[i] - 1]
        else:
            cost += costs[i, undone]
        rest -= least[i]
        changed |= t != start[i]
        if cost + rest > limit or (z == high and not changed):
            return cost + rest, z + 1, changed
    return cost, sequence.size, changed


@jitable
def take_over(layout: Layout, desk: Desk, sequence: IntArray, low: int, high: int, reached: int) -> None:
    """Make the sequence that was tried, whose starts changed before ``reached``, the current one."""
    duration, use_at, use_column = layout.duration, layout.use_at, layout.use_column
    use_amount, use_class, costs = layout.use_amount, layout.use_class, layout.cost
    room, ledger, pointer, start = desk.room, desk.ledger, desk.pointer, desk.start
    undone = costs.shape[1] - 1
    for z in range(low, high + 1):
        sequence[z] = desk.segment[z - low]
    for z in range(high, low - 1, -1):
        desk.least_from[z] = desk.least_from[z + 1] + desk.least[sequence[z]]
    at = low // _STRIDE
    room[:], ledger[:], pointer[:] = desk.kept_room[at], desk.kept_ledger[at], desk.kept_pointer[at]
    for z in range(at * _STRIDE, reached):
        i = sequence[z]
        if z % _STRIDE == 0:
            at = z // _STRIDE
            desk.kept_room[at], desk.kept_ledger[at], desk.kept_pointer[at] = room, ledger, pointer
        start[i] = desk.trial[i]
        if start[i] < 0:
            desk.cost_before[z + 1] = desk.cost_before[z] + costs[i, undone]
            continue
        u, v = use_at[i], use_at[i + 1]
        for q in range(u, v):  # what is full now stays full
            p = pointer[use_class[q]]
            while p < room.shape[0] and room[p, use_column[q]] < use_amount[q]:
                p += 1
            pointer[use_class[q]] = p
        occupy(
            room,
            ledger,
            layout.reserved,
            layout.upper,
            use_column[u:v],
            use_amount[u:v],
            start[i],
            duration[i],
        )
        desk.cost_before[z + 1] = desk.cost_before[z] + costs[i, start[i] + duration[i] - 1]


@sized
def _anneal(layout: Layout, search: Search, desk: Desk, evaluations: int, hot: float, cold: float) -> None:
    sequence, random, wants = search.sequence, search.random, search.wants
    use_at, use_column, start, trial = layout.use_at, layout.use_column, desk.start, desk.trial
    count, resources = sequence.size, wants.shape[1]
    cooling = (cold / hot) ** (1.0 / max(evaluations, 1))
    temperature = hot
    try_out(layout, desk, sequence, 0, count - 1, np.inf)  # the segment is the sequence
    take_over(layout, desk, sequence, 0, count - 1, count)
    for _ in range(evaluations):
        temperature *= cooling
        picked = draw(random, count)
        item = sequence[picked]
        uses = use_at[item + 1] - use_at[item]
        if uses == 0:
            continue
        resource = use_column[use_at[item] + draw(random, uses)] % resources
        reach = 1 + draw(random, 1 + draw(random, _REACH))
        later = draw(random, 3) == 0
        found = find(wants, sequence, picked, resource, reach, later)
        if found == picked:
            continue
        low, high = min(picked, found), max(picked, found)
        gather(
            layout.in_at,
            layout.in_item,
            layout.out_at,
            layout.out_item,
            sequence,
            low,
            high,
            later,
            desk.segment,
            desk.mark,
        )
        now = desk.cost_before[count]
        limit = now - temperature * np.log((draw(random, _MODULUS - 1) + 1) / _MODULUS)
        cost, reached, changed = try_out(layout, desk, sequence, low, high, limit)
        if cost > limit and changed:
            for z in range(low, reached):
                i = desk.segment[z - low] if z <= high else sequence[z]
                trial[i] = start[i]
            continue
        take_over(layout, desk, sequence, low, high, reached)  # also another sequence of the same schedule
        if desk.cost_before[count] < search.best_cost[0]:
            search.best_cost[0] = desk.cost_before[count]
            search.best[:] = sequence
            search.best_start[:] = start
