"""Use cases about teams."""

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.team import TeamCreate, TeamUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create
from domain.models import Team
from domain.rows import TeamRow, as_row


async def create_team(database: Database, actor: Actor, command: TeamCreate) -> TeamRow:
    """Create a team.

    Raises
    ------
    Conflict
        When the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        return as_row(TeamRow, await create(session, actor, Team, values, entity_id=command.id))


async def update_team(database: Database, actor: Actor, command: TeamUpdate) -> TeamRow:
    """Change a team.

    Raises
    ------
    NotFound, Conflict
        When there is no such team, its version moved on, or the name is taken.
    """
    async with transaction(database, actor) as session:
        team = await change(
            session, actor, Team, command.id, command.changes(), expected_version=command.expected_version
        )
        return as_row(TeamRow, team)


async def archive_team(database: Database, actor: Actor, command: ArchiveCommand) -> TeamRow:
    """Archive a team, or take it back into use; what refers to it stays."""
    async with transaction(database, actor) as session:
        team = await archive(
            session,
            actor,
            Team,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(TeamRow, team)
