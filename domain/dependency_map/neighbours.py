"""What blocks an initiative and what it unlocks, directly or not, the nearest first."""

import numpy as np

from domain.dependency_map.mapping import Integers
from domain.enums import OPEN_STATES, InitiativeState
from domain.snapshot import PortfolioColumns
from domain.snapshot.columns import CONSTRAINING, STATES
from prioritisation.adjacency import Csr, csr
from prioritisation.neighbourhood import Neighbourhood, by_distance

_COMPLETED = STATES.index(InitiativeState.COMPLETED)
_OPEN = np.array([state in OPEN_STATES for state in STATES])


def blocked_by(
    columns: PortfolioColumns, position: int, *, transitive: bool = False, include_completed: bool = False
) -> Neighbourhood:
    """Positions of what has to come before an initiative: hard dependencies that constrain.

    Parameters
    ----------
    position
        Of the initiative.
    transitive
        Also what has to come before those.
    include_completed
        Also what is completed, and so no longer in the way. What is stopped is always there: it is in the
        way for good.
    """
    return _around(columns, position, incoming=True, transitive=transitive, completed=include_completed)


def unlocks(
    columns: PortfolioColumns, position: int, *, transitive: bool = False, include_completed: bool = False
) -> Neighbourhood:
    """Positions of what waits for an initiative: hard dependencies that constrain.

    What is stopped no longer waits; what is completed is left out unless it is to be included.
    """
    return _around(columns, position, incoming=False, transitive=transitive, completed=include_completed)


def _around(
    columns: PortfolioColumns, position: int, *, incoming: bool, transitive: bool, completed: bool
) -> Neighbourhood:
    key = ("neighbours", incoming, completed)
    rows: Csr | None = columns.derived.get(key)
    if rows is None:
        rows = columns.derived[key] = _rows(columns, incoming=incoming, completed=completed)
    return by_distance(rows, position, tie_break=columns.tie_break, most_steps=None if transitive else 1)


def _rows(columns: PortfolioColumns, *, incoming: bool, completed: bool) -> Csr:
    edges = columns.edges
    near, far = (edges.successor, edges.predecessor) if incoming else (edges.predecessor, edges.successor)
    counts = columns.state != _COMPLETED if incoming else _OPEN[columns.state]
    if completed:
        counts |= columns.state == _COMPLETED
    kept = edges.hard & CONSTRAINING[edges.kind] & (counts & columns.live)[far]
    ends: tuple[Integers, Integers] = near[kept].astype(np.int64), far[kept].astype(np.int64)
    return csr(len(columns), *ends)
