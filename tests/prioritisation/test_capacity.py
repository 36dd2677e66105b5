"""Capacity day by day: worked examples, a slow second computation, and what must always hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prioritisation.capacity import capacity, committed_work, shared_leave
from prioritisation.capacity_problem import Absences, Calendar, People, leave_of, members
from prioritisation.errors import InvalidProblem


def _calendar(days: int = 14, length: int = 7) -> Calendar:
    return Calendar(
        working=np.arange(days) % 7 < 5,
        period=np.arange(days) // length,
        periods=-(-days // length),
    )


def test_a_team_for_two_weeks() -> None:
    team = members(
        team=[0, 0, 1],
        fte=[1.0, 0.5, 1.0],
        joins=[-100, 7, -100],
        leaves=[100, 100, 8],
    )
    off = leave_of(person=[0, -1, -1], team=[-1, 1, -1], first=[0, 0, 9], last=[1, 0, 9], share=[1, 0.5, 1])
    found = capacity(_calendar(), team, off, focus=np.array([[0.8] * 14, [0.5] * 14]))
    # team 0: one person for 5 days, then one and a half; two days off, and everybody's holiday on day 9
    np.testing.assert_allclose(found.gross, [[1.0, 1.0], [1.5, 0.4]])
    np.testing.assert_allclose(found.leave, [[0.4, 0.1], [0.3, 0.0]])
    np.testing.assert_allclose(found.net, [[0.48, 0.45], [0.96, 0.2]])
    assert found.unknown_days.tolist() == [[0, 0], [0, 0]]


def test_joiners_and_leavers_ramp_linearly() -> None:
    team = members(
        team=[0, 0],
        fte=[1.0, 1.0],
        joins=[0, -50],
        leaves=[50, 4],
        ramp_up=[(5.0, 0.0), (0.0, 1.0)],
        ramp_down=[(0.0, 1.0), (4.0, 0.2)],
    )
    each_day = Calendar(working=np.ones(6, dtype=bool), period=np.arange(6), periods=6, days_per_week=1.0)
    found = capacity(each_day, team, leave_of(first=[], last=[]), focus=np.ones((1, 6)))
    joining = np.array([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    leaving = np.array([1.0, 0.8, 0.6, 0.4, 0.2, 0.0])
    np.testing.assert_allclose(found.net[:, 0], joining + leaving)


def test_leave_that_overlaps_is_a_whole_day_at_most() -> None:
    one = members(team=[0], fte=[1.0])
    halves = leave_of(person=[0, -1, 0], first=[0, 0, 1], last=[1, 1, 1], share=[0.5, 0.5, 0.5])
    found = capacity(_calendar(7), one, halves, focus=np.ones((1, 7)))
    assert found.leave.tolist() == [[0.4]]
    assert found.net.item() == pytest.approx(0.6)


def test_nobody_known_is_unknown_and_everybody_gone_is_zero() -> None:
    gone = members(team=[1], fte=[1.0], joins=[-9], leaves=[-1])
    found = capacity(_calendar(7), gone, leave_of(first=[], last=[]), focus=np.ones((2, 7)))
    assert found.unknown_days.tolist() == [[5, 0]]
    assert found.net[0, 1] == 0.0


def test_a_stated_figure_stands_instead_and_skills_are_those_who_have_them() -> None:
    team = members(team=[0, 0], fte=[1.0, 1.0])
    stated = np.full((1, 14), np.nan)
    stated[0, :7] = 0.3
    skills = np.full((2, 14), np.nan)
    skills[1, 7:] = 0.1
    found = capacity(
        _calendar(),
        team,
        leave_of(first=[], last=[]),
        focus=np.full((1, 14), 0.5),
        stated=stated,
        skill_person=np.array([0, 1, 1]),
        skill=np.array([0, 0, 1]),
        skill_stated=skills,
    )
    np.testing.assert_allclose(found.stated, [[2.1], [0.0]])
    assert found.stated_days.tolist() == [[5], [0]]
    np.testing.assert_allclose(found.net, [[0.0], [1.0]])
    np.testing.assert_allclose(found.skill_net, [[1.0, 0.5], [1.0, 0.0]])
    np.testing.assert_allclose(found.skill_stated, [[0.0, 0.0], [0.0, 0.7]])


def test_work_in_flight_is_spread_over_what_is_left_of_it() -> None:
    found = committed_work(
        np.array([6.0, 7.0, 3.0]),
        np.array([28.0, 7.0, np.nan]),
        np.array([0, 0, 1]),
        calendar=_calendar(),
        teams=2,
        today=7,
    )
    np.testing.assert_allclose(found, [[0.0, 0.0], [8.5, 3.0]])


@st.composite
def _situations(draw: st.DrawFn) -> tuple[Calendar, People, Absences, np.ndarray]:
    days = draw(st.integers(1, 30))
    number = st.integers(-10, 40)
    share = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0])
    spans = st.tuples(number, st.integers(0, 30), st.integers(0, 2), share, st.integers(0, 15), share)
    people = draw(st.lists(spans, max_size=5))
    off = draw(st.lists(st.tuples(number, st.integers(0, 9), st.integers(-1, 6), share), max_size=6))
    length = draw(st.integers(1, 9))
    persons = [who if 0 <= who < len(people) else -1 for _, _, who, _ in off]
    return (
        Calendar(
            working=np.array(draw(st.lists(st.booleans(), min_size=days, max_size=days))),
            period=np.arange(days) // length,
            periods=-(-days // length),
        ),
        members(
            team=[team for _, _, team, _, _, _ in people],
            fte=[fte for _, _, _, fte, _, _ in people],
            joins=[first for first, _, _, _, _, _ in people],
            leaves=[first + more for first, more, _, _, _, _ in people],
            ramp_up=[(float(ramp), start) for _, _, _, _, ramp, start in people],
        ),
        leave_of(
            person=persons,
            team=[(who % 3) if who >= len(people) else -1 for _, _, who, _ in off],
            first=[first for first, _, _, _ in off],
            last=[first + more for first, more, _, _ in off],
            share=[part for _, _, _, part in off],
        ),
        np.array(draw(st.lists(st.floats(0, 1), min_size=3 * days, max_size=3 * days))).reshape(3, days),
    )


@given(_situations())
@settings(max_examples=60)
def test_periods_add_up_and_leave_never_makes_it_negative(
    situation: tuple[Calendar, People, Absences, np.ndarray],
) -> None:
    calendar, people, off, focus = situation
    found = capacity(calendar, people, off, focus=focus)
    assert (found.leave >= 0).all()
    assert (found.leave <= found.gross + 1e-12).all()
    assert (found.net >= 0).all()
    whole = Calendar(
        working=calendar.working, period=np.zeros(calendar.days, dtype=np.int64), periods=1, days_per_week=5.0
    )
    np.testing.assert_allclose(found.net.sum(axis=0), capacity(whole, people, off, focus=focus).net[0])
    np.testing.assert_allclose(found.net, _slowly(calendar, people, off, focus), atol=1e-12)
    shared = shared_leave(calendar, off, teams=3)
    assert ((shared >= 0) & (shared <= 1)).all()


def _slowly(calendar: Calendar, people: People, off: Absences, focus: np.ndarray) -> np.ndarray:
    """Person by person and day by day."""
    net = np.zeros((calendar.periods, len(focus)))
    for who in range(len(people)):
        team = int(people.team[who])
        for day in range(calendar.days):
            since = day - int(people.joins[who])
            if not calendar.working[day] or since < 0 or day > people.leaves[who]:
                continue
            ramp = float(people.ramp_up_days[who])
            begins = float(people.ramp_up_share[who])
            up = begins + (1 - begins) * min(1.0, since / ramp) if ramp else 1.0
            away = sum(
                float(off.share[entry])
                for entry in range(len(off.person))
                if off.first[entry] <= day <= off.last[entry]
                and (off.person[entry] == who or (off.person[entry] < 0 and off.team[entry] in (-1, team)))
            )
            day_net = float(people.fte[who]) * up / 5 * (1 - min(1.0, away)) * focus[team, day]
            net[calendar.period[day], team] += day_net
    return net


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: members(team=[0], fte=[1.2]), "OUTSIDE_SCALE"),
        (lambda: members(team=[0], fte=[float("nan")]), "MISSING_VALUE"),
        (lambda: members(team=[0], fte=[1.0], joins=[5], leaves=[4]), "OUT_OF_ORDER"),
        (lambda: members(team=[0], fte=[1.0], ramp_up=[(-1.0, 0.5)]), "NEGATIVE"),
        (lambda: members(team=[0], fte=[1.0, 0.5]), "SHAPE"),
        (lambda: leave_of(first=[3], last=[2]), "OUT_OF_ORDER"),
        (lambda: leave_of(first=[3], last=[4], share=[1.5]), "OUTSIDE_SCALE"),
        (
            lambda: capacity(
                _calendar(), members(team=[3], fte=[1.0]), leave_of(first=[], last=[]), focus=np.ones((1, 14))
            ),
            "UNKNOWN_POSITION",
        ),
        (
            lambda: capacity(
                _calendar(), members(team=[], fte=[]), leave_of(first=[], last=[]), focus=np.ones((1, 3))
            ),
            "SHAPE",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(make: object, code: str) -> None:
    assert callable(make)
    with pytest.raises(InvalidProblem) as caught:
        make()
    assert caught.value.code == code
