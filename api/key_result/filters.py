"""How lists of key results are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import KeyResultDirection, KeyResultKind, described
from api.filters import (
    DateFilter,
    DateTimeFilter,
    EnumFilter,
    FloatFilter,
    IDFilter,
    IntFilter,
    StringFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from api.listing import OrderDirection


@strawberry.input(description="Which key results to return; everything that is given must hold.")
class KeyResultWhere:
    """Filter of key results."""

    and_: list["KeyResultWhere"] | None = all_of()
    or_: list["KeyResultWhere"] | None = any_of()
    not_: "KeyResultWhere | None" = none_of()
    id: IDFilter | None = on("The key result itself.")
    objective_id: IDFilter | None = on("The objective.")
    owner_id: IDFilter | None = on("The owner.")
    title: StringFilter | None = on("The title.")
    unit: StringFilter | None = on("The unit.")
    direction: EnumFilter[KeyResultDirection] | None = on("Which way the value has to move.")
    kind: EnumFilter[KeyResultKind] | None = on("Outcome or activity.")
    start_value: FloatFilter | None = on("The start value, in its unit.")
    target_value: FloatFilter | None = on("The target, in its unit.")
    current_value: FloatFilter | None = on("The current value, in its unit.")
    checked_in_at: DateTimeFilter | None = on("The time that the latest check-in is of.")
    confidence: IntFilter | None = on("The confidence that was stated last, 0 to 10.")
    due_on: DateFilter | None = on("The day it is due.")
    weight: FloatFilter | None = on("The weight within its objective.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class KeyResultOrderField(StrEnum):
    """What key results are ordered by."""

    TITLE = "title"
    DUE_ON = "due_on"
    WEIGHT = "weight"
    CURRENT_VALUE = "current_value"
    CHECKED_IN_AT = "checked_in_at"
    CONFIDENCE = "confidence"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    KeyResultOrderField,
    "What key results are ordered by.",
    {
        "TITLE": "By title.",
        "DUE_ON": "By due date.",
        "WEIGHT": "By weight.",
        "CURRENT_VALUE": "By current value, whatever the unit.",
        "CHECKED_IN_AT": "By the time that the latest check-in is of.",
        "CONFIDENCE": "By the confidence that was stated last.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of key results.")
class KeyResultOrder:
    """Order of key results."""

    field: KeyResultOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
