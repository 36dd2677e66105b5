"""Dependencies: hard ones stay acyclic, whoever writes, and the refusal names the cycle."""

import asyncio
import itertools
from typing import Any
from uuid import UUID, uuid4

import networkx as nx
import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.dependency import DependencyAdd, DependencyRemove, DependencyUpdate
from domain.db import Database, reading
from domain.dependency import add_dependency, remove_dependency, update_dependency
from domain.enums import DependencyKind
from domain.errors import Conflict, DependencyCycle, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.rows import DependencyRow
from tests.factories import a_portfolio, an_initiative, an_organisation
from tests.trail import trail, written

_HARD = (DependencyKind.FINISH_TO_START, DependencyKind.START_TO_START, DependencyKind.FINISH_TO_FINISH)
_RELATIONS = (DependencyKind.RELATES_TO, DependencyKind.DUPLICATES)


async def _initiatives(database: Database, actor: Actor, *titles: str) -> list[UUID]:
    portfolio = await a_portfolio(database, actor)
    return [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id for title in titles
    ]


async def _add(
    database: Database, actor: Actor, predecessor_id: UUID, successor_id: UUID, **values: Any
) -> DependencyRow:
    command = DependencyAdd(predecessor_id=predecessor_id, successor_id=successor_id, **values)
    return await add_dependency(database, actor, command)


async def _edges(database: Database, actor: Actor) -> list[tuple[UUID, UUID]]:
    query = sa.text("SELECT predecessor_id, successor_id FROM dependency WHERE hard")
    async with reading(database, actor.organisation_id) as connection:
        return [(row[0], row[1]) for row in await connection.execute(query)]


async def test_a_dependency_is_hard_finish_to_start_unless_it_says_otherwise(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c = await _initiatives(database, actor, "A", "B", "C")
    plain = await _add(database, actor, a, b)
    assert plain == DependencyRow(
        id=plain.id,
        predecessor_id=a,
        successor_id=b,
        kind=DependencyKind.FINISH_TO_START,
        hard=True,
        lag_weeks=0.0,
        note="",
        version=1,
        created_at=plain.created_at,
        updated_at=plain.updated_at,
    )
    full = await _add(
        database,
        actor,
        b,
        c,
        kind=DependencyKind.START_TO_START,
        hard=False,
        lag_weeks=-1.5,
        note="Needs the data model",
    )
    assert (full.kind, full.hard, full.lag_weeks, full.note) == (
        DependencyKind.START_TO_START,
        False,
        -1.5,
        "Needs the data model",
    )
    relation = await _add(database, actor, a, c, kind=DependencyKind.DUPLICATES)
    assert not relation.hard


@pytest.mark.parametrize("first", _HARD)
@pytest.mark.parametrize("second", _HARD)
async def test_a_hard_edge_of_any_kind_that_closes_a_cycle_is_refused(
    database: Database, first: DependencyKind, second: DependencyKind
) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "Billing", "Ledger")
    await _add(database, actor, a, b, kind=first)
    before = await written(database, actor)
    with pytest.raises(DependencyCycle) as raised:
        await _add(database, actor, b, a, kind=second)
    assert raised.value.message == (
        "This hard dependency would close a cycle: Ledger → Billing → Ledger. Remove one of these"
        " dependencies or make it soft first."
    )
    assert (raised.value.cycle, raised.value.path) == ((b, a), ("successorId",))
    assert await written(database, actor) == before


