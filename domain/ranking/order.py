"""The order of a portfolio: by score alone, or by what each initiative is worth to those that wait for it."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import OPEN_STATES, InitiativeState, ScoringMethod
from domain.errors import InvalidInput, NotFound
from domain.ranking.criteria import ScoredPortfolio, score_portfolio
from domain.snapshot import ModelVersion, PortfolioColumns, View
from domain.snapshot.columns import CONSTRAINING, STATES, frozen
from prioritisation import precedence, ranking

_IN_PLACE = 2_000
"""Up to so many initiatives a ranking takes a few milliseconds and needs no thread."""


class OrderKind(StrEnum):
    """How initiatives are put in order."""

    DEPENDENCY_AWARE = "dependency_aware"
    SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRequest:
    """What to rank and how. Exactly one of model, model version and method may be set.

    With none the portfolio's default model is used, or CD3 when it has none.
    """

    model_id: UUID | None = None
    model_version_id: UUID | None = None
    method: ScoringMethod | None = None
    kind: OrderKind = OrderKind.DEPENDENCY_AWARE
    states: frozenset[InitiativeState] = OPEN_STATES
    today: date


@dataclass(frozen=True, kw_only=True)
class RankedPortfolio:
    """A ranking: ``order`` holds indices into ``scored.positions``, best first.

    ``rank`` (per index) counts from 1 and is 0 where there is none: in the order by score equal scores
    share one; in the dependency-aware order it is the place. ``score_rank`` is the rank by score alone.
    """

    request: RankingRequest
    model: ModelVersion | None
    scored: ScoredPortfolio
    columns: PortfolioColumns
    order: NDArray[np.int64]
    rank: NDArray[np.int64]
    score_rank: NDArray[np.int64]
    edges: NDArray[np.int64]
    """Entries of ``columns.edges`` that constrain this order: hard, between ranked initiatives."""
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
    def fingerprint(self) -> str:
        """Digest of all that the ranking depends on: the same input gives the same digest, anywhere."""
        digest = hashlib.blake2b(digest_size=16)
        model = "" if self.model is None else str(self.model.version.id)
        settings = (
            model,
            self.scored.method,
            self.request.kind,
            ",".join(sorted(self.request.states)),
            self.scored.currency,
        )
        digest.update("|".join(settings).encode())
        ids = [self.columns.rows[position].id.bytes for position in self.scored.positions]
        by_id = np.argsort(np.array(ids, dtype="S16"), kind="stable") if ids else np.empty(0, dtype=np.int64)
        digest.update(b"".join(ids[index] for index in by_id))
        for figures in (self.scored.scores.score, self.scored.size):
            digest.update(np.ascontiguousarray(figures[by_id]).tobytes())
        if self.scored.problem is not None:
            digest.update(np.ascontiguousarray(self.scored.problem.values[by_id]).tobytes())
        edges = self.columns.edges
        digest.update(
            b"".join(
                sorted(
                    edges.rows[entry].predecessor_id.bytes + edges.rows[entry].successor_id.bytes
                    for entry in self.edges
                )
            )
        )
        return digest.hexdigest()


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
    model, method = _model(view, columns, request)
    key = (
        "ranking",
        method,
        None if model is None else model.version.id,
        request.kind,
        request.states,
        request.today,
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


def compute(
    view: View,
    columns: PortfolioColumns,
    request: RankingRequest,
    model: ModelVersion | None,
    method: ScoringMethod,
) -> RankedPortfolio:
    """Rank without the cache."""
    in_state = np.array([state in request.states for state in STATES])
    positions = np.flatnonzero(columns.live & in_state[columns.state])
    scored = score_portfolio(
        columns,
        view.directory,
        method=method,
        model=model,
        positions=positions,
        currency=view.organisation.currency,
        today=request.today,
    )
    tie_break = columns.tie_break if len(positions) == len(columns) else columns.tie_break[positions]
    by_score = ranking.rank(scored.scores.score, tie_break)
    entries = constraining(columns, positions)
    common: dict[str, Any] = {
        "request": request,
        "model": model,
        "scored": scored,
        "columns": columns,
        "score_rank": by_score.rank,
        "edges": entries,
    }
    if request.kind is OrderKind.SCORE:
        return RankedPortfolio(**common, order=by_score.order, rank=by_score.rank, solved=None)
    order, solved = _dependency_aware(columns, scored, tie_break, entries)
    needed = ~by_score.unranked
    return RankedPortfolio(
        **common, order=order, rank=_places(order, needed, columns, positions, entries), solved=solved
    )


def constraining(columns: PortfolioColumns, positions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Entries of hard, constraining dependencies whose both ends are at ``positions``."""
    edges = columns.edges
    within = np.zeros(len(columns), dtype=np.bool_)
    within[positions] = True
    return frozen(
        np.flatnonzero(
            edges.hard & CONSTRAINING[edges.kind] & within[edges.predecessor] & within[edges.successor]
        )
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


def _dependency_aware(
    columns: PortfolioColumns,
    scored: ScoredPortfolio,
    tie_break: NDArray[np.int64],
    entries: NDArray[np.int64],
) -> tuple[NDArray[np.int64], precedence.PrecedenceOrder]:
    """1|prec|Σ wⱼCⱼ with the size as duration and score · size as weight.

    Without dependencies that is the order by score. What has no score weighs nothing, and takes as long as
    it is known to, or else as the median of those that are known: it is there for what it unlocks.
    """
    count = len(scored.positions)
    index = np.full(len(columns), -1, dtype=np.int64)
    index[scored.positions] = np.arange(count)
    score, size = scored.scores.score, scored.size
    usable = size > 0
    median = float(np.median(size[usable])) if usable.any() else 1.0
    duration = np.where(usable, size, median)
    weight = np.where(np.isnan(score), 0.0, score * duration)
    solved = precedence.order(
        precedence.PrecedenceProblem(
            duration=frozen(duration),
            weight=frozen(weight),
            predecessor=frozen(index[columns.edges.predecessor[entries]]),
            successor=frozen(index[columns.edges.successor[entries]]),
            tie_break=tie_break,
        )
    )
    needed = _needed(score, index, columns, entries)
    if needed.all():
        return solved.order, solved
    # a score of 0 weighs as little as none, and still goes first
    in_order = needed[solved.order]
    return frozen(np.concatenate([solved.order[in_order], solved.order[~in_order]])), solved


def _needed(
    score: NDArray[np.float64],
    index: NDArray[np.int64],
    columns: PortfolioColumns,
    entries: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """What has a score, or has to be done before something that has one."""
    needed = ~np.isnan(score)
    tails = index[columns.edges.predecessor[entries]]
    heads = index[columns.edges.successor[entries]]
    while True:
        more = tails[needed[heads] & ~needed[tails]]
        if not more.size:
            return needed
        needed[more] = True


def _places(
    order: NDArray[np.int64],
    scored: NDArray[np.bool_],
    columns: PortfolioColumns,
    positions: NDArray[np.int64],
    entries: NDArray[np.int64],
) -> NDArray[np.int64]:
    index = np.full(len(columns), -1, dtype=np.int64)
    index[positions] = np.arange(len(positions))
    needed = _needed(np.where(scored, 0.0, np.nan), index, columns, entries)
    rank = np.zeros(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    rank[~needed] = 0
    return frozen(rank)
