"""Stop candidates through the schema: with the evidence, and with what stopping frees and costs."""

from typing import Any

import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.db import Database, transaction
from domain.enums import InitiativeState
from domain.errors import InvalidInput
from domain.models import Contribution, KeyResult, Portfolio
from tests.api.conftest import Ask
from tests.factories import a_key_result, an_organisation
from tests.plans import Plan
from tests.statements import counted

CANDIDATES = """
query($id: ID!, $by: RankingBy, $first: Int, $after: String) { node(id: $id) { ... on Portfolio {
  stopCandidates(by: $by, asOf: "2026-03-02", first: $first, after: $after) {
    totalCount pageInfo { endCursor }
    nodes {
      initiative { title } ranked { rank score } reasons valuePerEffort plannedCost { amountMinor currency }
      betterWaiting { valuePerEffort waiting { rank initiative { title } } }
      settledOutcomes { fate keyResult { title } }
      blockedBy { title }
      impact { falls { nodes { title } } lostPerWeek { amountMinor }
               freedDemands { totalPersonWeeks nodes { team { name } ownPersonWeeks } } }
    }
  }
} } }
"""


@pytest.fixture
async def plan(database: Database) -> Plan:
    """Weak and settled work in flight, a better bet that waits, and what depends on the weak one."""
    actor = await an_organisation(database)
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    plan = Plan(database, actor, portfolio.id)
    await plan.add(portfolio)
    await plan.team("Apps")
    await plan.category("Bets")
    for title, state, rate in (
        ("Weak", InitiativeState.ACTIVE, 100),
        ("Bet", InitiativeState.APPROVED, 500),
        ("Stopped", InitiativeState.STOPPED, 1),
        ("Follower", InitiativeState.PROPOSED, 20),
    ):
        cost = {"cost_minor": 5_000_000, "cost_currency": "EUR"} if title == "Weak" else {}
        await plan.work(title, 1, state=state, category="Bets", **cost)
        await plan.costs(title, rate)
        await plan.demands(title, "Apps", 10)
    await plan.link("Weak", "Follower")
    await plan.link("Stopped", "Weak")
    key_result = await a_key_result(database, actor, title="Churn")
    await plan.add(
        Contribution(
            organisation_id=actor.organisation_id,
            portfolio_id=plan.portfolio_id,
            initiative_id=plan.ids["Weak"],
            key_result_id=key_result.id,
            expected_delta=5,
            confidence=0.5,
        )
    )
    async with transaction(database, actor) as session:
        stored = await session.get_one(KeyResult, (actor.organisation_id, key_result.id))
        stored.current_value = 100
    return plan


async def listed(ask: Ask, plan: Plan, **variables: Any) -> Any:
    answer = await ask(plan.actor, CANDIDATES, id=encode_id("Portfolio", plan.portfolio_id), **variables)
    return answer["node"]["stopCandidates"]


async def test_a_candidate_has_its_reasons_and_says_what_stopping_means(ask: Ask, plan: Plan) -> None:
    found = await listed(ask, plan)
    assert found["totalCount"] == 1
    assert found["nodes"] == [
        {
            "initiative": {"title": "Weak"},
            "ranked": {"rank": 2, "score": 100.0},
            "reasons": ["BELOW_CUT_LINE", "OUTCOMES_SETTLED", "BLOCKED_BY_STOPPED"],
            "valuePerEffort": 10.0,
            "plannedCost": {"amountMinor": "5000000", "currency": "EUR"},
            "betterWaiting": {
                "valuePerEffort": 50.0,
                "waiting": {"rank": 1, "initiative": {"title": "Bet"}},
            },
            "settledOutcomes": [{"fate": "MET", "keyResult": {"title": "Churn"}}],
            "blockedBy": [{"title": "Stopped"}],
            "impact": {
                "falls": {"nodes": [{"title": "Follower"}]},
                "lostPerWeek": [{"amountMinor": "12000"}],
                "freedDemands": {
                    "totalPersonWeeks": 20.0,
                    "nodes": [{"team": {"name": "Apps"}, "ownPersonWeeks": 10.0}],
                },
            },
        }
    ]


async def test_candidates_come_in_pages_the_worst_ranked_first(ask: Ask, plan: Plan) -> None:
    for number in range(3):
        await plan.work(f"Worse {number}", 1, state=InitiativeState.ACTIVE, category="Bets")
        await plan.costs(f"Worse {number}", 9 - number)
        await plan.demands(f"Worse {number}", "Apps", 10)

    def titles(page: Any) -> list[str]:
        return [node["initiative"]["title"] for node in page["nodes"]]

    first = await listed(ask, plan, first=2)
    assert (first["totalCount"], titles(first)) == (4, ["Worse 2", "Worse 1"])
    cursor = first["pageInfo"]["endCursor"]
    assert titles(await listed(ask, plan, after=cursor)) == ["Worse 0", "Weak"]
    await plan.work("New", 1, state=InitiativeState.ACTIVE, category="Bets")
    await plan.costs("New", 1)
    await plan.demands("New", "Apps", 10)
    with pytest.raises(BadUserInput, match="belongs to another ordering"):
        await listed(ask, plan, after=cursor)


async def test_more_candidates_take_no_more_statements(ask: Ask, plan: Plan) -> None:
    numbers = []
    for more in (1, 4):
        for number in range(more):
            await plan.work(f"Worse {more} {number}", 1, state=InitiativeState.ACTIVE, category="Bets")
            await plan.costs(f"Worse {more} {number}", 1)
            await plan.demands(f"Worse {more} {number}", "Apps", 10)
        await listed(ask, plan)
        with counted(plan.database) as statements:
            await listed(ask, plan)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_a_model_that_is_not_there_is_refused(ask: Ask, plan: Plan) -> None:
    with pytest.raises(InvalidInput, match="0 scoring models"):
        await listed(ask, plan, by={"method": "RICE"})
