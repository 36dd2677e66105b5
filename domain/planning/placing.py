"""When work runs: scheduled in a process of its own, checked, kept, and with the reason for every start."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np

from domain.jobs.solver import SolverKilled, SolverPool
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.errors import MandatoryDoesNotFit, PlanNotVerified, PlanTooLarge
from domain.planning.input import ENGINE_VERSION, Flags, Floats, Integers, PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.packing import Packed, pack, unpack
from domain.planning.timing import PosedSchedule, schedule_problem
from domain.snapshot.columns import frozen
from prioritisation.schedule_check import check_schedule
from prioritisation.schedule_explanation import Cause, Reason, critical_chain, reasons, slack
from prioritisation.schedule_problem import (
    InfeasibleSchedule,
    Schedule,
    ScheduleNotFound,
    ScheduleStatus,
)
from prioritisation.scheduling import ScheduleBudget, schedule

TASK = "plan.schedule"

_BUDGET = ScheduleBudget(relaxation=100, proof=3.0, seconds=3.0)

_IN_PLACE = 300
"""Up to so many initiatives a problem is posed in a few milliseconds."""

_MOST_SLACK = 500
"""Slack is told of plans of so many initiatives at most: it takes long to find."""

_COLLIDES = "collision"
_NOT_FOUND = "not found"


@dataclass(frozen=True, kw_only=True, eq=False)
class ScheduledPlan:
    """A schedule, position by position that of ``made.positions``.

    Attributes
    ----------
    start, finish : int64[p]
        Periods; -1 where it is not scheduled within the horizon. The finish of work in flight may lie beyond.
    cost, bound : float
        Of the costs of `domain.planning.delay_costs`; no bound where nothing is proven.
    used : float64[T, B + 1, K]
        Person-weeks of the new work, without what is in flight.
    why
        Why each starts when it does, or is not done.
    chain
        Those that determine when the last one finishes, in their order.
    free_slack : int64[p] or None
        Periods by which each can start later without moving anything else; -1 where it is not scheduled.
    """

    made: PosedSchedule
    fingerprint: str
    start: Integers
    finish: Integers
    cost: float
    bound: float | None
    status: ScheduleStatus
    used: Floats
    sequence: Integers
    why: tuple[Reason, ...]
    chain: tuple[int, ...]
    free_slack: Integers | None

    @property
    def posed(self) -> PlanningInput:
        """What it was computed from."""
        return self.made.posed

    @property
    def gap(self) -> float | None:
        """(cost − bound) / cost; None where nothing is proven."""
        if self.bound is None:
            return None
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0 else 0.0

    @cached_property
    def place_of(self) -> Integers:
        """Place of each of n initiatives among those of the problem; -1 where it is not one."""
        place = np.full(len(self.posed), -1, dtype=np.int64)
        place[self.made.positions] = np.arange(len(self.made.positions))
        return frozen(place)

    @cached_property
    def delay_cost(self) -> Floats:
        """What each initiative of the problem costs by its finish, (p)."""
        problem = self.made.problem
        column = np.where((self.finish < 0) | (self.finish >= problem.periods), problem.periods, self.finish)
        return frozen(problem.cost[np.arange(problem.size), column])

    @cached_property
    def load(self) -> Floats:
        """Person-weeks by period and resource, (T, K): here and elsewhere, in flight and new."""
        room = self.made.room
        return frozen(room.elsewhere + room.committed.sum(axis=1) + self.used.sum(axis=1))

    @cached_property
    def size_bytes(self) -> int:
        """Memory that it takes, estimated."""
        problem = self.made.problem
        limits = problem.reserved.nbytes + problem.upper.nbytes + self.used.nbytes
        tables = problem.cost.nbytes + problem.demand.nbytes + self.made.effort.weeks.nbytes
        return 2 * (limits + tables) + 1_500 * len(self.posed)


async def scheduled_plan(
    posed: PlanningInput,
    chosen: Flags,
    *,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
) -> ScheduledPlan:
    """Schedule the chosen initiatives and what is in flight, once for all who ask.

    Raises
    ------
    MandatoryDoesNotFit
        When what has to be done can't be done by its dates; it names initiatives that collide.
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    PlanNotVerified
        When the schedule fails its check: a fault.
    """
    digest = fingerprint(posed)

    async def solved() -> ScheduledPlan:
        def make() -> PosedSchedule:
            return schedule_problem(posed, chosen)

        made = make() if len(posed) <= _IN_PLACE else await asyncio.to_thread(make)
        question = pack({}, {"chosen": chosen}, rest=encode(posed))
        try:
            answer = await solver.run(TASK, question, seconds=plans.seconds, key=organisation_id)
        except SolverKilled as error:
            raise PlanTooLarge(
                f"Scheduling this plan took longer than {plans.seconds:g} seconds. Make a scenario, which is solved in"
                " the background, or schedule by month.",
                path=("cycle",),
            ) from error
        return _read(made, digest, unpack(answer)[0])

    key = (TASK, ENGINE_VERSION, organisation_id, digest, np.packbits(chosen).tobytes())
    return await plans.get(key, solved, size=lambda plan: plan.size_bytes)


def schedule_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does: schedule and check."""
    asked, rest = unpack(content)
    made = schedule_problem(decode(rest), asked.arrays["chosen"])
    try:
        found = schedule(made.problem, budget=_BUDGET)
    except (InfeasibleSchedule, ScheduleNotFound) as error:
        kind = _NOT_FOUND if isinstance(error, ScheduleNotFound) else _COLLIDES
        return pack({"error": kind, "items": list(error.items), "message": error.message}, {})
    verify(made, found)
    why = reasons(made.problem, found)
    chain = critical_chain(made.problem, found)
    values = {
        "cost": found.cost,
        "bound": found.bound,
        "status": found.status.value,
        "why": [asdict(reason) for reason in why],
        "chain": chain.items.tolist(),
    }
    arrays = {"start": found.start, "finish": found.finish, "used": found.used, "sequence": found.sequence}
    if made.problem.size <= _MOST_SLACK:
        arrays["free_slack"] = slack(made.problem, found).free
    return pack(values, arrays)


