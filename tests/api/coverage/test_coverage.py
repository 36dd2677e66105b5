"""Which initiatives get objectives there, and what hangs in the air, through the schema."""

from typing import Any

from api.context import Context, Services
from api.ids import encode_id
from domain.actor import Actor
from domain.commands.contribution import ContributionSet
from domain.commands.initiative import InitiativeTransition
from domain.contribution import set_contribution
from domain.db import Database
from domain.enums import InitiativeState
from domain.rows import InitiativeRow, KeyResultRow
from domain.transition import transition_initiative
from tests.api.conftest import Ask
from tests.factories import (
    a_cycle,
    a_key_result,
    a_portfolio,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.statements import counted

COVERAGE = """query($id: ID!) { node(id: $id) { ... on Objective { coverage { enough reasons
  keyResults { totalCount nodes { keyResult { title } expectedSum expectedSumByConfidence decidedSumByConfidence
    remainingGap uncovered enough reason
    initiatives(first: 3) { totalCount nodes { initiative { title state } expectedDelta confidence standing } } } } }
  keyResults { nodes { coverage { enough } } } } } }"""
PORTFOLIO = """query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Portfolio {
  initiativesWithoutContribution(first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } nodes { title } } } } }"""
CYCLE = """query($id: ID!) { node(id: $id) { ... on Cycle {
  keyResultsWithoutInitiative { totalCount nodes { title } }
  objectivesWithoutInitiative { totalCount nodes { title } } } } }"""


async def _brings(
    database: Database,
    actor: Actor,
    initiative: InitiativeRow,
    key_result: KeyResultRow,
    delta: float = 10,
    confidence: float = 0.5,
) -> None:
    command = ContributionSet(
        initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=delta, confidence=confidence
    )
    await set_contribution(database, actor, command)


async def _moved(
    database: Database, actor: Actor, initiative: InitiativeRow, *states: InitiativeState
) -> None:
    for state in states:
        command = InitiativeTransition(id=initiative.id, to_state=state, reason="Agreed.")
        await transition_initiative(database, actor, command)


async def test_an_objective_says_which_initiatives_get_it_there_and_whether_that_is_enough(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    objective = await an_objective(database, admin)
    calls = await a_key_result(database, admin, objective_id=objective.id, title="Calls", current_value=60)
    await a_key_result(database, admin, objective_id=objective.id, title="Met", current_value=100)
    one, other = await a_portfolio(database, admin), await a_portfolio(database, admin)
    app = await an_initiative(database, admin, portfolio_id=one.id, title="App")
    letters = await an_initiative(database, admin, portfolio_id=other.id, title="letters")
    robot = await an_initiative(database, admin, portfolio_id=one.id, title="Robot")
    await _brings(database, admin, app, calls, 30, 0.8)
    await _brings(database, admin, letters, calls, 20, 0.5)
    await _brings(database, admin, robot, calls, 90, 1)
    await _moved(database, admin, app, InitiativeState.EVALUATED, InitiativeState.APPROVED)
    await _moved(database, admin, robot, InitiativeState.STOPPED)
    objective_id = encode_id("Objective", objective.id)
    found = (await ask(admin, COVERAGE, id=objective_id))["node"]["coverage"]
    assert (found["enough"], found["reasons"]) == ("NO", ["ONLY_AT_FULL_CONFIDENCE", "MET"])
    assert found["keyResults"]["totalCount"] == 2
    first, second = found["keyResults"]["nodes"]
    assert (second["keyResult"], second["reason"]) == ({"title": "Met"}, "MET")
    assert first == {
        "keyResult": {"title": "Calls"},
        "expectedSum": 50.0,
        "expectedSumByConfidence": 34.0,
        "decidedSumByConfidence": 24.0,
        "remainingGap": 40.0,
        "uncovered": 6.0,
        "enough": "NO",
        "reason": "ONLY_AT_FULL_CONFIDENCE",
        "initiatives": {
            "totalCount": 3,
            "nodes": [
                {
                    "initiative": {"title": title, "state": state},
                    "expectedDelta": delta,
                    "confidence": confidence,
                    "standing": standing,
                }
                for title, state, delta, confidence, standing in (
                    ("App", "APPROVED", 30.0, 0.8, "COUNTS"),
                    ("letters", "PROPOSED", 20.0, 0.5, "COUNTS"),
                    ("Robot", "STOPPED", 90.0, 1.0, "STOPPED"),
                )
            ],
        },
    }

    async def statements() -> int:
        context = Context(services=services, viewer=admin, request_id="test")
        with counted(database) as made:
            await ask(context, COVERAGE, id=objective_id)
        return len(made)

    few = await statements()
    for _ in range(3):
        further = await a_key_result(database, admin, objective_id=objective.id)
        await _brings(database, admin, app, further)
        await _brings(database, admin, letters, further)
    await statements()
    assert await statements() == few


async def test_what_hangs_in_the_air_is_found_on_both_sides(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    cycle, portfolio = await a_cycle(database, admin), await a_portfolio(database, admin)
    served = await an_objective(database, admin, cycle_id=cycle.id, title="Served")
    lonely = await an_objective(database, admin, cycle_id=cycle.id, title="Lonely")
    await an_objective(database, admin, cycle_id=cycle.id, title="Without evidence")
    await an_objective(database, admin, title="Of another cycle")
    one = await a_key_result(database, admin, objective_id=served.id, title="One")
    await a_key_result(database, admin, objective_id=served.id, title="Two")
    three = await a_key_result(database, admin, objective_id=lonely.id, title="Three")
    works = {
        title: await an_initiative(database, admin, portfolio_id=portfolio.id, title=title)
        for title in ("useful", "stopped", "idle", "Also idle", "done")
    }
    await _brings(database, admin, works["useful"], one)
    await _brings(database, admin, works["stopped"], three)
    await _moved(database, admin, works["stopped"], InitiativeState.STOPPED)
    path = (
        InitiativeState.EVALUATED,
        InitiativeState.APPROVED,
        InitiativeState.ACTIVE,
        InitiativeState.COMPLETED,
    )
    await _moved(database, admin, works["done"], *path)

    async def idle(**page: Any) -> Any:
        answer = await ask(admin, PORTFOLIO, id=encode_id("Portfolio", portfolio.id), **page)
        return answer["node"]["initiativesWithoutContribution"]

    first = await idle(first=1)
    assert (first["totalCount"], first["nodes"]) == (2, [{"title": "Also idle"}])
    rest = await idle(first=1, after=first["pageInfo"]["endCursor"])
    assert (rest["nodes"], rest["pageInfo"]["hasNextPage"]) == ([{"title": "idle"}], False)

    context = Context(services=services, viewer=admin, request_id="test")
    with counted(database) as statements:
        found = (await ask(context, CYCLE, id=encode_id("Cycle", cycle.id)))["node"]
    assert len(statements) == 2
    assert found["keyResultsWithoutInitiative"] == {
        "totalCount": 2,
        "nodes": [{"title": "Two"}, {"title": "Three"}],
    }
    assert found["objectivesWithoutInitiative"] == {
        "totalCount": 2,
        "nodes": [{"title": "Lonely"}, {"title": "Without evidence"}],
    }
