"""``asOf`` of objectives and KPIs: loaded for all of a request and day together."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context, Info
from api.history.types import KpiAsOf, KpiState, NotThereYet, ObjectiveAsOf, ObjectiveState, PastOn
from api.nodes import as_type
from domain.db import reading
from domain.errors import InvalidInput
from domain.history.kpi import KpiState as PastKpi
from domain.history.kpi import kpis_as_of
from domain.history.objective import ObjectiveState as PastObjective
from domain.history.objective import objectives_at
from domain.kpi.rows import KpiRow
from domain.rows import ObjectiveRow

AsOfDate = Annotated[
    date,
    strawberry.argument(description="The day, not after today (UTC); its end counts, of today this moment."),
]


@strawberry.type
class ObjectiveHistory:
    """Fields of ``Objective``."""

    @strawberry.field(
        description="What it was at the end of a past day, rebuilt from the audit trail: fields, key results with"
        " values, progress, status and confidence."
    )
    async def as_of(self: ObjectiveRow, info: Info, date: AsOfDate) -> ObjectiveAsOf:
        moment = end_of(date)
        found = await info.context.loader(("objectives at", date), _objectives(moment, date)).load(self.id)
        if found is None:
            return NotThereYet(created_at=self.created_at)
        return as_type(ObjectiveState, PastOn(found, date))


@strawberry.type
class KpiHistory:
    """Fields of ``Kpi``."""

    @strawberry.field(
        description="What it was at the end of a past day: its standard from the audit trail, and the value that was"
        " known then, before later corrections."
    )
    async def as_of(self: KpiRow, info: Info, date: AsOfDate) -> KpiAsOf:
        moment = end_of(date)
        found = await info.context.loader(("kpis at", date), _kpis(moment)).load(self.id)
        return NotThereYet(created_at=self.created_at) if found is None else as_type(KpiState, found)


def end_of(day: date, *, argument: str = "date") -> datetime:
    """The end of a day in UTC; this moment of today.

    Raises
    ------
    InvalidInput
        When the day has not come yet.
    """
    now = datetime.now(UTC)
    if day > now.date():
        raise InvalidInput(f"{day} has not come yet; today is {now.date()}.", path=(argument,))
    return min(now, datetime.combine(day, time.max, tzinfo=UTC))


def _objectives(moment: datetime, day: date) -> Callable[[Context], DataLoader[UUID, PastObjective | None]]:
    def make(context: Context) -> DataLoader[UUID, PastObjective | None]:
        async def load(ids: list[UUID]) -> list[PastObjective | None]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await objectives_at(
                    connection, organisation_id, at=moment, day=day, objective_ids=ids
                )
            return [found.get(key) for key in ids]

        return DataLoader(load_fn=load)

    return make


def _kpis(moment: datetime) -> Callable[[Context], DataLoader[UUID, PastKpi | None]]:
    def make(context: Context) -> DataLoader[UUID, PastKpi | None]:
        async def load(ids: list[UUID]) -> list[PastKpi | None]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await kpis_as_of(connection, organisation_id, at=moment, kpi_ids=ids)
            return [found.get(key) for key in ids]

        return DataLoader(load_fn=load)

    return make
