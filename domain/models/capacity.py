"""What a team's capacity is computed from: people, leave, focus; and figures that are stated instead."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.models.base import Entity, TenantRow, not_blank, tenant_key, tenant_reference
from domain.periods import Weekday

_WEEKDAYS = ",".join(f"'{day.value}'" for day in Weekday)


def _share(column: str, *, above_zero: bool = False) -> sa.CheckConstraint:
    """CHECK that a figure is a share, which also keeps NaN out."""
    return sa.CheckConstraint(
        f"{column} {'>' if above_zero else '>='} 0 AND {column} <= 1", name=f"{column}_range"
    )


class TeamPerson(Entity, table=True):
    """Somebody who works in a team, with how much, from when to when, and what she can do.

    Ramps are linear: a joiner begins with ``ramp_up_share`` and does all of it after ``ramp_up_weeks``; a
    leaver does less for the last ``ramp_down_weeks``, down to ``ramp_down_share`` on the last day.
    """

    __tablename__ = "team_person"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("member", ["member_id"]),
        not_blank("name"),
        _share("fte"),
        _share("ramp_up_share"),
        _share("ramp_down_share"),
        sa.CheckConstraint("ramp_up_weeks >= 0 AND ramp_up_weeks <= 260", name="ramp_up_weeks_range"),
        sa.CheckConstraint("ramp_down_weeks >= 0 AND ramp_down_weeks <= 260", name="ramp_down_weeks_range"),
        sa.CheckConstraint("ramp_up_weeks = 0 OR joins_on IS NOT NULL", name="ramp_up_has_day"),
        sa.CheckConstraint("ramp_down_weeks = 0 OR leaves_on IS NOT NULL", name="ramp_down_has_day"),
        sa.CheckConstraint("joins_on <= leaves_on", name="days_in_order"),
        sa.CheckConstraint("cardinality(skills) <= 20", name="skills_bounded"),
        sa.Index("ix_team_person_team_id", "organisation_id", "team_id"),
    )

    team_id: UUID
    member_id: UUID | None = None
    name: str = Field(max_length=200)
    fte: float
    joins_on: date | None = None
    leaves_on: date | None = None
    ramp_up_weeks: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    ramp_up_share: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    ramp_down_weeks: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    ramp_down_share: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    skills: list[str] = Field(
        default_factory=list,
        sa_type=postgresql.ARRAY(sa.String(100)),
        sa_column_kwargs={"server_default": sa.text("'{}'::varchar[]")},
    )


class Leave(Entity, table=True):
    """Days off: of a person, of a whole team, or, with neither, of the whole organisation."""

    __tablename__ = "leave"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team_person", ["person_id"]),
        tenant_reference("team", ["team_id"]),
        sa.CheckConstraint("person_id IS NULL OR team_id IS NULL", name="one_subject"),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        _share("share", above_zero=True),
        sa.Index("ix_leave_starts_on", "organisation_id", "starts_on"),
        sa.Index("ix_leave_person_id", "organisation_id", "person_id"),
        sa.Index("ix_leave_team_id", "organisation_id", "team_id"),
    )

    person_id: UUID | None = None
    team_id: UUID | None = None
    name: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": ""})
    starts_on: date
    ends_on: date
    share: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})


class TeamFocus(TenantRow, table=True):
    """The share of a team's time that planned work gets: in a cycle, or wherever nothing else is said."""

    __tablename__ = "team_focus"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("cycle", ["cycle_id"]),
        sa.UniqueConstraint("organisation_id", "team_id", "cycle_id", postgresql_nulls_not_distinct=True),
        _share("share", above_zero=True),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    team_id: UUID
    cycle_id: UUID | None = None
    share: float
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class StatedCapacity(TenantRow, table=True):
    """Person-weeks of a team, or of one of its skills, in a cycle or between two days: instead of computed ones."""

    __tablename__ = "stated_capacity"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("cycle", ["cycle_id"]),
        sa.UniqueConstraint(
            "organisation_id",
            "team_id",
            "skill",
            "cycle_id",
            "starts_on",
            name="uq_stated_capacity_place",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "(cycle_id IS NULL) = (starts_on IS NOT NULL) AND (starts_on IS NULL) = (ends_on IS NULL)",
            name="cycle_or_days",
        ),
        sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),
        sa.CheckConstraint("person_weeks >= 0 AND person_weeks <= 1000000", name="person_weeks_range"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    team_id: UUID
    skill: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": ""})
    cycle_id: UUID | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    person_weeks: float
    note: str = Field(default="", max_length=2000, sa_column_kwargs={"server_default": ""})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class CapacitySetting(TenantRow, table=True):
    """When the organisation works, and when a drift away from the planned split is worth an alert."""

    __tablename__ = "capacity_setting"
    __table_args__ = (
        tenant_key(),
        sa.CheckConstraint(
            f"working_weekdays <@ ARRAY[{_WEEKDAYS}]::varchar[] AND cardinality(working_weekdays) BETWEEN 1 AND 7",
            name="working_weekdays_known",
        ),
        sa.CheckConstraint("hours_per_day > 0 AND hours_per_day <= 24", name="hours_per_day_range"),
        _share("drift_tolerance"),
        sa.CheckConstraint("drift_periods BETWEEN 1 AND 26", name="drift_periods_range"),
    )

    working_weekdays: list[str] = Field(sa_type=postgresql.ARRAY(sa.String))
    hours_per_day: float
    drift_tolerance: float
    drift_periods: int
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
