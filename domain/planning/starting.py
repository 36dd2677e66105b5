"""What must stop to start an initiative: the least of the work in flight whose capacity it needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import numpy as np

from domain.jobs.solver import SolverKilled, SolverPool
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.errors import PlanNotVerified, PlanTooLarge
from domain.planning.input import ENGINE_VERSION, Floats, PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.limits import committed_by_initiative, room_in_all
from domain.planning.packing import pack, unpack
from domain.planning.standing import Bar, effort_of, standing_of
from domain.snapshot.columns import frozen
from prioritisation.adjacency import csr, reachable
from prioritisation.selection import SelectionBudget, SelectionStatus, select
from prioritisation.selection_check import check_selection
from prioritisation.selection_conflict import minimal_conflict
from prioritisation.selection_problem import SelectionProblem

TASK = "plan.starting"

_BUDGET = SelectionBudget(seconds=6.0)


class StartObstacle(StrEnum):
    """Why nothing that could stop would make room for an initiative."""

    IN_FLIGHT = "in_flight"
    BARRED = "barred"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, kw_only=True, eq=False)
class StartImpact:
    """What starting an initiative now takes; positions are those of the input.

    Attributes
    ----------
    with_it
        What it needs that is not in flight, and would have to start too.
    stops
        What would have to stop: of all ways to make room, one that loses least value.
    value_lost, bound : float or None
        What these are worth together; no way loses less than ``bound``.
    freed : float64[K]
        Person-weeks that stopping them frees within the cycle.
    obstacle
        Why nothing helps; None if something does.
    barred
        What can't be funded whatever the capacity, and stands in its way.
    """

    posed: PlanningInput
    position: int
    with_it: tuple[int, ...]
    stops: tuple[int, ...]
    value_lost: float | None
    bound: float | None
    proven: bool
    freed: Floats
    obstacle: StartObstacle | None
    barred: tuple[int, ...]


async def start_impact(
    posed: PlanningInput,
    position: int,
    *,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
) -> StartImpact:
    """What must stop so that an initiative, with all that it needs, fits into the rest of the cycle.

    Nothing but work in flight takes room: what is only planned is not asked. Work in flight that is mandatory,
    whose value is unknown (that is not 0), or that the initiative depends on goes on. Of the rest as much value
    as possible goes on beside it.

    Raises
    ------
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    """
    standing = standing_of(posed)
    nothing = frozen(np.zeros(len(posed.skills)))
    wanted = _bundle(posed, position)
    unable = standing.bars
    barred = tuple(
        at for at in wanted if any(flags[at] for bar, flags in unable.items() if bar is not Bar.VALUE_UNKNOWN)
    )
    with_it = tuple(at for at in wanted if at != position)

    def answer(obstacle: StartObstacle) -> StartImpact:
        return StartImpact(
            posed=posed,
            position=position,
            with_it=with_it,
            stops=(),
            value_lost=None,
            bound=None,
            proven=True,
            freed=nothing,
            obstacle=obstacle,
            barred=barred,
        )

    if standing.committed[position]:
        return answer(StartObstacle.IN_FLIGHT)
    if barred:
        return answer(StartObstacle.BARRED)

    async def solved() -> StartImpact:
        question = pack({"position": position}, {}, rest=encode(posed))
        try:
            content = await solver.run(TASK, question, seconds=plans.seconds, key=organisation_id)
        except SolverKilled as error:
            raise PlanTooLarge(
                f"Finding what has to stop took longer than {plans.seconds:g} seconds. Make a scenario that"
                " forces the initiative in, which is solved in the background."
            ) from error
        values = unpack(content)[0].values
        if "stops" not in values:
            return answer(StartObstacle.TOO_LARGE)
        stops = tuple(values["stops"])
        use = committed_by_initiative(posed, standing, effort_of(posed))
        return StartImpact(
            posed=posed,
            position=position,
            with_it=with_it,
            stops=stops,
            value_lost=values["lost"],
            bound=values["bound"],
            proven=values["proven"],
            freed=frozen(use[list(stops)].sum(axis=0)),
            obstacle=None,
            barred=(),
        )

    key = (TASK, ENGINE_VERSION, organisation_id, fingerprint(posed), position)
    return await plans.get(key, solved, size=lambda found: 2_000 + found.freed.nbytes)


def starting_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does: keep as much value in flight as fits beside the initiative."""
    asked, rest = unpack(content)
    posed, position = decode(rest), int(asked.values["position"])
    problem = starting_problem(posed, position)
    if minimal_conflict(problem) is not None:
        return pack({}, {})
    found = select(problem, budget=_BUDGET)
    broken = check_selection(problem, found)
    if broken:
        raise PlanNotVerified("; ".join(violation.message for violation in broken[:5]))
    flying = standing_of(posed).committed
    stops = np.flatnonzero(flying & ~found.chosen)
    proven = found.status is SelectionStatus.OPTIMAL
    whole = float(problem.value[flying].sum())
    lost = float(_worth(posed)[stops].sum())
    least = max(0.0, whole - found.bound - _least(posed) * int(flying.sum()))
    return pack(
        {
            "stops": stops.tolist(),
            "lost": lost,
            "bound": lost if proven else min(lost, least),
            "proven": proven,
        },
        {},
    )


def starting_problem(posed: PlanningInput, position: int) -> SelectionProblem:
    """Which work in flight goes on beside an initiative that has to start; all other work is left out.

    Only the resources that it needs count, and of the limits of categories only those of its own: where work in
    flight exceeds others, starting this changes nothing about it.
    """
    effort, standing = effort_of(posed), standing_of(posed)
    wanted = np.zeros(len(posed), dtype=np.bool_)
    wanted[list(_bundle(posed, position))] = True
    flying = standing.committed
    use = committed_by_initiative(posed, standing, effort)
    demand = np.where(flying[:, np.newaxis], use, np.where(wanted[:, np.newaxis], effort.weeks, 0.0))
    demand[:, ~(demand[wanted] > 0).any(axis=0)] = 0.0
    # the limits are those of a plan in which nothing is in flight
    free = replace(posed, committed=np.zeros(len(posed), dtype=np.bool_))
    limits = room_in_all(free, standing_of(free), effort).limits()
    own = np.isin(np.arange(limits.categories), posed.category[wanted])
    needed = np.zeros(len(posed), dtype=np.bool_)
    needed[reachable(csr(len(posed), posed.after, posed.before), [position])] = True
    goes_on = flying & (posed.mandatory | np.isnan(posed.value) | needed)
    return SelectionProblem(
        value=np.where(flying, _worth(posed) + _least(posed), 0.0),
        demand=demand,
        category=posed.category,
        limits=replace(limits, upper=np.where(own[:, np.newaxis], limits.upper, np.inf)),
        mandatory=wanted | goes_on,
        excluded=~(flying | wanted),
    )


def _worth(posed: PlanningInput) -> Floats:
    return np.maximum(np.nan_to_num(posed.value), 0.0)


def _least(posed: PlanningInput) -> float:
    """A worth so small that it only keeps what would otherwise stop for nothing."""
    return 1e-7 * float(max(1.0, _worth(posed).max(initial=0.0)))


def _bundle(posed: PlanningInput, position: int) -> tuple[int, ...]:
    """The initiative and what it needs that is not in flight; ascending."""
    standing = standing_of(posed)
    needs = reachable(csr(len(posed), standing.after, standing.before), [position])
    return tuple(sorted({position, *needs.tolist()}))
