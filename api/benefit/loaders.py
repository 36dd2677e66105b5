"""Benefits and what belongs to them, read together for all that a request asks for."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader

from api.context import Context
from domain.db import reading
from domain.queries.benefit import (
    BENEFIT_REALISATIONS,
    BENEFITS,
    BenefitAmounts,
    amounts,
    corrections_of,
)
from domain.queries.listing import by_ids
from domain.rows_okr import BenefitRealisationRow, BenefitRow

T = TypeVar("T")

Read = Callable[[AsyncConnection, UUID, list[UUID]], Awaitable[dict[UUID, T]]]


async def amounts_of(context: Context, benefit_id: UUID) -> BenefitAmounts:
    """What is planned of a benefit, and what has come."""
    return await _loaded(context, "benefit amounts", amounts, benefit_id) or BenefitAmounts((), ())


async def benefit_of(context: Context, benefit_id: UUID) -> BenefitRow:
    """The benefit that something which has been read belongs to, in a view that knows its references."""
    row = await _loaded(context, "benefits", _benefits, benefit_id)
    if row is None:
        raise RuntimeError("a benefit is never deleted, so what belongs to it always finds it")
    await know(context, [row])
    return row


async def realisation_of(context: Context, entry_id: UUID) -> BenefitRealisationRow | None:
    """An entry by its id."""
    return await _loaded(context, "benefit realisations", _realisations, entry_id)


async def correction_of(context: Context, entry_id: UUID) -> BenefitRealisationRow | None:
    """What corrected an entry, if anything did."""
    return await _loaded(context, "benefit corrections", corrections_of, entry_id)


async def know(context: Context, rows: list[BenefitRow]) -> None:
    """See to it that the view has what benefits refer to, though somebody has just added it."""
    portfolios = {row.portfolio_id for row in rows}
    view = await context.view(*portfolios)
    directory = view.directory
    if any(
        context.find_initiative(row.initiative_id) is None
        or (row.owner_id is not None and row.owner_id not in directory.members)
        or (row.key_result_id is not None and row.key_result_id not in directory.key_results)
        for row in rows
    ):
        await context.renew(*portfolios)


async def know_recorders(context: Context, rows: list[BenefitRealisationRow]) -> None:
    """See to it that the view knows who recorded entries."""
    members = (await context.view()).directory.members
    if any(row.recorded_by_id not in members for row in rows):
        await context.renew()


async def _benefits(
    connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, BenefitRow]:
    return await by_ids(connection, organisation_id, BENEFITS, ids)


async def _realisations(
    connection: AsyncConnection, organisation_id: UUID, ids: list[UUID]
) -> dict[UUID, BenefitRealisationRow]:
    return await by_ids(connection, organisation_id, BENEFIT_REALISATIONS, ids)


async def _loaded(context: Context, key: str, read: Read[T], id_: UUID) -> T | None:
    def make(context: Context) -> DataLoader[UUID, T | None]:
        async def load(ids: list[UUID]) -> list[T | None]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                found = await read(connection, organisation_id, ids)
            return [found.get(one) for one in ids]

        return DataLoader(load_fn=load)

    return await context.loader(key, make).load(id_)
