"""The value of every split of capacity among categories: filled at fixed prices, with a bound for each.

Under a split whose shares add up to the whole, ring-fence, floor and cap say the same: no category can use more
than its share, and work without category gets nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from prioritisation.allocation_limits import AllocationLimits
from prioritisation.columns import BoolArray, FloatArray, IntArray, Numbers, read_only
from prioritisation.compilation import compiled
from prioritisation.errors import InvalidProblem
from prioritisation.frontier_bounds import Tables, anchors, ring_fenced, tables_of
from prioritisation.frontier_greedy import fill_splits
from prioritisation.frontier_grid import split_grid
from prioritisation.selection import SelectionBudget, select
from prioritisation.selection_fixing import settle
from prioritisation.selection_instance import Instance, instance
from prioritisation.selection_problem import SelectionProblem

__all__ = ["ANCHORS", "Sweep", "Sweeper", "compile_loops", "prepare", "sweep"]

ANCHORS: Final = 96
"""Splits at which the relaxation is solved, by default."""

_CHUNK: Final = 4_096
_LOOKED_AT: Final = 4_000
_BATCH: Final = 8
_APART: Final = 4
_TIGHT: Final = 1e-9
_SOLVED: Final = 7
_QUICK: Final = SelectionBudget(iterations=50_000, nodes=0)


@dataclass(frozen=True, slots=True, eq=False)
class Sweeper:
    """What evaluates splits, once it is prepared.

    Attributes
    ----------
    given : Instance
    tables : Tables
    steps : int
        Parts of the whole.
    typical_loss : float
        Median share of value by which fillings stayed behind selections at the splits that were solved.
    """

    given: Instance
    tables: Tables
    steps: int
    typical_loss: float

    def evaluate(
        self, parts: IntArray, *, orders: int = 1, workers: int = 2
    ) -> tuple[FloatArray, FloatArray]:
        """Return value and bound of each split, float64[s] each; NaN where mandatory work does not fit.

        Parameters
        ----------
        parts : int64[s, B]
            Of ``steps`` parts.
        orders : int
            How many orders of filling to try for each split.
        workers : int
            Threads; they do not change the result.
        """
        value, bound = np.empty(len(parts)), np.empty(len(parts))

        def some(begin: int) -> None:
            at = slice(begin, begin + _CHUNK)
            value[at], bound[at], _ = fill_splits(self.given, self.tables, parts[at], orders=orders)

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(some, range(0, len(parts), _CHUNK)))
        return value, np.maximum(bound, value)

    def chosen(self, split: IntArray, *, orders: int = 1) -> BoolArray:
        """Return the selection behind the value of one split, bool[n]."""
        found = fill_splits(self.given, self.tables, split[np.newaxis], orders=orders, keep=True)
        chosen = np.zeros(self.given.value.size, dtype=np.bool_)
        chosen[self.given.items] = found.chosen[0]
        return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """What each split of capacity is worth.

    Attributes
    ----------
    steps : int
        Parts of the whole.
    parts : int64[s, B]
        Parts that each category gets of every resource.
    value : float64[s]
        Value of a selection that keeps the split, not optimised; NaN where mandatory work does not fit.
    bound : float64[s]
        No selection within the split is worth more; NaN likewise.
    sweeper : Sweeper
    orders : int
    """

    steps: int
    parts: IntArray
    value: FloatArray
    bound: FloatArray
    sweeper: Sweeper = field(repr=False)
    orders: int = 1

    @property
    def share(self) -> FloatArray:
        """Share of each category, 0 to 1, float64[s, B]."""
        return np.asarray(self.parts / self.steps, dtype=np.float64)

    @property
    def estimate(self) -> FloatArray:
        """What the best selection of each split is likely to be worth, float64[s]: no plan, and nothing proven.

        The value, made greater by what fillings typically lose, but not above the bound.
        """
        return np.asarray(np.minimum(self.value / (1.0 - self.sweeper.typical_loss), self.bound))

    def chosen(self, split: int) -> BoolArray:
        """Return the selection behind the value of one split, bool[n]."""
        return self.sweeper.chosen(self.parts[split], orders=self.orders)


def sweep(
    problem: SelectionProblem,
    *,
    steps: int = 20,
    least: Numbers | None = None,
    most: Numbers | None = None,
    count: int = ANCHORS,
    orders: int = 1,
    workers: int = 2,
) -> Sweep:
    """Evaluate all splits of capacity among the categories in equal steps.

    Parameters
    ----------
    problem : SelectionProblem
        Its limits give the capacities, and the policy near which prices are taken first.
    steps : int
        Parts of the whole: 20 for steps of 5 points.
    least, most : array_like of int, shape (B,), optional
        Parts that each category gets at least and at most; by default 0 and ``steps``.
    count : int
        Number of splits at which the relaxation is solved for prices.
    orders : int
        How many orders of filling to try for each split.
    workers : int
        Threads; they do not change the result.

    Raises
    ------
    InvalidProblem
        As `frontier_grid.split_grid`; ``NO_CATEGORIES``; ``MANDATORY_DO_NOT_FIT`` where mandatory work
        collides under any split (see `prioritisation.selection_conflict.minimal_conflict`).

    Examples
    --------
    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[5, 3],
    ...     demand=[[2], [2]],
    ...     category=[0, 1],
    ...     limits=AllocationLimits(capacity=[4.0], reserved=[[2.0], [2.0]], upper=[[2.0], [2.0]]),
    ... )
    >>> found = sweep(problem, steps=4)
    >>> found.parts[:, 0].tolist(), found.value.tolist(), found.bound.tolist()
    ([0, 1, 2, 3, 4], [3.0, 3.0, 8.0, 5.0, 5.0], [3.0, 3.0, 8.0, 5.0, 5.0])
    >>> found.chosen(2).tolist()
    [True, True]
    """
    if not problem.limits.categories:
        message = "there are no categories among which capacity could be split"
        raise InvalidProblem(message, field="limits", code="NO_CATEGORIES")
    parts = split_grid(steps=steps, categories=problem.limits.categories, least=least, most=most)
    given = instance(problem)
    into, out = settle(problem.size, given, given.forced, given.barred)
    if (into & out).any():
        message = "mandatory work needs what is excluded, or alternatives to each other; release one of them"
        items = np.sort(given.items[into & out]).tolist()
        raise InvalidProblem(message, field="mandatory", items=items, code="MANDATORY_DO_NOT_FIT")
    sweeper = prepare(problem, parts, steps=steps, count=count)
    value, bound = sweeper.evaluate(parts, orders=orders, workers=workers)
    return Sweep(steps, parts, read_only(value), read_only(bound), sweeper, orders)


def compile_loops() -> None:
    """Get ready: compile the loop that fills splits, or load it if that was done before (some seconds once)."""
    one = AllocationLimits(capacity=np.ones(1), reserved=np.ones((1, 1)), upper=np.ones((1, 1)))
    problem = SelectionProblem(
        value=np.ones(1), demand=np.ones((1, 1)), category=np.zeros(1, dtype=np.int64), limits=one
    )
    with compiled():
        sweep(problem, steps=1, workers=1)


def prepare(problem: SelectionProblem, parts: IntArray, *, steps: int, count: int = ANCHORS) -> Sweeper:
    """Solve the relaxation at some of the splits, for prices and the order in which to fill those around them.

    A quarter of them lie far from each other; the others are where value and bound are still far apart.

    Parameters
    ----------
    problem : SelectionProblem
    parts : int64[s, B]
        The splits that will be evaluated, or others of as many steps that lie among them.
    steps : int
    count : int
        At how many.
    """
    among = parts[np.unique(np.linspace(0, len(parts) - 1, min(len(parts), _LOOKED_AT)).astype(np.int64))]
    first = current_parts(problem, steps=steps)
    splits = among[anchors(among, count=max(count // 4, 1), first=first)]
    given, tables = instance(problem), tables_of(problem, splits, steps=steps)
    while len(splits) < min(count, len(among)):
        more = _loosest(given, tables, among, at_most=min(_BATCH, count - len(splits)))
        if not len(more):
            break
        splits = np.concatenate((splits, more))
        found = tables_of(problem, more, steps=steps)
        tables = Tables(
            base=np.concatenate((tables.base, found.base)),
            part=np.concatenate((tables.part, found.part)),
            order=np.concatenate((tables.order, found.order)),
            room=tables.room,
        )
    return Sweeper(given, tables, steps, _typical_loss(problem, given, tables, splits, steps=steps))


def _loosest(given: Instance, tables: Tables, parts: IntArray, *, at_most: int) -> IntArray:
    """Return some splits, apart from each other, whose values stay farthest behind their bounds."""
    value, bound, _ = fill_splits(given, tables, parts, orders=1)
    gap = np.where(bound > 0, (bound - value) / np.where(bound > 0, bound, 1.0), 0.0)
    picked: list[int] = []
    for split in np.argsort(-np.nan_to_num(gap), kind="stable").tolist():
        if len(picked) == at_most or not gap[split] > _TIGHT:
            break
        if all(np.abs(parts[split] - parts[other]).sum() > _APART for other in picked):
            picked.append(split)
    return parts[picked]


def current_parts(problem: SelectionProblem, *, steps: int) -> FloatArray:
    """Return how many parts each category has now, by capacity over all resources, float64[B].

    What a cap allows counts where nothing is reserved.
    """
    limits = problem.limits
    total = float(limits.capacity.sum())
    amount = np.where(
        limits.reserved > 0, limits.reserved, np.where(np.isfinite(limits.upper), limits.upper, 0.0)
    )
    return np.asarray(amount.sum(axis=1) / (total if total > 0 else 1.0) * steps, dtype=np.float64)


def _typical_loss(
    problem: SelectionProblem, given: Instance, tables: Tables, splits: IntArray, *, steps: int
) -> float:
    """Solve some of the splits at which the relaxation was solved, and return the median loss of filling."""
    some = splits[np.unique(np.linspace(0, len(splits) - 1, _SOLVED).astype(np.int64))]
    losses = [0.0]
    for split, value in zip(some, fill_splits(given, tables, some, orders=1).value, strict=True):
        if np.isnan(value):
            continue
        best = select(ring_fenced(problem, split / steps), budget=_QUICK).value
        losses.append((best - value) / best if best > value else 0.0)
    return float(np.median(losses[1:])) if len(losses) > 1 else 0.0
