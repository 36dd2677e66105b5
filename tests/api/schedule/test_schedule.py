"""``Portfolio.schedule``: when funded work runs, what its delay costs, and why then; solved by hand."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from api.context import Services
from domain.db import Database
from domain.enums import DependencyKind, InitiativeState
from domain.jobs.solver import SolverPool
from domain.planning.keeping import PlanStore
from tests.planned import Planned, an_empty_plan, asked
from tests.statements import counted


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
    """A team of one: A adds 10 a week after 2 weeks of work, B adds 30 a week after 4. Then some more."""
    plan = await an_empty_plan(shared_database)
    for team in ("Solo", "Pair"):
        await plan.team(team)
    await plan.category("Change")
    await plan.capacity("Solo", 12)
    await plan.capacity("Pair", 24)
    await plan.work("A", 2, category="Change")
    await plan.work("B", 4)
    await plan.work("Flying", 3, state=InitiativeState.ACTIVE)
    await plan.work("After", 1)
    await plan.work("Unlasting")
    await plan.work("Sized", 1)
    await plan.work("Poor", 2)
    for title, rate in (("A", 10), ("B", 30), ("Flying", 5), ("After", 1), ("Sized", 2)):
        await plan.costs(title, rate)
    for title, team, weeks in (
        ("A", "Solo", 2),
        ("B", "Solo", 4),
        ("Flying", "Pair", 3),
        ("After", "Pair", 1),
        ("Unlasting", "Pair", 1),
        ("Sized", "Solo", 7),
        ("Poor", "Pair", 1),
    ):
        await plan.demands(title, team, weeks)
    await plan.link("Flying", "After", lag=1)
    await plan.link("B", "Sized", DependencyKind.START_TO_START)
    return plan


async def schedule(services: Services, plan: Planned, fields: str, arguments: str = "") -> Any:
    return await asked(services, plan, "schedule", f"... on PortfolioSchedule {{ {fields} }}", arguments)


async def test_starts_finishes_costs_and_reasons(services: Services, plan: Planned) -> None:
    found = await schedule(
        services,
        plan,
        """period periods { startsOn } status gap totalCost bound delayCost { amountMinor currency }
           assumedDelayCost { amountMinor }
           initiatives { nodes { initiative { title } startsOn endsOn weeks stretched inFlight critical
             delayCost { amountMinor } delayBasis gaps freeSlack
             reason { cause waitsFor { title } team { name } skill category { name } } } }
           criticalChain { initiative { title } }""",
        ", what: EVERYTHING",
    )
    nodes = {node["initiative"]["title"]: node for node in found["initiatives"]["nodes"]}
    assert (found["period"], len(found["periods"]), found["status"]) == ("WEEK", 12, "OPTIMAL")
    assert found["gap"] == pytest.approx(0, abs=1e-9)
    dates = {title: (node["startsOn"], node["endsOn"]) for title, node in nodes.items()}
    assert dates["B"] == ("2026-01-05", "2026-02-01")
    assert dates["A"] == ("2026-02-02", "2026-02-15")
    assert dates["Flying"] == ("2026-01-05", "2026-01-25")
    assert dates["After"] == ("2026-02-02", "2026-02-08")
    # 7 person-weeks in one week are more than a team of one can give: it takes 7 weeks, and there are 6 left
    assert nodes["Sized"]["stretched"]
    assert nodes["Sized"]["weeks"] == 7
    assert dates["Sized"] == (None, None)
    assert nodes["Sized"]["reason"]["cause"] == "NO_ROOM"
    assert nodes["Sized"]["reason"]["team"] == {"name": "Solo"}
    assert nodes["Unlasting"]["gaps"] == ["DURATION_UNKNOWN"]
    assert nodes["Poor"]["delayBasis"] == "UNKNOWN"
    assert nodes["A"]["reason"] == {
        "cause": "RESOURCE",
        "waitsFor": {"title": "B"},
        "team": {"name": "Solo"},
        "skill": None,
        "category": None,
    }
    assert nodes["After"]["reason"]["cause"] == "PREDECESSOR"
    assert nodes["After"]["reason"]["waitsFor"] == {"title": "Flying"}
    # 6 weeks of 10, 4 of 30, 3 of 5, 5 of 1; what does not run counts as begun when the cycle ends: 19 of 2
    assert found["delayCost"] == {"amountMinor": str((60 + 120 + 15 + 5 + 38) * 100), "currency": "EUR"}
    assert found["assumedDelayCost"] == {"amountMinor": "0"}
    assert [node["initiative"]["title"] for node in found["criticalChain"]] == ["B", "A"]


async def test_the_load_of_teams_and_pictures(services: Services, plan: Planned) -> None:
    found = await schedule(
        services,
        plan,
        """teams { nodes { team { name } utilisation periods { period { startsOn }
             capacity committed scheduled utilisation } } } ganttSvg loadSvg""",
        ", what: EVERYTHING",
    )
    pair, solo = found["teams"]["nodes"]
    assert solo["utilisation"] == 0.5
    assert [load["utilisation"] for load in solo["periods"]] == [1.0] * 6 + [0.0] * 6
    assert pair["periods"][0] == {
        "period": {"startsOn": "2026-01-05"},
        "capacity": 2.0,
        "committed": 1.0,
        "scheduled": 0.5,
        "utilisation": 0.75,
    }
    for picture, words in (("ganttSvg", "Flying"), ("loadSvg", "Solo")):
        assert ET.fromstring(found[picture]).tag.endswith("svg")
        assert words in found[picture]


async def test_only_what_is_funded_is_scheduled_unless_asked_for(services: Services, plan: Planned) -> None:
    fields = "what initiatives(which: ALL) { nodes { initiative { title } } }"
    found = await schedule(services, plan, fields)
    assert found["what"] == "OPTIMUM"
    titles = {node["initiative"]["title"] for node in found["initiatives"]["nodes"]}
    # Sized is worth less than A and B, and does not fit beside them; values of the others are unknown
    assert titles == {"A", "B", "Flying", "After"}
    month = await schedule(services, plan, "period periods { startsOn endsOn }", ", period: MONTH")
    assert month["period"] == "MONTH"
    assert [period["endsOn"] for period in month["periods"]] == ["2026-01-31", "2026-02-28", "2026-03-29"]


async def test_what_cant_be_done_by_its_dates_is_refused_by_type(services: Services, plan: Planned) -> None:
    late = await an_empty_plan(plan.database)
    await late.team("Solo")
    await late.capacity("Solo", 12)

    for title in ("Law", "Tax"):
        await late.work(title, 2, mandatory=True, deadline=date(2026, 1, 25))
        await late.demands(title, "Solo", 2)
    found = await schedule(services, late, "gap")
    assert found["__typename"] == "MandatoryDoesNotFit"
    assert [row["title"] for row in found["colliding"]] == ["Law", "Tax"]


async def test_the_number_of_statements_is_that_of_the_tables(services: Services, plan: Planned) -> None:
    fields = "initiatives { nodes { initiative { title } reason { waitsFor { title } } } }"
    counts = []
    for number in range(2):
        await schedule(services, plan, fields)
        with counted(plan.database) as statements:
            await schedule(services, plan, fields)
        counts.append(len(statements))
        await plan.work(f"More {number}", 2)
        await plan.demands(f"More {number}", "Pair", 1)
    assert counts[0] == counts[1] <= 16
