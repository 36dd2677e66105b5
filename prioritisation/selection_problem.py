"""Which initiatives to fund, as frozen columns that validate themselves when made."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from prioritisation.adjacency import Csr, Topology, csr, reachable, topology
from prioritisation.allocation_limits import AllocationLimits
from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    index_array,
    int_array,
    read_only,
    refuse,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem

_MOST = 1e100
_LEAST = 1e-9
_TABLE = 2  # dimensions


@dataclass(frozen=True, slots=True, eq=False)
class SelectionProblem:
    """n initiatives that compete for K resources, and what may be funded together.

    Parameters
    ----------
    value : array_like, shape (n,)
        What funding is worth, in any one unit; 0, or up to 1e100.
    demand : array_like, shape (n, K)
        Person-weeks of each resource; below 1e-9 they count as 0. A demand for a skill stands in the column of
        its team, too.
    category : array_like of int, shape (n,)
        Row of ``limits``; −1 for none.
    limits : AllocationLimits
    before, after : array_like of int, shape (e,)
        Hard prerequisites: ``after`` may be funded only if ``before`` is. They may repeat.
    alternatives : sequence of array_like of int
        Of each group at most one may be funded. Groups may overlap.
    mandatory, excluded : array_like of bool, shape (n,)
        By default, or empty: none.
    order : array_like of int, shape (n,)
        Rank of each stable id, which breaks ties; by default, or empty: the position.

    Attributes
    ----------
    forced : bool[n]
        Mandatory, or a prerequisite of what is, directly or not.
    barred : bool[n]
        Excluded, or in want of what is, directly or not.
    prerequisites, dependents : Csr
        What each initiative directly needs, and what directly needs it.
    topology : Topology
        Positions in which no prerequisite comes after its dependents.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``, ``NEGATIVE``, ``OUT_OF_RANGE``,
        ``UNKNOWN_POSITION``, ``UNKNOWN_CATEGORY``, ``TIE_BREAK_NOT_UNIQUE``; ``MANDATORY_AND_EXCLUDED``,
        ``MANDATORY_ALTERNATIVES`` (two of one group). What else a mandatory set may collide with is found by
        `prioritisation.selection_conflict`.
    CycleError
        The prerequisites contain a cycle.

    Examples
    --------
    >>> problem = SelectionProblem(
    ...     value=[5, 4],
    ...     demand=[[2], [3]],
    ...     category=[0, -1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[[2.0]], upper=[[2.0]]),
    ...     before=[0],
    ...     after=[1],
    ...     mandatory=[False, True],
    ... )
    >>> problem.size, problem.forced.tolist()
    (2, [True, True])
    """

    value: FloatArray
    demand: FloatArray
    category: IntArray
    limits: AllocationLimits
    before: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    after: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    alternatives: Sequence[IntArray] = ()
    mandatory: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    excluded: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))
    order: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    forced: BoolArray = field(init=False)
    barred: BoolArray = field(init=False)
    prerequisites: Csr = field(init=False)
    dependents: Csr = field(init=False)
    topology: Topology = field(init=False)

    def __post_init__(self) -> None:
        value = float_array(self.value, field="value")
        n = value.size
        _require_amounts(value, field="value")
        demand = float_array(self.demand, field="demand", ndim=_TABLE, length=n)
        resources = self.limits.resources
        if demand.shape[1] != resources:
            message = f"'demand' has {demand.shape[1]} columns for {resources} resources; give one each"
            raise InvalidProblem(message, field="demand", code="SHAPE")
        _require_rows(demand)
        # what a difference of figures leaves behind is no work, and ratios of it are no numbers
        demand = float_array(np.where(demand < _LEAST, 0.0, demand), field="demand", ndim=_TABLE, length=n)
        category = int_array(self.category, field="category", length=n)
        rows = self.limits.categories
        message = f"must be a row of the limits, 0 to {rows - 1}, or -1 for none"
        unknown = (category < -1) | (category >= rows)
        refuse(unknown, field="category", message=message, code="UNKNOWN_CATEGORY")
        before = index_array(self.before, field="before", size=n)
        after = index_array(self.after, field="after", size=n, length=before.size)
        dependents, prerequisites = csr(n, before, after), csr(n, after, before)
        positions = topology(dependents)
        mandatory = _flags(self.mandatory, field="mandatory", length=n)
        excluded = _flags(self.excluded, field="excluded", length=n)
        message = "must not be excluded as well; drop one of the two"
        refuse(mandatory & excluded, field="mandatory", message=message, code="MANDATORY_AND_EXCLUDED")
        alternatives = _groups(self.alternatives, mandatory)
        order = tie_break_array(self.order if np.size(self.order) else None, length=n, field="order")
        for name, array in (
            ("value", value),
            ("demand", demand),
            ("category", category),
            ("before", before),
            ("after", after),
            ("alternatives", alternatives),
            ("mandatory", mandatory),
            ("excluded", excluded),
            ("order", order),
            ("forced", _with(mandatory, prerequisites)),
            ("barred", _with(excluded, dependents)),
            ("prerequisites", prerequisites),
            ("dependents", dependents),
            ("topology", positions),
        ):
            object.__setattr__(self, name, array)

    @property
    def size(self) -> int:
        """Number of initiatives."""
        return self.value.size

    def used(self, chosen: BoolArray) -> FloatArray:
        """Return what the chosen ones use, float64[B + 1, K]; the last row is work without category."""
        rows = self.limits.categories + 1
        flat = np.zeros((rows, self.limits.resources))
        np.add.at(flat, self.category[chosen], self.demand[chosen])
        return flat

    def needs(self, item: int) -> IntArray:
        """Return the initiatives without which ``item`` cannot be funded, directly or not, ascending."""
        return reachable(self.prerequisites, [item])

    def needed_by(self, item: int) -> IntArray:
        """Return the initiatives that cannot be funded without ``item``, directly or not, ascending."""
        return reachable(self.dependents, [item])


def _require_amounts(array: FloatArray, *, field: str) -> None:
    require_finite(array, field=field)
    require_not_negative(array, field=field)
    message = f"must not exceed {_MOST:g}; choose another unit"
    refuse(array > _MOST, field=field, message=message, code="OUT_OF_RANGE")


def _require_rows(demand: FloatArray) -> None:
    """Check demands; positions in errors are those of initiatives."""
    _require_amounts(demand.max(axis=1, initial=0.0), field="demand")
    require_not_negative(demand.min(axis=1, initial=0.0), field="demand")


def _flags(values: Numbers, *, field: str, length: int) -> BoolArray:
    given = np.asarray(values)
    if not given.size:
        return read_only(np.zeros(length, dtype=np.bool_))
    if given.dtype != np.bool_:
        raise InvalidProblem(f"'{field}' must hold truth values", field=field, code="NOT_NUMERIC")
    if given.shape != (length,):
        message = f"'{field}' must have {length} entries, not shape {given.shape}"
        raise InvalidProblem(message, field=field, code="SHAPE")
    return read_only(given.astype(np.bool_))


def _groups(groups: Sequence[IntArray], mandatory: BoolArray) -> tuple[IntArray, ...]:
    checked = []
    for group in groups:
        members = read_only(np.unique(index_array(group, field="alternatives", size=mandatory.size)))
        both = members[mandatory[members]]
        if both.size > 1:
            message = "at most one of a group of alternatives can be funded, and two or more are mandatory"
            raise InvalidProblem(
                f"{message}: {', '.join(map(str, both.tolist()))}",
                field="alternatives",
                items=both.tolist(),
                code="MANDATORY_ALTERNATIVES",
            )
        checked.append(members)
    return tuple(checked)


def _with(flags: BoolArray, rows: Csr) -> BoolArray:
    spread = flags.copy()
    spread[reachable(rows, np.flatnonzero(flags))] = True
    return read_only(spread)
