"""Which initiatives to fund so that value is greatest, and what is proven about it.

max Σ vⱼxⱼ within the limits of every category and resource, prerequisites and alternatives: a
multidimensional knapsack, NP-hard. The steps, each of which ends the work if the gap is closed:

1. the linear relaxation: a bound, prices, and an order in which to fill up;
2. lifted cover inequalities, which tighten it (`prioritisation.cover_cuts`);
3. local search around the best selection filled up so far (`prioritisation.selection_search`);
4. what the bound settles by reduced cost is fixed; branch and bound (HiGHS) on what remains, first on the
   undecided kernel, then, as far as the budget of nodes goes, on all.

Budgets count work and not time, so that the same problem and budget give the same bytes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from prioritisation.adjacency import reachable
from prioritisation.allocation_limits import AllocationLimits
from prioritisation.columns import BoolArray, FloatArray, read_only
from prioritisation.compilation import compiled
from prioritisation.cover_cuts import knapsacks, separate
from prioritisation.cut_line import require_forced_fit
from prioritisation.multiples import quantum
from prioritisation.progress import Progress, relative_gap
from prioritisation.selection_fixing import fix_by_bound, misfits, settle
from prioritisation.selection_instance import Instance, instance, walk
from prioritisation.selection_problem import SelectionProblem
from prioritisation.selection_relaxation import Relaxed, Rows, prices, rows_of, solve
from prioritisation.selection_result import Selection, SelectionBudget, SelectionStatus
from prioritisation.selection_search import search

__all__ = ["EXACT", "Selection", "SelectionBudget", "SelectionStatus", "compile_loops", "select"]

EXACT: Final = 1e-9
"""Relative gap below which a selection counts as optimal."""

_CORE: Final = 400
_KERNEL: Final = 150
_NODES_KERNEL: Final = 50
_SEARCHED_FROM: Final = 26
_COMPILED_FROM: Final = 300
_CHUNK: Final = 50_000
_ROUNDS: Final = 8
_WORTH_A_ROUND: Final = 0.005  # of the gap
_UNIT_NODES: Final = 50
_LEAST_NODES: Final = 100
_MOST_FREE: Final = 2_500

_INFEASIBLE: Final = 2  # as `scipy.optimize.milp` says it

Report = Callable[[Progress], None]


@dataclass(slots=True)
class _State:
    """What is known so far; canonical order."""

    given: Instance
    step: float
    """All values are multiples of it; 0 if of nothing."""
    chosen: BoolArray
    value: float
    bound: float
    budget: SelectionBudget
    deadline: float
    report: Report | None
    done: float = 0.0

    @property
    def settled(self) -> bool:
        """Whether nothing remains to be done: proven, content, or out of time."""
        return self.proven or self.gap <= self.budget.gap or time.perf_counter() > self.deadline

    @property
    def proven(self) -> bool:
        return self.bound - self.value <= EXACT * self.bound

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)

    @property
    def wanted(self) -> float:
        """The least value that would be better."""
        return self.value + self.step * (1 - EXACT) if self.step else self.value * (1 + EXACT)

    def found(self, chosen: BoolArray) -> None:
        """Take a selection if it is better."""
        value = float(self.given.value[chosen].sum())
        if value > self.value:
            self.chosen, self.value = chosen, value
        self.bounded(self.bound)

    def bounded(self, bound: float) -> None:
        """Take a bound if it is tighter; sums of multiples are multiples."""
        if self.step and np.isfinite(bound):
            bound = float(np.floor(bound / self.step * (1 + EXACT) + EXACT) * self.step)
        self.bound = max(min(self.bound, bound), self.value)

    def tell(self, phase: str, done: float) -> None:
        """Report progress."""
        self.done = max(self.done, done)
        if self.report is not None:
            self.report(
                Progress(phase=phase, incumbent=self.value, bound=self.bound, gap=self.gap, done=self.done)
            )


def select(
    problem: SelectionProblem,
    *,
    budget: SelectionBudget | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Selection:
    """Choose the initiatives that are worth most together, and prove how much could be missing.

    Parameters
    ----------
    problem : SelectionProblem
    budget : SelectionBudget, optional
    progress : callable, optional
        Called after each step with what is known by then; what it raises ends the work.

    Returns
    -------
    Selection
        The same bytes for the same problem and budget; permuting the initiatives together with their
        ``order`` permutes the result. What is worth nothing is chosen only if something else needs it.

    Raises
    ------
    InvalidProblem
        ``MANDATORY_DO_NOT_FIT``: see `prioritisation.selection_conflict.minimal_conflict`.

    Examples
    --------
    By value per week the first initiative leads, but the other two fill the capacity better:

    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[60, 50, 50],
    ...     demand=[[5], [5], [5]],
    ...     category=[0, 0, 1],
    ...     limits=AllocationLimits(capacity=[10.0], reserved=[[0.0], [5.0]], upper=[[10.0], [5.0]]),
    ... )
    >>> result = select(problem)
    >>> result.chosen.tolist(), result.value, result.bound, result.status.value
    ([True, False, True], 110.0, 110.0, 'OPTIMAL')
    """
    budget = SelectionBudget() if budget is None else budget
    require_forced_fit(problem)
    if problem.size < _COMPILED_FROM:
        return _select(problem, budget, progress)
    with compiled():
        return _select(problem, budget, progress)


def _select(problem: SelectionProblem, budget: SelectionBudget, progress: Report | None) -> Selection:
    given = instance(problem)
    n = problem.size
    fixed = settle(n, given, given.forced, given.barred)
    fixed = (fixed[0], misfits(n, given, *fixed))
    state = _State(
        given=given,
        step=quantum(given.value[given.value > 0]),
        chosen=fixed[0],
        value=float(given.value[fixed[0]].sum()),
        bound=float(given.value[~fixed[1]].sum()),
        budget=budget,
        deadline=time.perf_counter() + budget.seconds,
        report=progress,
    )
    rows = rows_of(given, *fixed)
    relaxed = solve(rows)
    price = prices(rows, relaxed)
    state.bounded(relaxed.bound)
    state.found(_filled_up(given, relaxed, fixed[0]))
    state.tell("RELAXATION", 0.1)
    if not state.settled:
        relaxed = _tighten(state, rows, relaxed, fixed)
    if not state.settled:
        _improve(state, relaxed, fixed, budget.iterations)
    if not state.settled:
        _branch(state, relaxed, fixed)
    state.tell("DONE", 1.0)
    return _result(problem, state, price)


def compile_loops() -> None:
    """Get ready: compile the loops of selection, or load them if that was done before.

    The first time it takes half a minute. Meant for a thread beside the start of a server, or the building of
    an image.
    """
    random = np.random.default_rng(1)
    demand = random.integers(1, 30, (60, 4)).astype(np.float64)
    problem = SelectionProblem(
        value=random.integers(1, 100, 60).astype(np.float64),
        demand=demand,
        category=np.zeros(60, dtype=np.int64),
        limits=AllocationLimits(
            capacity=demand.sum(axis=0) / 3, reserved=np.zeros((1, 4)), upper=np.full((1, 4), np.inf)
        ),
    )
    with compiled():
        select(problem, budget=SelectionBudget(nodes=0, iterations=1_000))


def _filled_up(given: Instance, relaxed: Relaxed, start: BoolArray) -> BoolArray:
    order = np.lexsort((-relaxed.reduced, -np.round(relaxed.x, 9)))
    return walk(given.value.size, given, order[given.value[order] > 0], start, False)


def _improve(state: _State, relaxed: Relaxed, fixed: tuple[BoolArray, BoolArray], iterations: int) -> None:
    """Search around the best selection, in chunks until the budget ends."""
    given = state.given
    free = np.flatnonzero(~(fixed[0] | fixed[1]))
    if free.size < _SEARCHED_FROM or not iterations:
        return
    near = free[np.argsort(np.abs(relaxed.reduced[free]), kind="stable")[:_CORE]]
    order = near[np.argsort(-relaxed.reduced[near], kind="stable")]
    pooled = bool((given.reserved.sum(axis=0) < given.capacity * (1 - EXACT)).any())
    threshold = float(np.median(given.value[near])) / 4
    iterations = min(iterations, 100 * free.size)
    chunks = -(-iterations // _CHUNK)
    for chunk in range(chunks):
        many = min(_CHUNK, iterations - chunk * _CHUNK)
        found = search(
            given,
            state.chosen,
            order,
            np.sort(near),
            relaxed.reduced,
            pooled=pooled,
            iterations=many,
            threshold=threshold,
            seed=chunk + 1,
        )
        state.found(found)
        state.tell("SEARCH", 0.2 + 0.3 * (chunk + 1) / chunks)
        if state.settled:
            return


def _tighten(state: _State, rows: Rows, relaxed: Relaxed, fixed: tuple[BoolArray, BoolArray]) -> Relaxed:
    """Add cover inequalities as long as they pay."""
    sources = knapsacks(state.given, *fixed)
    cuts: sp.csr_array[np.float64] | None = None
    right: FloatArray = np.empty(0)
    for number in range(_ROUNDS):
        found, found_right = separate(sources, relaxed.x, rows.worth.size)
        if not found_right.size:
            break
        cuts = found if cuts is None else sp.csr_array(sp.vstack((cuts, found)))
        right = np.concatenate((right, found_right))
        before = relaxed.bound
        tighter = solve(rows, cuts, right)
        if tighter.bound > before:
            break
        relaxed = tighter
        state.bounded(relaxed.bound)
        state.found(_filled_up(state.given, relaxed, fixed[0]))
        state.tell("CUTS", 0.1 + 0.1 * (number + 1) / _ROUNDS)
        if state.settled or before - relaxed.bound < _WORTH_A_ROUND * (before - state.value):
            break
    return relaxed


def _branch(state: _State, relaxed: Relaxed, fixed: tuple[BoolArray, BoolArray]) -> None:
    """Branch and bound on what the bound does not settle: on a kernel if that is much, then on all."""
    given, budget = state.given, state.budget
    into, out = fix_by_bound(given, fixed, bound=relaxed.bound, reduced=relaxed.reduced, wanted=state.wanted)
    if (into & out).any():
        state.bounded(state.value)
        return
    free = np.flatnonzero(~(into | out))
    if not budget.nodes:
        return
    nodes = int(budget.nodes * min(1.0, (_UNIT_NODES / max(free.size, 1)) ** 2))
    if free.size > _KERNEL + _UNIT_NODES:
        near = free[np.argsort(np.abs(relaxed.reduced[free]), kind="stable")[:_KERNEL]]
        undecided = np.zeros(given.value.size, dtype=np.bool_)
        undecided[near] = True
        kernel = settle(given.value.size, given, state.chosen & ~undecided, ~state.chosen & ~undecided)
        _solve_exactly(state, kernel, min(_NODES_KERNEL, nodes), proves=False)
        state.tell("KERNEL", 0.6)
        wanted = state.budget.gap > 0 and free.size <= _MOST_FREE
        if state.settled or (nodes < _LEAST_NODES and not wanted):
            return
    _solve_exactly(state, (into, out), max(nodes, 1), proves=True)
    state.tell("BRANCH_AND_BOUND", 0.95)


def _solve_exactly(state: _State, fixed: tuple[BoolArray, BoolArray], nodes: int, *, proves: bool) -> None:
    """Solve the problem with some initiatives settled; ``proves`` if all better selections keep to them."""
    given = state.given
    rows = rows_of(given, *fixed)
    scale = float(2.0 ** np.floor(np.log2(max(given.value.max(initial=0.0), 1e-300) / 1024)))
    content = state.step * (1 - 1e-6) / state.value if state.value > 0 else 0.0
    integrality = (np.arange(rows.worth.size) < rows.items).astype(np.int64)
    size = rows.row_scale
    matrix: Any = sp.diags_array(1 / size) @ rows.matrix
    found = milp(
        -rows.worth / scale,
        constraints=LinearConstraint(matrix, -np.inf, rows.right / size),
        integrality=integrality,
        bounds=Bounds(rows.low, rows.high),
        options={
            "mip_rel_gap": max(state.budget.gap, content),
            "node_limit": nodes,
            "time_limit": max(state.deadline - time.perf_counter(), 0.1),
        },
    )
    if found.x is not None:
        state.found(_mended(given, np.asarray(found.x[: rows.items]) > 0.5, fixed[0], state))
    if not proves:
        return
    if found.status == _INFEASIBLE:
        state.bounded(state.value)
    elif found.mip_dual_bound is not None and np.isfinite(found.mip_dual_bound):
        state.bounded(max(-float(found.mip_dual_bound) * scale, state.value))


def _mended(given: Instance, chosen: BoolArray, start: BoolArray, state: _State) -> BoolArray:
    """Return a selection that keeps the limits exactly, where the solver kept them to its tolerance."""
    order = np.lexsort((-given.value, ~chosen))
    return walk(given.value.size, given, order[given.value[order] > 0], start & state.given.forced, False)


def _result(problem: SelectionProblem, state: _State, price: FloatArray) -> Selection:
    chosen = np.zeros(problem.size, dtype=np.bool_)
    chosen[state.given.items] = state.chosen
    chosen &= _useful(problem, chosen)
    return Selection(
        chosen=read_only(chosen),
        value=float(problem.value[chosen].sum()),
        bound=state.bound,
        status=SelectionStatus.OPTIMAL if state.proven else SelectionStatus.FEASIBLE,
        used=read_only(problem.used(chosen)),
        price=read_only(price),
    )


def _useful(problem: SelectionProblem, chosen: BoolArray) -> BoolArray:
    """Return what is worth something, mandatory, or needed by what is."""
    useful = chosen & ((problem.value > 0) | problem.forced)
    useful[reachable(problem.prerequisites, np.flatnonzero(useful))] = True
    return useful