def _read(made: PosedSchedule, digest: str, answer: Packed) -> ScheduledPlan:
    values, arrays = answer.values, answer.arrays
    if "error" in values:
        raise _collision(made, values)
    return ScheduledPlan(
        made=made,
        fingerprint=digest,
        start=arrays["start"],
        finish=arrays["finish"],
        cost=values["cost"],
        bound=values["bound"],
        status=ScheduleStatus(values["status"]),
        used=arrays["used"],
        sequence=arrays["sequence"],
        why=tuple(Reason(**{**each, "cause": Cause(each["cause"])}) for each in values["why"]),
        chain=tuple(values["chain"]),
        free_slack=arrays.get("free_slack"),
    )


def _collision(made: PosedSchedule, values: dict[str, Any] | Any) -> MandatoryDoesNotFit:
    posed = made.posed
    items = [int(made.positions[item]) for item in values["items"]]
    named = ", ".join(posed.names.initiatives[item] for item in items[:5])
    how = (
        "was found in time; they may collide"
        if values["error"] == _NOT_FOUND
        else "exists: dates, dependencies and capacity leave no room for all of them"
    )
    return MandatoryDoesNotFit(
        f"No schedule that finishes what has to be done within the cycle {how} ({named}). Release one of the"
        " initiatives, move its deadline, or give its teams more capacity.",
        initiatives=[posed.initiative_ids[item] for item in items],
    )


def verify(made: PosedSchedule, found: Schedule) -> None:
    """Check a schedule by code that shares nothing with the solver's.

    Raises
    ------
    PlanNotVerified
        When it breaks a limit, a date or a dependency, or costs something else than it says.
    """
    broken = check_schedule(made.problem, found)
    if broken:
        raise PlanNotVerified("; ".join(violation.text for violation in broken[:5]))
