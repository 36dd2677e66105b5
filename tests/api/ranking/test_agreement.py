"""Rankings of one portfolio side by side: what depends on the choice of the method."""

from typing import Any

import numpy as np
import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, ScoringMethod
from domain.errors import InvalidInput, NotFound
from prioritisation.agreement import compare_all
from prioritisation.ranking import rank
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import an_organisation
from tests.statements import counted

COMPARISON = """
query($id: ID!, $by: [RankingBy!]!, $order: RankingOrder! = DEPENDENCY_AWARE, $first: Int, $after: String,
      $states: [InitiativeState!]) {
  node(id: $id) { ... on Portfolio {
    rankingComparison(by: $by, order: $order, first: $first, after: $after, states: $states,
                      asOf: "2026-11-21") {
      totalCount order pageInfo { endCursor }
      rankings { index method rankedCount fingerprint modelVersion { model { name } } }
      agreements { first { index } second { index } tauB comparedCount }
      nodes { highest lowest spread ranks initiative { title } }
    }
  } }
}
"""
VALUES = {"A": (4, 1, 2), "B": (3, 2, 2), "C": (2, 3, 2), "D": (1, 4, 2)}


@pytest.fixture
async def board(database: Database) -> Board:
    """An empty portfolio."""
    return await an_empty_board(database)


async def _models(board: Board) -> list[dict[str, str]]:
    """Four initiatives and three models: by one criterion, by its opposite, and by one that ties them all."""
    models = [
        await board.model(
            ScoringMethod.WEIGHTED, (key, CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 10)
        )
        for key in ("one", "two", "three")
    ]
    for title, (one, two, three) in VALUES.items():
        await board.initiative(title)
        await board.score(title, one=one, two=two, three=three)
    return [{"model": encode_id("ScoringModel", model)} for model in models]


async def _compare(ask: Ask, board: Board, by: list[dict[str, str]], **variables: Any) -> Any:
    portfolio = encode_id("Portfolio", board.portfolio_id)
    answer = await ask(board.actor, COMPARISON, id=portfolio, by=by, **variables)
    return answer["node"]["rankingComparison"]


async def test_reversed_orders_disagree_and_ties_agree_with_nothing(board: Board, ask: Ask) -> None:
    comparison = await _compare(ask, board, await _models(board), order="SCORE")
    assert comparison["agreements"] == [
        {"first": {"index": 0}, "second": {"index": 1}, "tauB": -1.0, "comparedCount": 4},
        {"first": {"index": 0}, "second": {"index": 2}, "tauB": None, "comparedCount": 4},
        {"first": {"index": 1}, "second": {"index": 2}, "tauB": None, "comparedCount": 4},
    ]
    ranks = {node["initiative"]["title"]: node["ranks"] for node in comparison["nodes"]}
    assert ranks == {"A": [1, 4, 1], "B": [2, 3, 1], "C": [3, 2, 1], "D": [4, 1, 1]}
    assert comparison["totalCount"] == 4


async def test_who_moves_most_comes_first(board: Board, ask: Ask) -> None:
    by = (await _models(board))[:2]
    comparison = await _compare(ask, board, by)
    found = [(node["initiative"]["title"], node["highest"], node["lowest"]) for node in comparison["nodes"]]
    assert {title for title, *_ in found[:2]} == {"A", "D"}
    assert [place for _, *place in found] == [[1, 4], [1, 4], [2, 3], [2, 3]]
    assert [node["spread"] for node in comparison["nodes"]] == [3, 3, 1, 1]
    page = await _compare(ask, board, by, first=2)
    rest = await _compare(ask, board, by, first=2, after=page["pageInfo"]["endCursor"])
    assert page["nodes"] + rest["nodes"] == comparison["nodes"]


async def test_it_agrees_with_the_engine(board: Board, ask: Ask) -> None:
    by = await _models(board)
    await board.initiative("Rushed", weeks=2, rate=100)
    await board.initiative("Slow", weeks=10, rate=300)
    await board.score("Rushed", one=5, two=1)
    await board.score("Slow", one=5)
    comparison = await _compare(ask, board, [*by[:2], {"method": "CD3"}], order="SCORE")
    one = [4, 3, 2, 1, 5, 5]
    two = [1, 2, 3, 4, 1, None]
    cd3 = [None, None, None, None, 50, 30]
    table = compare_all({"0": rank(one), "1": rank(two), "2": rank(cd3)})
    pairs = [(0, 1), (0, 2), (1, 2)]
    assert [a["comparedCount"] for a in comparison["agreements"]] == [table.compared[pair] for pair in pairs]
    expected = [None if np.isnan(table.tau_b[pair]) else table.tau_b[pair] for pair in pairs]
    assert [a["tauB"] for a in comparison["agreements"]] == expected
    assert [r["rankedCount"] for r in comparison["rankings"]] == [6, 5, 2]
    assert [r["method"] for r in comparison["rankings"]] == ["WEIGHTED", "WEIGHTED", "CD3"]
    slow = next(node for node in comparison["nodes"] if node["initiative"]["title"] == "Slow")
    assert slow["ranks"] == [1, None, 2]


async def test_what_nothing_ranks_has_no_place_and_comes_last(board: Board, ask: Ask) -> None:
    by = (await _models(board))[:2]
    await board.initiative("Unknown")
    comparison = await _compare(ask, board, by)
    assert comparison["nodes"][-1] == {
        "highest": None,
        "lowest": None,
        "spread": None,
        "ranks": [None, None],
        "initiative": {"title": "Unknown"},
    }


async def test_too_few_or_too_many_methods_are_refused(board: Board, ask: Ask) -> None:
    for count in (0, 1, 7):
        with pytest.raises(InvalidInput, match="Compare 2 to 6 rankings"):
            await _compare(ask, board, [{"method": "CD3"}] * count)
    with pytest.raises(BadUserInput, match="at least one state"):
        await _compare(ask, board, [{"method": "CD3"}] * 2, states=[])


async def test_a_foreign_model_is_not_found(board: Board, ask: Ask, database: Database) -> None:
    stranger = await an_organisation(database)
    foreign = await Board(database, stranger, board.portfolio_id).model(
        ScoringMethod.WEIGHTED, ("x", CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 1)
    )
    with pytest.raises(NotFound):
        await _compare(ask, board, [{"method": "CD3"}, {"model": encode_id("ScoringModel", foreign)}])


async def test_a_stranger_sees_no_comparison(board: Board, ask: Ask, database: Database) -> None:
    stranger = await an_organisation(database)
    answer = await ask(
        stranger, COMPARISON, id=encode_id("Portfolio", board.portfolio_id), by=[{"method": "CD3"}] * 2
    )
    assert answer["node"] is None


async def test_the_snapshot_has_it_all(board: Board, ask: Ask, database: Database) -> None:
    by = await _models(board)
    await _compare(ask, board, by)
    with counted(database) as statements:
        await _compare(ask, board, by)
    # whether anything has changed
    assert len(statements) == 1


async def test_an_empty_portfolio_compares_to_nothing(board: Board, ask: Ask) -> None:
    comparison = await _compare(ask, board, [{"method": "CD3"}, {"method": "VALUE_BY_OUTCOME"}])
    assert (comparison["totalCount"], comparison["nodes"]) == (0, [])
    assert comparison["agreements"][0]["tauB"] is None
