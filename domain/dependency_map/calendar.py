"""Weeks from a day and dates: week 0 begins on that day, and finishing on a day ends its week fraction.

Finishing in week 1 is finishing seven days later, as in `domain.ranking.delay`: a deadline is kept by what is
finished on that very day.
"""

import math
from datetime import date, timedelta

import numpy as np

from domain.snapshot.columns import Floats, day_number

_DAYS = 7
_SAME_DAY = 1e-6


def weeks_from(day_numbers: Floats, today: date) -> Floats:
    """Weeks from ``today``, negative in the past, of days that count from 1970; NaN stays NaN."""
    weeks: Floats = (day_numbers - day_number(today)) / _DAYS
    return weeks


def start_day(today: date, weeks: float) -> date | None:
    """The day in which a moment lies, as the start of work; None beyond the calendar, or for NaN."""
    return _day(today, weeks, np.floor(weeks * _DAYS + _SAME_DAY))


def finish_day(today: date, weeks: float) -> date | None:
    """The first day that does not begin before a moment, as the end of work; None beyond the calendar."""
    return _day(today, weeks, np.ceil(weeks * _DAYS - _SAME_DAY))


def _day(today: date, weeks: float, days: float) -> date | None:
    if math.isnan(weeks) or days > (date.max - today).days:
        return None
    return today + timedelta(days=int(days))
