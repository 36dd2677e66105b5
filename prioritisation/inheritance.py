"""What an initiative inherits from those that it unlocks: why an enabler of little worth comes early."""

from typing import NamedTuple

import numpy as np

from prioritisation.columns import FloatArray, IntArray, index_array
from prioritisation.precedence import PrecedenceOrder, PrecedenceProblem


class Inheritance(NamedTuple):
    """The worth per week with which one initiative stands in the order, term by term.

    Within rounding, own + Σ borrowed − Σ lent = density × duration.

    Attributes
    ----------
    item : int
    block : int
    density : float
        Weight per week of duration of the whole block: the item stands in the order as if this were its own.
    own : float
        The item's weight.
    creditors : int64[c]
        Direct successors that lend to it, the greatest amount first.
    borrowed : float64[c]
        How much each lends.
    debtors : int64[d]
        Direct predecessors to which it lends, the greatest amount first.
    lent : float64[d]
    carries : int64[u]
        All that it unlocks, directly or not, inside its block, the greatest weight first: what the block is for.
    carries_weight : float64[u]
        Their own weights.
    """

    item: int
    block: int
    density: float
    own: float
    creditors: IntArray
    borrowed: FloatArray
    debtors: IntArray
    lent: FloatArray
    carries: IntArray
    carries_weight: FloatArray


def inherited_worth(problem: PrecedenceProblem, result: PrecedenceOrder) -> FloatArray:
    """Return, for every item, what successors lend it less what it lends to predecessors.

    Examples
    --------
    >>> from prioritisation.precedence import order
    >>> problem = PrecedenceProblem(duration=[4, 2], weight=[1, 11], predecessor=[0], successor=[1])
    >>> inherited_worth(problem, order(problem)).tolist()
    [7.0, -7.0]
    """
    n = problem.size
    borrowed = np.bincount(problem.predecessor, weights=result.flow, minlength=n)
    lent = np.bincount(problem.successor, weights=result.flow, minlength=n)
    return np.asarray(borrowed - lent, dtype=np.float64)


def inheritance(problem: PrecedenceProblem, result: PrecedenceOrder, item: int) -> Inheritance:
    """Explain the place of one item.

    The amounts are those of one flow that proves the blocks; where several would, another may split them
    differently between creditors, but never the sum, nor the density.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.

    Examples
    --------
    >>> from prioritisation.precedence import order
    >>> problem = PrecedenceProblem(duration=[4, 2], weight=[1, 11], predecessor=[0], successor=[1])
    >>> found = inheritance(problem, order(problem), 0)
    >>> found.density, found.own, found.creditors.tolist(), found.borrowed.tolist()
    (2.0, 1.0, [1], [7.0])
    """
    index_array([item], field="item", size=problem.size)
    block = int(result.block[item])
    creditors, borrowed = _flows(problem.successor, result.flow, np.flatnonzero(problem.predecessor == item))
    debtors, lent = _flows(problem.predecessor, result.flow, np.flatnonzero(problem.successor == item))
    carries = _inside_block(problem, result, item)
    weights = problem.weight[carries]
    falling = np.argsort(-weights, kind="stable")
    return Inheritance(
        item=item,
        block=block,
        density=float(result.density[block]),
        own=float(problem.weight[item]),
        creditors=creditors,
        borrowed=borrowed,
        debtors=debtors,
        lent=lent,
        carries=carries[falling],
        carries_weight=weights[falling],
    )


def _flows(other: IntArray, flow: FloatArray, edges: IntArray) -> tuple[IntArray, FloatArray]:
    items, group = np.unique(other[edges], return_inverse=True)
    amounts = np.asarray(np.bincount(group, weights=flow[edges], minlength=items.size), dtype=np.float64)
    falling = np.argsort(-amounts, kind="stable")
    falling = falling[amounts[falling] > 0]
    return items[falling], amounts[falling]


def _inside_block(problem: PrecedenceProblem, result: PrecedenceOrder, item: int) -> IntArray:
    block, rows = result.block[item], problem.successors
    seen = {item}
    open_items = [item]
    while open_items:
        for edge in rows.edges_of(int(problem.places[open_items.pop()])).tolist():
            following = int(problem.successor[edge])
            if following not in seen and result.block[following] == block:
                seen.add(following)
                open_items.append(following)
    seen.discard(item)
    return np.array(sorted(seen), dtype=np.int64)
