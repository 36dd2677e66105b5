"""Ranks that are set by hand: how an order gives way to them, and what keeps one from being taken.

Initiatives with a stated rank take it and the others keep their order among themselves. Where hard
dependencies no longer allow that, an initiative takes the first rank after what it waits for, and what waits
for it follows it: no rank is ever before a hard predecessor's.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedences:
    """Hard dependencies between indices, ``tails[k]`` before ``heads[k]``; they are acyclic."""

    tails: Integers
    heads: Integers

    def met_by(self, place: Integers) -> bool:
        """Whether every tail has a smaller place than its head."""
        return bool((place[self.tails] < place[self.heads]).all())

    def closed(self, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What is marked, and all that has to come before it."""
        needed = marked.copy()
        while True:
            more = self.tails[needed[self.heads] & ~needed[self.tails]]
            if not more.size:
                return needed
            needed[more] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacles:
    """Why a rank can't be had: indices that stand in the way, and the ranks that can be had (0 for none)."""

    indices: tuple[int, ...]
    earliest: int
    latest: int


def override(sequence: Integers, stated: Integers, tie_break: Integers, precedences: Precedences) -> Integers:
    """Put initiatives at their stated ranks.

    Parameters
    ----------
    sequence
        Indices in a feasible order, first to last; all that has to come before one of them is among them.
    stated
        Rank of each index, from 1; 0 without one. A rank beyond the end is the last one.
    tie_break
        Of two that state the same rank the one of the smaller value goes first.
    precedences
        Between indices of the sequence.

    Returns
    -------
    int64[len(sequence)]
        The same indices in a feasible order.
    """
    naive = _inserted(sequence, stated, tie_break)
    if precedences.met_by(_places(naive, len(stated))):
        return naive
    return _scheduled(sequence, stated, tie_break, precedences)


def obstacles(
    index: int, sequence: Integers, stated: Integers, tie_break: Integers, precedences: Precedences
) -> Obstacles | None:
    """What keeps ``index`` from the rank that ``stated`` has for it; None if nothing does.

    In the way are hard predecessors that would come later and successors that would come earlier, another
    initiative with the same stated rank, and others whose stated rank would be lost: these hold theirs now.
    """
    rank = int(stated[index])
    place = _places(_inserted(sequence, stated, tie_break), len(stated)) + 1
    before = precedences.tails[precedences.heads == index]
    after = precedences.heads[precedences.tails == index]
    found = [*before[place[before] > rank].tolist(), *after[place[after] < rank].tolist()]
    within = np.zeros(len(stated), dtype=np.bool_)
    within[sequence] = True
    pinned = np.flatnonzero(within & (stated > 0))
    pinned = pinned[pinned != index]
    found += pinned[stated[pinned] == rank].tolist()
    without = stated.copy()
    without[index] = 0
    now = _places(override(sequence, without, tie_break, precedences), len(stated)) + 1
    then = _places(override(sequence, stated, tie_break, precedences), len(stated)) + 1
    found += pinned[(now[pinned] == stated[pinned]) & (then[pinned] != stated[pinned])].tolist()
    if not found and then[index] == rank:
        return None
    if not found:
        # somebody who has lost a stated rank to dependencies comes to stand here
        found = sequence[then[sequence] == rank].tolist()
    earliest, latest = _possible(index, sequence, without, before, after)
    return Obstacles(indices=tuple(dict.fromkeys(found)), earliest=earliest, latest=latest)


def _places(order: Integers, size: int) -> Integers:
    """Place of each index, from 0; those that are not in the order come last."""
    place = np.full(size, len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place


def _inserted(sequence: Integers, stated: Integers, tie_break: Integers) -> Integers:
    """Stated ranks as they are, the others in the places between, dependencies aside."""
    asked = stated[sequence] > 0
    pinned = sequence[asked]
    pinned = pinned[np.lexsort((tie_break[pinned], stated[pinned]))]
    count = np.arange(len(pinned))
    place = np.maximum.accumulate(stated[pinned] - 1 - count) + count
    place = np.minimum(place, len(sequence) - len(pinned) + count)
    order = np.empty_like(sequence)
    order[place] = pinned
    free = np.ones(len(sequence), dtype=np.bool_)
    free[place] = False
    order[free] = sequence[~asked]
    return order


def _scheduled(
    sequence: Integers, stated: Integers, tie_break: Integers, precedences: Precedences
) -> Integers:
    """Fill place after place with what may come: who states this rank or an earlier one, else the next."""
    place = _places(sequence, len(stated))
    waiting_for = np.bincount(precedences.heads, minlength=len(stated))
    by_tail = np.argsort(precedences.tails, kind="stable")
    heads = precedences.heads[by_tail].tolist()
    start = np.searchsorted(precedences.tails[by_tail], np.arange(len(stated) + 1)).tolist()
    due: list[tuple[int, int, int]] = []
    others: list[tuple[int, int]] = []

    def may_come(index: int) -> None:
        if stated[index]:
            heapq.heappush(due, (int(stated[index]), int(tie_break[index]), index))
        else:
            heapq.heappush(others, (int(place[index]), index))

    for index in sequence.tolist():
        if not waiting_for[index]:
            may_come(index)
    order = []
    for rank in range(1, len(sequence) + 1):
        takes_it = due and (due[0][0] <= rank or not others)
        index = heapq.heappop(due)[-1] if takes_it else heapq.heappop(others)[-1]
        order.append(index)
        for head in heads[start[index] : start[index + 1]]:
            waiting_for[head] -= 1
            if not waiting_for[head]:
                may_come(head)
    return np.array(order, dtype=np.int64)


def _possible(
    index: int, sequence: Integers, stated: Integers, before: Integers, after: Integers
) -> tuple[int, int]:
    """First and last rank that lie between predecessors and successors and that nobody else states."""
    ranks = np.arange(1, len(sequence) + 1)
    pinned = sequence[stated[sequence] > 0]
    taken = np.isin(ranks, stated[pinned])
    others = sequence[(stated[sequence] == 0) & (sequence != index)]
    ahead = _places(others, len(stated))
    # free places before each rank, if the initiative takes it
    free_before = np.concatenate(([0], np.cumsum(~taken)[:-1]))
    possible = ~taken
    for neighbours, comes_first in ((before, True), (after, False)):
        for neighbour in neighbours.tolist():
            if stated[neighbour]:
                possible &= (stated[neighbour] < ranks) == comes_first
            else:
                possible &= (ahead[neighbour] < free_before) == comes_first
    found = ranks[possible]
    return (int(found[0]), int(found[-1])) if len(found) else (0, 0)
