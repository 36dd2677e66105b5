"""``Portfolio.selection``: cut line and optimum side by side, with reasons, on a portfolio solved by hand."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from api.context import Context, Services
from api.errors import BadUserInput
from api.ids import encode_id
from api.schema import build_schema
from domain.actor import Actor
from domain.db import Database
from domain.enums import InitiativeState
from domain.jobs.solver import SolverPool
from domain.planning.keeping import PlanStore
from prioritisation.allocation_limits import AllocationMode
from tests.factories import an_organisation
from tests.planned import Planned, an_empty_plan
from tests.statements import counted

RING = AllocationMode.RING_FENCED
SCHEMA = build_schema()


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
    """Core has 20 person-weeks, half of them for Change; Web has 10, of which Rust 4; nobody knows of Ops."""
    plan = await an_empty_plan(shared_database)
    for team in ("Core", "Web", "Ops"):
        await plan.team(team)
    for category in ("Change", "Run"):
        await plan.category(category)
    await plan.capacity("Core", 20)
    await plan.capacity("Web", 10)
    await plan.capacity("Web", 4, skill="rust")
    await plan.policy({"Change": (0.5, RING), "Run": (0.5, RING)})
    for title, weeks, rate, category in (
        ("Flying", 10, 1, "Run"),
        ("Big", 2, 900, "Change"),
        ("Twin", 4, 500, "Change"),
        ("Twain", 4, 480, "Change"),
        ("Rusty", 4, 300, "Change"),
        ("Later", 4, 200, "Run"),
        ("Either", 4, 150, "Run"),
        ("Or", 4, 100, "Run"),
        ("Unweighed", 4, None, "Run"),
        ("Unstaffed", 4, 50, "Run"),
    ):
        state = InitiativeState.ACTIVE if title == "Flying" else InitiativeState.APPROVED
        await plan.work(title, weeks, category=category, state=state)
        if rate is not None:
            await plan.costs(title, rate)
    for title, team, weeks, skill in (
        ("Flying", "Core", 5, ""),
        ("Big", "Core", 8, ""),
        ("Twin", "Core", 5, ""),
        ("Twain", "Core", 5, ""),
        ("Rusty", "Web", 5, "rust"),
        ("Later", "Core", 9, ""),
        ("Either", "Core", 2, ""),
        ("Or", "Core", 1, ""),
        ("Unweighed", "Core", 1, ""),
        ("Unstaffed", "Ops", 1, ""),
    ):
        await plan.demands(title, team, weeks, skill=skill)
    await plan.books("Flying", "Core", "Run", 1)
    await plan.alternatives("One of them", "Either", "Or")
    return plan


async def asked(services: Services, viewer: Actor, document: str, **variables: Any) -> Any:
    context = Context(services=services, viewer=viewer, request_id="test")
    result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
    for error in result.errors or ():
        raise error.original_error or error
    return result.data


def selection(fields: str, arguments: str = "") -> str:
    return f"""query($id: ID!, $cycle: ID!) {{ node(id: $id) {{ ... on Portfolio {{
      selection(cycle: $cycle, asOf: "2026-01-05"{arguments}) {{
        __typename ... on PortfolioSelection {{ {fields} }}
        ... on MandatoryDoesNotFit {{ message colliding {{ title }} }}
        ... on UserError {{ code path }} }} }} }} }}"""


async def select(services: Services, plan: Planned, fields: str, arguments: str = "", **ids: str) -> Any:
    given = {
        "id": encode_id("Portfolio", plan.portfolio_id),
        "cycle": encode_id("Cycle", plan.cycle_id),
    } | ids
    answer = await asked(services, plan.actor, selection(fields, arguments), **given)
    return answer["node"]["selection"]


async def test_cut_line_and_optimum_stand_side_by_side(services: Services, plan: Planned) -> None:
    """By CD3 Big leads, and takes what Twin and Twain need together, which are worth more."""
    found = await select(
        services,
        plan,
        """startsOn endsOn policyVersion valueUnit status gap bound line valueBehindOptimum
           optimum { value count personWeeks } cutLine { value count }
           valueUnknownCount effortUnknownCount teamsWithoutCapacity { name }
           initiatives { totalCount nodes { initiative { title } rank value funded aboveCutLine inFlight
             unfunded { reasons shortages { team { name } skill category { name } ofCategory needed left } }
           } }""",
    )
    nodes = {node["initiative"]["title"]: node for node in found.pop("initiatives")["nodes"]}
    assert found == {
        "__typename": "PortfolioSelection",
        "startsOn": "2026-01-05",
        "endsOn": "2026-03-29",
        "policyVersion": 1,
        "valueUnit": "EUR per week of delay",
        "status": "OPTIMAL",
        "gap": 0.0,
        "bound": 1130.0,
        "line": 1,
        "valueBehindOptimum": 80.0,
        "optimum": {"value": 1130.0, "count": 3, "personWeeks": 12.0},
        "cutLine": {"value": 1050.0, "count": 2},
        "valueUnknownCount": 1,
        "effortUnknownCount": 0,
        "teamsWithoutCapacity": [{"name": "Ops"}],
    }
    assert {title for title, node in nodes.items() if node["funded"]} == {
        "Flying",
        "Twin",
        "Twain",
        "Either",
    }
    assert {title for title, node in nodes.items() if node["aboveCutLine"]} == {"Flying", "Big", "Either"}
    why = {title: node["unfunded"]["reasons"] for title, node in nodes.items() if node["unfunded"]}
    assert why == {
        "Big": ["CATEGORY_EXHAUSTED"],
        "Rusty": ["NEVER_FITS"],
        "Later": ["NEVER_FITS"],
        "Or": ["ALTERNATIVE_FUNDED"],
        "Unweighed": ["VALUE_UNKNOWN"],
        "Unstaffed": ["CAPACITY_UNKNOWN"],
    }
    assert nodes["Unweighed"]["value"] is None
    # of the skill's 4 person-weeks Change may use all: shares are about teams as a whole
    assert nodes["Rusty"]["unfunded"]["shortages"] == [
        {
            "team": {"name": "Web"},
            "skill": "rust",
            "category": None,
            "ofCategory": False,
            "needed": 5.0,
            "left": 4.0,
        }
    ]
    assert nodes["Big"]["unfunded"]["shortages"] == [
        {
            "team": {"name": "Core"},
            "skill": None,
            "category": {"name": "Change"},
            "ofCategory": True,
            "needed": 8.0,
            "left": 0.0,
        }
    ]


async def test_use_and_worth_of_capacity_by_team_and_category(services: Services, plan: Planned) -> None:
    found = await select(
        services,
        plan,
        """teams { nodes { team { name } skill capacity committed overcommitted funded utilisation
             categories { category { name } share mode planned committed funded left } } }
           worthOfCapacity(personWeeks: 5, top: 2) { team { name } category { name } forCategory
             gainAtLeast gainAtMost enters { title } }
           alternatives { name funded { title } alternatives { initiative { title } } }
           initiatives(which: DIFFERENT) { nodes { initiative { title }
             wouldBeFundedBy { valueAtLeast valueAtMost capacitySuffices displaced { title }
               capacity { short category { name } } } } }""",
    )
    core, ops, web, rust = found["teams"]["nodes"]
    assert core == {
        "team": {"name": "Core"},
        "skill": None,
        "capacity": 20.0,
        # 4 of its 5 person-weeks remain, within 8 of its 10 weeks
        "committed": 4.0,
        "overcommitted": 0.0,
        "funded": 12.0,
        "utilisation": 0.8,
        "categories": [
            {
                "category": {"name": name},
                "share": 0.5,
                "mode": "RING_FENCED",
                "planned": 10.0,
                "committed": committed,
                "funded": funded,
                "left": left,
            }
            for name, committed, funded, left in (("Change", 0.0, 10.0, 0.0), ("Run", 4.0, 2.0, 4.0))
        ],
    }
    assert (ops["capacity"], ops["utilisation"]) == (None, None)
    assert (web["skill"], rust["skill"], rust["capacity"]) == (None, "rust", 4.0)
    worth = found["worthOfCapacity"][0]
    assert worth["team"] == {"name": "Core"}
    assert worth["gainAtLeast"] == worth["gainAtMost"] > 0
    (group,) = found["alternatives"]
    assert (group["name"], group["funded"]) == ("One of them", {"title": "Either"})
    changes = {node["initiative"]["title"]: node["wouldBeFundedBy"] for node in found["initiatives"]["nodes"]}
    assert changes == {
        "Big": {
            "valueAtLeast": 80.0,
            "valueAtMost": 80.0,
            "capacitySuffices": True,
            "displaced": [{"title": "Twain"}, {"title": "Twin"}]
            if plan.ids["Twain"] < plan.ids["Twin"]
            else [{"title": "Twin"}, {"title": "Twain"}],
            "capacity": [{"short": 8.0, "category": {"name": "Change"}}],
        },
        "Twin": None,
        "Twain": None,
    }


async def test_work_in_flight_may_have_to_compete(services: Services, plan: Planned) -> None:
    fields = "inFlight initiatives(which: FUNDED) { nodes { initiative { title } inFlight remainingEffort booked } }"
    found = await select(services, plan, fields, ", inFlight: COMPETES")
    funded = {node["initiative"]["title"]: node for node in found["initiatives"]["nodes"]}
    assert found["inFlight"] == "COMPETES"
    # Later is worth more than what is in flight, and takes its place
    assert funded.keys() == {"Twin", "Twain", "Later", "Or"}
    kept = await select(services, plan, "initiatives(which: IN_FLIGHT) { nodes { remainingEffort booked } }")
    assert kept["initiatives"]["nodes"] == [{"remainingEffort": 4.0, "booked": True}]


async def test_pages_belong_to_the_very_plan(services: Services, plan: Planned) -> None:
    fields = "initiatives(first: 3) { pageInfo { endCursor hasNextPage } nodes { rank } }"
    page = (await select(services, plan, fields))["initiatives"]
    assert page["pageInfo"]["hasNextPage"]
    cursor = page["pageInfo"]["endCursor"]
    following = f'initiatives(first: 3, after: "{cursor}") {{ nodes {{ rank }} }}'
    more = (await select(services, plan, following))["initiatives"]["nodes"]
    assert [node["rank"] for node in [*page["nodes"], *more]] == [1, 2, 3, 4, 5, 6]
    with pytest.raises(BadUserInput):
        await select(services, plan, following, ", reading: STOP")


async def test_what_cant_be_planned_is_refused_by_type(services: Services, plan: Planned) -> None:
    stranger = await an_empty_plan(plan.database)
    unknown = await select(services, plan, "gap", cycle=encode_id("Cycle", stranger.cycle_id))
    assert unknown == {"__typename": "NotFound", "code": "NOT_FOUND", "path": ["cycle"]}
    over = selection("gap").replace("2026-01-05", "2026-03-30")
    given = {"id": encode_id("Portfolio", plan.portfolio_id), "cycle": encode_id("Cycle", plan.cycle_id)}
    answer = (await asked(services, plan.actor, over, **given))["node"]["selection"]
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["cycle"])
    foreigner = await an_organisation(plan.database)
    assert (await asked(services, foreigner, selection("gap"), **given))["node"] is None


async def test_a_mandatory_set_that_does_not_fit_is_named(services: Services, plan: Planned) -> None:
    full = await an_empty_plan(plan.database)
    await full.team("Small")
    await full.capacity("Small", 3)
    for title, mandatory in (("Law", True), ("Audit", True), ("Wish", False), ("Tax", True)):
        await full.work(title, 2, mandatory=mandatory)
        await full.demands(title, "Small", {"Law": 2, "Audit": 2.5}.get(title, 0.5))
    answer = await select(services, full, "gap")
    assert answer == {
        "__typename": "MandatoryDoesNotFit",
        "message": "What has to be done needs 4.5 person-weeks of Small, and 3.0 are left. Release one of the"
        " initiatives (Law, Audit), or give them more capacity.",
        "colliding": [{"title": "Law"}, {"title": "Audit"}],
        "code": "MANDATORY_DOES_NOT_FIT",
        "path": [],
    }


async def test_a_ranked_initiative_says_whether_it_is_funded(services: Services, plan: Planned) -> None:
    document = """query($id: ID!, $cycle: ID!) { node(id: $id) { ... on Portfolio {
      ranking(asOf: "2026-01-05") { nodes { initiative { title } funding(cycle: $cycle) {
        ... on RankedFunding { planned { funded unfunded { reasons } } } ... on UserError { path } } } }
      closed: ranking(asOf: "2026-01-05", states: [APPROVED]) { nodes { funding(cycle: $cycle) { __typename } } }
      } } }"""
    given = {"id": encode_id("Portfolio", plan.portfolio_id), "cycle": encode_id("Cycle", plan.cycle_id)}
    found = (await asked(services, plan.actor, document, **given))["node"]
    funding = {node["initiative"]["title"]: node["funding"]["planned"] for node in found["ranking"]["nodes"]}
    assert funding["Twin"] == {"funded": True, "unfunded": None}
    assert funding["Big"] == {"funded": False, "unfunded": {"reasons": ["CATEGORY_EXHAUSTED"]}}
    assert {node["funding"]["__typename"] for node in found["closed"]["nodes"]} == {"InvalidInput"}


async def test_what_must_stop_to_start_an_initiative(services: Services, plan: Planned) -> None:
    document = """query($id: ID!, $cycle: ID!) { node(id: $id) { ... on Initiative {
      startImpact(cycle: $cycle, asOf: "2026-01-05") { __typename ... on StartImpact {
        possible obstacle barred { title } withIt { title } stops { title } stopCount value valueLost
        valueLostAtLeast valueUnit freed { team { name } skill personWeeks } } ... on UserError { message } } } } }"""

    async def starting(title: str) -> Any:
        given = {"id": encode_id("Initiative", plan.ids[title]), "cycle": encode_id("Cycle", plan.cycle_id)}
        return (await asked(services, plan.actor, document, **given))["node"]["startImpact"]

    assert await starting("Later") == {
        "__typename": "StartImpact",
        "possible": True,
        "obstacle": None,
        "barred": [],
        "withIt": [],
        "stops": [{"title": "Flying"}],
        "stopCount": 1,
        "value": 200.0,
        "valueLost": 1.0,
        "valueLostAtLeast": 1.0,
        "valueUnit": "EUR per week of delay",
        "freed": [{"team": {"name": "Core"}, "skill": None, "personWeeks": 4.0}],
    }
    assert (await starting("Big"))["stops"] == []
    unstaffed = await starting("Unstaffed")
    assert (unstaffed["possible"], unstaffed["obstacle"]) == (False, "BARRED")
    assert unstaffed["barred"] == [{"title": "Unstaffed"}]


async def test_work_in_flight_below_the_cut_line_of_its_bucket_is_a_stop_candidate(
    services: Services, plan: Planned
) -> None:
    document = """query($id: ID!, $cycle: ID) { node(id: $id) { ... on Portfolio {
      stopCandidates(asOf: "2026-01-05", cycle: $cycle) { nodes { initiative { title } reasons remainingEffort
        valuePerEffort unfundedInCycle betterWaiting { waiting { initiative { title } } valuePerEffort } } } } } }"""
    given = {"id": encode_id("Portfolio", plan.portfolio_id), "cycle": encode_id("Cycle", plan.cycle_id)}
    (candidate,) = (await asked(services, plan.actor, document, **given))["node"]["stopCandidates"]["nodes"]
    assert candidate == {
        "initiative": {"title": "Flying"},
        "reasons": ["BELOW_CUT_LINE"],
        # one of its five person-weeks is booked
        "remainingEffort": 4.0,
        "valuePerEffort": 0.25,
        "unfundedInCycle": True,
        "betterWaiting": {"waiting": {"initiative": {"title": "Or"}}, "valuePerEffort": 100.0},
    }
    alone = await asked(services, plan.actor, document, **given | {"cycle": None})
    (compared,) = alone["node"]["stopCandidates"]["nodes"]
    assert not compared["unfundedInCycle"]
    assert compared["reasons"] == ["BELOW_CUT_LINE"]


async def test_the_number_of_statements_is_that_of_the_tables(services: Services, plan: Planned) -> None:
    counts = []
    fields = "initiatives { nodes { initiative { title } } } teams { nodes { team { name } } }"
    for _ in range(2):
        await select(services, plan, fields)
        with counted(plan.database) as statements:
            await select(services, plan, fields)
        counts.append(len(statements))
        for number in range(3):
            await plan.work(f"More {len(counts)}{number}", 2)
            await plan.demands(f"More {len(counts)}{number}", "Web", 1)
    assert counts[0] == counts[1] <= 16
