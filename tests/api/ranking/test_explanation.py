"""Why one initiative ranks above another, what would swap them, and how much the weights matter."""

from typing import Any

import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.models import Contribution
from domain.ranking import OrderKind
from prioritisation.sensitivity import order_intervals, top_intervals
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import a_key_result, an_organisation

CHANGES = """changes { kind key present threshold change rises inclusive obstacle initiative { initiative { title } }
  criterion { key } keyResult { title } } reason"""
EXPLANATION = f"""
query($id: ID!, $other: ID!, $rank: Int!, $by: RankingBy, $order: RankingOrder! = DEPENDENCY_AWARE) {{
  node(id: $id) {{ ... on Portfolio {{
    ranking(by: $by, order: $order, asOf: "2026-11-21", first: 1) {{ nodes {{
      initiative {{ title }}
      comparedTo(initiative: $other) {{
        reason scoreDifference
        above {{ rank initiative {{ title }} }} below {{ rank initiative {{ title }} }}
        path {{ initiative {{ title }} }}
        terms {{ key role amount share criterion {{ key }} keyResult {{ title }} }}
        swap {{ {CHANGES} }}
      }}
      smallestChangesToRank(rank: $rank) {{ {CHANGES} }}
    }} }}
  }} }}
}}
"""
LIFT = f"""
query($id: ID!, $rank: Int!, $order: RankingOrder! = DEPENDENCY_AWARE) {{
  node(id: $id) {{ ... on Portfolio {{
    ranking(order: $order, asOf: "2026-11-21") {{ nodes {{
      initiative {{ title }} smallestChangesToRank(rank: $rank) {{ {CHANGES} }}
    }} }}
  }} }}
}}
"""
SENSITIVITY = """
query($id: ID!, $by: RankingBy, $top: Int! = 1) {
  node(id: $id) { ... on Portfolio {
    ranking(by: $by, asOf: "2026-11-21") {
      sensitivity(top: $top) {
        reason top matchesRanking
        criteria { share criterion { key }
          topStays { lower upper upperSwap { falls { initiative { title } } rises { initiative { title } } } }
          orderStays { lower upper lowerSwap { falls { rank } rises { rank } } } }
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


async def _example(board: Board) -> dict[str, str]:
    """Of the engine's documentation: A = w, B = 0.6, C = 0.8 (1 − w)."""
    model_id = await board.model(
        ScoringMethod.WEIGHTED,
        ("one", CriterionRole.WEIGHTED, 2, CriterionDirection.BENEFIT, 0, 10),
        ("two", CriterionRole.WEIGHTED, 2, CriterionDirection.BENEFIT, 0, 10),
    )
    for title, one, two in (("A", 10, 0), ("B", 6, 6), ("C", 0, 8)):
        await board.initiative(title)
        await board.score(title, one=one, two=two)
    return {"model": encode_id("ScoringModel", model_id)}


async def _first(ask: Ask, board: Board, other: str, **variables: Any) -> Any:
    answer = await ask(
        board.actor,
        EXPLANATION,
        id=encode_id("Portfolio", board.portfolio_id),
        other=encode_id("Initiative", board.ids[other]),
        **{"rank": 1, **variables},
    )
    return answer["node"]["ranking"]["nodes"][0]


async def test_a_dependency_explains_and_can_not_be_outweighed(board: Board, ask: Ask) -> None:
    await _enabler(board)
    first = await _first(ask, board, "Prize")
    compared = first["comparedTo"]
    assert (compared["reason"], compared["scoreDifference"]) == ("DEPENDENCY", -54.75)
    assert compared["above"] == {"rank": 1, "initiative": {"title": "Enabler"}}
    assert compared["below"] == {"rank": 2, "initiative": {"title": "Prize"}}
    assert [node["initiative"]["title"] for node in compared["path"]] == ["Enabler", "Prize"]
    assert compared["swap"] == {
        "changes": [],
        "reason": "“Prize” has to wait for “Enabler”, whatever it is worth.",
    }
    assert first["smallestChangesToRank"]["reason"] == "It has this rank or a better one already."


