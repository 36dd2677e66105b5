"""How far a ranking can be trusted: SMAA over weights and estimates, Monte Carlo over formulas."""

from collections.abc import Callable
from typing import Literal

import numpy as np

from prioritisation.columns import FloatArray, IntArray
from prioritisation.errors import InvalidProblem
from prioritisation.rank_counting import (
    add_estimates,
    fill_scores,
    index_bits,
    pack_keys,
)
from prioritisation.rank_statistics import (
    Robustness,
    central_weights,
    robustness,
    tally,
    winners_by_frequency,
)
from prioritisation.sampling import Estimates, WeightPrior, certain
from prioritisation.sampling_plan import Demand, SamplingPlan, settle
from prioritisation.simulation import (
    LinearModel,
    ScoreFormula,
    called_order,
    draw_estimates,
    formula_chunks,
    linear_chunks,
    linear_model,
    settle_scores,
)

MissingUtilities = Literal["refuse", "uniform", "renormalise"]

# Scores that confidence factors may evaluate in all, and samples for each of them.
_CONFIDENCE_SCORES = 200_000_000
_CONFIDENCE_SAMPLES = 1_000
_LEAST_CONFIDENCE_SAMPLES = 100
# Drawing an estimate takes about as long as so many scores.
_DRAW_COST = 25
_CONFIDENCE_BLOCK = 1 << 20


def smaa(
    *,
    utilities: FloatArray | Estimates,
    weights: WeightPrior,
    plan: SamplingPlan,
    missing: MissingUtilities = "refuse",
) -> Robustness:
    """Stochastic multicriteria acceptability analysis of weighted scores.

    Draws weights and estimates, ranks by Σⱼ wⱼ uᵢⱼ, and counts. Scores that agree in their leading
    52 − ⌈log₂ n⌉ bits are tied and ordered by the tie-breaker. Working memory beside input and result stays
    below 256 MiB whatever the size and the samples. The same input and seed give the same bytes.

    Parameters
    ----------
    utilities : float64[n, m] or Estimates
        In 0..1, higher is better (cost criteria reversed already), NaN where missing. Ranges on a
        linear scale may be converted end by end; a cost criterion swaps low and high.
    weights : WeightPrior
    plan : SamplingPlan
    missing : {'refuse', 'uniform', 'renormalise'}
        Refuse missing utilities, draw them uniformly from the whole scale, or score an item by what is
        present, with those weights scaled up.

    Raises
    ------
    InvalidProblem
        Utilities missing or outside 0..1 (rows in ``items``), or a parameter that does not fit.
    CycleError
        When dependencies form a cycle.

    References
    ----------
    Lahdelma, Hokkanen & Salminen (1998), EJOR 106; Lahdelma & Salminen (2001), Operations Research 49;
    Tervonen & Lahdelma (2007), EJOR 178.

    Examples
    --------
    The first of two items is better while w₁ > 1/3.

    >>> from prioritisation.sampling import UniformWeights
    >>> result = smaa(
    ...     utilities=np.array([[1.0, 0.0], [0.0, 0.5]]),
    ...     weights=UniformWeights(),
    ...     plan=SamplingPlan(seed=7),
    ... )
    >>> result.rank_acceptability.round(2)
    array([[0.67, 0.33],
           [0.33, 0.67]])
    >>> result.central_weights.round(2)
    array([[0.67, 0.33],
           [0.17, 0.83]])
    """
    estimates = utilities if isinstance(utilities, Estimates) else certain(utilities)
    _check_utilities(estimates, missing=missing)
    items, criteria = estimates.likely.shape
    demand = settle(plan, items=items, criteria=criteria)
    model = linear_model(estimates, demand.arrangement, renormalise=missing == "renormalise")
    chunks = linear_chunks(
        model,
        weights,
        samples=demand.samples,
        weight_stream=demand.weight_stream,
        estimate_stream=demand.estimate_stream,
    )
    outcome = tally(chunks, demand, criteria=criteria, bounded=not model.gaps.size)
    first = winners_by_frequency(outcome)
    if demand.order is None:
        confidence = _confidence_factors(model, demand, first, central_weights(outcome, first)[0])
    else:
        confidence = np.full(first.size, np.nan), 0
    return robustness(outcome, demand, first=first, confidence=confidence)


