"""The map of a portfolio: its initiatives and dependencies with layers, dates, slack and components."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.dependency_map.calendar import weeks_from
from domain.enums import OPEN_STATES, DependencyKind, InitiativeState
from domain.ranking.caching import once
from domain.rows import DependencyRow, InitiativeRow
from domain.snapshot import PortfolioColumns, View
from domain.snapshot.columns import CONSTRAINING, KINDS, STATES, Floats, frozen
from prioritisation.bottlenecks import Bottlenecks, bottlenecks
from prioritisation.critical_path import CriticalPath, critical_path, durations, earliest_starts
from prioritisation.dependencies import DependencyMap, DependencyType, components, crossings, layers
from prioritisation.edge_slack import EdgeSlack, edge_slack

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

LONG = 2_000
"""Beyond so many initiatives and dependencies an analysis takes more than some milliseconds."""

_OPEN = np.array([state in OPEN_STATES for state in STATES])
_TYPES = {
    DependencyKind.FINISH_TO_START: DependencyType.FINISH_TO_START,
    DependencyKind.START_TO_START: DependencyType.START_TO_START,
    DependencyKind.FINISH_TO_FINISH: DependencyType.FINISH_TO_FINISH,
}
_TYPE_OF = np.array([_TYPES.get(kind, DependencyType.FINISH_TO_START) for kind in KINDS], dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRequest:
    """Which initiatives to map, and the day from which work that is not completed can begin."""

    today: date
    states: frozenset[InitiativeState] = OPEN_STATES


@dataclass(frozen=True, kw_only=True, eq=False)
class MappedPortfolio:
    """A map of n initiatives and the m dependencies between them that can constrain, hard and soft.

    Nodes count from 0 in ``positions``, edges in ``entries``. What is completed or stopped has no dates, and
    no longer holds up anything: ``chart`` has its hard dependencies, ``plan`` does not.
    """

    request: MapRequest
    columns: PortfolioColumns
    positions: Integers
    """Position of each node in the columns."""
    entries: Integers
    """Entry of each edge in ``columns.edges``."""
    chart: DependencyMap
    plan: DependencyMap
    duration: Floats
    """Weeks of each node, NaN where unknown; 0 for what is closed."""
    earliest: Floats
    """Weeks from the day before which a node must not start; NaN for any."""
    deadline: Floats
    """Weeks from the day, negative in the past; NaN for none."""
    closed: Booleans
    dates: CriticalPath
    driver: Integers
    """The edge that decides when each node starts at the earliest, or -1."""
    slack: EdgeSlack
    layer: Integers
    component: Integers
    """Number of each node's component, from 1: the largest one first."""
    component_sizes: Integers
    order: Integers
    """Nodes by layer, then by earliest start, then by id: none comes before what it hard-depends on."""
    edge_order: Integers
    """Edges by their predecessor, then by their successor in that order."""
    teams: "Crossed"
    categories: "Crossed"
    fingerprint: str
    """Digest of all that the map depends on: the same input gives the same digest, anywhere."""

    def __len__(self) -> int:
        return len(self.positions)

    def row(self, node: int) -> InitiativeRow:
        """The initiative of a node."""
        return self.columns.rows[int(self.positions[node])]

    def dependency(self, edge: int) -> DependencyRow:
        """The dependency of an edge."""
        return self.columns.edges.rows[int(self.entries[edge])]

    @cached_property
    def node_of(self) -> Integers:
        """Node at each position of the columns; -1 for what is not mapped."""
        return frozen(_inverse(self.positions, len(self.columns)))

    @cached_property
    def critical(self) -> Booleans:
        """Nodes that can't be late without moving the finish of the whole; none while nothing takes time."""
        return frozen(self.dates.critical & ~self.closed & (self.dates.finish > 0))

    @cached_property
    def critical_edges(self) -> Booleans:
        """Hard edges whose lag can't grow without moving the finish of the whole."""
        return frozen((self.slack.total == 0) & (self.dates.finish > 0))

    @cached_property
    def pending(self) -> Booleans:
        """Edges of which neither end is completed or stopped."""
        return frozen(~(self.closed[self.chart.predecessor] | self.closed[self.chart.successor]))

    @property
    def critical_path(self) -> Integers:
        """Nodes of one critical path, first to last; empty while nothing takes time."""
        return self.dates.path if self.dates.finish > 0 else self.dates.path[:0]

    @property
    def long(self) -> bool:
        """Whether an analysis of the whole map takes more than some milliseconds."""
        return len(self.positions) + len(self.entries) > LONG


class CrossingPair(NamedTuple):
    """How many dependencies lead from one team, or category, to another."""

    predecessor_id: UUID
    successor_id: UUID
    dependencies: int


class Crossed(NamedTuple):
    """Dependencies between different teams, or categories; what belongs to none crosses nothing."""

    edges: Booleans
    """Which edges cross."""
    pairs: tuple[CrossingPair, ...]
    """Where they lead, the most frequent first."""


async def map_portfolio(view: View, portfolio_id: UUID, request: MapRequest) -> MappedPortfolio:
    """Map a portfolio; computed once per version of the snapshot, and in a thread when it is large.

    Raises
    ------
    NotFound
        When there is no such portfolio.
    """
    columns = view.portfolio(portfolio_id)
    long = len(columns) + len(columns.edges.rows) > LONG
    return await once(columns, ("dependency map", request), lambda: compute(columns, request), long=long)


