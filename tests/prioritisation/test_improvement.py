import numpy as np
import pytest

from prioritisation import improvement
from prioritisation.adjacency import csr
from prioritisation.columns import FloatArray, IntArray
from prioritisation.improvement import Lending, improve, waste_by_block
from tests.prioritisation.precedence_cases import random_graph


def lending_of(n: int, m: int, seed: int) -> tuple[Lending, IntArray, IntArray, FloatArray]:
    """One block in which everybody lends something; positions are shuffled, so give a topological order."""
    duration, _, before, after = random_graph(n, m, seed=seed)
    flow = np.random.default_rng(seed).integers(0, 5, before.size).astype(np.float64)
    lends = np.bincount(after, flow, n).astype(np.float64)
    borrows = np.bincount(before, flow, n).astype(np.float64)
    return Lending(duration, csr(n, before, after), flow, lends, borrows), before, after, flow


def waste(
    order: IntArray, duration: FloatArray, before: IntArray, after: IntArray, flow: FloatArray
) -> float:
    completion = np.empty(order.size)
    completion[order] = np.cumsum(duration[order])
    return float((flow * (completion[after] - duration[after] - completion[before])).sum())


def feasible(order: IntArray, before: IntArray, after: IntArray) -> bool:
    place = np.argsort(order)
    return bool((place[before] < place[after]).all())


def first_order(n: int, before: IntArray, after: IntArray) -> IntArray:
    from prioritisation.adjacency import lexicographic

    return lexicographic(n, before, after, np.arange(n))


def test_waste_is_flow_times_waiting() -> None:
    lending, before, after, flow = lending_of(60, 90, seed=1)
    order = first_order(60, before, after)
    found = waste_by_block(lending, order, np.array([0, 60]))
    assert found.tolist() == pytest.approx([waste(order, lending.duration, before, after, flow)])


@pytest.mark.parametrize("n", [50, 600])
def test_improvement_keeps_dependencies_and_lowers_waste_whole_or_in_windows(n: int) -> None:
    lending, before, after, flow = lending_of(n, 2 * n, seed=2)
    order = first_order(n, before, after)
    better = improve(lending, order, np.array([0, n]), transitions=100_000, scale=1.0)
    assert feasible(better.order, before, after)
    old = waste(order, lending.duration, before, after, flow)
    new = waste(better.order, lending.duration, before, after, flow)
    assert new < old
    assert 0 <= better.proven <= new
    assert n > improvement.WINDOW
    again = improve(lending, better.order, np.array([0, n]), transitions=100_000, scale=1.0)
    assert waste(again.order, lending.duration, before, after, flow) <= new


def test_budget_of_nothing_changes_nothing() -> None:
    lending, before, after, _ = lending_of(50, 100, seed=3)
    order = first_order(50, before, after)
    kept = improve(lending, order, np.array([0, 50]), transitions=0, scale=1.0)
    assert kept.order.tolist() == order.tolist()
    assert kept.proven == 0.0
