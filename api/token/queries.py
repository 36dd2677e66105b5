"""Queries about API tokens."""

from typing import Annotated, cast

import strawberry

from api.context import Info
from api.enums import Role, TokenScope
from api.filters import WHERE
from api.listing import ORDER_BY, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import requires
from api.token.filters import ApiTokenOrder, ApiTokenWhere, not_ended
from api.token.types import TOKEN_LISTING, ApiTokenConnection, with_members
from domain.rows import ApiTokenRow

IncludeEnded = Annotated[bool, strawberry.argument(description="Also return what is revoked or has expired.")]


@strawberry.type
class TokenQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The organisation's API tokens, the latest first unless ordered otherwise; never their secrets.",
        **requires(Role.ADMIN, TokenScope.ADMIN),
    )
    async def tokens(
        self,
        info: Info,
        where: Annotated[ApiTokenWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ApiTokenOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_ended: IncludeEnded = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ApiTokenConnection:
        found = await connection_of(
            info.context,
            TOKEN_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where if include_ended else not_ended(where or None),
            order_by=order_by,
            archived=True,
        )
        await with_members(info.context, cast(list[ApiTokenRow], found.nodes))
        return found
