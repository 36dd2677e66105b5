"""The order of a portfolio: by score alone, or by what each initiative is worth to those that wait for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import OPEN_STATES, InitiativeState, OrderKind, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.ranking.criteria import ScoredPortfolio, score_portfolio
from domain.ranking.encoding import fingerprint as input_fingerprint
from domain.ranking.input import input_of
from domain.ranking.ordering import SoftPrecedences, put_in_order
from domain.ranking.overriding import Precedences
from domain.rows import RankingOverrideRow
from domain.snapshot import ModelVersion, PortfolioColumns, View
from domain.snapshot.columns import CONSTRAINING, STATES, frozen
from prioritisation import precedence

_IN_PLACE = 2_000
"""Up to so many initiatives a ranking takes a few milliseconds and needs no thread."""

MOST_PENALTY_WEEKS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRequest:
    """What to rank and how. Exactly one of model, model version and method may be set.

    With none the portfolio's default model is used, or CD3 when it has none. Ranks that are set by hand count
    in dependency-aware rankings of all open initiatives, unless ``overridden`` says to leave them aside.
    """

    model_id: UUID | None = None
    model_version_id: UUID | None = None
    method: ScoringMethod | None = None
    kind: OrderKind = OrderKind.DEPENDENCY_AWARE
    states: frozenset[InitiativeState] = OPEN_STATES
    overridden: bool = True
    today: date
    soft_penalty_weeks: float | None = None
    """What breaking a soft dependency costs, in weeks of the successor's weight; None: they only inform."""


@dataclass(frozen=True, kw_only=True)
class RankedPortfolio:
    """A ranking: ``order`` holds indices into ``scored.positions``, best first.

    ``rank`` (per index) counts from 1 and is 0 where there is none: in the order by score equal scores
    share one; in the dependency-aware order it is the place. ``computed_rank`` is what it would be without
    ranks that are set by hand, ``score_rank`` the rank by score alone.
    """

    request: RankingRequest
    model: ModelVersion | None
    scored: ScoredPortfolio
    columns: PortfolioColumns
    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    computed_rank: NDArray[np.int64]
    score_rank: NDArray[np.int64]
    overrides: Mapping[int, RankingOverrideRow]
    """Ranks that are set by hand and count here, by index."""
    edges: NDArray[np.int64]
    """Entries of ``columns.edges`` that constrain this order: hard, between ranked initiatives."""
    soft_edges: NDArray[np.int64]
    """The same of those that should be honoured: soft, between ranked initiatives."""
    solved: precedence.PrecedenceOrder | None

    def __len__(self) -> int:
        return len(self.order)

    @cached_property
    def index_of(self) -> NDArray[np.int64]:
        """Index of each position of the portfolio; -1 for what is not ranked."""
        index = np.full(len(self.columns), -1, dtype=np.int64)
        index[self.scored.positions] = np.arange(len(self.scored.positions))
        return frozen(index)

    @cached_property
    def place_of(self) -> NDArray[np.int64]:
        """Place, from 0, of each index."""
        place = np.empty(len(self.order), dtype=np.int64)
        place[self.order] = np.arange(len(self.order))
        return frozen(place)

    def neighbours(self, index: int, *, incoming: bool) -> list[int]:
        """Indices of what directly has to come before (or waits for) an initiative, best ranked first."""
        position = int(self.scored.positions[index])
        edges = self.columns.edges
        entries = edges.incoming(position) if incoming else edges.outgoing(position)
        other = edges.predecessor if incoming else edges.successor
        found = {
            int(self.index_of[other[entry]])
            for entry in entries
            if edges.hard[entry] and CONSTRAINING[edges.kind[entry]]
        }
        found.discard(-1)
        return sorted(found, key=lambda neighbour: int(self.place_of[neighbour]))

    def inherited(self, index: int) -> list[tuple[int, float]]:
        """Who lends an initiative worth because it has to come first, and how much; the most first.

        Worth is in the unit of score · size: with CD3 money per week. Empty in the order by score.
        """
        if self.solved is None:
            return []
        position = int(self.scored.positions[index])
        lent: dict[int, float] = {}
        for entry in self.columns.edges.outgoing(position):
            at = int(np.searchsorted(self.edges, entry))
            if at < len(self.edges) and self.edges[at] == entry and self.solved.flow[at] > 0:
                lender = int(self.index_of[self.columns.edges.successor[entry]])
                lent[lender] = lent.get(lender, 0.0) + float(self.solved.flow[at])
        return sorted(lent.items(), key=lambda item: (-item[1], int(self.place_of[item[0]])))

    @cached_property
    def broken_soft_edges(self) -> NDArray[np.int64]:
        """Soft dependencies, as entries of ``columns.edges``, whose successor is placed first; by its place.

        Those of initiatives without a rank are not among them.
        """
        edges = self.columns.edges
        before = self.index_of[edges.predecessor[self.soft_edges]]
        after = self.index_of[edges.successor[self.soft_edges]]
        broken = (self.rank[before] > 0) & (self.rank[after] > 0)
        broken &= self.place_of[before] > self.place_of[after]
        found = self.soft_edges[broken]
        return frozen(found[np.argsort(self.place_of[after[broken]], kind="stable")])

    def soft_penalty(self, entry: int) -> float | None:
        """What breaking a soft dependency costs, in the unit of score · size · size; None if nothing is asked."""
        weeks = self.request.soft_penalty_weeks
        if weeks is None:
            return None
        at = int(self.index_of[self.columns.edges.successor[entry]])
        worth = float(self.scored.scores.score[at] * self.scored.size[at])
        # without a score it has no weight
        return 0.0 if np.isnan(worth) else weeks * worth

    @cached_property
    def fingerprint(self) -> str:
        """Digest of all that the ranking depends on: the same input gives the same digest, anywhere."""
        return input_fingerprint(input_of(self))


