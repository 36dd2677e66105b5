"""Scores of a model as functions of uncertain values: what Monte Carlo draws from, whatever the method."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.ranking.order import RankedPortfolio
from domain.ranking.ordering import amounts
from domain.ranking.uncertainty import uncertain_values
from domain.snapshot.columns import Floats
from prioritisation.problem import Direction, Method, MissingPolicy, Role, ScoringProblem, role_of
from prioritisation.sampling import Estimates

LINEAR = frozenset({Method.WEIGHTED, Method.ICE_MEAN})
"""Methods whose scores are sums of weight times value: there weights can vary too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearScores:
    """Σ weight · utility with uncertain utilities (k × m) in 0..1; ``renormalise`` leaves out what is missing."""

    keys: tuple[str, ...]
    weights: Floats
    utilities: Estimates
    renormalise: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FormulaScores:
    """A formula over uncertain inputs (k × m): (Σ weight · addend) · (Π factors) · carried / denominator.

    ``weights`` (m) is 0 for what is no addend; ``carried`` (k) makes good for addends that are left out.
    """

    inputs: Estimates
    weights: Floats
    factors: tuple[int, ...]
    denominator: int | None
    carried: Floats

    def numerator(self, inputs: Floats) -> Floats:
        """What waits for the work to be done; inputs are … × k × m."""
        found = inputs @ self.weights if self.weights.any() else np.ones(inputs.shape[:-1])
        for column in self.factors:
            found = found * inputs[..., column]
        return found * self.carried

    def size(self, inputs: Floats) -> Floats:
        """What it is divided by."""
        return np.ones(inputs.shape[:-1]) if self.denominator is None else inputs[..., self.denominator]

    def score(self, inputs: Floats) -> Floats:
        """The score."""
        return self.numerator(inputs) / self.size(inputs)


def linear_scores(ranking: RankedPortfolio, posed: ScoringProblem, index: NDArray[np.int64]) -> LinearScores:
    """The scores at some indices of a ranking by a linear method; what has no score is worth nothing.

    Criteria without weight are left out.
    """
    used = [column for column, criterion in enumerate(posed.criteria) if criterion.weight > 0]
    values = uncertain_values(ranking, posed, index)
    if posed.method is Method.WEIGHTED:
        worst = np.array([posed.criteria[column].worst for column in used])
        way = np.array([posed.criteria[column].best for column in used]) - worst
        ends = [(end[:, used] - worst) / way + 0.0 for end in (values.low, values.likely, values.high)]
        swapped = np.array([posed.criteria[column].direction is Direction.COST for column in used])
        low, likely, high = ends
        low, high = np.where(swapped, high, low), np.where(swapped, low, high)
        least = np.zeros(len(used))
    else:
        most = max(posed.criteria[column].scale_max for column in used)
        low, likely, high = (end[:, used] / most for end in (values.low, values.likely, values.high))
        least = np.array([posed.criteria[column].scale_min for column in used]) / most
    replaced = np.zeros(likely.shape, dtype=np.bool_)
    replaced[ranking.scored.scores.unscored[index]] = True
    assumed = np.broadcast_to(np.where(replaced, 0.0, least), likely.shape)
    if posed.missing is MissingPolicy.WORST:
        replaced |= np.isnan(likely)
    low, likely, high = (np.where(replaced, assumed, end) for end in (low, likely, high))
    return LinearScores(
        keys=tuple(posed.criteria[column].key for column in used),
        weights=np.array([posed.criteria[column].weight for column in used]),
        utilities=Estimates(low=low, likely=likely, high=high),
        renormalise=posed.missing is MissingPolicy.RENORMALISE,
    )


def formula_scores(
    ranking: RankedPortfolio, posed: ScoringProblem, index: NDArray[np.int64]
) -> FormulaScores:
    """The scores at some indices of a ranking by a formula; what has no score is worth nothing."""
    values = uncertain_values(ranking, posed, index)
    roles = [role_of(posed.method, criterion.key) for criterion in posed.criteria]
    given = np.array([criterion.weight for criterion in posed.criteria])
    weights = np.where([role is Role.ADDEND for role in roles], given, 0.0)
    denominator = next((column for column, role in enumerate(roles) if role is Role.DENOMINATOR), None)
    missing = np.isnan(values.likely)
    unscored = ranking.scored.scores.unscored[index]
    carried = np.ones(len(index))
    filled = np.zeros(values.likely.shape)
    if posed.missing is MissingPolicy.WORST:
        for column, criterion in enumerate(posed.criteria):
            filled[:, column] = criterion.scale_max if column == denominator else criterion.scale_min
    elif posed.missing is MissingPolicy.RENORMALISE and weights.any():
        present = ~missing @ weights
        carried = np.divide(weights.sum(), present, out=carried, where=present > 0)
    # what is not known of a criterion without weight makes no difference
    replaced = missing | unscored[:, np.newaxis]
    filled[unscored] = 0.0
    if denominator is not None:
        duration, _ = amounts(ranking.scored.scores.score, ranking.scored.size)
        filled[unscored, denominator] = duration[index][unscored]
    low, likely, high = (np.where(replaced, filled, end) for end in (values.low, values.likely, values.high))
    return FormulaScores(
        inputs=Estimates(low=low, likely=likely, high=high),
        weights=weights,
        factors=tuple(column for column, role in enumerate(roles) if role is Role.FACTOR),
        denominator=denominator,
        carried=carried,
    )
