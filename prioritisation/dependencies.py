"""The dependency map: what blocks what, in which layers, and what hangs on a single initiative.

Hard dependencies constrain and form a directed acyclic graph; soft ones only show. Relations that merely
inform never come here. What needs dates is in `prioritisation.critical_path` and `prioritisation.slips`,
pictures are in `prioritisation.diagrams`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from prioritisation.adjacency import (
    Csr,
    Topology,
    csr,
    lexicographic,
    path_between,
    reachable,
    topology,
)
from prioritisation.adjacency import layers as layers_of
from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    Numbers,
    float_array,
    index_array,
    int_array,
    read_only,
    require_finite,
    tie_break_array,
)
from prioritisation.errors import InvalidProblem

__all__ = [
    "Crossings",
    "DependencyMap",
    "DependencyType",
    "StopImpact",
    "as_networkx",
    "blocked_by",
    "components",
    "crossings",
    "csr",
    "layers",
    "map_order",
    "stop_impact",
    "unlocks",
    "would_close_cycle",
]


def _default() -> NDArray[Any]:
    return np.empty(0, dtype=np.int64)


class DependencyType(IntEnum):
    """What of the predecessor must come before what of the successor."""

    FINISH_TO_START = 0
    START_TO_START = 1
    FINISH_TO_FINISH = 2


@dataclass(frozen=True, slots=True, eq=False)
class DependencyMap:
    """n initiatives and the m dependencies between them, as columns.

    Parameters
    ----------
    size : int
        n.
    predecessor, successor : array_like of int, shape (m,)
        Positions of initiatives.
    type : array_like of DependencyType, shape (m,)
        By default finish-to-start.
    lag_weeks : array_like, shape (m,)
        Weeks that must pass between the two; negative where they may overlap. By default 0.
    hard : array_like of bool, shape (m,)
        By default true.
    tie_break : array_like of int, shape (n,)
        Rank of each stable id; by default the position.

    Raises
    ------
    InvalidProblem
        ``NOT_NUMERIC``, ``SHAPE``, ``UNKNOWN_POSITION``, ``MISSING_VALUE``, ``NOT_FINITE``,
        ``TIE_BREAK_NOT_UNIQUE``, ``NEGATIVE`` (a size).
    CycleError
        The hard dependencies contain a cycle, which is named.

    Examples
    --------
    >>> chart = DependencyMap(size=3, predecessor=[0, 1], successor=[1, 2], lag_weeks=[0, -1])
    >>> blocked_by(chart, 2, transitive=True).tolist(), layers(chart).tolist()
    ([0, 1], [0, 1, 2])
    """

    size: int
    predecessor: IntArray = field(default_factory=_default)
    successor: IntArray = field(default_factory=_default)
    type: IntArray = field(default_factory=_default)
    lag_weeks: FloatArray = field(default_factory=_default)
    hard: BoolArray = field(default_factory=_default)
    tie_break: IntArray = field(default_factory=_default)
    hard_edges: IntArray = field(init=False)
    """Positions of the hard dependencies, ascending."""
    successors: Csr = field(init=False)
    """Rows of the hard dependencies; ``edges`` counts among ``hard_edges``."""
    predecessors: Csr = field(init=False)
    topology: Topology = field(init=False)
    """Hard dependencies between topological positions; ``edges`` counts among ``hard_edges``."""

    def __post_init__(self) -> None:
        if self.size < 0:
            raise InvalidProblem("'size' must not be negative", field="size", code="NEGATIVE")
        predecessor = index_array(self.predecessor, field="predecessor", size=self.size)
        m = predecessor.size
        successor = index_array(self.successor, field="successor", size=self.size, length=m)
        kinds = self.type if np.size(self.type) else np.zeros(m, dtype=np.int64)
        kind = index_array(kinds, field="type", size=len(DependencyType), length=m)
        lags = self.lag_weeks if np.size(self.lag_weeks) else np.zeros(m)
        lag = float_array(lags, field="lag_weeks", length=m)
        require_finite(lag, field="lag_weeks")
        given = self.hard if np.size(self.hard) else np.ones(m, dtype=np.int64)
        hard = read_only(int_array(given, field="hard", length=m) != 0)
        tie_break = self.tie_break if np.size(self.tie_break) else None
        hard_edges = read_only(np.flatnonzero(hard))
        before, after = predecessor[hard_edges], successor[hard_edges]
        successors = csr(self.size, before, after)
        for name, value in (
            ("predecessor", predecessor),
            ("successor", successor),
            ("type", kind),
            ("lag_weeks", lag),
            ("hard", hard),
            ("tie_break", tie_break_array(tie_break, length=self.size)),
            ("hard_edges", hard_edges),
            ("successors", successors),
            ("predecessors", csr(self.size, after, before)),
            ("topology", topology(successors)),
        ):
            object.__setattr__(self, name, value)


def as_networkx(chart: DependencyMap) -> "nx.MultiDiGraph[int]":
    """Return the map as a graph of networkx: edge keys are positions, with ``type``, ``lag_weeks``, ``hard``.

    Examples
    --------
    >>> graph = as_networkx(DependencyMap(size=2, predecessor=[0], successor=[1], lag_weeks=[2]))
    >>> graph.edges[0, 1, 0]["lag_weeks"], graph.edges[0, 1, 0]["type"].name
    (2.0, 'FINISH_TO_START')
    """
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(chart.size))
    columns = zip(
        chart.predecessor.tolist(),
        chart.successor.tolist(),
        chart.type.tolist(),
        chart.lag_weeks.tolist(),
        chart.hard.tolist(),
        strict=True,
    )
    for key, (before, after, kind, lag, hard) in enumerate(columns):
        graph.add_edge(before, after, key=key, type=DependencyType(kind), lag_weeks=lag, hard=hard)
    return graph


def map_order(chart: DependencyMap) -> IntArray:
    """Return the items in topological order of the hard dependencies; of what is free, the first id first."""
    before, after = _hard_ends(chart)
    return lexicographic(chart.size, before, after, chart.tie_break)


def layers(chart: DependencyMap) -> IntArray:
    """Return the number of hard dependencies on the longest path that leads to each item."""
    return layers_of(chart.size, chart.topology)


def blocked_by(chart: DependencyMap, item: int, *, transitive: bool = False) -> IntArray:
    """Return the hard predecessors of ``item``, ascending; with ``transitive`` everything before it.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.
    """
    return _neighbours(chart, chart.predecessors, item, transitive)


def unlocks(chart: DependencyMap, item: int, *, transitive: bool = False) -> IntArray:
    """Return the hard successors of ``item``, ascending; with ``transitive`` everything after it.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.
    """
    return _neighbours(chart, chart.successors, item, transitive)


def _neighbours(chart: DependencyMap, rows: Csr, item: int, transitive: bool) -> IntArray:
    index_array([item], field="item", size=chart.size)
    return reachable(rows, [item]) if transitive else np.unique(rows.neighbours(item))


def components(chart: DependencyMap, *, hard_only: bool = False) -> IntArray:
    """Return the number of the part of the map in which each item is; parts are not connected at all.

    Parts are numbered from 0 by their first id.
    """
    before, after = _hard_ends(chart) if hard_only else (chart.predecessor, chart.successor)
    links = coo_array((np.ones(before.size, dtype=np.int8), (before, after)), shape=(chart.size, chart.size))
    count, label = connected_components(links, directed=False) if chart.size else (0, np.empty(0, np.int64))
    first = np.full(count, chart.size, dtype=np.int64)
    place = np.empty(chart.size, dtype=np.int64)
    place[np.argsort(chart.tie_break, kind="stable")] = np.arange(chart.size)
    np.minimum.at(first, label, place)
    number = np.empty(count, dtype=np.int64)
    number[np.argsort(first)] = np.arange(count)
    return number[label]


class Crossings(NamedTuple):
    """Dependencies between different teams, or categories.

    Attributes
    ----------
    edges : int64[c]
        Positions of the dependencies, ascending.
    pairs : int64[p, 2]
        Which label leads to which, ascending.
    counts : int64[p]
        How many dependencies do so.
    """

    edges: IntArray
    pairs: IntArray
    counts: IntArray


def crossings(chart: DependencyMap, label: Numbers) -> Crossings:
    """Return the dependencies, hard and soft, whose ends have different labels.

    Parameters
    ----------
    chart : DependencyMap
    label : array_like of int, shape (n,)
        Team or category of each item; negative where it has none, which crosses nothing.

    Examples
    --------
    >>> chart = DependencyMap(size=3, predecessor=[0, 0], successor=[1, 2])
    >>> crossings(chart, [7, 7, 9]).edges.tolist()
    [1]
    """
    labels = int_array(label, field="label", length=chart.size)
    before, after = labels[chart.predecessor], labels[chart.successor]
    edges = np.flatnonzero((before != after) & (before >= 0) & (after >= 0))
    pairs, counts = np.unique(np.stack((before[edges], after[edges]), axis=1), axis=0, return_counts=True)
    return Crossings(edges, pairs, counts.astype(np.int64))


class StopImpact(NamedTuple):
    """What stopping items means for the rest.

    Attributes
    ----------
    falls : int64[f]
        Items that can no longer be done: all that wait for a stopped one over hard dependencies; ascending.
    weakened : int64[w]
        Other items with a soft dependency on what is stopped or falls; ascending.
    """

    falls: IntArray
    weakened: IntArray


def stop_impact(chart: DependencyMap, items: Sequence[int] | IntArray) -> StopImpact:
    """Return what falls, and what loses a soft predecessor, if ``items`` stop.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.

    Examples
    --------
    >>> chart = DependencyMap(size=4, predecessor=[0, 1, 1], successor=[1, 2, 3], hard=[True, True, False])
    >>> stop_impact(chart, [0])
    StopImpact(falls=array([1, 2]), weakened=array([3]))
    """
    stopped = index_array(items, field="items", size=chart.size)
    gone = np.zeros(chart.size, dtype=np.bool_)
    gone[reachable(chart.successors, stopped)] = True
    gone[stopped] = False
    falls = np.flatnonzero(gone)
    gone[stopped] = True
    soft = ~chart.hard & gone[chart.predecessor] & ~gone[chart.successor]
    return StopImpact(falls, np.unique(chart.successor[soft]))


def would_close_cycle(chart: DependencyMap, *, predecessor: int, successor: int) -> tuple[int, ...]:
    """Return the shortest cycle that a new hard dependency would close; empty if it closes none.

    The new dependency leads from the first to the second item of the cycle, and the last leads to the first.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.

    Examples
    --------
    >>> chart = DependencyMap(size=3, predecessor=[0, 1], successor=[1, 2])
    >>> would_close_cycle(chart, predecessor=2, successor=0)
    (2, 0, 1)
    >>> would_close_cycle(chart, predecessor=0, successor=2)
    ()
    """
    index_array([predecessor], field="predecessor", size=chart.size)
    index_array([successor], field="successor", size=chart.size)
    if predecessor == successor:
        return (predecessor,)
    back = path_between(chart.successors, successor, predecessor)
    return (predecessor, *back[:-1]) if back else ()


def _hard_ends(chart: DependencyMap) -> tuple[IntArray, IntArray]:
    return chart.predecessor[chart.hard_edges], chart.successor[chart.hard_edges]
