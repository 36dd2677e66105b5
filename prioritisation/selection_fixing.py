"""Which initiatives are settled before a search begins, or once a bound says so."""

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import jitable, sized
from prioritisation.selection_instance import Instance, add_with_needs, change, nothing_taken


@jitable
def _spread(flags: BoolArray, offsets: IntArray, targets: IntArray) -> None:
    """Mark, in place, all that can be reached from what is marked."""
    stack, top = np.empty(flags.size, np.int64), 0
    for j in range(flags.size):
        if flags[j]:
            stack[top] = j
            top += 1
    while top > 0:
        top -= 1
        j = stack[top]
        for q in range(offsets[j], offsets[j + 1]):
            i = targets[q]
            if not flags[i]:
                flags[i] = True
                stack[top] = i
                top += 1


@sized
def settle(given: Instance, fixed_in: BoolArray, fixed_out: BoolArray) -> tuple[BoolArray, BoolArray]:
    """Return what follows: prerequisites of the chosen are in; out are their alternatives and what needs those.

    Returns
    -------
    fixed_in, fixed_out : bool[n]
        An initiative is in both where the two contradict each other.
    """
    fixed_in, fixed_out = fixed_in.copy(), fixed_out.copy()
    _spread(fixed_in, given.needs_offsets, given.needs)
    taken_groups = np.zeros(given.group_count, np.int64)
    n = given.value.size
    for j in range(n):
        if fixed_in[j]:
            for q in range(given.groups_offsets[j], given.groups_offsets[j + 1]):
                taken_groups[given.groups[q]] += 1
    for j in range(n):
        for q in range(given.groups_offsets[j], given.groups_offsets[j + 1]):
            if taken_groups[given.groups[q]] > (1 if fixed_in[j] else 0):
                fixed_out[j] = True
    _spread(fixed_out, given.waits_offsets, given.waits)
    return fixed_in, fixed_out


@sized
def misfits(given: Instance, fixed_in: BoolArray, fixed_out: BoolArray) -> BoolArray:
    """Return what cannot be chosen even if nothing else but the settled ones and its prerequisites are."""
    n = given.value.size
    taken = nothing_taken(given)
    for j in range(n):
        if fixed_in[j]:
            change(given, taken, j, 1)
    stack, added = np.empty(n + 1, np.int64), np.empty(n + 1, np.int64)
    out = fixed_out.copy()
    for j in range(n):
        if taken.chosen[j] or out[j]:
            continue
        count = add_with_needs(given, taken, j, stack, added)
        if count == 0:
            out[j] = True
        for q in range(count - 1, -1, -1):
            change(given, taken, added[q], -1)
    return out


def fix_by_bound(
    given: Instance,
    fixed: tuple[BoolArray, BoolArray],
    *,
    bound: float,
    reduced: FloatArray,
    wanted: float,
) -> tuple[BoolArray, BoolArray]:
    """Settle what every selection worth ``wanted`` or more has in common, by reduced costs.

    Contradictions in the result mean that there is no such selection.
    """
    margin = bound * (1 + 1e-12) - wanted
    free = ~(fixed[0] | fixed[1])
    into = fixed[0] | (free & (reduced > margin))
    out = fixed[1] | (free & (-reduced > margin))
    return settle(given.value.size, given, into, out)
