"""What the newest measurements of KPIs tell: which move together, and whether the cadence fits."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from domain.enums import Cadence
from domain.kpi.rows import KpiRow
from prioritisation.co_movement import strongest_partners

_COARSER = list(Cadence)
"""The finest first."""

_SMALL = 16
"""Series that a group of a stack has at most."""

_EPOCH = date(1970, 1, 1).toordinal()


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
    groups = [group for group in _groups(kpis, least_periods) if len(group) > 1]
    # many small groups at a time, each large one by itself: the matrices of a stack are as large as its largest
    small = [group for group in groups if len(group) <= _SMALL]
    stacks = [small, *([group] for group in groups if len(group) > _SMALL)]
    for stack in stacks:
        if not stack:
            continue
        found = strongest_partners(
            _aligned(stack), least_periods=least_periods, least_correlation=least_correlation
        )
        for number, group in enumerate(stack):
            seen = set()
            for at, partner in enumerate(found.partner[number, : len(group)].tolist()):
                pair = (min(at, partner), max(at, partner))
                if partner < 0 or pair in seen:
                    continue
                seen.add(pair)
                correlation, periods = found.correlation[number, at], found.periods[number, at]
                yield Overlap(group[pair[0]], group[pair[1]], float(correlation), int(periods))


def _groups(kpis: Sequence[KpiRow], least_periods: int) -> list[list[KpiRow]]:
    """KPIs of the same process and unit, in the order of their ids."""
    groups: defaultdict[tuple[str, str], list[KpiRow]] = defaultdict(list)
    for kpi in kpis:
        if kpi.process.strip() and len(kpi.recent_values) >= least_periods:
            groups[kpi.process.strip().casefold(), kpi.unit.strip().casefold()].append(kpi)
    return [sorted(group, key=lambda kpi: kpi.id.int) for group in groups.values()]


def _aligned(stack: Sequence[Sequence[KpiRow]]) -> npt.NDArray[np.float64]:
    """The means of series per period of their group's slowest cadence, by group, series and period.

    A group's periods are those in which any of its series has a value; NaN where one has none.
    """
    size = max(map(len, stack))
    slots, days, values, coarseness = [], [], [], []
    for number, group in enumerate(stack):
        cadence = max(_COARSER.index(kpi.cadence) for kpi in group)
        for row, kpi in enumerate(group):
            days += [_day(at) for at in kpi.recent_at]
            values += kpi.recent_values
            slots += [number * size + row] * len(kpi.recent_values)
            coarseness += [cadence] * len(kpi.recent_values)
    slot, period = np.array(slots), _periods(np.array(days), np.array(coarseness))
    # the place of a period among those of its group
    keys, inverse = np.unique(np.stack([slot // size, period]), axis=1, return_inverse=True)
    first = np.searchsorted(keys[0], np.arange(len(stack)))
    column = inverse.ravel() - first[slot // size]
    shape = (len(stack) * size, int(column.max()) + 1)
    flat = np.ravel_multi_index((slot, column), shape)
    count = np.bincount(flat, minlength=shape[0] * shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        means = np.bincount(flat, weights=values, minlength=len(count)) / count
    return means.reshape(len(stack), size, shape[1])


def _day(at: datetime) -> int:
    """The number of the day in UTC."""
    return (at.astimezone(UTC) if at.utcoffset() else at).toordinal()


def _periods(days: npt.NDArray[np.int64], coarseness: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The numbers of days, weeks (from Monday on), months or quarters that days are in."""
    months = (days - _EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    ways = [days, (days - 1) // 7, months, months // 3]
    chosen: npt.NDArray[np.int64] = np.choose(coarseness, ways)
    return chosen


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
