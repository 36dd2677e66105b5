"""What the newest measurements of KPIs tell: which move together, and whether the cadence fits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.enums import Cadence
from domain.kpi.rows import KpiRow
from prioritisation.co_movement import strongest_partners

_COARSER = list(Cadence)
"""The finest first."""


class Overlap(NamedTuple):
    """Two KPIs whose series move together; the first of a pair is the one with the smaller id."""

    kpi: KpiRow
    other: KpiRow
    correlation: float
    periods: int


class Pace(NamedTuple):
    """How a KPI moves, in units of the way from its healthy limit to its red one.

    ``step`` is the median of what it moves from one measurement to the next, ``spread`` the way between the
    least and the greatest.
    """

    kpi: KpiRow
    measurements: int
    step: float
    spread: float
    too_rarely: bool


def overlaps(kpis: Sequence[KpiRow], *, least_periods: int, least_correlation: float) -> Iterator[Overlap]:
    """Pairs of KPIs of the same process and unit with series that move together, each once.

    Each KPI is paired with the one that it is correlated with most. Series are compared by the means of
    periods as long as the slowest cadence of their process and unit.
    """
    groups: defaultdict[tuple[str, str], list[KpiRow]] = defaultdict(list)
    for kpi in kpis:
        if kpi.process.strip() and kpi.measurement_count >= least_periods:
            groups[kpi.process.strip().casefold(), kpi.unit.strip().casefold()].append(kpi)
    for group in groups.values():
        if len(group) < 2:
            continue
        group.sort(key=lambda kpi: kpi.id)
        found = strongest_partners(
            _aligned(group), least_periods=least_periods, least_correlation=least_correlation
        )
        seen = set()
        for at, partner in enumerate(found.partner.tolist()):
            if partner < 0 or (min(at, partner), max(at, partner)) in seen:
                continue
            seen.add((min(at, partner), max(at, partner)))
            yield Overlap(
                group[min(at, partner)],
                group[max(at, partner)],
                float(found.correlation[at]),
                int(found.periods[at]),
            )


def _aligned(group: Sequence[KpiRow]) -> npt.NDArray[np.float64]:
    """The means of the group's series per period of its slowest cadence; NaN where nothing was measured."""
    cadence = max((kpi.cadence for kpi in group), key=_COARSER.index)
    means: list[dict[int, float]] = []
    for kpi in group:
        values: defaultdict[int, list[float]] = defaultdict(list)
        for at, value in zip(kpi.recent_at, kpi.recent_values, strict=True):
            values[_period(at, cadence)].append(value)
        means.append({period: sum(each) / len(each) for period, each in values.items()})
    column = {period: at for at, period in enumerate(sorted({key for each in means for key in each}))}
    aligned = np.full((len(group), len(column)), np.nan)
    for row, each in enumerate(means):
        aligned[row, [column[period] for period in each]] = list(each.values())
    return aligned


def _period(at: datetime, cadence: Cadence) -> int:
    """The number of the day, the week (from Monday on), the month or the quarter, in UTC."""
    if at.utcoffset():
        at = at.astimezone(UTC)
    if cadence is Cadence.DAILY:
        return at.toordinal()
    if cadence is Cadence.WEEKLY:
        return (at.toordinal() - 1) // 7
    months = at.year * 12 + at.month - 1
    return months if cadence is Cadence.MONTHLY else months // 3


def paces(kpis: Sequence[KpiRow], *, least: int, step: float, flat: float) -> Iterator[Pace]:
    """KPIs whose cadence does not match how they move, by their newest measurements.

    Too rarely: half of the steps are at least ``step`` times the way from healthy to red; daily ones can't be
    measured more often. Too often: all values lie within ``flat`` of that way; quarterly ones can't be measured
    less often.
    """
    judged = [kpi for kpi in kpis if len(kpi.recent_values) >= least]
    if not judged:
        return
    longest = max(len(kpi.recent_values) for kpi in judged)
    values = np.full((len(judged), longest), np.nan)
    for row, kpi in enumerate(judged):
        values[row, longest - len(kpi.recent_values) :] = kpi.recent_values
    way = np.array([_way(kpi) for kpi in judged])
    steps = np.nanmedian(np.abs(np.diff(values, axis=1)), axis=1) / way
    spread = (np.nanmax(values, axis=1) - np.nanmin(values, axis=1)) / way
    for row in np.flatnonzero((steps >= step) | (spread <= flat)).tolist():
        kpi, too_rarely = judged[row], bool(steps[row] >= step)
        if kpi.cadence is not (Cadence.DAILY if too_rarely else Cadence.QUARTERLY):
            count = len(kpi.recent_values)
            yield Pace(kpi, count, float(steps[row]), float(spread[row]), too_rarely)


def _way(kpi: KpiRow) -> float:
    """From the healthy limit to the red one; of a range the shorter of both sides."""
    ways = [
        abs(amber - red)
        for amber, red in ((kpi.amber_low, kpi.red_low), (kpi.amber_high, kpi.red_high))
        if amber is not None and red is not None
    ]
    return min(ways)
