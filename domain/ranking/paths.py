"""How ranked initiatives hang together through hard dependencies."""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from domain.ranking.order import RankedPortfolio


def shortest_path(ranking: RankedPortfolio, start: int, end: int) -> tuple[int, ...]:
    """Indices from one initiative to another that has to wait for it, both included; empty if it has not.

    Of equally short ones the first by place. Only for rankings that honour dependencies.
    """
    limit = int(ranking.place_of[end])
    came_from = {start: start}
    waiting = deque([start])
    while waiting and end not in came_from:
        here = waiting.popleft()
        for index in ranking.neighbours(here, incoming=False):
            # what lies on the way is placed in between
            if index not in came_from and ranking.place_of[index] <= limit:
                came_from[index] = here
                waiting.append(index)
    if end not in came_from:
        return ()
    path = [end]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def predecessor_count(ranking: RankedPortfolio, index: int) -> int:
    """How many ranked initiatives have to come before one, directly or not."""
    found = {index}
    waiting = [index]
    while waiting:
        for other in ranking.neighbours(waiting.pop(), incoming=True):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return len(found) - 1


def component(ranking: RankedPortfolio, *indices: int) -> NDArray[np.int64]:
    """Indices that hang together with any of the given ones, these included, in rising order."""
    edges, count = ranking.columns.edges, len(ranking)
    tails = ranking.index_of[edges.predecessor[ranking.edges]]
    heads = ranking.index_of[edges.successor[ranking.edges]]
    graph = coo_array((np.ones(len(tails), dtype=np.int8), (tails, heads)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    return np.flatnonzero(np.isin(label, label[list(indices)]))
