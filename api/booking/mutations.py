"""Mutations about bookings. The last write wins, and the audit trail keeps what was."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.booking.enums import BookingUnit
from api.booking.types import Booking
from api.bulk import ErrorPolicy, errors_of, read_each
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, EXPECTED_VERSION, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.booking import remove_booking, set_booking, set_bookings
from domain.commands.booking import BookingRemove, BookingSet

LARGEST_BOOKING_BULK = 5_000
"""Most bookings of one call."""

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_IDS = {"team_id": "Team", "category_id": "AllocationCategory", "initiative_id": "Initiative"}


@strawberry.input(
    description="All that a team spent on a category in a week, or on one initiative, in place of what was booked."
)
class BookingSetInput:
    """Becomes ``BookingSet``."""

    team_id: strawberry.ID = strawberry.field(
        description="Who spent it. A team begins when the first of its people joins, unless one has always been there,"
        " and ends when it is archived or the last one has left."
    )
    category_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="What it was spent on; left out: the initiative's category."
    )
    initiative_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The initiative that it was spent on; left out for other work of the category.",
    )
    week: date = strawberry.field(description="A day of the week; the week must have begun.")
    amount: float = strawberry.field(description="How much, in `unit`: 0 to 1,000,000.")
    unit: BookingUnit = strawberry.field(
        default=BookingUnit.PERSON_WEEKS, description="What the amount counts."
    )
    note: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="At most 2,000 characters; left out: what was noted before stays.",
    )


@strawberry.input(description="Many bookings at once.")
class BookingSetBulkInput:
    """Read item by item."""

    items: list[BookingSetInput] = strawberry.field(
        description="1 to 5,000 items; of two of the same team, week, category and initiative the second is refused."
    )
    error_policy: ErrorPolicy = strawberry.field(
        default=ErrorPolicy.REJECT_ALL, description="What to do with the good items when others are faulty."
    )


@strawberry.input(description="A booking that was a mistake as a whole.")
class BookingRemoveInput:
    """Becomes ``BookingRemove``."""

    id: strawberry.ID = strawberry.field(description="The booking.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)


@strawberry.type(description="The time was booked.")
class BookingSetSuccess:
    """Success of ``bookingSet``."""

    booking: Booking = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What became of one item.")
class BookingSetBulkItem:
    """One outcome of ``bookingSetBulk``."""

    booking: Booking | None = strawberry.field(
        description="As it is now; null when it was not booked. Without an error it was held back because of others."
    )
    errors: list[UserError] = strawberry.field(description="What is wrong with the item; at most 10.")


@strawberry.type(description="The items were judged; each has its own outcome.")
class BookingSetBulkSuccess:
    """Success of ``bookingSetBulk``."""

    items: list[BookingSetBulkItem] = strawberry.field(
        description="One outcome for each item, in the order of the input; at most 5,000."
    )
    booked_count: int = strawberry.field(description="How many of the items are booked now.")


@strawberry.type(description="The booking was removed.")
class BookingRemoveSuccess:
    """Success of ``bookingRemove``."""

    booking: Booking = strawberry.field(
        description="As it was; by its id a client can forget it, `node` does not find it any more."
    )


BookingSetResult = Annotated[
    BookingSetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BookingSetResult", description="Outcome of `bookingSet`."),
]
BookingSetBulkResult = Annotated[
    BookingSetBulkSuccess | InvalidInput | PermissionDenied,
    strawberry.union("BookingSetBulkResult", description="Outcome of `bookingSetBulk`."),
]
BookingRemoveResult = Annotated[
    BookingRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BookingRemoveResult", description="Outcome of `bookingRemove`."),
]


@strawberry.type
class BookingMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Say what a team spent in a week.", **_CONTRIBUTOR)
    async def booking_set(self, info: Info, input: Annotated[BookingSetInput, _ARGUMENT]) -> BookingSetResult:
        command = to_command(BookingSet, input, ids=_IDS)
        row = await set_booking(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return BookingSetSuccess(booking=as_type(Booking, row))

    @strawberry.mutation(description="Say what teams spent, many weeks at once.", **_CONTRIBUTOR)
    async def booking_set_bulk(
        self, info: Info, input: Annotated[BookingSetBulkInput, _ARGUMENT]
    ) -> BookingSetBulkResult:
        items = read_each(
            input.items, lambda item: to_command(BookingSet, item, ids=_IDS), most=LARGEST_BOOKING_BULK
        )
        outcomes = await set_bookings(
            info.context.database, info.context.actor, items, input.error_policy, now=datetime.now(UTC)
        )
        await info.context.written()
        return BookingSetBulkSuccess(
            items=[
                BookingSetBulkItem(
                    booking=None if outcome.row is None else as_type(Booking, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ],
            booked_count=sum(outcome.row is not None for outcome in outcomes),
        )

    @strawberry.mutation(
        description="Remove a booking that was a mistake as a whole; to correct one, set it anew.",
        **_CONTRIBUTOR,
    )
    async def booking_remove(
        self, info: Info, input: Annotated[BookingRemoveInput, _ARGUMENT]
    ) -> BookingRemoveResult:
        command = to_command(BookingRemove, input, ids={"id": "Booking"})
        row = await remove_booking(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return BookingRemoveSuccess(booking=as_type(Booking, row))
