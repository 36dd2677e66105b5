"""A schedule problem laid out for compiled loops: windows, gaps, demands and what capacity is left."""

from typing import Final, NamedTuple

import numpy as np

from prioritisation.adjacency import csr
from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import FloatArray, IntArray
from prioritisation.errors import name_positions
from prioritisation.schedule_problem import InfeasibleSchedule, ScheduleProblem
from prioritisation.schedule_windows import Windows

# The checker allows TOLERANCE; half of it is spent here, the rest is for adding up in another order.
_OWN_SHARE: Final = 0.5


class Layout(NamedTuple):
    """Arrays for compiled loops. Work with a fixed start is part of ``base``, not of the sequences.

    Attributes
    ----------
    duration, first, last : int64[n]
        Periods; window of starts.
    row : int64[n]
        Category, B for none.
    use_at : int64[n + 1]
        Uses of initiative j stand at ``use_at[j]:use_at[j + 1]`` of the following three.
    use_column : int64[u]
        ``row * K + resource``: column of ``room``.
    use_amount : float64[u]
    use_class : int64[u]
        Uses of the same column and amount are of one class: they fit into the same periods.
    in_at, in_item, in_gap : int64
        Predecessors that are not fixed, and least distances of the starts, in rows like the uses.
    out_at, out_item : int64
        Successors that are not fixed.
    cost : float64[n, T + 1]
        With a penalty in the last column of what must be done that exceeds all costs together.
    room : float64[T, (B + 1) * K]
        What work of each category could use of each resource beside what is fixed.
    ledger : float64[T, B + 2, K]
        What each category uses and, last, what no use or reserve takes. Empty without categories, where all
        of it is ``room``.
    reserved, upper : float64[T, B + 1, K]
        Empty without categories.
    classes : int64[1]
        Number of classes.
    """

    duration: IntArray
    first: IntArray
    last: IntArray
    row: IntArray
    use_at: IntArray
    use_column: IntArray
    use_amount: FloatArray
    use_class: IntArray
    in_at: IntArray
    in_item: IntArray
    in_gap: IntArray
    out_at: IntArray
    out_item: IntArray
    cost: FloatArray
    room: FloatArray
    ledger: FloatArray
    reserved: FloatArray
    upper: FloatArray
    classes: IntArray


class Lines(NamedTuple):
    """What a schedule problem becomes: the layout, what is free to be placed, and what that leaves out.

    Attributes
    ----------
    layout : Layout
    items : int64[f]
        What is to be placed: not fixed, and possible; by ``order``.
    penalty : float
        Of leaving out one that must be done, in ``layout.cost``.
    given : float
        Cost of what is fixed or not possible.
    """

    layout: Layout
    items: IntArray
    penalty: float
    given: float


def lay_out(problem: ScheduleProblem, at: Windows) -> Lines:
    """Lay out a problem.

    Raises
    ------
    InfeasibleSchedule
        ``FIXED_OVER_CAPACITY``.
    """
    n, periods = problem.size, problem.periods
    fixed = problem.fixed_start >= 0
    free_items = ~fixed & at.possible
    of, resource = np.nonzero(problem.demand)
    amount = problem.demand[of, resource]
    row = np.where(problem.category >= 0, problem.category, problem.categories)
    column = row[of] * problem.resources + resource
    classes, of_class = np.unique(np.stack((column, amount), axis=1), axis=0, return_inverse=True)
    movable = free_items[problem.before] & free_items[problem.after]
    before, after, gap = problem.before[movable], problem.after[movable], at.gap[movable]
    into, out = csr(n, after, before), csr(n, before, after)
    penalty = float(problem.cost[:, -1].sum()) + 1.0
    cost = problem.cost.copy()
    cost[at.required & free_items, -1] += penalty
    used = fixed_use(problem)
    layout = Layout(
        duration=problem.duration,
        first=at.first,
        last=at.last,
        row=row,
        use_at=np.concatenate(([0], np.cumsum(np.bincount(of, minlength=n)))).astype(np.int64),
        use_column=column.astype(np.int64),
        use_amount=amount,
        use_class=of_class.reshape(-1).astype(np.int64),
        in_at=into.offsets,
        in_item=into.targets,
        in_gap=gap[into.edges],
        out_at=out.offsets,
        out_item=out.targets,
        cost=cost,
        classes=np.array([len(classes)], dtype=np.int64),
        **_limits(problem, used),
    )
    by_order = np.argsort(problem.order, kind="stable")
    rest = np.flatnonzero(~free_items)
    ends = np.where(fixed, problem.fixed_start + problem.duration - 1, periods)
    given = float(problem.cost[rest, np.minimum(ends[rest], periods)].sum())
    return Lines(layout, by_order[free_items[by_order]], penalty, given)


def usage(problem: ScheduleProblem, start: IntArray, *, duration: IntArray | None = None) -> FloatArray:
    """Return the person-weeks in use, float64[T, B + 1, K], of initiatives that start at ``start`` (-1: not).

    Examples
    --------
    >>> problem = ScheduleProblem(duration=[2], demand=[[3]], capacity=[[4]] * 3, cost=[[0] * 4])
    >>> usage(problem, np.array([1])).ravel().tolist()
    [0.0, 3.0, 3.0]
    """
    length = problem.duration if duration is None else duration
    used = np.zeros((problem.periods, problem.categories + 1, problem.resources))
    for j in np.flatnonzero(start >= 0).tolist():
        used[start[j] : start[j] + length[j], problem.category[j]] += problem.demand[j]
    return used


def fixed_use(problem: ScheduleProblem) -> FloatArray:
    """Return the person-weeks that fixed work uses, float64[T, B + 1, K]."""
    return usage(problem, problem.fixed_start)


def _limits(problem: ScheduleProblem, used: FloatArray) -> dict[str, FloatArray]:
    slack = _OWN_SHARE * TOLERANCE * problem.capacity
    capacity = problem.capacity + slack
    none = (problem.periods, 1, problem.resources)
    reserved = np.concatenate((problem.reserved, np.zeros(none)), axis=1)
    upper = np.concatenate((problem.upper + slack[:, np.newaxis, :], np.full(none, np.inf)), axis=1)
    free = capacity - np.maximum(used, reserved).sum(axis=1)
    # All that is reserved may itself exceed the capacity by a rounding error.
    over = ((used > upper).any(axis=1) | (free < -slack)) & (used.sum(axis=1) > 0)
    if over.any():
        t, k = np.argwhere(over)[0].tolist()
        fixed = problem.fixed_start
        running = (fixed >= 0) & (fixed <= t) & (t < fixed + problem.duration) & (problem.demand[:, k] > 0)
        items = np.flatnonzero(running)
        message = (
            f"Work in flight needs more of resource {k} in period {t} than its limits allow; raise them, "
            f"lower the demand or stop something of: {name_positions(items)}"
        )
        raise InfeasibleSchedule(message, items=items, code="FIXED_OVER_CAPACITY")
    free = np.maximum(free, 0.0)
    if problem.categories == 0:
        nothing = np.empty((0, 1, problem.resources))
        return {"room": np.ascontiguousarray(free), "ledger": nothing, "reserved": nothing, "upper": nothing}
    room = np.minimum(upper - used, np.maximum(reserved - used, 0.0) + free[:, np.newaxis, :])
    ledger = np.concatenate((used, free[:, np.newaxis, :]), axis=1)
    return {"room": room.reshape(len(room), -1), "ledger": ledger, "reserved": reserved, "upper": upper}
