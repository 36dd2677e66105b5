import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.critical_path import critical_path
from prioritisation.dependencies import DependencyMap, DependencyType
from prioritisation.errors import InvalidProblem
from prioritisation.slips import linear_cost, slip_impact, table_cost
from tests.prioritisation.precedence_cases import columns
from tests.prioritisation.test_critical_path import ACTIVITIES, ARROWS, WEEKS, chart_of, networks

CONSTRUCTION = chart_of(ARROWS, ACTIVITIES)


def test_slip_moves_the_critical_path_in_full_and_slack_absorbs_the_rest() -> None:
    # I has two weeks of slack before J.
    impact = slip_impact(CONSTRUCTION, ACTIVITIES.index("I"), weeks=3, duration=WEEKS)
    moves = {ACTIVITIES[i]: move for i, move in zip(impact.items, impact.finish_moves, strict=True)}
    assert moves == {"I": 3.0, "J": 1.0, "K": 1.0, "L": 1.0, "N": 1.0}
    assert impact.absorbed.tolist() == [0.0, 2.0, 2.0, 2.0, 2.0]
    assert impact.finish_moves_by == 1.0
    assert math.isnan(impact.total_cost)


def test_items_come_by_new_start() -> None:
    impact = slip_impact(CONSTRUCTION, 0, weeks=1, duration=WEEKS)
    assert impact.items[0] == 0
    assert impact.new_start[1:].tolist() == sorted(impact.new_start[1:])
    assert impact.items.size == 14


@given(networks(), st.integers(0, 8), st.booleans(), st.data())
def test_moves_are_the_difference_of_two_plans(
    network: tuple[DependencyMap, list[int], list[int]], weeks: int, takes_longer: bool, data: st.DataObject
) -> None:
    chart, durations, given_start = network
    item = data.draw(st.integers(0, chart.size - 1))
    impact = slip_impact(
        chart, item, weeks=weeks, duration=durations, earliest_start=given_start, takes_longer=takes_longer
    )
    base = critical_path(chart, duration=durations, earliest_start=given_start)
    later_start, later_durations = np.array(given_start, dtype=np.float64), list(durations)
    later_start[item] = base.earliest_start[item] + (0 if takes_longer else weeks)
    later_durations[item] += weeks if takes_longer else 0
    plan = critical_path(chart, duration=later_durations, earliest_start=later_start)
    assert (
        impact.finish_moves.tolist() == (plan.earliest_finish - base.earliest_finish)[impact.items].tolist()
    )
    assert impact.finish_moves[0] == weeks
    assert (impact.finish_moves >= 0).all()
    assert (impact.finish_moves <= weeks).all()
    untouched = np.setdiff1d(np.arange(chart.size), impact.items)
    assert (plan.earliest_finish[untouched] == base.earliest_finish[untouched]).all()
    assert impact.finish_moves_by == plan.finish - base.finish


def test_item_that_takes_longer_does_not_move_what_waits_for_its_start() -> None:
    before, after = columns([(0, 1), (0, 2)])
    chart = DependencyMap(
        size=3,
        predecessor=before,
        successor=after,
        type=np.array([DependencyType.START_TO_START, DependencyType.FINISH_TO_FINISH]),
    )
    longer = slip_impact(chart, 0, weeks=2, duration=[4, 4, 4], takes_longer=True)
    assert dict(zip(longer.items.tolist(), longer.finish_moves.tolist(), strict=True)) == {0: 2, 1: 0, 2: 2}
    later = slip_impact(chart, 0, weeks=2, duration=[4, 4, 4])
    assert later.finish_moves.tolist() == [2, 2, 2]


def test_cost_is_that_of_the_moved_finish_dates_and_unknown_stays_unknown() -> None:
    chart = chart_of(["AB", "AC"], "ABC")
    impact = slip_impact(chart, 0, weeks=2, duration=[1, 1, 1], delay_cost=linear_cost([5, None, 10]))
    assert impact.delay_cost[[0, 2]].tolist() == [10.0, 20.0]
    assert math.isnan(impact.delay_cost[1])
    assert impact.total_cost == 30.0


def test_table_gives_the_cost_at_the_end_of_the_period_and_its_last_column_after_that() -> None:
    table = np.array([[1.0, 2.0, 4.0, 100.0]] * 2)
    cost = table_cost(table, weeks_per_period=2.0)
    for finish, expected in ((0.0, 1.0), (2.0, 1.0), (2.1, 2.0), (6.0, 4.0), (6.5, 100.0), (99.0, 100.0)):
        assert cost(np.array([finish, 2.0])).tolist() == [expected, 1.0]
    chart = chart_of(["AB"], "AB")
    impact = slip_impact(chart, 0, weeks=4, duration=[2, 2], delay_cost=cost)
    assert impact.delay_cost.tolist() == [3.0, 98.0]


def test_unknown_durations_mark_what_waits_for_them() -> None:
    chart = chart_of(["AB", "BC"], "ABC")
    impact = slip_impact(chart, 0, weeks=1, duration=[1, None, 1])
    assert impact.at_least.tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("weeks", "code"), [(-1.0, "NEGATIVE"), (math.nan, "NOT_FINITE"), (math.inf, "NOT_FINITE")]
)
def test_slip_that_is_no_length_of_time_is_refused(weeks: float, code: str) -> None:
    with pytest.raises(InvalidProblem) as raised:
        slip_impact(CONSTRUCTION, 0, weeks=weeks, duration=WEEKS)
    assert (raised.value.field, raised.value.code) == ("weeks", code)


def test_table_without_periods_or_with_periods_of_no_length_is_refused() -> None:
    with pytest.raises(InvalidProblem):
        table_cost(np.empty((2, 0)))
    with pytest.raises(InvalidProblem):
        table_cost([[1.0]], weeks_per_period=0.0)
