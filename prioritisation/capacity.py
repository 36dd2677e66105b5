"""Capacity of teams from people, leave and focus: (members × weeks − leave) × focus share, day by day.

Days are counted from 0 to D − 1; positions stand for people, teams and skills. What is asked of a period is the
sum of its days, so that periods add up whatever they are cut by. Person-weeks throughout.
"""

from dataclasses import dataclass

import numpy as np

from prioritisation.capacity_problem import Absences, Calendar, People, require_share
from prioritisation.columns import BoolArray, FloatArray, IntArray, index_array, read_only, refuse
from prioritisation.errors import InvalidProblem

_PART = 1_000_000
"""Shares of leave are counted in millionths, so that whole days off leave exactly nothing."""

_BLOCK = 1 << 20
"""Cells of people × days that are held at once."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Capacity:
    """Person-weeks per period and team, or skill of a team.

    Attributes
    ----------
    gross, leave, net : float64[N, T]
        From people: present, away, and (present − away) × focus, over the days without a stated figure.
    stated : float64[N, T]
        From figures that were stated instead.
    stated_days, unknown_days : int64[N, T]
        Working days of the period with a stated figure, and with neither people nor a figure.
    skill_net, skill_stated : float64[N, K]
        ``net`` of the people who have the skill, and what was stated for the skill.
    """

    gross: FloatArray
    leave: FloatArray
    net: FloatArray
    stated: FloatArray
    stated_days: IntArray
    unknown_days: IntArray
    skill_net: FloatArray
    skill_stated: FloatArray


def capacity(
    calendar: Calendar,
    people: People,
    absences: Absences,
    *,
    focus: FloatArray,
    stated: FloatArray | None = None,
    skill_person: IntArray | None = None,
    skill: IntArray | None = None,
    skill_stated: FloatArray | None = None,
) -> Capacity:
    """Compute the capacity of teams per period.

    Parameters
    ----------
    calendar, people, absences
    focus : float64[T, D]
        Share of the present time that planned work gets, 0 to 1.
    stated : float64[T, D], optional
        Person-weeks on the day that stand instead of the computed ones; NaN where nothing is stated.
    skill_person, skill : int64[m], optional
        Who has which skill: positions of people and of skills.
    skill_stated : float64[K, D], optional
        As ``stated``, for skills; it also says how many skills there are.

    Returns
    -------
    Capacity

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``, ``SHAPE``, ``OUTSIDE_SCALE``, ``NEGATIVE``.

    Notes
    -----
    Time and memory grow with people × days; people are taken in blocks.

    Examples
    --------
    Two people for a week of five days, one of them half-time, one day of leave for the other; focus 80 %.

    >>> days = Calendar(working=np.ones(5, dtype=bool), period=np.zeros(5, dtype=np.int64), periods=1)
    >>> from prioritisation.capacity_problem import leave_of, members
    >>> two = members(team=[0, 0], fte=[1, 0.5])
    >>> off = leave_of(person=[0], first=[3], last=[3])
    >>> found = capacity(days, two, off, focus=np.full((1, 5), 0.8))
    >>> found.gross.item(), found.leave.item(), round(found.net.item(), 9)
    (1.5, 0.2, 1.04)
    """
    teams, days = focus.shape
    require_share(focus, field="focus")
    index_array(people.team, field="team", size=teams)
    own = np.full((teams, days), np.nan) if stated is None else stated
    skills = np.zeros((0, days)) if skill_stated is None else skill_stated
    for name, array in (("focus", focus), ("stated", own), ("skill_stated", skills)):
        if array.shape[1] != calendar.days or (name == "stated" and len(array) != teams):
            message = f"'{name}' must have a column for each of the {calendar.days} days"
            raise InvalidProblem(message, field=name, code="SHAPE")
    refuse(np.any(own < 0, axis=1), field="stated", message="must not be negative", code="NEGATIVE")
    index_array(absences.person + 1, field="person", size=len(people) + 1)
    index_array(absences.team + 1, field="team", size=teams + 1)
    having = np.zeros(0, dtype=np.int64) if skill_person is None else skill_person
    which = np.zeros(0, dtype=np.int64) if skill is None else skill
    index_array(having, field="skill_person", size=len(people))
    index_array(which, field="skill", size=len(skills), length=len(having))

    computed = np.isnan(own)
    shape = (calendar.periods, teams)
    gross, leave, net = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    skill_net = np.zeros((calendar.periods, len(skills)))
    skill_computed = np.isnan(skills)
    shared = _shared_absences(calendar, absences, teams)
    step = max(1, _BLOCK // max(1, calendar.days))
    for start in range(0, len(people), step):
        block = slice(start, start + step)
        team = people.team[block]
        present = _present(calendar, people, block)
        away = _away(absences, shared[team], block)
        absent = present * away
        working = (present - absent) * focus[team]
        counted = computed[team]
        _add(gross, _by_period(calendar, present * counted), team)
        _add(leave, _by_period(calendar, absent * counted), team)
        _add(net, _by_period(calendar, working * counted), team)
        here = (having >= start) & (having < start + step)
        if here.any():
            able = working[having[here] - start] * skill_computed[which[here]]
            _add(skill_net, _by_period(calendar, able), which[here])
    staffed = np.bincount(people.team, minlength=teams) > 0
    unknown = computed & ~staffed[:, None] & calendar.working
    return Capacity(
        gross=read_only(gross),
        leave=read_only(leave),
        net=read_only(net),
        stated=read_only(_by_period(calendar, np.nan_to_num(own)).T.copy()),
        stated_days=read_only(
            _by_period(calendar, (~computed & calendar.working).astype(np.float64)).T.astype(np.int64)
        ),
        unknown_days=read_only(_by_period(calendar, unknown.astype(np.float64)).T.astype(np.int64)),
        skill_net=read_only(skill_net),
        skill_stated=read_only(_by_period(calendar, np.nan_to_num(skills)).T.copy()),
    )


def committed_work(
    remaining: FloatArray, days: FloatArray, team: IntArray, *, calendar: Calendar, teams: int, today: int
) -> FloatArray:
    """Spread what is left of work in flight over the days to come.

    Parameters
    ----------
    remaining : float64[m]
        Person-weeks that a piece of work still needs of a team.
    days : float64[m]
        Calendar days over which it is spread evenly, from today on; NaN spreads it to the last day.
    team : int64[m]
    calendar
    teams : int
    today : int
        The first day that counts; may lie outside the calendar.

    Returns
    -------
    float64[N, T]
        Person-weeks per period and team; what falls after the last day is left out.

    Examples
    --------
    Six person-weeks over the next 28 days, of which the calendar shows two periods of a week:

    >>> weeks = Calendar(
    ...     working=np.ones(14, dtype=bool), period=np.repeat(np.arange(2), 7), periods=2
    ... )
    >>> one = np.zeros(1, dtype=np.int64)
    >>> committed_work(np.array([6.0]), np.array([28.0]), one, calendar=weeks, teams=1, today=0).tolist()
    [[1.5], [1.5]]
    """
    index_array(team, field="team", size=teams, length=len(remaining))
    bounds = np.flatnonzero(np.diff(calendar.period, prepend=-1))
    starts = bounds.astype(np.float64)
    ends = np.append(starts[1:], calendar.days)
    first = float(max(today, 0))
    whole = np.where(np.isnan(days), calendar.days - today, np.maximum(days, 1.0))
    last = today + whole
    overlap = np.clip(
        np.minimum(ends, last[:, None]) - np.maximum(np.maximum(starts, first), float(today)), 0.0, None
    )
    spread = remaining[:, None] * overlap / np.maximum(whole, 1.0)[:, None]
    found = np.zeros((calendar.periods, teams))
    _add(found, spread, team)
    return read_only(found)


def shared_leave(calendar: Calendar, absences: Absences, *, teams: int) -> FloatArray:
    """Share of each day that whole teams are away, shape (teams, days), 0 to 1.

    Examples
    --------
    >>> days = Calendar(working=np.ones(3, dtype=bool), period=np.zeros(3, dtype=np.int64), periods=1)
    >>> from prioritisation.capacity_problem import leave_of
    >>> shared_leave(days, leave_of(first=[1], last=[1]), teams=2).tolist()
    [[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]]
    """
    parts = _shared_absences(calendar, absences, teams)
    return read_only(np.minimum(parts, _PART) / _PART)


def _present(calendar: Calendar, people: People, block: slice) -> FloatArray:
    """Person-weeks that each of a block of people is there on each day, leave aside."""
    day = np.arange(calendar.days)
    joins, leaves = people.joins[block, None], people.leaves[block, None]
    there = (day >= joins) & (day <= leaves) & calendar.working
    up = _ramp(day - joins, people.ramp_up_days[block, None], people.ramp_up_share[block, None])
    down = _ramp(leaves - day, people.ramp_down_days[block, None], people.ramp_down_share[block, None])
    return there * people.fte[block, None] * np.minimum(up, down) / calendar.days_per_week


def _ramp(since: IntArray, length: FloatArray, share: FloatArray) -> FloatArray:
    """From ``share`` on day 0 to 1 on day ``length``, linearly."""
    passed = np.where(length > 0, np.minimum(1.0, since / np.maximum(length, 1e-9)), 1.0)
    return share + (1.0 - share) * passed


def _shared_absences(calendar: Calendar, absences: Absences, teams: int) -> IntArray:
    """Millionths of each day that each team is away as a whole, not yet limited to the day."""
    shared = absences.person < 0
    rows = absences.team[shared]
    steps = np.zeros((teams + 1, calendar.days + 1), dtype=np.int64)
    _mark(steps, np.where(rows < 0, teams, rows), absences, shared)
    away: IntArray = np.cumsum(steps, axis=1)[:, :-1]
    shared_by_all: IntArray = away[:-1] + away[-1]
    return shared_by_all


def _away(absences: Absences, shared: IntArray, block: slice) -> FloatArray:
    """Share of each day that each of a block of people is away."""
    people, days = shared.shape
    own = (absences.person >= block.start) & (absences.person < block.start + people)
    if not own.any():
        whole: FloatArray = np.minimum(shared, _PART) / _PART
        return whole
    steps = np.zeros((people, days + 1), dtype=np.int64)
    _mark(steps, absences.person[own] - block.start, absences, own)
    share: FloatArray = np.minimum(shared + np.cumsum(steps, axis=1)[:, :-1], _PART) / _PART
    return share


def _mark(steps: IntArray, rows: IntArray, absences: Absences, chosen: BoolArray) -> None:
    """Note where leave begins and where it has ended."""
    days = steps.shape[1] - 1
    parts = np.rint(absences.share[chosen] * _PART).astype(np.int64)
    np.add.at(steps, (rows, np.clip(absences.first[chosen], 0, days)), parts)
    np.add.at(steps, (rows, np.clip(absences.last[chosen] + 1, 0, days)), -parts)


def _by_period(calendar: Calendar, values: FloatArray) -> FloatArray:
    """Sums over the days of each period, shape (rows, periods)."""
    found = np.zeros((len(values), calendar.periods))
    if calendar.days:
        bounds = np.flatnonzero(np.diff(calendar.period, prepend=-1))
        found[:, calendar.period[bounds]] = np.add.reduceat(values, bounds, axis=1)
    return found


def _add(total: FloatArray, rows: FloatArray, columns: IntArray) -> None:
    """Add each row, per period, to a column of the total."""
    np.add.at(total.T, columns, rows)
