"""Focus and stated figures, day by day: what is said for the shortest stretch around a day holds on it."""

from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.capacity.stored import StoredCapacity, absences_of, is_long
from domain.periods import working_days
from domain.rows import CycleRow
from prioritisation.capacity import shared_leave
from prioritisation.capacity_problem import Calendar

Floats = NDArray[np.float64]


class _Stretch(NamedTuple):
    """A value for a team (or skill) between two days; ``own`` is that of the cycle that is asked about."""

    column: int
    first: int
    last: int
    value: float
    cycle: bool
    own: bool

    @property
    def precedence(self) -> tuple[bool, int, bool]:
        """What comes later in this order stands over what comes before: days over cycles, short over long."""
        return not self.cycle, self.first - self.last, self.own


def stated_rates(stored: StoredCapacity, cycle: CycleRow, weekdays: frozenset[int]) -> Floats:
    """Person-weeks that are stated for each day of the cycle: teams first, then skills; NaN for none.

    A figure is spread over the working days that it covers, less leave that all of the team have; one for more
    than ten years over its working days alone.
    """
    place, skills = stored.place, stored.skills
    origin, length = stored.hull[0], (stored.hull[1] - stored.hull[0]).days + 1
    start = (cycle.starts_on - origin).days
    days = (cycle.ends_on - cycle.starts_on).days + 1
    rate = np.full((len(place) + len(skills), days), np.nan)
    if not stored.figures:
        return rate
    working = working_on(origin, length, weekdays)
    whole = Calendar(working=working, period=np.zeros(length, dtype=np.int64), periods=1)
    away = shared_leave(whole, absences_of(stored.leave, {}, place, origin), teams=len(place))
    stretches = []
    for row, (first, last) in stored.figures:
        column = place[row.team_id] if not row.skill else len(place) + skills[row.team_id, row.skill]
        own = row.cycle_id == cycle.id
        bounds = ((first - origin).days, (last - origin).days)
        if bounds[1] >= start and bounds[0] < start + days:
            stretches.append(
                (row, _Stretch(column, *bounds, row.person_weeks, row.cycle_id is not None, own))
            )
    for row, stretch in sorted(stretches, key=lambda item: item[1].precedence):
        begin, end = max(stretch.first, start), min(stretch.last + 1, start + days)
        first, last = origin + timedelta(stretch.first), origin + timedelta(stretch.last)
        if is_long((first, last)):
            count = max(1, working_days(first, last, weekdays=weekdays))
            shown = stretch.value * working[begin:end] / count
        else:
            span = slice(stretch.first, stretch.last + 1)
            weight = working[span] * (1.0 - away[place[row.team_id], span])
            if not weight.any():
                weight = working[span].astype(np.float64)
            if not weight.any():
                weight = np.ones(stretch.last + 1 - stretch.first)
            spread = stretch.value * weight / weight.sum()
            shown = spread[begin - stretch.first : end - stretch.first]
        rate[stretch.column, begin - start : end - start] = shown
    return rate


def focus_shares(stored: StoredCapacity, cycle: CycleRow) -> Floats:
    """The focus share of each team and day; all of the time where nobody has said anything."""
    place, cycles = stored.place, stored.cycles
    shares = np.ones((len(place), (cycle.ends_on - cycle.starts_on).days + 1))
    stretches = []
    for row in stored.focuses:
        if row.cycle_id is None:
            shares[place[row.team_id]] = row.share
        elif row.cycle_id in cycles:
            first, last = cycles[row.cycle_id]
            bounds = ((first - cycle.starts_on).days, (last - cycle.starts_on).days)
            own = row.cycle_id == cycle.id
            stretches.append(_Stretch(place[row.team_id], *bounds, row.share, True, own))
    for stretch in sorted(stretches, key=lambda item: item.precedence):
        shares[stretch.column, max(stretch.first, 0) : max(stretch.last + 1, 0)] = stretch.value
    return shares


def working_on(origin: date, days: int, weekdays: frozenset[int]) -> NDArray[np.bool_]:
    """Which of so many days from ``origin`` on are working days."""
    by_weekday = np.array([day in weekdays for day in range(7)])
    return by_weekday[(origin.weekday() + np.arange(days)) % 7]
