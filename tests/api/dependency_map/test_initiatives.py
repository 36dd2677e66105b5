"""What the dependencies say of one initiative: what blocks it, what it unlocks, what slips and falls with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.db import Database
from domain.enums import InitiativeState, UrgencyProfile
from domain.errors import InvalidInput
from domain.models import Contribution
from tests.api.conftest import Ask
from tests.factories import a_key_result
from tests.plans import SS, TODAY, Plan
from tests.statements import counted

AROUND = """
query($id: ID!, $transitive: Boolean! = false, $completed: Boolean! = false, $first: Int, $after: String) {
  node(id: $id) { ... on Initiative {
    blockedBy(transitive: $transitive, includeCompleted: $completed, first: $first, after: $after) {
      totalCount pageInfo { endCursor } nodes { title }
    }
    unlocks(transitive: $transitive, includeCompleted: $completed, first: $first) { totalCount nodes { title } }
  } }
}
"""
SLIP = """
query($id: ID!, $weeks: Float!) { node(id: $id) { ... on Initiative {
  slipImpact(weeks: $weeks, asOf: "2026-03-02") {
    weeks asOf finishMovesWeeks movedCount missedDeadlineCount unknownDelayCostCount
    totalDelayCost { amountMinor currency }
    items { totalCount nodes {
      initiative { title } startMovesWeeks finishMovesWeeks absorbedWeeks atLeast missesDeadlineByWeeks
      newStart { date weeks } newFinish { date weeks } delayCost { amountMinor currency }
    } }
  }
} } }
"""
STOP = """
query($id: ID!) { node(id: $id) { ... on Initiative { stopImpact {
  falls { totalCount nodes { title } }
  weakens { nodes { title } }
  freedDemands { totalPersonWeeks nodes {
    team { name } ownPersonWeeks fallingPersonWeeks personWeeks
  } }
  freedCost { amountMinor currency }
  lostPerWeek { amountMinor currency }
  unknownCostOfDelayCount
  lostOutcomeValue
  lostContributions { nodes { expectedDelta initiative { title } keyResult { title } } }
} } } }
"""


async def _ask(ask: Ask, plan: Plan, document: str, title: str, **variables: Any) -> Any:
    return (await ask(plan.actor, document, id=encode_id("Initiative", plan.ids[title]), **variables))["node"]


def _titles(connection: Any) -> str:
    return "".join(node["title"] for node in connection["nodes"])


async def _around(ask: Ask, plan: Plan, title: str, **variables: Any) -> tuple[str, str]:
    found = await _ask(ask, plan, AROUND, title, **variables)
    return _titles(found["blockedBy"]), _titles(found["unlocks"])


async def test_neighbours_are_hard_and_the_nearest_come_first(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    await plan.work("S", 1)
    await plan.link("S", "A", hard=False)
    await plan.add_relation("S", "J")
    assert await _around(ask, plan, "J") == ("FI", "KL")
    assert await _around(ask, plan, "J", transitive=True) == ("FICEBA", "KLN")
    assert await _around(ask, plan, "A", transitive=True) == ("", "BCDEIFGHJKLMN")
    assert await _around(ask, plan, "S", transitive=True) == ("", "")


async def test_the_completed_no_longer_blocks_and_the_stopped_does_for_good(plan: Plan, ask: Ask) -> None:
    for title, state in {"C": "COMPLETED", "S": "STOPPED", "O": "PROPOSED", "X": "PROPOSED"}.items():
        await plan.work(title, 1, state=InitiativeState[state])
    await plan.work("G", 1, archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    await plan.work("Z", 1)
    await plan.link("X", "C")
    for before in "CSOG":
        await plan.link(before, "Z")
    assert await _around(ask, plan, "Z", transitive=True) == ("SO", "")
    assert await _around(ask, plan, "Z", transitive=True, completed=True) == ("CSOX", "")
    await plan.link("Z", "X")
    for after in ("S", "G"):
        await plan.link("X", after)
    assert await _around(ask, plan, "X") == ("Z", "")
    assert await _around(ask, plan, "X", completed=True) == ("Z", "C")


async def test_pages_of_neighbours_are_bound_to_them(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    first = (await _ask(ask, plan, AROUND, "J", transitive=True, first=4))["blockedBy"]
    assert (_titles(first), first["totalCount"]) == ("FICE", 6)
    cursor = first["pageInfo"]["endCursor"]
    rest = (await _ask(ask, plan, AROUND, "J", transitive=True, first=4, after=cursor))["blockedBy"]
    assert _titles(rest) == "BA"
    with pytest.raises(BadUserInput):
        await _ask(ask, plan, AROUND, "J", first=4, after=cursor)


async def test_a_slip_moves_the_critical_path_and_slack_absorbs_the_rest(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    await plan.costs("I", 100)
    await plan.costs("J", 10)
    await plan.costs("N", 1, currency="USD")
    await plan.costs("M", 1000)
    impact = (await _ask(ask, plan, SLIP, "I", weeks=3))["slipImpact"]
    assert (impact["weeks"], impact["asOf"], impact["finishMovesWeeks"]) == (3, "2026-03-02", 1)
    moves = {
        node["initiative"]["title"]: (node["startMovesWeeks"], node["absorbedWeeks"])
        for node in impact["items"]["nodes"]
    }
    # 2 of the 3 weeks are slack between I and J
    assert moves == {"I": (3, 0), "J": (1, 2), "K": (1, 2), "L": (1, 2), "N": (1, 2)}
    assert next(iter(moves)) == "I"
    assert impact["totalDelayCost"] == [
        {"amountMinor": "31000", "currency": "EUR"},
        {"amountMinor": "100", "currency": "USD"},
    ]
    assert (impact["movedCount"], impact["unknownDelayCostCount"]) == (4, 2)
    assert impact["items"]["nodes"][0]["delayCost"] == {"amountMinor": "30000", "currency": "EUR"}
    assert impact["items"]["nodes"][0]["newStart"] == {"weeks": 19, "date": "2026-07-13"}
    absorbed = (await _ask(ask, plan, SLIP, "I", weeks=2))["slipImpact"]
    assert (absorbed["finishMovesWeeks"], absorbed["movedCount"]) == (0, 0)
    assert absorbed["items"]["totalCount"] == 5


async def test_a_slip_costs_what_the_urgency_profile_says(plan: Plan, ask: Ask) -> None:
    await plan.work("First", 2)
    await plan.work("Fair", 2, deadline=TODAY + timedelta(weeks=5))
    await plan.costs(
        "Fair",
        10,
        profile=UrgencyProfile.FIXED_DATE,
        deadline=TODAY + timedelta(weeks=5),
        step_minor=50_000.0,
    )
    await plan.link("First", "Fair")
    in_time = (await _ask(ask, plan, SLIP, "First", weeks=1))["slipImpact"]
    assert in_time["totalDelayCost"] == [{"amountMinor": "0", "currency": "EUR"}]
    assert in_time["missedDeadlineCount"] == 0
    late = (await _ask(ask, plan, SLIP, "First", weeks=3))["slipImpact"]
    # the step, and two weeks after the deadline
    assert late["totalDelayCost"] == [{"amountMinor": "52000", "currency": "EUR"}]
    fair = late["items"]["nodes"][1]
    assert (fair["missesDeadlineByWeeks"], fair["newFinish"]) == (2, {"weeks": 7, "date": "2026-04-20"})
    assert (late["missedDeadlineCount"], late["unknownDelayCostCount"]) == (1, 1)


async def test_a_start_to_start_successor_moves_with_the_start(plan: Plan, ask: Ask) -> None:
    await plan.work("Unknown")
    await plan.work("With", 1)
    await plan.link("Unknown", "With", SS, lag=-1)
    items = (await _ask(ask, plan, SLIP, "Unknown", weeks=1.5))["slipImpact"]["items"]["nodes"]
    assert [(item["startMovesWeeks"], item["atLeast"]) for item in items] == [(1.5, True), (0.5, True)]


@pytest.mark.parametrize("weeks", [-1, 520.5])
async def test_a_slip_out_of_range_is_refused(plan: Plan, ask: Ask, weeks: float) -> None:
    await plan.work("A", 1)
    with pytest.raises(InvalidInput, match="from 0 to 520 weeks"):
        await _ask(ask, plan, SLIP, "A", weeks=weeks)


async def test_stopping_says_what_falls_what_is_freed_and_what_is_lost(
    plan: Plan, ask: Ask, database: Database
) -> None:
    for name in ("Red", "Blue"):
        await plan.team(name)
    await plan.work("Base", 4, cost_minor=1_000, cost_currency="EUR")
    await plan.work("Near", 1, cost_minor=500, cost_currency="EUR")
    await plan.work("Far", 1, cost_minor=7, cost_currency="USD")
    await plan.work("Wish", 1)
    await plan.work("Other", 1)
    await plan.link("Base", "Near")
    await plan.link("Near", "Far")
    await plan.link("Far", "Wish", hard=False)
    await plan.link("Other", "Base")
    await plan.demands("Base", "Red", 10)
    await plan.demands("Base", "Blue", 3, skill="design")
    await plan.demands("Base", "Blue", 1, skill="build")
    await plan.demands("Far", "Blue", 20)
    await plan.demands("Other", "Red", 99)
    await plan.costs("Base", 5)
    await plan.costs("Far", 40)
    key_result = await a_key_result(database, plan.actor, title="Reach")
    for title, delta in {"Base": 10.0, "Far": 25.0}.items():
        await plan.add(
            Contribution(
                organisation_id=plan.actor.organisation_id,
                portfolio_id=plan.portfolio_id,
                initiative_id=plan.ids[title],
                key_result_id=key_result.id,
                expected_delta=delta,
                confidence=0.5,
            )
        )
    impact = (await _ask(ask, plan, STOP, "Base"))["stopImpact"]
    assert impact == {
        "falls": {"totalCount": 2, "nodes": [{"title": "Near"}, {"title": "Far"}]},
        "weakens": {"nodes": [{"title": "Wish"}]},
        "freedDemands": {
            "totalPersonWeeks": 34,
            "nodes": [
                {
                    "team": {"name": "Blue"},
                    "ownPersonWeeks": 4,
                    "fallingPersonWeeks": 20,
                    "personWeeks": 24,
                },
                {
                    "team": {"name": "Red"},
                    "ownPersonWeeks": 10,
                    "fallingPersonWeeks": 0,
                    "personWeeks": 10,
                },
            ],
        },
        "freedCost": [
            {"amountMinor": "1500", "currency": "EUR"},
            {"amountMinor": "7", "currency": "USD"},
        ],
        "lostPerWeek": [{"amountMinor": "4500", "currency": "EUR"}],
        "unknownCostOfDelayCount": 1,
        # shares of the gap of 100, each half certain
        "lostOutcomeValue": pytest.approx(0.175),
        "lostContributions": {
            "nodes": [
                {"expectedDelta": 10, "initiative": {"title": "Base"}, "keyResult": {"title": "Reach"}},
                {"expectedDelta": 25, "initiative": {"title": "Far"}, "keyResult": {"title": "Reach"}},
            ]
        },
    }


async def test_stopping_what_stands_alone_frees_only_its_own(plan: Plan, ask: Ask) -> None:
    await plan.work("Alone", 1)
    impact = (await _ask(ask, plan, STOP, "Alone"))["stopImpact"]
    assert (impact["falls"]["totalCount"], impact["freedDemands"]["totalPersonWeeks"]) == (0, 0)
    assert (impact["freedCost"], impact["lostPerWeek"], impact["lostOutcomeValue"]) == ([], [], None)


@pytest.mark.parametrize(
    "columns", [{"state": InitiativeState.COMPLETED}, {"state": InitiativeState.STOPPED}]
)
async def test_what_is_closed_has_no_impacts(plan: Plan, ask: Ask, columns: Any) -> None:
    await plan.work("Closed", 1, **columns)
    assert (await _ask(ask, plan, SLIP, "Closed", weeks=1))["slipImpact"] is None
    assert (await _ask(ask, plan, STOP, "Closed"))["stopImpact"] is None


async def test_the_number_of_statements_does_not_grow(plan: Plan, ask: Ask, database: Database) -> None:
    document = """
    query($id: ID!) { node(id: $id) { ... on Portfolio { dependencyMap { nodes { nodes { initiative {
      blockedBy(transitive: true) { nodes { title team { name } } }
      unlocks(transitive: true) { nodes { title } }
      slipImpact(weeks: 1) { totalDelayCost { amountMinor } items { nodes { initiative { title } } } }
      stopImpact { falls { nodes { title } } freedDemands { nodes { team { name } } } }
    } } } } } } }
    """
    await plan.team("Red")
    counts = []
    for round_ in range(2):
        for number in range(3):
            await plan.work(f"{round_}.{number}", 1, team="Red")
            await plan.demands(f"{round_}.{number}", "Red", 1)
        await plan.link(f"{round_}.0", f"{round_}.1")
        await ask(plan.actor, document, id=encode_id("Portfolio", plan.portfolio_id))
        with counted(database) as statements:
            await ask(plan.actor, document, id=encode_id("Portfolio", plan.portfolio_id))
        counts.append(len(statements))
    # is anything new
    assert counts == [1, 1]
