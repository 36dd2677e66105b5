import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from prioritisation.critical_path import critical_path, date_violations
from prioritisation.dependencies import DependencyMap, DependencyType
from prioritisation.errors import InvalidProblem
from tests.prioritisation.precedence_cases import columns, dags

FS, SS, FF = DependencyType.FINISH_TO_START, DependencyType.START_TO_START, DependencyType.FINISH_TO_FINISH

# The construction project of Hillier & Lieberman, Introduction to Operations Research: 14 activities, 44 weeks.
ACTIVITIES = "ABCDEFGHIJKLMN"
WEEKS = [2, 4, 10, 6, 4, 5, 7, 9, 7, 8, 4, 5, 2, 6]
ARROWS = ["AB", "BC", "CD", "CE", "CI", "EF", "DG", "EH", "GH", "FJ", "IJ", "JK", "JL", "HM", "KN", "LN"]


def chart_of(arrows: list[str], names: str) -> DependencyMap:
    before, after = columns([(names.index(arrow[0]), names.index(arrow[1])) for arrow in arrows])
    return DependencyMap(size=len(names), predecessor=before, successor=after)


def test_textbook_project_has_the_published_dates_slack_and_path() -> None:
    found = critical_path(chart_of(ARROWS, ACTIVITIES), duration=WEEKS)
    assert found.finish == 44
    assert "".join(ACTIVITIES[i] for i in found.path) == "ABCEFJLN"
    assert found.earliest_start.tolist() == [0, 2, 6, 16, 16, 20, 22, 29, 16, 25, 33, 33, 38, 38]
    assert found.total_slack.tolist() == [0, 0, 0, 4, 0, 0, 4, 4, 2, 0, 1, 0, 4, 0]
    assert found.free_slack.tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 4, 0]
    assert "".join(ACTIVITIES[i] for i in np.flatnonzero(found.critical)) == "ABCEFJLN"
    assert not found.at_least.any()


@pytest.mark.parametrize(
    ("kind", "lag", "start"),
    [
        (FS, 0, 4),
        (FS, 2, 6),
        (FS, -3, 1),
        (FS, -9, 0),
        (SS, 1, 1),
        (SS, -1, 0),
        (FF, 0, 1),
        (FF, 2, 3),
        (FF, -4, 0),
    ],
)
def test_each_type_with_its_lag_sets_the_start(kind: DependencyType, lag: float, start: float) -> None:
    chart = DependencyMap(
        size=2,
        predecessor=np.array([0]),
        successor=np.array([1]),
        type=np.array([kind]),
        lag_weeks=np.array([float(lag)]),
    )
    found = critical_path(chart, duration=[4, 3])
    assert found.earliest_start.tolist() == [0, start]
    assert found.finish == max(4, start + 3)


def test_earliest_start_given_delays_what_follows_and_the_past_means_now() -> None:
    chart = chart_of(["AB"], "AB")
    found = critical_path(chart, duration=[2, 3], earliest_start=[5, None])
    assert found.earliest_start.tolist() == [5, 7]
    assert found.path.tolist() == [0, 1]
    assert critical_path(chart, duration=[2, 3], earliest_start=[-5, 4]).earliest_start.tolist() == [0, 4]


@st.composite
def networks(draw: st.DrawFn) -> tuple[DependencyMap, list[int], list[int]]:
    n, edges = draw(dags(7, min_nodes=1))
    before, after = columns(edges)
    m = len(edges)
    chart = DependencyMap(
        size=n,
        predecessor=before,
        successor=after,
        type=np.array(draw(st.lists(st.integers(0, 2), min_size=m, max_size=m)), dtype=np.int64),
        lag_weeks=np.array(draw(st.lists(st.integers(-4, 4), min_size=m, max_size=m)), dtype=np.float64),
    )
    amounts = st.lists(st.integers(0, 6), min_size=n, max_size=n)
    return chart, draw(amounts), draw(amounts)


def solved(
    chart: DependencyMap, weeks: list[int], given: list[int], *, finish: float | None, sign: int
) -> list[float]:
    """Earliest (sign 1) or latest (sign -1) starts by linear programming."""
    rows, limits = [], []
    for i, j, kind, lag in zip(
        chart.predecessor.tolist(), chart.successor.tolist(), chart.type, chart.lag_weeks, strict=True
    ):
        row = np.zeros(chart.size)
        row[i] += 1
        row[j] -= 1
        rows.append(row)
        limits.append(-lag - (weeks[i] if kind != SS else 0) + (weeks[j] if kind == FF else 0))
    bounds = [(r, None if finish is None else finish - p) for r, p in zip(given, weeks, strict=True)]
    matrix = np.array(rows).reshape(-1, chart.size)
    answer = linprog(sign * np.ones(chart.size), A_ub=matrix, b_ub=np.array(limits), bounds=bounds)
    assert answer.x is not None
    return [float(x) for x in answer.x]


