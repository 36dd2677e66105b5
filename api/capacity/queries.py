"""Queries about leave and the settings of capacity; all else hangs on teams."""

from typing import Annotated

import strawberry

from api.capacity.filters import LeaveOrder, LeaveWhere
from api.capacity.person_types import LEAVE_LISTING, LeaveConnection
from api.capacity.types import CapacitySettings
from api.context import Info
from api.filters import WHERE
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.nodes import as_type
from api.pagination import After, Before, First, Last, page_of
from api.permissions import READ
from domain.capacity.settings import read_settings
from domain.db import reading


@strawberry.type
class CapacityQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="Days off of people, teams and the organisation, the earliest first unless ordered otherwise.",
        **READ,
    )
    async def leaves(
        self,
        info: Info,
        where: Annotated[LeaveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[LeaveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> LeaveConnection:
        return await connection_of(
            info.context,
            LEAVE_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(description="When the organisation works, and when drift is worth an alert.", **READ)
    async def capacity_settings(self, info: Info) -> CapacitySettings:
        await info.context.view()
        async with reading(info.context.database, info.context.actor.organisation_id) as connection:
            return as_type(CapacitySettings, await read_settings(connection))
