"""Stated ranks: taken where dependencies allow it, always feasible, and refused with what is in the way."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ranking.overriding import Obstacles, Precedences, obstacles, override


def edges(*pairs: tuple[int, int]) -> Precedences:
    tails, heads = zip(*pairs, strict=True) if pairs else ((), ())
    return Precedences(tails=np.array(tails, dtype=np.int64), heads=np.array(heads, dtype=np.int64))


def ranks(size: int, stated: dict[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    array = np.zeros(size, dtype=np.int64)
    for index, rank in stated.items():
        array[index] = rank
    return array


def placed(size: int, stated: dict[int, int], *pairs: tuple[int, int]) -> list[int]:
    """The order 0, 1, 2, … with stated ranks."""
    every = np.arange(size)
    order: list[int] = override(every, ranks(size, stated), every, edges(*pairs)).tolist()
    return order


def in_the_way(size: int, index: int, stated: dict[int, int], *pairs: tuple[int, int]) -> Obstacles | None:
    every = np.arange(size)
    return obstacles(index, every, ranks(size, stated), every, edges(*pairs))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({4: 1}, [4, 0, 1, 2, 3]),
        ({0: 3}, [1, 2, 0, 3, 4]),
        ({0: 3, 4: 1}, [4, 1, 0, 2, 3]),
        ({0: 99}, [1, 2, 3, 4, 0]),
        ({0: 99, 1: 100}, [2, 3, 4, 0, 1]),
        # the same rank twice, as a change of state can bring it: by id
        ({3: 2, 1: 2}, [0, 1, 3, 2, 4]),
        ({index: 5 - index for index in range(5)}, [4, 3, 2, 1, 0]),
    ],
)
def test_stated_ranks_are_taken_and_the_others_keep_their_order(
    stated: dict[int, int], expected: list[int]
) -> None:
    assert placed(5, stated) == expected


def test_what_waits_too_long_takes_the_first_rank_after_what_it_waits_for() -> None:
    assert placed(5, {4: 1}, (2, 4)) == [0, 1, 2, 4, 3]


def test_what_waits_for_a_demoted_initiative_follows_it() -> None:
    assert placed(5, {0: 4}, (0, 1), (1, 2)) == [3, 4, 0, 1, 2]
    assert placed(6, {0: 4}, (0, 1)) == [2, 3, 4, 0, 1, 5]


def test_a_predecessor_that_states_a_later_rank_takes_its_successor_along() -> None:
    assert placed(5, {0: 4, 1: 2}, (0, 1)) == [2, 3, 4, 0, 1]


def test_predecessors_in_the_way_are_named_with_the_ranks_that_are_possible() -> None:
    assert in_the_way(5, 4, {4: 2}, (0, 4), (2, 4)) == Obstacles(indices=(2,), earliest=4, latest=5)
    assert in_the_way(5, 4, {4: 4}, (0, 4), (2, 4)) is None


def test_successors_in_the_way_are_named_with_the_ranks_that_are_possible() -> None:
    assert in_the_way(5, 0, {0: 5}, (0, 2), (0, 3)) == Obstacles(indices=(2, 3), earliest=1, latest=2)
    assert in_the_way(5, 0, {0: 2}, (0, 2), (0, 3)) is None


def test_a_rank_that_is_taken_names_who_holds_it() -> None:
    assert in_the_way(4, 3, {3: 2, 1: 2}) == Obstacles(indices=(1,), earliest=1, latest=4)


def test_a_rank_that_would_cost_another_its_stated_rank_is_refused() -> None:
    # 1 waits for 0 and states the rank right behind it
    assert in_the_way(4, 3, {3: 1, 1: 2}, (0, 1)) == Obstacles(indices=(1,), earliest=1, latest=4)


def test_who_has_lost_a_stated_rank_to_dependencies_can_be_in_the_way() -> None:
    # 3 states rank 2, and comes third because it waits for 1
    assert placed(5, {3: 2}, (1, 3)) == [0, 1, 3, 2, 4]
    assert in_the_way(5, 4, {3: 2, 4: 3}, (1, 3)) == Obstacles(indices=(3,), earliest=1, latest=5)


def test_without_a_possible_rank_there_is_none() -> None:
    assert in_the_way(3, 1, {0: 2, 1: 1, 2: 3}, (0, 1), (1, 2)) == Obstacles(
        indices=(0,), earliest=0, latest=0
    )


class Case(NamedTuple):
    """An order of indices by number, so that it is feasible, with stated ranks."""

    size: int
    stated: dict[int, int]
    pairs: list[tuple[int, int]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    size = draw(st.integers(1, 9))
    index = st.integers(0, size - 1)
    pairs = draw(st.lists(st.tuples(index, index).filter(lambda pair: pair[0] < pair[1]), max_size=12))
    stated = draw(st.dictionaries(index, st.integers(1, size + 2), max_size=4))
    return Case(size, stated, pairs)


@given(cases())
def test_every_order_is_feasible_and_complete(case: Case) -> None:
    order = placed(case.size, case.stated, *case.pairs)
    assert sorted(order) == list(range(case.size))
    assert all(order.index(before) < order.index(after) for before, after in case.pairs)


@given(cases())
def test_without_dependencies_every_stated_rank_that_is_there_once_is_taken(case: Case) -> None:
    possible = {index: rank for index, rank in case.stated.items() if rank <= case.size}
    once = {index: rank for index, rank in possible.items() if list(possible.values()).count(rank) == 1}
    order = placed(case.size, once)
    assert all(order.index(index) == rank - 1 for index, rank in once.items())
    assert [index for index in order if index not in once] == sorted(set(range(case.size)) - once.keys())


@given(cases(), st.data())
def test_what_nothing_stands_in_the_way_of_is_taken_and_costs_nobody_a_rank(
    case: Case, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, case.size - 1))
    rank = data.draw(st.integers(1, case.size))
    others = {other: stated for other, stated in case.stated.items() if other != index}
    before = placed(case.size, others, *case.pairs)
    found = in_the_way(case.size, index, {**others, index: rank}, *case.pairs)
    after = placed(case.size, {**others, index: rank}, *case.pairs)
    held = {other for other, stated in others.items() if before.index(other) + 1 == stated}
    if found is None:
        assert after.index(index) == rank - 1
        assert all(after.index(other) + 1 == others[other] for other in held)
    else:
        assert found.indices
        assert index not in found.indices


@given(cases(), st.data())
def test_possible_ranks_are_exactly_those_between_the_neighbours(case: Case, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, case.size - 1))
    possible = [
        rank
        for rank in range(1, case.size + 1)
        if in_the_way(case.size, index, {index: rank}, *case.pairs) is None
    ]
    assert possible == list(range(possible[0], possible[-1] + 1))
    for rank in range(1, case.size + 1):
        found = in_the_way(case.size, index, {index: rank}, *case.pairs)
        if found is not None:
            assert (found.earliest, found.latest) == (possible[0], possible[-1])
