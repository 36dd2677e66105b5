import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.ideals import Block, best_order
from tests.prioritisation.precedence_cases import Edge, dags, feasible_orders


def block_of(n: int, edges: list[Edge], duration: list[int], flow: list[int]) -> Block:
    lends, borrows = [0.0] * n, [0.0] * n
    after: list[list[tuple[int, float]]] = [[] for _ in range(n)]
    for (i, j), lent in zip(edges, flow, strict=True):
        lends[j] += lent
        borrows[i] += lent
        after[i].append((j, float(lent)))
    return Block([float(p) for p in duration], lends, borrows, after)


def waste(order: list[int], edges: list[Edge], duration: list[int], flow: list[int]) -> float:
    start, now = {}, 0
    for i in order:
        start[i] = now
        now += duration[i]
    pairs = zip(edges, flow, strict=True)
    return float(sum(lent * (start[j] - start[i] - duration[i]) for (i, j), lent in pairs))


@settings(max_examples=200, deadline=None)
@given(dags(7, min_nodes=1), st.data())
def test_order_has_the_least_waste_or_a_bound_below_it(
    dag: tuple[int, list[Edge]], data: st.DataObject
) -> None:
    n, edges = dag
    duration = data.draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    flow = data.draw(st.lists(st.integers(0, 5), min_size=len(edges), max_size=len(edges)))
    least = min(waste(list(o), edges, duration, flow) for o in feasible_orders(n, edges))
    block = block_of(n, edges, duration, flow)
    exact = best_order(block, limit=1e9, budget=10**6)
    assert exact.order is not None
    assert waste(exact.order, edges, duration, flow) == exact.proven == least
    beam = best_order(block, limit=1e9, budget=data.draw(st.integers(n, 40)))
    assert beam.order is not None
    assert beam.proven <= least <= waste(beam.order, edges, duration, flow)


def test_limit_that_cannot_be_undercut_is_proven() -> None:
    block = block_of(3, [(0, 2), (1, 2)], [1, 2, 1], [3, 1])
    # 1 first: 3·0 + 1·1 = 1; 0 first: 3·2 + 1·0 = 6
    assert best_order(block, limit=1.0, budget=1000)[:2] == (None, 1.0)
    better = best_order(block, limit=6.0, budget=1000)
    assert better[:2] == ([1, 0, 2], 1.0)


def test_flow_owed_from_before_makes_its_heads_urgent() -> None:
    # Items 0 and 1 are free; 1 lends 4 to something before the block, and 0 nothing.
    block = Block([5.0, 2.0], [0.0, 4.0], [0.0, 0.0], [[], []])
    assert best_order(block, limit=100.0, budget=100, owed=4.0)[:2] == ([1, 0], 0.0)


@pytest.mark.parametrize("budget", [0, 1])
def test_no_budget_still_walks_one_way(budget: int) -> None:
    block = block_of(3, [(0, 1), (1, 2)], [1, 1, 1], [1, 1])
    assert best_order(block, limit=1e9, budget=budget).order == [0, 1, 2]
