"""What delay costs: by finish date, so far, per week, and as the table that scheduling works on.

Every figure is the exact integral of the rate that `prioritisation.urgency` gives an initiative, in money or
in whatever unit rates are stated.
"""

import numpy as np

from prioritisation.columns import (
    FloatArray,
    Numbers,
    float_array,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.errors import InvalidProblem
from prioritisation.urgency import DelayProblem, Pieces

_TABLE = 2  # dimensions
_GREATEST = 1e100


def delay_cost(problem: DelayProblem, finish: Numbers) -> FloatArray:
    """Return what finishing in week ``finish`` costs against finishing now: the integral of the rate from 0.

    Parameters
    ----------
    problem : DelayProblem
    finish : array_like, shape (), (n,), (1, T) or (n, T)
        Weeks from now, not negative.

    Returns
    -------
    array, shape (n,) or (n, T)
        Money; NaN where the rate is unknown.

    Raises
    ------
    InvalidProblem
        ``NEGATIVE`` (see `value_lost` for the past), ``NOT_FINITE``, ``MISSING_VALUE``, ``SHAPE``.

    Examples
    --------
    >>> from prioritisation.urgency import UrgencyProfile
    >>> problem = DelayProblem([UrgencyProfile.INTANGIBLE], rate=np.array([10]), ramp=np.array([4]))
    >>> delay_cost(problem, [[0, 2, 4, 6]])
    array([[ 0.,  5., 20., 40.]])
    """
    weeks = _weeks(problem, finish, field="finish")
    require_not_negative(weeks.min(axis=1, initial=0.0), field="finish")
    cost = _cumulative(problem.pieces, weeks) - _cumulative(problem.pieces, np.zeros((1, 1)))
    return _shaped(cost, finish)


def value_lost(problem: DelayProblem, week: Numbers = 0.0) -> FloatArray:
    """Return the value lost from each initiative's `start` until ``week``, by default so far.

    Nothing is lost before the start; a missed deadline's step is part of it. Shapes are as in `delay_cost`.

    Examples
    --------
    >>> from prioritisation.urgency import UrgencyProfile
    >>> late = {"rate": np.array([30]), "deadline": np.array([-3]), "step": np.array([500])}
    >>> problem = DelayProblem([UrgencyProfile.FIXED_DATE], **late)
    >>> value_lost(problem), delay_cost(problem, 2)
    (array([590.]), array([60.]))
    """
    return _shaped(_cumulative(problem.pieces, _weeks(problem, week, field="week")), week)


def delay_rate(problem: DelayProblem, week: Numbers = 0.0) -> FloatArray:
    """Return the cost of delay in money per week from ``week`` on, by default now; shapes as in `delay_cost`.

    Where the rate jumps it is the one after the jump. The step of a deadline is no rate and not part of it.

    Examples
    --------
    >>> from prioritisation.urgency import UrgencyProfile
    >>> problem = DelayProblem([UrgencyProfile.INTANGIBLE], rate=np.array([10]), ramp=np.array([4]))
    >>> delay_rate(problem, [[0, 2, 4, 6]])
    array([[ 0.,  5., 10., 10.]])
    """
    pieces = problem.pieces
    late = _weeks(problem, week, field="week") - pieces.origin[:, np.newaxis]
    rate = np.where(pieces.unknown[:, np.newaxis], np.nan, np.zeros_like(late))
    for i in range(len(pieces.at)):
        into = late - pieces.at[i][:, np.newaxis]
        active = (into >= 0) & (into < pieces.length[i][:, np.newaxis])
        into = np.where(active, into, 0.0)
        rate += np.where(active, pieces.rate[i][:, np.newaxis] + pieces.slope[i][:, np.newaxis] * into, 0.0)
    return _shaped(rate, week)


def cost_table(
    problem: DelayProblem, *, periods: int, weeks_per_period: float = 1.0, not_done_week: float | None = None
) -> FloatArray:
    """Return the cost c[j, t] of completing j at the end of period t, for scheduling.

    Parameters
    ----------
    problem : DelayProblem
    periods : int
        T, the number of periods from now on.
    weeks_per_period : float
    not_done_week : float, optional
        The last column, "not done within the horizon", is the cost of finishing in this week, which may not
        lie within the horizon. By default a period after its end.

    Returns
    -------
    array, shape (n, T + 1)
        Money; never falls along a row.

    Raises
    ------
    InvalidProblem
        ``HORIZON_EMPTY``, ``NOT_DONE_WITHIN_HORIZON``.

    Examples
    --------
    >>> from prioritisation.urgency import UrgencyProfile
    >>> problem = DelayProblem([UrgencyProfile.LINEAR], rate=np.array([10]))
    >>> cost_table(problem, periods=3, weeks_per_period=2.0)
    array([[20., 40., 60., 80.]])
    """
    if periods < 1 or not weeks_per_period > 0:
        message = "'periods' and 'weeks_per_period' must be positive"
        raise InvalidProblem(message, field="periods", code="HORIZON_EMPTY")
    horizon = periods * weeks_per_period
    if not_done_week is None:
        not_done_week = horizon + weeks_per_period
    if not not_done_week >= horizon:
        message = f"'not_done_week' must not come before the end of the horizon, week {horizon:g}"
        raise InvalidProblem(message, field="not_done_week", code="NOT_DONE_WITHIN_HORIZON")
    ends = np.arange(1, periods + 1) * weeks_per_period
    table = delay_cost(problem, np.append(ends, not_done_week)[np.newaxis, :])
    return np.maximum.accumulate(table, axis=1)  # rounding must not let a cost fall


def _weeks(problem: DelayProblem, weeks: Numbers, *, field: str) -> FloatArray:
    """Return ``weeks`` as (n or 1, T or 1)."""
    given = np.ndim(np.asarray(weeks))
    array = float_array(weeks, field=field, ndim=given)
    require_finite(array.ravel(), field=field)
    message = "must hold weeks below 1e100 for costs to be numbers"
    refuse(np.abs(array.ravel()) > _GREATEST, field=field, message=message, code="TOO_GREAT")
    shaped = array.reshape(-1, 1) if given < _TABLE else array
    if given > _TABLE or len(shaped) not in {1, problem.size}:
        message = f"'{field}' must be one week, one for each of {problem.size} initiatives, or a row of weeks"
        raise InvalidProblem(message, field=field, code="SHAPE")
    return shaped


def _shaped(table: FloatArray, weeks: Numbers) -> FloatArray:
    return table if np.ndim(np.asarray(weeks)) == _TABLE else table[:, 0]


def _cumulative(pieces: Pieces, weeks: FloatArray) -> FloatArray:
    """Integrate the rate from each initiative's origin to ``weeks``."""
    late = weeks - pieces.origin[:, np.newaxis]
    cost = np.where(pieces.unknown[:, np.newaxis], np.nan, np.zeros_like(late))
    for i in range(len(pieces.at)):
        into = late - pieces.at[i][:, np.newaxis]
        cost += np.where(into > 0, pieces.step[i][:, np.newaxis], 0.0)
        np.clip(into, 0.0, pieces.length[i][:, np.newaxis], out=into)
        cost += into * (pieces.rate[i][:, np.newaxis] + 0.5 * pieces.slope[i][:, np.newaxis] * into)
    return cost
