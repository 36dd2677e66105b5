"""The type ``Team``."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from api.capacity.enums import PeriodLength
from api.capacity.filters import TeamPersonOrder, TeamPersonWhere
from api.capacity.loading import capacity_of
from api.capacity.person_types import TEAM_PERSON_LISTING, TeamPersonConnection
from api.capacity.types import (
    FOCUS_LISTING,
    STATED_LISTING,
    StatedCapacityConnection,
    TeamCapacity,
    TeamFocusConnection,
)
from api.context import Context, Info
from api.drift.fields import TeamDrift
from api.filters import WHERE
from api.finding.fields import TeamFindings
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.nodes import Node, as_type, fetched_by, shows
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.types import OBJECTIVE_LISTING, ObjectiveConnection
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.queries.listing import OrderBy
from domain.queries.sources import TEAMS
from domain.rows import TeamRow


@strawberry.type(description="A group of people whose capacity initiatives demand.")
@shows(TeamRow)
class Team(Node, TeamDrift, TeamFindings):
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

    @strawberry.field(description="The people who work in it, by name unless ordered otherwise.")
    async def people(
        self: TeamRow,
        info: Info,
        where: Annotated[TeamPersonWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[TeamPersonOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamPersonConnection:
        return await children_of(
            info.context,
            TEAM_PERSON_LISTING,
            parent="team_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(
        description="What share of its time planned work gets, as it was said; all of it where nothing was. The oldest"
        " first."
    )
    async def focus(
        self: TeamRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamFocusConnection:
        return await children_of(
            info.context,
            FOCUS_LISTING,
            parent="team_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=False,
        )

    @strawberry.field(
        description="Figures that stand instead of its computed capacity, the oldest first. Around a day days go before"
        " cycles, and short stretches before long ones."
    )
    async def stated_capacities(
        self: TeamRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> StatedCapacityConnection:
        return await children_of(
            info.context,
            STATED_LISTING,
            parent="team_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=False,
        )

    @strawberry.field(
        description="What it can do in a cycle, and what of it is committed: (members × weeks − leave) × focus share,"
        " or what was stated instead; person-weeks.",
        metadata={"cost": 10},
    )
    async def capacity(
        self: TeamRow,
        info: Info,
        cycle: Annotated[strawberry.ID, strawberry.argument(description="The cycle.")],
        period: Annotated[
            PeriodLength, strawberry.argument(description="What its days are counted by.")
        ] = PeriodLength.MONTH,
        as_of: Annotated[
            date | None,
            strawberry.argument(
                description="The day from which work in flight goes on; left out today (UTC)."
            ),
        ] = strawberry.UNSET,
    ) -> TeamCapacity:
        view = await capacity_of(info.context, self.id, cycle=cycle, length=period, day=as_of or None)
        return as_type(TeamCapacity, view)


@strawberry.type(description="A page of teams.")
class TeamConnection(Connection[Team]):
    """Connection of teams."""


TEAM_LISTING = Listing(TEAMS, TeamConnection, ids={"id": "Team"}, default=(OrderBy("name"),))


async def _teams(context: Context, ids: list) -> list[TeamRow | None]:  # type: ignore[type-arg]
    directory = (await context.view()).directory
    return [directory.teams.get(team_id) for team_id in ids]


fetched_by("Team", _teams)
