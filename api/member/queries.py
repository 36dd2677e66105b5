"""Queries about members."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.member.filters import MemberOrder, MemberWhere
from api.member.types import MEMBER_LISTING, MemberConnection
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ


@strawberry.type
class MemberQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's members, by name unless ordered otherwise.", **READ)
    async def members(
        self,
        info: Info,
        where: Annotated[MemberWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[MemberOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MemberConnection:
        return await connection_of(
            info.context,
            MEMBER_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
