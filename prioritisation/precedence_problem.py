"""What is to be ordered under dependencies, as frozen columns that validate themselves when made."""

from dataclasses import dataclass, field

import numpy as np

from prioritisation.adjacency import Csr, Topology, csr, topology
from prioritisation.columns import (
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    index_array,
    read_only,
    refuse,
    require_finite,
    require_not_negative,
    tie_break_array,
)
from prioritisation.errors import CycleError

_LEAST, _MOST = 1e-100, 1e100


@dataclass(frozen=True, slots=True, eq=False)
class PrecedenceProblem:
    """Initiatives to be done one after the other, and what must or should come before what.

    Parameters
    ----------
    duration : array_like, shape (n,)
        Weeks; 0, or between 1e-100 and 1e100.
    weight : array_like, shape (n,)
        Cost of delay per week; 0, or between 1e-100 and 1e100.
    predecessor, successor : array_like of int, shape (m,)
        Hard dependencies, as positions. They may repeat.
    soft_predecessor, soft_successor : array_like of int, shape (s,)
        Soft dependencies.
    soft_penalty : array_like, shape (s,)
        What it costs, in the unit of the value (weight × weeks), to complete the successor first.
    tie_break : array_like of int, shape (n,)
        Rank of each stable id; by default the position.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``, ``NEGATIVE``, ``OUT_OF_RANGE``,
        ``UNKNOWN_POSITION``, ``TIE_BREAK_NOT_UNIQUE``.
    CycleError
        The hard dependencies contain a cycle, if only of one initiative with itself.

    Examples
    --------
    >>> problem = PrecedenceProblem(duration=[4, 2], weight=[1, 9], predecessor=[0], successor=[1])
    >>> problem.size
    2
    """

    duration: FloatArray
    weight: FloatArray
    predecessor: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    successor: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    soft_predecessor: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    soft_successor: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    soft_penalty: FloatArray = field(default_factory=lambda: np.empty(0))
    tie_break: Numbers | None = None
    canonical: IntArray = field(init=False)
    """Items by ``tie_break``."""
    places: IntArray = field(init=False)
    """Canonical place of each item."""
    successors: Csr = field(init=False)
    """Hard dependencies between canonical places; edges count as in ``predecessor``."""
    topology: Topology = field(init=False)
    """The same between topological positions; items are canonical places."""

    def __post_init__(self) -> None:
        duration = _amounts(self.duration, field="duration")
        n = duration.size
        weight = _amounts(self.weight, field="weight", length=n)
        predecessor = index_array(self.predecessor, field="predecessor", size=n)
        successor = index_array(self.successor, field="successor", size=n, length=predecessor.size)
        soft_predecessor = index_array(self.soft_predecessor, field="soft_predecessor", size=n)
        many = soft_predecessor.size
        soft_successor = index_array(self.soft_successor, field="soft_successor", size=n, length=many)
        message = "must differ from the predecessor"
        refuse(soft_successor == soft_predecessor, field="soft_successor", message=message, code="SELF")
        soft_penalty = _amounts(self.soft_penalty, field="soft_penalty", length=many)
        tie_break = tie_break_array(self.tie_break, length=n)
        canonical = np.argsort(tie_break, kind="stable")
        place = np.empty(n, dtype=np.int64)
        place[canonical] = np.arange(n)
        rows = csr(n, place[predecessor], place[successor])
        try:
            positions = topology(rows)
        except CycleError as error:
            raise CycleError(canonical[list(error.cycle)].tolist()) from None
        for name, value in (
            ("duration", duration),
            ("weight", weight),
            ("predecessor", predecessor),
            ("successor", successor),
            ("soft_predecessor", soft_predecessor),
            ("soft_successor", soft_successor),
            ("soft_penalty", soft_penalty),
            ("tie_break", tie_break),
            ("canonical", read_only(canonical)),
            ("places", read_only(place)),
            ("successors", rows),
            ("topology", positions),
        ):
            object.__setattr__(self, name, value)

    @property
    def size(self) -> int:
        """Number of initiatives."""
        return self.duration.size


def _amounts(values: Numbers, *, field: str, length: int | None = None) -> FloatArray:
    array = float_array(values, field=field, length=length)
    require_finite(array, field=field)
    require_not_negative(array, field=field)
    message = f"must be 0 or between {_LEAST:g} and {_MOST:g}; choose another unit"
    extreme = (array > _MOST) | ((array > 0) & (array < _LEAST))
    refuse(extreme, field=field, message=message, code="OUT_OF_RANGE")
    return array
