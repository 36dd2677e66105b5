"""The best order inside one block, by dynamic programming over ideals, cut to a beam when they are too many.

An ideal is a set that contains all predecessors of its members: what can have been done at some time. With a
flow that gives every item of the block the same density (`prioritisation.sidney`), an order costs the bound of
the block plus its waste: Σ over edges of flow × (start of the head − completion of the tail). So waste is what
is left to minimise, and the waste of an ideal so far is a bound for all orders that go through it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Block:
    """One block; items are numbered in a feasible order.

    Attributes
    ----------
    duration : sequence of float
    lends, borrows : sequence of float
        Flow of each item to its predecessors, and from its successors.
    after : sequence of sequence of int
        Direct successors.
    needs : sequence of int
        Direct predecessors as bits.
    """

    duration: Sequence[float]
    lends: Sequence[float]
    borrows: Sequence[float]
    after: Sequence[Sequence[int]]
    needs: Sequence[int]


class Sequenced(NamedTuple):
    """An order of a block.

    Attributes
    ----------
    order : list of int or None
        None if none was found with less waste than the limit.
    proven : float
        No order has less waste than this, or than the limit.
    transitions : int
        How much of the budget was used.
    """

    order: list[int] | None
    proven: float
    transitions: int


@dataclass(slots=True)
class _State:
    waste: float
    owed: float  # flow from items outside to items inside: it accrues while others are done
    free: int
    last: int
    before: "_State | None" = field(repr=False)


def best_order(block: Block, *, limit: float, budget: int, owed: float = 0.0) -> Sequenced:
    """Look for an order with less waste than ``limit``.

    Parameters
    ----------
    block : Block
    limit : float
        Waste of an order that is known.
    budget : int
        About how many transitions from ideal to ideal may be looked at.
    owed : float
        Flow that is owed to items before these at the start.

    Examples
    --------
    Two enablers (0 and 1) borrow from what they unlock (2 and 3); 3 lends more than 2:

    >>> block = Block([1, 1, 1, 1], [0, 0, 2, 5], [2, 5, 0, 0], [[2], [3], [], []], [0, 0, 1, 2])
    >>> best_order(block, limit=12.0, budget=1000)
    Sequenced(order=[0, 2, 1, 3], proven=0.0, transitions=12)
    """
    n = len(block.duration)
    free = sum(1 << j for j in range(n) if not block.needs[j])
    level = {0: _State(0.0, owed, free, -1, None)}
    proven, left = limit, budget
    for step in range(n):
        kept = _within(level, left // (n - step))
        if len(kept) < len(level):
            proven = min(proven, *(state.waste for mask, state in level.items() if mask not in kept))
        left -= sum(state.free.bit_count() for state in kept.values())
        level = _extend(block, kept, proven_limit=limit)
        if not level:
            return Sequenced(None, proven, budget - left)
    final = level[(1 << n) - 1]
    order: list[int] = []
    state: _State | None = final
    while state is not None and state.before is not None:
        order.append(state.last)
        state = state.before
    order.reverse()
    return Sequenced(order, min(proven, final.waste), budget - left)


def _within(level: dict[int, _State], allowed: int) -> dict[int, _State]:
    if sum(state.free.bit_count() for state in level.values()) <= allowed:
        return level
    kept: dict[int, _State] = {}
    for mask, state in sorted(level.items(), key=lambda entry: (entry[1].waste, entry[0])):
        allowed -= state.free.bit_count()
        if kept and allowed < 0:
            break
        kept[mask] = state
    return kept


def _extend(block: Block, level: dict[int, _State], *, proven_limit: float) -> dict[int, _State]:
    following: dict[int, _State] = {}
    duration, lends, borrows, needs = block.duration, block.lends, block.borrows, block.needs
    for mask, state in level.items():
        waste, owed, free = state.waste, state.owed, state.free
        rest = free
        while rest:
            bit = rest & -rest
            rest ^= bit
            j = bit.bit_length() - 1
            still_owed = owed - lends[j]
            total = waste + duration[j] * still_owed if still_owed > 0.0 else waste
            if total >= proven_limit:
                continue
            reached = mask | bit
            known = following.get(reached)
            if known is None:
                now_free = free ^ bit
                for k in block.after[j]:
                    if not needs[k] & ~reached:
                        now_free |= 1 << k
                following[reached] = _State(total, still_owed + borrows[j], now_free, j, state)
            elif total < known.waste:
                known.waste, known.last, known.before = total, j, state
    return following