async def test_a_block_explains_and_the_search_finds_what_would_undo_it(board: Board, ask: Ask) -> None:
    await _enabler(board)
    compared = (await _first(ask, board, "Solid"))["comparedTo"]
    assert compared["reason"] == "BLOCK"
    assert [(term["key"], term["role"]) for term in compared["terms"]] == [
        ("cost_of_delay", "FACTOR"),
        ("duration", "DENOMINATOR"),
    ]
    assert sum(term["amount"] for term in compared["terms"]) == pytest.approx(compared["scoreDifference"])
    assert compared["scoreDifference"] == 0.25 - 40 / 3
    thresholds = {
        (change["initiative"]["initiative"]["title"], change["key"]): change["threshold"]
        for change in compared["swap"]["changes"]
    }
    # the block is worth 111 in 6 weeks, 18.5 a week and week of work; Solid 40 in 3. Without any worth of its
    # own the enabler still ranks before it: 110 in 6 weeks
    assert thresholds == {
        ("Solid", "cost_of_delay"): pytest.approx(3 * 18.5),
        ("Solid", "duration"): pytest.approx(40 / 18.5),
        ("Enabler", "duration"): pytest.approx(111 / (40 / 3) - 2),
        ("Enabler", "cost_of_delay"): None,
    }
    assert "whole blocks" in compared["swap"]["reason"]


async def test_a_score_explains_with_exact_thresholds(board: Board, ask: Ask) -> None:
    by = await _example(board)
    first = await _first(ask, board, "A", by=by)
    assert first["initiative"]["title"] == "B"
    compared = first["comparedTo"]
    assert compared["reason"] == "SCORE"
    assert sum(term["amount"] for term in compared["terms"]) == compared["scoreDifference"]
    assert [(term["key"], term["criterion"]["key"]) for term in compared["terms"]] == [
        ("two", "two"),
        ("one", "one"),
    ]
    changes = compared["swap"]["changes"]
    assert [(change["kind"], change["key"], change["obstacle"]) for change in changes] == [
        ("SCORE", "two", None),
        ("SCORE", "one", None),
        ("SCORE", "two", None),
        ("WEIGHT", "one", None),
        ("WEIGHT", "two", None),
        ("SCORE", "one", "OUT_OF_RANGE"),
    ]
    assert [change["threshold"] for change in changes] == [
        pytest.approx(value) for value in (2.0, 4.0, 4.0, 0.6, 0.4)
    ] + [None]
    assert [change["rises"] for change in changes[:5]] == [True, False, False, True, False]
    assert changes[3]["initiative"] is None
    assert changes[3]["change"] == pytest.approx(0.1)


async def test_lifting_to_a_rank(board: Board, ask: Ask) -> None:
    await board.initiative("A", weeks=2, rate=12)
    await board.initiative("B", weeks=5, rate=10)
    await board.initiative("C", weeks=1, rate=1)
    answer = await ask(
        board.actor, LIFT, id=encode_id("Portfolio", board.portfolio_id), rank=1, order="SCORE"
    )
    last = answer["node"]["ranking"]["nodes"][2]
    assert last["initiative"]["title"] == "C"
    found = last["smallestChangesToRank"]["changes"]
    assert [(change["key"], change["kind"], change["present"], change["threshold"]) for change in found] == [
        ("duration", "ESTIMATE", 1.0, pytest.approx(1 / 6)),
        ("cost_of_delay", "ESTIMATE", 1.0, pytest.approx(6.0)),
    ]
    # made, it does what it says
    await board.initiative("D", weeks=1, rate=6.01)
    assert (await board.rank(kind=OrderKind.SCORE)).score_rank[3] == 1
    with pytest.raises(InvalidInput, match="from 1 to 4"):
        await ask(board.actor, LIFT, id=encode_id("Portfolio", board.portfolio_id), rank=5)


async def test_what_is_not_in_the_ranking_is_not_compared(board: Board, ask: Ask, database: Database) -> None:
    await _enabler(board)
    other = await an_empty_board(database)
    await other.initiative("Foreign", weeks=1, rate=1)
    board.ids["Foreign"] = other.ids["Foreign"]
    with pytest.raises(NotFound, match="not in the ranking"):
        await _first(ask, board, "Foreign")
    with pytest.raises(BadUserInput, match="than itself"):
        await _first(ask, board, "Enabler")


