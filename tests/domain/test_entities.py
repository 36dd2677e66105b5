"""What holds for every entity, also when several write at the same moment."""

import asyncio
from uuid import uuid4

from domain.commands.base import ArchiveCommand
from domain.commands.team import TeamCreate
from domain.db import Database
from domain.errors import Conflict
from domain.team import archive_team, create_team
from tests.factories import a_team, an_organisation

ROUNDS = 20


async def test_equal_creations_under_one_id_at_the_same_moment_all_get_the_first(database: Database) -> None:
    actor = await an_organisation(database)
    for number in range(ROUNDS):
        command = TeamCreate(id=uuid4(), name=f"Once {number}")
        made = await asyncio.gather(*(create_team(database, actor, command) for _ in range(4)))
        assert len(set(made)) == 1
        assert made[0].version == 1


async def test_of_different_creations_under_one_id_at_the_same_moment_one_wins(database: Database) -> None:
    actor = await an_organisation(database)
    for number in range(ROUNDS):
        team_id = uuid4()
        outcomes = await asyncio.gather(
            *(
                create_team(database, actor, TeamCreate(id=team_id, name=f"{who} {number}"))
                for who in ("One", "Two", "Three")
            ),
            return_exceptions=True,
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, Conflict)]
        assert [error.path for error in refused] == [("id",), ("id",)]


async def test_two_tenants_may_take_one_id_at_the_same_moment(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    for number in range(ROUNDS):
        command = TeamCreate(id=uuid4(), name=f"Everywhere {number}")
        made = await asyncio.gather(*(create_team(database, actor, command) for actor in (ours, theirs)))
        assert [team.id for team in made] == [command.id, command.id]


async def test_what_several_archive_at_the_same_moment_is_archived_once(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(ROUNDS):
        team = await a_team(database, actor)
        rows = await asyncio.gather(
            *(archive_team(database, actor, ArchiveCommand(id=team.id)) for _ in range(4))
        )
        assert {(row.version, row.archived_at) for row in rows} == {(2, rows[0].archived_at)}
