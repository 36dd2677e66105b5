"""When reviews are due. Pure functions, and one statement that reads the whole calendar.

A review that is held settles its day of the calendar and all days before it: what was missed is not made up
for one by one.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import Review, ReviewSchedule
from domain.review.kinds import DueState, ReviewCadence
from domain.review.rows import ReviewScheduleRow
from domain.rows import columns

_WEEKS = {ReviewCadence.WEEKLY: 1, ReviewCadence.BIWEEKLY: 2}
_MONTHS = {
    ReviewCadence.MONTHLY: 1,
    ReviewCadence.QUARTERLY: 3,
    ReviewCadence.HALF_YEARLY: 6,
    ReviewCadence.YEARLY: 12,
}


class CalendarEntry(NamedTuple):
    """How a review of the calendar stands on a day.

    ``next_due_on`` is the first day that no review has settled; ``missed_count`` how many such days have
    passed before the day that was asked about; ``last_held_on`` None if it was never held.
    """

    schedule: ReviewScheduleRow
    next_due_on: date
    state: DueState
    missed_count: int
    last_held_on: date | None


def occurrence(first: date, cadence: ReviewCadence, number: int) -> date:
    """The day with this number, from 0 on; months are counted from the first day, so that the 31st comes back."""
    if cadence in _WEEKS:
        return first + timedelta(weeks=_WEEKS[cadence] * number)
    months = first.month - 1 + _MONTHS[cadence] * number
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def occurrences(first: date, cadence: ReviewCadence, *, after: date | None = None) -> Iterator[date]:
    """The days of a review, those after a day if one is given, as long as there are dates."""
    number = 0 if after is None else _number_after(first, cadence, after)
    while True:
        try:
            yield occurrence(first, cadence, number)
        except (OverflowError, ValueError):
            return
        number += 1


def is_occurrence(first: date, cadence: ReviewCadence, day: date) -> bool:
    """Whether a review is due on this day."""
    number = _number_after(first, cadence, day) - 1
    return number >= 0 and occurrence(first, cadence, number) == day


def _number_after(first: date, cadence: ReviewCadence, day: date) -> int:
    """The number of the first day of a review that lies after this one."""
    if day < first:
        return 0
    if cadence in _WEEKS:
        return (day - first).days // (7 * _WEEKS[cadence]) + 1
    months = (day.year - first.year) * 12 + day.month - first.month
    number = months // _MONTHS[cadence]
    return number + 1 if occurrence(first, cadence, number) <= day else number


def entry(
    schedule: ReviewScheduleRow, *, settled: date | None, last_held_on: date | None, day: date
) -> CalendarEntry | None:
    """How a review stands on a day, all days up to ``settled`` being settled; None when it is never due again."""
    first, cadence = schedule.first_due_on, schedule.cadence
    next_due_on = next(occurrences(first, cadence, after=settled), None)
    if next_due_on is None:
        return None
    state = DueState.DUE
    if next_due_on != day:
        state = DueState.UPCOMING if next_due_on > day else DueState.OVERDUE
    yesterday = day - timedelta(days=1) if day > date.min else day
    before = 0 if settled is None else _number_after(first, cadence, settled)
    missed = max(0, _number_after(first, cadence, yesterday) - before)
    return CalendarEntry(schedule, next_due_on, state, missed, last_held_on)


def to_settle(first: date, cadence: ReviewCadence, *, settled: date | None, held_on: date) -> date | None:
    """The day that a review settles if nobody says which: the latest that is due, else the next one."""
    following = next(occurrences(first, cadence, after=settled), None)
    if following is None or following >= held_on:
        return following
    return occurrence(first, cadence, _number_after(first, cadence, held_on) - 1)


async def calendar(connection: AsyncConnection, organisation_id: UUID, *, day: date) -> list[CalendarEntry]:
    """The reviews in use with how they stand on a day, by what was held until then; the first due first."""
    schedules = sa.inspect(ReviewSchedule).local_table
    reviews = sa.inspect(Review).local_table
    held = (
        sa.select(
            reviews.c.schedule_id,
            sa.func.max(reviews.c.due_on).label("settled"),
            sa.func.max(reviews.c.held_on).label("last_held_on"),
        )
        .where(
            reviews.c.organisation_id == organisation_id,
            reviews.c.held_on <= day,
            reviews.c.archived_at.is_(None),
        )
        .group_by(reviews.c.schedule_id)
        .subquery()
    )
    selected = columns(ReviewSchedule, ReviewScheduleRow)
    query = (
        sa.select(*selected, held.c.settled, held.c.last_held_on)
        .outerjoin_from(schedules, held, held.c.schedule_id == schedules.c.id)
        .where(schedules.c.organisation_id == organisation_id, schedules.c.archived_at.is_(None))
    )
    found = []
    for *values, settled, last_held_on in await connection.execute(query):
        standing = entry(ReviewScheduleRow(*values), settled=settled, last_held_on=last_held_on, day=day)
        if standing is not None:
            found.append(standing)
    return sorted(found, key=lambda each: (each.next_due_on, each.schedule.name.lower(), each.schedule.id))
