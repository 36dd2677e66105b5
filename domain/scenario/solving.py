"""What a solver process does for a scenario: select, schedule, check, sample, and put the result together."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import orjson

from domain.errors import DomainError
from domain.planning.encoding import decode
from domain.planning.errors import PlanNotVerified
from domain.planning.packing import pack, unpack
from domain.planning.selecting import posed_selection
from domain.planning.timing import PosedSchedule, schedule_problem
from domain.scenario.composing import compose
from domain.scenario.result import encode_refusal, encode_result
from domain.scenario.sampling import sampled
from prioritisation.errors import PrioritisationError
from prioritisation.progress import Progress
from prioritisation.schedule_check import check_schedule
from prioritisation.schedule_problem import InfeasibleSchedule, Schedule, ScheduleNotFound
from prioritisation.scheduling import ScheduleBudget, schedule
from prioritisation.selection import SelectionBudget, select
from prioritisation.selection_check import check_selection
from prioritisation.selection_unfunded import explain_unfunded

TASK = "scenario.solve"

SAFETY_SECONDS = 60.0
"""Wall-clock time beyond ten times the budget after which a solve is killed."""

_SELECTION_PART = 0.4
"""Part of the budget that the selection gets; the schedule gets the rest."""

_ITERATIONS, _NODES = 25_000, 10_000
"""Work of a selection that counts as a second."""

_PLACED, _TRIED = 13_000_000, 60_000
"""Initiatives placed, and schedules tried, of which either counts as a second."""

_LEAST_EVALUATIONS = 500

_PROOF_PART = 0.3
"""Part of the schedule's budget that its proof gets."""

_MOST_NAMED = 5


def packed_question(content: bytes, parameters: Mapping[str, Any]) -> bytes:
    """What the process is asked: an input as ``domain.planning`` encodes it, and the parameters."""
    return pack(parameters, {}, rest=content)


def solve_task(question: bytes, report: Callable[[bytes], None]) -> bytes:
    """Solve an input; the same question gives the same bytes.

    What users can do something about (a mandatory set that does not fit) is an answer as well.
    """
    asked, rest = unpack(question)
    try:
        return _solve(rest, asked.values, report)
    except (DomainError, PrioritisationError) as error:
        return encode_refusal(error.message)


def _solve(content: bytes, asked: Mapping[str, Any], report: Callable[[bytes], None]) -> bytes:
    posed, seconds = decode(content), float(asked["budget_seconds"])
    made = posed_selection(posed)
    found = select(
        made.problem, budget=_selection_budget(seconds * _SELECTION_PART), progress=_told(report, "selection")
    )
    broken = check_selection(made.problem, found)
    if broken:
        raise PlanNotVerified(broken[0].message)
    timed = schedule_problem(posed, found.chosen)
    budget = _schedule_budget(
        seconds * (1 - _SELECTION_PART), size=len(timed.positions), seed=int(asked["seed"])
    )
    timed, scheduled, unscheduled = _scheduled(timed, budget, _told(report, "schedule"))
    outlook = None
    if scheduled is not None:
        complaints = check_schedule(timed.problem, scheduled)
        if complaints:
            raise PlanNotVerified(complaints[0].text)
        outlook = sampled(
            made,
            found,
            timed,
            scheduled,
            samples=int(asked["robustness_samples"]),
            seed=int(asked["seed"]),
            told=_sampling(report),
        )
    unfunded = {item.item: item for item in explain_unfunded(made.problem, found.chosen)}
    return encode_result(
        compose(made, found, unfunded, timed, scheduled, unscheduled=unscheduled, outlook=outlook)
    )


def _scheduled(
    timed: PosedSchedule, budget: ScheduleBudget, told: Callable[[Progress], None]
) -> tuple[PosedSchedule, Schedule | None, str | None]:
    """A schedule, and what can't be kept, for a person to read.

    Where not all that has to be done can be, in time, it competes like everything else: a plan that says what is
    late is of more use than none.
    """
    try:
        return timed, schedule(timed.problem, budget=budget, progress=told), None
    except (InfeasibleSchedule, ScheduleNotFound) as error:
        names = timed.posed.names.initiatives
        named = [names[timed.positions[item]] for item in error.items[:_MOST_NAMED]]
        more = len(error.items) - len(named)
        whose = f" ({', '.join(named)}{f' and {more} more' if more > 0 else ''})" if named else ""
        said = f"What has to be done can't all be scheduled by its dates within the cycle{whose}."
    problem = timed.problem
    eased = replace(
        problem,
        mandatory=np.zeros(problem.size, dtype=np.bool_),
        latest=np.where(problem.mandatory, -1, problem.latest),
    )
    try:
        return replace(timed, problem=eased), schedule(eased, budget=budget, progress=told), said
    except (InfeasibleSchedule, ScheduleNotFound) as error:
        return timed, None, f"{said} {error.message}"


def _selection_budget(seconds: float) -> SelectionBudget:
    return SelectionBudget(
        iterations=int(_ITERATIONS * seconds),
        nodes=int(_NODES * seconds),
        seconds=SAFETY_SECONDS + 5 * seconds,
    )


def _schedule_budget(seconds: float, *, size: int, seed: int) -> ScheduleBudget:
    evaluations = int(min(_PLACED / max(1, size), _TRIED) * seconds * (1 - _PROOF_PART))
    return ScheduleBudget(
        evaluations=max(evaluations, _LEAST_EVALUATIONS),
        proof=seconds * _PROOF_PART,
        seconds=SAFETY_SECONDS + 5 * seconds,
        seed=seed,
    )


def _sampling(report: Callable[[bytes], None]) -> Callable[[float], None]:
    tell = _told(report, "robustness")
    return lambda done: tell(Progress(phase="SAMPLES", incumbent=None, bound=None, gap=None, done=done))


def _told(report: Callable[[bytes], None], phase: str) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        report(
            orjson.dumps(
                {
                    "phase": phase,
                    "step": progress.phase.lower(),
                    "done": min(1.0, max(0.0, progress.done)),
                    "incumbent": progress.incumbent,
                    "bound": progress.bound,
                    "gap": progress.gap,
                }
            )
        )

    return tell
