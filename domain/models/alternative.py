"""Alternatives: groups of initiatives of which at most one is to be done."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import Entity, TenantRow, not_blank, tenant_key, tenant_reference
from domain.models.initiative import initiative_reference


class AlternativeGroup(Entity, table=True):
    """Initiatives of a portfolio that answer the same need: at most one of them is to be done."""

    __tablename__ = "alternative_group"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        not_blank("name"),
        sa.UniqueConstraint("organisation_id", "portfolio_id", "id"),
        sa.Index(
            "uq_alternative_group_name",
            "organisation_id",
            "portfolio_id",
            sa.text("lower(name)"),
            unique=True,
            postgresql_where=sa.text("archived_at IS NULL"),
        ),
    )

    portfolio_id: UUID
    name: str = Field(max_length=200)


class AlternativeMember(TenantRow, table=True):
    """An initiative in a group of alternatives."""

    __tablename__ = "alternative_member"
    __table_args__ = (
        tenant_key(),
        tenant_reference(
            "alternative_group",
            ["portfolio_id", "group_id"],
            referred=("portfolio_id", "id"),
            ondelete="CASCADE",
        ),
        initiative_reference(),
        sa.Index("ix_alternative_member_initiative_id", "organisation_id", "initiative_id"),
    )

    group_id: UUID = Field(primary_key=True)
    initiative_id: UUID = Field(primary_key=True)
    portfolio_id: UUID
