"""Value by outcome: what initiatives are expected to contribute to the key results that they serve.

The value of an initiative is the sum over its contributions of

    min(1, expected delta / remaining gap) × key-result weight × objective weight × confidence,

so it moves when the key result moves, and a met key result leaves nothing to contribute.
"""

from dataclasses import dataclass, field

import numpy as np

from prioritisation.columns import (
    BoolArray,
    FloatArray,
    IntArray,
    float_array,
    index_array,
    read_only,
    refuse,
    require_finite,
    require_not_negative,
)
from prioritisation.errors import InvalidProblem
from prioritisation.problem import MissingPolicy
from prioritisation.result import Scores, TermState


@dataclass(frozen=True, slots=True, eq=False)
class KeyResults:
    """k key results as columns, each in its own unit.

    Parameters
    ----------
    start, target : array_like, shape (k,)
        Where they are equal the level is to be held or restored. NaN where nobody has stated them.
    current : array_like, shape (k,)
        NaN where nobody has checked in yet: then it is where it started.
    weight : array_like, shape (k,)
        Not negative.
    objective_weight : array_like, shape (k,)
        Weight of the objective that each belongs to; not negative.

    Attributes
    ----------
    remaining_gap : array, shape (k,)
        What is still to go, with the sign of its direction; 0 if met, NaN if start or target is unknown.

    Raises
    ------
    InvalidProblem
        With the positions of the key results: ``SHAPE``, ``NOT_NUMERIC``, ``NOT_FINITE``, ``MISSING_VALUE``,
        ``NEGATIVE``.

    Examples
    --------
    >>> columns = np.array([[5, 3, 3.5], [5, 3, 2.5], [0, 40, 10]], dtype=float).T
    >>> KeyResults(*columns, weight=np.ones(3), objective_weight=np.ones(3)).remaining_gap
    array([-0.5,  0. , 30. ])
    """

    start: FloatArray
    target: FloatArray
    current: FloatArray
    weight: FloatArray
    objective_weight: FloatArray
    remaining_gap: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        for name in ("start", "target", "current", "weight", "objective_weight"):
            column = float_array(getattr(self, name), field=name, length=len(self.start))
            require_finite(column, field=name, missing_allowed=name in {"start", "target", "current"})
            if name in {"weight", "objective_weight"}:
                require_not_negative(column, field=name)
            object.__setattr__(self, name, column)
        gap = self.target - np.where(np.isnan(self.current), self.start, self.current)
        met = gap * np.sign(self.target - self.start) < 0
        unknown = np.isnan(self.start) | np.isnan(self.target)
        object.__setattr__(
            self, "remaining_gap", read_only(np.where(unknown, np.nan, np.where(met, 0.0, gap)))
        )


@dataclass(frozen=True, slots=True, eq=False)
class OutcomeProblem:
    """Contributions of n initiatives to key results, one row each.

    Rows are kept ordered by initiative and key result, whatever order they are given in.

    Parameters
    ----------
    size : int
        n.
    key_results : KeyResults
    initiative, key_result : array_like of int, shape (c,)
        Positions of who contributes, and to what.
    expected_delta : array_like, shape (c,)
        Expected change in the key result's unit, with its sign: −2 for a churn to be lowered by 2. NaN where
        nobody has estimated it. To a key result whose gap is unknown every contribution is.
    confidence : array_like, shape (c,)
        0 to 1, NaN where nobody has stated it.
    missing : MissingPolicy
        EXCLUDE: an initiative with an unknown contribution has no value. WORST: it counts as contributing
        nothing. RENORMALISE has no meaning for a sum over outcomes.

    Raises
    ------
    InvalidProblem
        With the positions of the initiatives: ``SHAPE``, ``NOT_NUMERIC``, ``NOT_FINITE``, ``OUTSIDE_SCALE``,
        ``DUPLICATE_CONTRIBUTION``; with those of the rows: ``UNKNOWN_POSITION``; and
        ``POLICY_WITHOUT_MEANING``.
    """

    size: int
    key_results: KeyResults
    initiative: IntArray
    key_result: IntArray
    expected_delta: FloatArray
    confidence: FloatArray
    missing: MissingPolicy = MissingPolicy.EXCLUDE

    def __post_init__(self) -> None:
        if self.missing is MissingPolicy.RENORMALISE:
            message = "A sum over outcomes has no weights to renormalise; choose EXCLUDE or WORST"
            raise InvalidProblem(message, field="missing", code="POLICY_WITHOUT_MEANING")
        count = len(self.initiative)
        initiative = index_array(self.initiative, field="initiative", size=self.size)
        key_result = index_array(
            self.key_result, field="key_result", size=len(self.key_results.start), length=count
        )
        order = np.lexsort((key_result, initiative))
        initiative, key_result = initiative[order], key_result[order]
        twice = (np.diff(initiative) == 0) & (np.diff(key_result) == 0)
        _refuse_rows(initiative[1:], twice, "key_result", "is given twice", "DUPLICATE_CONTRIBUTION")
        object.__setattr__(self, "initiative", read_only(initiative))
        object.__setattr__(self, "key_result", read_only(key_result))
        for name in ("expected_delta", "confidence"):
            column = float_array(getattr(self, name), field=name, length=count)[order]
            _refuse_rows(initiative, np.isinf(column), name, "must be finite", "NOT_FINITE")
            object.__setattr__(self, name, read_only(column))
        outside = (self.confidence < 0) | (self.confidence > 1)
        _refuse_rows(initiative, outside, "confidence", "must lie between 0 and 1", "OUTSIDE_SCALE")


