"""What a person-week is worth: verified gains against trying everything, and prices by hand."""

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings

from prioritisation.allocation_limits import AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.selection import select
from prioritisation.selection_marginal import marginal_values
from tests.prioritisation.selection_cases import Case, cases, optimum

RING = AllocationMode.RING_FENCED


@settings(max_examples=50, deadline=None)
@given(cases(max_items=6))
def test_a_week_for_all_shares_gains_what_trying_everything_says(case: Case) -> None:
    best = optimum(case)
    assume(best is not None and case.size)
    problem = case.problem()
    for each in marginal_values(problem, select(problem), verify=99):
        assert each.exact
        assert each.price >= 0.0
        if each.category is None:
            capacity = list(case.capacity)
            capacity[each.resource] += 1.0
            more = optimum(replace(case, capacity=capacity))
            assert more is not None
            assert each.gain_at_least == more - (best or 0.0)


def test_by_hand_in_every_mode() -> None:
    # 3 per week in category 0 and 2 in category 1, and in each an initiative half funded
    def prices(mode: AllocationMode) -> dict[int | None, float]:
        case = Case([6.0] * 3 + [4.0] * 3, [[2]] * 6, [0] * 3 + [1] * 3, [10.0], [0.5, 0.5], [mode, mode])
        problem = case.problem()
        return {each.category: each.price for each in marginal_values(problem, select(problem), verify=0)}

    for mode in AllocationMode:
        assert prices(mode) == pytest.approx({None: 2.5, 0: 3.0, 1: 2.0})


def test_a_gain_names_who_enters_and_who_leaves() -> None:
    case = Case([6, 8, 1], [[2], [4], [1]], [0] * 3, [3.0], [1.0], [RING])
    problem = case.problem()
    first = marginal_values(problem, select(problem), verify=1)[0]
    assert (first.resource, first.category) == (0, None)
    assert (first.gain_at_least, first.enters, first.leaves) == (1.0, (1,), (0, 2))
    assert first.verified


def test_what_is_not_verified_says_so() -> None:
    case = Case([6], [[2]], [0], [1.0], [1.0], [RING])
    problem = case.problem()
    estimated = marginal_values(problem, select(problem), verify=0)
    assert [each.verified for each in estimated] == [False] * len(estimated)
    assert [each.exact for each in estimated] == [False] * len(estimated)


def test_no_weeks_are_refused() -> None:
    case = Case([6], [[2]], [0], [1.0], [1.0], [RING])
    problem = case.problem()
    with pytest.raises(InvalidProblem) as caught:
        marginal_values(problem, select(problem), weeks=0.0)
    assert caught.value.code == "NOT_POSITIVE"
