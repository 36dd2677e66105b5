"""Ranked portfolios: feasible, explained to the last bit, and equal for equal input."""

from uuid import uuid4

import numpy as np
import pytest

from domain.db import Database
from domain.enums import CriterionDirection, CriterionRole, InitiativeState, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.models import ScoringModel
from domain.ranking import OrderKind
from prioritisation.scoring import score_from_terms
from tests.boards import Board, an_empty_board, at, titles


@pytest.fixture
async def board(database: Database) -> Board:
    """An empty portfolio."""
    return await an_empty_board(database)


async def test_cd3_divides_cost_of_delay_by_duration(board: Board) -> None:
    await board.initiative("A", weeks=2, rate=10)
    await board.initiative("B", weeks=4, rate=30)
    ranking = await board.rank()
    assert titles(ranking) == ["B", "A"]
    assert ranking.scored.scores.score[at(ranking, "B")] == 7.5
    assert ranking.rank[at(ranking, "B")] == 1


async def test_an_enabler_ranks_by_what_it_unlocks_and_says_so(board: Board) -> None:
    await board.initiative("Enabler", weeks=4, rate=1)
    await board.initiative("Prize", weeks=2, rate=110)
    await board.initiative("Solid", weeks=3, rate=40)
    await board.needs("Prize", "Enabler")
    ranking = await board.rank()
    assert titles(ranking) == ["Enabler", "Prize", "Solid"]
    enabler = at(ranking, "Enabler")
    assert ranking.score_rank[enabler] == 3
    ((lender, worth),) = ranking.inherited(enabler)
    assert lender == at(ranking, "Prize")
    # both are worth (1 + 110) / (4 + 2) a week and week of work together: the prize lends what the enabler lacks
    assert worth == pytest.approx(18.5 * 4 - 1)
    assert ranking.neighbours(enabler, incoming=False) == [lender]
    assert ranking.neighbours(lender, incoming=True) == [enabler]
    by_score = await board.rank(kind=OrderKind.SCORE)
    assert titles(by_score) == ["Prize", "Solid", "Enabler"]
    assert by_score.inherited(at(by_score, "Enabler")) == []


async def test_soft_dependencies_do_not_constrain(board: Board) -> None:
    await board.initiative("First", weeks=1, rate=1)
    await board.initiative("Second", weeks=1, rate=100)
    await board.needs("Second", "First", hard=False)
    assert titles(await board.rank()) == ["Second", "First"]


async def test_what_is_missing_is_null_and_comes_last(board: Board) -> None:
    await board.initiative("No rate", weeks=1)
    await board.initiative("No duration", rate=1000)
    await board.initiative("Small", weeks=10, rate=1)
    for kind in OrderKind:
        ranking = await board.rank(kind=kind)
        assert titles(ranking)[0] == "Small"
        assert np.isnan(ranking.scored.scores.score[at(ranking, "No rate")])
        assert ranking.rank[at(ranking, "No rate")] == 0
        assert ranking.rank[at(ranking, "No duration")] == 0


async def test_an_unscored_enabler_goes_before_what_needs_it_and_nothing_else(board: Board) -> None:
    await board.initiative("Unknown enabler")
    await board.initiative("Prize", weeks=1, rate=500)
    await board.initiative("Zero", weeks=1, rate=0)
    await board.initiative("Unknown")
    await board.needs("Prize", "Unknown enabler")
    ranking = await board.rank()
    assert titles(ranking) == ["Unknown enabler", "Prize", "Zero", "Unknown"]
    assert [int(ranking.rank[index]) for index in ranking.order] == [1, 2, 3, 0]


async def test_another_currency_is_not_compared(board: Board) -> None:
    await board.initiative("Euro", weeks=1, rate=1)
    await board.initiative("Yen", weeks=1, rate=100_000, currency="JPY")
    ranking = await board.rank()
    assert titles(ranking) == ["Euro", "Yen"]
    assert ranking.rank[at(ranking, "Yen")] == 0


