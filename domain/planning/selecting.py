"""What to fund: solved in a process of its own, checked, kept, and explained."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np

from domain.jobs.solver import SolverKilled, SolverPool
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.errors import MandatoryDoesNotFit, PlanNotVerified, PlanTooLarge
from domain.planning.input import ENGINE_VERSION, Flags, Floats, PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.packing import Packed, pack, unpack
from domain.planning.problems import PosedSelection, selection_problem
from domain.planning.reasons import Explanation, explained, packed, unpacked
from prioritisation.cut_line import CutReading, walk_down
from prioritisation.errors import InvalidProblem
from prioritisation.selection import Selection, SelectionBudget, SelectionStatus, select
from prioritisation.selection_check import check_selection
from prioritisation.selection_conflict import Conflict, minimal_conflict
from prioritisation.selection_unfunded import Unfunded, explain_unfunded

TASK = "plan.select"

_BUDGET = SelectionBudget(seconds=6.0)

_MOST_NAMED = 5

_IN_PLACE = 500
"""Up to so many initiatives a problem is posed in a few milliseconds."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Funding:
    """A set of initiatives to fund; ``chosen`` includes what is in flight, ``value`` does not.

    ``used`` has person-weeks by category (the last row is work without) and resource, without work in flight.
    """

    chosen: Flags
    value: float
    used: Floats
    unfunded: Mapping[int, Unfunded]


@dataclass(frozen=True, kw_only=True, eq=False)
class SelectedPlan:
    """What a board would fund down its ranking, and what is worth most, side by side.

    Attributes
    ----------
    optimum, cut_line
        What is worth most, and what a walk down the ranking funds.
    bound : float
        No selection is worth more.
    line : int
        Number of the initiatives above the first of the ranking that the walk did not fund.
    price : float64[B + 1, K]
        What one more person-week is worth to a category, by the linear relaxation.
    """

    made: PosedSelection
    fingerprint: str
    reading: CutReading
    optimum: Funding
    cut_line: Funding
    bound: float
    gap: float
    status: SelectionStatus
    line: int
    price: Floats

    @property
    def posed(self) -> PlanningInput:
        """What it was computed from."""
        return self.made.posed

    @cached_property
    def size_bytes(self) -> int:
        """Memory that it takes, estimated."""
        table = self.made.effort.weeks.nbytes
        return 3 * table + 1_500 * len(self.posed) + 100 * len(self.posed.demand_of)

    def why(self, funding: Funding, position: int) -> Explanation | None:
        """Why an initiative is not funded; None if it is."""
        unfunded = funding.unfunded.get(position)
        return None if unfunded is None else explained(self.made, unfunded)


async def selected_plan(
    posed: PlanningInput,
    *,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
    reading: CutReading = CutReading.SKIP,
) -> SelectedPlan:
    """Solve a selection once for all who ask.

    Raises
    ------
    MandatoryDoesNotFit
        When what has to be done does not fit; it names a smallest set that collides.
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    PlanNotVerified
        When the plan fails its check: a fault.
    """
    digest = fingerprint(posed)

    async def solved() -> SelectedPlan:
        made = await _away(posed, lambda: posed_selection(posed))
        question = pack({"reading": reading.value}, {}, rest=encode(posed))
        try:
            answer = await solver.run(TASK, question, seconds=plans.seconds, key=organisation_id)
        except SolverKilled as error:
            raise PlanTooLarge(
                f"Solving this plan took longer than {plans.seconds:g} seconds. Make a scenario, which is solved in the"
                " background, or plan a smaller portfolio.",
                path=("cycle",),
            ) from error
        return _read(made, digest, reading, unpack(answer)[0])

    key = (TASK, ENGINE_VERSION, organisation_id, digest, reading)
    return await plans.get(key, solved, size=lambda plan: plan.size_bytes)


