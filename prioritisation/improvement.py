"""Better orders inside blocks: whole blocks by their ideals, long ones window by window."""

from typing import NamedTuple

import numpy as np

from prioritisation.adjacency import Csr
from prioritisation.columns import FloatArray, IntArray
from prioritisation.ideals import Block, best_order

WINDOW = 40
_WHOLE = 400
_NOTHING = 1e-13


class Lending(NamedTuple):
    """Items with the flow of worth between them.

    Attributes
    ----------
    duration : float64[n]
    successors : Csr
    flow : float64[m]
        By edge, as ``successors.edges`` counts them.
    lends, borrows : float64[n]
        Flow of each item to its predecessors, and from its successors.
    """

    duration: FloatArray
    successors: Csr
    flow: FloatArray
    lends: FloatArray
    borrows: FloatArray


class Improved(NamedTuple):
    """A better order, and by how much no order can beat the bound of the flow.

    Attributes
    ----------
    order : int64[n]
    proven : float
        Waste that every order has; adds to the bound.
    """

    order: IntArray
    proven: float


def waste_by_block(lending: Lending, order: IntArray, bounds: IntArray) -> FloatArray:
    """Return what each block costs above the bound of the flow: Σ duration × flow still owed.

    Parameters
    ----------
    lending : Lending
    order : int64[n]
    bounds : int64[k + 1]
        Where the blocks begin in ``order``, and the end.
    """
    lends, borrows = lending.lends[order], lending.borrows[order]
    owed = np.cumsum(borrows - lends) - borrows
    # Between blocks nothing is owed; sums of rounding errors are taken out there.
    starts, sizes = bounds[:-1], np.diff(bounds)
    owed -= np.repeat((owed + lends)[starts], sizes)
    total = np.concatenate(([0.0], np.cumsum(lending.duration[order] * np.maximum(owed, 0.0))))
    waste: FloatArray = np.maximum(total[bounds[1:]] - total[starts], 0.0)
    return waste


def improve(
    lending: Lending, order: IntArray, bounds: IntArray, *, transitions: int, scale: float
) -> Improved:
    """Improve the order inside the blocks, those that waste most first.

    Parameters
    ----------
    lending : Lending
    order : int64[n]
        Feasible.
    bounds : int64[k + 1]
    transitions : int
        Budget of all blocks together (see `prioritisation.ideals.best_order`).
    scale : float
        Value of the order; waste that is nothing against it is let be.
    """
    order = order.copy()
    waste = waste_by_block(lending, order, bounds)
    worth_it = np.flatnonzero((waste > max(_NOTHING * scale, 0.0)) & (np.diff(bounds) > 2))
    worth_it = worth_it[np.argsort(-waste[worth_it], kind="stable")]
    open_waste = np.cumsum(waste[worth_it][::-1])[::-1]
    left, proven = transitions, 0.0
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    columns = (worth_it.tolist(), waste[worth_it].tolist(), open_waste.tolist())
    for k, block_waste, still_open in zip(*columns, strict=True):
        begin, end = int(bounds[k]), int(bounds[k + 1])
        # Half of what is left, or its share if that is more: what a block leaves serves the next ones.
        budget = max(left // 2, int(left * block_waste / still_open))
        if budget < end - begin:
            break
        if end - begin <= _WHOLE:
            used, at_least = _resequence(lending, order, place, begin, end, block_waste, budget)
            left -= used
            proven += at_least
        else:
            left -= _resequence_windows(lending, order, place, begin, end, budget)
    return Improved(order, proven)


def _resequence(
    lending: Lending,
    order: IntArray,
    place: IntArray,
    begin: int,
    end: int,
    limit: float,
    budget: int,
    owed: float = 0.0,
) -> tuple[int, float]:
    """Replace a stretch of the order by a better one; return the transitions used and the least waste."""
    items = order[begin:end]
    rows, inside = lending.successors, []
    for item in items.tolist():
        at = slice(rows.offsets[item], rows.offsets[item + 1])
        targets = place[rows.targets[at]]
        near = targets < end
        ends, lent = (targets[near] - begin).tolist(), lending.flow[rows.edges[at]][near].tolist()
        inside.append(list(zip(ends, lent, strict=True)))
    block = Block(
        duration=lending.duration[items].tolist(),
        lends=lending.lends[items].tolist(),
        borrows=lending.borrows[items].tolist(),
        after=inside,
    )
    found = best_order(block, limit=limit, budget=budget, owed=owed)
    if found.order is not None:
        order[begin:end] = items[found.order]
        place[order[begin:end]] = np.arange(begin, end)
    return found.transitions, found.proven


def _resequence_windows(
    lending: Lending, order: IntArray, place: IntArray, begin: int, end: int, budget: int
) -> int:
    starts = range(begin, end - WINDOW // 2, WINDOW // 2)
    used, owed = 0, 0.0
    for k, start in enumerate(starts):
        stop = min(start + WINDOW, end)
        window = order[start:stop]
        lends, borrows = lending.lends[window], lending.borrows[window]
        still_owed = owed + np.cumsum(borrows - lends) - borrows
        limit = float((lending.duration[window] * np.maximum(still_owed, 0.0)).sum())
        allowance = (budget - used) // (len(starts) - k)
        if allowance < stop - start:
            break
        used += _resequence(lending, order, place, start, stop, limit, allowance, owed)[0]
        done = order[start : start + WINDOW // 2]
        owed += float((lending.borrows[done] - lending.lends[done]).sum())
    return used
