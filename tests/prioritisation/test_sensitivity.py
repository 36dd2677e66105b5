"""Weight intervals against ranking anew, in exact fractions, just inside and just outside."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.sensitivity import (
    WeightIntervals,
    order_intervals,
    pair_intervals,
    top_intervals,
)
from tests.prioritisation.exact_ranking import ALONE, HAIR, PROPORTIONAL, Case, cases


def check_ends(case: Case, intervals: WeightIntervals, kept: Any) -> None:
    """``kept`` says what of an order must stay within the intervals, and change beyond."""
    for j in range(len(case.weights)):
        present = case.present(j)
        expected = kept(case.order(j, present))
        lower, upper = float(intervals.lower[j]), float(intervals.upper[j])
        assert lower - 1e-12 <= present <= upper + 1e-12
        swaps = (intervals.lower_swap[j], intervals.upper_swap[j])
        for end, swap, side in ((lower, swaps[0], -1), (upper, swaps[1], 1)):
            if swap[0] < 0:
                assert end == (
                    pytest.approx(0.0) if side < 0 else 1.0 if case.variation is PROPORTIONAL else np.inf
                )
                far = Fraction(10**6) if np.isinf(end) else Fraction(end) - side * HAIR
                assert side * (far - present) <= 0 or kept(case.order(j, far)) == expected
                continue
            beyond = case.order(j, Fraction(end) + side * HAIR)
            assert kept(beyond) != expected
            assert beyond.index(swap[1]) < beyond.index(swap[0])
            within = Fraction(end) - side * HAIR
            if side * (within - present) > 0:
                inside = case.order(j, within)
                assert kept(inside) == expected
                assert inside.index(swap[0]) < inside.index(swap[1])
            else:
                assert end == pytest.approx(float(present))


@given(case=cases(), data=st.data())
def test_the_top_set_stays_exactly_within_its_interval(case: Case, data: st.DataObject) -> None:
    top_k = data.draw(st.integers(1, len(case.utilities)))
    check_ends(case, top_intervals(top_k=top_k, **case.floats()), lambda order: frozenset(order[:top_k]))


@given(case=cases())
def test_the_whole_order_stays_exactly_within_its_interval(case: Case) -> None:
    check_ends(case, order_intervals(**case.floats()), tuple)


@given(case=cases())
def test_a_pair_keeps_its_order_exactly_within_its_interval(case: Case) -> None:
    last = len(case.utilities) - 1
    check_ends(
        case,
        pair_intervals(one=0, other=last, **case.floats()),
        lambda order: order.index(0) < order.index(last),
    )


def test_intervals_of_all_items_in_the_top_are_the_whole_range() -> None:
    table = np.random.default_rng(0).random((5, 3))
    intervals = top_intervals(utilities=table, weights=[1, 1, 2], top_k=5)
    assert intervals.lower.tolist() == [0.0] * 3
    np.testing.assert_allclose(intervals.upper, 1.0)
    assert (intervals.upper_swap == -1).all()


@pytest.mark.parametrize("weights", [[1.0], [5.0]])
def test_a_single_criterion_cannot_vary_in_proportion_to_others(weights: list[float]) -> None:
    intervals = order_intervals(utilities=[[0.2], [0.9]], weights=weights)
    assert (intervals.lower.tolist(), intervals.upper.tolist()) == ([1.0], [1.0])
    assert intervals.upper_swap.tolist() == [[-1, -1]]


def test_a_weight_that_has_everything_cannot_vary_in_proportion_but_alone() -> None:
    table = [[1.0, 0.0], [0.6, 0.6]]
    fixed = order_intervals(utilities=table, weights=[2.0, 0.0])
    assert (fixed.lower[0], fixed.upper[0]) == (1.0, 1.0)
    assert fixed.upper[1] == pytest.approx(0.4)
    alone = order_intervals(utilities=table, weights=[2.0, 0.0], variation=ALONE)
    # 2 against 1.2 + 0.6 w₂
    assert alone.upper[1] == pytest.approx(0.8 / 0.6)
    assert (alone.lower[0], alone.upper[0]) == (0.0, np.inf)


def test_one_item_alone_never_changes_place() -> None:
    intervals = order_intervals(utilities=[[0.2, 0.4]], weights=[1, 1])
    assert intervals.upper.tolist() == [1.0, 1.0]


def test_large_portfolios_have_their_top_interval_confirmed_by_ranking_anew() -> None:
    generator = np.random.default_rng(12)
    table, weights = generator.random((20_000, 6)), generator.dirichlet(np.ones(6))
    intervals = top_intervals(utilities=table, weights=weights, top_k=25)
    top = set(np.argsort(-(table @ weights))[:25].tolist())
    for j in range(6):
        for end, side in ((intervals.lower[j], -1.0), (intervals.upper[j], 1.0)):
            for step, same in ((1e-9, True), (-1e-9, False)):
                moved = weights * (1.0 - (end - side * step)) / (1.0 - weights[j])
                moved[j] = end - side * step
                assert (set(np.argsort(-(table @ moved))[:25].tolist()) == top) is same


@pytest.mark.parametrize(
    ("change", "field", "code", "items"),
    [
        ({"utilities": [[0.5, None], [0.1, 0.2]]}, "utilities", "MISSING_VALUE", (0,)),
        ({"utilities": [[0.5, 0.1], [0.1, np.inf]]}, "utilities", "NOT_FINITE", (1,)),
        ({"utilities": [[0.5, 0.1], [0.1, 1.5]]}, "utilities", "OUT_OF_SCALE", (1,)),
        ({"utilities": np.zeros((0, 2))}, "utilities", "INVALID_PROBLEM", ()),
        ({"weights": [0.0, 0.0]}, "weights", "ZERO_WEIGHTS", ()),
        ({"weights": [1.0, -1.0]}, "weights", "NEGATIVE", (1,)),
        ({"weights": [1.0, np.inf]}, "weights", "NOT_FINITE", (1,)),
        ({"weights": [1.0]}, "weights", "SHAPE", ()),
        ({"tie_break": [3, 3]}, "tie_break", "TIE_BREAK_NOT_UNIQUE", (1,)),
        ({"top_k": 0}, "top_k", "INVALID_PROBLEM", ()),
        ({"top_k": 3}, "top_k", "INVALID_PROBLEM", ()),
    ],
)
def test_wrong_input_names_field_code_and_items(
    change: dict[str, Any], field: str, code: str, items: tuple[int, ...]
) -> None:
    arguments: dict[str, Any] = {"utilities": [[0.5, 0.1], [0.2, 0.2]], "weights": [1, 1], "top_k": 1}
    with pytest.raises(InvalidProblem) as caught:
        top_intervals(**(arguments | change))
    assert (caught.value.field, caught.value.code, caught.value.items) == (field, code, items)


@pytest.mark.parametrize(("one", "other", "field"), [(0, 0, "other"), (2, 0, "one"), (0, -1, "other")])
def test_a_pair_must_be_two_of_the_items(one: int, other: int, field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        pair_intervals(utilities=[[0.5, 0.1], [0.2, 0.2]], weights=[1, 1], one=one, other=other)
    assert caught.value.field == field
