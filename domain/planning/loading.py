"""Reads what a plan needs to know beside the portfolio: capacity, policy, bookings, alternatives, other work."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.allocation.policy import Split
from domain.allocation.reading import effective_policy
from domain.booking import booked_by_initiative
from domain.capacity.settings import read_settings, working_weekdays
from domain.capacity.table import capacity_table
from domain.enums import OPEN_STATES, InitiativeState
from domain.errors import InvalidInput, NotFound
from domain.models import metadata
from domain.periods import Period, PeriodLength, working_days
from domain.planning.building import Surroundings
from domain.planning.tables import (
    AlternativeGroup,
    BookedTable,
    CapacityTable,
    PolicyTable,
    ResourceKey,
    Share,
)
from domain.queries.alternative import groups_of, members_of
from domain.rows import CycleRow
from domain.snapshot import Directory, PortfolioColumns
from domain.snapshot.columns import STATES

_BOOKINGS = metadata.tables["booking"]
_DEMANDS = metadata.tables["team_demand"]
_INITIATIVES = metadata.tables["initiative"]

_DAYS = 7


def planned_cycle(directory: Directory, cycle_id: UUID, *, today: date) -> CycleRow:
    """The cycle that is to be planned from today on.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such cycle; when it is archived or over.
    """
    cycle = directory.cycles.get(cycle_id)
    if cycle is None:
        raise NotFound("There is no cycle with this id.", path=("cycle",))
    if cycle.archived_at is not None:
        raise InvalidInput("This cycle is archived; choose another one.", path=("cycle",))
    if cycle.ends_on < today:
        raise InvalidInput(
            f"This cycle ended on {cycle.ends_on}; only what lies ahead can be planned. Choose another one, or"
            " an earlier day.",
            path=("cycle",),
        )
    return cycle


async def read_surroundings(
    connection: AsyncConnection,
    organisation_id: UUID,
    columns: PortfolioColumns,
    cycle: CycleRow,
    *,
    today: date,
    length: PeriodLength,
    currency: str,
) -> Surroundings:
    """Read all that a plan of a portfolio needs beside it; the number of statements is constant."""
    portfolio_id, day = columns.portfolio.id, max(today, cycle.starts_on)
    demanded = _demanded(columns)
    teams = sorted({key.team_id for key in demanded})
    capacity = await _capacity(connection, organisation_id, cycle, day, length, teams, demanded)
    groups = (await groups_of(connection, organisation_id, [portfolio_id], archived=False))[portfolio_id]
    members = await members_of(connection, organisation_id, [group.id for group in groups])
    return Surroundings(
        cycle=cycle,
        today=today,
        day=day,
        length=length,
        currency=currency,
        capacity=capacity,
        policy=await _policy(connection, organisation_id, portfolio_id, day),
        booked=BookedTable(
            person_weeks=await booked_by_initiative(
                connection, organisation_id, initiative_ids=_open(columns)
            )
        ),
        alternatives=tuple(AlternativeGroup(group.id, group.name, members[group.id]) for group in groups),
        elsewhere=await _elsewhere(
            connection, organisation_id, portfolio_id, teams, (today, day, cycle.ends_on)
        ),
    )


async def _policy(
    connection: AsyncConnection, organisation_id: UUID, portfolio_id: UUID, day: date
) -> PolicyTable:
    """The shares of the portfolio's policy that is in force on a day; none when there is no policy yet."""
    policy = await effective_policy(connection, organisation_id, portfolio_id, day)
    if policy is None:
        return PolicyTable()
    return PolicyTable(
        version_id=policy.version.id,
        number=policy.version.number,
        shares=_shares(policy.shares),
        of_team={team_id: _shares(split) for team_id, split in policy.of_team.items()},
    )


def _shares(split: Split) -> dict[UUID, Share]:
    return {category_id: Share(given.share, given.mode) for category_id, given in split.items()}


