"""Scheduling within capacity: when each initiative runs so that delay costs least, as a problem and its result.

Time is cut into periods 0 … T − 1. Initiative j, once begun in period s, runs without interruption in the
periods s … s + duration[j] − 1 and uses ``demand[j, k]`` person-weeks of resource k in each of them. Its
*finish* is the last of these periods, and it costs ``cost[j, finish]``; what does not finish within the
horizon costs ``cost[j, T]``. What is left undone uses nothing.

Capacity holds for every period t and resource k: with use[t, b, k] the person-weeks that category b takes,
use[t, b, k] ≤ upper[t, b, k] and Σ_b max(use[t, b, k], reserved[t, b, k]) + use without category ≤
capacity[t, k]. What is reserved for a category is lost to the others even where it is not used. The limits of
a period are those of `prioritisation.allocation_limits`, whose `reserved_and_upper` makes them from shares.

A dependency i → j with lag ℓ, in periods:

- finish-to-start: start(j) ≥ finish(i) + 1 + ℓ
- start-to-start: start(j) ≥ start(i) + ℓ
- finish-to-finish: finish(j) ≥ finish(i) + ℓ

A successor is scheduled only if its predecessors are, whatever the lag.

Work in flight has a ``fixed_start``: mostly 0, with the *remaining* duration. Periods that are past have no
place here; who states a start-to-start dependency on work begun p periods ago takes p off its lag. Fixed work
may reach beyond the horizon: then its finish is T or later, and it costs ``cost[j, T]``.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from prioritisation.adjacency import Csr, Topology, csr, topology
from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    float_array,
    index_array,
    int_array,
    read_only,
    refuse,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.dependencies import DependencyType
from prioritisation.errors import InvalidProblem, PrioritisationError

MOST_PERIODS: Final = 5_000
"""Longest horizon."""

MOST_CELLS: Final = 4_000_000
"""Greatest number of costs, initiatives × (periods + 1), and of limits, periods × categories × resources."""

MOST_LAG: Final = 100_000
"""Greatest lag and duration, in periods; nothing real comes near, and sums of them stay exact."""

_NO_PLACE: Final = -1


def _default() -> NDArray[Any]:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ScheduleProblem:
    """n initiatives, T periods, K resources, B categories and m dependencies.

    Parameters
    ----------
    duration : array_like of int, shape (n,)
        Periods, at least 1; of work in flight what remains.
    demand : array_like, shape (n, K)
        Person-weeks in each period in which the initiative runs.
    capacity : array_like, shape (T, K)
        Person-weeks.
    cost : array_like, shape (n, T + 1)
        Cost of finishing at the end of each period; last column: not within the horizon. Finite, not
        negative, never falling along a row (see `prioritisation.cost_of_delay.cost_table`).
    category : array_like of int, shape (n,), optional
        Position of the category, -1 for none. By default none.
    reserved, upper : array_like, shape (T, B, K), optional
        Person-weeks; ``upper`` may be infinite. By default there are no categories.
    before, after : array_like of int, shape (m,), optional
        Predecessor and successor.
    kind : array_like of DependencyType, shape (m,), optional
        By default finish-to-start.
    lag : array_like of int, shape (m,), optional
        Periods; negative where the two may overlap. By default 0.
    earliest : array_like of int, shape (n,), optional
        First period in which the initiative may start. By default 0.
    latest : array_like of int, shape (n,), optional
        Deadline that must hold: last period in which it may finish, -1 for none. An initiative that is not
        mandatory may miss it by not being scheduled at all.
    fixed_start : array_like of int, shape (n,), optional
        Period in which work in flight (again) starts; -1 where the start is free. Fixed work is done.
    mandatory : array_like of bool, shape (n,), optional
        Whether it must finish within the horizon (and its deadline).
    order : array_like of int, shape (n,), optional
        Rank of each stable id, to break ties; by default the position.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``, ``NEGATIVE``, ``UNKNOWN_POSITION``,
        ``TIE_BREAK_NOT_UNIQUE``; ``HORIZON_EMPTY``, ``TOO_LARGE``, ``DURATION_EMPTY``, ``OUT_OF_RANGE``,
        ``COST_FALLS``, ``RESERVED_OVER_UPPER``, ``RESERVED_OVER_CAPACITY``,
        ``DEADLINE_BEFORE_EARLIEST_FINISH``, ``FIXED_BEFORE_EARLIEST``, ``FIXED_AFTER_DEADLINE``.
    CycleError
        The dependencies contain a cycle, which is named.

    Examples
    --------
    >>> problem = ScheduleProblem(
    ...     duration=[2, 1], demand=[[1], [1]], capacity=[[1]] * 4, cost=[[1, 2, 3, 4, 5]] * 2, before=[0], after=[1]
    ... )
    >>> problem.size, problem.periods, problem.resources, problem.categories
    (2, 4, 1, 0)
    """

    duration: IntArray
    demand: FloatArray
    capacity: FloatArray
    cost: FloatArray
    category: IntArray = field(default_factory=_default)
    reserved: FloatArray = field(default_factory=_default)
    upper: FloatArray = field(default_factory=_default)
    before: IntArray = field(default_factory=_default)
    after: IntArray = field(default_factory=_default)
    kind: IntArray = field(default_factory=_default)
    lag: IntArray = field(default_factory=_default)
    earliest: IntArray = field(default_factory=_default)
    latest: IntArray = field(default_factory=_default)
    fixed_start: IntArray = field(default_factory=_default)
    mandatory: BoolArray = field(default_factory=_default)
    order: IntArray = field(default_factory=_default)
    successors: Csr = field(init=False)
    predecessors: Csr = field(init=False)
    topology: Topology = field(init=False)
    """Dependencies between topological positions; ``edges`` are positions in ``before`` and ``after``."""

    def __post_init__(self) -> None:
        duration = int_array(self.duration, field="duration")
        n = duration.size
        refuse(duration < 1, field="duration", message="must be at least 1 period", code="DURATION_EMPTY")
        _bounded(duration, field="duration")
        capacity = _amounts(self.capacity, field="capacity", ndim=2)
        periods, resources = capacity.shape
        if not 1 <= periods <= MOST_PERIODS:
            message = f"'capacity' must have 1 to {MOST_PERIODS} periods (rows), not {periods}"
            code = "TOO_LARGE" if periods else "HORIZON_EMPTY"
            raise InvalidProblem(message, field="capacity", code=code)
        demand = _amounts(self.demand, field="demand", ndim=2, length=n)
        _columns(demand, resources, field="demand", what="resources of 'capacity'")
        cost = _amounts(self.cost, field="cost", ndim=2, length=n)
        _columns(cost, periods + 1, field="cost", what="periods, and one for what is not done")
        _not_too_many(cost.size, field="cost")
        falls = _rows(np.diff(cost, axis=1) < 0)
        refuse(falls, field="cost", message="must not fall when a finish moves back", code="COST_FALLS")
        reserved, upper = _category_limits(self.reserved, self.upper, capacity)
        category = _column(self.category, n, field="category", default=_NO_PLACE)
        message = f"must be -1 or the position of one of {reserved.shape[1]} categories"
        strange = (category < _NO_PLACE) | (category >= reserved.shape[1])
        refuse(strange, field="category", message=message, code="UNKNOWN_POSITION")
        before = index_array(self.before, field="before", size=n)
        m = before.size
        after = index_array(self.after, field="after", size=n, length=m)
        kind = _column(self.kind, m, field="kind", default=int(DependencyType.FINISH_TO_START))
        index_array(kind, field="kind", size=len(DependencyType))
        lag = _column(self.lag, m, field="lag", default=0)
        _bounded(lag, field="lag")
        successors = csr(n, before, after)
        for name, value in (
            ("duration", duration),
            ("demand", demand),
            ("capacity", capacity),
            ("cost", cost),
            ("category", category),
            ("reserved", reserved),
            ("upper", upper),
            ("before", before),
            ("after", after),
            ("kind", kind),
            ("lag", lag),
            ("earliest", _column(self.earliest, n, field="earliest", default=0)),
            ("latest", _column(self.latest, n, field="latest", default=_NO_PLACE)),
            ("fixed_start", _column(self.fixed_start, n, field="fixed_start", default=_NO_PLACE)),
            ("mandatory", read_only(_column(self.mandatory, n, field="mandatory", default=0) != 0)),
            ("order", tie_break_array(self.order if np.size(self.order) else None, length=n)),
            ("successors", successors),
            ("predecessors", csr(n, after, before)),
            ("topology", topology(successors)),
        ):
            object.__setattr__(self, name, value)
        self._check_dates()

    def _check_dates(self) -> None:
        require_not_negative(self.earliest.astype(np.float64), field="earliest")
        for name in ("earliest", "latest", "fixed_start"):
            _bounded(getattr(self, name), field=name)
        for name in ("latest", "fixed_start"):
            message = "must be a period, counted from 0, or -1 for none"
            refuse(getattr(self, name) < _NO_PLACE, field=name, message=message, code="NEGATIVE")
        fixed = self.fixed_start >= 0
        message = "must not be after the horizon; leave out what starts later"
        late = self.fixed_start >= self.periods
        refuse(late, field="fixed_start", message=message, code="OUT_OF_RANGE")
        message = "must not come before 'earliest'; one of the two is wrong"
        early = fixed & (self.fixed_start < self.earliest)
        refuse(early, field="fixed_start", message=message, code="FIXED_BEFORE_EARLIEST")
        due = self.latest >= 0
        finish = np.where(fixed, self.fixed_start, self.earliest) + self.duration - 1
        missed = due & (finish > self.latest)
        message = "comes before the finish that the fixed start and the duration give; move one of them"
        refuse(missed & fixed, field="latest", message=message, code="FIXED_AFTER_DEADLINE")
        message = "comes before the earliest finish, 'earliest' + 'duration' - 1; move one of them"
        refuse(missed, field="latest", message=message, code="DEADLINE_BEFORE_EARLIEST_FINISH")

    @property
    def size(self) -> int:
        """Number of initiatives."""
        return int(self.duration.size)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.capacity.shape[0])

    @property
    def resources(self) -> int:
        """Number of resources."""
        return int(self.capacity.shape[1])

    @property
    def categories(self) -> int:
        """Number of categories with limits."""
        return int(self.reserved.shape[1])


class ScheduleStatus(StrEnum):
    """What is proven about a schedule.

    OPTIMAL
        No schedule costs less (the bound equals the cost, up to rounding).
    FEASIBLE
        Valid, and ``gap`` says how much of its cost could be saved at most.
    HEURISTIC
        Valid; the budget left no room for a bound that says anything.
    """

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"
    HEURISTIC = "HEURISTIC"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Schedule:
    """When each initiative runs, what that costs, and what is proven about it.

    Attributes
    ----------
    start, finish : int64[n]
        First and last period; -1 where the initiative is not scheduled. Only the finish of fixed work may
        lie beyond the horizon (T or later).
    sequence : int64[n]
        The order of placing that gives this schedule when each initiative in turn starts as early as it can:
        what is kept of the plan when estimates change.
    cost : float
        Σ cost[j, finish], with the last column for what does not finish within the horizon.
    bound : float or None
        No valid schedule costs less; None with HEURISTIC.
    status : ScheduleStatus
    used : float64[T, B + 1, K]
        Person-weeks by period, category and resource; the last row of a period is work without category.
    complete : bool
        False if the clock, the safety net of the budget, ended the solve: then another run may differ.
    """

    start: IntArray
    finish: IntArray
    sequence: IntArray
    cost: float
    bound: float | None
    status: ScheduleStatus
    used: FloatArray
    complete: bool = True

    @property
    def gap(self) -> float | None:
        """(cost − bound) / cost, 0 where there is nothing to lose; None with HEURISTIC."""
        if self.bound is None:
            return None
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0 else 0.0

    @property
    def load(self) -> FloatArray:
        """Person-weeks in use, float64[T, K]."""
        return np.asarray(self.used.sum(axis=1))


class InfeasibleSchedule(PrioritisationError):
    """No schedule keeps all that must hold; ``items`` are initiatives that collide, as few as could be found.

    Codes: ``FIXED_OVER_CAPACITY`` (work in flight needs more than there is), ``FIXED_BREAKS_DEPENDENCY``,
    ``MANDATORY_TOO_LATE`` (dates and dependencies alone leave no room), ``MANDATORY_OVER_CAPACITY``.
    """

    default_code = "INFEASIBLE_SCHEDULE"


class ScheduleNotFound(PrioritisationError):
    """The budget ended before a schedule with all that is mandatory was found; ``items`` are the missing ones."""

    default_code = "SCHEDULE_NOT_FOUND"


def _amounts(values: FloatArray, *, field: str, ndim: int, length: int | None = None) -> FloatArray:
    array = float_array(values, field=field, ndim=ndim, length=length)
    by_row = array.reshape(len(array), array[:1].size)  # -1 would not tell without rows
    worst = np.abs(by_row).max(axis=1, initial=0.0)  # NaN and infinities show
    require_finite(worst, field=field)
    require_not_negative(by_row.min(axis=1, initial=0.0), field=field)
    return array


def _rows(cells: BoolArray) -> BoolArray:
    return np.asarray(cells.reshape(len(cells), cells[:1].size).any(axis=1), dtype=np.bool_)


def _columns(array: FloatArray, count: int, *, field: str, what: str) -> None:
    if array.shape[1] != count:
        message = f"'{field}' has {array.shape[1]} columns, and there are {count} ({what})"
        raise InvalidProblem(message, field=field, code="SHAPE")


def _column(values: NDArray[Any], length: int, *, field: str, default: int) -> IntArray:
    if not np.size(values):
        return read_only(np.full(length, default, dtype=np.int64))
    return int_array(values, field=field, length=length)


def _bounded(array: IntArray, *, field: str) -> None:
    message = f"must lie within ±{MOST_LAG} periods"
    refuse(np.abs(array) > MOST_LAG, field=field, message=message, code="OUT_OF_RANGE")


def _not_too_many(cells: int, *, field: str) -> None:
    if cells > MOST_CELLS:
        message = (
            f"'{field}' has {cells} cells; there is room for {MOST_CELLS}. Take longer periods or a part."
        )
        raise InvalidProblem(message, field=field, code="TOO_LARGE")


def _category_limits(
    reserved: FloatArray, upper: FloatArray, capacity: FloatArray
) -> tuple[FloatArray, FloatArray]:
    periods, resources = capacity.shape
    if not np.size(reserved) and not np.size(upper):
        none = read_only(np.empty((periods, 0, resources)))
        return none, none
    low = _amounts(reserved, field="reserved", ndim=3, length=periods)
    high = float_array(upper, field="upper", ndim=3, length=periods)
    by_period = high.reshape(periods, -1)
    require_not_negative(by_period.min(axis=1, initial=0.0), field="upper")
    missing = _rows(np.isnan(by_period))
    refuse(missing, field="upper", message="must not be missing (NaN)", code="MISSING_VALUE")
    for name, array in (("reserved", low), ("upper", high)):
        if array.shape != (periods, low.shape[1], resources):
            message = f"'{name}' must have the shape (periods, categories, resources), not {array.shape}"
            raise InvalidProblem(message, field=name, code="SHAPE")
    _not_too_many(low.size, field="reserved")
    slack = TOLERANCE * capacity
    message = "must not exceed 'upper'; a floor above a cap cannot hold"
    crossed = _rows(low > high + slack[:, np.newaxis, :])
    refuse(crossed, field="reserved", message=message, code="RESERVED_OVER_UPPER")
    message = "must not add up to more than 'capacity'; lower the shares of those periods"
    over = _rows(low.sum(axis=1) > capacity + slack)
    refuse(over, field="reserved", message=message, code="RESERVED_OVER_CAPACITY")
    return low, high
