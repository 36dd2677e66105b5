"""Better selections by local search: drop a few, fill up again in the order of reduced costs, keep what is not worse.

What is dropped takes its dependents along; filling up passes an item over now and then (Christiaens & Vanden
Berghe 2020 call it a blink), so that the same drop leads to different selections. The threshold under which a
loss is accepted falls to 0 over the search (Dueck & Scheuer 1990). Random numbers are Lehmer's, so that
interpreted and compiled search take the same way.
"""

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import sized
from prioritisation.selection_instance import Instance

_MULTIPLIER = 48271
_MODULUS = 2147483647
_DROPS = 4
_LOOKS = 48
_SAMPLE = 4
_BLINKS = 5  # of 100
_REFRESH = 512
_RESTART = 8


def search(
    given: Instance,
    start: BoolArray,
    order: IntArray,
    movable: IntArray,
    reduced: FloatArray,
    *,
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
    if not movable.size:
        return start
    return _search(
        iterations * movable.size,
        given.value,
        given.category,
        given.demand_offsets,
        given.demand_resource,
        given.demand_weeks,
        given.capacity + given.slack,
        given.reserved,
        given.upper + given.slack,
        given.needs_offsets,
        given.needs,
        given.waits_offsets,
        given.waits,
        given.groups_offsets,
        given.groups,
        given.group_count,
        given.barred,
        start,
        order,
        movable,
        reduced,
        pooled,
        iterations,
        threshold,
        seed,
    )


@sized
def _search(  # noqa: C901 (one loop over plain arrays: calls that hand them on cost ten times as much as the work)
    value: FloatArray,
    category: IntArray,
    demand_offsets: IntArray,
    demand_resource: IntArray,
    demand_weeks: FloatArray,
    capacity: FloatArray,
    reserved: FloatArray,
    upper: FloatArray,
    needs_offsets: IntArray,
    needs: IntArray,
    waits_offsets: IntArray,
    waits: IntArray,
    groups_offsets: IntArray,
    groups: IntArray,
    group_count: int,
    barred: BoolArray,
    start: BoolArray,
    order: IntArray,
    movable: IntArray,
    reduced: FloatArray,
    pooled: bool,
    iterations: int,
    threshold: float,
    seed: int,
) -> BoolArray:
    n, resources = value.size, capacity.size
    best, chosen = start.copy(), start.copy()
    best_value, now = -1.0, 0.0
    used, claimed = np.zeros(reserved.shape), np.zeros(resources)
    in_group, touched = np.zeros(group_count, np.int64), np.zeros(reserved.shape[0], np.bool_)
    out, into = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)  # what this step drops and adds
    state = seed
    for iteration in range(iterations):
        if iteration % _REFRESH == 0:  # adding and subtracting fractions drifts
            if iteration % (_RESTART * _REFRESH) == 0:
                chosen[:] = best
            used[:], in_group[:], now = 0.0, 0, 0.0
            for j in range(n):
                if chosen[j]:
                    now += value[j]
                    for q in range(demand_offsets[j], demand_offsets[j + 1]):
                        used[category[j], demand_resource[q]] += demand_weeks[q]
                    for q in range(groups_offsets[j], groups_offsets[j + 1]):
                        in_group[groups[q]] += 1
            claimed[:] = 0.0
            for b in range(reserved.shape[0]):
                claimed += np.maximum(used[b], reserved[b])
            if iteration == 0:
                best_value = now
        dropped = added = 0
        wanted, first = -1, -1
        state = state * _MULTIPLIER % _MODULUS
        makes_room = state % 2 == 1
        state = state * _MULTIPLIER % _MODULUS
        drops = 1 + state % _DROPS
        if makes_room:  # a random item that only capacity keeps out is wanted
            drops = 2 * _DROPS
            for step in range(_LOOKS):
                j = movable[(state + step) % movable.size]
                free = not chosen[j] and not barred[j]
                for q in range(needs_offsets[j], needs_offsets[j + 1]):
                    free = free and chosen[needs[q]]
                for q in range(groups_offsets[j], groups_offsets[j + 1]):
                    free = free and in_group[groups[q]] == 0
                if free:
                    wanted = j
                    break
            if wanted < 0:
                continue
        for _ in range(drops):
            victim = -1
            if makes_room:
                # Until it fits, of some that use what it lacks the one of least reduced cost goes.
                b, lacks = category[wanted], False
                state = state * _MULTIPLIER % _MODULUS
                seen = 0
                for q in range(demand_offsets[wanted], demand_offsets[wanted + 1]):
                    k = demand_resource[q]
                    then = used[b, k] + demand_weeks[q]
                    grown = max(then, reserved[b, k]) - max(used[b, k], reserved[b, k])
                    if then <= upper[b, k] and claimed[k] + grown <= capacity[k]:
                        continue
                    lacks = True
                    own = then > upper[b, k]
                    for step in range(_LOOKS):
                        j = movable[(state + step) % movable.size]
                        if not chosen[j] or (category[j] != b and (own or not pooled)):
                            continue
                        for z in range(demand_offsets[j], demand_offsets[j + 1]):
                            if demand_resource[z] == k:
                                seen += 1
                                if victim < 0 or reduced[j] < reduced[victim]:
                                    victim = j
                        if seen >= _SAMPLE:
                            break
                    break
                if not lacks:
                    break
            else:
                state = state * _MULTIPLIER % _MODULUS
                for step in range(_LOOKS):
                    j = movable[(state + step) % movable.size]
                    if chosen[j] and (first < 0 or pooled or category[j] == first):
                        victim = j
                        first = category[j]
                        break
            if victim < 0:
                break
            at = dropped
            chosen[victim] = False
            out[dropped] = victim
            dropped += 1
            while at < dropped:  # what needs it goes with it
                j = out[at]
                at += 1
                b = category[j]
                now -= value[j]
                for q in range(demand_offsets[j], demand_offsets[j + 1]):
                    k = demand_resource[q]
                    before = used[b, k]
                    used[b, k] = before - demand_weeks[q]
                    claimed[k] += max(used[b, k], reserved[b, k]) - max(before, reserved[b, k])
                for q in range(groups_offsets[j], groups_offsets[j + 1]):
                    in_group[groups[q]] -= 1
                for q in range(waits_offsets[j], waits_offsets[j + 1]):
                    if chosen[waits[q]]:
                        chosen[waits[q]] = False
                        out[dropped] = waits[q]
                        dropped += 1
        lost = 0.0
        touched[:] = pooled
        for q in range(dropped):
            lost += value[out[q]]
            touched[category[out[q]]] = True
        if dropped == 0 and wanted < 0:
            continue
        # Fill up: the wanted one, then in order, and after each what it unlocks.
        for place in range(-1, order.size):
            j = order[place] if place >= 0 else wanted
            if j < 0 or chosen[j] or not (touched[category[j]] or place < 0):
                continue
            if place >= 0:
                state = state * _MULTIPLIER % _MODULUS
                if state % 100 < _BLINKS:
                    continue
            at = added
            into[added] = j
            waiting = added + 1
            while at < waiting:
                j = into[at]
                b, fits = category[j], not barred[j] and not chosen[j]
                for q in range(demand_offsets[j], demand_offsets[j + 1]):
                    k = demand_resource[q]
                    then = used[b, k] + demand_weeks[q]
                    grown = max(then, reserved[b, k]) - max(used[b, k], reserved[b, k])
                    if then > upper[b, k] or (grown > 0.0 and claimed[k] + grown > capacity[k]):
                        fits = False
                        break
                if fits:
                    for q in range(needs_offsets[j], needs_offsets[j + 1]):
                        fits = fits and chosen[needs[q]]
                    for q in range(groups_offsets[j], groups_offsets[j + 1]):
                        fits = fits and in_group[groups[q]] == 0
                if not fits:  # close the gap that it leaves in the queue
                    waiting -= 1
                    into[at] = into[waiting]
                    continue
                chosen[j] = True
                now += value[j]
                for q in range(demand_offsets[j], demand_offsets[j + 1]):
                    k = demand_resource[q]
                    before = used[b, k]
                    used[b, k] = before + demand_weeks[q]
                    claimed[k] += max(used[b, k], reserved[b, k]) - max(before, reserved[b, k])
                for q in range(groups_offsets[j], groups_offsets[j + 1]):
                    in_group[groups[q]] += 1
                at += 1
                for q in range(waits_offsets[j], waits_offsets[j + 1]):
                    if not chosen[waits[q]] and waiting < n:
                        into[waiting] = waits[q]
                        waiting += 1
            added = at
        gained = 0.0
        for q in range(added):
            gained += value[into[q]]
        if gained - lost >= threshold * (iteration / iterations - 1.0):
            if now > best_value:
                best_value = now
                best[:] = chosen
            continue
        for sign in (-1, 1):  # take it all back
            for q in range(added if sign < 0 else dropped):
                j = into[q] if sign < 0 else out[q]
                b = category[j]
                chosen[j] = sign > 0
                now += sign * value[j]
                for z in range(demand_offsets[j], demand_offsets[j + 1]):
                    k = demand_resource[z]
                    before = used[b, k]
                    used[b, k] = before + sign * demand_weeks[z]
                    claimed[k] += max(used[b, k], reserved[b, k]) - max(before, reserved[b, k])
                for z in range(groups_offsets[j], groups_offsets[j + 1]):
                    in_group[groups[z]] += sign
    return best
