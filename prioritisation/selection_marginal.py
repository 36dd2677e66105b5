"""What one more person-week is worth: by the prices of the relaxation, and verified by solving again."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from prioritisation.errors import InvalidProblem
from prioritisation.selection import Selection, SelectionBudget, select
from prioritisation.selection_problem import SelectionProblem

__all__ = ["MarginalValue", "marginal_values"]

_QUICK: Final = SelectionBudget(iterations=20_000, nodes=5_000, seconds=20.0)


@dataclass(frozen=True, slots=True)
class MarginalValue:
    """The worth of more person-weeks of one resource.

    Attributes
    ----------
    resource : int
    category : int or None
        Who gets them, −1 for work without category; None where all shares of the resource grow in proportion.
    weeks : float
        How many.
    price : float
        Value per person-week by the linear relaxation: what weeks are worth if initiatives could be funded in
        part. An estimate; whole initiatives make the true value rise in steps.
    gain_at_least, gain_at_most : float or None
        By how much these weeks raise the greatest value, between these, by solving again with them. None
        where it was not verified.
    enters, leaves : tuple of int
        What the plan found with them funds in addition, and no longer; empty where not verified.
    """

    resource: int
    category: int | None
    weeks: float
    price: float
    gain_at_least: float | None
    gain_at_most: float | None
    enters: tuple[int, ...]
    leaves: tuple[int, ...]

    @property
    def verified(self) -> bool:
        """Whether the problem was solved again for it."""
        return self.gain_at_least is not None

    @property
    def exact(self) -> bool:
        """Whether the gain is known exactly."""
        least, most = self.gain_at_least, self.gain_at_most
        return least is not None and most is not None and most - least <= 1e-9 * max(1.0, abs(most))


def marginal_values(
    problem: SelectionProblem,
    selection: Selection,
    *,
    weeks: float = 1.0,
    verify: int = 4,
    budget: SelectionBudget = _QUICK,
) -> tuple[MarginalValue, ...]:
    """Return the worth of more person-weeks for each resource as a whole and for each category in it.

    Parameters
    ----------
    problem : SelectionProblem
    selection : Selection
        Of this problem.
    weeks : float
        How many more.
    verify : int
        How many of the most valuable ones are verified by solving again.
    budget : SelectionBudget
        For each verification.

    Returns
    -------
    tuple of MarginalValue
        The most valuable first by price, then by resource, the whole before its categories.

    Raises
    ------
    InvalidProblem
        ``NOT_POSITIVE``.

    Examples
    --------
    The relaxation prices a week at 2; the next whole initiative needs two of them:

    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[6, 8],
    ...     demand=[[2], [4]],
    ...     category=[-1, -1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[], upper=[]),
    ... )
    >>> [(each.price, each.gain_at_most) for each in marginal_values(problem, select(problem), verify=1)]
    [(2.0, 0.0), (2.0, None)]
    >>> marginal_values(problem, select(problem), weeks=2.0, verify=1)[0].gain_at_least
    6.0
    """
    if not weeks > 0:
        raise InvalidProblem("'weeks' must be greater than 0", field="weeks", code="NOT_POSITIVE")
    found = _by_price(problem, selection, weeks)
    return tuple(
        _verified(problem, selection, each, budget) if place < verify else each
        for place, each in enumerate(found)
    )


def _by_price(problem: SelectionProblem, selection: Selection, weeks: float) -> list[MarginalValue]:
    limits, price = problem.limits, selection.price
    present = np.unique(problem.category).tolist()
    found: list[tuple[int, int | None, float]] = []
    for resource in range(limits.resources):
        if not (problem.demand[:, resource] > 0).any():
            continue
        capacity = float(limits.capacity[resource])
        if capacity > 0:
            found.append((resource, None, _of_whole(problem, selection, resource)))
        found += [(resource, category, float(price[category, resource])) for category in present]
    ordered = sorted(found, key=lambda each: (-each[2], each[0], -2 if each[1] is None else each[1]))
    return [
        MarginalValue(
            resource=resource,
            category=category,
            weeks=weeks,
            price=worth,
            gain_at_least=None,
            gain_at_most=None,
            enters=(),
            leaves=(),
        )
        for resource, category, worth in ordered
    ]


def _of_whole(problem: SelectionProblem, selection: Selection, resource: int) -> float:
    """Return the price of a week that all shares grow by in proportion: to each category what its share gets."""
    limits, price = problem.limits, selection.price[:, resource]
    capacity = float(limits.capacity[resource])
    reserved = limits.reserved_rows[:, resource] / capacity
    more = limits.upper_rows[:, resource] / capacity - reserved
    worth, left = float(reserved @ price), max(1.0 - float(reserved.sum()), 0.0)
    for row in np.argsort(
        -price, kind="stable"
    ).tolist():  # what is reserved for nobody goes where it pays most
        part = min(float(more[row]), left)
        worth, left = worth + part * float(price[row]), left - part
    return worth


def _verified(
    problem: SelectionProblem, selection: Selection, marginal: MarginalValue, budget: SelectionBudget
) -> MarginalValue:
    limits = problem.limits.enlarged(
        resource=marginal.resource, weeks=marginal.weeks, category=marginal.category
    )
    again = select(replace(problem, limits=limits), budget=budget)
    # The old plan still fits, so that nothing can be lost even where the new search found less.
    return replace(
        marginal,
        gain_at_least=max(again.value - selection.bound, 0.0),
        gain_at_most=max(again.bound - selection.value, 0.0),
        enters=tuple(np.flatnonzero(again.chosen & ~selection.chosen).tolist()),
        leaves=tuple(np.flatnonzero(selection.chosen & ~again.chosen).tolist()),
    )
