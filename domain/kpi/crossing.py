"""When a breach opens, changes its level and ends, by one measurement after the other. Pure.

A crossing opens one breach. While it is open, and until as many measurements in a row as the KPI asks for
have been healthy, nothing opens another one: that run ends an open breach, and it arms the KPI again after a
breach that somebody ended by hand.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from domain.enums import BreachEventKind, KpiLevel

_SEVERITY = {level: severity for severity, level in enumerate(KpiLevel)}


class Reading(NamedTuple):
    """A measurement by what it means."""

    at: datetime
    value: float
    level: KpiLevel


class Crossing(NamedTuple):
    """What a measurement does to the KPI's breach: OPENED, ROSE, EASED or RESTORED."""

    kind: BreachEventKind
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What of the past matters.

    ``open_level`` is where the open breach is, None without one; ``armed`` whether a crossing opens one;
    ``healthy_run`` how many of the newest measurements are healthy in a row.
    """

    open_level: KpiLevel | None = None
    armed: bool = True
    healthy_run: int = 0


def severity(level: KpiLevel) -> int:
    """0 for healthy, and more for what is worse."""
    return _SEVERITY[level]


def healthy_run(levels: Iterable[KpiLevel]) -> int:
    """How many are healthy in a row, given the newest first."""
    run = 0
    for level in levels:
        if level is not KpiLevel.HEALTHY:
            break
        run += 1
    return run


def followed(watch: Watch, readings: Iterable[Reading], *, recovery: int) -> tuple[Watch, list[Crossing]]:
    """The watch after further measurements, the oldest first, and what they did."""
    crossings: list[Crossing] = []
    for reading in readings:
        healthy = reading.level is KpiLevel.HEALTHY
        watch = replace(watch, healthy_run=watch.healthy_run + 1 if healthy else 0)
        watch, happened = judged(watch, reading, recovery=recovery)
        crossings.extend(happened)
    return watch, crossings


def judged(watch: Watch, newest: Reading, *, recovery: int) -> tuple[Watch, list[Crossing]]:
    """The watch, whose ``healthy_run`` counts the newest measurement already, and what that one does."""
    return _judge(watch, newest, recovered=watch.healthy_run >= recovery)


def _judge(watch: Watch, newest: Reading, *, recovered: bool) -> tuple[Watch, list[Crossing]]:
    if watch.open_level is None:
        if recovered:
            return replace(watch, armed=True), []
        if newest.level is KpiLevel.HEALTHY or not watch.armed:
            return watch, []
        opened = replace(watch, open_level=newest.level, armed=False)
        return opened, [Crossing(BreachEventKind.OPENED, newest)]
    if recovered:
        ended = replace(watch, open_level=None, armed=True)
        return ended, [Crossing(BreachEventKind.RESTORED, newest)]
    return _moved(watch, watch.open_level, newest)


def _moved(watch: Watch, before: KpiLevel, newest: Reading) -> tuple[Watch, list[Crossing]]:
    if newest.level is before:
        return watch, []
    rose = severity(newest.level) > severity(before)
    kind = BreachEventKind.ROSE if rose else BreachEventKind.EASED
    return replace(watch, open_level=newest.level), [Crossing(kind, newest)]


def stretches(crossings: Iterable[Crossing]) -> Iterator[list[Crossing]]:
    """The crossings of one breach each: what goes on with the open one first, then from OPENED to OPENED."""
    stretch: list[Crossing] = []
    for crossing in crossings:
        if crossing.kind is BreachEventKind.OPENED and stretch:
            yield stretch
            stretch = []
        stretch.append(crossing)
    if stretch:
        yield stretch
