"""Drift from planned shares: known figures, what is unknown, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from prioritisation.drift import ForecastMethod, drift, latest_shortfall, planned_shares, theil_sen
from prioritisation.errors import InvalidProblem


def test_shares_differences_and_totals_weigh_periods_by_what_was_booked() -> None:
    planned = np.array([[0.6, 0.4], [0.6, 0.4], [0.5, 0.5]])
    found = drift(np.array([[3.0, 1.0], [0.0, 0.0], [6.0, 6.0]]), planned, to_come=0)
    np.testing.assert_allclose(found.actual, [[0.75, 0.25], [np.nan, np.nan], [0.5, 0.5]])
    np.testing.assert_allclose(found.difference[[0, 2]], [[0.15, -0.15], [0.0, 0.0]])
    np.testing.assert_allclose(found.total_actual, [9 / 16, 7 / 16])
    np.testing.assert_allclose(found.total_planned, [(0.6 * 4 + 0.5 * 12) / 16, (0.4 * 4 + 0.5 * 12) / 16])
    assert found.method is ForecastMethod.BOOKED
    assert np.isnan(found.slope).all()


def test_few_periods_are_foreseen_by_their_mean_and_more_by_their_trend() -> None:
    plan = np.full((6, 2), 0.5)
    booked = np.zeros((6, 2))
    booked[:2] = [[2.0, 8.0], [8.0, 12.0]]
    few = drift(booked, plan, to_come=4)
    assert few.method is ForecastMethod.MEAN
    np.testing.assert_allclose(few.forecast, [1 / 3, 2 / 3])
    booked[2] = [6.0, 4.0]
    more = drift(booked, plan, to_come=3)
    assert more.method is ForecastMethod.TREND
    np.testing.assert_allclose(more.slope, [0.2, -0.2])
    # 40 booked, 16 of them on the first; three periods of 10 with 80 %, 100 % and (bounded) 100 %
    np.testing.assert_allclose(more.forecast[0], (16 + 8 + 10 + 10) / 70)


def test_nothing_booked_is_unknown() -> None:
    found = drift(np.zeros((3, 2)), np.full((3, 2), 0.5), to_come=1)
    assert found.method is None
    assert np.isnan(np.concatenate([found.total_actual, found.forecast, found.slope])).all()


@given(
    st.lists(st.tuples(*[st.floats(0, 50)] * 3), min_size=1, max_size=9),
    st.integers(0, 4),
)
@settings(max_examples=60)
def test_shares_and_forecasts_add_up(rows: list[tuple[float, float, float]], to_come: int) -> None:
    booked = np.array([*rows, *[(0.0, 0.0, 0.0)] * to_come])
    found = drift(booked, np.full(booked.shape, 1 / 3), to_come=to_come)
    sums = found.actual.sum(axis=1)
    assert np.allclose(sums[~np.isnan(sums)], 1)
    if found.method is not None:
        assert found.forecast.sum() == pytest.approx(1)
        assert ((found.forecast >= 0) & (found.forecast <= 1 + 1e-12)).all()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=12))
@settings(max_examples=40)
def test_the_slope_is_that_of_another_implementation(values: list[float]) -> None:
    x, y = np.arange(len(values)), np.array(values)
    assert theil_sen(x, y)[0] == pytest.approx(theilslopes(y, x).slope, abs=1e-12)


def test_teams_weigh_as_much_as_they_book() -> None:
    shares = np.array([[[0.8, 0.2], [0.4, 0.6], [np.nan, np.nan]]] * 3)
    volume = np.array([[3.0, 1.0, 50.0], [0.0, 0.0, 0.0], [0.0, 2.0, 1.0]])
    np.testing.assert_allclose(planned_shares(volume, shares), [[0.7, 0.3], [0.6, 0.4], [0.4, 0.6]])
    assert np.isnan(planned_shares(volume[:, 2:], shares[:, 2:])).all()


@pytest.mark.parametrize(
    ("actual", "periods", "expected"),
    [
        ([0.1, 0.1, 0.1], 3, True),
        ([0.1, np.nan, 0.1, 0.1], 3, True),
        ([0.1, 0.1], 3, None),
        ([0.1, 0.2, 0.1], 2, None),
        ([0.1, 0.1, 0.15], 2, False),
        ([np.nan, np.nan], 1, None),
        ([0.1, 0.1499], 2, True),
    ],
)
def test_a_shortfall_takes_booked_periods_in_a_row_and_ends_with_one(
    actual: list[float], periods: int, expected: bool | None
) -> None:
    planned = np.full(len(actual), 0.2)
    assert latest_shortfall(np.array(actual), planned, tolerance=0.05, periods=periods) is expected


def test_what_makes_no_sense_is_refused() -> None:
    for booked, planned, to_come, code in (
        (np.zeros((2, 2)), np.zeros((2, 3)), 0, "SHAPE"),
        (np.full((2, 2), np.nan), np.zeros((2, 2)), 0, "NOT_FINITE"),
        (np.full((2, 2), -1.0), np.zeros((2, 2)), 0, "NEGATIVE"),
        (np.ones((2, 2)), np.zeros((2, 2)), 1, "OUT_OF_ORDER"),
    ):
        with pytest.raises(InvalidProblem) as caught:
            drift(booked, planned, to_come=to_come)
        assert caught.value.code == code
    with pytest.raises(InvalidProblem):
        theil_sen(np.array([1]), np.array([1.0]))
