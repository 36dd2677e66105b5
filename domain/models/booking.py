"""Time that teams have booked."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import TenantRow, tenant_key, tenant_reference


class Booking(TenantRow, table=True):
    """Person-weeks that a team spent on a category in a week (its Monday), or on one initiative of it."""

    __tablename__ = "booking"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("allocation_category", ["category_id"]),
        tenant_reference("initiative", ["initiative_id"]),
        tenant_reference("member", ["booked_by_id"]),
        sa.UniqueConstraint(
            "organisation_id",
            "team_id",
            "week",
            "category_id",
            "initiative_id",
            name="uq_booking_place",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("extract(isodow FROM week) = 1", name="week_begins_on_monday"),
        sa.CheckConstraint("person_weeks >= 0 AND person_weeks <= 1000000", name="person_weeks_range"),
        sa.Index("ix_booking_week", "organisation_id", "week"),
        sa.Index(
            "ix_booking_initiative_id",
            "organisation_id",
            "initiative_id",
            postgresql_where=sa.text("initiative_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    team_id: UUID
    category_id: UUID
    initiative_id: UUID | None = None
    week: date
    person_weeks: float
    note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    booked_by_id: UUID
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
