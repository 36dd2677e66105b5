"""Portfolios and the allocation categories that their initiatives draw on."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import WorkKind
from domain.models.base import Entity, enum_type, not_blank, tenant_key, tenant_reference


class AllocationCategory(Entity, table=True):
    """A bucket of capacity: lights-on, step-change, planning or unplanned work."""

    __tablename__ = "allocation_category"
    __table_args__ = (
        tenant_key(),
        sa.Index("uq_allocation_category_name", "organisation_id", sa.text("lower(name)"), unique=True),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    kind: WorkKind = Field(sa_type=enum_type(WorkKind))


class Portfolio(Entity, table=True):
    """A set of initiatives that are ranked against each other."""

    __tablename__ = "portfolio"
    __table_args__ = (
        tenant_key(),
        tenant_reference("scoring_model", ["default_scoring_model_id"]),
        sa.Index("uq_portfolio_name", "organisation_id", sa.text("lower(name)"), unique=True),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    default_scoring_model_id: UUID | None = None
