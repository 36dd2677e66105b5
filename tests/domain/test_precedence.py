"""What hard dependencies lead to, held against networkx."""

import random
from uuid import UUID

import networkx as nx
import pytest
import sqlalchemy as sa

from domain.commands.dependency import DependencyAdd
from domain.db import Database, transaction
from domain.dependency_bulk import add_dependencies
from domain.enums import DependencyKind, ErrorPolicy
from domain.precedence import dependents, hard_path
from tests.factories import a_portfolio, an_initiative, an_organisation


@pytest.mark.parametrize("near", [1, 2, 5, 1_000])
async def test_the_shortest_way_is_found_however_far_the_database_goes(database: Database, near: int) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    nodes = [(await an_initiative(database, actor, portfolio_id=portfolio.id)).id for _ in range(14)]
    chance = random.Random(20260301)
    graph: nx.DiGraph[UUID] = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(
        (nodes[i], nodes[j]) for i in range(14) for j in range(i + 1, 14) if chance.random() < 0.25
    )
    edges = [DependencyAdd(predecessor_id=before, successor_id=after) for before, after in graph.edges]
    edges.append(DependencyAdd(predecessor_id=nodes[-1], successor_id=nodes[0], hard=False))
    edges.append(
        DependencyAdd(predecessor_id=nodes[0], successor_id=nodes[-1], kind=DependencyKind.DUPLICATES)
    )
    await add_dependencies(database, actor, portfolio.id, edges, ErrorPolicy.REJECT_ALL)
    found = 0
    async with transaction(database, actor) as session:
        for start in nodes:
            for goal in nodes:
                path = await hard_path(
                    session, actor, portfolio_id=portfolio.id, start=start, goal=goal, near=near
                )
                if path is None:
                    assert not nx.has_path(graph, start, goal)
                    continue
                found += 1
                assert (path[0], path[-1]) == (start, goal)
                assert len(path) == 1 + nx.shortest_path_length(graph, start, goal)
                assert nx.is_path(graph, path)
    assert found > 30


async def test_dependents_take_one_statement_and_the_nearest_come_first(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    a, b, c, d = [
        (await an_initiative(database, actor, portfolio_id=portfolio.id, title=title)).id
        for title in ("A", "Z", "C", "D")
    ]
    edges = [
        DependencyAdd(predecessor_id=before, successor_id=after, kind=kind)
        for before, after, kind in (
            (a, b, DependencyKind.START_TO_START),
            (b, c, DependencyKind.FINISH_TO_START),
            (b, d, DependencyKind.FINISH_TO_START),
            (a, d, DependencyKind.FINISH_TO_FINISH),
            (c, d, DependencyKind.FINISH_TO_START),
        )
    ]
    await add_dependencies(database, actor, portfolio.id, edges, ErrorPolicy.REJECT_ALL)
    statements: list[str] = []
    async with transaction(database, actor) as session:
        sa.event.listen(
            database.engine.sync_engine,
            "before_cursor_execute",
            lambda *arguments: statements.append(arguments[2]),
        )
        waiting = await dependents(session, actor, a)
    assert [(one.title, one.distance) for one in waiting] == [("D", 1), ("Z", 1), ("C", 2)]
    assert len([statement for statement in statements if "RECURSIVE" in statement]) == 1
