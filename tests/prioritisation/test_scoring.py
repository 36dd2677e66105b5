import math
from collections.abc import Sequence

import numpy as np
import pytest

from prioritisation.errors import InvalidProblem
from prioritisation.problem import (
    ROLES,
    Criterion,
    Direction,
    Method,
    MissingPolicy,
    Role,
    ScoringProblem,
    ZeroDenominator,
    problem_from_columns,
    standard_criteria,
)
from prioritisation.ranking import rank
from prioritisation.result import TermState
from prioritisation.scoring import GRID, normalise, score, score_from_terms, terms, weight_shares

NAN = math.nan

# The method, rated for three features as a team does with modified Fibonacci numbers:
# (13 + 8 + 5) / 8, (8 + 20 + 3) / 13 and (5 + 3 + 1) / 2.
WSJF_COLUMNS = {
    "business_value": [13, 8, 5],
    "time_criticality": [8, 20, 3],
    "risk_reduction": [5, 3, 1],
    "job_size": [8, 13, 2],
}


def formula(
    method: Method,
    rows: Sequence[Sequence[float]],
    *,
    missing: MissingPolicy = MissingPolicy.EXCLUDE,
    zero_denominator: ZeroDenominator = ZeroDenominator.ERROR,
) -> ScoringProblem:
    return ScoringProblem(method, standard_criteria(method), np.array(rows), missing, zero_denominator)


def test_wsjf_divides_the_sum_of_three_values_by_job_size() -> None:
    problem = problem_from_columns(Method.WSJF, standard_criteria(Method.WSJF), WSJF_COLUMNS)
    assert score(problem).score.tolist() == [26 / 8, 31 / 13, 9 / 2]
    assert rank(score(problem).score).order.tolist() == [2, 0, 1]


def test_wsjf_weights_its_numerator() -> None:
    criteria = [Criterion(key, 2.0 if key == "time_criticality" else 1.0) for key in ROLES[Method.WSJF]]
    problem = problem_from_columns(Method.WSJF, criteria, WSJF_COLUMNS)
    assert score(problem).score.tolist() == [34 / 8, 51 / 13, 12 / 2]


def test_rice_multiplies_reach_impact_and_confidence_and_divides_by_effort() -> None:
    # Impact 3 massive, 2 high, 1 medium; confidence as a fraction; effort in person-months.
    problem = formula(Method.RICE, [[500, 3, 1.0, 2], [2000, 1, 0.8, 4], [1000, 2, 0.5, 1]])
    assert score(problem).score.tolist() == [750.0, 400.0, 1000.0]


def test_ice_is_a_mean_or_a_product_as_the_model_says() -> None:
    rows = [[8.0, 6.0, 4.0], [5.0, 9.0, 2.0]]
    assert score(formula(Method.ICE_MEAN, rows)).score.tolist() == [6.0, 16 / 3]
    assert score(formula(Method.ICE_PRODUCT, rows)).score.tolist() == [192.0, 90.0]


def test_ice_mean_can_be_weighted() -> None:
    criteria = [Criterion(key, weight) for key, weight in zip(ROLES[Method.ICE_MEAN], (2, 1, 1), strict=True)]
    problem = ScoringProblem(Method.ICE_MEAN, criteria, np.array([[8.0, 6.0, 4.0]]))
    assert score(problem).score.tolist() == [6.5]


def test_cd3_divides_cost_of_delay_by_duration() -> None:
    # Reinertsen's three projects: cost of delay 10, 3, 1 a month, durations 1, 3, 10.
    problem = formula(Method.CD3, [[1, 10], [10, 1], [3, 3]])
    assert score(problem).score.tolist() == [0.1, 10.0, 1.0]


def test_weighted_score_normalises_on_the_fixed_scale_and_turns_costs_round() -> None:
    criteria = [
        Criterion("revenue", 5, scale_max=10),
        Criterion("fit", 3, scale_min=1, scale_max=5),
        Criterion("risk", 2, Direction.COST, 0, 4),
    ]
    problem = ScoringProblem(
        Method.WEIGHTED, criteria, np.array([[10, 5, 0], [0, 1, 4], [5, 2, 3], [8, 5, 4]])
    )
    np.testing.assert_allclose(score(problem).score, [1, 0, 0.375, 0.7], rtol=0, atol=1e-15)
    np.testing.assert_array_equal(normalise(problem), [[1, 1, 1], [0, 0, 0], [0.5, 0.25, 0.25], [0.8, 1, 0]])
    assert not np.signbit(normalise(problem)).any()


def test_weight_shares_are_proportions() -> None:
    criteria = [Criterion(key, weight, scale_max=1) for key, weight in (("a", 1), ("b", 2), ("c", 0))]
    np.testing.assert_allclose(weight_shares(criteria), [1 / 3, 2 / 3, 0], rtol=0, atol=GRID)


