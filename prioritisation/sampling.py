"""Random weights and estimates: the priors of SMAA and Monte Carlo.

Everything is drawn from a generator that the caller seeds, so that the same seed gives the same bytes.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    float_array,
    int_array,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.errors import InvalidProblem

EstimateShape = Literal["triangular", "pert"]

# Rejection gives up beyond this many draws for each weight vector wanted.
_DRAWS_PER_VECTOR = 5_000
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class UniformWeights:
    """Every weight vector of the simplex is equally likely: nothing is known of the weights."""


@dataclass(frozen=True, slots=True, eq=False)
class FixedWeights:
    """Weights that are known; only estimates vary.

    Parameters
    ----------
    weights : float64[m]
        Not negative, positive sum; scaled to sum to 1.
    """

    weights: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class DirichletWeights:
    """Weights around given ones: Dirichlet with parameters ``concentration · mean``.

    The standard deviation of weight j is √(meanⱼ (1 − meanⱼ) / (concentration + 1)): with mean 0.25, a
    concentration of 20 gives ±0.09, 200 gives ±0.03. A weight of 0 stays 0.

    Parameters
    ----------
    mean : float64[m]
        Not negative, positive sum; scaled to sum to 1.
    concentration : float
        Positive; the greater, the nearer to the mean.
    """

    mean: FloatArray
    concentration: float


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalWeights:
    """Only the order of importance is known; all weight vectors that respect it are equally likely.

    Parameters
    ----------
    importance : int64[m]
        1 for the most important criterion; criteria with the same number are not compared.
    """

    importance: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class IntervalWeights:
    """Weights of sum 1 within bounds, all equally likely.

    Parameters
    ----------
    lower, upper : float64[m]
        0 ≤ lower ≤ upper ≤ 1, with Σ lower ≤ 1 ≤ Σ upper.
    """

    lower: FloatArray
    upper: FloatArray


WeightPrior = UniformWeights | FixedWeights | DirichletWeights | OrdinalWeights | IntervalWeights


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Three-point estimates of an array of values.

    Parameters
    ----------
    low, likely, high : float64[n, m]
        ``low ≤ likely ≤ high``: smallest possible, most likely and greatest possible value. With ``low``
        and ``high`` both missing (NaN), ``likely`` is certain; with all three missing the value is.
    shape : {'triangular', 'pert'}
        Triangular, or the PERT beta distribution with parameters 1 + 4(likely − low)/(high − low) and
        1 + 4(high − likely)/(high − low) (Malcolm et al. 1959), which gives the ends less weight.

    Raises
    ------
    InvalidProblem
        ``ESTIMATE_ORDER``, ``ESTIMATE_PARTLY_MISSING`` or ``NOT_FINITE`` with the rows in ``items``;
        ``SHAPE``, ``NOT_NUMERIC``.
    """

    low: FloatArray
    likely: FloatArray
    high: FloatArray
    shape: EstimateShape = "triangular"

    def __post_init__(self) -> None:
        if self.shape not in ("triangular", "pert"):
            raise InvalidProblem(f"'shape' must be triangular or pert, not {self.shape!r}", field="shape")
        likely = float_array(self.likely, field="likely", ndim=2)
        points = {"likely": likely}
        for name in ("low", "high"):
            points[name] = float_array(getattr(self, name), field=name, ndim=2)
            if points[name].shape != likely.shape:
                message = f"'{name}' must have the shape of 'likely', {likely.shape}"
                raise InvalidProblem(message, field=name, code="SHAPE")
        for name, values in points.items():
            refuse(_rows(np.isinf(values)), field=name, message="must be finite", code="NOT_FINITE")
        low, high = points["low"], points["high"]
        alone = np.isnan(low) & np.isnan(high)
        partly = ~alone & (np.isnan(low) | np.isnan(likely) | np.isnan(high))
        message = "is one of three points; give low, likely and high, or likely alone"
        refuse(_rows(partly), field="likely", message=message, code="ESTIMATE_PARTLY_MISSING")
        message = "must lie between low and high"
        unordered = (low > likely) | (likely > high)
        refuse(_rows(unordered), field="likely", message=message, code="ESTIMATE_ORDER")
        if alone.any():
            points["low"], points["high"] = np.where(alone, likely, low), np.where(alone, likely, high)
        for name, values in points.items():
            object.__setattr__(self, name, values)


def _rows(cells: BoolArray) -> BoolArray:
    return np.asarray(cells.any(axis=1), dtype=np.bool_)


def certain(values: FloatArray) -> Estimates:
    """Return values (float64[n, m], NaN where missing) as estimates without uncertainty."""
    table = float_array(values, field="likely", ndim=2)
    return Estimates(low=table, likely=table, high=table)


def normalised_weights(weights: FloatArray, *, criteria: int, field: str = "weights") -> FloatArray:
    """Return weights scaled to sum to 1.

    Raises
    ------
    InvalidProblem
        ``SHAPE``; ``NEGATIVE``, ``NOT_FINITE`` or ``MISSING_VALUE`` with the positions; ``ZERO_WEIGHTS``.

    Examples
    --------
    >>> normalised_weights(np.array([3.0, 1.0]), criteria=2)
    array([0.75, 0.25])
    """
    values = float_array(weights, field=field, length=criteria)
    require_finite(values, field=field)
    require_not_negative(values, field=field)
    total = math.fsum(values.tolist())
    if not 0.0 < total < math.inf:
        message = f"'{field}' must not all be 0 (nor overflow in their sum); give one a positive weight"
        raise InvalidProblem(message, field=field, code="ZERO_WEIGHTS")
    return values / total


