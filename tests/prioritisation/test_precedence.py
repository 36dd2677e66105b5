from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.columns import IntArray
from prioritisation.errors import CycleError, InvalidProblem
from prioritisation.precedence import (
    IMPROVED_UP_TO,
    OrderStatus,
    PrecedenceOrder,
    PrecedenceProblem,
    compile_loops,
    order,
    weighted_completion,
)
from tests.prioritisation.precedence_cases import (
    Case,
    cases,
    columns,
    cost,
    feasible_orders,
    is_feasible,
    optimum,
    random_graph,
)


def same(one: PrecedenceOrder, other: PrecedenceOrder) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in PrecedenceOrder.__slots__)


@settings(max_examples=300, deadline=None)
@given(cases(8), st.sampled_from([None, 0, 3]))
def test_order_is_feasible_and_its_bound_and_value_enclose_the_optimum(
    case: Case, transitions: int | None
) -> None:
    result = order(case.problem(), transitions=transitions)
    best = optimum(case)
    assert is_feasible(result.order.tolist(), len(case.duration), case.edges)
    assert result.value == cost(case, result.order.tolist())
    assert result.lower_bound <= best <= result.value <= 2 * best


@settings(max_examples=200, deadline=None)
@given(cases(8))
def test_small_problems_of_whole_numbers_are_solved_and_proven_optimal(case: Case) -> None:
    result = order(case.problem())
    assert result.value == result.lower_bound == optimum(case)
    assert result.status is OrderStatus.OPTIMAL
    assert result.gap == 0


@settings(max_examples=200, deadline=None)
@given(cases(7, whole=False))
def test_small_problems_of_fractions_are_solved_to_the_stated_precision(case: Case) -> None:
    result = order(case.problem())
    best = optimum(case)
    assert result.lower_bound <= best * (1 + 1e-15)
    assert result.value == pytest.approx(best, rel=2e-9)


@settings(max_examples=200, deadline=None)
@given(cases(7, whole=False, zeros=False))
def test_small_problems_of_positive_fractions_are_proven_optimal(case: Case) -> None:
    assert order(case.problem()).status is OrderStatus.OPTIMAL


@settings(max_examples=100, deadline=None)
@given(cases(6))
def test_the_two_ways_of_trying_everything_agree(case: Case) -> None:
    n = len(case.duration)
    assert optimum(case) == min((cost(case, o) for o in feasible_orders(n, case.edges)), default=0.0)


@settings(max_examples=200, deadline=None)
@given(cases(8, zeros=False))
def test_what_is_lent_and_borrowed_explains_the_density_of_the_block(case: Case) -> None:
    result = order(case.problem())
    before, after = columns(case.edges)
    worth = np.array(case.weight)
    np.subtract.at(worth, after, result.flow)
    np.add.at(worth, before, result.flow)
    assert (result.flow >= 0).all()
    assert worth == pytest.approx(result.density[result.block] * case.duration, abs=1e-9)


@settings(max_examples=200, deadline=None)
@given(cases(8))
def test_blocks_stand_together_in_falling_density(case: Case) -> None:
    result = order(case.problem())
    assert sorted(result.block.tolist()) == result.block[result.order].tolist()
    assert all(a >= b * (1 - 1e-9) for a, b in pairwise(result.density.tolist()))
    assert all(result.block[i] <= result.block[j] for i, j in case.edges)


@settings(max_examples=200, deadline=None)
@given(cases(8, zeros=False), st.randoms(use_true_random=False))
def test_permuting_items_with_their_ids_permutes_the_result(case: Case, random: Random) -> None:
    n = len(case.duration)
    name = list(range(n))
    random.shuffle(name)
    back = np.argsort(np.array(name, dtype=np.int64))
    permuted = Case(
        [case.duration[i] for i in back],
        [case.weight[i] for i in back],
        [(name[i], name[j]) for i, j in case.edges],
    )
    result, other = order(case.problem()), order(permuted.problem(tie_break=back))
    assert other.order.tolist() == [name[i] for i in result.order]
    assert (other.value, other.lower_bound) == (result.value, result.lower_bound)


