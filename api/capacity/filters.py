"""How lists of people and leave are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
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


@strawberry.input(description="Which people to return; everything that is given must hold.")
class TeamPersonWhere:
    """Filter of people."""

    and_: list["TeamPersonWhere"] | None = all_of()
    or_: list["TeamPersonWhere"] | None = any_of()
    not_: "TeamPersonWhere | None" = none_of()
    id: IDFilter | None = on("The person herself.")
    member_id: IDFilter | None = on("The member that she is.")
    name: StringFilter | None = on("Her name.")
    fte: FloatFilter | None = on("Share of a full-time job, 0 to 1.")
    joins_on: DateFilter | None = on("First day in the team.")
    leaves_on: DateFilter | None = on("Last day in the team.")
    created_at: DateTimeFilter | None = on("When she was added.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class TeamPersonOrderField(StrEnum):
    """What people are ordered by."""

    NAME = "name"
    FTE = "fte"
    JOINS_ON = "joins_on"
    LEAVES_ON = "leaves_on"
    CREATED_AT = "created_at"


described(
    TeamPersonOrderField,
    "What people are ordered by.",
    {
        "NAME": "By name.",
        "FTE": "By share of a full-time job.",
        "JOINS_ON": "By first day in the team.",
        "LEAVES_ON": "By last day in the team.",
        "CREATED_AT": "By when they were added.",
    },
)


@strawberry.input(description="One wish for the order of people.")
class TeamPersonOrder:
    """Order of people."""

    field: TeamPersonOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)


@strawberry.input(description="Which leave to return; everything that is given must hold.")
class LeaveWhere:
    """Filter of leave."""

    and_: list["LeaveWhere"] | None = all_of()
    or_: list["LeaveWhere"] | None = any_of()
    not_: "LeaveWhere | None" = none_of()
    id: IDFilter | None = on("The leave itself.")
    person_id: IDFilter | None = on("Whose it is.")
    team_id: IDFilter | None = on("The team that is off as a whole.")
    name: StringFilter | None = on("What it is.")
    starts_on: DateFilter | None = on("The first day off.")
    ends_on: DateFilter | None = on("The last day off.")
    share: FloatFilter | None = on("Share of each day, up to 1.")
    created_at: DateTimeFilter | None = on("When it was entered.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class LeaveOrderField(StrEnum):
    """What leave is ordered by."""

    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    NAME = "name"
    CREATED_AT = "created_at"


described(
    LeaveOrderField,
    "What leave is ordered by.",
    {
        "STARTS_ON": "By first day.",
        "ENDS_ON": "By last day.",
        "NAME": "By what it is.",
        "CREATED_AT": "By when it was entered.",
    },
)


@strawberry.input(description="One wish for the order of leave.")
class LeaveOrder:
    """Order of leave."""

    field: LeaveOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
