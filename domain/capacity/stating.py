"""Use cases about focus, and about capacity that is stated instead of computed; the last write wins."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.capacity import (
    StatedCapacityClear,
    StatedCapacityPlace,
    StatedCapacitySet,
    TeamFocusClear,
    TeamFocusSet,
)
from domain.db import Database, transaction
from domain.entities import in_use, refer_to, upsert
from domain.errors import InvalidInput, NotFound
from domain.models import Cycle, StatedCapacity, Team, TeamFocus, metadata
from domain.periods import MAX_PERIODS
from domain.rows import columns
from domain.rows_capacity import StatedCapacityRow, TeamFocusRow

_FOCUS = metadata.tables["team_focus"]
_STATED = metadata.tables["stated_capacity"]


async def set_focus(database: Database, actor: Actor, command: TeamFocusSet) -> TeamFocusRow:
    """Say what share of a team's time planned work gets.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such team or cycle; when one of them is archived.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Team, command.team_id, path=("teamId",), alone=True)
        if command.cycle_id is not None:
            await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        row = {"organisation_id": actor.organisation_id, **command.model_dump()}
        await session.execute(upsert(TeamFocus, [row], key=("organisation_id", "team_id", "cycle_id")))
        query = sa.select(*columns(TeamFocus, TeamFocusRow)).where(*_focus_place(actor, command))
        return TeamFocusRow._make((await session.execute(query)).one())


async def clear_focus(database: Database, actor: Actor, command: TeamFocusClear) -> TeamFocusRow:
    """Take back what was said about a team's focus, and return it as it was.

    Raises
    ------
    NotFound
        When there is no such team or cycle, or nothing was said.
    """
    async with transaction(database, actor) as session:
        await refer_to(session, actor, Team, command.team_id, path=("teamId",))
        if command.cycle_id is not None:
            await refer_to(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        statement = (
            sa.delete(_FOCUS)
            .where(*_focus_place(actor, command))
            .returning(*columns(TeamFocus, TeamFocusRow))
        )
        gone = (await session.execute(statement)).one_or_none()
        if gone is None:
            raise NotFound("No focus was said for this team there.", path=("teamId",))
        return TeamFocusRow._make(gone)


async def set_stated_capacity(
    database: Database, actor: Actor, command: StatedCapacitySet
) -> StatedCapacityRow:
    """State a team's person-weeks in a cycle, or between two days; 0 is a figure like any other.

    Raises
    ------
    InvalidInput
        When neither or both of a cycle and days are given, the days are out of order, more than ten years, or
        overlap those of another figure for the same team and skill; when the team or the cycle is archived.
    NotFound
        When there is no such team or cycle.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Team, command.team_id, path=("teamId",), alone=True)
        if (command.cycle_id is None) == (command.starts_on is None):
            raise InvalidInput("Give either a cycle, or the first and the last day.", path=("cycleId",))
        if (command.starts_on is None) != (command.ends_on is None):
            raise InvalidInput("The last day goes with the first day, and only with it.", path=("endsOn",))
        if command.cycle_id is not None:
            await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        else:
            await _refuse_days(session, actor, command)
        row = {"organisation_id": actor.organisation_id, **command.model_dump()}
        key = ("organisation_id", "team_id", "skill", "cycle_id", "starts_on")
        await session.execute(upsert(StatedCapacity, [row], key=key))
        query = sa.select(*columns(StatedCapacity, StatedCapacityRow)).where(*_place(actor, command))
        return StatedCapacityRow._make((await session.execute(query)).one())


async def clear_stated_capacity(
    database: Database, actor: Actor, command: StatedCapacityClear
) -> StatedCapacityRow:
    """Take a stated figure back, and return it as it was: what is computed counts again.

    Raises
    ------
    NotFound
        When there is no such team, cycle or figure.
    """
    async with transaction(database, actor) as session:
        await refer_to(session, actor, Team, command.team_id, path=("teamId",))
        if command.cycle_id is not None:
            await refer_to(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        statement = (
            sa.delete(_STATED)
            .where(*_place(actor, command))
            .returning(*columns(StatedCapacity, StatedCapacityRow))
        )
        gone = (await session.execute(statement)).one_or_none()
        if gone is None:
            raise NotFound("No capacity was stated for this team there.", path=("teamId",))
        return StatedCapacityRow._make(gone)


def _focus_place(actor: Actor, command: TeamFocusClear) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _FOCUS.c.organisation_id == actor.organisation_id,
        _FOCUS.c.team_id == command.team_id,
        _FOCUS.c.cycle_id.is_not_distinct_from(command.cycle_id),
    )


def _place(actor: Actor, command: StatedCapacityPlace) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _STATED.c.organisation_id == actor.organisation_id,
        _STATED.c.team_id == command.team_id,
        _STATED.c.skill == command.skill,
        _STATED.c.cycle_id.is_not_distinct_from(command.cycle_id),
        _STATED.c.starts_on.is_not_distinct_from(command.starts_on),
    )


async def _refuse_days(session: AsyncSession, actor: Actor, command: StatedCapacitySet) -> None:
    starts_on, ends_on = command.starts_on, command.ends_on
    if starts_on is None or ends_on is None:
        return
    if ends_on < starts_on:
        raise InvalidInput(
            f"The last day ({ends_on}) comes before the first ({starts_on}).", path=("endsOn",)
        )
    if (ends_on - starts_on).days >= 7 * MAX_PERIODS:
        raise InvalidInput(f"A figure covers at most {MAX_PERIODS} weeks; state several.", path=("endsOn",))
    query = sa.select(_STATED.c.starts_on, _STATED.c.ends_on).where(
        _STATED.c.organisation_id == actor.organisation_id,
        _STATED.c.team_id == command.team_id,
        _STATED.c.skill == command.skill,
        _STATED.c.starts_on != starts_on,
        _STATED.c.starts_on <= ends_on,
        _STATED.c.ends_on >= starts_on,
    )
    other = (await session.execute(query.order_by(_STATED.c.starts_on).limit(1))).one_or_none()
    if other is not None:
        raise InvalidInput(
            f"There is a figure for {other.starts_on} to {other.ends_on} already, which overlaps; clear it"
            " first, or choose other days.",
            path=("startsOn",),
        )
