"""All ways to split capacity among categories in equal steps."""

import math
from typing import Final

import numpy as np

from prioritisation.columns import IntArray, Numbers, int_array, read_only, refuse
from prioritisation.errors import InvalidProblem

__all__ = ["MOST_SPLITS", "split_grid"]

MOST_SPLITS: Final = 1_000_000
"""Number of splits above which a grid is refused: by then a coarser step says as much."""


def split_grid(
    *, steps: int, categories: int, least: Numbers | None = None, most: Numbers | None = None
) -> IntArray:
    """Return all ways to give ``categories`` together ``steps`` equal parts, each within its bounds.

    Parameters
    ----------
    steps : int
        Parts of the whole: 20 for steps of 5 points.
    categories : int
    least, most : array_like of int, shape (categories,), optional
        Parts that each category gets at least and at most; by default 0 and ``steps``.

    Returns
    -------
    int64[s, categories]
        Ascending by the first category, then the second, and so on; each row adds up to ``steps``.

    Raises
    ------
    InvalidProblem
        ``STEPS_EMPTY``, ``SHAPE``, ``OUT_OF_RANGE``; ``NO_SPLIT`` where the bounds leave none;
        ``TOO_MANY_SPLITS``.

    Examples
    --------
    >>> split_grid(steps=2, categories=2).tolist()
    [[0, 2], [1, 1], [2, 0]]
    >>> len(split_grid(steps=20, categories=4))
    1771
    """
    if steps < 1 or categories < 1:
        message = "'steps' and 'categories' must be at least 1"
        raise InvalidProblem(message, field="steps", code="STEPS_EMPTY")
    low = int_array([0] * categories if least is None else least, field="least", length=categories)
    high = int_array([steps] * categories if most is None else most, field="most", length=categories)
    message = f"must lie between 0 and {steps}, and not above 'most'"
    refuse((low < 0) | (low > high) | (low > steps), field="least", message=message, code="OUT_OF_RANGE")
    high = np.minimum(high, steps)
    if int(low.sum()) > steps or int(high.sum()) < steps:
        message = f"no split of {steps} parts keeps these bounds; lower 'least' or raise 'most'"
        raise InvalidProblem(message, field="least", code="NO_SPLIT")
    spare = steps - int(low.sum())
    if math.comb(spare + categories - 1, categories - 1) > 100 * MOST_SPLITS:
        raise _too_many()
    splits = np.zeros((1, 0), dtype=np.int64)
    for b in range(categories):
        later_low, later_high = int(low[b + 1 :].sum()), int(high[b + 1 :].sum())
        left = steps - splits.sum(axis=1)
        first = np.maximum(low[b], left - later_high)
        last = np.minimum(high[b], left - later_low)
        count = np.maximum(last - first + 1, 0)
        if int(count.sum()) > MOST_SPLITS:
            raise _too_many()
        at = np.repeat(np.arange(len(splits)), count)
        part = np.arange(at.size) - np.repeat(np.cumsum(count) - count, count) + first[at]
        splits = np.column_stack((splits[at], part))
    return read_only(splits)


def _too_many() -> InvalidProblem:
    message = f"more than {MOST_SPLITS} splits; take larger steps or tighter bounds"
    return InvalidProblem(message, field="steps", code="TOO_MANY_SPLITS")
