"""Objectives and key results."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import Ambition, KeyResultDirection, KeyResultKind
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference


def _graded() -> tuple[sa.CheckConstraint, ...]:
    return (
        sa.CheckConstraint("computed_grade BETWEEN 0 AND 1", name="computed_grade_range"),
        sa.CheckConstraint(
            "manual_grade BETWEEN 0 AND 1 AND (manual_grade IS NULL) = (grade_reason IS NULL)",
            name="manual_grade_reasoned",
        ),
        not_blank("grade_reason"),
    )


class Objective(Entity, table=True):
    """A qualitative, directional aim of a team in a cycle.

    Until it is closed it has no grades; the last confidence review stands on it as well.
    """

    __tablename__ = "objective"
    __table_args__ = (
        tenant_key(),
        tenant_reference("cycle", ["cycle_id"]),
        tenant_reference("team", ["team_id"]),
        tenant_reference("objective", ["parent_id"]),
        tenant_reference("objective", ["carried_over_from_id"]),
        tenant_reference("member", ["closed_by_id"]),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        sa.CheckConstraint("weight > 0 AND weight <= 1000", name="weight_range"),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)"
            " AND (closed_at IS NOT NULL OR (computed_grade IS NULL AND manual_grade IS NULL))",
            name="closing_complete",
        ),
        *_graded(),
        sa.CheckConstraint(
            "reviewed_confidence BETWEEN 0 AND 10 AND (reviewed_on IS NULL) = (reviewed_confidence IS NULL)",
            name="review_complete",
        ),
        sa.CheckConstraint("carried_over_from_id <> id", name="not_its_own_successor"),
        not_blank("title"),
        sa.Index("ix_objective_cycle_id", "organisation_id", "cycle_id"),
        sa.Index("ix_objective_team_id", "organisation_id", "team_id"),
        sa.Index("ix_objective_parent_id", "organisation_id", "parent_id"),
        sa.Index(
            "uq_objective_carried_over_from_id",
            "organisation_id",
            "carried_over_from_id",
            unique=True,
            postgresql_where=sa.text("carried_over_from_id IS NOT NULL"),
        ),
    )

    cycle_id: UUID
    team_id: UUID
    parent_id: UUID | None = None
    title: str = Field(max_length=500)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    ambition: Ambition = Field(sa_type=enum_type(Ambition))
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    reviewed_on: date | None = None
    reviewed_confidence: int | None = Field(default=None, sa_type=sa.SmallInteger)
    closed_at: datetime | None = None
    closed_by_id: UUID | None = None
    computed_grade: float | None = None
    manual_grade: float | None = None
    grade_reason: str | None = Field(default=None, max_length=4000)
    retrospective: str = Field(default="", sa_column_kwargs={"server_default": ""})
    carried_over_from_id: UUID | None = None


class ObjectiveContributor(TenantRow, table=True):
    """A team that contributes to another team's objective (shared OKR)."""

    __tablename__ = "objective_contributor"
    __table_args__ = (
        tenant_key(),
        tenant_reference("objective", ["objective_id"], ondelete="CASCADE"),
        tenant_reference("team", ["team_id"]),
        sa.Index("ix_objective_contributor_team_id", "organisation_id", "team_id"),
    )

    objective_id: UUID = Field(primary_key=True)
    team_id: UUID = Field(primary_key=True)


class KeyResult(Entity, table=True):
    """Measurable evidence that an objective is being reached; a draft as long as a value is unknown.

    The last check-in's time and confidence, and the confidence before, stand on it as well.
    """

    __tablename__ = "key_result"
    __table_args__ = (
        tenant_key(),
        tenant_reference("objective", ["objective_id"]),
        tenant_reference("member", ["owner_id"]),
        bounded("start_value"),
        bounded("target_value"),
        bounded("current_value"),
        bounded("commit_value"),
        bounded("stretch_value"),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 10 AND previous_confidence BETWEEN 0 AND 10", name="confidence_range"
        ),
        *_graded(),
        tenant_reference("key_result", ["carried_over_from_id"]),
        sa.CheckConstraint("carried_over_from_id <> id", name="not_its_own_successor"),
        sa.CheckConstraint("weight >= 0 AND weight <= 1000", name="weight_range"),
        sa.CheckConstraint(
            "CASE direction WHEN 'increase' THEN target_value > start_value"
            " WHEN 'decrease' THEN target_value < start_value"
            " ELSE start_value = 0 AND target_value = 1 END",
            name="target_follows_direction",
        ),
        not_blank("title"),
        sa.Index("ix_key_result_objective_id", "organisation_id", "objective_id"),
        sa.Index(
            "uq_key_result_carried_over_from_id",
            "organisation_id",
            "carried_over_from_id",
            unique=True,
            postgresql_where=sa.text("carried_over_from_id IS NOT NULL"),
        ),
    )

    objective_id: UUID
    owner_id: UUID | None = None
    title: str = Field(max_length=500)
    unit: str = Field(max_length=60)
    direction: KeyResultDirection = Field(sa_type=enum_type(KeyResultDirection))
    kind: KeyResultKind = Field(sa_type=enum_type(KeyResultKind))
    start_value: float | None = None
    target_value: float | None = None
    current_value: float | None = None
    commit_value: float | None = None
    stretch_value: float | None = None
    due_on: date
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
    checked_in_at: datetime | None = None
    confidence: int | None = Field(default=None, sa_type=sa.SmallInteger)
    previous_confidence: int | None = Field(default=None, sa_type=sa.SmallInteger)
    computed_grade: float | None = None
    manual_grade: float | None = None
    grade_reason: str | None = Field(default=None, max_length=4000)
    carried_over_from_id: UUID | None = None
