"""Maps of portfolios in memory: the same wherever their rows stand, and made in a thread when they are large."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dependency_map import MappedPortfolio, MapRequest, count_through, map_portfolio, mapping
from domain.dependency_map.calendar import finish_day, start_day
from domain.enums import DependencyKind, InitiativeState
from domain.rows import DependencyRow, InitiativeRow, PortfolioRow
from domain.snapshot import PortfolioColumns, View
from domain.snapshot.building import build
from domain.snapshot.loading import Records

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PORTFOLIO = PortfolioRow(UUID(int=1), "Portfolio", "", None, 1, NOW, NOW, None)
CONSTRAINING = list(DependencyKind)[:3]


def _initiative(number: int, **values: Any) -> InitiativeRow:
    blank: dict[str, Any] = dict.fromkeys(InitiativeRow._fields)
    blank |= {"id": UUID(int=number + 1), "portfolio_id": PORTFOLIO.id, "title": str(number), "version": 1}
    blank |= {"state": InitiativeState.PROPOSED, "mandatory": False, "created_at": NOW, "updated_at": NOW}
    return InitiativeRow(**{**blank, **values})


def _dependency(number: int, before: int, after: int, **values: Any) -> DependencyRow:
    given_ = {"kind": DependencyKind.FINISH_TO_START, "hard": True, "lag_weeks": 0.0, **values}
    return DependencyRow(
        id=UUID(int=1_000_000 + number),
        predecessor_id=UUID(int=before + 1),
        successor_id=UUID(int=after + 1),
        note="",
        version=1,
        created_at=NOW,
        updated_at=NOW,
        **given_,
    )


def _columns(initiatives: Sequence[InitiativeRow], dependencies: Sequence[DependencyRow]) -> PortfolioColumns:
    records = Records(
        initiatives=list(initiatives),
        demands=[],
        contributions=[],
        costs_of_delay=[],
        dependencies=list(dependencies),
        scores=[],
        overrides=[],
    )
    return build(PORTFOLIO, records, [])


def _view(columns: PortfolioColumns) -> View:
    missing: Any = None
    return View(organisation=missing, version=missing, directory=missing, portfolios={PORTFOLIO.id: columns})


def _by_title(mapped: MappedPortfolio) -> dict[str, tuple[float, float, int, int]]:
    return {
        mapped.row(node).title: (
            float(mapped.dates.earliest_start[node]),
            float(mapped.dates.total_slack[node]),
            int(mapped.layer[node]),
            int(mapped.component[node]),
        )
        for node in range(len(mapped))
    }


SIZE = 6
EDGES = st.lists(
    st.tuples(
        st.sampled_from([(i, j) for i in range(SIZE) for j in range(i + 1, SIZE)]),
        st.sampled_from(CONSTRAINING),
        st.integers(-2, 2),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda edge: edge[:2],
)
WEEKS = st.lists(st.none() | st.integers(1, 5), min_size=SIZE, max_size=SIZE)


@given(EDGES, WEEKS, st.randoms(use_true_random=False))
def test_a_map_does_not_depend_on_where_rows_stand(
    edges: list[tuple[tuple[int, int], DependencyKind, int, bool]],
    weeks: list[int | None],
    shuffled: random.Random,
) -> None:
    initiatives = [_initiative(n, duration_weeks_likely=duration) for n, duration in enumerate(weeks)]
    dependencies = [
        _dependency(n, *ends, kind=kind, lag_weeks=float(lag), hard=hard)
        for n, (ends, kind, lag, hard) in enumerate(edges)
    ]
    request = MapRequest(today=TODAY)
    first = mapping.compute(_columns(initiatives, dependencies), request)
    shuffled.shuffle(initiatives)
    shuffled.shuffle(dependencies)
    second = mapping.compute(_columns(initiatives, dependencies), request)
    assert first.fingerprint == second.fingerprint
    assert _by_title(first) == _by_title(second)
    assert [first.row(node).id for node in first.order] == [second.row(node).id for node in second.order]
    assert [first.dependency(edge).id for edge in first.edge_order] == [
        second.dependency(edge).id for edge in second.edge_order
    ]


@given(EDGES, WEEKS)
def test_no_initiative_comes_before_what_it_hard_depends_on(
    edges: list[tuple[tuple[int, int], DependencyKind, int, bool]], weeks: list[int | None]
) -> None:
    mapped = mapping.compute(
        _columns(
            [_initiative(n, duration_weeks_likely=duration) for n, duration in enumerate(weeks)],
            [
                _dependency(n, *ends, kind=kind, lag_weeks=float(lag), hard=hard)
                for n, (ends, kind, lag, hard) in enumerate(edges)
            ],
        ),
        MapRequest(today=TODAY),
    )
    place = {int(node): at for at, node in enumerate(mapped.order)}
    for edge in np.flatnonzero(mapped.chart.hard):
        assert place[int(mapped.chart.predecessor[edge])] < place[int(mapped.chart.successor[edge])]


def test_every_figure_that_counts_changes_the_fingerprint() -> None:
    def fingerprint(
        initiative: dict[str, Any] | None = None, dependency: dict[str, Any] | None = None, **request: Any
    ) -> str:
        first = {"duration_weeks_likely": 1.0, **(initiative or {})}
        columns = _columns(
            [_initiative(0, **first), _initiative(1, team_id=UUID(int=7))],
            [_dependency(0, 0, 1, **(dependency or {}))],
        )
        return mapping.compute(columns, MapRequest(**{"today": TODAY, **request})).fingerprint

    variants = [
        fingerprint(),
        fingerprint({"duration_weeks_likely": 2.0}),
        fingerprint({"earliest_start": date(2026, 4, 1)}),
        fingerprint({"deadline": date(2026, 4, 1)}),
        fingerprint({"state": InitiativeState.ACTIVE}),
        fingerprint({"team_id": UUID(int=8)}),
        fingerprint({"category_id": UUID(int=8)}),
        fingerprint(dependency={"hard": False}),
        fingerprint(dependency={"lag_weeks": 1.0}),
        fingerprint(dependency={"kind": DependencyKind.START_TO_START}),
        fingerprint(today=date(2026, 3, 3)),
    ]
    # one category alone crosses nothing
    assert variants.pop(6) == variants[0]
    assert len(set(variants)) == len(variants)
    assert fingerprint() == fingerprint({"title": "renamed"})


async def test_a_large_map_is_made_once_for_all_who_ask() -> None:
    size = mapping.LONG
    columns = _columns(
        [_initiative(n, duration_weeks_likely=1.0) for n in range(size)],
        [_dependency(n, n, n + 1) for n in range(size - 1)],
    )
    view, request = _view(columns), MapRequest(today=TODAY)
    one, other = await asyncio.gather(
        map_portfolio(view, PORTFOLIO.id, request), map_portfolio(view, PORTFOLIO.id, request)
    )
    assert one is other
    assert one.long
    assert (one.dates.finish, int(one.layer.max()), len(one.critical_path)) == (size, size - 1, size)
    counted = await count_through(one)
    assert (counted.before[7], counted.after[7]) == (7, size - 8)
    tomorrow = await map_portfolio(view, PORTFOLIO.id, MapRequest(today=date(2026, 3, 3)))
    assert tomorrow is not one


@pytest.mark.parametrize(
    ("weeks", "start", "finish"),
    [
        (0.0, date(2026, 3, 2), date(2026, 3, 2)),
        (1.0, date(2026, 3, 9), date(2026, 3, 9)),
        (0.1, date(2026, 3, 2), date(2026, 3, 3)),
        # three times a seventh is not quite three sevenths
        (3 * (1 / 7), date(2026, 3, 5), date(2026, 3, 5)),
        (float("nan"), None, None),
        (1e9, None, None),
    ],
)
def test_weeks_lie_in_days(weeks: float, start: date | None, finish: date | None) -> None:
    assert (start_day(TODAY, weeks), finish_day(TODAY, weeks)) == (start, finish)
