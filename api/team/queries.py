"""Queries about teams."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ
from api.team.filters import TeamOrder, TeamWhere
from api.team.types import TEAM_LISTING, TeamConnection


@strawberry.type
class TeamQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's teams, by name unless ordered otherwise.", **READ)
    async def teams(
        self,
        info: Info,
        where: Annotated[TeamWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[TeamOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamConnection:
        return await connection_of(
            info.context,
            TEAM_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )
