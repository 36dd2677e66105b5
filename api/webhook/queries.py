"""Queries about webhooks."""

import strawberry

from api.context import Info
from api.enums import Role, TokenScope
from api.listing import IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import requires
from api.webhook.types import WEBHOOK_LISTING, WebhookConnection


@strawberry.type
class WebhookQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Who is told of the organisation's changes, by name; never the secrets.",
        **requires(Role.ADMIN, TokenScope.ADMIN),
    )
    async def webhooks(
        self,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> WebhookConnection:
        return await connection_of(
            info.context,
            WEBHOOK_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=include_archived,
        )
