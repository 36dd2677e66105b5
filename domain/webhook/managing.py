"""Use cases about webhooks."""

import base64
import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.db import Database, transaction
from domain.entities import archive, change, create, lock
from domain.models import Webhook, WebhookState
from domain.rows import as_row
from domain.webhook.commands import WebhookCreate, WebhookSecretReplace, WebhookUpdate
from domain.webhook.rows import WebhookRow

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with
_STATE = sa.inspect(WebhookState).local_table
_NOW = sa.text("pg_current_snapshot()::text")


def new_secret() -> str:
    """A key of 192 random bits, as the Standard Webhooks specification spells them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


async def create_webhook(
    database: Database, actor: Actor, command: WebhookCreate
) -> tuple[WebhookRow, str | None]:
    """Create a webhook that hears of everything from now on; its secret is returned this once.

    A repetition with the same id returns no secret.

    Raises
    ------
    Conflict
        When the name or the id is taken.
    """
    secret = new_secret()
    async with transaction(database, actor) as session:
        webhook = await create(
            session, actor, Webhook, command.model_dump(exclude={"id"}), entity_id=command.id
        )
        new = await session.execute(
            postgresql.insert(WebhookState)
            .values(organisation_id=actor.organisation_id, webhook_id=webhook.id, secret=secret, seen=_NOW)
            .on_conflict_do_nothing()
            .returning(_STATE.c.webhook_id)
        )
        return as_row(WebhookRow, webhook), None if new.scalar_one_or_none() is None else secret


async def update_webhook(database: Database, actor: Actor, command: WebhookUpdate) -> WebhookRow:
    """Change a webhook. One that goes on after a pause does not hear of what happened meanwhile.

    Raises
    ------
    NotFound, Conflict
        When there is no such webhook, its version moved on, or the name is taken.
    """
    async with transaction(database, actor) as session:
        before = await lock(session, actor, Webhook, command.id)
        resumed = before.paused
        webhook = await change(
            session, actor, Webhook, command.id, command.changes(), expected_version=command.expected_version
        )
        if resumed and not webhook.paused:
            await _set(session, actor, webhook.id, seen=_NOW)
        return as_row(WebhookRow, webhook)


async def archive_webhook(database: Database, actor: Actor, command: ArchiveCommand) -> WebhookRow:
    """Take a webhook out of use, or back into it: then it hears of what happens from then on."""
    async with transaction(database, actor) as session:
        webhook = await archive(
            session,
            actor,
            Webhook,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        if not command.archived:
            await _set(session, actor, webhook.id, seen=_NOW)
        return as_row(WebhookRow, webhook)


async def replace_webhook_secret(
    database: Database, actor: Actor, command: WebhookSecretReplace
) -> tuple[WebhookRow, str]:
    """Give a webhook a new secret, which is returned this once; the old one signs nothing any more.

    Raises
    ------
    NotFound
        When there is no such webhook.
    """
    secret = new_secret()
    async with transaction(database, actor) as session:
        webhook = await lock(session, actor, Webhook, command.id)
        await _set(session, actor, webhook.id, secret=secret)
        return as_row(WebhookRow, webhook), secret


async def _set(session: AsyncSession, actor: Actor, webhook_id: UUID, **values: object) -> None:
    await session.execute(
        sa.update(WebhookState)
        .where(_STATE.c.organisation_id == actor.organisation_id, _STATE.c.webhook_id == webhook_id)
        .values(**values)
    )
