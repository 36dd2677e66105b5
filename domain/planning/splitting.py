"""What each further point of a category's share buys, and what holding its fence costs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np

from domain.errors import InvalidInput
from domain.jobs.solver import SolverKilled, SolverPool
from domain.planning.encoding import decode, encode, fingerprint
from domain.planning.errors import MandatoryDoesNotFit, PlanTooLarge
from domain.planning.input import ENGINE_VERSION, PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.limits import committed_by_initiative, room_in_all
from domain.planning.packing import pack, unpack
from domain.planning.problems import selection_problem
from domain.planning.standing import standing_of
from prioritisation.errors import InvalidProblem
from prioritisation.frontier import fence_price, frontier
from prioritisation.selection import SelectionBudget, SelectionStatus
from prioritisation.selection_conflict import minimal_conflict
from prioritisation.selection_problem import SelectionProblem

TASK = "plan.frontier"

FINEST, COARSEST = 1.0, 50.0
"""Points of a share between two points of the frontier."""

_BUDGET = SelectionBudget(iterations=5_000, nodes=300, seconds=1.0)
_GAP, _TRIES = 0.005, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPoint:
    """The best split at one share of the category in question; ``split`` has all shares, 0 to 1."""

    share: float
    split: tuple[float, ...]
    value: float
    bound: float
    gap: float
    status: SelectionStatus
    own_value: float
    funded: int
    dominated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FencePrice:
    """What the limits of all categories cost against pooling, and what they protect of the one in question."""

    pooled_value: float
    held_at_least: float
    held_at_most: float
    own_value: float
    own_value_pooled: float
    enters: tuple[int, ...]
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitFrontier:
    """Value against the share of a category (position in the input), with the present policy beside it."""

    posed: PlanningInput
    category: int
    points: tuple[SplitPoint, ...]
    current_value: float
    current_bound: float
    current_share: float
    fence: FencePrice


async def split_frontier(
    posed: PlanningInput,
    category_id: UUID,
    *,
    step: float,
    plans: PlanStore,
    solver: SolverPool,
    organisation_id: UUID,
) -> SplitFrontier:
    """Trade the value of the whole against the share of a category.

    Parameters
    ----------
    step
        Points of share, 1 to 50, that divide 100.

    Raises
    ------
    InvalidInput
        When the step is another, or the category is not one of the plan's.
    MandatoryDoesNotFit
        When what is mandatory and what is in flight does not fit under the present policy.
    PlanTooLarge, SolverBusy
        When it takes longer than a request may wait; when too many wait already.
    """
    steps = round(100 / step) if FINEST <= step <= COARSEST else 0
    if not steps or abs(steps * step - 100) > 1e-9:
        raise InvalidInput(
            f"step must be from {FINEST:g} to {COARSEST:g} points, and divide 100.", path=("step",)
        )
    if category_id not in posed.category_ids:
        raise InvalidInput("This category is archived, and no open initiative has it.", path=("category",))
    category = posed.category_ids.index(category_id)

    async def solved() -> SplitFrontier:
        question = pack({"category": category, "steps": steps}, {}, rest=encode(posed))
        try:
            answer = await solver.run(TASK, question, seconds=plans.seconds, key=organisation_id)
        except SolverKilled as error:
            raise PlanTooLarge(
                f"Finding the frontier took longer than {plans.seconds:g} seconds. Ask in larger steps, or make"
                " scenarios with other shares, which are solved in the background."
            ) from error
        return _read(posed, category, unpack(answer)[0].values)

    key = (TASK, ENGINE_VERSION, organisation_id, fingerprint(posed), category, steps)
    return await plans.get(key, solved, size=lambda found: 1_000 * (1 + len(found.points)))


def frontier_problem(posed: PlanningInput) -> SelectionProblem:
    """The selection in which work in flight takes part in its category's share, instead of coming first.

    Only so do shares mean what the policy means by them.
    """
    made = selection_problem(posed)
    free = replace(posed, committed=np.zeros(len(posed), dtype=np.bool_))
    limits = room_in_all(free, standing_of(free), made.effort).limits()
    use = committed_by_initiative(posed, made.standing, made.effort)
    demand = np.where(made.standing.committed[:, np.newaxis], use, made.problem.demand)
    return replace(made.problem, demand=demand, limits=limits)


def frontier_task(content: bytes, _report: Callable[[bytes], None]) -> bytes:
    """What a solver process does: sweep the splits, and solve the promising ones."""
    asked, rest = unpack(content)
    category, steps = int(asked.values["category"]), int(asked.values["steps"])
    problem = frontier_problem(decode(rest))
    conflict = minimal_conflict(problem)
    if conflict is not None:
        return pack({"collides": list(conflict.items)}, {})
    try:
        found = frontier(problem, category=category, steps=steps, gap=_GAP, tries=_TRIES, budget=_BUDGET)
    except InvalidProblem as error:
        return pack({"refused": error.message}, {})
    price = fence_price(problem, found.current, category=category, budget=_BUDGET)
    flying = problem.mandatory & (problem.value == 0)
    values: dict[str, Any] = {
        "points": [
            {
                "share": point.share,
                "split": np.asarray(point.split).tolist(),
                "value": point.value,
                "bound": point.bound,
                "gap": point.gap,
                "status": point.status.value,
                "own_value": point.own_value,
                "funded": int((np.asarray(point.chosen) & ~flying).sum()),
                "dominated": point.dominated,
            }
            for point in found.points
        ],
        "current_value": found.current.value,
        "current_bound": found.current.bound,
        "current_share": found.current_share,
        "fence": {
            "pooled_value": price.pooled_value,
            "held_at_least": price.held_at_least,
            "held_at_most": price.held_at_most,
            "own_value": price.own_value,
            "own_value_pooled": price.own_value_pooled,
            "enters": price.enters,
            "leaves": price.leaves,
        },
    }
    return pack(values, {})


def _read(posed: PlanningInput, category: int, values: Any) -> SplitFrontier:
    if "collides" in values:
        raise MandatoryDoesNotFit(
            "What is mandatory and what is in flight does not fit under the present policy, so that there is nothing"
            " to compare with. Let work in flight compete, or release some of it.",
            initiatives=[posed.initiative_ids[item] for item in values["collides"]],
        )
    if "refused" in values:
        raise InvalidInput(f"There is no frontier: {values['refused']}.")
    fence = values["fence"]
    return SplitFrontier(
        posed=posed,
        category=category,
        points=tuple(
            SplitPoint(
                **{
                    **point,
                    "split": tuple(point["split"]),
                    "status": SelectionStatus(point["status"]),
                }
            )
            for point in values["points"]
        ),
        current_value=values["current_value"],
        current_bound=values["current_bound"],
        current_share=values["current_share"],
        fence=FencePrice(**{**fence, "enters": tuple(fence["enters"]), "leaves": tuple(fence["leaves"])}),
    )