async def rank_portfolio(view: View, portfolio_id: UUID, request: RankingRequest) -> RankedPortfolio:
    """Rank a portfolio; computed once per version of the snapshot, and in a thread when it is large.

    Raises
    ------
    NotFound
        When there is no such portfolio or model.
    InvalidInput
        When the model can't be applied.
    """
    columns = view.portfolio(portfolio_id)
    _check_penalty(request)
    model, method = _model(view, columns, request)
    key = (
        "ranking",
        method,
        None if model is None else model.version.id,
        request.kind,
        request.states,
        request.overridden,
        request.today,
        request.soft_penalty_weeks,
    )
    running: asyncio.Future[RankedPortfolio] | None = columns.derived.get(key)
    if running is None or (running.done() and (running.cancelled() or running.exception() is not None)):
        running = asyncio.ensure_future(_computed(view, columns, request, model, method))
        columns.derived[key] = running
    return await asyncio.shield(running)


async def _computed(
    view: View,
    columns: PortfolioColumns,
    request: RankingRequest,
    model: ModelVersion | None,
    method: ScoringMethod,
) -> RankedPortfolio:
    if len(columns) <= _IN_PLACE:
        return compute(view, columns, request, model, method)
    return await asyncio.to_thread(compute, view, columns, request, model, method)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entrants:
    """Who is ranked in some states, and what constrains them; the same for every model."""

    positions: NDArray[np.int64]
    index: NDArray[np.int64]
    tie_break: NDArray[np.int64]
    hard: NDArray[np.int64]
    soft: NDArray[np.int64]
    precedences: Precedences


def _entrants(columns: PortfolioColumns, states: frozenset[InitiativeState]) -> _Entrants:
    found: _Entrants | None = columns.derived.get(("entrants", states))
    if found is not None:
        return found
    in_state = np.array([state in states for state in STATES])
    positions = np.flatnonzero(columns.live & in_state[columns.state])
    index = np.full(len(columns), -1, dtype=np.int64)
    index[positions] = np.arange(len(positions))
    hard = constraining(columns, positions, hard=True)
    entrants = _Entrants(
        positions=frozen(positions),
        index=frozen(index),
        tie_break=columns.tie_break
        if len(positions) == len(columns)
        else frozen(columns.tie_break[positions]),
        hard=hard,
        soft=constraining(columns, positions, hard=False),
        precedences=Precedences(
            tails=frozen(index[columns.edges.predecessor[hard]]),
            heads=frozen(index[columns.edges.successor[hard]]),
        ),
    )
    columns.derived["entrants", states] = entrants
    return entrants