async def test_closed_and_archived_initiatives_are_not_ranked(board: Board) -> None:
    await board.initiative("Open", weeks=1, rate=1)
    await board.initiative("Done", weeks=1, rate=9, state=InitiativeState.COMPLETED)
    await board.initiative("Stopped", weeks=1, rate=9, state=InitiativeState.STOPPED)
    await board.needs("Open", "Done")
    ranking = await board.rank()
    assert titles(ranking) == ["Open"]
    assert ranking.neighbours(0, incoming=True) == []


async def test_weighted_scores_are_exactly_their_terms(board: Board) -> None:
    model_id = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 3, CriterionDirection.BENEFIT, 0, 10),
        ("risk", CriterionRole.WEIGHTED, 1, CriterionDirection.COST, 0, 5),
    )
    await board.initiative("A")
    await board.initiative("B")
    await board.score("A", value=5, risk=0)
    await board.score("B", value=10, risk=5)
    ranking = await board.rank(model_id=model_id)
    assert titles(ranking) == ["B", "A"]
    assert ranking.scored.scores.score[at(ranking, "A")] == 0.625
    for title in ("A", "B"):
        terms = ranking.scored.terms(at(ranking, title))
        assert score_from_terms(terms) == ranking.scored.scores.score[at(ranking, title)]
        assert [term.key for term in terms] == ["value", "risk"]
    assert ranking.scored.criterion_of["risk"].id == board.ids["risk"]


async def test_wsjf_rice_and_ice_follow_their_formulas(board: Board) -> None:
    role, up = CriterionRole, CriterionDirection.BENEFIT
    wsjf = await board.model(
        ScoringMethod.WSJF,
        ("value", role.BUSINESS_VALUE, 1, up, 0, 20),
        ("urgency", role.TIME_CRITICALITY, 1, up, 0, 20),
        ("risk", role.RISK_OPPORTUNITY, 1, up, 0, 20),
        ("size", role.JOB_SIZE, 1, CriterionDirection.COST, 1, 20),
    )
    rice = await board.model(
        ScoringMethod.RICE,
        ("value", role.REACH, 1, up, 0, 20),
        ("urgency", role.IMPACT, 1, up, 0, 20),
        ("sure", role.CONFIDENCE, 1, up, 0, 1),
        ("size", role.EFFORT, 1, CriterionDirection.COST, 1, 20),
    )
    ice = await board.model(
        ScoringMethod.ICE_MEAN,
        ("value", role.IMPACT, 1, up, 0, 20),
        ("urgency", role.CONFIDENCE, 1, up, 0, 20),
        ("risk", role.EASE, 1, up, 0, 20),
    )
    await board.initiative("A")
    await board.score("A", value=13, urgency=8, risk=3, size=8, sure=0.5)
    assert (await board.rank(model_id=wsjf)).scored.scores.score.tolist() == [3.0]
    assert (await board.rank(model_id=rice)).scored.scores.score.tolist() == [13 * 8 * 0.5 / 8]
    assert (await board.rank(model_id=ice)).scored.scores.score.tolist() == [8.0]
    assert (await board.rank(method=ScoringMethod.WSJF)).scored.scores.score.tolist() == [3.0]


async def test_equal_input_gives_an_equal_fingerprint_and_another_a_different_one(board: Board) -> None:
    await board.initiative("A", weeks=2, rate=10)
    await board.initiative("B", weeks=4, rate=30)
    one, two = await board.rank(), await board.rank()
    assert one.fingerprint == two.fingerprint
    await board.needs("A", "B")
    three = await board.rank()
    assert three.fingerprint != one.fingerprint
    assert (await board.rank(kind=OrderKind.SCORE)).fingerprint != three.fingerprint


async def test_an_empty_portfolio_ranks_to_nothing(board: Board) -> None:
    for kind in OrderKind:
        assert len(await board.rank(kind=kind)) == 0


async def test_an_unknown_model_is_not_found_and_a_missing_one_is_explained(board: Board) -> None:
    with pytest.raises(NotFound):
        await board.rank(model_id=uuid4())
    with pytest.raises(InvalidInput, match="has 0 scoring models with the method wsjf"):
        await board.rank(method=ScoringMethod.WSJF)
    model = ScoringModel(organisation_id=board.actor.organisation_id, name="Empty")
    await board.add(model)
    with pytest.raises(InvalidInput, match="has no version yet"):
        await board.rank(model_id=model.id)
