"""The type ``Cycle``."""

from datetime import date, datetime
from typing import Annotated, Optional
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.coverage.cycle_fields import CycleOrphans
from api.cycle.filters import CycleOrder, CycleWhere
from api.descriptions import ARCHIVED_AT, CREATED_AT, UPDATED_AT, VERSION
from api.enums import CycleLevel
from api.filters import WHERE
from api.finding.fields import CycleFindings
from api.listing import ORDER_BY, IncludeArchived, Listing, children_of
from api.nodes import Node, as_type, fetched_by, shows
from api.objective.filters import ObjectiveOrder, ObjectiveWhere
from api.objective.types import OBJECTIVE_LISTING, ObjectiveConnection
from api.pagination import After, Before, Connection, First, Last, page_of
from domain.queries.listing import OrderBy
from domain.queries.sources import CYCLES
from domain.rows import CycleRow


@strawberry.type(description="A span of time that objectives are set for; both days belong to it.")
@shows(CycleRow)
class Cycle(Node, CycleOrphans, CycleFindings):
    """Shows ``CycleRow``."""

    name: str = strawberry.field(description="Unique in the organisation, whatever its case.")
    level: CycleLevel = strawberry.field(description="Planning horizon of the cycle and its objectives.")
    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day; not before the first.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED_AT)
    updated_at: datetime = strawberry.field(description=UPDATED_AT)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED_AT)

    @strawberry.field(description="The longer cycle that it lies in; null at the top.")
    def parent(self: CycleRow, info: Info) -> Optional["Cycle"]:
        if self.parent_id is None:
            return None
        return as_type(Cycle, info.context.directory.cycles[self.parent_id])

    @strawberry.field(description="The cycles that lie in it, by first day unless ordered otherwise.")
    async def children(
        self: CycleRow,
        info: Info,
        where: Annotated[CycleWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[CycleOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> "CycleConnection":
        return await children_of(
            info.context,
            CYCLE_LISTING,
            parent="parent_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(description="The objectives of the cycle, the oldest first unless ordered otherwise.")
    async def objectives(
        self: CycleRow,
        info: Info,
        where: Annotated[ObjectiveWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[ObjectiveOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ObjectiveConnection:
        return await children_of(
            info.context,
            OBJECTIVE_LISTING,
            parent="cycle_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )


@strawberry.type(description="A page of cycles.")
class CycleConnection(Connection[Cycle]):
    """Connection of cycles."""


CYCLE_LISTING = Listing(
    CYCLES, CycleConnection, ids={"id": "Cycle", "parent_id": "Cycle"}, default=(OrderBy("starts_on"),)
)


async def _cycles(context: Context, ids: list[UUID]) -> list[CycleRow | None]:
    directory = (await context.view()).directory
    return [directory.cycles.get(cycle_id) for cycle_id in ids]


fetched_by("Cycle", _cycles)
