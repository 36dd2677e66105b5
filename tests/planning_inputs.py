"""Inputs of plans for tests, by the titles of initiatives: single letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from domain.enums import DependencyKind, InitiativeState, UrgencyProfile
from domain.periods import PeriodLength, periods
from domain.planning.input import MODES, Names, PlanningInput, PlanningSettings
from prioritisation.allocation_limits import AllocationMode
from tests.ranking_inputs import an_input

FIRST, LAST = date(2026, 1, 5), date(2026, 3, 29)
"""Twelve whole weeks."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """An initiative; demands in person-weeks by team, or by "team/skill".

    ``value`` is its cost of delay in euros a week, by which it is ranked; None: unknown.
    """

    value: float | None = None
    weeks: float | None = 4.0
    demand: Mapping[str, float] = field(default_factory=dict)
    spent: float | None = None
    category: str | None = None
    state: InitiativeState = InitiativeState.APPROVED
    mandatory: bool = False
    earliest: date | None = None
    deadline: date | None = None
    profile: UrgencyProfile | None = UrgencyProfile.LINEAR


def a_plan(
    work: Mapping[str, Work],
    *edges: str,
    capacity: Mapping[str, float | None],
    shares: Mapping[str, tuple[float, AllocationMode]] | None = None,
    alternatives: Sequence[str] = (),
    gone: Mapping[str, str] | None = None,
    lag: Mapping[str, float] | None = None,
    kinds: Mapping[str, DependencyKind] | None = None,
    elsewhere: Mapping[str, float] | None = None,
    today: date | None = None,
    first: date = FIRST,
    last: date = LAST,
    length: PeriodLength = PeriodLength.WEEK,
    **changes: Any,
) -> PlanningInput:
    """The input of a plan.

    Parameters
    ----------
    work
        By title, a letter.
    edges
        Dependencies such as "A>B"; ``lag`` (weeks) and ``kinds`` of some of them.
    capacity
        Person-weeks in the whole cycle by team, or "team/skill"; None: nobody has stated any.
    alternatives
        Groups such as "AB".
    gone
        By title, the letter of something stopped that it waits for.
    """
    titles = sorted(work)
    at = {title: index for index, title in enumerate(titles)}
    teams = sorted({name.partition("/")[0] for name in capacity})
    resources = sorted(set(capacity) | set(teams))
    divided = periods(first, last, length)
    days = np.array([period.days for period in divided]) / 7
    names = sorted({item.category for item in work.values() if item.category} | set(shares or {}))
    demands = sorted(
        (at[title], resources.index(name), amount, item)
        for title, item in work.items()
        for name, amount in item.demand.items()
    )
    values = {title: (item.value, item.weeks) for title, item in work.items()}
    ranking = an_input(values, *edges)
    ends = sorted((at[pair[0]], at[pair[2]], pair) for pair in edges)
    rates = [
        np.nan if item.value is None or item.profile is None else item.value * 100 for item in work_of(work)
    ]
    known = [
        item.profile if item.profile is not None and item.value is not None else None
        for item in work_of(work)
    ]
    share, mode = _policy(shares or {}, names, teams)
    groups = [(g, at[letter]) for g, group in enumerate(alternatives) for letter in sorted(group)]
    waiting = sorted((letter, at[title]) for title, letter in (gone or {}).items())
    posed = PlanningInput(
        settings=PlanningSettings(
            portfolio_id=UUID(int=1),
            cycle_id=UUID(int=2),
            starts_on=first,
            ends_on=last,
            today=today or first,
            day=first,
            length=length,
            currency="EUR",
            policy_version_id=None,
            policy_number=None,
        ),
        names=Names(
            portfolio="Portfolio",
            cycle="Cycle",
            initiatives=tuple(titles),
            teams=tuple(teams),
            categories=tuple(names),
            key_results=(),
            alternatives=tuple(alternatives),
            gone=tuple(letter for letter, _ in waiting),
        ),
        periods=divided,
        ids=ranking.ids,
        states=tuple(item.state for item in work_of(work)),
        category=np.array(
            [-1 if item.category is None else names.index(item.category) for item in work_of(work)],
            dtype=np.int64,
        ),
        mandatory=np.array([item.mandatory for item in work_of(work)], dtype=np.bool_),
        excluded=np.zeros(len(titles), dtype=np.bool_),
        committed=np.array([item.state is InitiativeState.ACTIVE for item in work_of(work)], dtype=np.bool_),
        duration=np.array([[item.weeks] * 3 for item in work_of(work)], dtype=np.float64).reshape(-1, 3).T,
        earliest_start=_days([item.earliest for item in work_of(work)]),
        deadline=_days([item.deadline for item in work_of(work)]),
        demand_of=np.array([one[0] for one in demands], dtype=np.int64),
        demand_resource=np.array([one[1] for one in demands], dtype=np.int64),
        demand=np.array([[one[2]] * 3 for one in demands], dtype=np.float64).reshape(-1, 3).T,
        spent=np.array([one[3].spent for one in demands], dtype=np.float64),
        teams=_ids(teams),
        resource_team=np.array([teams.index(name.partition("/")[0]) for name in resources], dtype=np.int64),
        skills=tuple(name.partition("/")[2] for name in resources),
        capacity=np.array(
            [np.nan if capacity.get(name) is None else capacity[name] for name in resources],
            dtype=np.float64,
        )[np.newaxis, :]
        * (days / days.sum())[:, np.newaxis],
        elsewhere=np.array([(elsewhere or {}).get(name, 0.0) for name in resources]),
        categories=_ids(names),
        share=share,
        mode=mode,
        before=np.array([one[0] for one in ends], dtype=np.int64),
        after=np.array([one[1] for one in ends], dtype=np.int64),
        kinds=tuple((kinds or {}).get(one[2], DependencyKind.FINISH_TO_START) for one in ends),
        lag=np.array([(lag or {}).get(one[2], 0.0) for one in ends], dtype=np.float64),
        gone=_ids([letter for letter, _ in waiting]),
        gone_after=np.array([after for _, after in waiting], dtype=np.int64),
        alternatives=_ids([str(index) for index, _ in enumerate(alternatives)]),
        member_group=np.array([group for group, _ in groups], dtype=np.int64),
        member=np.array([member for _, member in groups], dtype=np.int64),
        profiles=tuple(known),
        delay=np.vstack([[rates] * 3, np.full((5, len(titles)), np.nan)]),
        key_results=_ids([]),
        figures=np.empty((5, 0)),
        contributor=np.empty(0, dtype=np.int64),
        contributes_to=np.empty(0, dtype=np.int64),
        contribution=np.empty((2, 0)),
        ranking=ranking,
    )
    return replace(posed, **changes)


def work_of(work: Mapping[str, Work]) -> list[Work]:
    """What is planned, in the order of the titles."""
    return [work[title] for title in sorted(work)]


def _policy(
    shares: Mapping[str, tuple[float, AllocationMode]], names: Sequence[str], teams: Sequence[str]
) -> tuple[Any, Any]:
    share = np.full((len(names), len(teams)), np.nan)
    mode = np.full((len(names), len(teams)), -1, dtype=np.int64)
    for name, (part, kind) in shares.items():
        share[names.index(name)] = part
        mode[names.index(name)] = MODES.index(kind)
    return share, mode


def _ids(names: Sequence[str]) -> Any:
    return np.array([[ord(name[0])] * 16 for name in names], dtype=np.uint8).reshape(-1, 16)


def _days(dates: Sequence[date | None]) -> Any:
    return np.array(
        [np.nan if day is None else (day - date(1970, 1, 1)).days for day in dates], dtype=np.float64
    )
