"""Sending messages to webhooks, signed as the Standard Webhooks specification has it."""

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
import ssl
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpcore
import httpx
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from domain.actor import System
from domain.db import Database, transaction
from domain.models import Webhook, WebhookDelivery, WebhookState

ATTEMPTS = 9
TIMEOUT_SECONDS = 10.0
AT_ONCE = 20

_FIRST_WAIT = timedelta(seconds=15)
_LEASE = timedelta(seconds=60)
_KEPT = timedelta(days=30)
_WEBHOOK = sa.inspect(Webhook).local_table
_STATE = sa.inspect(WebhookState).local_table
_DELIVERY = sa.inspect(WebhookDelivery).local_table


class Message(NamedTuple):
    """A message that is due."""

    id: UUID
    url: str
    secret: str
    body: str
    attempts: int


class Outcome(NamedTuple):
    """What came of one attempt; ``error`` is None when the message was taken."""

    status: int | None
    error: str | None


class Refused(Exception):
    """An address that must not be called."""


def signature(secret: str, *, message_id: str, timestamp: int, body: str) -> str:
    """HMAC-SHA256 over id, time and raw body, as the header ``webhook-signature`` carries it.

    Source: Standard Webhooks 1.0, section "Signature scheme" (symmetric, ``v1``).
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def wait_after(attempts: int) -> timedelta | None:
    """How long to wait before the next attempt: 15 s, 1 min, 4 min … 68 h; None when it was the last."""
    return None if attempts >= ATTEMPTS else _FIRST_WAIT * 4 ** (attempts - 1)


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to public addresses only, looked up once: what was checked is what is called."""

    def __init__(self, *, private: bool) -> None:
        self._backend = httpcore.AnyIOBackend()
        self._private = private

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the protocol's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        address = str(found[0][4][0])
        if not self._private and not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise Refused("The address is not a public one; an operator has to allow such addresses.")
        return await self._backend.connect_tcp(
            address, port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise Refused("Sockets of this machine are never called.")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


def client(*, private: bool) -> httpx.AsyncClient:
    """A client that follows no redirects, takes no proxy from the environment, and calls who may be called."""
    transport = httpx.AsyncHTTPTransport(verify=ssl.create_default_context())
    transport._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001 - httpx offers no other way in
        ssl_context=ssl.create_default_context(), network_backend=_Guarded(private=private)
    )
    return httpx.AsyncClient(
        transport=transport, timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
    )


async def attempt(sender: httpx.AsyncClient, message: Message, now: datetime) -> Outcome:
    """Send a message once; the answer's body is not read."""
    timestamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "stepchange-webhook/1",
        "webhook-id": str(message.id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            message.secret, message_id=str(message.id), timestamp=timestamp, body=message.body
        ),
    }
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            sender.stream("POST", message.url, content=message.body.encode(), headers=headers) as response,
        ):
            status = response.status_code
    except TimeoutError:
        return Outcome(None, f"No answer within {TIMEOUT_SECONDS:g} s.")
    except (httpx.HTTPError, httpx.InvalidURL, Refused, OSError) as error:
        return Outcome(None, str(error)[:500] or type(error).__name__)
    return Outcome(status, None if 200 <= status < 300 else f"The answer was {status}.")


async def send_due(database: Database, organisation_id: UUID, now: datetime, *, private: bool) -> int:
    """Send what is due, the oldest first; how many messages were tried.

    A message is leased before it is sent, so that of several workers one sends it. When that one dies it is
    sent again after a minute: receivers go by ``webhook-id``. An answer 410 (gone) pauses the webhook.
    """
    messages = await _lease(database, organisation_id, now)
    if messages:
        async with client(private=private) as sender:
            outcomes = await asyncio.gather(*(attempt(sender, message, now) for message in messages))
        await _record(database, organisation_id, now, list(zip(messages, outcomes, strict=True)))
    return len(messages)


async def _lease(database: Database, organisation_id: UUID, now: datetime) -> list[Message]:
    actor = System(organisation_id=organisation_id, job="webhooks")
    async with transaction(database, actor, announces=False) as session:
        due = (
            sa.select(_DELIVERY.c.id)
            .join(
                _WEBHOOK,
                sa.and_(
                    _WEBHOOK.c.organisation_id == _DELIVERY.c.organisation_id,
                    _WEBHOOK.c.id == _DELIVERY.c.webhook_id,
                ),
            )
            .where(
                _DELIVERY.c.organisation_id == organisation_id,
                _DELIVERY.c.next_attempt_at <= now,
                _WEBHOOK.c.archived_at.is_(None),
                sa.not_(_WEBHOOK.c.paused),
            )
            .order_by(_DELIVERY.c.next_attempt_at, _DELIVERY.c.id)
            .limit(AT_ONCE)
            .with_for_update(of=_DELIVERY, skip_locked=True)
            .cte("due")
        )
        leased = await session.execute(
            sa.update(WebhookDelivery)
            .values(attempts=_DELIVERY.c.attempts + 1, next_attempt_at=now + _LEASE)
            .where(
                _DELIVERY.c.organisation_id == organisation_id,
                _DELIVERY.c.id.in_(sa.select(due.c.id)),
                _WEBHOOK.c.organisation_id == _DELIVERY.c.organisation_id,
                _WEBHOOK.c.id == _DELIVERY.c.webhook_id,
                _STATE.c.organisation_id == _DELIVERY.c.organisation_id,
                _STATE.c.webhook_id == _DELIVERY.c.webhook_id,
            )
            .returning(
                _DELIVERY.c.id, _WEBHOOK.c.url, _STATE.c.secret, _DELIVERY.c.body, _DELIVERY.c.attempts
            )
        )
        return [Message._make(row) for row in leased]


async def _record(
    database: Database, organisation_id: UUID, now: datetime, tried: list[tuple[Message, Outcome]]
) -> None:
    actor = System(organisation_id=organisation_id, job="webhooks")
    gone = [message.id for message, outcome in tried if outcome.status == httpx.codes.GONE]
    async with transaction(database, actor, reason="The receiver answered 410 (gone).") as session:
        for message, outcome in tried:
            wait = wait_after(message.attempts)
            given_up = outcome.error is not None and (wait is None or message.id in gone)
            await session.execute(
                sa.update(WebhookDelivery)
                .where(_DELIVERY.c.organisation_id == organisation_id, _DELIVERY.c.id == message.id)
                .values(
                    delivered_at=now if outcome.error is None else None,
                    failed_at=now if given_up else None,
                    next_attempt_at=None if outcome.error is None or given_up or wait is None else now + wait,
                    last_status=outcome.status,
                    last_error=outcome.error,
                )
            )
        if gone:
            whose = sa.select(_DELIVERY.c.webhook_id).where(
                _DELIVERY.c.organisation_id == organisation_id,
                _DELIVERY.c.id == sa.any_(sa.cast(gone, postgresql.ARRAY(sa.Uuid))),
            )
            await session.execute(
                sa.update(Webhook)
                .where(_WEBHOOK.c.organisation_id == organisation_id, _WEBHOOK.c.id.in_(whose))
                .values(paused=True, version=_WEBHOOK.c.version + 1, updated_at=sa.func.now())
            )
        await session.execute(
            sa.delete(WebhookDelivery).where(
                _DELIVERY.c.organisation_id == organisation_id,
                _DELIVERY.c.next_attempt_at.is_(None),
                _DELIVERY.c.created_at < now - _KEPT,
            )
        )
