import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from prioritisation.agreement import Mover, compare, compare_all
from prioritisation.errors import InvalidProblem
from prioritisation.ranking import rank

NAN = math.nan


def by_counting(first: list[float], second: list[float]) -> float | None:
    """Kendall's definition, pair by pair."""
    agreeing = ordered_first = ordered_second = 0
    for (a, b), (c, d) in itertools.combinations(zip(first, second, strict=True), 2):
        if any(math.isnan(value) for value in (a, b, c, d)):
            continue
        one, other = np.sign(a - c), np.sign(b - d)
        agreeing += one * other
        ordered_first += one != 0
        ordered_second += other != 0
    return agreeing / math.sqrt(ordered_first * ordered_second) if ordered_first and ordered_second else None


def test_textbook_example_without_ties() -> None:
    # Siegel (1956): authoritarianism and striving for status of twelve students; S = 44 of 66 pairs.
    authoritarianism = [2, 6, 5, 1, 10, 9, 8, 3, 4, 12, 7, 11]
    status = [3, 4, 2, 1, 8, 11, 10, 6, 7, 12, 5, 9]
    assert compare(rank(authoritarianism), rank(status)).tau_b == pytest.approx(44 / 66)


def test_ties_are_corrected_for() -> None:
    assert compare(rank([3, 2, 2, 1]), rank([3, 2, 1, 1])).tau_b == pytest.approx(4 / 5)


def test_same_and_reverse_order() -> None:
    scores = np.arange(50.0)
    assert compare(rank(scores), rank(scores * 3 + 1)).tau_b == pytest.approx(1)
    assert compare(rank(scores), rank(-scores)).tau_b == pytest.approx(-1)


@pytest.mark.parametrize(
    ("first", "second"),
    [([], []), ([1.0], [1.0]), ([1, 1], [1, 2]), ([1, NAN], [NAN, 1]), ([1, 2, NAN], [2, NAN, 1])],
)
def test_without_an_order_there_is_nothing_to_agree_on(first: list[float], second: list[float]) -> None:
    assert compare(rank(first), rank(second)).tau_b is None


def test_largest_moves_come_first_and_who_stays_is_no_mover() -> None:
    agreement = compare(rank([6, 5, 4, 3, 2, 1]), rank([1, 6, 5, 2, 3, 4]))
    assert agreement.movers == (
        Mover(item=0, first_place=1, second_place=6, shift=-5),
        Mover(item=5, first_place=6, second_place=3, shift=3),
        Mover(item=1, first_place=2, second_place=1, shift=1),
        Mover(item=2, first_place=3, second_place=2, shift=1),
        Mover(item=3, first_place=4, second_place=5, shift=-1),
        Mover(item=4, first_place=5, second_place=4, shift=1),
    )
    assert len(compare(rank([6, 5, 4]), rank([1, 6, 5]), most=2).movers) == 2
    assert compare(rank([3, 2, 1]), rank([3, 2, 1])).movers == ()


def test_who_is_ranked_once_is_named_and_moves_nobody() -> None:
    agreement = compare(rank([9, 8, 7, NAN, NAN]), rank([NAN, 2, 1, 3, NAN]))
    assert agreement.compared == 2
    assert agreement.tau_b == 1
    assert agreement.movers == ()
    assert (agreement.only_first.tolist(), agreement.only_second.tolist()) == ([0], [3])


def test_table_of_several_methods() -> None:
    table = compare_all({"a": rank([3, 2, 1, NAN]), "b": rank([1, 2, 3, NAN]), "c": rank([1, 1, NAN, NAN])})
    assert table.names == ("a", "b", "c")
    np.testing.assert_allclose(table.tau_b, [[1, -1, NAN], [-1, 1, NAN], [NAN, NAN, NAN]])
    assert table.compared.tolist() == [[3, 3, 2], [3, 3, 2], [2, 2, 2]]
    assert table.highest.tolist() == [1, 2, 1, 0]
    assert table.lowest.tolist() == [3, 2, 3, 0]


def test_rankings_of_different_portfolios_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="3 and 2 initiatives") as caught:
        compare(rank([1, 2, 3]), rank([1, 2]))
    assert caught.value.code == "SHAPE"
    with pytest.raises(InvalidProblem):
        compare_all({"a": rank([1, 2, 3]), "b": rank([1, 2])})
    with pytest.raises(InvalidProblem) as none:
        compare_all({})
    assert none.value.code == "NO_RANKINGS"


pairs = st.lists(
    st.tuples(*[st.one_of(st.integers(0, 5).map(float), st.just(NAN), st.floats(-1e6, 1e6))] * 2), max_size=15
)


@given(pairs)
def test_agrees_with_kendalls_definition(scores: list[tuple[float, float]]) -> None:
    first, second = [a for a, _ in scores], [b for _, b in scores]
    expected = by_counting(first, second)
    for one, other in ((first, second), (second, first)):
        tau = compare(rank(one), rank(other)).tau_b
        assert (tau is None) == (expected is None)
        if tau is not None and expected is not None:
            assert tau == pytest.approx(expected, abs=1e-12)


@given(pairs, st.integers(0, 2**32 - 1))
def test_order_of_the_input_does_not_matter(scores: list[tuple[float, float]], seed: int) -> None:
    table = np.array(scores).reshape(-1, 2)
    shuffle = np.random.default_rng(seed).permutation(len(table))
    ids = np.arange(len(table))
    straight = compare(*(rank(column, ids) for column in table.T), most=5)
    shuffled = compare(*(rank(column, shuffle) for column in table[shuffle].T), most=5)
    assert shuffled.tau_b == straight.tau_b
    assert [(int(shuffle[m.item]), m.shift) for m in shuffled.movers] == [
        (m.item, m.shift) for m in straight.movers
    ]


@given(st.integers(2, 3000), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_agrees_with_scipy(size: int, levels: int, seed: int) -> None:
    first, second = np.random.default_rng(seed).integers(0, levels, size=(2, size)).astype(float)
    expected = stats.kendalltau(first, second, method="asymptotic").statistic if size > 2 else NAN
    tau = compare(rank(first), rank(second)).tau_b
    if not math.isnan(expected):
        assert tau == pytest.approx(expected, abs=1e-12)


def test_a_hundred_thousand_initiatives_are_compared() -> None:
    scores = np.random.default_rng(4).normal(size=(2, 100_000))
    scores[1] += scores[0]
    # Of a bivariate normal distribution tau is 2/π · arcsin(ρ), here with ρ = 1/√2.
    assert compare(rank(scores[0]), rank(scores[1])).tau_b == pytest.approx(0.5, abs=0.01)
