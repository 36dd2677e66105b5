"""Replaying a schedule with other durations and efforts: in the order of the plan, as early as that allows."""

from typing import NamedTuple

import numpy as np

from prioritisation.adjacency import csr
from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.compilation import compiled, jitable, sized
from prioritisation.dependencies import DependencyType
from prioritisation.schedule_decoding import earliest_place, occupy
from prioritisation.schedule_problem import Schedule, ScheduleProblem

_START_TO_START, _FINISH_TO_FINISH = int(DependencyType.START_TO_START), int(DependencyType.FINISH_TO_FINISH)


class Replay(NamedTuple):
    """A plan for compiled loops, over twice its horizon.

    Attributes
    ----------
    sequence : int64[p]
        What is scheduled, in the order of placing.
    start : int64[n]
        As planned.
    fixed : bool[n]
    earliest, row : int64[n]
        First period, and category (B for none).
    in_at, in_item, in_kind, in_lag : int64
        Predecessors that are scheduled, in rows.
    room, ledger, reserved, upper
        As in `prioritisation.schedule_layout.Layout`, before any work.
    capacity : float64[2 T, K]
    """

    sequence: IntArray
    start: IntArray
    fixed: BoolArray
    earliest: IntArray
    row: IntArray
    in_at: IntArray
    in_item: IntArray
    in_kind: IntArray
    in_lag: IntArray
    room: FloatArray
    ledger: FloatArray
    reserved: FloatArray
    upper: FloatArray
    capacity: FloatArray


def replay_of(problem: ScheduleProblem, schedule: Schedule) -> Replay:
    """Lay out a plan; after the horizon the limits of its last period go on."""
    n, none = problem.size, (2 * problem.periods, 1, problem.resources)
    planned = schedule.start >= 0
    edges = planned[problem.before] & planned[problem.after]
    into = csr(n, problem.after[edges], problem.before[edges])
    capacity, reserved, upper = (
        np.concatenate((limit, np.repeat(limit[-1:], problem.periods, axis=0)))
        for limit in (problem.capacity, problem.reserved, problem.upper)
    )
    slack = 0.5 * TOLERANCE * capacity
    reserved = np.concatenate((reserved, np.zeros(none)), axis=1)
    upper = np.concatenate((upper + slack[:, np.newaxis], np.full(none, np.inf)), axis=1)
    free = capacity + slack - reserved.sum(axis=1)
    room = np.minimum(upper, reserved + free[:, np.newaxis])
    ledger = np.concatenate((np.zeros_like(reserved), free[:, np.newaxis]), axis=1)
    return Replay(
        sequence=schedule.sequence[planned[schedule.sequence]],
        start=np.ascontiguousarray(schedule.start),
        fixed=problem.fixed_start >= 0,
        earliest=problem.earliest,
        row=np.where(problem.category >= 0, problem.category, problem.categories),
        in_at=into.offsets,
        in_item=into.targets,
        in_kind=problem.kind[edges][into.edges],
        in_lag=problem.lag[edges][into.edges],
        room=np.ascontiguousarray(room.reshape(len(room), -1)),
        ledger=ledger,
        reserved=reserved,
        upper=upper,
        capacity=capacity,
    )


@jitable
def after(
    in_at: IntArray,
    in_item: IntArray,
    in_kind: IntArray,
    in_lag: IntArray,
    start: IntArray,
    length: IntArray,
    item: int,
    earliest: int,
) -> int:
    """Return the first start that dependencies allow with these durations."""
    at = earliest
    for q in range(in_at[item], in_at[item + 1]):
        before, gap = in_item[q], in_lag[q]
        if in_kind[q] != _START_TO_START:
            gap += length[before]
        if in_kind[q] == _FINISH_TO_FINISH:
            gap -= length[item]
        at = max(at, start[before] + gap)
    return int(at)


@jitable
def excess(
    used: FloatArray, reserved: FloatArray, upper: FloatArray, capacity: FloatArray, over: FloatArray
) -> None:
    """Add to ``over`` what is used of each resource above its limits, within the horizon."""
    for t in range(used.shape[0] // 2):
        for k in range(used.shape[2]):
            claimed, beyond = 0.0, 0.0
            for b in range(used.shape[1]):
                claimed += max(used[t, b, k], reserved[t, b, k])
                beyond += max(used[t, b, k] - upper[t, b, k], 0.0)
            most = max(claimed - capacity[t, k], beyond)
            if most > TOLERANCE * capacity[t, k]:
                over[k] += most


def replayed(plan: Replay, length: IntArray, amount: FloatArray) -> tuple[IntArray, FloatArray]:
    """Replay a plan in each of s samples.

    Parameters
    ----------
    plan : Replay
    length : int64[s, n]
        Durations in periods.
    amount : float64[s, n, K]
        Person-weeks in each period.

    Returns
    -------
    finish : int64[s, n]
        2 T where even twice the horizon is too short; -1 for what is not scheduled.
    over : float64[s, K]
        Person-weeks above the limits if everything starts as planned.
    """
    with compiled():
        return _replay(0, plan, length, amount)


@sized
def _replay(plan: Replay, length: IntArray, amount: FloatArray) -> tuple[IntArray, FloatArray]:
    samples, n = length.shape
    resources, rows, periods = amount.shape[2], plan.reserved.shape[1], plan.room.shape[0]
    sequence, fixed, in_item, in_lag = plan.sequence, plan.fixed, plan.in_item, plan.in_lag
    columns, wanted = np.empty(resources, np.int64), np.empty(resources)
    pointer, classes = np.zeros(resources, np.int64), np.arange(resources)
    finish, over = np.full((samples, n), -1), np.zeros((samples, resources))
    start, room, ledger = np.empty(n, np.int64), plan.room.copy(), plan.ledger.copy()
    used = np.empty((periods, rows, resources))
    for s in range(samples):
        room[:], ledger[:], used[:] = plan.room, plan.ledger, 0.0
        for z in range(sequence.size):
            i = sequence[z]
            d, count = length[s, i], 0
            for k in range(resources):
                if amount[s, i, k] > 0:
                    columns[count], wanted[count] = plan.row[i] * resources + k, amount[s, i, k]
                    count += 1
                for t in range(plan.start[i], min(plan.start[i] + d, periods // 2)):
                    used[t, plan.row[i], k] += amount[s, i, k]
            at = plan.start[i] if fixed[i] else plan.earliest[i]
            if not fixed[i]:
                at = after(plan.in_at, in_item, plan.in_kind, in_lag, start, length[s], i, at)
                pointer[:] = 0
                at = earliest_place(
                    room, pointer, columns[:count], wanted[:count], classes, at, periods - d, d
                )
            if at < 0:  # later than twice the horizon, and so is all that waits for it
                start[i], finish[s, i] = periods, periods
                continue
            start[i], finish[s, i] = at, min(at + d - 1, periods)
            end = min(at + d, periods) - at
            occupy(room, ledger, plan.reserved, plan.upper, columns[:count], wanted[:count], at, end)
        excess(used, plan.reserved, plan.upper, plan.capacity, over[s])
    return finish, over
