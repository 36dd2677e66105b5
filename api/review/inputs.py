"""Inputs of the mutations about reviews."""

from datetime import date
from uuid import UUID

import strawberry

from api.descriptions import CLIENT_ID, EXPECTED_VERSION
from api.review.enums import ReviewCadence, ReviewKind
from domain.commands.review import MOST_DECISIONS, MOST_PARTICIPANTS

_NAME = "1 to 200 characters, unique in the organisation."
_FIRST = "The first day on which it is due; the others are counted from it."
_TEAM = "The team that it is about; not together with a portfolio. With neither it is about the organisation."
_PORTFOLIO = "The portfolio that it is about; not for a readiness review."
_PARTICIPANTS = f"Who took part: each once, at most {MOST_PARTICIPANTS}"


@strawberry.input(description="A review for the calendar.")
class ReviewScheduleCreateInput:
    """Becomes ``ReviewScheduleCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    name: str = strawberry.field(description=_NAME)
    kind: ReviewKind = strawberry.field(description="What it looks at.")
    team_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_TEAM)
    portfolio_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_PORTFOLIO)
    owner_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Who sees to it that it is held."
    )
    cadence: ReviewCadence = strawberry.field(description="How often it is due.")
    first_due_on: date = strawberry.field(description=_FIRST)


@strawberry.input(
    description="Changes to a review of the calendar; what is left out stays as it is. Days that were settled stay so."
)
class ReviewScheduleUpdateInput:
    """Becomes ``ReviewScheduleUpdate``."""

    id: strawberry.ID = strawberry.field(description="The review of the calendar.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    name: strawberry.Maybe[str] = strawberry.field(description=_NAME)
    owner_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="Who sees to it that it is held; null for nobody."
    )
    cadence: strawberry.Maybe[ReviewCadence] = strawberry.field(description="How often it is due.")
    first_due_on: strawberry.Maybe[date] = strawberry.field(description=_FIRST)


@strawberry.input(
    description="What was decided, and why: about exactly one objective, key result, KPI or initiative, or about a"
    " topic in words."
)
class ReviewDecisionInput:
    """Becomes ``ReviewDecisionItem``."""

    objective_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The objective that it is about."
    )
    key_result_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The key result that it is about."
    )
    kpi_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The KPI that it is about."
    )
    initiative_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The initiative that it is about."
    )
    topic: str | None = strawberry.field(
        default=strawberry.UNSET, description="What it is about, in words; 1 to 500 characters."
    )
    decision: str = strawberry.field(description="What was decided; 1 to 4,000 characters.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")


@strawberry.input(
    description="A review that was held: of the calendar (`scheduleId`), or of a team, a portfolio or the organisation."
)
class ReviewCreateInput:
    """Becomes ``ReviewCreate``."""

    id: UUID | None = strawberry.field(default=strawberry.UNSET, description=CLIENT_ID)
    schedule_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The review of the calendar that it was; then its subject is the one there.",
    )
    due_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The day of the calendar that it settles, with all before; by default the latest that was due when"
        " it was held, else the next one.",
    )
    kind: ReviewKind = strawberry.field(description="What it looked at; of the calendar the same as there.")
    team_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_TEAM)
    portfolio_id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_PORTFOLIO)
    cycle_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The cycle that a readiness review was before."
    )
    held_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The day on which it was held; today (UTC) if left out, never later.",
    )
    notes: str | None = strawberry.field(
        default=strawberry.UNSET, description="What was noted; at most 200,000 characters."
    )
    participant_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description=f"{_PARTICIPANTS}."
    )
    decisions: list[ReviewDecisionInput] | None = strawberry.field(
        default=strawberry.UNSET, description=f"What was decided, at most {MOST_DECISIONS}."
    )


@strawberry.input(description="Changes to what is noted about a review; what is left out stays as it is.")
class ReviewUpdateInput:
    """Becomes ``ReviewUpdate``."""

    id: strawberry.ID = strawberry.field(description="The review.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    notes: strawberry.Maybe[str] = strawberry.field(description="What was noted; at most 200,000 characters.")
    participant_ids: strawberry.Maybe[list[strawberry.ID]] = strawberry.field(
        description=f"{_PARTICIPANTS}; they replace those before."
    )


@strawberry.input(
    description="A further decision of a review: about exactly one objective, key result, KPI or initiative, or about a"
    " topic in words."
)
class ReviewDecisionAddInput(ReviewDecisionInput):
    """Becomes ``ReviewDecisionAdd``."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    idempotency_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="1 to 200 characters of the client's choice: repeating the mutation with it decides nothing new.",
    )
