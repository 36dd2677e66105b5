"""What is planned of a benefit against what has come, up to a day and over time. Pure functions."""

import math
from bisect import bisect_left, bisect_right
from datetime import date
from typing import NamedTuple

from domain.periods import PeriodLength, periods
from domain.queries.benefit import BenefitAmounts


class BenefitStanding(NamedTuple):
    """Sums in the benefit's unit; ``ratio`` = realised / planned up to the day, None while nothing was planned."""

    planned_total: float
    planned_to_date: float
    realised_to_date: float
    ratio: float | None


class BenefitPeriod(NamedTuple):
    """What was planned and what has come in a week or month, and since the first one; in the benefit's unit."""

    starts_on: date
    ends_on: date
    planned: float
    realised: float
    planned_so_far: float
    realised_so_far: float


def benefit_standing(amounts: BenefitAmounts, *, day: date) -> BenefitStanding:
    """Return what was planned and what has come up to a day, that day included."""
    planned = math.fsum(amount for due_on, amount in amounts.planned if due_on <= day)
    realised = math.fsum(amount for realised_on, amount in amounts.realised if realised_on <= day)
    return BenefitStanding(
        planned_total=math.fsum(amount for _, amount in amounts.planned),
        planned_to_date=planned,
        realised_to_date=realised,
        ratio=None if planned == 0 else realised / planned,
    )


def benefit_profile(amounts: BenefitAmounts, length: PeriodLength) -> tuple[BenefitPeriod, ...]:
    """Return the weeks or months from the first day on which something was planned or came to the last one.

    Raises
    ------
    InvalidInput
        When there are more of them than are counted (``domain.periods.MAX_PERIODS``).
    """
    days = [day for series in amounts for day, _ in series]
    if not days:
        return ()
    found = []
    planned_so_far, realised_so_far = [], []
    for period in periods(min(days), max(days), length):
        planned = _within(amounts.planned, period.starts_on, period.ends_on)
        realised = _within(amounts.realised, period.starts_on, period.ends_on)
        planned_so_far += planned
        realised_so_far += realised
        found.append(
            BenefitPeriod(
                period.starts_on,
                period.ends_on,
                math.fsum(planned),
                math.fsum(realised),
                math.fsum(planned_so_far),
                math.fsum(realised_so_far),
            )
        )
    return tuple(found)


def _within(series: tuple[tuple[date, float], ...], first: date, last: date) -> list[float]:
    """The amounts from the first day to the last; the series is in the order of its days."""
    days = [day for day, _ in series]
    return [amount for _, amount in series[bisect_left(days, first) : bisect_right(days, last)]]
