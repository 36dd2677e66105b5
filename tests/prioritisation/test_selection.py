"""The best selection against trying everything, in every mode, and what must not change it."""

import json
import random
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationLimits, AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.progress import Progress
from prioritisation.selection import EXACT, SelectionBudget, SelectionStatus, select
from prioritisation.selection_problem import SelectionProblem
from tests.prioritisation.selection_cases import Case, as_tuple, cases, is_allowed, optimum, worth


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_selection_is_allowed_and_worth_as_much_as_the_best_of_all(case: Case) -> None:
    best = optimum(case)
    if best is None:
        with pytest.raises(InvalidProblem) as caught:
            select(case.problem())
        assert caught.value.code == "MANDATORY_DO_NOT_FIT"
        return
    result = select(case.problem())
    chosen = as_tuple(result.chosen)
    assert is_allowed(case, chosen)
    assert (result.value, result.bound, result.status) == (best, best, SelectionStatus.OPTIMAL)
    assert worth(case, chosen) == best
    assert result.gap == 0.0


@settings(max_examples=60, deadline=None)
@given(cases(whole=False))
def test_fractions_of_weeks_and_values_are_solved_as_well(case: Case) -> None:
    best = optimum(case)
    assume(best is not None)
    result = select(case.problem())
    assert is_allowed(case, as_tuple(result.chosen))
    assert result.value == pytest.approx(best, rel=EXACT)
    assert result.bound >= (best or 0.0) * (1 - EXACT)


