"""The best order inside one block, by dynamic programming over ideals, cut to a beam when they are too many.

An ideal is a set that contains all predecessors of its members: what can have been done at some time. With a
flow that gives every item of the block the same density (`prioritisation.sidney`), an order costs the bound of
the block plus its waste: Σ over edges of flow × (start of the head − completion of the tail). So waste is what
is left to minimise.

An ideal is judged by the waste so far and what is sure to come: an open head (with a tail inside, itself
outside) waits at least until what it still needs is done. That bounds all orders through the ideal. Doing k
next raises the bound by duration(k) × flow of the open heads that do not need k, and by the flow from k to each
successor × what else that successor needs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

_QUICK = 20  # part of the budget that looks for a good order first
_LEAST = 2_000
_COMPARED = 12  # open heads; and only in blocks that can be done exactly, or nearly
_SHORT = 64


@dataclass(frozen=True)
class Block:
    """A block, or a stretch of one; items are numbered in a feasible order.

    Attributes
    ----------
    duration : sequence of float
    lends, borrows : sequence of float
        Flow of each item to all its predecessors, and from all its successors, also those outside.
    after : sequence of sequences of (int, float)
        Direct successors inside, with the flow from them.
    """

    duration: Sequence[float]
    lends: Sequence[float]
    borrows: Sequence[float]
    after: Sequence[Sequence[tuple[int, float]]]

    @cached_property
    def needs(self) -> list[int]:
        """Direct predecessors of each item, as bits."""
        needs = [0] * len(self.duration)
        for i, successors in enumerate(self.after):
            for j, _ in successors:
                needs[j] |= 1 << i
        return needs

    @cached_property
    def ancestors(self) -> list[int]:
        """Transitive predecessors of each item, as bits."""
        found = self.needs.copy()
        for i, successors in enumerate(self.after):
            for j, _ in successors:
                found[j] |= found[i]
        return found


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
    waste: float  # so far, and what open heads still need
    conflict: float
    owed: float  # flow to items inside from all outside
    open_heads: dict[int, float]
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

    >>> block = Block([1, 1, 1, 1], [0, 0, 2, 5], [2, 5, 0, 0], [[(2, 2)], [(3, 5)], [], []])
    >>> best_order(block, limit=12.0, budget=1000)
    Sequenced(order=[0, 2, 1, 3], proven=0.0, transitions=12)
    """
    elapsed = _Elapsed(block.duration)
    quick = _beam(block, elapsed, limit, min(budget, max(budget // _QUICK, _LEAST)), owed)
    if quick.order is None or quick.found <= quick.proven or quick.transitions >= budget:
        return Sequenced(quick.order, quick.proven, quick.transitions)
    # A good order is known now, which cuts off what cannot be better.
    thorough = _beam(block, elapsed, quick.found, budget - quick.transitions, owed)
    return Sequenced(
        quick.order if thorough.order is None else thorough.order,
        max(quick.proven, thorough.proven),
        quick.transitions + thorough.transitions,
    )


class _Found(NamedTuple):
    order: list[int] | None
    found: float
    proven: float
    transitions: int


def _beam(block: Block, elapsed: "_Elapsed", limit: float, budget: int, owed: float) -> _Found:
    n = len(block.duration)
    level = {0: _start(block, elapsed, owed)}
    proven, left = limit, budget
    for step in range(n):
        kept = _within(level, left // (n - step))
        if len(kept) < len(level):
            proven = min(
                proven, *(state.waste + state.conflict for mask, state in level.items() if mask not in kept)
            )
        left -= sum(state.free.bit_count() for state in kept.values())
        level = _extend(block, kept, elapsed, limit)
        if not level:
            return _Found(None, limit, proven, budget - left)
    state: _State | None = level[(1 << n) - 1]
    found = level[(1 << n) - 1].waste
    order: list[int] = []
    while state is not None and state.before is not None:
        order.append(state.last)
        state = state.before
    return _Found(order[::-1], found, min(proven, found), budget - left)


class _Elapsed(dict[int, float]):
    """Duration of a set of items, given as bits; each set is added up once."""

    def __init__(self, duration: Sequence[float]) -> None:
        super().__init__({0: 0.0})
        self._duration = duration

    def __missing__(self, mask: int) -> float:
        total, rest = 0.0, mask
        while rest:
            lowest = rest & -rest
            rest ^= lowest
            total += self._duration[lowest.bit_length() - 1]
        self[mask] = total
        return total


def _start(block: Block, elapsed: _Elapsed, owed: float) -> _State:
    heads = list(block.lends)
    for successors in block.after:
        for j, lent in successors:
            heads[j] -= lent
    open_heads = {j: lent for j, lent in enumerate(heads) if lent > 0.0}
    bound = sum((lent * elapsed[block.ancestors[j]] for j, lent in open_heads.items()), 0.0)
    free = sum(1 << j for j, needed in enumerate(block.needs) if not needed)
    return _State(bound, 0.0, owed, open_heads, free, -1, None)


def _within(level: dict[int, _State], allowed: int) -> dict[int, _State]:
    if sum(state.free.bit_count() for state in level.values()) <= allowed:
        return level
    kept: dict[int, _State] = {}
    for mask, state in sorted(
        level.items(), key=lambda entry: (entry[1].waste + entry[1].conflict, entry[0])
    ):
        allowed -= state.free.bit_count()
        if kept and allowed < 0:
            break
        kept[mask] = state
    return kept


def _extend(block: Block, level: dict[int, _State], elapsed: _Elapsed, limit: float) -> dict[int, _State]:
    following: dict[int, _State] = {}
    duration, lends, after, ancestors = block.duration, block.lends, block.after, block.ancestors
    for mask, state in level.items():
        helped = _helped(state, ancestors)
        rest = state.free
        while rest:
            bit = rest & -rest
            rest ^= bit
            k = bit.bit_length() - 1
            reached = mask | bit
            waiting = state.owed - lends[k] - helped.get(bit, 0.0)
            waste = state.waste + duration[k] * waiting if waiting > 0.0 else state.waste
            for j, lent in after[k]:
                missing = ancestors[j] & ~reached
                if missing:
                    waste += lent * elapsed[missing]
            if waste >= limit:
                continue
            known = following.get(reached)
            if known is None:
                known = _reach(block, state, k, reached, waste)
                following[reached] = known
            elif waste < known.waste:
                known.waste, known.last, known.before = waste, k, state
    return {m: st for m, st in following.items() if st.waste + st.conflict < limit}


def _helped(state: _State, ancestors: list[int]) -> dict[int, float]:
    """Return, by the bit of each free item, the flow of the open heads that need it."""
    helped: dict[int, float] = {}
    for j, lent in state.open_heads.items():
        needed = ancestors[j] & state.free
        while needed:
            bit = needed & -needed
            needed ^= bit
            helped[bit] = helped.get(bit, 0.0) + lent
    return helped


def _reach(block: Block, state: _State, k: int, reached: int, waste: float) -> _State:
    open_heads, free = state.open_heads.copy(), state.free ^ 1 << k
    open_heads.pop(k, None)
    for j, lent in block.after[k]:
        open_heads[j] = open_heads.get(j, 0.0) + lent
        if not block.needs[j] & ~reached:
            free |= 1 << j
    owed = state.owed - block.lends[k] + block.borrows[k]
    return _State(waste, _conflict(block, open_heads), owed, open_heads, free, k, state)


def _conflict(block: Block, open_heads: dict[int, float]) -> float:
    """Return what open heads cost each other: of two that do not need each other, one has to wait."""
    duration, ancestors = block.duration, block.ancestors
    if len(duration) > _SHORT:
        return 0.0
    heads = list(open_heads.items())[:_COMPARED]
    total = 0.0
    for at, (i, lent) in enumerate(heads):
        time, needed = duration[i], ancestors[i]
        for j, other in heads[:at]:
            if not (needed >> j & 1 or ancestors[j] >> i & 1):
                total += min(lent * duration[j], other * time)
    return total
