"""Better selections by local search: drop a few, fill up again in the order of reduced costs, keep what is not worse.

What is dropped takes its dependents along; filling up passes an item over now and then (Christiaens & Vanden
Berghe 2020 call it a blink), so that the same drop leads to different selections. The threshold under which a
loss is accepted falls to 0 over the search (Dueck & Scheuer 1990). Random numbers are Lehmer's, so that
interpreted and compiled search take the same way.
"""

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.selection_instance import Instance, Taken, change, may_add, nothing_taken

_MULTIPLIER = 48271
_MODULUS = 2147483647
_DROPS = 4
_LOOKS = 48
_SAMPLE = 4
_BLINKS = 5  # of 100
_REFRESH = 512
_RESTART = 8


@jitable
def _following(state: int) -> int:
    return state * _MULTIPLIER % _MODULUS


@jitable
def _drop(given: Instance, taken: Taken, item: int, log: IntArray, logged: int) -> int:
    """Drop ``item`` and what needs it, dependents first; return the new length of the log."""
    begin = logged
    log[logged] = item
    logged += 1
    at = begin
    # Dependents are found in waves; a chosen one is logged once because it is unmarked when it is logged.
    taken.chosen[item] = False
    while at < logged:
        j = log[at]
        at += 1
        for q in range(given.waits_offsets[j], given.waits_offsets[j + 1]):
            i = given.waits[q]
            if taken.chosen[i]:
                taken.chosen[i] = False
                log[logged] = i
                logged += 1
    for q in range(begin, logged):
        change(given, taken, log[q], -1)
    return logged


@jitable
def _fill(
    given: Instance,
    taken: Taken,
    order: IntArray,
    touched: BoolArray,
    state: int,
    blinks: int,
    log: IntArray,
    logged: int,
) -> tuple[int, int]:
    """Choose what fits in the given order, and what that unlocks; added items are logged as −1 − item."""
    for q in range(order.size):
        j = order[q]
        if taken.chosen[j] or not touched[given.category[j]] or taken.missing[j] > 0:
            continue
        if not may_add(given, taken, j):
            continue
        state = _following(state)
        if state % 100 < blinks:
            continue
        at = logged
        change(given, taken, j, 1)
        log[logged] = -1 - j
        logged += 1
        while at < logged:
            i = -1 - log[at]
            at += 1
            for z in range(given.waits_offsets[i], given.waits_offsets[i + 1]):
                follower = given.waits[z]
                if may_add(given, taken, follower):
                    change(given, taken, follower, 1)
                    log[logged] = -1 - follower
                    logged += 1
    return state, logged


@jitable
def _ruin(
    given: Instance, taken: Taken, movable: IntArray, pooled: bool, state: int, log: IntArray
) -> tuple[int, int]:
    """Drop one to four random items, of one category unless what one leaves serves others too."""
    state = _following(state)
    drops, logged, first = 1 + state % _DROPS, 0, -1
    for _ in range(drops):
        state = _following(state)
        for step in range(_LOOKS):
            j = movable[(state + step) % movable.size]
            if taken.chosen[j] and (first < 0 or pooled or given.category[j] == first):
                first = given.category[j]
                logged = _drop(given, taken, j, log, logged)
                break
    return state, logged


@jitable
def _outsider(given: Instance, taken: Taken, movable: IntArray, state: int) -> int:
    """Return a random item that only capacity keeps out, or −1."""
    for step in range(_LOOKS):
        j = movable[(state + step) % movable.size]
        if taken.chosen[j] or taken.missing[j] > 0 or given.barred[j]:
            continue
        for q in range(given.groups_offsets[j], given.groups_offsets[j + 1]):
            if taken.in_group[given.groups[q]] > 0:
                return -1
        return int(j)
    return -1


