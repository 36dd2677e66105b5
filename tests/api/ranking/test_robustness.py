"""How far ranks can be trusted, as a client reads it."""

import math
from typing import Any

import numpy as np
import pytest
from graphql import OperationDefinitionNode, parse

from api.cost import plan_cost
from api.errors import BadUserInput
from api.ids import encode_id
from api.schema import build_schema
from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.models import Score
from prioritisation.robustness import smaa
from prioritisation.sampling import Estimates, UniformWeights
from prioritisation.sampling_plan import SamplingPlan
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import an_organisation

ROBUSTNESS = """
query($id: ID!, $by: RankingBy, $samples: Int, $seed: Int! = 1, $top: Int! = 10, $weights: WeightUncertainty,
      $concentration: Float! = 20, $deps: Boolean! = false, $pairs: [ID!], $first: Int, $after: String,
      $depth: Int! = 10) {
  node(id: $id) { ... on Portfolio {
    rankingRobustness(by: $by, samples: $samples, seed: $seed, top: $top, weights: $weights,
        concentration: $concentration, withDependencies: $deps, pairs: $pairs, asOf: "2026-11-21",
        first: $first, after: $after) {
      totalCount method samples seed top weights withDependencies certain leftOutCount
      modelVersion { number }
      pageInfo { endCursor }
      pairwiseWins { probability standardError initiative { title } other { title } }
      nodes {
        initiative { title } rank expectedRank expectedRankError rankAcceptability(depth: $depth)
        topProbability topProbabilityError confidenceFactor
        centralWeights { weight standardError criterion { key } }
      }
    }
  } }
}
"""


@pytest.fixture
async def board(database: Database) -> Board:
    """Three initiatives under a weighted model; one of them is uncertain on a criterion."""
    board = await an_empty_board(database)
    board.ids["model"] = await board.model(
        ScoringMethod.WEIGHTED,
        ("one", CriterionRole.WEIGHTED, 2, CriterionDirection.BENEFIT, 0, 10),
        ("two", CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 10),
    )
    for title, one, two in (("A", 10, 0), ("B", 6, 6), ("C", 0, 8)):
        await board.initiative(title, weeks=2, rate=10)
        await board.score(title, one=one)
        await board.add(
            Score(
                organisation_id=board.actor.organisation_id,
                portfolio_id=board.portfolio_id,
                initiative_id=board.ids[title],
                criterion_id=board.ids["two"],
                rater_id=board.actor.member_id,
                value=two,
                value_low=4 if title == "B" else None,
                value_high=9 if title == "B" else None,
            )
        )
    await board.initiative("Unknown")
    return board


async def _robust(ask: Ask, board: Board, **variables: Any) -> Any:
    given = {"by": {"model": encode_id("ScoringModel", board.ids["model"])}, **variables}
    answer = await ask(board.actor, ROBUSTNESS, id=encode_id("Portfolio", board.portfolio_id), **given)
    return answer["node"]["rankingRobustness"]


def _engine(board: Board, *, samples: int, seed: int, top_k: int) -> Any:
    likely = np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]])
    low, high = likely.copy(), likely.copy()
    low[1, 1], high[1, 1] = 0.4, 0.9
    ids = [board.ids[title] for title in "ABC"]
    return smaa(
        utilities=Estimates(low=low, likely=likely, high=high),
        weights=UniformWeights(),
        plan=SamplingPlan(
            seed=seed,
            samples=samples,
            top_k=top_k,
            tie_break=np.argsort(np.argsort([each.bytes for each in ids])),
            pairs=np.array([0, 1, 2]),
        ),
    )


