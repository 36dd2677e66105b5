"""What would fund an initiative, and what another person-week is worth: solved again, with what changes."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from domain.jobs.solver import SolverKilled, SolverPool
from domain.planning.encoding import decode, encode
from domain.planning.errors import PlanTooLarge
from domain.planning.input import ENGINE_VERSION
from domain.planning.keeping import PlanStore
from domain.planning.packing import Packed, pack, unpack
from domain.planning.problems import selection_problem
from domain.planning.selecting import SelectedPlan
from prioritisation.selection import Selection, SelectionBudget, SelectionStatus
from prioritisation.selection_funding import FundingChange, Obstacle, what_would_fund
from prioritisation.selection_marginal import MarginalValue, marginal_values
from prioritisation.selection_unfunded import Shortage

FUNDING_TASK = "plan.funding"
MARGINAL_TASK = "plan.marginal"

MOST_ASKED = 20
"""Initiatives that a request asks about."""

MOST_VERIFIED = 10
"""Worths of a person-week that are verified by solving again."""

_BUDGET = SelectionBudget(iterations=5_000, nodes=1_000, seconds=1.0)


async def funding_changes(
    plan: SelectedPlan,
    positions: Sequence[int],
    *,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
) -> dict[int, FundingChange]:
    """What would fund each of some initiatives that the optimum does not fund.

    Raises
    ------
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    """
    wanted = sorted(position for position in set(positions) if not plan.optimum.chosen[position])
    key = (FUNDING_TASK, ENGINE_VERSION, organisation_id, plan.fingerprint, tuple(wanted))

    async def solved() -> dict[int, FundingChange]:
        answer = await _asked(FUNDING_TASK, plan, {"items": wanted}, solver, organisation_id, plans.seconds)
        return {change.item: change for change in map(_change, answer.values["changes"])}

    return await plans.get(key, solved, size=lambda found: 1_000 * (1 + len(found)))


async def worths(
    plan: SelectedPlan,
    *,
    weeks: float,
    verified: int,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
) -> tuple[MarginalValue, ...]:
    """What more person-weeks of each team and category are worth, the most valuable first.

    Raises
    ------
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    """
    key = (MARGINAL_TASK, ENGINE_VERSION, organisation_id, plan.fingerprint, weeks, verified)

    async def solved() -> tuple[MarginalValue, ...]:
        asked = {"weeks": weeks, "verify": verified}
        answer = await _asked(MARGINAL_TASK, plan, asked, solver, organisation_id, plans.seconds)
        return tuple(
            MarginalValue(
                **{
                    **each,
                    "enters": tuple(each["enters"]),
                    "leaves": tuple(each["leaves"]),
                }
            )
            for each in answer.values["worths"]
        )

    return await plans.get(key, solved, size=lambda found: 500 * (1 + len(found)))


def funding_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does about initiatives that are not funded."""
    asked, rest = unpack(content)
    problem = selection_problem(decode(rest)).problem
    selection = _selection(asked)
    changes = [
        asdict(what_would_fund(problem, selection, item, budget=_BUDGET)) for item in asked.values["items"]
    ]
    return pack({"changes": changes}, {})


def marginal_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does about person-weeks."""
    asked, rest = unpack(content)
    problem = selection_problem(decode(rest)).problem
    found = marginal_values(
        problem,
        _selection(asked),
        weeks=asked.values["weeks"],
        verify=asked.values["verify"],
        budget=_BUDGET,
    )
    return pack({"worths": [asdict(each) for each in found]}, {})


async def _asked(
    task: str,
    plan: SelectedPlan,
    what: dict[str, Any],
    solver: SolverPool,
    organisation_id: UUID,
    seconds: float,
) -> Packed:
    known = {
        "value": plan.optimum.value,
        "bound": plan.bound,
        "status": plan.status.value,
    }
    arrays = {"chosen": plan.optimum.chosen, "used": plan.optimum.used, "price": plan.price}
    question = pack({**what, **known}, arrays, rest=encode(plan.posed))
    try:
        answer = await solver.run(task, question, seconds=seconds, key=organisation_id)
    except SolverKilled as error:
        raise PlanTooLarge(
            f"Solving the plan again took longer than {seconds:g} seconds. Ask about fewer initiatives at once,"
            " or make a scenario, which is solved in the background."
        ) from error
    return unpack(answer)[0]


def _selection(asked: Packed) -> Selection:
    values, arrays = asked.values, asked.arrays
    return Selection(
        chosen=arrays["chosen"],
        value=values["value"],
        bound=values["bound"],
        status=SelectionStatus(values["status"]),
        used=arrays["used"],
        price=arrays["price"],
    )


def _change(given: dict[str, Any]) -> FundingChange:
    obstacle = given["obstacle"]
    return FundingChange(
        item=given["item"],
        with_it=tuple(given["with_it"]),
        capacity=tuple(Shortage(**short) for short in given["capacity"]),
        capacity_suffices=given["capacity_suffices"],
        value_at_least=given["value_at_least"],
        value_at_most=given["value_at_most"],
        displaced=tuple(given["displaced"]),
        obstacle=None
        if obstacle is None
        else Obstacle(
            excluded=tuple(obstacle["excluded"]),
            rivals=tuple(obstacle["rivals"]),
            never_fits=tuple(Shortage(**short) for short in obstacle["never_fits"]),
        ),
    )
