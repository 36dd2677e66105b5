"""What is left for new work: stated capacity less what work in flight still needs, within the shares.

Work in flight is not asked again whether it fits: where it needs more than there is, that is said, nothing
is left, and what it takes from ring-fences of others comes off those in proportion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import numpy as np

from domain.periods import WORKING_DAYS_PER_WEEK, working_days
from domain.planning.input import LIKELY, MODES, Floats, PlanningInput
from domain.planning.standing import Effort, Standing
from domain.snapshot.columns import frozen
from prioritisation.allocation_limits import AllocationLimits, AllocationMode

_SHORTEST = 1 / WORKING_DAYS_PER_WEEK
"""Weeks: what is in flight takes a working day at least."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Room:
    """Capacity, and what of it is left for each category, by period or in all.

    Attributes
    ----------
    stated : float64[..., K]
        Person-weeks that teams have; 0 where nobody has stated any.
    elsewhere : float64[..., K]
        What active initiatives of other portfolios take of them.
    committed : float64[..., B + 1, K]
        What work in flight takes; the last row is work without category.
    share : float64[..., B, K]
        What the policy gives each category; NaN where it says nothing, and for skills.
    left : float64[..., K]
        What is left for new work.
    reserved, upper : float64[..., B, K]
        What of that only the category may use, and what it may use at most.
    """

    stated: Floats
    elsewhere: Floats
    committed: Floats
    share: Floats
    left: Floats
    reserved: Floats
    upper: Floats

    @cached_property
    def over(self) -> Floats:
        """Person-weeks by which work in flight exceeds what teams have, float64[..., K]; 0 where it doesn't."""
        excess = self.elsewhere + self.committed.sum(axis=-2) - self.stated
        return frozen(np.maximum(excess, 0.0))

    def limits(self) -> AllocationLimits:
        """The limits of a selection, from room in all."""
        return AllocationLimits(capacity=self.left, reserved=self.reserved, upper=self.upper)


def room_in_all(posed: PlanningInput, standing: Standing, effort: Effort) -> Room:
    """Room in the rest of the cycle as a whole."""
    by_period = committed_by_period(posed, standing, effort)
    stated = np.nan_to_num(posed.capacity).sum(axis=0)
    return _room(posed, stated, np.minimum(posed.elsewhere, stated), by_period.sum(axis=0))


def room_by_period(posed: PlanningInput, standing: Standing, effort: Effort) -> Room:
    """Room in each period; what other portfolios take is spread as capacity is."""
    stated = np.nan_to_num(posed.capacity)
    whole = stated.sum(axis=0)
    part = np.divide(np.minimum(posed.elsewhere, whole), whole, out=np.zeros_like(whole), where=whole > 0)
    return _room(posed, stated, stated * part, committed_by_period(posed, standing, effort))


def committed_by_period(posed: PlanningInput, standing: Standing, effort: Effort) -> Floats:
    """What work in flight takes in each period, float64[T, B + 1, K]; the last row is that without category.

    What remains of its effort is spread evenly over the working days of what remains of its duration, from
    today on; work of unknown duration over the days to the end of the cycle. What it needs before the first
    period, or after the end of the cycle, takes nothing of it.
    """
    table = np.zeros((len(posed.periods), len(posed.categories) + 1, len(posed.skills)))
    for at, part in _parts(posed, standing):
        table[:, posed.category[at]] += part[:, np.newaxis] * effort.weeks[at]
    return table


def committed_by_initiative(posed: PlanningInput, standing: Standing, effort: Effort) -> Floats:
    """What each piece of work in flight takes of the rest of the cycle, float64[n, K]; 0 of all others."""
    table = np.zeros((len(posed), len(posed.skills)))
    for at, part in _parts(posed, standing):
        table[at] = part.sum() * effort.weeks[at]
    return table


def _parts(posed: PlanningInput, standing: Standing) -> Iterator[tuple[int, Floats]]:
    """Of each piece of work in flight, the part of what remains that falls into each period."""
    days = [working_days(period.starts_on, period.ends_on) for period in posed.periods]
    before = weeks_before(posed)
    ends = before + np.cumsum(days, dtype=np.float64) / WORKING_DAYS_PER_WEEK
    starts = np.concatenate(([before], ends[:-1]))
    for at in np.flatnonzero(standing.committed).tolist():
        weeks = float(posed.remaining_duration[LIKELY, at])
        weeks = float(ends[-1]) if np.isnan(weeks) else max(weeks, _SHORTEST)
        if weeks > 0:
            yield at, (np.minimum(ends, weeks) - np.minimum(starts, weeks)) / weeks


def weeks_before(posed: PlanningInput) -> float:
    """Working weeks from today to the first day of the plan; 0 in a cycle that has begun."""
    settings = posed.settings
    return working_days(settings.today, settings.day - timedelta(days=1)) / WORKING_DAYS_PER_WEEK


def _room(posed: PlanningInput, stated: Floats, elsewhere: Floats, committed: Floats) -> Room:
    own = stated - elsewhere
    share = np.full((len(posed.categories), len(posed.skills)), np.nan)
    mode = np.full(share.shape, -1, dtype=np.int64)
    share[:, posed.team_resource] = posed.share
    mode[:, posed.team_resource] = posed.mode
    # a category that the policy says nothing about is neither held back nor protected
    given = share * own[..., np.newaxis, :]
    fenced = np.isin(mode, _codes(AllocationMode.RING_FENCED, AllocationMode.FLOOR))
    capped = np.isin(mode, _codes(AllocationMode.RING_FENCED, AllocationMode.CAP))
    taken = committed[..., :-1, :]
    reserved = np.where(fenced, np.maximum(given - taken, 0.0), 0.0)
    upper = np.where(capped, np.maximum(given - taken, 0.0), np.inf)
    left = np.maximum(own - committed.sum(axis=-2), 0.0)
    wanted = reserved.sum(axis=-2)
    # work in flight that goes beyond its share has taken what was reserved for others
    part = np.divide(left, wanted, out=np.ones_like(left), where=wanted > left)
    return Room(
        stated=frozen(stated),
        elsewhere=frozen(elsewhere),
        committed=frozen(committed),
        share=frozen(given),
        left=frozen(left),
        reserved=frozen(reserved * part[..., np.newaxis, :]),
        upper=frozen(upper),
    )


def _codes(*modes: AllocationMode) -> list[int]:
    return [MODES.index(mode) for mode in modes]
