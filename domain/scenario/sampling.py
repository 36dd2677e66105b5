"""How likely a plan holds when durations and efforts turn out within their estimates."""

from collections.abc import Callable

import numpy as np

from domain.planning.input import HIGH, LIKELY, LOW, Flags, Floats, PlanningInput
from domain.planning.problems import PosedSelection
from domain.planning.timing import WEEKS_PER_PERIOD, PosedSchedule
from domain.scenario.result import FinishRange, Outlook, TeamRisk
from prioritisation.plan_robustness import schedule_robustness, selection_robustness
from prioritisation.sampling import Estimates
from prioritisation.schedule_problem import Schedule
from prioritisation.selection_result import Selection

_POINTS = (LOW, LIKELY, HIGH)
_SHORTEST = 1e-6
"""Periods: nothing takes no time."""


def sampled(
    made: PosedSelection,
    found: Selection,
    timed: PosedSchedule,
    scheduled: Schedule,
    *,
    samples: int,
    seed: int,
    told: Callable[[float], None],
) -> Outlook | None:
    """Sample a plan; None when nothing is scheduled.

    Teams are at risk by what is funded against their capacity in the cycle; finishes are those of the schedule
    when each initiative begins as early as the samples before it allow.
    """
    posed = made.posed
    if not samples or not (scheduled.start >= 0).any():
        return None
    funded = selection_robustness(
        made.problem,
        found.chosen,
        _estimates(_efforts(posed, made.effort.weeks, made.standing.committed)),
        seed=seed,
        samples=samples,
        progress=lambda done, wanted: told(0.2 * done / wanted),
    )
    positions = timed.positions
    replayed = schedule_robustness(
        timed.problem,
        scheduled,
        duration=_estimates(_durations(timed)[:, :, np.newaxis]),
        effort=_estimates(_efforts(posed, timed.effort.weeks, timed.standing.committed)[:, positions]),
        seed=seed,
        samples=samples,
        progress=lambda done, wanted: told(0.2 + 0.8 * done / wanted),
    )
    ids, ends = posed.initiative_ids, [period.ends_on for period in posed.periods]
    teams = [
        TeamRisk(
            team_id=posed.team_ids[m],
            probability=float(funded.exceeds[k]),
            expected_overrun=float(funded.overrun[k]),
        )
        for m, k in enumerate(posed.team_resource.tolist())
    ]
    return Outlook(
        samples=replayed.samples,
        seed=seed,
        probability=replayed.holds,
        standard_error=replayed.holds_error,
        teams=tuple(sorted(teams, key=lambda risk: (-risk.expected_overrun, risk.team_id))),
        finishes=tuple(
            FinishRange(
                id=ids[position],
                p50=ends[replayed.median[at]] if replayed.median[at] < len(ends) else None,
                p80=ends[replayed.safe[at]] if replayed.safe[at] < len(ends) else None,
            )
            for at, position in enumerate(positions.tolist())
            if scheduled.start[at] >= 0
        ),
    )


def _estimates(points: Floats) -> Estimates:
    low, likely, high = points
    return Estimates(low, likely, high)


def _efforts(posed: PlanningInput, counted: Floats, committed: Flags) -> Floats:
    """Person-weeks (3, n, K): what remains, on resources that count; what is in flight has been taken off."""
    table = np.array([posed.on_resources(posed.remaining[point]) for point in _POINTS])
    # what counts as 0 in the problem (teams of unknown capacity) is no risk either
    table[:, counted == 0] = 0.0
    table[:, committed] = 0.0
    return table


def _durations(timed: PosedSchedule) -> Floats:
    """Periods (3, p): in proportion to the estimates, from the length that is planned."""
    posed, positions = timed.posed, timed.positions
    weeks = posed.remaining_duration[:, positions]
    planned = timed.problem.duration.astype(np.float64)
    own = weeks / WEEKS_PER_PERIOD[posed.settings.length]
    # at the pace of the team it takes longer than estimated, whatever the estimate
    stretch = np.divide(planned, own[LIKELY], out=np.ones_like(planned), where=timed.stretched[positions])
    periods = own * stretch
    periods = np.where(np.isnan(periods), planned, periods)
    return np.maximum(periods, _SHORTEST)
