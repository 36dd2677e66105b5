"""How lists of scenarios are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import described
from api.filters import (
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
from api.scenario.enums import ScenarioState, ScenarioVisibility


@strawberry.input(description="Which scenarios to return; everything that is given must hold.")
class ScenarioWhere:
    """Filter of scenarios."""

    and_: list["ScenarioWhere"] | None = all_of()
    or_: list["ScenarioWhere"] | None = any_of()
    not_: "ScenarioWhere | None" = none_of()
    id: IDFilter | None = on("The scenario itself.")
    cycle_id: IDFilter | None = on("The cycle.")
    owner_id: IDFilter | None = on("Whose it is.")
    name: StringFilter | None = on("The name.")
    visibility: EnumFilter[ScenarioVisibility] | None = on("Who sees it.")
    state: EnumFilter[ScenarioState] | None = on("Whether it is decided.")
    base_taken_at: DateTimeFilter | None = on("When its base was taken.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class ScenarioOrderField(StrEnum):
    """What scenarios are ordered by."""

    NAME = "name"
    STATE = "state"
    BASE_TAKEN_AT = "base_taken_at"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    ScenarioOrderField,
    "What scenarios are ordered by.",
    {
        "NAME": "By name.",
        "STATE": "By state, drafts first.",
        "BASE_TAKEN_AT": "By when their bases were taken.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of scenarios.")
class ScenarioOrder:
    """Order of scenarios."""

    field: ScenarioOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
