"""Which of the initiatives that must be done collide: a smallest set that does not fit, by leaving out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from prioritisation.columns import BoolArray, IntArray
from prioritisation.schedule_layout import Lines, lay_out
from prioritisation.schedule_problem import InfeasibleSchedule, ScheduleProblem
from prioritisation.schedule_proof import prove
from prioritisation.schedule_relaxation import relax
from prioritisation.schedule_windows import windows

_EFFORT = 0.2  # deterministic time of CP-SAT for each question


def colliding(problem: ScheduleProblem) -> IntArray:
    """Return mandatory initiatives that cannot all be done, none of which can be left out without proof.

    Asked of the linear relaxation and, where that has no objection, of CP-SAT: each subset that is called
    impossible is. Of several such sets it is one; it is a smallest one in the sense that without any one of
    them the others are not *proven* to collide.
    """
    chosen = np.flatnonzero(problem.mandatory & (problem.fixed_start < 0))
    for impossible in (_by_relaxation, _by_proof):
        if chosen.size and impossible(part(problem, chosen)):
            return _smallest(problem, chosen, impossible)
    return chosen


def part(problem: ScheduleProblem, chosen: IntArray) -> ScheduleProblem:
    """Return the problem of scheduling ``chosen`` initiatives, all mandatory, what comes before, and fixed work."""
    keep: BoolArray = problem.fixed_start >= 0
    keep[chosen] = True
    order = problem.topology
    for q in range(order.tail.size - 1, -1, -1):
        keep[order.items[order.tail[q]]] |= keep[order.items[order.head[q]]]
    items = np.flatnonzero(keep)
    place = np.cumsum(keep) - 1
    edges = keep[problem.before] & keep[problem.after]
    must = np.zeros(problem.size, dtype=np.bool_)
    must[chosen] = True
    return replace(
        problem,
        duration=problem.duration[items],
        demand=problem.demand[items],
        cost=np.zeros((items.size, problem.periods + 1)),
        category=problem.category[items],
        before=place[problem.before[edges]],
        after=place[problem.after[edges]],
        kind=problem.kind[edges],
        lag=problem.lag[edges],
        earliest=problem.earliest[items],
        latest=problem.latest[items],
        fixed_start=problem.fixed_start[items],
        mandatory=must[items].astype(np.int64),
        order=problem.order[items],
    )


def _smallest(
    problem: ScheduleProblem, chosen: IntArray, impossible: Callable[[ScheduleProblem], bool]
) -> IntArray:
    """Leave out halves, quarters … of the set as long as the rest is impossible, at last one by one."""
    size = chosen.size // 2
    while size:
        at = 0
        while at < chosen.size:
            rest = np.delete(chosen, np.arange(at, min(at + size, chosen.size)))
            if rest.size and impossible(part(problem, rest)):
                chosen = rest
            else:
                at += size
        size //= 2
    return chosen


def _lines(problem: ScheduleProblem) -> Lines | None:
    try:
        return lay_out(problem, windows(problem))
    except InfeasibleSchedule:
        return None


def _by_relaxation(problem: ScheduleProblem) -> bool:
    lines = _lines(problem)
    if lines is None:
        return True
    relaxed = relax(lines)
    return relaxed is not None and not relaxed.feasible


def _by_proof(problem: ScheduleProblem) -> bool:
    lines = _lines(problem)
    return lines is None or prove(lines, start=None, cost=np.inf, effort=_EFFORT).infeasible
