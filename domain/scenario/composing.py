"""From what the engine has solved to a result that needs nothing but itself."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from domain.enums import ScoringMethod
from domain.planning.delay_costs import BASES, DelayBasis
from domain.planning.encoding import fingerprint
from domain.planning.input import Flags, Floats, Integers, PlanningInput, uuids
from domain.planning.problems import PosedSelection
from domain.planning.reasons import explained
from domain.planning.timing import PosedSchedule
from domain.scenario.result import (
    KeyResultOutlook,
    Lack,
    Outlook,
    PlannedInitiative,
    PlanResult,
    Proven,
    ResourceUse,
)
from domain.scenario.vocabulary import Proof
from prioritisation.schedule_problem import Schedule
from prioritisation.selection_result import Selection
from prioritisation.selection_unfunded import Unfunded

_DIGITS = 9
"""Person-weeks are rounded to so many digits after the point: adding up fractions leaves dust."""


def compose(
    made: PosedSelection,
    found: Selection,
    unfunded: Mapping[int, Unfunded],
    timed: PosedSchedule,
    scheduled: Schedule | None,
    *,
    unscheduled: str | None,
    outlook: Outlook | None,
) -> PlanResult:
    """Put a result together.

    Parameters
    ----------
    timed, scheduled
        The schedule problem, and its solution; None when nothing could be scheduled as a whole.
    """
    posed = made.posed
    finish = _finishes(timed, scheduled)
    delays = _delays(timed, finish)
    method: ScoringMethod = posed.ranking.settings.method
    return PlanResult(
        fingerprint=fingerprint(posed),
        method=method,
        currency=posed.settings.currency,
        periods=tuple((period.starts_on, period.ends_on) for period in posed.periods),
        selection=Proven(
            value=found.value, bound=found.bound, gap=found.gap, status=Proof(found.status.value)
        ),
        schedule=None
        if scheduled is None
        else Proven(
            value=scheduled.cost,
            bound=scheduled.bound,
            gap=scheduled.gap,
            status=Proof(scheduled.status.value),
        ),
        unscheduled=unscheduled,
        delay_minor=None if delays is None or scheduled is None else float(np.nansum(delays)),
        initiatives=_initiatives(made, found.chosen, unfunded, timed, scheduled, finish, delays),
        resources=_resources(made, found, timed, scheduled),
        key_results=_key_results(posed, found.chosen, finish),
        outlook=outlook,
    )


def _finishes(timed: PosedSchedule, scheduled: Schedule | None) -> Integers:
    """Last period of each of the n initiatives; -1 where it is not scheduled, T or later beyond the cycle."""
    finish = np.full(len(timed.posed), -1, dtype=np.int64)
    if scheduled is not None:
        finish[timed.positions] = scheduled.finish
    return finish


def _delays(timed: PosedSchedule, finish: Integers) -> Floats | None:
    """What each finish costs, in minor units; NaN where nothing is known, None where nothing is at all."""
    known = timed.delay.basis != BASES.index(DelayBasis.UNKNOWN)
    if not (timed.delay.basis == BASES.index(DelayBasis.STATED)).any():
        return None
    last = timed.delay.cost.shape[1] - 1
    column = np.where((finish < 0) | (finish >= last), last, finish)
    cost = timed.delay.cost[np.arange(len(column)), column]
    return np.where(known, cost, np.nan)


def _initiatives(
    made: PosedSelection,
    chosen: Flags,
    unfunded: Mapping[int, Unfunded],
    timed: PosedSchedule,
    scheduled: Schedule | None,
    finish: Integers,
    delays: Floats | None,
) -> tuple[PlannedInitiative, ...]:
    posed, effort = made.posed, made.effort.weeks
    ids, categories = posed.initiative_ids, (*posed.category_ids, None)
    start = np.full(len(posed), -1, dtype=np.int64)
    if scheduled is not None:
        start[timed.positions] = scheduled.start
    periods = len(posed.periods)
    items = []
    for at, (initiative_id, title) in enumerate(zip(ids, posed.names.initiatives, strict=True)):
        why = explained(made, unfunded[at]) if at in unfunded and not chosen[at] else None
        begun = 0 <= start[at] < periods
        ends = 0 <= finish[at] < periods
        items.append(
            PlannedInitiative(
                id=initiative_id,
                title=title,
                state=posed.states[at],
                category_id=categories[posed.category[at]],
                value=_known(posed.value[at]),
                mandatory=bool(posed.mandatory[at]),
                in_flight=bool(made.standing.committed[at]),
                funded=bool(chosen[at]),
                reasons=() if why is None else why.reasons,
                prerequisites=() if why is None else tuple(ids[other] for other in why.prerequisites),
                rivals=() if why is None else tuple(ids[other] for other in why.rivals),
                lacks=()
                if why is None
                else tuple(
                    Lack(
                        resource=short.resource,
                        category_id=None if short.category is None else categories[short.category],
                        needed=short.needed,
                        left=short.left,
                    )
                    for short in why.shortages
                ),
                starts_on=posed.periods[start[at]].starts_on if begun else None,
                finishes_on=_finish_day(posed, timed, at, int(start[at])) if ends else None,
                gaps=tuple(gap for gap, flags in timed.gaps.items() if flags[at]),
                delay_minor=None if delays is None else _known(delays[at]),
                needs=tuple((k, float(effort[at, k])) for k in np.flatnonzero(effort[at]).tolist()),
            )
        )
    return tuple(items)


def _finish_day(posed: PlanningInput, timed: PosedSchedule, at: int, start: int) -> date:
    """The last day of the last period that it takes."""
    place = int(np.searchsorted(timed.positions, at))
    last = start + int(timed.problem.duration[place]) - 1
    return posed.periods[min(last, len(posed.periods) - 1)].ends_on


def _resources(
    made: PosedSelection, found: Selection, timed: PosedSchedule, scheduled: Schedule | None
) -> tuple[ResourceUse, ...]:
    posed, room = made.posed, timed.room
    taken = room.committed.sum(axis=1) + room.elsewhere
    load = taken if scheduled is None else taken + scheduled.load
    funded = found.used.sum(axis=0) + taken.sum(axis=0)
    uses = []
    for k, skill in enumerate(posed.skills):
        m = int(posed.resource_team[k])
        column = posed.capacity[:, k]
        uses.append(
            ResourceUse(
                team_id=posed.team_ids[m],
                team=posed.names.teams[m],
                skill=skill,
                capacity=None if np.isnan(column).any() else round(float(column.sum()), _DIGITS),
                used=round(float(funded[k]), _DIGITS),
                period_capacity=tuple(_known(weeks) for weeks in column.tolist()),
                period_used=tuple(round(float(weeks), _DIGITS) for weeks in load[:, k].tolist()),
            )
        )
    return tuple(uses)


def _key_results(posed: PlanningInput, chosen: Flags, finish: Integers) -> tuple[KeyResultOutlook, ...]:
    """Where key results are expected to end, when all that finishes in the cycle contributes what is expected."""
    done = chosen & (finish >= 0) & (finish < len(posed.periods))
    moved = np.zeros(len(posed.key_results))
    counts = done[posed.contributor]
    delta, confidence = np.nan_to_num(posed.contribution[:, counts])
    np.add.at(moved, posed.contributes_to[counts], delta * confidence)
    outlooks = []
    ids = uuids(posed.key_results)
    for index, title in enumerate(posed.names.key_results):
        start, target, now = (float(figure) for figure in posed.figures[:3, index])
        now = start if np.isnan(now) else now
        low, high = sorted((now, target))
        met = (now - target) * (target - start) >= 0
        expected = now if met else float(np.clip(now + moved[index], low, high))
        outlooks.append(
            KeyResultOutlook(
                id=ids[index],
                title=title,
                start=start,
                target=target,
                current=now,
                expected=expected,
                progress=_progress(start, target, now),
                expected_progress=_progress(start, target, expected),
            )
        )
    return tuple(outlooks)


def _progress(start: float, target: float, value: float) -> float:
    if start == target:
        return float(value == target)
    return min(1.0, max(0.0, (value - start) / (target - start)))


def _known(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)
