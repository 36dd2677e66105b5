"""Which series move together: for each the one that it is correlated with most, over the periods both have."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from prioritisation.errors import InvalidProblem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BLOCK = 256
"""Series that are compared with all others at a time: bounds the memory, whatever their number."""

_FLAT = 1e-9
"""Variance, in units of the whole series', below which a part of it counts as constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partners:
    """For each series its partner.

    Attributes
    ----------
    partner : int array, shape (n,) or (g, n)
        Position, in its group, of the series that it is correlated with most, the first of several; -1 for none.
    correlation : float array of the same shape
        Pearson's coefficient of the two, -1 to 1; NaN without a partner.
    periods : int array of the same shape
        How many periods both have; 0 without a partner.
    """

    partner: Ints
    correlation: Floats
    periods: Ints


def strongest_partners(values: Floats, *, least_periods: int, least_correlation: float) -> Partners:
    """Find for each series the one that moves with it, in the same or in the opposite direction.

    Parameters
    ----------
    values : float array, shape (n, t) or (g, n, t)
        One series a row, one period a column; NaN where a series has no value. Any unit. With three axes g groups,
        whose series are compared within their group only; a row of NaN fills a group up.
    least_periods : int
        So many periods both must have, at least 3.
    least_correlation : float
        So large the coefficient's absolute value must be, 0 to 1.

    Returns
    -------
    Partners
        Series that are constant over the common periods have no coefficient, and so no partner.

    Raises
    ------
    InvalidProblem
        When the values are infinite or not a matrix, or a limit lies outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> series = np.array([[1.0, 2, 3, 5], [2, 4, 6, 10], [4, 1, 3, 2]])
    >>> found = strongest_partners(series, least_periods=3, least_correlation=0.9)
    >>> found.partner.tolist(), found.correlation[0].round(6).item()
    ([1, 0, -1], 1.0)
    """
    if values.ndim not in (2, 3) or np.isinf(values).any():
        raise InvalidProblem("Series are the rows of matrices of finite values or NaN.", field="values")
    if least_periods < 3:
        raise InvalidProblem("Compare over at least 3 periods.", field="least_periods")
    if not 0 <= least_correlation <= 1:
        raise InvalidProblem("A correlation is from 0 to 1 here.", field="least_correlation")
    shape, n = values.shape[:-1], values.shape[-2]
    partner = np.full(shape, -1, dtype=np.int64)
    correlation, periods = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    known = ~np.isnan(values)
    there, x = known.astype(np.float64), _standardised(values, known)
    squared = x * x
    there_turned, x_turned, squared_turned = (np.swapaxes(each, -1, -2) for each in (there, x, squared))
    for start in range(0, n, _BLOCK):
        rows = np.s_[..., start : min(n, start + _BLOCK), :]
        common = there[rows] @ there_turned
        with np.errstate(divide="ignore", invalid="ignore"):
            sum_own, sum_other = x[rows] @ there_turned, there[rows] @ x_turned
            own = squared[rows] @ there_turned - sum_own**2 / common
            other = there[rows] @ squared_turned - sum_other**2 / common
            r = (x[rows] @ x_turned - sum_own * sum_other / common) / np.sqrt(own * other)
        fits = (common >= least_periods) & (own > _FLAT * common) & (other > _FLAT * common)
        at = np.arange(fits.shape[-2])
        fits[..., at, at + start] = False
        strength = np.where(fits, np.abs(np.nan_to_num(r)), -1.0)
        # equal but for rounding is equal: the first then is the partner on every machine
        best = np.argmax(np.round(strength, 12), axis=-1)
        chosen = best[..., np.newaxis]
        found = np.take_along_axis(strength, chosen, -1)[..., 0] >= least_correlation - 1e-12
        own_rows = np.s_[..., start : start + len(at)]
        partner[own_rows] = np.where(found, best, -1)
        coefficient = np.take_along_axis(r, chosen, -1)[..., 0]
        correlation[own_rows] = np.where(found, np.clip(coefficient, -1, 1), np.nan)
        periods[own_rows] = np.where(found, np.take_along_axis(common, chosen, -1)[..., 0], 0)
    return Partners(partner=partner, correlation=correlation, periods=periods)


def _standardised(values: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Each series around 0 with spread 1, 0 where it has no value: keeps the sums of squares exact."""
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    # by its largest value first: squares of huge values must not overflow
    filled = np.where(known, values, 0.0)
    size = np.abs(filled).max(axis=-1, keepdims=True, initial=0.0)
    scaled = filled / np.where(size > 0, size, 1.0)
    centred = np.where(known, scaled - scaled.sum(axis=-1, keepdims=True) / count, 0.0)
    spread = np.sqrt((centred**2).sum(axis=-1, keepdims=True) / count)
    result: Floats = np.where(spread > 1e-12, centred / np.where(spread > 0, spread, 1.0), 0.0)
    return result