async def test_the_shortest_cycle_is_named_in_order(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c, d, e = await _initiatives(database, actor, "A", "B", "C", "D", "E")
    for edge in ((a, b), (b, c), (c, d), (a, e), (e, d), (b, e)):
        await _add(database, actor, *edge)
    with pytest.raises(DependencyCycle) as raised:
        await _add(database, actor, d, a)
    assert raised.value.cycle == (d, a, e)
    assert "D → A → E → D." in raised.value.message


async def test_a_long_cycle_is_named_in_part_and_carried_in_full(database: Database) -> None:
    actor = await an_organisation(database)
    chain = await _initiatives(database, actor, *(f"I{number}" for number in range(1, 21)))
    for before, after in itertools.pairwise(chain):
        await _add(database, actor, before, after)
    with pytest.raises(DependencyCycle) as raised:
        await _add(database, actor, chain[-1], chain[0])
    assert raised.value.cycle == (chain[-1], *chain[:-1])
    named = "I20 → I1 → I2 → I3 → I4 → I5 → I6 → I7 → I8 → I9 → (10 more) → I20."
    assert named in raised.value.message


async def test_soft_edges_and_relations_may_close_what_they_like(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    await _add(database, actor, a, b)
    for kind in _HARD:
        await _add(database, actor, b, a, kind=kind, hard=False)
    for kind in _RELATIONS:
        await _add(database, actor, b, a, kind=kind)
    assert await _edges(database, actor) == [(a, b)]


async def test_edges_of_archived_initiatives_count_as_well(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c = await _initiatives(database, actor, "A", "B", "C")
    await _add(database, actor, a, b)
    await _add(database, actor, b, c)
    await archive_initiative(database, actor, ArchiveCommand(id=b))
    with pytest.raises(DependencyCycle) as raised:
        await _add(database, actor, c, a)
    assert raised.value.cycle == (c, a, b)


async def test_senseless_edges_are_refused_and_write_nothing(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    a, b, archived = await _initiatives(database, ours, "A", "B", "C")
    elsewhere = (await an_initiative(database, ours)).id
    foreign = (await an_initiative(database, theirs)).id
    await archive_initiative(database, ours, ArchiveCommand(id=archived))
    relation = DependencyKind.RELATES_TO
    cases: list[tuple[dict[str, Any], type[Exception], str, str]] = [
        ({"successor_id": a}, InvalidInput, "successorId", "cannot depend on itself"),
        ({"successor_id": elsewhere}, InvalidInput, "successorId", "another portfolio; dependencies stay"),
        ({"predecessor_id": elsewhere}, InvalidInput, "successorId", "another portfolio; dependencies stay"),
        ({"successor_id": archived}, InvalidInput, "successorId", "initiative is archived"),
        ({"predecessor_id": archived}, InvalidInput, "predecessorId", "initiative is archived"),
        ({"successor_id": uuid4()}, NotFound, "successorId", "no initiative with this id"),
        ({"predecessor_id": uuid4()}, NotFound, "predecessorId", "no initiative with this id"),
        ({"successor_id": foreign}, NotFound, "successorId", "no initiative with this id"),
        ({"predecessor_id": foreign}, NotFound, "predecessorId", "no initiative with this id"),
        ({"kind": relation, "hard": True}, InvalidInput, "hard", "relates_to only informs and cannot"),
        ({"kind": relation, "lag_weeks": 1}, InvalidInput, "lagWeeks", "only informs and has no lag"),
    ]
    before = await written(database, ours)
    for values, kind, path, message in cases:
        with pytest.raises(kind, match=message) as raised:
            await add_dependency(
                database, ours, DependencyAdd(**{"predecessor_id": a, "successor_id": b, **values})
            )
        assert getattr(raised.value, "path", None) == (path,)
    assert await written(database, ours) == before


async def test_a_second_edge_of_a_kind_is_a_conflict_and_a_repeat_by_id_is_not(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    dependency_id = uuid4()
    first = await _add(database, actor, a, b, id=dependency_id)
    assert await _add(database, actor, a, b, id=dependency_id) == first
    with pytest.raises(Conflict, match="a finish_to_start dependency between these two already") as raised:
        await _add(database, actor, a, b, hard=False)
    assert (raised.value.path, raised.value.actual_version) == (("successorId",), 1)
    other = await _add(database, actor, a, b, kind=DependencyKind.START_TO_START)
    assert other.id != first.id


async def test_an_update_changes_lag_note_and_hardness(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    first = await _add(database, actor, a, b, note="Because")
    second = await update_dependency(
        database, actor, DependencyUpdate(id=first.id, lag_weeks=2, hard=False, expected_version=1)
    )
    assert (second.lag_weeks, second.hard, second.note, second.version) == (2.0, False, "Because", 2)
    with pytest.raises(Conflict) as raised:
        await update_dependency(
            database, actor, DependencyUpdate(id=first.id, lag_weeks=3, expected_version=1)
        )
    assert (raised.value.expected_version, raised.value.actual_version) == (1, 2)


async def test_making_an_edge_hard_can_close_a_cycle(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c = await _initiatives(database, actor, "A", "B", "C")
    await _add(database, actor, a, b)
    await _add(database, actor, b, c)
    soft = await _add(database, actor, c, a, hard=False)
    before = await written(database, actor)
    with pytest.raises(DependencyCycle, match="C → A → B → C") as raised:
        await update_dependency(database, actor, DependencyUpdate(id=soft.id, hard=True))
    assert (raised.value.cycle, raised.value.path) == ((c, a, b), ("hard",))
    assert await written(database, actor) == before


@pytest.mark.parametrize(("values", "path"), [({"hard": True}, "hard"), ({"lag_weeks": 1}, "lagWeeks")])
async def test_a_relation_cannot_be_made_to_constrain(
    database: Database, values: dict[str, Any], path: str
) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    relation = await _add(database, actor, a, b, kind=DependencyKind.RELATES_TO)
    with pytest.raises(InvalidInput) as raised:
        await update_dependency(database, actor, DependencyUpdate(id=relation.id, **values))
    assert raised.value.path == (path,)


async def test_removing_makes_room_and_returns_what_was_there(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    first = await _add(database, actor, a, b)
    with pytest.raises(Conflict):
        await remove_dependency(database, actor, DependencyRemove(id=first.id, expected_version=2))
    assert await remove_dependency(database, actor, DependencyRemove(id=first.id)) == first
    await _add(database, actor, b, a)
    with pytest.raises(NotFound, match="There is no dependency with this id"):
        await remove_dependency(database, actor, DependencyRemove(id=first.id))
    assert [entry[0] for entry in await trail(database, actor, "dependency")] == [
        "insert",
        "delete",
        "insert",
    ]


async def test_of_two_writers_of_the_two_halves_exactly_one_wins_each_of_200_rounds(
    database: Database,
) -> None:
    actor = await an_organisation(database)

    async def rounds(number: int) -> list[int]:
        a, b = await _initiatives(database, actor, "A", "B")
        wins = [0, 0]
        for _ in range(number):
            outcomes = await asyncio.gather(
                _add(database, actor, a, b), _add(database, actor, b, a), return_exceptions=True
            )
            rows = [outcome for outcome in outcomes if isinstance(outcome, DependencyRow)]
            losers = [outcome for outcome in outcomes if isinstance(outcome, DependencyCycle)]
            assert (len(rows), len(losers)) == (1, 1)
            wins[rows[0].predecessor_id == b] += 1
            await remove_dependency(database, actor, DependencyRemove(id=rows[0].id))
        return wins

    results = await asyncio.gather(rounds(100), rounds(100))
    assert [sum(wins) for wins in results] == [100, 100]


async def test_three_writers_never_close_a_triangle(database: Database) -> None:
    actor = await an_organisation(database)
    a, b, c = await _initiatives(database, actor, "A", "B", "C")
    for _ in range(50):
        outcomes = await asyncio.gather(
            _add(database, actor, a, b),
            _add(database, actor, b, c),
            _add(database, actor, c, a),
            return_exceptions=True,
        )
        rows = [outcome for outcome in outcomes if isinstance(outcome, DependencyRow)]
        refusals = [outcome for outcome in outcomes if isinstance(outcome, DependencyCycle)]
        assert (len(rows), len(refusals)) == (2, 1)
        assert len(refusals[0].cycle) == 3
        assert nx.is_directed_acyclic_graph(nx.DiGraph(await _edges(database, actor)))
        for row in rows:
            await remove_dependency(database, actor, DependencyRemove(id=row.id))


async def test_writers_who_make_soft_edges_hard_at_once_don_t_close_a_cycle(database: Database) -> None:
    actor = await an_organisation(database)
    a, b = await _initiatives(database, actor, "A", "B")
    there, back = await _add(database, actor, a, b, hard=False), await _add(database, actor, b, a, hard=False)
    for _ in range(25):
        outcomes = await asyncio.gather(
            *(
                update_dependency(database, actor, DependencyUpdate(id=edge.id, hard=True))
                for edge in (there, back)
            ),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DependencyCycle", "DependencyRow"]
        for edge in (there, back):
            await update_dependency(database, actor, DependencyUpdate(id=edge.id, hard=False))
