"""From scores to places, in terms of arrays: the same for a portfolio as it is and for one that is replayed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from domain.enums import OrderKind
from domain.ranking.overriding import Integers, Precedences, override
from domain.snapshot.columns import frozen
from prioritisation import precedence, ranking
from prioritisation.soft_dependencies import SoftDependencies, broken_by

Floats = NDArray[np.float64]


_NEGLIGIBLE = 1e-100
"""The engine takes no smaller amounts but 0."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoftPrecedences:
    """Soft dependencies between indices; breaking one costs so many ``weeks`` of its head's weight."""

    tails: Integers
    heads: Integers
    weeks: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ordered:
    """An order of n initiatives; ``order`` holds indices, best first.

    ``rank`` counts from 1 and is 0 where there is none: in the order by score equal scores share one; in the
    dependency-aware order it is the place. ``computed_rank`` is what it would be without stated ranks,
    ``score_rank`` that by score alone. ``solved`` is about the dependency-aware order: its value and gap are
    those of the order as it stands, its blocks, densities and flow those of the computed one.
    """

    order: Integers
    rank: Integers
    computed_rank: Integers
    score_rank: Integers
    solved: precedence.PrecedenceOrder | None


def put_in_order(
    *,
    kind: OrderKind,
    score: Floats,
    size: Floats,
    tie_break: Integers,
    precedences: Precedences,
    stated: Integers,
    soft: SoftPrecedences | None = None,
) -> Ordered:
    """Order initiatives by score, or by what they are worth to those that wait for them.

    The latter is 1|prec|Σ wⱼCⱼ of their `amounts`; without dependencies that is the order by score.

    Parameters
    ----------
    score, size
        NaN where unknown.
    tie_break
        Rank of each stable id.
    stated
        Ranks that are set by hand, 0 without one; the order by score leaves them aside.
    soft
        Honoured where that costs less than the penalty. Those of initiatives without a rank are left aside.
    """
    by_score = ranking.rank(score, tie_break)
    if kind is OrderKind.SCORE:
        return Ordered(
            order=by_score.order,
            rank=by_score.rank,
            computed_rank=by_score.rank,
            score_rank=by_score.rank,
            solved=None,
        )
    duration, weight = amounts(score, size)
    # a score of 0 weighs as little as none, and still goes first
    needed = precedences.closed(~by_score.unranked)
    asked = _asked(soft, needed, weight, tie_break)
    solved = precedence.order(
        precedence.PrecedenceProblem(
            duration=frozen(duration),
            weight=frozen(weight),
            predecessor=precedences.tails,
            successor=precedences.heads,
            soft_predecessor=asked.predecessor,
            soft_successor=asked.successor,
            soft_penalty=asked.penalty,
            tie_break=tie_break,
        )
    )
    order = _first(solved.order, needed)
    rank = computed = _ranks(order, int(needed.sum()))
    if stated.any():
        needed = precedences.closed(needed | (stated > 0))
        order = _first(order, needed)
        count = int(needed.sum())
        among = needed[precedences.heads]
        within = Precedences(tails=precedences.tails[among], heads=precedences.heads[among])
        order = np.concatenate([override(order[:count], stated, tie_break, within), order[count:]])
        rank = _ranks(order, count)
        value = precedence.weighted_completion(duration=duration, weight=weight, order=order)
        broken = broken_by(order, asked)
        penalty = float(asked.penalty[broken].sum())
        as_good = value + penalty <= solved.value + solved.penalty
        status = solved.status if as_good else precedence.OrderStatus.FEASIBLE
        solved = replace(
            solved, order=frozen(order), value=value, broken=frozen(broken), penalty=penalty, status=status
        )
    return Ordered(
        order=frozen(order),
        rank=rank,
        computed_rank=computed,
        score_rank=by_score.rank,
        solved=solved,
    )


def amounts(score: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Durations and weights to order by: the size, and score · size.

    What has no score weighs nothing, and takes as long as it is known to, or else as the median of those that
    are known: it is there for what it unlocks.
    """
    usable = size > 0
    median = float(np.median(size[usable])) if usable.any() else 1.0
    duration = np.where(usable, size, median)
    return duration, np.where(np.isnan(score), 0.0, score * duration)


def _asked(
    soft: SoftPrecedences | None, needed: NDArray[np.bool_], weight: Floats, tie_break: Integers
) -> SoftDependencies:
    if soft is None:
        nothing = np.empty(0, dtype=np.int64)
        return SoftDependencies(nothing, nothing, np.empty(0))
    kept = needed[soft.tails] & needed[soft.heads]
    tails, heads = soft.tails[kept], soft.heads[kept]
    # whoever holds them, they are tried in the same order
    by_id = np.lexsort((tie_break[heads], tie_break[tails]))
    tails, heads = tails[by_id], heads[by_id]
    return SoftDependencies(tails, heads, _amounts(soft.weeks * weight[heads]))


def _amounts(values: Floats) -> Floats:
    """The values, with 0 for what is next to nothing."""
    return np.where(values < _NEGLIGIBLE, 0.0, values)


def _first(order: Integers, needed: NDArray[np.bool_]) -> Integers:
    """What is needed in its order, then the rest in its own."""
    if needed.all():
        return order
    in_order = needed[order]
    return np.concatenate([order[in_order], order[~in_order]])


def _ranks(order: Integers, count: int) -> Integers:
    """Places of the first ``count`` of an order, 0 for the others."""
    rank = np.zeros(len(order), dtype=np.int64)
    rank[order[:count]] = np.arange(1, count + 1)
    return frozen(rank)
