"""Light rows about KPIs and breaches; field names are those of the columns, where there is one."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from domain.enums import (
    BreachEnding,
    BreachEventKind,
    Cadence,
    KpiKind,
    KpiLevel,
    KpiStatus,
    KpiTargetType,
    KpiTiming,
    Role,
    TrendKind,
)


class KpiRow(NamedTuple):
    """A KPI, with where it stands by its measurements; ``status`` is that of the moment it was read."""

    id: UUID
    team_id: UUID
    owner_id: UUID | None
    category_id: UUID | None
    name: str
    process: str
    description: str
    unit: str
    metric: str
    target_type: KpiTargetType
    target_low: float | None
    amber_low: float | None
    red_low: float | None
    target_high: float | None
    amber_high: float | None
    red_high: float | None
    cadence: Cadence
    grace_hours: float
    timing: KpiTiming
    kind: KpiKind
    recovery_measurements: int
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    status: KpiStatus
    level: KpiLevel | None
    last_value: float | None
    last_measured_at: datetime | None
    previous_value: float | None
    previous_measured_at: datetime | None
    measurement_count: int
    recent_at: list[datetime]
    recent_values: list[float]
    trend: TrendKind | None
    trend_per_day: float | None
    stale_at: datetime | None


class MeasurementRow(NamedTuple):
    """A value at a time, in one of its revisions."""

    kpi_id: UUID
    measured_at: datetime
    revision: int
    value: float | None
    note: str
    recorded_by_id: UUID
    created_at: datetime
    superseded_at: datetime | None


class EscalationLevelRow(NamedTuple):
    """Who hears of a breach, and after how many hours."""

    kpi_id: UUID
    level: int
    delay_hours: float
    role: Role | None
    member_ids: tuple[UUID, ...]


class BreachRow(NamedTuple):
    """That a KPI crossed a threshold, and what became of it."""

    id: UUID
    kpi_id: UUID
    level: KpiLevel
    worst_level: KpiLevel
    crossing_value: float
    crossed_at: datetime
    opened_at: datetime
    escalation_level: int
    escalates_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by_id: UUID | None
    cause: str
    corrective_action: str
    initiative_id: UUID | None
    restored_at: datetime | None
    restored_by_id: UUID | None
    restored_reason: str | None
    ending: BreachEnding | None
    version: int
    created_at: datetime
    updated_at: datetime


class BreachEventRow(NamedTuple):
    """Something that happened to a breach."""

    breach_id: UUID
    number: int
    kind: BreachEventKind
    occurred_at: datetime
    created_at: datetime
    level: KpiLevel | None
    value: float | None
    escalation_level: int | None
    notified_role: Role | None
    notified_ids: list[UUID]
    member_id: UUID | None
    note: str


class KpiPromotionRow(NamedTuple):
    """That a KPI became a key result."""

    id: UUID
    kpi_id: UUID
    key_result_id: UUID
    start_value: float
    reason: str
    promoted_by_id: UUID
    promoted_at: datetime
    ended_at: datetime | None
    ended_reason: str | None


class KpiStandardRaiseRow(NamedTuple):
    """That what a key result has reached became a KPI's standard."""

    id: UUID
    kpi_id: UUID
    key_result_id: UUID
    old_target_low: float | None
    old_target_high: float | None
    new_target_low: float | None
    new_target_high: float | None
    achieved: bool
    reason: str
    raised_by_id: UUID
    raised_at: datetime


class CounterMetricRow(NamedTuple):
    """A KPI that is watched while another KPI or a key result is pushed."""

    id: UUID
    kpi_id: UUID | None
    key_result_id: UUID | None
    counter_kpi_id: UUID
    reason: str
    created_at: datetime
