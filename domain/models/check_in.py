"""What people and measurements say about key results and objectives: check-ins and confidence reviews."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import CheckInSource
from domain.models.base import TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference


class CheckIn(TenantRow, table=True):
    """Where a key result stood at a time; never changed, only corrected by a later entry that refers to it.

    Somebody's (``made_by_id``), or taken from a measurement of the KPI that it was promoted from.
    """

    __tablename__ = "check_in"
    __table_args__ = (
        tenant_key(),
        tenant_reference("key_result", ["key_result_id"]),
        tenant_reference("check_in", ["corrects_id"]),
        tenant_reference("member", ["made_by_id"]),
        bounded("value"),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence_range"),
        sa.CheckConstraint("(corrects_id IS NULL) = (reason IS NULL)", name="correction_reasoned"),
        sa.CheckConstraint("source <> 'manual' OR made_by_id IS NOT NULL", name="made_by_somebody"),
        not_blank("reason"),
        sa.Index("ix_check_in_key_result_id", "organisation_id", "key_result_id", "at", "id"),
        sa.Index(
            "uq_check_in_corrects_id",
            "organisation_id",
            "corrects_id",
            unique=True,
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    key_result_id: UUID
    value: float
    confidence: int | None = Field(default=None, sa_type=sa.SmallInteger)
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    at: datetime
    source: CheckInSource = Field(sa_type=enum_type(CheckInSource))
    made_by_id: UUID | None = None
    corrects_id: UUID | None = None
    reason: str | None = Field(default=None, max_length=4000)


class ConfidenceReview(TenantRow, table=True):
    """How sure those who reviewed it were that an objective will be reached; never changed."""

    __tablename__ = "confidence_review"
    __table_args__ = (
        tenant_key(),
        tenant_reference("objective", ["objective_id"]),
        tenant_reference("member", ["recorded_by_id"]),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name="confidence_range"),
        sa.Index("ix_confidence_review_objective_id", "organisation_id", "objective_id", "reviewed_on", "id"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    objective_id: UUID
    confidence: int = Field(sa_type=sa.SmallInteger)
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    reviewed_on: date
    recorded_by_id: UUID
