"""How lists of drift alerts are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD
from api.enums import described
from api.filters import DateFilter, DateTimeFilter, FloatFilter, IDFilter, all_of, any_of, none_of, on
from api.listing import OrderDirection


@strawberry.input(description="Which drift alerts to return; everything that is given must hold.")
class DriftAlertWhere:
    """Filter of drift alerts."""

    and_: list["DriftAlertWhere"] | None = all_of()
    or_: list["DriftAlertWhere"] | None = any_of()
    not_: "DriftAlertWhere | None" = none_of()
    id: IDFilter | None = on("The alert itself.")
    portfolio_id: IDFilter | None = on("Whose policy is not kept.")
    team_id: IDFilter | None = on("The team that it is about; no value: the portfolio as a whole.")
    opened_at: DateTimeFilter | None = on("When it was opened.")
    week: DateFilter | None = on("The Monday of the week that gave rise to it.")
    actual_share: FloatFilter | None = on("The share that step-change work got, 0 to 1.")
    acknowledged_at: DateTimeFilter | None = on("When somebody said to have seen it.")
    closed_at: DateTimeFilter | None = on("When it was closed; no value: it is not.")
    recovered_at: DateTimeFilter | None = on("When the share had recovered; no value: it has not.")


class DriftAlertOrderField(StrEnum):
    """What drift alerts are ordered by."""

    OPENED_AT = "opened_at"
    WEEK = "week"
    ACTUAL_SHARE = "actual_share"


described(
    DriftAlertOrderField,
    "What drift alerts are ordered by.",
    {
        "OPENED_AT": "By when they were opened.",
        "WEEK": "By the week that gave rise to them.",
        "ACTUAL_SHARE": "By the share that step-change work got.",
    },
)


@strawberry.input(description="One wish for the order of drift alerts.")
class DriftAlertOrder:
    """Order of drift alerts."""

    field: DriftAlertOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
