"""Planning cycles: dates in order, children within their parents, no loops."""

import asyncio
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.cycle import CycleCreate, CycleUpdate
from domain.cycle import archive_cycle, create_cycle, update_cycle
from domain.db import Database
from domain.enums import CycleLevel
from domain.errors import Conflict, InvalidInput, NotFound
from domain.key_result import archive_key_result
from domain.objective import archive_objective
from domain.rows import CycleRow
from tests.factories import a_cycle, a_key_result, an_objective, an_organisation

Q1 = {"level": CycleLevel.TACTICAL, "starts_on": date(2026, 1, 1), "ends_on": date(2026, 3, 31)}


async def _update(database: Database, actor: Actor, cycle: CycleRow, **changes: Any) -> CycleRow:
    return await update_cycle(database, actor, CycleUpdate(id=cycle.id, **changes))


async def test_a_quarter_lies_in_its_year(database: Database) -> None:
    actor = await an_organisation(database)
    year = await a_cycle(database, actor, name="2026")
    quarter = await create_cycle(database, actor, CycleCreate(name="Q1 2026", parent_id=year.id, **Q1))
    assert (quarter.name, quarter.level, quarter.starts_on, quarter.ends_on, quarter.parent_id) == (
        "Q1 2026",
        CycleLevel.TACTICAL,
        date(2026, 1, 1),
        date(2026, 3, 31),
        year.id,
    )


async def test_a_cycle_may_last_one_day_but_not_end_before_it_starts(database: Database) -> None:
    actor = await an_organisation(database)
    day = date(2026, 5, 4)
    cycle = await a_cycle(database, actor, starts_on=day, ends_on=day)
    assert cycle.starts_on == cycle.ends_on == day
    with pytest.raises(InvalidInput, match=r"must not end \(2026-05-03\) before it starts") as raised:
        await _update(database, actor, cycle, ends_on=date(2026, 5, 3))
    assert raised.value.path == ("endsOn",)


@pytest.mark.parametrize(
    ("dates", "path"),
    [
        ({"starts_on": date(2025, 12, 31)}, ("startsOn",)),
        ({"ends_on": date(2027, 1, 1)}, ("endsOn",)),
    ],
)
async def test_a_child_outside_its_parent_is_refused_at_creation_and_update(
    database: Database, dates: dict[str, date], path: tuple[str, ...]
) -> None:
    actor = await an_organisation(database)
    year = await a_cycle(database, actor, name="2026")
    message = "must lie within its parent 2026, 2026-01-01 to 2026-12-31"
    with pytest.raises(InvalidInput, match=message) as raised:
        await a_cycle(database, actor, parent_id=year.id, **dates)
    assert raised.value.path == path
    child = await a_cycle(database, actor, parent_id=year.id)
    with pytest.raises(InvalidInput, match=message) as raised:
        await _update(database, actor, child, **dates)
    assert raised.value.path == path


async def test_a_parent_keeps_holding_its_children_unless_they_are_archived(database: Database) -> None:
    actor = await an_organisation(database)
    year = await a_cycle(database, actor)
    quarter = await a_cycle(database, actor, name="Q1", parent_id=year.id, **Q1)
    with pytest.raises(InvalidInput, match="Q1, 2026-01-01 to 2026-03-31") as raised:
        await _update(database, actor, year, starts_on=date(2026, 2, 1))
    assert raised.value.path == ("startsOn",)
    await archive_cycle(database, actor, ArchiveCommand(id=quarter.id))
    await _update(database, actor, year, starts_on=date(2026, 2, 1))
    with pytest.raises(InvalidInput, match="must lie within its parent"):
        await archive_cycle(database, actor, ArchiveCommand(id=quarter.id, archived=False))


async def test_a_cycle_keeps_holding_the_due_dates_in_it_unless_they_are_archived(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor)
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    key_result = await a_key_result(
        database, actor, objective_id=objective.id, title="Faster", due_on=date(2026, 11, 30)
    )
    other = await an_objective(database, actor, cycle_id=cycle.id)
    await a_key_result(database, actor, objective_id=other.id, title="Cheaper", due_on=date(2026, 12, 1))
    until = {"ends_on": date(2026, 10, 31)}
    with pytest.raises(InvalidInput, match="Faster, 2026-11-30") as raised:
        await _update(database, actor, cycle, **until)
    assert raised.value.path == ("endsOn",)
    await archive_key_result(database, actor, ArchiveCommand(id=key_result.id))
    with pytest.raises(InvalidInput, match="Cheaper, 2026-12-01"):
        await _update(database, actor, cycle, **until)
    await archive_objective(database, actor, ArchiveCommand(id=other.id))
    assert (await _update(database, actor, cycle, **until)).ends_on == date(2026, 10, 31)


