"""Weights and estimates are drawn from the distributions that they claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from prioritisation.columns import FloatArray
from prioritisation.errors import InvalidProblem
from prioritisation.sampling import (
    DirichletWeights,
    Estimates,
    FixedWeights,
    IntervalWeights,
    OrdinalWeights,
    UniformWeights,
    WeightPrior,
    certain,
    draw_weights,
    normalised_weights,
)


def drawn(prior: WeightPrior, *, criteria: int, samples: int = 40_000, seed: int = 11) -> FloatArray:
    generator = np.random.Generator(np.random.PCG64(seed))
    return draw_weights(prior, criteria=criteria, samples=samples, generator=generator)


@pytest.mark.parametrize(
    "prior",
    [
        UniformWeights(),
        FixedWeights(weights=np.array([1.0, 2.0, 0.0, 1.0])),
        DirichletWeights(mean=np.array([1.0, 2.0, 0.0, 1.0]), concentration=8.0),
        OrdinalWeights(importance=np.array([2, 1, 2, 3])),
        IntervalWeights(lower=np.array([0.1, 0.2, 0.0, 0.05]), upper=np.array([0.5, 0.4, 0.3, 0.05])),
    ],
)
def test_every_vector_is_a_weight_vector_and_a_seed_repeats_it(prior: WeightPrior) -> None:
    weights = drawn(prior, criteria=4, samples=500)
    assert weights.shape == (500, 4)
    assert (weights >= 0.0).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)
    assert weights.tobytes() == drawn(prior, criteria=4, samples=500).tobytes()


def test_uniform_weights_have_the_moments_of_the_flat_dirichlet() -> None:
    weights = drawn(UniformWeights(), criteria=4)
    np.testing.assert_allclose(weights.mean(axis=0), 1 / 4, atol=0.005)
    np.testing.assert_allclose(weights.var(axis=0), (1 / 4) * (3 / 4) / 5, rtol=0.03)
    # P(w > t) = (1 − t)^(m − 1)
    assert (weights[:, 0] > 0.5).mean() == pytest.approx(0.5**3, abs=0.006)


def test_dirichlet_weights_have_the_stated_mean_and_spread() -> None:
    mean = np.array([0.5, 0.3, 0.2, 0.0])
    weights = drawn(DirichletWeights(mean=10 * mean, concentration=24.0), criteria=4)
    np.testing.assert_allclose(weights.mean(axis=0), mean, atol=0.003)
    np.testing.assert_allclose(weights.std(axis=0), np.sqrt(mean * (1 - mean) / 25), rtol=0.03)
    assert (weights[:, 3] == 0.0).all()


def test_ordinal_weights_have_the_rank_order_centroid_as_their_mean() -> None:
    """Barron & Barrett 1996: centroid weights for three ranks are 0.6111, 0.2778, 0.1111."""
    weights = drawn(OrdinalWeights(importance=np.array([2, 1, 3])), criteria=3)
    assert (weights[:, 1] >= weights[:, 0]).all()
    assert (weights[:, 0] >= weights[:, 2]).all()
    np.testing.assert_allclose(weights.mean(axis=0), [0.2778, 0.6111, 0.1111], atol=0.003)


def test_criteria_of_equal_importance_share_their_centroids() -> None:
    weights = drawn(OrdinalWeights(importance=np.array([1, 1, 2])), criteria=3)
    shared = (0.6111 + 0.2778) / 2
    np.testing.assert_allclose(weights.mean(axis=0), [shared, shared, 0.1111], atol=0.004)
    assert (weights[:, 0] > weights[:, 1]).mean() == pytest.approx(0.5, abs=0.02)
    assert (weights[:, 2] <= weights[:, :2].min(axis=1)).all()


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        # With two criteria the first weight is uniform on the intersection of both intervals.
        ([0.2, 0.0], [0.6, 1.0], (0.2, 0.6)),
        ([0.0, 0.3], [0.9, 0.6], (0.4, 0.7)),
        ([0.0, 0.5], [1.0, 0.5], (0.5, 0.5)),
    ],
)
def test_interval_weights_are_uniform_within_their_bounds(
    lower: list[float], upper: list[float], expected: tuple[float, float]
) -> None:
    prior = IntervalWeights(lower=np.array(lower), upper=np.array(upper))
    first = drawn(prior, criteria=2)[:, 0]
    low, high = expected
    assert first.min() == pytest.approx(low, abs=1e-3)
    assert first.max() == pytest.approx(high, abs=1e-3)
    assert first.mean() == pytest.approx((low + high) / 2, abs=0.003)
    assert first.std() == pytest.approx((high - low) / np.sqrt(12), abs=0.002)


@given(
    middle=hnp.arrays(np.float64, st.integers(2, 8), elements=st.floats(0.05, 1.0)),
    slack=st.floats(0.01, 0.5),
)
def test_interval_weights_stay_within_their_bounds(middle: FloatArray, slack: float) -> None:
    centre = middle / middle.sum()
    prior = IntervalWeights(lower=np.maximum(centre - slack, 0.0), upper=np.minimum(centre + slack, 1.0))
    weights = drawn(prior, criteria=centre.size, samples=20)
    assert (weights >= prior.lower).all()
    assert (weights <= prior.upper).all()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)


@pytest.mark.parametrize(
    ("prior", "field"),
    [
        (FixedWeights(weights=np.array([0.5, 0.5, 0.0])), "weights"),
        (FixedWeights(weights=np.array([0.0, 0.0])), "weights"),
        (FixedWeights(weights=np.array([0.5, -0.1])), "weights"),
        (FixedWeights(weights=np.array([0.5, np.nan])), "weights"),
        (FixedWeights(weights=np.array([np.inf, 1.0])), "weights"),
        (DirichletWeights(mean=np.array([0.5, 0.5]), concentration=0.0), "concentration"),
        (DirichletWeights(mean=np.array([0.0, 0.0]), concentration=3.0), "mean"),
        (OrdinalWeights(importance=np.array([1])), "importance"),
        (IntervalWeights(lower=np.array([0.2]), upper=np.array([0.4])), "lower"),
        (IntervalWeights(lower=np.array([0.5, 0.4]), upper=np.array([0.4, 0.6])), "lower"),
        (IntervalWeights(lower=np.array([0.6, 0.6]), upper=np.array([0.7, 0.7])), "lower"),
        (IntervalWeights(lower=np.array([0.1, 0.1]), upper=np.array([0.3, 0.3])), "upper"),
    ],
)
def test_a_prior_that_does_not_fit_is_refused_by_field(prior: WeightPrior, field: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        drawn(prior, criteria=2, samples=1)
    assert caught.value.field == field


def test_intervals_without_room_are_refused_rather_than_sampled_for_ever() -> None:
    lower = np.full(16, 0.0)
    upper = np.full(16, 1 / 16 + 1e-9)
    upper[:8] = 0.125
    with pytest.raises(InvalidProblem) as caught:
        drawn(IntervalWeights(lower=lower, upper=upper - 0.055), criteria=16, samples=10)
    assert caught.value.field == "upper"


def test_normalised_weights_name_the_offending_criterion() -> None:
    with pytest.raises(InvalidProblem) as caught:
        normalised_weights(np.array([1.0, -1.0]), criteria=2)
    assert caught.value.items == (1,)


@pytest.mark.parametrize(
    ("low", "likely", "high"),
    [
        (0.5, 0.4, 0.6),
        (0.1, 0.7, 0.6),
        (np.nan, 0.4, 0.6),
        (0.1, np.nan, 0.6),
        (0.1, 0.4, np.nan),
        (-np.inf, 0.4, 0.6),
        (0.1, 0.4, np.inf),
    ],
)
def test_estimates_out_of_order_or_partly_missing_name_their_row(
    low: float, likely: float, high: float
) -> None:
    good = [0.5, 0.5]
    with pytest.raises(InvalidProblem) as caught:
        Estimates(
            low=np.array([good, [low, 0.5]]),
            likely=np.array([good, [likely, 0.5]]),
            high=np.array([good, [high, 0.5]]),
        )
    assert caught.value.items == (1,)


def test_estimates_of_unlike_shapes_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="shape of"):
        Estimates(low=np.zeros((2, 2)), likely=np.zeros((2, 1)), high=np.zeros((2, 2)))


def test_a_likely_value_alone_is_certain_and_a_missing_one_stays_missing() -> None:
    gap = np.array([[np.nan, np.nan]])
    estimates = Estimates(low=gap, likely=np.array([[np.nan, 0.7]]), high=gap)
    np.testing.assert_array_equal(estimates.low, [[np.nan, 0.7]])
    np.testing.assert_array_equal(estimates.high, certain(estimates.likely).high)
