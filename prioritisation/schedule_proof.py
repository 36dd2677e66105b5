"""Proof that a schedule is optimal, or a better one, by CP-SAT on the steps of the relaxation.

Worth its time up to some forty initiatives. One worker and deterministic time: the same problem and budget
have the same answer.
"""

from typing import Final, NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from prioritisation.allocation_limits import TOLERANCE
from prioritisation.columns import FloatArray, IntArray
from prioritisation.schedule_decoding import occupy
from prioritisation.schedule_layout import Lines
from prioritisation.schedule_relaxation import Relaxation, relaxation

MOST_STEPS: Final = 4_000
"""Number of steps (initiatives × periods in their windows) beyond which a proof is not tried."""

_DECIMALS: Final = 6
_EXACT: Final = 1e-9
_GREATEST: Final = 2**40


class Proof(NamedTuple):
    """What CP-SAT found.

    Attributes
    ----------
    start : int64[n] or None
        A schedule that is cheaper than the one given; None if none was found.
    bound : float
        No schedule costs less. Minus infinity if nothing was proven.
    infeasible : bool
        No schedule has everything that must be done.
    """

    start: IntArray | None
    bound: float
    infeasible: bool


def prove(lines: Lines, *, start: IntArray | None, cost: float, effort: float, seed: int = 0) -> Proof:
    """Look for a schedule that costs less than ``cost``, or prove that there is none.

    Parameters
    ----------
    lines : Lines
    start : int64[n], optional
        The schedule that costs ``cost``, as a hint.
    cost : float
        Infinite if none is known.
    effort : float
        Deterministic time of CP-SAT, about a second each.
    seed : int
    """
    model = relaxation(lines)
    nothing = Proof(None, -np.inf, infeasible=False)
    if model.steps > MOST_STEPS or not model.steps:
        return nothing
    program, steps = _program(model)
    prices = np.append(model.objective, model.constant)
    unit = _whole(prices)
    rounding = 0.0
    if unit == 0:  # whole numbers all the same; what that may add up to is taken off the bound
        unit = _GREATEST / float(np.abs(prices).sum())
        rounding = prices.size / unit
    objective = np.round(model.objective[: model.steps] * unit).astype(np.int64)
    total = cp_model.LinearExpr.weighted_sum(steps, objective.tolist())
    program.minimize(total)
    constant = round(model.constant * unit)
    if np.isfinite(cost):
        program.add(total <= round(cost * unit) - constant - 1)
    if start is not None:
        for step, value in zip(steps, _values(lines, model, start), strict=True):
            program.add_hint(step, bool(value))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = effort
    status = solver.solve(program)
    if status == cp_model.INFEASIBLE:
        return Proof(None, cost - rounding, infeasible=not np.isfinite(cost))
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return nothing
    bound = (solver.best_objective_bound + constant) / unit - rounding
    chosen = np.array([solver.boolean_value(step) for step in steps])
    found = _starts(lines, model, chosen)
    return Proof(found if keeps_limits(lines, found) else None, bound, infeasible=False)


def keeps_limits(lines: Lines, start: IntArray) -> bool:
    """Return whether there is room for all that starts."""
    layout = lines.layout
    room, ledger = layout.room.copy(), layout.ledger.copy()
    for j in lines.items[start[lines.items] >= 0].tolist():
        uses = slice(layout.use_at[j], layout.use_at[j + 1])
        occupy(
            room,
            ledger,
            layout.reserved,
            layout.upper,
            layout.use_column[uses],
            layout.use_amount[uses],
            start[j],
            layout.duration[j],
        )
    if ledger.size:
        room = np.minimum(ledger[:, -1, :], (layout.upper - ledger[:, :-1, :]).min(axis=1))
    return bool((room >= -TOLERANCE).all())


def _whole(values: FloatArray) -> float:
    """Return the smallest power of ten that makes all values whole numbers, or 0 if none does."""
    for digits in range(_DECIMALS + 1):
        scaled = values * 10.0**digits
        if np.abs(scaled).max(initial=0.0) > _GREATEST:
            return 0.0
        if (np.abs(scaled - np.round(scaled)) <= _EXACT * np.maximum(np.abs(scaled), 1.0)).all():
            return 10.0**digits
    return 0.0


def _program(model: Relaxation) -> tuple[cp_model.CpModel, list[cp_model.IntVar]]:
    amounts = np.concatenate((model.matrix.data, model.rhs, model.most))
    scale, spare = int(_whole(amounts)), 0.0
    if scale == 0:  # whole numbers all the same, and limits that nothing valid can exceed
        scale, spare = 10**_DECIMALS, 0.5
    program = cp_model.CpModel()
    steps = [program.new_bool_var("") for _ in range(model.steps)]
    for step, least in zip(steps, model.least, strict=False):
        if least > 0:
            program.add(step == 1)
    extra = np.ceil(model.most[model.steps :] * scale + 1.0).astype(np.int64).tolist()
    variables = [*steps, *(program.new_int_var(0, most, "") for most in extra)]
    # An overflow is counted in units of 1 / scale, and so are amounts and limits.
    weights = np.round(model.matrix.data * np.where(model.matrix.indices < model.steps, scale, 1))
    indptr, indices = model.matrix.indptr.tolist(), model.matrix.indices.tolist()
    whole = weights.astype(np.int64).tolist()
    slack = _EXACT * np.maximum(np.abs(model.rhs) * scale, 1.0) + spare * np.diff(model.matrix.indptr)
    limits = np.where(model.rhs == 0, 0, np.floor(model.rhs * scale + slack)).astype(np.int64)
    for row, limit in enumerate(limits.tolist()):
        begin, end = indptr[row], indptr[row + 1]
        columns, values = indices[begin:end], whole[begin:end]
        if limit == 0 and sorted(values) == [-scale, scale] and max(columns) < model.steps:
            low, high = columns if values[0] > 0 else columns[::-1]
            program.add_implication(steps[low], steps[high])
        else:
            expression = cp_model.LinearExpr.weighted_sum([variables[c] for c in columns], values)
            program.add(expression <= limit)
    return program, steps


def _values(lines: Lines, model: Relaxation, start: IntArray) -> IntArray:
    values = np.zeros(model.steps, dtype=np.int64)
    for j in lines.items.tolist():
        if start[j] >= 0:
            begin, first, last = model.variable[j], lines.layout.first[j], lines.layout.last[j]
            values[begin + start[j] - first : begin + last - first + 1] = 1
    return values


def _starts(lines: Lines, model: Relaxation, chosen: IntArray) -> IntArray:
    start = np.full(lines.layout.duration.size, -1, dtype=np.int64)
    for j in lines.items.tolist():
        begin, first, last = model.variable[j], lines.layout.first[j], lines.layout.last[j]
        steps = chosen[begin : begin + last - first + 1]
        if steps[-1]:
            start[j] = first + int(np.argmax(steps))
    return start
