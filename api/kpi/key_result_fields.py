"""Fields of ``KeyResult`` about KPIs."""

from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.kpi.lineage import CounterMetric, KpiPromotion, counters_of_key_result, lineage_to
from api.kpi.loaders import kpi_of
from api.nodes import as_type, as_types
from domain.kpi.linking import MOST_LINKS
from domain.rows import KeyResultRow

if TYPE_CHECKING:
    from api.kpi.types import Kpi


@strawberry.type
class KeyResultKpiFields:
    """Where a key result comes from, and what is watched beside it."""

    @strawberry.field(
        description="The KPI that became this key result, because it is to improve; null for none."
    )
    async def from_kpi(
        self: KeyResultRow, info: Info
    ) -> Annotated["Kpi", strawberry.lazy("api.kpi.types")] | None:
        promotion = await lineage_to(info.context, self.id)
        return None if promotion is None else cast("Kpi", await kpi_of(info.context, promotion.kpi_id))

    @strawberry.field(description="How the KPI became this key result; null if none did.")
    async def kpi_promotion(self: KeyResultRow, info: Info) -> KpiPromotion | None:
        promotion = await lineage_to(info.context, self.id)
        return None if promotion is None else as_type(KpiPromotion, promotion)

    @strawberry.field(
        description=f"The KPIs that are watched while it is pushed, the oldest first; at most {MOST_LINKS}."
    )
    async def counter_metrics(self: KeyResultRow, info: Info) -> list[CounterMetric]:
        return as_types(CounterMetric, await counters_of_key_result(info.context, self.id))