@settings(max_examples=100, deadline=None)
@given(cases(8), st.integers(-20, 20))
def test_scaling_weights_by_a_power_of_two_keeps_the_order(case: Case, power: int) -> None:
    scaled = Case(case.duration, [w * 2.0**power for w in case.weight], case.edges)
    assert order(scaled.problem()).order.tolist() == order(case.problem()).order.tolist()


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=30))
@settings(deadline=None)
def test_without_dependencies_smiths_ratio_orders_with_ties_by_id(items: list[tuple[int, int]]) -> None:
    case = Case([float(p) for p, _ in items], [float(w) for _, w in items], [])
    result = order(case.problem())
    assert result.order.tolist() == sorted(range(len(items)), key=lambda i: (-items[i][1] / items[i][0], i))
    assert result.status is OrderStatus.OPTIMAL


def test_chains_are_merged_by_their_densest_heads() -> None:
    # Two chains: 0 → 1 → 2 pools to (8 weeks, 24), then 3 → 4 to (3, 6), and 5 stays (4, 4).
    case = Case([4, 2, 2, 2, 1, 4], [2, 10, 12, 3, 3, 4], [(0, 1), (1, 2), (3, 4), (4, 5)])
    result = order(case.problem())
    assert result.order.tolist() == [0, 1, 2, 3, 4, 5]
    assert result.block.tolist() == [0, 0, 0, 1, 1, 2]
    assert result.density.tolist() == [3.0, 2.0, 1.0]


def test_out_tree_follows_horn() -> None:
    # The root (3 weeks, 1) joins child 2 (1, 9), then grandchild 4 (2, 6); child 1 (5, 4) joins leaf 3 (1, 5).
    case = Case([3, 5, 1, 1, 2], [1, 4, 9, 5, 6], [(0, 1), (0, 2), (1, 3), (2, 4)])
    result = order(case.problem())
    assert result.order.tolist() == [0, 2, 4, 1, 3]
    assert result.density.tolist() == [16 / 6, 1.5]
    assert result.value == cost(case, [0, 2, 4, 1, 3]) == optimum(case)


def test_enabler_inherits_from_what_it_unlocks() -> None:
    result = order(Case([4, 2, 3], [1, 11, 4], [(0, 1)]).problem())
    assert result.order.tolist() == [0, 1, 2]
    assert result.flow.tolist() == [7.0]


def test_known_vector_of_two_projects() -> None:
    # Base 10 a week; A adds 10 after 2 weeks, B adds 30 after 4: within 6 weeks A-B yields 100, B-A 120.
    a_then_b = weighted_completion(
        duration=np.array([2.0, 4.0]), weight=np.array([10.0, 30.0]), order=np.array([0, 1])
    )
    result = order(Case([2, 4], [10, 30], []).problem())
    assert result.order.tolist() == [1, 0]
    # What is earned within 6 weeks: base 60, and 6 weeks of 40 less what delay costs.
    assert 60 + 6 * 40 - a_then_b == 100
    assert 60 + 6 * 40 - result.value == 120


@pytest.mark.parametrize("n", [0, 1])
def test_nothing_and_one_item_have_an_order(n: int) -> None:
    result = order(Case([3.0] * n, [2.0] * n, []).problem())
    assert result.order.tolist() == list(range(n))
    assert (result.value, result.lower_bound, result.status) == (6.0 * n, 6.0 * n, OrderStatus.OPTIMAL)


def test_items_without_duration_come_as_soon_as_they_may() -> None:
    result = order(Case([0, 5, 0, 5], [1, 10, 7, 1], [(1, 2)]).problem())
    assert result.order.tolist() == [0, 1, 2, 3]
    assert (result.value, result.lower_bound) == (95.0, 95.0)


def test_all_durations_or_weights_zero_cost_nothing_in_any_feasible_order() -> None:
    for case in (Case([0, 0, 0], [1, 2, 3], [(2, 0)]), Case([1, 2, 3], [0, 0, 0], [(2, 0)])):
        result = order(case.problem())
        assert is_feasible(result.order.tolist(), 3, case.edges)
        assert (result.value, result.gap, result.status) == (0.0, 0.0, OrderStatus.OPTIMAL)


def test_repeated_dependencies_count_once() -> None:
    once, twice = Case([4, 2, 3], [1, 11, 4], [(0, 1)]), Case([4, 2, 3], [1, 11, 4], [(0, 1), (0, 1)])
    assert order(once.problem()).order.tolist() == order(twice.problem()).order.tolist()
    assert order(twice.problem()).flow.sum() == 7.0


