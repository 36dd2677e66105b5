"""Light rows of how capacity is split, of bookings and of alerts about drift."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from prioritisation.allocation_limits import AllocationMode


class AllocationPolicyVersionRow(NamedTuple):
    """One immutable version of a portfolio's policy, without its shares."""

    id: UUID
    portfolio_id: UUID
    number: int
    effective_from: date
    reason: str
    published_by_id: UUID
    created_at: datetime


class AllocationPolicyShareRow(NamedTuple):
    """A category's share in a version, of every team or of one."""

    policy_version_id: UUID
    position: int
    team_id: UUID | None
    category_id: UUID
    share: float
    mode: AllocationMode


class BookingRow(NamedTuple):
    """Person-weeks that a team spent on a category, or an initiative, in a week."""

    id: UUID
    team_id: UUID
    category_id: UUID
    initiative_id: UUID | None
    week: date
    person_weeks: float
    note: str
    booked_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


class DriftAlertRow(NamedTuple):
    """Step-change work gets less than planned."""

    id: UUID
    portfolio_id: UUID
    team_id: UUID | None
    opened_at: datetime
    week: date
    weeks: int
    planned_share: float
    actual_share: float
    tolerance: float
    acknowledged_at: datetime | None
    acknowledged_by_id: UUID | None
    acknowledged_note: str
    closed_at: datetime | None
    closed_by_id: UUID | None
    closed_note: str
    recovered_at: datetime | None
    recovered_week: date | None
    version: int
    created_at: datetime
    updated_at: datetime
