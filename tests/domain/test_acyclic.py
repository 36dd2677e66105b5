"""A graph that grows and stays acyclic, held against networkx."""

import itertools
from uuid import UUID

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from domain.acyclic import AcyclicGraph, Edge

_NODES = [UUID(int=number) for number in range(12)]
_EDGES = st.lists(
    st.tuples(st.sampled_from(_NODES), st.sampled_from(_NODES)).filter(lambda edge: edge[0] != edge[1]),
    unique=True,
    max_size=60,
)


def _graph(edges: list[Edge]) -> "nx.DiGraph[UUID]":
    graph: nx.DiGraph[UUID] = nx.DiGraph()
    graph.add_nodes_from(_NODES)
    graph.add_edges_from(edges)
    return graph


@given(edges=_EDGES, known=st.booleans())
def test_it_refuses_exactly_what_closes_a_cycle_and_shows_the_way_back(
    edges: list[Edge], known: bool
) -> None:
    growing = AcyclicGraph([], expected=edges if known else ())
    accepted: list[Edge] = []
    for before, after in edges:
        way_back = growing.add(before, after)
        reference = _graph(accepted)
        if way_back is None:
            assert not nx.has_path(reference, after, before)
            accepted.append((before, after))
        else:
            assert (way_back[0], way_back[-1]) == (after, before)
            assert all(reference.has_edge(*step) for step in itertools.pairwise(way_back))
            assert len(set(way_back)) == len(way_back)
    assert nx.is_directed_acyclic_graph(_graph(accepted))


@given(edges=_EDGES, more=_EDGES)
def test_it_starts_from_what_is_there(edges: list[Edge], more: list[Edge]) -> None:
    existing = [edge for edge in edges if edge[0] < edge[1]]
    growing = AcyclicGraph(existing, expected=more)
    accepted = list(existing)
    for before, after in more:
        closes = nx.has_path(_graph(accepted), after, before)
        assert (growing.add(before, after) is not None) is closes
        if not closes:
            accepted.append((before, after))


def test_expected_edges_are_not_taken_for_there() -> None:
    a, b = _NODES[:2]
    growing = AcyclicGraph([], expected=[(a, b), (b, a)])
    assert growing.add(b, a) is None
    assert growing.add(a, b) == [b, a]
