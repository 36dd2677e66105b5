"""Ratings by several people: what they say together, and how far apart they are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    float_array,
    index_array,
    int_array,
    read_only,
    refuse,
)
from prioritisation.problem import Criterion


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings of n initiatives on m criteria, one row each; who has no opinion gives no row.

    Parameters
    ----------
    size : int
        n.
    criteria : sequence of Criterion
    item, criterion : array_like of int, shape (r,)
        Positions of what is rated, and on what.
    rater : array_like of int, shape (r,)
        Any number that stands for a person.
    value : array_like, shape (r,)
        Within the criterion's scale.

    Raises
    ------
    InvalidProblem
        With the positions of the initiatives: ``MISSING_VALUE``, ``NOT_FINITE``, ``OUTSIDE_SCALE``,
        ``RATED_TWICE``; with those of the rows: ``UNKNOWN_POSITION``; and ``SHAPE``, ``NOT_NUMERIC``.
    """

    size: int
    criteria: Sequence[Criterion]
    item: IntArray
    criterion: IntArray
    rater: IntArray
    value: FloatArray

    def __post_init__(self) -> None:
        count = len(self.item)
        item = index_array(self.item, field="item", size=self.size)
        criterion = index_array(self.criterion, field="criterion", size=len(self.criteria), length=count)
        rater = int_array(self.rater, field="rater", length=count)
        value = float_array(self.value, field="value", length=count)
        columns = {"item": item, "criterion": criterion, "rater": rater, "value": value}
        for name, column in columns.items():
            object.__setattr__(self, name, column)
        object.__setattr__(self, "criteria", tuple(self.criteria))
        least = np.array([one.scale_min for one in self.criteria])[criterion]
        most = np.array([one.scale_max for one in self.criteria])[criterion]
        self._refuse(np.isnan(value), "value", "is missing; leave the row out", "MISSING_VALUE")
        self._refuse(np.isinf(value), "value", "must be finite", "NOT_FINITE")
        outside = (value < least) | (value > most)
        self._refuse(outside, "value", "must lie within the scale of its criterion", "OUTSIDE_SCALE")
        order = np.lexsort((rater, criterion, item))
        same = [np.diff(column[order]) == 0 for column in (item, criterion, rater)]
        twice = np.zeros(count, dtype=np.bool_)
        twice[order[1:]] = same[0] & same[1] & same[2]
        self._refuse(twice, "rater", "may rate an initiative once on each criterion", "RATED_TWICE")

    def _refuse(self, offending: BoolArray, field: str, message: str, code: str) -> None:
        items = np.zeros(self.size, dtype=np.bool_)
        items[self.item[offending]] = True
        refuse(items, field=field, message=message, code=code)


@dataclass(frozen=True, slots=True, eq=False)
class RatingSummary:
    """Aggregate and spread of the ratings of n initiatives on m criteria; arrays of shape (n, m).

    Attributes
    ----------
    mean, median : array
        NaN where nobody has rated. Either is the ``values`` of a `prioritisation.problem.ScoringProblem`.
    lowest, highest : array
        NaN where nobody has rated.
    deviation : array
        Sample standard deviation; NaN where fewer than two have rated.
    count : array of int64
        Raters.
    """

    mean: FloatArray
    median: FloatArray
    lowest: FloatArray
    highest: FloatArray
    deviation: FloatArray
    count: IntArray


def summarise(ratings: Ratings) -> RatingSummary:
    """Aggregate ratings. The order of the rows makes no difference, to the last bit.

    Examples
    --------
    >>> criteria = [Criterion("reach", scale_max=10)]
    >>> ratings = Ratings(2, criteria, [0, 0, 0], [0, 0, 0], [7, 8, 9], np.array([4, 9, 5]))
    >>> summary = summarise(ratings)
    >>> [column[:, 0].tolist() for column in (summary.mean, summary.median, summary.count)]
    [[6.0, nan], [5.0, nan], [3, 0]]
    """
    # Cells run column by column, as a scoring problem lays its values out.
    cell = ratings.criterion * ratings.size + ratings.item
    order = np.lexsort((ratings.value, cell))
    value = ratings.value[order]
    rated, first, group, count = np.unique(
        cell[order], return_index=True, return_inverse=True, return_counts=True
    )
    lowest, highest = value[first], value[first + count - 1]
    # A mean of equal numbers may come out a little beyond them, and beyond the scale.
    mean = np.clip(np.bincount(group, value, minlength=len(rated)) / count, lowest, highest)
    squares = np.bincount(group, (value - mean[group]) ** 2, minlength=len(rated))
    lower, upper = value[first + (count - 1) // 2], value[first + count // 2]
    median = lower + (upper - lower) / 2

    def spread_out(known: FloatArray) -> FloatArray:
        table = np.full((len(ratings.criteria), ratings.size), np.nan)
        table.ravel()[rated] = known
        return read_only(table).T

    counts = np.zeros((len(ratings.criteria), ratings.size), dtype=np.int64)
    counts.ravel()[rated] = count
    variance = np.divide(squares, count - 1, out=np.full(len(rated), np.nan), where=count > 1)
    return RatingSummary(
        mean=spread_out(mean),
        median=spread_out(median),
        lowest=spread_out(lowest),
        highest=spread_out(highest),
        deviation=spread_out(np.sqrt(variance)),
        count=read_only(counts).T,
    )
