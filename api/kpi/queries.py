"""Queries about KPIs."""

from typing import Annotated

import strawberry

from api.context import Info
from api.filters import WHERE
from api.kpi.conflicts import MetricConflict, MetricConflictConnection, conflicts_in
from api.kpi.filters import KpiOrder, KpiWhere
from api.kpi.types import KPI_LISTING, KpiConnection
from api.listing import ORDER_BY, IncludeArchived, connection_of
from api.nodes import as_types
from api.pagination import After, Before, First, Last, page_of, slice_of
from api.permissions import READ


@strawberry.type
class KpiQueries:
    """Merged into ``Query``."""

    @strawberry.field(description="The organisation's KPIs, by name unless ordered otherwise.", **READ)
    async def kpis(
        self,
        info: Info,
        where: Annotated[KpiWhere | None, WHERE] = strawberry.UNSET,
        order_by: Annotated[list[KpiOrder] | None, ORDER_BY] = strawberry.UNSET,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KpiConnection:
        return await connection_of(
            info.context,
            KPI_LISTING,
            page=page_of(first=first, after=after, last=last, before=before),
            where=where,
            order_by=order_by,
            archived=include_archived,
        )

    @strawberry.field(
        description="Metrics that a KPI and a key result, or two key results, pull in opposite directions. Two are"
        " about one metric by lineage, by declaration, or by the same metric or title and unit in one team.",
        metadata={"cost": 20},
        **READ,
    )
    async def metric_conflicts(
        self,
        info: Info,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> MetricConflictConnection:
        found = await conflicts_in(info.context)
        indices, window = slice_of(
            length=len(found),
            page=page_of(first=first, after=after, last=last, before=before),
            scope="metric conflicts",
        )
        nodes = as_types(MetricConflict, (found[index] for index in indices))
        return MetricConflictConnection.of(window, nodes=nodes, total=len(found))
