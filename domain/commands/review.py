"""Commands about reviews."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from domain.commands.base import Command, Name, Reason, Text, Title, UpdateCommand
from domain.review.kinds import ReviewCadence, ReviewKind

MOST_PARTICIPANTS = 100
MOST_DECISIONS = 200
"""Of one review, those that are added later included."""


def _once_each(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) < len(ids):
        raise ValueError("must name each of them once")
    return ids


Participants = Annotated[list[UUID], Field(max_length=MOST_PARTICIPANTS), AfterValidator(_once_each)]


class ReviewScheduleCreate(Command):
    """A review for the calendar; of the organisation if of neither a team nor a portfolio."""

    id: UUID | None = None
    name: Name
    kind: ReviewKind
    team_id: UUID | None = None
    portfolio_id: UUID | None = None
    owner_id: UUID | None = None
    cadence: ReviewCadence
    first_due_on: date


class ReviewScheduleUpdate(UpdateCommand):
    """Changes to a review of the calendar; days that were settled stay settled."""

    name: Name = Field(default="")
    owner_id: UUID | None = None
    cadence: ReviewCadence = Field(default=ReviewCadence.MONTHLY)
    first_due_on: date = Field(default=date.min)


class ReviewDecisionItem(Command):
    """What was decided, and why: about one of these, or about a topic in words."""

    objective_id: UUID | None = None
    key_result_id: UUID | None = None
    kpi_id: UUID | None = None
    initiative_id: UUID | None = None
    topic: Title | None = None
    decision: Reason
    reason: Reason


class ReviewCreate(Command):
    """A review that was held; one of the calendar has its kind and subject."""

    id: UUID | None = None
    schedule_id: UUID | None = None
    due_on: date | None = None
    kind: ReviewKind
    team_id: UUID | None = None
    portfolio_id: UUID | None = None
    cycle_id: UUID | None = None
    held_on: date | None = None
    notes: Text = ""
    participant_ids: Participants = Field(default_factory=list)
    decisions: Annotated[list[ReviewDecisionItem], Field(max_length=MOST_DECISIONS)] = Field(
        default_factory=list
    )


class ReviewUpdate(UpdateCommand):
    """Changes to what is noted about a review; a list of participants replaces the one before."""

    notes: Text = Field(default="")
    participant_ids: Participants = Field(default_factory=list)


class ReviewDecisionAdd(ReviewDecisionItem):
    """A further decision of a review."""

    review_id: UUID
    idempotency_key: Name | None = None
