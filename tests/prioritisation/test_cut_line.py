"""The cut line of a board, in both readings, against walking down by hand."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationMode
from prioritisation.cut_line import CutReading, walk_down
from prioritisation.errors import InvalidProblem
from prioritisation.selection import select
from tests.prioritisation.selection_cases import Case, as_tuple, cases, is_allowed, optimum

RING, CAP = AllocationMode.RING_FENCED, AllocationMode.CAP


def needs_of(case: Case, item: int) -> set[int]:
    """Return what an initiative needs, itself included."""
    found = {item}
    while True:
        more = found | {before for before, after in case.edges if after in found}
        if more == found:
            return found
        found = more


def by_hand(case: Case, ranking: list[int]) -> tuple[bool, ...]:
    """Walk down a ranking and fund each with its prerequisites if that is allowed."""
    funded = set().union(*(needs_of(case, item) for item in case.mandatory))
    for item in ranking:
        then = funded | needs_of(case, item)
        if is_allowed(case, tuple(i in then for i in range(case.size))):
            funded = then
    return tuple(i in funded for i in range(case.size))


@settings(max_examples=150, deadline=None)
@given(cases(), st.data())
def test_a_board_that_skips_does_what_it_does_by_hand(case: Case, data: st.DataObject) -> None:
    best = optimum(case)
    assume(best is not None)
    ranking = data.draw(st.permutations(range(case.size)))
    line = walk_down(case.problem(), list(ranking))
    assert as_tuple(line.chosen) == by_hand(case, list(ranking))
    assert line.value <= (best or 0.0)
    out = [place for place, item in enumerate(ranking) if not line.chosen[item]]
    assert line.line == (out[0] if out else case.size)


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_a_board_that_stops_funds_no_more_than_one_that_skips(case: Case, data: st.DataObject) -> None:
    assume(optimum(case) is not None)
    ranking = list(data.draw(st.permutations(range(case.size))))
    stopped = walk_down(case.problem(), ranking, reading=CutReading.STOP)
    assert is_allowed(case, as_tuple(stopped.chosen))
    skipped = walk_down(case.problem(), ranking)
    assert not (stopped.chosen & ~skipped.chosen).any()


def test_stopping_means_at_the_first_that_capacity_keeps_out() -> None:
    # 1 is excluded and 2 a rival of 0: neither stops the board; 3 does not fit and does
    case = Case([1] * 5, [[1], [1], [1], [9], [1]], [0] * 5, [5.0], [1.0], [CAP], [], [[0, 2]], [], [1])
    stopped = walk_down(case.problem(), [0, 1, 2, 3, 4], reading=CutReading.STOP)
    assert stopped.chosen.tolist() == [True, False, False, False, False]
    assert walk_down(case.problem(), [0, 1, 2, 3, 4]).chosen.tolist() == [True, False, False, False, True]
    assert (stopped.line, stopped.reading) == (1, CutReading.STOP)


def test_a_prerequisite_further_down_is_funded_with_what_needs_it() -> None:
    case = Case([5, 1, 4], [[2], [2], [2]], [0] * 3, [4.0], [1.0], [RING], [(1, 0)])
    assert walk_down(case.problem(), [0, 2, 1]).chosen.tolist() == [True, True, False]


def test_the_cut_line_may_lie_below_the_optimum_and_never_above() -> None:
    case = Case([10, 9, 9], [[3], [2], [2]], [0] * 3, [4.0], [1.0], [RING])
    problem = case.problem()
    assert walk_down(problem, [0, 1, 2]).value == 10.0
    assert select(problem).value == 18.0


@pytest.mark.parametrize(("ranking", "code"), [([0, 0], "REPEATED_POSITION"), ([5], "UNKNOWN_POSITION")])
def test_rankings_that_are_none_are_refused(ranking: list[int], code: str) -> None:
    case = Case([1, 1], [[1], [1]], [0, 0], [5.0], [1.0], [RING])
    with pytest.raises(InvalidProblem) as caught:
        walk_down(case.problem(), ranking)
    assert caught.value.code == code


def test_a_mandatory_set_that_does_not_fit_is_refused() -> None:
    case = Case([1, 1], [[4], [4]], [0, 0], [5.0], [1.0], [RING], mandatory=[0, 1])
    with pytest.raises(InvalidProblem) as caught:
        walk_down(case.problem(), [0, 1])
    assert (caught.value.code, caught.value.items) == ("MANDATORY_DO_NOT_FIT", (0, 1))
    assert np.array_equal(case.problem().forced, [True, True])
