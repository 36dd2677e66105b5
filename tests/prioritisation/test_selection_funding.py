"""What would fund an initiative: changes that do, and smaller ones that do not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.selection import select
from prioritisation.selection_funding import what_would_fund
from tests.prioritisation.selection_cases import Case, cases, choices, optimum, worth

RING, CAP = AllocationMode.RING_FENCED, AllocationMode.CAP


@settings(max_examples=80, deadline=None)
@given(cases(max_items=6), st.integers(0, 5))
def test_the_growth_in_value_is_the_exact_one_and_an_obstacle_means_never(case: Case, item: int) -> None:
    assume(item < case.size and optimum(case) is not None)
    problem = case.problem()
    selection = select(problem)
    assume(not selection.chosen[item])
    change = what_would_fund(problem, selection, item)
    possible = [worth(case, chosen) for chosen in choices(case) if chosen[item]]
    if change.obstacle is not None:
        assert not possible
        assert change.value_at_most is None
        return
    needed = selection.value - max(possible)
    assert (change.value_at_least, change.value_at_most, change.exact) == (needed, needed, True)
    value = list(case.value)
    value[item] += needed + 0.5
    assert select(replace(case, value=value).problem()).chosen[item]


@settings(max_examples=80, deadline=None)
@given(cases(max_items=6), st.integers(0, 5))
def test_the_capacity_makes_room_beside_the_plan(case: Case, item: int) -> None:
    assume(item < case.size and optimum(case) is not None)
    problem = case.problem()
    selection = select(problem)
    assume(not selection.chosen[item])
    change = what_would_fund(problem, selection, item)
    if not change.capacity:
        return
    assert all(each.short > 0 for each in change.capacity)
    together = selection.chosen.copy()
    together[[item, *change.with_it]] = True
    assert not problem.limits.fits(problem.used(together))
    limits = problem.limits
    capacity, reserved, upper = limits.capacity.copy(), limits.reserved.copy(), limits.upper.copy()
    for each in change.capacity:
        if each.category is None:
            capacity[each.resource] += each.short
            continue
        at = (each.category, each.resource)
        if limits.reserved[at] == limits.upper[at]:
            capacity[each.resource] += each.short
            reserved[at] += each.short
        upper[at] += each.short
    larger = replace(limits, capacity=capacity, reserved=reserved, upper=upper)
    assert larger.fits(problem.used(together))
    if change.capacity_suffices is not None:
        best = select(replace(problem, limits=larger))
        mandatory = problem.mandatory.copy()
        mandatory[item] = True
        forced = select(replace(problem, limits=larger, mandatory=mandatory))
        assert change.capacity_suffices == (forced.value == best.value)


def test_more_weeks_may_have_a_better_use() -> None:
    # two more weeks would fit the second initiative beside the first; the third makes more of them
    case = Case([11, 2, 8], [[4], [2], [2]], [0] * 3, [4.0], [1.0], [CAP])
    problem = case.problem()
    change = what_would_fund(problem, select(problem), 1)
    assert change.capacity_suffices is False
    assert (change.value_at_most, change.exact, change.displaced) == (1.0, True, (0,))


def test_prerequisites_and_what_would_leave_are_named() -> None:
    case = Case([9, 1, 7], [[4], [2], [2]], [0] * 3, [4.0], [1.0], [RING], [(1, 2)])
    problem = case.problem()
    change = what_would_fund(problem, select(problem), 2)
    assert (change.with_it, change.displaced) == ((1,), (0,))
    assert (change.value_at_least, change.value_at_most) == (1.0, 1.0)


def test_an_exclusion_is_an_obstacle() -> None:
    case = Case([9, 1], [[1], [1]], [0] * 2, [4.0], [1.0], [RING], [(0, 1)], [], [], [0])
    problem = case.problem()
    change = what_would_fund(problem, select(problem), 1)
    assert change.obstacle is not None
    assert (change.obstacle.excluded, change.exact) == ((0,), False)


def test_who_never_fits_is_told_how_much_is_missing() -> None:
    case = Case([9], [[6]], [0], [8.0], [0.5], [RING])
    problem = case.problem()
    change = what_would_fund(problem, select(problem), 0)
    assert change.obstacle is not None
    assert [each.short for each in change.obstacle.never_fits] == [2.0]
    assert change.capacity_suffices is True


def test_what_is_funded_is_refused() -> None:
    case = Case([9], [[1]], [0], [8.0], [0.5], [RING])
    problem = case.problem()
    with pytest.raises(InvalidProblem) as caught:
        what_would_fund(problem, select(problem), 0)
    assert (caught.value.code, caught.value.items) == ("ALREADY_FUNDED", (0,))
    assert np.array_equal(select(problem).chosen, [True])
