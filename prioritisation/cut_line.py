"""The cut line: what a board does by hand, down a ranking until capacity ends."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, Numbers, index_array, read_only, refuse
from prioritisation.errors import InvalidProblem
from prioritisation.selection_instance import instance, walk
from prioritisation.selection_problem import SelectionProblem

__all__ = ["CutLine", "CutReading", "walk_down"]


class CutReading(StrEnum):
    """What a board does at the first initiative that does not fit.

    SKIP
        Leaves it out and goes on: whatever further down still fits is funded.
    STOP
        Draws the line: nothing below it is funded but prerequisites and mandatory ones.
    """

    SKIP = "SKIP"
    STOP = "STOP"


@dataclass(frozen=True, slots=True, eq=False)
class CutLine:
    """What a walk down a ranking funds. No optimum is claimed.

    Attributes
    ----------
    chosen : bool[n]
    value : float
        What the chosen ones are worth together.
    used : float64[B + 1, K]
        Person-weeks that each category uses of each resource; the last row is work without category.
    line : int
        Number of the initiatives in the ranking above the first that was not funded.
    reading : CutReading
    """

    chosen: BoolArray
    value: float
    used: FloatArray
    line: int
    reading: CutReading


def walk_down(
    problem: SelectionProblem, ranking: Numbers, *, reading: CutReading = CutReading.SKIP
) -> CutLine:
    """Fund initiatives down a ranking, each with its prerequisites, as long as the limits allow.

    Mandatory ones and what they need come first, as they do on a board. Excluded ones, those that need them,
    and those of which an alternative is funded are passed over in both readings: not capacity keeps them out.

    Parameters
    ----------
    problem : SelectionProblem
    ranking : array_like of int
        Positions of the initiatives, best first, each at most once; those that it leaves out are funded only
        as prerequisites or because they are mandatory.
    reading : CutReading

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``, ``REPEATED_POSITION``; ``MANDATORY_DO_NOT_FIT``: see
        `prioritisation.selection_conflict.minimal_conflict`.

    Examples
    --------
    The second initiative does not fit; the third does, unless the board stops:

    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> limits = AllocationLimits(capacity=[5.0], reserved=[], upper=[])
    >>> problem = SelectionProblem(
    ...     value=[9, 8, 1], demand=[[3], [4], [2]], category=[-1, -1, -1], limits=limits
    ... )
    >>> walk_down(problem, [0, 1, 2]).chosen.tolist()
    [True, False, True]
    >>> walk_down(problem, [0, 1, 2], reading=CutReading.STOP).chosen.tolist()
    [True, False, False]
    """
    order = index_array(ranking, field="ranking", size=problem.size)
    repeated = np.bincount(order, minlength=problem.size) > 1
    refuse(repeated, field="ranking", message="must not name an item twice", code="REPEATED_POSITION")
    given = instance(problem)
    require_forced_fit(problem)
    place = np.empty(problem.size, dtype=np.int64)
    place[given.items] = np.arange(problem.size)
    chosen_places = walk(problem.size, given, place[order], given.forced, reading is CutReading.STOP)
    chosen = np.zeros(problem.size, dtype=np.bool_)
    chosen[given.items] = chosen_places
    out = np.flatnonzero(~chosen[order])
    return CutLine(
        chosen=read_only(chosen),
        value=float(problem.value[chosen].sum()),
        used=read_only(problem.used(chosen)),
        line=int(out[0]) if out.size else order.size,
        reading=reading,
    )


def require_forced_fit(problem: SelectionProblem) -> None:
    """Refuse a problem whose mandatory initiatives with their prerequisites break a limit or one another."""
    forced = problem.forced
    clash = any(int(forced[group].sum()) > 1 for group in problem.alternatives)
    if clash or bool((forced & problem.barred).any()) or not problem.limits.fits(problem.used(forced)):
        message = (
            "The mandatory initiatives and their prerequisites cannot be funded together; release one of them"
        )
        raise InvalidProblem(
            message, field="mandatory", items=np.flatnonzero(forced).tolist(), code="MANDATORY_DO_NOT_FIT"
        )
