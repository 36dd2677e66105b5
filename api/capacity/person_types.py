"""The types ``TeamPerson`` and ``Leave``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.capacity.filters import LeaveOrder, LeaveWhere
from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.member.types import Member
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.db import reading
from domain.models import Leave as LeaveModel
from domain.models import TeamPerson as TeamPersonModel
from domain.queries.listing import OrderBy, Source, by_ids
from domain.rows_capacity import LeaveRow, TeamPersonRow

if TYPE_CHECKING:
    from api.team.types import Team

TEAM_PEOPLE = Source(TeamPersonModel, TeamPersonRow)
LEAVES = Source(LeaveModel, LeaveRow)


@strawberry.type(
    description="Days off: of a person, of a whole team, or, with neither, of the whole organisation, as public"
    " holidays are. Leave may overlap: a day's shares add up, to the whole day at most."
)
@shows(LeaveRow)
class Leave(Node):
    """Shows ``LeaveRow``."""

    name: str = strawberry.field(description="What it is, such as a holiday's name; may be empty.")
    starts_on: date = strawberry.field(description="First day off.")
    ends_on: date = strawberry.field(description="Last day off; not before the first.")
    share: float = strawberry.field(
        description="Share of each day, above 0 and at most 1: 0.5 is half a day."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="Whose days off they are; null where they are a team's or everybody's.")
    async def person(self: LeaveRow, info: Info) -> "TeamPerson | None":
        if self.person_id is None:
            return None
        return as_type(TeamPerson, await info.context.loader("people", _loading).load(self.person_id))

    @strawberry.field(description="The team that is off as a whole; null where it is a person or everybody.")
    def team(self: LeaveRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return None if self.team_id is None else cast("Team", info.context.directory.teams[self.team_id])


@strawberry.type(description="A page of leave.")
class LeaveConnection(Connection[Leave]):
    """Connection of leave."""


LEAVE_LISTING = Listing(
    LEAVES,
    LeaveConnection,
    ids={"id": "Leave", "person_id": "TeamPerson", "team_id": "Team"},
    default=(OrderBy("starts_on"),),
)


@strawberry.type(
    description="Somebody who works in a team. On a day she counts with fte × ramp; a joiner's ramp rises in a straight"
    " line from `rampUpShare` on the first day to 1 after `rampUpWeeks`, a leaver's falls to `rampDownShare` on"
    " the last day over the last `rampDownWeeks`; where both apply, the lower one counts."
)
@shows(TeamPersonRow)
class TeamPerson(Node):
    """Shows ``TeamPersonRow``."""

    name: str = strawberry.field(description="Her name, or what the place is called.")
    fte: float = strawberry.field(description="Share of a full-time job, 0 to 1.")
    joins_on: date | None = strawberry.field(
        description="First day in the team; null: has always been there."
    )
    leaves_on: date | None = strawberry.field(description="Last day in the team; null: stays.")
    ramp_up_weeks: float = strawberry.field(description="Weeks until a joiner does all of it; 0 for none.")
    ramp_up_share: float = strawberry.field(description="What a joiner begins with, 0 to 1.")
    ramp_down_weeks: float = strawberry.field(description="Weeks over which a leaver does less; 0 for none.")
    ramp_down_share: float = strawberry.field(description="What is left on a leaver's last day, 0 to 1.")
    skills: list[str] = strawberry.field(description="What she can do, as demands name it; at most 20.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(
        description="Since when she is left out of all capacity; null while she counts."
    )

    @strawberry.field(description="The team that she works in.")
    def team(self: TeamPersonRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="The member that she is; null for somebody who does not use this program.")
    def member(self: TeamPersonRow, info: Info) -> Member | None:
        return (
            None
            if self.member_id is None
            else as_type(Member, info.context.directory.members[self.member_id])
        )

    @strawberry.field(description="Her own days off, the earliest first unless ordered otherwise.")
    async def leaves(
        self: TeamPersonRow,
        info: Info,
        where: Annotated[LeaveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[LeaveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> LeaveConnection:
        return await children_of(
            info.context,
            LEAVE_LISTING,
            parent="person_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )


@strawberry.type(description="A page of people of a team.")
class TeamPersonConnection(Connection[TeamPerson]):
    """Connection of people."""


TEAM_PERSON_LISTING = Listing(
    TEAM_PEOPLE,
    TeamPersonConnection,
    ids={"id": "TeamPerson", "team_id": "Team", "member_id": "Member"},
    default=(OrderBy("name"),),
)


def _loading(context: Context) -> DataLoader[UUID, TeamPersonRow | None]:
    async def load(ids: list[UUID]) -> list[TeamPersonRow | None]:
        return await _people(context, ids)

    return DataLoader(load_fn=load)


async def _people(context: Context, ids: list[UUID]) -> list[Any]:
    return await _found(context, TEAM_PEOPLE, ids)


async def _leaves(context: Context, ids: list[UUID]) -> list[Any]:
    return await _found(context, LEAVES, ids)


async def _found(context: Context, source: Source[Any], ids: list[UUID]) -> list[Any]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, source, ids)
    await context.view()
    return [found.get(key) for key in ids]


fetched_by("TeamPerson", _people)
fetched_by("Leave", _leaves)
