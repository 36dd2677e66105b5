"""From the change log to messages: what each webhook has not been told of yet."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import System
from domain.changes import PRIVATE, Change
from domain.db import Database, reading, transaction
from domain.models import ChangeLog, Webhook, WebhookDelivery, WebhookState
from domain.snapshot.version import Version

MOST_CHANGES = 100
"""Changes that one message tells of; of more it says so, and where they begin."""

Describe = Callable[[Change], Mapping[str, Any]]

_LOG = sa.inspect(ChangeLog).local_table
_WEBHOOK = sa.inspect(Webhook).local_table
_STATE = sa.inspect(WebhookState).local_table

_LISTENING = sa.and_(_WEBHOOK.c.archived_at.is_(None), sa.not_(_WEBHOOK.c.paused))
_BELONGS = sa.and_(
    _WEBHOOK.c.organisation_id == _STATE.c.organisation_id, _WEBHOOK.c.id == _STATE.c.webhook_id
)


def describe_plainly(change: Change) -> Mapping[str, Any]:
    """A change by the names that the database has for things."""
    return {
        "part": change.entity,
        "id": str(change.entity_id),
        "operation": change.operation.value,
        "at": change.created_at.isoformat(),
    }


async def gather(
    database: Database, organisation_id: UUID, now: datetime, *, describe: Describe = describe_plainly
) -> int:
    """Make a message for each webhook of what became visible since its last one; how many there are.

    Each change is in exactly one message of a webhook, however many workers gather: a webhook's state is
    locked meanwhile, and skipped by others.
    """
    async with reading(database, organisation_id) as connection:
        seen = sa.select(_STATE.c.seen).join(_WEBHOOK, _BELONGS).where(_LISTENING)
        stale = (await connection.execute(seen.where(_STATE.c.organisation_id == organisation_id))).scalars()
        if not stale.first():
            return 0
    made = 0
    actor = System(organisation_id=organisation_id, job="webhooks")
    async with transaction(database, actor, announces=False) as session:
        current = (await session.execute(sa.select(sa.text("pg_current_snapshot()::text")))).scalar_one()
        states = await session.execute(
            sa.select(_STATE.c.webhook_id, _STATE.c.seen, _WEBHOOK.c.parts)
            .join(_WEBHOOK, _BELONGS)
            .where(_STATE.c.organisation_id == organisation_id, _LISTENING)
            .order_by(_STATE.c.webhook_id)
            .with_for_update(of=_STATE, skip_locked=True)
        )
        for webhook_id, version, parts in states.all():
            if version == current:
                continue
            changes = await _changes(session, organisation_id, Version(version), current, parts)
            if changes:
                body = _body(
                    organisation_id, webhook_id, Version(version), Version(current), changes, describe
                )
                await session.execute(
                    sa.insert(WebhookDelivery).values(
                        organisation_id=organisation_id,
                        webhook_id=webhook_id,
                        body=body,
                        next_attempt_at=now,
                    )
                )
                made += 1
            await session.execute(
                sa.update(WebhookState)
                .where(_STATE.c.organisation_id == organisation_id, _STATE.c.webhook_id == webhook_id)
                .values(seen=current)
            )
    return made


async def _changes(
    session: AsyncSession, organisation_id: UUID, since: Version, until: str, parts: list[str]
) -> list[Change]:
    """What became visible in between, at most one more than a message tells of."""
    query = (
        sa.select(*(_LOG.c[name] for name in Change._fields))
        .where(
            _LOG.c.organisation_id == organisation_id,
            _LOG.c.entity.not_in(PRIVATE),
            _LOG.c.entity.in_(parts) if parts else sa.true(),
            sa.text("xid >= pg_snapshot_xmin(CAST(:since AS pg_snapshot))").bindparams(
                since=since.pg_snapshot
            ),
            sa.text("NOT pg_visible_in_snapshot(xid, CAST(:since AS pg_snapshot))").bindparams(
                since=since.pg_snapshot
            ),
            sa.text("pg_visible_in_snapshot(xid, CAST(:until AS pg_snapshot))").bindparams(until=until),
        )
        .order_by(_LOG.c.id)
        .limit(MOST_CHANGES + 1)
    )
    return [Change._make(row) for row in await session.execute(query)]


def _body(
    organisation_id: UUID,
    webhook_id: UUID,
    since: Version,
    now: Version,
    changes: list[Change],
    describe: Describe,
) -> str:
    return orjson.dumps(
        {
            "type": "changes",
            "organisationId": str(organisation_id),
            "webhookId": str(webhook_id),
            "since": since.token,
            "version": now.token,
            "truncated": len(changes) > MOST_CHANGES,
            "changes": [describe(change) for change in changes[:MOST_CHANGES]],
        }
    ).decode()
