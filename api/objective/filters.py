"""How lists of objectives are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import Ambition, described
from api.filters import (
    DateFilter,
    DateTimeFilter,
    EnumFilter,
    FloatFilter,
    IDFilter,
    StringFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from api.listing import OrderDirection


@strawberry.input(description="Which objectives to return; everything that is given must hold.")
class ObjectiveWhere:
    """Filter of objectives."""

    and_: list["ObjectiveWhere"] | None = all_of()
    or_: list["ObjectiveWhere"] | None = any_of()
    not_: "ObjectiveWhere | None" = none_of()
    id: IDFilter | None = on("The objective itself.")
    cycle_id: IDFilter | None = on("The cycle.")
    team_id: IDFilter | None = on("The owning team.")
    parent_id: IDFilter | None = on("The objective that it serves.")
    title: StringFilter | None = on("The title.")
    description: StringFilter | None = on("The description.")
    ambition: EnumFilter[Ambition] | None = on("Whether it is committed or aspirational.")
    closed_at: DateTimeFilter | None = on("When it was closed; null while it is open.")
    carried_over_from_id: IDFilter | None = on("The objective of an earlier cycle that it goes on from.")
    reviewed_on: DateFilter | None = on("The day of the latest confidence review.")
    weight: FloatFilter | None = on("The weight.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class ObjectiveOrderField(StrEnum):
    """What objectives are ordered by."""

    TITLE = "title"
    AMBITION = "ambition"
    WEIGHT = "weight"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    ObjectiveOrderField,
    "What objectives are ordered by.",
    {
        "TITLE": "By title.",
        "AMBITION": "By ambition, committed first.",
        "WEIGHT": "By weight.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of objectives.")
class ObjectiveOrder:
    """Order of objectives."""

    field: ObjectiveOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
