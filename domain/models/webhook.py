"""Webhooks: who is told of changes, and what was sent to them."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field

from domain.models.base import Entity, TenantRow, not_blank, tenant_key, tenant_reference


class Webhook(Entity, table=True):
    """An address that is told of changes; ``parts`` are the kinds of entries that count, none means all."""

    __tablename__ = "webhook"
    __table_args__ = (
        tenant_key(),
        sa.Index("uq_webhook_name", "organisation_id", sa.text("lower(name)"), unique=True),
        sa.CheckConstraint("url ~ '^https?://'", name="url_form"),
        sa.CheckConstraint("cardinality(parts) <= 50", name="parts_bounded"),
        not_blank("name"),
    )

    name: str = Field(max_length=200)
    url: str = Field(max_length=2000)
    parts: list[str] = Field(
        sa_type=postgresql.ARRAY(sa.Text), sa_column_kwargs={"server_default": sa.text("'{}'")}
    )
    paused: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class WebhookState(TenantRow, table=True):
    """A webhook's secret, and up to which ``pg_snapshot`` it has been told; no part of the audit trail."""

    __tablename__ = "webhook_state"
    __table_args__ = (
        tenant_key(),
        tenant_reference("webhook", ["webhook_id"], ondelete="CASCADE"),
    )

    webhook_id: UUID = Field(primary_key=True)
    secret: str = Field(max_length=100)
    seen: str = Field(sa_type=sa.Text)


class WebhookDelivery(TenantRow, table=True):
    """One message to a webhook: due at ``next_attempt_at`` until it is delivered or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        tenant_key(),
        tenant_reference("webhook", ["webhook_id"], ondelete="CASCADE"),
        sa.CheckConstraint("attempts >= 0", name="attempts_counted"),
        sa.CheckConstraint("num_nonnulls(next_attempt_at, delivered_at, failed_at) = 1", name="one_state"),
        sa.Index("ix_webhook_delivery_webhook_id", "organisation_id", "webhook_id", "id"),
        sa.Index(
            "ix_webhook_delivery_due",
            "organisation_id",
            "next_attempt_at",
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True, sa_column_kwargs={"server_default": sa.text("uuidv7()")})
    webhook_id: UUID
    body: str = Field(sa_type=sa.Text)
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    next_attempt_at: datetime | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = Field(default=None, max_length=500)
