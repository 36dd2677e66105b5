"""A portfolio under test, written row by row, and what to read off its ranking."""

from datetime import date
from uuid import UUID, uuid4

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


async def an_empty_board(database: Database) -> Board:
    """A portfolio without initiatives, in an organisation of its own."""
    actor = await an_organisation(database)
    portfolio = Portfolio(organisation_id=actor.organisation_id, name="Portfolio")
    board = Board(database, actor, portfolio.id)
    await board.add(portfolio)
    return board
