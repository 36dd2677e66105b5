"""Drift of a team, a portfolio or the organisation over the periods of a cycle, by category and by kind of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.drift.ledger import Weekly
from domain.enums import WorkKind
from domain.periods import Period, PeriodLength, periods, position_of
from domain.rows import CycleRow
from prioritisation.drift import Drift, drift

Floats = NDArray[np.float64]

_WEDNESDAY = timedelta(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftTable:
    """Booked and planned per period; columns are categories, or kinds of work.

    ``planned`` is NaN where a category or kind has no share.
    """

    periods: tuple[Period, ...]
    booked: Floats
    planned: Floats
    result: Drift


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleDrift:
    """Drift in a cycle, up to a day."""

    cycle: CycleRow
    length: PeriodLength
    as_of: date
    categories: tuple[UUID, ...]
    kinds: tuple[WorkKind, ...]
    by_category: DriftTable
    by_kind: DriftTable


def cycle_drift(weekly: Weekly, cycle: CycleRow, length: PeriodLength, *, as_of: date) -> CycleDrift:
    """Compare what was booked with what was planned, period by period, and look ahead to the cycle's end.

    A week counts in the period that holds its Wednesday. The plan of a period is the mean of its weeks',
    weighted by what was booked in them.

    Raises
    ------
    InvalidInput
        When the cycle has more than 520 periods of this length.
    """
    divided = periods(cycle.starts_on, cycle.ends_on, length)
    booked, planned = _by_period(weekly, divided)
    kinds = tuple(kind for kind in WorkKind if kind in weekly.kinds)
    member = np.array([[own is kind for kind in kinds] for own in weekly.kinds], dtype=np.float64)
    member = member.reshape(len(weekly.kinds), len(kinds))
    has_plan = (~np.isnan(planned)).astype(np.float64) @ member > 0
    planned_kinds = np.where(has_plan, np.nan_to_num(planned) @ member, np.nan)
    return CycleDrift(
        cycle=cycle,
        length=length,
        as_of=as_of,
        categories=weekly.categories,
        kinds=kinds,
        by_category=_table(divided, booked, planned, as_of),
        by_kind=_table(divided, booked @ member, planned_kinds, as_of),
    )


def _table(divided: tuple[Period, ...], booked: Floats, planned: Floats, as_of: date) -> DriftTable:
    volume = booked.sum(axis=1)
    to_come = 0
    for index in range(len(divided) - 1, -1, -1):
        if divided[index].starts_on <= as_of or volume[index] > 0:
            break
        to_come += 1
    return DriftTable(
        periods=divided, booked=booked, planned=planned, result=drift(booked, planned, to_come=to_come)
    )


def _by_period(weekly: Weekly, divided: Sequence[Period]) -> tuple[Floats, Floats]:
    booked = np.zeros((len(divided), len(weekly.categories)))
    planned = np.full((len(divided), len(weekly.categories)), np.nan)
    place = np.array([position_of(week + _WEDNESDAY, divided) for week in weekly.weeks], dtype=np.int64)
    volume = weekly.booked.sum(axis=1)
    for index in range(len(divided)):
        weeks = np.flatnonzero(place == index)
        if not len(weeks):
            continue
        booked[index] = weekly.booked[weeks].sum(axis=0)
        plans = weekly.planned[weeks]
        known = ~np.isnan(plans)
        weight = volume[weeks][:, None] * known
        weight = np.where(weight.sum(axis=0) > 0, weight, known)
        total = weight.sum(axis=0)
        mean = (weight * np.nan_to_num(plans)).sum(axis=0) / np.where(total > 0, total, 1.0)
        planned[index] = np.where(total > 0, mean, np.nan)
    return booked, planned
