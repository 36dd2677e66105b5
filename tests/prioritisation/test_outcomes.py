import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.outcomes import KeyResults, OutcomeProblem, outcome_terms, value_by_outcome
from prioritisation.problem import Criterion, Method, MissingPolicy, ScoringProblem
from prioritisation.ranking import rank
from prioritisation.result import TermState
from prioritisation.scoring import score

NAN = math.nan
Row = tuple[int, int, float, float]


def key_results(*rows: tuple[float, float, float], weight: float = 1.0) -> KeyResults:
    start, target, current = np.array(rows, dtype=float).reshape(-1, 3).T
    return KeyResults(start, target, current, np.full(len(rows), weight), np.ones(len(rows)))


def problem(
    rows: list[Row], *, results: KeyResults, size: int, missing: MissingPolicy = MissingPolicy.EXCLUDE
) -> OutcomeProblem:
    columns = np.array(rows, dtype=float).reshape(-1, 4).T
    return OutcomeProblem(
        size,
        results,
        columns[0].astype(np.int64),
        columns[1].astype(np.int64),
        columns[2],
        columns[3],
        missing,
    )


RETENTION = (0.0, 40.0, 10.0)  # 30 to go
CHURN = (5.0, 3.0, 4.0)  # to be lowered, −1 to go
MET = (0.0, 10.0, 12.0)


def test_value_adds_up_shares_of_the_gaps_times_weights_times_confidence() -> None:
    results = replace(
        key_results(RETENTION, CHURN, MET),
        weight=np.array([2.0, 3.0, 5.0]),
        objective_weight=np.array([4.0, 0.5, 1.0]),
    )
    rows = [(0, 0, 15, 0.5), (0, 1, -0.5, 1.0), (1, 0, 99, 0.8), (1, 2, 5, 1.0)]
    scores = value_by_outcome(problem(rows, results=results, size=2))
    # 15/30 · 2 · 4 · 0.5 + 0.5 · 3 · 0.5 · 1, and capped 1 · 2 · 4 · 0.8 + nothing for what is met.
    assert scores.score.tolist() == [2.75, 6.4]
    assert scores.completeness.tolist() == [1, 1]


def test_met_key_result_leaves_nothing_to_contribute_even_to_the_unsure() -> None:
    rows = [(0, 0, 5, 1.0), (1, 0, NAN, NAN)]
    for met in (MET, (0.0, 10.0, 10.0), (5.0, 3.0, 2.5)):
        assert value_by_outcome(problem(rows, results=key_results(met), size=2)).score.tolist() == [0, 0]


def test_value_moves_when_the_key_result_moves() -> None:
    values = [
        value_by_outcome(problem([(0, 0, 10, 1.0)], results=key_results((0, 40, current)), size=1)).score[0]
        for current in (0, 20, 30, 39, 40)
    ]
    assert values == [0.25, 0.5, 1, 1, 0]


def test_key_result_without_check_in_is_where_it_started() -> None:
    assert key_results((10, 30, NAN)).remaining_gap.tolist() == [20]


@pytest.mark.parametrize(("current", "gap"), [(7, 0), (5, 2), (9, -2)])
def test_level_to_be_held_is_met_or_to_be_restored(current: float, gap: float) -> None:
    assert key_results((7, 7, current)).remaining_gap.tolist() == [gap]


@pytest.mark.parametrize(("delta", "share"), [(-0.5, 0.5), (0.5, -0.5), (9, -1), (-9, 1), (0, 0)])
def test_moving_away_from_the_target_counts_against_an_initiative_but_not_beyond_all_bounds(
    delta: float, share: float
) -> None:
    assert value_by_outcome(problem([(0, 0, delta, 1)], results=key_results(CHURN), size=1)).score[0] == share


def test_gap_of_almost_nothing_stays_finite() -> None:
    results = key_results((0, 5e-324, 0))
    assert value_by_outcome(problem([(0, 0, 1e300, 1)], results=results, size=1)).score.tolist() == [1]


