"""What is left for new work, who competes for it, and when it can run: small portfolios solved by hand."""

from datetime import date

import numpy as np
import pytest

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.planning.delay_costs import BASES, DelayBasis
from domain.planning.input import PlanningInput
from domain.planning.limits import room_by_period, room_in_all
from domain.planning.problems import selection_problem
from domain.planning.standing import Bar, Standing, effort_of, standing_of
from domain.planning.timing import Gap, schedule_problem
from prioritisation.allocation_limits import AllocationMode
from tests.planning_inputs import Work, a_plan

ACTIVE, PAUSED = InitiativeState.ACTIVE, InitiativeState.PAUSED
RING, FLOOR, CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP


def bars(posed: PlanningInput) -> dict[str, set[Bar]]:
    standing = standing_of(posed)
    return {
        title: set(standing.bars_of(at))
        for at, title in enumerate(posed.names.initiatives)
        if standing.bars_of(at)
    }


def barred(standing: Standing, posed: PlanningInput) -> str:
    return "".join(title for title, no in zip(posed.names.initiatives, standing.barred, strict=True) if no)


def test_what_is_unknown_is_barred_and_named() -> None:
    posed = a_plan(
        {
            "A": Work(value=1, demand={"Core": 3}),
            "B": Work(demand={"Core": 3}),
            "C": Work(value=1),
            "D": Work(value=1, demand={"Web": 1, "Core": 1}),
            "E": Work(value=1, demand={"Core": 1}),
            "F": Work(value=1, demand={"Core": 1}, earliest=date(2026, 4, 1)),
            "G": Work(value=1, demand={"Core": 1}, weeks=4, deadline=date(2026, 1, 31)),
            "H": Work(value=1, demand={"Core": 1}, weeks=4, deadline=date(2026, 2, 1)),
            "I": Work(value=1, demand={"Web": 0}),
        },
        capacity={"Core": 12, "Web": None},
        gone={"E": "Z"},
    )
    assert bars(posed) == {
        "B": {Bar.VALUE_UNKNOWN},
        "C": {Bar.EFFORT_UNKNOWN},
        "D": {Bar.CAPACITY_UNKNOWN},
        "E": {Bar.PREREQUISITE_GONE},
        "F": {Bar.STARTS_AFTER_CYCLE},
        "G": {Bar.DEADLINE_UNATTAINABLE},
    }
    assert barred(standing_of(posed), posed) == "BCDEFG"


def test_what_is_mandatory_and_what_it_needs_is_held_back_by_exclusion_alone() -> None:
    work = {
        "A": Work(),
        "B": Work(value=1, mandatory=True, demand={"Core": 2}),
        "C": Work(value=1, demand={"Core": 2}),
    }
    posed = a_plan(work, "A>B", capacity={"Core": 12})
    standing = standing_of(posed)
    assert standing.forced.tolist() == [True, True, False]
    assert barred(standing, posed) == ""
    assert set(standing.bars_of(0)) == {Bar.VALUE_UNKNOWN, Bar.EFFORT_UNKNOWN}
    problem = selection_problem(posed).problem
    assert problem.value.tolist() == [0, 1, 1]
    excluded = a_plan(work, "A>B", capacity={"Core": 12}, excluded=np.array([True, False, False]))
    assert barred(standing_of(excluded), excluded) == "A"


def test_exclusion_outweighs_being_in_flight_or_mandatory() -> None:
    work = {
        "A": Work(value=1, state=ACTIVE, demand={"Core": 6}),
        "B": Work(value=1, mandatory=True, demand={"Core": 1}),
    }
    posed = a_plan(work, capacity={"Core": 12}, excluded=np.array([True, True]))
    standing = standing_of(posed)
    assert not standing.committed.any()
    assert not standing.mandatory.any()
    assert selection_problem(posed).room.left.tolist() == [12]


