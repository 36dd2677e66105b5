"""The same nested read as an ordinary Strawberry application does it: ORM objects, a session and loaders.

Ranking is left to SQL, which is the cheapest way that an ORM has: order by the rate over the duration.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import strawberry
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlmodel import col
from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from domain.models import (
    Contribution as ContributionModel,
)
from domain.models import (
    CostOfDelay,
    Dependency,
    TeamDemand,
)
from domain.models import (
    Initiative as InitiativeModel,
)
from domain.models import (
    KeyResult as KeyResultModel,
)
from domain.models import (
    Objective as ObjectiveModel,
)
from domain.models import (
    Team as TeamModel,
)

Load = Callable[[list[UUID]], Awaitable[list[Any]]]


class NaiveContext(BaseContext):
    """Loaders of one request."""

    def __init__(self, engine: AsyncEngine, organisation_id: UUID) -> None:
        super().__init__()
        self.engine = engine
        self.organisation_id = organisation_id
        self.loaders: dict[Any, DataLoader[UUID, Any]] = {}

    async def fetch(self, query: Any) -> list[Any]:
        """ORM objects of a query, in a session of its own with the tenant set."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            await session.execute(
                sa.text("SELECT set_config('app.organisation_id', :id, true)"),
                {"id": str(self.organisation_id)},
            )
            return list((await session.execute(query)).scalars())

    def one(self, model: Any) -> DataLoader[UUID, Any]:
        """By id."""

        async def load(ids: list[UUID]) -> list[Any]:
            rows = await self.fetch(sa.select(model).where(col(model.id).in_(ids)))
            found = {row.id: row for row in rows}
            return [found.get(key) for key in ids]

        return self._kept(model, load)

    def many(self, model: Any, name: str) -> DataLoader[UUID, Any]:
        """By the id of a parent."""

        async def load(ids: list[UUID]) -> list[Any]:
            rows = await self.fetch(sa.select(model).where(getattr(model, name).in_(ids)))
            found = defaultdict(list)
            for row in rows:
                found[getattr(row, name)].append(row)
            return [found[key] for key in ids]

        return self._kept((model, name), load)

    def _kept(self, key: Any, load: Load) -> DataLoader[UUID, Any]:
        if key not in self.loaders:
            self.loaders[key] = DataLoader(load_fn=load)
        return self.loaders[key]


Info = strawberry.Info[NaiveContext, None]


@strawberry.type
class Team:
    name: str


@strawberry.type
class Objective:
    id: strawberry.ID
    title: str


@strawberry.type
class KeyResult:
    id: strawberry.ID
    title: str
    unit: str
    current_value: float
    target_value: float

    @strawberry.field
    async def objective(self, info: Info) -> Objective:
        return await info.context.one(ObjectiveModel).load(self.objective_id)  # type: ignore[attr-defined,no-any-return]


@strawberry.type
class Contribution:
    expected_delta: float
    confidence: float

    @strawberry.field
    async def key_result(self, info: Info) -> KeyResult:
        return await info.context.one(KeyResultModel).load(self.key_result_id)  # type: ignore[attr-defined,no-any-return]


@strawberry.type
class Demand:
    person_weeks_likely: float

    @strawberry.field
    async def team(self, info: Info) -> Team:
        return await info.context.one(TeamModel).load(self.team_id)  # type: ignore[attr-defined,no-any-return]


@strawberry.type
class Initiative:
    id: strawberry.ID
    title: str
    state: str

    @strawberry.field
    async def contributions(self, info: Info) -> list[Contribution]:
        return await info.context.many(ContributionModel, "initiative_id").load(self.id)  # type: ignore[arg-type,no-any-return]

    @strawberry.field
    async def demands(self, info: Info) -> list[Demand]:
        return await info.context.many(TeamDemand, "initiative_id").load(self.id)  # type: ignore[arg-type,no-any-return]

    @strawberry.field
    async def blocked_by(self, info: Info) -> list["Initiative"]:
        edges = await info.context.many(Dependency, "successor_id").load(self.id)  # type: ignore[arg-type]
        return await info.context.one(InitiativeModel).load_many([edge.predecessor_id for edge in edges])

    @strawberry.field
    async def unlocks(self, info: Info) -> list["Initiative"]:
        edges = await info.context.many(Dependency, "predecessor_id").load(self.id)  # type: ignore[arg-type]
        return await info.context.one(InitiativeModel).load_many([edge.successor_id for edge in edges])


@strawberry.type
class Query:
    @strawberry.field
    async def ranking(self, info: Info, portfolio_id: strawberry.ID, first: int) -> list[Initiative]:
        query = (
            sa.select(InitiativeModel)
            .join(CostOfDelay, col(CostOfDelay.initiative_id) == col(InitiativeModel.id))
            .where(col(InitiativeModel.portfolio_id) == UUID(portfolio_id))
            .order_by(
                (
                    col(CostOfDelay.rate_minor_per_week_likely) / col(InitiativeModel.duration_weeks_likely)
                ).desc(),
                col(InitiativeModel.id),
            )
            .limit(first)
        )
        return await info.context.fetch(query)


schema = strawberry.Schema(Query)