async def test_a_loop_of_parents_is_refused_and_named(database: Database) -> None:
    actor = await an_organisation(database)
    year = await a_cycle(database, actor, name="Year")
    half = await a_cycle(database, actor, name="Half", parent_id=year.id)
    quarter = await a_cycle(database, actor, name="Quarter", parent_id=half.id)
    with pytest.raises(InvalidInput, match="close a loop: Year → Quarter → Half → Year") as raised:
        await _update(database, actor, year, parent_id=quarter.id)
    assert raised.value.path == ("parentId",)
    with pytest.raises(InvalidInput, match="close a loop: Year → Year"):
        await _update(database, actor, year, parent_id=year.id)
    freed = await _update(database, actor, quarter, parent_id=None)
    assert freed.parent_id is None
    assert (await _update(database, actor, year, parent_id=quarter.id)).parent_id == quarter.id


async def test_two_writers_never_close_a_loop_together(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(20):
        a, b = await a_cycle(database, actor), await a_cycle(database, actor)
        outcomes = await asyncio.gather(
            _update(database, actor, a, parent_id=b.id),
            _update(database, actor, b, parent_id=a.id),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CycleRow", "HierarchyLoop"]


async def test_a_child_never_slips_into_a_parent_that_shrinks_meanwhile(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(10):
        year = await a_cycle(database, actor)
        outcomes = await asyncio.gather(
            _update(database, actor, year, ends_on=date(2026, 6, 30)),
            a_cycle(database, actor, parent_id=year.id),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CycleRow", "InvalidInput"]


async def test_an_archived_parent_is_no_new_parent_but_stays_one(database: Database) -> None:
    actor = await an_organisation(database)
    year = await a_cycle(database, actor)
    child = await a_cycle(database, actor, parent_id=year.id)
    await archive_cycle(database, actor, ArchiveCommand(id=year.id))
    with pytest.raises(InvalidInput, match="This cycle is archived") as raised:
        await a_cycle(database, actor, parent_id=year.id)
    assert raised.value.path == ("parentId",)
    moved = await _update(database, actor, child, ends_on=date(2026, 6, 30), parent_id=year.id)
    assert (moved.ends_on, moved.parent_id) == (date(2026, 6, 30), year.id)


async def test_unknown_and_foreign_parents_are_not_found(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    foreign = await a_cycle(database, stranger)
    cycle = await a_cycle(database, actor)
    for parent_id in (uuid4(), foreign.id):
        with pytest.raises(NotFound, match="There is no cycle with this id") as raised:
            await a_cycle(database, actor, parent_id=parent_id)
        assert raised.value.path == ("parentId",)
        with pytest.raises(NotFound) as raised:
            await _update(database, actor, cycle, parent_id=parent_id)
        assert raised.value.path == ("parentId",)
    with pytest.raises(NotFound) as raised:
        await _update(database, actor, foreign, name="Mine")
    assert raised.value.path == ("id",)


async def test_repeating_a_creation_returns_the_first(database: Database) -> None:
    actor = await an_organisation(database)
    command = CycleCreate(id=uuid4(), name="Q1", **Q1)
    assert await create_cycle(database, actor, command) == await create_cycle(database, actor, command)


async def test_updates_compare_and_swap_before_they_judge(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor)
    with pytest.raises(Conflict) as raised:
        await _update(database, actor, cycle, ends_on=date(2020, 1, 1), expected_version=2)
    assert (raised.value.expected_version, raised.value.actual_version) == (2, 1)


async def test_names_are_unique_whatever_their_case(database: Database) -> None:
    actor = await an_organisation(database)
    await a_cycle(database, actor, name="Spring")
    with pytest.raises(Conflict, match="A cycle with this name exists already"):
        await a_cycle(database, actor, name="SPRING")
