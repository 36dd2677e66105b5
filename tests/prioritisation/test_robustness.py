"""SMAA and Monte Carlo against exact geometry, known distributions and invariants."""

import itertools
import tracemalloc
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from prioritisation import precedence
from prioritisation.columns import FloatArray, IntArray
from prioritisation.errors import CycleError, InvalidProblem
from prioritisation.rank_statistics import Robustness
from prioritisation.robustness import monte_carlo, scores_of_order, smaa
from prioritisation.sampling import (
    DirichletWeights,
    Estimates,
    FixedWeights,
    OrdinalWeights,
    UniformWeights,
)
from prioritisation.sampling_plan import (
    SamplingPlan,
    affordable_samples,
    required_samples,
    standard_error,
)

Point = tuple[float, float]

utility_tables = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.floats(0.0, 1.0, width=16)
)


def same_bytes(one: Robustness, other: Robustness) -> bool:
    return all(
        np.asarray(getattr(one, field.name)).tobytes() == np.asarray(getattr(other, field.name)).tobytes()
        for field in fields(Robustness)
    )


def clipped(polygon: list[Point], slope: Point, offset: float) -> list[Point]:
    """Keep the part of a polygon where slope · point + offset ≥ 0 (Sutherland & Hodgman 1974)."""
    kept: list[Point] = []
    for here, there in itertools.pairwise([*polygon, polygon[0]]):
        a = slope[0] * here[0] + slope[1] * here[1] + offset
        b = slope[0] * there[0] + slope[1] * there[1] + offset
        if a >= 0:
            kept.append(here)
        if a * b < 0:
            t = a / (a - b)
            kept.append((here[0] + t * (there[0] - here[0]), here[1] + t * (there[1] - here[1])))
    return kept


def area_and_centroid(polygon: list[Point]) -> tuple[float, Point]:
    doubled = x = y = 0.0
    for (x0, y0), (x1, y1) in itertools.pairwise([*polygon, polygon[0]]):
        cross = x0 * y1 - x1 * y0
        doubled += cross
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return doubled / 2, (x / (3 * doubled), y / (3 * doubled))