async def test_the_weights_stay_within_the_engine_s_intervals(board: Board, ask: Ask) -> None:
    by = await _example(board)
    answer = await ask(board.actor, SENSITIVITY, id=encode_id("Portfolio", board.portfolio_id), by=by)
    found = answer["node"]["ranking"]["sensitivity"]
    assert (found["reason"], found["top"], found["matchesRanking"]) == (None, 1, True)
    table, weights = [[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]], [2.0, 2.0]
    top = top_intervals(utilities=table, weights=weights, top_k=1)
    order = order_intervals(utilities=table, weights=weights)
    for number, key in enumerate(("one", "two")):
        criterion = found["criteria"][number]
        assert (criterion["criterion"]["key"], criterion["share"]) == (key, 0.5)
        for name, engine in (("topStays", top), ("orderStays", order)):
            assert criterion[name]["lower"] == engine.lower[number]
            assert criterion[name]["upper"] == engine.upper[number]
    assert found["criteria"][0]["topStays"]["upperSwap"] == {
        "falls": {"initiative": {"title": "B"}},
        "rises": {"initiative": {"title": "A"}},
    }
    # below 4/9 C passes A
    assert found["criteria"][0]["orderStays"]["lowerSwap"] == {"falls": {"rank": 2}, "rises": {"rank": 3}}


async def test_a_method_without_weights_has_no_sensitivity(board: Board, ask: Ask) -> None:
    await _enabler(board)
    answer = await ask(board.actor, SENSITIVITY, id=encode_id("Portfolio", board.portfolio_id))
    assert answer["node"]["ranking"]["sensitivity"] == {
        "reason": "CD3 divides the cost of delay by the duration; there are no weights.",
        "top": None,
        "matchesRanking": None,
        "criteria": None,
    }
    with pytest.raises(InvalidInput, match="from 1 to 1,000"):
        await ask(board.actor, SENSITIVITY, id=encode_id("Portfolio", board.portfolio_id), top=0)


async def test_contributions_explain_and_change_value_by_outcome(
    board: Board, ask: Ask, database: Database
) -> None:
    goals = [await a_key_result(database, board.actor, title=title) for title in ("Sales", "Speed")]
    await board.initiative("A")
    await board.initiative("B")
    for title, goal, delta, confidence in (
        ("A", 0, 50.0, 0.8),
        ("A", 1, 10.0, 0.5),
        ("B", 0, 60.0, 0.5),
    ):
        await board.add(
            Contribution(
                organisation_id=board.actor.organisation_id,
                portfolio_id=board.portfolio_id,
                initiative_id=board.ids[title],
                key_result_id=goals[goal].id,
                expected_delta=delta,
                confidence=confidence,
            )
        )
    compared = (await _first(ask, board, "B", by={"method": "VALUE_BY_OUTCOME"}))["comparedTo"]
    # 0.4 + 0.05 against 0.3
    assert compared["scoreDifference"] == pytest.approx(0.15)
    assert [(t["keyResult"]["title"], t["amount"]) for t in compared["terms"]] == [
        ("Sales", pytest.approx(0.1)),
        ("Speed", pytest.approx(0.05)),
    ]
    found = {
        (c["initiative"]["initiative"]["title"], c["keyResult"]["title"], c["key"]): c["threshold"]
        for c in compared["swap"]["changes"]
    }
    assert found == {
        ("B", "Sales", "confidence"): pytest.approx(0.75),
        ("B", "Sales", "expected_delta"): pytest.approx(90.0),
        ("A", "Sales", "confidence"): pytest.approx(0.5),
        ("A", "Sales", "expected_delta"): pytest.approx(31.25),
        # without any contribution to speed A is still worth 0.4
        ("A", "Speed", "confidence"): None,
        ("A", "Speed", "expected_delta"): None,
    }


async def test_a_stranger_sees_nothing(board: Board, ask: Ask, database: Database) -> None:
    stranger = await an_organisation(database)
    answer = await ask(stranger, SENSITIVITY, id=encode_id("Portfolio", board.portfolio_id))
    assert answer["node"] is None