def test_formula_has_nothing_to_normalise() -> None:
    with pytest.raises(InvalidProblem, match="takes raw values"):
        normalise(formula(Method.CD3, [[1, 1]]))


@pytest.mark.parametrize(
    ("policy", "expected", "completeness"),
    [
        (MissingPolicy.EXCLUDE, [0.5, NAN, NAN, NAN], [1, 0.75, 0.25, 0]),
        (MissingPolicy.WORST, [0.5, 0.6, 0.25, NAN], [1, 0.75, 0.25, 0]),
        (MissingPolicy.RENORMALISE, [0.5, 0.8, 1.0, NAN], [1, 0.75, 0.25, 0]),
    ],
)
def test_missing_values_of_a_weighted_score_follow_the_policy(
    policy: MissingPolicy, expected: list[float], completeness: list[float]
) -> None:
    criteria = [
        Criterion("reach", 3, scale_max=10),
        Criterion("risk", 1, Direction.COST, 0, 2),
        Criterion("note", 0, scale_max=1),
    ]
    values = np.array([[5, 1, NAN], [8, NAN, 1], [NAN, 0, NAN], [NAN, NAN, 1]])
    scores = score(ScoringProblem(Method.WEIGHTED, criteria, values, missing=policy))
    np.testing.assert_allclose(scores.score, expected, rtol=0, atol=1e-15)
    assert scores.completeness.tolist() == completeness
    assert scores.unscored.tolist() == np.isnan(expected).tolist()
    assert scores.assumed.tolist() == [False] + [not math.isnan(e) for e in expected[1:]]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (MissingPolicy.EXCLUDE, [3.0, NAN, NAN, NAN, NAN]),
        (MissingPolicy.WORST, [3.0, 2.0, 1.5, 0.0, NAN]),
        # Two of three addends stand for the third: (9 + 3) × 3/2 / 6.
        (MissingPolicy.RENORMALISE, [3.0, 3.0, NAN, NAN, NAN]),
    ],
)
def test_missing_values_of_wsjf_follow_the_policy(policy: MissingPolicy, expected: list[float]) -> None:
    criteria = [Criterion(key, scale_max=20) for key in ROLES[Method.WSJF]]
    rows = [[9, 6, 3, 6], [9, NAN, 3, 6], [10, 10, 10, NAN], [NAN, NAN, NAN, 5], [NAN, NAN, NAN, NAN]]
    scores = score(ScoringProblem(Method.WSJF, criteria, np.array(rows), missing=policy))
    np.testing.assert_array_equal(scores.score, expected)
    assert scores.completeness.tolist() == [1, 0.75, 0.75, 0.25, 0]


def test_missing_value_of_a_mean_is_left_out_of_it() -> None:
    rows = [[8.0, NAN, 4.0], [8.0, 6.0, 4.0], [NAN, NAN, NAN]]
    scores = score(formula(Method.ICE_MEAN, rows, missing=MissingPolicy.RENORMALISE))
    np.testing.assert_array_equal(scores.score, [6, 6, NAN])


def test_missing_factor_is_never_renormalised() -> None:
    scores = score(formula(Method.RICE, [[500, NAN, 1, 2]], missing=MissingPolicy.RENORMALISE))
    assert scores.unscored.tolist() == [True]


def test_missing_never_ranks_first() -> None:
    for policy in MissingPolicy:
        criteria = [Criterion("reach", 1, scale_max=10), Criterion("cost", 1, Direction.COST, 0, 10)]
        values = np.array([[NAN, NAN], [0, 10], [0, 10]])
        scores = score(ScoringProblem(Method.WEIGHTED, criteria, values, missing=policy))
        assert rank(scores.score).order.tolist() == [1, 2, 0]


def test_zero_denominator_leaves_no_score_where_the_problem_allows_it() -> None:
    problem = formula(Method.CD3, [[5, 0], [0, 0], [4, 2]], zero_denominator=ZeroDenominator.UNRANKED)
    np.testing.assert_array_equal(score(problem).score, [NAN, NAN, 2.0])
    assert [term.state for term in terms(problem, 0)] == [TermState.GIVEN, TermState.UNDEFINED]
    assert score_from_terms(terms(problem, 0)) is None


@pytest.mark.parametrize("row", [[1e300, 1e-300], [1e308, 0.5]])
def test_score_beyond_all_numbers_is_refused_by_name(row: list[float]) -> None:
    with pytest.raises(InvalidProblem, match="typing errors") as caught:
        score(formula(Method.CD3, [[1, 1], row]))
    assert (caught.value.code, caught.value.items) == ("SCORE_OVERFLOW", (1,))


