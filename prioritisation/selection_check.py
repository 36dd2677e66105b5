"""An independent check of selections: every rule of the problem, computed anew from its columns alone.

It shares no code with what selects, nor with the limits' own arithmetic: plain loops, sums without rounding
errors (`math.fsum`), and a reading of its own. What the solver believes of its result (value, use, bound,
status) is checked as well.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prioritisation.errors import name_positions
from prioritisation.selection_problem import SelectionProblem
from prioritisation.selection_result import Selection, SelectionStatus

TOLERANCE: Final = 1e-9
"""Share of a capacity, or of a value, that counts as rounding."""


class SelectionRule(StrEnum):
    """A rule that a selection can break.

    SHAPE
        The result does not speak of the initiatives of the problem.
    MANDATORY, EXCLUDED, PREREQUISITE, ALTERNATIVES
        What must be chosen is not, what must not be is, or without what it needs, or two of a group are.
    CATEGORY_LIMIT
        A category uses more of a resource than it may.
    CAPACITY
        Use and what is reserved add up to more than there is of a resource.
    VALUE, USE, BOUND, STATUS
        The result misstates its own value or use; its bound is below its value; it calls optimal what its
        bound does not prove.
    """

    SHAPE = "SHAPE"
    MANDATORY = "MANDATORY"
    EXCLUDED = "EXCLUDED"
    PREREQUISITE = "PREREQUISITE"
    ALTERNATIVES = "ALTERNATIVES"
    CATEGORY_LIMIT = "CATEGORY_LIMIT"
    CAPACITY = "CAPACITY"
    VALUE = "VALUE"
    USE = "USE"
    BOUND = "BOUND"
    STATUS = "STATUS"


@dataclass(frozen=True, slots=True)
class SelectionViolation:
    """One rule that is broken.

    Attributes
    ----------
    rule : SelectionRule
    message : str
    items : tuple of int
        Initiatives that are involved.
    category : int or None
        -1 for work without category.
    resource : int or None
    excess : float
        By how much a limit is exceeded, in person-weeks or in units of value; 0 where there is no amount.
    """

    rule: SelectionRule
    message: str
    items: tuple[int, ...] = ()
    category: int | None = None
    resource: int | None = None
    excess: float = 0.0


def check_selection(problem: SelectionProblem, selection: Selection) -> tuple[SelectionViolation, ...]:
    """Return every rule that ``selection`` breaks; empty for a valid one.

    Examples
    --------
    >>> import numpy as np
    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> limits = AllocationLimits(capacity=[4.0], reserved=[[2.0]], upper=[[2.0]])
    >>> problem = SelectionProblem([5, 4], [[2], [3]], [0, -1], limits)
    >>> claimed = Selection(
    ...     chosen=np.array([True, True]),
    ...     value=9.0,
    ...     bound=9.0,
    ...     status=SelectionStatus.OPTIMAL,
    ...     used=np.array([[2.0], [3.0]]),
    ...     price=np.zeros((2, 1)),
    ... )
    >>> [violation.message for violation in check_selection(problem, claimed)]
    ['Resource 0 has 4 person-weeks, and 5 are used or reserved for categories that leave them.']
    """
    if selection.chosen.shape != (problem.size,):
        message = f"The selection has {selection.chosen.size} entries for {problem.size} initiatives."
        return (SelectionViolation(SelectionRule.SHAPE, message),)
    chosen = [j for j, taken in enumerate(selection.chosen.tolist()) if taken]
    return (
        *_choices(problem, set(chosen)),
        *_limits(problem, _use(problem, chosen)),
        *_claims(problem, selection, chosen),
    )


def _choices(problem: SelectionProblem, chosen: set[int]) -> Iterator[SelectionViolation]:
    for j, (must, must_not) in enumerate(
        zip(problem.mandatory.tolist(), problem.excluded.tolist(), strict=True)
    ):
        if must and j not in chosen:
            message = f"Initiative {j} is mandatory and not chosen."
            yield SelectionViolation(SelectionRule.MANDATORY, message, (j,))
        if must_not and j in chosen:
            message = f"Initiative {j} is excluded and chosen."
            yield SelectionViolation(SelectionRule.EXCLUDED, message, (j,))
    for before, after in sorted(set(zip(problem.before.tolist(), problem.after.tolist(), strict=True))):
        if after in chosen and before not in chosen:
            message = f"Initiative {after} is chosen without {before}, which it needs."
            yield SelectionViolation(SelectionRule.PREREQUISITE, message, (before, after))
    for group in problem.alternatives:
        taken = tuple(j for j in sorted(set(map(int, group))) if j in chosen)
        if len(taken) > 1:
            message = f"Of alternatives at most one may be chosen, and these are: {name_positions(taken)}."
            yield SelectionViolation(SelectionRule.ALTERNATIVES, message, taken)


def _use(problem: SelectionProblem, chosen: list[int]) -> dict[int, list[float]]:
    """Return person-weeks by category (-1: none) and resource."""
    resources = range(problem.demand.shape[1])
    rows: dict[int, list[list[float]]] = {
        b: [[] for _ in resources] for b in range(-1, len(problem.limits.upper))
    }
    for j in chosen:
        for k in resources:
            rows[int(problem.category[j])][k].append(float(problem.demand[j, k]))
    return {b: [math.fsum(amounts) for amounts in row] for b, row in rows.items()}


def _limits(problem: SelectionProblem, use: dict[int, list[float]]) -> Iterator[SelectionViolation]:
    limits = problem.limits
    for k, capacity in enumerate(limits.capacity.tolist()):
        rounding = TOLERANCE * capacity
        claimed = [use[-1][k]]
        for b in range(len(limits.upper)):
            upper, reserved = float(limits.upper[b, k]), float(limits.reserved[b, k])
            if use[b][k] > upper + rounding:
                message = (
                    f"Category {b} may use {upper:g} person-weeks of resource {k}, and uses {use[b][k]:g}."
                )
                yield SelectionViolation(
                    SelectionRule.CATEGORY_LIMIT, message, category=b, resource=k, excess=use[b][k] - upper
                )
            claimed.append(max(use[b][k], reserved))
        total = math.fsum(claimed)
        if total > capacity + rounding:
            message = (
                f"Resource {k} has {capacity:g} person-weeks, and {total:g} are used or reserved for "
                "categories that leave them."
            )
            yield SelectionViolation(SelectionRule.CAPACITY, message, resource=k, excess=total - capacity)


def _claims(
    problem: SelectionProblem, selection: Selection, chosen: list[int]
) -> Iterator[SelectionViolation]:
    value = math.fsum(float(problem.value[j]) for j in chosen)
    rounding = TOLERANCE * max(value, abs(selection.value), 1.0)
    if not abs(value - selection.value) <= rounding:
        message = f"The selection is worth {value!r}, and says {selection.value!r}."
        yield SelectionViolation(SelectionRule.VALUE, message, excess=abs(value - selection.value))
    if not selection.bound >= value - rounding:
        message = f"The bound {selection.bound!r} is below the value {value!r}, and so is none."
        yield SelectionViolation(SelectionRule.BOUND, message, excess=value - selection.bound)
    if selection.status is SelectionStatus.OPTIMAL and not selection.bound <= value + rounding:
        message = f"The bound {selection.bound!r} does not prove that the value {value!r} is optimal."
        yield SelectionViolation(SelectionRule.STATUS, message, excess=selection.bound - value)
    use = _use(problem, chosen)
    expected = [*(use[b] for b in range(len(problem.limits.upper))), use[-1]]
    if selection.used.shape != (len(expected), problem.demand.shape[1]):
        message = f"'used' has the shape {selection.used.shape}; a row for each category and one for none."
        yield SelectionViolation(SelectionRule.SHAPE, message)
        return
    for b, row in enumerate(expected):
        for k, amount in enumerate(row):
            stated = float(selection.used[b, k])
            if not abs(stated - amount) <= TOLERANCE * max(amount, 1.0):
                category = b if b < len(expected) - 1 else -1
                message = f"Category {category} uses {amount:g} of resource {k}, and 'used' says {stated:g}."
                yield SelectionViolation(
                    SelectionRule.USE, message, category=category, resource=k, excess=abs(stated - amount)
                )
