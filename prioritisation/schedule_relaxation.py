"""The linear relaxation of a schedule: how much of each initiative has started by each period.

With S[j, t] = 1 from the start of j on, for the periods of its window:

- S never falls along t; of what must be done it ends at 1;
- i → j with gap g: S[j, t] ≤ S[i, t − g];
- work of category b on resource k in period t is u[t, b, k] = Σ_j demand[j, k] (S[j, t] − S[j, t − duration[j]]);
  u ≤ upper − used, and Σ_b overflow[t, b, k] + u[t, none, k] ≤ free with overflow ≥ u − (reserved − used);
- of what wants at least a of a limit, no more than ⌊limit/a⌋ can run at once, where that is a small number;
- the cost is Σ_j cost of not being done + Σ_t (cost of starting at t − cost of starting one later) S[j, t].

These are the monotone step variables of Pritsker, Watters & Wolfe (1969) in the form of Christofides,
Alvarez-Valdés & Tamarit (1987), whose dependencies are as tight as they can be. All rows have the form A x ≤ b
with 0 ≤ x ≤ 1 (0 ≤ x ≤ free for overflows), so any y ≥ 0 proves a bound:
constant − y·b + Σ min(0, c + Aᵀy)·(upper limit of x). It is computed anew from the multipliers of the solver,
whose tolerances therefore cannot spoil it.
"""

from typing import Any, NamedTuple, cast

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array

from prioritisation.columns import FloatArray, IntArray
from prioritisation.schedule_layout import Layout, Lines

_SURE = 1e-12
_MOST_ROUNDS = 10_000
_INFEASIBLE = 2  # status of `scipy.optimize.linprog`
_FEW = 2  # from how many on counting adds nothing to amounts


class Relaxation(NamedTuple):
    """min constant + c·x subject to A x ≤ b, 0 ≤ x ≤ most.

    Attributes
    ----------
    variable : int64[n]
        Position of S[j, first[j]] for each item that is to be placed; -1 for others.
    least : float64[v]
        1 for the last step of what must be done, else 0.
    """

    objective: FloatArray
    constant: float
    matrix: csr_array
    rhs: FloatArray
    least: FloatArray
    most: FloatArray
    variable: IntArray
    steps: int


class Relaxed(NamedTuple):
    """What the relaxation says.

    Attributes
    ----------
    bound : float
        No schedule costs less.
    middle : float64[n]
        Mean of the fractional start of each item, in periods.
    feasible : bool
        False if not even the relaxation has a place for everything that must be done.
    """

    bound: float
    middle: FloatArray
    feasible: bool = True


class _Rows:
    """Entries of a sparse matrix, as they come."""

    __slots__ = ("columns", "count", "rhs", "rows", "values")

    def __init__(self) -> None:
        self.rows: list[IntArray] = [np.empty(0, dtype=np.int64)]
        self.columns: list[IntArray] = [np.empty(0, dtype=np.int64)]
        self.values: list[FloatArray] = [np.empty(0, dtype=np.float64)]
        self.rhs: list[FloatArray] = [np.empty(0, dtype=np.float64)]
        self.count = 0

    def at_most(self, lower: IntArray, upper: IntArray) -> None:
        """Add the rows x[lower] ≤ x[upper]."""
        at = np.arange(self.count, self.count + lower.size)
        self.entries(
            np.concatenate((at, at)), np.concatenate((lower, upper)), np.repeat([1.0, -1.0], at.size)
        )
        self.close(np.zeros(at.size))

    def entries(self, rows: IntArray, columns: IntArray, values: FloatArray) -> None:
        self.rows.append(rows)
        self.columns.append(columns)
        self.values.append(values)

    def close(self, rhs: FloatArray) -> None:
        self.rhs.append(rhs)
        self.count += rhs.size

    def matrix(self, columns: int) -> tuple[csr_array, FloatArray]:
        rows, cols, values = (np.concatenate(part) for part in (self.rows, self.columns, self.values))
        table = coo_array((values, (rows, cols)), shape=(self.count, columns)).tocsr()
        return table, np.concatenate(self.rhs)


