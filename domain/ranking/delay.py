"""What delay costs, from stored costs of delay to the engine's urgency profiles; weeks count from a day."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from domain.enums import UrgencyProfile
from domain.money import minor_per_major
from domain.rows import CostOfDelayRow
from domain.snapshot.columns import Floats, day_number
from prioritisation import cost_of_delay, urgency

DELAY_HORIZON_WEEKS = 13.0
"""Over how many weeks of lateness the cost of a week of delay is averaged: a quarter."""

_DAYS = 7


def delay_problem(
    costs: Sequence[CostOfDelayRow | None],
    *,
    today: date,
    since: Sequence[date | None] | None = None,
    per_unit: int = 1,
) -> urgency.DelayProblem:
    """The engine's problem; what has no cost of delay has an unknown rate.

    Parameters
    ----------
    costs
        One per initiative.
    today
        Week 0.
    since
        The day from which delay costs anything; left out, or None, it is today.
    per_unit
        Divides minor units: 1 keeps them, 100 makes euros of cents.
    """
    day = day_number(today)

    def column(name: str, divisor: float = 1.0) -> Floats:
        values = [None if cost is None else getattr(cost, name) for cost in costs]
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64) / divisor

    start = None
    if since is not None:
        start = np.array([np.nan if on is None else (day_number(on) - day) / _DAYS for on in since])
    return urgency.DelayProblem(
        profile=[
            urgency.UrgencyProfile[(UrgencyProfile.LINEAR if cost is None else cost.profile).name]
            for cost in costs
        ],
        rate=column("rate_minor_per_week_likely", per_unit),
        start=start,
        deadline=np.array(
            [np.nan if cost is None else (day_number(cost.deadline) - day) / _DAYS for cost in costs]
        ),
        step=column("step_minor", per_unit),
        ramp=column("ramp_weeks"),
        life=column("life_weeks"),
        peak=column("peak_week"),
    )


def mean_delay_cost(
    costs: Sequence[CostOfDelayRow | None], *, earliest: Floats, currency: str, today: date
) -> Floats:
    """Mean cost per week, in major units, of being up to a quarter late from the earliest finish.

    With a linear profile that is its rate. A cost in another currency can't be compared and is unknown.

    Parameters
    ----------
    costs
        One per initiative.
    earliest
        Weeks until it could be finished; where that is unknown it counts as today.
    """
    comparable = [cost if cost is not None and cost.currency == currency else None for cost in costs]
    posed = delay_problem(comparable, today=today, per_unit=minor_per_major(currency))
    start = np.nan_to_num(earliest, nan=0.0)
    cost = cost_of_delay.delay_cost(posed, np.column_stack([start, start + DELAY_HORIZON_WEEKS]))
    return (cost[:, 1] - cost[:, 0]) / DELAY_HORIZON_WEEKS


def delay_cost_minor(cost: CostOfDelayRow, *, today: date, finish: date) -> float:
    """What finishing on ``finish`` costs against finishing today, in minor units; 0 up to today."""
    weeks = max(0.0, (finish - today).days / _DAYS)
    return float(cost_of_delay.delay_cost(delay_problem([cost], today=today), weeks)[0])


def delay_rate_minor(cost: CostOfDelayRow, *, today: date, on: date) -> float:
    """What a week of delay costs on a day, in minor units per week; a deadline's step is no rate."""
    weeks = (on - today).days / _DAYS
    return float(cost_of_delay.delay_rate(delay_problem([cost], today=today), weeks)[0])


def value_lost_minor(cost: CostOfDelayRow, *, today: date, since: date | None) -> float:
    """What has been lost already, in minor units, for an initiative that was due on ``since``.

    For the profile with a fixed date that is its own deadline. Nothing is lost before.
    """
    due = cost.deadline if cost.profile is UrgencyProfile.FIXED_DATE else since
    if due is None or due >= today:
        return 0.0
    start = None if cost.profile is UrgencyProfile.FIXED_DATE else [due]
    return float(cost_of_delay.value_lost(delay_problem([cost], today=today, since=start))[0])
