import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.errors import InvalidProblem
from prioritisation.ranking import rank

NAN = math.nan


def by_hand(scores: list[float], ids: list[int]) -> tuple[list[int], list[int]]:
    """Sort and count in plain Python."""
    scored = [i for i in range(len(scores)) if not math.isnan(scores[i])]
    order = sorted(scored, key=lambda i: (-scores[i], ids[i]))
    different = sorted({scores[i] for i in scored}, reverse=True)
    ranks = [0 if math.isnan(value) else different.index(value) + 1 for value in scores]
    return order + sorted(set(range(len(scores))) - set(scored), key=lambda i: ids[i]), ranks


def test_equal_scores_share_a_dense_rank_and_stand_by_id() -> None:
    ranking = rank([5.0, 7.0, 5.0, 9.0, 7.0, 1.0], tie_break=[5, 4, 3, 2, 1, 0])
    assert ranking.order.tolist() == [3, 4, 1, 2, 0, 5]
    assert ranking.rank.tolist() == [3, 2, 3, 1, 2, 4]
    assert ranking.place.tolist() == [5, 3, 4, 1, 2, 6]
    assert not ranking.unranked.any()


def test_what_has_no_score_comes_last_by_id_and_has_no_rank() -> None:
    ranking = rank([NAN, -5.0, NAN, -5.0], tie_break=[9, 3, 2, 1])
    assert ranking.order.tolist() == [3, 1, 2, 0]
    assert ranking.rank.tolist() == [0, 1, 0, 1]
    assert ranking.unranked.tolist() == [True, False, True, False]


def test_nothing_near_is_taken_for_equal() -> None:
    ranking = rank([0.1 + 0.2, 0.3])
    assert ranking.rank.tolist() == [1, 2]


def test_negative_zero_is_zero() -> None:
    assert rank([-0.0, 0.0, -0.0]).rank.tolist() == [1, 1, 1]


def test_empty_portfolio_has_an_empty_ranking() -> None:
    ranking = rank([])
    assert (ranking.order.tolist(), ranking.rank.tolist()) == ([], [])
    assert ranking.order.dtype == np.int64


def test_portfolio_without_any_score_is_ordered_by_id() -> None:
    ranking = rank([NAN, NAN], tie_break=[1, 0])
    assert ranking.order.tolist() == [1, 0]
    assert ranking.rank.tolist() == [0, 0]


def test_infinite_score_is_refused_by_name() -> None:
    with pytest.raises(InvalidProblem) as caught:
        rank([1.0, math.inf])
    assert (caught.value.code, caught.value.items) == ("NOT_FINITE", (1,))


def test_wrong_tie_break_is_refused() -> None:
    with pytest.raises(InvalidProblem, match="2 entries, not 1"):
        rank([1.0, 2.0], tie_break=[0])


def test_result_cannot_be_written_to() -> None:
    ranking = rank([2.0, 1.0, 1.0, NAN])
    for array in (ranking.order, ranking.rank, ranking.score, ranking.unranked):
        assert not array.flags.writeable


scores_with_ties = st.lists(
    st.one_of(st.integers(-3, 3).map(float), st.floats(-1e9, 1e9), st.just(NAN)), max_size=60
)


@given(scores_with_ties, st.integers(0, 2**32 - 1))
def test_agrees_with_plain_python(scores: list[float], seed: int) -> None:
    ids = np.random.default_rng(seed).permutation(len(scores)).tolist()
    ranking = rank(scores, tie_break=ids)
    assert (ranking.order.tolist(), ranking.rank.tolist()) == by_hand(scores, ids)
    ranking = rank(scores)
    assert (ranking.order.tolist(), ranking.rank.tolist()) == by_hand(scores, list(range(len(scores))))


@given(scores_with_ties, st.integers(0, 2**32 - 1))
def test_order_of_the_input_does_not_matter(scores: list[float], seed: int) -> None:
    shuffle = np.random.default_rng(seed).permutation(len(scores))
    ids = np.arange(len(scores)) * 10 - 7
    straight = rank(scores, tie_break=ids)
    shuffled = rank(np.array(scores, dtype=float)[shuffle], tie_break=ids[shuffle])
    np.testing.assert_array_equal(shuffle[shuffled.order], straight.order)
    np.testing.assert_array_equal(shuffled.rank, straight.rank[shuffle])


def test_large_rankings_with_many_ties_are_stable() -> None:
    rng = np.random.default_rng(2)
    scores = rng.integers(0, 50, 100_000).astype(float)
    ids = rng.permutation(100_000)
    np.testing.assert_array_equal(rank(scores, tie_break=ids).order, np.lexsort((ids, -scores)))
    np.testing.assert_array_equal(rank(scores).order, np.argsort(-scores, kind="stable"))
