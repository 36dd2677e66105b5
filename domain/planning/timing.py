"""From the input of a plan to a schedule problem: dates and durations in whole periods, and who can't be placed."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from domain.enums import DependencyKind
from domain.periods import PeriodLength
from domain.planning.delay_costs import DelayTable, delay_table
from domain.planning.input import LIKELY, Flags, Floats, Integers, PlanningInput
from domain.planning.limits import Room, room_by_period, weeks_before
from domain.planning.standing import Bar, Effort, Standing, effort_of, standing_of
from domain.snapshot.columns import day_number, frozen
from prioritisation.adjacency import csr, reachable
from prioritisation.dependencies import DependencyType
from prioritisation.estimates import TimeUnit, weeks_in
from prioritisation.schedule_problem import ScheduleProblem

_ROUNDING = 1e-9

WEEKS_PER_PERIOD = {PeriodLength.WEEK: 1.0, PeriodLength.MONTH: weeks_in(TimeUnit.MONTH)}

_KINDS = {
    DependencyKind.FINISH_TO_START: DependencyType.FINISH_TO_START,
    DependencyKind.START_TO_START: DependencyType.START_TO_START,
    DependencyKind.FINISH_TO_FINISH: DependencyType.FINISH_TO_FINISH,
}

_USUAL = 0.25
"""Quantile of the room of periods that a pace has to fit into: three of four periods have as much."""


class Gap(StrEnum):
    """Why an initiative that should be scheduled can't be placed at all."""

    DURATION_UNKNOWN = "duration_unknown"
    EFFORT_UNKNOWN = "effort_unknown"
    CAPACITY_UNKNOWN = "capacity_unknown"
    NO_CAPACITY = "no_capacity"
    PREREQUISITE_MISSING = "prerequisite_missing"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PosedSchedule:
    """A schedule problem, and what it was made from.

    Attributes
    ----------
    positions : int64[p]
        Position in the input of each initiative of the problem, ascending.
    gaps
        Who was to be scheduled and can't be, and why (n).
    delay
        Costs of all n initiatives.
    weeks : float64[n]
        Remaining duration in weeks at the pace that the team's share allows; NaN where unknown.
    stretched : bool[n]
        Whether that is longer than what is estimated.
    missed : bool[n]
        Mandatory, and dates and dependencies alone leave no time before the deadline, or before the end of the
        horizon: planned all the same, and late, or not at all.
    """

    posed: PlanningInput
    effort: Effort
    standing: Standing
    room: Room
    positions: Integers
    gaps: Mapping[Gap, Flags]
    delay: DelayTable
    weeks: Floats
    stretched: Flags
    missed: Flags
    problem: ScheduleProblem


