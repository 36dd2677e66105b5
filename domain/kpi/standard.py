"""A KPI's standard: limits, what a value means by them, when a measurement is due. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from domain.enums import Cadence, KpiLevel, KpiStatus, KpiTargetType, TrendKind
from domain.errors import InvalidInput
from domain.kpi.errors import ThresholdsOutOfOrder
from prioritisation.trend import FEWEST_POINTS, robust_trend

LIMITS = ("target_low", "amber_low", "red_low", "target_high", "amber_high", "red_high")

CADENCE_DAYS = {Cadence.DAILY: 1, Cadence.WEEKLY: 7, Cadence.MONTHLY: 31, Cadence.QUARTERLY: 92}
"""Days until the next measurement is due; the longest month and the longest quarter."""

DEFAULT_GRACE_HOURS = {
    Cadence.DAILY: 12.0,
    Cadence.WEEKLY: 48.0,
    Cadence.MONTHLY: 168.0,
    Cadence.QUARTERLY: 336.0,
}
"""How late a measurement may be before the KPI is stale, unless the KPI says otherwise."""

DEFAULT_RECOVERY = {Cadence.DAILY: 2, Cadence.WEEKLY: 2, Cadence.MONTHLY: 1, Cadence.QUARTERLY: 1}
"""Healthy measurements in a row that end a breach, unless the KPI says otherwise.

A value that flickers about its threshold from day to day is one breach and not many; where the next
measurement is a month away, one is enough.
"""

RECENT = 24
"""Measurements that a KPI's state keeps at hand."""

TREND_POINTS = 12
"""Of these, how many the trend goes by."""

_LOW_TYPES = (KpiTargetType.STAY_ABOVE, KpiTargetType.INCREASE_TO, KpiTargetType.STAY_WITHIN)
_HIGH_TYPES = (KpiTargetType.STAY_BELOW, KpiTargetType.DECREASE_TO, KpiTargetType.STAY_WITHIN)
_ORDERS = {
    "low": "redLow < amberLow <= targetLow",
    "high": "targetHigh <= amberHigh < redHigh",
    "both": "redLow < amberLow <= targetLow < targetHigh <= amberHigh < redHigh",
}


class Limits(Protocol):
    """What has a KPI's limits: low ones must not be undercut, high ones not exceeded; None where there is none."""

    @property
    def target_type(self) -> KpiTargetType:
        """What the value is to do."""

    @property
    def target_low(self) -> float | None:
        """The standard from below."""

    @property
    def amber_low(self) -> float | None:
        """Below it, the value is amber."""

    @property
    def red_low(self) -> float | None:
        """Below it, the value is red."""

    @property
    def target_high(self) -> float | None:
        """The standard from above."""

    @property
    def amber_high(self) -> float | None:
        """Above it, the value is amber."""

    @property
    def red_high(self) -> float | None:
        """Above it, the value is red."""


class TrendFigures(NamedTuple):
    """Slope per day in the KPI's unit, and what its target type calls that."""

    per_day: float
    kind: TrendKind


