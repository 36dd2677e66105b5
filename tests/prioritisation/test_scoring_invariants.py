"""Invariants of scoring, and oracles that share no code with it."""

import itertools
import math
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.columns import FloatArray
from prioritisation.problem import (
    ROLES,
    Criterion,
    Direction,
    Method,
    MissingPolicy,
    Role,
    ScoringProblem,
    ZeroDenominator,
)
from prioritisation.ranking import rank
from prioritisation.scoring import GRID, normalise, score, score_from_terms, terms

NAN = math.nan

weights = st.one_of(st.integers(0, 1000).map(float), st.floats(0, 1e6))
scales = st.tuples(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6)).map(lambda s: (s[0], s[0] + s[1]))


@st.composite
def weighted_problems(
    draw: st.DrawFn, policies: tuple[MissingPolicy, ...] = tuple(MissingPolicy)
) -> ScoringProblem:
    size = draw(st.integers(0, 7))
    criteria = []
    columns: list[list[float]] = []
    for i in range(draw(st.integers(1, 6))):
        low, high = draw(scales)
        weight = draw(weights) if i else draw(st.floats(0.5, 10))
        criteria.append(Criterion(f"c{i}", weight, draw(st.sampled_from(Direction)), low, high))
        value = st.one_of(st.floats(low, high), st.just(NAN), st.sampled_from([low, high]))
        columns.append(draw(st.lists(value, min_size=size, max_size=size)))
    values = np.array(columns).reshape(len(criteria), size).T
    return ScoringProblem(Method.WEIGHTED, criteria, values, missing=draw(st.sampled_from(policies)))


@st.composite
def formula_problems(draw: st.DrawFn) -> ScoringProblem:
    method = draw(st.sampled_from(list(ROLES)))
    criteria = [
        Criterion(
            key,
            draw(st.sampled_from([0.0, 1.0, 0.3, 7.0])) if i and role is Role.ADDEND else 1.0,
            scale_max=100,
        )
        for i, (key, role) in enumerate(ROLES[method].items())
    ]
    value = st.one_of(st.just(NAN), st.just(0.0), st.integers(0, 100).map(float), st.floats(1e-3, 100))
    row = st.lists(value, min_size=len(criteria), max_size=len(criteria))
    rows = draw(st.lists(row, max_size=7))
    values = np.array(rows).reshape(len(rows), len(criteria))
    policy = draw(st.sampled_from(MissingPolicy))
    return ScoringProblem(method, criteria, values, policy, ZeroDenominator.UNRANKED)


problems = st.one_of(weighted_problems(), formula_problems())


def as_list(scores: FloatArray) -> list[float | None]:
    return [None if math.isnan(value) else value for value in scores.tolist()]


@given(problems)
def test_terms_give_back_exactly_the_score(problem: ScoringProblem) -> None:
    assert [score_from_terms(terms(problem, i)) for i in range(problem.size)] == as_list(score(problem).score)


@given(weighted_problems())
def test_weighted_terms_add_up_exactly_in_any_order_and_any_way(problem: ScoringProblem) -> None:
    for item, expected in enumerate(as_list(score(problem).score)):
        contributions = [t.contribution for t in terms(problem, item) if t.contribution is not None]
        if expected is None:
            continue
        assert math.fsum(contributions) == expected
        assert sum(Fraction(c) for c in contributions) == Fraction(expected)
        for order in itertools.islice(itertools.permutations(contributions), 24):
            total = 0.0
            for contribution in order:
                total += contribution
            assert total == expected


@given(weighted_problems(policies=(MissingPolicy.EXCLUDE,)))
def test_weighted_score_agrees_with_rational_arithmetic(problem: ScoringProblem) -> None:
    total = sum(Fraction(c.weight) for c in problem.criteria)
    for row, got in zip(problem.values.tolist(), as_list(score(problem).score), strict=True):
        pairs = [(c, value) for c, value in zip(problem.criteria, row, strict=True) if c.weight > 0]
        if any(math.isnan(value) for _, value in pairs):
            assert got is None
            continue
        exact = sum(
            Fraction(c.weight)
            / total
            * (Fraction(value) - Fraction(c.worst))
            / (Fraction(c.best) - Fraction(c.worst))
            for c, value in pairs
        )
        assert got is not None
        # Rounding of value - worst, relative to the scale, is all that is lost besides the grid.
        lost = max(
            2.0**-52 * (abs(c.scale_min) + abs(c.scale_max)) / (c.scale_max - c.scale_min) for c, _ in pairs
        )
        assert abs(got - exact) <= 10 * GRID + 4 * lost


@given(problems, st.integers(0, 2**32 - 1))
def test_permuting_the_input_permutes_the_scores(problem: ScoringProblem, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(problem.size)
    permuted = ScoringProblem(
        problem.method, problem.criteria, problem.values[order], problem.missing, problem.zero_denominator
    )
    assert as_list(score(permuted).score) == as_list(score(problem).score[order])


@given(problems)
def test_score_of_an_initiative_is_the_same_to_the_bit_when_it_stands_alone(problem: ScoringProblem) -> None:
    together = as_list(score(problem).score)
    for i in range(problem.size):
        alone = ScoringProblem(
            problem.method, problem.criteria, problem.values[[i]], problem.missing, problem.zero_denominator
        )
        assert as_list(score(alone).score) == [together[i]]


@given(weighted_problems(), st.integers(-20, 20))
def test_scaling_all_weights_by_a_power_of_two_changes_nothing(problem: ScoringProblem, power: int) -> None:
    scaled = [
        Criterion(c.key, c.weight * 2.0**power, c.direction, c.scale_min, c.scale_max)
        for c in problem.criteria
    ]
    if any(c.weight < 1e-300 for c in scaled if c.weight):
        return
    again = ScoringProblem(problem.method, scaled, problem.values, problem.missing)
    assert as_list(score(again).score) == as_list(score(problem).score)


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=6),
    st.integers(1, 1000),
    st.integers(0, 2**32 - 1),
)
def test_scaling_whole_weights_leaves_scores_and_order_unchanged(
    whole: list[int], factor: int, seed: int
) -> None:
    values = np.random.default_rng(seed).integers(0, 11, size=(30, len(whole))).astype(float)
    first, second = (
        score(
            ScoringProblem(
                Method.WEIGHTED,
                [Criterion(f"c{i}", weight * by, scale_max=10) for i, weight in enumerate(whole)],
                values,
            )
        ).score
        for by in (1, factor)
    )
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(rank(first).order, rank(second).order)


@given(weighted_problems())
def test_order_of_the_criteria_does_not_matter(problem: ScoringProblem) -> None:
    back = ScoringProblem(problem.method, problem.criteria[::-1], problem.values[:, ::-1], problem.missing)
    assert as_list(score(back).score) == as_list(score(problem).score)


@given(weighted_problems(policies=(MissingPolicy.WORST,)))
def test_better_on_every_criterion_never_scores_less(problem: ScoringProblem) -> None:
    scores = score(problem).score
    positions = np.where(np.isnan(normalise(problem)), 0.0, normalise(problem))
    for i, j in itertools.permutations(range(problem.size), 2):
        if (positions[i] >= positions[j]).all() and not np.isnan(scores[[i, j]]).any():
            assert scores[i] >= scores[j]


@given(problems)
def test_scoring_is_deterministic(problem: ScoringProblem) -> None:
    assert score(problem).score.tobytes() == score(problem).score.tobytes()
