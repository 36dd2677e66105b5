from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from prioritisation.errors import InvalidProblem
from prioritisation.schedule_explanation import Cause, critical_chain, reasons, slack, utilisation
from prioritisation.schedule_problem import InfeasibleSchedule, Schedule, ScheduleProblem
from prioritisation.scheduling import ScheduleBudget, schedule
from tests.prioritisation.schedule_cases import keeps_dates, keeps_limits, problems

BUDGET = ScheduleBudget(evaluations=200, proof=0.2)


def solved(**columns: Any) -> tuple[ScheduleProblem, Schedule]:
    problem = ScheduleProblem(**columns)
    return problem, schedule(problem, budget=BUDGET)


def test_every_cause_is_told() -> None:
    """One team of one: 0 in flight, 1 waits for it, 2 for the team, 3 for its own date, 4, 5 and 6 are undone."""
    problem, found = solved(
        duration=[1, 1, 2, 1, 9, 1, 1, 1],
        demand=[[1.0], [1.0], [1.0], [0.0], [0.0], [0.0], [2.0], [0.0]],
        capacity=[[1.0]] * 8,
        cost=[[1, 2, 3, 4, 5, 6, 7, 8, 99], [5 * t for t in range(9)], *([[*range(9)]] * 6)],
        before=[0, 4],
        after=[1, 5],
        earliest=[0, 0, 0, 6, 0, 0, 0, 0],
        fixed_start=[0, -1, -1, -1, -1, -1, -1, -1],
    )
    found_reasons = reasons(problem, found)
    assert [reason.cause for reason in found_reasons] == [
        Cause.FIXED,
        Cause.PREDECESSOR,
        Cause.RESOURCE,
        Cause.EARLIEST,
        Cause.TOO_LATE,
        Cause.PREDECESSOR_UNDONE,
        Cause.NO_ROOM,
        Cause.BEGINNING,
    ]
    assert (found_reasons[1].predecessor, found_reasons[1].edge) == (0, 0)
    assert (found_reasons[2].predecessor, found_reasons[2].resource, found_reasons[2].period) == (1, 0, 1)
    assert (found_reasons[5].predecessor, found_reasons[5].edge) == (4, 1)
    assert found_reasons[6].resource == 0


def test_the_critical_chain_goes_through_dependencies_and_resources() -> None:
    problem, found = solved(
        duration=[2, 3, 1, 1],
        demand=[[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]],
        capacity=[[1.0, 1.0]] * 9,
        cost=[[*range(10)], [*range(10)], [*range(10)], [100 * t for t in range(10)]],
        before=[0],
        after=[1],
    )
    assert found.start.tolist() == [0, 2, 2, 0]
    chain = critical_chain(problem, found)
    assert chain.items.tolist() == [0, 1]
    assert [link.cause for link in chain.links] == [Cause.BEGINNING, Cause.PREDECESSOR]
    other = critical_chain(problem, found, item=2)
    assert other.items.tolist() == [0, 2]
    assert other.links[1].cause is Cause.RESOURCE
    with pytest.raises(InvalidProblem):
        critical_chain(problem, found, item=4)


def test_the_limit_of_a_category_is_told_apart_from_that_of_the_resource() -> None:
    fence = np.full((3, 1, 1), 1.0)
    problem, found = solved(
        duration=[1, 1],
        demand=[[1.0], [1.0]],
        capacity=[[5.0]] * 3,
        cost=[[0, 1, 2, 3]] * 2,
        category=[0, 0],
        reserved=fence,
        upper=fence,
    )
    waiting = reasons(problem, found)[int(np.argmax(found.start))]
    assert (waiting.cause, waiting.resource, waiting.category) == (Cause.RESOURCE, 0, 0)


def test_utilisation_has_no_share_of_nothing() -> None:
    problem, found = solved(duration=[1], demand=[[1.0, 0.0]], capacity=[[2.0, 0.0]] * 2, cost=[[0, 1, 2]])
    used = utilisation(problem, found)
    assert used.share[:, 0].tolist() == [0.5, 0.0]
    assert np.isnan(used.share[:, 1]).all()
    assert used.total[0] == 0.25


def test_slack_stops_at_successors_deadlines_and_full_resources() -> None:
    problem, found = solved(
        duration=[1, 2, 1],
        demand=[[1.0], [1.0], [1.0]],
        capacity=[[1.0]] * 6,
        cost=[[6 * t for t in range(7)], [5 * t for t in range(7)], [*range(7)]],
        before=[0],
        after=[1],
        latest=[-1, -1, 4],
    )
    assert found.start.tolist() == [0, 1, 3]
    result = slack(problem, found)
    assert result.free.tolist() == [0, 0, 1]
    assert result.total.tolist() == [0, 0, 0]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(problem=problems())
def test_explanations_hold_for_every_schedule(problem: ScheduleProblem) -> None:
    try:
        found = schedule(problem, budget=BUDGET)
    except InfeasibleSchedule:
        return
    result = slack(problem, found)
    for j, reason in enumerate(reasons(problem, found)):
        assert reason.item == j
        undone = reason.cause in {Cause.TOO_LATE, Cause.PREDECESSOR_UNDONE, Cause.NO_ROOM}
        assert undone == (found.start[j] < 0) or reason.cause is Cause.SEQUENCE
        later = found.start.copy()
        if found.start[j] >= 0:
            later[j] += result.free[j]
            assert keeps_dates(problem, tuple(later.tolist()))
            assert keeps_limits(problem, tuple(later.tolist()))
        chain = critical_chain(problem, found, item=j)
        assert chain.items.tolist() == [link.item for link in chain.links]
        assert (chain.items.size > 0) == (found.start[j] >= 0)
        for before, link in zip(chain.items[:-1].tolist(), chain.links[1:], strict=True):
            assert link.predecessor == before
    moved = np.where(found.start >= 0, found.start + result.total, -1)
    assert keeps_dates(problem, tuple(moved.tolist()))
    assert keeps_limits(problem, tuple(moved.tolist()))