def test_work_in_flight_takes_what_it_still_needs_within_the_cycle() -> None:
    posed = a_plan(
        {
            # half done: 4 of 8 person-weeks, in 3 of 6 weeks
            "A": Work(value=1, weeks=6, state=ACTIVE, demand={"Core": 8}, spent=4),
            # goes on for 24 weeks, 12 of them in the cycle
            "B": Work(value=1, weeks=24, state=ACTIVE, demand={"Web": 6}),
            "C": Work(value=1, weeks=4, state=PAUSED, demand={"Core": 3}, spent=1),
        },
        "A>C",
        capacity={"Core": 12, "Web": 12},
    )
    standing, effort = standing_of(posed), effort_of(posed)
    room = room_in_all(posed, standing, effort)
    core, web = posed.names.teams.index("Core"), posed.names.teams.index("Web")
    assert room.left[core] == pytest.approx(12 - 4)
    assert room.left[web] == pytest.approx(12 - 3)
    weekly = room_by_period(posed, standing, effort)
    np.testing.assert_allclose(weekly.committed[:, -1, core], [4 / 3] * 3 + [0] * 9)
    # one person-week a week is less than that: nothing is left, and it is said by how much
    np.testing.assert_allclose(weekly.over[:4, core], [1 / 3] * 3 + [0])
    np.testing.assert_allclose(weekly.left[:4, core], [0, 0, 0, 1])
    problem = selection_problem(posed).problem
    assert problem.mandatory.tolist() == [True, True, False]
    assert problem.demand[:, core].tolist() == [0, 0, 2]
    assert problem.before.size == 0


def test_shares_hold_for_what_other_portfolios_leave() -> None:
    posed = a_plan(
        {"A": Work(value=1, category="Run", demand={"Core/rust": 1})},
        capacity={"Core": 24, "Core/rust": 12},
        shares={"Run": (0.5, RING), "Change": (0.25, FLOOR), "Rest": (0.1, CAP)},
        elsewhere={"Core": 4},
    )
    room = selection_problem(posed).room
    at = {name: index for index, name in enumerate(posed.names.categories)}
    assert room.left.tolist() == [20, 12]
    assert room.reserved[at["Run"]].tolist() == [10, 0]
    assert room.upper[at["Run"]].tolist() == [10, np.inf]
    assert room.reserved[at["Change"], 0] == 5
    assert room.upper[at["Change"], 0] == np.inf
    assert room.reserved[at["Rest"], 0] == 0
    assert room.upper[at["Rest"], 0] == 2
    # a demand for a skill counts on the skill and on its team
    assert selection_problem(posed).problem.demand.tolist() == [[1, 1]]


def test_work_in_flight_beyond_its_share_takes_from_others_ring_fences_in_proportion() -> None:
    posed = a_plan(
        {"A": Work(value=1, weeks=12, state=ACTIVE, category="Run", demand={"Core": 16})},
        capacity={"Core": 20},
        shares={"Run": (0.5, RING), "Change": (0.3, RING), "Rest": (0.1, RING)},
    )
    room = selection_problem(posed).room
    at = {name: index for index, name in enumerate(posed.names.categories)}
    assert room.left.tolist() == [4]
    assert room.upper[at["Run"]].tolist() == [0]
    assert room.reserved[at["Change"], 0] == pytest.approx(3)
    assert room.reserved[at["Rest"], 0] == pytest.approx(1)
    assert room.over.tolist() == [0]


def test_alternatives_of_what_is_in_flight_are_barred() -> None:
    work = {
        title: Work(value=1, state=ACTIVE if title in "AD" else PAUSED, demand={"Core": 1})
        for title in "ABCD"
    }
    posed = a_plan(work, capacity={"Core": 12}, alternatives=["AB", "BC", "AD"])
    assert bars(posed) == {"B": {Bar.ALTERNATIVE_IN_FLIGHT}}
    assert [group.tolist() for group in selection_problem(posed).problem.alternatives] == [
        [0, 1],
        [1, 2],
        [0],
    ]


