"""Units of time made explicit, and the means of three-point estimates."""

from enum import StrEnum
from typing import Final, TypeVar

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, Numbers, float_array, refuse, require_finite

WEEKS_PER_YEAR: Final = 52.1775
"""365.2425 days, the mean Gregorian year, in weeks. A quarter is a fourth of it and a month a twelfth."""


class TimeUnit(StrEnum):
    """Unit in which people state a duration or a rate."""

    WEEK = "WEEK"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


_WEEKS = {
    TimeUnit.WEEK: 1.0,
    TimeUnit.MONTH: 4.348125,
    TimeUnit.QUARTER: 13.044375,
    TimeUnit.YEAR: WEEKS_PER_YEAR,
}

Amount = TypeVar("Amount", float, FloatArray)


def weeks_in(unit: TimeUnit) -> float:
    """Return the length of a unit in weeks.

    Examples
    --------
    >>> [weeks_in(unit) for unit in TimeUnit]
    [1.0, 4.348125, 13.044375, 52.1775]
    """
    return _WEEKS[unit]


def per_week(amount: Amount, unit: TimeUnit) -> Amount:
    """Convert a rate, such as money per month, to the same per week.

    Examples
    --------
    >>> round(per_week(1_000_000.0, TimeUnit.YEAR), 2)
    19165.35
    """
    return amount / weeks_in(unit)


def in_weeks(duration: Amount, unit: TimeUnit) -> Amount:
    """Convert a duration to weeks.

    Examples
    --------
    >>> in_weeks(2.0, TimeUnit.QUARTER)
    26.08875
    """
    return duration * weeks_in(unit)


def triangular_mean(low: Numbers, likely: Numbers, high: Numbers) -> FloatArray:
    """Return the mean (low + likely + high) / 3 of triangular estimates, shape (n,).

    Parameters
    ----------
    low, likely, high : array_like, shape (n,)
        ``low ≤ likely ≤ high``. With ``low`` and ``high`` both missing, ``likely`` is taken for certain; with
        all three missing the mean is missing.

    Raises
    ------
    InvalidProblem
        ``ESTIMATE_ORDER``, ``ESTIMATE_PARTLY_MISSING``, ``NOT_FINITE``, ``SHAPE``, ``NOT_NUMERIC``.

    Examples
    --------
    >>> triangular_mean([2, None], [3, 5], [10, None])
    array([5., 5.])
    """
    least, middle, most, certain = _three_points(low, likely, high)
    return np.where(certain, middle, (least + middle + most) / 3)


def pert_mean(low: Numbers, likely: Numbers, high: Numbers) -> FloatArray:
    """Return the mean (low + 4·likely + high) / 6 of PERT estimates (Malcolm et al. 1959), shape (n,).

    Parameters and errors are those of `triangular_mean`.

    Examples
    --------
    >>> pert_mean([2], [3], [10])
    array([4.])
    """
    least, middle, most, certain = _three_points(low, likely, high)
    return np.where(certain, middle, (least + 4 * middle + most) / 6)


def _three_points(
    low: Numbers, likely: Numbers, high: Numbers
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    middle = float_array(likely, field="likely")
    least = float_array(low, field="low", length=len(middle))
    most = float_array(high, field="high", length=len(middle))
    for name, points in (("low", least), ("likely", middle), ("high", most)):
        require_finite(points, field=name, missing_allowed=True)
    certain = np.isnan(least) & np.isnan(most)
    partly = ~certain & (np.isnan(least) | np.isnan(middle) | np.isnan(most))
    message = "is one of three points; give low, likely and high, or likely alone"
    refuse(partly, field="likely", message=message, code="ESTIMATE_PARTLY_MISSING")
    message = "must lie between low and high"
    refuse((least > middle) | (middle > most), field="likely", message=message, code="ESTIMATE_ORDER")
    return least, middle, most, certain
