"""Splits of capacity: every one against trying everything, and the frontier that they form."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.frontier import fence_price, frontier
from prioritisation.frontier_bounds import ring_fenced
from prioritisation.frontier_grid import split_grid
from prioritisation.frontier_sweep import sweep
from prioritisation.progress import Progress
from prioritisation.selection import SelectionBudget, select
from tests.prioritisation.selection_cases import Case, as_tuple, cases, is_allowed, optimum, worth
from tests.prioritisation.test_selection import portfolio

RING, CAP = AllocationMode.RING_FENCED, AllocationMode.CAP


def at_split(case: Case, split: list[float]) -> Case:
    return replace(case, share=split, mode=[RING] * len(split))


@settings(max_examples=40, deadline=None)
@given(cases(max_items=6), st.sampled_from([2, 3, 4]))
def test_every_split_keeps_its_rules_below_its_bound_and_the_optimum_between(case: Case, steps: int) -> None:
    everything = [1.0] * len(case.share)
    roomy = replace(case, capacity=[1e6] * len(case.capacity), share=everything, mode=[CAP] * len(everything))
    if optimum(roomy) is None:
        with pytest.raises(InvalidProblem) as caught:
            sweep(case.problem(), steps=steps)
        assert caught.value.code == "MANDATORY_DO_NOT_FIT"
        return
    found = sweep(case.problem(), steps=steps, count=5, orders=2)
    for number, parts in enumerate(found.parts.tolist()):
        at = at_split(case, [part / steps for part in parts])
        best = optimum(at)
        if best is None:
            # a bound may overlook that mandatory work does not fit; a plan may not
            assert np.isnan(found.value[number])
            continue
        assert found.bound[number] >= best - 1e-9
        if not np.isnan(found.value[number]):
            chosen = as_tuple(found.chosen(number))
            assert is_allowed(at, chosen)
            assert worth(at, chosen) == pytest.approx(found.value[number])
            assert found.value[number] <= best + 1e-9


@settings(max_examples=10, deadline=None)
@given(cases(max_items=6), st.data())
def test_the_frontier_is_the_best_split_of_each_share(case: Case, data: st.DataObject) -> None:
    steps, categories = 4, len(case.share)
    assume(categories > 1 and optimum(case) is not None)
    category = data.draw(st.integers(0, categories - 1))
    found = frontier(case.problem(), category=category, steps=steps, tries=99, gap=0.0)
    assert found.current.value == optimum(case)
    best: dict[float, float] = {}
    for parts in split_grid(steps=steps, categories=categories).tolist():
        value = optimum(at_split(case, [part / steps for part in parts]))
        if value is not None:
            share = parts[category] / steps
            best[share] = max(best.get(share, 0.0), value)
    assert {point.share: point.value for point in found.points} == best
    for point in found.points:
        assert point.bound == pytest.approx(point.value)
        assert is_allowed(at_split(case, point.split.tolist()), as_tuple(point.chosen))
        better = [value for share, value in best.items() if share > point.share]
        assert point.dominated == any(value >= point.value for value in better)


def test_a_portfolio_of_200_is_swept_close_to_its_optima() -> None:
    problem = portfolio(200, seed=11)
    found = sweep(problem, steps=10, least=[1] * 4, count=40, orders=3)
    assert not np.isnan(found.value).any()
    assert (found.value <= found.bound).all()
    for number in (0, 30, 60):
        at = ring_fenced(problem, found.share[number])
        best = select(at, budget=SelectionBudget(iterations=10_000, nodes=0))
        assert found.value[number] <= best.bound
        assert best.value <= found.bound[number] + 1e-6
        assert found.value[number] >= 0.94 * best.value


def test_threads_do_not_change_the_result_and_neither_does_repetition() -> None:
    problem = portfolio(60, seed=12)
    one, two = sweep(problem, steps=10, workers=1), sweep(problem, steps=10, workers=2)
    assert one.value.tobytes() == two.value.tobytes()
    assert one.bound.tobytes() == two.bound.tobytes()


def test_the_fence_has_two_prices() -> None:
    # pooling funds 0 and 1 for 11; with fences 1 and 2 bring 8, of which 3 are category 1's
    case = Case([6, 5, 3], [[3], [2], [2]], [0, 0, 1], [5.0], [0.5, 0.5], [RING, RING])
    problem = case.problem()
    price = fence_price(problem, select(problem), category=1)
    assert (price.held_at_least, price.held_at_most) == (3.0, 3.0)
    assert (price.own_value, price.own_value_pooled, price.broken) == (3.0, 0.0, 3.0)
    assert (price.enters, price.leaves) == ((0,), (2,))


def test_progress_and_the_present_policy_are_told() -> None:
    case = Case([5, 3], [[2], [2]], [0, 1], [4.0], [0.75, 0.25], [CAP, CAP])
    seen: list[Progress] = []
    found = frontier(case.problem(), category=1, steps=4, progress=seen.append)
    assert [each.done for each in seen] == [0.2, 0.4, 0.6, 0.8, 1.0]
    assert seen[-1].incumbent == 8.0
    assert found.current_share == 0.25


def test_grids_hold_every_split_once_and_within_bounds() -> None:
    found = split_grid(steps=5, categories=3, least=[1, 0, 0], most=[4, 2, 5]).tolist()
    every = [list(p) for p in product(range(6), repeat=3) if sum(p) == 5 and 1 <= p[0] <= 4 and p[1] <= 2]
    assert found == every


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"steps": 0, "categories": 2}, "STEPS_EMPTY"),
        ({"steps": 4, "categories": 2, "least": [3, 2]}, "NO_SPLIT"),
        ({"steps": 4, "categories": 2, "most": [1, 2]}, "NO_SPLIT"),
        ({"steps": 4, "categories": 2, "least": [3, 0], "most": [2, 4]}, "OUT_OF_RANGE"),
        ({"steps": 4, "categories": 2, "least": [3]}, "SHAPE"),
        ({"steps": 1000, "categories": 5}, "TOO_MANY_SPLITS"),
        ({"steps": 200, "categories": 4}, "TOO_MANY_SPLITS"),
    ],
)
def test_impossible_grids_are_refused(arguments: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidProblem) as caught:
        split_grid(**arguments)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_without_categories_there_is_nothing_to_split() -> None:
    case = Case([5], [[2]], [-1], [4.0], [], [])
    with pytest.raises(InvalidProblem) as caught:
        sweep(case.problem())
    assert caught.value.code == "NO_CATEGORIES"
    with pytest.raises(InvalidProblem) as caught:
        frontier(case.problem(), category=0)
    assert caught.value.code == "UNKNOWN_CATEGORY"