@dataclass(frozen=True, slots=True)
class OutcomeTerm:
    """One contribution in the value of an initiative.

    Attributes
    ----------
    key_result : int
        Position of the key result.
    state : TermState
        GIVEN, ASSUMED_WORST or MISSING.
    expected_delta, confidence : float or None
    remaining_gap : float or None
        In the key result's unit; 0 if met, None if the key result's start or target is unknown.
    share : float or None
        Part of the gap that the contribution closes, −1 to 1.
    weight, objective_weight : float
    contribution : float or None
        share × weight × objective_weight × confidence, multiplied from left to right.
    """

    key_result: int
    state: TermState
    expected_delta: float | None
    confidence: float | None
    remaining_gap: float | None
    share: float | None
    weight: float
    objective_weight: float
    contribution: float | None


def value_by_outcome(problem: OutcomeProblem) -> Scores:
    """Return the value of every initiative, usable as a score or as a criterion of weighted scoring.

    The share of a gap is capped at −1 as well: to move away from a target that is nearly reached costs no
    more than what reaching it is worth. An initiative without any contribution has no value, which is not 0.

    Returns
    -------
    Scores
        In the unit of the weights; completeness is the share of its contributions that is known.

    Examples
    --------
    >>> key_results = KeyResults(*np.array([[0, 40, 10, 2, 3], [5, 3, 2, 1, 1]], dtype=float).T)
    >>> problem = OutcomeProblem(
    ...     3, key_results, [0, 0, 1], [0, 1, 0], np.array([15, -1, 90]), np.array([0.5, 1, 0.8])
    ... )
    >>> value_by_outcome(problem).score
    array([1.5, 4.8, nan])
    """
    shares = _shares(problem, slice(None))
    contributions = _contributions(problem, shares, slice(None))
    missing = np.isnan(contributions)
    count = np.bincount(problem.initiative, minlength=problem.size)
    known = np.bincount(problem.initiative, ~missing, minlength=problem.size)
    if problem.missing is MissingPolicy.WORST:
        contributions = np.where(missing, 0.0, contributions)
    # Sums from the first to the last contribution, so that the terms of one initiative give the same number.
    value = np.bincount(problem.initiative, contributions, minlength=problem.size).astype(np.float64)
    value[known == 0] = np.nan
    completeness: FloatArray = known / np.maximum(count, 1)
    return Scores(read_only(value), read_only(completeness))


def outcome_terms(problem: OutcomeProblem, item: int) -> tuple[OutcomeTerm, ...]:
    """Return what makes up the value of the initiative at ``item``, in the order of the key results.

    Added from first to last, the contributions give exactly its value.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_POSITION``.
    """
    if not 0 <= item < problem.size:
        message = f"There is no initiative at position {item}; there are {problem.size}, counted from 0"
        raise InvalidProblem(message, field="item", items=[item], code="UNKNOWN_POSITION")
    first, last = np.searchsorted(problem.initiative, [item, item + 1])
    rows = slice(int(first), int(last))
    shares = _shares(problem, rows)
    contributions = _contributions(problem, shares, rows)
    worst = problem.missing is MissingPolicy.WORST and not np.isnan(contributions).all()
    gaps = problem.key_results.remaining_gap
    result = []
    for row, share, contribution in zip(range(first, last), shares, contributions, strict=True):
        key_result = int(problem.key_result[row])
        missing = bool(np.isnan(contribution))
        state = TermState.GIVEN
        if missing:
            state = TermState.ASSUMED_WORST if worst else TermState.MISSING
        term = OutcomeTerm(
            key_result=key_result,
            state=state,
            expected_delta=_known(problem.expected_delta[row]),
            confidence=_known(problem.confidence[row]),
            remaining_gap=_known(gaps[key_result]),
            share=_known(share),
            weight=float(problem.key_results.weight[key_result]),
            objective_weight=float(problem.key_results.objective_weight[key_result]),
            contribution=0.0 if missing and worst else _known(contribution),
        )
        result.append(term)
    return tuple(result)


def _shares(problem: OutcomeProblem, rows: slice) -> FloatArray:
    """Return which part of its gap each contribution closes; 0 where nothing remains to be closed."""
    gap = problem.key_results.remaining_gap[problem.key_result[rows]]
    delta = problem.expected_delta[rows]
    with np.errstate(over="ignore"):  # a gap of almost nothing is closed as a whole
        share = np.divide(delta, gap, out=np.zeros_like(delta), where=gap != 0)
    return np.clip(share, -1.0, 1.0)


def _contributions(problem: OutcomeProblem, shares: FloatArray, rows: slice) -> FloatArray:
    key_result = problem.key_result[rows]
    met = problem.key_results.remaining_gap[key_result] == 0
    weights = problem.key_results.weight[key_result], problem.key_results.objective_weight[key_result]
    contributions: FloatArray = shares * weights[0] * weights[1] * problem.confidence[rows]
    return np.where(met, 0.0, contributions)


def _known(value: np.float64) -> float | None:
    return None if np.isnan(value) else float(value)


def _refuse_rows(initiative: IntArray, offending: BoolArray, field: str, message: str, code: str) -> None:
    """Refuse rows by the initiatives that they belong to."""
    if offending.any():
        positions = np.zeros(int(initiative.max()) + 1, dtype=np.bool_)
        positions[initiative[offending]] = True
        refuse(positions, field=field, message=message, code=code)
