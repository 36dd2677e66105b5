import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.problem import Criterion, Method, ScoringProblem
from prioritisation.ratings import Ratings, summarise
from prioritisation.scoring import score

NAN = math.nan
CRITERIA = [Criterion("reach", 2, scale_max=10), Criterion("risk", 1, scale_min=1, scale_max=5)]
Row = tuple[int, int, int, float]


def ratings(rows: list[Row], *, size: int = 3) -> Ratings:
    columns = np.array(rows, dtype=float).reshape(-1, 4).T
    item, criterion, rater = (column.astype(np.int64) for column in columns[:3])
    return Ratings(size, CRITERIA, item, criterion, rater, columns[3])


def test_aggregate_and_spread_of_several_raters() -> None:
    rows: list[Row] = [(0, 0, 1, 4), (0, 0, 2, 9), (0, 0, 3, 5), (2, 1, 1, 2), (2, 1, 3, 5), (1, 0, 9, 7)]
    summary = summarise(ratings(rows))
    np.testing.assert_array_equal(summary.mean, [[6, NAN], [7, NAN], [NAN, 3.5]])
    np.testing.assert_array_equal(summary.median, [[5, NAN], [7, NAN], [NAN, 3.5]])
    np.testing.assert_array_equal(summary.lowest, [[4, NAN], [7, NAN], [NAN, 2]])
    np.testing.assert_array_equal(summary.highest, [[9, NAN], [7, NAN], [NAN, 5]])
    np.testing.assert_allclose(summary.deviation, [[7**0.5, NAN], [NAN, NAN], [NAN, 4.5**0.5]])
    np.testing.assert_array_equal(summary.count, [[3, 0], [1, 0], [0, 2]])


def test_aggregate_is_what_a_scoring_problem_takes() -> None:
    rows: list[Row] = [(0, 0, 1, 4), (0, 0, 2, 6), (0, 1, 1, 3), (1, 0, 1, 10)]
    summary = summarise(ratings(rows, size=2))
    scores = score(ScoringProblem(Method.WEIGHTED, CRITERIA, summary.mean))
    np.testing.assert_allclose(scores.score, [0.5, NAN])


def test_mean_of_equal_ratings_is_that_rating_and_stays_on_the_scale() -> None:
    # 0.1 + 0.1 + 0.1 is a little more than 0.3.
    criteria = [Criterion("reach", scale_max=0.1)]
    three = Ratings(1, criteria, np.zeros(3, int), np.zeros(3, int), np.arange(3), np.full(3, 0.1))
    summary = summarise(three)
    assert summary.mean.tolist() == [[0.1]]
    assert summary.deviation.tolist() == [[0]]
    assert ScoringProblem(Method.WEIGHTED, criteria, summary.mean).size == 1


@pytest.mark.parametrize(
    ("row", "code", "items"),
    [
        ((1, 0, 7, 10.5), "OUTSIDE_SCALE", (1,)),
        ((1, 1, 7, 0.0), "OUTSIDE_SCALE", (1,)),
        ((1, 0, 7, NAN), "MISSING_VALUE", (1,)),
        ((1, 0, 7, math.inf), "NOT_FINITE", (1,)),
        ((2, 1, 5, 2.0), "RATED_TWICE", (2,)),
        ((3, 0, 7, 1.0), "UNKNOWN_POSITION", (1,)),
        ((1, 2, 7, 1.0), "UNKNOWN_POSITION", (1,)),
    ],
)
def test_wrong_rating_is_refused_by_name(row: Row, code: str, items: tuple[int, ...]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        ratings([(2, 1, 5, 4.0), row])
    assert (caught.value.code, caught.value.items) == (code, items)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="'rater' must have 2 entries"):
        Ratings(1, CRITERIA, np.zeros(2, int), np.zeros(2, int), np.zeros(1, int), np.ones(2))


def test_nobody_has_rated() -> None:
    summary = summarise(ratings([], size=2))
    assert np.isnan(summary.mean).all()
    assert summary.mean.shape == (2, 2)
    assert summary.count.tolist() == [[0, 0], [0, 0]]
    assert summarise(ratings([], size=0)).median.shape == (0, 2)


def test_summary_cannot_be_written_to() -> None:
    with pytest.raises(ValueError, match="read-only"):
        summarise(ratings([(0, 0, 1, 4)])).mean[0, 0] = 5


rows_of_ratings = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 4), st.floats(1, 5)),
    unique_by=lambda row: row[:3],
    max_size=30,
)


@given(rows_of_ratings, st.integers(0, 2**32 - 1))
def test_agrees_with_the_statistics_of_the_standard_library(rows: list[Row], seed: int) -> None:
    summary = summarise(ratings(rows, size=4))
    for item in range(4):
        for criterion in range(2):
            values = [value for i, c, _, value in rows if (i, c) == (item, criterion)]
            cell = (item, criterion)
            assert summary.count[cell] == len(values)
            if values:
                assert summary.mean[cell] == pytest.approx(statistics.fmean(values), rel=1e-14)
                assert summary.median[cell] == pytest.approx(statistics.median(values), rel=1e-15)
                assert (summary.lowest[cell], summary.highest[cell]) == (min(values), max(values))
            if len(values) > 1:
                assert summary.deviation[cell] == pytest.approx(statistics.stdev(values), rel=1e-9, abs=1e-12)
    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    again = summarise(ratings(shuffled, size=4))
    for name in ("mean", "median", "deviation"):
        np.testing.assert_array_equal(getattr(again, name), getattr(summary, name))