async def test_it_says_what_the_engine_says(board: Board, ask: Ask) -> None:
    pairs = [encode_id("Initiative", board.ids[title]) for title in "ABC"]
    found = await _robust(ask, board, samples=1_000, seed=4, top=2, pairs=pairs, depth=3)
    engine = _engine(board, samples=1_000, seed=4, top_k=2)
    assert (found["totalCount"], found["samples"], found["seed"], found["top"]) == (3, 1_000, 4, 2)
    assert (found["weights"], found["certain"], found["leftOutCount"]) == ("UNIFORM", False, 1)
    order = np.argsort(engine.expected_rank)
    assert [node["initiative"]["title"] for node in found["nodes"]] == ["ABC"[row] for row in order]
    for node, row in zip(found["nodes"], order, strict=True):
        assert node["rankAcceptability"] == pytest.approx(engine.rank_acceptability[row].tolist())
        assert math.fsum(node["rankAcceptability"]) == pytest.approx(1.0)
        assert node["expectedRank"] == pytest.approx(engine.expected_rank[row])
        assert node["expectedRankError"] == pytest.approx(engine.expected_rank_error[row])
        probability = engine.top_probability[row]
        assert node["topProbability"] == probability
        assert node["topProbabilityError"] == pytest.approx(
            math.sqrt(probability * (1 - probability) / 1_000)
        )
        first = engine.first.tolist().index(row)
        central = [weight["weight"] for weight in node["centralWeights"]]
        assert central == pytest.approx(engine.central_weights[first].tolist())
        assert [weight["criterion"]["key"] for weight in node["centralWeights"]] == ["one", "two"]
        assert node["confidenceFactor"] == pytest.approx(engine.confidence_factor[first])
    assert [(win["initiative"]["title"], win["other"]["title"]) for win in found["pairwiseWins"]] == [
        ("A", "B"),
        ("A", "C"),
        ("B", "C"),
    ]
    wins = engine.winning_probability
    assert [win["probability"] for win in found["pairwiseWins"]] == [wins[0, 1], wins[0, 2], wins[1, 2]]


async def test_pages_are_of_one_analysis(board: Board, ask: Ask) -> None:
    whole = await _robust(ask, board, samples=100)
    page = await _robust(ask, board, samples=100, first=2)
    rest = await _robust(ask, board, samples=100, first=2, after=page["pageInfo"]["endCursor"])
    assert page["nodes"] + rest["nodes"] == whole["nodes"]
    with pytest.raises(BadUserInput):
        await _robust(ask, board, samples=100, seed=2, first=2, after=page["pageInfo"]["endCursor"])


async def test_a_formula_has_no_weights_to_vary(board: Board, ask: Ask) -> None:
    found = await _robust(ask, board, by={"method": "CD3"}, samples=50)
    assert (found["method"], found["weights"], found["certain"]) == ("CD3", "FIXED", True)
    assert found["nodes"][0]["centralWeights"] == []
    assert found["nodes"][0]["confidenceFactor"] is None
    with pytest.raises(InvalidInput, match="only estimates vary"):
        await _robust(ask, board, by={"method": "CD3"}, weights="AROUND")


async def test_dependencies_count_where_asked(board: Board, ask: Ask) -> None:
    await board.needs("A", "C")
    pairs = [encode_id("Initiative", board.ids[title]) for title in "CA"]
    found = await _robust(ask, board, samples=200, deps=True, pairs=pairs)
    assert found["withDependencies"]
    assert found["pairwiseWins"][0]["probability"] == 1.0
    assert found["pairwiseWins"][0]["standardError"] == 0.0
    without = await _robust(ask, board, samples=200, pairs=pairs)
    assert without["pairwiseWins"][0]["probability"] < 1.0


async def test_what_is_too_much_or_unknown_is_refused(board: Board, ask: Ask, database: Database) -> None:
    with pytest.raises(InvalidInput, match="from 1 to 20,000"):
        await _robust(ask, board, samples=20_001)
    with pytest.raises(BadUserInput, match="from 1 to 50"):
        await _robust(ask, board, depth=51)
    with pytest.raises(NotFound, match="not in the ranking"):
        await _robust(ask, board, pairs=[encode_id("Initiative", board.ids["Unknown"])])
    with pytest.raises(NotFound):
        await _robust(ask, board, pairs=["nonsense"])
    stranger = await an_organisation(database)
    answer = await ask(stranger, ROBUSTNESS, id=encode_id("Portfolio", board.portfolio_id))
    assert answer["node"] is None


def test_an_analysis_costs_more_than_the_page_that_shows_it() -> None:
    schema = build_schema()._schema
    document = parse(ROBUSTNESS)
    (operation,) = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    cost = plan_cost(schema, document, operation).cost({"first": 1})
    assert 1_000 < cost < 1_000 + 100
