"""The type ``Booking``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, cast
from uuid import UUID

import strawberry

from api.audit.fields import AuditedNode
from api.category.types import AllocationCategory
from api.context import Context, Info
from api.descriptions import VERSION
from api.initiative.loading import initiative_of
from api.listing import Listing
from api.member.types import Member
from api.nodes import Node, as_type, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.models import Booking as BookingModel
from domain.queries.listing import OrderBy, Source, by_ids
from domain.rows_allocation import BookingRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.team.types import Team

BOOKINGS = Source(BookingModel, BookingRow)


@strawberry.type(
    description="All that a team spent on a category in a week, or on one initiative. A correction replaces it; what"
    " was booked before is in its audit trail."
)
@shows(BookingRow)
class Booking(Node, AuditedNode):
    """Shows ``BookingRow``."""

    week: date = strawberry.field(description="The Monday of the week in which it was spent.")
    person_weeks: float = strawberry.field(description="Person-weeks of five working days, at least 0.")
    note: str = strawberry.field(description="What was noted; may be empty.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description="When it was booked first.")
    updated_at: datetime = strawberry.field(description="When it was corrected last.")

    @strawberry.field(description="Who spent it.")
    def team(self: BookingRow, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return cast("Team", info.context.directory.teams[self.team_id])

    @strawberry.field(description="What it was spent on.")
    def category(self: BookingRow, info: Info) -> AllocationCategory:
        return as_type(AllocationCategory, info.context.directory.categories[self.category_id])

    @strawberry.field(description="The initiative that it was spent on; null for other work of the category.")
    async def initiative(
        self: BookingRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        if self.initiative_id is None:
            return None
        return cast("Initiative | None", await initiative_of(info.context, self.initiative_id))

    @strawberry.field(description="Who booked or corrected it last.")
    def booked_by(self: BookingRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.booked_by_id])


@strawberry.type(description="A page of bookings.")
class BookingConnection(Connection[Booking]):
    """Connection of bookings."""


BOOKING_LISTING = Listing(
    BOOKINGS,
    BookingConnection,
    ids={
        "id": "Booking",
        "team_id": "Team",
        "category_id": "AllocationCategory",
        "initiative_id": "Initiative",
        "booked_by_id": "Member",
    },
    default=(OrderBy("week", descending=True),),
)


async def _bookings(context: Context, ids: list[UUID]) -> list[Any]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, BOOKINGS, ids)
    await context.view()
    return [found.get(key) for key in ids]


fetched_by("Booking", _bookings)