def draw_weights(
    prior: WeightPrior, *, criteria: int, samples: int, generator: np.random.Generator
) -> FloatArray:
    """Draw weight vectors.

    Returns
    -------
    float64[samples, criteria]
        Not negative; each row sums to 1 (up to rounding).

    Raises
    ------
    InvalidProblem
        When the prior does not fit the number of criteria, contradicts itself, or its intervals leave so
        little room that vectors within them cannot be found.

    Examples
    --------
    >>> generator = np.random.Generator(np.random.PCG64(1))
    >>> prior = OrdinalWeights(importance=np.array([2, 1]))
    >>> weights = draw_weights(prior, criteria=2, samples=100, generator=generator)
    >>> bool((weights[:, 1] >= weights[:, 0]).all())
    True
    """
    match prior:
        case UniformWeights():
            return _simplex(criteria, samples, generator)
        case FixedWeights(weights=weights):
            fixed = normalised_weights(weights, criteria=criteria)
            return np.ascontiguousarray(np.broadcast_to(fixed, (samples, criteria)))
        case DirichletWeights(mean=mean, concentration=concentration):
            return _dirichlet(mean, concentration, criteria, samples, generator)
        case OrdinalWeights(importance=importance):
            return _ordinal(importance, criteria, samples, generator)
        case IntervalWeights(lower=lower, upper=upper):
            return _within_intervals(lower, upper, criteria, samples, generator)


def _simplex(criteria: int, samples: int, generator: np.random.Generator) -> FloatArray:
    # Exponentials divided by their sum are uniform on the simplex (Devroye 1986, chapter V).
    draws = generator.standard_exponential((samples, criteria))
    draws /= draws.sum(axis=1, keepdims=True)
    return draws


def _dirichlet(
    mean: FloatArray, concentration: float, criteria: int, samples: int, generator: np.random.Generator
) -> FloatArray:
    centre = normalised_weights(mean, criteria=criteria, field="mean")
    if not (math.isfinite(concentration) and concentration > 0.0):
        raise InvalidProblem("'concentration' must be finite and positive.", field="concentration")
    alive = np.flatnonzero(centre)
    weights = np.zeros((samples, criteria))
    weights[:, alive] = generator.dirichlet(concentration * centre[alive], samples)
    return weights


def _ordinal(importance: IntArray, criteria: int, samples: int, generator: np.random.Generator) -> FloatArray:
    ranks = int_array(importance, field="importance", length=criteria)
    # The simplex consists of m! congruent chambers, one for each order of the weights. Sorting a uniform
    # vector picks a uniform point of one chamber; shuffling criteria that are not compared picks uniformly
    # among the chambers that the order leaves open.
    descending = -np.sort(-_simplex(criteria, samples, generator), axis=1)
    weights = np.empty_like(descending)
    start = 0
    for level in np.unique(ranks):
        group = np.flatnonzero(ranks == level)
        values = descending[:, start : start + group.size]
        weights[:, group] = generator.permuted(values, axis=1) if group.size > 1 else values
        start += group.size
    return weights


def _within_intervals(
    lower: FloatArray, upper: FloatArray, criteria: int, samples: int, generator: np.random.Generator
) -> FloatArray:
    low = float_array(lower, field="lower", length=criteria)
    high = float_array(upper, field="upper", length=criteria)
    disordered = ~((low >= 0.0) & (low <= high) & (high <= 1.0))
    message = "and 'upper' must satisfy 0 ≤ lower ≤ upper ≤ 1"
    refuse(disordered, field="lower", message=message, code="WEIGHT_INTERVAL")
    # Sums such as ten times 0.1 must count as 1.
    room_above, room_below = 1.0 - math.fsum(low.tolist()), math.fsum(high.tolist()) - 1.0
    if min(room_above, room_below) < -_ROUNDING:
        raise InvalidProblem(
            "No weights of sum 1 lie within the intervals; lower the lower or raise the upper bounds.",
            field="lower" if room_above < 0.0 else "upper",
        )
    # The polytope lies in a simplex that hangs on its lower bounds, and in one that hangs on its upper
    # bounds: reject from the smaller of the two. A criterion without room of its own is not drawn.
    free = np.flatnonzero(low < high)
    corner, room = (low, max(room_above, 0.0)) if room_above <= room_below else (high, -max(room_below, 0.0))
    weights = np.ascontiguousarray(np.broadcast_to(corner, (samples, criteria)))
    if not free.size:
        return weights
    found = drawn = 0
    while found < samples:
        if drawn > _DRAWS_PER_VECTOR * samples + 1_000_000:
            raise InvalidProblem(
                "The weight intervals leave too little room to sample; widen the narrowest, "
                "or use DirichletWeights around their middle.",
                field="upper",
                code="WEIGHT_INTERVALS_TOO_NARROW",
            )
        size = max(2 * (samples - found), 1_024)
        drawn += size
        points = corner[free] + room * _simplex(free.size, size, generator)
        inside = points[((points >= low[free]) & (points <= high[free])).all(axis=1)][: samples - found]
        weights[found : found + inside.shape[0], free] = inside
        found += inside.shape[0]
    return weights
