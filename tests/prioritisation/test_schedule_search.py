import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prioritisation import schedule_decoding
from prioritisation.columns import IntArray
from prioritisation.schedule_decoding import decode
from prioritisation.schedule_layout import Lines, lay_out
from prioritisation.schedule_prices import price
from prioritisation.schedule_problem import InfeasibleSchedule, ScheduleProblem
from prioritisation.schedule_proof import prove
from prioritisation.schedule_relaxation import relax
from prioritisation.schedule_search import anneal, search_from
from prioritisation.schedule_windows import windows
from tests.prioritisation.schedule_cases import cost_of, keeps_dates, keeps_limits, least_cost, problems


def lines_of(problem: ScheduleProblem) -> Lines | None:
    try:
        return lay_out(problem, windows(problem))
    except InfeasibleSchedule:
        return None


def topological(problem: ScheduleProblem, lines: Lines) -> IntArray:
    among = np.isin(problem.topology.items, lines.items)
    return problem.topology.items[among]


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems(most=8))
def test_decoded_sequences_are_valid_and_as_early_as_they_can_be(problem: ScheduleProblem) -> None:
    lines = lines_of(problem)
    if lines is None:
        return
    sequence = topological(problem, lines)
    start, cost = decode(lines.layout, sequence)
    whole = np.where(problem.fixed_start >= 0, problem.fixed_start, start)
    assert keeps_dates(problem, tuple(whole.tolist()))
    assert keeps_limits(problem, tuple(whole.tolist()))
    missing = int(((start < 0) & windows(problem).required)[lines.items].sum())
    assert cost + lines.given - missing * lines.penalty == pytest.approx(cost_of(problem, whole))
    interpreted = vars(schedule_decoding)["_decode"].__wrapped__(lines.layout, sequence)
    assert (interpreted[0].tolist(), interpreted[1]) == (start.tolist(), cost)
    last = int(sequence[-1]) if sequence.size else -1
    if last >= 0 and start[last] > 0:
        earlier = whole.copy()
        earlier[last] -= 1
        allowed = earlier[last] >= problem.earliest[last]
        dates = keeps_dates(problem, tuple(earlier.tolist()))
        assert not (allowed and dates and keeps_limits(problem, tuple(earlier.tolist())))


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems(most=8), seed=st.integers(0, 99))
def test_a_search_never_loses_and_tells_the_truth_about_its_best(problem: ScheduleProblem, seed: int) -> None:
    lines = lines_of(problem)
    if lines is None or not lines.items.size:
        return
    sequence = topological(problem, lines)
    search = search_from(lines.layout, sequence, seed=seed)
    anneal(lines.layout, search, evaluations=200, hot=5.0, cold=0.1)
    start, cost = decode(lines.layout, search.best)
    assert start.tolist() == search.best_start.tolist()
    assert cost == pytest.approx(search.best_cost[0])
    assert cost <= decode(lines.layout, sequence)[1]
    assert sorted(search.best.tolist()) == sorted(lines.items.tolist())
    again = search_from(lines.layout, sequence, seed=seed)
    anneal(lines.layout, again, evaluations=200, hot=5.0, cold=0.1)
    assert again.best.tolist() == search.best.tolist()


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems())
def test_no_bound_is_above_the_optimum(problem: ScheduleProblem) -> None:
    lines = lines_of(problem)
    if lines is None:
        return
    least = least_cost(problem)
    relaxed = relax(lines)
    assert relaxed is not None
    if not relaxed.feasible:
        assert least == np.inf
        return
    assert relaxed.bound <= least + 1e-9
    by_prices = price(lines, known=decode(lines.layout, topological(problem, lines))[1])
    assert by_prices.bound <= least + 1e-9


def test_prices_come_near_the_relaxation() -> None:
    random = np.random.default_rng(3)
    n, periods = 60, 12
    problem = ScheduleProblem(
        duration=random.integers(1, 4, n),
        demand=random.integers(0, 4, (n, 3)).astype(np.float64),
        capacity=np.full((periods, 3), 20.0),
        cost=random.integers(1, 100, n)[:, np.newaxis] * np.arange(1.0, periods + 2),
        before=np.arange(0, n, 4),
        after=np.arange(1, n, 4),
    )
    lines = lay_out(problem, windows(problem))
    relaxed = relax(lines)
    assert relaxed is not None
    by_prices = price(lines, known=decode(lines.layout, topological(problem, lines))[1])
    assert 0.98 * relaxed.bound <= by_prices.bound <= relaxed.bound * (1 + 1e-6)


def test_a_proof_says_what_it_proves() -> None:
    """Two of three fit: the optimum leaves out the cheapest; at its cost nothing is left to find."""
    problem = ScheduleProblem(
        duration=np.array([1, 1, 1]),
        demand=np.ones((3, 1)),
        capacity=np.ones((2, 1)),
        cost=np.array([[0.0, 1.0, 5.5], [0.0, 2.0, 7.0], [0.0, 3.0, 9.25]]),
    )
    lines = lay_out(problem, windows(problem))
    found = prove(lines, start=None, cost=np.inf, effort=1.0)
    assert found.start is not None
    assert found.start.tolist() == [-1, 1, 0]
    assert found.bound == pytest.approx(7.5)
    proof = prove(lines, start=found.start, cost=7.5, effort=1.0)
    assert (proof.start, proof.infeasible) == (None, False)
    assert proof.bound == pytest.approx(7.5)


def test_a_proof_of_fractional_demands_is_no_less_strict() -> None:
    """Three thirds fill a place exactly, and a fourth does not fit."""
    problem = ScheduleProblem(
        duration=np.ones(4, dtype=np.int64),
        demand=np.full((4, 1), 1 / 3),
        capacity=np.ones((2, 1)),
        cost=np.tile([0.0, np.pi, 9.0], (4, 1)),
    )
    lines = lay_out(problem, windows(problem))
    found = prove(lines, start=None, cost=np.inf, effort=1.0)
    assert found.start is not None
    assert sorted(found.start.tolist()) == [0, 0, 0, 1]
    assert found.bound == pytest.approx(np.pi, rel=1e-6)
    assert found.bound <= np.pi
