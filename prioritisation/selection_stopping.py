"""What must stop so that something can start: the least that is lost, exactly."""

from dataclasses import dataclass, replace

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, index_array, read_only
from prioritisation.errors import InvalidProblem
from prioritisation.selection import SelectionBudget, SelectionStatus, select
from prioritisation.selection_instance import instance, walk
from prioritisation.selection_problem import SelectionProblem

__all__ = ["StopToStart", "stop_to_start"]


@dataclass(frozen=True, slots=True, eq=False)
class StopToStart:
    """What to stop so that an initiative and what it needs can start.

    Attributes
    ----------
    starts : tuple of int
        The initiative and its prerequisites that are not running, ascending.
    stops : tuple of int
        What is stopped, ascending.
    lost : float
        What the stopped ones are worth together; sunk cost plays no part.
    lost_at_least : float
        No choice of what to stop loses less; equal to ``lost`` where status is OPTIMAL.
    gained : float
        What the started ones are worth together.
    freed : float64[B + 1, K]
        Person-weeks that stopping sets free; the last row is work without category.
    status : SelectionStatus
    """

    starts: tuple[int, ...]
    stops: tuple[int, ...]
    lost: float
    lost_at_least: float
    gained: float
    freed: FloatArray
    status: SelectionStatus

    @property
    def pays(self) -> bool:
        """Whether more is gained than lost."""
        return self.gained > self.lost


def stop_to_start(
    problem: SelectionProblem,
    *,
    running: BoolArray,
    stoppable: BoolArray,
    item: int,
    budget: SelectionBudget | None = None,
) -> StopToStart:
    """Return the least valuable set to stop so that ``item`` and its prerequisites fit.

    Parameters
    ----------
    problem : SelectionProblem
        Values and demands are those that remain. Its mandatory initiatives are kept; what is excluded
        cannot start, but may be running.
    running : bool[n]
        Funded or in flight.
    stoppable : bool[n]
        Which of those may be stopped; what depends on a stopped one stops with it, if it may.
    item : int
        What is to start.
    budget : SelectionBudget, optional

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``, ``SHAPE``; ``ALREADY_RUNNING``; ``CANNOT_START`` where even stopping all that may
        be stopped is not enough: items are what must keep running together with what would start.

    Examples
    --------
    >>> from prioritisation.allocation_limits import AllocationLimits
    >>> problem = SelectionProblem(
    ...     value=[4, 3, 9],
    ...     demand=[[2], [2], [3]],
    ...     category=[-1, -1, -1],
    ...     limits=AllocationLimits(capacity=[5.0], reserved=[], upper=[]),
    ... )
    >>> running = np.array([True, True, False])
    >>> answer = stop_to_start(problem, running=running, stoppable=running, item=2)
    >>> answer.stops, answer.lost, answer.gained, answer.pays
    ((1,), 3.0, 9.0, True)
    """
    index_array([item], field="item", size=problem.size)
    for name, flags in (("running", running), ("stoppable", stoppable)):
        if flags.shape != (problem.size,):
            raise InvalidProblem(f"'{name}' must have {problem.size} entries", field=name, code="SHAPE")
    if running[item]:
        raise InvalidProblem("'item' is running already", field="item", items=[item], code="ALREADY_RUNNING")
    starts = np.zeros(problem.size, dtype=np.bool_)
    starts[item] = True
    starts[problem.needs(item)] = True
    starts &= ~running
    _require_startable(problem, starts, item)
    kept = running & (~stoppable | problem.mandatory)
    within = running | starts
    # Prerequisites of what already runs may be done and gone: only those among all this count.
    edges = within[problem.before] & within[problem.after]
    try:
        reduced = replace(
            problem,
            before=problem.before[edges],
            after=problem.after[edges],
            mandatory=kept | starts,
            excluded=~within,
            alternatives=tuple(group[within[group]] for group in problem.alternatives),
        )
        found = select(reduced, budget=budget)
    except InvalidProblem as error:
        stuck = np.flatnonzero(kept | starts).tolist()
        message = "even stopping all that may be stopped does not make room for 'item' and what it needs"
        raise InvalidProblem(message, field="item", items=stuck, code="CANNOT_START") from error
    stops = running & ~_kept_running(reduced, found.chosen, running)
    lost = float(problem.value[stops].sum())
    possible = float(problem.value[running].sum() + problem.value[starts].sum()) - found.bound
    proven = found.status is SelectionStatus.OPTIMAL
    return StopToStart(
        starts=tuple(np.flatnonzero(starts).tolist()),
        stops=tuple(np.flatnonzero(stops).tolist()),
        lost=lost,
        lost_at_least=lost if proven else min(max(possible, 0.0), lost),
        gained=float(problem.value[starts].sum()),
        freed=read_only(problem.used(stops)),
        status=found.status,
    )


def _require_startable(problem: SelectionProblem, starts: BoolArray, item: int) -> None:
    barred = np.flatnonzero(starts & problem.excluded)
    if barred.size:
        message = "'item' or something that it needs is excluded; release it first"
        raise InvalidProblem(message, field="item", items=barred.tolist(), code="CANNOT_START")
    for group in problem.alternatives:
        if int(starts[group].sum()) > 1:
            message = "'item' needs more than one of a group of alternatives"
            raise InvalidProblem(
                message, field="item", items=group[starts[group]].tolist(), code="CANNOT_START"
            )


def _kept_running(problem: SelectionProblem, chosen: BoolArray, running: BoolArray) -> BoolArray:
    """Return the selection with whatever runs and is worth nothing, as far as it fits: it need not stop."""
    given = instance(problem)
    order = np.flatnonzero((running & ~chosen)[given.items])
    kept = walk(problem.size, given, order, np.asarray(chosen)[given.items], False)
    result = np.zeros(problem.size, dtype=np.bool_)
    result[given.items] = kept
    return result
