"""Lifted covers: no selection breaks one, and what the relaxation makes of a knapsack does."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.cover_cuts import Knapsacks, knapsacks, separate
from prioritisation.selection_fixing import settle
from prioritisation.selection_instance import instance
from tests.prioritisation.selection_cases import Case, cases, choices, optimum


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=7),
    st.integers(1, 30),
    st.data(),
)
def test_no_choice_within_a_capacity_breaks_a_cut_and_the_given_point_does(
    weights: list[int], capacity: int, data: st.DataObject
) -> None:
    n = len(weights)
    x = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n))) / 4
    rows = Knapsacks(
        np.array([0, n]), np.arange(n), np.array(weights, dtype=np.float64), np.array([float(capacity)])
    )
    matrix, right = separate(rows, x, n)
    for cut, most in zip(matrix.toarray(), right, strict=True):
        assert cut @ x > most
        for chosen in product((0, 1), repeat=n):
            if np.dot(chosen, weights) <= capacity:
                assert np.dot(cut, chosen) <= most + 1e-9


def test_a_lifted_cover_by_hand() -> None:
    # any two of the last three exceed 8; the first, of weight 7, counts as one of them
    rows = Knapsacks(np.array([0, 4]), np.arange(4), np.array([7.0, 5.0, 5.0, 5.0]), np.array([8.0]))
    matrix, right = separate(rows, np.array([0.0, 0.5, 0.6, 0.5]), 4)
    assert (matrix.toarray().tolist(), right.tolist()) == ([[1.0, 1.0, 1.0, 1.0]], [1.0])


@settings(max_examples=100, deadline=None)
@given(cases())
def test_the_rows_of_a_problem_hold_for_everything_that_is_allowed(case: Case) -> None:
    assume(optimum(case) is not None)
    at = instance(case.problem())
    into, out = settle(case.size, at, at.forced, at.barred)
    rows = knapsacks(at, into, out)
    for chosen in choices(case):
        taken = np.array(chosen, dtype=np.bool_)[at.items] & ~into
        for r in range(rows.capacity.size):
            part = slice(rows.offsets[r], rows.offsets[r + 1])
            assert rows.weights[part] @ taken[rows.items[part]] <= rows.capacity[r] + 1e-6


def test_a_row_that_cannot_bind_gives_no_cut() -> None:
    rows = Knapsacks(np.array([0, 2]), np.arange(2), np.array([1.0, 2.0]), np.array([5.0]))
    matrix, right = separate(rows, np.array([1.0, 1.0]), 2)
    assert matrix.shape == (0, 2)
    assert right.size == 0
    assert pytest.approx(0.0) == matrix.sum()
