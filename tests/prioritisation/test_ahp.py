import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.ahp import RANDOM_INDEX, comparison_matrix, derive_weights
from prioritisation.columns import FloatArray
from prioritisation.errors import InvalidProblem

# Saaty (1980): a family chooses a house by size, transport, neighbourhood, age, yard, facilities, condition,
# financing.
HOUSE = np.array(
    [
        [1, 5, 3, 7, 6, 6, 1 / 3, 1 / 4],
        [1 / 5, 1, 1 / 3, 5, 3, 3, 1 / 5, 1 / 7],
        [1 / 3, 3, 1, 6, 3, 4, 6, 1 / 5],
        [1 / 7, 1 / 5, 1 / 6, 1, 1 / 3, 1 / 4, 1 / 7, 1 / 8],
        [1 / 6, 1 / 3, 1 / 3, 3, 1, 1 / 2, 1 / 5, 1 / 6],
        [1 / 6, 1 / 3, 1 / 4, 4, 2, 1, 1 / 5, 1 / 6],
        [3, 5, 1 / 6, 7, 5, 5, 1, 1 / 2],
        [4, 7, 5, 8, 6, 6, 2, 1],
    ]
)
# Saaty (1977): wealth of the USA, the USSR, China, France, the UK, Japan and West Germany, row by row.
WEALTH = [
    *(4, 9, 6, 6, 5, 5),
    *(7, 5, 5, 3, 4),
    *(1 / 5, 1 / 5, 1 / 7, 1 / 5),
    *(1, 1 / 3, 1 / 3),
    *(1 / 3, 1 / 3),
    2,
]


def test_house_example_of_saaty_has_its_published_weights_and_ratio() -> None:
    result = derive_weights(HOUSE)
    assert result.weights.round(3).tolist() == [0.173, 0.054, 0.188, 0.018, 0.031, 0.036, 0.167, 0.333]
    assert round(result.lambda_max, 3) == 9.669
    assert round(result.consistency_index, 3) == 0.238
    assert round(result.consistency_ratio, 3) == 0.169
    assert not result.acceptable


def test_pair_to_look_at_first_is_the_famous_slip_of_the_house_example() -> None:
    # Neighbourhood was judged 6 times as important as condition, and both turn out about equal.
    assert derive_weights(HOUSE).worst_pair == (2, 6)


def test_wealth_of_nations_has_its_published_eigenvalue_and_ratio() -> None:
    result = derive_weights(comparison_matrix(WEALTH, criteria=7))
    assert round(result.lambda_max, 2) == 7.61
    assert round(result.consistency_ratio, 2) == 0.08
    assert result.acceptable


@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_criteria_cannot_contradict_each_other(size: int) -> None:
    result = derive_weights(comparison_matrix([9.0] * (size - 1), criteria=size))
    assert result.weights.tolist() == pytest.approx([0.9, 0.1] if size == 2 else [1.0], abs=1e-15)
    assert (result.consistency_index, result.consistency_ratio) == pytest.approx((0, 0), abs=1e-15)
    assert result.worst_pair is None


def test_contradiction_in_a_circle_gives_equal_weights_and_a_hopeless_ratio() -> None:
    result = derive_weights(comparison_matrix([9, 1 / 9, 9], criteria=3))
    assert result.weights.tolist() == pytest.approx([1 / 3] * 3, abs=1e-12)
    assert result.consistency_ratio == pytest.approx((1 + 9 + 1 / 9 - 3) / 2 / 0.58)


def test_published_random_index() -> None:
    assert RANDOM_INDEX[:10] == (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
    assert len(RANDOM_INDEX) == 15


weights = st.lists(st.floats(0.01, 1), min_size=1, max_size=15)


@given(weights)
def test_consistent_judgements_give_back_their_weights(given_weights: list[float]) -> None:
    ratios = np.divide.outer(given_weights, given_weights)
    result = derive_weights(ratios)
    np.testing.assert_allclose(result.weights, np.array(given_weights) / sum(given_weights), rtol=1e-9)
    assert result.lambda_max == pytest.approx(len(given_weights), rel=1e-9)
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert result.worst_pair is None


@st.composite
def matrices(draw: st.DrawFn) -> FloatArray:
    size = draw(st.integers(2, 9))
    judgement = st.sampled_from([*range(1, 10), *(1 / k for k in range(2, 10))])
    count = size * (size - 1) // 2
    return comparison_matrix(draw(st.lists(judgement, min_size=count, max_size=count)), criteria=size)


@given(matrices())
def test_agrees_with_the_eigenvalues_of_a_general_solver(matrix: FloatArray) -> None:
    result = derive_weights(matrix)
    values, vectors = np.linalg.eig(matrix)
    principal = int(values.real.argmax())
    expected = np.abs(vectors[:, principal].real)
    assert result.lambda_max == pytest.approx(values[principal].real, rel=1e-9)
    assert result.lambda_max >= len(matrix) - 1e-9
    np.testing.assert_allclose(result.weights, expected / expected.sum(), rtol=1e-6)


@given(matrices(), st.integers(0, 2**32 - 1))
def test_order_of_the_criteria_does_not_matter(matrix: FloatArray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(matrix))
    permuted = derive_weights(matrix[np.ix_(order, order)])
    straight = derive_weights(matrix)
    np.testing.assert_allclose(permuted.weights, straight.weights[order], rtol=1e-9)
    assert permuted.consistency_ratio == pytest.approx(straight.consistency_ratio, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("matrix", "code", "items"),
    [
        (np.ones((2, 3)), "SHAPE", ()),
        (np.ones((0, 0)), "SHAPE", ()),
        (np.ones(3), "SHAPE", ()),
        (np.ones((16, 16)), "TOO_MANY_CRITERIA", ()),
        (np.array([[1, 2], [0.4, 1]]), "NOT_RECIPROCAL", (0, 1)),
        (np.array([[1, 2], [0.5, 2]]), "NOT_RECIPROCAL", (1, 1)),
        (np.array([[1, 0], [0.5, 1]]), "NOT_POSITIVE", (0, 1)),
        (np.array([[1, -2], [-0.5, 1]]), "NOT_POSITIVE", (0, 1)),
        (np.array([[1, 2], [math.nan, 1]]), "NOT_POSITIVE", (1, 0)),
        (np.array([[1, math.inf], [0, 1]]), "NOT_POSITIVE", (0, 1)),
    ],
)
def test_what_is_no_comparison_matrix_is_refused(
    matrix: FloatArray, code: str, items: tuple[int, ...]
) -> None:
    with pytest.raises(InvalidProblem) as caught:
        derive_weights(matrix)
    assert (caught.value.code, caught.value.items) == (code, items)


@pytest.mark.parametrize(("judgements", "criteria"), [([1.0], 3), ([1.0, 2.0], 2), ([], 0)])
def test_missing_or_surplus_judgements_are_refused(judgements: list[float], criteria: int) -> None:
    with pytest.raises(InvalidProblem) as caught:
        comparison_matrix(judgements, criteria=criteria)
    assert caught.value.code == "JUDGEMENTS_COUNT"


def test_judgement_that_is_no_ratio_is_refused_by_position() -> None:
    with pytest.raises(InvalidProblem, match="judgements are ratios") as caught:
        comparison_matrix([1.0, 0.0, 2.0], criteria=3)
    assert (caught.value.code, caught.value.field, caught.value.items) == ("NOT_POSITIVE", "judgements", (1,))