def exact_three_criteria(utilities: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rank acceptabilities and central weights: areas and centroids in the triangle (w₁, w₂)."""
    items = len(utilities)
    acceptability, moments = np.zeros((items, items)), np.zeros((items, 3))
    for order in itertools.permutations(range(items)):
        region: list[Point] = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]
        for above, below in itertools.pairwise(order):
            gain = utilities[above] - utilities[below]
            region = clipped(region, (gain[0] - gain[2], gain[1] - gain[2]), gain[2])
            if len(region) < 3:
                break
        else:
            area, (x, y) = area_and_centroid(region)
            share = 2 * area
            for rank, item in enumerate(order):
                acceptability[item, rank] += share
            moments[order[0]] += share * np.array([x, y, 1 - x - y])
    with np.errstate(invalid="ignore"):  # never first: no centre
        return acceptability, moments / acceptability[:, :1]


def test_two_criteria_acceptabilities_are_the_lengths_of_the_intervals() -> None:
    """Lines u₂ + w₁(u₁ − u₂): A = w, B = 0.6, C = 0.8(1 − w); they cross at 0.25, 4/9 and 0.6."""
    utilities = np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]])
    exact = np.array([[0.4, 0.6 - 4 / 9, 4 / 9], [0.35, 0.65, 0.0], [0.25, 4 / 9 - 0.25, 1 - 4 / 9]])
    result = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=3, samples=40_000, pairs=np.array([0, 1, 2])),
    )
    np.testing.assert_allclose(result.rank_acceptability, exact, atol=0.01)
    np.testing.assert_allclose(result.expected_rank, exact @ [1, 2, 3], atol=0.015)
    assert result.first.tolist() == [0, 1, 2]
    # The middles of the intervals (0.6, 1), (0.25, 0.6) and (0, 0.25).
    np.testing.assert_allclose(result.central_weights[:, 0], [0.8, 0.425, 0.125], atol=0.005)
    np.testing.assert_allclose(
        result.winning_probability,
        [[0, 0.4, 1 - 4 / 9], [0.6, 0, 0.75], [4 / 9, 0.25, 0]],
        atol=0.01,
    )


@pytest.mark.parametrize("case", range(4))
def test_three_criteria_acceptabilities_are_areas_and_central_weights_centroids(case: int) -> None:
    utilities = np.random.default_rng(case).random((5, 3))
    exact, centroids = exact_three_criteria(utilities)
    np.testing.assert_allclose(exact.sum(axis=0), 1.0)
    result = smaa(utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=case, samples=40_000))
    error = standard_error(exact, samples=40_000)
    assert (np.abs(result.rank_acceptability - exact) <= 4.5 * error + 1e-12).all()
    central = np.abs(result.central_weights - centroids[result.first])
    assert (central[result.rank_acceptability[result.first, 0] > 0.01] < 0.03).all()
    # The region in which an item is first is convex, so it holds its own centre.
    assert (result.confidence_factor == 1.0).all()
    assert result.confidence_samples == 1


def test_an_item_for_each_criterion_has_the_centroid_of_the_largest_weight_as_its_centre() -> None:
    """The largest of three uniform weights has mean (1 + 1/2 + 1/3)/3 = 11/18 (rank-order centroid)."""
    result = smaa(utilities=np.eye(3), weights=UniformWeights(), plan=SamplingPlan(seed=1, samples=40_000))
    np.testing.assert_allclose(result.rank_acceptability, 1 / 3, atol=0.01)
    np.testing.assert_allclose(result.central_weights[result.first.argsort()].diagonal(), 11 / 18, atol=0.005)


def test_central_weights_err_by_no_more_than_their_standard_error_says() -> None:
    exact = np.array([2 / 3, 1 / 6])
    deviations = []
    for seed in range(40):
        result = smaa(
            utilities=np.array([[1.0, 0.0], [0.0, 0.5]]),
            weights=UniformWeights(),
            plan=SamplingPlan(seed=seed, samples=500),
        )
        order = result.first.argsort()
        deviations.append((result.central_weights[order, 0] - exact) / result.central_weights_error[order, 0])
    assert np.std(deviations) == pytest.approx(1.0, abs=0.25)


def test_expected_rank_errs_by_no_more_than_its_standard_error_says() -> None:
    deviations = []
    for seed in range(60):
        result = smaa(
            utilities=np.array([[1.0, 0.0], [0.0, 0.5]]),
            weights=UniformWeights(),
            plan=SamplingPlan(seed=seed, samples=400),
        )
        deviations.append((result.expected_rank[0] - 4 / 3) / result.expected_rank_error[0])
    assert np.std(deviations) == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize("threshold", [0.15, 0.3, 0.5, 0.7, 0.85])
@pytest.mark.parametrize("shape", ["triangular", "pert"])
def test_estimates_follow_their_distribution(shape: Any, threshold: float) -> None:
    """P(estimate beats a known item) is the survival function of the distribution."""
    low, likely, high = 0.1, 0.3, 0.9
    split = (likely - low) / (high - low)
    if shape == "triangular":
        exact = stats.triang(split, loc=low, scale=high - low).sf(threshold)
    else:
        exact = stats.beta(1 + 4 * split, 5 - 4 * split, loc=low, scale=high - low).sf(threshold)
    result = smaa(
        utilities=Estimates(
            low=np.array([[low], [threshold]]),
            likely=np.array([[likely], [threshold]]),
            high=np.array([[high], [threshold]]),
            shape=shape,
        ),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=2, samples=20_000),
    )
    assert result.rank_acceptability[0, 0] == pytest.approx(exact, abs=0.015)
    assert result.confidence_samples == 1_000
    by_item = dict(zip(result.first.tolist(), result.confidence_factor.tolist(), strict=True))
    assert by_item.get(0, 0.0) == pytest.approx(exact, abs=0.06)


@pytest.mark.parametrize("mode", [0.1, 0.9])
def test_triangles_with_the_mode_at_an_end_are_drawn(mode: float) -> None:
    spread = Estimates(
        low=np.array([[0.1], [0.5]]), likely=np.array([[mode], [0.5]]), high=np.array([[0.9], [0.5]])
    )
    result = smaa(utilities=spread, weights=UniformWeights(), plan=SamplingPlan(seed=2))
    assert result.rank_acceptability[0, 0] == pytest.approx(0.25 if mode == 0.1 else 0.75, abs=0.02)


def test_missing_utilities_drawn_from_the_scale_are_uniform_whatever_the_shape() -> None:
    table = np.array([[np.nan, 0.5], [0.3, 0.5]])
    for shape in ("triangular", "pert"):
        estimates = Estimates(low=table, likely=table, high=table, shape=shape)
        result = smaa(
            utilities=estimates, weights=UniformWeights(), plan=SamplingPlan(seed=4), missing="uniform"
        )
        assert result.rank_acceptability[0, 0] == pytest.approx(0.7, abs=0.02)


def test_renormalised_items_are_scored_by_what_is_present() -> None:
    """The second item is 0.5 throughout; the first one beats it with w₁ > 1/2."""
    table = np.array([[1.0, 0.0, np.nan], [0.5, np.nan, 0.5]])
    result = smaa(
        utilities=table,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=4),
        missing="renormalise",
    )
    assert result.rank_acceptability[0, 0] == pytest.approx(0.5, abs=0.02)


def test_an_item_known_only_where_no_weight_lies_comes_last() -> None:
    result = smaa(
        utilities=np.array([[1.0, np.nan], [0.0, 0.0]]),
        weights=FixedWeights(weights=np.array([0.0, 1.0])),
        plan=SamplingPlan(seed=4, samples=10),
        missing="renormalise",
    )
    assert result.rank_acceptability.tolist() == [[0.0, 1.0], [1.0, 0.0]]


@given(utilities=utility_tables, seed=st.integers(0, 5))
@settings(max_examples=40)
def test_each_item_has_one_rank_and_each_rank_one_item(utilities: FloatArray, seed: int) -> None:
    result = smaa(
        utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=seed, samples=64, top_k=1)
    )
    np.testing.assert_array_equal(result.rank_acceptability.sum(axis=1), 1.0)
    np.testing.assert_array_equal(result.rank_acceptability.sum(axis=0), 1.0)
    np.testing.assert_array_equal(result.top_probability, result.rank_acceptability[:, 0])
    assert result.expected_rank.sum() == pytest.approx(np.arange(1, len(utilities) + 1).sum())


@given(utilities=utility_tables, seed=st.integers(0, 5))
@settings(max_examples=40)
def test_a_dominated_item_is_never_first_and_never_above_its_dominator(
    utilities: FloatArray, seed: int
) -> None:
    table = np.vstack([utilities * 0.9, np.minimum(utilities[:1] * 0.9 + 0.05, 1.0)])
    last = len(table) - 1
    result = smaa(
        utilities=table,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=seed, samples=64, pairs=np.array([0, last])),
    )
    assert result.rank_acceptability[0, 0] == 0.0
    assert result.winning_probability.tolist() == [[0.0, 0.0], [1.0, 0.0]]
    assert 0 not in result.first


@given(utilities=utility_tables, seed=st.integers(0, 5), data=st.data())
@settings(max_examples=40)
def test_the_order_in_which_items_are_given_changes_nothing(
    utilities: FloatArray, seed: int, data: st.DataObject
) -> None:
    items = len(utilities)
    shuffled = np.array(data.draw(st.permutations(range(items))))
    ties = np.arange(items) * 7
    spread = Estimates(low=utilities * 0.5, likely=utilities, high=np.minimum(utilities * 1.2, 1.0))
    moved = Estimates(low=spread.low[shuffled], likely=spread.likely[shuffled], high=spread.high[shuffled])
    result = smaa(
        utilities=spread, weights=UniformWeights(), plan=SamplingPlan(seed=seed, samples=50, tie_break=ties)
    )
    other = smaa(
        utilities=moved,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=seed, samples=50, tie_break=ties[shuffled]),
    )
    np.testing.assert_array_equal(other.rank_acceptability, result.rank_acceptability[shuffled])
    np.testing.assert_array_equal(other.expected_rank, result.expected_rank[shuffled])
    np.testing.assert_array_equal(shuffled[other.first], result.first)
    np.testing.assert_array_equal(other.central_weights, result.central_weights)
    np.testing.assert_array_equal(other.confidence_factor, result.confidence_factor)


@pytest.mark.parametrize("shape", ["triangular", "pert"])
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(shape: Any) -> None:
    likely = np.random.default_rng(0).random((40, 4))
    utilities = Estimates(low=likely * 0.8, likely=likely, high=likely, shape=shape)
    plan = SamplingPlan(seed=9, samples=300, pairs=np.arange(5))
    weights = DirichletWeights(mean=np.ones(4), concentration=5.0)
    result = smaa(utilities=utilities, weights=weights, plan=plan)
    assert same_bytes(result, smaa(utilities=utilities, weights=weights, plan=plan))
    changed = SamplingPlan(seed=10, samples=300, pairs=np.arange(5))
    assert not same_bytes(result, smaa(utilities=utilities, weights=weights, plan=changed))


def test_more_samples_than_a_small_counter_holds_are_all_counted() -> None:
    """One item is always first: its count passes 65,535."""
    result = smaa(
        utilities=np.array([[0.9, 0.8], [0.1, 0.2]]),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=1, samples=200_001),
    )
    assert result.rank_acceptability.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert result.expected_rank.tolist() == [1.0, 2.0]


def test_read_only_and_columnar_tables_give_the_same_result() -> None:
    table = np.random.default_rng(0).random((20, 3))
    columnar = np.asfortranarray(table)
    columnar.flags.writeable = False
    plan = SamplingPlan(seed=1, samples=100)
    assert same_bytes(
        smaa(utilities=table, weights=UniformWeights(), plan=plan),
        smaa(utilities=columnar, weights=UniformWeights(), plan=plan),
    )


def test_a_limited_depth_cuts_the_matrix_and_keeps_the_rest_exact() -> None:
    utilities = np.random.default_rng(3).random((50, 4))
    plans = [SamplingPlan(seed=1, samples=2_000, depth=depth, top_k=20) for depth in (50, 7)]
    full, cut = (smaa(utilities=utilities, weights=UniformWeights(), plan=plan) for plan in plans)
    np.testing.assert_array_equal(cut.rank_acceptability, full.rank_acceptability[:, :7])
    np.testing.assert_array_equal(cut.top_probability, full.top_probability)
    np.testing.assert_allclose(cut.expected_rank, full.expected_rank, rtol=1e-12)
    np.testing.assert_allclose(cut.expected_rank_error, full.expected_rank_error, rtol=1e-9)
    np.testing.assert_allclose(full.top_probability, full.rank_acceptability[:, :20].sum(axis=1))


def test_equal_items_stand_in_the_order_of_the_tie_breaker_however_many_they_are() -> None:
    items = 70
    ties = np.random.default_rng(1).permutation(items)
    result = smaa(
        utilities=np.full((items, 3), 0.4),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=1, samples=50, tie_break=ties),
    )
    np.testing.assert_array_equal(result.expected_rank, ties + 1.0)


def test_many_items_rank_as_a_stable_argsort_would() -> None:
    """More items than short keys serve."""
    utilities = np.random.default_rng(8).random((5_000, 2))
    weights = np.array([0.3, 0.7])
    result = smaa(
        utilities=utilities,
        weights=FixedWeights(weights=weights),
        plan=SamplingPlan(seed=1, samples=2, depth=5),
    )
    order = np.argsort(-(utilities @ weights), kind="stable")
    np.testing.assert_array_equal(np.argsort(result.expected_rank), order)


def test_ordinal_weights_narrow_what_can_be_first() -> None:
    """With w₁ ≥ w₂ ≥ w₃ the item that serves only the third criterion is never above the first."""
    result = smaa(
        utilities=np.eye(3),
        weights=OrdinalWeights(importance=np.array([1, 2, 3])),
        plan=SamplingPlan(seed=1, samples=1_000),
    )
    assert result.rank_acceptability.tolist() == np.eye(3).tolist()


def test_a_predecessor_goes_first_in_every_sample_and_inherits_what_it_unlocks() -> None:
    utilities = np.array([[0.1, 0.1], [0.9, 0.9], [0.5, 0.5], [0.2, 0.2]])
    result = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(
            seed=1, samples=200, dependencies=np.array([[3, 0], [0, 1]]), pairs=np.array([3, 0, 1, 2])
        ),
    )
    # 3 → 0 → 1 is worth 0.9 at its end, so all of it stands before item 2.
    assert result.expected_rank.tolist() == [2.0, 3.0, 4.0, 1.0]
    assert (result.winning_probability == np.triu(np.ones((4, 4)), 1)).all()


@given(data=st.data(), seed=st.integers(0, 3))
@settings(max_examples=40)
def test_dependencies_hold_in_every_sample(data: st.DataObject, seed: int) -> None:
    utilities = data.draw(utility_tables)
    items = len(utilities)
    label = data.draw(st.permutations(range(items)))
    drawn = data.draw(st.lists(st.tuples(st.integers(0, items - 1), st.integers(0, items - 1)), max_size=15))
    edges = [(label[min(a, b)], label[max(a, b)]) for a, b in drawn if a != b]
    result = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(
            seed=seed,
            samples=30,
            dependencies=np.array(edges, dtype=np.int64).reshape(-1, 2),
            pairs=np.arange(items),
        ),
    )
    for before, after in edges:
        assert result.winning_probability[before, after] == 1.0


def test_an_order_function_decides_the_ranking_and_the_default_sample_count() -> None:
    utilities = np.random.default_rng(4).random((30, 3))
    plain = smaa(utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=6, samples=300))
    called = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=6, samples=300, order=lambda scores: np.argsort(-scores, kind="stable")),
    )
    np.testing.assert_array_equal(plain.rank_acceptability, called.rank_acceptability)
    assert called.confidence_samples == 0
    assert np.isnan(called.confidence_factor).all()
    backwards = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(
            seed=6,
            order=lambda scores: np.argsort(scores, kind="stable"),
            tie_break=np.arange(30)[::-1].copy(),
        ),
    )
    assert backwards.samples == affordable_samples(items=30) == 10_000
    assert affordable_samples(items=10**6) == 100
    np.testing.assert_allclose(backwards.expected_rank.mean(), 15.5)
    assert np.corrcoef(backwards.expected_rank, plain.expected_rank)[0, 1] < -0.9


def test_the_funded_share_follows_the_cut_line() -> None:
    utilities = np.array([[1.0, 0.0], [0.6, 0.6], [0.0, 0.8]])
    effort, capacity = np.array([5.0, 4.0, 3.0]), 7.0

    def funded(order: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        mask = np.zeros(3, dtype=np.bool_)
        mask[order] = np.cumsum(effort[order]) <= capacity
        return mask

    result = smaa(
        utilities=utilities,
        weights=UniformWeights(),
        plan=SamplingPlan(seed=6, samples=20_000, funding=funded),
    )
    # Orders by w₁: C B A below 0.25; B C A to 4/9; B A C to 0.6; A B C above. Funded: C B; B C; B; A.
    assert result.funded_probability is not None
    np.testing.assert_allclose(result.funded_probability, [0.4, 0.6, 4 / 9], atol=0.015)


def test_cost_of_delay_over_uncertain_duration_has_the_exact_probability() -> None:
    """CD3 of 10/T with T triangular on 1..3 (mode 2) beats 4 a week if T < 2.5: 1 − 0.5²/2 = 7/8."""
    spread = Estimates(
        low=np.array([[10.0, 1.0], [8.0, 2.0]]),
        likely=np.array([[10.0, 2.0], [8.0, 2.0]]),
        high=np.array([[10.0, 3.0], [8.0, 2.0]]),
    )
    result = monte_carlo(
        estimates=spread, formula=lambda x: x[..., 0] / x[..., 1], plan=SamplingPlan(seed=5, samples=20_000)
    )
    assert result.rank_acceptability[0, 0] == pytest.approx(7 / 8, abs=0.01)
    assert result.central_weights.shape == (2, 0)
    assert result.confidence_samples == 0


def test_sidneys_order_of_uncertain_inputs_is_followed_in_every_sample() -> None:
    """B unlocks A: as a block they have density (9 + 1)/(1 + T), with T triangular up to 4, against 3 for C."""
    spread = Estimates(
        low=np.array([[9.0, 1.0], [1.0, 1.0], [6.0, 2.0]]),
        likely=np.array([[9.0, 1.0], [1.0, 4.0], [6.0, 2.0]]),
        high=np.array([[9.0, 1.0], [1.0, 4.0], [6.0, 2.0]]),
    )

    def sidney(inputs: FloatArray) -> IntArray:
        problem = precedence.PrecedenceProblem(
            duration=inputs[:, 1],
            weight=inputs[:, 0],
            predecessor=np.array([1]),
            successor=np.array([0]),
        )
        return precedence.order(problem).order

    result = monte_carlo(
        estimates=spread,
        formula=scores_of_order(sidney),
        plan=SamplingPlan(seed=3, samples=1_000, pairs=np.array([1, 0, 2])),
    )
    assert result.winning_probability[0, 1] == 1.0
    # The block leads while 10/(1 + T) > 3, T < 7/3: (7/3 − 1)²/3² of a triangle that rises to 4.
    assert result.winning_probability[0, 2] == pytest.approx((4 / 9) ** 2, abs=0.04)
    assert result.winning_probability[1, 2] == pytest.approx((4 / 9) ** 2, abs=0.04)


def test_a_formula_sees_the_items_as_they_were_given() -> None:
    values = np.array([[1.0], [2.0], [3.0]])
    seen: list[list[float]] = []

    def formula(inputs: FloatArray) -> FloatArray:
        seen.append(inputs[0, :, 0].tolist())
        scores: FloatArray = inputs[..., 0] * np.array([5.0, 1.0, 1.0])
        return scores

    result = monte_carlo(
        estimates=Estimates(low=values, likely=values, high=values),
        formula=formula,
        plan=SamplingPlan(seed=1, samples=2, tie_break=np.array([2, 1, 0])),
    )
    assert seen == [[1.0, 2.0, 3.0]]
    assert result.expected_rank.tolist() == [1.0, 3.0, 2.0]


def test_a_formula_may_give_negative_scores() -> None:
    values = np.array([[-3.0], [2.0], [-0.0], [0.0]])
    result = monte_carlo(
        estimates=Estimates(low=values, likely=values, high=values),
        formula=lambda x: x[..., 0],
        plan=SamplingPlan(seed=5, samples=3),
    )
    assert result.expected_rank.tolist() == [4.0, 1.0, 2.0, 3.0]


def test_memory_does_not_grow_with_samples_and_stays_bounded_for_many_items() -> None:
    def peak(items: int, samples: int) -> int:
        likely = np.random.default_rng(0).random((items, 8))
        utilities = Estimates(low=likely * 0.5, likely=likely, high=likely)
        tracemalloc.start()
        smaa(utilities=utilities, weights=UniformWeights(), plan=SamplingPlan(seed=1, samples=samples))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10, 10)
    assert peak(500, 9_000) < 1.1 * peak(500, 4_500)
    assert peak(200_000, 2) < 256 * 2**20


def test_confidence_factors_are_left_out_where_their_budget_ends() -> None:
    likely = np.random.default_rng(0).random((30_000, 3))
    result = smaa(
        utilities=Estimates(low=likely * 0.5, likely=likely, high=likely),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=1, samples=3),
    )
    assert result.confidence_samples == 0
    assert np.isnan(result.confidence_factor).all()
    assert np.isfinite(result.central_weights).all()


def test_progress_is_reported_and_may_cancel() -> None:
    seen: list[tuple[int, int]] = []
    smaa(
        utilities=np.random.default_rng(0).random((100, 2)),
        weights=UniformWeights(),
        plan=SamplingPlan(seed=1, samples=1_000, progress=lambda done, wanted: seen.append((done, wanted))),
    )
    assert seen[-1] == (1_000, 1_000)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})

    def cancel(done: int, wanted: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        smaa(utilities=np.eye(2), weights=UniformWeights(), plan=SamplingPlan(seed=1, progress=cancel))


@pytest.mark.parametrize(
    ("change", "field", "items"),
    [
        ({"utilities": np.array([[0.5, np.nan], [0.1, 0.2]])}, "utilities", (0,)),
        ({"utilities": np.array([[0.5, 0.1], [0.1, 1.2]])}, "utilities", (1,)),
        ({"utilities": np.array([[0.5, 0.1], [-0.1, 0.2]])}, "utilities", (1,)),
        ({"utilities": np.array([[0.5, 0.1], [np.inf, 0.2]])}, "likely", (1,)),
        ({"utilities": np.array([0.5, 0.1])}, "likely", ()),
        ({"utilities": np.zeros((0, 2))}, "utilities", ()),
        ({"utilities": np.zeros((2, 0))}, "utilities", ()),
        ({"missing": "ignore"}, "missing", ()),
        ({"seed": -1}, "seed", ()),
        ({"samples": 0}, "samples", ()),
        ({"samples": 2**31}, "samples", ()),
        ({"depth": 3}, "depth", ()),
        ({"top_k": 0}, "top_k", ()),
        ({"pairs": np.array([0, 0])}, "pairs", ()),
        ({"pairs": np.array([0, 2])}, "pairs", (1,)),
        ({"tie_break": np.array([1, 1])}, "tie_break", (1,)),
        ({"tie_break": np.array([0.5, 1.0])}, "tie_break", ()),
        ({"dependencies": np.array([[0, 1], [0, 5]])}, "dependencies", (1,)),
        ({"dependencies": np.array([0, 1])}, "dependencies", ()),
        ({"dependencies": np.array([[0, 1]]), "order": np.argsort}, "dependencies", ()),
        ({"order": lambda scores: np.zeros(scores.size, dtype=np.int64)}, "order", ()),
        ({"funding": lambda order: order}, "funding", ()),
    ],
)
def test_wrong_input_names_its_field_and_items(
    change: dict[str, Any], field: str, items: tuple[int, ...]
) -> None:
    arguments: dict[str, Any] = {"utilities": np.eye(2), "weights": UniformWeights(), "seed": 1} | change
    model = {name: arguments.pop(name) for name in ("utilities", "weights", "missing") if name in arguments}
    with pytest.raises(InvalidProblem) as caught:
        smaa(**model, plan=SamplingPlan(**arguments))
    assert (caught.value.field, caught.value.items) == (field, items)


def test_items_of_which_nothing_is_known_are_refused_under_every_policy() -> None:
    table = np.array([[0.5, np.nan], [np.nan, np.nan]])
    for missing in ("uniform", "renormalise"):
        with pytest.raises(InvalidProblem) as caught:
            smaa(
                utilities=table,
                weights=UniformWeights(),
                plan=SamplingPlan(seed=1),
                missing=missing,
            )
        assert caught.value.items == (1,)


def test_a_cycle_is_named() -> None:
    with pytest.raises(CycleError) as caught:
        smaa(
            utilities=np.full((4, 2), 0.5),
            weights=UniformWeights(),
            plan=SamplingPlan(seed=1, dependencies=np.array([[0, 1], [1, 3], [3, 2], [2, 1]])),
        )
    assert sorted(caught.value.cycle) == [1, 2, 3]


def test_too_many_values_are_refused_before_memory_is_taken() -> None:
    wide = np.broadcast_to(np.array([[0.5]]), (2_000_000, 9))
    with pytest.raises(InvalidProblem) as caught:
        smaa(utilities=wide, weights=UniformWeights(), plan=SamplingPlan(seed=1))
    assert caught.value.code == "TOO_LARGE"


@pytest.mark.parametrize(
    ("formula", "field", "items"),
    [
        (lambda x: x[..., 0] / x[..., 1], "formula", (1,)),
        (lambda x: x[0], "formula", ()),
    ],
)
def test_a_formula_without_finite_scores_is_refused(formula: Any, field: str, items: tuple[int, ...]) -> None:
    values = np.array([[1.0, 1.0], [1.0, 0.0]])
    with pytest.raises(InvalidProblem) as caught:
        monte_carlo(
            estimates=Estimates(low=values, likely=values, high=values),
            formula=formula,
            plan=SamplingPlan(seed=1, samples=5),
        )
    assert (caught.value.field, caught.value.items) == (field, items)


def test_a_formula_refuses_missing_inputs() -> None:
    values = np.array([[1.0], [np.nan]])
    with pytest.raises(InvalidProblem) as caught:
        monte_carlo(
            estimates=Estimates(low=values, likely=values, high=values),
            formula=lambda x: x[..., 0],
            plan=SamplingPlan(seed=1, samples=5),
        )
    assert caught.value.items == (1,)


@pytest.mark.parametrize("error", [0.01, 0.002, 0.7])
def test_required_samples_keep_the_promise(error: float) -> None:
    samples = required_samples(error=error)
    assert standard_error(np.array([0.5]), samples=samples)[0] <= error * (1 + 1e-6)
    with pytest.raises(InvalidProblem):
        required_samples(error=0.0)