def _open(columns: PortfolioColumns) -> list[UUID]:
    still = np.array([state in OPEN_STATES for state in STATES])
    positions = np.flatnonzero(columns.live & still[columns.state])
    return [columns.rows[position].id for position in positions.tolist()]


def _demanded(columns: PortfolioColumns) -> set[ResourceKey]:
    demands = columns.demands
    return {
        ResourceKey(demands.team[entry], demands.skill[entry])
        for entry in np.flatnonzero(columns.live[demands.initiative]).tolist()
    }


async def _capacity(
    connection: AsyncConnection,
    organisation_id: UUID,
    cycle: CycleRow,
    day: date,
    length: PeriodLength,
    teams: Sequence[UUID],
    demanded: Collection[ResourceKey],
) -> CapacityTable:
    """Capacity from a day to the end of the cycle; of the period that the day lies in, the working days left."""
    table = await capacity_table(
        connection, organisation_id, cycle, length, team_ids=teams, demanded=demanded
    )
    weekdays = working_weekdays(await read_settings(connection))
    ahead = [index for index, period in enumerate(table.periods) if period.ends_on >= day]
    divided = [table.periods[index] for index in ahead]
    part = np.ones(len(ahead))
    if divided[0].starts_on < day:
        whole = working_days(divided[0].starts_on, divided[0].ends_on, weekdays=weekdays)
        divided[0] = Period(day, divided[0].ends_on)
        left = working_days(day, divided[0].ends_on, weekdays=weekdays)
        part[0] = left / whole if whole else 0.0
    known: dict[ResourceKey, np.typing.NDArray[np.float64]] = {}
    for keys, weeks in (
        ([ResourceKey(team_id) for team_id in table.team_ids], table.net),
        ([ResourceKey(*resource) for resource in table.skills], table.skill_net),
    ):
        for index, key in enumerate(keys):
            column = weeks[ahead, index] * part
            if not np.isnan(column).any():
                known[key] = column
    return CapacityTable(periods=tuple(divided), person_weeks=known)


async def _elsewhere(
    connection: AsyncConnection,
    organisation_id: UUID,
    portfolio_id: UUID,
    teams: Sequence[UUID],
    days: tuple[date, date, date],
) -> dict[ResourceKey, float]:
    """What active initiatives of other portfolios need of teams and their skills in a cycle.

    ``days`` are today, the first day that is planned and the last one.
    """
    booked = (
        sa.select(sa.func.sum(_BOOKINGS.c.person_weeks))
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
            _DEMANDS.c.skill,
            _DEMANDS.c.person_weeks_likely,
            sa.func.coalesce(booked, 0.0),
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
            _DEMANDS.c.portfolio_id != portfolio_id,
            _DEMANDS.c.team_id == sa.any_(sa.cast(list(teams), sa.ARRAY(sa.Uuid))),
            _INITIATIVES.c.state == InitiativeState.ACTIVE,
            _INITIATIVES.c.archived_at.is_(None),
        )
    )
    rows = [tuple(row) for row in await connection.execute(query)]
    whole: defaultdict[tuple[UUID, UUID], float] = defaultdict(float)
    for initiative_id, team_id, _, demand, _, _ in rows:
        whole[initiative_id, team_id] += demand
    today, first, last = days
    before, ahead = (first - today).days / _DAYS, ((last - today).days + 1) / _DAYS
    found: defaultdict[ResourceKey, float] = defaultdict(float)
    for initiative_id, team_id, skill, demand, spent, duration in rows:
        total = whole[initiative_id, team_id]
        left = max(0.0, 1 - spent / total) if total > 0 else 0.0
        weeks = ahead if duration is None else duration * left
        # what it needs before the plan begins, or after the cycle, takes nothing of it
        part = (min(weeks, ahead) - min(weeks, before)) / weeks if weeks > 0 else 0.0
        found[ResourceKey(team_id)] += demand * left * part
        if skill:
            found[ResourceKey(team_id, skill)] += demand * left * part
    return dict(found)
