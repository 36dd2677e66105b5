"""Periods divide days without a gap, at Mondays or at the first days of months."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.periods import (
    MAX_PERIODS,
    Period,
    PeriodLength,
    number_of_periods,
    period_of,
    periods,
    position_of,
    working_days,
)


def test_weeks_begin_on_monday_and_the_ends_may_be_partial() -> None:
    assert periods(date(2026, 10, 1), date(2026, 10, 14), PeriodLength.WEEK) == (
        Period(date(2026, 10, 1), date(2026, 10, 4)),
        Period(date(2026, 10, 5), date(2026, 10, 11)),
        Period(date(2026, 10, 12), date(2026, 10, 14)),
    )


def test_months_begin_on_their_first_day() -> None:
    assert periods(date(2027, 12, 15), date(2028, 2, 29), PeriodLength.MONTH) == (
        Period(date(2027, 12, 15), date(2027, 12, 31)),
        Period(date(2028, 1, 1), date(2028, 1, 31)),
        Period(date(2028, 2, 1), date(2028, 2, 29)),
    )


@given(
    start=st.dates(date(1999, 1, 1), date(2040, 1, 1)),
    days=st.integers(0, 1500),
    length=st.sampled_from(PeriodLength),
)
@settings(max_examples=60)
def test_periods_are_exactly_the_days_in_order(start: date, days: int, length: PeriodLength) -> None:
    end = start + timedelta(days=days)

    divided = periods(start, end, length)

    assert (divided[0].starts_on, divided[-1].ends_on) == (start, end)
    assert all(one.ends_on + timedelta(days=1) == two.starts_on for one, two in pairwise(divided))
    assert sum(period.days for period in divided) == days + 1
    assert len(divided) == number_of_periods(start, end, length)
    for period in divided:
        assert period_of(period.starts_on, length) == period_of(period.ends_on, length)
    middle = start + timedelta(days=days // 2)
    where = divided[position_of(middle, divided)]
    assert where.starts_on <= middle <= where.ends_on
    assert position_of(end + timedelta(days=1), divided) == -1
    assert position_of(start - timedelta(days=1), divided) == -1
    counted = sum((start + timedelta(days=n)).weekday() < 5 for n in range(days + 1))
    assert working_days(start, end) == counted


def test_an_end_before_the_start_and_too_many_periods_are_refused() -> None:
    with pytest.raises(InvalidInput, match="comes before the first"):
        periods(date(2026, 2, 1), date(2026, 1, 31), PeriodLength.WEEK)
    with pytest.raises(InvalidInput, match=f"at most {MAX_PERIODS}"):
        periods(date(1, 1, 1), date.max, PeriodLength.MONTH)


def test_the_first_and_the_last_day_there_are_can_be_divided() -> None:
    assert period_of(date.max, PeriodLength.WEEK).ends_on == date.max
    assert period_of(date.max, PeriodLength.MONTH).ends_on == date.max
    assert period_of(date.min, PeriodLength.WEEK).starts_on == date.min


def test_working_days_leave_out_free_ones_once() -> None:
    christmas = [date(2026, 12, 25), date(2026, 12, 25), date(2026, 12, 26)]
    assert working_days(date(2026, 12, 21), date(2026, 12, 27), free=christmas) == 4
    assert working_days(date(2026, 12, 21), date(2026, 12, 27), weekdays=frozenset({5, 6})) == 2
    assert working_days(date(2026, 12, 27), date(2026, 12, 21)) == 0
