"""Series that move together, against NumPy's own coefficient and at the edges."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.co_movement import strongest_partners
from prioritisation.errors import InvalidProblem


def test_the_opposite_direction_counts_and_too_few_periods_do_not() -> None:
    nan = np.nan
    series = np.array([[1.0, 2, 3, 4], [4, 3, 2, 1], [nan, 2, 3, nan]])
    found = strongest_partners(series, least_periods=4, least_correlation=1.0)
    assert found.partner.tolist() == [1, 0, -1]
    assert found.correlation[:2].tolist() == pytest.approx([-1, -1])
    assert found.periods.tolist() == [4, 4, 0]
    assert np.isnan(found.correlation[2])


def test_constant_series_have_no_partner_however_large() -> None:
    series = np.array([[1e15] * 5, [1e15] * 5, [1.0, 2, 3, 4, 5], [0.0] * 5])
    assert strongest_partners(series, least_periods=3, least_correlation=0).partner.tolist() == [-1] * 4


def test_of_several_equal_partners_the_first_is_named() -> None:
    line = np.arange(6.0)
    found = strongest_partners(np.array([line, 3 * line, line + 7]), least_periods=3, least_correlation=0.9)
    assert found.partner.tolist() == [1, 0, 0]


def test_more_series_than_a_block_are_all_compared() -> None:
    numbers = np.random.default_rng(3)
    series = numbers.normal(size=(600, 24))
    series[599] = -2 * series[5] + 1
    found = strongest_partners(series, least_periods=24, least_correlation=0.99)
    assert found.partner[5] == 599
    assert found.partner[599] == 5
    assert (found.partner >= 0).sum() == 2


def test_groups_are_compared_within_themselves_as_they_would_be_alone() -> None:
    groups = np.random.default_rng(5).normal(size=(4, 6, 12))
    groups[1, 4:] = np.nan
    groups[3, 0, :5] = np.nan
    together = strongest_partners(groups, least_periods=5, least_correlation=0.3)
    for number, group in enumerate(groups):
        alone = strongest_partners(group, least_periods=5, least_correlation=0.3)
        assert together.partner[number].tolist() == alone.partner.tolist()
        assert together.periods[number].tolist() == alone.periods.tolist()
        np.testing.assert_allclose(together.correlation[number], alone.correlation)
    assert together.partner[1, 4:].tolist() == [-1, -1]


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_the_coefficient_is_that_of_numpy_over_the_common_periods(seed: int) -> None:
    numbers = np.random.default_rng(seed)
    series = numbers.normal(size=(5, 12)) * 10.0 ** numbers.integers(-6, 9) + numbers.normal()
    series[numbers.random(series.shape) < 0.2] = np.nan
    found = strongest_partners(series, least_periods=4, least_correlation=0.0)
    for at in range(5):
        best = 0.0
        for other in range(5):
            both = ~np.isnan(series[at]) & ~np.isnan(series[other])
            if other != at and both.sum() >= 4:
                best = max(best, abs(np.corrcoef(series[at][both], series[other][both])[0, 1]))
        if found.partner[at] >= 0:
            assert abs(found.correlation[at]) == pytest.approx(best, abs=1e-6)


@pytest.mark.parametrize(
    ("values", "periods", "correlation"),
    [
        (np.zeros(3), 3, 0.5),
        (np.zeros((2, 2)), 2, 0.5),
        (np.zeros((2, 2)), 3, 1.5),
        (np.full((1, 1), np.inf), 3, 0.5),
    ],
)
def test_senseless_input_is_refused(values: np.ndarray, periods: int, correlation: float) -> None:
    with pytest.raises(InvalidProblem):
        strongest_partners(values, least_periods=periods, least_correlation=correlation)
