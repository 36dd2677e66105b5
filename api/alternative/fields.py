"""``Portfolio.alternativeGroups``."""

from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.alternative.types import AlternativeGroup
from api.context import Context, Info
from api.nodes import as_types
from domain.alternative import MOST_GROUPS
from domain.db import reading
from domain.queries.alternative import groups_of
from domain.rows import PortfolioRow
from domain.rows_planning import AlternativeGroupRow


@strawberry.type
class PortfolioAlternatives:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Groups of initiatives of which a plan funds at most one, by name; those in use, at most"
        f" {MOST_GROUPS}.",
        metadata={"cost": 10},
    )
    async def alternative_groups(self: PortfolioRow, info: Info) -> list[AlternativeGroup]:
        return as_types(AlternativeGroup, await info.context.loader("groups", _groups).load(self.id))


def _groups(context: Context) -> DataLoader[UUID, list[AlternativeGroupRow]]:
    async def load(portfolio_ids: list[UUID]) -> list[list[AlternativeGroupRow]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await groups_of(connection, organisation_id, portfolio_ids, archived=False)
        return [found[portfolio_id] for portfolio_id in portfolio_ids]

    return DataLoader(load_fn=load)
