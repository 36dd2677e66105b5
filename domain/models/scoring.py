"""Criteria with fixed scales, versioned scoring models, and people's scores."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.enums import CriterionDirection, CriterionRole, CriterionSource, MissingPolicy, ScoringMethod
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference
from domain.models.initiative import initiative_reference


class Criterion(Entity, table=True):
    """What initiatives are scored on; scale and direction are fixed, so that a score keeps its meaning."""

    __tablename__ = "criterion"
    __table_args__ = (
        tenant_key(),
        sa.UniqueConstraint("organisation_id", "key"),
        sa.CheckConstraint("key ~ '^[a-z][a-z0-9_]*$'", name="key_form"),
        sa.CheckConstraint("scale_min < scale_max", name="scale_in_order"),
        bounded("scale_min"),
        bounded("scale_max"),
        not_blank("name"),
    )

    key: str = Field(max_length=60)
    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    direction: CriterionDirection = Field(sa_type=enum_type(CriterionDirection))
    source: CriterionSource = Field(
        default=CriterionSource.SCORE,
        sa_type=enum_type(CriterionSource),
        sa_column_kwargs={"server_default": "score"},
    )
    scale_min: float
    scale_max: float
    anchors: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'[]'::jsonb")},
    )


class ScoringModel(Entity, table=True):
    """A named way to score; what it consists of is in its versions."""

    __tablename__ = "scoring_model"
    __table_args__ = (
        tenant_key(),
        sa.Index("uq_scoring_model_name", "organisation_id", sa.text("lower(name)"), unique=True),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})


class ScoringModelVersion(TenantRow, table=True):
    """One immutable version of a scoring model: method, policy for missing values, criteria with weights."""

    __tablename__ = "scoring_model_version"
    __table_args__ = (
        tenant_key(),
        tenant_reference("scoring_model", ["model_id"], ondelete="CASCADE"),
        tenant_reference("member", ["published_by_id"]),
        sa.UniqueConstraint("organisation_id", "model_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    model_id: UUID
    number: int
    method: ScoringMethod = Field(sa_type=enum_type(ScoringMethod))
    missing_policy: MissingPolicy = Field(sa_type=enum_type(MissingPolicy))
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    published_by_id: UUID | None = None


class ScoringModelCriterion(TenantRow, table=True):
    """A criterion in a model version, with its weight and its place in the formula."""

    __tablename__ = "scoring_model_criterion"
    __table_args__ = (
        tenant_key(),
        tenant_reference("scoring_model_version", ["model_version_id"], ondelete="CASCADE"),
        tenant_reference("criterion", ["criterion_id"]),
        sa.CheckConstraint("weight >= 0 AND weight <= 1000000", name="weight_range"),
        sa.CheckConstraint("position >= 0", name="position_range"),
        sa.Index("ix_scoring_model_criterion_criterion_id", "organisation_id", "criterion_id"),
        sa.Index(
            "uq_scoring_model_criterion_role",
            "organisation_id",
            "model_version_id",
            "role",
            unique=True,
            postgresql_where=sa.text("role <> 'weighted'"),
        ),
    )

    model_version_id: UUID = Field(primary_key=True)
    criterion_id: UUID = Field(primary_key=True)
    role: CriterionRole = Field(sa_type=enum_type(CriterionRole))
    weight: float
    position: int


class Score(TenantRow, table=True):
    """One person's rating of an initiative on a criterion."""

    __tablename__ = "score"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("criterion", ["criterion_id"]),
        tenant_reference("member", ["rater_id"]),
        bounded("value"),
        sa.CheckConstraint("value_low <= value", name="low_in_order"),
        sa.CheckConstraint("value_high >= value", name="high_in_order"),
        bounded("value_low"),
        bounded("value_high"),
        sa.Index("ix_score_portfolio_id", "organisation_id", "portfolio_id"),
        sa.Index("ix_score_criterion_id", "organisation_id", "criterion_id"),
    )

    initiative_id: UUID = Field(primary_key=True)
    criterion_id: UUID = Field(primary_key=True)
    rater_id: UUID = Field(primary_key=True)
    portfolio_id: UUID
    value: float
    value_low: float | None = None
    value_high: float | None = None
    note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
