"""Light rows of what is said about objectives and key results; see ``domain.rows``."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from domain.enums import BenefitMeasure, CheckInSource


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


class BenefitRow(NamedTuple):
    """What an initiative is to bring, in money or in the unit of a key result or a KPI."""

    id: UUID
    portfolio_id: UUID
    initiative_id: UUID
    title: str
    description: str
    measure: BenefitMeasure
    currency: str | None
    key_result_id: UUID | None
    kpi_id: UUID | None
    owner_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class BenefitPlanRow(NamedTuple):
    """How much of a benefit is planned to come on a day."""

    benefit_id: UUID
    due_on: date
    amount: float


class BenefitRealisationRow(NamedTuple):
    """How much of a benefit has come on a day."""

    id: UUID
    benefit_id: UUID
    realised_on: date
    amount: float
    note: str
    recorded_by_id: UUID
    corrects_id: UUID | None
    reason: str | None
    created_at: datetime
