"""When work runs, and why then: small portfolios solved by hand, through a solver process."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np
import pytest

from domain.enums import DependencyKind, InitiativeState
from domain.jobs.solver import SolverPool
from domain.planning.errors import MandatoryDoesNotFit, PlanNotVerified
from domain.planning.input import PlanningInput
from domain.planning.keeping import PlanStore
from domain.planning.placing import ScheduledPlan, scheduled_plan, verify
from prioritisation.allocation_limits import AllocationMode
from prioritisation.schedule_explanation import Cause
from prioritisation.schedule_problem import Schedule
from tests.planning_inputs import Work, a_plan

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


async def placed(posed: PlanningInput, solver: SolverPool, without: str = "") -> ScheduledPlan:
    chosen = np.array([title not in without for title in posed.names.initiatives], dtype=np.bool_)
    return await scheduled_plan(
        posed, chosen, plans=PlanStore(seconds=PATIENCE), solver=solver, organisation_id=ORGANISATION
    )


def spans(plan: ScheduledPlan) -> dict[str, tuple[int, int]]:
    titles = [plan.posed.names.initiatives[at] for at in plan.made.positions]
    return {
        title: (int(start), int(finish))
        for title, start, finish in zip(titles, plan.start, plan.finish, strict=True)
    }


def causes(plan: ScheduledPlan) -> dict[str, Cause]:
    titles = [plan.posed.names.initiatives[at] for at in plan.made.positions]
    return {title: reason.cause for title, reason in zip(titles, plan.why, strict=True)}


async def test_the_known_vector_of_two_initiatives_and_one_team(solver: SolverPool) -> None:
    """A adds 10 a week after 2 weeks of work, B adds 30 a week after 4: B comes first."""
    posed = a_plan(
        {
            "A": Work(value=10, weeks=2, demand={"Core": 2}),
            "B": Work(value=30, weeks=4, demand={"Core": 4}),
        },
        capacity={"Core": 6},
        last=date(2026, 2, 15),
    )
    plan = await placed(posed, solver)
    assert spans(plan) == {"A": (4, 5), "B": (0, 3)}
    # B-then-A costs 4 weeks of 40 and 2 of 10, in cents
    assert plan.cost == plan.bound == 18_000
    assert plan.delay_cost.tolist() == [6_000, 12_000]
    assert causes(plan) == {"A": Cause.RESOURCE, "B": Cause.BEGINNING}
    assert (plan.why[0].category, plan.why[0].period, plan.why[0].predecessor) == (None, 3, 1)
    assert plan.chain == (1, 0)
    assert plan.free_slack is not None
    assert plan.free_slack.tolist() == [0, 0]


async def test_every_start_has_its_reason(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=1, weeks=3, state=InitiativeState.ACTIVE, demand={"Core": 3}),
            "B": Work(value=50, weeks=2, demand={"Web": 1}),
            "C": Work(value=40, weeks=2, demand={"Web": 1}, earliest=date(2026, 1, 26)),
            "D": Work(value=30, weeks=2, demand={"Core": 4}, category="Change"),
            "E": Work(value=20, weeks=4, demand={"Web": 2}),
            "F": Work(value=10, weeks=1, demand={"Core": 0.8}, category="Change"),
        },
        "A>B",
        "B>E",
        lag={"A>B": 1},
        kinds={"B>E": DependencyKind.FINISH_TO_FINISH},
        capacity={"Core": 48, "Web": 60},
        shares={"Change": (2 / 3, AllocationMode.RING_FENCED)},
    )
    plan = await placed(posed, solver)
    assert spans(plan) == {
        "A": (0, 2),
        "B": (4, 5),
        "C": (3, 4),
        "D": (0, 1),
        "E": (2, 5),
        "F": (2, 2),
    }
    assert causes(plan) == {
        "A": Cause.FIXED,
        "B": Cause.PREDECESSOR,
        "C": Cause.EARLIEST,
        "D": Cause.BEGINNING,
        "E": Cause.PREDECESSOR,
        "F": Cause.RESOURCE,
    }
    # the team has another person-week, which is not for Change
    change = posed.names.categories.index("Change")
    assert (plan.why[5].category, plan.why[5].predecessor) == (change, 3)


async def test_what_is_left_out_and_what_does_not_fit_any_more(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=10, weeks=12, demand={"Core": 12}),
            "B": Work(value=30, weeks=2, demand={"Core": 2}),
            "C": Work(value=90, weeks=2, demand={"Core": 2}),
        },
        capacity={"Core": 12},
    )
    plan = await placed(posed, solver, without="C")
    assert spans(plan) == {"A": (-1, -1), "B": (0, 1)}
    # begun when the cycle ends it would cost 24 weeks
    assert plan.delay_cost.tolist() == [24_000, 6_000]
    assert causes(plan)["A"] is Cause.NO_ROOM


async def test_mandatory_work_that_cant_be_done_by_its_dates_is_named(solver: SolverPool) -> None:
    due = date(2026, 1, 25)
    posed = a_plan(
        {
            "A": Work(value=10, weeks=2, demand={"Core": 2}, mandatory=True, deadline=due),
            "B": Work(value=30, weeks=2, demand={"Core": 2}, mandatory=True, deadline=due),
            "C": Work(value=90, weeks=2, demand={"Core": 2}, mandatory=True),
        },
        capacity={"Core": 12},
    )
    with pytest.raises(MandatoryDoesNotFit) as error:
        await placed(posed, solver)
    assert error.value.initiatives == tuple(posed.initiative_ids[:2])


async def test_nothing_to_schedule_is_no_error(solver: SolverPool) -> None:
    plan = await placed(a_plan({"A": Work(value=1)}, capacity={"Core": 12}), solver)
    assert (plan.cost, len(plan.start)) == (0, 0)


async def test_a_schedule_that_breaks_a_rule_is_never_shown(solver: SolverPool) -> None:
    posed = a_plan(
        {
            "A": Work(value=10, weeks=2, demand={"Core": 2}),
            "B": Work(value=30, weeks=4, demand={"Core": 4}),
        },
        "A>B",
        capacity={"Core": 12},
    )
    plan = await placed(posed, solver)
    good = Schedule(
        start=plan.start,
        finish=plan.finish,
        sequence=plan.sequence,
        cost=plan.cost,
        bound=plan.bound,
        status=plan.status,
        used=plan.used,
    )
    verify(plan.made, good)
    for changes in (
        {"start": good.start + 1},
        {"start": good.start - [0, 2], "finish": good.finish - [0, 2]},
        {"cost": good.cost - 1},
        {"used": good.used + 1},
        {"start": np.array([-1, 2]), "finish": np.array([-1, 5])},
    ):
        with pytest.raises(PlanNotVerified):
            verify(plan.made, replace(good, **changes))
