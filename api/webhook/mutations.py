"""Mutations about webhooks."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.webhook.inputs import WebhookCreateInput, WebhookSecretReplaceInput, WebhookUpdateInput
from api.webhook.types import Webhook
from domain.commands.base import ArchiveCommand
from domain.webhook.commands import WebhookCreate, WebhookSecretReplace, WebhookUpdate
from domain.webhook.managing import (
    archive_webhook,
    create_webhook,
    replace_webhook_secret,
    update_webhook,
)

_ADMIN = requires(Role.ADMIN, TokenScope.ADMIN)
_KEY = (
    "The key of the signatures, shown this once: `whsec_` and base64. The header `webhook-signature` is `v1,` and the"
    " base64 of the HMAC-SHA256 over `webhook-id`, `webhook-timestamp` and the body, joined by dots."
)


@strawberry.type(description="The webhook was created, or had been by the same input before.")
class WebhookCreateSuccess:
    """Success of ``webhookCreate``."""

    webhook: Webhook = strawberry.field(description="The webhook as it is now.")
    secret: str | None = strawberry.field(description=f"{_KEY} Null when it had been created before.")


@strawberry.type(description="The webhook was changed.")
class WebhookUpdateSuccess:
    """Success of ``webhookUpdate``."""

    webhook: Webhook = strawberry.field(description="The webhook as it is now.")


@strawberry.type(description="The webhook was taken out of use, or back into it.")
class WebhookArchiveSuccess:
    """Success of ``webhookArchive``."""

    webhook: Webhook = strawberry.field(description="The webhook as it is now.")


@strawberry.type(description="The webhook has a new secret; the old one signs nothing any more.")
class WebhookSecretReplaceSuccess:
    """Success of ``webhookSecretReplace``."""

    webhook: Webhook = strawberry.field(description="The webhook.")
    secret: str = strawberry.field(description=_KEY)


WebhookCreateResult = Annotated[
    WebhookCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("WebhookCreateResult", description="Outcome of `webhookCreate`."),
]
WebhookUpdateResult = Annotated[
    WebhookUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("WebhookUpdateResult", description="Outcome of `webhookUpdate`."),
]
WebhookArchiveResult = Annotated[
    WebhookArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("WebhookArchiveResult", description="Outcome of `webhookArchive`."),
]
WebhookSecretReplaceResult = Annotated[
    WebhookSecretReplaceSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("WebhookSecretReplaceResult", description="Outcome of `webhookSecretReplace`."),
]
InputArgument = strawberry.argument(description="What to do.")


@strawberry.type
class WebhookMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Have an address told of the organisation's changes.", **_ADMIN)
    async def webhook_create(
        self, info: Info, input: Annotated[WebhookCreateInput, InputArgument]
    ) -> WebhookCreateResult:
        command = to_command(WebhookCreate, input)
        row, secret = await create_webhook(info.context.database, info.context.actor, command)
        await info.context.written()
        return WebhookCreateSuccess(webhook=as_type(Webhook, row), secret=secret)

    @strawberry.mutation(description="Change a webhook, pause it, or let it go on.", **_ADMIN)
    async def webhook_update(
        self, info: Info, input: Annotated[WebhookUpdateInput, InputArgument]
    ) -> WebhookUpdateResult:
        command = to_command(WebhookUpdate, input, ids={"id": "Webhook"})
        row = await update_webhook(info.context.database, info.context.actor, command)
        await info.context.written()
        return WebhookUpdateSuccess(webhook=as_type(Webhook, row))

    @strawberry.mutation(description="Take a webhook out of use, or back into it.", **_ADMIN)
    async def webhook_archive(
        self, info: Info, input: Annotated[ArchiveInput, InputArgument]
    ) -> WebhookArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Webhook"})
        row = await archive_webhook(info.context.database, info.context.actor, command)
        await info.context.written()
        return WebhookArchiveSuccess(webhook=as_type(Webhook, row))

    @strawberry.mutation(description="Give a webhook a new secret, when the old one has leaked.", **_ADMIN)
    async def webhook_secret_replace(
        self, info: Info, input: Annotated[WebhookSecretReplaceInput, InputArgument]
    ) -> WebhookSecretReplaceResult:
        command = to_command(WebhookSecretReplace, input, ids={"id": "Webhook"})
        row, secret = await replace_webhook_secret(info.context.database, info.context.actor, command)
        await info.context.written()
        return WebhookSecretReplaceSuccess(webhook=as_type(Webhook, row), secret=secret)
