"""How far rankings of the same initiatives agree, and who moves most: what depends on the method."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray, read_only
from prioritisation.errors import InvalidProblem
from prioritisation.result import Ranking


@dataclass(frozen=True, slots=True)
class Mover:
    """An initiative that stands elsewhere in another ranking.

    Attributes
    ----------
    item : int
        Position of the initiative.
    first_place, second_place : int
        Places in the two rankings, from 1, counting those that both rank.
    shift : int
        Places by which the second ranking lifts it; negative if it drops.
    """

    item: int
    first_place: int
    second_place: int
    shift: int


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Agreement of two rankings.

    Attributes
    ----------
    tau_b : float or None
        Kendall's tau-b, 1 for the same order and −1 for the reverse. None if one of them ties all that both
        rank, or both rank fewer than two: then there is no order to agree on.
    compared : int
        Initiatives that both rank.
    movers : tuple of Mover
        The largest shifts first; among equal ones, by place in the first ranking. Who stays is no mover.
    only_first, only_second : array of int64
        Positions of those ranked by one alone.
    """

    tau_b: float | None
    compared: int
    movers: tuple[Mover, ...]
    only_first: IntArray
    only_second: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class AgreementTable:
    """Agreement of several rankings, pair by pair.

    Attributes
    ----------
    names : tuple of str
    tau_b : array, shape (k, k)
        Kendall's tau-b; NaN where undefined.
    compared : array of int64, shape (k, k)
        Initiatives that both rank.
    highest, lowest : array of int64, shape (n,)
        Best and worst place of each initiative in any of the rankings that rank it; 0 if none does.
    """

    names: tuple[str, ...]
    tau_b: FloatArray
    compared: IntArray
    highest: IntArray
    lowest: IntArray


def compare(first: Ranking, second: Ranking, *, most: int = 10) -> Agreement:
    """Compare two rankings of the same initiatives.

    Parameters
    ----------
    first, second : Ranking
    most : int
        Movers wanted.

    Raises
    ------
    InvalidProblem
        ``SHAPE`` if the rankings are of different initiatives.

    Examples
    --------
    >>> from prioritisation.ranking import rank
    >>> agreement = compare(rank([4, 3, 2, 1]), rank([3, 2, 1, 4]), most=1)
    >>> agreement.tau_b, agreement.movers
    (0.0, (Mover(item=3, first_place=4, second_place=1, shift=3),))
    """
    _require_same(first, second)
    both = ~first.unranked & ~second.unranked
    before, after = _places(first, both), _places(second, both)
    shift = before - after
    moved = np.flatnonzero(shift)
    biggest = moved[np.lexsort((before[moved], -np.abs(shift[moved])))][: max(most, 0)]
    tau = _tau_b(first, second, both)
    return Agreement(
        tau_b=None if math.isnan(tau) else tau,
        compared=int(both.sum()),
        movers=tuple(Mover(int(i), int(before[i]), int(after[i]), int(shift[i])) for i in biggest),
        only_first=read_only(np.flatnonzero(~first.unranked & second.unranked)),
        only_second=read_only(np.flatnonzero(first.unranked & ~second.unranked)),
    )


def compare_all(rankings: Mapping[str, Ranking]) -> AgreementTable:
    """Compare several rankings of the same initiatives, such as one for each method.

    Raises
    ------
    InvalidProblem
        ``NO_RANKINGS``, or ``SHAPE`` if the rankings are of different initiatives.

    Examples
    --------
    >>> from prioritisation.ranking import rank
    >>> table = compare_all({"WSJF": rank([3, 2, 1]), "RICE": rank([1, 2, 3]), "ICE": rank([3, 2, 1])})
    >>> table.tau_b.tolist()
    [[1.0, -1.0, 1.0], [-1.0, 1.0, -1.0], [1.0, -1.0, 1.0]]
    >>> table.highest.tolist(), table.lowest.tolist()
    ([1, 2, 1], [3, 2, 3])
    """
    if not rankings:
        raise InvalidProblem("Give at least one ranking to compare", field="rankings", code="NO_RANKINGS")
    all_rankings = list(rankings.values())
    count = len(all_rankings)
    tau = np.full((count, count), np.nan)
    compared = np.zeros((count, count), dtype=np.int64)
    for i, first in enumerate(all_rankings):
        for j, second in enumerate(all_rankings[: i + 1]):
            _require_same(first, second)
            both = ~first.unranked & ~second.unranked
            tau[i, j] = tau[j, i] = _tau_b(first, second, both)
            compared[i, j] = compared[j, i] = both.sum()
    places = np.array([ranking.place for ranking in all_rankings])
    unranked = np.array([ranking.unranked for ranking in all_rankings])
    never = unranked.all(axis=0)
    highest = np.where(unranked, places.shape[1] + 1, places).min(axis=0)
    lowest = np.where(unranked, 0, places).max(axis=0)
    return AgreementTable(
        names=tuple(rankings),
        tau_b=read_only(tau),
        compared=read_only(compared),
        highest=read_only(np.where(never, 0, highest)),
        lowest=read_only(lowest),
    )


def _require_same(first: Ranking, second: Ranking) -> None:
    if len(first.order) != len(second.order):
        message = f"Rankings of {len(first.order)} and {len(second.order)} initiatives cannot be compared"
        raise InvalidProblem(message, field="rankings", code="SHAPE")


def _places(ranking: Ranking, counted: BoolArray) -> IntArray:
    """Return the places, from 1, among those ``counted``; 0 for the others."""
    order = ranking.order[counted[ranking.order]]
    places = np.zeros(len(ranking.order), dtype=np.int64)
    places[order] = np.arange(1, len(order) + 1)
    return places


def _tau_b(first: Ranking, second: Ranking, both: BoolArray) -> float:
    """Kendall's (1945) tau with the correction for ties, in n log n (Knight 1966); NaN if undefined."""
    one, other = first.rank[both], second.rank[both]
    order = np.lexsort((other, one))
    pairs = len(one) * (len(one) - 1) // 2
    tied_one, tied_other = _tied_pairs(one), _tied_pairs(other)
    tied_both = _tied_pairs(one * (len(both) + 1) + other)
    if tied_one == pairs or tied_other == pairs:
        return math.nan
    # In this order pairs tied in `one` are never inverted, so every inversion is a disagreement.
    surplus = pairs - tied_one - tied_other + tied_both - 2 * _inversions(other[order])
    tau = surplus / math.sqrt((pairs - tied_one) * (pairs - tied_other))
    return min(1.0, max(-1.0, tau))


def _tied_pairs(values: IntArray) -> int:
    _, counts = np.unique(values, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def _inversions(values: IntArray) -> int:
    """Count the pairs of which the greater stands first; ``values`` are not negative.

    Bit by bit from the highest: values that agree in the higher bits lie together, in their first order, and
    are inverted where a 1 stands before a 0.
    """
    total = 0
    for bit in reversed(range(int(values.max()).bit_length())):
        high, ones = values >> (bit + 1), (values >> bit) & 1
        before = np.cumsum(ones) - ones
        begins = np.ones(len(values), dtype=np.bool_)
        begins[1:] = high[1:] != high[:-1]
        before -= before[begins][np.cumsum(begins) - 1]
        total += int(before[ones == 0].sum())
        values = values[np.argsort(values >> bit, kind="stable")]
    return total
