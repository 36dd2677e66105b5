"""The linear relaxation of a selection: its rows, its bound, its prices.

One variable x ∈ [0, 1] for each initiative, and for each floor one for the greater of its use and its reserve.
The dual solution that HiGHS finds is taken as multipliers y ≥ 0 only: Σ y·rhs + Σ max(c − yA)·x over the
variables' ranges bounds every selection from above whatever y is, so no tolerance of the solver can spoil it.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.multiples import to_multiples
from prioritisation.selection_instance import Instance

_NONE: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """max c·x under matrix·x ≤ right and low ≤ x ≤ high; items first, then one column for each floor.

    Attributes
    ----------
    matrix : csr_array, shape (r, n + f)
    right : float64[r]
    low, high : float64[n + f]
    worth : float64[n + f]
        c; 0 for floors.
    own : int64[B + 1, K]
        Row that limits each category's use, −1 where none is needed.
    whole : int64[K]
        Row that limits each capacity, −1 where none is needed.
    floor : int64[B + 1, K]
        Column of each floor, −1 where none is needed.
    fixed : bool[B + 1, K]
        Whether the category claims a constant amount of the capacity, whatever it uses.
    edge : int64[e]
        Row of each entry of ``needs`` in the instance, −1 where an end is settled.
    """

    matrix: "sp.csr_array[np.float64]"
    right: FloatArray
    low: FloatArray
    high: FloatArray
    worth: FloatArray
    own: IntArray
    whole: IntArray
    floor: IntArray
    fixed: BoolArray
    edge: IntArray

    @property
    def items(self) -> int:
        """Number of columns that stand for initiatives."""
        return self.worth.size - int((self.floor >= 0).sum())

    @property
    def row_scale(self) -> FloatArray:
        """Powers of two that bring the greatest coefficient of each row near to 1."""
        return _row_scale(self.matrix, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """A solution of the relaxation.

    Attributes
    ----------
    x : float64[n]
        Share of each initiative.
    bound : float
        No selection within the rows is worth more.
    reduced : float64[n]
        Reduced cost: by how much the bound falls at least if the initiative leaves its side.
    multipliers : float64[r]
    """

    x: FloatArray
    bound: float
    reduced: FloatArray
    multipliers: FloatArray


def rows_of(given: Instance, fixed_in: BoolArray, fixed_out: BoolArray) -> Rows:
    """Write the relaxation down, without rows that cannot bind.

    Parameters
    ----------
    given : Instance
    fixed_in, fixed_out : bool[n]
        Initiatives that are settled.
    """
    n, (categories, resources) = given.value.size, given.reserved.shape
    item = np.repeat(np.arange(n), np.diff(given.demand_offsets))
    live = ~fixed_out[item]
    item, resource, weeks = item[live], given.demand_resource[live], given.demand_weeks[live]
    cell = given.category[item] * resources + resource
    total: FloatArray = np.zeros(given.reserved.shape)
    np.add.at(total.ravel(), cell, weeks)
    own, whole, floor, fixed = _needed(given, total)
    floors = np.argwhere(floor >= 0)
    parts: list[tuple[IntArray, IntArray, FloatArray]] = []
    row_of_cell = own.ravel()[cell]
    parts.append(_entries(row_of_cell, item, weeks))
    in_whole = np.where(fixed.ravel() | (floor.ravel() >= 0), _NONE, np.tile(whole, categories))[cell]
    parts.append(_entries(in_whole, item, weeks))
    count = int(max(own.max(initial=-1), whole.max(initial=-1))) + 1
    right = np.empty(count)
    right[own[own >= 0]] = given.upper[own >= 0]
    constant = np.where(fixed, given.reserved, 0.0).sum(axis=0)
    right[whole[whole >= 0]] = (given.capacity - constant)[whole >= 0]
    on = row_of_cell >= 0
    right = to_multiples(right, row_of_cell[on], weeks[on])
    unfloored = (in_whole >= 0) & ~np.asarray((floor >= 0).any(axis=0))[resource]
    right = to_multiples(right, in_whole[unfloored], weeks[unfloored])
    rights = [right]
    if len(floors):
        b, k = floors.T
        column = floor[b, k]
        parts.append((whole[k], column, np.ones(len(floors))))
        above = np.full(categories * resources, _NONE)
        above[b * resources + k] = count + np.arange(len(floors))
        parts.append(_entries(above[cell], item, weeks))
        parts.append((count + np.arange(len(floors)), column, -np.ones(len(floors))))
        rights.append(np.zeros(len(floors)))
        count += len(floors)
    free = ~(fixed_in | fixed_out)
    after = np.repeat(np.arange(n), np.diff(given.needs_offsets))
    edge = free[after] & free[given.needs]
    edges = int(edge.sum())
    at = count + np.arange(edges)
    edge_row = np.full(edge.size, _NONE)
    edge_row[edge] = at
    parts += [(at, after[edge], np.ones(edges)), (at, given.needs[edge], -np.ones(edges))]
    rights.append(np.zeros(edges))
    count += edges
    member = np.repeat(np.arange(n), np.diff(given.groups_offsets))
    inside = free[member]
    parts.append((count + given.groups[inside], member[inside], np.ones(int(inside.sum()))))
    rights.append(np.ones(given.group_count))
    count += given.group_count
    r, c, a = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    width = n + len(floors)
    low, high = np.zeros(width), np.ones(width)
    low[:n][fixed_in], high[:n][fixed_out] = 1.0, 0.0
    if len(floors):
        b, k = floors.T
        low[floor[b, k]], high[floor[b, k]] = given.reserved[b, k], given.capacity[k]
    return Rows(
        matrix=sp.csr_array((a, (r, c)), shape=(count, width)),
        right=np.concatenate(rights),
        low=low,
        high=high,
        worth=np.concatenate((given.value, np.zeros(len(floors)))),
        own=own,
        whole=whole,
        floor=floor,
        fixed=fixed,
        edge=edge_row,
    )


def solve(
    rows: Rows, cuts: "sp.csr_array[np.float64] | None" = None, cut_right: FloatArray | None = None
) -> Relaxed:
    """Solve the relaxation, with ``cuts`` (over all columns) below the rows."""
    matrix, right = rows.matrix, rows.right
    if not rows.worth.size:
        return Relaxed(x=np.empty(0), bound=0.0, reduced=np.empty(0), multipliers=np.zeros(right.size))
    if cuts is not None and cut_right is not None:
        matrix = sp.csr_array(sp.vstack((matrix, cuts)))
        right = np.concatenate((right, cut_right))
    scale = _power_of_two(float(rows.worth.max(initial=0.0)))
    size = _row_scale(matrix, right)
    scaled: Any = sp.diags_array(1 / size) @ matrix
    ranges: Any = np.stack((rows.low, rows.high), axis=1)
    found = linprog(-rows.worth / scale, A_ub=scaled, b_ub=right / size, bounds=ranges, method="highs-ds")
    items = rows.items
    if (
        found.status != 0 or found.x is None
    ):  # nothing is known, and nothing is claimed: multipliers of 0 bound as well
        multipliers, x = np.zeros(right.size), np.zeros(items)
    else:
        multipliers = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0) * scale / size
        x = np.clip(np.asarray(found.x[:items]), 0.0, 1.0)
    reduced = rows.worth - matrix.T @ multipliers
    best = np.where(reduced > 0, reduced * rows.high, reduced * rows.low)
    return Relaxed(
        x=x,
        bound=float(multipliers @ right + best.sum()),
        reduced=reduced[:items],
        multipliers=multipliers,
    )


def prices(rows: Rows, relaxed: Relaxed) -> FloatArray:
    """Return the value of one more person-week of each resource for each category, float64[B + 1, K]."""
    y = np.append(relaxed.multipliers, 0.0)  # row −1 costs nothing
    own = y[rows.own]
    whole = np.where(rows.fixed, 0.0, y[rows.whole])
    # What a reserve takes from others, where it is more than the category uses, is no gain.
    reduced = rows.worth - rows.matrix.T @ relaxed.multipliers[: rows.right.size]
    lost = np.where(rows.floor >= 0, np.minimum(np.append(reduced, 0.0)[rows.floor], 0.0), 0.0)
    return np.asarray(np.maximum(own + whole + lost, 0.0), dtype=np.float64)


def _needed(given: Instance, total: FloatArray) -> tuple[IntArray, IntArray, IntArray, BoolArray]:
    """Return which rows and floors are needed, and where a category's claim is constant."""
    left = given.capacity - (given.reserved.sum(axis=0) - given.reserved)
    most = np.minimum(total, given.upper)
    slack = given.slack
    fixed = (given.reserved > 0) & (most <= given.reserved + slack)
    binding = np.where(fixed, given.reserved, np.maximum(most, given.reserved)).sum(axis=0) > given.capacity
    limited = (total > given.upper) & (fixed | (given.upper < left) | ~binding)
    own = np.full(total.shape, _NONE)
    own[limited] = np.arange(int(limited.sum()))
    whole = np.full(given.capacity.size, _NONE)
    whole[binding] = int(limited.sum()) + np.arange(int(binding.sum()))
    floors = binding & (given.reserved > 0) & ~fixed
    floor = np.full(total.shape, _NONE)
    floor[floors] = given.value.size + np.arange(int(floors.sum()))
    return own, whole, floor, fixed


def _entries(row: IntArray, column: IntArray, amount: FloatArray) -> tuple[IntArray, IntArray, FloatArray]:
    kept = row >= 0
    return row[kept], column[kept], amount[kept]


def _power_of_two(number: float) -> float:
    return float(2.0 ** np.floor(np.log2(number / 1024))) if number > 0 else 1.0


def _row_scale(matrix: "sp.csr_array[np.float64]", right: FloatArray) -> FloatArray:
    """Return powers of two that bring the greatest coefficient of each row near to 1."""
    greatest = np.ones(right.size)
    filled = np.diff(matrix.indptr) > 0
    if matrix.nnz:
        greatest[filled] = np.maximum.reduceat(np.abs(matrix.data), matrix.indptr[:-1][filled])
    return np.asarray(2.0 ** np.floor(np.log2(greatest)), dtype=np.float64)
