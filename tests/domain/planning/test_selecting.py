"""What to fund, and why not: small portfolios solved by hand, through a solver process."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import numpy as np
import pytest

from domain.enums import InitiativeState
from domain.jobs.solver import SolverPool
from domain.planning.errors import MandatoryDoesNotFit
from domain.planning.funding import funding_changes, worths
from domain.planning.input import PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.selecting import Funding, SelectedPlan, selected_plan
from domain.planning.starting import StartImpact, StartObstacle, start_impact
from prioritisation.allocation_limits import AllocationMode
from prioritisation.cut_line import CutReading
from tests.planning_inputs import Work, a_plan

RING = AllocationMode.RING_FENCED
ORGANISATION = UUID(int=7)
PATIENCE = 120.0
"""Seconds: other tests may run beside."""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The tests of this module share a solver process, and so an event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def solver() -> AsyncIterator[SolverPool]:
    pool = SolverPool()
    yield pool
    await pool.close()


async def solved(posed: PlanningInput, solver: SolverPool, **options: CutReading) -> SelectedPlan:
    return await selected_plan(
        posed, plans=PlanStore(seconds=PATIENCE), solver=solver, organisation_id=ORGANISATION, **options
    )


def titles(plan: SelectedPlan, funding: Funding) -> str:
    return "".join(np.array(plan.posed.names.initiatives)[funding.chosen])


def reasons(plan: SelectedPlan, funding: Funding) -> dict[str, list[str]]:
    found = {}
    for at, title in enumerate(plan.posed.names.initiatives):
        why = plan.why(funding, at)
        if why is not None:
            found[title] = [reason.value for reason in why.reasons]
    return found


async def test_the_cut_line_and_the_optimum_side_by_side(solver: SolverPool) -> None:
    """A is worth most for its length and takes all; B and C together are worth more."""
    posed = a_plan(
        {
            "A": Work(value=60, weeks=2, demand={"Core": 10}),
            "B": Work(value=50, weeks=4, demand={"Core": 6}),
            "C": Work(value=40, weeks=4, demand={"Core": 6}),
            "D": Work(demand={"Core": 1}),
        },
        capacity={"Core": 12},
    )
    plan = await solved(posed, solver)
    assert titles(plan, plan.cut_line) == "A"
    assert plan.cut_line.value == 60
    assert plan.line == 1
    assert titles(plan, plan.optimum) == "BC"
    assert (plan.optimum.value, plan.bound, plan.gap) == (90, 90, 0)
    assert reasons(plan, plan.optimum) == {"A": ["capacity_exhausted"], "D": ["value_unknown"]}
    why = plan.why(plan.optimum, 0)
    assert why is not None
    (shortage,) = why.shortages
    assert (shortage.category, shortage.needed, shortage.left, shortage.short) == (None, 10, 0, 10)


async def test_a_bucket_that_is_full_is_named_though_the_team_has_time(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=9, demand={"Core": 5}, category="Change"),
            "B": Work(value=5, demand={"Core": 2}, category="Change"),
            "C": Work(value=1, demand={"Core": 2}, category="Run"),
            "D": Work(value=8, demand={"Core": 8}, category="Run"),
            "E": Work(value=7, demand={"Core": 1}, category="Run"),
        },
        "D>E",
        capacity={"Core": 12},
        shares={"Run": (0.5, RING), "Change": (0.5, RING)},
        alternatives=["AB"],
    )
    plan = await solved(posed, solver)
    assert titles(plan, plan.optimum) == "AC"
    assert reasons(plan, plan.optimum) == {
        "B": ["alternative_funded"],
        "D": ["never_fits"],
        "E": ["never_fits"],
    }
    why = plan.why(plan.optimum, 4)
    assert why is not None
    assert why.prerequisites == (3,)
    run = posed.names.categories.index("Run")
    assert [(short.category, short.short) for short in why.shortages] == [(run, 9 - 4)]


async def test_work_in_flight_is_in_both_and_takes_its_capacity(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=1, weeks=12, state=InitiativeState.ACTIVE, demand={"Core": 8}),
            "B": Work(value=50, demand={"Core": 6}),
            "C": Work(value=10, demand={"Core": 4}),
        },
        capacity={"Core": 12},
    )
    plan = await solved(posed, solver)
    assert titles(plan, plan.optimum) == "AC"
    assert plan.optimum.value == 10
    assert plan.optimum.used.sum() == 4


async def test_the_board_may_stop_at_the_first_that_does_not_fit(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=90, weeks=1, demand={"Core": 8}),
            "B": Work(value=50, weeks=1, demand={"Core": 6}),
            "C": Work(value=10, weeks=1, demand={"Core": 4}),
        },
        capacity={"Core": 12},
    )
    plan = await solved(posed, solver, reading=CutReading.STOP)
    assert titles(plan, plan.cut_line) == "A"
    assert reasons(plan, plan.cut_line)["C"] == ["left_out"]


async def test_a_mandatory_set_that_does_not_fit_is_named_at_its_smallest(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=9, demand={"Core": 8}, mandatory=True),
            "B": Work(value=5, demand={"Core": 6}),
            "C": Work(value=1, demand={"Core": 1}, mandatory=True),
            "D": Work(value=1, demand={"Core": 1}, mandatory=True),
        },
        "B>C",
        capacity={"Core": 12},
    )
    with pytest.raises(
        MandatoryDoesNotFit, match=r"needs 15\.0 person-weeks of Core, and 12\.0 are left"
    ) as error:
        await solved(posed, solver)
    assert error.value.initiatives == tuple(posed.initiative_ids[at] for at in (0, 2))
    both = a_plan(
        {title: Work(value=9, demand={"Core": 1}, mandatory=True) for title in "AB"},
        capacity={"Core": 12},
        alternatives=["AB"],
    )
    with pytest.raises(MandatoryDoesNotFit, match="alternatives"):
        await solved(both, solver)


async def test_zero_capacity_funds_nothing_and_no_capacity_is_another_thing(solver: SolverPool) -> None:
    work = {"A": Work(value=9, demand={"Core": 8}), "B": Work(value=9, demand={"Web": 8})}
    plan = await solved(a_plan(work, capacity={"Core": 0, "Web": None}), solver)
    assert titles(plan, plan.optimum) == ""
    assert reasons(plan, plan.optimum) == {"A": ["never_fits"], "B": ["capacity_unknown"]}


async def test_one_solve_is_shared_and_kept_until_others_need_the_room(solver: SolverPool) -> None:
    asked = 0

    class Counting(SolverPool):
        async def run(self, *args: object, **options: object) -> bytes:
            nonlocal asked
            asked += 1
            return await solver.run(*args, **options)  # type: ignore[arg-type]

    posed = a_plan({"A": Work(value=9, demand={"Core": 8})}, capacity={"Core": 12})
    plans, counting = PlanStore(seconds=PATIENCE), Counting()

    async def ask() -> SelectedPlan:
        return await selected_plan(posed, plans=plans, solver=counting, organisation_id=ORGANISATION)

    first, second = await asyncio.gather(ask(), ask())
    assert first is second is await ask()
    assert asked == 1
    assert plans.size_bytes == first.size_bytes
    small = PlanStore(max_bytes=first.size_bytes, seconds=PATIENCE)
    for capacity in (12, 13, 14):
        changed = a_plan({"A": Work(value=9, demand={"Core": 8})}, capacity={"Core": capacity})
        await selected_plan(changed, plans=small, solver=counting, organisation_id=ORGANISATION)
    assert small.size_bytes <= first.size_bytes


async def test_what_would_fund_an_initiative_is_solved_again(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=5, weeks=1, demand={"Core": 3}),
            "B": Work(value=4, weeks=1, demand={"Core": 3}),
            "C": Work(value=4, demand={"Core": 3}),
        },
        capacity={"Core": 4},
        gone={"C": "Z"},
    )
    plans = PlanStore(seconds=PATIENCE)
    plan = await selected_plan(posed, plans=plans, solver=solver, organisation_id=ORGANISATION)
    common = {"plans": plans, "solver": solver, "organisation_id": ORGANISATION}
    changes = await funding_changes(plan, [0, 1, 2], **common)  # type: ignore[arg-type]
    assert set(changes) == {1, 2}
    one = changes[1]
    assert (one.value_at_least, one.value_at_most, one.displaced) == (1, 1, (0,))
    assert [short.short for short in one.capacity] == [2]
    assert one.capacity_suffices
    assert changes[2].obstacle is not None
    assert changes[2].obstacle.excluded == (2,)
    (worth, without) = await worths(plan, weeks=2, verified=1, **common)  # type: ignore[arg-type]
    assert (worth.gain_at_least, worth.gain_at_most, worth.enters) == (4, 4, (1,))
    assert (without.category, without.verified) == (-1, False)


async def test_what_must_stop_to_start_something_loses_least_value(solver: SolverPool) -> None:
    """G needs 6 of 20; 19 are taken. C and D lose less than B; A is of another team, E can't be weighed."""
    flying = InitiativeState.ACTIVE
    posed = a_plan(
        {
            "A": Work(value=1, weeks=12, state=flying, demand={"Web": 3}),
            "B": Work(value=9, weeks=12, state=flying, demand={"Core": 6}),
            "C": Work(value=4, weeks=12, state=flying, demand={"Core": 3}),
            "D": Work(value=3, weeks=24, state=flying, demand={"Core": 6}),
            "E": Work(weeks=12, state=flying, demand={"Core": 5}),
            "F": Work(value=1, weeks=12, state=flying, mandatory=True, demand={"Core": 2}),
            "G": Work(value=5, weeks=4, demand={"Core": 5}),
            "H": Work(weeks=1, demand={"Core": 1}),
            "I": Work(value=5, weeks=4, demand={"Core": 14}),
            "J": Work(value=5, weeks=4, demand={"Core": 1}),
            "K": Work(value=5, weeks=4, demand={"Ops": 1}),
        },
        "H>G",
        capacity={"Core": 20, "Web": 1, "Ops": None},
    )

    async def starting(title: str) -> StartImpact:
        return await start_impact(
            posed,
            posed.names.initiatives.index(title),
            plans=PlanStore(seconds=PATIENCE),
            solver=solver,
            organisation_id=ORGANISATION,
        )

    found = await starting("G")
    assert "".join(posed.names.initiatives[at] for at in found.stops) == "CD"
    assert found.with_it == (7,)
    assert (found.value_lost, found.proven) == (7, True)
    # half of what D needs falls into the cycle
    assert found.freed.tolist() == [6, 0, 0]
    assert (await starting("J")).stops == ()
    assert (await starting("I")).obstacle is StartObstacle.TOO_LARGE
    assert (await starting("B")).obstacle is StartObstacle.IN_FLIGHT
    unstaffed = await starting("K")
    assert (unstaffed.obstacle, unstaffed.barred) == (StartObstacle.BARRED, (10,))
