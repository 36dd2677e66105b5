"""How lists of API tokens are filtered and ordered."""

from datetime import UTC, datetime
from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD
from api.enums import described
from api.filters import BooleanFilter, DateTimeFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which API tokens to return; everything that is given must hold.")
class ApiTokenWhere:
    """Filter of API tokens."""

    and_: list["ApiTokenWhere"] | None = all_of()
    or_: list["ApiTokenWhere"] | None = any_of()
    not_: "ApiTokenWhere | None" = none_of()
    id: IDFilter | None = on("The token itself.")
    member_id: IDFilter | None = on("The member that it stands for.")
    name: StringFilter | None = on("What it is for.")
    prefix: StringFilter | None = on("What its secret begins with.")
    local_development: BooleanFilter | None = on("Whether a server made it for its own machine.")
    created_at: DateTimeFilter | None = on("When it was created.")
    expires_at: DateTimeFilter | None = on("From when on it is not accepted.")
    revoked_at: DateTimeFilter | None = on("When it was revoked; needs `includeEnded`.")


class ApiTokenOrderField(StrEnum):
    """What API tokens are ordered by."""

    NAME = "name"
    CREATED_AT = "created_at"
    EXPIRES_AT = "expires_at"


described(
    ApiTokenOrderField,
    "What API tokens are ordered by.",
    {
        "NAME": "By name.",
        "CREATED_AT": "By when they were created.",
        "EXPIRES_AT": "By when they expire; those that never do come last.",
    },
)


@strawberry.input(description="One wish for the order of API tokens.")
class ApiTokenOrder:
    """Order of API tokens."""

    field: ApiTokenOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)


def not_ended(where: ApiTokenWhere | None) -> ApiTokenWhere:
    """The filter, restricted to tokens that are neither revoked nor expired at this moment."""
    unending = ApiTokenWhere(expires_at=DateTimeFilter(is_null=True))
    later = ApiTokenWhere(expires_at=DateTimeFilter(gt=datetime.now(UTC)))
    in_force = ApiTokenWhere(revoked_at=DateTimeFilter(is_null=True), or_=[unending, later])
    return ApiTokenWhere(and_=[in_force, where] if where else [in_force])
