"""How much of each resource the categories of work may use: ring-fences, floors and caps in person-weeks.

A resource is a team, or a skill of a team. For category b and resource k

- use ≤ upper: what a category may not go beyond, and
- Σ max(use, reserved) ≤ capacity: what is reserved is lost to all others, used or not.

Work without category (index −1) may use what is reserved for nobody. Arrays that have one row for each of B
categories and one for work without category have B + 1 rows, so that row −1 is that of category −1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prioritisation.columns import (
    FloatArray,
    Numbers,
    float_array,
    read_only,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.errors import InvalidProblem

__all__ = ["TOLERANCE", "AllocationLimits", "AllocationMode", "reserved_and_upper"]

TOLERANCE: Final = 1e-9
"""Share of a capacity by which use may exceed a limit: what adding up fractions loses."""

_TABLE = 2  # dimensions


class AllocationMode(StrEnum):
    """How strictly a category keeps to its share of a resource.

    RING_FENCED
        Nobody else may use it, and the category may use no more.
    FLOOR
        Nobody else may use it; the category may use more where there is more.
    CAP
        The category may use no more; others may use what it leaves.
    """

    RING_FENCED = "ring_fenced"
    FLOOR = "floor"
    CAP = "cap"


@dataclass(frozen=True, slots=True, eq=False)
class AllocationLimits:
    """Capacity of K resources and what B categories may use of it, in person-weeks.

    Parameters
    ----------
    capacity : array_like, shape (K,)
    reserved : array_like, shape (B, K)
        What only the category may use.
    upper : array_like, shape (B, K)
        What the category may use at most; ``inf`` for no such limit.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``, ``NEGATIVE``; positions are those of the
        array, read row by row. ``RESERVED_OVER_UPPER``, ``RESERVED_OVER_CAPACITY`` (resources).

    Examples
    --------
    >>> limits = AllocationLimits(capacity=[10.0], reserved=[[6.0], [0.0]], upper=[[6.0], [3.0]])
    >>> limits.room(np.array([[5.0], [2.0], [0.0]])).tolist()
    [[1.0], [1.0], [2.0]]
    """

    capacity: FloatArray
    reserved: FloatArray
    upper: FloatArray

    def __post_init__(self) -> None:
        capacity = float_array(self.capacity, field="capacity")
        require_finite(capacity, field="capacity")
        require_not_negative(capacity, field="capacity")
        reserved = _table(self.reserved, field="reserved", resources=capacity.size)
        require_finite(reserved.ravel(), field="reserved")
        upper = _table(self.upper, field="upper", resources=capacity.size, length=len(reserved))
        refuse(np.isnan(upper.ravel()), field="upper", message="must not be missing", code="MISSING_VALUE")
        for name, array in (("reserved", reserved), ("upper", upper)):
            require_not_negative(array.ravel(), field=name)
        slack = TOLERANCE * capacity
        message = "must not be more than 'upper' allows; lower the floor or raise the cap"
        refuse(
            (reserved > upper + slack).ravel(), field="reserved", message=message, code="RESERVED_OVER_UPPER"
        )
        message = "adds up to more than the capacity of resources; their shares must not exceed 100 %"
        over = reserved.sum(axis=0) > capacity + slack
        refuse(over, field="reserved", message=message, code="RESERVED_OVER_CAPACITY")
        object.__setattr__(self, "capacity", capacity)
        object.__setattr__(self, "reserved", reserved)
        object.__setattr__(self, "upper", upper)

    @classmethod
    def from_shares(
        cls,
        *,
        capacity: Numbers,
        share: Numbers,
        mode: Sequence[AllocationMode] | Sequence[Sequence[AllocationMode]],
    ) -> "AllocationLimits":
        """Make limits from shares of the capacity, 0 to 1, and a mode for each.

        Parameters
        ----------
        capacity : array_like, shape (K,)
        share : array_like, shape (B,) or (B, K)
        mode : sequence of B modes, or B sequences of K modes

        Raises
        ------
        InvalidProblem
            As the class; ``SHARE_OUT_OF_RANGE``, ``UNKNOWN_MODE``.

        Examples
        --------
        >>> limits = AllocationLimits.from_shares(
        ...     capacity=[10.0, 20.0],
        ...     share=[0.6, 0.2, 0.1],
        ...     mode=[AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP],
        ... )
        >>> limits.reserved.tolist(), limits.upper.tolist()
        ([[6.0, 12.0], [2.0, 4.0], [0.0, 0.0]], [[6.0, 12.0], [inf, inf], [1.0, 2.0]])
        """
        checked = float_array(capacity, field="capacity")
        reserved, upper = reserved_and_upper(capacity=checked, share=share, mode=mode)
        return cls(capacity=checked, reserved=reserved, upper=upper)

    @property
    def resources(self) -> int:
        """Number of resources, K."""
        return self.capacity.size

    @property
    def categories(self) -> int:
        """Number of categories, B; work without category is not counted."""
        return len(self.reserved)

    @property
    def slack(self) -> FloatArray:
        """What counts as rounding for each resource, float64[K]."""
        return TOLERANCE * self.capacity

    @property
    def reserved_rows(self) -> FloatArray:
        """``reserved`` with the row of work without category, float64[B + 1, K]."""
        return np.vstack((self.reserved, np.zeros((1, self.resources))))

    @property
    def upper_rows(self) -> FloatArray:
        """``upper`` with the row of work without category, float64[B + 1, K]."""
        return np.vstack((self.upper, np.full((1, self.resources), np.inf)))

    def claimed(self, used: FloatArray) -> FloatArray:
        """Return what is used of each resource, or reserved and therefore lost to others, float64[K]."""
        return np.asarray(np.maximum(used, self.reserved_rows).sum(axis=0))

    def room(self, used: FloatArray) -> FloatArray:
        """Return how much more each category could use of each resource alone, float64[B + 1, K].

        Negative where a limit is exceeded.
        """
        spare = self.capacity - self.claimed(used)
        own = np.maximum(self.reserved_rows - used, 0.0)
        return np.minimum(self.upper_rows - used, spare + own)

    def fits(self, used: FloatArray) -> bool:
        """Return whether ``used``, float64[B + 1, K], keeps every limit but for rounding."""
        slack = self.slack
        within = used <= self.upper_rows + slack
        return bool(within.all() and (self.claimed(used) <= self.capacity + slack).all())

    def enlarged(self, *, resource: int, weeks: float, category: int | None = None) -> "AllocationLimits":
        """Return the limits with ``weeks`` more of one resource.

        Parameters
        ----------
        resource : int
        weeks : float
            Person-weeks; negative to take some away.
        category : int, optional
            Who gets them, −1 for work without category: its reserve and upper limit grow as far as it has
            any. By default all limits of the resource grow in proportion, as shares of a capacity do.

        Raises
        ------
        InvalidProblem
            As the class; ``NO_SHARES`` where there is no capacity whose shares could grow.

        Examples
        --------
        >>> limits = AllocationLimits(capacity=[10.0], reserved=[[6.0], [0.0]], upper=[[6.0], [3.0]])
        >>> limits.enlarged(resource=0, weeks=1.0, category=0).upper.tolist()
        [[7.0], [3.0]]
        >>> limits.enlarged(resource=0, weeks=5.0).upper.tolist()
        [[9.0], [4.5]]
        """
        capacity, reserved, upper = self.capacity.copy(), self.reserved.copy(), self.upper.copy()
        if category is None:
            if capacity[resource] == 0:
                message = "a resource without capacity has no shares that could grow; name a category"
                raise InvalidProblem(message, field="resource", items=[resource], code="NO_SHARES")
            factor = 1 + weeks / capacity[resource]
            reserved[:, resource] *= factor
            upper[:, resource] *= factor
        elif category >= 0:
            at = (category, resource)
            if reserved[at] > 0 or upper[at] == reserved[at]:
                reserved[at] += weeks
            upper[at] += weeks
        capacity[resource] += weeks
        return replace(self, capacity=capacity, reserved=reserved, upper=upper)


def reserved_and_upper(
    *,
    capacity: FloatArray,
    share: Numbers,
    mode: Sequence[AllocationMode] | Sequence[Sequence[AllocationMode]],
) -> tuple[FloatArray, FloatArray]:
    """Return what shares and modes reserve, and what they allow at most, of every capacity.

    Parameters
    ----------
    capacity : array, shape (K,) or (T, K)
    share : array_like, shape (B,) or (B, K)
    mode : sequence of B modes, or B sequences of K modes

    Returns
    -------
    tuple of array
        Shape (B, K) or (T, B, K).

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``SHARE_OUT_OF_RANGE``, ``UNKNOWN_MODE``.
    """
    resources = capacity.shape[-1]
    given = np.ndim(np.asarray(share, dtype=object))
    shares = float_array(share, field="share", ndim=_TABLE if given == _TABLE else 1)
    inside = (shares >= 0) & (shares <= 1)
    refuse(~inside.ravel(), field="share", message="must lie between 0 and 1", code="SHARE_OUT_OF_RANGE")
    modes = _modes(mode)
    for name, shape in (("share", shares.shape), ("mode", modes.shape)):
        if shape not in {(len(shares),), (len(shares), resources)}:
            message = f"'{name}' must have {len(shares)} rows, one for each category, of one or {resources}"
            raise InvalidProblem(message, field=name, code="SHAPE")
    amount = np.atleast_2d(shares.T).T * capacity[..., np.newaxis, :]
    modes = np.atleast_2d(modes.T).T
    reserved = np.where(modes == AllocationMode.CAP, 0.0, amount)
    upper = np.where(modes == AllocationMode.FLOOR, np.inf, amount)
    return read_only(reserved), read_only(upper)


def _modes(mode: Sequence[AllocationMode] | Sequence[Sequence[AllocationMode]]) -> NDArray[np.str_]:
    modes = np.array(mode, dtype=np.str_)
    known = np.isin(modes, [str(each) for each in AllocationMode])
    message = f"must be {', '.join(AllocationMode)}"
    refuse(~known.ravel(), field="mode", message=message, code="UNKNOWN_MODE")
    return modes


def _table(values: Numbers, *, field: str, resources: int, length: int | None = None) -> FloatArray:
    if np.shape(np.asarray(values, dtype=object)) == (0,):  # the empty list: no categories
        values = np.zeros((0, resources))
    table = float_array(values, field=field, ndim=_TABLE, length=length)
    if table.shape[1] != resources:
        message = f"'{field}' has {table.shape[1]} columns for {resources} resources; give one each"
        raise InvalidProblem(message, field=field, code="SHAPE")
    return table
