"""What the capacity of teams is computed from, as frozen columns that validate themselves when made."""

from dataclasses import dataclass, fields

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray, index_array, refuse, require_finite
from prioritisation.errors import InvalidProblem


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class People:
    """The members of all teams, one entry each.

    Parameters
    ----------
    team : int64[P]
        Position of the team.
    fte : float64[P]
        Share of a full-time job, 0 to 1.
    joins, leaves : int64[P]
        First and last day; may lie outside the days that are asked about.
    ramp_up_days, ramp_up_share : float64[P]
        A joiner begins with this share of what she will do, and reaches all of it after so many days, linearly.
    ramp_down_days, ramp_down_share : float64[P]
        A leaver begins to do less so many days before the last one, on which this share is left, linearly.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``, ``SHAPE``, ``NOT_FINITE``, ``MISSING_VALUE``, ``NEGATIVE``, ``OUTSIDE_SCALE``
        (shares over 1), ``OUT_OF_ORDER`` (leaves before joining).
    """

    team: IntArray
    fte: FloatArray
    joins: IntArray
    leaves: IntArray
    ramp_up_days: FloatArray
    ramp_up_share: FloatArray
    ramp_down_days: FloatArray
    ramp_down_share: FloatArray

    def __post_init__(self) -> None:
        for name in (entry.name for entry in fields(self)):
            column = getattr(self, name)
            if column.shape != self.team.shape:
                message = f"'{name}' must have {len(self.team)} entries"
                raise InvalidProblem(message, field=name, code="SHAPE")
        for name in ("fte", "ramp_up_share", "ramp_down_share"):
            require_share(getattr(self, name), field=name)
        for name in ("ramp_up_days", "ramp_down_days"):
            require_finite(getattr(self, name), field=name)
            refuse(getattr(self, name) < 0, field=name, message="must not be negative", code="NEGATIVE")
        refuse(
            self.leaves < self.joins,
            field="leaves",
            message="must not come before joins",
            code="OUT_OF_ORDER",
        )

    def __len__(self) -> int:
        return len(self.team)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Absences:
    """Leave, one entry each: of a person, of a whole team, or of everybody.

    Overlapping leave adds up, to the whole day at most: two half days off are one day off, and a holiday
    within somebody's vacation counts once.

    Parameters
    ----------
    person, team : int64[L]
        Positions; −1 for none. With neither it is everybody's.
    first, last : int64[L]
        Days, both included; may lie outside those that are asked about.
    share : float64[L]
        Share of each day, 0 to 1.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``OUTSIDE_SCALE``, ``NOT_FINITE``, ``MISSING_VALUE``, ``OUT_OF_ORDER``.
    """

    person: IntArray
    team: IntArray
    first: IntArray
    last: IntArray
    share: FloatArray

    def __post_init__(self) -> None:
        for name in (entry.name for entry in fields(self)):
            if getattr(self, name).shape != self.person.shape:
                message = f"'{name}' must have {len(self.person)} entries"
                raise InvalidProblem(message, field=name, code="SHAPE")
        require_share(self.share, field="share")
        refuse(
            self.last < self.first, field="last", message="must not come before first", code="OUT_OF_ORDER"
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calendar:
    """The days that are asked about.

    Parameters
    ----------
    working : bool[D]
        Whether the organisation works on the day.
    period : int64[D]
        Position of the period that each day lies in.
    periods : int
        How many there are.
    days_per_week : float
        Working days that make a person-week.
    """

    working: BoolArray
    period: IntArray
    periods: int
    days_per_week: float = 5.0

    def __post_init__(self) -> None:
        index_array(self.period, field="period", size=self.periods, length=len(self.working))
        if not self.days_per_week > 0:
            raise InvalidProblem(
                "'days_per_week' must be greater than 0", field="days_per_week", code="NEGATIVE"
            )

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(self.working)


def members(
    *,
    team: list[int],
    fte: list[float],
    joins: list[int] | None = None,
    leaves: list[int] | None = None,
    ramp_up: list[tuple[float, float]] | None = None,
    ramp_down: list[tuple[float, float]] | None = None,
) -> People:
    """Make `People` of lists; without dates they have always been there and stay; ramps are days and share."""
    count = len(team)
    up = np.array(ramp_up or [(0.0, 1.0)] * count, dtype=np.float64).reshape(count, 2)
    down = np.array(ramp_down or [(0.0, 1.0)] * count, dtype=np.float64).reshape(count, 2)
    return People(
        team=np.array(team, dtype=np.int64),
        fte=np.array(fte, dtype=np.float64),
        joins=np.array(joins or [-(10**7)] * count, dtype=np.int64),
        leaves=np.array(leaves or [10**7] * count, dtype=np.int64),
        ramp_up_days=up[:, 0],
        ramp_up_share=up[:, 1],
        ramp_down_days=down[:, 0],
        ramp_down_share=down[:, 1],
    )


def leave_of(
    *,
    first: list[int],
    last: list[int],
    person: list[int] | None = None,
    team: list[int] | None = None,
    share: list[float] | None = None,
) -> Absences:
    """Make `Absences` of lists; whole days unless ``share`` says otherwise."""
    count = len(first)
    return Absences(
        person=np.array(person or [-1] * count, dtype=np.int64),
        team=np.array(team or [-1] * count, dtype=np.int64),
        first=np.array(first, dtype=np.int64),
        last=np.array(last, dtype=np.int64),
        share=np.array(share or [1.0] * count, dtype=np.float64),
    )


def require_share(values: FloatArray, *, field: str) -> None:
    """Refuse what is no share: NaN, infinite, below 0 or above 1."""
    flat = values.reshape(-1)
    require_finite(flat, field=field)
    outside = (flat < 0) | (flat > 1)
    refuse(outside, field=field, message="must lie between 0 and 1", code="OUTSIDE_SCALE")