def compute(
    view: View,
    columns: PortfolioColumns,
    request: RankingRequest,
    model: ModelVersion | None,
    method: ScoringMethod,
) -> RankedPortfolio:
    """Rank without the cache."""
    entrants = _entrants(columns, request.states)
    scored = score_portfolio(
        columns,
        view.directory,
        method=method,
        model=model,
        positions=entrants.positions,
        currency=view.organisation.currency,
        today=request.today,
    )
    overrides = _overrides(columns, request, entrants.index)
    stated = np.zeros(len(entrants.positions), dtype=np.int64)
    for at, row in overrides.items():
        stated[at] = row.rank
    weeks = request.soft_penalty_weeks
    ordered = put_in_order(
        kind=request.kind,
        score=scored.scores.score,
        size=scored.size,
        tie_break=entrants.tie_break,
        precedences=entrants.precedences,
        stated=stated,
        soft=None
        if weeks is None
        else SoftPrecedences(
            tails=entrants.index[columns.edges.predecessor[entrants.soft]],
            heads=entrants.index[columns.edges.successor[entrants.soft]],
            weeks=weeks,
        ),
    )
    return RankedPortfolio(
        request=request,
        model=model,
        scored=scored,
        columns=columns,
        order=ordered.order,
        rank=ordered.rank,
        computed_rank=ordered.computed_rank,
        score_rank=ordered.score_rank,
        overrides=overrides,
        edges=entrants.hard,
        soft_edges=entrants.soft,
        solved=ordered.solved,
    )


def _overrides(
    columns: PortfolioColumns, request: RankingRequest, index: NDArray[np.int64]
) -> dict[int, RankingOverrideRow]:
    counts = request.kind is OrderKind.DEPENDENCY_AWARE and request.states == OPEN_STATES
    if not (request.overridden and counts):
        return {}
    return {int(index[position]): row for position, row in columns.overrides.items() if index[position] >= 0}


def constraining(columns: PortfolioColumns, positions: NDArray[np.int64], *, hard: bool) -> NDArray[np.int64]:
    """Entries of constraining dependencies, hard or soft ones, whose both ends are at ``positions``."""
    edges = columns.edges
    within = np.zeros(len(columns), dtype=np.bool_)
    within[positions] = True
    return frozen(
        np.flatnonzero(
            (edges.hard == hard)
            & CONSTRAINING[edges.kind]
            & within[edges.predecessor]
            & within[edges.successor]
        )
    )


def _check_penalty(request: RankingRequest) -> None:
    weeks = request.soft_penalty_weeks
    if weeks is None:
        return
    if not 0 <= weeks <= MOST_PENALTY_WEEKS:
        raise InvalidInput(
            f"softPenaltyWeeks must be from 0 to {MOST_PENALTY_WEEKS:,}.", path=("softPenaltyWeeks",)
        )
    if request.kind is OrderKind.SCORE:
        raise InvalidInput(
            "The order by score knows no dependencies; leave softPenaltyWeeks out or choose DEPENDENCY_AWARE.",
            path=("softPenaltyWeeks",),
        )


def _model(
    view: View, columns: PortfolioColumns, request: RankingRequest
) -> tuple[ModelVersion | None, ScoringMethod]:
    directory = view.directory
    if request.model_version_id is not None:
        chosen = directory.model_versions.get(request.model_version_id)
        if chosen is None:
            raise NotFound("There is no scoring model version with this id.", path=("by", "modelVersion"))
        return chosen, chosen.version.method
    if request.method is not None:
        return _model_for_method(view, request.method)
    model_id = request.model_id or columns.portfolio.default_scoring_model_id
    if model_id is None:
        return None, ScoringMethod.CD3
    chosen = directory.current_versions.get(model_id)
    if chosen is None and model_id in directory.models:
        raise InvalidInput("This scoring model has no version yet; publish one.", path=("by", "model"))
    if chosen is None:
        raise NotFound("There is no scoring model with this id.", path=("by", "model"))
    return chosen, chosen.version.method


def _model_for_method(view: View, method: ScoringMethod) -> tuple[ModelVersion | None, ScoringMethod]:
    if method in {ScoringMethod.CD3, ScoringMethod.VALUE_BY_OUTCOME}:
        return None, method
    candidates = [
        version
        for version in view.directory.current_versions.values()
        if version.version.method is method and version.model.archived_at is None
    ]
    if len(candidates) != 1:
        names = ", ".join(sorted(candidate.model.name for candidate in candidates))
        raise InvalidInput(
            f"The organisation has {len(candidates)} scoring models with the method {method.value}"
            f"{f' ({names})' if names else ''}; name one by its id.",
            path=("by", "method"),
        )
    return candidates[0], method
