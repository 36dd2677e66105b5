"""Fields of ``Objective`` about KPIs."""

import strawberry

from api.context import Info
from api.kpi.loaders import know
from api.kpi.types import KpiConnection
from api.listing import IncludeArchived, Listing, children_of
from api.pagination import After, Before, First, Last, page_of
from domain.kpi.overview import KPIS_OF_OBJECTIVES
from domain.kpi.rows import KpiRow
from domain.queries.keyset import Slice
from domain.queries.listing import OrderBy
from domain.rows import ObjectiveRow

_LISTING = Listing(KPIS_OF_OBJECTIVES, KpiConnection, ids={}, default=(OrderBy("name"),))


@strawberry.type
class ObjectiveKpiFields:
    """What an objective's operation rests on."""

    @strawberry.field(description="The KPIs that stand behind it, by name.")
    async def kpis(
        self: ObjectiveRow,
        info: Info,
        include_archived: IncludeArchived = False,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> KpiConnection:
        async def shown(found: Slice[KpiRow]) -> Slice[KpiRow]:
            await know(info.context, found.rows)
            return found

        return await children_of(
            info.context,
            _LISTING,
            parent="objective_id",
            parent_id=self.id,
            page=page_of(first=first, after=after, last=last, before=before),
            where=None,
            order_by=None,
            archived=include_archived,
            shown=shown,
        )
