"""How lists of allocation categories are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import WorkKind, described
from api.filters import DateTimeFilter, EnumFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which allocation categories to return; everything that is given must hold.")
class CategoryWhere:
    """Filter of allocation categories."""

    and_: list["CategoryWhere"] | None = all_of()
    or_: list["CategoryWhere"] | None = any_of()
    not_: "CategoryWhere | None" = none_of()
    id: IDFilter | None = on("The category itself.")
    name: StringFilter | None = on("The name.")
    description: StringFilter | None = on("What belongs to it.")
    kind: EnumFilter[WorkKind] | None = on("The kind of work.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class CategoryOrderField(StrEnum):
    """What allocation categories are ordered by."""

    NAME = "name"
    KIND = "kind"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    CategoryOrderField,
    "What allocation categories are ordered by.",
    {
        "NAME": "By name.",
        "KIND": "By kind of work, lights-on first.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of allocation categories.")
class CategoryOrder:
    """Order of allocation categories."""

    field: CategoryOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
