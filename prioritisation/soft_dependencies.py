"""Soft dependencies: an order may break them at a stated penalty, and does where that is cheaper."""

from typing import Final, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from prioritisation.adjacency import Csr
from prioritisation.columns import BoolArray, FloatArray, IntArray

BUDGET: Final = 5_000_000
"""How many entries the repair may look at; it stops where the budget ends, never by the clock."""

_GAIN = 1e-12


class SoftDependencies(NamedTuple):
    """Dependencies with the price of breaking them.

    Attributes
    ----------
    predecessor, successor : int64[s]
    penalty : float64[s]
    """

    predecessor: IntArray
    successor: IntArray
    penalty: FloatArray


def broken_by(order: IntArray, soft: SoftDependencies) -> IntArray:
    """Return the positions of the soft dependencies whose successor comes first.

    Examples
    --------
    >>> soft = SoftDependencies(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 5.0]))
    >>> broken_by(np.array([1, 0, 2]), soft).tolist()
    [0]
    """
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    return np.flatnonzero(place[soft.predecessor] > place[soft.successor])


def compatible(n: int, predecessor: IntArray, successor: IntArray, soft: SoftDependencies) -> BoolArray:
    """Return which soft dependencies lie on no cycle with the hard and the other soft ones.

    Examples
    --------
    >>> soft = SoftDependencies(np.array([1, 1]), np.array([0, 2]), np.array([5.0, 5.0]))
    >>> compatible(3, np.array([0]), np.array([1]), soft).tolist()
    [False, True]
    """
    src = np.concatenate((predecessor, soft.predecessor))
    dst = np.concatenate((successor, soft.successor))
    graph = coo_array((np.ones(src.size, dtype=np.int8), (src, dst)), shape=(n, n))
    _, component = connected_components(graph, directed=True, connection="strong")
    outside: BoolArray = component[soft.predecessor] != component[soft.successor]
    return outside


def repair(
    *,
    order: IntArray,
    duration: FloatArray,
    weight: FloatArray,
    successors: Csr,
    predecessors: Csr,
    soft: SoftDependencies,
) -> IntArray:
    """Honour broken soft dependencies one by one where the penalty exceeds the delay that it takes.

    Either the predecessor moves up to just before the successor, with the hard predecessors that it has in
    between, or the successor moves down to just after the predecessor, with its hard successors. The total
    of delay cost and penalties never rises.

    Parameters
    ----------
    order : int64[n]
        Feasible under the hard dependencies.
    duration, weight : float64[n]
    successors, predecessors : Csr
        Hard dependencies.
    soft : SoftDependencies
    """
    order = order.copy()
    left = BUDGET
    improved = True
    while improved:
        improved = False
        broken = broken_by(order, soft)
        for edge in broken[np.argsort(-soft.penalty[broken], kind="stable")].tolist():
            place = np.empty(order.size, dtype=np.int64)
            place[order] = np.arange(order.size)
            begin, end = int(place[soft.successor[edge]]), int(place[soft.predecessor[edge]]) + 1
            if begin >= end:  # honoured by an earlier move
                continue
            left -= order.size + soft.penalty.size + 4 * (end - begin)
            if left < 0:
                return order
            stretch = order[begin:end]
            up = _moving(predecessors, stretch, place, begin, end, end - 1)
            down = _moving(successors, stretch, place, begin, end, begin)
            for moved in (
                np.concatenate((stretch[up], stretch[~up])),
                np.concatenate((stretch[~down], stretch[down])),
            ):
                candidate = order.copy()
                candidate[begin:end] = moved
                change = _cost(moved, duration, weight) - _cost(stretch, duration, weight)
                change += float(soft.penalty[broken_by(candidate, soft)].sum())
                change -= float(soft.penalty[broken_by(order, soft)].sum())
                if change < -_GAIN * _cost(order, duration, weight):
                    order, improved = candidate, True
                    break
    return order


def _cost(stretch: IntArray, duration: FloatArray, weight: FloatArray) -> float:
    return float((weight[stretch] * np.cumsum(duration[stretch])).sum())


def _moving(rows: Csr, stretch: IntArray, place: IntArray, begin: int, end: int, start: int) -> BoolArray:
    """Return which entries of the stretch are reached by ``rows`` from the item at place ``start``."""
    reached = np.zeros(stretch.size, dtype=np.bool_)
    reached[start - begin] = True
    open_places = [start]
    while open_places:
        item = int(stretch[open_places.pop() - begin])
        for at in place[rows.neighbours(item)].tolist():
            if begin <= at < end and not reached[at - begin]:
                reached[at - begin] = True
                open_places.append(at)
    return reached