def test_empty_portfolio_has_no_scores() -> None:
    criteria = [Criterion("reach", scale_max=10)]
    assert score(ScoringProblem(Method.WEIGHTED, criteria, np.empty((0, 1)))).score.shape == (0,)
    assert score(ScoringProblem(Method.CD3, standard_criteria(Method.CD3), np.empty((0, 2)))).score.shape == (
        0,
    )


@pytest.mark.parametrize("item", [-1, 2])
def test_terms_of_an_unknown_position_are_refused(item: int) -> None:
    with pytest.raises(InvalidProblem) as caught:
        terms(formula(Method.CD3, [[1, 1], [2, 2]]), item)
    assert (caught.value.code, caught.value.items) == ("UNKNOWN_POSITION", (item,))


def test_terms_say_where_each_value_comes_from() -> None:
    criteria = [
        Criterion("reach", 2, scale_max=10),
        Criterion("risk", 2, Direction.COST, 0, 4),
        Criterion("note", 0, scale_max=1),
    ]
    values = np.array([[5, NAN, 1.0]])

    def states(policy: MissingPolicy) -> list[tuple[TermState, float | None, float | None]]:
        problem = ScoringProblem(Method.WEIGHTED, criteria, values, missing=policy)
        return [(term.state, term.share, term.contribution) for term in terms(problem, 0)]

    unused = (TermState.UNUSED, 0.0, 0.0)
    assert states(MissingPolicy.EXCLUDE) == [
        (TermState.GIVEN, 0.5, 0.25),
        (TermState.MISSING, 0.0, None),
        unused,
    ]
    assert states(MissingPolicy.WORST) == [
        (TermState.GIVEN, 0.5, 0.25),
        (TermState.ASSUMED_WORST, 0.5, 0.0),
        unused,
    ]
    assert states(MissingPolicy.RENORMALISE) == [
        (TermState.GIVEN, 1.0, 0.5),
        (TermState.LEFT_OUT, 0.0, None),
        unused,
    ]


def test_terms_of_a_formula_carry_their_role_and_what_was_derived() -> None:
    problem = formula(Method.WSJF, [[9, NAN, 3, 6]], missing=MissingPolicy.RENORMALISE)
    assert [(t.key, t.role, t.state, t.raw, t.contribution) for t in terms(problem, 0)] == [
        ("business_value", Role.ADDEND, TermState.GIVEN, 9.0, 9.0),
        ("time_criticality", Role.ADDEND, TermState.LEFT_OUT, None, None),
        ("risk_reduction", Role.ADDEND, TermState.GIVEN, 3.0, 3.0),
        ("renormalisation", Role.FACTOR, TermState.DERIVED, None, 1.5),
        ("job_size", Role.DENOMINATOR, TermState.GIVEN, 6.0, 6.0),
    ]
    mean = terms(formula(Method.ICE_MEAN, [[8, 6, 4]]), 0)
    assert (mean[-1].key, mean[-1].role, mean[-1].contribution) == ("total_weight", Role.DENOMINATOR, 3.0)


def test_adding_initiatives_never_changes_a_score_across_block_borders() -> None:
    rng = np.random.default_rng(5)
    criteria = [Criterion(f"c{i}", rng.random(), scale_min=-3, scale_max=7) for i in range(9)]
    values = rng.uniform(-3, 7, size=(40_000, 9))
    whole = score(ScoringProblem(Method.WEIGHTED, criteria, values)).score
    for size in (1, 7, 7281, 7282, 7283, 20_000):
        part = score(ScoringProblem(Method.WEIGHTED, criteria, values[:size])).score
        np.testing.assert_array_equal(part, whole[:size])


def test_a_million_initiatives_are_scored_and_ranked() -> None:
    rng = np.random.default_rng(1)
    values = np.asfortranarray(rng.random((1_000_000, 3)))
    values[rng.integers(0, 1_000_000, 1000), 1] = NAN
    criteria = [
        Criterion("a", 2, scale_max=1),
        Criterion("b", 1, scale_max=1),
        Criterion("c", 1, Direction.COST, 0, 1),
    ]
    problem = ScoringProblem(Method.WEIGHTED, criteria, values)
    scores = score(problem).score
    expected = (2 * values[:, 0] + values[:, 1] + 1 - values[:, 2]) / 4
    np.testing.assert_allclose(scores, expected, rtol=0, atol=2e-15)
    ranking = rank(scores)
    scored = scores[ranking.order[: -int(ranking.unranked.sum())]]
    assert (np.diff(scored) <= 0).all()
    assert np.isnan(scores[ranking.order[-int(ranking.unranked.sum()) :]]).all()
