"""Inputs of the mutations about KPIs."""

from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.kpi.enums import Cadence, KpiKind, KpiTargetType, KpiTiming

IDS = {
    "id": "Kpi",
    "team_id": "Team",
    "owner_id": "Member",
    "category_id": "AllocationCategory",
}

_TEAM = "The team in use whose process it is."
_OWNER = "The member in office who looks after it."
_CATEGORY = "The lights-on bucket in use that pays for the process."
_NAME = "What is measured; 1 to 200 characters, unique in its team whatever the case."
_PROCESS = "The process whose health it shows; at most 200 characters."
_DESCRIPTION = "More about it; at most 200,000 characters."
_UNIT = "The unit of its values, such as % or days; at most 60 characters."
_METRIC = (
    "What it measures, as key results of the same metric are titled; at most 200 characters. The name stands for it"
    " where it is empty."
)
_TARGET_TYPE = "What its value is to do."
_TARGET_LOW = (
    "The standard from below, in its unit, within ±10¹⁵; for what is to stay above, within, or increase"
)
_AMBER_LOW = "Below it the value is amber; at most `targetLow`"
_RED_LOW = "Below it the value is red; below `amberLow`"
_TARGET_HIGH = (
    "The standard from above, in its unit, within ±10¹⁵; for what is to stay below, within, or decrease"
)
_AMBER_HIGH = "Above it the value is amber; at least `targetHigh`"
_RED_HIGH = "Above it the value is red; above `amberHigh`"
_CADENCE = "How often it is measured and reviewed."
_GRACE = "Hours that a measurement may be late before the KPI is stale, 0 to 8,784"
_GRACE_DEFAULT = "12 for daily KPIs, 48 weekly, 168 monthly, 336 quarterly"
_TIMING = "Leading or lagging"
_KIND = "Input or outcome"
_RECOVERY = "Healthy measurements in a row that end a breach, 1 to 10"
_RECOVERY_DEFAULT = "2 for daily and weekly KPIs, else 1"
_AS_TARGET = "the target if left out, so that it is amber as soon as it misses that"


@strawberry.input(
    description="A new KPI. Which limits it has follows from its target type; no others are given."
)
class KpiCreateInput:
    """Becomes ``KpiCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    team_id: strawberry.ID = strawberry.field(description=_TEAM)
    owner_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_OWNER)
    category_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_CATEGORY)
    name: str = strawberry.field(description=_NAME)
    process: str | None = strawberry.field(default=strawberry.UNSET, description=_PROCESS)
    description: str | None = strawberry.field(default=strawberry.UNSET, description=_DESCRIPTION)
    unit: str | None = strawberry.field(default=strawberry.UNSET, description=_UNIT)
    metric: str | None = strawberry.field(default=strawberry.UNSET, description=_METRIC)
    target_type: KpiTargetType = strawberry.field(description=_TARGET_TYPE)
    target_low: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_TARGET_LOW}.")
    amber_low: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_AMBER_LOW}; {_AS_TARGET}."
    )
    red_low: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_RED_LOW}.")
    target_high: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_TARGET_HIGH}.")
    amber_high: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_AMBER_HIGH}; {_AS_TARGET}."
    )
    red_high: float | None = strawberry.field(default=strawberry.UNSET, description=f"{_RED_HIGH}.")
    cadence: Cadence = strawberry.field(description=_CADENCE)
    grace_hours: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_GRACE}; if left out {_GRACE_DEFAULT}."
    )
    timing: KpiTiming = strawberry.field(default=KpiTiming.LAGGING, description=f"{_TIMING}.")
    kind: KpiKind = strawberry.field(default=KpiKind.OUTCOME, description=f"{_KIND}.")
    recovery_measurements: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_RECOVERY}; if left out {_RECOVERY_DEFAULT}."
    )


@strawberry.input(
    description="Changes to a KPI; what is left out stays as it is. With another target type the limits that it has no"
    " use for have to be taken away."
)
class KpiUpdateInput:
    """Becomes ``KpiUpdate``."""

    id: strawberry.ID = strawberry.field(description="The KPI.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    team_id: strawberry.Maybe[strawberry.ID] = strawberry.field(description=_TEAM)
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_OWNER} Null for nobody."
    )
    category_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description=f"{_CATEGORY} Null for none."
    )
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    process: strawberry.Maybe[str] = strawberry.field(description=_PROCESS)
    description: strawberry.Maybe[str] = strawberry.field(description=_DESCRIPTION)
    unit: strawberry.Maybe[str] = strawberry.field(description=_UNIT)
    metric: strawberry.Maybe[str] = strawberry.field(description=_METRIC)
    target_type: strawberry.Maybe[KpiTargetType] = strawberry.field(description=_TARGET_TYPE)
    target_low: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_TARGET_LOW}. Null takes it away."
    )
    amber_low: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_AMBER_LOW}. Null: as the target."
    )
    red_low: strawberry.Maybe[float | None] = strawberry.field(description=f"{_RED_LOW}. Null takes it away.")
    target_high: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_TARGET_HIGH}. Null takes it away."
    )
    amber_high: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_AMBER_HIGH}. Null: as the target."
    )
    red_high: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_RED_HIGH}. Null takes it away."
    )
    cadence: strawberry.Maybe[Cadence] = strawberry.field(description=_CADENCE)
    grace_hours: strawberry.Maybe[float | None] = strawberry.field(
        description=f"{_GRACE}. Null: {_GRACE_DEFAULT}."
    )
    timing: strawberry.Maybe[KpiTiming] = strawberry.field(description=f"{_TIMING}.")
    kind: strawberry.Maybe[KpiKind] = strawberry.field(description=f"{_KIND}.")
    recovery_measurements: strawberry.Maybe[int | None] = strawberry.field(
        description=f"{_RECOVERY}. Null: {_RECOVERY_DEFAULT}."
    )
