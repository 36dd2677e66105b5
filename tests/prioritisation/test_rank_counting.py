"""The compiled loops agree with the plain way of doing the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prioritisation.columns import FloatArray
from prioritisation.rank_counting import (
    CountArray,
    fill_scores,
    index_bits,
    inherit_scores,
    pack_keys,
    pack_short_keys,
    unpack_order,
    unpack_short_order,
)


def long_order(scores: FloatArray) -> CountArray:
    keys = np.empty(scores.shape, dtype=np.int64)
    order = np.empty(scores.shape, dtype=np.int32)
    bits = index_bits(scores.shape[1])
    pack_keys(scores.view(np.int64), keys, bits)
    keys.sort(axis=1)
    unpack_order(keys, order, bits)
    return order


def short_order(scores: FloatArray, *, longest: int = 32) -> CountArray | None:
    keys = np.empty(scores.shape, dtype=np.int32)
    bits = index_bits(scores.shape[1])
    pack_short_keys(scores, keys, bits)
    keys.sort(axis=1)
    return keys if unpack_short_order(keys, scores.view(np.int64), bits, longest) else None


@pytest.mark.parametrize(("items", "bits"), [(1, 1), (2, 1), (3, 2), (1024, 10), (1025, 11)])
def test_index_bits_hold_every_position(items: int, bits: int) -> None:
    assert index_bits(items) == bits
    assert items - 1 < 2**bits


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(1, 3), st.integers(1, 30)),
        # A step of 2⁻²⁰ is coarser than what the long keys round off.
        elements=st.integers(-(2**22), 2**22).map(lambda value: value / 2**20),
    )
)
def test_long_keys_order_any_finite_scores_descending_with_ties_by_position(scores: FloatArray) -> None:
    scores = scores + 0.0
    np.testing.assert_array_equal(long_order(scores), np.argsort(-scores, axis=1, kind="stable"))


def test_long_keys_put_minus_infinity_last() -> None:
    assert long_order(np.array([[-np.inf, -1e300, 0.0, 1e-300]])).tolist() == [[3, 2, 1, 0]]


@given(
    st.lists(
        # Few distinct scores, some a hair apart: neighbours that short keys cannot tell apart.
        st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda pair: pair[0] / 5 - pair[1] * 1e-12),
        min_size=1,
        max_size=32,
    )
)
def test_short_keys_give_the_order_of_long_keys_also_where_scores_nearly_agree(values: list[float]) -> None:
    scores = np.clip(np.array([values]), 0.0, 1.0)
    np.testing.assert_array_equal(short_order(scores), long_order(scores))


def test_short_keys_agree_with_long_keys_on_thousands_of_random_scores() -> None:
    scores = np.random.default_rng(5).beta(30.0, 30.0, (40, 4096))
    np.testing.assert_array_equal(short_order(scores), long_order(scores))


def test_short_keys_take_what_rounding_lifts_above_one_for_one() -> None:
    scores = np.array([[1.0, np.nextafter(1.0, 2.0), 0.0]])
    assert short_order(scores) is not None
    assert short_order(scores).tolist()[0][2] == 2  # type: ignore[union-attr]


def test_short_keys_give_up_on_long_runs_of_equal_scores() -> None:
    scores = np.full((1, 40), 0.5)
    assert short_order(scores, longest=39) is None
    order = short_order(scores, longest=40)
    assert order is not None
    assert order[0].tolist() == list(range(40))


@pytest.mark.parametrize("criteria", [1, 2, 5, 10])
def test_scores_are_the_weighted_sums(criteria: int) -> None:
    generator = np.random.default_rng(1)
    weights, utilities = generator.random((7, criteria)), generator.random((criteria, 33))
    scores = np.full((7, 33), np.nan)
    fill_scores(weights, utilities, scores)
    np.testing.assert_allclose(scores, weights @ utilities, rtol=1e-14)


def test_equal_items_have_equal_scores_wherever_they_stand() -> None:
    generator = np.random.default_rng(2)
    utilities = np.repeat(generator.random((9, 1)), 1_001, axis=1)
    scores = np.empty((50, 1_001))
    fill_scores(generator.random((50, 9)), utilities, scores)
    assert (scores == scores[:, :1]).all()


def test_predecessors_inherit_along_chains() -> None:
    scores = np.array([[0.1, 0.2, 0.9, 0.3]])
    # 0 → 1 → 2 and 0 → 3, sorted by predecessor descending.
    inherit_scores(scores, np.array([1, 0, 0]), np.array([2, 1, 3]))
    assert scores.tolist() == [[0.9, 0.9, 0.9, 0.3]]
