"""Objectives and key results."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field

from domain.enums import Ambition, KeyResultDirection, KeyResultKind
from domain.models.base import Entity, TenantRow, bounded, enum_type, not_blank, tenant_key, tenant_reference


class Objective(Entity, table=True):
    """A qualitative, directional aim of a team in a cycle."""

    __tablename__ = "objective"
    __table_args__ = (
        tenant_key(),
        tenant_reference("cycle", ["cycle_id"]),
        tenant_reference("team", ["team_id"]),
        tenant_reference("objective", ["parent_id"]),
        sa.CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        sa.CheckConstraint("weight > 0 AND weight <= 1000", name="weight_range"),
        not_blank("title"),
        sa.Index("ix_objective_cycle_id", "organisation_id", "cycle_id"),
        sa.Index("ix_objective_team_id", "organisation_id", "team_id"),
        sa.Index("ix_objective_parent_id", "organisation_id", "parent_id"),
    )

    cycle_id: UUID
    team_id: UUID
    parent_id: UUID | None = None
    title: str = Field(max_length=500)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    ambition: Ambition = Field(sa_type=enum_type(Ambition))
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})


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
    """Measurable evidence that an objective is being reached."""

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
        sa.CheckConstraint("weight >= 0 AND weight <= 1000", name="weight_range"),
        sa.CheckConstraint(
            "CASE direction WHEN 'increase' THEN target_value > start_value"
            " WHEN 'decrease' THEN target_value < start_value"
            " ELSE start_value = 0 AND target_value = 1 END",
            name="target_follows_direction",
        ),
        not_blank("title"),
        sa.Index("ix_key_result_objective_id", "organisation_id", "objective_id"),
    )

    objective_id: UUID
    owner_id: UUID | None = None
    title: str = Field(max_length=500)
    unit: str = Field(max_length=60)
    direction: KeyResultDirection = Field(sa_type=enum_type(KeyResultDirection))
    kind: KeyResultKind = Field(sa_type=enum_type(KeyResultKind))
    start_value: float
    target_value: float
    current_value: float
    commit_value: float | None = None
    stretch_value: float | None = None
    due_on: date
    weight: float = Field(default=1.0, sa_column_kwargs={"server_default": "1"})
