"""Light rows of what capacity is computed from."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID


class TeamPersonRow(NamedTuple):
    """Somebody who works in a team."""

    id: UUID
    team_id: UUID
    member_id: UUID | None
    name: str
    fte: float
    joins_on: date | None
    leaves_on: date | None
    ramp_up_weeks: float
    ramp_up_share: float
    ramp_down_weeks: float
    ramp_down_share: float
    skills: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class LeaveRow(NamedTuple):
    """Days off of a person, a team, or of everybody."""

    id: UUID
    person_id: UUID | None
    team_id: UUID | None
    name: str
    starts_on: date
    ends_on: date
    share: float
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class TeamFocusRow(NamedTuple):
    """The share of a team's time that planned work gets."""

    id: UUID
    team_id: UUID
    cycle_id: UUID | None
    share: float
    created_at: datetime
    updated_at: datetime


class StatedCapacityRow(NamedTuple):
    """Person-weeks that stand instead of computed ones."""

    id: UUID
    team_id: UUID
    skill: str
    cycle_id: UUID | None
    starts_on: date | None
    ends_on: date | None
    person_weeks: float
    note: str
    created_at: datetime
    updated_at: datetime


class CapacitySettingRow(NamedTuple):
    """When the organisation works, and when drift is worth an alert."""

    working_weekdays: list[str]
    hours_per_day: float
    drift_tolerance: float
    drift_periods: int
    version: int
