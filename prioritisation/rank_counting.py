"""Compiled inner loops of Monte Carlo over rankings: score, sort by packed keys, count.

Items are in canonical order here: position is tie-breaker, and with dependencies a topological order too.
Rows are sorted by integer keys: high bits the score, reversed and made sortable, low bits the canonical
position. That is three times faster than an argsort, and ties need no further care. Where 32 bits hold most
of the score, it is six times faster; the few that they cannot tell apart are put in order afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from prioritisation.columns import FloatArray, IntArray

CountArray = npt.NDArray[np.int32]
CriterionArray = npt.NDArray[np.int16]
RecentArray = npt.NDArray[np.uint16]

_MOST_RECENT = 2**16 - 1

_P = ParamSpec("_P")
_R = TypeVar("_R")


def _compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    try:
        compiled = numba.njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:  # no folder in which machine code could be kept
        compiled = numba.njit(nogil=True, error_model="numpy")(function)
    return cast("Callable[_P, _R]", compiled)


@dataclass(slots=True, eq=False)
class RankCounts:
    """Running counts over sampled rankings; items in canonical order, ranks 0-based.

    Attributes
    ----------
    ranks : int32[n, depth]
        How often each item had each of the first ranks, but for what is recent.
    recent : uint16[n, depth]
        The same for the last samples: a table half the size stays in the cache, which halves the time.
    pending : int
        Samples in ``recent``, at most 65,535.
    moments : float64[2, n]
        Sums of rank and of rank² (exact while below 2⁵³); written by `sum_ranks` if
        ``depth`` is ``n``.
    top : int64[n]
        How often the item was among the first ``top_k``.
    wins : int32[p, p]
        ``wins[a, b]``: how often the a-th item of the chosen ones was before the b-th.
    slots : int32[n]
        Place of an item among the chosen ones, or -1.
    """

    ranks: CountArray
    recent: RecentArray
    pending: int
    moments: FloatArray
    top: IntArray
    wins: CountArray
    slots: CountArray


def new_counts(*, items: int, depth: int, chosen: IntArray) -> RankCounts:
    """Return counts of zero for ``items`` items, the first ``depth`` ranks and the chosen positions."""
    slots = np.full(items, -1, dtype=np.int32)
    slots[chosen] = np.arange(chosen.size, dtype=np.int32)
    return RankCounts(
        ranks=np.zeros((items, depth), dtype=np.int32),
        recent=np.zeros((items, depth), dtype=np.uint16),
        pending=0,
        moments=np.zeros((2, items)),
        top=np.zeros(items, dtype=np.int64),
        wins=np.zeros((chosen.size, chosen.size), dtype=np.int32),
        slots=slots,
    )


def add_order(counts: RankCounts, order: CountArray, *, top_k: int) -> None:
    """Count the ranks in order[s, rank], positions best first; at most 65,535 samples at a time."""
    if counts.pending + order.shape[0] > _MOST_RECENT:
        settle_counts(counts)
    count_ranks(order, top_k, counts.recent, counts.moments, counts.top)
    counts.pending += order.shape[0]


def settle_counts(counts: RankCounts) -> None:
    """Add the recent counts to the others."""
    counts.ranks += counts.recent
    counts.recent[:] = 0
    counts.pending = 0


def index_bits(items: int) -> int:
    """Return how many low bits of a key hold the position."""
    return max(1, (items - 1).bit_length())


@_compiled
def fill_scores(weights: FloatArray, utilities: FloatArray, scores: FloatArray) -> None:
    """Write weights[s, m] · utilities[m, n] to scores[s, n].

    Not BLAS: its last bit depends on threads and on the place of a column, and here equal items must have
    equal scores wherever they stand.
    """
    criteria = weights.shape[1]
    for s in range(weights.shape[0]):
        row, weight = scores[s], weights[s]
        row[:] = 0.0
        j = 0
        # Two at a time, in the same order of additions, spares half of the passes over the row.
        while j + 2 <= criteria:
            one, two = weight[j], weight[j + 1]
            first, second = utilities[j], utilities[j + 1]
            for i in range(row.size):
                row[i] = (row[i] + one * first[i]) + two * second[i]
            j += 2
        if j < criteria:
            one, first = weight[j], utilities[j]
            for i in range(row.size):
                row[i] += one * first[i]


@_compiled
def shape_draws(
    draws: FloatArray, low: FloatArray, likely: FloatArray, high: FloatArray, triangular: bool
) -> None:
    """Turn draws[s, c] from 0..1 into values of the estimates c, in place.

    A draw is a uniform number if ``triangular`` (inverted here), otherwise it has its shape already. A
    missing value (NaN) becomes any value of the scale 0..1.
    """
    for s in range(draws.shape[0]):
        for c in range(low.size):
            draw = draws[s, c]
            if np.isnan(likely[c]):
                continue
            span = high[c] - low[c]
            if triangular:
                split = (likely[c] - low[c]) / span
                rising = draw < split
                root = np.sqrt(draw * split if rising else (1.0 - draw) * (1.0 - split))
                draw = root if rising else 1.0 - root
            draws[s, c] = low[c] + span * draw


@_compiled
def add_estimates(
    scores: FloatArray, weights: FloatArray, values: FloatArray, items: CountArray, criteria: CriterionArray
) -> None:
    """Add weights[s, criteria[c]] · values[s, c] to scores[s, items[c]]; one row of values serves all."""
    shared = values.shape[0] == 1
    for s in range(scores.shape[0]):
        row = scores[s]
        value = values[0 if shared else s]
        for c in range(items.size):
            row[items[c]] += weights[s, criteria[c]] * value[c]


@_compiled
def inherit_scores(scores: FloatArray, before: IntArray, after: IntArray) -> None:
    """Lift each predecessor to the best score of what depends on it, in place.

    Edges before → after in canonical order, sorted by ``before`` descending, so that what depends on
    ``after`` was lifted first.
    """
    for s in range(scores.shape[0]):
        row = scores[s]
        for e in range(before.size):
            if row[after[e]] > row[before[e]]:
                row[before[e]] = row[after[e]]


@_compiled
def _sortable(bits: np.int64) -> np.int64:
    # The bits of negative floats grow with the magnitude: turn them round. Then ~ reverses all.
    return ~(bits ^ ((bits >> 63) & np.int64(0x7FFFFFFFFFFFFFFF)))


@_compiled
def pack_keys(score_bits: IntArray, keys: IntArray, bits: int) -> None:
    """Write sortable keys: ascending keys are descending scores, ties by position.

    ``score_bits`` are the bits of float64 scores. Scores that agree in their leading 64 − ``bits`` bits
    are tied.
    """
    mask = (np.int64(1) << bits) - 1
    for s in range(keys.shape[0]):
        row, key = score_bits[s], keys[s]
        for i in range(key.size):
            key[i] = (_sortable(row[i]) & ~mask) | i


@_compiled
def unpack_order(keys: IntArray, order: CountArray, bits: int) -> None:
    """Write the positions that sorted keys carry."""
    mask = (np.int64(1) << bits) - 1
    for s in range(keys.shape[0]):
        for rank in range(keys.shape[1]):
            order[s, rank] = keys[s, rank] & mask


@_compiled
def pack_short_keys(scores: FloatArray, keys: CountArray, bits: int) -> None:
    """Write short keys of scores in 0..1; what rounding puts above 1 counts as 1."""
    steps = 2.0 ** (31 - bits) - 1.0
    for s in range(keys.shape[0]):
        row, key = scores[s], keys[s]
        for i in range(key.size):
            key[i] = (np.int32((1.0 - row[i]) * steps) << bits) | np.int32(i)


@_compiled
def unpack_short_order(keys: CountArray, score_bits: IntArray, bits: int, longest: int) -> bool:
    """Turn sorted short keys into positions, in place, in exactly the order of the long keys.

    Returns
    -------
    bool
        False if more than ``longest`` scores agree in their short keys: then the rows must be sorted anew,
        by long keys.
    """
    low = np.int32((1 << bits) - 1)
    rounding = ~((np.int64(1) << bits) - 1)
    for s in range(keys.shape[0]):
        key, row = keys[s], score_bits[s]
        previous, start = np.int32(-1), 0
        for rank in range(key.size):
            high, item = key[rank] >> bits, key[rank] & low
            key[rank] = item
            if high != previous:
                previous, start = high, rank
                continue
            if rank - start >= longest:
                return False
            # Positions ascend within a run already, so equal scores stay as they are.
            score = _sortable(row[item]) & rounding
            place = rank
            while place > start and _sortable(row[key[place - 1]]) & rounding > score:
                key[place] = key[place - 1]
                place -= 1
            key[place] = item
    return True


@_compiled
def count_ranks(
    order: CountArray, top_k: int, ranks: RecentArray, moments: FloatArray, top: IntArray
) -> None:
    """Count the ranks in order[s, rank]."""
    items, depth = ranks.shape
    # Unsigned indices spare the test for negative ones: a fifth of the time of this loop.
    for s in range(order.shape[0]):
        row = order[s]
        for rank in range(depth):
            ranks[np.uint32(row[rank]), np.uint64(rank)] += 1
        for rank in range(top_k):
            top[np.uint32(row[rank])] += 1
        if depth < items:
            for rank in range(items):
                i = np.uint32(row[rank])
                moments[0, i] += rank
                moments[1, i] += float(rank) * rank


@_compiled
def sum_ranks(ranks: CountArray, moments: FloatArray) -> None:
    """Write the sums of rank and of rank² from counts of all ranks."""
    for i in range(ranks.shape[0]):
        once = twice = 0
        for rank in range(ranks.shape[1]):
            once += ranks[i, rank] * rank
            twice += ranks[i, rank] * rank * rank
        moments[0, i] = once
        moments[1, i] = twice


@_compiled
def count_wins(order: CountArray, slots: CountArray, wins: CountArray) -> None:
    """Count who is before whom among the chosen items in order[s, rank]."""
    chosen = wins.shape[0]
    place = np.zeros(chosen, dtype=np.int32)
    for s in range(order.shape[0]):
        found = 0
        for rank in range(order.shape[1]):
            slot = slots[order[s, rank]]
            if slot >= 0:
                place[slot] = rank
                found += 1
                if found == chosen:
                    break
        for a in range(chosen):
            for b in range(chosen):
                wins[a, b] += place[a] < place[b]


@_compiled
def add_winners(
    winners: CountArray,
    weights: FloatArray,
    slots: CountArray,
    sums: FloatArray,
    squares: FloatArray,
    used: int,
) -> int:
    """Add the weights of each sample to its winner's sums; return how many slots are in use."""
    for s in range(winners.size):
        slot = slots[winners[s]]
        if slot < 0:
            slot = used
            slots[winners[s]] = used
            used += 1
        for j in range(weights.shape[1]):
            sums[slot, j] += weights[s, j]
            squares[slot, j] += weights[s, j] * weights[s, j]
    return used
