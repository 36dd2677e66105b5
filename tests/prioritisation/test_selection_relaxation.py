"""The relaxation bounds every selection, whatever the multipliers, and its prices are its slopes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

from prioritisation.allocation_limits import AllocationMode
from prioritisation.multiples import quantum, to_multiples
from prioritisation.selection_fixing import fix_by_bound, misfits, settle
from prioritisation.selection_instance import instance
from prioritisation.selection_relaxation import prices, rows_of, solve
from tests.prioritisation.selection_cases import Case, cases, choices, optimum, worth

RING, FLOOR, CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP


@settings(max_examples=60, deadline=None)
@given(cases())
def test_no_selection_is_worth_more_than_the_bound_and_none_breaks_a_row(case: Case) -> None:
    best = optimum(case)
    assume(best is not None)
    at = instance(case.problem())
    fixed = settle(case.size, at, at.forced, at.barred)
    fixed = (fixed[0], misfits(case.size, at, *fixed))
    rows = rows_of(at, *fixed)
    assert solve(rows).bound >= (best or 0.0) - 1e-9
    floors = np.argwhere(rows.floor >= 0)
    for chosen in choices(case):
        taken = np.array(chosen, dtype=np.bool_)[at.items]
        used = np.zeros(at.reserved.shape)
        np.add.at(used, at.category[taken], case.problem().demand[at.items][taken])
        point = np.concatenate((taken.astype(np.float64), np.zeros(len(floors))))
        for b, k in floors:
            point[rows.floor[b, k]] = max(used[b, k], at.reserved[b, k])
        assert (np.asarray(rows.matrix @ point) <= rows.right + 1e-6).all()


@settings(max_examples=40, deadline=None)
@given(cases())
def test_what_is_fixed_by_the_bound_is_common_to_all_that_is_better(case: Case) -> None:
    best = optimum(case)
    assume(best is not None and best > 0)
    at = instance(case.problem())
    fixed = settle(case.size, at, at.forced, at.barred)
    relaxed = solve(rows_of(at, *fixed))
    into, out = fix_by_bound(at, fixed, bound=relaxed.bound, reduced=relaxed.reduced, wanted=best or 0.0)
    for chosen in choices(case):
        if worth(case, chosen) >= (best or 0.0):
            taken = np.array(chosen, dtype=np.bool_)[at.items]
            assert taken[into].all()
            assert not taken[out].any()


@pytest.mark.parametrize("mode", AllocationMode)
def test_prices_are_the_slopes_of_the_bound(mode: AllocationMode) -> None:
    case = Case([6.0] * 3 + [4.0] * 3, [[2]] * 6, [0] * 3 + [1] * 3, [10.0], [0.5, 0.5], [mode, mode])

    def bound(problem_case: Case, weeks: float) -> float:
        problem = problem_case.problem()
        limits = problem.limits.enlarged(resource=0, weeks=weeks, category=0)
        at = instance(replace(problem, limits=limits))
        return solve(rows_of(at, at.forced, at.barred)).bound

    # whole weeks of items of two weeks round down: two more weeks make one item
    at = instance(case.problem())
    rows = rows_of(at, at.forced, at.barred)
    price = prices(rows, solve(rows))[0, 0]
    assert bound(case, 2.0) - bound(case, 0.0) == pytest.approx(2 * price)


def test_limits_round_down_to_what_sums_can_reach() -> None:
    assert quantum(np.array([0.6, 0.9])) == pytest.approx(0.3)
    assert quantum(np.array([np.pi, 2.0])) == 0.0
    limits = to_multiples(np.array([5.99, 6.0, 0.7]), np.array([0, 0, 1, 2]), np.array([3.0, 6.0, 2.0, 0.1]))
    assert limits.tolist() == pytest.approx([3.0, 6.0, 0.7])
