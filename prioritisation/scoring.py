"""Scores of initiatives under one scoring model, and the terms that make up each score.

Weighted scoring (Keeney & Raiffa 1976, additive value model on fixed scales); WSJF and CD3 (Reinertsen 2009);
RICE = reach × impact × confidence / effort; ICE = mean or product of impact, confidence and ease.

The score of an initiative depends on its own values and on the model alone, to the last bit: it is the same
whatever else is in the problem. A matrix product of a linear-algebra library cannot promise that, since its
order of additions depends on the size of the whole; sums on a grid (see `GRID`) can.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, read_only, refuse
from prioritisation.errors import InvalidProblem
from prioritisation.problem import ROLES, Criterion, Method, MissingPolicy, Role, ScoringProblem
from prioritisation.result import Scores, Term, TermState

GRID = 2.0**-50
"""Shares and contributions of weighted scoring are whole multiples of this.

Numbers on that grid and below 8 add up without rounding, so the terms of a score sum to it exactly, in any
order and by any way of summation. The grid moves a contribution by at most 2⁻⁵¹ ≈ 4.4e-16.
"""

_ROUNDER = 4.0  # float64 between 4 and 8 are spaced by GRID: adding and subtracting 4 rounds to it
_BLOCK = 1 << 16  # values normalised at a time, so that they stay in the processor's cache


def weight_shares(criteria: Sequence[Criterion]) -> FloatArray:
    """Return the share of each criterion in the total weight, on the grid; shape (m,).

    Examples
    --------
    >>> weight_shares([Criterion("reach", 3, scale_max=10), Criterion("risk", 1, scale_max=5)])
    array([0.75, 0.25])
    """
    weights = np.array([criterion.weight for criterion in criteria])
    return read_only(_on_grid(weights / math.fsum(weights)))


def normalise(problem: ScoringProblem) -> FloatArray:
    """Return every value as a position on its scale, 0 worst and 1 best; shape (n, m), NaN where missing.

    Raises
    ------
    InvalidProblem
        ``SCALE_UNBOUNDED`` if the method is not WEIGHTED: only there have scales two finite ends.
    """
    if problem.method is not Method.WEIGHTED:
        message = f"{problem.method} takes raw values; only WEIGHTED has scales to normalise to"
        raise InvalidProblem(message, field="method", code="SCALE_UNBOUNDED")
    worst, way = _ends(problem.criteria)
    positions = problem.values.T - worst
    positions /= way
    positions += 0.0  # a cost at the end of its scale would show as -0.0
    return read_only(positions).T


def score(problem: ScoringProblem) -> Scores:
    """Score every initiative.

    WEIGHTED: Σ share × normalised value, from 0 to 1. WSJF: Σ weight × value over business value, time
    criticality and risk reduction (or opportunity enablement), divided by job size. RICE, ICE_PRODUCT and
    CD3: product of the factors, divided by effort or duration. ICE_MEAN: weighted mean.

    A missing value does what the problem's policy says. Under RENORMALISE a mean is formed over what is
    present, the numerator of WSJF is scaled up likewise, and a missing factor or denominator leaves no score.

    Returns
    -------
    Scores
        In the unit of the method: share of the ideal (WEIGHTED), money per week per week (CD3), and so on.

    Raises
    ------
    InvalidProblem
        ``SCORE_OVERFLOW`` where values are so extreme that a score is not a finite number.

    Examples
    --------
    >>> from prioritisation.problem import problem_from_columns, standard_criteria
    >>> columns = {"cost_of_delay": [4000, 3000, 9000], "duration": [8, 2, None]}
    >>> scores = score(problem_from_columns(Method.CD3, standard_criteria(Method.CD3), columns))
    >>> scores.score.tolist(), scores.completeness.tolist()
    ([500.0, 1500.0, nan], [1.0, 1.0, 0.5])
    """
    if problem.method is Method.WEIGHTED:
        return _score_weighted(problem)
    return _score_formula(problem)


def _on_grid(values: FloatArray) -> FloatArray:
    return (values + _ROUNDER) - _ROUNDER


def _ends(criteria: Sequence[Criterion]) -> tuple[FloatArray, FloatArray]:
    """Return the worst end of each scale and the way from there to the best, with its sign; both (m, 1)."""
    worst = np.array([criterion.worst for criterion in criteria])
    best = np.array([criterion.best for criterion in criteria])
    return worst[:, np.newaxis], (best - worst)[:, np.newaxis]


def _score_weighted(problem: ScoringProblem) -> Scores:
    shares = weight_shares(problem.criteria)
    used = [i for i, criterion in enumerate(problem.criteria) if criterion.weight > 0]
    columns = problem.values.T if len(used) == len(shares) else problem.values.T[used]
    worst, way = _ends([problem.criteria[i] for i in used])
    policy = problem.missing if problem.any_missing else None
    result, completeness = np.empty(problem.size), np.empty(problem.size)
    rows = max(_BLOCK // len(used), 1)
    buffer = np.empty((len(used), min(rows, problem.size)))
    for start in range(0, problem.size, rows):
        block = slice(start, start + rows)
        gained = buffer[:, : len(result[block])]
        np.subtract(columns[:, block], worst, out=gained)
        completeness[block] = _weigh(gained, shares=shares[used], way=way, policy=policy)
        np.add.reduce(gained, axis=0, out=result[block])
    return Scores(read_only(result), read_only(completeness))


def _weigh(
    gained: FloatArray, *, shares: FloatArray, way: FloatArray, policy: MissingPolicy | None
) -> FloatArray:
    """Turn what is ``gained`` over the worst end, in place, into contributions (m, n); return completeness.

    Where there is no score a NaN stays. ``policy`` None says that nothing is missing.
    """
    completeness = np.ones(gained.shape[1])
    if policy is not None:
        missing = np.isnan(gained)
        completeness = shares @ np.where(missing, 0.0, 1.0)  # exact, since the shares are on the grid
        completeness[completeness == shares.sum()] = 1.0
        if policy is not MissingPolicy.EXCLUDE:
            # The worst end of every scale, or a term that is left out.
            np.copyto(gained, 0.0, where=missing & (completeness > 0))
    gained *= shares[:, np.newaxis] / way
    if policy is MissingPolicy.RENORMALISE:
        gained /= np.where(completeness > 0, completeness, 1.0)
    gained += _ROUNDER
    gained -= _ROUNDER
    return completeness


class _Part(NamedTuple):
    """One term of a formula for many initiatives."""

    key: str
    role: Role
    weight: float
    contribution: FloatArray  # NaN where it leaves no score
    missing: BoolArray
    raw: FloatArray | None = None  # None if derived from the model

    @property
    def used(self) -> bool:
        return self.weight > 0


def _parts(problem: ScoringProblem, items: slice) -> list[_Part]:
    """Return the terms of the formula for ``items``, in its order: addends, factors, denominators."""
    position = {criterion.key: i for i, criterion in enumerate(problem.criteria)}
    parts = []
    for key, role in ROLES[problem.method].items():
        criterion = problem.criteria[position[key]]
        raw = problem.values[items, position[key]]
        missing = np.isnan(raw)
        value = raw
        if problem.missing is MissingPolicy.WORST and problem.any_missing:
            worst = criterion.scale_max if role is Role.DENOMINATOR else criterion.scale_min
            value = np.where(missing, worst, raw)
        elif problem.missing is MissingPolicy.RENORMALISE and role is Role.ADDEND:
            value = np.where(missing, 0.0, raw)
        contribution = value if criterion.weight == 1 else criterion.weight * value
        parts.append(_Part(key, role, criterion.weight, contribution, missing, raw))
    return _with_derived(parts, problem)


def _with_derived(parts: list[_Part], problem: ScoringProblem) -> list[_Part]:
    """Insert what makes a mean of a sum, and what makes good for addends that are left out."""
    addends = [part for part in parts if part.role is Role.ADDEND]
    mean = problem.method is Method.ICE_MEAN
    left_out = problem.missing is MissingPolicy.RENORMALISE and bool(addends)
    if not mean and not left_out:
        return parts
    total, present = 0.0, np.zeros(len(parts[0].missing))
    for part in addends:
        total += part.weight
        present += np.where(part.missing & left_out, 0.0, part.weight)
    nothing = np.zeros(len(present), dtype=np.bool_)
    present[present == 0] = np.nan
    if mean:
        return [*parts, _Part("total_weight", Role.DENOMINATOR, 1.0, present, nothing)]
    factor = _Part("renormalisation", Role.FACTOR, 1.0, total / present, nothing)
    return [*addends, factor, *parts[len(addends) :]]


def _score_formula(problem: ScoringProblem) -> Scores:
    parts = [part for part in _parts(problem, slice(None)) if part.used]
    inputs = [part for part in parts if part.raw is not None]
    known = np.zeros(problem.size)
    for part in inputs:
        known += ~part.missing
    result = np.zeros(problem.size) if parts[0].role is Role.ADDEND else np.ones(problem.size)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        for part in parts:
            if part.role is Role.ADDEND:
                result += part.contribution
            elif part.role is Role.FACTOR:
                result *= part.contribution
            else:
                result /= part.contribution
                result[part.contribution == 0] = np.nan
    result[known == 0] = np.nan
    refuse(
        np.isinf(result),
        field="values",
        message=f"give a score of {problem.method} that no number can hold; look for typing errors",
        code="SCORE_OVERFLOW",
    )
    return Scores(read_only(result), read_only(known / len(inputs)))


def terms(problem: ScoringProblem, item: int) -> tuple[Term, ...]:
    """Return what makes up the score of the initiative at position ``item``.

    `score_from_terms` turns them back into exactly the number that `score` gives. In weighted scoring they
    are addends in the order of the criteria, and any way of adding them gives that number (see `GRID`). In
    the other methods they are in the order of the formula.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.

    Examples
    --------
    >>> criteria = [Criterion("reach", 3, scale_max=10), Criterion("fit", 1, scale_max=4)]
    >>> problem = ScoringProblem(Method.WEIGHTED, criteria, np.array([[5, 4], [10, 0]]))
    >>> [(term.key, term.normalised, term.share, term.contribution) for term in terms(problem, 0)]
    [('reach', 0.5, 0.75, 0.375), ('fit', 1.0, 0.25, 0.25)]
    >>> score_from_terms(terms(problem, 0))
    0.625
    """
    if not 0 <= item < problem.size:
        message = f"There is no initiative at position {item}; there are {problem.size}, counted from 0"
        raise InvalidProblem(message, field="item", items=[item], code="UNKNOWN_POSITION")
    if problem.method is Method.WEIGHTED:
        return _terms_weighted(problem, item)
    return _terms_formula(problem, item)


def score_from_terms(made_of: Iterable[Term]) -> float | None:
    """Compute (Σ addends) × (Π factors) / (Π denominators), from first to last; None if there is no score.

    Examples
    --------
    >>> from prioritisation.problem import standard_criteria
    >>> problem = ScoringProblem(Method.RICE, standard_criteria(Method.RICE), np.array([[500, 2, 0.5, 4]]))
    >>> score_from_terms(terms(problem, 0))
    125.0
    """
    made_of = tuple(made_of)
    if any(term.state in {TermState.MISSING, TermState.UNDEFINED} for term in made_of):
        return None
    value = 0.0 if made_of[0].role is Role.ADDEND else 1.0
    for term in made_of:
        if term.contribution is None:
            continue
        if term.role is Role.ADDEND:
            value += term.contribution
        elif term.role is Role.FACTOR:
            value *= term.contribution
        else:
            value /= term.contribution
    return value


def _terms_weighted(problem: ScoringProblem, item: int) -> tuple[Term, ...]:
    used = np.array([criterion.weight > 0 for criterion in problem.criteria])
    shares = weight_shares(problem.criteria)
    worst, way = _ends(problem.criteria)
    raw = problem.values[item]
    gained = raw[:, np.newaxis] - worst
    positions = (gained / way + 0.0)[:, 0]
    counted = gained[used]
    completeness = float(_weigh(counted, shares=shares[used], way=way[used], policy=problem.missing)[0])
    contributions = np.zeros(len(used))
    contributions[used] = counted[:, 0]
    scored = not np.isnan(contributions).any()
    total = completeness if scored and problem.missing is MissingPolicy.RENORMALISE else 1.0
    result = []
    for i, criterion in enumerate(problem.criteria):
        missing = math.isnan(raw[i])
        state = _state(problem.missing, missing, used=bool(used[i]), replaced=scored)
        out = state in {TermState.MISSING, TermState.LEFT_OUT}
        term = Term(
            key=criterion.key,
            role=Role.ADDEND,
            state=state,
            raw=None if missing else float(raw[i]),
            normalised=None if missing else float(positions[i]),
            weight=criterion.weight,
            share=0.0 if out else float(shares[i]) / total,
            contribution=None if out else float(contributions[i]),
        )
        result.append(term)
    return tuple(result)


def _terms_formula(problem: ScoringProblem, item: int) -> tuple[Term, ...]:
    parts = _parts(problem, slice(item, item + 1))
    # Addends make good for each other; nothing makes good for a missing factor or denominator.
    renormalise = problem.missing is MissingPolicy.RENORMALISE
    replaceable = [
        part
        for part in parts
        if part.used and part.raw is not None and (part.role is Role.ADDEND or not renormalise)
    ]
    keys = set() if all(part.missing[0] for part in replaceable) else {part.key for part in replaceable}
    result = []
    for part in parts:
        contribution = float(part.contribution[0])
        missing = part.raw is None or bool(part.missing[0])
        if part.raw is None:
            state = TermState.MISSING if math.isnan(contribution) else TermState.DERIVED
        elif part.role is Role.DENOMINATOR and contribution == 0:
            state = TermState.UNDEFINED
        else:
            state = _state(problem.missing, missing, used=part.used, replaced=part.key in keys)
        out = state in {TermState.MISSING, TermState.LEFT_OUT}
        term = Term(
            key=part.key,
            role=part.role,
            state=state,
            raw=None if part.raw is None or missing else float(part.raw[0]),
            normalised=None,
            weight=part.weight,
            share=None,
            contribution=None if out else contribution if part.used else 0.0,
        )
        result.append(term)
    return tuple(result)


def _state(policy: MissingPolicy, missing: bool, *, used: bool, replaced: bool) -> TermState:
    if not used:
        return TermState.UNUSED
    if not missing:
        return TermState.GIVEN
    if policy is MissingPolicy.EXCLUDE or not replaced:
        return TermState.MISSING
    return TermState.ASSUMED_WORST if policy is MissingPolicy.WORST else TermState.LEFT_OUT