def schedule_problem(posed: PlanningInput, chosen: Flags) -> PosedSchedule:
    """When the chosen initiatives run, beside what is in flight.

    Durations are rounded up to whole periods, lags too. What remains of an initiative's effort is spread evenly
    over them. Where its category's part in a team does not allow the pace that the estimates imply in three of
    four periods, it takes longer: the least number of periods that the pace then fits into. Work in flight
    runs from the first period on, and its capacity has been taken off.

    Parameters
    ----------
    chosen : bool[n]
        What to schedule; work in flight is always in it.
    """
    effort = effort_of(posed)
    standing = standing_of(posed, effort)
    room = room_by_period(posed, standing, effort)
    wanted = (chosen | standing.committed) & ~posed.excluded
    span, stretched = _spans(posed, effort, standing, room)
    missed = _late(posed, span, standing)
    gaps = _gaps(posed, effort, standing, wanted, span, missed)
    placed = wanted.copy()
    for flags in gaps.values():
        placed &= ~flags
    edges = _edges(posed, standing, placed)
    periods = WEEKS_PER_PERIOD[posed.settings.length]
    lag = np.ceil(posed.lag[edges] / periods - _ROUNDING).astype(np.int64)
    last = _latest(posed)
    # what has to be done and comes too late because of what it waits for is planned all the same, too
    too_late = _first_finish(posed, standing, span, edges, lag) > np.where(
        last >= 0, last, len(posed.periods) - 1
    )
    missed = missed | (placed & standing.mandatory & too_late)
    positions = np.flatnonzero(placed)
    weeks = np.where(stretched, span * periods, posed.remaining_duration[LIKELY])
    delay = delay_table(posed, weeks)
    flying = standing.committed[positions]
    length = span[positions]
    demand = np.where(flying[:, np.newaxis], 0.0, effort.weeks[positions] / length[:, np.newaxis])
    place = np.cumsum(placed) - 1
    latest = np.where(flying | missed[positions], -1, last[positions])
    problem = ScheduleProblem(
        duration=length,
        demand=demand,
        capacity=room.left,
        cost=delay.cost[positions],
        # without any team there are no limits, and no categories in them
        category=np.where(posed.skills != (), posed.category[positions], -1),
        reserved=room.reserved,
        upper=room.upper,
        before=place[posed.before[edges]],
        after=place[posed.after[edges]],
        kind=np.array([_KINDS[posed.kinds[edge]] for edge in edges.tolist()], dtype=np.int64),
        lag=lag,
        earliest=np.where(flying, 0, _earliest(posed)[positions]),
        latest=latest,
        fixed_start=np.where(flying, 0, -1),
        mandatory=standing.mandatory[positions] & ~missed[positions],
    )
    return PosedSchedule(
        posed=posed,
        effort=effort,
        standing=standing,
        room=room,
        positions=frozen(positions),
        gaps=gaps,
        delay=delay,
        weeks=frozen(weeks),
        stretched=frozen(stretched),
        missed=frozen(missed & wanted),
        problem=problem,
    )


def _spans(posed: PlanningInput, effort: Effort, standing: Standing, room: Room) -> tuple[Integers, Flags]:
    """Periods that each initiative takes; 0 where unknown, or where there is no room for it in any number."""
    weeks = posed.remaining_duration[LIKELY]
    weeks = np.where(standing.committed, weeks - weeks_before(posed), weeks)
    estimated = _in_periods(weeks, posed.settings.length)
    usual = _usual_room(room)
    span, stretched = estimated.copy(), np.zeros(len(posed), dtype=np.bool_)
    for at in np.flatnonzero((estimated > 0) & ~standing.committed).tolist():
        weeks, pace = effort.weeks[at], usual[posed.category[at]]
        needed = weeks > 0
        if (needed & (pace <= 0)).any():
            span[at] = 0
            continue
        least = math.ceil(float((weeks[needed] / pace[needed]).max(initial=0.0)) - _ROUNDING)
        if least > estimated[at]:
            span[at], stretched[at] = least, True
    return span, stretched


def _usual_room(room: Room) -> Floats:
    """What one initiative of each category could take of each resource in three of four periods with any.

    float64[B + 1, K]; the last row is work without category.
    """
    spare = np.maximum(room.left - room.reserved.sum(axis=1), 0.0)
    own = np.minimum(room.upper, spare[:, np.newaxis] + room.reserved)
    rows = np.concatenate([own, spare[:, np.newaxis]], axis=1)
    with_any = np.where(rows > 0, rows, np.nan)
    usual = np.zeros(rows.shape[1:])
    some = (rows > 0).any(axis=0)
    usual[some] = np.nanquantile(with_any[:, some], _USUAL, axis=0)
    return usual


def _in_periods(weeks: Floats, length: PeriodLength) -> Integers:
    """Whole periods, at least 1; 0 where unknown."""
    whole = np.ceil(weeks / WEEKS_PER_PERIOD[length] - _ROUNDING)
    return np.where(np.isnan(weeks), 0, np.maximum(np.nan_to_num(whole), 1)).astype(np.int64)


def _earliest(posed: PlanningInput) -> Integers:
    """First period that begins no earlier than the earliest start; T where it lies after the horizon."""
    begins = np.array([day_number(period.starts_on) for period in posed.periods])
    begins[0] = -np.inf
    day = np.where(np.isnan(posed.earliest_start), -np.inf, posed.earliest_start)
    day = np.where(day <= day_number(posed.settings.day), -np.inf, day)
    return np.searchsorted(begins, day, side="left").astype(np.int64)


