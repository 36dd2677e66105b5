import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.bottlenecks import bottlenecks
from prioritisation.dependencies import (
    DependencyMap,
    DependencyType,
    as_networkx,
    blocked_by,
    components,
    crossings,
    layers,
    map_order,
    stop_impact,
    unlocks,
    would_close_cycle,
)
from prioritisation.errors import CycleError, InvalidProblem
from tests.prioritisation.precedence_cases import columns, dags, random_graph


@st.composite
def charts(draw: st.DrawFn) -> DependencyMap:
    """A map with soft dependencies in any direction among the hard ones, which form a DAG."""
    n, edges = draw(dags(9))
    node = st.integers(0, n - 1)
    soft = draw(st.lists(st.tuples(node, node), max_size=4)) if n else []
    before, after = columns([*edges, *soft])
    return DependencyMap(
        size=n,
        predecessor=before,
        successor=after,
        type=np.array(
            draw(st.lists(st.integers(0, 2), min_size=before.size, max_size=before.size)), dtype=np.int64
        ),
        hard=np.arange(before.size) < len(edges),
        tie_break=np.array(draw(st.permutations(range(n))), dtype=np.int64),
    )


def hard_graph(chart: DependencyMap) -> "nx.MultiDiGraph[int]":
    graph = as_networkx(chart)
    for k in np.flatnonzero(~chart.hard).tolist():
        graph.remove_edge(int(chart.predecessor[k]), int(chart.successor[k]), key=k)
    return graph


@given(charts())
def test_queries_agree_with_networkx(chart: DependencyMap) -> None:
    graph = hard_graph(chart)
    for item in range(chart.size):
        assert blocked_by(chart, item).tolist() == sorted(graph.predecessors(item))
        assert unlocks(chart, item).tolist() == sorted(graph.successors(item))
        assert blocked_by(chart, item, transitive=True).tolist() == sorted(nx.ancestors(graph, item))
        assert unlocks(chart, item, transitive=True).tolist() == sorted(nx.descendants(graph, item))
    expected = nx.lexicographical_topological_sort(graph, key=lambda i: int(chart.tie_break[i]))
    assert map_order(chart).tolist() == list(expected)
    for layer, generation in enumerate(nx.topological_generations(graph)):
        assert np.flatnonzero(layers(chart) == layer).tolist() == sorted(generation)


@given(charts())
def test_bottleneck_is_the_number_of_pairs_with_a_path_through_the_item(chart: DependencyMap) -> None:
    graph = hard_graph(chart)
    found = bottlenecks(chart)
    reach = {item: nx.descendants(graph, item) for item in range(chart.size)}
    for item in range(chart.size):
        pairs = sum(1 for a in reach if item in reach[a] for b in reach[item])
        assert found.through[item] == pairs
        assert found.after[item] == len(reach[item])
        assert found.before[item] == sum(item in reach[a] for a in reach)
    through = found.through[found.ranking].tolist()
    assert through == sorted(through, reverse=True)


def test_bottlenecks_of_more_items_than_a_row_of_bits_holds() -> None:
    n = 1_500
    _, _, before, after = random_graph(n, n, seed=1)
    chart = DependencyMap(size=n, predecessor=before, successor=after)
    found, graph = bottlenecks(chart), hard_graph(chart)
    for item in range(0, n, 50):
        assert found.before[item] == len(nx.ancestors(graph, item))
        assert found.after[item] == len(nx.descendants(graph, item))


def test_chain_is_blocked_most_in_its_middle() -> None:
    chart = DependencyMap(size=5, predecessor=np.arange(4), successor=np.arange(1, 5))
    found = bottlenecks(chart)
    assert found.through.tolist() == [0, 3, 4, 3, 0]
    assert found.ranking.tolist() == [2, 1, 3, 0, 4]


@given(charts())
def test_components_are_weakly_connected_and_numbered_by_first_id(chart: DependencyMap) -> None:
    found = components(chart)
    parts = [sorted(part) for part in nx.weakly_connected_components(as_networkx(chart))]
    parts.sort(key=lambda part: min(chart.tie_break[part].tolist()))
    assert [np.flatnonzero(found == k).tolist() for k in range(len(parts))] == parts
    hard = {tuple(sorted(part)) for part in nx.weakly_connected_components(hard_graph(chart))}
    only = components(chart, hard_only=True)
    assert {tuple(np.flatnonzero(only == k).tolist()) for k in range(len(hard))} == hard


@given(charts(), st.data())
def test_stop_fells_all_that_waits_and_weakens_what_depends_softly(
    chart: DependencyMap, data: st.DataObject
) -> None:
    if not chart.size:
        return
    stopped = data.draw(st.sets(st.integers(0, chart.size - 1), max_size=3))
    graph = hard_graph(chart)
    falls = set().union(*(nx.descendants(graph, item) for item in stopped)) - stopped
    found = stop_impact(chart, sorted(stopped))
    assert found.falls.tolist() == sorted(falls)
    gone = falls | stopped
    soft = [
        (i, j)
        for i, j, hard in zip(chart.predecessor.tolist(), chart.successor.tolist(), chart.hard, strict=True)
        if not hard
    ]
    assert found.weakened.tolist() == sorted({j for i, j in soft if i in gone and j not in gone})


