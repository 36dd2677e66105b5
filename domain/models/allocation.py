"""How capacity is split between categories: versions of a portfolio's allocation policy, and drift away from it."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import TenantRow, enum_type, not_blank, tenant_key, tenant_reference
from prioritisation.allocation_limits import AllocationMode


def _share(column: str) -> sa.CheckConstraint:
    """CHECK that a figure is a share, which also keeps NaN out."""
    return sa.CheckConstraint(f"{column} >= 0 AND {column} <= 1", name=f"{column}_range")


class AllocationPolicyVersion(TenantRow, table=True):
    """One version of a portfolio's allocation policy; from its day on it replaces all that came before it.

    Never changed: how capacity is split has to be traceable.
    """

    __tablename__ = "allocation_policy_version"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("member", ["published_by_id"]),
        sa.UniqueConstraint("organisation_id", "portfolio_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        not_blank("reason"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    number: int
    effective_from: date
    reason: str = Field(max_length=4000)
    published_by_id: UUID


class AllocationPolicyShare(TenantRow, table=True):
    """The share of a category in a policy version: of every team, or of one team instead."""

    __tablename__ = "allocation_policy_share"
    __table_args__ = (
        tenant_key(),
        tenant_reference("allocation_policy_version", ["policy_version_id"], ondelete="CASCADE"),
        tenant_reference("allocation_category", ["category_id"]),
        tenant_reference("team", ["team_id"]),
        sa.UniqueConstraint(
            "organisation_id",
            "policy_version_id",
            "team_id",
            "category_id",
            name="uq_allocation_policy_share_place",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("position >= 0", name="position_range"),
        _share("share"),
    )

    policy_version_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    team_id: UUID | None = None
    category_id: UUID
    share: float
    mode: AllocationMode = Field(sa_type=enum_type(AllocationMode))


class DriftAlert(TenantRow, table=True):
    """Step-change work gets less than planned, in a portfolio or in one team of it.

    Opened once; the next one can only be opened after recovery, whoever has closed this one before.
    """

    __tablename__ = "drift_alert"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("team", ["team_id"]),
        tenant_reference("member", ["acknowledged_by_id"]),
        tenant_reference("member", ["closed_by_id"]),
        sa.Index(
            "uq_drift_alert_armed",
            "organisation_id",
            "portfolio_id",
            "team_id",
            unique=True,
            postgresql_where=sa.text("recovered_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.Index("ix_drift_alert_portfolio_id", "organisation_id", "portfolio_id", "opened_at", "id"),
        _share("planned_share"),
        _share("actual_share"),
        _share("tolerance"),
        sa.CheckConstraint("weeks > 0", name="weeks_positive"),
        sa.CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", name="acknowledgement_complete"
        ),
        sa.CheckConstraint("closed_by_id IS NULL OR closed_at IS NOT NULL", name="closing_complete"),
        sa.CheckConstraint("recovered_at IS NULL OR closed_at IS NOT NULL", name="recovered_is_closed"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    team_id: UUID | None = None
    opened_at: datetime
    week: date
    weeks: int
    planned_share: float
    actual_share: float
    tolerance: float
    acknowledged_at: datetime | None = None
    acknowledged_by_id: UUID | None = None
    acknowledged_note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    closed_at: datetime | None = None
    closed_by_id: UUID | None = None
    closed_note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    recovered_at: datetime | None = None
    recovered_week: date | None = None
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
