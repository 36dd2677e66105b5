"""A selection problem laid out for loops: canonical order, compressed rows, and what is taken so far.

Items are numbered by the rank of their stable id, so that permuting the initiatives of a problem permutes its
solutions and nothing else.
"""

from typing import NamedTuple

import numpy as np

from prioritisation.adjacency import csr
from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.selection_problem import SelectionProblem


class Instance(NamedTuple):
    """Columns of a selection problem in canonical order.

    Attributes
    ----------
    items : int64[n]
        Position in the problem of each canonical item.
    value : float64[n]
    category : int64[n]
        Row in ``reserved`` and ``upper``; work without category has the last one.
    demand_offsets, demand_resource, demand_weeks
        What each item demands, in compressed rows, zeros left out.
    capacity, slack : float64[K]
    reserved, upper : float64[B + 1, K]
        ``upper`` is no greater than what others' reserves leave.
    needs_offsets, needs, waits_offsets, waits
        Direct prerequisites and direct dependents in compressed rows.
    groups_offsets, groups
        Groups of alternatives that each item belongs to.
    group_count : int
    forced, barred : bool[n]
    """

    items: IntArray
    value: FloatArray
    category: IntArray
    demand_offsets: IntArray
    demand_resource: IntArray
    demand_weeks: FloatArray
    capacity: FloatArray
    slack: FloatArray
    reserved: FloatArray
    upper: FloatArray
    needs_offsets: IntArray
    needs: IntArray
    waits_offsets: IntArray
    waits: IntArray
    groups_offsets: IntArray
    groups: IntArray
    group_count: int
    forced: BoolArray
    barred: BoolArray


class Taken(NamedTuple):
    """What is chosen so far, and what follows from it.

    Attributes
    ----------
    chosen : bool[n]
    used : float64[B + 1, K]
    claimed : float64[K]
        Used, or reserved and therefore lost to others.
    missing : int64[n]
        Number of direct prerequisites that are not chosen.
    in_group : int64[g]
        Number of the chosen ones of each group of alternatives.
    """

    chosen: BoolArray
    used: FloatArray
    claimed: FloatArray
    missing: IntArray
    in_group: IntArray


def instance(problem: SelectionProblem) -> Instance:
    """Lay ``problem`` out in canonical order."""
    n, limits = problem.size, problem.limits
    items = np.argsort(problem.order, kind="stable")
    place = np.empty(n, dtype=np.int64)
    place[items] = np.arange(n)
    demand = problem.demand[items]
    row, resource = np.nonzero(demand)
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=n), out=offsets[1:])
    category = problem.category[items]
    edges = np.unique(np.stack((place[problem.before], place[problem.after])), axis=1).astype(np.int64)
    needs, waits = csr(n, edges[1], edges[0]), csr(n, edges[0], edges[1])
    sizes = np.array([group.size for group in problem.alternatives], dtype=np.int64)
    members = np.concatenate([np.empty(0, dtype=np.int64), *problem.alternatives]).astype(np.int64)
    of_group = np.repeat(np.arange(sizes.size), sizes)
    grouped = csr(n, place[members], of_group)
    reserved = limits.reserved_rows
    left = limits.capacity - (reserved.sum(axis=0) - reserved)
    return Instance(
        items=items,
        value=problem.value[items],
        category=np.where(category < 0, limits.categories, category),
        demand_offsets=offsets,
        demand_resource=resource.astype(np.int64),
        demand_weeks=demand[row, resource],
        capacity=np.array(limits.capacity),
        slack=limits.slack,
        reserved=reserved,
        upper=np.minimum(limits.upper_rows, left),
        needs_offsets=needs.offsets,
        needs=needs.targets,
        waits_offsets=waits.offsets,
        waits=waits.targets,
        groups_offsets=grouped.offsets,
        groups=grouped.targets,
        group_count=sizes.size,
        forced=problem.forced[items],
        barred=problem.barred[items],
    )


@jitable
def nothing_taken(given: Instance) -> Taken:
    """Return the state in which nothing is chosen."""
    n = given.value.size
    claimed = np.zeros(given.capacity.size)
    for b in range(given.reserved.shape[0]):
        claimed += given.reserved[b]
    return Taken(
        np.zeros(n, np.bool_),
        np.zeros(given.reserved.shape),
        claimed,
        given.needs_offsets[1:] - given.needs_offsets[:-1],
        np.zeros(given.group_count, np.int64),
    )


