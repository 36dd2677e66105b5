"""Benefits of initiatives: what is planned to come, and what has come."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import BenefitMeasure
from domain.models.base import (
    Entity,
    TenantRow,
    bounded,
    enum_type,
    not_blank,
    tenant_key,
    tenant_reference,
)
from domain.models.initiative import initiative_reference


class Benefit(Entity, table=True):
    """What an initiative is to bring; amounts are minor units of its currency, or its key result's or KPI's unit."""

    __tablename__ = "benefit"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("key_result", ["key_result_id"]),
        tenant_reference("kpi", ["kpi_id"]),
        tenant_reference("member", ["owner_id"]),
        sa.CheckConstraint(
            "(measure = 'money') = (currency IS NOT NULL)"
            " AND (measure = 'key_result') = (key_result_id IS NOT NULL)"
            " AND (measure = 'kpi') = (kpi_id IS NOT NULL)",
            name="measured_in_one_unit",
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        not_blank("title"),
        sa.Index("ix_benefit_initiative_id", "organisation_id", "initiative_id", "created_at", "id"),
        sa.Index("ix_benefit_key_result_id", "organisation_id", "key_result_id"),
        sa.Index("ix_benefit_kpi_id", "organisation_id", "kpi_id"),
    )

    portfolio_id: UUID
    initiative_id: UUID
    title: str = Field(max_length=500)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    measure: BenefitMeasure = Field(sa_type=enum_type(BenefitMeasure))
    currency: str | None = Field(default=None, max_length=3)
    key_result_id: UUID | None = None
    kpi_id: UUID | None = None
    owner_id: UUID | None = None


class BenefitPlan(TenantRow, table=True):
    """How much of a benefit is planned to come on a day; amounts of several days add up."""

    __tablename__ = "benefit_plan"
    __table_args__ = (
        tenant_key(),
        tenant_reference("benefit", ["benefit_id"], ondelete="CASCADE"),
        bounded("amount"),
    )

    benefit_id: UUID = Field(primary_key=True)
    due_on: date = Field(primary_key=True)
    amount: float


class BenefitRealisation(TenantRow, table=True):
    """How much of a benefit has come on a day; never changed, only corrected by a later entry."""

    __tablename__ = "benefit_realisation"
    __table_args__ = (
        tenant_key(),
        tenant_reference("benefit", ["benefit_id"], ondelete="CASCADE"),
        tenant_reference("benefit_realisation", ["corrects_id"]),
        tenant_reference("member", ["recorded_by_id"]),
        bounded("amount"),
        sa.CheckConstraint("(corrects_id IS NULL) = (reason IS NULL)", name="correction_reasoned"),
        not_blank("reason"),
        sa.Index("ix_benefit_realisation_benefit_id", "organisation_id", "benefit_id", "realised_on", "id"),
        sa.Index(
            "uq_benefit_realisation_corrects_id",
            "organisation_id",
            "corrects_id",
            unique=True,
            postgresql_where=sa.text("corrects_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    benefit_id: UUID
    realised_on: date
    amount: float
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    recorded_by_id: UUID
    corrects_id: UUID | None = None
    reason: str | None = Field(default=None, max_length=4000)
