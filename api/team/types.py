"""The type ``Team``."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.context import Context, Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.nodes import Node, fetched_by, shows
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.types import OBJECTIVE_LISTING, ObjectiveConnection
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.queries.listing import OrderBy
from domain.queries.sources import TEAMS
from domain.rows import TeamRow


@strawberry.type(description="A group of people whose capacity initiatives demand.")
@shows(TeamRow)
class Team(Node):
    """Shows ``TeamRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    description: str = strawberry.field(description="What the team is there for; may be empty.")
    version: int = strawberry.field(description="Counts the changes; for `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")
    archived_at: datetime | None = strawberry.field(
        description="When it was taken out of use; null while it is in use."
    )

    @strawberry.field(description="The objectives that it owns, the oldest first unless ordered otherwise.")
    async def objectives(
        self: TeamRow,
        info: Info,
        where: Annotated[ObjectiveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ObjectiveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ObjectiveConnection:
        return await children_of(
            info.context,
            OBJECTIVE_LISTING,
            parent="team_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )


@strawberry.type(description="A page of teams.")
class TeamConnection(Connection[Team]):
    """Connection of teams."""


TEAM_LISTING = Listing(TEAMS, TeamConnection, ids={"id": "Team"}, default=(OrderBy("name"),))


async def _teams(context: Context, ids: list) -> list[TeamRow | None]:  # type: ignore[type-arg]
    directory = (await context.view()).directory
    return [directory.teams.get(team_id) for team_id in ids]


fetched_by("Team", _teams)