def test_initiative_without_contribution_has_no_value_and_ranks_last() -> None:
    scores = value_by_outcome(problem([(1, 0, -9, 1)], results=key_results(RETENTION), size=2))
    np.testing.assert_array_equal(scores.score, [NAN, -0.3])
    assert scores.completeness.tolist() == [0, 1]
    assert rank(scores.score).order.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("policy", "expected"), [(MissingPolicy.EXCLUDE, [NAN, NAN, 1]), (MissingPolicy.WORST, [0.5, NAN, 1])]
)
def test_unknown_contributions_follow_the_policy(policy: MissingPolicy, expected: list[float]) -> None:
    rows: list[Row] = [(0, 0, 15, 1), (0, 1, NAN, 1), (1, 0, 15, NAN), (2, 0, 30, 1)]
    outcome = problem(rows, results=key_results(RETENTION, CHURN), size=3, missing=policy)
    np.testing.assert_array_equal(value_by_outcome(outcome).score, expected)
    assert value_by_outcome(outcome).completeness.tolist() == [0.5, 0, 1]
    state = TermState.MISSING if policy is MissingPolicy.EXCLUDE else TermState.ASSUMED_WORST
    assert [term.state for term in outcome_terms(outcome, 0)] == [TermState.GIVEN, state]
    assert [term.state for term in outcome_terms(outcome, 1)] == [TermState.MISSING]


def test_terms_show_every_figure() -> None:
    results = replace(key_results(RETENTION, CHURN, weight=3), objective_weight=np.array([2.0, 1.0]))
    outcome = problem([(0, 1, -0.5, 0.8), (0, 0, 60, 0.25)], results=results, size=1)
    first, second = outcome_terms(outcome, 0)
    assert (first.key_result, first.remaining_gap, first.share, first.contribution) == (0, 30, 1, 1.5)
    assert (first.expected_delta, first.confidence, first.weight, first.objective_weight) == (60, 0.25, 3, 2)
    assert (second.key_result, second.remaining_gap, second.share) == (1, -1, 0.5)


def test_value_is_usable_as_a_criterion() -> None:
    outcome = value_by_outcome(
        problem([(0, 0, 15, 1), (1, 0, 30, 1)], results=key_results(RETENTION), size=3)
    )
    criteria = [Criterion("outcome", 3, scale_max=1), Criterion("fit", 1, scale_max=4)]
    values = np.column_stack([outcome.score, [4, 0, 4]])
    np.testing.assert_array_equal(
        score(ScoringProblem(Method.WEIGHTED, criteria, values)).score, [0.625, 0.75, NAN]
    )


@pytest.mark.parametrize(
    ("rows", "code", "items"),
    [
        ([(0, 0, 1, 1), (2, 0, 1, 1)], "UNKNOWN_POSITION", (1,)),
        ([(0, 0, 1, 1), (1, 1, 1, 1)], "UNKNOWN_POSITION", (1,)),
        ([(1, 0, 1, 1), (0, 0, 1, 1), (1, 0, 2, 1)], "DUPLICATE_CONTRIBUTION", (1,)),
        ([(1, 0, math.inf, 1)], "NOT_FINITE", (1,)),
        ([(1, 0, 1, 1.1)], "OUTSIDE_SCALE", (1,)),
        ([(1, 0, 1, -0.1)], "OUTSIDE_SCALE", (1,)),
    ],
)
def test_wrong_contribution_is_refused_by_name(rows: list[Row], code: str, items: tuple[int, ...]) -> None:
    with pytest.raises(InvalidProblem) as caught:
        problem(rows, results=key_results(RETENTION), size=2)
    assert (caught.value.code, caught.value.items) == (code, items)


