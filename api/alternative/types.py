"""The type ``AlternativeGroup``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.nodes import Node, fetched_by, shows
from domain.commands.alternative import MOST_MEMBERS
from domain.db import reading
from domain.queries.alternative import ALTERNATIVE_GROUPS, members_of
from domain.queries.listing import by_ids
from domain.rows_planning import AlternativeGroupRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.portfolio.types import Portfolio


@strawberry.type(
    description="Initiatives of a portfolio that answer the same need: a plan funds at most one of them."
)
@shows(AlternativeGroupRow)
class AlternativeGroup(Node):
    """Shows ``AlternativeGroupRow``."""

    name: str = strawberry.field(description="Unique among the portfolio's groups in use, whatever its case.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The portfolio.")
    def portfolio(
        self: AlternativeGroupRow, info: Info
    ) -> Annotated["Portfolio", strawberry.lazy("api.portfolio.types")]:
        return cast("Portfolio", info.context.directory.portfolios[self.portfolio_id])

    @strawberry.field(
        description=f"The alternatives, in the order of their ids; at most {MOST_MEMBERS}, archived ones included."
    )
    async def initiatives(
        self: AlternativeGroupRow, info: Info
    ) -> list[Annotated["Initiative", strawberry.lazy("api.initiative.types")]]:
        members = await info.context.loader("alternatives", _members).load(self.id)
        await info.context.view(self.portfolio_id)
        if any(info.context.find_initiative(member) is None for member in members):
            await info.context.renew(self.portfolio_id)
        return cast("list[Initiative]", [info.context.initiative(member) for member in members])


def _members(context: Context) -> DataLoader[UUID, tuple[UUID, ...]]:
    async def load(group_ids: list[UUID]) -> list[tuple[UUID, ...]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await members_of(connection, organisation_id, group_ids)
        return [found[group_id] for group_id in group_ids]

    return DataLoader(load_fn=load)


async def _groups(context: Context, ids: list[UUID]) -> list[AlternativeGroupRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, ALTERNATIVE_GROUPS, ids)
    return [found.get(group_id) for group_id in ids]


fetched_by("AlternativeGroup", _groups)
