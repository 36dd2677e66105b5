"""Planning cycles."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import CycleLevel
from domain.models.base import Entity, enum_type, not_blank, tenant_key, tenant_reference


class Cycle(Entity, table=True):
    """A span of time for which objectives are set; both dates belong to it."""

    __tablename__ = "cycle"
    __table_args__ = (
        tenant_key(),
        tenant_reference("cycle", ["parent_id"]),
        sa.Index("uq_cycle_name", "organisation_id", sa.text("lower(name)"), unique=True),
        sa.CheckConstraint("starts_on <= ends_on", name="dates_in_order"),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    level: CycleLevel = Field(sa_type=enum_type(CycleLevel))
    starts_on: date
    ends_on: date
    parent_id: UUID | None = None