def test_nothing_is_known_of_a_contribution_to_a_key_result_without_start_or_target() -> None:
    results = key_results((NAN, 10, 0), (5, NAN, 3), (0, 10, NAN), (0, 10, 4))
    assert results.remaining_gap.tolist()[2:] == [10, 6]
    assert np.isnan(results.remaining_gap[:2]).all()
    posed = problem([(0, 0, 5, 1), (0, 2, 5, 1), (1, 3, 3, 1)], results=results, size=2)
    # one known part of two is no value: the missing one is not taken as 0
    scores = value_by_outcome(posed)
    assert (np.isnan(scores.score[0]), scores.score[1], scores.completeness.tolist()) == (True, 0.5, [0.5, 1])
    draft, known = outcome_terms(posed, 0)
    assert (draft.remaining_gap, draft.share, draft.contribution) == (None, None, None)
    assert (known.remaining_gap, known.share) == (10, 0.5)


def test_renormalising_a_sum_is_refused() -> None:
    with pytest.raises(InvalidProblem) as caught:
        problem([], results=key_results(), size=2, missing=MissingPolicy.RENORMALISE)
    assert caught.value.code == "POLICY_WITHOUT_MEANING"


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("weight", -1, "NEGATIVE"),
        ("objective_weight", NAN, "MISSING_VALUE"),
        ("target", -math.inf, "NOT_FINITE"),
        ("start", math.inf, "NOT_FINITE"),
        ("current", math.inf, "NOT_FINITE"),
    ],
)
def test_wrong_key_result_is_refused_by_name(column: str, value: float, code: str) -> None:
    columns = {
        name: np.array([1.0, 2.0]) for name in ("start", "target", "current", "weight", "objective_weight")
    }
    columns[column] = np.array([1.0, value])
    with pytest.raises(InvalidProblem) as caught:
        KeyResults(**columns)
    assert (caught.value.code, caught.value.field, caught.value.items) == (code, column, (1,))


@pytest.mark.parametrize("item", [-1, 2])
def test_terms_of_an_unknown_position_are_refused(item: int) -> None:
    with pytest.raises(InvalidProblem) as caught:
        outcome_terms(problem([], results=key_results(), size=2), item)
    assert caught.value.code == "UNKNOWN_POSITION"


def test_empty_portfolio_has_no_values() -> None:
    assert value_by_outcome(problem([], results=key_results(), size=0)).score.shape == (0,)


@st.composite
def problems(draw: st.DrawFn) -> OutcomeProblem:
    size, count = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    figure = st.one_of(st.integers(-5, 5).map(float), st.floats(-100, 100))
    rows = [(draw(figure), draw(figure), draw(figure)) for _ in range(count)]
    weight = draw(st.floats(0, 10))
    pairs = draw(
        st.lists(st.tuples(st.integers(0, size - 1), st.integers(0, count - 1)), unique=True, max_size=12)
    )
    unsure = st.one_of(st.just(NAN), st.floats(0, 1))
    contributions = [(i, k, draw(st.one_of(figure, st.just(NAN))), draw(unsure)) for i, k in pairs]
    policy = draw(st.sampled_from([MissingPolicy.EXCLUDE, MissingPolicy.WORST]))
    return problem(contributions, results=key_results(*rows, weight=weight), size=size, missing=policy)


@given(problems())
def test_terms_add_up_exactly_to_the_value(outcome: OutcomeProblem) -> None:
    values = value_by_outcome(outcome).score
    for item in range(outcome.size):
        terms = outcome_terms(outcome, item)
        if not terms or any(term.contribution is None for term in terms):
            assert math.isnan(values[item])
            continue
        total = 0.0
        for term in terms:
            total += term.contribution or 0.0
        assert total == values[item]


@given(problems(), st.integers(0, 2**32 - 1))
def test_order_of_the_rows_does_not_matter(outcome: OutcomeProblem, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(outcome.initiative))
    shuffled = OutcomeProblem(
        outcome.size,
        outcome.key_results,
        outcome.initiative[order],
        outcome.key_result[order],
        outcome.expected_delta[order],
        outcome.confidence[order],
        outcome.missing,
    )
    np.testing.assert_array_equal(value_by_outcome(shuffled).score, value_by_outcome(outcome).score)
