from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.adjacency import (
    csr,
    find_cycle,
    layers,
    lexicographic,
    ordered,
    path_between,
    reachable,
    topology,
)
from prioritisation.errors import CycleError
from tests.prioritisation.precedence_cases import Edge, columns, dags

Dag = tuple[int, list[Edge]]


def as_networkx(n: int, edges: list[Edge]) -> "nx.DiGraph[int]":
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(edges)
    return graph


@given(dags(10))
def test_rows_hold_every_edge_once_in_the_order_of_the_edges(dag: Dag) -> None:
    n, edges = dag
    rows = csr(n, *columns(edges))
    for node in range(n):
        mine = [(k, j) for k, (i, j) in enumerate(edges) if i == node]
        assert rows.edges_of(node).tolist() == [k for k, _ in mine]
        assert rows.neighbours(node).tolist() == [j for _, j in mine]


@given(dags(10))
def test_topology_numbers_tails_below_heads_and_sorts_edges_by_tail(dag: Dag) -> None:
    n, edges = dag
    before, after = columns(edges)
    order = topology(csr(n, before, after))
    assert sorted(order.items.tolist()) == list(range(n))
    assert (order.tail < order.head).all()
    assert order.tail.tolist() == sorted(order.tail.tolist())
    assert order.items[order.tail].tolist() == before[order.edges].tolist()
    assert order.items[order.head].tolist() == after[order.edges].tolist()


@given(dags(10), st.data())
def test_lexicographic_order_agrees_with_networkx(dag: Dag, data: st.DataObject) -> None:
    n, edges = dag
    tie_break = data.draw(st.permutations(range(n)))
    expected = nx.lexicographical_topological_sort(as_networkx(n, edges), key=lambda i: tie_break[i])
    assert lexicographic(n, *columns(edges), np.array(tie_break, dtype=np.int64)).tolist() == list(expected)


@given(dags(10))
def test_layers_are_the_topological_generations_of_networkx(dag: Dag) -> None:
    n, edges = dag
    found = layers(n, topology(csr(n, *columns(edges))))
    for layer, generation in enumerate(nx.topological_generations(as_networkx(n, edges))):
        assert np.flatnonzero(found == layer).tolist() == sorted(generation)


@given(dags(10))
def test_reachable_agrees_with_descendants_of_networkx(dag: Dag) -> None:
    n, edges = dag
    rows, graph = csr(n, *columns(edges)), as_networkx(n, edges)
    for node in range(n):
        assert reachable(rows, [node]).tolist() == sorted(nx.descendants(graph, node))


@given(dags(8))
def test_path_is_a_shortest_one_or_empty(dag: Dag) -> None:
    n, edges = dag
    rows, graph = csr(n, *columns(edges)), as_networkx(n, edges)
    for start in range(n):
        for goal in range(n):
            path = path_between(rows, start, goal)
            if nx.has_path(graph, start, goal):
                assert (path[0], path[-1]) == (start, goal)
                assert len(path) == nx.shortest_path_length(graph, start, goal) + 1
                assert all(step in graph.edges for step in pairwise(path))
            else:
                assert path == ()


@given(dags(8, min_nodes=2), st.data())
def test_cycle_is_found_exactly_when_there_is_one(dag: Dag, data: st.DataObject) -> None:
    n, edges = dag
    node = st.integers(0, n - 1)
    edges = [*edges, *data.draw(st.lists(st.tuples(node, node), max_size=3))]
    before, after = columns(edges)
    cycle = find_cycle(n, before, after)
    if nx.is_directed_acyclic_graph(as_networkx(n, edges)):
        assert cycle == ()
        return
    assert all(step in edges for step in pairwise((*cycle, cycle[0])))
    for refuse in (
        lambda: topology(csr(n, before, after)),
        lambda: lexicographic(n, before, after, np.arange(n)),
    ):
        with pytest.raises(CycleError) as raised:
            refuse()
        assert len(set(raised.value.cycle)) == len(raised.value.cycle) > 0


def test_buckets_come_one_after_the_other_and_inside_them_the_smallest_priority_first() -> None:
    rows = csr(5, np.array([4]), np.array([0]))
    order = ordered(
        rows=rows,
        waiting=np.array([1, 0, 0, 0, 0]),
        priority=np.array([0.0, 5.0, 9.0, 1.0, 3.0]),
        members=np.array([2, 1, 4, 0, 3]),
        bucket=np.array([0, 2, 5]),
    )
    assert order is not None
    assert order.tolist() == [1, 2, 3, 4, 0]


def test_edge_back_to_an_earlier_bucket_is_impossible() -> None:
    rows = csr(2, np.array([1]), np.array([0]))
    members, waiting, free = np.array([0, 1]), np.array([1, 0]), np.zeros(2)
    apart, whole = np.array([0, 1, 2]), np.array([0, 2])
    assert ordered(rows=rows, waiting=waiting, priority=free, members=members, bucket=apart) is None
    together = ordered(rows=rows, waiting=waiting, priority=free, members=members, bucket=whole)
    assert together is not None
    assert together.tolist() == [1, 0]


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 2**32 - 1))
def test_large_graphs_take_the_same_order_as_networkx(seed: int) -> None:
    random = np.random.default_rng(seed)
    n = 4_000
    before, after = np.sort(random.integers(0, n, (2, n)), axis=0)
    distinct = before != after
    before, after = before[distinct], after[distinct]
    tie_break = random.permutation(n)
    graph = as_networkx(n, list(zip(before.tolist(), after.tolist(), strict=True)))
    expected = nx.lexicographical_topological_sort(graph, key=lambda i: int(tie_break[i]))
    assert lexicographic(n, before, after, tie_break).tolist() == list(expected)
