"""What the database knows about the capacity of teams: six statements, however many teams there are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import metadata
from domain.periods import MAX_PERIODS
from domain.rows import CycleRow
from prioritisation.capacity_problem import Absences, People

Resource = tuple[UUID, str]
"""A team, and a skill of it or nothing for the team as a whole."""

_ALWAYS = 10**7

_UNUSED = {
    "organisation_id",
    "name",
    "note",
    "version",
    "created_at",
    "updated_at",
    "archived_at",
    "member_id",
}
"""Columns that nothing is computed from: of thousands of rows they would take most of the time."""

_PEOPLE = metadata.tables["team_person"]
_LEAVE = metadata.tables["leave"]
_FOCUS = metadata.tables["team_focus"]
_STATED = metadata.tables["stated_capacity"]
_CYCLES = metadata.tables["cycle"]


class StoredCapacity(NamedTuple):
    """Rows about some teams. ``place`` and ``skills`` are the columns of teams and skills.

    ``figures`` are stated capacities with the days that they are about, ``hull`` all days that are looked at.
    """

    teams: tuple[UUID, ...]
    place: Mapping[UUID, int]
    skills: Mapping[Resource, int]
    people: Sequence[Any]
    figures: Sequence[tuple[Any, tuple[date, date]]]
    focuses: Sequence[Any]
    cycles: Mapping[UUID, tuple[date, date]]
    leave: Sequence[Any]
    hull: tuple[date, date]


async def read_stored(
    connection: AsyncConnection,
    organisation_id: UUID,
    cycle: CycleRow,
    teams: tuple[UUID, ...],
    demanded: Iterable[Resource],
) -> StoredCapacity:
    """Read what is known about teams around a cycle."""
    place = {team_id: column for column, team_id in enumerate(teams)}
    people = await _rows(connection, organisation_id, _PEOPLE, _PEOPLE.c.archived_at.is_(None), teams)
    stated = await _rows(connection, organisation_id, _STATED, sa.true(), teams)
    focuses = await _rows(connection, organisation_id, _FOCUS, sa.true(), teams)
    cycles = await _cycles(connection, organisation_id)
    about = [(row, days) for row in stated if (days := _days_of(row, cycles)) is not None]
    figures = [(row, days) for row, days in about if days[1] >= cycle.starts_on and days[0] <= cycle.ends_on]
    near = [days for _, days in figures if not is_long(days)]
    hull = (
        min([cycle.starts_on, *(first for first, _ in near)]),
        max([cycle.ends_on, *(last for _, last in near)]),
    )
    return StoredCapacity(
        teams=teams,
        place=place,
        skills=_skills(people, stated, demanded, place),
        people=people,
        figures=figures,
        focuses=focuses,
        cycles=cycles,
        leave=await _leave(connection, organisation_id, hull),
        hull=hull,
    )


def is_long(days: tuple[date, date]) -> bool:
    """Whether a figure is about so many days that they are counted and not looked at one by one."""
    return (days[1] - days[0]).days >= 7 * MAX_PERIODS


def people_of(rows: Sequence[Any], place: Mapping[UUID, int], origin: date) -> People:
    """The people, with days counted from ``origin``."""

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


def absences_of(
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


async def read_teams(
    connection: AsyncConnection, organisation_id: UUID, team_ids: Collection[UUID] | None
) -> tuple[UUID, ...]:
    """The teams that are asked about, in order; by default all that are in use."""
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
        sa.select(*(column for column in table.c if column.name not in _UNUSED))
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
    query = sa.select(*(column for column in _LEAVE.c if column.name not in {*_UNUSED, "id"})).where(
        _LEAVE.c.organisation_id == organisation_id,
        _LEAVE.c.archived_at.is_(None),
        _LEAVE.c.starts_on <= hull[1],
        _LEAVE.c.ends_on >= hull[0],
    )
    return (await connection.execute(query)).all()


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


def _days_of(row: Any, cycles: Mapping[UUID, tuple[date, date]]) -> tuple[date, date] | None:
    """The days that a stated figure is about; None when its cycle is archived."""
    return cycles.get(row.cycle_id) if row.cycle_id is not None else (row.starts_on, row.ends_on)
