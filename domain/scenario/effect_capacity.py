"""Effects on the capacity of teams: stated figures, people who join, people who leave."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.periods import MONDAY_TO_FRIDAY, WORKING_DAYS_PER_WEEK
from domain.planning.input import Floats, PlanningInput
from domain.scenario.commands import HireEffect, LeaverEffect, TeamCapacityEffect
from domain.scenario.errors import EffectRefused, Refusal
from domain.scenario.places import resources_of
from prioritisation.capacity import capacity
from prioritisation.capacity_problem import Calendar, leave_of, members

_DAYS = 7
_SLACK = 1e-9


def change_capacity(posed: PlanningInput, effect: TeamCapacityEffect, index: int) -> PlanningInput:
    """State another capacity, or add to it, on the working days from one day to another."""
    first = posed.periods[0].starts_on if effect.starts_on is None else effect.starts_on
    last = posed.periods[-1].ends_on if effect.ends_on is None else effect.ends_on
    if last < first:
        raise EffectRefused(
            f"The last day ({last}) is before the first ({first}).",
            reason=Refusal.DATES_IN_DISORDER,
            index=index,
        )
    within = _worked(posed, first, last)
    whole = _worked(posed, posed.periods[0].starts_on, posed.periods[-1].ends_on)
    if not within.any():
        raise EffectRefused(
            f"{first} to {last} has no working day of the cycle that is still to come.",
            reason=Refusal.OUTSIDE_CYCLE,
            index=index,
        )
    team, skill = resources_of(posed, effect.team_id, effect.skill, index)
    table = posed.capacity.copy()
    weeks = within / WORKING_DAYS_PER_WEEK
    concerned = [team] if not effect.skill else [] if skill is None else [skill]
    for k in concerned:
        if effect.relative:
            _refuse_unknown(posed, k, index, where=within > 0)
            table[:, k] += effect.person_weeks_per_week * weeks
        else:
            _refuse_unknown(posed, k, index, where=(within > 0) & (within < whole))
            kept = 1 - np.divide(within, whole, out=np.zeros_like(within), where=whole > 0)
            remains = np.where(kept > 0, table[:, k] * kept, 0.0)
            table[:, k] = np.where(within > 0, remains + effect.person_weeks_per_week * weeks, table[:, k])
    return _with(posed, table, index)


def hire(posed: PlanningInput, effect: HireEffect, index: int) -> PlanningInput:
    """Add people to a team, and to the skill that they bring; leave and holidays of theirs are not known."""
    added = _present(posed, effect, index, ramp_days=effect.ramp_weeks * _DAYS)
    return _add(posed, effect, added, index)


def let_go(posed: PlanningInput, effect: LeaverEffect, index: int) -> PlanningInput:
    """Take people away from a team, and from the skill that they have."""
    return _add(posed, effect, -_present(posed, effect, index, ramp_days=0.0), index)


def _present(
    posed: PlanningInput, effect: HireEffect | LeaverEffect, index: int, *, ramp_days: float
) -> Floats:
    """Person-weeks per period of the effect's people from their day on, by the rules for people of teams."""
    first, last = posed.periods[0].starts_on, posed.periods[-1].ends_on
    if effect.on > last:
        raise EffectRefused(
            f"{effect.on} is after the end of the cycle ({last}): the effect would change nothing.",
            reason=Refusal.OUTSIDE_CYCLE,
            index=index,
        )
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    calendar = Calendar(
        working=np.array([day.weekday() in MONDAY_TO_FRIDAY for day in days], dtype=np.bool_),
        period=np.repeat(np.arange(len(posed.periods)), [period.days for period in posed.periods]),
        periods=len(posed.periods),
        days_per_week=WORKING_DAYS_PER_WEEK,
    )
    one = members(
        team=[0],
        fte=[effect.fte],
        joins=[(effect.on - first).days],
        ramp_up=[(ramp_days, 0.0 if ramp_days else 1.0)],
    )
    focus = np.full((1, len(days)), effect.focus_share)
    found = capacity(calendar, one, leave_of(first=[], last=[]), focus=focus)
    weeks: Floats = found.net[:, 0] * effect.count
    return weeks


def _add(posed: PlanningInput, effect: HireEffect | LeaverEffect, weeks: Floats, index: int) -> PlanningInput:
    team, skill = resources_of(posed, effect.team_id, effect.skill, index)
    table = posed.capacity.copy()
    for k in [team] if skill is None else [team, skill]:
        _refuse_unknown(posed, k, index, where=weeks != 0)
        table[:, k] += weeks
    return _with(posed, table, index)


def _worked(posed: PlanningInput, first: date, last: date) -> Floats:
    """Working days of each period from one day to another."""
    found = np.zeros(len(posed.periods))
    for at, period in enumerate(posed.periods):
        day, end = max(first, period.starts_on), min(last, period.ends_on)
        while day <= end:
            found[at] += day.weekday() in MONDAY_TO_FRIDAY
            day += timedelta(days=1)
    return found


def _refuse_unknown(posed: PlanningInput, k: int, index: int, *, where: NDArray[np.bool_]) -> None:
    """Nothing can be added to a capacity that nobody has stated: unknown is not 0."""
    if np.isnan(posed.capacity[where, k]).any():
        raise EffectRefused(
            f"Nobody has stated the capacity of {_resource(posed, k)}: state it first, for whole periods.",
            reason=Refusal.CAPACITY_UNKNOWN,
            index=index,
        )


def _with(posed: PlanningInput, table: Floats, index: int) -> PlanningInput:
    below = np.argwhere(table < -_SLACK)
    if len(below):
        t, k = below[0].tolist()
        raise EffectRefused(
            f"The capacity of {_resource(posed, k)} would be {table[t, k]:.4g} person-weeks in the period from"
            f" {posed.periods[t].starts_on}: nobody is left to take away.",
            reason=Refusal.CAPACITY_NEGATIVE,
            index=index,
        )
    return replace(posed, capacity=np.where(np.isnan(table), np.nan, np.maximum(table, 0.0)))


def _resource(posed: PlanningInput, k: int) -> str:
    team = posed.names.teams[int(posed.resource_team[k])]
    return f"{team} ({posed.skills[k]})" if posed.skills[k] else team
