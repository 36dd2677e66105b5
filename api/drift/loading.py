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
from domain.periods import PeriodLength, periods
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
    """Drift of a team or a portfolio; of the whole organisation, and its portfolios in use, without any.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such cycle, or it has too many periods.
    """
    row = cycle_named(context, cycle)
    # refuses too many of them before any is read
    periods(row.starts_on, row.ends_on, length)
    # one for all teams of a list, and one for what is no team and comes at another moment
    key = ("drift ledger", row.id, team_id is None)
    ledger = await context.loader(key, _loading(row)).load(team_id)
    whole = portfolio_ids is None
    if portfolio_ids is None:
        known = context.directory.portfolios
        portfolio_ids = [key for key in ledger.policies if known[key].archived_at is None]
    weekly = ledger.of(portfolio_ids=portfolio_ids, team_id=team_id, whole=whole)
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


def _loading(cycle: CycleRow) -> Callable[[Context], DataLoader[UUID | None, Ledger]]:
    def make(context: Context) -> DataLoader[UUID | None, Ledger]:
        async def load(teams: list[UUID | None]) -> list[Ledger]:
            organisation_id = context.actor.organisation_id
            asked = [team_id for team_id in teams if team_id is not None]
            async with reading(context.database, organisation_id) as connection:
                ledger = await read_ledger(
                    connection, organisation_id, cycle.starts_on, cycle.ends_on, team_ids=asked
                )
            return [ledger for _ in teams]

        return DataLoader(load_fn=load)

    return make
