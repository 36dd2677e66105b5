"""What a KPI is linked to: objectives, key results, counter-metrics, and where they come from."""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.kpi.loaders import kpi_of
from api.nodes import as_types
from domain.db import reading
from domain.kpi.linking import MOST_LINKS
from domain.kpi.queries import counter_metrics_of, lineage_of, links_of_kpis
from domain.kpi.rows import CounterMetricRow, KpiPromotionRow, KpiRow, KpiStandardRaiseRow

if TYPE_CHECKING:
    from api.key_result.types import KeyResult
    from api.kpi.types import Kpi
    from api.member.types import Member
    from api.objective.types import Objective

_Kpi = Annotated["Kpi", strawberry.lazy("api.kpi.types")]
_KeyResult = Annotated["KeyResult", strawberry.lazy("api.key_result.types")]
_Member = Annotated["Member", strawberry.lazy("api.member.types")]
_Objective = Annotated["Objective", strawberry.lazy("api.objective.types")]

MOST_SHOWN = 100


def _key_result(info: Info, key_result_id: UUID) -> "KeyResult":
    return cast("KeyResult", info.context.directory.key_results[key_result_id])


@strawberry.type(
    description="That a KPI became a key result. While it lasts, measurements are its check-ins."
)
class KpiPromotion:
    """Shows ``KpiPromotionRow``."""

    start_value: float = strawberry.field(description="Where the key result began, in the KPI's unit.")
    reason: str = strawberry.field(description="Why; may be empty.")
    promoted_at: datetime = strawberry.field(description="When.")
    ended_at: datetime | None = strawberry.field(
        description="When measurements stopped to be check-ins; null while they are."
    )
    ended_reason: str | None = strawberry.field(description="Why they stopped; null while they are.")

    @strawberry.field(description="The KPI.")
    async def kpi(self: KpiPromotionRow, info: Info) -> _Kpi:
        return cast("Kpi", await kpi_of(info.context, self.kpi_id))

    @strawberry.field(description="The key result that it became.")
    def key_result(self: KpiPromotionRow, info: Info) -> _KeyResult:
        return _key_result(info, self.key_result_id)

    @strawberry.field(description="Who promoted it.")
    def promoted_by(self: KpiPromotionRow, info: Info) -> _Member:
        return cast("Member", info.context.directory.members[self.promoted_by_id])


@strawberry.type(description="That what a key result has reached became its KPI's standard.")
class KpiStandardRaise:
    """Shows ``KpiStandardRaiseRow``."""

    old_target_low: float | None = strawberry.field(
        description="The KPI's `targetLow` before, in its unit; null where it has none."
    )
    old_target_high: float | None = strawberry.field(
        description="The KPI's `targetHigh` before, in its unit; null where it has none."
    )
    new_target_low: float | None = strawberry.field(
        description="The KPI's `targetLow` from then on, in its unit; null where it has none."
    )
    new_target_high: float | None = strawberry.field(
        description="The KPI's `targetHigh` from then on, in its unit; null where it has none."
    )
    achieved: bool = strawberry.field(description="Whether the key result had reached its target.")
    reason: str = strawberry.field(description="Why; may be empty where it had.")
    raised_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The KPI.")
    async def kpi(self: KpiStandardRaiseRow, info: Info) -> _Kpi:
        return cast("Kpi", await kpi_of(info.context, self.kpi_id))

    @strawberry.field(description="The key result that showed what can be reached.")
    def key_result(self: KpiStandardRaiseRow, info: Info) -> _KeyResult:
        return _key_result(info, self.key_result_id)

    @strawberry.field(description="Who raised it.")
    def raised_by(self: KpiStandardRaiseRow, info: Info) -> _Member:
        return cast("Member", info.context.directory.members[self.raised_by_id])


class _Lineage(NamedTuple):
    promotions: list[KpiPromotionRow]
    raises: list[KpiStandardRaiseRow]


@strawberry.type(description="What has become of a KPI, and where its standard comes from.")
class KpiLineage:
    """Shows ``_Lineage``."""

    @strawberry.field(
        description=f"The key results that it became, the oldest first; at most the latest {MOST_SHOWN}."
    )
    def promotions(self: _Lineage) -> list[KpiPromotion]:
        return as_types(KpiPromotion, self.promotions[-MOST_SHOWN:])

    @strawberry.field(
        description=f"The standards that it got from key results, the oldest first; at most the latest {MOST_SHOWN}."
    )
    def standard_raises(self: _Lineage) -> list[KpiStandardRaise]:
        return as_types(KpiStandardRaise, self.raises[-MOST_SHOWN:])


@strawberry.type(
    description="A KPI that is watched while another KPI, or a key result, is pushed: quality beside quantity."
)
class CounterMetric:
    """Shows ``CounterMetricRow``."""

    reason: str = strawberry.field(description="What it guards against; may be empty.")
    created_at: datetime = strawberry.field(description="Since when.")

    @strawberry.field(description="The KPI that is watched.")
    async def counter_kpi(self: CounterMetricRow, info: Info) -> _Kpi:
        return cast("Kpi", await kpi_of(info.context, self.counter_kpi_id))


