"""How far each weight may move before a ranking by weighted scores changes.

Along a change d of one weight every score is a line, s + slope · d. What the ranking does is a matter of
where lines cross, so all limits here are exact, in closed form.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.columns import (
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    index_array,
    refuse,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem


class WeightVariation(StrEnum):
    """What the other weights do while one of them varies.

    PROPORTIONAL
        They share what remains of 1, in proportion to what they are. The weight goes from 0 to 1.
    ALONE
        They stay as they are; the sum changes. The weight goes from 0 up, without limit.
    """

    PROPORTIONAL = "PROPORTIONAL"
    ALONE = "ALONE"


@dataclass(frozen=True, slots=True, eq=False)
class WeightIntervals:
    """For each of m weights the closed interval around it within which nothing changes.

    At an end that is not the end of the range, two items tie; beyond it they have changed places.

    Attributes
    ----------
    weights : float64[m]
        The present weights: of sum 1 if the others vary in proportion, as given otherwise.
    lower, upper : float64[m]
        Upper may be infinite if the others stay.
    lower_swap, upper_swap : int64[m, 2]
        The item that goes down and the one that goes up at that end; (-1, -1) at the end of the range.
    """

    weights: FloatArray
    lower: FloatArray
    upper: FloatArray
    lower_swap: IntArray
    upper_swap: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ScoreLines:
    """Scores as lines over the change of each weight.

    Attributes
    ----------
    score : float64[n]
    slope : float64[m, n]
        Change of the scores for each unit of change of weight j.
    weights : float64[m]
    least, most : float64[m]
        Range of the change; ``least ≤ 0 ≤ most``.
    tie_break : int64[n]
    order : int64[n]
        Items, best first.
    """

    score: FloatArray
    slope: FloatArray
    weights: FloatArray
    least: FloatArray
    most: FloatArray
    tie_break: IntArray
    order: IntArray


def _on_grid(values: FloatArray) -> FloatArray:
    # Multiples of 2⁻⁵⁰, as in scoring: sums of them are exact, so what scores alike there ties here.
    return (values + 4.0) - 4.0


def score_lines(
    *, utilities: Numbers, weights: Numbers, tie_break: Numbers | None = None, variation: WeightVariation
) -> ScoreLines:
    """Return the lines of n items over the change of each of m weights.

    Parameters
    ----------
    utilities : array_like, shape (n, m)
        In 0..1, higher is better. A missing value has to be replaced or left out beforehand: with
        weights that depend on the item, scores are no lines.
    weights : array_like, shape (m,)
        Not negative, not all 0.
    tie_break : array_like of int, shape (n,), optional
    variation : WeightVariation

    Raises
    ------
    InvalidProblem
        ``MISSING_VALUE``, ``NOT_FINITE`` or ``OUT_OF_SCALE`` with the items; ``NEGATIVE``,
        ``ZERO_WEIGHTS``, ``SHAPE``, ``NOT_NUMERIC``.
    """
    table = float_array(utilities, field="utilities", ndim=2)
    items, criteria = table.shape
    if items == 0 or criteria == 0:
        raise InvalidProblem("there is nothing to rank; give items and criteria", field="utilities")
    missing = np.asarray(np.isnan(table).any(axis=1), dtype=np.bool_)
    message = "must not be missing; apply the policy for missing values first, or leave the items out"
    refuse(missing, field="utilities", message=message, code="MISSING_VALUE")
    infinite = np.asarray(np.isinf(table).any(axis=1), dtype=np.bool_)
    refuse(infinite, field="utilities", message="must be finite", code="NOT_FINITE")
    outside = np.asarray(((table < 0.0) | (table > 1.0)).any(axis=1), dtype=np.bool_)
    refuse(outside, field="utilities", message="must lie in 0..1", code="OUT_OF_SCALE")
    weight = float_array(weights, field="weights", length=criteria)
    require_finite(weight, field="weights")
    require_not_negative(weight, field="weights")
    total = math.fsum(weight.tolist())
    if total == 0.0:
        raise InvalidProblem("'weights' must not all be 0", field="weights", code="ZERO_WEIGHTS")
    ties = tie_break_array(tie_break, length=items)
    share = _on_grid(weight / total)
    score = _on_grid(table * share).sum(axis=1)
    order = np.lexsort((ties, -score)).astype(np.int64)
    if variation is WeightVariation.PROPORTIONAL:
        weight = share
    else:
        score = score * total
    least = -weight
    if variation is WeightVariation.PROPORTIONAL:
        others = np.maximum(1.0 - weight, 0.0)
        # A weight that has all of the sum leaves no proportions to keep: it cannot move.
        alone = (others == 0.0)[:, np.newaxis]
        slope = np.divide(table.T - score, np.where(alone, 1.0, others[:, np.newaxis]))
        slope = np.where(alone, 0.0, slope)
        least = np.where(others == 0.0, 0.0, least)
        most = others
    else:
        slope = np.ascontiguousarray(table.T)
        most = np.full(criteria, np.inf)
    return ScoreLines(
        score=score,
        slope=slope,
        weights=weight,
        least=least,
        most=most,
        tie_break=ties,
        order=order,
    )


def top_intervals(
    *,
    utilities: Numbers,
    weights: Numbers,
    top_k: int,
    tie_break: Numbers | None = None,
    variation: WeightVariation = WeightVariation.PROPORTIONAL,
) -> WeightIntervals:
    """Return the intervals of each weight within which the same ``top_k`` items are on top, in any order.

    The least score of the top is concave in a weight, the best of the rest convex, so the weights that keep
    the set form one interval; Newton's method on their difference finds each end in a few steps.

    Raises
    ------
    InvalidProblem
        As `score_lines`, and for a ``top_k`` outside 1..n.

    Examples
    --------
    A = w, B = 0.6 and C = 0.8(1 − w) as the first of two weights varies: B is on top from 0.25 to 0.6.

    >>> intervals = top_intervals(
    ...     utilities=[[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], weights=[0.5, 0.5], top_k=1
    ... )
    >>> intervals.lower.round(6), intervals.upper.round(6)
    (array([0.25, 0.4 ]), array([0.6 , 0.75]))
    >>> intervals.upper_swap.tolist()
    [[1, 0], [1, 2]]
    """
    lines = score_lines(utilities=utilities, weights=weights, tie_break=tie_break, variation=variation)
    items = lines.score.size
    if isinstance(top_k, bool) or not 1 <= top_k <= items:
        raise InvalidProblem(f"'top_k' must be from 1 to {items}", field="top_k")
    top, rest = lines.order[:top_k], lines.order[top_k:]
    ends = []
    for sign in (-1.0, 1.0):
        for j in range(lines.weights.size):
            limit = float(lines.most[j] if sign > 0.0 else -lines.least[j])
            ends.append(_leaves_top(lines.score, sign * lines.slope[j], top, rest, limit))
    return _intervals(lines, ends)


def order_intervals(
    *,
    utilities: Numbers,
    weights: Numbers,
    tie_break: Numbers | None = None,
    variation: WeightVariation = WeightVariation.PROPORTIONAL,
) -> WeightIntervals:
    """Return the intervals of each weight within which the whole order stays.

    Raises
    ------
    InvalidProblem
        As `score_lines`.

    Examples
    --------
    >>> intervals = order_intervals(utilities=[[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], weights=[0.5, 0.5])
    >>> intervals.lower.round(3), intervals.upper.round(3)  # B A C
    (array([0.444, 0.4  ]), array([0.6  , 0.556]))
    """
    lines = score_lines(utilities=utilities, weights=weights, tie_break=tie_break, variation=variation)
    return _neighbours_stay(lines, lines.order[:-1], lines.order[1:])


def pair_intervals(
    *,
    utilities: Numbers,
    weights: Numbers,
    one: int,
    other: int,
    tie_break: Numbers | None = None,
    variation: WeightVariation = WeightVariation.PROPORTIONAL,
) -> WeightIntervals:
    """Return the intervals of each weight within which two items keep their order by score.

    Raises
    ------
    InvalidProblem
        As `score_lines`, and when ``one`` and ``other`` are not two of the items.

    Examples
    --------
    >>> intervals = pair_intervals(
    ...     utilities=[[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], weights=[0.5, 0.5], one=0, other=2
    ... )
    >>> intervals.lower.round(3), intervals.upper.round(3)
    (array([0.444, 0.   ]), array([1.   , 0.556]))
    """
    lines = score_lines(utilities=utilities, weights=weights, tie_break=tie_break, variation=variation)
    pair = two_items(one, other, items=lines.score.size, fields=("one", "other"))
    place = np.empty(lines.order.size, dtype=np.int64)
    place[lines.order] = np.arange(lines.order.size)
    above, below = pair[np.argsort(place[pair])]
    return _neighbours_stay(lines, np.array([above]), np.array([below]))


def two_items(one: int, other: int, *, items: int, fields: tuple[str, str]) -> IntArray:
    """Return two different positions below ``items`` as an array, or refuse them by field."""
    first = index_array([one], field=fields[0], size=items)
    second = index_array([other], field=fields[1], size=items)
    if one == other:
        message = f"'{fields[0]}' and '{fields[1]}' must be different items"
        raise InvalidProblem(message, field=fields[1], items=second)
    return np.concatenate([first, second])


_End = tuple[float, int, int]


def _leaves_top(score: FloatArray, slope: FloatArray, top: IntArray, rest: IntArray, limit: float) -> _End:
    if rest.size == 0:
        return limit, -1, -1
    inner, inner_slope, outer, outer_slope = score[top], slope[top], score[rest], slope[rest]
    change, falls, rises = limit, -1, -1
    if math.isinf(limit):
        # Far out the steepest line decides, among equally steep ones the highest.
        low = int(np.lexsort((inner, inner_slope))[0])
        high = int(np.lexsort((outer, outer_slope))[-1])
        if inner_slope[low] >= outer_slope[high]:
            return limit, -1, -1
        change = float((inner[low] - outer[high]) / (outer_slope[high] - inner_slope[low]))
        falls, rises = int(top[low]), int(rest[high])
    while True:
        low = int(np.argmin(inner + inner_slope * change))
        high = int(np.argmax(outer + outer_slope * change))
        closing = float(outer_slope[high] - inner_slope[low])
        if closing <= 0.0:
            return change, falls, rises
        crossing = max(0.0, float(inner[low] - outer[high])) / closing
        if not crossing < change:
            return change, falls, rises
        change, falls, rises = crossing, int(top[low]), int(rest[high])


def _neighbours_stay(lines: ScoreLines, above: IntArray, below: IntArray) -> WeightIntervals:
    lead = lines.score[above] - lines.score[below]
    ends: list[_End] = []
    for sign in (-1.0, 1.0):
        for j in range(lines.weights.size):
            limit = float(lines.most[j] if sign > 0.0 else -lines.least[j])
            closing = sign * (lines.slope[j][below] - lines.slope[j][above])
            crossing = np.full(lead.shape, np.inf)
            np.divide(lead, closing, out=crossing, where=closing > 0.0)
            pair = int(np.argmin(crossing)) if crossing.size else -1
            if pair >= 0 and crossing[pair] < limit:
                ends.append((float(crossing[pair]), int(above[pair]), int(below[pair])))
            else:
                ends.append((limit, -1, -1))
    return _intervals(lines, ends)


def _intervals(lines: ScoreLines, ends: list[_End]) -> WeightIntervals:
    # First the ends downwards for every weight, then those upwards.
    change = np.array([end[0] for end in ends]).reshape(2, -1)
    swap = np.array([end[1:] for end in ends], dtype=np.int64).reshape(2, -1, 2)
    return WeightIntervals(
        weights=lines.weights,
        lower=np.maximum(lines.weights - change[0], 0.0),
        upper=lines.weights + change[1],
        lower_swap=swap[0],
        upper_swap=swap[1],
    )
