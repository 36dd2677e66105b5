"""What would fund an initiative that is out: how much more capacity, how much more value, what would leave."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from prioritisation.columns import BoolArray, index_array
from prioritisation.errors import InvalidProblem
from prioritisation.selection import Selection, SelectionBudget, SelectionStatus, select
from prioritisation.selection_problem import SelectionProblem
from prioritisation.selection_unfunded import Shortage, missing_bundle, shortages

__all__ = ["FundingChange", "Obstacle", "what_would_fund"]

_QUICK: Final = SelectionBudget(iterations=20_000, nodes=5_000, seconds=20.0)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What no capacity and no value overcomes.

    Attributes
    ----------
    excluded : tuple of int
        The initiative itself or prerequisites that are excluded.
    rivals : tuple of int
        Mandatory alternatives of it or of its prerequisites.
    never_fits : tuple of Shortage
        Limits that it exceeds even alone with what is mandatory: only more capacity helps.
    """

    excluded: tuple[int, ...]
    rivals: tuple[int, ...]
    never_fits: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FundingChange:
    """Changes each of which alone would fund an initiative.

    Attributes
    ----------
    item : int
    with_it : tuple of int
        What would have to be funded with it: unfunded prerequisites, directly or not.
    capacity : tuple of Shortage
        All of these together, beside the plan as it is: nothing leaves. Person-weeks to add to a ring-fence or
        to the capacity, or by which to raise a cap; no less does it with the plan kept, by plain arithmetic.
        Empty where nothing is short, or where a funded alternative stands in the way.
    capacity_suffices : bool or None
        Whether, with this capacity, a best plan does fund it: verified by solving again. False where
        something else is a better use of the weeks; None where no proof was found within the budget.
    value_at_least, value_at_most : float or None
        By how much its value must grow for a best plan to fund it, between these: verified by solving with it
        as if it were mandatory. Equal where both plans are proven optimal. None where an obstacle stands.
    displaced : tuple of int
        What would leave the plan for it, in the plan found with it.
    obstacle : Obstacle or None
    """

    item: int
    with_it: tuple[int, ...]
    capacity: tuple[Shortage, ...]
    capacity_suffices: bool | None
    value_at_least: float | None
    value_at_most: float | None
    displaced: tuple[int, ...]
    obstacle: Obstacle | None

    @property
    def exact(self) -> bool:
        """Whether the growth in value that it takes is known exactly."""
        least, most = self.value_at_least, self.value_at_most
        return least is not None and most is not None and most - least <= 1e-9 * max(1.0, abs(most))


def what_would_fund(
    problem: SelectionProblem,
    selection: Selection,
    item: int,
    *,
    budget: SelectionBudget = _QUICK,
) -> FundingChange:
    """Return the smallest changes that would fund ``item``, and what is proven about each.

    Parameters
    ----------
    problem : SelectionProblem
    selection : Selection
        Of this problem, without ``item``.
    item : int
    budget : SelectionBudget
        For each of up to three solves.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``; ``ALREADY_FUNDED``.

    Examples
    --------
    Of two initiatives one fits; the other must gain 1 and a little, or get 2 person-weeks:

    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[5, 4],
    ...     demand=[[3], [3]],
    ...     category=[-1, -1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[], upper=[]),
    ... )
    >>> change = what_would_fund(problem, select(problem), 1)
    >>> change.value_at_most, change.exact, change.displaced, change.capacity[0].short
    (1.0, True, (0,), 2.0)
    """
    index_array([item], field="item", size=problem.size)
    if selection.chosen[item]:
        raise InvalidProblem("'item' is funded already", field="item", items=[item], code="ALREADY_FUNDED")
    chosen = np.asarray(selection.chosen)
    bundle = missing_bundle(problem, chosen, item)
    wanted: BoolArray = problem.mandatory.copy()
    wanted[item] = True
    obstacle = _obstacle(problem, item)
    beside = shortages(problem, selection.used, bundle)
    rivals = _rivals(problem, chosen, item)
    suffices = None
    if not (obstacle and (obstacle.excluded or obstacle.rivals)) and not rivals and beside:
        suffices = _suffices(problem, beside, wanted, budget)
    least = most = None
    displaced: tuple[int, ...] = ()
    if obstacle is None:
        forced = select(replace_mandatory(problem, wanted), budget=budget)
        least = max(selection.value - forced.bound, 0.0)
        most = max(selection.bound - forced.value, 0.0)
        displaced = tuple(np.flatnonzero(chosen & ~forced.chosen).tolist())
    return FundingChange(
        item=item,
        with_it=tuple(bundle[bundle != item].tolist()),
        capacity=() if rivals else beside,
        capacity_suffices=suffices,
        value_at_least=least,
        value_at_most=most,
        displaced=displaced,
        obstacle=obstacle,
    )


def replace_mandatory(problem: SelectionProblem, mandatory: BoolArray) -> SelectionProblem:
    """Return the problem with other mandatory initiatives; what it derives is derived anew."""
    return replace(problem, mandatory=mandatory)


def _suffices(
    problem: SelectionProblem, beside: tuple[Shortage, ...], wanted: BoolArray, budget: SelectionBudget
) -> bool | None:
    """Return whether a best plan with the missing capacity funds what is wanted."""
    limits = problem.limits
    for each in beside:
        weeks = each.short
        if each.category is None:
            limits = limits.enlarged(resource=each.resource, weeks=weeks, category=-1)
        elif limits.reserved[each.category, each.resource] < limits.upper[each.category, each.resource]:
            raised = limits.upper.copy()  # a cap needs no more capacity, only more of it
            raised[each.category, each.resource] += weeks
            limits = replace(limits, upper=raised)
        else:
            limits = limits.enlarged(resource=each.resource, weeks=weeks, category=each.category)
    larger = replace(problem, limits=limits)
    free = select(larger, budget=budget)
    if bool(free.chosen[wanted].all()) and free.status is SelectionStatus.OPTIMAL:
        return True
    try:
        forced = select(replace_mandatory(larger, wanted), budget=budget)
    except InvalidProblem:
        return None
    if forced.value >= free.bound * (1 - 1e-9):
        return True
    return False if forced.bound < free.value * (1 - 1e-9) else None


def _rivals(problem: SelectionProblem, chosen: BoolArray, item: int) -> tuple[int, ...]:
    bundle = missing_bundle(problem, chosen, item)
    found = {
        rival
        for group in problem.alternatives
        if np.isin(group, bundle).any()
        for rival in group[chosen[group]].tolist()
    }
    return tuple(sorted(found))


def _obstacle(problem: SelectionProblem, item: int) -> Obstacle | None:
    """Return what keeps ``item`` out of every plan."""
    needs = np.append(problem.needs(item), item)
    excluded = tuple(sorted(needs[problem.excluded[needs]].tolist()))
    rivals = _rivals(problem, problem.forced, item)
    alone = missing_bundle(problem, problem.forced, item)
    never = shortages(problem, problem.used(problem.forced), alone)
    own_rivals = tuple(
        sorted(
            {
                member
                for group in problem.alternatives
                if np.isin(group, needs).sum() > 1
                for member in group[np.isin(group, needs)].tolist()
            }
        )
    )
    rivals = tuple(sorted({*rivals, *own_rivals}))
    if not (excluded or rivals or never):
        return None
    return Obstacle(excluded=excluded, rivals=rivals, never_fits=never)
