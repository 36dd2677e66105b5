"""How lists of breaches are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD
from api.enums import described
from api.filters import (
    DateTimeFilter,
    EnumFilter,
    IDFilter,
    IntFilter,
    StringFilter,
    all_of,
    any_of,
    none_of,
    on,
)
from api.kpi.enums import BreachEnding, KpiLevel
from api.listing import OrderDirection


@strawberry.input(description="Which breaches to return; everything that is given must hold.")
class BreachWhere:
    """Filter of breaches."""

    and_: list["BreachWhere"] | None = all_of()
    or_: list["BreachWhere"] | None = any_of()
    not_: "BreachWhere | None" = none_of()
    id: IDFilter | None = on("The breach itself.")
    kpi_id: IDFilter | None = on("The KPI.")
    initiative_id: IDFilter | None = on("The initiative that mends it.")
    acknowledged_by_id: IDFilter | None = on("Who took it on.")
    level: EnumFilter[KpiLevel] | None = on("Where the KPI is now, or was when the breach ended.")
    worst_level: EnumFilter[KpiLevel] | None = on("The worst level that it has been at.")
    escalation_level: IntFilter | None = on("The level of the escalation path that it has reached.")
    escalates_at: DateTimeFilter | None = on("When the next level is due.")
    crossed_at: DateTimeFilter | None = on("When the crossing value was measured.")
    opened_at: DateTimeFilter | None = on("When it became known.")
    acknowledged_at: DateTimeFilter | None = on("When somebody took it on.")
    restored_at: DateTimeFilter | None = on("When it ended; has no value while it is open.")
    ending: EnumFilter[BreachEnding] | None = on("How it ended.")
    cause: StringFilter | None = on("What it comes from.")


class BreachOrderField(StrEnum):
    """What breaches are ordered by."""

    OPENED_AT = "opened_at"
    CROSSED_AT = "crossed_at"
    ESCALATES_AT = "escalates_at"
    WORST_LEVEL = "worst_level"
    RESTORED_AT = "restored_at"


described(
    BreachOrderField,
    "What breaches are ordered by.",
    {
        "OPENED_AT": "By when they became known.",
        "CROSSED_AT": "By when the crossing value was measured.",
        "ESCALATES_AT": "By when the next level is due.",
        "WORST_LEVEL": "By the worst level that they have been at, amber first.",
        "RESTORED_AT": "By when they ended.",
    },
)


@strawberry.input(description="One wish for the order of breaches.")
class BreachOrder:
    """Order of breaches."""

    field: BreachOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