async def count_through(mapped: MappedPortfolio) -> Bottlenecks:
    """How much of the map goes through each node; counts open work only, so what is closed has nothing.

    Computed when it is first asked for: with hundreds of thousands of dependencies that takes seconds.
    """
    key = ("bottlenecks", mapped.request)
    return await once(mapped.columns, key, lambda: bottlenecks(mapped.plan), long=mapped.long)


def compute(columns: PortfolioColumns, request: MapRequest) -> MappedPortfolio:
    """Map without the cache."""
    in_state = np.array([state in request.states for state in STATES])
    positions = np.flatnonzero(columns.live & in_state[columns.state])
    node_of = _inverse(positions, len(columns))
    edges = columns.edges
    before, after = node_of[edges.predecessor], node_of[edges.successor]
    entries = np.flatnonzero(CONSTRAINING[edges.kind] & (before >= 0) & (after >= 0))
    before, after = before[entries], after[entries]
    closed = ~_OPEN[columns.state[positions]]
    tie_break = np.empty(len(positions), dtype=np.int64)
    tie_break[np.argsort(columns.tie_break[positions], kind="stable")] = np.arange(len(positions))

    def charted(hard: Booleans) -> DependencyMap:
        return DependencyMap(
            size=len(positions),
            predecessor=before,
            successor=after,
            type=_TYPE_OF[edges.kind[entries]],
            lag_weeks=edges.lag_weeks[entries],
            hard=hard,
            tie_break=tie_break,
        )

    stored = edges.hard[entries]
    pending = ~(closed[before] | closed[after])
    chart = charted(stored)
    plan = chart if not closed.any() else charted(stored & pending)
    duration = np.where(closed, 0.0, columns.duration_weeks[positions])
    earliest = weeks_from(columns.earliest_start[positions], request.today)
    earliest[closed] = np.nan
    dates = critical_path(plan, duration=duration, earliest_start=earliest)
    driver = earliest_starts(plan, durations(plan, duration=duration, earliest_start=earliest))[1]
    layer = layers(chart)
    order = np.lexsort((tie_break, np.where(closed, -1.0, dates.earliest_start), layer))
    place = _inverse(order, len(positions))
    component, sizes = _components(chart)
    rows = [columns.rows[at] for at in positions.tolist()]
    deadline = weeks_from(columns.deadline[positions], request.today)
    teams = _crossed(chart, [row.team_id for row in rows])
    categories = _crossed(chart, [row.category_id for row in rows])
    by_id = np.argsort(tie_break)
    digest = hashlib.blake2b(repr((request.today, sorted(request.states))).encode(), digest_size=16)
    digest.update(b"".join(rows[node].id.bytes for node in by_id.tolist()))
    for figures in (columns.state[positions], duration, earliest, deadline):
        digest.update(np.ascontiguousarray(figures[by_id]).tobytes())
    edge_order = np.lexsort((edges.kind[entries], place[after], place[before]))
    for ends in (place[before], place[after], edges.kind[entries], stored, edges.lag_weeks[entries]):
        digest.update(np.ascontiguousarray(ends[edge_order]).tobytes())
    for crossed in (teams, categories):
        digest.update(np.ascontiguousarray(crossed.edges[edge_order]).tobytes())
    return MappedPortfolio(
        request=request,
        columns=columns,
        positions=frozen(positions),
        entries=frozen(entries),
        chart=chart,
        plan=plan,
        duration=frozen(duration),
        earliest=frozen(earliest),
        deadline=frozen(deadline),
        closed=frozen(closed),
        dates=dates,
        driver=frozen(driver),
        slack=edge_slack(plan, dates),
        layer=frozen(layer),
        component=frozen(component),
        component_sizes=frozen(sizes),
        order=frozen(order),
        edge_order=frozen(edge_order),
        teams=teams,
        categories=categories,
        fingerprint=digest.hexdigest(),
    )


def _inverse(places: Integers, size: int) -> Integers:
    inverse = np.full(size, -1, dtype=np.int64)
    inverse[places] = np.arange(len(places))
    return inverse


def _crossed(chart: DependencyMap, ids: list[UUID | None]) -> Crossed:
    numbers: dict[UUID, int] = {}
    labels = [-1 if one is None else numbers.setdefault(one, len(numbers)) for one in ids]
    found = crossings(chart, labels)
    crosses = np.zeros(len(chart.predecessor), dtype=np.bool_)
    crosses[found.edges] = True
    named = list(numbers)
    pairs = [
        CrossingPair(named[one], named[other], count)
        for (one, other), count in zip(found.pairs.tolist(), found.counts.tolist(), strict=True)
    ]
    return Crossed(frozen(crosses), tuple(sorted(pairs, key=lambda pair: (-pair.dependencies, *pair[:2]))))


def _components(chart: DependencyMap) -> tuple[Integers, Integers]:
    found = components(chart)
    sizes = np.bincount(found, minlength=0).astype(np.int64)
    by_size = np.argsort(-sizes, kind="stable")
    return _inverse(by_size, len(sizes))[found] + 1, sizes[by_size]
