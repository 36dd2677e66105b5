"""The ranked portfolio as a client reads it."""

from typing import Any

import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, ScoringMethod
from domain.errors import InvalidInput, NotFound
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import an_organisation
from tests.statements import counted

RANKING = """
query($id: ID!, $by: RankingBy, $order: RankingOrder! = DEPENDENCY_AWARE, $first: Int, $after: String,
      $states: [InitiativeState!]) {
  node(id: $id) { ... on Portfolio {
    ranking(by: $by, order: $order, first: $first, after: $after, states: $states, asOf: "2026-11-21") {
      totalCount scoredCount method order fingerprint gap
      modelVersion { number method model { name } criteria { role weight criterion { key } } }
      pageInfo { hasNextPage endCursor }
      nodes {
        rank scoreRank score completeness block blockScore
        terms { key role state raw normalised weight share contribution criterion { key scaleMax } }
        inherits { worth source { initiative { title } } }
        initiative { title state }
        blockedByCount blockedBy { rank initiative { title } }
        unlocksCount unlocks { rank initiative { title } }
      }
    }
  } }
}
"""


@pytest.fixture
async def board(database: Database) -> Board:
    """An empty portfolio."""
    return await an_empty_board(database)


async def _enabler(board: Board) -> None:
    await board.initiative("Enabler", weeks=4, rate=1)
    await board.initiative("Prize", weeks=2, rate=110)
    await board.initiative("Solid", weeks=3, rate=40)
    await board.needs("Prize", "Enabler")


async def _ranking(ask: Ask, board: Board, **variables: Any) -> Any:
    answer = await ask(board.actor, RANKING, id=encode_id("Portfolio", board.portfolio_id), **variables)
    return answer["node"]["ranking"]


async def test_every_item_says_why_it_is_where_it_is(board: Board, ask: Ask) -> None:
    await _enabler(board)
    ranking = await _ranking(ask, board)
    assert (ranking["totalCount"], ranking["scoredCount"], ranking["method"]) == (3, 3, "CD3")
    assert (ranking["order"], ranking["modelVersion"], ranking["gap"]) == ("DEPENDENCY_AWARE", None, 0.0)
    enabler, prize, solid = ranking["nodes"]
    assert [node["initiative"]["title"] for node in ranking["nodes"]] == ["Enabler", "Prize", "Solid"]
    assert [node["rank"] for node in ranking["nodes"]] == [1, 2, 3]
    assert [node["scoreRank"] for node in ranking["nodes"]] == [3, 1, 2]
    assert (enabler["score"], enabler["block"], enabler["blockScore"]) == (0.25, 1, 18.5)
    assert enabler["inherits"] == [{"worth": 73.0, "source": {"initiative": {"title": "Prize"}}}]
    assert enabler["unlocks"] == [{"rank": 2, "initiative": {"title": "Prize"}}]
    assert prize["blockedBy"] == [{"rank": 1, "initiative": {"title": "Enabler"}}]
    assert (prize["blockedByCount"], prize["unlocksCount"], solid["blockedByCount"]) == (1, 0, 0)
    assert [(term["key"], term["role"], term["raw"], term["contribution"]) for term in prize["terms"]] == [
        ("cost_of_delay", "FACTOR", 110.0, 110.0),
        ("duration", "DENOMINATOR", 2.0, 2.0),
    ]


async def test_weighted_terms_add_up_and_name_their_criteria(board: Board, ask: Ask) -> None:
    model_id = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 3, CriterionDirection.BENEFIT, 0, 10),
        ("risk", CriterionRole.WEIGHTED, 1, CriterionDirection.COST, 0, 5),
    )
    await board.initiative("A")
    await board.initiative("Unscored")
    await board.score("A", value=5, risk=0)
    ranking = await _ranking(ask, board, by={"model": encode_id("ScoringModel", model_id)})
    first, last = ranking["nodes"]
    assert first["score"] == sum(term["contribution"] for term in first["terms"]) == 0.625
    assert [(term["criterion"]["key"], term["normalised"], term["share"]) for term in first["terms"]] == [
        ("value", 0.5, 0.75),
        ("risk", 1.0, 0.25),
    ]
    assert (last["rank"], last["score"], last["completeness"]) == (None, None, 0.0)
    assert [term["state"] for term in last["terms"]] == ["MISSING", "MISSING"]
    assert ranking["modelVersion"]["criteria"] == [
        {"role": "WEIGHTED", "weight": 3.0, "criterion": {"key": "value"}},
        {"role": "WEIGHTED", "weight": 1.0, "criterion": {"key": "risk"}},
    ]


async def test_pages_belong_to_one_very_ranking(board: Board, ask: Ask) -> None:
    await _enabler(board)
    first = await _ranking(ask, board, first=2)
    assert first["pageInfo"]["hasNextPage"]
    cursor = first["pageInfo"]["endCursor"]
    second = await _ranking(ask, board, first=2, after=cursor)
    assert [node["initiative"]["title"] for node in second["nodes"]] == ["Solid"]
    await board.initiative("Newcomer", weeks=1, rate=1000)
    with pytest.raises(BadUserInput):
        await _ranking(ask, board, first=2, after=cursor)


async def test_a_ranking_of_other_states_is_another_one(board: Board, ask: Ask) -> None:
    await _enabler(board)
    assert (await _ranking(ask, board, states=["ACTIVE"]))["nodes"] == []
    with pytest.raises(BadUserInput, match="at least one state"):
        await _ranking(ask, board, states=[])


async def test_what_can_not_be_ranked_by_says_what_to_do(board: Board, ask: Ask) -> None:
    with pytest.raises(NotFound, match="not the id of a ScoringModel"):
        await _ranking(ask, board, by={"model": "nonsense"})
    with pytest.raises(InvalidInput, match="0 scoring models with the method rice"):
        await _ranking(ask, board, by={"method": "RICE"})


async def test_another_tenants_portfolio_is_null(board: Board, ask: Ask, database: Database) -> None:
    stranger = await an_organisation(database)
    answer = await ask(stranger, RANKING, id=encode_id("Portfolio", board.portfolio_id))
    assert answer["node"] is None


async def test_the_number_of_statements_does_not_grow(board: Board, ask: Ask, database: Database) -> None:
    document = """
    query($id: ID!) { node(id: $id) { ... on Portfolio { ranking(first: 100) { nodes {
      rank score initiative { title description owner { name } category { name }
        demands { totalPersonWeeks nodes { team { name } personWeeks { likely } } }
        contributions { nodes { expectedDelta keyResult { title } } }
        costOfDelay { profile rate { likely { amountMinor } } }
        predecessors { nodes { kind predecessor { title } } } }
      blockedBy { initiative { title } } } } } } }
    """
    portfolio_id = encode_id("Portfolio", board.portfolio_id)
    counts = []
    for round_ in range(2):
        for number in range(5):
            await board.initiative(f"{round_}.{number}", weeks=1 + number, rate=10)
        await ask(board.actor, document, id=portfolio_id)
        with counted(database) as statements:
            await ask(board.actor, document, id=portfolio_id)
        counts.append(len(statements))
    # is anything new, and the descriptions
    assert counts == [2, 2]
