"""From scores to an order: best first, equal scores share a rank, no score comes last."""

import numpy as np

from prioritisation.columns import (
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    read_only,
    require_finite,
    tie_break_array,
)
from prioritisation.result import Ranking

_SPARSE = 4  # ids up to so many times their number are looked up in a table


def rank(scores: Numbers, tie_break: Numbers | None = None) -> Ranking:
    """Rank n initiatives by score, the highest first.

    Scores are equal when they are the same number; nothing near is taken for equal. Equal scores share a
    dense rank (1, 1, 2) and stand in the order of ``tie_break``, as do those without a score, after all the
    others. The result depends on nothing else: not on the order of the input and not on the machine.

    Parameters
    ----------
    scores : array_like, shape (n,)
        NaN or ``None`` for no score.
    tie_break : array_like of int, shape (n,), optional
        Rank of each initiative's stable id, all different; by default the order of the input.

    Returns
    -------
    Ranking

    Raises
    ------
    InvalidProblem
        ``NOT_FINITE``, ``TIE_BREAK_NOT_UNIQUE``, ``NOT_NUMERIC``, ``SHAPE``.

    Examples
    --------
    >>> ranking = rank([2.0, None, 3.0, 2.0])
    >>> ranking.order.tolist(), ranking.rank.tolist()
    ([2, 0, 3, 1], [2, 0, 1, 2])
    """
    score = float_array(scores, field="scores")
    ids = None if tie_break is None else tie_break_array(tie_break, length=len(score))
    require_finite(score, field="scores", missing_allowed=True)
    unranked = np.isnan(score)
    if unranked.any():
        ranked = np.flatnonzero(~unranked)
        best_first, dense = _sort(score[ranked], None if ids is None else ids[ranked])
        last = np.flatnonzero(unranked)
        if ids is not None:
            last = last[np.argsort(ids[last])]
        order = np.concatenate([ranked[best_first], last])
    else:
        order, dense = _sort(score, ids)
    result = np.zeros(len(score), dtype=np.int64)
    result[order[: len(dense)]] = dense
    return Ranking(read_only(order), read_only(result), score, read_only(unranked))


def _sort(score: FloatArray, ids: IntArray | None) -> tuple[IntArray, IntArray]:
    """Return the order, best first and ties by ``ids``, and the dense rank of each place in it.

    The fast sort leaves ties in any order. They are set right by a sort of whole numbers that carry the dense
    rank above the id, which is several times faster than a stable sort of the scores.
    """
    n = len(score)
    order = np.argsort(-score)
    in_order = score.take(order)
    differs = in_order[1:] != in_order[:-1]
    if differs.all():
        return order, np.arange(1, n + 1)
    dense = np.ones(n, dtype=np.int64)
    np.cumsum(differs, out=dense[1:])
    dense[1:] += 1
    if ids is None:
        ids = np.arange(n)
    elif ids.min() < 0 or ids.max() >= _SPARSE * n:
        ids = _inverse(np.argsort(ids), size=n)
    span = int(ids.max()) + 1
    keys = dense * span
    keys += ids[order]
    keys.sort()
    keys -= dense * span
    return _inverse(ids, size=span)[keys], dense


def _inverse(ids: IntArray, *, size: int) -> IntArray:
    """Return the position of each id, an array of ``size``."""
    positions = np.zeros(size, dtype=np.int64)
    positions[ids] = np.arange(len(ids))
    return positions
