"""What is around an item, the nearest first."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.adjacency import csr
from prioritisation.errors import InvalidProblem
from prioritisation.neighbourhood import by_distance

SIZE = 8
EDGES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=20)


@given(EDGES, st.integers(0, SIZE - 1), st.permutations(range(SIZE)), st.none() | st.integers(0, 4))
def test_steps_are_shortest_path_lengths_and_ties_go_by_id(
    edges: list[tuple[int, int]], item: int, ids: list[int], most_steps: int | None
) -> None:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    rows = csr(SIZE, ends[:, 0].copy(), ends[:, 1].copy())
    found = by_distance(rows, item, tie_break=np.array(ids), most_steps=most_steps)
    graph: nx.DiGraph[int] = nx.DiGraph(edges)
    graph.add_node(item)
    lengths = nx.single_source_shortest_path_length(graph, item, cutoff=most_steps)
    expected = sorted((length, ids[node], node) for node, length in lengths.items() if node != item)
    assert [(int(s), ids[i], int(i)) for i, s in zip(found.items, found.steps, strict=True)] == expected


def test_cycles_end_and_leave_the_middle_out() -> None:
    rows = csr(3, np.array([0, 1, 2]), np.array([1, 2, 0]))
    found = by_distance(rows, 1, tie_break=np.arange(3))
    assert (found.items.tolist(), found.steps.tolist()) == ([2, 0], [1, 2])


def test_unknown_item_is_refused() -> None:
    with pytest.raises(InvalidProblem) as refusal:
        by_distance(csr(2, np.array([0]), np.array([1])), 2, tie_break=np.arange(2))
    assert refusal.value.code == "UNKNOWN_POSITION"
