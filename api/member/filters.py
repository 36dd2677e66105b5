"""How lists of members are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import Role, described
from api.filters import DateTimeFilter, EnumFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which members to return; everything that is given must hold.")
class MemberWhere:
    """Filter of members."""

    and_: list["MemberWhere"] | None = all_of()
    or_: list["MemberWhere"] | None = any_of()
    not_: "MemberWhere | None" = none_of()
    id: IDFilter | None = on("The member itself.")
    email: StringFilter | None = on("The email address.")
    name: StringFilter | None = on("The name.")
    role: EnumFilter[Role] | None = on("The role.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class MemberOrderField(StrEnum):
    """What members are ordered by."""

    NAME = "name"
    EMAIL = "email"
    ROLE = "role"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    MemberOrderField,
    "What members are ordered by.",
    {
        "NAME": "By name.",
        "EMAIL": "By email address.",
        "ROLE": "By role, the viewer first.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of members.")
class MemberOrder:
    """Order of members."""

    field: MemberOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
