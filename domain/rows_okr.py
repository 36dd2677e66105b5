"""Light rows of what is said about objectives and key results; see ``domain.rows``."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.enums import CheckInSource


class CheckInRow(NamedTuple):
    """Where a key result stood at a time."""

    id: UUID
    key_result_id: UUID
    value: float
    confidence: int | None
    note: str
    at: datetime
    source: CheckInSource
    made_by_id: UUID | None
    corrects_id: UUID | None
    reason: str | None
    created_at: datetime


class ConfidenceReviewRow(NamedTuple):
    """How sure a review was of an objective."""

    id: UUID
    objective_id: UUID
    confidence: int
    note: str
    reviewed_on: date
    recorded_by_id: UUID
    created_at: datetime
