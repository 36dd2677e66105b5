"""Dependencies between initiatives of one portfolio."""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import DependencyKind
from domain.models.base import Entity, enum_type, tenant_key
from domain.models.initiative import initiative_reference


class Dependency(Entity, table=True):
    """predecessor → successor; hard ones form a directed acyclic graph (held under the portfolio's lock)."""

    __tablename__ = "dependency"
    __table_args__ = (
        tenant_key(),
        initiative_reference("predecessor_id"),
        initiative_reference("successor_id"),
        sa.UniqueConstraint("organisation_id", "predecessor_id", "successor_id", "kind"),
        sa.CheckConstraint("predecessor_id <> successor_id", name="two_ends"),
        sa.CheckConstraint("lag_weeks BETWEEN -520 AND 520", name="lag_range"),
        sa.CheckConstraint(
            "kind NOT IN ('relates_to','duplicates') OR (NOT hard AND lag_weeks = 0)",
            name="relations_never_constrain",
        ),
        sa.Index("ix_dependency_portfolio_id", "organisation_id", "portfolio_id"),
        sa.Index("ix_dependency_successor_id", "organisation_id", "successor_id"),
    )

    portfolio_id: UUID
    predecessor_id: UUID
    successor_id: UUID
    kind: DependencyKind = Field(sa_type=enum_type(DependencyKind))
    hard: bool
    lag_weeks: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
