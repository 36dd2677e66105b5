"""Soft dependencies in a ranking: they only inform, or breaking one has its price."""

from typing import Any

import pytest

from api.ids import encode_id
from domain.errors import InvalidInput
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board

RANKING = """
query($id: ID!, $weeks: Float, $order: RankingOrder! = DEPENDENCY_AWARE, $first: Int! = 20) {
  node(id: $id) { ... on Portfolio {
    ranking(softPenaltyWeeks: $weeks, order: $order, asOf: "2026-11-21") {
      fingerprint gap softPenaltyWeeks brokenSoftDependencyCount
      brokenSoftDependencies(first: $first) {
        penalty dependency { hard predecessor { title } successor { title } }
      }
      nodes { rank initiative { title } }
    }
  } }
}
"""


@pytest.fixture
async def board(database: Any) -> Board:
    """Second should come after First, and is worth a hundred times as much; both take a week."""
    board = await an_empty_board(database)
    await board.initiative("First", weeks=1, rate=1)
    await board.initiative("Second", weeks=1, rate=100)
    await board.needs("Second", "First", hard=False)
    return board


async def _ranking(ask: Ask, board: Board, **variables: Any) -> Any:
    answer = await ask(board.actor, RANKING, id=encode_id("Portfolio", board.portfolio_id), **variables)
    return answer["node"]["ranking"]


def _titles(ranking: Any) -> list[str]:
    return [node["initiative"]["title"] for node in ranking["nodes"]]


BROKEN = {"hard": False, "predecessor": {"title": "First"}, "successor": {"title": "Second"}}


async def test_without_a_penalty_they_only_inform(board: Board, ask: Ask) -> None:
    ranking = await _ranking(ask, board)
    assert _titles(ranking) == ["Second", "First"]
    assert (ranking["softPenaltyWeeks"], ranking["brokenSoftDependencyCount"]) == (None, 1)
    assert ranking["brokenSoftDependencies"] == [{"penalty": None, "dependency": BROKEN}]
    by_score = await _ranking(ask, board, order="SCORE")
    assert by_score["brokenSoftDependencyCount"] == 1


async def test_one_is_honoured_where_that_costs_less_than_the_penalty(board: Board, ask: Ask) -> None:
    # a week later costs Second 100, and saves First 1: honouring is worth 0.99 weeks of Second's delay
    cheap = await _ranking(ask, board, weeks=0.98)
    assert _titles(cheap) == ["Second", "First"]
    assert cheap["brokenSoftDependencies"] == [{"penalty": 98.0, "dependency": BROKEN}]
    dear = await _ranking(ask, board, weeks=1.0)
    assert _titles(dear) == ["First", "Second"]
    assert (dear["brokenSoftDependencyCount"], dear["brokenSoftDependencies"]) == (0, [])
    assert len({ranking["fingerprint"] for ranking in (cheap, dear, await _ranking(ask, board))}) == 3


async def test_the_gap_counts_the_penalty(board: Board, ask: Ask) -> None:
    cheap = await _ranking(ask, board, weeks=0.5)
    # Second, First: 100 + 2, and a penalty of 50; no order can cost less than 102
    assert cheap["gap"] == pytest.approx(50 / 152)


async def test_what_has_no_rank_breaks_nothing(board: Board, ask: Ask) -> None:
    await board.initiative("Unknown")
    await board.needs("Second", "Unknown", hard=False)
    ranking = await _ranking(ask, board, weeks=5.0)
    assert _titles(ranking) == ["First", "Second", "Unknown"]
    assert ranking["nodes"][2]["rank"] is None
    assert ranking["brokenSoftDependencyCount"] == 0


async def test_hard_dependencies_go_before_soft_ones(board: Board, ask: Ask) -> None:
    await board.needs("First", "Second")
    ranking = await _ranking(ask, board, weeks=100.0)
    assert _titles(ranking) == ["Second", "First"]
    assert ranking["brokenSoftDependencies"] == [{"penalty": 10_000.0, "dependency": BROKEN}]


@pytest.mark.parametrize("weeks", [-1.0, 10_001.0])
async def test_a_penalty_out_of_range_is_refused(board: Board, ask: Ask, weeks: float) -> None:
    with pytest.raises(InvalidInput, match="from 0 to 10,000") as refused:
        await _ranking(ask, board, weeks=weeks)
    assert refused.value.path == ("softPenaltyWeeks",)


async def test_the_order_by_score_knows_no_penalty(board: Board, ask: Ask) -> None:
    with pytest.raises(InvalidInput, match="knows no dependencies"):
        await _ranking(ask, board, weeks=1.0, order="SCORE")
