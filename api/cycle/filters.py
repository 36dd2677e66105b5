"""How lists of cycles are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import CycleLevel, described
from api.filters import (
    DateFilter,
    DateTimeFilter,
    EnumFilter,
    IDFilter,
    StringFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from api.listing import OrderDirection


@strawberry.input(description="Which cycles to return; everything that is given must hold.")
class CycleWhere:
    """Filter of cycles."""

    and_: list["CycleWhere"] | None = all_of()
    or_: list["CycleWhere"] | None = any_of()
    not_: "CycleWhere | None" = none_of()
    id: IDFilter | None = on("The cycle itself.")
    name: StringFilter | None = on("The name.")
    level: EnumFilter[CycleLevel] | None = on("The planning horizon.")
    starts_on: DateFilter | None = on("The first day.")
    ends_on: DateFilter | None = on("The last day.")
    parent_id: IDFilter | None = on("The cycle that it lies in.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class CycleOrderField(StrEnum):
    """What cycles are ordered by."""

    STARTS_ON = "starts_on"
    ENDS_ON = "ends_on"
    NAME = "name"
    LEVEL = "level"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    CycleOrderField,
    "What cycles are ordered by.",
    {
        "STARTS_ON": "By first day.",
        "ENDS_ON": "By last day.",
        "NAME": "By name.",
        "LEVEL": "By planning horizon, strategic first.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of cycles.")
class CycleOrder:
    """Order of cycles."""

    field: CycleOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
