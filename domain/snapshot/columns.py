"""One portfolio as columns: arrays for figures, light rows for what people read.

Every initiative has a position; arrays of initiatives are indexed by it and never shrink, so that a
position keeps its meaning from one version to the next. Arrays are read-only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import CONSTRAINING_KINDS, DependencyKind, InitiativeState
from domain.rows import CostOfDelayRow, DependencyRow, InitiativeRow, PortfolioRow, RankingOverrideRow

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]

STATES = tuple(InitiativeState)
KINDS = tuple(DependencyKind)
CONSTRAINING = np.array([kind in CONSTRAINING_KINDS for kind in KINDS])

_EPOCH = date(1970, 1, 1)


def day_number(day: date | None) -> float:
    """Days since 1970-01-01; NaN for no date."""
    return np.nan if day is None else float((day - _EPOCH).days)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The array, no longer writable."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """Person-weeks per initiative and team, sorted by initiative; one entry per skill."""

    initiative: Positions
    team: tuple[UUID, ...]
    skill: tuple[str, ...]
    low: Floats
    likely: Floats
    high: Floats
    start: NDArray[np.int64]

    def of(self, position: int) -> range:
        """Entries of one initiative."""
        return range(int(self.start[position]), int(self.start[position + 1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResultShares:
    """Contributions of initiatives to key results, sorted by initiative."""

    initiative: Positions
    key_result: tuple[UUID, ...]
    expected_delta: Floats
    confidence: Floats
    start: NDArray[np.int64]

    def of(self, position: int) -> range:
        """Entries of one initiative."""
        return range(int(self.start[position]), int(self.start[position + 1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRanges:
    """Least and greatest scores, mean over raters, sorted by initiative and criterion.

    Only where somebody has given a range; whoever gives none is sure, and counts with the value.
    """

    initiative: Positions
    criterion: tuple[UUID, ...]
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """Dependencies, sorted by predecessor and id; ``by_successor`` lists them sorted by successor."""

    rows: tuple[DependencyRow, ...]
    predecessor: Positions
    successor: Positions
    kind: NDArray[np.int8]
    hard: NDArray[np.bool_]
    lag_weeks: Floats
    start: NDArray[np.int64]
    by_successor: NDArray[np.int64]
    successor_start: NDArray[np.int64]

    def outgoing(self, position: int) -> range:
        """Edges that leave an initiative."""
        return range(int(self.start[position]), int(self.start[position + 1]))

    def incoming(self, position: int) -> list[int]:
        """Edges that lead to an initiative."""
        entries = self.by_successor[self.successor_start[position] : self.successor_start[position + 1]]
        return [int(entry) for entry in entries]


@dataclass(frozen=True, kw_only=True)
class PortfolioColumns:
    """One portfolio at one version.

    ``scores`` has a row per initiative and a column per criterion of ``criteria``: the mean over raters,
    NaN where nobody has scored. ``position`` is shared between versions and only ever grows: look
    positions up through ``find``. ``tie_break`` is the rank of each initiative's id: ties break the same way
    everywhere. ``overrides`` has the ranks that are set by hand, by position, also of initiatives that are not
    ranked now.
    """

    portfolio: PortfolioRow
    rows: list[InitiativeRow]
    position: dict[UUID, int]
    tie_break: NDArray[np.int64]
    state: NDArray[np.int8]
    live: NDArray[np.bool_]
    duration_weeks: Floats
    cost_minor: Floats
    earliest_start: Floats
    deadline: Floats
    effort_person_weeks: Floats
    costs_of_delay: list[CostOfDelayRow | None]
    rate_minor_per_week: Floats
    criteria: tuple[UUID, ...]
    scores: Floats
    score_ranges: ScoreRanges
    demands: Demands
    shares: KeyResultShares
    edges: Edges
    overrides: Mapping[int, RankingOverrideRow]
    derived: dict[Any, Any] = field(default_factory=dict)
    """What has been computed from this version (rankings, maps); goes when the version goes."""

    def __len__(self) -> int:
        return len(self.rows)

    def find(self, initiative_id: UUID) -> int | None:
        """Position of an initiative at this version, also when it is archived."""
        position = self.position.get(initiative_id)
        return position if position is not None and position < len(self.rows) else None

    @cached_property
    def size_bytes(self) -> int:
        """Memory that this version takes, estimated; versions share what did not change."""
        arrays = (
            self.state,
            self.live,
            self.duration_weeks,
            self.cost_minor,
            self.earliest_start,
            self.deadline,
            self.effort_person_weeks,
            self.rate_minor_per_week,
            self.scores,
            self.demands.likely,
            self.demands.likely,
            self.demands.likely,
            self.shares.expected_delta,
            self.shares.confidence,
            self.score_ranges.low,
            self.score_ranges.high,
        )
        return (
            sum(array.nbytes for array in arrays)
            + 1_000 * len(self.rows)
            + 24 * len(self.demands.team)
            + 20 * len(self.shares.key_result)
            + 12 * len(self.score_ranges.criterion)
            + 700 * len(self.edges.rows)
            + 400 * sum(1 for row in self.costs_of_delay if row is not None)
            + 1_000 * len(self.overrides)
        )


def offsets(sorted_positions: Positions, count: int) -> NDArray[np.int64]:
    """Where each initiative's entries start in an array sorted by initiative (CSR row pointers)."""
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(sorted_positions, minlength=count), out=start[1:])
    return frozen(start)
