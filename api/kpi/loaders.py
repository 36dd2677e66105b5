"""KPIs and what belongs to them, read together for all that a request asks for."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from api.context import Context
from domain.db import reading
from domain.kpi.escalation import paths_of
from domain.kpi.overview import KPIS
from domain.kpi.queries import open_breaches_of
from domain.kpi.rows import BreachRow, EscalationLevelRow, KpiRow
from domain.queries.listing import by_ids

T = TypeVar("T")

Read = Callable[[AsyncConnection, UUID, list[UUID]], Awaitable[dict[UUID, T]]]


async def kpis_by_id(context: Context, ids: list[UUID]) -> list[KpiRow | None]:
    """The rows of KPIs; None for what is not there or not the viewer's."""
    found = await _read(context, _kpis, ids)
    await know(context, found.values())
    return [found.get(kpi_id) for kpi_id in ids]


async def kpi_of(context: Context, kpi_id: UUID) -> KpiRow:
    """The KPI that something which has been read belongs to."""
    row = await _loaded(context, "kpi", _kpis, kpi_id)
    if row is None:
        raise RuntimeError("a KPI is never deleted, so what belongs to it always finds it")
    await know(context, [row])
    return row


async def path_of(context: Context, kpi_id: UUID) -> tuple[EscalationLevelRow, ...]:
    """The escalation path of a KPI; empty where there is none."""
    return await _loaded(context, "escalation path", _paths, kpi_id) or ()


async def open_breach_of(context: Context, kpi_id: UUID) -> BreachRow | None:
    """The open breach of a KPI, if there is one."""
    return await _loaded(context, "open breach", _open_breaches, kpi_id)


async def know(context: Context, rows: Collection[KpiRow]) -> None:
    """See to it that the view knows the teams and people of KPIs, though somebody has just added them."""
    directory = (await context.view()).directory
    if any(
        row.team_id not in directory.teams
        or (row.owner_id is not None and row.owner_id not in directory.members)
        or (row.category_id is not None and row.category_id not in directory.categories)
        for row in rows
    ):
        await context.renew()


async def _kpis(connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]) -> dict[UUID, KpiRow]:
    return await by_ids(connection, organisation_id, KPIS, ids)


async def _paths(
    connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, tuple[EscalationLevelRow, ...]]:
    return await paths_of(connection, organisation_id, ids)


async def _open_breaches(
    connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, BreachRow]:
    return await open_breaches_of(connection, organisation_id, kpi_ids=ids)


async def _read(context: Context, read: Read[T], ids: list[UUID]) -> dict[UUID, T]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        return await read(connection, organisation_id, ids)


async def _loaded(context: Context, name: str, read: Read[T], key: UUID) -> T | None:
    def make(of: Context) -> DataLoader[UUID, T | None]:
        async def load(ids: list[UUID]) -> list[T | None]:
            found = await _read(of, read, ids)
            return [found.get(one) for one in ids]

        return DataLoader(load_fn=load)

    loader: DataLoader[UUID, Any] = context.loader(("kpi parts", name), make)
    found: T | None = await loader.load(key)
    return found
