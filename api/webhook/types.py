"""The types ``Webhook`` and ``WebhookDelivery``: never the secret."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import described
from api.listing import Listing, children_of
from api.nodes import Node, fetched_by, shows
from api.pagination import After, Before, Connection, First, Last, page_of
from api.token.types import may_see_tokens
from domain.db import reading
from domain.models import Webhook as WebhookModel
from domain.models import WebhookDelivery as DeliveryModel
from domain.queries.listing import OrderBy, Source, by_ids
from domain.webhook.rows import WebhookDeliveryRow, WebhookRow

WEBHOOKS = Source(WebhookModel, WebhookRow)
DELIVERIES = Source(DeliveryModel, WebhookDeliveryRow)


class WebhookDeliveryState(StrEnum):
    """What has become of a message."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"


described(
    WebhookDeliveryState,
    "What has become of a message to a webhook.",
    {
        "DUE": "It is to be sent, for the first time or again.",
        "DELIVERED": "The receiver has answered with a status from 200 to 299.",
        "FAILED": "It was given up after 9 attempts over about four days, or because the receiver answered 410.",
    },
)


@strawberry.type(description="One message to a webhook; kept for 30 days.")
class WebhookDelivery:
    """Shows ``WebhookDeliveryRow``."""

    body: str = strawberry.field(description="The message, as it is signed and sent: JSON.")
    attempts: int = strawberry.field(description="How often it was sent, one that is under way included.")
    created_at: datetime = strawberry.field(description="When it was made.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is due, or due again; null when it is over."
    )
    delivered_at: datetime | None = strawberry.field(description="When it was taken; null while it is not.")
    failed_at: datetime | None = strawberry.field(description="When it was given up; null while it is not.")
    last_status: int | None = strawberry.field(
        description="HTTP status of the last answer; null when there was none."
    )
    last_error: str | None = strawberry.field(
        description="Why the last attempt was none; null when it was taken or nothing was tried."
    )

    @strawberry.field(description="The message's id, as the header `webhook-id` carries it.")
    def key(self: WebhookDeliveryRow) -> UUID:
        return self.id

    @strawberry.field(description="What has become of it.")
    def state(self: WebhookDeliveryRow) -> WebhookDeliveryState:
        if self.delivered_at is not None:
            return WebhookDeliveryState.DELIVERED
        return WebhookDeliveryState.DUE if self.failed_at is None else WebhookDeliveryState.FAILED


@strawberry.type(description="A page of messages to a webhook.")
class WebhookDeliveryConnection(Connection[WebhookDelivery]):
    """Connection of messages."""


DELIVERY_LISTING = Listing(
    DELIVERIES, WebhookDeliveryConnection, ids={}, default=(OrderBy("created_at", descending=True),)
)


@strawberry.type(
    description="An address that is told of the organisation's changes, some seconds after they were made; seen by"
    " administrators."
)
@shows(WebhookRow)
class Webhook(Node):
    """Shows ``WebhookRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    url: str = strawberry.field(description="Where messages are sent, by POST.")
    parts: list[str] = strawberry.field(
        description="The kinds of entries whose changes count, as `Change.part` has them, at most 50; none stands for"
        " all."
    )
    paused: bool = strawberry.field(
        description="Whether nothing is sent; changes meanwhile are not told afterwards."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="What was sent or is to be, the latest first.")
    async def deliveries(
        self: WebhookRow,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> WebhookDeliveryConnection:
        return await children_of(
            info.context,
            DELIVERY_LISTING,
            parent="webhook_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=True,
        )


@strawberry.type(description="A page of webhooks.")
class WebhookConnection(Connection[Webhook]):
    """Connection of webhooks."""


WEBHOOK_LISTING = Listing(WEBHOOKS, WebhookConnection, ids={"id": "Webhook"}, default=(OrderBy("name"),))


async def _webhooks(context: Context, ids: list[UUID]) -> list[WebhookRow | None]:
    if not may_see_tokens(context):
        return [None] * len(ids)
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, WEBHOOKS, ids)
    return [found.get(webhook_id) for webhook_id in ids]


fetched_by("Webhook", _webhooks)
