"""Light rows of reviews; see ``domain.rows``."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.models import Review, ReviewDecision, ReviewSchedule
from domain.queries.listing import Source
from domain.review.kinds import ReviewCadence, ReviewKind


class ReviewScheduleRow(NamedTuple):
    """A review that is held again and again."""

    id: UUID
    name: str
    kind: ReviewKind
    team_id: UUID | None
    portfolio_id: UUID | None
    owner_id: UUID | None
    cadence: ReviewCadence
    first_due_on: date
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ReviewRow(NamedTuple):
    """A review that was held."""

    id: UUID
    kind: ReviewKind
    team_id: UUID | None
    portfolio_id: UUID | None
    schedule_id: UUID | None
    due_on: date | None
    cycle_id: UUID | None
    held_on: date
    notes: str
    recorded_by_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class ReviewDecisionRow(NamedTuple):
    """What was decided in a review."""

    id: UUID
    review_id: UUID
    objective_id: UUID | None
    key_result_id: UUID | None
    kpi_id: UUID | None
    initiative_id: UUID | None
    topic: str | None
    decision: str
    reason: str
    recorded_by_id: UUID
    created_at: datetime


REVIEW_SCHEDULES = Source(ReviewSchedule, ReviewScheduleRow)
REVIEWS = Source(Review, ReviewRow)
REVIEW_DECISIONS = Source(ReviewDecision, ReviewDecisionRow)