def select_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does: solve, check, explain."""
    asked, rest = unpack(content)
    made = selection_problem(decode(rest))
    problem = made.problem
    found = select(problem, budget=_BUDGET)
    walked = walk_down(problem, made.posed.order, reading=CutReading(asked.values["reading"]))
    for chosen, value in ((found.chosen, found.value), (walked.chosen, walked.value)):
        verify_selection(made, chosen, value)
    return pack(
        {
            "value": found.value,
            "bound": found.bound,
            "gap": found.gap,
            "status": found.status.value,
            "walked": walked.value,
            "line": walked.line,
            "unfunded": packed(explain_unfunded(problem, found.chosen)),
            "passed": packed(explain_unfunded(problem, walked.chosen)),
        },
        {
            "chosen": found.chosen,
            "used": found.used,
            "price": found.price,
            "walked": walked.chosen,
            "walked_used": walked.used,
        },
    )


def posed_selection(posed: PlanningInput) -> PosedSelection:
    """The selection problem of an input, of which what has to be done is known to fit.

    Raises
    ------
    MandatoryDoesNotFit
        When it doesn't; it names a smallest set that collides.
    """
    try:
        made = selection_problem(posed)
    except InvalidProblem as error:
        if error.code != "MANDATORY_ALTERNATIVES":
            raise
        raise MandatoryDoesNotFit(
            "Two initiatives are mandatory, and alternatives of which at most one may be done. Release one of them.",
            initiatives=[posed.initiative_ids[item] for item in error.items],
        ) from error
    conflict = minimal_conflict(made.problem)
    if conflict is not None:
        raise _collision(made, conflict)
    return made


def _collision(made: PosedSelection, conflict: Conflict) -> MandatoryDoesNotFit:
    posed = made.posed
    message = f"What has to be done can't all be funded ({conflict.kind.value.lower()})."
    if conflict.resource is not None and conflict.needed is not None and conflict.available is not None:
        team = posed.names.teams[posed.resource_team[conflict.resource]]
        skill = posed.skills[conflict.resource]
        whose = (
            ""
            if conflict.category is None or conflict.category < 0
            else (f" for {posed.names.categories[conflict.category]}")
        )
        message = (
            f"What has to be done needs {conflict.needed:.1f} person-weeks of {team}{skill and f' ({skill})'}"
            f"{whose}, and {conflict.available:.1f} are left."
        )
    named = ", ".join(posed.names.initiatives[item] for item in conflict.items[:_MOST_NAMED])
    more = len(conflict.items) - _MOST_NAMED
    who = f"{named} and {more} more" if more > 0 else named
    return MandatoryDoesNotFit(
        f"{message} Release one of the initiatives ({who}), or give them more capacity.",
        initiatives=[posed.initiative_ids[item] for item in conflict.items],
    )


def verify_selection(made: PosedSelection, chosen: Flags, value: float) -> None:
    """Check a selection by code that shares nothing with the solver's.

    Raises
    ------
    PlanNotVerified
        When it breaks a limit, a prerequisite or a group of alternatives, or is worth something else.
    """
    claimed = Selection(
        chosen=chosen,
        value=value,
        bound=value,
        status=SelectionStatus.FEASIBLE,
        used=made.problem.used(chosen),
        price=np.zeros_like(made.room.limits().upper_rows),
    )
    broken = check_selection(made.problem, claimed)
    if broken:
        raise PlanNotVerified("; ".join(violation.message for violation in broken[:5]))


def _read(made: PosedSelection, digest: str, reading: CutReading, answer: Packed) -> SelectedPlan:
    values, arrays = answer.values, answer.arrays
    return SelectedPlan(
        made=made,
        fingerprint=digest,
        reading=reading,
        optimum=Funding(
            chosen=arrays["chosen"],
            value=values["value"],
            used=arrays["used"],
            unfunded=unpacked(values["unfunded"]),
        ),
        cut_line=Funding(
            chosen=arrays["walked"],
            value=values["walked"],
            used=arrays["walked_used"],
            unfunded=unpacked(values["passed"]),
        ),
        bound=values["bound"],
        gap=values["gap"],
        status=SelectionStatus(values["status"]),
        line=values["line"],
        price=arrays["price"],
    )


async def _away(posed: PlanningInput, work: Callable[[], Any]) -> Any:
    """Done at once for a small portfolio, and in a thread for a large one."""
    return work() if len(posed) <= _IN_PLACE else await asyncio.to_thread(work)
