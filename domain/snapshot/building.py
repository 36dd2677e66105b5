"""Turns records into columns: whole portfolios, and new versions from old ones plus what has changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.rows import (
    ContributionRow,
    CostOfDelayRow,
    DependencyRow,
    InitiativeRow,
    PortfolioRow,
    RankingOverrideRow,
    TeamDemandRow,
)
from domain.snapshot.columns import (
    KINDS,
    STATES,
    Demands,
    Edges,
    Floats,
    KeyResultShares,
    PortfolioColumns,
    Positions,
    ScoreRanges,
    day_number,
    frozen,
    offsets,
)
from domain.snapshot.loading import Records

_STATE_CODES = {state: code for code, state in enumerate(STATES)}
_KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}


def build(portfolio: PortfolioRow, records: Records, criteria: Sequence[UUID]) -> PortfolioColumns:
    """Columns of a whole portfolio."""
    rows = records.initiatives
    position = {row.id: index for index, row in enumerate(rows)}
    count = len(rows)
    demands = _demands(records.demands, position, count)
    costs: list[CostOfDelayRow | None] = [None] * count
    for cost in records.costs_of_delay:
        costs[position[cost.initiative_id]] = cost
    scores = np.full((count, len(criteria)), np.nan, order="F")
    _fill_scores(scores, records.scores, position, criteria)
    return PortfolioColumns(
        portfolio=portfolio,
        rows=rows,
        position=position,
        tie_break=_tie_break(rows),
        **_figures(rows),
        effort_person_weeks=_effort(demands, count),
        costs_of_delay=costs,
        rate_minor_per_week=_rates(costs),
        criteria=tuple(criteria),
        scores=frozen(scores),
        score_ranges=_score_ranges(records.score_ranges, position),
        demands=demands,
        shares=_shares(records.contributions, position, count),
        edges=_edges(records.dependencies, position, count),
        overrides=_overrides({}, records, position),
    )


def apply(
    columns: PortfolioColumns,
    portfolio: PortfolioRow,
    criteria: Sequence[UUID],
    touched: Collection[UUID],
    records: Records,
) -> PortfolioColumns | None:
    """The next version: ``records`` hold all that the ``touched`` initiatives consist of now.

    Returns None when a touched initiative is gone for good: then the portfolio has to be read anew.
    """
    found = {row.id for row in records.initiatives}
    if any(columns.find(gone) is not None for gone in touched if gone not in found):
        return None
    old_count = len(columns)
    rows = columns.rows.copy()
    position = columns.position
    if len(position) > old_count:
        # another version was derived from this one already and has added its own
        position = {row.id: index for index, row in enumerate(rows)}
    changed: list[int] = []
    for row in records.initiatives:
        index = position.get(row.id)
        if index is None:
            index = position[row.id] = len(rows)
            rows.append(row)
        else:
            rows[index] = row
        changed.append(index)
    count = len(rows)
    at = np.array(sorted(changed), dtype=np.int32)

    def grown(array: NDArray[Any], fill: Any) -> NDArray[Any]:
        copy = np.empty((count, *array.shape[1:]), dtype=array.dtype, order="F")
        copy[:old_count] = array
        copy[old_count:] = fill
        return copy

    costs = columns.costs_of_delay + [None] * (count - old_count)
    for index in changed:
        costs[index] = None
    for cost in records.costs_of_delay:
        costs[position[cost.initiative_id]] = cost
    rates = grown(columns.rate_minor_per_week, np.nan)
    rates[at] = _rates([costs[index] for index in at])

    scores = _with_criteria(columns, criteria)
    scores = grown(scores, np.nan)
    scores[at] = np.nan
    _fill_scores(scores, records.scores, position, criteria)

    figures: dict[str, Any] = {}
    for name, values in _figures([rows[index] for index in at]).items():
        figure = grown(getattr(columns, name), 0)
        figure[at] = values
        figures[name] = frozen(figure)

    keep_rows = set(changed)
    old_ranges = columns.score_ranges
    ranges = (
        _score_ranges(chain(_kept_ranges(old_ranges, keep_rows, rows), records.score_ranges), position)
        if records.score_ranges or _touches(old_ranges.initiative, at)
        else old_ranges
    )
    old_demands, old_shares, old_edges = columns.demands, columns.shares, columns.edges
    demands = (
        _demands(chain(_kept_demands(old_demands, keep_rows, rows), records.demands), position, count)
        if records.demands or _touches(old_demands.initiative, at)
        else replace(old_demands, start=offsets(old_demands.initiative, count))
    )
    shares = (
        _shares(chain(_kept_shares(old_shares, keep_rows, rows), records.contributions), position, count)
        if records.contributions or _touches(old_shares.initiative, at)
        else replace(old_shares, start=offsets(old_shares.initiative, count))
    )
    ids = {rows[index].id for index in changed}
    edges = (
        _edges(
            chain((row for row in old_edges.rows if row.predecessor_id not in ids), records.dependencies),
            position,
            count,
        )
        if records.dependencies or _touches(old_edges.predecessor, at)
        else _resized(old_edges, count)
    )
    return PortfolioColumns(
        portfolio=portfolio,
        rows=rows,
        position=position,
        tie_break=columns.tie_break if count == old_count else _tie_break(rows),
        **figures,
        effort_person_weeks=_effort(demands, count),
        costs_of_delay=costs,
        rate_minor_per_week=frozen(rates),
        criteria=tuple(criteria),
        scores=frozen(scores),
        score_ranges=ranges,
        demands=demands,
        shares=shares,
        edges=edges,
        overrides=_overrides(
            {at: row for at, row in columns.overrides.items() if at not in keep_rows}, records, position
        ),
    )


def _tie_break(rows: Sequence[InitiativeRow]) -> NDArray[np.int64]:
    ids = np.array([row.id.bytes for row in rows], dtype="S16")
    rank = np.empty(len(ids), dtype=np.int64)
    rank[np.argsort(ids, kind="stable")] = np.arange(len(ids))
    return frozen(rank)


def _touches(initiatives: Positions, at: Positions) -> bool:
    return bool(np.isin(initiatives, at).any())


def _with_criteria(columns: PortfolioColumns, criteria: Sequence[UUID]) -> Floats:
    if tuple(criteria) == columns.criteria:
        return columns.scores
    scores = np.full((len(columns), len(criteria)), np.nan, order="F")
    for index, criterion in enumerate(criteria):
        if criterion in columns.criteria:
            scores[:, index] = columns.scores[:, columns.criteria.index(criterion)]
    return scores


def _figures(rows: Sequence[InitiativeRow]) -> dict[str, Any]:
    def numbers(values: Iterable[float | int | None]) -> Floats:
        return frozen(np.array([np.nan if value is None else value for value in values], dtype=np.float64))

    return {
        "state": frozen(np.array([_STATE_CODES[row.state] for row in rows], dtype=np.int8)),
        "live": frozen(np.array([row.archived_at is None for row in rows], dtype=np.bool_)),
        "duration_weeks": numbers(row.duration_weeks_likely for row in rows),
        "cost_minor": numbers(row.cost_minor for row in rows),
        "earliest_start": numbers(day_number(row.earliest_start) for row in rows),
        "deadline": numbers(day_number(row.deadline) for row in rows),
    }


def _rates(costs: Sequence[CostOfDelayRow | None]) -> Floats:
    return frozen(
        np.array(
            [np.nan if cost is None else cost.rate_minor_per_week_likely for cost in costs], dtype=np.float64
        )
    )


def _fill_scores(
    scores: Floats,
    values: Iterable[tuple[UUID, UUID, float]],
    position: dict[UUID, int],
    criteria: Sequence[UUID],
) -> None:
    column = {criterion: index for index, criterion in enumerate(criteria)}
    for initiative_id, criterion_id, mean in values:
        scores[position[initiative_id], column[criterion_id]] = mean


def _score_ranges(
    values: Iterable[tuple[UUID, UUID, float, float]], position: dict[UUID, int]
) -> ScoreRanges:
    unordered = sorted(values, key=lambda value: value[1])
    initiative, order = _sorted((position[value[0]] for value in unordered), len(unordered))
    entries = [unordered[index] for index in order]
    return ScoreRanges(
        initiative=initiative,
        criterion=tuple(value[1] for value in entries),
        low=frozen(np.array([value[2] for value in entries], dtype=np.float64)),
        high=frozen(np.array([value[3] for value in entries], dtype=np.float64)),
    )


def _kept_ranges(
    ranges: ScoreRanges, without: set[int], rows: list[InitiativeRow]
) -> Iterable[tuple[UUID, UUID, float, float]]:
    for index, initiative in enumerate(ranges.initiative.tolist()):
        if initiative not in without:
            yield (
                rows[initiative].id,
                ranges.criterion[index],
                float(ranges.low[index]),
                float(ranges.high[index]),
            )


def _sorted(initiatives: Iterable[int], length: int) -> tuple[Positions, NDArray[np.int64]]:
    unsorted = np.fromiter(initiatives, dtype=np.int32, count=length)
    order = np.argsort(unsorted, kind="stable")
    return frozen(unsorted[order]), order


def _demands(rows: Iterable[TeamDemandRow], position: dict[UUID, int], count: int) -> Demands:
    unordered = sorted(rows, key=lambda row: (row.team_id, row.skill))
    initiative, order = _sorted((position[row.initiative_id] for row in unordered), len(unordered))
    entries = [unordered[index] for index in order]

    def weeks(values: Iterable[float | None]) -> Floats:
        return frozen(np.array([np.nan if value is None else value for value in values], dtype=np.float64))

    return Demands(
        initiative=initiative,
        team=tuple(row.team_id for row in entries),
        skill=tuple(row.skill for row in entries),
        low=weeks(row.person_weeks_low for row in entries),
        likely=weeks(row.person_weeks_likely for row in entries),
        high=weeks(row.person_weeks_high for row in entries),
        start=offsets(initiative, count),
    )


def _kept_demands(demands: Demands, without: set[int], rows: list[InitiativeRow]) -> Iterable[TeamDemandRow]:
    def optional(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    for index, initiative in enumerate(demands.initiative.tolist()):
        if initiative not in without:
            yield TeamDemandRow(
                rows[initiative].id,
                demands.team[index],
                demands.skill[index],
                optional(demands.low[index]),
                float(demands.likely[index]),
                optional(demands.high[index]),
            )


def _effort(demands: Demands, count: int) -> Floats:
    total = np.bincount(demands.initiative, weights=demands.likely, minlength=count).astype(np.float64)
    # no demand at all is unknown effort, and not none
    total[np.diff(demands.start) == 0] = np.nan
    return frozen(total)


def _shares(rows: Iterable[ContributionRow], position: dict[UUID, int], count: int) -> KeyResultShares:
    unordered = sorted(rows, key=lambda row: row.key_result_id)
    initiative, order = _sorted((position[row.initiative_id] for row in unordered), len(unordered))
    entries = [unordered[index] for index in order]
    return KeyResultShares(
        initiative=initiative,
        key_result=tuple(row.key_result_id for row in entries),
        expected_delta=frozen(np.array([row.expected_delta for row in entries], dtype=np.float64)),
        confidence=frozen(np.array([row.confidence for row in entries], dtype=np.float64)),
        start=offsets(initiative, count),
    )


def _kept_shares(
    shares: KeyResultShares, without: set[int], rows: list[InitiativeRow]
) -> Iterable[ContributionRow]:
    for index, initiative in enumerate(shares.initiative.tolist()):
        if initiative not in without:
            yield ContributionRow(
                rows[initiative].id,
                shares.key_result[index],
                float(shares.expected_delta[index]),
                float(shares.confidence[index]),
            )


def _edges(rows: Iterable[DependencyRow], position: dict[UUID, int], count: int) -> Edges:
    unordered = sorted(rows, key=lambda row: row.id)
    predecessor, order = _sorted((position[row.predecessor_id] for row in unordered), len(unordered))
    entries = tuple(unordered[index] for index in order)
    successor = np.fromiter(
        (position[row.successor_id] for row in entries), dtype=np.int32, count=len(entries)
    )
    by_successor = np.argsort(successor, kind="stable")
    return Edges(
        rows=entries,
        predecessor=predecessor,
        successor=frozen(successor),
        kind=frozen(np.array([_KIND_CODES[row.kind] for row in entries], dtype=np.int8)),
        hard=frozen(np.array([row.hard for row in entries], dtype=np.bool_)),
        lag_weeks=frozen(np.array([row.lag_weeks for row in entries], dtype=np.float64)),
        start=offsets(predecessor, count),
        by_successor=frozen(by_successor),
        successor_start=offsets(frozen(successor[by_successor]), count),
    )


def _overrides(
    kept: dict[int, RankingOverrideRow], records: Records, position: dict[UUID, int]
) -> Mapping[int, RankingOverrideRow]:
    found = kept | {position[row.initiative_id]: row for row in records.overrides}
    return MappingProxyType(dict(sorted(found.items())))


def _resized(edges: Edges, count: int) -> Edges:
    return replace(
        edges,
        start=offsets(edges.predecessor, count),
        successor_start=offsets(frozen(edges.successor[edges.by_successor]), count),
    )
