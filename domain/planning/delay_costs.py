"""What finishing late costs in a plan: a table by initiative and period, and what each row of it rests on."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from domain.enums import UrgencyProfile
from domain.planning.input import (
    DEADLINE,
    LIFE,
    PEAK,
    RAMP,
    RATE_LIKELY,
    STEP,
    Flags,
    Floats,
    Integers,
    PlanningInput,
)
from domain.snapshot.columns import day_number, frozen
from prioritisation import cost_of_delay, urgency

_DAYS = 7

_FAINT = 1e-3
"""What knows neither cost of delay nor value weighs this part of the least of the others."""


class DelayBasis(StrEnum):
    """What the cost of delay of an initiative in a plan rests on."""

    STATED = "stated"
    FROM_VALUE = "from_value"
    UNKNOWN = "unknown"


BASES = tuple(DelayBasis)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DelayTable:
    """Costs of n initiatives over T periods.

    Attributes
    ----------
    cost : float64[n, T + 1]
        Minor units (or, without any stated cost of delay, value times weeks): what finishing at the end of
        each period costs against finishing on the first day; the last column: not within the horizon.
    basis : int64[n]
        Positions in ``BASES``.
    per_value : float
        Minor units per week that stand for one unit of value where no cost of delay is stated; NaN where
        nothing tells.
    in_money : bool
        Whether costs are minor units.
    """

    cost: Floats
    basis: Integers
    per_value: float
    in_money: bool


def delay_table(posed: PlanningInput, weeks: Floats) -> DelayTable:
    """The table that a schedule minimises.

    Who has a stated cost of delay in the currency of the organisation counts with that, by its urgency
    profile. Who has none, and a value, counts linearly with what a unit of value costs per week among those
    that have both: leaving them at 0 would put all that nobody has estimated yet last. Who has neither is
    only filled in: its weight is far below all others.

    Parameters
    ----------
    weeks
        Duration (n): what is not done within the horizon counts as begun when it ends.
    """
    day = day_number(posed.settings.day)
    ends = np.array([(day_number(period.ends_on) - day + 1) / _DAYS for period in posed.periods])
    finish = np.column_stack([np.tile(ends, (len(posed), 1)), ends[-1] + np.nan_to_num(weeks)])
    stated = np.array([profile is not None for profile in posed.profiles], dtype=np.bool_)
    valued = ~np.isnan(posed.value) & (posed.value > 0)
    cost = np.zeros_like(finish)
    if stated.any():
        cost[stated] = cost_of_delay.delay_cost(_problem(posed, stated, day), finish[stated])
    both = stated & valued
    worth = float(posed.value[both].sum())
    per_value = float(cost[both, -2].sum() / ends[-1] / worth) if worth > 0 else np.nan
    # nobody has stated any: then the value itself is what waits
    rate = 1.0 if not stated.any() else per_value
    by_value = valued & ~stated & (not np.isnan(rate))
    cost[by_value] = posed.value[by_value, np.newaxis] * rate * finish[by_value]
    rest = ~stated & ~by_value
    known = cost[~rest, -2]
    known = known[known > 0]
    least = float(known.min()) / ends[-1] if known.size else 1.0
    cost[rest] = _FAINT * least * finish[rest]
    basis = np.where(stated, 0, np.where(by_value, 1, 2))
    # rounding must not let a cost fall
    return DelayTable(
        cost=frozen(np.maximum.accumulate(cost, axis=1)),
        basis=frozen(basis),
        per_value=rate,
        in_money=bool(stated.any()),
    )


def _problem(posed: PlanningInput, which: Flags, day: float) -> urgency.DelayProblem:
    table = posed.delay[:, which]
    profiles = [profile for profile in posed.profiles if profile is not None]
    return urgency.DelayProblem(
        profile=[urgency.UrgencyProfile[UrgencyProfile(profile).name] for profile in profiles],
        rate=table[RATE_LIKELY],
        deadline=(table[DEADLINE] - day) / _DAYS,
        step=table[STEP],
        ramp=table[RAMP],
        life=table[LIFE],
        peak=table[PEAK],
    )
