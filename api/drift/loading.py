"""Drift of what a request asks about: one ledger of weeks for all of it."""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.capacity.cycles import cycle_named
from api.context import Context
from api.inputs import decoded
from domain.db import reading
from domain.drift.ledger import Ledger, read_ledger
from domain.drift.table import CycleDrift, cycle_drift
from domain.errors import NotFound
from domain.periods import PeriodLength
from domain.rows import CycleRow


async def drift_of(
    context: Context,
    *,
    cycle: str,
    length: PeriodLength,
    as_of: date | None,
    portfolio_ids: Collection[UUID] | None,
    team_id: UUID | None = None,
) -> CycleDrift:
    """Drift of a team or a portfolio; of the whole organisation without portfolios.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such cycle, or it has too many periods.
    """
    row = cycle_named(context, cycle)
    ledger = await context.loader(("drift ledger", row.id), _loading(row)).load(row.id)
    whole = portfolio_ids is None
    weekly = ledger.of(
        portfolio_ids=ledger.policies.keys() if portfolio_ids is None else portfolio_ids,
        team_id=team_id,
        whole=whole,
    )
    return cycle_drift(weekly, row, length, as_of=as_of or datetime.now(UTC).date())


def portfolio_named(context: Context, portfolio: str) -> UUID:
    """The portfolio of an argument.

    Raises
    ------
    NotFound
        When there is none of this id.
    """
    key = decoded("Portfolio", portfolio, "portfolio")
    if key not in context.directory.portfolios:
        raise NotFound("There is no portfolio with this id.", path=("portfolio",))
    return key


def _loading(cycle: CycleRow) -> Callable[[Context], DataLoader[UUID, Ledger]]:
    def make(context: Context) -> DataLoader[UUID, Ledger]:
        async def load(keys: list[UUID]) -> list[Ledger]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                ledger = await read_ledger(connection, organisation_id, cycle.starts_on, cycle.ends_on)
            return [ledger for _ in keys]

        return DataLoader(load_fn=load)

    return make