def relaxation(lines: Lines) -> Relaxation:
    """Build the relaxation of a problem that has been laid out."""
    layout, items = lines.layout, lines.items
    n, periods = layout.duration.size, layout.room.shape[0]
    width = layout.last - layout.first + 1
    variable = np.full(n, -1, dtype=np.int64)
    variable[items] = np.concatenate(([0], np.cumsum(width[items])[:-1]))
    steps = int(width[items].sum())
    objective, least, constant = np.zeros(steps), np.zeros(steps), lines.given
    rows = _Rows()
    for j in items.tolist():
        begin, first, duration = variable[j], layout.first[j], layout.duration[j]
        cost = np.append(layout.cost[j, first + duration - 1 :][: width[j]], layout.cost[j, -1])
        constant += cost[-1]
        objective[begin : begin + width[j]] = cost[:-1] - cost[1:]
        at = np.arange(begin, begin + width[j] - 1)
        rows.at_most(at, at + 1)
        if layout.cost[j, -1] >= lines.penalty:  # must be done
            least[begin + width[j] - 1] = 1.0
    for j in items.tolist():
        for q in range(layout.in_at[j], layout.in_at[j + 1]):
            i, gap = layout.in_item[q], layout.in_gap[q]
            t = np.arange(layout.first[j], layout.last[j] + 1)
            t = t[(t - gap < layout.last[i]) | (t == layout.last[j])]  # earlier ones follow from these
            before = np.minimum(t - gap, layout.last[i]) - layout.first[i]
            rows.at_most(variable[j] + t - layout.first[j], variable[i] + before)
    extra = _capacity(layout, items, variable, rows, steps, periods)
    matrix, rhs = rows.matrix(steps + extra.size)
    return Relaxation(
        objective=np.concatenate((objective, np.zeros(extra.size))),
        constant=constant,
        matrix=matrix,
        rhs=rhs,
        least=np.concatenate((least, np.zeros(extra.size))),
        most=np.concatenate((np.ones(steps), extra)),
        variable=variable,
        steps=steps,
    )


def _capacity(
    layout: Layout, items: IntArray, variable: IntArray, rows: _Rows, steps: int, periods: int
) -> FloatArray:
    """Add the rows of capacity, and return the upper limits of the overflows."""
    resources = layout.reserved.shape[2]
    columns = layout.room.shape[1]
    at, var, value, most = [], [], [], np.zeros(periods * columns)
    for j in items.tolist():
        first, last, duration = layout.first[j], layout.last[j], layout.duration[j]
        t = np.arange(first, last + duration)
        started = variable[j] + np.minimum(t, last) - first
        ended = t - duration >= first
        for q in range(layout.use_at[j], layout.use_at[j + 1]):
            cell, amount = t * columns + layout.use_column[q], layout.use_amount[q]
            at += [cell, cell[ended]]
            var += [started, variable[j] + t[ended] - duration - first]
            value += [np.full(t.size, amount), np.full(int(ended.sum()), -amount)]
            most[cell] += amount
    if not at:
        return np.empty(0)
    cells, variables, values = np.concatenate(at), np.concatenate(var), np.concatenate(value)
    if layout.ledger.size == 0:
        _limit(rows, cells, variables, values, limit=layout.room.ravel(), most=most)
        return np.empty(0)
    free = layout.ledger[:, -1, :].ravel()
    head = (layout.upper - layout.ledger[:, :-1, :]).reshape(-1)
    own = np.maximum(layout.reserved - layout.ledger[:, :-1, :], 0.0).reshape(-1)
    _limit(rows, cells, variables, values, limit=head, most=most)
    # Into the pool goes what exceeds the reserve: all, nothing, or an overflow.
    pooled = np.minimum(most, head) > own
    direct, spilt = pooled & (own == 0), np.flatnonzero(pooled & (own > 0))
    spill = np.full(most.size, -1, dtype=np.int64)
    spill[spilt] = np.arange(spilt.size)
    chosen = spill[cells] >= 0
    rows.entries(rows.count + spill[cells[chosen]], variables[chosen], values[chosen])
    rows.entries(rows.count + np.arange(spilt.size), steps + np.arange(spilt.size), np.full(spilt.size, -1.0))
    rows.close(own[spilt])
    pool = np.arange(most.size) // columns * resources + np.arange(most.size) % resources
    chosen = direct[cells]
    into = (pool[spilt], steps + np.arange(spilt.size))
    reach: FloatArray = np.bincount(
        pool, weights=np.where(pooled, np.minimum(most, head) - own, 0.0), minlength=free.size
    ).astype(np.float64)
    _limit(rows, pool[cells[chosen]], variables[chosen], values[chosen], limit=free, most=reach, spilt=into)
    return np.asarray(free[pool[spilt]])