def monte_carlo(*, estimates: Estimates, formula: ScoreFormula, plan: SamplingPlan) -> Robustness:
    """Monte Carlo over the inputs of a formula such as WSJF, RICE or CD3.

    Parameters
    ----------
    estimates : Estimates
        Inputs of the formula, n × m, in their own units; none missing.
    formula : callable
        Turns inputs float64[c, n, m] into scores float64[c, n], higher is better. For a ranking that no
        score gives, such as Sidney's order of uncertain costs and durations, see `scores_of_order`.
    plan : SamplingPlan

    Returns
    -------
    Robustness
        Without central weights and confidence factors, as there are no weights.

    Raises
    ------
    InvalidProblem
        A missing estimate, a score that is not finite (rows in ``items``), or a parameter that does not fit.
    CycleError
        When dependencies form a cycle.

    Examples
    --------
    CD3: cost of delay for each week, divided by weeks.

    >>> spread = Estimates(
    ...     low=np.array([[10.0, 2.0], [10.0, 3.0]]),
    ...     likely=np.array([[10.0, 2.0], [10.0, 3.0]]),
    ...     high=np.array([[10.0, 2.0], [20.0, 3.0]]),
    ... )
    >>> result = monte_carlo(
    ...     estimates=spread, formula=lambda x: x[..., 0] / x[..., 1], plan=SamplingPlan(seed=1)
    ... )
    >>> bool(abs(result.rank_acceptability[1, 0] - 0.25) < 0.02)  # a quarter lies beyond the tie at 15
    True
    """
    missing = np.flatnonzero(np.isnan(estimates.likely).any(axis=1))
    if missing.size:
        raise InvalidProblem(
            "Every input of a formula needs an estimate; leave these items out.",
            field="estimates",
            items=missing,
            code="MISSING_VALUE",
        )
    items, inputs = estimates.likely.shape
    demand = settle(plan, items=items, criteria=inputs)
    chunks = formula_chunks(
        estimates,
        demand.arrangement,
        formula,
        samples=demand.samples,
        estimate_stream=demand.estimate_stream,
    )
    outcome = tally(chunks, demand, criteria=0, bounded=False)
    first = winners_by_frequency(outcome)
    return robustness(outcome, demand, first=first, confidence=(np.full(first.size, np.nan), 0))


def scores_of_order(order: Callable[[FloatArray], IntArray]) -> ScoreFormula:
    """Return a formula whose scores are an order: minus the rank of each item.

    For rankings that depend on the sampled inputs and not on one score, such as a dependency-aware order by
    cost of delay and duration. Each sample costs a call; `affordable_samples` says how many are sensible.

    Parameters
    ----------
    order : callable
        Turns inputs float64[n, m] into all positions, best first.

    Examples
    --------
    >>> formula = scores_of_order(lambda inputs: np.argsort(inputs[:, 0]))
    >>> formula(np.array([[[3.0], [1.0], [2.0]]]))
    array([[-2.,  0., -1.]])
    """

    def formula(inputs: FloatArray) -> FloatArray:
        scores = np.empty(inputs.shape[:2])
        for sample, row in zip(inputs, scores, strict=True):
            row[called_order(order, sample)] = np.arange(0, -row.size, -1)
        return scores

    return formula


def _check_utilities(estimates: Estimates, *, missing: MissingUtilities) -> None:
    if missing not in ("refuse", "uniform", "renormalise"):
        raise InvalidProblem(
            f"'missing' must be refuse, uniform or renormalise, not {missing!r}.", field="missing"
        )
    absent = np.isnan(estimates.likely)
    if missing == "refuse":
        without = np.flatnonzero(absent.any(axis=1))
        advice = "Utilities are missing; choose 'uniform' or 'renormalise', or leave these items out."
    else:
        without = np.flatnonzero(absent.all(axis=1))
        advice = "Nothing is known of these items; leave them out."
    if without.size:
        raise InvalidProblem(advice, field="utilities", items=without, code="MISSING_VALUE")
    outside = np.flatnonzero(((estimates.low < 0.0) | (estimates.high > 1.0)).any(axis=1))
    if outside.size:
        raise InvalidProblem("Utilities must lie in 0..1.", field="utilities", items=outside)


def _confidence_factors(
    model: LinearModel, demand: Demand, first: IntArray, weights: FloatArray
) -> tuple[FloatArray, int]:
    # The budget goes to the items that are most often first; all of them see the same estimates.
    items, drawn = model.known.shape[1], model.cells.items.size
    budget = _CONFIDENCE_SCORES // _LEAST_CONFIDENCE_SAMPLES - _DRAW_COST * drawn
    judged = min(first.size, max(0, budget // (items + drawn)))
    factor = np.full(first.size, np.nan)
    if not judged:
        return factor, 0
    affordable = _CONFIDENCE_SCORES // (judged * (items + drawn) + _DRAW_COST * drawn)
    samples = min(_CONFIDENCE_SAMPLES, affordable) if drawn else 1
    mask = (1 << index_bits(items)) - 1
    step = max(1, _CONFIDENCE_BLOCK // items)
    for start in range(0, judged, step):
        rows = slice(start, min(start + step, judged))
        generator = np.random.Generator(np.random.PCG64(demand.confidence_seed))
        known = np.empty((rows.stop - start, items))
        fill_scores(weights[rows], model.known, known)
        keys = np.empty(known.shape, dtype=np.int64)
        wins = np.zeros(rows.stop - start, dtype=np.int64)
        for _ in range(samples):
            scores = known.copy()
            blocks = draw_estimates(
                model.estimates, demand.arrangement, model.cells, rows=1, generator=generator
            )
            for part, values in blocks:
                add_estimates(
                    scores, weights[rows], values, model.cells.items[part], model.cells.criteria[part]
                )
            settle_scores(model, weights[rows], scores)
            pack_keys(scores.view(np.int64), keys, index_bits(items))
            wins += keys.min(axis=1) & mask == first[rows]
        factor[rows] = wins / samples
    return factor, samples
