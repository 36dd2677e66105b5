"""``Portfolio.frontier``: value against the share of a category, solved by hand."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from api.context import Services
from api.ids import encode_id
from domain.db import Database
from domain.enums import InitiativeState
from domain.jobs.solver import SolverPool
from domain.planning.keeping import PlanStore
from prioritisation.allocation_limits import AllocationMode
from tests.planned import Planned, an_empty_plan, asked

RING = AllocationMode.RING_FENCED


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The tests of this module share a database and a solver, and so an event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def services(shared_services: Services) -> AsyncIterator[Services]:
    """With one solver process for all tests."""
    solver = SolverPool()
    yield replace(shared_services, solver=solver, plans=PlanStore(seconds=120.0))
    await solver.close()


@pytest.fixture(scope="module")
async def plan(shared_database: Database) -> Planned:
    """Of 20 person-weeks Change has a quarter, and work worth 100, 60 and 10 for 5 each; Run 50 and 20."""
    plan = await an_empty_plan(shared_database)
    await plan.team("Core")
    for category in ("Change", "Run"):
        await plan.category(category)
    await plan.capacity("Core", 20)
    await plan.policy({"Change": (0.25, RING), "Run": (0.75, RING)})
    for title, rate, category in (
        ("C1", 100, "Change"),
        ("C2", 60, "Change"),
        ("C3", 10, "Change"),
        ("R1", 50, "Run"),
        ("R2", 20, "Run"),
    ):
        await plan.work(title, 4, category=category)
        await plan.costs(title, rate)
        await plan.demands(title, "Core", 5)
    return plan


async def frontier(services: Services, plan: Planned, fields: str, arguments: str = "") -> Any:
    category = encode_id("AllocationCategory", plan.ids["Change"])
    return await asked(
        services,
        plan,
        "frontier",
        f"... on PortfolioFrontier {{ {fields} }}",
        f', category: "{category}"{arguments}',
    )


async def test_what_each_step_of_a_share_buys(services: Services, plan: Planned) -> None:
    found = await frontier(
        services,
        plan,
        """category { name } valueUnit currentShare currentValue currentBound
           points { share value bound ownValue fundedCount dominated current split { category { name } share } }
           fences { pooledValue heldAtLeast heldAtMost ownValue ownValuePooled broken
             enters { title } leaves { title } }""",
        ", step: 25",
    )
    assert (found["category"]["name"], found["currentShare"], found["currentValue"]) == ("Change", 0.25, 170)
    points = {point["share"]: point for point in found["points"]}
    assert {share: (point["value"], point["ownValue"]) for share, point in points.items()} == {
        0.0: (70, 0),
        0.25: (170, 100),
        0.5: (230, 160),
        0.75: (220, 170),
        1.0: (170, 170),
    }
    assert [share for share, point in points.items() if point["current"]] == [0.25]
    assert [share for share, point in points.items() if not point["dominated"]] == [0.5, 0.75, 1.0]
    assert {item["category"]["name"]: item["share"] for item in points[0.5]["split"]} == {
        "Change": 0.5,
        "Run": 0.5,
    }
    # sharing everything would fund C2 in place of nothing
    assert found["fences"] == {
        "pooledValue": 230,
        "heldAtLeast": 60,
        "heldAtMost": 60,
        "ownValue": 100,
        "ownValuePooled": 160,
        "broken": -60,
        "enters": [{"title": "C2"}],
        "leaves": [],
    }


async def test_wrong_steps_and_categories_are_refused_by_type(services: Services, plan: Planned) -> None:
    refused = await frontier(services, plan, "currentShare", ", step: 7")
    assert (refused["__typename"], refused["path"]) == ("InvalidInput", ["step"])
    stranger = await an_empty_plan(plan.database)
    await stranger.category("Change")
    own = plan.ids["Change"]
    plan.ids["Change"] = stranger.ids["Change"]
    foreign = await frontier(services, plan, "currentShare")
    plan.ids["Change"] = own
    assert (foreign["__typename"], foreign["path"]) == ("NotFound", ["category"])


async def test_work_in_flight_that_breaks_the_split_leaves_nothing_to_compare_with(
    services: Services, plan: Planned
) -> None:
    over = await an_empty_plan(plan.database)
    await over.team("Core")
    for category in ("Change", "Run"):
        await over.category(category)
    await over.capacity("Core", 10)
    await over.policy({"Change": (0.5, RING), "Run": (0.5, RING)})
    await over.work("Flying", 12, category="Run", state=InitiativeState.ACTIVE)
    await over.demands("Flying", "Core", 7)
    collides = await frontier(services, over, "currentShare")
    assert collides["__typename"] == "MandatoryDoesNotFit"
    assert collides["colliding"] == [{"title": "Flying"}]
    assert (await frontier(services, over, "currentShare", ", inFlight: COMPETES"))["currentShare"] == 0.5
