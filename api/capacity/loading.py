"""Capacity of the teams of a request: one table for all of them that ask for the same cycle and periods."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.capacity.cycles import cycle_named
from api.capacity.types import TeamCapacityView
from api.context import Context
from domain.capacity.commitment import Commitment, commitments, load_of
from domain.capacity.table import capacity_table
from domain.db import reading
from domain.periods import PeriodLength
from domain.rows import CycleRow


async def capacity_of(
    context: Context, team_id: UUID, *, cycle: str, length: PeriodLength, day: date | None
) -> TeamCapacityView:
    """A team's capacity in a cycle.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such cycle, or it has too many periods.
    """
    row = cycle_named(context, cycle)
    key = ("capacity", row.id, length, day)
    return await context.loader(key, _loading(row, length, day or datetime.now(UTC).date())).load(team_id)


def _loading(
    cycle: CycleRow, length: PeriodLength, today: date
) -> Callable[[Context], DataLoader[UUID, TeamCapacityView]]:
    def make(context: Context) -> DataLoader[UUID, TeamCapacityView]:
        async def load(team_ids: list[UUID]) -> list[TeamCapacityView]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as connection:
                table = await capacity_table(
                    connection, organisation_id, cycle, length, team_ids=frozenset(team_ids)
                )
                committed = await commitments(connection, organisation_id)
            load = load_of(table, committed, today=today)
            of_team: defaultdict[UUID, list[Commitment]] = defaultdict(list)
            for item in committed:
                of_team[item.team_id].append(item)
            return [
                TeamCapacityView(table, load, tuple(of_team[team_id]), team_id, table.column(team_id))
                for team_id in team_ids
            ]

        return DataLoader(load_fn=load)

    return make
