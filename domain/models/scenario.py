"""Scenarios: what is asked, what it is asked of, and what came out."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.models.base import Entity, TenantRow, enum_type, not_blank, tenant_key, tenant_reference
from domain.scenario.vocabulary import EffectKind, RunPhase, RunState, ScenarioState, ScenarioVisibility

_DIGEST = "'^[0-9a-f]{64}$'"


class ScenarioBase(TenantRow, table=True):
    """What scenarios start from, as ``domain.planning`` encodes it, compressed; equal bases are one row."""

    __tablename__ = "scenario_base"
    __table_args__ = (
        tenant_key(),
        sa.CheckConstraint(f"digest ~ {_DIGEST}", name="digest_form"),
    )

    digest: str = Field(max_length=64, primary_key=True)
    content: bytes = Field(sa_type=sa.LargeBinary)


class Scenario(Entity, table=True):
    """A named what-if of a portfolio and a cycle; decided once, and never changed afterwards.

    ``applied`` lists what its approval has written.
    """

    __tablename__ = "scenario"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("cycle", ["cycle_id"]),
        tenant_reference("member", ["owner_id"]),
        tenant_reference("member", ["decided_by_id"]),
        tenant_reference("scenario_base", ["base_digest"], referred=("digest",)),
        sa.UniqueConstraint("organisation_id", "portfolio_id", "id"),
        sa.CheckConstraint(
            "(state = 'draft') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by_id IS NULL)"
            " AND (decided_at IS NULL) = (decision_note IS NULL)",
            name="decision_complete",
        ),
        not_blank("name"),
        not_blank("decision_note"),
        sa.Index("ix_scenario_portfolio_id", "organisation_id", "portfolio_id", "created_at", "id"),
    )

    portfolio_id: UUID
    cycle_id: UUID
    owner_id: UUID
    name: str = Field(max_length=200)
    description: str = Field(default="", sa_column_kwargs={"server_default": ""})
    visibility: ScenarioVisibility = Field(sa_type=enum_type(ScenarioVisibility))
    state: ScenarioState = Field(
        default=ScenarioState.DRAFT,
        sa_type=enum_type(ScenarioState),
        sa_column_kwargs={"server_default": ScenarioState.DRAFT.value},
    )
    base_digest: str = Field(max_length=64)
    base_taken_at: datetime
    base_request: dict[str, Any] = Field(sa_type=postgresql.JSONB)
    decided_at: datetime | None = None
    decided_by_id: UUID | None = None
    decision_note: str | None = Field(default=None, max_length=4000)
    applied: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'[]'::jsonb")},
    )


class ScenarioEffect(TenantRow, table=True):
    """One change that a scenario makes to its base; ``position`` counts from 0.

    ``content`` is what ``domain.scenario.commands`` says for the kind, in the form ``schema_version``.
    """

    __tablename__ = "scenario_effect"
    __table_args__ = (
        tenant_key(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "scenario_id"],
            ["scenario.organisation_id", "scenario.portfolio_id", "scenario.id"],
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "organisation_id", "scenario_id", "position", deferrable=True, initially="DEFERRED"
        ),
        sa.CheckConstraint("position BETWEEN 0 AND 199", name="position_range"),
        sa.CheckConstraint("schema_version > 0", name="schema_version_positive"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    scenario_id: UUID
    position: int
    kind: EffectKind = Field(sa_type=enum_type(EffectKind))
    schema_version: int
    content: dict[str, Any] = Field(sa_type=postgresql.JSONB)


class ScenarioResult(TenantRow, table=True):
    """What solving one input has led to, compressed; equal inputs and parameters are one row.

    ``digest`` is that of input, parameters and engine.
    """

    __tablename__ = "scenario_result"
    __table_args__ = (
        tenant_key(),
        sa.CheckConstraint(f"digest ~ {_DIGEST}", name="digest_form"),
    )

    digest: str = Field(max_length=64, primary_key=True)
    content: bytes = Field(sa_type=sa.LargeBinary)


class ScenarioRun(TenantRow, table=True):
    """One solve of a scenario. ``input_fingerprint`` is the digest of the base with the effects applied."""

    __tablename__ = "scenario_run"
    __table_args__ = (
        tenant_key(),
        sa.ForeignKeyConstraint(
            ["organisation_id", "portfolio_id", "scenario_id"],
            ["scenario.organisation_id", "scenario.portfolio_id", "scenario.id"],
            ondelete="CASCADE",
        ),
        tenant_reference("member", ["requested_by_id"]),
        tenant_reference("scenario_base", ["base_digest"], referred=("digest",)),
        tenant_reference("scenario_result", ["result_digest"], referred=("digest",)),
        tenant_reference("scenario_result", ["base_result_digest"], referred=("digest",)),
        sa.UniqueConstraint("organisation_id", "scenario_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint(f"input_fingerprint ~ {_DIGEST}", name="fingerprint_form"),
        sa.CheckConstraint("budget_seconds BETWEEN 0.1 AND 3600", name="budget_range"),
        sa.CheckConstraint("robustness_samples BETWEEN 0 AND 100000", name="samples_range"),
        sa.CheckConstraint(
            "(state = 'succeeded') = (result_digest IS NOT NULL)"
            " AND (result_digest IS NULL) = (base_result_digest IS NULL)",
            name="result_complete",
        ),
        sa.CheckConstraint(
            "(state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)",
            name="finish_complete",
        ),
        sa.CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failure_complete"),
        sa.Index(
            "uq_scenario_run_live",
            "organisation_id",
            "scenario_id",
            "input_fingerprint",
            "base_digest",
            "budget_seconds",
            "seed",
            "robustness_samples",
            "engine_version",
            unique=True,
            postgresql_where=sa.text("state IN ('queued', 'running', 'succeeded')"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    scenario_id: UUID
    number: int
    requested_by_id: UUID
    state: RunState = Field(
        default=RunState.QUEUED,
        sa_type=enum_type(RunState),
        sa_column_kwargs={"server_default": RunState.QUEUED.value},
    )
    base_digest: str = Field(max_length=64)
    input_fingerprint: str = Field(max_length=64)
    budget_seconds: float
    seed: int = Field(sa_type=sa.BigInteger)
    robustness_samples: int
    engine_version: str = Field(max_length=40)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    cancel_requested_at: datetime | None = None
    failure: str | None = Field(default=None, max_length=4000)
    result_digest: str | None = Field(default=None, max_length=64)
    base_result_digest: str | None = Field(default=None, max_length=64)


class ScenarioRunProgress(TenantRow, table=True):
    """How far a run is. Too short-lived for the change log: followers of the run are told by themselves."""

    __tablename__ = "scenario_run_progress"
    __table_args__ = (
        tenant_key(),
        tenant_reference("scenario_run", ["run_id"], ondelete="CASCADE"),
        sa.CheckConstraint("done BETWEEN 0 AND 1", name="done_range"),
    )

    run_id: UUID = Field(primary_key=True)
    sequence: int
    phase: RunPhase = Field(sa_type=enum_type(RunPhase))
    step: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})
    done: float
    incumbent: float | None = None
    bound: float | None = None
    gap: float | None = None
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )


class ScenarioSetting(TenantRow, table=True):
    """What an organisation allows a solve to take."""

    __tablename__ = "scenario_setting"
    __table_args__ = (
        tenant_key(),
        sa.CheckConstraint("most_budget_seconds BETWEEN 0.5 AND 600", name="budget_range"),
    )

    most_budget_seconds: float
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = Field(
        default=None, sa_column_kwargs={"server_default": sa.func.now(), "nullable": False}
    )
