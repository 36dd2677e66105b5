"""From sampled rankings to acceptabilities, central weights and probabilities."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.errors import InvalidProblem
from prioritisation.rank_counting import (
    CountArray,
    RankCounts,
    add_order,
    add_winners,
    count_wins,
    new_counts,
    settle_counts,
    sum_ranks,
)
from prioritisation.sampling_plan import Demand
from prioritisation.simulation import new_sorter, sorted_rows

# Rows turned into shares at a time, so that no second matrix is made.
_ROWS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Robustness:
    """Result of a Monte Carlo analysis of a ranking. Arrays follow the caller's order of items.

    Attributes
    ----------
    samples : int
        Rankings drawn. A probability p has the standard error √(p(1 − p)/samples), see `standard_error`.
    rank_acceptability : float64[n, depth]
        Share of the samples in which the item has rank 1, 2, … (columns 0, 1, …). Complete if depth is n.
    top_k : int
    top_probability : float64[n]
        Share of the samples in which the item is among the first ``top_k``.
    expected_rank, expected_rank_error : float64[n]
        Mean rank (1 = first) over all ranks, and the standard error of that mean.
    first : int64[f]
        Items that were ever first, most often first.
    central_weights, central_weights_error : float64[f, m]
        For those: mean of the weights under which they were first, and its standard error (NaN for a
        single sample). m is 0 for formulas.
    confidence_factor : float64[f]
        For those: probability of being first with the central weights, over the estimates alone. NaN where
        it was not computed (an order function, a formula, or beyond the deterministic budget).
    confidence_samples : int
        Samples behind each confidence factor: 0 for none, 1 if nothing but the weights is uncertain.
    pairs : int64[p]
        Items compared pairwise.
    winning_probability : float64[p, p]
        Share of the samples in which the row's item ranks above the column's.
    funded_probability : float64[n] or None
        Share of the samples in which the funding function funded the item.
    """

    samples: int
    rank_acceptability: FloatArray
    top_k: int
    top_probability: FloatArray
    expected_rank: FloatArray
    expected_rank_error: FloatArray
    first: IntArray
    central_weights: FloatArray
    central_weights_error: FloatArray
    confidence_factor: FloatArray
    confidence_samples: int
    pairs: IntArray
    winning_probability: FloatArray
    funded_probability: FloatArray | None


@dataclass(slots=True, eq=False)
class Winners:
    """Sums of weights (and of their squares) of the samples that each winner won, in order of appearance."""

    slots: CountArray
    sums: FloatArray
    squares: FloatArray
    used: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """All that was counted over the samples, in canonical order."""

    counts: RankCounts
    winners: Winners
    funded: IntArray | None


def tally(
    chunks: Iterator[tuple[FloatArray, FloatArray]], demand: Demand, *, criteria: int, bounded: bool
) -> Tally:
    """Rank every chunk of (weights float64[c, m], scores float64[c, n]) and count.

    ``bounded`` says that all scores lie in 0..1.
    """
    canonical = demand.arrangement.canonical
    items = canonical.size
    counts = new_counts(items=items, depth=demand.depth, chosen=demand.arrangement.position[demand.pairs])
    winners = Winners(
        slots=np.full(items, -1, dtype=np.int32),
        sums=np.zeros((0, criteria)),
        squares=np.zeros((0, criteria)),
    )
    funded = None if demand.funding is None else np.zeros(items, dtype=np.int64)
    sorter = new_sorter(items=items, bounded=bounded)
    done = 0
    for weights, scores in chunks:
        order = sorted_rows(sorter, scores, demand.arrangement, order=demand.order)
        add_order(counts, order, top_k=demand.top_k)
        if demand.pairs.size:
            count_wins(order, counts.slots, counts.wins)
        _count_winners(winners, np.ascontiguousarray(order[:, 0]), weights)
        if demand.funding is not None and funded is not None:
            for row in order:
                funded += _funded_items(demand.funding(canonical[row]), items)
        done += scores.shape[0]
        if demand.progress is not None:
            demand.progress(done, demand.samples)
    settle_counts(counts)
    return Tally(counts=counts, winners=winners, funded=funded)


def _count_winners(winners: Winners, first: CountArray, weights: FloatArray) -> None:
    room = winners.used + first.size
    if winners.sums.shape[0] < room:
        for name in ("sums", "squares"):
            grown = np.zeros((2 * room, weights.shape[1]))
            grown[: winners.used] = getattr(winners, name)[: winners.used]
            setattr(winners, name, grown)
    winners.used = add_winners(first, weights, winners.slots, winners.sums, winners.squares, winners.used)


def _funded_items(funded: object, items: int) -> IntArray:
    mask = np.asarray(funded)
    if mask.shape != (items,) or mask.dtype != np.bool_:
        raise InvalidProblem("'funding' must return true or false for each item.", field="funding")
    return mask.astype(np.int64)


def winners_by_frequency(outcome: Tally) -> IntArray:
    """Return canonical positions of the items that were ever first, most often first."""
    ever = np.flatnonzero(outcome.winners.slots >= 0)
    frequency = outcome.counts.ranks[ever, 0]
    return ever[np.argsort(-frequency, kind="stable")]


def central_weights(outcome: Tally, first: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean of the weights with which each item was first, and its standard error."""
    slots = outcome.winners.slots[first]
    times = outcome.counts.ranks[first, 0].astype(np.float64)[:, np.newaxis]
    mean = outcome.winners.sums[slots] / times
    scatter = np.maximum(outcome.winners.squares[slots] - times * mean**2, 0.0)
    error = np.full_like(mean, np.nan)
    np.divide(scatter, times * (times - 1.0), out=error, where=times > 1.0)
    return mean, np.sqrt(error)


def robustness(
    outcome: Tally, demand: Demand, *, first: IntArray, confidence: tuple[FloatArray, int]
) -> Robustness:
    """Turn counts into shares, in the caller's order of items."""
    canonical, position, samples = demand.arrangement.canonical, demand.arrangement.position, demand.samples
    counts = outcome.counts
    items, depth = counts.ranks.shape
    if depth == items:
        sum_ranks(counts.ranks, counts.moments)
    mean = counts.moments[0] / samples
    variance = np.maximum(counts.moments[1] / samples - mean**2, 0.0)
    acceptability = np.empty((items, depth))
    for start in range(0, items, _ROWS):
        rows = slice(start, start + _ROWS)
        np.divide(counts.ranks[position[rows]], samples, out=acceptability[rows])
    central, central_error = central_weights(outcome, first)
    # An item is never above itself: the diagonal of wins is 0.
    return Robustness(
        samples=samples,
        rank_acceptability=acceptability,
        top_k=demand.top_k,
        top_probability=counts.top[position] / samples,
        expected_rank=mean[position] + 1.0,
        expected_rank_error=np.sqrt(variance / max(1, samples - 1))[position],
        first=canonical[first],
        central_weights=central,
        central_weights_error=central_error,
        confidence_factor=confidence[0],
        confidence_samples=confidence[1],
        pairs=demand.pairs,
        winning_probability=counts.wins / samples,
        funded_probability=None if outcome.funded is None else outcome.funded / samples,
    )
