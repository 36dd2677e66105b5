import math

import numpy as np
import pytest

from prioritisation.errors import InvalidProblem
from prioritisation.estimates import (
    WEEKS_PER_YEAR,
    TimeUnit,
    in_weeks,
    per_week,
    pert_mean,
    triangular_mean,
    weeks_in,
)

NAN = math.nan


def test_units_are_parts_of_the_mean_gregorian_year() -> None:
    assert math.isclose(WEEKS_PER_YEAR * 7, 365.2425, rel_tol=1e-15)
    assert math.isclose(4 * weeks_in(TimeUnit.QUARTER), WEEKS_PER_YEAR, rel_tol=1e-15)
    assert math.isclose(12 * weeks_in(TimeUnit.MONTH), WEEKS_PER_YEAR, rel_tol=1e-15)
    assert weeks_in(TimeUnit.WEEK) == 1.0


def test_the_same_money_in_any_unit_is_the_same_per_week() -> None:
    rates = {
        TimeUnit.YEAR: 521_775.0,
        TimeUnit.QUARTER: 130_443.75,
        TimeUnit.MONTH: 43_481.25,
        TimeUnit.WEEK: 1e4,
    }
    for unit, amount in rates.items():
        assert math.isclose(per_week(amount, unit), 10_000.0, rel_tol=1e-15)


def test_conversion_works_on_columns_and_keeps_missing_values() -> None:
    durations = np.array([1.0, NAN, 2.0])
    np.testing.assert_array_equal(in_weeks(durations, TimeUnit.YEAR), [52.1775, NAN, 104.355])
    np.testing.assert_array_equal(per_week(np.array([52.1775, NAN]), TimeUnit.YEAR), [1.0, NAN])


def test_means_of_three_points() -> None:
    # Malcolm et al.: optimistic 4, most likely 7, pessimistic 16 give an expected time of 8.
    assert pert_mean([4], [7], [16]).tolist() == [8.0]
    assert triangular_mean([4], [7], [16]).tolist() == [9.0]


def test_likely_alone_is_certain_and_nothing_is_missing() -> None:
    for mean in (triangular_mean, pert_mean):
        np.testing.assert_array_equal(mean([NAN, NAN, 3], [5, NAN, 3], [NAN, NAN, 3]), [5, NAN, 3])


@pytest.mark.parametrize(
    ("low", "likely", "high", "code"),
    [
        ([1, 5], [2, 4], [3, 6], "ESTIMATE_ORDER"),
        ([1, 5], [2, 7], [3, 6], "ESTIMATE_ORDER"),
        ([1, NAN], [2, 7], [3, 9], "ESTIMATE_PARTLY_MISSING"),
        ([1, 5], [2, 7], [3, NAN], "ESTIMATE_PARTLY_MISSING"),
        ([1, 5], [2, NAN], [3, 6], "ESTIMATE_PARTLY_MISSING"),
        ([1, 5], [2, 6], [3, math.inf], "NOT_FINITE"),
    ],
)
def test_three_points_that_make_no_estimate_are_refused_by_name(
    low: list[float], likely: list[float], high: list[float], code: str
) -> None:
    for mean in (triangular_mean, pert_mean):
        with pytest.raises(InvalidProblem) as caught:
            mean(low, likely, high)
        assert (caught.value.code, caught.value.items) == (code, (1,))


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="'high' must have 2 entries"):
        pert_mean([1, 1], [2, 2], [3])
