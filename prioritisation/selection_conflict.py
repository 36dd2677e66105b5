"""Which mandatory initiatives collide: a smallest reason why they cannot all be funded."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.adjacency import reachable
from prioritisation.columns import BoolArray, IntArray
from prioritisation.selection_problem import SelectionProblem

__all__ = ["Conflict", "ConflictKind", "minimal_conflict"]


class ConflictKind(StrEnum):
    """Which rule mandatory initiatives break together, counted with what they need.

    EXCLUDED
        One of them needs what is excluded.
    ALTERNATIVES
        They need more than one of a group of alternatives.
    CATEGORY
        They need more of a resource than their category may use.
    CAPACITY
        They need more of a resource than there is beside what is reserved for others.
    """

    EXCLUDED = "EXCLUDED"
    ALTERNATIVES = "ALTERNATIVES"
    CATEGORY = "CATEGORY"
    CAPACITY = "CAPACITY"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Mandatory initiatives that cannot be funded together, though any of them less could.

    Attributes
    ----------
    items : tuple of int
        Mandatory initiatives, ascending. Without any one of them this conflict, and every other among the
        rest, is gone.
    kind : ConflictKind
    involved : tuple of int
        What they fund or need that breaks the rule: the excluded prerequisites, the alternatives, or all that
        use the resource, ascending.
    category : int or None
        Whose limit is broken, −1 for work without category; None unless CATEGORY.
    resource : int or None
        What runs out; None unless CATEGORY or CAPACITY.
    needed, available : float or None
        Person-weeks of the resource: claimed with all reserves, and there.
    """

    items: tuple[int, ...]
    kind: ConflictKind
    involved: tuple[int, ...]
    category: int | None = None
    resource: int | None = None
    needed: float | None = None
    available: float | None = None

    @property
    def short(self) -> float | None:
        """Person-weeks that are missing; None unless capacity is what they collide over."""
        return None if self.needed is None or self.available is None else self.needed - self.available


def minimal_conflict(problem: SelectionProblem) -> Conflict | None:
    """Return mandatory initiatives that collide and of which none can be left out, or None if they all fit.

    Few are preferred: one that cannot be funded at all, then alternatives, then the largest users of what
    runs out; a deletion filter makes the set irreducible. It is a minimal set, not always the smallest.

    Examples
    --------
    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[1, 1, 1],
    ...     demand=[[3], [1], [3]],
    ...     category=[-1, -1, -1],
    ...     limits=AllocationLimits(capacity=[5.0], reserved=[], upper=[]),
    ...     mandatory=[True, True, True],
    ... )
    >>> conflict = minimal_conflict(problem)
    >>> conflict.items, conflict.kind.value, conflict.needed, conflict.available
    ((0, 2), 'CAPACITY', 6.0, 5.0)
    """
    mandatory = np.flatnonzero(problem.mandatory)
    if _broken(problem, mandatory) is None:
        return None
    candidates = [_filtered(problem, start) for start in _starts(problem, mandatory)]
    items = min(candidates, key=lambda found: (found.size, problem.order[found].tolist()))
    broken = _broken(problem, items)
    if broken is None:  # a filtered set still collides by construction
        raise AssertionError("a deletion filter lost the conflict")
    return broken


def _starts(problem: SelectionProblem, mandatory: IntArray) -> list[IntArray]:
    """Return colliding sets from which to delete: single ones if there are, else by what runs out."""
    alone = [np.array([j]) for j in mandatory.tolist() if _broken(problem, np.array([j])) is not None]
    if alone:
        return alone
    ordered = mandatory[np.argsort(problem.order[mandatory], kind="stable")]
    starts = [ordered]
    used = problem.used(_with_needs(problem, mandatory))
    limits = problem.limits
    over = (used > limits.upper_rows + limits.slack) | (limits.claimed(used) > limits.capacity + limits.slack)
    for resource in np.flatnonzero(over.any(axis=0)).tolist():
        weeks = problem.demand[ordered, resource]
        starts.append(ordered[np.argsort(-weeks, kind="stable")])
    return starts


def _filtered(problem: SelectionProblem, start: IntArray) -> IntArray:
    """Leave out, from the end of ``start``, whatever the conflict survives without."""
    kept = start
    for j in start[::-1].tolist():
        rest = kept[kept != j]
        if _broken(problem, rest) is not None:
            kept = rest
    return kept


def _with_needs(problem: SelectionProblem, items: IntArray) -> BoolArray:
    funded = np.zeros(problem.size, dtype=np.bool_)
    funded[items] = True
    funded[reachable(problem.prerequisites, items)] = True
    return funded


def _broken(problem: SelectionProblem, items: IntArray) -> Conflict | None:
    """Return the first rule that ``items`` with their prerequisites break."""
    funded = _with_needs(problem, items)
    names = tuple(sorted(items.tolist()))
    barred = np.flatnonzero(funded & problem.excluded)
    if barred.size:
        return Conflict(names, ConflictKind.EXCLUDED, tuple(barred.tolist()))
    for group in problem.alternatives:
        members = group[funded[group]]
        if members.size > 1:
            return Conflict(names, ConflictKind.ALTERNATIVES, tuple(members.tolist()))
    limits, used = problem.limits, problem.used(funded)
    upper, claimed = limits.upper_rows, limits.claimed(used)
    over = np.argwhere(used > upper + limits.slack)
    if len(over):
        row, resource = (int(position) for position in over[0])
        category = row if row < limits.categories else -1
        users = funded & (problem.category == category) & (problem.demand[:, resource] > 0)
        return Conflict(
            names,
            ConflictKind.CATEGORY,
            tuple(np.flatnonzero(users).tolist()),
            category,
            resource,
            float(used[row, resource]),
            float(upper[row, resource]),
        )
    spent = np.flatnonzero(claimed > limits.capacity + limits.slack)
    if not spent.size:
        return None
    resource = int(spent[0])
    users = funded & (problem.demand[:, resource] > 0)
    return Conflict(
        names,
        ConflictKind.CAPACITY,
        tuple(np.flatnonzero(users).tolist()),
        None,
        resource,
        float(claimed[resource]),
        float(limits.capacity[resource]),
    )
