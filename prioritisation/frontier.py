"""Value against the split of capacity: what each further point of a share buys, and what its fence is worth.

The sweep (`prioritisation.frontier_sweep`) bounds every split. For each share of the category in question, the
relaxation is solved at the split with the greatest bound, which tightens those around it, and so on (Kelley
1960); then the most promising splits are solved one after the other until no other split of that share can be
better than the best one by more than the gap asked for: so the frontier is exact up to the gap that it states.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from prioritisation.allocation_limits import AllocationLimits
from prioritisation.columns import BoolArray, FloatArray, IntArray, Numbers, read_only
from prioritisation.errors import InvalidProblem
from prioritisation.frontier_bounds import least_bounds, ring_fenced, tables_of
from prioritisation.frontier_sweep import ANCHORS, Sweep, current_parts, sweep
from prioritisation.progress import Progress, relative_gap
from prioritisation.selection import Selection, SelectionBudget, SelectionStatus, select
from prioritisation.selection_problem import SelectionProblem

__all__ = ["FencePrice", "Frontier", "FrontierPoint", "fence_price", "frontier"]

_QUICK: Final = SelectionBudget(iterations=20_000, nodes=2_000, seconds=20.0)


@dataclass(frozen=True, slots=True, eq=False)
class FrontierPoint:
    """The best split at one share of the category in question.

    Attributes
    ----------
    share : float
        Of that category, 0 to 1.
    split : float64[B]
        Shares of all categories, which add up to 1.
    value : float
        Greatest value found at this share.
    bound : float
        No split at this share is worth more, solved or not.
    status : SelectionStatus
        OPTIMAL if the two are equal.
    own_value : float
        What the initiatives of the category are worth in this selection.
    chosen : bool[n]
    dominated : bool
        Whether a greater share is worth as much or more: then nothing speaks for this one.
    solved : int
        How many splits of this share were solved.
    """

    share: float
    split: FloatArray
    value: float
    bound: float
    status: SelectionStatus
    own_value: float
    chosen: BoolArray
    dominated: bool
    solved: int

    @property
    def gap(self) -> float:
        """(bound − value) / bound; 0 where there is nothing to gain."""
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True, slots=True, eq=False)
class Frontier:
    """Value against the share of one category.

    Attributes
    ----------
    category : int
    points : tuple of FrontierPoint
        By share, ascending; shares at which mandatory work does not fit are missing.
    sweep : Sweep
        All splits with the value of a plan and a bound each.
    current : Selection
        What the present policy is worth, with its own limits, modes and overrides.
    current_share : float
        What the policy gives the category now, of the capacity of all resources.
    """

    category: int
    points: tuple[FrontierPoint, ...]
    sweep: Sweep
    current: Selection
    current_share: float


@dataclass(frozen=True, slots=True)
class FencePrice:
    """What the limits of categories cost, and what they protect.

    Attributes
    ----------
    pooled_value, pooled_bound : float
        Greatest value if all categories shared everything: found, and not to be exceeded.
    held_at_least, held_at_most : float
        Price of holding the fences: the value lost against pooling lies between these.
    own_value, own_value_pooled : float
        What the initiatives of the category are worth in the plan found with the fences, and without.
    enters, leaves : tuple of int
        What the pooled plan funds in addition, and no longer.
    """

    pooled_value: float
    pooled_bound: float
    held_at_least: float
    held_at_most: float
    own_value: float
    own_value_pooled: float
    enters: tuple[int, ...]
    leaves: tuple[int, ...]

    @property
    def broken(self) -> float:
        """Price of breaking the fences: value of the category that is lost in the pooled plan; may be negative."""
        return self.own_value - self.own_value_pooled


def frontier(
    problem: SelectionProblem,
    *,
    category: int,
    steps: int = 20,
    least: Numbers | None = None,
    most: Numbers | None = None,
    gap: float = 0.01,
    tries: int = 3,
    refinements: int = 8,
    count: int = ANCHORS,
    budget: SelectionBudget = _QUICK,
    progress: Callable[[Progress], None] | None = None,
) -> Frontier:
    """Trade the value of the whole against the share of one category.

    Parameters
    ----------
    problem : SelectionProblem
        Its limits are the present policy.
    category : int
        Whose share is in question, such as that of step-change.
    steps, least, most, count
        As in `frontier_sweep.sweep`.
    gap : float
        Gap of a share at which to be content.
    tries : int
        How many splits to solve for each share at most.
    refinements : int
        At how many splits of each share to solve the relaxation at most.
    budget : SelectionBudget
        For each split.
    progress : callable, optional
        Called after each share; incumbent and bound are those of the best split by then.

    Raises
    ------
    InvalidProblem
        As `frontier_sweep.sweep`; ``UNKNOWN_CATEGORY``.

    Examples
    --------
    >>> problem = SelectionProblem(
    ...     value=[5, 3],
    ...     demand=[[2], [2]],
    ...     category=[0, 1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[[4.0], [0.0]], upper=[[4.0], [0.0]]),
    ... )
    >>> found = frontier(problem, category=1, steps=4)
    >>> [(point.share, point.value, point.dominated) for point in found.points]
    [(0.0, 5.0, True), (0.25, 5.0, True), (0.5, 8.0, False), (0.75, 3.0, True), (1.0, 3.0, False)]
    >>> found.current.value, found.current_share
    (5.0, 0.0)
    """
    _require_category(problem, category)
    swept = sweep(problem, steps=steps, least=least, most=most, count=count)
    current = select(problem, budget=budget)
    shares = np.unique(swept.parts[:, category][np.isfinite(swept.bound)])
    points: list[FrontierPoint] = []
    best, bound = 0.0, 0.0
    bounds = swept.bound.copy()
    for number, part in enumerate(shares.tolist()):
        _refine(problem, swept, bounds, np.flatnonzero(swept.parts[:, category] == part), times=refinements)
        point = _solve_share(problem, swept, bounds, category, part, gap=gap, tries=tries, budget=budget)
        points.append(point)
        best, bound = max(best, point.value), max(bound, point.bound)
        if progress is not None:
            done = (number + 1) / shares.size
            gap_now = relative_gap(best, bound)
            progress(Progress(phase="FRONTIER", incumbent=best, bound=bound, gap=gap_now, done=done))
    greatest = -np.inf
    for number in range(len(points) - 1, -1, -1):
        points[number] = replace(points[number], dominated=points[number].value <= greatest)
        greatest = max(greatest, points[number].value)
    share = float(current_parts(problem, steps=steps)[category]) / steps
    return Frontier(category, tuple(points), swept, current, share)


def fence_price(
    problem: SelectionProblem,
    selection: Selection,
    *,
    category: int,
    budget: SelectionBudget = _QUICK,
) -> FencePrice:
    """Return what the limits of all categories cost against pooling, and what they protect of one category.

    Parameters
    ----------
    problem : SelectionProblem
    selection : Selection
        Of this problem, with the fences.
    category : int
    budget : SelectionBudget

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_CATEGORY``.

    Examples
    --------
    >>> problem = SelectionProblem(
    ...     value=[5, 3],
    ...     demand=[[3], [2]],
    ...     category=[0, 1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[[2.0], [2.0]], upper=[[2.0], [2.0]]),
    ... )
    >>> price = fence_price(problem, select(problem), category=1)
    >>> price.held_at_most, price.broken, price.leaves
    (2.0, 3.0, (1,))
    """
    _require_category(problem, category)
    limits = problem.limits
    open_to_all = AllocationLimits(
        capacity=limits.capacity,
        reserved=np.zeros_like(limits.reserved),
        upper=np.full_like(limits.upper, np.inf),
    )
    pooled = select(replace(problem, limits=open_to_all), budget=budget)
    own = problem.category == category
    with_fences, without = np.asarray(selection.chosen), np.asarray(pooled.chosen)
    return FencePrice(
        pooled_value=pooled.value,
        pooled_bound=pooled.bound,
        held_at_least=max(pooled.value - selection.bound, 0.0),
        held_at_most=max(pooled.bound - selection.value, 0.0),
        own_value=float(problem.value[with_fences & own].sum()),
        own_value_pooled=float(problem.value[without & own].sum()),
        enters=tuple(np.flatnonzero(without & ~with_fences).tolist()),
        leaves=tuple(np.flatnonzero(with_fences & ~without).tolist()),
    )


def _refine(
    problem: SelectionProblem, swept: Sweep, bounds: FloatArray, splits: IntArray, *, times: int
) -> None:
    """Tighten ``bounds``, in place, by the relaxation at the split with the greatest one, again and again."""
    done: set[int] = set()
    for _ in range(times):
        weighed = np.where(np.isnan(bounds[splits]), -np.inf, bounds[splits])
        worst = int(splits[int(weighed.argmax())])
        if worst in done or np.isnan(bounds[worst]):
            return
        done.add(worst)
        tables = tables_of(problem, swept.parts[worst : worst + 1], steps=swept.steps)
        tighter = least_bounds(tables, swept.parts)
        np.copyto(bounds, np.maximum(np.minimum(bounds, tighter), swept.value), where=~np.isnan(bounds))


def _solve_share(
    problem: SelectionProblem,
    swept: Sweep,
    all_bounds: FloatArray,
    category: int,
    part: int,
    *,
    gap: float,
    tries: int,
    budget: SelectionBudget,
) -> FrontierPoint:
    """Solve splits of one share until none that is left can be better by more than the gap."""
    splits = np.flatnonzero((swept.parts[:, category] == part) & np.isfinite(swept.bound))
    bounds = all_bounds[splits]
    known = int(np.nanargmax(np.where(np.isnan(swept.value[splits]), -np.inf, swept.value[splits])))
    order = [known, *[i for i in np.argsort(-bounds, kind="stable").tolist() if i != known]]
    best: Selection | None = None
    at, solved = known, 0
    for i in order:
        if best is not None and (solved >= tries or relative_gap(best.value, float(bounds.max())) <= gap):
            break
        found = select(ring_fenced(problem, swept.share[splits[i]]), budget=budget)
        solved += 1
        bounds[i] = min(bounds[i], found.bound)
        if best is None or found.value > best.value:
            best, at = found, i
    if best is None:
        raise AssertionError("a share without splits is not solved")
    bound = max(float(bounds.max()), best.value)
    own = np.asarray(best.chosen) & (problem.category == category)
    proven = bound - best.value <= 1e-9 * bound
    return FrontierPoint(
        share=part / swept.steps,
        split=read_only(swept.share[splits[at]].copy()),
        value=best.value,
        bound=bound,
        status=SelectionStatus.OPTIMAL if proven else SelectionStatus.FEASIBLE,
        own_value=float(problem.value[own].sum()),
        chosen=best.chosen,
        dominated=False,
        solved=solved,
    )


def _require_category(problem: SelectionProblem, category: int) -> None:
    if not 0 <= category < problem.limits.categories:
        message = f"'category' must be a row of the limits, 0 to {problem.limits.categories - 1}"
        raise InvalidProblem(message, field="category", code="UNKNOWN_CATEGORY")
