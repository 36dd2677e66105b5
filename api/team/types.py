"""The type ``Team``."""

from datetime import datetime

import strawberry

from api.context import Context
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.pagination import Connection
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


@strawberry.type(description="A page of teams.")
class TeamConnection(Connection[Team]):
    """Connection of teams."""


TEAM_LISTING = Listing(TEAMS, TeamConnection, ids={"id": "Team"}, default=(OrderBy("name"),))


async def _teams(context: Context, ids: list) -> list[TeamRow | None]:  # type: ignore[type-arg]
    directory = (await context.view()).directory
    return [directory.teams.get(team_id) for team_id in ids]


fetched_by("Team", _teams)
