"""Where a short series of measurements is heading: a robust slope, and whether it is more than chance.

The slope is Theil and Sen's: the median of the slopes between all pairs of points, which up to 29 % of
outliers do not move far. Whether there is a trend at all is Mann and Kendall's test on the signs of the
differences, with the correction for ties and the normal approximation.

H. Theil, A rank-invariant method of linear and polynomial regression analysis, 1950; P. K. Sen, Estimates of the
regression coefficient based on Kendall's tau, JASA 63, 1968; H. B. Mann, Nonparametric tests against trend,
Econometrica 13, 1945.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from prioritisation.errors import InvalidProblem

FEWEST_POINTS = 5
"""Below this even five values in a row that all rise could be chance."""

SIGNIFICANT = 0.1
"""The two-sided probability below which a trend is taken for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The trend of a series.

    ``slope`` is in units of the values per unit of the times, ``p_value`` the probability that signs of differences
    at least as one-sided come from a series without a trend.
    """

    slope: float
    p_value: float

    @property
    def direction(self) -> int:
        """1 where it rises, -1 where it falls, 0 where neither is more than chance."""
        if self.p_value >= SIGNIFICANT or self.slope == 0:
            return 0
        return 1 if self.slope > 0 else -1


def robust_trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Return the trend of a series.

    Parameters
    ----------
    times : sequence of float, length n
        Strictly increasing.
    values : sequence of float, length n
        At least ``FEWEST_POINTS`` of them.

    Returns
    -------
    Trend

    Raises
    ------
    InvalidProblem
        When there are too few points, the times don't increase, or something is not finite.

    Examples
    --------
    >>> robust_trend([0, 1, 2, 3, 4], [10.0, 12.0, 14.0, 90.0, 18.0]).slope
    2.0
    >>> robust_trend([0, 1, 2, 3, 4], [1.0, 1.0, 1.0, 1.0, 1.0]).direction
    0
    """
    count = len(values)
    if len(times) != count:
        raise InvalidProblem(
            f"There are {len(times)} times and {count} values; give as many of both.", field="times"
        )
    if count < FEWEST_POINTS:
        raise InvalidProblem(f"A trend needs at least {FEWEST_POINTS} points, not {count}.", field="values")
    broken = [
        at for at, pair in enumerate(zip(times, values, strict=True)) if not all(map(math.isfinite, pair))
    ]
    if broken:
        raise InvalidProblem("Times and values must be finite.", field="values", items=broken)
    backward = [at for at in range(1, count) if times[at] <= times[at - 1]]
    if backward:
        raise InvalidProblem("Times must increase strictly.", field="times", items=backward)
    slopes: list[float] = []
    score = 0
    for (earlier, low), (later, high) in combinations(zip(times, values, strict=True), 2):
        slopes.append((high - low) / (later - earlier))
        score += (high > low) - (high < low)
    return Trend(slope=median(slopes) + 0.0, p_value=_p_value(score, values))


def _p_value(score: int, values: Sequence[float]) -> float:
    count = len(values)
    ties = sum(times * (times - 1) * (2 * times + 5) for times in Counter(values).values())
    variance = (count * (count - 1) * (2 * count + 5) - ties) / 18
    if variance == 0 or score == 0:
        return 1.0
    # the score moves in steps of 2: half a step towards 0 makes up for the approximation being continuous
    deviation = (abs(score) - 1) / math.sqrt(variance)
    return math.erfc(deviation / math.sqrt(2))