@given(charts(), st.data())
def test_new_dependency_closes_a_cycle_exactly_when_the_map_refuses_it(
    chart: DependencyMap, data: st.DataObject
) -> None:
    if not chart.size:
        return
    node = st.integers(0, chart.size - 1)
    before, after = data.draw(node), data.draw(node)
    cycle = would_close_cycle(chart, predecessor=before, successor=after)
    edges = chart.hard_edges
    extended = (np.append(chart.predecessor[edges], before), np.append(chart.successor[edges], after))
    if not cycle:
        DependencyMap(size=chart.size, predecessor=extended[0], successor=extended[1])
        return
    assert cycle[0] == before
    assert len(cycle) == 1 or cycle[1] == after
    steps = set(zip(*(column.tolist() for column in extended), strict=True))
    assert all(step in steps for step in zip(cycle, (*cycle[1:], cycle[0]), strict=True))
    with pytest.raises(CycleError):
        DependencyMap(size=chart.size, predecessor=extended[0], successor=extended[1])


def test_crossings_count_between_labels_and_ignore_items_without_one() -> None:
    chart = DependencyMap(
        size=5,
        predecessor=np.array([0, 0, 1, 3, 4]),
        successor=np.array([1, 2, 2, 2, 2]),
        hard=np.array([True, True, True, False, True]),
    )
    found = crossings(chart, [1, 1, 2, 3, -1])
    assert found.edges.tolist() == [1, 2, 3]
    assert found.pairs.tolist() == [[1, 2], [3, 2]]
    assert found.counts.tolist() == [2, 1]


def test_networkx_carries_type_lag_and_hardness_of_parallel_dependencies() -> None:
    chart = DependencyMap(
        size=2,
        predecessor=np.array([0, 0]),
        successor=np.array([1, 1]),
        type=np.array([1, 2]),
        lag_weeks=np.array([-1.0, 2.0]),
        hard=np.array([True, False]),
    )
    assert list(as_networkx(chart).edges(keys=True, data=True)) == [
        (0, 1, 0, {"type": DependencyType.START_TO_START, "lag_weeks": -1.0, "hard": True}),
        (0, 1, 1, {"type": DependencyType.FINISH_TO_FINISH, "lag_weeks": 2.0, "hard": False}),
    ]


def test_cycle_of_hard_dependencies_is_named_and_of_soft_ones_allowed() -> None:
    before, after = np.array([0, 1, 2]), np.array([1, 2, 0])
    with pytest.raises(CycleError, match="-> ") as raised:
        DependencyMap(size=3, predecessor=before, successor=after)
    assert sorted(raised.value.cycle) == [0, 1, 2]
    chart = DependencyMap(size=3, predecessor=before, successor=after, hard=np.array([True, True, False]))
    assert map_order(chart).tolist() == [0, 1, 2]


def test_empty_map_answers_everything_with_nothing() -> None:
    chart = DependencyMap(size=0)
    assert map_order(chart).tolist() == layers(chart).tolist() == components(chart).tolist() == []
    assert bottlenecks(chart).ranking.tolist() == []
    assert crossings(chart, []).counts.tolist() == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"size": -1}, "size", "NEGATIVE"),
        ({"predecessor": [2]}, "predecessor", "UNKNOWN_POSITION"),
        ({"successor": [0, 1]}, "successor", "SHAPE"),
        ({"type": [3]}, "type", "UNKNOWN_POSITION"),
        ({"lag_weeks": [np.nan]}, "lag_weeks", "MISSING_VALUE"),
        ({"lag_weeks": [np.inf]}, "lag_weeks", "NOT_FINITE"),
        ({"hard": [True, False]}, "hard", "SHAPE"),
        ({"tie_break": [1, 1]}, "tie_break", "TIE_BREAK_NOT_UNIQUE"),
    ],
)
def test_wrong_columns_are_refused(change: dict[str, list[float]], field: str, code: str) -> None:
    good = {"size": 2, "predecessor": [0], "successor": [1]}
    with pytest.raises(InvalidProblem) as raised:
        DependencyMap(**{**good, **change})  # type: ignore[arg-type]
    assert (raised.value.field, raised.value.code) == (field, code)


@pytest.mark.parametrize("item", [-1, 2])
def test_unknown_item_is_refused(item: int) -> None:
    chart = DependencyMap(size=2, predecessor=np.array([0]), successor=np.array([1]))
    for ask in (
        lambda: blocked_by(chart, item),
        lambda: unlocks(chart, item, transitive=True),
        lambda: stop_impact(chart, [item]),
        lambda: would_close_cycle(chart, predecessor=0, successor=item),
    ):
        with pytest.raises(InvalidProblem) as raised:
            ask()
        assert raised.value.code == "UNKNOWN_POSITION"