@jitable
def _make_room(
    given: Instance,
    taken: Taken,
    movable: IntArray,
    pooled: bool,
    reduced: FloatArray,
    state: int,
    log: IntArray,
) -> tuple[int, int, int]:
    """Drop what a random item needs to fit, of a few at random the one of least reduced cost, and choose it."""
    state = _following(state)
    wanted, logged = _outsider(given, taken, movable, state), 0
    if wanted < 0:
        return state, logged, wanted
    for _ in range(2 * _DROPS):
        if may_add(given, taken, wanted):
            break
        state = _following(state)
        best, seen = -1, 0
        for step in range(_LOOKS):
            j = movable[(state + step) % movable.size]
            if not taken.chosen[j] or not (pooled or given.category[j] == given.category[wanted]):
                continue
            if not _relieves(given, taken, j, wanted):
                continue
            seen += 1
            if best < 0 or reduced[j] < reduced[best]:
                best = j
            if seen == _SAMPLE:
                break
        if best < 0:
            break
        logged = _drop(given, taken, best, log, logged)
    if logged and may_add(given, taken, wanted):
        change(given, taken, wanted, 1)
        return state, logged, wanted
    return state, logged, -1


@jitable
def _relieves(given: Instance, taken: Taken, item: int, wanted: int) -> bool:
    """Return whether dropping ``item`` frees something of a resource that ``wanted`` lacks."""
    b = given.category[wanted]
    for q in range(given.demand_offsets[wanted], given.demand_offsets[wanted + 1]):
        k = given.demand_resource[q]
        own = taken.used[b, k] + given.demand_weeks[q] > given.upper[b, k] + given.slack[k]
        whole = taken.claimed[k] + given.demand_weeks[q] > given.capacity[k] + given.slack[k]
        if not (own or whole):
            continue
        for z in range(given.demand_offsets[item], given.demand_offsets[item + 1]):
            if given.demand_resource[z] == k:
                return True
    return False


@jitable
def _retake(given: Instance, chosen: BoolArray) -> tuple[Taken, float]:
    """Build the state up anew: adding and subtracting fractions drifts."""
    taken, value = nothing_taken(given), 0.0
    for j in range(chosen.size):
        if chosen[j]:
            change(given, taken, j, 1)
            value += given.value[j]
    return taken, value


@sized
def search(
    given: Instance,
    start: BoolArray,
    order: IntArray,
    movable: IntArray,
    reduced: FloatArray,
    pooled: bool,
    iterations: int,
    threshold: float,
    seed: int,
) -> BoolArray:
    """Return the best selection on the way; never worse than ``start``.

    Parameters
    ----------
    given : Instance
    start : bool[n]
        A selection that keeps all limits.
    order : int64
        What may be added, best first.
    movable : int64
        What may be dropped or put in its place, neither forced nor barred; mixed, since neighbours are tried
        one after the other.
    reduced : float64[n]
        Reduced costs: what the relaxation loses without the item.
    pooled : bool
        Whether dropping work of one category can make room for another.
    iterations : int
    threshold : float
        Loss of value that is accepted at the beginning.
    seed : int
        From 1 to 2³¹ − 2.
    """
    best, best_value = start.copy(), -1.0
    if movable.size == 0:
        return best
    log = np.empty(4 * start.size + 8, np.int64)
    touched = np.zeros(given.reserved.shape[0], np.bool_)
    state = seed
    taken, now = _retake(given, start)
    best_value = now
    for iteration in range(iterations):
        if iteration % _REFRESH == _REFRESH - 1:
            back = iteration % (_RESTART * _REFRESH) == _RESTART * _REFRESH - 1
            taken, now = _retake(given, best if back else taken.chosen)
        state = _following(state)
        wanted = -1
        if state % 2 == 0:
            state, logged = _ruin(given, taken, movable, pooled, state, log)
        else:
            state, logged, wanted = _make_room(given, taken, movable, pooled, reduced, state, log)
        touched[:] = pooled
        lost = gained = 0.0
        for q in range(logged):
            lost += given.value[log[q]]
            touched[given.category[log[q]]] = True
        dropped = logged
        if wanted >= 0:
            log[logged] = -1 - wanted
            logged += 1
        state, logged = _fill(given, taken, order, touched, state, _BLINKS, log, logged)
        for q in range(dropped, logged):
            gained += given.value[-1 - log[q]]
        if gained - lost >= threshold * (iteration / iterations - 1.0):
            now += gained - lost
            if now > best_value:
                best_value = now
                best[:] = taken.chosen
            continue
        for q in range(logged - 1, dropped - 1, -1):
            change(given, taken, -1 - log[q], -1)
        for q in range(dropped):
            change(given, taken, log[q], 1)
    return best
