"""Reviews: when they are due, when they were held and by whom, and what was decided in them."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.models.base import Entity, TenantRow, enum_type, not_blank, tenant_key, tenant_reference
from domain.review.kinds import ReviewCadence, ReviewKind

_ONE_SUBJECT = "num_nonnulls(team_id, portfolio_id) <= 1"


class ReviewSchedule(Entity, table=True):
    """A review that is held again and again; of a team, a portfolio, or of the organisation if of neither."""

    __tablename__ = "review_schedule"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("member", ["owner_id"]),
        sa.CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        not_blank("name"),
        sa.Index("uq_review_schedule_name", "organisation_id", sa.text("lower(name)"), unique=True),
    )

    name: str = Field(max_length=200)
    kind: ReviewKind = Field(sa_type=enum_type(ReviewKind))
    team_id: UUID | None = None
    portfolio_id: UUID | None = None
    owner_id: UUID | None = None
    cadence: ReviewCadence = Field(sa_type=enum_type(ReviewCadence))
    first_due_on: date


class Review(Entity, table=True):
    """A review that was held. ``due_on`` is the day of the calendar that it settles, and all before it."""

    __tablename__ = "review"
    __table_args__ = (
        tenant_key(),
        tenant_reference("team", ["team_id"]),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("review_schedule", ["schedule_id"]),
        tenant_reference("cycle", ["cycle_id"]),
        tenant_reference("member", ["recorded_by_id"]),
        sa.CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        sa.CheckConstraint("(schedule_id IS NULL) = (due_on IS NULL)", name="due_on_of_schedule"),
        sa.Index("uq_review_due_on", "organisation_id", "schedule_id", "due_on", unique=True),
        sa.Index("ix_review_held_on", "organisation_id", "held_on", "id"),
    )

    kind: ReviewKind = Field(sa_type=enum_type(ReviewKind))
    team_id: UUID | None = None
    portfolio_id: UUID | None = None
    schedule_id: UUID | None = None
    due_on: date | None = None
    cycle_id: UUID | None = None
    held_on: date
    notes: str = Field(default="", sa_column_kwargs={"server_default": ""})
    recorded_by_id: UUID


class ReviewParticipant(TenantRow, table=True):
    """Somebody who took part in a review."""

    __tablename__ = "review_participant"
    __table_args__ = (
        tenant_key(),
        tenant_reference("review", ["review_id"], ondelete="CASCADE"),
        tenant_reference("member", ["member_id"]),
    )

    review_id: UUID = Field(primary_key=True)
    member_id: UUID = Field(primary_key=True)


class ReviewDecision(TenantRow, table=True):
    """What was decided in a review, about what, and why; inserted and never rewritten."""

    __tablename__ = "review_decision"
    __table_args__ = (
        tenant_key(),
        tenant_reference("review", ["review_id"], ondelete="CASCADE"),
        tenant_reference("objective", ["objective_id"]),
        tenant_reference("key_result", ["key_result_id"]),
        tenant_reference("kpi", ["kpi_id"]),
        tenant_reference("initiative", ["initiative_id"]),
        tenant_reference("member", ["recorded_by_id"]),
        sa.CheckConstraint(
            "num_nonnulls(objective_id, key_result_id, kpi_id, initiative_id, topic) = 1", name="one_subject"
        ),
        not_blank("topic"),
        not_blank("decision"),
        not_blank("reason"),
        sa.Index("ix_review_decision_review_id", "organisation_id", "review_id", "id"),
        *(
            sa.Index(
                f"ix_review_decision_{column}",
                "organisation_id",
                column,
                "id",
                postgresql_where=sa.text(f"{column} IS NOT NULL"),
            )
            for column in ("objective_id", "key_result_id", "kpi_id", "initiative_id")
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    review_id: UUID
    objective_id: UUID | None = None
    key_result_id: UUID | None = None
    kpi_id: UUID | None = None
    initiative_id: UUID | None = None
    topic: str | None = Field(default=None, max_length=500)
    decision: str = Field(max_length=4000)
    reason: str = Field(max_length=4000)
    recorded_by_id: UUID
