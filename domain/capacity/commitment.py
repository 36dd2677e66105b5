"""What teams are committed to already: work in flight, as far as it is not booked yet."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.capacity.table import CapacityTable
from domain.enums import InitiativeState
from domain.models import metadata
from prioritisation.capacity import committed_work

_INITIATIVES = metadata.tables["initiative"]
_DEMANDS = metadata.tables["team_demand"]
_BOOKINGS = metadata.tables["booking"]

IN_FLIGHT = (InitiativeState.ACTIVE, InitiativeState.PAUSED)


class Commitment(NamedTuple):
    """What an initiative in flight demands of a team in all, and what is booked of it; person-weeks."""

    initiative_id: UUID
    team_id: UUID
    demand: float
    booked: float
    duration_weeks: float | None

    @property
    def remaining(self) -> float:
        """What is left to do; 0 when more was booked than demanded."""
        return max(0.0, self.demand - self.booked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Per period and team of a capacity table: what is committed, and what is free; NaN for what is past.

    ``free`` is NaN where capacity is unknown, and negative where more is committed than there is.
    """

    committed: NDArray[np.float64]
    free: NDArray[np.float64]


async def commitments(connection: AsyncConnection, organisation_id: UUID) -> list[Commitment]:
    """What work in flight, of all portfolios, demands of teams; one statement."""
    booked = (
        sa.select(sa.func.coalesce(sa.func.sum(_BOOKINGS.c.person_weeks), 0.0))
        .where(
            _BOOKINGS.c.organisation_id == organisation_id,
            _BOOKINGS.c.initiative_id == _DEMANDS.c.initiative_id,
            _BOOKINGS.c.team_id == _DEMANDS.c.team_id,
        )
        .scalar_subquery()
    )
    query = (
        sa.select(
            _DEMANDS.c.initiative_id,
            _DEMANDS.c.team_id,
            sa.func.sum(_DEMANDS.c.person_weeks_likely),
            booked,
            _INITIATIVES.c.duration_weeks_likely,
        )
        .join_from(
            _DEMANDS,
            _INITIATIVES,
            sa.and_(
                _INITIATIVES.c.organisation_id == _DEMANDS.c.organisation_id,
                _INITIATIVES.c.id == _DEMANDS.c.initiative_id,
            ),
        )
        .where(
            _DEMANDS.c.organisation_id == organisation_id,
            _INITIATIVES.c.state.in_(IN_FLIGHT),
            _INITIATIVES.c.archived_at.is_(None),
        )
        .group_by(_DEMANDS.c.initiative_id, _DEMANDS.c.team_id, _INITIATIVES.c.duration_weeks_likely)
        .order_by(_DEMANDS.c.initiative_id, _DEMANDS.c.team_id)
    )
    return [Commitment._make(row) for row in await connection.execute(query)]


def load_of(table: CapacityTable, committed: list[Commitment], *, today: date) -> Load:
    """Spread what is left of each piece of work evenly over what is left of its duration, from today on.

    What is left of the duration is the likely duration × (demand − booked) / demand; work without an estimated
    duration is spread to the cycle's last day. Of the period that today lies in, the working days from today
    on count.
    """
    columns = {team_id: column for column, team_id in enumerate(table.team_ids)}
    here = [item for item in committed if item.team_id in columns and item.remaining > 0]
    days = [
        np.nan if item.duration_weeks is None else item.duration_weeks * 7 * item.remaining / item.demand
        for item in here
    ]
    first = (today - table.cycle.starts_on).days
    spread = committed_work(
        np.array([item.remaining for item in here], dtype=np.float64),
        np.array(days, dtype=np.float64),
        np.array([columns[item.team_id] for item in here], dtype=np.int64),
        calendar=table.calendar,
        teams=len(columns),
        today=first,
    )
    past = np.array([period.ends_on < today for period in table.periods])[:, None]
    left = np.where(past, np.nan, table.net * _share_left(table, first)[:, None])
    return Load(committed=np.where(past, np.nan, spread), free=left - spread)


def _share_left(table: CapacityTable, first: int) -> NDArray[np.float64]:
    """The share of each period's working days that lies on or after a day."""
    calendar = table.calendar
    count = calendar.periods
    working = calendar.period[calendar.working]
    coming = working[np.flatnonzero(calendar.working) >= first]
    whole = np.bincount(working, minlength=count)
    share: NDArray[np.float64] = np.bincount(coming, minlength=count) / np.maximum(whole, 1)
    return share
