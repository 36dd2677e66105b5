"""Telling webhooks: everything once, signed, again until it is taken, and only whom one may call."""

import asyncio
import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.db import Database, reading
from domain.errors import Conflict, InvalidInput, NotFound
from domain.webhook.commands import WebhookCreate, WebhookSecretReplace, WebhookUpdate
from domain.webhook.gathering import MOST_CHANGES, gather
from domain.webhook.managing import (
    archive_webhook,
    create_webhook,
    replace_webhook_secret,
    update_webhook,
)
from domain.webhook.sending import ATTEMPTS, send_due, signature, wait_after
from tests.domain.webhook.receiver import a_receiver
from tests.factories import a_team, an_organisation

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def a_webhook(database: Database, actor: Actor, url: str, **values: Any) -> tuple[UUID, str]:
    command = WebhookCreate.parse({"name": "Chat", "url": url, **values})
    row, secret = await create_webhook(database, actor, command)
    assert secret is not None
    return row.id, secret


async def told(database: Database, actor: Actor, now: datetime = NOW) -> tuple[int, int]:
    """How many messages were made, and how many were tried."""
    made = await gather(database, actor.organisation_id, now)
    return made, await send_due(database, actor.organisation_id, now, private=True)


async def deliveries(database: Database, actor: Actor) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        found = await connection.execute(
            sa.text(
                "SELECT attempts, next_attempt_at, delivered_at, failed_at, last_status, last_error"
                " FROM webhook_delivery ORDER BY id"
            )
        )
        return list(found.all())


def test_the_signature_is_that_of_the_specification() -> None:
    # the example of the Standard Webhooks documentation
    assert (
        signature(
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            message_id="msg_loFOjxBNrRLzqYUf",
            timestamp=1731705121,
            body='{"event_type":"ping","data":{"success":true}}',
        )
        == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    )


async def test_changes_are_told_once_signed_and_in_order(database: Database) -> None:
    actor = await an_organisation(database)
    await a_team(database, actor, name="Before")
    async with a_receiver() as receiver:
        webhook, secret = await a_webhook(database, actor, receiver.url)
        assert await told(database, actor) == (0, 0)
        teams = [await a_team(database, actor, name=f"Team {number}") for number in range(3)]
        made = await asyncio.gather(
            *(gather(database, actor.organisation_id, NOW) for _ in range(3)),
        )
        assert sorted(made) == [0, 0, 1]
        tried = await asyncio.gather(
            *(send_due(database, actor.organisation_id, NOW, private=True) for _ in range(3))
        )
        assert sorted(tried) == [0, 0, 1]
        assert await told(database, actor) == (0, 0)
    (message,) = receiver.received
    content = message.content
    assert (content["type"], content["webhookId"], content["truncated"]) == ("changes", str(webhook), False)
    assert [(one["part"], one["id"], one["operation"]) for one in content["changes"]] == [
        ("team", str(team.id), "insert") for team in teams
    ]
    signed = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed + message.body, hashlib.sha256).digest()).decode()
    assert message.headers["webhook-signature"] == f"v1,{expected}"
    assert message.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert message.headers["content-type"] == "application/json"
    assert [tuple(row) for row in await deliveries(database, actor)] == [(1, None, NOW, None, 204, None)]


async def test_what_is_not_taken_is_sent_again_later_and_given_up_in_the_end(database: Database) -> None:
    actor = await an_organisation(database)
    async with a_receiver(500, 302, None, 200) as receiver:
        await a_webhook(database, actor, receiver.url)
        await a_team(database, actor)
        now = NOW
        errors = []
        for attempt in range(1, 5):
            await told(database, actor, now)
            (row,) = await deliveries(database, actor)
            assert row.attempts == attempt
            errors.append(row.last_error)
            if row.delivered_at is None:
                assert row.next_attempt_at == now + timedelta(seconds=15 * 4 ** (attempt - 1))
                assert await told(database, actor, row.next_attempt_at - timedelta(seconds=1)) == (0, 0)
                now = row.next_attempt_at
        assert errors[:2] == ["The answer was 500.", "The answer was 302."]
        assert errors[2]
        assert errors[3] is None
        assert row.delivered_at == now
        assert len({message.headers["webhook-id"] for message in receiver.received}) == 1
        assert len({message.headers["webhook-signature"] for message in receiver.received}) == 4
    await a_team(database, actor, name="Another")
    for _ in range(ATTEMPTS):
        await told(database, actor, now)
        row = (await deliveries(database, actor))[-1]
        now = row.next_attempt_at or now
    assert (row.attempts, row.next_attempt_at, row.failed_at, row.last_status) == (ATTEMPTS, None, now, None)
    assert wait_after(ATTEMPTS) is None


