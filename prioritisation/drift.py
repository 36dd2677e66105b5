"""Drift: which share of the time categories of work got, against the share that they were to get.

Rows are periods, columns are categories. A period in which nothing was booked has no shares (NaN): it is not 0.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.columns import FloatArray, IntArray, read_only, refuse
from prioritisation.errors import InvalidProblem

__all__ = ["Drift", "ForecastMethod", "drift", "latest_shortfall", "planned_shares", "theil_sen"]

_TABLE = 2
_FEWEST = 3
"""Booked periods from which on a trend is told: through two points there is always a line."""


class ForecastMethod(StrEnum):
    """How the share in the whole cycle is foreseen.

    TREND
        Each period to come has the share that the trend line gives it (see `theil_sen`), and as much time as
        the median of the periods booked.
    MEAN
        There are too few periods for a trend: the periods to come are as those booked, all together.
    BOOKED
        No period is to come: it is what was booked.
    """

    TREND = "TREND"
    MEAN = "MEAN"
    BOOKED = "BOOKED"


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """Shares of categories over the periods of a cycle.

    Attributes
    ----------
    actual : float64[N, B]
        Booked share; NaN where nothing is booked at all.
    difference : float64[N, B]
        ``actual − planned``; NaN where one of them is.
    total_actual, total_planned : float64[B]
        Over all booked periods together: booked share; planned shares, weighted by what was booked. NaN where
        nothing is booked.
    slope : float64[B]
        Change of the actual share per period (Theil–Sen); NaN for fewer than three booked periods.
    forecast : float64[B]
        Share in the whole cycle; NaN where nothing is booked. Forecasts add up to 1.
    method : ForecastMethod or None
        How it is foreseen; None where nothing is booked.
    """

    actual: FloatArray
    difference: FloatArray
    total_actual: FloatArray
    total_planned: FloatArray
    slope: FloatArray
    forecast: FloatArray
    method: ForecastMethod | None


def drift(booked: FloatArray, planned: FloatArray, *, to_come: int) -> Drift:
    """Compare booked time with planned shares, and look ahead.

    Parameters
    ----------
    booked : float64[N, B]
        Person-weeks; the last column may be work without a category that is planned for.
    planned : float64[N, B]
        Planned shares, 0 to 1; NaN where nothing is planned.
    to_come : int
        How many of the last periods have not begun, and are foreseen.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``NOT_FINITE``, ``NEGATIVE``, ``OUT_OF_ORDER`` (bookings in periods to come).

    Notes
    -----
    The trend of shares is extrapolated period by period, kept between 0 and 1, and the shares of a period are
    scaled to add up to 1.

    Examples
    --------
    >>> found = drift(
    ...     np.array([[8.0, 2.0], [8.5, 1.5], [9.0, 1.0], [0.0, 0.0]]), np.full((4, 2), [0.8, 0.2]), to_come=1
    ... )
    >>> found.actual[:, 1].round(6).tolist(), found.method.value
    ([0.2, 0.15, 0.1, nan], 'TREND')
    >>> round(found.slope.item(1), 6), round(found.forecast.item(1), 6)
    (-0.05, 0.125)
    """
    _check(booked, planned, to_come)
    volume = booked.sum(axis=1)
    there = volume > 0
    actual = np.full(booked.shape, np.nan)
    actual[there] = booked[there] / volume[there, None]
    count = int(there.sum())
    nothing = np.full(booked.shape[1], np.nan)
    if count == 0:
        return Drift(actual, actual - planned, nothing, nothing, nothing, nothing, None)
    total = booked.sum(axis=0) / volume.sum()
    weighted = (planned[there] * volume[there, None]).sum(axis=0) / volume.sum()
    positions = np.flatnonzero(there)
    slope = nothing
    level = nothing
    if count >= _FEWEST:
        lines = [theil_sen(positions, actual[positions, column]) for column in range(booked.shape[1])]
        slope, level = (np.array(part) for part in zip(*lines, strict=True))
    method = ForecastMethod.BOOKED if to_come == 0 else ForecastMethod.MEAN
    forecast = total
    if to_come and count >= _FEWEST:
        method = ForecastMethod.TREND
        ahead = np.arange(len(booked) - to_come, len(booked))
        shares = np.clip(level + slope * ahead[:, None], 0.0, 1.0)
        sums = shares.sum(axis=1, keepdims=True)
        shares = np.where(sums > 0, shares / np.where(sums > 0, sums, 1.0), total)
        usual = float(np.median(volume[there]))
        forecast = (booked.sum(axis=0) + usual * shares.sum(axis=0)) / (volume.sum() + usual * to_come)
    return Drift(
        actual=read_only(actual),
        difference=read_only(actual - planned),
        total_actual=read_only(total),
        total_planned=read_only(weighted),
        slope=read_only(slope),
        forecast=read_only(forecast.copy()),
        method=method,
    )


def theil_sen(x: IntArray, y: FloatArray) -> tuple[float, float]:
    """Slope and level at 0 of the line through points that a few outliers do not bend.

    The slope is the median of the slopes through all pairs of points, the level the median of what is left
    (Theil 1950, Sen 1968: "Estimates of the regression coefficient based on Kendall's tau"). Almost 30 % of the
    points may be anything.

    Examples
    --------
    >>> theil_sen(np.array([0, 1, 2, 3, 4]), np.array([1.0, 3.0, 5.0, 100.0, 9.0]))
    (2.0, 1.0)
    """
    if len(x) < _TABLE:
        raise InvalidProblem("A line needs two points.", field="x", code="SHAPE")
    first, second = np.triu_indices(len(x), k=1)
    slope = float(np.median((y[second] - y[first]) / (x[second] - x[first])))
    return slope, float(np.median(y - slope * x))


def planned_shares(volume: FloatArray, shares: FloatArray) -> FloatArray:
    """Planned shares of several teams together: each weighs as much as it has booked.

    So a team that books more moves the plan and the actual share alike, and makes no drift.

    Parameters
    ----------
    volume : float64[N, T]
        Person-weeks that a team has booked in a period.
    shares : float64[N, T, B]
        The shares that hold for it; NaN where nothing is planned.

    Returns
    -------
    float64[N, B]
        Teams without a plan are left out of the mean, as long as one has a plan; where nothing is booked, all
        teams weigh the same.
    """
    known = ~np.isnan(shares).all(axis=2)
    weight = np.where(known, volume, 0.0)
    weight = np.where(weight.sum(axis=1, keepdims=True) > 0, weight, known)
    whole = weight.sum(axis=1, keepdims=True)
    mixed = np.einsum("nt,ntb->nb", weight, np.nan_to_num(shares))
    found: FloatArray = np.where(whole > 0, mixed / np.where(whole > 0, whole, 1.0), np.nan)
    return found


def latest_shortfall(
    actual: FloatArray, planned: FloatArray, *, tolerance: float, periods: int
) -> bool | None:
    """Whether the actual share was too low in each of the last booked periods.

    Parameters
    ----------
    actual, planned : float64[N]
        Shares; NaN where nothing is booked, or planned: such periods are passed over.
    tolerance : float
        How much less than planned is still all right; exactly so much is.
    periods : int
        How many booked periods in a row it takes.

    Returns
    -------
    bool or None
        True when it was too low in all of them; False when the latest one is all right; None for neither.

    Examples
    --------
    >>> share = np.array([0.2, 0.1, np.nan, 0.1])
    >>> latest_shortfall(share, np.full(4, 0.2), tolerance=0.05, periods=2)
    True
    >>> latest_shortfall(share, np.full(4, 0.2), tolerance=0.05, periods=3) is None
    True
    """
    known = ~np.isnan(actual) & ~np.isnan(planned)
    short = (planned - actual)[known] > tolerance + 1e-9
    if len(short) == 0:
        return None
    if not short[-1]:
        return False
    return True if len(short) >= periods and bool(short[-periods:].all()) else None


def _check(booked: FloatArray, planned: FloatArray, to_come: int) -> None:
    if booked.ndim != _TABLE or booked.shape != planned.shape:
        message = "'booked' and 'planned' must be tables of the same periods and categories"
        raise InvalidProblem(message, field="booked", code="SHAPE")
    rows = np.any(~np.isfinite(booked), axis=1)
    refuse(rows, field="booked", message="must be finite", code="NOT_FINITE")
    refuse(np.any(booked < 0, axis=1), field="booked", message="must not be negative", code="NEGATIVE")
    ahead = np.zeros(len(booked), dtype=np.bool_)
    ahead[len(booked) - to_come :] = booked[len(booked) - to_come :].sum(axis=1) > 0
    refuse(ahead, field="booked", message="must be 0 in periods that have not begun", code="OUT_OF_ORDER")
