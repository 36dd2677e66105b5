"""Inputs of the mutations about what KPIs are linked to."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import EXPECTED_VERSION
from api.kpi.enums import StandardBasis

IDS = {
    "kpi_id": "Kpi",
    "counter_kpi_id": "Kpi",
    "objective_id": "Objective",
    "key_result_id": "KeyResult",
    "owner_id": "Member",
}
_KPI = "The KPI in use."
_LIMIT = "in the KPI's unit; if left out it keeps its distance to the target."


@strawberry.input(description="A KPI that is to improve and not just to hold.")
class KpiPromoteInput:
    """Becomes ``KpiPromote``."""

    kpi_id: strawberry.ID = strawberry.field(description=_KPI)
    objective_id: strawberry.ID = strawberry.field(
        description="The open objective that the key result is evidence of."
    )
    key_result_id: UUID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A UUID of the client's choice for the key result: repeating the mutation with it promotes once.",
    )
    owner_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who looks after the key result; the KPI's owner if left out."
    )
    title: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 500 characters; the KPI's name with start and target if left out.",
    )
    start_from: StandardBasis = strawberry.field(
        default=StandardBasis.CURRENT, description="Where the key result starts."
    )
    target_value: float = strawberry.field(
        description="Where it is to be, in the KPI's unit, within ±10¹⁵; better than the start."
    )
    due_on: date = strawberry.field(description="The day it is due, within the objective's cycle.")
    weight: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="How much it counts in its objective, 0 to 1,000; 1 if left out.",
    )
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why; at most 4,000 characters."
    )


@strawberry.input(description="A KPI whose measurements are no longer to be check-ins.")
class KpiPromotionClearInput:
    """Becomes ``KpiPromotionEnd``."""

    kpi_id: strawberry.ID = strawberry.field(description="The promoted KPI.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")


@strawberry.input(description="A KPI whose standard is to be what a key result has reached.")
class KpiStandardRaiseInput:
    """Becomes ``KpiStandardRaise``."""

    kpi_id: strawberry.ID = strawberry.field(description=_KPI)
    key_result_id: strawberry.ID = strawberry.field(description="The key result that it became.")
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"{EXPECTED_VERSION} Of the KPI."
    )
    target_low: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="The new standard from below, in the KPI's unit; if left out the key result's target where it was"
        " reached, else its current value. A range has to be given.",
    )
    amber_low: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"Below it the value is amber, {_LIMIT}"
    )
    red_low: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"Below it the value is red, {_LIMIT}"
    )
    target_high: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="The new standard from above, in the KPI's unit; if left out as `targetLow`.",
    )
    amber_high: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"Above it the value is amber, {_LIMIT}"
    )
    red_high: float | None = strawberry.field(
        default=strawberry.UNSET, description=f"Above it the value is red, {_LIMIT}"
    )
    reason: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Why, at most 4,000 characters; needed where the key result has not reached its target.",
    )


@strawberry.input(description="A KPI and an objective.")
class KpiObjectiveInput:
    """Becomes ``KpiObjectiveLink``."""

    kpi_id: strawberry.ID = strawberry.field(description="The KPI.")
    objective_id: strawberry.ID = strawberry.field(description="The objective.")


@strawberry.input(description="A KPI and a key result.")
class KpiKeyResultInput:
    """Becomes ``KpiKeyResultLink``."""

    kpi_id: strawberry.ID = strawberry.field(description="The KPI.")
    key_result_id: strawberry.ID = strawberry.field(description="The key result.")


@strawberry.input(description="A KPI that is watched while another KPI, or a key result, is pushed.")
class CounterMetricInput:
    """Becomes ``CounterMetricLink``."""

    kpi_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The KPI that is pushed; either this or `keyResultId`."
    )
    key_result_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The key result that is pushed; either this or `kpiId`."
    )
    counter_kpi_id: strawberry.ID = strawberry.field(description="The KPI that is watched.")
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="What it guards against; at most 2,000 characters."
    )
