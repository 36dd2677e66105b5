"""When reviews are due: counting of months, what a held review settles, and the edges of dates."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.review.calendar import entry, is_occurrence, occurrences, to_settle
from domain.review.kinds import DueState, ReviewCadence, ReviewKind
from domain.review.rows import ReviewScheduleRow

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _schedule(first: date, cadence: ReviewCadence) -> ReviewScheduleRow:
    return ReviewScheduleRow(
        uuid4(), "Review", ReviewKind.CHANGE, None, None, None, cadence, first, 1, _NOW, _NOW, None
    )


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        (ReviewCadence.WEEKLY, ["2026-01-31", "2026-02-07", "2026-02-14"]),
        (ReviewCadence.BIWEEKLY, ["2026-01-31", "2026-02-14", "2026-02-28"]),
        (ReviewCadence.MONTHLY, ["2026-01-31", "2026-02-28", "2026-03-31"]),
        (ReviewCadence.QUARTERLY, ["2026-01-31", "2026-04-30", "2026-07-31"]),
        (ReviewCadence.HALF_YEARLY, ["2026-01-31", "2026-07-31", "2027-01-31"]),
        (ReviewCadence.YEARLY, ["2026-01-31", "2027-01-31", "2028-01-31"]),
    ],
)
def test_days_of_a_review(cadence: ReviewCadence, days: list[str]) -> None:
    assert [str(day) for day in islice(occurrences(date(2026, 1, 31), cadence), 3)] == days


@pytest.mark.parametrize(
    ("day", "settled", "next_due_on", "state", "missed"),
    [
        ("2026-01-04", None, "2026-01-05", DueState.UPCOMING, 0),
        ("2026-01-05", None, "2026-01-05", DueState.DUE, 0),
        ("2026-01-06", None, "2026-01-05", DueState.OVERDUE, 1),
        ("2026-01-19", None, "2026-01-05", DueState.OVERDUE, 2),
        ("2026-01-20", None, "2026-01-05", DueState.OVERDUE, 3),
        ("2026-01-20", "2026-01-12", "2026-01-19", DueState.OVERDUE, 1),
        ("2026-01-20", "2026-01-19", "2026-01-26", DueState.UPCOMING, 0),
    ],
)
def test_a_weekly_review_on_a_day(
    day: str, settled: str | None, next_due_on: str, state: DueState, missed: int
) -> None:
    found = entry(
        _schedule(date(2026, 1, 5), ReviewCadence.WEEKLY),
        settled=None if settled is None else date.fromisoformat(settled),
        last_held_on=None,
        day=date.fromisoformat(day),
    )
    assert found is not None
    assert (str(found.next_due_on), found.state, found.missed_count) == (next_due_on, state, missed)


@pytest.mark.parametrize(
    ("settled", "held_on", "day"),
    [
        (None, "2026-01-01", "2026-01-05"),
        (None, "2026-01-05", "2026-01-05"),
        (None, "2026-01-20", "2026-01-19"),
        ("2026-01-19", "2026-01-20", "2026-01-26"),
        ("2026-01-12", "2026-01-20", "2026-01-19"),
    ],
)
def test_what_a_review_settles_if_nobody_says_which_day(settled: str | None, held_on: str, day: str) -> None:
    found = to_settle(
        date(2026, 1, 5),
        ReviewCadence.WEEKLY,
        settled=None if settled is None else date.fromisoformat(settled),
        held_on=date.fromisoformat(held_on),
    )
    assert str(found) == day


def test_the_last_day_there_is_ends_a_review() -> None:
    schedule = _schedule(date(9999, 12, 31), ReviewCadence.MONTHLY)
    assert entry(schedule, settled=date(9999, 12, 31), last_held_on=None, day=date.max) is None
    found = entry(_schedule(date.min, ReviewCadence.YEARLY), settled=None, last_held_on=None, day=date.max)
    assert found is not None
    assert found.missed_count == 9999
    assert entry(_schedule(date.min, ReviewCadence.WEEKLY), settled=None, last_held_on=None, day=date.min)


@settings(max_examples=80)
@given(
    first=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    cadence=st.sampled_from(ReviewCadence),
    days=st.integers(0, 3000),
)
def test_standing_counts_as_going_through_all_days_does(
    first: date, cadence: ReviewCadence, days: int
) -> None:
    day = first + timedelta(days=days)
    all_days = [each for each in islice(occurrences(first, cadence), 500) if each <= day]
    assert all(is_occurrence(first, cadence, each) for each in all_days)
    assert is_occurrence(first, cadence, day) == (day in all_days)
    settled = all_days[len(all_days) // 2] if all_days else None
    found = entry(_schedule(first, cadence), settled=settled, last_held_on=None, day=day)
    assert found is not None
    open_days = [each for each in all_days if settled is None or each > settled]
    assert found.missed_count == sum(each < day for each in open_days)
    assert found.next_due_on == next(occurrences(first, cadence, after=settled))
