"""Commands about KPIs, their measurements and what they are linked to."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from domain.commands.base import Command, Figure, Name, Note, Reason, Text, Title, UpdateCommand, Weight
from domain.commands.objective import Unit
from domain.enums import Cadence, KpiKind, KpiTargetType, KpiTiming, Role, StandardBasis

MOST_ESCALATION_LEVELS = 10
MOST_ESCALATION_MEMBERS = 20
LONGEST_HOURS = 8_784
"""A leap year."""

Process = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]
Hours = Annotated[float, Field(ge=0, le=LONGEST_HOURS, allow_inf_nan=False)]
Run = Annotated[int, Field(ge=1, le=10)]
OptionalReason = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=4_000, pattern=r"^[^\x00]*$")
]


class KpiCreate(Command):
    """A new KPI; limits that its target type has no use for stay None.

    An amber threshold that is left out is the target itself; grace and recovery that are left out follow from
    the cadence.
    """

    id: UUID | None = None
    team_id: UUID
    owner_id: UUID | None = None
    category_id: UUID | None = None
    name: Name
    process: Process = ""
    description: Text = ""
    unit: Unit = ""
    metric: Process = ""
    target_type: KpiTargetType
    target_low: Figure | None = None
    amber_low: Figure | None = None
    red_low: Figure | None = None
    target_high: Figure | None = None
    amber_high: Figure | None = None
    red_high: Figure | None = None
    cadence: Cadence
    grace_hours: Hours | None = None
    timing: KpiTiming = KpiTiming.LAGGING
    kind: KpiKind = KpiKind.OUTCOME
    recovery_measurements: Run | None = None


class KpiUpdate(UpdateCommand):
    """Changes to a KPI; null takes a limit, the owner or the category away, and gives grace and recovery
    back to their defaults."""

    team_id: UUID = Field(default=UUID(int=0))
    owner_id: UUID | None = None
    category_id: UUID | None = None
    name: Name = Field(default="")
    process: Process = Field(default="")
    description: Text = Field(default="")
    unit: Unit = Field(default="")
    metric: Process = Field(default="")
    target_type: KpiTargetType = Field(default=KpiTargetType.STAY_ABOVE)
    target_low: Figure | None = None
    amber_low: Figure | None = None
    red_low: Figure | None = None
    target_high: Figure | None = None
    amber_high: Figure | None = None
    red_high: Figure | None = None
    cadence: Cadence = Field(default=Cadence.WEEKLY)
    grace_hours: Hours | None = None
    timing: KpiTiming = Field(default=KpiTiming.LAGGING)
    kind: KpiKind = Field(default=KpiKind.OUTCOME)
    recovery_measurements: Run | None = None


class MeasurementAdd(Command):
    """A measurement; at this moment unless a time is given."""

    kpi_id: UUID
    value: Figure
    measured_at: AwareDatetime | None = None
    note: Note = ""


class MeasurementCorrect(Command):
    """A measurement as it should have been; without a value, that there was none."""

    kpi_id: UUID
    measured_at: AwareDatetime
    value: Figure | None
    reason: Annotated[Reason, Field(max_length=2_000)]
    expected_revision: int | None = None


def _once_each(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("must name each member once")
    return ids


class EscalationStep(Command):
    """Who hears of a breach when nobody has acknowledged it so many hours after it was opened."""

    delay_hours: Hours
    role: Role | None = None
    member_ids: Annotated[
        list[UUID], Field(max_length=MOST_ESCALATION_MEMBERS), AfterValidator(_once_each)
    ] = Field(default_factory=list)


class EscalationPathSet(Command):
    """The whole way that breaches of a KPI escalate, in the place of the one before."""

    kpi_id: UUID
    levels: Annotated[list[EscalationStep], Field(max_length=MOST_ESCALATION_LEVELS)]


class BreachAcknowledge(Command):
    """Somebody takes a breach on; it does not escalate further."""

    id: UUID
    expected_version: int | None = None
    note: OptionalReason = ""


class BreachUpdate(UpdateCommand):
    """What a breach comes from and what is done about it; null takes the initiative away."""

    cause: OptionalReason = Field(default="")
    corrective_action: OptionalReason = Field(default="")
    initiative_id: UUID | None = None


class BreachRestore(Command):
    """The process is restored, though no measurement says so yet."""

    id: UUID
    expected_version: int | None = None
    reason: Reason


class KpiPromote(Command):
    """A KPI becomes a key result of an objective, because its level is to improve and not just to hold."""

    kpi_id: UUID
    objective_id: UUID
    key_result_id: UUID | None = None
    owner_id: UUID | None = None
    title: Title | None = None
    start_from: StandardBasis = StandardBasis.CURRENT
    target_value: Figure
    due_on: date
    weight: Weight = 1.0
    reason: OptionalReason = ""


class KpiPromotionEnd(Command):
    """A KPI's measurements are no longer check-ins of the key result that it became."""

    kpi_id: UUID
    reason: Reason


class KpiStandardRaise(Command):
    """What a key result has reached becomes the KPI's standard.

    Thresholds that are left out keep their distance to the target. Only with a reason where the key result
    has not reached its target.
    """

    kpi_id: UUID
    key_result_id: UUID
    expected_version: int | None = None
    target_low: Figure | None = None
    amber_low: Figure | None = None
    red_low: Figure | None = None
    target_high: Figure | None = None
    amber_high: Figure | None = None
    red_high: Figure | None = None
    reason: OptionalReason = ""


class KpiObjectiveLink(Command):
    """That a KPI stands behind an objective."""

    kpi_id: UUID
    objective_id: UUID


class KpiKeyResultLink(Command):
    """That a KPI and a key result measure the same."""

    kpi_id: UUID
    key_result_id: UUID


class CounterMetricLink(Command):
    """A KPI that is watched while another KPI, or a key result, is pushed; exactly one of the two."""

    kpi_id: UUID | None = None
    key_result_id: UUID | None = None
    counter_kpi_id: UUID
    reason: Note = ""
