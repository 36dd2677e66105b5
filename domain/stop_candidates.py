"""Stop candidates of a portfolio: work in flight whose case has gone, with the evidence.

In flight is what is active or paused. What has been spent on it plays no part: its remaining effort counts, which
is its estimate less what is booked. Where capacity is stated, the cut line of a bucket is that of a plan in which
work in flight competes with all other work for what the bucket has; else work of the same bucket that waits.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import numpy as np

from domain.enums import DependencyKind, InitiativeState
from domain.progress import key_result_progress
from domain.ranking import RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.caching import once
from domain.rows import InitiativeRow, KeyResultRow
from domain.snapshot import Directory, PortfolioColumns, View
from domain.snapshot.columns import KINDS, STATES, Floats

_LONG = 2_000
"""Beyond so many initiatives it takes more than some milliseconds."""

IN_FLIGHT = frozenset({InitiativeState.ACTIVE, InitiativeState.PAUSED})
_WAITING = frozenset({InitiativeState.EVALUATED, InitiativeState.APPROVED})
_BEGUN = IN_FLIGHT | {InitiativeState.COMPLETED}
_HOLDS_FINISH = frozenset({DependencyKind.FINISH_TO_START, DependencyKind.FINISH_TO_FINISH})


class StopReason(StrEnum):
    """Why work in flight is a candidate for stopping."""

    BELOW_CUT_LINE = "below_cut_line"
    OUTCOMES_SETTLED = "outcomes_settled"
    BLOCKED_BY_STOPPED = "blocked_by_stopped"


class OutcomeFate(StrEnum):
    """Why there is nothing left to contribute to a key result."""

    MET = "met"
    ARCHIVED = "archived"
    CLOSED = "closed"
    OUT_OF_CYCLE = "out_of_cycle"


class CutLine(NamedTuple):
    """Better work that waits: its index in the ranking, and value per person-week of both."""

    waiting: int
    value_per_effort: float
    own_value_per_effort: float


class SettledOutcome(NamedTuple):
    """A key result that an initiative contributes to, and why that no longer counts."""

    key_result: KeyResultRow
    fate: OutcomeFate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StopCandidate:
    """Work in flight at ``index`` of the ranking, with all that speaks for stopping it.

    ``cut_line`` when something better waits for its teams; ``settled`` when nothing that it contributes to
    is left; ``blockers`` (positions) when it waits for what nobody is going to do.
    """

    index: int
    cut_line: CutLine | None
    settled: tuple[SettledOutcome, ...]
    blockers: tuple[int, ...]
    unfunded: bool = False
    """Whether a plan in which it competes for capacity does not fund it."""

    @property
    def reasons(self) -> tuple[StopReason, ...]:
        """What speaks for stopping it; at least one thing."""
        found = {
            StopReason.BELOW_CUT_LINE: self.cut_line is not None or self.unfunded,
            StopReason.OUTCOMES_SETTLED: bool(self.settled),
            StopReason.BLOCKED_BY_STOPPED: bool(self.blockers),
        }
        return tuple(reason for reason, holds in found.items() if holds)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StopCandidates:
    """The candidates of a portfolio, the worst ranked first, and the ranking that they are judged by."""

    ranking: RankedPortfolio
    remaining: Floats
    """Person-weeks that remain, per index of the ranking; NaN where nobody has estimated any."""
    value_per_effort: Floats
    """Per index of the ranking, NaN where unknown."""
    candidates: tuple[StopCandidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Planned:
    """A plan in which work in flight competes: its digest, and the initiatives that it funds."""

    fingerprint: str
    funded: frozenset[UUID]
    unfunded: frozenset[UUID]
    """Those that are out because others are a better use of capacity, and not for what is unknown of them."""


async def stop_candidates(
    view: View,
    portfolio_id: UUID,
    request: RankingRequest,
    *,
    booked: Mapping[UUID, float] | None = None,
    planned: Planned | None = None,
) -> StopCandidates:
    """Work in flight that should be looked at.

    - **Below the cut line**: with a plan, what that does not fund although it knows its value and effort.
      Without one, value per remaining person-week is less than that of an evaluated or approved initiative of the
      same category which could begin, waits for one of the same teams and does not need it. Value is
      score · size (with CD3 the cost of delay per week) and what it inherits from those that wait for it;
      effort is the sum of its demands less what is booked. Mandatory work, and work of unknown value or effort,
      is not judged.
    - **Outcomes settled**: it contributes to key results, and each of them is met, archived (or its
      objective or cycle is), of a closed objective, or of a cycle that has ended.
    - **Blocked by something stopped**: over hard finish-to-start and finish-to-finish dependencies, directly
      or through open work, it waits for what is stopped or archived.

    Parameters
    ----------
    booked
        Person-weeks booked so far, by initiative.
    planned
        A plan of a cycle that values by the same request.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such portfolio or model; when the model can't be applied.
    """
    ranking = await rank_portfolio(view, portfolio_id, request)
    columns = view.portfolio(portfolio_id)
    spent = booked or {}
    digest = None if planned is None else planned.fingerprint
    key = ("stop candidates", ranking.fingerprint, request, digest, frozenset(spent.items()))

    def compute() -> StopCandidates:
        return _judged(view.directory, ranking, request.today, spent, planned)

    return await once(columns, key, compute, long=len(columns) > _LONG)


def _judged(
    directory: Directory,
    ranking: RankedPortfolio,
    today: date,
    booked: Mapping[UUID, float],
    planned: Planned | None,
) -> StopCandidates:
    columns = ranking.columns
    remaining = _remaining(ranking, booked)
    value = _value_per_effort(ranking, remaining)
    better = _Waiting(ranking, value, planned)
    stuck = _stuck(columns)
    found = []
    for index in ranking.order[::-1].tolist():
        position = int(ranking.scored.positions[index])
        if STATES[columns.state[position]] not in IN_FLIGHT:
            continue
        row = columns.rows[position]
        unfunded = planned is not None and row.id in planned.unfunded and not row.mandatory
        candidate = StopCandidate(
            index=index,
            unfunded=unfunded,
            cut_line=better.than(index) if planned is None or unfunded else None,
            settled=_settled(directory, columns, position, today),
            blockers=_blockers(columns, position) if position in stuck else (),
        )
        if candidate.reasons:
            found.append(candidate)
    return StopCandidates(
        ranking=ranking, remaining=remaining, value_per_effort=value, candidates=tuple(found)
    )


def _remaining(ranking: RankedPortfolio, booked: Mapping[UUID, float]) -> Floats:
    """Person-weeks that remain; of what has taken more than was estimated, none."""
    columns, positions = ranking.columns, ranking.scored.positions
    spent = np.array([booked.get(columns.rows[position].id, 0.0) for position in positions.tolist()])
    remaining: Floats = np.maximum(columns.effort_person_weeks[positions] - spent, 0.0)
    return remaining


def _value_per_effort(ranking: RankedPortfolio, effort: Floats) -> Floats:
    scored, edges = ranking.scored, ranking.columns.edges
    value = scored.scores.score * scored.size
    if ranking.solved is not None and len(ranking.edges):
        lends_to = ranking.index_of[edges.predecessor[ranking.edges]]
        value = value + np.bincount(lends_to, weights=ranking.solved.flow, minlength=len(value))
    per_effort: Floats = np.full(len(value), np.nan)
    np.divide(value, effort, out=per_effort, where=effort > 0)
    # what only has to be finished off has no better
    per_effort[(effort == 0) & (ranking.columns.effort_person_weeks[scored.positions] > 0) & (value > 0)] = (
        np.inf
    )
    return per_effort


class _Waiting:
    """What could begin if a team had the time, by category and team, the best first; only what a plan funds."""

    def __init__(self, ranking: RankedPortfolio, value: Floats, planned: Planned | None) -> None:
        self._ranking = ranking
        self._value = value
        self._lines: defaultdict[tuple[UUID | None, UUID], list[tuple[float, int, int]]] = defaultdict(list)
        columns = ranking.columns
        for index, position in enumerate(ranking.scored.positions.tolist()):
            row = columns.rows[position]
            if planned is not None and row.id not in planned.funded:
                continue
            if row.state in _WAITING and not np.isnan(value[index]) and _could_begin(columns, position):
                for team_id in _teams(columns, position):
                    entry = (-float(value[index]), int(columns.tie_break[position]), index)
                    self._lines[row.category_id, team_id].append(entry)
        for line in self._lines.values():
            line.sort()

    def than(self, index: int) -> CutLine | None:
        """The best of those that wait for the same teams in the same category, if it is better than this."""
        columns, position = self._ranking.columns, int(self._ranking.scored.positions[index])
        row, own = columns.rows[position], float(self._value[index])
        if row.mandatory or np.isnan(own):
            return None
        successors = {
            int(self._ranking.index_of[columns.edges.successor[entry]])
            for entry in columns.edges.outgoing(position)
            if columns.edges.hard[entry]
        }
        best: tuple[float, int, int] | None = None
        for team_id in _teams(columns, position):
            for entry in self._lines.get((row.category_id, team_id), ()):
                if -entry[0] <= own or (best is not None and entry >= best):
                    break
                if entry[2] not in successors:
                    best = entry
                    break
        return None if best is None else CutLine(best[2], -best[0], own)


def _teams(columns: PortfolioColumns, position: int) -> list[UUID]:
    demands = columns.demands
    return list(
        dict.fromkeys(demands.team[entry] for entry in demands.of(position) if demands.likely[entry] > 0)
    )


def _could_begin(columns: PortfolioColumns, position: int) -> bool:
    edges = columns.edges
    for entry in edges.incoming(position):
        before = STATES[columns.state[edges.predecessor[entry]]]
        kind = KINDS[edges.kind[entry]]
        waits = {
            DependencyKind.FINISH_TO_START: before is not InitiativeState.COMPLETED,
            DependencyKind.START_TO_START: before not in _BEGUN,
        }
        if edges.hard[entry] and waits.get(kind, False):
            return False
    return True


def _settled(
    directory: Directory, columns: PortfolioColumns, position: int, today: date
) -> tuple[SettledOutcome, ...]:
    """What has become of all that it contributes to; empty unless nothing of that is left."""
    found = []
    for entry in columns.shares.of(position):
        key_result = directory.key_results[columns.shares.key_result[entry]]
        fate = _fate(directory, key_result, today)
        if fate is None:
            return ()
        found.append(SettledOutcome(key_result, fate))
    return tuple(found)


def _fate(directory: Directory, key_result: KeyResultRow, today: date) -> OutcomeFate | None:
    objective = directory.objectives[key_result.objective_id]
    cycle = directory.cycles[objective.cycle_id]
    if any(row.archived_at is not None for row in (key_result, objective, cycle)):
        return OutcomeFate.ARCHIVED
    progress = key_result_progress(key_result)
    if progress is not None and progress.raw >= 1:
        return OutcomeFate.MET
    if objective.closed_at is not None:
        return OutcomeFate.CLOSED
    return OutcomeFate.OUT_OF_CYCLE if cycle.ends_on < today else None


def _stuck(columns: PortfolioColumns) -> set[int]:
    """Positions that wait for what is stopped or archived, directly or through open work."""
    edges = columns.edges
    holds = edges.hard & np.array([kind in _HOLDS_FINISH for kind in KINDS])[edges.kind]
    reached: set[int] = set()
    queue = deque(
        position for position in set(edges.predecessor[holds].tolist()) if _is_gone(columns.rows[position])
    )
    while queue:
        for entry in edges.outgoing(queue.popleft()):
            after = int(edges.successor[entry])
            if holds[entry] and after not in reached and _is_open(columns.rows[after]):
                reached.add(after)
                queue.append(after)
    return reached


def _blockers(columns: PortfolioColumns, position: int) -> tuple[int, ...]:
    """What is stopped or archived and holds it up, the nearest first."""
    found: dict[int, None] = {}
    seen, queue = {position}, deque([position])
    while queue:
        for before in _held_up_by(columns, queue.popleft()):
            if before in seen:
                continue
            seen.add(before)
            if _is_gone(columns.rows[before]):
                found[before] = None
            elif _is_open(columns.rows[before]):
                queue.append(before)
    return tuple(found)


def _held_up_by(columns: PortfolioColumns, position: int) -> Iterator[int]:
    edges = columns.edges
    for entry in edges.incoming(position):
        if edges.hard[entry] and KINDS[edges.kind[entry]] in _HOLDS_FINISH:
            yield int(edges.predecessor[entry])


def _is_gone(row: InitiativeRow) -> bool:
    """Whether nobody is going to do it."""
    if row.state is InitiativeState.COMPLETED:
        return False
    return row.state is InitiativeState.STOPPED or row.archived_at is not None


def _is_open(row: InitiativeRow) -> bool:
    return row.state is not InitiativeState.COMPLETED and not _is_gone(row)