@given(networks())
def test_dates_agree_with_linear_programming(network: tuple[DependencyMap, list[int], list[int]]) -> None:
    chart, weeks, given_start = network
    found = critical_path(chart, duration=weeks, earliest_start=given_start)
    earliest = solved(chart, weeks, given_start, finish=None, sign=1)
    assert found.earliest_start.tolist() == pytest.approx(earliest, abs=1e-6)
    latest = solved(chart, weeks, given_start, finish=found.finish, sign=-1)
    assert found.latest_start.tolist() == pytest.approx(latest, abs=1e-6)
    assert (found.free_slack <= found.total_slack).all()
    assert (found.free_slack >= 0).all()
    assert found.critical[found.path].all()
    assert found.earliest_finish[found.path[-1]] == found.finish


@given(networks())
def test_item_may_be_late_by_its_free_slack_without_moving_any_other(
    network: tuple[DependencyMap, list[int], list[int]],
) -> None:
    chart, weeks, given_start = network
    found = critical_path(chart, duration=weeks, earliest_start=given_start)
    for item in range(chart.size):
        for slack, may_move in ((found.free_slack, [item]), (found.total_slack, list(range(chart.size)))):
            later = found.earliest_start.copy()
            later[item] += slack[item]
            moved = critical_path(chart, duration=weeks, earliest_start=later)
            others = np.setdiff1d(np.arange(chart.size), may_move)
            assert (moved.earliest_start[others] == found.earliest_start[others]).all()
            assert moved.finish == found.finish


def test_unknown_duration_is_not_zero_but_a_lower_bound_for_what_waits() -> None:
    chart = chart_of(["AB", "BC", "AD"], "ABCD")
    found = critical_path(chart, duration=[2, None, 3, 4])
    assert found.unknown.tolist() == [False, True, False, False]
    assert found.at_least.tolist() == [False, True, True, False]
    assert found.earliest_start.tolist() == [0, 2, 2, 2]


def test_no_items_are_done_at_once() -> None:
    found = critical_path(DependencyMap(size=0), duration=[])
    assert (found.finish, found.path.tolist()) == (0.0, [])


@pytest.mark.parametrize(
    ("duration", "code"), [([1, -1], "NEGATIVE"), ([1, np.inf], "NOT_FINITE"), ([1], "SHAPE")]
)
def test_wrong_durations_are_refused(duration: list[float], code: str) -> None:
    with pytest.raises(InvalidProblem) as raised:
        critical_path(DependencyMap(size=2), duration=duration)
    assert (raised.value.field, raised.value.code) == ("duration", code)


def test_deadlines_and_plans_that_cannot_hold_are_named_with_their_weeks() -> None:
    chart = DependencyMap(
        size=4,
        predecessor=np.array([0, 1, 0]),
        successor=np.array([1, 2, 3]),
        type=np.array([FS, FS, SS]),
        hard=np.array([True, True, False]),
    )
    found = date_violations(
        chart,
        duration=[3, 2, 4, None],
        deadline=[3, 4, None, -1],
        planned_start=[1, 3, 6, 0],
        planned_finish=[None, 6, None, None],
    )
    assert found.late.tolist() == [1, 3]
    assert found.late_by.tolist() == [1.0, 1.0]
    assert found.broken.tolist() == [0, 2]
    assert found.broken_by.tolist() == [1.0, 1.0]


def test_plan_without_dates_breaks_nothing() -> None:
    chart = chart_of(["AB"], "AB")
    found = date_violations(chart, duration=[1, 1], planned_start=[None, 0], deadline=[None, None])
    assert (found.late.tolist(), found.broken.tolist()) == ([], [])


def test_planned_finish_before_planned_start_is_refused() -> None:
    with pytest.raises(InvalidProblem) as raised:
        date_violations(chart_of(["AB"], "AB"), duration=[1, 1], planned_start=[3, 0], planned_finish=[2, 1])
    assert (raised.value.field, raised.value.items) == ("planned_finish", (0,))