@strawberry.type
class KpiLinkFields:
    """Fields of ``Kpi`` about what it is linked to."""

    @strawberry.field(description="What has become of it, and where its standard comes from.")
    async def lineage(self: KpiRow, info: Info) -> KpiLineage:
        return cast("KpiLineage", await _loaded(info.context, "lineage", self.id))

    @strawberry.field(description="The key result that its measurements are check-ins of; null for none.")
    async def promoted_to(self: KpiRow, info: Info) -> _KeyResult | None:
        lineage: _Lineage = await _loaded(info.context, "lineage", self.id)
        for promotion in lineage.promotions:
            if promotion.ended_at is None:
                return _key_result(info, promotion.key_result_id)
        return None

    @strawberry.field(description=f"The objectives that it stands behind, by title; at most {MOST_LINKS}.")
    async def objectives(self: KpiRow, info: Info) -> list[_Objective]:
        known = info.context.directory.objectives
        rows = [known[one] for one in (await _links(info, self.id)).objectives if one in known]
        return cast("list[Objective]", sorted(rows, key=lambda row: (row.title.lower(), row.id)))

    @strawberry.field(
        description=f"The key results of which somebody has declared that they measure the same, by title; at most"
        f" {MOST_LINKS}."
    )
    async def key_results(self: KpiRow, info: Info) -> list[_KeyResult]:
        known = info.context.directory.key_results
        rows = [known[one] for one in (await _links(info, self.id)).key_results if one in known]
        return cast("list[KeyResult]", sorted(rows, key=lambda row: (row.title.lower(), row.id)))

    @strawberry.field(
        description=f"The KPIs that are watched while this one is pushed, the oldest first; at most {MOST_LINKS}."
    )
    async def counter_metrics(self: KpiRow, info: Info) -> list[CounterMetric]:
        return as_types(CounterMetric, await _loaded(info.context, "counters", self.id))


async def lineage_to(context: Context, key_result_id: UUID) -> KpiPromotionRow | None:
    """The promotion that a key result comes from, if it does."""
    found: KpiPromotionRow | None = await _loaded(context, "from kpi", key_result_id)
    return found


async def counters_of_key_result(context: Context, key_result_id: UUID) -> list[CounterMetricRow]:
    """The KPIs that are watched while a key result is pushed."""
    found: list[CounterMetricRow] = await _loaded(context, "key result counters", key_result_id)
    return found


class _Links(NamedTuple):
    objectives: frozenset[UUID]
    key_results: frozenset[UUID]


async def _links(info: Info, kpi_id: UUID) -> _Links:
    found: _Links = await _loaded(info.context, "links", kpi_id)
    return found


async def _loaded(context: Context, part: str, key: UUID) -> Any:
    loader: DataLoader[UUID, Any] = context.loader(("kpi links", part), lambda of: _loader(of, part))
    return await loader.load(key)


def _loader(context: Context, part: str) -> DataLoader[UUID, Any]:
    async def load(ids: list[UUID]) -> list[Any]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await _PARTS[part](connection, organisation_id, ids)
        return [found[one] for one in ids]

    return DataLoader(load_fn=load)


async def _lineages(connection: Any, organisation_id: UUID, ids: list[UUID]) -> dict[UUID, Any]:
    promotions, raises = await lineage_of(connection, organisation_id, kpi_ids=ids)
    return {
        one: _Lineage(
            [row for row in promotions if row.kpi_id == one], [row for row in raises if row.kpi_id == one]
        )
        for one in ids
    }


async def _origins(connection: Any, organisation_id: UUID, ids: list[UUID]) -> dict[UUID, Any]:
    promotions, _ = await lineage_of(connection, organisation_id, key_result_ids=ids)
    found = {row.key_result_id: row for row in promotions}
    return {one: found.get(one) for one in ids}


async def _counters(connection: Any, organisation_id: UUID, ids: list[UUID]) -> dict[UUID, Any]:
    grouped: defaultdict[UUID | None, list[CounterMetricRow]] = defaultdict(list)
    for row in await counter_metrics_of(connection, organisation_id, kpi_ids=ids):
        grouped[row.kpi_id].append(row)
    return {one: grouped[one] for one in ids}


async def _counters_of_key_results(
    connection: Any, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, Any]:
    grouped: defaultdict[UUID | None, list[CounterMetricRow]] = defaultdict(list)
    for row in await counter_metrics_of(connection, organisation_id, key_result_ids=ids):
        grouped[row.key_result_id].append(row)
    return {one: grouped[one] for one in ids}


async def _linked(connection: Any, organisation_id: UUID, ids: list[UUID]) -> dict[UUID, Any]:
    objectives, key_results = await links_of_kpis(connection, organisation_id, ids)
    none: frozenset[UUID] = frozenset()
    return {one: _Links(objectives.get(one, none), key_results.get(one, none)) for one in ids}


_PARTS = {
    "lineage": _lineages,
    "from kpi": _origins,
    "counters": _counters,
    "key result counters": _counters_of_key_results,
    "links": _linked,
}
