"""Inputs of the mutations about webhooks."""

from uuid import UUID

import strawberry

_URL = (
    "Where to send messages, by POST: https:// or http://, at most 2,000 characters, and no password in it."
)
_PARTS = (
    "The kinds of entries whose changes count, as `Change.part` has them, at most 50; none stands for all."
)


@strawberry.input(description="A new webhook; it is told of what changes from now on.")
class WebhookCreateInput:
    """Becomes ``WebhookCreate``."""

    id: UUID | None = strawberry.field(
        default=strawberry.UNSET,
        description="A UUID of the client's choice: repeating the mutation with it creates nothing new.",
    )
    name: str = strawberry.field(description="1 to 200 characters, unique in the organisation.")
    url: str = strawberry.field(description=_URL)
    parts: list[str] | None = strawberry.field(default=strawberry.UNSET, description=_PARTS)


@strawberry.input(description="Changes to a webhook; what is left out stays as it is.")
class WebhookUpdateInput:
    """Becomes ``WebhookUpdate``."""

    id: strawberry.ID = strawberry.field(description="The webhook.")
    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="The version that the client has seen: refuse the change if it is no longer current.",
    )
    name: strawberry.Maybe[str] = strawberry.field(
        description="1 to 200 characters, unique in the organisation."
    )
    url: strawberry.Maybe[str] = strawberry.field(description=_URL)
    parts: strawberry.Maybe[list[str]] = strawberry.field(description=_PARTS)
    paused: strawberry.Maybe[bool] = strawberry.field(
        description="True sends nothing any more; false tells of what changes from then on."
    )


@strawberry.input(description="A webhook that is to get a new secret.")
class WebhookSecretReplaceInput:
    """Becomes ``WebhookSecretReplace``."""

    id: strawberry.ID = strawberry.field(description="The webhook.")
