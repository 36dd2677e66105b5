"""Decisions about rankings: ranks that a board has set by hand, and rankings that it has published."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.enums import OrderKind, ScoringMethod
from domain.models.base import TenantRow, enum_type, not_blank, tenant_key, tenant_reference
from domain.models.initiative import initiative_reference


class RankingOverride(TenantRow, table=True):
    """A decision that an initiative has a rank, whatever is computed; in force until it is withdrawn.

    ``version`` counts the decisions about the initiative's rank. A new decision withdraws the one before.
    Nothing but its withdrawal is ever written on a decision.
    """

    __tablename__ = "ranking_override"
    __table_args__ = (
        tenant_key(),
        initiative_reference(),
        tenant_reference("member", ["decided_by_id"]),
        tenant_reference("member", ["withdrawn_by_id"]),
        sa.UniqueConstraint("organisation_id", "initiative_id", "version"),
        sa.CheckConstraint("rank > 0", name="rank_positive"),
        sa.CheckConstraint("version > 0", name="version_positive"),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="withdrawal_complete",
        ),
        not_blank("reason"),
        not_blank("withdrawn_reason"),
        sa.Index(
            "uq_ranking_override_initiative_id",
            "organisation_id",
            "initiative_id",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
        sa.Index("ix_ranking_override_portfolio_id", "organisation_id", "portfolio_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    initiative_id: UUID
    version: int
    rank: int
    reason: str = Field(max_length=4000)
    decided_by_id: UUID
    withdrawn_at: datetime | None = None
    withdrawn_by_id: UUID | None = None
    withdrawn_reason: str | None = Field(default=None, max_length=4000)


class RankingPublication(TenantRow, table=True):
    """A ranking as a board has published it; never changed afterwards.

    ``fingerprint`` is the digest of what it was computed from, ``number`` counts the portfolio's publications.
    """

    __tablename__ = "ranking_publication"
    __table_args__ = (
        tenant_key(),
        tenant_reference("portfolio", ["portfolio_id"]),
        tenant_reference("scoring_model_version", ["model_version_id"]),
        tenant_reference("member", ["published_by_id"]),
        sa.UniqueConstraint("organisation_id", "portfolio_id", "number"),
        sa.CheckConstraint("number > 0", name="number_positive"),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_form"),
        sa.CheckConstraint("fingerprint ~ '^[0-9a-f]{32}$'", name="fingerprint_form"),
        sa.CheckConstraint(
            "states <@ ARRAY['proposed','evaluated','approved','active','paused','completed','stopped']"
            "::varchar[]",
            name="states_known",
        ),
        sa.CheckConstraint("item_count >= 0", name="item_count_range"),
        sa.CheckConstraint("soft_penalty_weeks BETWEEN 0 AND 10000", name="penalty_range"),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    portfolio_id: UUID
    number: int
    note: str = Field(default="", max_length=4000, sa_column_kwargs={"server_default": ""})
    published_by_id: UUID
    model_version_id: UUID | None = None
    method: ScoringMethod = Field(sa_type=enum_type(ScoringMethod))
    order_kind: OrderKind = Field(sa_type=enum_type(OrderKind))
    states: list[str] = Field(sa_type=postgresql.ARRAY(sa.String))
    as_of: date
    currency: str = Field(max_length=3)
    soft_penalty_weeks: float | None = None
    fingerprint: str = Field(max_length=32)
    engine_version: str = Field(max_length=40)
    item_count: int


class RankingPublicationInput(TenantRow, table=True):
    """All that a published ranking was computed from, as ``domain.ranking.input`` encodes it, compressed."""

    __tablename__ = "ranking_publication_input"
    __table_args__ = (
        tenant_key(),
        tenant_reference("ranking_publication", ["publication_id"], ondelete="CASCADE"),
    )

    publication_id: UUID = Field(primary_key=True)
    content: bytes = Field(sa_type=sa.LargeBinary)


class RankingPublicationItem(TenantRow, table=True):
    """An initiative's place in a published ranking, as it was then; it outlives the initiative.

    ``place`` counts the lines from 1, the unranked ones last. ``causes`` say why it has another rank than in
    the publication before; empty when it has not moved.
    """

    __tablename__ = "ranking_publication_item"
    __table_args__ = (
        tenant_key(),
        tenant_reference("ranking_publication", ["publication_id"], ondelete="CASCADE"),
        sa.UniqueConstraint("organisation_id", "initiative_id", "publication_id"),
        sa.CheckConstraint("place > 0", name="place_positive"),
    )

    publication_id: UUID = Field(primary_key=True)
    place: int = Field(primary_key=True)
    initiative_id: UUID
    title: str = Field(max_length=500)
    rank: int | None = None
    score_rank: int | None = None
    computed_rank: int | None = None
    score: float | None = None
    override_rank: int | None = None
    previous_rank: int | None = None
    causes: list[dict[str, Any]] = Field(
        default_factory=list,
        sa_type=postgresql.JSONB,
        sa_column_kwargs={"server_default": sa.text("'[]'::jsonb")},
    )