def test_durations_dates_and_lags_become_whole_periods() -> None:
    posed = a_plan(
        {
            "A": Work(value=10, weeks=2.5, demand={"Core": 3}),
            "B": Work(value=10, weeks=2, demand={"Core": 1}, earliest=date(2026, 1, 13)),
            "C": Work(value=10, weeks=1, demand={"Core": 1}, deadline=date(2026, 2, 14)),
            "D": Work(value=10, weeks=5, state=ACTIVE, demand={"Core": 5}),
        },
        "A>B",
        "A>C",
        "D>C",
        lag={"A>B": 0.5, "D>C": -1.5},
        kinds={"A>C": DependencyKind.START_TO_START},
        capacity={"Core": 24},
    )
    made = schedule_problem(posed, np.ones(4, dtype=np.bool_))
    problem = made.problem
    assert problem.duration.tolist() == [3, 2, 1, 5]
    # 13 January is a Tuesday: the first whole week after it is the third; 14 February lies in the sixth week
    assert problem.earliest.tolist() == [0, 2, 0, 0]
    assert problem.latest.tolist() == [-1, -1, 4, -1]
    assert problem.fixed_start.tolist() == [-1, -1, -1, 0]
    assert problem.lag.tolist() == [1, 0, -1]
    assert problem.demand[:, 0].tolist() == [1, 0.5, 1, 0]
    # what is in flight takes one person-week a week of two
    np.testing.assert_allclose(problem.capacity[:, 0], [1] * 5 + [2] * 7)
    # finishing after the first week costs a week of delay; what is left undone counts as begun when the cycle ends
    np.testing.assert_allclose(problem.cost[1, [0, 1, 11, 12]], [1000, 2000, 12_000, 14_000])


def test_a_pace_beyond_the_teams_share_takes_longer() -> None:
    posed = a_plan(
        {"A": Work(value=1, weeks=2, category="Change", demand={"Core": 6})},
        capacity={"Core": 60},
        shares={"Change": (0.2, RING)},
    )
    made = schedule_problem(posed, np.ones(1, dtype=np.bool_))
    # 3 person-weeks a week are asked for, 20 % of 5 are there
    assert made.problem.duration.tolist() == [6]
    assert made.stretched.tolist() == [True]
    assert made.weeks.tolist() == [6]
    none = a_plan(
        {"A": Work(value=1, weeks=2, category="Change", demand={"Core": 6})},
        capacity={"Core": 0},
        shares={"Change": (0.2, RING)},
    )
    assert schedule_problem(none, np.ones(1, dtype=np.bool_)).gaps[Gap.NO_CAPACITY].tolist() == [True]


def test_who_cant_be_placed_is_named_and_so_is_who_waits_for_it() -> None:
    posed = a_plan(
        {
            "A": Work(value=1, weeks=None, demand={"Core": 1}),
            "B": Work(value=1, weeks=2, demand={"Core": 1}),
            "C": Work(value=1, weeks=2, demand={"Core": 1}),
            "D": Work(value=1, weeks=4, mandatory=True, demand={"Core": 1}, deadline=date(2026, 1, 20)),
            "E": Work(value=1, weeks=4, demand={"Core": 1}, deadline=date(2026, 1, 20)),
            "F": Work(value=1, weeks=None, state=ACTIVE, demand={"Core": 1}),
            "G": Work(value=1, weeks=2, demand={"Core": 1}),
            "H": Work(value=1, weeks=2, demand={"Core": 1}),
        },
        "A>B",
        "B>C",
        "F>G",
        "F>H",
        kinds={"F>H": DependencyKind.START_TO_START},
        capacity={"Core": 24},
    )
    made = schedule_problem(posed, np.ones(8, dtype=np.bool_))
    named = {
        gap: "".join(np.array(posed.names.initiatives)[flags])
        for gap, flags in made.gaps.items()
        if flags.any()
    }
    assert named == {
        Gap.DURATION_UNKNOWN: "AF",
        Gap.TOO_LATE: "E",
        Gap.PREREQUISITE_MISSING: "BCG",
    }
    assert made.positions.tolist() == [3, 7]
    # what is mandatory is planned all the same, though late
    assert made.missed.tolist()[3]
    assert made.problem.latest.tolist() == [-1, -1]


