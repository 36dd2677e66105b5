"""Capacity of teams per period: read with a constant number of statements, computed by the engine.

A day's capacity does not depend on what is asked around it: a focus or a figure that is said for the shortest
stretch around the day holds, days before cycles. So periods of any cut add up to the same.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.capacity.settings import read_settings, working_weekdays
from domain.models import metadata
from domain.periods import WORKING_DAYS_PER_WEEK, Period, PeriodLength, periods
from domain.rows import CycleRow
from prioritisation.capacity import Capacity, capacity, shared_leave
from prioritisation.capacity_problem import Absences, Calendar, People

Floats = NDArray[np.float64]
Resource = tuple[UUID, str]
"""A team, and a skill of it or nothing for the team as a whole."""

_ALWAYS = 10**7

_PEOPLE = metadata.tables["team_person"]
_LEAVE = metadata.tables["leave"]
_FOCUS = metadata.tables["team_focus"]
_STATED = metadata.tables["stated_capacity"]
_CYCLES = metadata.tables["cycle"]


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


class _Stretch(NamedTuple):
    """A value for a team (or skill) between two days; ``own`` is that of the cycle that is asked about."""

    column: int
    first: int
    last: int
    value: float
    cycle: bool
    own: bool

    @property
    def precedence(self) -> tuple[bool, int, bool]:
        """What comes later in this order stands over what comes before: days over cycles, short over long."""
        return not self.cycle, self.first - self.last, self.own


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
    teams = await _teams(connection, organisation_id, team_ids)
    place = {team_id: column for column, team_id in enumerate(teams)}
    settings = await read_settings(connection)
    weekdays = working_weekdays(settings)
    days = (cycle.ends_on - cycle.starts_on).days + 1
    people = await _rows(connection, organisation_id, _PEOPLE, _PEOPLE.c.archived_at.is_(None), teams)
    stated = await _rows(connection, organisation_id, _STATED, sa.true(), teams)
    focuses = await _rows(connection, organisation_id, _FOCUS, sa.true(), teams)
    cycles = await _cycles(connection, organisation_id)
    skills = _skills(people, stated, demanded, place)
    figures = [(row, stretch) for row in stated if (stretch := _days_of(row, cycles)) is not None]
    near = [days for _, days in figures if days[1] >= cycle.starts_on and days[0] <= cycle.ends_on]
    hull = (
        min([cycle.starts_on, *(first for first, _ in near)]),
        max([cycle.ends_on, *(last for _, last in near)]),
    )
    leave = await _leave(connection, organisation_id, hull)
    calendar = Calendar(
        working=_working(cycle.starts_on, days, weekdays),
        period=np.repeat(np.arange(len(divided)), [period.days for period in divided]),
        periods=len(divided),
        days_per_week=WORKING_DAYS_PER_WEEK,
    )
    rate = _rates(figures, cycle, hull, place, skills, leave, weekdays)
    persons = {row.id: position for position, row in enumerate(people)}
    having = [
        (persons[row.id], skills[row.team_id, skill])
        for row in people
        for skill in row.skills
        if (row.team_id, skill) in skills
    ]
    able = np.array(having, dtype=np.int64).reshape(len(having), 2)
    found = capacity(
        calendar,
        _people(people, place, cycle.starts_on),
        _absences(leave, persons, place, cycle.starts_on),
        focus=_focus(focuses, cycle, cycles, place, days),
        stated=rate[: len(teams)],
        skill_person=able[:, 0],
        skill=able[:, 1],
        skill_stated=rate[len(teams) :],
    )
    listing = {row.team_id for row in people if row.skills}
    return _table(cycle, length, calendar, divided, teams, tuple(skills), found, rate, listing)


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


def _skills(
    people: Sequence[Any],
    stated: Sequence[Any],
    demanded: Iterable[Resource],
    place: Mapping[UUID, int],
) -> dict[Resource, int]:
    named = {(row.team_id, skill) for row in people for skill in row.skills}
    named |= {(row.team_id, row.skill) for row in stated if row.skill}
    named |= {(team_id, skill) for team_id, skill in demanded if skill and team_id in place}
    ordered = sorted(named, key=lambda key: (place[key[0]], key[1]))
    return {key: position for position, key in enumerate(ordered)}


def _rates(
    figures: Sequence[tuple[Any, tuple[date, date]]],
    cycle: CycleRow,
    hull: tuple[date, date],
    place: Mapping[UUID, int],
    skills: Mapping[Resource, int],
    leave: Sequence[Any],
    weekdays: frozenset[int],
) -> Floats:
    """Person-weeks that are stated for each day of the cycle: teams first, then skills; NaN for none.

    A figure is spread over the working days that it covers, less leave that all of the team have.
    """
    origin, length = hull[0], (hull[1] - hull[0]).days + 1
    start = (cycle.starts_on - origin).days
    days = (cycle.ends_on - cycle.starts_on).days + 1
    rate = np.full((len(place) + len(skills), days), np.nan)
    if not figures:
        return rate
    working = _working(origin, length, weekdays)
    whole = Calendar(working=working, period=np.zeros(length, dtype=np.int64), periods=1)
    away = shared_leave(whole, _absences(leave, {}, place, origin), teams=len(place))
    stretches = []
    for row, (first, last) in figures:
        column = place[row.team_id] if not row.skill else len(place) + skills[row.team_id, row.skill]
        own = row.cycle_id == cycle.id
        bounds = ((first - origin).days, (last - origin).days)
        if bounds[1] >= start and bounds[0] < start + days:
            stretches.append(
                (row, _Stretch(column, *bounds, row.person_weeks, row.cycle_id is not None, own))
            )
    for row, stretch in sorted(stretches, key=lambda item: item[1].precedence):
        span = slice(stretch.first, stretch.last + 1)
        weight = working[span] * (1.0 - away[place[row.team_id], span])
        if not weight.any():
            weight = working[span].astype(np.float64)
        if not weight.any():
            weight = np.ones(stretch.last + 1 - stretch.first)
        spread = stretch.value * weight / weight.sum()
        begin, end = max(stretch.first, start), min(stretch.last + 1, start + days)
        shown = spread[begin - stretch.first : end - stretch.first]
        rate[stretch.column, begin - start : end - start] = shown
    return rate


def _focus(
    focuses: Sequence[Any],
    cycle: CycleRow,
    cycles: Mapping[UUID, tuple[date, date]],
    place: Mapping[UUID, int],
    days: int,
) -> Floats:
    """The focus share of each team and day; all of the time where nobody has said anything."""
    shares = np.ones((len(place), days))
    stretches = []
    for row in focuses:
        if row.cycle_id is None:
            shares[place[row.team_id]] = row.share
        elif row.cycle_id in cycles:
            first, last = cycles[row.cycle_id]
            bounds = ((first - cycle.starts_on).days, (last - cycle.starts_on).days)
            own = row.cycle_id == cycle.id
            stretches.append(_Stretch(place[row.team_id], *bounds, row.share, True, own))
    for stretch in sorted(stretches, key=lambda item: item.precedence):
        shares[stretch.column, max(stretch.first, 0) : max(stretch.last + 1, 0)] = stretch.value
    return shares


def _people(rows: Sequence[Any], place: Mapping[UUID, int], origin: date) -> People:
    def day(value: date | None, otherwise: int) -> int:
        return otherwise if value is None else (value - origin).days

    return People(
        team=np.array([place[row.team_id] for row in rows], dtype=np.int64),
        fte=np.array([row.fte for row in rows], dtype=np.float64),
        joins=np.array([day(row.joins_on, -_ALWAYS) for row in rows], dtype=np.int64),
        leaves=np.array([day(row.leaves_on, _ALWAYS) for row in rows], dtype=np.int64),
        ramp_up_days=np.array([row.ramp_up_weeks * 7 for row in rows], dtype=np.float64),
        ramp_up_share=np.array([row.ramp_up_share for row in rows], dtype=np.float64),
        ramp_down_days=np.array([row.ramp_down_weeks * 7 for row in rows], dtype=np.float64),
        ramp_down_share=np.array([row.ramp_down_share for row in rows], dtype=np.float64),
    )


def _absences(
    rows: Sequence[Any], persons: Mapping[UUID, int], place: Mapping[UUID, int], origin: date
) -> Absences:
    """Leave of these people and teams, and of everybody."""
    kept = [
        row
        for row in rows
        if (row.person_id is None or row.person_id in persons)
        and (row.team_id is None or row.team_id in place)
    ]
    return Absences(
        person=np.array([persons.get(row.person_id, -1) for row in kept], dtype=np.int64),
        team=np.array([place.get(row.team_id, -1) for row in kept], dtype=np.int64),
        first=np.array([(row.starts_on - origin).days for row in kept], dtype=np.int64),
        last=np.array([(row.ends_on - origin).days for row in kept], dtype=np.int64),
        share=np.array([row.share for row in kept], dtype=np.float64),
    )


def _working(origin: date, days: int, weekdays: frozenset[int]) -> NDArray[np.bool_]:
    by_weekday = np.array([day in weekdays for day in range(7)])
    return by_weekday[(origin.weekday() + np.arange(days)) % 7]


def _days_of(row: Any, cycles: Mapping[UUID, tuple[date, date]]) -> tuple[date, date] | None:
    """The days that a stated figure is about; None when its cycle is archived."""
    return cycles.get(row.cycle_id) if row.cycle_id is not None else (row.starts_on, row.ends_on)


async def _teams(
    connection: AsyncConnection, organisation_id: UUID, team_ids: Collection[UUID] | None
) -> tuple[UUID, ...]:
    if team_ids is not None:
        return tuple(sorted(team_ids))
    table = metadata.tables["team"]
    query = sa.select(table.c.id).where(
        table.c.organisation_id == organisation_id, table.c.archived_at.is_(None)
    )
    return tuple(sorted((await connection.execute(query)).scalars()))


async def _rows(
    connection: AsyncConnection,
    organisation_id: UUID,
    table: sa.Table,
    condition: sa.ColumnElement[bool],
    teams: Sequence[UUID],
) -> Sequence[Any]:
    query = (
        sa.select(table)
        .where(
            table.c.organisation_id == organisation_id,
            table.c.team_id == sa.any_(sa.literal(list(teams), sa.ARRAY(sa.Uuid))),
            condition,
        )
        .order_by(table.c.team_id, table.c.id)
    )
    return (await connection.execute(query)).all()


async def _cycles(connection: AsyncConnection, organisation_id: UUID) -> dict[UUID, tuple[date, date]]:
    query = sa.select(_CYCLES.c.id, _CYCLES.c.starts_on, _CYCLES.c.ends_on).where(
        _CYCLES.c.organisation_id == organisation_id, _CYCLES.c.archived_at.is_(None)
    )
    return {row.id: (row.starts_on, row.ends_on) for row in await connection.execute(query)}


async def _leave(
    connection: AsyncConnection, organisation_id: UUID, hull: tuple[date, date]
) -> Sequence[Any]:
    query = sa.select(_LEAVE).where(
        _LEAVE.c.organisation_id == organisation_id,
        _LEAVE.c.archived_at.is_(None),
        _LEAVE.c.starts_on <= hull[1],
        _LEAVE.c.ends_on >= hull[0],
    )
    return (await connection.execute(query)).all()
