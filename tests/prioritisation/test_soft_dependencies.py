import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.precedence import OrderStatus, order
from tests.prioritisation.precedence_cases import (
    Case,
    Edge,
    cases,
    columns,
    cost,
    feasible_orders,
    is_feasible,
)

Soft = tuple[Edge, float]


def soft_columns(soft: list[Soft]) -> dict[str, object]:
    before, after = columns([edge for edge, _ in soft])
    return {
        "soft_predecessor": before,
        "soft_successor": after,
        "soft_penalty": np.array([penalty for _, penalty in soft], dtype=np.float64),
    }


def total(case: Case, soft: list[Soft], sequence: tuple[int, ...]) -> float:
    return cost(case, sequence) + sum(p for (i, j), p in soft if sequence.index(i) > sequence.index(j))


@st.composite
def soft_cases(draw: st.DrawFn) -> tuple[Case, list[Soft]]:
    case = draw(cases(6).filter(lambda c: len(c.duration) > 1))
    node = st.integers(0, len(case.duration) - 1)
    edges = draw(st.lists(st.tuples(node, node).filter(lambda e: e[0] != e[1]), min_size=1, max_size=4))
    return case, [(edge, float(draw(st.integers(0, 40)))) for edge in edges]


@settings(max_examples=200, deadline=None)
@given(soft_cases())
def test_order_is_feasible_states_what_it_breaks_and_keeps_its_bound(drawn: tuple[Case, list[Soft]]) -> None:
    case, soft = drawn
    result = order(case.problem(**soft_columns(soft)))
    sequence = tuple(result.order.tolist())
    assert is_feasible(sequence, len(case.duration), case.edges)
    broken = [k for k, ((i, j), _) in enumerate(soft) if sequence.index(i) > sequence.index(j)]
    assert result.broken.tolist() == broken
    assert result.penalty == sum(soft[k][1] for k in broken)
    assert result.value == cost(case, sequence)
    best = min(total(case, soft, o) for o in feasible_orders(len(case.duration), case.edges))
    assert result.lower_bound <= best <= result.value + result.penalty
    if result.status is OrderStatus.OPTIMAL:
        assert result.value + result.penalty == best
    ignoring = order(case.problem())
    assert result.value + result.penalty <= total(case, soft, tuple(ignoring.order.tolist()))


@pytest.mark.parametrize(("penalty", "expected", "broken"), [(5.0, [1, 0], [0]), (50.0, [0, 1], [])])
def test_soft_dependency_is_broken_only_when_that_is_cheaper(
    penalty: float, expected: list[int], broken: list[int]
) -> None:
    # 0 first costs 4·1 + 6·9 = 58, 1 first 2·9 + 6·1 = 24: a difference of 34.
    result = order(Case([4, 2], [1, 9], []).problem(**soft_columns([((0, 1), penalty)])))
    assert result.order.tolist() == expected
    assert result.broken.tolist() == broken
    assert result.penalty == sum([penalty] * len(broken))


def test_repair_moves_the_hard_predecessors_along() -> None:
    # Softly 2 before 0; 2 needs 1. Each of them is of little worth beside 0.
    case = Case([1, 1, 1, 1], [9, 1, 1, 8], [(1, 2)])
    result = order(case.problem(**soft_columns([((2, 0), 100.0)])))
    assert result.broken.tolist() == []
    assert result.order.tolist() == [3, 1, 2, 0]


def test_soft_dependencies_in_a_circle_are_broken_where_it_costs_least() -> None:
    case = Case([1, 1, 1], [1, 1, 1], [])
    result = order(case.problem(**soft_columns([((0, 1), 7.0), ((1, 2), 7.0), ((2, 0), 3.0)])))
    assert result.broken.tolist() == [2]
    assert result.order.tolist() == [0, 1, 2]