def test_without_a_cost_of_delay_the_value_stands_for_it_and_says_so() -> None:
    posed = a_plan(
        {
            "A": Work(value=10, weeks=2, demand={"Core": 1}),
            "B": Work(value=30, weeks=2, demand={"Core": 1}, profile=None),
            "C": Work(weeks=2, demand={"Core": 1}, mandatory=True),
        },
        capacity={"Core": 24},
    )
    made = schedule_problem(posed, np.ones(3, dtype=np.bool_))
    assert [BASES[code] for code in made.delay.basis] == [
        DelayBasis.STATED,
        DelayBasis.FROM_VALUE,
        DelayBasis.UNKNOWN,
    ]
    # A costs 10 € a week and is worth 10: a unit of value costs 100 cents a week
    assert made.delay.per_value == pytest.approx(100)
    np.testing.assert_allclose(made.problem.cost[:, 1], [2000, 6000, 2])


def test_without_any_cost_of_delay_it_is_value_that_waits() -> None:
    posed = a_plan(
        {"A": Work(value=10, weeks=2, demand={"Core": 1}, profile=None)},
        capacity={"Core": 24},
    )
    made = schedule_problem(posed, np.ones(1, dtype=np.bool_))
    np.testing.assert_allclose(made.problem.cost[0, :3], [10, 20, 30])
    assert BASES[made.delay.basis[0]] is DelayBasis.FROM_VALUE


def test_a_deadline_that_is_missed_costs_from_its_period_on() -> None:
    late = {"deadline": date(2026, 1, 18)}
    posed = a_plan({"A": Work(value=10, weeks=1, demand={"Core": 1})}, capacity={"Core": 24})
    delay = posed.delay.copy()
    delay[3, 0] = (late["deadline"] - date(1970, 1, 1)).days
    delay[4, 0] = 70_000
    fixed = a_plan(
        {"A": Work(value=10, weeks=1, demand={"Core": 1})},
        capacity={"Core": 24},
        profiles=(UrgencyProfile.FIXED_DATE,),
        delay=delay,
    )
    cost = schedule_problem(fixed, np.ones(1, dtype=np.bool_)).problem.cost[0]
    assert cost[0] == 0
    assert cost[2] >= 70_000


def test_nothing_to_plan_is_no_error() -> None:
    empty = a_plan({}, capacity={"Core": 12}, shares={"Change": (0.2, RING)})
    assert selection_problem(empty).problem.size == 0
    assert schedule_problem(empty, np.ones(0, dtype=np.bool_)).problem.size == 0
    unstaffed = a_plan({"A": Work(value=1, category="Change")}, capacity={})
    assert selection_problem(unstaffed).standing.barred.tolist() == [True]
    assert schedule_problem(unstaffed, np.ones(1, dtype=np.bool_)).problem.size == 0


def test_work_in_flight_goes_on_until_the_cycle_begins() -> None:
    posed = a_plan(
        {"A": Work(value=1, weeks=6, state=ACTIVE, demand={"Core": 6})},
        capacity={"Core": 12},
        today=date(2025, 12, 8),
    )
    # four of its six weeks lie before the cycle
    assert selection_problem(posed).room.left.tolist() == [10]
    made = schedule_problem(posed, np.ones(1, dtype=np.bool_))
    assert made.problem.duration.tolist() == [2]


def test_mandatory_work_whose_prerequisites_take_too_long_is_planned_late() -> None:
    posed = a_plan(
        {
            "A": Work(value=1, weeks=4, demand={"Core": 4}),
            "B": Work(value=1, weeks=4, mandatory=True, demand={"Core": 4}, deadline=date(2026, 2, 8)),
            "C": Work(value=1, weeks=4, mandatory=True, demand={"Web": 4}, deadline=date(2026, 2, 8)),
        },
        "A>B",
        "A>C",
        kinds={"A>C": DependencyKind.START_TO_START},
        capacity={"Core": 12, "Web": 12},
    )
    made = schedule_problem(posed, np.ones(3, dtype=np.bool_))
    assert made.missed.tolist() == [False, True, False]
    assert made.problem.latest.tolist() == [-1, -1, 4]
    assert made.problem.mandatory.tolist() == [False, False, True]
