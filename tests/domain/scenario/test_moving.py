"""What has changed between two inputs is named, and nothing else is."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from domain.enums import InitiativeState
from domain.planning.input import PlanningInput
from domain.scenario.errors import Moved, MovedKind
from domain.scenario.moving import moved
from prioritisation.allocation_limits import AllocationMode
from tests.planning_inputs import Work, a_plan


def _plan(work: dict[str, Work] | None = None, *edges: str, **changes: Any) -> PlanningInput:
    given: dict[str, Any] = {
        "capacity": {"web": 24, "web/js": 12},
        "shares": {"run": (0.6, AllocationMode.RING_FENCED)},
    }
    return a_plan(
        work
        or {
            "A": Work(value=100, demand={"web": 6}, category="run"),
            "B": Work(value=50, demand={"web/js": 3}),
        },
        *edges,
        **{**given, **changes},
    )


def test_nothing_has_moved_where_only_names_differ() -> None:
    base = _plan()
    renamed = replace(base, names=replace(base.names, initiatives=("New name", "B")))
    assert moved(base, renamed) == ()


def test_initiatives_that_come_go_and_change_are_named_with_what_has_changed() -> None:
    base = _plan()
    now = _plan(
        {
            "B": Work(
                value=60,
                weeks=6,
                demand={"web/js": 4},
                state=InitiativeState.ACTIVE,
                deadline=date(2026, 3, 1),
            ),
            "C": Work(value=10),
        }
    )
    assert moved(base, now) == (
        Moved(MovedKind.INITIATIVE_ENTERED, "C", "is new, or open again"),
        Moved(MovedKind.INITIATIVE_LEFT, "A", "is completed, stopped, or archived"),
        Moved(
            MovedKind.INITIATIVE_CHANGED,
            "B",
            "state, in flight, duration, deadline, demand, cost of delay, value",
        ),
    )


def test_capacity_allocation_and_dependencies_are_named_by_team_category_and_ends() -> None:
    base = _plan(None, "A>B")
    now = _plan(
        None,
        capacity={"web": 24, "web/js": None},
        shares={"run": (0.6, AllocationMode.CAP)},
    )
    assert moved(base, now) == (
        Moved(MovedKind.CAPACITY, "web (js)", "capacity"),
        Moved(MovedKind.ALLOCATION, "run", "share or mode"),
        Moved(MovedKind.DEPENDENCIES, "A → B", "dependency"),
    )


def test_bookings_scoring_and_the_cycle() -> None:
    base = _plan()
    booked = replace(base, spent=np.array([2.0, np.nan]))
    assert moved(base, booked) == (Moved(MovedKind.INITIATIVE_CHANGED, "A", "bookings"),)
    settings = replace(base.ranking.settings, currency="CHF")
    other = replace(base, ranking=replace(base.ranking, settings=settings))
    assert moved(base, other) == (Moved(MovedKind.SCORING, "Portfolio", "method, model or weights"),)
    assert moved(base, _plan(last=date(2026, 3, 28)))[0] == Moved(MovedKind.SETTINGS, "Cycle", "ends on")
