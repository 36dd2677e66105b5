from itertools import combinations

import numpy as np
from hypothesis import given

from prioritisation.adjacency import csr, layers, topology
from prioritisation.diagram_layout import arrange, crossings
from tests.prioritisation.precedence_cases import Edge, columns, dags


@given(dags(10))
def test_every_node_has_one_place_in_its_layer(dag: tuple[int, list[Edge]]) -> None:
    n, edges = dag
    layer = layers(n, topology(csr(n, *columns(edges))))
    rows = arrange(layer, edges)
    for at, row in enumerate(rows):
        assert sorted(row) == np.flatnonzero(layer == at).tolist()


@given(dags(10))
def test_crossings_are_counted_as_by_comparing_all_pairs_and_never_rise(dag: tuple[int, list[Edge]]) -> None:
    n, edges = dag
    layer = layers(n, topology(csr(n, *columns(edges))))
    depth = layer.tolist()
    first = [np.flatnonzero(layer == at).tolist() for at in range(int(layer.max(initial=-1)) + 1)]

    def by_pairs(rows: list[list[int]]) -> int:
        place = {node: k for row in rows for k, node in enumerate(row)}
        return sum(
            (place[a] - place[c]) * (place[b] - place[d]) < 0
            for (a, b), (c, d) in combinations(edges, 2)
            if depth[a] == depth[c] and depth[b] == depth[d]
        )

    rows = arrange(layer, edges)
    assert crossings(rows, depth, edges) == by_pairs(rows) <= by_pairs(first)


def test_crossed_ladder_is_untangled() -> None:
    edges = [(0, 5), (1, 4), (2, 3)]
    assert crossings(arrange(np.array([0, 0, 0, 1, 1, 1]), edges), [0, 0, 0, 1, 1, 1], edges) == 0
