"""Urgency: how the cost of a week of delay depends on when an initiative is finished.

Weeks count from now (week 0), may be fractions, and are negative in the past. Delay costs begin for an
initiative at its `start` week; x = week − start is its delay. The profiles (after Reinertsen 2009 and
Arnold's urgency profiles) follow from what an initiative earns when it is on time and what when it is x weeks
late, with R the `rate`, L the `life` and p the `peak` week:

LINEAR
    R a week, for good.
FIXED_DATE
    `rate_before` a week until the deadline. Finishing after it costs the `step` at once, and from there on
    the rate grows within `ramp` weeks from `rate_before` to R.
SHORT_LIFE_PEAK_AFFECTED
    Earnings rise until week p to R a week and fall to nothing at week L. Who is late rises as steeply, yet
    the market peaks and ends when it does: earnings ½(L − x)·R(p − x)/p, and none from x = p on. With L = 2p
    this is the triangle model of time to market. A peak at week 0 is missed by any delay.
LONG_LIFE_PEAK_AFFECTED
    Earnings rise within p weeks to R a week and stay until week L. Every week of delay lowers the level for
    good, to R(1 − x/(L − p)), and the end does not move: nothing is left from x = L − p on.
LONG_LIFE_PEAK_NOT_AFFECTED
    The same, yet the level stays R: a week of delay costs R until too little life is left to reach the level.
INTANGIBLE
    Nothing at first; the rate grows within `ramp` weeks to R a week and stays.

All of them are piecewise quadratic with steps: `Pieces`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    float_array,
    int_array,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.errors import InvalidProblem, name_positions


class UrgencyProfile(StrEnum):
    """How the cost of a week of delay changes over time; see the module."""

    LINEAR = "LINEAR"
    FIXED_DATE = "FIXED_DATE"
    SHORT_LIFE_PEAK_AFFECTED = "SHORT_LIFE_PEAK_AFFECTED"
    LONG_LIFE_PEAK_AFFECTED = "LONG_LIFE_PEAK_AFFECTED"
    LONG_LIFE_PEAK_NOT_AFFECTED = "LONG_LIFE_PEAK_NOT_AFFECTED"
    INTANGIBLE = "INTANGIBLE"


PROFILES = tuple(UrgencyProfile)
"""The code of a profile in a column is its position here."""

_CODE = {profile: code for code, profile in enumerate(PROFILES)}
_REQUIRED = {
    UrgencyProfile.FIXED_DATE: ("deadline",),
    UrgencyProfile.SHORT_LIFE_PEAK_AFFECTED: ("life", "peak"),
    UrgencyProfile.LONG_LIFE_PEAK_AFFECTED: ("life", "peak"),
    UrgencyProfile.LONG_LIFE_PEAK_NOT_AFFECTED: ("life", "peak"),
    UrgencyProfile.INTANGIBLE: ("ramp",),
}


_DEFAULTS = {
    "start": 0.0,
    "deadline": np.nan,
    "step": 0.0,
    "rate_before": 0.0,
    "ramp": 0.0,
    "life": np.nan,
    "peak": np.nan,
}
_PIECES = 3
_GREATEST = 1e100
_SHORTEST = 1e-6  # weeks; a rise within less is a jump


class Pieces(NamedTuple):
    """The rates of n initiatives as functions of the delay, linear on each of three pieces.

    Attributes
    ----------
    at : array, shape (3, n)
        Delay in weeks at which the piece begins; infinite if there is none.
    step : array, shape (3, n)
        Money that passing this delay costs at once.
    rate, slope : array, shape (3, n)
        Money per week at the beginning of the piece, and its change per week.
    length : array, shape (3, n)
        Weeks; infinite for the last.
    origin : array, shape (n,)
        Week in which the delay is 0.
    unknown : array of bool, shape (n,)
        Whether the rate is missing.
    """

    at: FloatArray
    step: FloatArray
    rate: FloatArray
    slope: FloatArray
    length: FloatArray
    origin: FloatArray
    unknown: BoolArray


@dataclass(frozen=True, slots=True, eq=False)
class DelayProblem:
    """Urgency of n initiatives. Columns may be left out, and hold NaN, where a profile does not use them.

    Parameters
    ----------
    profile : sequence of UrgencyProfile, or array of int
        Codes are positions in `PROFILES`.
    rate : array_like, shape (n,)
        R, in money (or value points) per week. NaN or None where unknown: then every cost is NaN.
        Costs are proportional to it where `step` and `rate_before` are 0, so the cost at the mean rate
        (`prioritisation.estimates`) is the mean cost.
    start : array_like, shape (n,), optional
        Week from which delay costs anything. Default 0, which is now; in the past for what is late already.
    deadline : array_like, shape (n,), optional
        Last week in which finishing is on time, for FIXED_DATE.
    step : array_like, shape (n,), optional
        Money lost when the deadline is missed. Default 0.
    rate_before : array_like, shape (n,), optional
        Money per week before the deadline. Default 0.
    ramp : array_like, shape (n,), optional
        Weeks in which the rate grows to R, for INTANGIBLE and, default 0, for FIXED_DATE.
    life, peak : array_like, shape (n,), optional
        L and p, in weeks from `start`, 0 ≤ p < L.

    Raises
    ------
    InvalidProblem
        With the positions of the initiatives: ``UNKNOWN_PROFILE``, ``SHAPE``, ``NOT_NUMERIC``,
        ``NOT_FINITE``, ``TOO_GREAT``, ``NEGATIVE``, ``MISSING_VALUE`` (a profile needs the column),
        ``PEAK_OUTSIDE_LIFE``.

    Examples
    --------
    >>> problem = DelayProblem(
    ...     profile=[UrgencyProfile.LINEAR, UrgencyProfile.FIXED_DATE],
    ...     rate=np.array([10, 30]),
    ...     deadline=np.array([np.nan, 4]),
    ...     step=np.array([0, 500]),
    ... )
    >>> problem.profile, problem.size
    (array([0, 1]), 2)
    """

    profile: IntArray | Sequence[UrgencyProfile]
    rate: FloatArray
    start: FloatArray | None = None
    deadline: FloatArray | None = None
    step: FloatArray | None = None
    rate_before: FloatArray | None = None
    ramp: FloatArray | None = None
    life: FloatArray | None = None
    peak: FloatArray | None = None
    pieces: Pieces = field(init=False, repr=False)

    def __post_init__(self) -> None:
        size = len(self.profile)
        codes = _codes(self.profile)
        columns = {}
        for name in ("rate", *_DEFAULTS):
            given = getattr(self, name)
            if given is not None:
                given = float_array(given, field=name, length=size)
                require_finite(given, field=name, missing_allowed=True)
                message = "must be below 1e100 for costs to be numbers"
                refuse(np.abs(given) > _GREATEST, field=name, message=message, code="TOO_GREAT")
                if name not in {"start", "deadline"}:
                    require_not_negative(given, field=name)
                object.__setattr__(self, name, given)
            columns[name] = np.full(size, np.nan) if given is None else given
        for profile, names in _REQUIRED.items():
            for name in names:
                missing = (codes == _CODE[profile]) & np.isnan(columns[name])
                message = f"is needed by the profile {profile}"
                refuse(missing, field=name, message=message, code="MISSING_VALUE")
        message = "must be a week before the end of life"
        refuse(columns["peak"] >= columns["life"], field="peak", message=message, code="PEAK_OUTSIDE_LIFE")
        for name, default in _DEFAULTS.items():
            columns[name] = np.where(np.isnan(columns[name]), default, columns[name])
        object.__setattr__(self, "profile", codes)
        object.__setattr__(self, "pieces", _pieces(codes, columns))

    @property
    def size(self) -> int:
        """Number of initiatives."""
        return len(self.profile)


def _codes(profile: IntArray | Sequence[UrgencyProfile]) -> IntArray:
    if not isinstance(profile, np.ndarray):
        unknown = [i for i, one in enumerate(profile) if one not in _CODE]
        message = f"'profile' must be one of {', '.join(PROFILES)}; positions: {name_positions(unknown)}"
        if unknown:
            raise InvalidProblem(message, field="profile", items=unknown, code="UNKNOWN_PROFILE")
        profile = np.array([_CODE[one] for one in profile], dtype=np.int64)
    codes = int_array(profile, field="profile")
    message = f"must hold codes below {len(PROFILES)}, positions in PROFILES"
    refuse((codes < 0) | (codes >= len(PROFILES)), field="profile", message=message, code="UNKNOWN_PROFILE")
    return codes


def _pieces(codes: IntArray, columns: dict[str, FloatArray]) -> Pieces:
    """Translate the profiles of the module's description into pieces."""
    size = len(codes)
    at = np.full((_PIECES, size), np.inf)
    step, rate, slope, length = (np.zeros((_PIECES, size)) for _ in range(4))
    origin = columns["start"].copy()

    def of(profile: UrgencyProfile, *names: str) -> tuple[IntArray, list[FloatArray]]:
        items = np.flatnonzero(codes == _CODE[profile])
        return items, [columns[name][items] for name in names]

    items, (full,) = of(UrgencyProfile.LINEAR, "rate")
    at[0, items], rate[0, items], length[0, items] = 0, full, np.inf

    items, (full, before, due, fine, ramp) = of(
        UrgencyProfile.FIXED_DATE, "rate", "rate_before", "deadline", "step", "ramp"
    )
    origin[items] = np.minimum(origin[items], due)  # a deadline in the past is where the delay began
    until = due - origin[items]
    at[0, items], rate[0, items], length[0, items] = 0, before, until
    at[1, items], step[1, items], rate[1, items], length[1, items] = until, fine, before, ramp
    slope[1, items] = _divide(full - before, ramp)
    at[2, items], rate[2, items], length[2, items] = until + ramp, full, np.inf

    items, (full, life, peak) = of(UrgencyProfile.SHORT_LIFE_PEAK_AFFECTED, "rate", "life", "peak")
    at[0, items], length[0, items] = 0, peak
    rate[0, items] = _divide(full * (life + peak) / 2, peak)
    slope[0, items] = _divide(-full, peak)
    step[0, items] = np.where(peak > _SHORTEST, 0.0, full * life / 2)

    items, (full, life, peak) = of(UrgencyProfile.LONG_LIFE_PEAK_AFFECTED, "rate", "life", "peak")
    window = life - peak
    at[0, items], length[0, items] = 0, window
    rate[0, items] = full * (1 + (life - peak / 2) / window)
    slope[0, items] = -2 * full / window

    items, (full, life, peak) = of(UrgencyProfile.LONG_LIFE_PEAK_NOT_AFFECTED, "rate", "life", "peak")
    at[0, items], rate[0, items], length[0, items] = 0, full, life - peak
    at[1, items], rate[1, items], length[1, items] = life - peak, full, peak
    slope[1, items] = _divide(-full, peak)

    items, (full, ramp) = of(UrgencyProfile.INTANGIBLE, "rate", "ramp")
    at[0, items], length[0, items], slope[0, items] = 0, ramp, _divide(full, ramp)
    at[1, items], rate[1, items], length[1, items] = ramp, full, np.inf

    pieces = Pieces(at, step, rate, slope, length, origin, np.isnan(columns["rate"]))
    for array in pieces:
        array.flags.writeable = False
    return pieces


def _divide(values: FloatArray, weeks: FloatArray) -> FloatArray:
    """Return ``values / weeks``, and 0 where there are no weeks to speak of."""
    return np.divide(values, weeks, out=np.zeros_like(values), where=weeks > _SHORTEST)
