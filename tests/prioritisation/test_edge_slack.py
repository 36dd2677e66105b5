"""Slack of single dependencies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prioritisation.critical_path import critical_path
from prioritisation.dependencies import DependencyMap, DependencyType
from prioritisation.edge_slack import edge_slack

FS, SS, FF = DependencyType


def _chart(
    size: int,
    edges: list[tuple[int, int, DependencyType, float]],
    *,
    hard: bool = True,
) -> DependencyMap:
    before, after, kinds, lags = zip(*edges, strict=True)
    return DependencyMap(
        size=size,
        predecessor=np.array(before),
        successor=np.array(after),
        type=np.array(kinds),
        lag_weeks=np.array(lags, dtype=np.float64),
        hard=np.full(len(edges), hard),
    )


@pytest.mark.parametrize(("kind", "free", "total"), [(FS, 3, 8), (SS, 6, 11), (FF, 4, 9)])
def test_each_type_measures_between_its_own_ends(kind: DependencyType, free: float, total: float) -> None:
    chart = _chart(3, [(0, 1, kind, 1)])
    found = edge_slack(chart, critical_path(chart, duration=[3, 1, 13], earliest_start=[0, 7, 0]))
    assert (found.free.tolist(), found.total.tolist()) == ([free], [total])


def test_soft_dependencies_have_no_total_slack_and_may_be_broken() -> None:
    chart = _chart(2, [(0, 1, FS, 2)], hard=False)
    found = edge_slack(chart, critical_path(chart, duration=[3, 1]))
    assert found.free.tolist() == [-5.0]
    assert np.isnan(found.total).all()


SIZE = 6
PAIRS = [(i, j) for i in range(SIZE) for j in range(i + 1, SIZE)]
EDGES = st.lists(
    st.tuples(st.sampled_from(PAIRS), st.sampled_from(DependencyType), st.integers(-3, 3)),
    min_size=1,
    max_size=8,
)


@given(EDGES, st.lists(st.integers(0, 5), min_size=SIZE, max_size=SIZE), st.data())
def test_lag_may_grow_by_the_total_slack_and_no_more(
    edges: list[tuple[tuple[int, int], DependencyType, int]], duration: list[int], data: st.DataObject
) -> None:
    grown = data.draw(st.integers(0, len(edges) - 1))

    def chart(more: float) -> DependencyMap:
        lags = [lag + more * (k == grown) for k, (_, _, lag) in enumerate(edges)]
        return _chart(SIZE, [(*ends, kind, lag) for (ends, kind, _), lag in zip(edges, lags, strict=True)])

    dates = critical_path(chart(0), duration=duration)
    slack = float(edge_slack(chart(0), dates).total[grown])
    assert slack >= 0
    assert critical_path(chart(slack), duration=duration).finish == dates.finish
    assert critical_path(chart(slack + 1), duration=duration).finish == dates.finish + 1
