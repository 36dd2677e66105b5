"""Ranked portfolios: feasible, explained to the last bit, and equal for equal input."""

from datetime import date
from uuid import UUID, uuid4

import numpy as np
import pytest

from domain.actor import Actor
from domain.db import Database, transaction
from domain.enums import (
    CriterionDirection,
    CriterionRole,
    CriterionSource,
    DependencyKind,
    InitiativeState,
    MissingPolicy,
    ScoringMethod,
    UrgencyProfile,
)
from domain.errors import InvalidInput, NotFound
from domain.models import (
    CostOfDelay,
    Criterion,
    Dependency,
    Initiative,
    Portfolio,
    Score,
    ScoringModel,
    ScoringModelCriterion,
    ScoringModelVersion,
)
from domain.ranking import OrderKind, RankedPortfolio, RankingRequest, rank_portfolio
from domain.snapshot import SnapshotStore
from prioritisation.scoring import score_from_terms
from tests.factories import an_organisation

TODAY = date(2026, 11, 21)


class Board:
    """A portfolio under test, written row by row."""

    def __init__(self, database: Database, actor: Actor, portfolio_id: UUID) -> None:
        self.database = database
        self.actor = actor
        self.portfolio_id = portfolio_id
        self.ids: dict[str, UUID] = {}

    async def add(self, *rows: object) -> None:
        async with transaction(self.database, self.actor) as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def initiative(
        self,
        title: str,
        *,
        weeks: float | None = None,
        rate: float | None = None,
        currency: str = "EUR",
        state: InitiativeState = InitiativeState.PROPOSED,
    ) -> None:
        row = Initiative(
            organisation_id=self.actor.organisation_id,
            portfolio_id=self.portfolio_id,
            title=title,
            duration_weeks_likely=weeks,
            state=state,
        )
        self.ids[title] = row.id
        await self.add(row)
        if rate is not None:
            await self.add(
                CostOfDelay(
                    organisation_id=self.actor.organisation_id,
                    portfolio_id=self.portfolio_id,
                    initiative_id=row.id,
                    profile=UrgencyProfile.LINEAR,
                    currency=currency,
                    rate_minor_per_week_likely=rate * 100,
                )
            )

    async def needs(self, successor: str, predecessor: str, *, hard: bool = True) -> None:
        await self.add(
            Dependency(
                organisation_id=self.actor.organisation_id,
                portfolio_id=self.portfolio_id,
                predecessor_id=self.ids[predecessor],
                successor_id=self.ids[successor],
                kind=DependencyKind.FINISH_TO_START,
                hard=hard,
            )
        )

    async def model(
        self,
        method: ScoringMethod,
        *criteria: tuple[str, CriterionRole, float, CriterionDirection, float, float],
        policy: MissingPolicy = MissingPolicy.EXCLUDE,
    ) -> UUID:
        organisation_id = self.actor.organisation_id
        model = ScoringModel(organisation_id=organisation_id, name=str(uuid4()))
        version = ScoringModelVersion(
            organisation_id=organisation_id,
            id=uuid4(),
            model_id=model.id,
            number=1,
            method=method,
            missing_policy=policy,
        )
        await self.add(model, version)
        for position, (key, role, weight, direction, low, high) in enumerate(criteria):
            if key not in self.ids:
                criterion = Criterion(
                    organisation_id=organisation_id,
                    key=key,
                    name=key,
                    direction=direction,
                    source=CriterionSource.SCORE,
                    scale_min=low,
                    scale_max=high,
                )
                self.ids[key] = criterion.id
                await self.add(criterion)
            await self.add(
                ScoringModelCriterion(
                    organisation_id=organisation_id,
                    model_version_id=version.id,
                    criterion_id=self.ids[key],
                    role=role,
                    weight=weight,
                    position=position,
                )
            )
        return model.id

    async def score(self, title: str, **values: float) -> None:
        for key, value in values.items():
            await self.add(
                Score(
                    organisation_id=self.actor.organisation_id,
                    portfolio_id=self.portfolio_id,
                    initiative_id=self.ids[title],
                    criterion_id=self.ids[key],
                    rater_id=self.actor.member_id,
                    value=value,
                )
            )

    async def rank(
        self,
        *,
        kind: OrderKind = OrderKind.DEPENDENCY_AWARE,
        model_id: UUID | None = None,
        method: ScoringMethod | None = None,
    ) -> RankedPortfolio:
        view = await SnapshotStore(self.database).fresh(self.actor.organisation_id, self.portfolio_id)
        request = RankingRequest(kind=kind, model_id=model_id, method=method, today=TODAY)
        return await rank_portfolio(view, self.portfolio_id, request)


def titles(ranking: RankedPortfolio) -> list[str]:
    return [ranking.columns.rows[ranking.scored.positions[index]].title for index in ranking.order]


def at(ranking: RankedPortfolio, title: str) -> int:
    return int(ranking.order[titles(ranking).index(title)])


@pytest.fixture
async def board(database: Database) -> Board:
    """An empty portfolio."""
    actor = await an_organisation(database)
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    board = Board(database, actor, portfolio.id)
    await board.add(portfolio)
    return board


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
