"""How lists of initiatives are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.enums import InitiativeState, described
from api.filters import (
    BooleanFilter,
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


@strawberry.input(description="Which initiatives to return; everything that is given must hold.")
class InitiativeWhere:
    """Filter of initiatives."""

    and_: list["InitiativeWhere"] | None = all_of()
    or_: list["InitiativeWhere"] | None = any_of()
    not_: "InitiativeWhere | None" = none_of()
    id: IDFilter | None = on("The initiative itself.")
    external_id: StringFilter | None = on("What another system calls it.")
    title: StringFilter | None = on("Its title.")
    state: EnumFilter[InitiativeState] | None = on("Where it is in its life cycle.")
    category_id: IDFilter | None = on("Its allocation category.")
    team_id: IDFilter | None = on("The team that is responsible.")
    owner_id: IDFilter | None = on("Who answers for it.")
    sponsor_id: IDFilter | None = on("Who wants it.")
    duration_weeks_likely: FloatFilter | None = on("Its likely duration, in weeks.")
    earliest_start: DateFilter | None = on("The first day on which it can begin.")
    deadline: DateFilter | None = on("The last day on which it is on time.")
    mandatory: BooleanFilter | None = on("Whether it has to be done.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on("When it was archived; needs `includeArchived`.")


class InitiativeOrderField(StrEnum):
    """What initiatives are ordered by."""

    TITLE = "title"
    EXTERNAL_ID = "external_id"
    STATE = "state"
    DURATION_WEEKS = "duration_weeks_likely"
    EARLIEST_START = "earliest_start"
    DEADLINE = "deadline"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    InitiativeOrderField,
    "What initiatives are ordered by.",
    {
        "TITLE": "By title.",
        "EXTERNAL_ID": "By what another system calls them.",
        "STATE": "By the name of the state.",
        "DURATION_WEEKS": "By likely duration.",
        "EARLIEST_START": "By the first day on which they can begin.",
        "DEADLINE": "By deadline.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of initiatives.")
class InitiativeOrder:
    """Order of initiatives."""

    field: InitiativeOrderField = strawberry.field(description="What to order by.")
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.ASC, description="Which way to order."
    )