def with_default_limits(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a KPI, where an amber threshold that is left out is the target itself."""
    filled = dict(values)
    for side in ("low", "high"):
        if filled[f"amber_{side}"] is None:
            filled[f"amber_{side}"] = filled[f"target_{side}"]
    return filled


def refuse_senseless_limits(values: Mapping[str, Any]) -> None:
    """Refuse limits that are missing, that the target type has no use for, or that lie in the wrong order.

    Raises
    ------
    InvalidInput
        For a limit that is missing or that means nothing.
    ThresholdsOutOfOrder
        Naming the order that the target type asks for.
    """
    target_type: KpiTargetType = values["target_type"]
    low, high = target_type in _LOW_TYPES, target_type in _HIGH_TYPES
    for side, wanted in (("low", low), ("high", high)):
        for limit in ("target", "amber", "red"):
            given = values[f"{limit}_{side}"] is not None
            field = f"{limit}{side.title()}"
            if given and not wanted:
                raise InvalidInput(
                    f"A KPI that is to {target_type.value.replace('_', ' ')} has no {side} limits; leave"
                    f" {field} out.",
                    path=(field,),
                )
            if wanted and not given:
                raise InvalidInput(
                    f"A KPI that is to {target_type.value.replace('_', ' ')} needs {field}.", path=(field,)
                )
    order = _ORDERS["both" if low and high else "low" if low else "high"]
    if low and high and not values["target_low"] < values["target_high"]:
        raise _out_of_order(
            target_type, order, "targetHigh", values["target_low"], values["target_high"], "targetLow"
        )
    if low:
        red, amber, target = (values[f"{limit}_low"] for limit in ("red", "amber", "target"))
        if not amber <= target:
            raise _out_of_order(target_type, order, "amberLow", target, amber, "targetLow")
        if not red < amber:
            raise _out_of_order(target_type, order, "redLow", amber, red, "amberLow")
    if high:
        red, amber, target = (values[f"{limit}_high"] for limit in ("red", "amber", "target"))
        if not target <= amber:
            raise _out_of_order(target_type, order, "amberHigh", target, amber, "targetHigh")
        if not amber < red:
            raise _out_of_order(target_type, order, "redHigh", amber, red, "amberHigh")


def _out_of_order(
    target_type: KpiTargetType, order: str, field: str, other: float, value: float, beside: str
) -> ThresholdsOutOfOrder:
    return ThresholdsOutOfOrder(
        f"{field} {value:g} contradicts {beside} {other:g}: a KPI that is to"
        f" {target_type.value.replace('_', ' ')} needs {order}.",
        order=order,
        path=(field,),
    )


def level_of(value: float, limits: Limits) -> KpiLevel:
    """What a value means; a value at a threshold is still on the better side of it."""
    if _beyond(value, limits.red_low, limits.red_high):
        return KpiLevel.RED
    if _beyond(value, limits.amber_low, limits.amber_high):
        return KpiLevel.AMBER
    return KpiLevel.HEALTHY


def meets_target(value: float, limits: Limits) -> bool:
    """Whether a value is at the standard or better."""
    return not _beyond(value, limits.target_low, limits.target_high)


def _beyond(value: float, low: float | None, high: float | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def stale_at(measured_at: datetime, *, cadence: Cadence, grace_hours: float) -> datetime:
    """When a KPI is stale for want of a measurement after this one: cadence and grace later."""
    return measured_at + timedelta(days=CADENCE_DAYS[cadence], hours=grace_hours)


def status_at(now: datetime, *, level: KpiLevel | None, stale_from: datetime | None) -> KpiStatus:
    """How the process is at a moment: unknown before the first measurement, stale when the last is too old."""
    if level is None or stale_from is None:
        return KpiStatus.UNKNOWN
    if stale_from <= now:
        return KpiStatus.STALE
    return KpiStatus(level.value)


def trend_of(times: Sequence[datetime], values: Sequence[float], limits: Limits) -> TrendFigures | None:
    """The trend of the newest measurements, in the order of their times; None when there are too few of them.

    A rise is good of what is to stay above or to increase, and bad of what is to stay below or to decrease. In
    a range it is good to move towards its middle. What could be chance is steady.
    """
    at, recent = times[-TREND_POINTS:], values[-TREND_POINTS:]
    if len(recent) < FEWEST_POINTS:
        return None
    days = [(time - at[0]) / timedelta(days=1) for time in at]
    trend = robust_trend(days, recent)
    good = trend.direction * _good_direction(recent[-1], limits)
    kind = TrendKind.STEADY if good == 0 else TrendKind.IMPROVING if good > 0 else TrendKind.WORSENING
    # close measurements of huge values could exceed what the database stores
    return TrendFigures(max(-1e15, min(1e15, trend.slope)), kind)


def _good_direction(latest: float, limits: Limits) -> int:
    if limits.target_type is not KpiTargetType.STAY_WITHIN:
        return 1 if limits.target_type in _LOW_TYPES else -1
    middle = ((limits.target_low or 0.0) + (limits.target_high or 0.0)) / 2
    # at the middle every way leads off; it can't be told in one sign, and below is as good as above
    return 1 if latest < middle else -1
