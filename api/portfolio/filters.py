"""How lists of portfolios are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import described
from api.filters import DateTimeFilter, IDFilter, StringFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which portfolios to return; everything that is given must hold.")
class PortfolioWhere:
    """Filter of portfolios."""

    and_: list["PortfolioWhere"] | None = all_of()
    or_: list["PortfolioWhere"] | None = any_of()
    not_: "PortfolioWhere | None" = none_of()
    id: IDFilter | None = on("The portfolio itself.")
    name: StringFilter | None = on("The name.")
    description: StringFilter | None = on("What it is about.")
    default_scoring_model_id: IDFilter | None = on(
        "The scoring model that it is ranked by unless another is asked for."
    )
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class PortfolioOrderField(StrEnum):
    """What portfolios are ordered by."""

    NAME = "name"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    PortfolioOrderField,
    "What portfolios are ordered by.",
    {
        "NAME": "By name.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of portfolios.")
class PortfolioOrder:
    """Order of portfolios."""

    field: PortfolioOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
