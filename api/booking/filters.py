"""How lists of bookings are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD
from api.enums import described
from api.filters import (
    DateFilter,
    DateTimeFilter,
    FloatFilter,
    IDFilter,
    StringFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from api.listing import OrderDirection


@strawberry.input(description="Which bookings to return; everything that is given must hold.")
class BookingWhere:
    """Filter of bookings."""

    and_: list["BookingWhere"] | None = all_of()
    or_: list["BookingWhere"] | None = any_of()
    not_: "BookingWhere | None" = none_of()
    id: IDFilter | None = on("The booking itself.")
    team_id: IDFilter | None = on("Who spent it.")
    category_id: IDFilter | None = on("The category that it was spent on.")
    initiative_id: IDFilter | None = on("The initiative that it was spent on.")
    booked_by_id: IDFilter | None = on("The member who booked it last.")
    week: DateFilter | None = on("The Monday of the week.")
    person_weeks: FloatFilter | None = on("Person-weeks.")
    note: StringFilter | None = on("What was noted.")
    created_at: DateTimeFilter | None = on("When it was booked first.")
    updated_at: DateTimeFilter | None = on("When it was corrected last.")


class BookingOrderField(StrEnum):
    """What bookings are ordered by."""

    WEEK = "week"
    PERSON_WEEKS = "person_weeks"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    BookingOrderField,
    "What bookings are ordered by.",
    {
        "WEEK": "By week.",
        "PERSON_WEEKS": "By person-weeks.",
        "CREATED_AT": "By when they were booked first.",
        "UPDATED_AT": "By when they were corrected last.",
    },
)


@strawberry.input(description="One wish for the order of bookings.")
class BookingOrder:
    """Order of bookings."""

    field: BookingOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
