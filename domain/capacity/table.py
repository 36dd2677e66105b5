"""Capacity of teams per period: read with a constant number of statements, computed by the engine.

A day's capacity does not depend on what is asked around it: a focus or a figure that is said for the shortest
stretch around the day holds, days before cycles. So periods of any cut add up to the same.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.capacity.settings import read_settings, working_weekdays
from domain.capacity.stored import Resource, StoredCapacity, absences_of, people_of, read_stored, read_teams
from domain.capacity.stretches import focus_shares, stated_rates, working_on
from domain.periods import WORKING_DAYS_PER_WEEK, Period, PeriodLength, periods
from domain.rows import CycleRow
from prioritisation.capacity import Capacity, capacity
from prioritisation.capacity_problem import Calendar

Floats = NDArray[np.float64]


class CapacitySource(StrEnum):
    """Where a figure of capacity comes from."""

    COMPUTED = "computed"
    STATED = "stated"
    MIXED = "mixed"
    UNKNOWN = "unknown"


_SOURCES = tuple(CapacitySource)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityTable:
    """Person-weeks per period of a cycle; rows are periods, columns are teams or resources.

    ``net`` is NaN where it is unknown; ``gross``, ``leave`` and ``focus`` are NaN where ``net`` is not computed
    from people alone. ``focus`` is the share that turned (gross − leave) into ``net``.
    """

    cycle: CycleRow
    length: PeriodLength
    calendar: Calendar
    periods: tuple[Period, ...]
    team_ids: tuple[UUID, ...]
    gross: Floats
    leave: Floats
    focus: Floats
    net: Floats
    source: NDArray[np.int8]
    skills: tuple[Resource, ...]
    skill_net: Floats
    known: Mapping[Resource, Floats]
    """Net person-weeks per period of what is known in every one of them."""

    def column(self, team_id: UUID) -> int:
        """The column of a team."""
        return self.team_ids.index(team_id)

    def source_of(self, period: int, column: int) -> CapacitySource:
        """Where a team's figure in a period comes from."""
        return _SOURCES[int(self.source[period, column])]


async def capacity_table(
    connection: AsyncConnection,
    organisation_id: UUID,
    cycle: CycleRow,
    length: PeriodLength,
    *,
    team_ids: Collection[UUID] | None = None,
    demanded: Iterable[Resource] = (),
) -> CapacityTable:
    """Compute the capacity of teams in a cycle; seven statements, however many teams there are.

    Parameters
    ----------
    team_ids
        The teams; by default all that are not archived.
    demanded
        Skills that are asked about: where a team names the skills of its people, one that nobody has is 0.

    Raises
    ------
    InvalidInput
        When the cycle has more than 520 periods of this length.
    """
    divided = periods(cycle.starts_on, cycle.ends_on, length)
    teams = await read_teams(connection, organisation_id, team_ids)
    settings = await read_settings(connection)
    stored = await read_stored(connection, organisation_id, cycle, teams, demanded)
    return await asyncio.to_thread(_computed, stored, cycle, length, divided, working_weekdays(settings))


def _computed(
    stored: StoredCapacity,
    cycle: CycleRow,
    length: PeriodLength,
    divided: tuple[Period, ...],
    weekdays: frozenset[int],
) -> CapacityTable:
    teams, people = stored.teams, stored.people
    days = (cycle.ends_on - cycle.starts_on).days + 1
    calendar = Calendar(
        working=working_on(cycle.starts_on, days, weekdays),
        period=np.repeat(np.arange(len(divided)), [period.days for period in divided]),
        periods=len(divided),
        days_per_week=WORKING_DAYS_PER_WEEK,
    )
    rate = stated_rates(stored, cycle, weekdays)
    persons = {row.id: position for position, row in enumerate(people)}
    having = [(persons[row.id], stored.skills[row.team_id, skill]) for row in people for skill in row.skills]
    able = np.array(having, dtype=np.int64).reshape(len(having), 2)
    found = capacity(
        calendar,
        people_of(people, stored.place, cycle.starts_on),
        absences_of(stored.leave, persons, stored.place, cycle.starts_on),
        focus=focus_shares(stored, cycle),
        stated=rate[: len(teams)],
        skill_person=able[:, 0],
        skill=able[:, 1],
        skill_stated=rate[len(teams) :],
    )
    listing = {row.team_id for row in people if row.skills}
    return _table(cycle, length, calendar, divided, teams, tuple(stored.skills), found, rate, listing)


def _table(
    cycle: CycleRow,
    length: PeriodLength,
    calendar: Calendar,
    divided: tuple[Period, ...],
    teams: tuple[UUID, ...],
    skills: tuple[Resource, ...],
    found: Capacity,
    rate: Floats,
    listing: Collection[UUID],
) -> CapacityTable:
    sizes = np.bincount(calendar.period[calendar.working], minlength=len(divided))[:, None]
    unknown = found.unknown_days > 0
    source = np.where(
        unknown, 3, np.where(found.stated_days == 0, 0, np.where(found.stated_days == sizes, 1, 2))
    ).astype(np.int8)
    computed = source == 0
    net = np.where(unknown, np.nan, found.net + found.stated)
    present = found.gross - found.leave
    focus = np.where(present > 0, found.net / np.where(present > 0, present, 1.0), np.nan)
    # of a skill that nobody names: what no figure covers is unknown
    uncovered = np.add.reduceat(
        np.isnan(rate[len(teams) :]) & calendar.working,
        np.flatnonzero(np.diff(calendar.period, prepend=-1)),
        axis=1,
        dtype=np.int64,
    ).T
    untold = np.array([team_id not in listing for team_id, _ in skills], dtype=np.bool_)
    skill_net = np.where((uncovered > 0) & untold, np.nan, found.skill_net + found.skill_stated)
    known: dict[Resource, Floats] = {}
    for keys, values in (([(team_id, "") for team_id in teams], net), (list(skills), skill_net)):
        for column, key in enumerate(keys):
            if not np.isnan(values[:, column]).any():
                known[key] = np.ascontiguousarray(values[:, column])
    return CapacityTable(
        cycle=cycle,
        length=length,
        calendar=calendar,
        periods=divided,
        team_ids=teams,
        gross=np.where(computed, found.gross, np.nan),
        leave=np.where(computed, found.leave, np.nan),
        focus=np.where(computed, focus, np.nan),
        net=net,
        source=source,
        skills=skills,
        skill_net=skill_net,
        known=known,
    )