def _latest(posed: PlanningInput) -> Integers:
    """Last period that ends no later than the deadline; -1 without one within the horizon."""
    ends = np.array([day_number(period.ends_on) for period in posed.periods])
    last = np.searchsorted(ends, np.nan_to_num(posed.deadline, nan=np.inf), side="right") - 1
    bound = ~np.isnan(posed.deadline) & (posed.deadline < ends[-1])
    return np.where(bound, last, -1).astype(np.int64)


def _late(posed: PlanningInput, span: Integers, standing: Standing) -> Flags:
    """Who can't meet its deadline even when it begins as early as it may."""
    ends = day_number(posed.periods[-1].ends_on)
    bound = ~np.isnan(posed.deadline) & (posed.deadline < ends) & ~standing.committed
    late: Flags = bound & (_earliest(posed) + span - 1 > _latest(posed))
    return late


def _first_finish(
    posed: PlanningInput, standing: Standing, span: Integers, edges: Integers, lag: Integers
) -> Integers:
    """The period in which each initiative could finish if capacity were no matter."""
    first = np.where(standing.committed, 0, _earliest(posed))
    before, after = posed.before[edges], posed.after[edges]
    kinds = np.array([_KINDS[posed.kinds[edge]] for edge in edges.tolist()], dtype=np.int64)
    spans = {
        DependencyType.FINISH_TO_START: span[before],
        DependencyType.START_TO_START: np.zeros_like(before),
        DependencyType.FINISH_TO_FINISH: span[before] - span[after],
    }
    gap = lag + np.choose(kinds, [spans[kind] for kind in DependencyType])
    for _ in range(len(posed)):
        then = first.copy()
        np.maximum.at(then, after, first[before] + gap)
        if np.array_equal(then, first):
            break
        first = then
    finish: Integers = first + span - 1
    return finish


def _gaps(
    posed: PlanningInput,
    effort: Effort,
    standing: Standing,
    wanted: Flags,
    span: Integers,
    late: Flags,
) -> dict[Gap, Flags]:
    free = wanted & ~standing.committed
    unknown = np.isnan(posed.duration[LIKELY])
    # work in flight of unknown duration runs on to the end of the cycle
    gaps = {
        Gap.DURATION_UNKNOWN: wanted & unknown,
        Gap.EFFORT_UNKNOWN: free & effort.unknown,
        Gap.CAPACITY_UNKNOWN: free & effort.without_capacity,
        Gap.NO_CAPACITY: free & ~unknown & (span == 0),
        Gap.TOO_LATE: free
        & (
            (late & ~standing.mandatory)
            | standing.bars[Bar.STARTS_AFTER_CYCLE]
            | (_earliest(posed) >= len(posed.periods))
        ),
    }
    missing = ~wanted
    for flags in gaps.values():
        missing = missing | flags
    reached = missing.copy()
    waiting = csr(len(posed), *_waits(posed, standing))
    reached[reachable(waiting, np.flatnonzero(missing))] = True
    gaps[Gap.PREREQUISITE_MISSING] = free & reached & ~missing
    return gaps


def _waits(posed: PlanningInput, standing: Standing) -> tuple[Integers, Integers]:
    """Who comes before whom; what has begun waits for nothing, and nobody waits for its start."""
    starts = np.array([kind is DependencyKind.START_TO_START for kind in posed.kinds], dtype=np.bool_)
    holds = ~standing.committed[posed.after] & ~(standing.committed[posed.before] & starts)
    return posed.before[holds], posed.after[holds]


def _edges(posed: PlanningInput, standing: Standing, placed: Flags) -> Integers:
    """Dependencies between what is placed; what has begun waits for nothing any more."""
    both = placed[posed.before] & placed[posed.after] & ~standing.committed[posed.after]
    return np.flatnonzero(both)
