"""How lists of teams are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.enums import described
from api.filters import DateTimeFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which teams to return; everything that is given must hold.")
class TeamWhere:
    """Filter of teams."""

    and_: list["TeamWhere"] | None = all_of()
    or_: list["TeamWhere"] | None = any_of()
    not_: "TeamWhere | None" = none_of()
    id: IDFilter | None = on("The team itself.")
    name: StringFilter | None = on("Its name.")
    description: StringFilter | None = on("What it is there for.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on("When it was archived; needs `includeArchived`.")


class TeamOrderField(StrEnum):
    """What teams are ordered by."""

    NAME = "name"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    TeamOrderField,
    "What teams are ordered by.",
    {
        "NAME": "By name.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of teams.")
class TeamOrder:
    """Order of teams."""

    field: TeamOrderField = strawberry.field(description="What to order by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way to order."
    )
