"""How far a ranking can be trusted, as weights and estimates vary within what people have stated (SMAA)."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.enums import OrderKind
from domain.errors import InvalidInput, NotFound
from domain.ranking.caching import once
from domain.ranking.order import RankedPortfolio, RankingRequest, rank_portfolio
from domain.ranking.sampled_scores import LINEAR, FormulaScores, formula_scores, linear_scores
from domain.rows import InitiativeRow
from domain.snapshot import View
from domain.snapshot.columns import Floats, frozen
from prioritisation import precedence
from prioritisation.compilation import compiled
from prioritisation.errors import PrioritisationError
from prioritisation.problem import ScoringProblem
from prioritisation.rank_statistics import Robustness
from prioritisation.robustness import MissingUtilities, monte_carlo, scores_of_order, smaa
from prioritisation.sampling import DirichletWeights, FixedWeights, UniformWeights, WeightPrior
from prioritisation.sampling_plan import SamplingPlan

MOST_SAMPLES = 20_000
MOST_RANKS = 20_000_000
"""Initiatives times samples."""
MOST_ORDERED_RANKS = 1_000_000
"""The same where each sample is ordered under dependencies."""
MOST_TOP = 1_000
MOST_PAIRED = 20
DEPTH = 50
"""Ranks whose acceptability is kept."""

_DEFAULT_SAMPLES = 10_000
_INTERPRETED = 20_000
"""Up to so many sampled ranks it takes longer to load machine code than to do without."""
_MOST_CONCENTRATION = 1e6
_MOST_SEED = 2**31 - 1


class WeightUncertainty(StrEnum):
    """What is drawn for the weights of a model."""

    FIXED = "fixed"
    AROUND = "around"
    UNIFORM = "uniform"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustnessRequest:
    """What to sample. ``samples`` None takes as many as are affordable, up to 10,000.

    ``weights`` None takes UNIFORM where the method has weights and FIXED elsewhere. ``paired`` are initiatives
    to compare with each other.
    """

    samples: int | None = None
    seed: int = 1
    top: int = 10
    weights: WeightUncertainty | None = None
    concentration: float = 20.0
    with_dependencies: bool = False
    paired: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustPortfolio:
    """What samples say about a ranking; rows of ``result`` are the indices ``index`` of ``ranking``.

    ``by_expected_rank`` holds rows. ``keys`` are the criteria of central weights; ``certain`` says that
    nothing was uncertain, so that all samples are alike.
    """

    ranking: RankedPortfolio
    request: RobustnessRequest
    weights: WeightUncertainty
    index: NDArray[np.int64]
    keys: tuple[str, ...]
    result: Robustness
    by_expected_rank: NDArray[np.int64]
    certain: bool

    def initiative(self, row: int) -> InitiativeRow:
        """The initiative of a row."""
        return self.ranking.columns.rows[int(self.ranking.scored.positions[self.index[row]])]


async def ranking_robustness(
    view: View, portfolio_id: UUID, ranking_request: RankingRequest, request: RobustnessRequest
) -> RobustPortfolio:
    """Draw rankings of a portfolio; the same request and data give the same bytes.

    Ranks that are set by hand are left aside. With dependencies each sample is ordered as the ranking is
    (`prioritisation.precedence`, without the improvement inside blocks); what is ranked for what it unlocks
    only is worth nothing in itself.

    Raises
    ------
    InvalidInput
        When a number is out of range, the method has nothing to vary, or this is more than can be sampled.
    NotFound
        When there is no such model, or a paired initiative is not in the ranking.
    """
    _check(request)
    kind = OrderKind.DEPENDENCY_AWARE if request.with_dependencies else OrderKind.SCORE
    asked = replace(ranking_request, kind=kind, overridden=False, soft_penalty_weeks=None)
    ranking = await rank_portfolio(view, portfolio_id, asked)
    posed = ranking.scored.problem
    if posed is None:
        raise InvalidInput(
            "Value by outcome has neither weights of criteria nor ranges of estimates; choose another method.",
            path=("by",),
        )
    weights = _weights(request, posed)
    index = np.flatnonzero(
        (ranking.rank > 0) if request.with_dependencies else ~ranking.scored.scores.unscored
    )
    samples = _samples(request, len(index))
    paired = _paired(ranking, request, index)
    settled = replace(request, samples=samples, top=min(request.top, max(1, len(index))), weights=weights)
    key = ("robustness", ranking.fingerprint, settled)
    return await once(
        ranking.columns, key, lambda: _sampled(ranking, posed, settled, weights, index, paired), long=True
    )


def _check(request: RobustnessRequest) -> None:
    for name, value, least, most in (
        ("samples", request.samples if request.samples is not None else 1, 1, MOST_SAMPLES),
        ("seed", request.seed, 0, _MOST_SEED),
        ("top", request.top, 1, MOST_TOP),
        ("concentration", request.concentration, 1e-3, _MOST_CONCENTRATION),
    ):
        if not least <= value <= most:
            raise InvalidInput(f"`{name}` must be from {least:,} to {most:,}.", path=(name,))
    if len(set(request.paired)) > MOST_PAIRED:
        raise InvalidInput(f"Compare at most {MOST_PAIRED} initiatives in pairs.", path=("pairs",))


def _weights(request: RobustnessRequest, posed: ScoringProblem) -> WeightUncertainty:
    linear = posed.method in LINEAR
    if request.weights is None:
        return WeightUncertainty.UNIFORM if linear else WeightUncertainty.FIXED
    if request.weights is not WeightUncertainty.FIXED and not linear:
        raise InvalidInput(
            f"With {posed.method.value} only estimates vary, not weights; leave `weights` out, or choose weighted"
            " scoring or the mean of ICE.",
            path=("weights",),
        )
    return request.weights


def _samples(request: RobustnessRequest, items: int) -> int:
    most = MOST_ORDERED_RANKS if request.with_dependencies else MOST_RANKS
    affordable = most // max(1, items)
    if not affordable:
        raise InvalidInput(
            f"{items:,} initiatives are too many to sample; at most {most:,} can be, without dependencies"
            f" {MOST_RANKS:,}.",
            path=("withDependencies",),
        )
    if request.samples is None:
        return min(_DEFAULT_SAMPLES, affordable)
    if request.samples > affordable:
        raise InvalidInput(
            f"{request.samples:,} samples of {items:,} initiatives are too many; at most {affordable:,}"
            f" {'with' if request.with_dependencies else 'without'} dependencies.",
            path=("samples",),
        )
    return request.samples


def _paired(
    ranking: RankedPortfolio, request: RobustnessRequest, index: NDArray[np.int64]
) -> NDArray[np.int64]:
    rows = []
    for initiative_id in dict.fromkeys(request.paired):
        position = ranking.columns.find(initiative_id)
        at = -1 if position is None else int(ranking.index_of[position])
        row = int(np.searchsorted(index, at)) if at >= 0 else len(index)
        if row == len(index) or index[row] != at:
            raise NotFound(
                "An initiative to compare is not in the ranking, or has no score.", path=("pairs",)
            )
        rows.append(row)
    return np.array(rows, dtype=np.int64)


def _sampled(
    ranking: RankedPortfolio,
    posed: ScoringProblem,
    request: RobustnessRequest,
    weights: WeightUncertainty,
    index: NDArray[np.int64],
    paired: NDArray[np.int64],
) -> RobustPortfolio:
    keys: tuple[str, ...] = ()
    if not len(index):
        result, certain = _nothing(request), True
    else:
        plan = SamplingPlan(
            seed=request.seed,
            samples=request.samples,
            tie_break=ranking.columns.tie_break[ranking.scored.positions[index]],
            depth=min(DEPTH, len(index)),
            top_k=request.top,
            pairs=paired,
        )
        repeated = len(index) * (request.samples or 0) > _INTERPRETED
        try:
            with compiled() if repeated else nullcontext():
                result, keys, certain = _drawn(ranking, posed, request, weights, index, plan)
        except PrioritisationError as error:
            titles = [
                ranking.columns.rows[ranking.scored.positions[index[item]]].title for item in error.items[:3]
            ]
            where = f" Initiatives: {', '.join(titles)}." if titles else ""
            raise InvalidInput(f"The ranking can't be sampled: {error.message}.{where}") from error
    rank = ranking.rank[index]
    return RobustPortfolio(
        ranking=ranking,
        request=request,
        weights=weights,
        index=frozen(index),
        keys=keys,
        result=result,
        by_expected_rank=frozen(np.lexsort((rank, result.expected_rank))),
        certain=certain,
    )


def _drawn(
    ranking: RankedPortfolio,
    posed: ScoringProblem,
    request: RobustnessRequest,
    weights: WeightUncertainty,
    index: NDArray[np.int64],
    plan: SamplingPlan,
) -> tuple[Robustness, tuple[str, ...], bool]:
    if posed.method in LINEAR:
        linear = linear_scores(ranking, posed, index)
        prior: WeightPrior = FixedWeights(weights=linear.weights)
        if weights is WeightUncertainty.UNIFORM:
            prior = UniformWeights()
        elif weights is WeightUncertainty.AROUND:
            prior = DirichletWeights(mean=linear.weights, concentration=request.concentration)
        if request.with_dependencies:
            order = _order(ranking, index, plan)
            ones = np.ones(len(index))
            # what no weight falls on in a sample is worth nothing there
            plan = replace(plan, order=lambda scores: order(ones, np.maximum(scores, 0.0)))
        missing: MissingUtilities = "renormalise" if linear.renormalise else "refuse"
        result = smaa(utilities=linear.utilities, weights=prior, plan=plan, missing=missing)
        fixed = weights is WeightUncertainty.FIXED or len(linear.keys) == 1
        certain = fixed and not (linear.utilities.low < linear.utilities.high).any()
        return result, linear.keys, bool(certain)
    formula = formula_scores(ranking, posed, index)
    score: Callable[[Floats], Floats] = formula.score
    if request.with_dependencies:
        score = scores_of_order(_ordered(formula, _order(ranking, index, plan)))
    result = monte_carlo(estimates=formula.inputs, formula=score, plan=plan)
    return result, (), not bool((formula.inputs.low < formula.inputs.high).any())


_Order = Callable[[Floats, Floats], NDArray[np.int64]]


def _order(ranking: RankedPortfolio, index: NDArray[np.int64], plan: SamplingPlan) -> _Order:
    """Sidney's order of durations and weights, under the hard dependencies between the rows."""
    row = np.full(len(ranking), -1, dtype=np.int64)
    row[index] = np.arange(len(index))
    edges = ranking.columns.edges
    tails = row[ranking.index_of[edges.predecessor[ranking.edges]]]
    heads = row[ranking.index_of[edges.successor[ranking.edges]]]
    both = (tails >= 0) & (heads >= 0)
    tails, heads = frozen(tails[both]), frozen(heads[both])

    def order(duration: Floats, weight: Floats) -> NDArray[np.int64]:
        posed = precedence.PrecedenceProblem(
            duration=duration, weight=weight, predecessor=tails, successor=heads, tie_break=plan.tie_break
        )
        return precedence.order(posed, transitions=0).order

    return order


def _ordered(formula: FormulaScores, order: _Order) -> Callable[[Floats], NDArray[np.int64]]:
    return lambda inputs: order(formula.size(inputs), formula.numerator(inputs))


def _nothing(request: RobustnessRequest) -> Robustness:
    """The result for no initiatives."""
    nothing, nobody = np.empty(0), np.empty(0, dtype=np.int64)
    return Robustness(
        samples=request.samples or 0,
        rank_acceptability=np.empty((0, 0)),
        top_k=request.top,
        top_probability=nothing,
        expected_rank=nothing,
        expected_rank_error=nothing,
        first=nobody,
        central_weights=np.empty((0, 0)),
        central_weights_error=np.empty((0, 0)),
        confidence_factor=nothing,
        confidence_samples=0,
        pairs=nobody,
        winning_probability=np.empty((0, 0)),
        funded_probability=None,
    )
