"""Scores as sums of weight times utility, where the method has weights: for all that varies with them."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from domain.enums import ScoringMethod
from domain.ranking.criteria import ScoredPortfolio
from domain.snapshot.columns import Floats, frozen
from prioritisation import scoring
from prioritisation.problem import Method, MissingPolicy, Role, ScoringProblem, role_of

_UNWEIGHED = {
    ScoringMethod.RICE: "RICE multiplies its criteria; there are no weights.",
    ScoringMethod.ICE_PRODUCT: "The product of ICE multiplies its criteria; there are no weights.",
    ScoringMethod.CD3: "CD3 divides the cost of delay by the duration; there are no weights.",
    ScoringMethod.VALUE_BY_OUTCOME: "Value by outcome has no criteria to weigh; objectives and key results have"
    " weights of their own.",
}


class Inapplicable(NamedTuple):
    """There is no answer; ``reason`` says why, for a person to read."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Weighing:
    """Scores of some initiatives as Σ weight · utility, up to one positive factor.

    ``utilities`` (k × m) lie in 0..1, higher is better, nothing is missing; ``weights`` (m) are those of the
    model. ``index`` (k) says which index of the scored portfolio each row is about.
    """

    keys: tuple[str, ...]
    weights: Floats
    utilities: Floats
    index: NDArray[np.int64]


def weighing(scored: ScoredPortfolio, index: NDArray[np.int64] | None = None) -> Weighing | Inapplicable:
    """The scores at some indices as a function of the weights; of all that have a score by default.

    In WSJF the utilities are values divided by job size. Criteria without weight whose values are missing are
    left out, unless the model has a worst value for them.
    """
    reason = _UNWEIGHED.get(scored.method)
    if reason is not None or scored.problem is None:
        return Inapplicable(reason or "There are no weights.")
    if index is None:
        index = np.flatnonzero(~scored.scores.unscored)
    if not index.size:
        return Inapplicable("No initiative has a score.")
    posed = scored.problem
    part = replace(posed, values=frozen(np.asfortranarray(posed.values[index])))
    at = [
        column
        for column, criterion in enumerate(posed.criteria)
        if role_of(posed.method, criterion.key) is Role.ADDEND
    ]
    weights = np.array([posed.criteria[column].weight for column in at])
    values = _filled(part, at)
    missing = np.isnan(values).any(axis=0)
    if (missing & (weights > 0)).any():
        return Inapplicable(
            "Values are missing, and the model lets the others of an initiative carry their weight: then the weights"
            " differ from one initiative to the next. Rate what is missing."
        )
    kept = np.flatnonzero(~missing)
    utilities = values[:, kept]
    if posed.method is not Method.WEIGHTED:
        utilities = _ratios(part, utilities)
    return Weighing(
        keys=tuple(posed.criteria[at[column]].key for column in kept),
        weights=frozen(weights[kept]),
        utilities=frozen(utilities),
        index=index,
    )


def _filled(part: ScoringProblem, at: list[int]) -> Floats:
    """Values of the addends, as positions on the scale in weighted scoring, with the worst where it is assumed."""
    weighted = part.method is Method.WEIGHTED
    values = (scoring.normalise(part) if weighted else part.values)[:, at]
    if part.missing is not MissingPolicy.WORST:
        return values
    worst = np.array([0.0 if weighted else part.criteria[column].scale_min for column in at])
    return np.where(np.isnan(values), worst, values)


def _ratios(part: ScoringProblem, values: Floats) -> Floats:
    """Values per unit of what the formula divides by, in 0..1."""
    for column, criterion in enumerate(part.criteria):
        if role_of(part.method, criterion.key) is Role.DENOMINATOR:
            size = part.values[:, [column]]
            if part.missing is MissingPolicy.WORST:
                size = np.where(np.isnan(size), criterion.scale_max, size)
            values = values / size
    most = values.max(initial=0.0)
    return values / most if most > 0 else values
