"""What must stop to start something: the least that is lost, against trying everything."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from prioritisation.allocation_limits import AllocationMode
from prioritisation.errors import InvalidProblem
from prioritisation.selection_result import SelectionStatus
from prioritisation.selection_stopping import stop_to_start
from tests.prioritisation.selection_cases import Case, cases, choices

RING, CAP = AllocationMode.RING_FENCED, AllocationMode.CAP


def least_lost(case: Case, running: list[bool], stoppable: list[bool], starts: set[int]) -> float | None:
    """Try all sets to stop."""
    best: float | None = None
    allowed = set(choices(case))
    for stopped in product((False, True), repeat=case.size):
        if any(s and not (r and t) for s, r, t in zip(stopped, running, stoppable, strict=True)):
            continue
        then = tuple(
            (r and not s) or i in starts for i, (r, s) in enumerate(zip(running, stopped, strict=True))
        )
        if then in allowed:
            lost = sum(v for v, s in zip(case.value, stopped, strict=True) if s)
            best = lost if best is None else min(best, lost)
    return best


@settings(max_examples=100, deadline=None)
@given(cases(max_items=6), st.data())
def test_no_less_valuable_set_would_do(case: Case, data: st.DataObject) -> None:
    case = Case(
        case.value, case.demand, case.category, case.capacity, case.share, case.mode, case.edges, case.groups
    )
    allowed = list(choices(case))
    assume(case.size > 0 and allowed)
    running = list(data.draw(st.sampled_from(allowed)))
    assume(not all(running))
    item = data.draw(st.sampled_from([i for i, runs in enumerate(running) if not runs]))
    stoppable = data.draw(st.lists(st.booleans(), min_size=case.size, max_size=case.size))
    problem = case.problem()
    starts = {item, *problem.needs(item).tolist()} - {i for i, runs in enumerate(running) if runs}
    best = least_lost(case, running, stoppable, starts)
    if best is None:
        with pytest.raises(InvalidProblem) as caught:
            stop_to_start(problem, running=np.array(running), stoppable=np.array(stoppable), item=item)
        assert caught.value.code == "CANNOT_START"
        return
    answer = stop_to_start(problem, running=np.array(running), stoppable=np.array(stoppable), item=item)
    assert set(answer.starts) == starts
    assert (answer.lost, answer.lost_at_least, answer.status) == (best, best, SelectionStatus.OPTIMAL)
    assert all(running[i] and stoppable[i] for i in answer.stops)
    assert answer.lost == sum(case.value[i] for i in answer.stops)


def test_what_depends_on_a_stopped_one_stops_with_it_and_frees_its_weeks() -> None:
    # stopping 0 takes 1 along and costs 3; stopping 2 costs 4
    case = Case([1, 2, 4, 9], [[2], [1], [3], [3]], [0] * 4, [6.0], [1.0], [RING], [(0, 1)])
    running = np.array([True, True, True, False])
    answer = stop_to_start(case.problem(), running=running, stoppable=running, item=3)
    assert (answer.stops, answer.starts, answer.lost, answer.gained) == ((0, 1), (3,), 3.0, 9.0)
    assert answer.freed.tolist() == [[3.0], [0.0]]
    assert answer.pays


def test_what_is_worth_nothing_runs_on_where_it_is_not_in_the_way() -> None:
    case = Case([0, 5, 9], [[1, 0], [0, 3], [0, 3]], [0] * 3, [6.0, 3.0], [1.0], [RING])
    running = np.array([True, True, False])
    answer = stop_to_start(case.problem(), running=running, stoppable=running, item=2)
    assert answer.stops == (1,)


def test_mandatory_work_is_never_stopped() -> None:
    case = Case([1, 5, 9], [[3], [3], [3]], [0] * 3, [6.0], [1.0], [CAP], mandatory=[0])
    running = np.array([True, True, False])
    assert stop_to_start(case.problem(), running=running, stoppable=running, item=2).stops == (1,)


def test_what_runs_already_and_wrong_columns_are_refused() -> None:
    case = Case([1, 5], [[3], [3]], [0] * 2, [6.0], [1.0], [CAP])
    running = np.array([True, False])
    with pytest.raises(InvalidProblem) as caught:
        stop_to_start(case.problem(), running=running, stoppable=running, item=0)
    assert caught.value.code == "ALREADY_RUNNING"
    with pytest.raises(InvalidProblem) as caught:
        stop_to_start(case.problem(), running=running[:1], stoppable=running, item=1)
    assert caught.value.code == "SHAPE"


def test_a_rival_that_may_not_be_stopped_is_in_the_way() -> None:
    case = Case([1, 5], [[1], [1]], [0] * 2, [6.0], [1.0], [CAP], groups=[[0, 1]])
    running, none = np.array([True, False]), np.array([False, False])
    with pytest.raises(InvalidProblem) as caught:
        stop_to_start(case.problem(), running=running, stoppable=none, item=1)
    assert (caught.value.code, caught.value.items) == ("CANNOT_START", (0, 1))
    assert stop_to_start(case.problem(), running=running, stoppable=running, item=1).stops == (0,)
