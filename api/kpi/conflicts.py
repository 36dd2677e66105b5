"""``metricConflicts``."""

from datetime import UTC, datetime
from typing import cast

import strawberry

from api.context import Context, Info
from api.enums import described
from api.key_result.types import KeyResult
from api.kpi.loaders import kpi_of
from api.kpi.types import Kpi
from api.nodes import as_types
from api.pagination import Connection
from domain.db import reading
from domain.kpi import conflicts
from domain.kpi.conflicts import ConflictBasis
from domain.kpi.queries import kpis_at, links_of

described(
    ConflictBasis,
    "How it is known that two are about one metric, the surest first.",
    {
        "LINEAGE": "The KPI became the key result.",
        "DECLARED": "Somebody has declared it.",
        "NAME": "They have the same metric, or title, and unit within one team.",
    },
)


@strawberry.type(description="Two that pull one metric in opposite directions.")
class MetricConflict:
    """Shows ``domain.kpi.conflicts.MetricConflict``."""

    metric: str = strawberry.field(description="The metric's name.")
    basis: ConflictBasis = strawberry.field(description="How it is known that both are about it.")
    explanation: str = strawberry.field(description="What the one and the other want.")

    @strawberry.field(description="The KPI; null where two key results are at odds.")
    async def kpi(self: conflicts.MetricConflict, info: Info) -> Kpi | None:
        return None if self.kpi_id is None else cast("Kpi", await kpi_of(info.context, self.kpi_id))

    @strawberry.field(description="The key result that is at odds with the KPI, or the two that are.")
    def key_results(self: conflicts.MetricConflict, info: Info) -> list[KeyResult]:
        known = info.context.directory.key_results
        return as_types(KeyResult, (known[one] for one in self.key_result_ids))


@strawberry.type(description="A page of conflicts.")
class MetricConflictConnection(Connection[MetricConflict]):
    """Connection of conflicts."""


async def conflicts_in(context: Context) -> list[conflicts.MetricConflict]:
    """All conflicts of the organisation."""
    directory = (await context.view()).directory
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        kpis = await kpis_at(connection, organisation_id, now=datetime.now(UTC))
        links = await links_of(connection, organisation_id)
    return conflicts.metric_conflicts(kpis, directory.key_results.values(), directory.objectives, links)