def _limit(
    rows: _Rows,
    cells: IntArray,
    variables: IntArray,
    values: FloatArray,
    *,
    limit: FloatArray,
    most: FloatArray,
    spilt: tuple[IntArray, IntArray] | None = None,
) -> None:
    """Add a row for each cell whose limit could be exceeded."""
    tight = np.flatnonzero(most > limit)
    number = np.full(limit.size, -1, dtype=np.int64)
    number[tight] = np.arange(tight.size)
    kept = number[cells] >= 0
    rows.entries(rows.count + number[cells[kept]], variables[kept], values[kept])
    if spilt is not None:
        inside = number[spilt[0]] >= 0
        rows.entries(rows.count + number[spilt[0][inside]], spilt[1][inside], np.ones(int(inside.sum())))
    rows.close(limit[tight])
    for amount in np.unique(values[values > 0]).tolist():
        most_at_once = np.floor(limit / amount + _SURE)
        large = np.abs(values) >= amount
        wanting = np.bincount(cells[large & (values > 0)], minlength=limit.size)
        cut = (most_at_once <= _FEW) & (most_at_once * amount < limit) & (wanting > most_at_once)
        number = np.full(limit.size, -1, dtype=np.int64)
        number[cut] = np.arange(int(cut.sum()))
        kept = large & (number[cells] >= 0)
        rows.entries(rows.count + number[cells[kept]], variables[kept], np.sign(values[kept]))
        rows.close(most_at_once[cut])


def relax(lines: Lines, *, iterations: int = _MOST_ROUNDS) -> Relaxed | None:
    """Solve the relaxation with HiGHS in one thread.

    Returns
    -------
    Relaxed or None
        None if so many ``iterations`` of its interior-point method are not enough.
    """
    model = relaxation(lines)
    n = lines.layout.duration.size
    middle = np.full(n, float(lines.layout.room.shape[0]))
    if not lines.items.size:
        return Relaxed(model.constant, middle)
    found = linprog(
        model.objective,
        A_ub=cast(Any, model.matrix),
        b_ub=model.rhs,
        bounds=list(zip(model.least.tolist(), model.most.tolist(), strict=True)),
        method="highs-ipm",
        options={"maxiter": iterations},
    )
    if found.status == _INFEASIBLE:
        return Relaxed(np.inf, middle, feasible=False)
    if found.status != 0 or found.x is None:
        return None
    for j in lines.items.tolist():
        first, last = lines.layout.first[j], lines.layout.last[j]
        steps = found.x[model.variable[j] : model.variable[j] + last - first + 1]
        middle[j] = first + (1.0 - steps).sum()
    return Relaxed(_proven(model, -np.minimum(found.ineqlin.marginals, 0.0)), middle)


def _proven(model: Relaxation, multipliers: FloatArray) -> float:
    reduced = model.objective + model.matrix.T @ multipliers
    at = np.where(reduced < 0, model.most, model.least)
    value = model.constant - multipliers @ model.rhs + reduced @ at
    size = abs(model.constant) + np.abs(multipliers) @ np.abs(model.rhs) + np.abs(reduced) @ at
    return float(value - _SURE * size)
