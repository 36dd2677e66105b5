"""The type ``RankingOverride``: a rank that is set by hand."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetch_of, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.listing import OrderBy, by_ids
from domain.queries.sources import RANKING_OVERRIDES
from domain.rows import RankingOverrideRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative


@strawberry.type(
    description="A decision that an initiative has a rank, whatever is computed. It is in force until it is"
    " withdrawn, and counts in dependency-aware rankings of all open initiatives. Where hard dependencies that came"
    " later no longer allow the rank, the initiative has the first one after what it waits for."
)
@shows(RankingOverrideRow)
class RankingOverride(Node):
    """Shows ``RankingOverrideRow``."""

    rank: int = strawberry.field(description="The rank that was decided on, from 1.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
    version: int = strawberry.field(
        description="Counts the decisions about the initiative's rank; for `expectedVersion`."
    )
    created_at: datetime = strawberry.field(description="When it was decided.")
    withdrawn_at: datetime | None = strawberry.field(
        description="When it was withdrawn, or replaced by another decision; null while it is in force."
    )
    withdrawn_reason: str | None = strawberry.field(
        description="Why it was withdrawn, or the reason of the decision that replaced it; null while it is in force."
    )

    @strawberry.field(description="Whose rank it is.")
    def initiative(
        self: RankingOverrideRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", info.context.initiative(self.initiative_id))

    @strawberry.field(description="Who decided.")
    def decided_by(self: RankingOverrideRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.decided_by_id])

    @strawberry.field(description="Who withdrew or replaced it; null while it is in force.")
    def withdrawn_by(self: RankingOverrideRow, info: Info) -> Member | None:
        if self.withdrawn_by_id is None:
            return None
        return as_type(Member, info.context.directory.members[self.withdrawn_by_id])


@strawberry.type(description="A page of ranks that are or were set by hand.")
class RankingOverrideConnection(Connection[RankingOverride]):
    """Connection of overrides."""


OVERRIDE_LISTING = Listing(
    RANKING_OVERRIDES, RankingOverrideConnection, ids={}, default=(OrderBy("created_at", descending=True),)
)


async def _overrides(context: Context, ids: list[UUID]) -> list[RankingOverrideRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, RANKING_OVERRIDES, ids)
    fetch_initiatives = fetch_of("Initiative")
    if fetch_initiatives is not None:
        # brings the portfolios into the view in which the initiatives are found
        await fetch_initiatives(context, [row.initiative_id for row in found.values()])
    return [found.get(override_id) for override_id in ids]


fetched_by("RankingOverride", _overrides)
