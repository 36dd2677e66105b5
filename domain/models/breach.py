"""Breaches of KPIs, what happened to them, and the way that they escalate."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.enums import BreachEnding, BreachEventKind, KpiLevel, Role
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference
from domain.models.kpi import kpi_reference


class EscalationLevel(TenantRow, table=True):
    """Who hears of a KPI's breach when nobody has acknowledged it so many hours after it was opened."""

    __tablename__ = "escalation_level"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        sa.CheckConstraint("level BETWEEN 1 AND 10", name="level_range"),
        sa.CheckConstraint("delay_hours BETWEEN 0 AND 8784", name="delay_range"),
    )

    kpi_id: UUID = Field(primary_key=True)
    level: int = Field(primary_key=True)
    delay_hours: float
    role: Role | None = Field(default=None, sa_type=enum_type(Role), nullable=True)


class EscalationMember(TenantRow, table=True):
    """A person of an escalation level."""

    __tablename__ = "escalation_member"
    __table_args__ = (
        tenant_key(),
        tenant_reference(
            "escalation_level", ["kpi_id", "level"], referred=("kpi_id", "level"), ondelete="CASCADE"
        ),
        tenant_reference("member", ["member_id"]),
    )

    kpi_id: UUID = Field(primary_key=True)
    level: int = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)


class Breach(Entity, table=True):
    """That a KPI crossed a threshold; open until the KPI has recovered or somebody ends it with a reason.

    ``crossed_at`` is when the value was measured, ``opened_at`` when the breach became known, from which the
    delays of its escalation count. ``level`` is where it is now, ``worst_level`` the worst that it has been.
    """

    __tablename__ = "breach"
    __table_args__ = (
        tenant_key(),
        kpi_reference(),
        tenant_reference("member", ["acknowledged_by_id"]),
        tenant_reference("member", ["restored_by_id"]),
        tenant_reference("initiative", ["initiative_id"]),
        bounded("crossing_value"),
        sa.CheckConstraint("worst_level <> 'healthy'", name="worst_level_unhealthy"),
        sa.CheckConstraint("escalation_level BETWEEN 0 AND 10", name="escalation_level_range"),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledgement_complete"
        ),
        sa.CheckConstraint("(restored_at IS NULL) = (ending IS NULL)", name="ending_complete"),
        sa.CheckConstraint(
            "ending IS DISTINCT FROM 'by_hand' OR (restored_by_id IS NOT NULL AND restored_reason IS NOT NULL)",
            name="ending_by_hand_complete",
        ),
        not_blank("restored_reason"),
        sa.Index(
            "uq_breach_kpi_id",
            "organisation_id",
            "kpi_id",
            unique=True,
            postgresql_where=sa.text("restored_at IS NULL"),
        ),
        sa.Index("ix_breach_kpi_id", "organisation_id", "kpi_id", "opened_at", "id"),
        sa.Index("ix_breach_opened_at", "organisation_id", "opened_at", "id"),
        sa.Index("ix_breach_initiative_id", "organisation_id", "initiative_id"),
        sa.Index(
            "ix_breach_escalates_at",
            "organisation_id",
            "escalates_at",
            postgresql_where=sa.text("restored_at IS NULL AND acknowledged_at IS NULL"),
        ),
    )

    kpi_id: UUID
    level: KpiLevel = Field(sa_type=enum_type(KpiLevel))
    worst_level: KpiLevel = Field(sa_type=enum_type(KpiLevel, name="worst_level"))
    crossing_value: float
    crossed_at: datetime
    opened_at: datetime
    escalation_level: int = 0
    escalates_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by_id: UUID | None = None
    cause: str = Field(default="", max_length=4_000, sa_column_kwargs={"server_default": ""})
    corrective_action: str = Field(default="", max_length=4_000, sa_column_kwargs={"server_default": ""})
    initiative_id: UUID | None = None
    restored_at: datetime | None = None
    restored_by_id: UUID | None = None
    restored_reason: str | None = Field(default=None, max_length=4_000)
    ending: BreachEnding | None = Field(default=None, sa_type=enum_type(BreachEnding), nullable=True)


class BreachEvent(TenantRow, table=True):
    """Something that happened to a breach; inserted and never rewritten.

    ``occurred_at`` is the true time, which may lie before ``created_at`` when the server was down then.
    """

    __tablename__ = "breach_event"
    __table_args__ = (
        tenant_key(),
        tenant_reference("breach", ["breach_id"], ondelete="CASCADE"),
        tenant_reference("member", ["member_id"]),
        sa.CheckConstraint("number > 0", name="number_positive"),
        bounded("value"),
        sa.CheckConstraint(
            "(kind = 'escalated') = (escalation_level IS NOT NULL)", name="escalation_has_level"
        ),
        sa.Index(
            "uq_breach_event_escalation_level",
            "organisation_id",
            "breach_id",
            "escalation_level",
            unique=True,
            postgresql_where=sa.text("escalation_level IS NOT NULL"),
        ),
    )

    breach_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: BreachEventKind = Field(sa_type=enum_type(BreachEventKind))
    occurred_at: datetime
    level: KpiLevel | None = Field(default=None, sa_type=enum_type(KpiLevel), nullable=True)
    value: float | None = None
    escalation_level: int | None = None
    notified_role: Role | None = Field(
        default=None, sa_type=enum_type(Role, name="notified_role"), nullable=True
    )
    notified_ids: list[UUID] = Field(
        default_factory=list, sa_type=postgresql.ARRAY(sa.Uuid()), sa_column_kwargs={"server_default": "{}"}
    )
    member_id: UUID | None = None
    note: str = Field(default="", max_length=4_000, sa_column_kwargs={"server_default": ""})
