"""The type ``Decision``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.enums import InitiativeState
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetch_of, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.listing import OrderBy, by_ids
from domain.queries.sources import DECISIONS
from domain.rows import DecisionRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative


@strawberry.type(description="A change of an initiative's state, with its reason. It never changes.")
@shows(DecisionRow)
class Decision(Node):
    """Shows ``DecisionRow``."""

    from_state: InitiativeState = strawberry.field(description="The state before.")
    to_state: InitiativeState = strawberry.field(description="The state after.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")
    created_at: datetime = strawberry.field(description="When it was decided.")

    @strawberry.field(description="What was decided on.")
    def initiative(
        self: DecisionRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", info.context.initiative(self.initiative_id))

    @strawberry.field(description="Who decided.")
    def decided_by(self: DecisionRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.decided_by_id])


@strawberry.type(description="A page of decisions, the latest first.")
class DecisionConnection(Connection[Decision]):
    """Connection of decisions."""


DECISION_LISTING = Listing(
    DECISIONS, DecisionConnection, ids={}, default=(OrderBy("created_at", descending=True),)
)


async def _decisions(context: Context, ids: list[UUID]) -> list[DecisionRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, DECISIONS, ids)
    fetch_initiatives = fetch_of("Initiative")
    if fetch_initiatives is not None:
        # brings the portfolios into the view in which the initiatives are found
        await fetch_initiatives(context, [row.initiative_id for row in found.values()])
    return [found.get(decision_id) for decision_id in ids]


fetched_by("Decision", _decisions)
