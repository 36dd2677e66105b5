"""Use cases about the people of teams."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.capacity import TeamPersonCreate, TeamPersonUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.errors import InvalidInput
from domain.models import Member, Team, TeamPerson
from domain.rows import as_row
from domain.rows_capacity import TeamPersonRow


async def create_person(database: Database, actor: Actor, command: TeamPersonCreate) -> TeamPersonRow:
    """Add somebody to a team.

    Raises
    ------
    InvalidInput
        When she leaves before she joins, or a ramp has no day to begin at; when the team or the member is
        archived.
    NotFound, Conflict
        When there is no such team or member; when the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, TeamPerson, values, entity_id=command.id)
        if first is not None:
            return as_row(TeamPersonRow, first)
        _refuse_disorder(command)
        await in_use(session, actor, Team, command.team_id, path=("teamId",))
        await _member_in_use(session, actor, command.member_id)
        person = await create(session, actor, TeamPerson, values, entity_id=command.id)
        return as_row(TeamPersonRow, person)


async def update_person(database: Database, actor: Actor, command: TeamPersonUpdate) -> TeamPersonRow:
    """Change somebody's part in a team.

    Raises
    ------
    InvalidInput
        As ``create_person`` does.
    NotFound, Conflict
        When there is no such person, team or member; when the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        person = await lock(session, actor, TeamPerson, command.id, expected_version=command.expected_version)
        after = TeamPersonCreate.model_construct(**{**_fields(person), **changes})
        _refuse_disorder(after)
        if after.team_id != person.team_id:
            await in_use(session, actor, Team, after.team_id, path=("teamId",))
        if after.member_id != person.member_id:
            await _member_in_use(session, actor, after.member_id)
        return as_row(TeamPersonRow, await change(session, actor, TeamPerson, command.id, changes))


async def archive_person(database: Database, actor: Actor, command: ArchiveCommand) -> TeamPersonRow:
    """Leave somebody out of all capacity, as if she had never been there, or count her again.

    Who goes gets a last day instead, so that what was keeps its capacity.
    """
    async with transaction(database, actor) as session:
        person = await archive(
            session,
            actor,
            TeamPerson,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(TeamPersonRow, person)


def _refuse_disorder(person: TeamPersonCreate) -> None:
    if person.joins_on is not None and person.leaves_on is not None and person.leaves_on < person.joins_on:
        raise InvalidInput(
            f"The last day ({person.leaves_on}) comes before the first ({person.joins_on}).",
            path=("leavesOn",),
        )
    if person.ramp_up_weeks and person.joins_on is None:
        raise InvalidInput(
            "Weeks of ramping up begin on the first day; say joinsOn, or leave them at 0.",
            path=("rampUpWeeks",),
        )
    if person.ramp_down_weeks and person.leaves_on is None:
        raise InvalidInput(
            "Weeks of ramping down end on the last day; say leavesOn, or leave them at 0.",
            path=("rampDownWeeks",),
        )


def _fields(person: TeamPerson) -> dict[str, Any]:
    return {name: getattr(person, name) for name in TeamPersonCreate.model_fields}


async def _member_in_use(session: AsyncSession, actor: Actor, member_id: UUID | None) -> None:
    if member_id is not None:
        await in_use(session, actor, Member, member_id, path=("memberId",))
