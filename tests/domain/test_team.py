"""Creating, changing and archiving an entity, shown on teams."""

import asyncio
from uuid import uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.team import TeamCreate, TeamUpdate
from domain.db import Database, reading
from domain.errors import Conflict, InvalidInput, NotFound
from domain.team import archive_team, create_team, update_team
from tests.factories import a_team, an_organisation


async def _trail(
    database: Database, actor: Actor
) -> list[tuple[str, dict[str, object] | None, dict[str, object] | None]]:
    async with reading(database, actor.organisation_id) as connection:
        rows = await connection.execute(
            sa.text(
                "SELECT operation, old_values, new_values FROM audit_entry WHERE entity = 'team' ORDER BY id"
            )
        )
        return [tuple(row) for row in rows]


async def test_creation_returns_the_stored_row(database: Database) -> None:
    actor = await an_organisation(database)
    team = await create_team(database, actor, TeamCreate(name="  Payments ", description="Moves money"))
    assert (team.name, team.description, team.version, team.archived_at) == (
        "Payments",
        "Moves money",
        1,
        None,
    )


async def test_repeating_a_creation_with_the_same_id_returns_the_first(database: Database) -> None:
    actor = await an_organisation(database)
    command = TeamCreate(id=uuid4(), name="Payments")
    first, second = await create_team(database, actor, command), await create_team(database, actor, command)
    assert first == second
    assert len(await _trail(database, actor)) == 1


async def test_another_entity_under_the_same_id_is_a_conflict(database: Database) -> None:
    actor = await an_organisation(database)
    team_id = uuid4()
    await create_team(database, actor, TeamCreate(id=team_id, name="Payments"))
    with pytest.raises(Conflict, match="exists already and differs"):
        await create_team(database, actor, TeamCreate(id=team_id, name="Platform"))


async def test_names_are_unique_whatever_their_case(database: Database) -> None:
    actor = await an_organisation(database)
    await create_team(database, actor, TeamCreate(name="Payments"))
    with pytest.raises(Conflict, match="A team with this name exists already") as raised:
        await create_team(database, actor, TeamCreate(name="PAYMENTS"))
    assert raised.value.path == ("name",)


async def test_an_update_changes_what_is_set_and_leaves_the_rest(database: Database) -> None:
    actor = await an_organisation(database)
    team = await create_team(database, actor, TeamCreate(name="Payments", description="Moves money"))
    changed = await update_team(database, actor, TeamUpdate(id=team.id, name="Ledger"))
    assert (changed.name, changed.description, changed.version) == ("Ledger", "Moves money", 2)
    assert changed.updated_at > team.updated_at
    assert (await _trail(database, actor))[-1] == (
        "update",
        {"name": "Payments", "version": 1},
        {"name": "Ledger", "version": 2},
    )


async def test_an_update_without_a_difference_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    team = await create_team(database, actor, TeamCreate(name="Payments"))
    assert await update_team(database, actor, TeamUpdate(id=team.id, name="Payments")) == team
    assert len(await _trail(database, actor)) == 1


async def test_compare_and_swap_names_both_versions(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    await update_team(database, actor, TeamUpdate(id=team.id, name="First", expected_version=1))
    with pytest.raises(Conflict) as raised:
        await update_team(database, actor, TeamUpdate(id=team.id, name="Second", expected_version=1))
    assert (raised.value.expected_version, raised.value.actual_version) == (1, 2)


async def test_of_concurrent_swaps_exactly_one_wins(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    outcomes = await asyncio.gather(
        *(
            update_team(database, actor, TeamUpdate(id=team.id, name=f"Writer {i}", expected_version=1))
            for i in range(8)
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 7 + ["TeamRow"]


async def test_archiving_twice_is_once_and_can_be_undone(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor)
    archived = await archive_team(database, actor, ArchiveCommand(id=team.id))
    assert archived.archived_at is not None
    assert await archive_team(database, actor, ArchiveCommand(id=team.id)) == archived
    restored = await archive_team(database, actor, ArchiveCommand(id=team.id, archived=False))
    assert (restored.archived_at, restored.version) == (None, 3)


async def test_an_unknown_team_is_not_found(database: Database) -> None:
    actor = await an_organisation(database)
    with pytest.raises(NotFound):
        await archive_team(database, actor, ArchiveCommand(id=uuid4()))


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": "   "}, ("name",)),
        ({"name": "x" * 201}, ("name",)),
        ({"name": "a\x00b"}, ("name",)),
        ({"name": "ok", "colour": "red"}, ("colour",)),
        ({}, ("name",)),
    ],
)
def test_bad_input_names_the_field(values: dict[str, str], path: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as raised:
        TeamCreate.parse(values)
    assert raised.value.path == path
