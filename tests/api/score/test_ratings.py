"""What several raters say together: the engine's figures, by model or criterion."""

from typing import Any

import numpy as np
import pytest

from api.errors import BadUserInput
from api.ids import encode_id
from domain.commands.scoring import ScoreSet
from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, Role, ScoringMethod
from domain.errors import NotFound
from domain.score import set_score
from prioritisation.problem import Criterion
from prioritisation.ratings import Ratings, summarise
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import a_member, an_organisation
from tests.statements import counted

RATINGS = """
query($id: ID!, $model: ID, $criteria: [ID!]) {
  node(id: $id) { ... on Portfolio { initiatives { nodes {
    title ratings(model: $model, criteria: $criteria) {
      nodes { raters mean median least greatest deviation criterion { key } }
    }
  } } } }
}
"""
VALUES = {"ada": {"reach": 4.0, "risk": 1.0}, "bob": {"reach": 9.0}, "eve": {"reach": 5.0, "risk": 2.0}}


@pytest.fixture
async def board(database: Database) -> Board:
    """One initiative that three people have rated, one of them on one criterion only."""
    board = await an_empty_board(database)
    up, role = CriterionDirection.BENEFIT, CriterionRole.WEIGHTED
    for name in ("reach", "risk"):
        board.ids[f"model of {name}"] = await board.model(ScoringMethod.WEIGHTED, (name, role, 1, up, 0, 10))
    await board.initiative("CRM")
    for values in VALUES.values():
        rater = await a_member(database, board.actor, role=Role.CONTRIBUTOR)
        for key, value in values.items():
            await set_score(
                database,
                rater,
                ScoreSet(initiative_id=board.ids["CRM"], criterion_id=board.ids[key], value=value),
            )
    return board


async def _ratings(ask: Ask, board: Board, **variables: Any) -> list[Any]:
    answer = await ask(board.actor, RATINGS, id=encode_id("Portfolio", board.portfolio_id), **variables)
    (crm,) = answer["node"]["initiatives"]["nodes"]
    return list(crm["ratings"]["nodes"])


async def test_they_are_the_engine_s(board: Board, ask: Ask) -> None:
    criteria = [Criterion(key, scale_max=10) for key in ("reach", "risk")]
    rows = [
        (criteria.index(criterion), rater, values[criterion.key])
        for rater, values in enumerate(VALUES.values())
        for criterion in criteria
        if criterion.key in values
    ]
    criterion_at, rater, value = (np.array([row[part] for row in rows]) for part in range(3))
    crm = np.zeros(len(rows), dtype=np.int64)
    summary = summarise(Ratings(1, criteria, crm, criterion_at, rater, value))
    assert await _ratings(ask, board) == [
        {
            "criterion": {"key": criterion.key},
            "raters": summary.count[0, column],
            "mean": pytest.approx(summary.mean[0, column]),
            "median": summary.median[0, column],
            "least": summary.lowest[0, column],
            "greatest": summary.highest[0, column],
            "deviation": pytest.approx(summary.deviation[0, column]),
        }
        for column, criterion in enumerate(criteria)
    ]


async def test_they_can_be_of_a_model_or_of_criteria(board: Board, ask: Ask) -> None:
    model = encode_id("ScoringModel", board.ids["model of risk"])
    assert [each["criterion"]["key"] for each in await _ratings(ask, board, model=model)] == ["risk"]
    reach = encode_id("Criterion", board.ids["reach"])
    assert [each["criterion"]["key"] for each in await _ratings(ask, board, criteria=[reach])] == ["reach"]
    assert await _ratings(ask, board, criteria=[]) == []


async def test_what_is_not_there_is_refused(board: Board, ask: Ask, database: Database) -> None:
    stranger = await an_organisation(database)
    foreign = Board(database, stranger, board.portfolio_id)
    model = await foreign.model(
        ScoringMethod.WEIGHTED, ("x", CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 1)
    )
    with pytest.raises(NotFound):
        await _ratings(ask, board, model=encode_id("ScoringModel", model))
    with pytest.raises(NotFound):
        await _ratings(ask, board, criteria=[encode_id("Criterion", foreign.ids["x"])])
    reach = encode_id("Criterion", board.ids["reach"])
    with pytest.raises(BadUserInput, match="not both"):
        await _ratings(ask, board, criteria=[reach], model=encode_id("ScoringModel", model))
    with pytest.raises(BadUserInput, match="at most 50"):
        await _ratings(ask, board, criteria=[reach] * 51)


async def test_one_statement_reads_those_of_all_initiatives(
    board: Board, ask: Ask, database: Database
) -> None:
    portfolio = encode_id("Portfolio", board.portfolio_id)
    await ask(board.actor, RATINGS, id=portfolio)
    with counted(database) as few:
        await ask(board.actor, RATINGS, id=portfolio)
    for number in range(5):
        await board.initiative(f"More {number}")
        await board.score(f"More {number}", reach=number)
    await ask(board.actor, RATINGS, id=portfolio)
    with counted(database) as many:
        await ask(board.actor, RATINGS, id=portfolio)
    assert len(many) == len(few)