@jitable
def may_add(given: Instance, taken: Taken, item: int) -> bool:
    """Return whether ``item`` can be chosen beside what is: prerequisites, alternatives and limits."""
    if taken.chosen[item] or given.barred[item] or taken.missing[item] > 0:
        return False
    for q in range(given.groups_offsets[item], given.groups_offsets[item + 1]):
        if taken.in_group[given.groups[q]] > 0:
            return False
    b = given.category[item]
    for q in range(given.demand_offsets[item], given.demand_offsets[item + 1]):
        k = given.demand_resource[q]
        now = taken.used[b, k]
        then = now + given.demand_weeks[q]
        if then > given.upper[b, k] + given.slack[k]:
            return False
        reserved = given.reserved[b, k]
        grown = max(then, reserved) - max(now, reserved)
        if grown > 0.0 and taken.claimed[k] + grown > given.capacity[k] + given.slack[k]:
            return False
    return True


@jitable
def change(given: Instance, taken: Taken, item: int, sign: int) -> None:
    """Choose ``item`` (sign 1) or drop it (sign −1), whatever the limits say."""
    taken.chosen[item] = sign > 0
    b = given.category[item]
    for q in range(given.demand_offsets[item], given.demand_offsets[item + 1]):
        k = given.demand_resource[q]
        now = taken.used[b, k]
        then = now + sign * given.demand_weeks[q]
        taken.used[b, k] = then
        taken.claimed[k] += max(then, given.reserved[b, k]) - max(now, given.reserved[b, k])
    for q in range(given.groups_offsets[item], given.groups_offsets[item + 1]):
        taken.in_group[given.groups[q]] += sign
    for q in range(given.waits_offsets[item], given.waits_offsets[item + 1]):
        taken.missing[given.waits[q]] -= sign


@jitable
def add_with_needs(given: Instance, taken: Taken, item: int, stack: IntArray, added: IntArray) -> int:
    """Choose ``item`` with all prerequisites that are missing, or nothing of it.

    Returns
    -------
    int
        How many were added; they stand in ``added``, prerequisites first. 0 if they do not fit.
    """
    top = count = 0
    stack[0] = item
    top = 1
    fits = True
    while top > 0 and fits:
        j = stack[top - 1]
        if taken.chosen[j]:
            top -= 1
            continue
        if given.barred[j]:
            fits = False
            break
        if taken.missing[j] == 0:
            if not may_add(given, taken, j):
                fits = False
                break
            change(given, taken, j, 1)
            added[count] = j
            count += 1
            top -= 1
            continue
        for q in range(given.needs_offsets[j], given.needs_offsets[j + 1]):
            if not taken.chosen[given.needs[q]]:
                stack[top] = given.needs[q]
                top += 1
                break  # one at a time: the stack is never deeper than a path is long
    if not fits:
        for q in range(count - 1, -1, -1):
            change(given, taken, added[q], -1)
        return 0
    return count


@jitable
def kept_out(given: Instance, taken: Taken, item: int, stack: IntArray, seen: BoolArray) -> bool:
    """Return whether something else than capacity keeps ``item`` or a missing prerequisite out."""
    top, count = 1, 0
    stack[0] = item
    seen[item] = True
    out = False
    members = np.zeros(given.group_count, np.int64)
    while count < top:
        j = stack[count]
        count += 1
        out = out or given.barred[j]
        for q in range(given.groups_offsets[j], given.groups_offsets[j + 1]):
            members[given.groups[q]] += 1
            out = out or taken.in_group[given.groups[q]] + members[given.groups[q]] > 1
        for q in range(given.needs_offsets[j], given.needs_offsets[j + 1]):
            i = given.needs[q]
            if not taken.chosen[i] and not seen[i]:
                seen[i] = True
                stack[top] = i
                top += 1
    for q in range(top):
        seen[stack[q]] = False
    return out


@sized
def walk(given: Instance, order: IntArray, start: BoolArray, stop_early: bool) -> BoolArray:
    """Go down ``order`` and choose each item with its prerequisites where they fit beside the chosen ones.

    With ``stop_early`` the walk ends at the first that only capacity keeps out. Returns what is chosen, bool[n].
    """
    taken = nothing_taken(given)
    n = given.value.size
    stack, added, seen = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64), np.zeros(n, np.bool_)
    for j in range(n):
        if start[j]:
            change(given, taken, j, 1)
    for place in range(order.size):
        j = order[place]
        if taken.chosen[j]:
            continue
        added_now = add_with_needs(given, taken, j, stack, added)
        if added_now == 0 and stop_early and not kept_out(given, taken, j, stack, seen):
            break
    return taken.chosen
