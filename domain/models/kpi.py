"""KPIs: what they measure, where they stand, their measurements, and what they are linked to."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.enums import Cadence, KpiKind, KpiLevel, KpiTargetType, KpiTiming, TrendKind
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference

# a comparison with NULL is not false, so it has to be said
_LOW = "(red_low < amber_low AND amber_low <= target_low) IS TRUE"
_HIGH = "(target_high <= amber_high AND amber_high < red_high) IS TRUE"
_NO_LOW = "target_low IS NULL AND amber_low IS NULL AND red_low IS NULL"
_NO_HIGH = "target_high IS NULL AND amber_high IS NULL AND red_high IS NULL"


def kpi_reference(*, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """The KPI that a row belongs to."""
    return tenant_reference("kpi", ["kpi_id"], ondelete=ondelete)


class Kpi(Entity, table=True):
    """Health of an ongoing process against a standard.

    Low limits guard what must not fall, high limits what must not rise; a range has both. At or better than
    the amber limit is healthy, at or better than the red limit is amber, beyond it is red.
    """

    __tablename__ = "kpi"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("member", ["owner_id"]),
        tenant_reference("allocation_category", ["category_id"]),
        *(bounded(f"{limit}_{side}") for limit in ("target", "amber", "red") for side in ("low", "high")),
        sa.CheckConstraint(
            "CASE WHEN target_type IN ('stay_above', 'increase_to') THEN"
            f" {_LOW} AND {_NO_HIGH}"
            " WHEN target_type IN ('stay_below', 'decrease_to') THEN"
            f" {_HIGH} AND {_NO_LOW}"
            f" ELSE {_LOW} AND {_HIGH} AND target_low < target_high END",
            name="limits_follow_target_type",
        ),
        sa.CheckConstraint("grace_hours BETWEEN 0 AND 8784", name="grace_range"),
        sa.CheckConstraint("recovery_measurements BETWEEN 1 AND 10", name="recovery_range"),
        not_blank("name"),
        sa.Index("uq_kpi_name", "organisation_id", "team_id", sa.text("lower(name)"), unique=True),
    )

    team_id: UUID
    owner_id: UUID | None = None
    category_id: UUID | None = None
    name: str = Field(max_length=200)
    process: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    unit: str = Field(max_length=60)
    metric: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    target_type: KpiTargetType = Field(sa_type=enum_type(KpiTargetType))
    target_low: float | None = None
    amber_low: float | None = None
    red_low: float | None = None
    target_high: float | None = None
    amber_high: float | None = None
    red_high: float | None = None
    cadence: Cadence = Field(sa_type=enum_type(Cadence))
    grace_hours: float
    timing: KpiTiming = Field(sa_type=enum_type(KpiTiming))
    kind: KpiKind = Field(sa_type=enum_type(KpiKind))
    recovery_measurements: int


class KpiState(TenantRow, table=True):
    """Where a KPI stands by its measurements, so that nobody has to read the series for it.

    ``recent_at`` and ``recent_values`` are the newest measurements that count, the oldest of them first.
    ``armed`` is whether a crossing opens a breach, ``healthy_run`` how many of the newest are healthy in a
    row, ``stale_noted_at`` when the present staleness was noticed.
    """

    __tablename__ = "kpi_state"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        sa.CheckConstraint("measurement_count >= 0", name="count_range"),
        sa.CheckConstraint("healthy_run >= 0", name="run_range"),
        sa.CheckConstraint(
            "(last_value IS NULL) = (last_measured_at IS NULL) AND (last_value IS NULL) = (level IS NULL)"
            " AND (last_value IS NULL) = (stale_at IS NULL)",
            name="last_complete",
        ),
        sa.Index(
            "ix_kpi_state_stale_at",
            "organisation_id",
            "stale_at",
            postgresql_where=sa.text("stale_noted_at IS NULL"),
        ),
    )

    kpi_id: UUID = Field(primary_key=True)
    level: KpiLevel | None = Field(default=None, sa_type=enum_type(KpiLevel), nullable=True)
    last_value: float | None = None
    last_measured_at: datetime | None = None
    previous_value: float | None = None
    previous_measured_at: datetime | None = None
    measurement_count: int = 0
    recent_at: list[datetime] = Field(
        default_factory=list,
        sa_type=postgresql.ARRAY(sa.DateTime(timezone=True)),
        sa_column_kwargs={"server_default": "{}"},
    )
    recent_values: list[float] = Field(
        default_factory=list,
        sa_type=postgresql.ARRAY(sa.Double()),
        sa_column_kwargs={"server_default": "{}"},
    )
    trend: TrendKind | None = Field(default=None, sa_type=enum_type(TrendKind, name="trend"), nullable=True)
    trend_per_day: float | None = None
    healthy_run: int = 0
    armed: bool = True
    stale_at: datetime | None = None
    stale_noted_at: datetime | None = None


class Measurement(TenantRow, table=True):
    """A value at a time. A correction is a further revision of the same time; the old value stays.

    A revision without a value says that there was no measurement at that time after all. Nothing but
    ``superseded_at`` is ever written on a row.
    """

    __tablename__ = "measurement"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("member", ["recorded_by_id"]),
        bounded("value"),
        sa.CheckConstraint("revision > 0 AND (revision > 1 OR value IS NOT NULL)", name="revision_range"),
    )

    kpi_id: UUID = Field(primary_key=True)
    measured_at: datetime = Field(primary_key=True)
    revision: int = Field(default=1, primary_key=True)
    value: float | None = None
    note: str = Field(default="", max_length=2_000, sa_column_kwargs={"server_default": ""})
    recorded_by_id: UUID
    superseded_at: datetime | None = None


class KpiObjective(TenantRow, table=True):
    """That a KPI stands behind an objective."""

    __tablename__ = "kpi_objective"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("objective", ["objective_id"], ondelete="CASCADE"),
        sa.Index("ix_kpi_objective_objective_id", "organisation_id", "objective_id"),
    )

    kpi_id: UUID = Field(primary_key=True)
    objective_id: UUID = Field(primary_key=True)


class KpiKeyResult(TenantRow, table=True):
    """That a KPI and a key result measure one and the same metric, as somebody has declared."""

    __tablename__ = "kpi_key_result"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("key_result", ["key_result_id"], ondelete="CASCADE"),
        sa.Index("ix_kpi_key_result_key_result_id", "organisation_id", "key_result_id"),
    )

    kpi_id: UUID = Field(primary_key=True)
    key_result_id: UUID = Field(primary_key=True)


class CounterMetric(TenantRow, table=True):
    """A KPI that is watched while another KPI, or a key result, is pushed: quality beside quantity."""

    __tablename__ = "counter_metric"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("key_result", ["key_result_id"], ondelete="CASCADE"),
        tenant_reference("kpi", ["counter_kpi_id"], ondelete="CASCADE"),
        sa.CheckConstraint("(kpi_id IS NULL) <> (key_result_id IS NULL)", name="one_subject"),
        sa.CheckConstraint("kpi_id <> counter_kpi_id", name="not_its_own_counter"),
        sa.UniqueConstraint("organisation_id", "kpi_id", "counter_kpi_id"),
        sa.UniqueConstraint("organisation_id", "key_result_id", "counter_kpi_id"),
        sa.Index("ix_counter_metric_counter_kpi_id", "organisation_id", "counter_kpi_id"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    kpi_id: UUID | None = None
    key_result_id: UUID | None = None
    counter_kpi_id: UUID
    reason: str = Field(default="", max_length=2_000, sa_column_kwargs={"server_default": ""})


class KpiPromotion(TenantRow, table=True):
    """That a KPI became a key result, because its level has to improve and not just to hold.

    While it is open, the KPI's measurements are check-ins of the key result.
    """

    __tablename__ = "kpi_promotion"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("key_result", ["key_result_id"], ondelete="CASCADE"),
        tenant_reference("member", ["promoted_by_id"]),
        bounded("start_value"),
        sa.UniqueConstraint("organisation_id", "key_result_id"),
        sa.Index(
            "uq_kpi_promotion_kpi_id",
            "organisation_id",
            "kpi_id",
            unique=True,
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_kpi_promotion_kpi_id", "organisation_id", "kpi_id", "promoted_at"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    kpi_id: UUID
    key_result_id: UUID
    start_value: float
    reason: str = Field(default="", max_length=4_000, sa_column_kwargs={"server_default": ""})
    promoted_by_id: UUID
    promoted_at: datetime
    ended_at: datetime | None = None
    ended_reason: str | None = Field(default=None, max_length=4_000)


class KpiStandardRaise(TenantRow, table=True):
    """That the level which a key result has reached became the KPI's new standard."""

    __tablename__ = "kpi_standard_raise"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("key_result", ["key_result_id"], ondelete="CASCADE"),
        tenant_reference("member", ["raised_by_id"]),
        sa.Index("ix_kpi_standard_raise_kpi_id", "organisation_id", "kpi_id", "raised_at"),
        sa.Index("ix_kpi_standard_raise_key_result_id", "organisation_id", "key_result_id"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    kpi_id: UUID
    key_result_id: UUID
    old_target_low: float | None = None
    old_target_high: float | None = None
    new_target_low: float | None = None
    new_target_high: float | None = None
    achieved: bool
    reason: str = Field(default="", max_length=4_000, sa_column_kwargs={"server_default": ""})
    raised_by_id: UUID
    raised_at: datetime
