"""Periods: the weeks or months that a stretch of days is divided into.

A week begins on Monday. Both days of a period belong to it. Five working days make a person-week.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.errors import InvalidInput

MAX_PERIODS = 520
"""As many periods as anything is divided into: ten years of weeks."""

WORKING_DAYS_PER_WEEK = 5
"""Working days that make a person-week."""

MONDAY_TO_FRIDAY = frozenset(range(5))
"""The weekdays (0 is Monday) that are worked where nothing else is said."""


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As ``date.weekday`` counts: 0 for Monday."""
        return tuple(Weekday).index(self)


class PeriodLength(StrEnum):
    """What capacity, bookings and schedules are counted by."""

    WEEK = "week"
    MONTH = "month"


class Period(NamedTuple):
    """A stretch of days, both of them included."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.ends_on - self.starts_on).days + 1


def periods(starts_on: date, ends_on: date, length: PeriodLength) -> tuple[Period, ...]:
    """Divide the days from ``starts_on`` to ``ends_on`` at Mondays, or at the first days of months.

    Together they are exactly these days, in order; the first and the last may be partial.

    Raises
    ------
    InvalidInput
        When the end comes before the start, or there are more than ``MAX_PERIODS`` of them.
    """
    if ends_on < starts_on:
        raise InvalidInput(
            f"The last day ({ends_on}) comes before the first ({starts_on}).", path=("endsOn",)
        )
    count = number_of_periods(starts_on, ends_on, length)
    if count > MAX_PERIODS:
        raise InvalidInput(
            f"{starts_on} to {ends_on} are {count} {length.value}s; at most {MAX_PERIODS} are counted."
            " Choose fewer days, or longer periods.",
            path=("endsOn",),
        )
    found = []
    first = starts_on
    while True:
        last = min(period_of(first, length).ends_on, ends_on)
        found.append(Period(first, last))
        if last == ends_on:
            return tuple(found)
        first = last + timedelta(days=1)


def number_of_periods(starts_on: date, ends_on: date, length: PeriodLength) -> int:
    """How many periods the days touch, partial ones included."""
    if length is PeriodLength.WEEK:
        return _monday_number(ends_on) - _monday_number(starts_on) + 1
    return (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month + 1


def period_of(day: date, length: PeriodLength) -> Period:
    """The whole week or month that a day lies in; cut off at the first and the last day there are."""
    if length is PeriodLength.WEEK:
        back = min(day.weekday(), day.toordinal() - 1)
        ahead = min(6 - day.weekday(), date.max.toordinal() - day.toordinal())
        return Period(day - timedelta(days=back), day + timedelta(days=ahead))
    if (day.year, day.month) == (date.max.year, 12):
        return Period(day.replace(day=1), date.max)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return Period(day.replace(day=1), after - timedelta(days=1))


def working_days(
    starts_on: date,
    ends_on: date,
    *,
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY,
    free: Iterable[date] = (),
) -> int:
    """How many days from the first to the last are worked: those of ``weekdays`` that are not ``free``."""
    if ends_on < starts_on:
        return 0
    whole, rest = divmod((ends_on - starts_on).days + 1, 7)
    partial = sum((starts_on.weekday() + offset) % 7 in weekdays for offset in range(rest))
    off = sum(starts_on <= day <= ends_on and day.weekday() in weekdays for day in set(free))
    return whole * len(weekdays) + partial - off


def position_of(day: date, divided: Sequence[Period]) -> int:
    """The position of the period that holds a day, or -1 outside all of them; by bisection."""
    low, high = 0, len(divided)
    while low < high:
        middle = (low + high) // 2
        if divided[middle].ends_on < day:
            low = middle + 1
        else:
            high = middle
    return low if low < len(divided) and divided[low].starts_on <= day else -1


def _monday_number(day: date) -> int:
    """A number that grows by one with every Monday."""
    return (day.toordinal() + 6) // 7
