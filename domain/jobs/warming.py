"""Making solver processes ready: the engine's loops are compiled once per installation, ahead of the first plan."""

import numpy as np

from domain.jobs.tasks import Report
from prioritisation.allocation_limits import AllocationLimits, AllocationMode
from prioritisation.compilation import compiled
from prioritisation.precedence import compile_loops
from prioritisation.schedule_problem import ScheduleProblem
from prioritisation.scheduling import ScheduleBudget, schedule
from prioritisation.selection import SelectionBudget, select
from prioritisation.selection_problem import SelectionProblem

_ITEMS, _RESOURCES, _PERIODS = 60, 3, 12


def warm_up(_payload: bytes, _report: Report) -> bytes:
    """Have all loops compiled: select and schedule something small, and compile those of rankings.

    Machine code is kept on disk, so that all processes find it from then on; a second time it takes as long
    as solving.
    """
    random = np.random.default_rng(0)
    value = random.uniform(1, 9, _ITEMS)
    demand = random.uniform(0.5, 3, (_ITEMS, _RESOURCES))
    category = np.arange(_ITEMS) % 2
    before = np.arange(0, _ITEMS - 3, 3)
    modes = [AllocationMode.RING_FENCED, AllocationMode.FLOOR]
    limits = AllocationLimits.from_shares(
        capacity=demand.sum(axis=0) / 3, share=np.array([0.5, 0.5]), mode=modes
    )
    duration = 1 + np.arange(_ITEMS) % 3
    cost = np.outer(value, np.arange(1.0, _PERIODS + 2))
    with compiled():
        select(
            SelectionProblem(
                value=value, demand=demand, category=category, limits=limits, before=before, after=before + 1
            ),
            budget=SelectionBudget(iterations=2_000, nodes=50),
        )
        schedule(
            ScheduleProblem(
                duration=duration,
                demand=demand,
                capacity=np.tile(demand.sum(axis=0) / 4, (_PERIODS, 1)),
                cost=cost,
                before=before,
                after=before + 1,
            ),
            budget=ScheduleBudget(evaluations=200),
        )
        compile_loops()
    return b""
