"""Rows of webhooks and of what was sent to them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID


class WebhookRow(NamedTuple):
    """Who is told of changes."""

    id: UUID
    name: str
    url: str
    parts: list[str]
    paused: bool
    version: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class WebhookDeliveryRow(NamedTuple):
    """One message, and what has become of it."""

    id: UUID
    webhook_id: UUID
    body: str
    attempts: int
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
