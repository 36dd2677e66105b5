"""Why each initiative that is not funded is out, of an optimal selection or of a board's cut line alike."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.errors import InvalidProblem
from prioritisation.selection_problem import SelectionProblem

__all__ = ["Shortage", "Unfunded", "UnfundedReason", "explain_unfunded", "missing_bundle", "shortages"]


class UnfundedReason(StrEnum):
    """What keeps an initiative out; the first that applies, in this order, is the main reason.

    EXCLUDED
        By decision.
    VALUE_UNKNOWN
        It has no known value, and nothing unknown is funded unless it is mandatory.
    PREREQUISITE_EXCLUDED
        It needs what is excluded, directly or not.
    ALTERNATIVE_FUNDED
        Of a group of which at most one can be funded, another one is; or one of its prerequisites has such a
        rival.
    NEVER_FITS
        Even alone, with its prerequisites and the mandatory ones, it exceeds a limit; or it needs two of a
        group of alternatives.
    CATEGORY_EXHAUSTED
        Its category has not enough left of a resource: the share of the category is spent on others.
    CAPACITY_EXHAUSTED
        A resource has not enough left that is not reserved for other categories.
    WORTH_NOTHING
        It would fit, but adds no value.
    LEFT_OUT
        It would fit and add value: whoever made this selection stopped before it.
    """

    EXCLUDED = "EXCLUDED"
    VALUE_UNKNOWN = "VALUE_UNKNOWN"
    PREREQUISITE_EXCLUDED = "PREREQUISITE_EXCLUDED"
    ALTERNATIVE_FUNDED = "ALTERNATIVE_FUNDED"
    NEVER_FITS = "NEVER_FITS"
    CATEGORY_EXHAUSTED = "CATEGORY_EXHAUSTED"
    CAPACITY_EXHAUSTED = "CAPACITY_EXHAUSTED"
    WORTH_NOTHING = "WORTH_NOTHING"
    LEFT_OUT = "LEFT_OUT"


@dataclass(frozen=True, slots=True)
class Shortage:
    """A limit that an initiative and its unfunded prerequisites would exceed beside what is funded.

    What a ring-fence is short of is not counted once more as a shortage of the capacity: whoever adds these
    person-weeks for the category adds them to the capacity.

    Attributes
    ----------
    category : int or None
        Whose own limit it is; None for the capacity as a whole.
    resource : int
    needed : float
        Person-weeks that they would use, or claim of the capacity.
    left : float
        Person-weeks that are there for them.
    """

    category: int | None
    resource: int
    needed: float
    left: float

    @property
    def short(self) -> float:
        """Person-weeks that are missing."""
        return self.needed - self.left


@dataclass(frozen=True, slots=True)
class Unfunded:
    """Why one initiative is not funded.

    Attributes
    ----------
    item : int
    reason : UnfundedReason
    unfunded_prerequisites : tuple of int
        What it needs, directly or not, that is not funded either, ascending.
    excluded_prerequisites : tuple of int
        Those of them that are excluded.
    rivals : tuple of int
        Funded alternatives of it or of its unfunded prerequisites, ascending.
    shortages : tuple of Shortage
        All limits that stand in its way, whatever the main reason.
    """

    item: int
    reason: UnfundedReason
    unfunded_prerequisites: tuple[int, ...]
    excluded_prerequisites: tuple[int, ...]
    rivals: tuple[int, ...]
    shortages: tuple[Shortage, ...]


def explain_unfunded(
    problem: SelectionProblem, chosen: BoolArray, *, unknown: BoolArray | None = None
) -> tuple[Unfunded, ...]:
    """Say why each initiative that is not chosen is out.

    Parameters
    ----------
    problem : SelectionProblem
    chosen : bool[n]
        What is funded; it must keep the rules of the problem.
    unknown : bool[n], optional
        Initiatives without a known value, which the problem holds as excluded.

    Returns
    -------
    tuple of Unfunded
        Ascending by initiative.

    Raises
    ------
    InvalidProblem
        ``SHAPE``.

    Examples
    --------
    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[5, 4],
    ...     demand=[[2], [3]],
    ...     category=[0, 0],
    ...     limits=AllocationLimits(capacity=[9.0], reserved=[[4.0]], upper=[[4.0]]),
    ... )
    >>> out = explain_unfunded(problem, np.array([True, False]))[0]
    >>> out.reason.value, out.shortages[0].needed, out.shortages[0].left, out.shortages[0].short
    ('CATEGORY_EXHAUSTED', 3.0, 2.0, 1.0)
    """
    if chosen.shape != (problem.size,):
        message = f"'chosen' must have {problem.size} entries"
        raise InvalidProblem(message, field="chosen", code="SHAPE")
    used, forced_use = problem.used(chosen), problem.used(problem.forced)
    not_known = np.zeros(problem.size, dtype=np.bool_) if unknown is None else unknown
    groups = _groups_of(problem)
    return tuple(
        _explain(problem, chosen, used, forced_use, not_known, groups, item)
        for item in np.flatnonzero(~chosen).tolist()
    )


def missing_bundle(problem: SelectionProblem, chosen: BoolArray, item: int) -> IntArray:
    """Return ``item`` and what it needs, directly or not, that is not chosen, ascending."""
    needs = problem.needs(item)
    return np.unique(np.append(needs[~chosen[needs]], item))


def shortages(problem: SelectionProblem, used: FloatArray, bundle: IntArray) -> tuple[Shortage, ...]:
    """Return the limits that ``bundle`` exceeds on top of ``used``: own limits first, then whole capacities."""
    limits = problem.limits
    more = np.zeros_like(used)
    np.add.at(more, problem.category[bundle], problem.demand[bundle])
    upper, then = limits.upper_rows, used + more
    found = []
    for category, resource in np.argwhere((then > upper + limits.slack) & (more > 0)).tolist():
        at = (category, resource)
        found.append(Shortage(category, resource, float(more[at]), float(max(upper[at] - used[at], 0.0))))
    ringed = (limits.reserved_rows >= upper) & (then > upper)
    before, after = limits.claimed(used), limits.claimed(np.where(ringed, upper, then))
    for resource in np.flatnonzero((after > limits.capacity + limits.slack) & (after > before)).tolist():
        grown = float(after[resource] - before[resource])
        left = float(max(limits.capacity[resource] - before[resource], 0.0))
        found.append(Shortage(None, resource, grown, left))
    return tuple(found)


def _explain(
    problem: SelectionProblem,
    chosen: BoolArray,
    used: FloatArray,
    forced_use: FloatArray,
    unknown: BoolArray,
    groups: dict[int, list[IntArray]],
    item: int,
) -> Unfunded:
    bundle = missing_bundle(problem, chosen, item)
    others = bundle[bundle != item]
    barred = others[problem.excluded[others]]
    rivals = sorted(
        {
            rival
            for member in bundle.tolist()
            for group in groups.get(member, ())
            for rival in group[chosen[group]].tolist()
        }
    )
    found = shortages(problem, used, bundle)
    alone = missing_bundle(problem, problem.forced, item)
    if problem.excluded[item]:
        reason = UnfundedReason.VALUE_UNKNOWN if unknown[item] else UnfundedReason.EXCLUDED
    elif barred.size:
        reason = UnfundedReason.PREREQUISITE_EXCLUDED
    elif rivals:
        reason = UnfundedReason.ALTERNATIVE_FUNDED
    elif shortages(problem, forced_use, alone) or any(
        np.isin(group, bundle).sum() > 1 for member in bundle.tolist() for group in groups.get(member, ())
    ):
        reason = UnfundedReason.NEVER_FITS
    elif found:
        own = any(each.category is not None for each in found)
        reason = UnfundedReason.CATEGORY_EXHAUSTED if own else UnfundedReason.CAPACITY_EXHAUSTED
    elif not problem.value[bundle].any():
        reason = UnfundedReason.WORTH_NOTHING
    else:
        reason = UnfundedReason.LEFT_OUT
    return Unfunded(
        item=item,
        reason=reason,
        unfunded_prerequisites=tuple(others.tolist()),
        excluded_prerequisites=tuple(barred.tolist()),
        rivals=tuple(rivals),
        shortages=found,
    )


def _groups_of(problem: SelectionProblem) -> dict[int, list[IntArray]]:
    groups: dict[int, list[IntArray]] = {}
    for group in problem.alternatives:
        for member in group.tolist():
            groups.setdefault(member, []).append(group)
    return groups
