"""Dates that can't hold: what the dependencies of a portfolio forbid, with the reason in words."""

import hashlib
from datetime import date
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from domain.dependency_map.calendar import finish_day, start_day, weeks_from
from domain.dependency_map.mapping import Booleans, MappedPortfolio
from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.ranking.caching import once
from domain.snapshot.columns import CONSTRAINING, KINDS, STATES, Floats, Positions, day_number
from prioritisation.critical_path import date_violations
from prioritisation.dependencies import DependencyType

_SAME = 1e-9
_CODE = {state: code for code, state in enumerate(STATES)}
_COMPLETED, _STOPPED = _CODE[InitiativeState.COMPLETED], _CODE[InitiativeState.STOPPED]
_BEGUN = np.array(
    [state in {InitiativeState.ACTIVE, InitiativeState.PAUSED, InitiativeState.COMPLETED} for state in STATES]
)
_KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}
_FINISH_TO_FINISH = _KIND_CODE[DependencyKind.FINISH_TO_FINISH]
_START_TO_START = _KIND_CODE[DependencyKind.START_TO_START]


class ViolationKind(StrEnum):
    """What can't hold."""

    PREDECESSOR_STOPPED = "predecessor_stopped"
    DEADLINE = "deadline"
    COST_OF_DELAY_DEADLINE = "cost_of_delay_deadline"
    OUT_OF_SEQUENCE = "out_of_sequence"


class Violation(NamedTuple):
    """A date, or a state, of an initiative that its dependencies forbid."""

    kind: ViolationKind
    node: int
    weeks: float | None
    """By how much; None where that can't be told."""
    due: date | None
    """The deadline that is missed."""
    entry: int | None
    """The dependency in ``columns.edges`` that is not honoured."""


class Violations(NamedTuple):
    """What can't hold on a map: by kind, then by weeks, the most first, then in the order of the map."""

    items: tuple[Violation, ...]
    fingerprint: str
    """Digest of which initiatives and dependencies these are."""


async def find_violations(mapped: MappedPortfolio) -> Violations:
    """What can't hold; computed when it is first asked for, and in a thread when the map is large."""
    key = ("date violations", mapped.request)
    return await once(mapped.columns, key, lambda: violations(mapped), long=mapped.long)


def violations(mapped: MappedPortfolio) -> Violations:
    """What can't hold, without the cache."""
    found = [
        *_stopped(mapped),
        *_late(mapped, ViolationKind.DEADLINE, mapped.deadline),
        *_late(mapped, ViolationKind.COST_OF_DELAY_DEADLINE, _profile_deadlines(mapped)),
        *_out_of_sequence(mapped),
    ]
    kinds = {kind: number for number, kind in enumerate(ViolationKind)}
    place = np.empty(len(mapped), dtype=np.int64)
    place[mapped.order] = np.arange(len(mapped))
    rows = mapped.columns.edges.rows
    digest = hashlib.blake2b(digest_size=16)

    def order(one: Violation) -> tuple[int, float, int, bytes]:
        dependency = b"" if one.entry is None else rows[one.entry].id.bytes
        return kinds[one.kind], -(one.weeks or 0.0), int(place[one.node]), dependency

    items = tuple(sorted(found, key=order))
    for one in items:
        digest.update(bytes([kinds[one.kind]]) + mapped.row(one.node).id.bytes + order(one)[-1])
    return Violations(items, digest.hexdigest())


def explanation(mapped: MappedPortfolio, violation: Violation) -> str:
    """Why it can't hold, in a sentence for a person to read."""
    if violation.entry is not None:
        return _about_dependency(mapped, violation, violation.entry)
    node = violation.node
    today, dates = mapped.request.today, mapped.dates
    least = "at the earliest, and probably later," if dates.at_least[node] else "at the earliest,"
    return (
        f"It is finished {_on(finish_day(today, float(dates.earliest_finish[node])))} {least}"
        f" {_weeks(violation.weeks or 0.0)} after {_on(violation.due, preposition='')}"
        f"{_profile(violation)}: {_cause(mapped, node)}."
    )


def _late(mapped: MappedPortfolio, kind: ViolationKind, deadline: Floats) -> list[Violation]:
    deadline = np.where(mapped.closed, np.nan, deadline)
    found = date_violations(
        mapped.plan, duration=mapped.duration, earliest_start=mapped.earliest, deadline=deadline
    )
    return [
        Violation(kind, node, by, finish_day(mapped.request.today, float(deadline[node])), None)
        for node, by in zip(found.late.tolist(), found.late_by.tolist(), strict=True)
    ]


def _profile_deadlines(mapped: MappedPortfolio) -> Floats:
    """Deadlines of costs of delay with a fixed date, where the initiative's own is another one."""
    days = np.full(len(mapped), np.nan)
    for node, position in enumerate(mapped.positions.tolist()):
        cost = mapped.columns.costs_of_delay[position]
        if cost is not None and cost.profile is UrgencyProfile.FIXED_DATE:
            days[node] = day_number(cost.deadline)
    deadline = weeks_from(days, mapped.request.today)
    deadline[deadline == mapped.deadline] = np.nan
    return deadline