def test_extreme_but_permitted_numbers_still_enclose_the_optimum() -> None:
    case = Case([1e100, 1e-100, 3.0, 0.0], [1e-100, 1e100, 0.0, 1e100], [(0, 1), (2, 3)])
    result = order(case.problem())
    best = optimum(case)
    assert result.lower_bound <= best * (1 + 1e-12)
    assert result.value <= best * (1 + 1e-9)


def test_large_problem_is_feasible_certified_and_the_same_every_time() -> None:
    n = IMPROVED_UP_TO + 5_000
    duration, weight, before, after = random_graph(n, n, seed=1)
    problem = PrecedenceProblem(duration=duration, weight=weight, predecessor=before, successor=after)
    result = order(problem)
    place = np.empty(n, dtype=np.int64)
    place[result.order] = np.arange(n)
    assert (place[before] < place[after]).all()
    assert result.lower_bound <= result.value
    assert result.gap < 1e-4
    assert same(result, order(problem))


def test_improvement_lowers_the_value_and_raises_the_bound() -> None:
    duration, weight, before, after = random_graph(400, 900, seed=3)
    problem = PrecedenceProblem(duration=duration, weight=weight, predecessor=before, successor=after)
    results = [order(problem, transitions=budget) for budget in (0, 20_000, 200_000)]
    values = [result.value for result in results]
    assert values[0] > values[1] >= values[2]
    bounds = [result.lower_bound for result in results]
    assert bounds[0] < bounds[1] <= bounds[2]
    place = np.argsort(results[2].order)
    assert (place[before] < place[after]).all()


@pytest.mark.parametrize(
    ("change", "field", "code", "items"),
    [
        ({"duration": [1, -2, 3]}, "duration", "NEGATIVE", (1,)),
        ({"duration": [1, np.nan, 3]}, "duration", "MISSING_VALUE", (1,)),
        ({"weight": [1, 2, np.inf]}, "weight", "NOT_FINITE", (2,)),
        ({"weight": [1, 2]}, "weight", "SHAPE", ()),
        ({"weight": [1e-200, 2, 3]}, "weight", "OUT_OF_RANGE", (0,)),
        ({"successor": [3]}, "successor", "UNKNOWN_POSITION", (0,)),
        ({"successor": [1, 2]}, "successor", "SHAPE", ()),
        ({"tie_break": [1, 1, 2]}, "tie_break", "TIE_BREAK_NOT_UNIQUE", (1,)),
        ({"soft_penalty": [1.0]}, "soft_penalty", "SHAPE", ()),
    ],
)
def test_wrong_input_is_refused_with_the_field_and_the_item(
    change: dict[str, list[float]], field: str, code: str, items: tuple[int, ...]
) -> None:
    good = {"duration": [1, 2, 3], "weight": [1, 2, 3], "predecessor": [0], "successor": [1]}
    with pytest.raises(InvalidProblem) as raised:
        PrecedenceProblem(**{**good, **change})  # type: ignore[arg-type]
    assert (raised.value.field, raised.value.code, raised.value.items) == (field, code, items)


def cycle_of(before: IntArray | list[int], after: IntArray | list[int], **more: list[int]) -> tuple[int, ...]:
    with pytest.raises(CycleError) as raised:
        PrecedenceProblem(
            duration=np.ones(5),
            weight=np.ones(5),
            predecessor=np.array(before),
            successor=np.array(after),
            tie_break=more.get("tie_break"),
        )
    return raised.value.cycle


def test_cycle_is_named_by_the_positions_of_the_caller() -> None:
    cycle = cycle_of([0, 4, 2, 3], [4, 2, 3, 4], tie_break=[4, 3, 2, 1, 0])
    assert sorted(cycle) == [2, 3, 4]
    edges = {(4, 2), (2, 3), (3, 4)}
    assert set(pairwise((*cycle, cycle[0]))) == edges


def test_dependency_of_an_item_on_itself_is_a_cycle() -> None:
    assert cycle_of([1], [1]) == (1,)


def test_small_problems_have_the_same_order_once_the_loops_are_compiled() -> None:
    duration, weight, before, after = random_graph(60, 110, seed=8)
    problem = PrecedenceProblem(duration=duration, weight=weight, predecessor=before, successor=after)
    first = order(problem)
    compile_loops()
    assert same(first, order(problem))
