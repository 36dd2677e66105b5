"""Serial schedule generation: initiatives in a given sequence, each as early as dates and capacity allow.

With costs that never fall, and dependencies that are least distances, some sequence gives an optimal schedule
whenever no lag lets a successor start before its predecessor (Kolisch & Sprecher 1996 for the classical case).
"""

import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.compilation import compiled, jitable, sized
from prioritisation.schedule_layout import Layout


def decode(layout: Layout, sequence: IntArray) -> tuple[IntArray, float]:
    """Return the starts of the initiatives in ``sequence`` (-1: no place, as for all others), and their cost.

    Predecessors must come first in the sequence.
    """
    with compiled():
        return _decode(0, layout, sequence)


@jitable
def occupy(
    room: FloatArray,
    ledger: FloatArray,
    reserved: FloatArray,
    upper: FloatArray,
    columns: IntArray,
    amounts: FloatArray,
    start: int,
    duration: int,
) -> None:
    """Use ``amounts`` in ``columns`` of ``room``, and keep the room of all categories up to date."""
    for t in range(start, start + duration):
        for q in range(columns.size):
            if ledger.shape[0] == 0:
                room[t, columns[q]] -= amounts[q]
                continue
            resources, rows = ledger.shape[2], reserved.shape[1]
            row, k = columns[q] // resources, columns[q] % resources
            before, kept = ledger[t, row, k], reserved[t, row, k]
            ledger[t, row, k] = before + amounts[q]
            free = ledger[t, rows, k] - (max(before + amounts[q], kept) - max(before, kept))
            ledger[t, rows, k] = free
            for b in range(rows):
                own = max(reserved[t, b, k] - ledger[t, b, k], 0.0)
                room[t, b * resources + k] = min(upper[t, b, k] - ledger[t, b, k], own + free)


@jitable
def earliest_place(
    room: FloatArray,
    pointer: IntArray,
    columns: IntArray,
    amounts: FloatArray,
    classes: IntArray,
    first: int,
    last: int,
    duration: int,
) -> int:
    """Return the first start from ``first`` to ``last`` with room for the whole duration, or -1.

    ``pointer`` holds a period for each class before which nothing of the class fits. As long as work is only
    added, it moves only forward.
    """
    t, periods = first, room.shape[0]
    for q in range(columns.size):
        p, column, amount = pointer[classes[q]], columns[q], amounts[q]
        while p < periods and room[p, column] < amount:
            p += 1
        pointer[classes[q]] = p
        t = max(t, p)
    while t <= last:
        blocked = -1
        for s in range(t + duration - 1, t - 1, -1):
            for q in range(columns.size):
                if room[s, columns[q]] < amounts[q]:
                    blocked = s
                    break
            if blocked >= 0:
                break
        if blocked < 0:
            return int(t)
        t = blocked + 1
    return -1


@jitable
def after_predecessors(
    first: int, in_item: IntArray, in_gap: IntArray, start: IntArray, begin: int, end: int
) -> int:
    """Return the first start that predecessors allow, or -1 where one of them has no place."""
    at = first
    for q in range(begin, end):
        before = start[in_item[q]]
        if before < 0:
            return -1
        at = max(at, before + in_gap[q])
    return int(at)


@sized
def _decode(layout: Layout, sequence: IntArray) -> tuple[IntArray, float]:
    duration, firsts, lasts, use_at = layout.duration, layout.first, layout.last, layout.use_at
    use_column, use_amount, use_class = layout.use_column, layout.use_amount, layout.use_class
    in_at, in_item, in_gap, costs = layout.in_at, layout.in_item, layout.in_gap, layout.cost
    room, ledger, reserved, upper = layout.room.copy(), layout.ledger.copy(), layout.reserved, layout.upper
    start = np.full(duration.size, -1)
    pointer = np.zeros(layout.classes[0], np.int64)
    cost, undone = 0.0, costs.shape[1] - 1
    for z in range(sequence.size):
        i = sequence[z]
        u, v = use_at[i], use_at[i + 1]
        columns, amounts = use_column[u:v], use_amount[u:v]
        at = after_predecessors(firsts[i], in_item, in_gap, start, in_at[i], in_at[i + 1])
        if at >= 0:
            at = earliest_place(room, pointer, columns, amounts, use_class[u:v], at, lasts[i], duration[i])
        start[i] = at
        if at >= 0:
            occupy(room, ledger, reserved, upper, columns, amounts, at, duration[i])
            cost += costs[i, at + duration[i] - 1]
        else:
            cost += costs[i, undone]
    return start, cost