def _stopped(mapped: MappedPortfolio) -> list[Violation]:
    """Hard predecessors, in the map or not, that nobody is going to do."""
    columns, edges = mapped.columns, mapped.columns.edges
    state = columns.state[edges.predecessor]
    gone = (state == _STOPPED) | (~columns.live[edges.predecessor] & (state != _COMPLETED))
    waiting = _open_nodes(mapped, edges.successor)
    return [
        Violation(
            ViolationKind.PREDECESSOR_STOPPED, int(mapped.node_of[edges.successor[entry]]), None, None, entry
        )
        for entry in np.flatnonzero(edges.hard & CONSTRAINING[edges.kind] & gone & waiting).tolist()
    ]


def _out_of_sequence(mapped: MappedPortfolio) -> list[Violation]:
    """Hard dependencies whose successor has begun, or is completed, before its predecessor allows it."""
    edges, state = mapped.columns.edges, mapped.columns.state
    found: list[Violation] = []
    has_arrived = _BEGUN[state[edges.successor[mapped.entries]]]
    for edge in np.flatnonzero(mapped.chart.hard & has_arrived).tolist():
        entry = int(mapped.entries[edge])
        before, after = int(mapped.chart.predecessor[edge]), int(mapped.chart.successor[edge])
        kind, lag = edges.kind[entry], float(edges.lag_weeks[entry])
        # what has begun counts as begun long enough ago: nobody has noted when
        met = kind == _START_TO_START and _BEGUN[state[edges.predecessor[entry]]]
        early = kind == _FINISH_TO_FINISH and state[edges.successor[entry]] != _COMPLETED
        if mapped.closed[before] or met or early:
            continue
        done = mapped.dates.earliest_start if kind == _START_TO_START else mapped.dates.earliest_finish
        weeks = float(done[before]) + lag
        if weeks > _SAME or lag >= 0:
            told = weeks if weeks > _SAME and not mapped.dates.unknown[before] else None
            found.append(Violation(ViolationKind.OUT_OF_SEQUENCE, after, told, None, entry))
    return found


def _open_nodes(mapped: MappedPortfolio, positions: Positions) -> Booleans:
    node = mapped.node_of[positions]
    opened: Booleans = node >= 0
    opened[opened] = ~mapped.closed[node[opened]]
    return opened


def _about_dependency(mapped: MappedPortfolio, violation: Violation, entry: int) -> str:
    edges = mapped.columns.edges
    predecessor = mapped.columns.rows[int(edges.predecessor[entry])]
    named = f"“{predecessor.title}”"
    if violation.kind is ViolationKind.PREDECESSOR_STOPPED:
        fate = "is stopped" if predecessor.state is InitiativeState.STOPPED else "is archived"
        return f"It waits for {named}, which {fate}: remove the dependency, or stop this too."
    state = mapped.row(violation.node).state.value
    needed = {
        _START_TO_START: f"{named} has to begin first, and has not begun",
        _FINISH_TO_FINISH: f"{named} has to finish first, and has not finished",
    }.get(int(edges.kind[entry]), f"{named} has to finish before this begins, and has not finished")
    if violation.weeks is None:
        return f"It is {state}, though {needed}."
    lag = " with the lag of the dependency" if edges.lag_weeks[entry] else ""
    return f"It is {state}, though {needed}: by the estimates that takes {_weeks(violation.weeks)}{lag}."


def _profile(violation: Violation) -> str:
    if violation.kind is ViolationKind.COST_OF_DELAY_DEADLINE:
        return ", the fixed date of its cost of delay"
    return ", its deadline"


def _cause(mapped: MappedPortfolio, node: int) -> str:
    """What decides when a node starts at the earliest."""
    today, dates, edge = mapped.request.today, mapped.dates, int(mapped.driver[node])
    if edge >= 0:
        before = int(mapped.chart.predecessor[edge])
        kind, lag = int(mapped.chart.type[edge]), float(mapped.chart.lag_weeks[edge])
        starts = kind == DependencyType.START_TO_START
        event = (
            f"begins {_on(start_day(today, float(dates.earliest_start[before])))}"
            if starts
            else f"is finished {_on(finish_day(today, float(dates.earliest_finish[before])))}"
        )
        more = f", with a lag of {_weeks(lag)}" if lag else ""
        return f"it waits for “{mapped.row(before).title}”, which {event}{more}"
    earliest = mapped.row(node).earliest_start
    released = earliest is not None and earliest > today
    begins = f"it can't begin before {_on(earliest, preposition='')}, and " if released else ""
    if dates.unknown[node]:
        return f"{begins}its duration is not known, and counts as nothing"
    takes = f"it takes {_weeks(float(mapped.duration[node]))}"
    return f"{begins}{takes}" if released else f"{takes} from {_on(today, preposition='')}"


def _on(day: date | None, *, preposition: str = "on ") -> str:
    return "beyond the calendar" if day is None else f"{preposition}{day.isoformat()}"


def _weeks(weeks: float) -> str:
    rounded = f"{weeks:.1f}".removesuffix(".0")
    if rounded == "0":
        return "less than 0.1 weeks"
    return f"{rounded} week" if rounded == "1" else f"{rounded} weeks"