@settings(max_examples=40, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_permuting_initiatives_together_with_their_ids_permutes_the_selection(
    case: Case, shuffling: random.Random
) -> None:
    assume(optimum(case) is not None)
    names = list(range(case.size))
    shuffling.shuffle(names)  # initiative i moves to position names[i]
    back = np.argsort(np.array(names, dtype=np.int64))
    moved = Case(
        value=[case.value[i] for i in back],
        demand=[case.demand[i] for i in back],
        category=[case.category[i] for i in back],
        capacity=case.capacity,
        share=case.share,
        mode=case.mode,
        edges=[(names[i], names[j]) for i, j in case.edges],
        groups=[[names[i] for i in group] for group in case.groups],
        mandatory=[names[i] for i in case.mandatory],
        excluded=[names[i] for i in case.excluded],
    )
    here, there = select(case.problem()), select(moved.problem(order=back))
    assert as_tuple(here.chosen) == as_tuple(there.chosen[names] if names else there.chosen)


def portfolio(n: int, *, seed: int, mode: AllocationMode = AllocationMode.RING_FENCED) -> SelectionProblem:
    """Invent initiatives of one to three teams out of eight, in four categories, some building on others."""
    numbers = np.random.default_rng(seed)
    demand = numbers.integers(1, 31, (n, 8)) * (numbers.random((n, 8)) < 0.25)
    ends = numbers.integers(0, n, (2, n // 3))
    ends = np.sort(ends[:, ends[0] != ends[1]], axis=0)
    return SelectionProblem(
        value=(demand.sum(axis=1) * numbers.lognormal(0, 0.5, n)).round(1),
        demand=demand.astype(np.float64),
        category=numbers.integers(0, 4, n),
        limits=AllocationLimits.from_shares(
            capacity=0.35 * demand.sum(axis=0), share=[0.6, 0.2, 0.1, 0.1], mode=[mode] * 4
        ),
        before=ends[0],
        after=ends[1],
    )


@pytest.mark.parametrize("mode", AllocationMode)
def test_a_portfolio_of_600_is_certified_within_three_per_cent_and_keeps_its_limits(
    mode: AllocationMode,
) -> None:
    problem = portfolio(600, seed=4, mode=mode)
    result = select(problem, budget=SelectionBudget(iterations=20_000, nodes=0))
    assert result.gap <= 0.03
    assert result.status is SelectionStatus.FEASIBLE
    assert problem.limits.fits(result.used)
    assert np.array_equal(result.used, problem.used(result.chosen))
    assert result.value == pytest.approx(problem.value[result.chosen].sum())
    assert not (result.chosen[problem.after] & ~result.chosen[problem.before]).any()


def test_the_same_problem_and_budget_give_the_same_bytes() -> None:
    problem, budget = portfolio(150, seed=5), SelectionBudget(iterations=5_000, nodes=300)
    one, two = select(problem, budget=budget), select(problem, budget=budget)
    assert one.chosen.tobytes() == two.chosen.tobytes()
    assert (one.value, one.bound) == (two.value, two.bound)
    assert one.price.tobytes() == two.price.tobytes()


def test_progress_never_falls_and_its_bounds_close_in() -> None:
    seen: list[Progress] = []
    result = select(portfolio(150, seed=6), budget=SelectionBudget(nodes=300), progress=seen.append)
    assert seen[0].phase == "RELAXATION"
    assert seen[-1].phase == "DONE"
    assert seen[-1].done == 1.0
    for earlier, later in pairwise(seen):
        assert later.done >= earlier.done
        assert later.incumbent is not None
        assert earlier.incumbent is not None
        assert later.incumbent >= earlier.incumbent
        assert later.bound is not None
        assert earlier.bound is not None
        assert later.bound <= earlier.bound
    assert (seen[-1].incumbent, seen[-1].bound) == (result.value, result.bound)


def test_what_progress_raises_ends_the_work() -> None:
    class Cancelled(Exception):
        pass

    def cancel(_: Progress) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        select(portfolio(150, seed=6), progress=cancel)


def test_contentment_with_a_gap_ends_the_work_early() -> None:
    phases: list[str] = []
    result = select(
        portfolio(150, seed=7),
        budget=SelectionBudget(gap=0.2),
        progress=lambda each: phases.append(each.phase),
    )
    assert phases == ["RELAXATION", "DONE"]
    assert 0.0 < result.gap <= 0.2
    assert result.status is SelectionStatus.FEASIBLE


def test_petersens_first_research_portfolio() -> None:
    # C. C. Petersen, Management Science 13 (1967): six projects, ten budgets
    weeks = [
        [8, 12, 13, 64, 22, 41],
        [8, 12, 13, 75, 22, 41],
        [3, 6, 4, 18, 6, 4],
        [5, 10, 8, 32, 6, 12],
        [5, 13, 8, 42, 6, 20],
        [5, 13, 8, 48, 6, 20],
        [0, 0, 0, 0, 8, 0],
        [3, 0, 4, 0, 8, 0],
        [3, 2, 4, 0, 8, 4],
        [3, 2, 4, 8, 8, 4],
    ]
    case = Case(
        value=[100, 600, 1200, 2400, 500, 2000],
        demand=[list(row) for row in zip(*weeks, strict=True)],
        category=[-1] * 6,
        capacity=[80, 96, 20, 36, 44, 48, 10, 18, 22, 24],
        share=[],
        mode=[],
    )
    result = select(case.problem())
    assert (result.value, result.status) == (3800.0, SelectionStatus.OPTIMAL)
    assert np.flatnonzero(result.chosen).tolist() == [1, 2, 5]


def test_what_is_worth_nothing_is_funded_only_where_something_needs_it() -> None:
    case = Case(
        value=[0, 0, 3],
        demand=[[1], [1], [1]],
        category=[-1, -1, -1],
        capacity=[9.0],
        share=[],
        mode=[],
        edges=[(0, 2)],
    )
    assert select(case.problem()).chosen.tolist() == [True, False, True]


def test_a_floor_keeps_capacity_for_a_category_that_leaves_it_idle() -> None:
    def best(mode: AllocationMode) -> float:
        case = Case([7, 2], [[8], [1]], [1, 0], [10.0], [0.4, 0.6], [mode, AllocationMode.FLOOR])
        return select(case.problem()).value

    assert best(AllocationMode.FLOOR) == 2.0
    assert best(AllocationMode.RING_FENCED) == 2.0
    assert best(AllocationMode.CAP) == 9.0


def test_prices_are_what_the_relaxation_gains_by_a_week() -> None:
    # one resource, by value per week 3, 2, 1: the second initiative is cut
    case = Case([6, 8, 1], [[2], [4], [1]], [0, 0, 1], [5.0], [0.8, 0.2], [AllocationMode.RING_FENCED] * 2)
    price = select(case.problem()).price
    assert price[:2].ravel().tolist() == pytest.approx([2.0, 0.0])
    assert price.shape == (3, 1)


def test_nothing_to_choose_from() -> None:
    case = Case([], [], [], [3.0], [1.0], [AllocationMode.CAP])
    result = select(case.problem())
    assert (result.value, result.bound, result.gap, result.status) == (0.0, 0.0, 0.0, SelectionStatus.OPTIMAL)


@pytest.mark.parametrize("change", [lambda v: v * 2.0**300, lambda v: v * 2.0**-300])
def test_units_of_value_do_not_matter(change: Callable[[float], float]) -> None:
    problem = portfolio(60, seed=8)
    other = SelectionProblem(
        value=np.array([change(v) for v in problem.value]),
        demand=problem.demand,
        category=problem.category,
        limits=problem.limits,
        before=problem.before,
        after=problem.after,
    )
    assert select(other).value == pytest.approx(change(select(problem).value), rel=1e-9)


def test_results_can_be_told_to_a_client() -> None:
    result = select(portfolio(30, seed=9))
    told = json.dumps([result.value, result.bound, result.gap, result.status, result.used.tolist()])
    assert json.loads(told)[3] in {"OPTIMAL", "FEASIBLE"}