async def test_a_receiver_that_is_gone_pauses_the_webhook(database: Database) -> None:
    actor = await an_organisation(database)
    async with a_receiver(410) as receiver:
        webhook, _ = await a_webhook(database, actor, receiver.url)
        await a_team(database, actor)
        await told(database, actor)
        (row,) = await deliveries(database, actor)
        assert (row.failed_at, row.last_status) == (NOW, 410)
        await a_team(database, actor, name="Unheard")
        assert await told(database, actor) == (0, 0)
        await update_webhook(database, actor, WebhookUpdate.parse({"id": webhook, "paused": False}))
        await a_team(database, actor, name="Heard")
        assert await told(database, actor) == (1, 1)
    changes = receiver.received[-1].content["changes"]
    assert [change["part"] for change in changes] == ["team"]


async def test_a_webhook_is_told_of_the_parts_that_it_asks_for_and_never_of_tokens(
    database: Database,
) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    async with a_receiver() as receiver:
        await a_webhook(database, ours, receiver.url, parts=["cycle", "webhook"])
        await a_webhook(database, ours, receiver.url, name="All")
        await a_team(database, ours)
        await a_team(database, theirs)
        assert await told(database, ours) == (1, 1)
        assert await told(database, theirs) == (0, 0)
        many = [{"name": f"T{number}"} for number in range(MOST_CHANGES + 1)]
        await asyncio.gather(*(a_team(database, ours, **values) for values in many))
        assert await told(database, ours) == (1, 1)
    first, second = (message.content for message in receiver.received)
    assert [change["part"] for change in first["changes"]] == ["team"]
    assert (len(second["changes"]), second["truncated"]) == (MOST_CHANGES, True)
    assert second["since"] == first["version"]


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://localhost:9/", "http://10.0.0.1/", "http://[::1]:9/", "http://0.0.0.0/"],
)
async def test_private_addresses_are_not_called_unless_that_is_allowed(database: Database, url: str) -> None:
    actor = await an_organisation(database)
    await a_webhook(database, actor, url)
    await a_team(database, actor)
    await gather(database, actor.organisation_id, NOW)
    assert await send_due(database, actor.organisation_id, NOW, private=False) == 1
    (row,) = await deliveries(database, actor)
    assert "not a public one" in row.last_error


async def test_a_new_secret_signs_from_then_on_and_repetitions_show_none(database: Database) -> None:
    actor = await an_organisation(database)
    key = UUID(int=7)
    async with a_receiver() as receiver:
        webhook, secret = await a_webhook(database, actor, receiver.url, id=key)
        again = WebhookCreate.parse({"id": key, "name": "Chat", "url": receiver.url})
        assert (await create_webhook(database, actor, again))[1] is None
        _, fresh = await replace_webhook_secret(database, actor, WebhookSecretReplace(id=webhook))
        assert fresh != secret
        await archive_webhook(database, actor, ArchiveCommand(id=webhook))
        await a_team(database, actor)
        assert await told(database, actor) == (0, 0)
        await archive_webhook(database, actor, ArchiveCommand(id=webhook, archived=False))
        assert await told(database, actor) == (0, 0)
    with pytest.raises(Conflict):
        await a_webhook(database, actor, "https://example.org/", name="chat")
    with pytest.raises(NotFound):
        await replace_webhook_secret(database, actor, WebhookSecretReplace(id=UUID(int=8)))
    async with reading(database, actor.organisation_id) as connection:
        trail = await connection.execute(
            sa.text("SELECT string_agg(audit_entry::text, ' ') FROM audit_entry")
        )
        assert "whsec_" not in trail.scalar_one()


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:99999/",
        "https://example.org/#part",
        "https://example.org/a b",
        "https://ëxample.org/",
        "example.org",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        WebhookCreate.parse({"name": "Chat", "url": url})
    assert refusal.value.path == ("url",)
