"""Differences of terms add up to the difference of the scores."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.pairwise import Decision, compare_contributions, compare_formulas
from prioritisation.problem import Role

numbers = st.floats(-100.0, 100.0)
positive = st.floats(0.125, 100.0)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12))
def test_terms_add_up_exactly_and_stand_by_share(pairs: list[tuple[float, float]]) -> None:
    above, below = zip(*pairs, strict=True)
    comparison = compare_contributions(above=above, below=below)
    amounts = [term.amount for term in comparison.terms]
    assert math.fsum(amounts) == comparison.difference
    assert comparison.difference == pytest.approx(math.fsum(above) - math.fsum(below), abs=1e-12)
    assert sorted(term.position for term in comparison.terms) == list(range(len(pairs)))
    for term in comparison.terms:
        assert term.amount == above[term.position] - below[term.position]
    shares = [abs(term.share) for term in comparison.terms]
    assert shares == sorted(shares, reverse=True)
    assert math.fsum(shares) == pytest.approx(1.0 if any(amounts) else 0.0)


@given(data=st.data(), addends=st.integers(0, 4), factors=st.integers(0, 4), denominators=st.integers(0, 2))
def test_parts_of_a_formula_add_up_to_the_difference_of_the_scores(
    data: st.DataObject, addends: int, factors: int, denominators: int
) -> None:
    def draw(count: int) -> tuple[list[float], list[float]]:
        drawn = [data.draw(st.lists(positive, min_size=count, max_size=count)) for _ in range(2)]
        return drawn[0], drawn[1]

    sums, products, divisors = draw(addends), draw(factors), draw(denominators)
    comparison = compare_formulas(
        above=sums[0],
        below=sums[1],
        factors_above=products[0],
        factors_below=products[1],
        denominators_above=divisors[0],
        denominators_below=divisors[1],
    )
    scores = [
        (math.fsum(sums[i]) if addends else 1.0) * math.prod(products[i]) / math.prod(divisors[i])
        for i in range(2)
    ]
    assert comparison.difference == pytest.approx(
        scores[0] - scores[1], rel=1e-9, abs=1e-12 * (scores[0] + scores[1])
    )
    assert math.fsum(term.amount for term in comparison.terms) == comparison.difference
    counted = [sum(term.role is role for term in comparison.terms) for role in Role]
    assert counted == [addends, factors, denominators]


def test_a_term_that_agrees_has_no_part_and_one_that_is_worse_a_negative_one() -> None:
    comparison = compare_formulas(
        factors_above=[4.0, 2.0, 1.0], factors_below=[2.0, 2.0, 1.5], above=[], below=[]
    )
    parts = {term.position: term.amount for term in comparison.terms}
    # Exchange 4 for 2 and 1 for 1.5 in both orders: 2·2·(1 + 1.5)/2 and −0.5·2·(4 + 2)/2.
    assert parts == {0: pytest.approx(5.0), 1: 0.0, 2: pytest.approx(-3.0)}
    assert comparison.difference == pytest.approx(4.0 * 2.0 * 1.0 - 2.0 * 2.0 * 1.5)


def test_a_linear_formula_is_compared_as_contributions_are() -> None:
    above, below = [0.5, 0.25, 0.0], [0.125, 0.5, 0.25]
    plain = compare_contributions(above=above, below=below)
    assert compare_formulas(above=above, below=below) == plain


def test_exchanging_the_items_turns_every_sign() -> None:
    generator = np.random.default_rng(1)
    one, other = generator.random(4), generator.random(4)
    forth = compare_formulas(above=[], below=[], factors_above=one, factors_below=other)
    back = compare_formulas(above=[], below=[], factors_above=other, factors_below=one)
    assert [term.amount for term in forth.terms] == pytest.approx([-term.amount for term in back.terms])


@pytest.mark.parametrize(
    ("above", "decision"),
    [([0.5, 0.75], Decision.SCORE), ([0.5, 0.5], Decision.TIE_BREAK), ([0.5, 0.25], Decision.OTHER)],
)
def test_the_decision_says_whether_the_score_carries_the_order(
    above: list[float], decision: Decision
) -> None:
    comparison = compare_contributions(above=above, below=[0.75, 0.25])
    assert comparison.decision is decision
    if decision is Decision.TIE_BREAK:
        assert [term.amount for term in comparison.terms] == [-0.25, 0.25]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"below": [1.0]}, "below", "SHAPE"),
        ({"above": [1.0, None]}, "above", "MISSING_VALUE"),
        ({"below": [1.0, math.inf]}, "below", "NOT_FINITE"),
        (
            {"denominators_above": [1.0], "denominators_below": [0.0]},
            "denominators_below",
            "ZERO_DENOMINATOR",
        ),
        ({"factors_above": np.ones(12), "factors_below": np.ones(12)}, "factors_above", "TOO_LARGE"),
    ],
)
def test_wrong_input_names_field_and_code(change: dict[str, Any], field: str, code: str) -> None:
    arguments: dict[str, Any] = {"above": [1.0, 2.0], "below": [2.0, 3.0]}
    with pytest.raises(InvalidProblem) as caught:
        compare_formulas(**(arguments | change))
    assert (caught.value.field, caught.value.code) == (field, code)
