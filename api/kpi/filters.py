"""How lists of KPIs are filtered and ordered."""

from enum import StrEnum

import strawberry

from api.descriptions import ORDER_DIRECTION, ORDER_FIELD, WHERE_ARCHIVED_AT
from api.enums import described
from api.filters import (
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
from api.kpi.enums import Cadence, KpiKind, KpiLevel, KpiStatus, KpiTargetType, KpiTiming, TrendKind
from api.listing import OrderDirection


@strawberry.input(description="Which KPIs to return; everything that is given must hold.")
class KpiWhere:
    """Filter of KPIs."""

    and_: list["KpiWhere"] | None = all_of()
    or_: list["KpiWhere"] | None = any_of()
    not_: "KpiWhere | None" = none_of()
    id: IDFilter | None = on("The KPI itself.")
    team_id: IDFilter | None = on("The team.")
    owner_id: IDFilter | None = on("Who looks after it.")
    category_id: IDFilter | None = on("The bucket that pays for the process.")
    name: StringFilter | None = on("The name.")
    process: StringFilter | None = on("The process.")
    unit: StringFilter | None = on("The unit.")
    metric: StringFilter | None = on("What it measures.")
    target_type: EnumFilter[KpiTargetType] | None = on("What its value is to do.")
    cadence: EnumFilter[Cadence] | None = on("How often it is measured.")
    timing: EnumFilter[KpiTiming] | None = on("Leading or lagging.")
    kind: EnumFilter[KpiKind] | None = on("Input or outcome.")
    status: EnumFilter[KpiStatus] | None = on("How the process is now.")
    level: EnumFilter[KpiLevel] | None = on("What the last measured value means, however old it is.")
    trend: EnumFilter[TrendKind] | None = on("Where it moves.")
    last_value: FloatFilter | None = on("The newest measured value, in its unit.")
    last_measured_at: DateTimeFilter | None = on("When it was measured last.")
    measurement_count: IntFilter | None = on("How many measurements count.")
    stale_at: DateTimeFilter | None = on("When it is stale without a further measurement.")
    created_at: DateTimeFilter | None = on("When it was created.")
    updated_at: DateTimeFilter | None = on("When it was last changed.")
    archived_at: DateTimeFilter | None = on(WHERE_ARCHIVED_AT)


class KpiOrderField(StrEnum):
    """What KPIs are ordered by."""

    NAME = "name"
    PROCESS = "process"
    STATUS = "status"
    LEVEL = "level"
    TREND = "trend"
    LAST_MEASURED_AT = "last_measured_at"
    STALE_AT = "stale_at"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


described(
    KpiOrderField,
    "What KPIs are ordered by.",
    {
        "NAME": "By name.",
        "PROCESS": "By process.",
        "STATUS": "By status: healthy, amber, red, stale, unknown.",
        "LEVEL": "By what the last measured value means, healthy first.",
        "TREND": "By trend: improving, steady, worsening.",
        "LAST_MEASURED_AT": "By when they were measured last.",
        "STALE_AT": "By when they are stale without a further measurement.",
        "CREATED_AT": "By when they were created.",
        "UPDATED_AT": "By when they were last changed.",
    },
)


@strawberry.input(description="One wish for the order of KPIs.")
class KpiOrder:
    """Order of KPIs."""

    field: KpiOrderField = strawberry.field(description=ORDER_FIELD)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=ORDER_DIRECTION)
