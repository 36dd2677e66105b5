"""Objectives: where they belong, who contributes, and what they cascade from."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.cycle import CycleUpdate
from domain.commands.objective import ObjectiveCreate, ObjectiveUpdate
from domain.cycle import archive_cycle, update_cycle
from domain.db import Database, reading
from domain.enums import Ambition
from domain.errors import Conflict, InvalidInput, NotFound
from domain.key_result import archive_key_result
from domain.objective import archive_objective, create_objective, update_objective
from domain.rows import ObjectiveRow
from domain.team import archive_team
from tests.factories import a_cycle, a_key_result, a_team, an_objective, an_organisation


async def _update(database: Database, actor: Actor, objective: ObjectiveRow, **changes: Any) -> ObjectiveRow:
    return await update_objective(database, actor, ObjectiveUpdate(id=objective.id, **changes))


async def _contributing(database: Database, actor: Actor, objective: ObjectiveRow) -> set[UUID]:
    async with reading(database, actor.organisation_id) as connection:
        rows = await connection.execute(
            sa.text("SELECT team_id FROM objective_contributor WHERE objective_id = :id"),
            {"id": objective.id},
        )
        return set(rows.scalars())


async def test_creation_returns_the_stored_row(database: Database) -> None:
    actor = await an_organisation(database)
    cycle, team, parent = (
        await a_cycle(database, actor),
        await a_team(database, actor),
        await an_objective(database, actor),
    )
    objective = await create_objective(
        database,
        actor,
        ObjectiveCreate(
            cycle_id=cycle.id,
            team_id=team.id,
            parent_id=parent.id,
            title=" Customers trust every payment ",
            ambition=Ambition.COMMITTED,
            weight=2,
        ),
    )
    assert objective[1:9] == (
        cycle.id,
        team.id,
        parent.id,
        "Customers trust every payment",
        "",
        Ambition.COMMITTED,
        2.0,
        1,
    )


async def test_contributing_teams_are_replaced_as_a_set_and_count_the_version_up(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c = [await a_team(database, actor) for _ in range(3)]
    objective = await an_objective(database, actor, contributing_team_ids=[a.id, b.id])
    assert await _contributing(database, actor, objective) == {a.id, b.id}
    changed = await _update(database, actor, objective, contributing_team_ids=[c.id, b.id])
    assert (changed.version, changed.updated_at > objective.updated_at) == (2, True)
    assert await _contributing(database, actor, objective) == {b.id, c.id}
    assert await _update(database, actor, objective, contributing_team_ids=[b.id, c.id]) == changed
    assert (await _update(database, actor, objective, title="Other")).version == 3
    assert await _contributing(database, actor, objective) == {b.id, c.id}
    await _update(database, actor, objective, contributing_team_ids=[])
    assert await _contributing(database, actor, objective) == set()


async def test_repeating_a_creation_compares_the_contributing_teams_too(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await a_team(database, actor), await a_team(database, actor)
    cycle, owner = await a_cycle(database, actor), await a_team(database, actor)
    values: dict[str, Any] = {
        "id": uuid4(),
        "cycle_id": cycle.id,
        "team_id": owner.id,
        "title": "Grow",
        "ambition": Ambition.COMMITTED,
    }
    first = await an_objective(database, actor, **values, contributing_team_ids=[a.id, b.id])
    assert await an_objective(database, actor, **values, contributing_team_ids=[b.id, a.id]) == first
    with pytest.raises(Conflict, match="has other contributing teams") as raised:
        await an_objective(database, actor, **values, contributing_team_ids=[a.id])
    assert raised.value.path == ("id",)


async def test_the_owning_team_is_not_a_contributing_one(database: Database) -> None:
    actor = await an_organisation(database)
    owner, helper = await a_team(database, actor), await a_team(database, actor)
    with pytest.raises(InvalidInput, match="not one of its contributing teams") as raised:
        await an_objective(database, actor, team_id=owner.id, contributing_team_ids=[owner.id])
    assert raised.value.path == ("contributingTeamIds",)
    objective = await an_objective(database, actor, team_id=owner.id, contributing_team_ids=[helper.id])
    with pytest.raises(InvalidInput, match="not one of its contributing teams") as raised:
        await _update(database, actor, objective, team_id=helper.id)
    assert raised.value.path == ("teamId",)
    swapped = await _update(database, actor, objective, team_id=helper.id, contributing_team_ids=[owner.id])
    assert (swapped.team_id, await _contributing(database, actor, objective)) == (helper.id, {owner.id})


async def test_archived_teams_may_stay_but_not_join(database: Database) -> None:
    actor = await an_organisation(database)
    owner, helper, late = [await a_team(database, actor, name=name) for name in ("Own", "Help", "Late")]
    objective = await an_objective(database, actor, team_id=owner.id, contributing_team_ids=[helper.id])
    for team in (owner, helper, late):
        await archive_team(database, actor, ArchiveCommand(id=team.id))
    with pytest.raises(InvalidInput, match="This team is archived") as raised:
        await _update(database, actor, objective, contributing_team_ids=[helper.id, late.id])
    assert raised.value.path == ("contributingTeamIds", 1)
    renamed = await _update(
        database, actor, objective, title="Renamed", team_id=owner.id, contributing_team_ids=[helper.id]
    )
    assert (renamed.title, renamed.team_id) == ("Renamed", owner.id)
    with pytest.raises(InvalidInput, match="This team is archived") as raised:
        await an_objective(database, actor, team_id=late.id)
    assert raised.value.path == ("teamId",)


@pytest.mark.parametrize("field", ["cycle", "team", "parent"])
async def test_unknown_and_foreign_places_are_not_found(database: Database, field: str) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    factories: dict[str, Any] = {"cycle": a_cycle, "team": a_team, "parent": an_objective}
    foreign = await factories[field](database, stranger)
    objective = await an_objective(database, actor)
    for place_id in (foreign.id, uuid4()):
        with pytest.raises(NotFound) as raised:
            await an_objective(database, actor, **{f"{field}_id": place_id})
        assert raised.value.path == (f"{field}Id",)
        with pytest.raises(NotFound) as raised:
            await _update(database, actor, objective, **{f"{field}_id": place_id})
        assert raised.value.path == (f"{field}Id",)


async def test_foreign_contributing_teams_are_not_found_by_position(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    mine, foreign = await a_team(database, actor), await a_team(database, stranger)
    with pytest.raises(NotFound, match="There is no team with this id") as raised:
        await an_objective(database, actor, contributing_team_ids=[mine.id, foreign.id])
    assert raised.value.path == ("contributingTeamIds", 1)


async def test_nothing_starts_in_an_archived_cycle_but_what_is_there_can_change(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor)
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    elsewhere = await an_objective(database, actor)
    await archive_cycle(database, actor, ArchiveCommand(id=cycle.id))
    with pytest.raises(InvalidInput, match="This cycle is archived") as raised:
        await an_objective(database, actor, cycle_id=cycle.id)
    assert raised.value.path == ("cycleId",)
    with pytest.raises(InvalidInput, match="This cycle is archived"):
        await _update(database, actor, elsewhere, cycle_id=cycle.id)
    assert (await _update(database, actor, objective, title="Graded")).title == "Graded"


async def test_an_objective_moves_to_a_cycle_that_holds_its_due_dates(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    key_result = await a_key_result(
        database, actor, objective_id=objective.id, title="Faster", due_on=date(2026, 9, 30)
    )
    spring = await a_cycle(
        database, actor, name="Spring", starts_on=date(2026, 3, 1), ends_on=date(2026, 5, 31)
    )
    with pytest.raises(InvalidInput, match="Faster is due on 2026-09-30, outside the cycle Spring") as raised:
        await _update(database, actor, objective, cycle_id=spring.id)
    assert raised.value.path == ("cycleId",)
    await archive_key_result(database, actor, ArchiveCommand(id=key_result.id))
    assert (await _update(database, actor, objective, cycle_id=spring.id)).cycle_id == spring.id


async def test_a_loop_of_parents_is_refused_and_named(database: Database) -> None:
    actor = await an_organisation(database)
    top = await an_objective(database, actor, title="Top")
    middle = await an_objective(database, actor, title="Middle", parent_id=top.id)
    bottom = await an_objective(database, actor, title="Bottom", parent_id=middle.id)
    with pytest.raises(InvalidInput, match="close a loop: Top → Bottom → Middle → Top") as raised:
        await _update(database, actor, top, parent_id=bottom.id)
    assert raised.value.path == ("parentId",)
    with pytest.raises(InvalidInput, match="close a loop: Top → Top"):
        await _update(database, actor, top, parent_id=top.id)
    assert (await _update(database, actor, bottom, parent_id=top.id)).parent_id == top.id
    assert (await _update(database, actor, middle, parent_id=None)).parent_id is None


async def test_three_writers_never_close_a_loop_together(database: Database) -> None:
    actor = await an_organisation(database)
    cycle, team = await a_cycle(database, actor), await a_team(database, actor)
    for _ in range(20):
        ring = [await an_objective(database, actor, cycle_id=cycle.id, team_id=team.id) for _ in range(3)]
        outcomes = await asyncio.gather(
            *(
                _update(database, actor, objective, parent_id=ring[(i + 1) % 3].id)
                for i, objective in enumerate(ring)
            ),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [
            "HierarchyLoop",
            "ObjectiveRow",
            "ObjectiveRow",
        ]


async def test_archiving_leaves_children_and_coming_back_needs_a_place(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, name="Year")
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    child = await an_objective(database, actor, parent_id=objective.id)
    await a_key_result(database, actor, objective_id=objective.id, title="Late", due_on=date(2026, 12, 24))
    archived = await archive_objective(database, actor, ArchiveCommand(id=objective.id))
    assert (archived.archived_at is not None, archived.version) == (True, 2)
    assert (await _update(database, actor, child, title="Goes on")).parent_id == objective.id
    with pytest.raises(InvalidInput, match="This objective is archived") as raised:
        await an_objective(database, actor, parent_id=objective.id)
    assert raised.value.path == ("parentId",)

    restore = ArchiveCommand(id=objective.id, archived=False)
    await update_cycle(database, actor, CycleUpdate(id=cycle.id, ends_on=date(2026, 6, 30)))
    with pytest.raises(InvalidInput, match="Late is due on 2026-12-24, outside the cycle Year"):
        await archive_objective(database, actor, restore)
    await update_cycle(database, actor, CycleUpdate(id=cycle.id, ends_on=date(2026, 12, 31)))
    await archive_cycle(database, actor, ArchiveCommand(id=cycle.id))
    with pytest.raises(InvalidInput, match="This cycle is archived"):
        await archive_objective(database, actor, restore)
    await archive_cycle(database, actor, ArchiveCommand(id=cycle.id, archived=False))
    assert (await archive_objective(database, actor, restore)).archived_at is None


async def test_of_concurrent_swaps_of_the_teams_exactly_one_wins(database: Database) -> None:
    actor = await an_organisation(database)
    teams = [await a_team(database, actor) for _ in range(4)]
    objective = await an_objective(database, actor)
    outcomes = await asyncio.gather(
        *(
            _update(database, actor, objective, contributing_team_ids=[team.id], expected_version=1)
            for team in teams
        ),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict"] * 3 + ["ObjectiveRow"]
    assert len(await _contributing(database, actor, objective)) == 1


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"title": " "}, ("title",)),
        ({"weight": 0}, ("weight",)),
        ({"weight": 1001}, ("weight",)),
        ({"weight": float("nan")}, ("weight",)),
        ({"contributing_team_ids": [UUID(int=1), UUID(int=1)]}, ("contributingTeamIds",)),
        ({"contributing_team_ids": [UUID(int=i) for i in range(101)]}, ("contributingTeamIds",)),
        ({"rating": 3}, ("rating",)),
    ],
)
def test_bad_input_names_the_field(values: dict[str, Any], path: tuple[str, ...]) -> None:
    valid = {"cycle_id": uuid4(), "team_id": uuid4(), "title": "Grow", "ambition": "committed"}
    with pytest.raises(InvalidInput) as raised:
        ObjectiveCreate.parse({**valid, **values})
    assert raised.value.path == path
