"""The order of least total delay cost under dependencies: 1|prec|Σ wⱼCⱼ, with its proof.

One thing after the other, initiative j for pⱼ weeks; each week until it completes costs wⱼ. Without
dependencies the ratio wⱼ/pⱼ (CD3) orders best (Smith 1956). With them the problem is NP-hard, Sidney's blocks in
their order are never worse than twice the optimum (Sidney 1975; Chekuri & Motwani 1999), and here

- the blocks come from exact minimum cuts (`prioritisation.sidney`),
- the order inside a block is improved by dynamic programming (`prioritisation.improvement`), and
- the flow of the cuts bounds every order from below: with multipliers y on the edges i → j, and
  w'ⱼ = wⱼ − Σ y(into j) + Σ y(out of j), no order costs less than
  min over all sequences of Σ w'ⱼCⱼ + Σ y·pⱼ(head),
  where Smith's rule gives the minimum. For the flow of the blocks this equals
  Σₖ Wₖ·P₍<ₖ₎ + ½ Σₖ Wₖ·Pₖ + ½ Σⱼ wⱼ·pⱼ + ½ Σ y·(p(tail) + p(head)):
  Sidney's bound and a part that grows with what is lent. Any y ≥ 0 makes it true, so it is computed anew
  from the flow and no rounding in the cuts can spoil it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from prioritisation.adjacency import csr
from prioritisation.blocks import order_within, rank_blocks
from prioritisation.columns import FloatArray, IntArray, read_only
from prioritisation.compilation import INTERPRETED_UP_TO
from prioritisation.improvement import Lending, improve
from prioritisation.precedence_problem import PrecedenceProblem
from prioritisation.sidney import decompose
from prioritisation.soft_dependencies import SoftDependencies, broken_by, compatible, repair

__all__ = [
    "EXACT",
    "IMPROVED_UP_TO",
    "TRANSITIONS",
    "OrderStatus",
    "PrecedenceOrder",
    "PrecedenceProblem",
    "compile_loops",
    "order",
    "weighted_completion",
]

EXACT: Final = 1e-9
"""Relative gap below which an order of fractional weights or durations counts as optimal."""

TRANSITIONS: Final = 100_000
"""Default budget of the improvement inside blocks: less than a second."""

IMPROVED_UP_TO: Final = 20_000
"""Number of initiatives above which the improvement is done only on demand: blocks alone come close enough."""

_NEGLIGIBLE = 1e-11
_WHOLE_BELOW = 2.0**52
_ROUNDING = 4 * float(np.finfo(np.float64).eps)


class OrderStatus(StrEnum):
    """What is proven about an order."""

    OPTIMAL = "OPTIMAL"
    FEASIBLE = "FEASIBLE"


@dataclass(frozen=True, slots=True, eq=False)
class PrecedenceOrder:
    """A feasible order and what is proven about it.

    Attributes
    ----------
    order : int64[n]
        Items, first to last. No item before its hard predecessors.
    block : int64[n]
        Sidney block of each item; blocks are numbered in their order. Without broken or honoured soft
        dependencies the items of a block stand together.
    density : float64[k]
        Weight per duration of each block.
    flow : float64[m]
        Worth per week that the successor of each hard dependency lends to its predecessor.
    value : float
        Σ wⱼCⱼ, penalties not included.
    broken : int64[b]
        Soft dependencies (their positions) that the order breaks.
    penalty : float
        Sum of their penalties.
    lower_bound : float
        No feasible order has a smaller ``value``, let alone ``value + penalty``.
    status : OrderStatus
        OPTIMAL if ``value + penalty`` cannot be undercut: the bound equals it, exactly where all weights and
        durations are whole numbers, else to `EXACT` of the value.
    """

    order: IntArray
    block: IntArray
    density: FloatArray
    flow: FloatArray
    value: float
    broken: IntArray
    penalty: float
    lower_bound: float
    status: OrderStatus

    @property
    def gap(self) -> float:
        """(value + penalty − lower bound) / (value + penalty); 0 where there is nothing to lose."""
        total = self.value + self.penalty
        return max(0.0, total - self.lower_bound) / total if total > 0 else 0.0


def weighted_completion(*, duration: FloatArray, weight: FloatArray, order: IntArray) -> float:
    """Return Σ wⱼCⱼ of an order.

    Examples
    --------
    >>> weighted_completion(duration=np.array([4.0, 2.0]), weight=np.array([1.0, 9.0]), order=np.array([1, 0]))
    24.0
    """
    return float((weight[order] * np.cumsum(duration[order])).sum())


def order(problem: PrecedenceProblem, *, transitions: int | None = None) -> PrecedenceOrder:
    """Order initiatives so that delay costs little, and prove how little it could cost.

    Parameters
    ----------
    problem : PrecedenceProblem
    transitions : int, optional
        Budget of the improvement inside blocks, in steps of a dynamic programme (some microseconds each). By
        default `TRANSITIONS`, and none above `IMPROVED_UP_TO` initiatives.

    Returns
    -------
    PrecedenceOrder
        The same bytes for the same problem and budget; permuting the items together with their ``tie_break``
        permutes the result.

    Examples
    --------
    The enabler 0 comes first because of what it unlocks:

    >>> result = order(
    ...     PrecedenceProblem(duration=[4, 2, 3], weight=[1, 11, 4], predecessor=[0], successor=[1])
    ... )
    >>> result.order.tolist(), result.value, result.status.value
    ([0, 1, 2], 106.0, 'OPTIMAL')
    >>> result.block.tolist(), result.density.round(2).tolist(), result.flow.tolist()
    ([0, 0, 1], [2.0, 1.33], [7.0])
    """
    if transitions is None:
        transitions = TRANSITIONS if problem.size <= IMPROVED_UP_TO else 0
    hard = _order_hard(problem, transitions)
    if not problem.soft_penalty.size:
        return hard
    return _order_soft(problem, hard, transitions)


def compile_loops() -> None:
    """Get ready for large problems: compile the loops that they run, or load them if that was done before.

    The first time it takes some fifteen seconds, later a fraction of one; without it the first large problem
    waits. Meant for a thread beside the start of a server, or the building of an image.
    """
    n = INTERPRETED_UP_TO + 1
    order(PrecedenceProblem(duration=np.ones(n), weight=np.ones(n)))


def _order_hard(problem: PrecedenceProblem, transitions: int) -> PrecedenceOrder:
    n, canonical, rows = problem.size, problem.canonical, problem.successors
    weight = problem.weight[canonical]
    duration, negligible = _positive(problem.duration[canonical])
    label, count, flow = _decompose(problem, duration, weight)
    src, dst = np.repeat(np.arange(n), np.diff(rows.offsets)), rows.targets
    ranked = rank_blocks(label=label, count=count, duration=duration, weight=weight, src=src, dst=dst)
    found = order_within(ranked=ranked, duration=duration, weight=weight, successors=rows)
    lent = flow[rows.edges]
    lends, borrows = _sums(dst, lent, n), _sums(src, lent, n)
    worth, time = weight - lends + borrows, problem.duration[canonical]
    bound = _bound(time, worth, float((lent * time[dst]).sum()), dst.size, float((lends + borrows).sum()))
    if transitions:
        bounds = np.concatenate(([0], np.cumsum(np.bincount(ranked.block, minlength=ranked.density.size))))
        lending = Lending(duration, rows, flow, lends, borrows)
        improved = improve(lending, found, bounds, transitions=transitions, scale=bound)
        found = improved.order
        # The flow gives the items of a block their density only up to rounding, and no time is some time here.
        uneven = float(np.abs(worth - ranked.density[ranked.block] * duration).sum())
        doubt = 3 * uneven * float(duration.sum()) + negligible * float(weight.sum())
        bound += max(0.0, improved.proven * (1 - EXACT) - doubt)
    block = np.empty(n, dtype=np.int64)
    block[canonical] = ranked.block
    items = canonical[found]
    value = weighted_completion(duration=problem.duration, weight=problem.weight, order=items)
    lower_bound, status = _prove(problem, value, bound)
    return PrecedenceOrder(
        order=read_only(items),
        block=read_only(block),
        density=read_only(ranked.density),
        flow=read_only(flow),
        value=value,
        broken=read_only(np.empty(0, dtype=np.int64)),
        penalty=0.0,
        lower_bound=lower_bound,
        status=status,
    )


def _order_soft(problem: PrecedenceProblem, hard: PrecedenceOrder, transitions: int) -> PrecedenceOrder:
    """Start once from what ignores soft dependencies and once from what honours them; keep the better."""
    soft = SoftDependencies(problem.soft_predecessor, problem.soft_successor, problem.soft_penalty)
    kept = compatible(problem.size, problem.predecessor, problem.successor, soft)
    honouring = PrecedenceProblem(
        duration=problem.duration,
        weight=problem.weight,
        predecessor=np.concatenate((problem.predecessor, soft.predecessor[kept])),
        successor=np.concatenate((problem.successor, soft.successor[kept])),
        tie_break=problem.tie_break,
    )
    starts = (hard.order, _order_hard(honouring, transitions).order)
    candidates = [
        repair(
            order=start,
            duration=problem.duration,
            weight=problem.weight,
            successors=csr(problem.size, problem.predecessor, problem.successor),
            predecessors=csr(problem.size, problem.successor, problem.predecessor),
            soft=soft,
        )
        for start in starts
    ]
    values = [
        weighted_completion(duration=problem.duration, weight=problem.weight, order=c) for c in candidates
    ]
    broken = [broken_by(c, soft) for c in candidates]
    penalties = [float(soft.penalty[b].sum()) for b in broken]
    best = 0 if values[0] + penalties[0] <= values[1] + penalties[1] else 1
    lower_bound, status = _prove(problem, values[best] + penalties[best], hard.lower_bound)
    return replace(
        hard,
        order=read_only(candidates[best]),
        value=values[best],
        broken=read_only(broken[best]),
        penalty=penalties[best],
        lower_bound=lower_bound,
        status=status,
    )


def _positive(duration: FloatArray) -> tuple[FloatArray, float]:
    """Give what takes no time a negligible duration, so that it has a density; return the sum of these."""
    zero = duration == 0
    many = int(zero.sum())
    if not many:
        return duration, 0.0
    each = _NEGLIGIBLE * float(duration[~zero].min()) / many if many < duration.size else 1.0
    return np.where(zero, each, duration), each * many


def _decompose(
    problem: PrecedenceProblem, duration: FloatArray, weight: FloatArray
) -> tuple[IntArray, int, FloatArray]:
    positions = problem.topology
    found = decompose(
        duration=duration[positions.items],
        weight=weight[positions.items],
        tail=positions.tail,
        head=positions.head,
    )
    label, flow = np.empty(problem.size, dtype=np.int64), np.empty(problem.predecessor.size)
    label[positions.items] = found.block
    flow[positions.edges] = found.flow
    return label, found.blocks, flow


def _sums(at: IntArray, amount: FloatArray, n: int) -> FloatArray:
    return np.asarray(np.bincount(at, weights=amount, minlength=n), dtype=np.float64)


def _bound(duration: FloatArray, worth: FloatArray, constant: float, edges: int, lent: float) -> float:
    """Return constant + least Σ worth × completion over all sequences, rounded down.

    What is lent has been added up in floating point, so that any worth may be a little off.
    """
    takes_time = duration > 0
    ratio = np.divide(worth, duration, out=np.copysign(np.inf, worth), where=takes_time)
    by_ratio = np.argsort(-ratio)
    worth, completion = worth[by_ratio], np.cumsum(duration[by_ratio])
    rounding = _ROUNDING * (worth.size + edges)
    terms = worth * completion
    slack = rounding * (float(np.abs(terms).sum()) + constant)
    if worth.size:
        slack += rounding * lent * float(completion[-1])
    return float(terms.sum()) + constant - slack


def _prove(problem: PrecedenceProblem, total: float, bound: float) -> tuple[float, OrderStatus]:
    bound = max(bound, 0.0)
    whole = all(bool((a == np.floor(a)).all()) for a in (problem.duration, problem.weight))
    if whole and bound < _WHOLE_BELOW:
        bound = float(np.ceil(bound * (1 - EXACT)))  # every order costs a whole number
        proven = total <= bound
    else:
        proven = total - bound <= EXACT * total
    return min(bound, total), OrderStatus.OPTIMAL if proven else OrderStatus.FEASIBLE
