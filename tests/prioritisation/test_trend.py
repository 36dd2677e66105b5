"""A robust slope against its definition, and when there is a trend at all."""

from itertools import combinations
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from prioritisation.errors import InvalidProblem
from prioritisation.trend import robust_trend

SERIES = st.lists(st.integers(-50, 50).map(float), min_size=5, max_size=12)


@given(SERIES)
def test_the_slope_is_that_of_theil_and_sen(values: list[float]) -> None:
    times = [float(at) ** 1.5 for at in range(len(values))]
    slopes = [(values[j] - values[i]) / (times[j] - times[i]) for i, j in combinations(range(len(values)), 2)]
    trend = robust_trend(times, values)
    assert trend.slope == median(slopes)
    assert trend.slope == pytest.approx(stats.theilslopes(values, times).slope)


@given(SERIES)
def test_turning_a_series_round_turns_its_trend_round(values: list[float]) -> None:
    times = [float(at) for at in range(len(values))]
    forward, backward = robust_trend(times, values), robust_trend(times, values[::-1])
    assert forward.p_value == backward.p_value
    assert forward.direction == -backward.direction


def test_the_example_of_five_values_in_a_row() -> None:
    # S = 10, variance = 5·4·15/18 = 16.67, z = 9/4.082 = 2.205
    trend = robust_trend([0, 1, 2, 3, 4], [1, 2, 3, 4, 5])
    assert trend.slope == 1
    assert trend.p_value == pytest.approx(0.0275, abs=1e-4)
    assert trend.direction == 1


def test_one_outlier_moves_no_slope_and_noise_is_no_trend() -> None:
    assert robust_trend(range(7), [0, 2, 4, 600, 8, 10, 12]).slope == 2
    assert robust_trend(range(6), [5, 7, 4, 6, 5, 6]).direction == 0
    flat = robust_trend(range(5), [3] * 5)
    assert (flat.slope, flat.p_value, flat.direction) == (0, 1, 0)


@pytest.mark.parametrize(
    ("times", "values", "field"),
    [
        ([0, 1, 2, 3], [1, 2, 3, 4], "values"),
        ([0, 1, 2, 3], [1, 2, 3, 4, 5], "times"),
        ([0, 1, 1, 2, 3], [1, 2, 3, 4, 5], "times"),
        ([0, 1, 2, 3, 4], [1, 2, float("nan"), 4, 5], "values"),
    ],
)
def test_what_is_no_series_is_refused(times: list[float], values: list[float], field: str) -> None:
    with pytest.raises(InvalidProblem) as refused:
        robust_trend(times, values)
    assert refused.value.field == field
