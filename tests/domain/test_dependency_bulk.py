"""Many dependencies at once, each with its own outcome."""

from typing import Any
from uuid import UUID, uuid4

import networkx as nx
import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.bulk import Outcome
from domain.commands.base import ArchiveCommand
from domain.commands.dependency import DependencyAdd
from domain.db import Database, reading
from domain.dependency import add_dependency
from domain.dependency_bulk import add_dependencies
from domain.enums import DependencyKind, ErrorPolicy
from domain.errors import Conflict, DependencyCycle, DomainError, InvalidInput, NotFound
from domain.initiative import archive_initiative
from domain.portfolio import archive_portfolio
from domain.rows import DependencyRow
from tests.factories import a_portfolio, an_initiative, an_organisation
from tests.trail import written


async def _portfolio(database: Database, actor: Actor, *titles: str) -> tuple[UUID, list[UUID]]:
    portfolio = await a_portfolio(database, actor)
    return portfolio.id, [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id for title in titles
    ]


def _edge(before: UUID, after: UUID, **values: Any) -> DependencyAdd:
    return DependencyAdd(predecessor_id=before, successor_id=after, **values)


def _summary(outcomes: list[Outcome[DependencyRow]]) -> list[tuple[bool, list[str]]]:
    return [
        (outcome.row is not None, [type(error).__name__ for error in outcome.errors]) for outcome in outcomes
    ]


async def test_outcomes_come_in_input_order_and_cycles_are_named(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, (a, b, c) = await _portfolio(database, actor, "A", "B", "C")
    await add_dependency(database, actor, _edge(a, b))
    outcomes = await add_dependencies(
        database,
        actor,
        portfolio_id,
        [_edge(c, a, note="First"), _edge(b, c), _edge(b, c, hard=False, kind=DependencyKind.START_TO_START)],
        ErrorPolicy.REJECT_FAILED,
    )
    assert _summary(outcomes) == [(True, []), (False, ["DependencyCycle"]), (True, [])]
    refusal = outcomes[1].errors[0]
    assert isinstance(refusal, DependencyCycle)
    assert (refusal.cycle, refusal.path) == ((b, c, a), ("successorId",))
    assert "B → C → A → B." in refusal.message
    first = outcomes[0].row
    assert first is not None
    assert (first.predecessor_id, first.successor_id, first.hard, first.note) == (c, a, True, "First")


async def test_each_fault_has_its_error_and_the_good_ones_are_added(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    portfolio_id, (a, b, archived) = await _portfolio(database, ours, "A", "B", "C")
    elsewhere = (await an_initiative(database, ours, title="Elsewhere")).id
    foreign = (await an_initiative(database, theirs)).id
    existing = await add_dependency(database, ours, _edge(a, b, lag_weeks=1))
    await archive_initiative(database, ours, ArchiveCommand(id=archived))
    unread = InvalidInput("lagWeeks: not a number", path=("lagWeeks",))
    edges: list[DependencyAdd | DomainError] = [
        _edge(a, a),
        _edge(a, archived),
        _edge(uuid4(), b),
        _edge(a, foreign),
        _edge(elsewhere, b),
        _edge(a, b, lag_weeks=1),
        _edge(a, b, lag_weeks=1),
        _edge(a, b, kind=DependencyKind.RELATES_TO, hard=True),
        unread,
        _edge(b, a, kind=DependencyKind.RELATES_TO),
    ]
    expected: list[tuple[type[DomainError], str] | None] = [
        (InvalidInput, "successorId"),
        (InvalidInput, "successorId"),
        (NotFound, "predecessorId"),
        (NotFound, "successorId"),
        (InvalidInput, "predecessorId"),
        None,
        (InvalidInput, "successorId"),
        (InvalidInput, "hard"),
        (InvalidInput, "lagWeeks"),
        None,
    ]
    before = await written(database, ours)
    refused = await add_dependencies(database, ours, portfolio_id, edges, ErrorPolicy.REJECT_ALL)
    assert await written(database, ours) == before
    assert (refused[5].row, refused[9]) == (existing, Outcome(row=None))
    for policy in (ErrorPolicy.REJECT_FAILED, ErrorPolicy.IGNORE_FAILED):
        outcomes = await add_dependencies(database, ours, portfolio_id, edges, policy)
        for result in (outcomes, refused):
            assert [
                (type(outcome.errors[0]), outcome.errors[0].path[0]) if outcome.errors else None
                for outcome in result
            ] == expected
        assert [outcome.row is not None for outcome in outcomes] == [error is None for error in expected]
        assert outcomes[5].row == existing
    assert await written(database, ours) == before + 1


async def test_an_existing_edge_that_differs_is_a_conflict(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, (a, b) = await _portfolio(database, actor, "A", "B")
    await add_dependency(database, actor, _edge(a, b, lag_weeks=1))
    for values in ({"lag_weeks": 2.0}, {"lag_weeks": 1.0, "hard": False}, {"lag_weeks": 1.0, "note": "x"}):
        (outcome,) = await add_dependencies(
            database, actor, portfolio_id, [_edge(a, b, **values)], ErrorPolicy.REJECT_FAILED
        )
        (error,) = outcome.errors
        assert isinstance(error, Conflict)
        assert (error.actual_version, error.path) == (1, ("successorId",))


async def test_an_unknown_or_archived_portfolio_is_refused(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    archived, foreign = await a_portfolio(database, ours), await a_portfolio(database, theirs)
    await archive_portfolio(database, ours, ArchiveCommand(id=archived.id))
    for portfolio_id, kind in ((archived.id, InvalidInput), (foreign.id, NotFound), (uuid4(), NotFound)):
        with pytest.raises(kind) as raised:
            await add_dependencies(database, ours, portfolio_id, [], ErrorPolicy.REJECT_ALL)
        assert raised.value.path == ("portfolioId",)


async def test_many_edges_take_few_statements_and_stay_acyclic(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, nodes = await _portfolio(database, actor, *(f"I{number}" for number in range(40)))
    edges = [
        _edge(nodes[(7 * i) % 40], nodes[(7 * i + step) % 40]) for i in range(40) for step in (1, 11, 29)
    ]
    statements: list[str] = []

    def record(*arguments: Any) -> None:
        statements.append(arguments[2])

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", record)
    outcomes = await add_dependencies(database, actor, portfolio_id, edges, ErrorPolicy.REJECT_FAILED)
    assert len(statements) <= 8
    refused = [outcome for outcome in outcomes if outcome.errors]
    async with reading(database, actor.organisation_id) as connection:
        query = sa.text("SELECT predecessor_id, successor_id FROM dependency WHERE hard")
        stored = {(row[0], row[1]) for row in await connection.execute(query)}
    graph = nx.DiGraph(list(stored))
    assert nx.is_directed_acyclic_graph(graph)
    assert len(stored) + len(refused) == 120
    for edge, outcome in zip(edges, outcomes, strict=True):
        if outcome.errors:
            assert nx.has_path(graph, edge.successor_id, edge.predecessor_id)
