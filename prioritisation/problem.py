"""Scoring models and the problems that they pose, as frozen columns that validate themselves when made.

Position i stands for the same initiative in every column; NaN is a missing value.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np

from prioritisation.columns import FloatArray, Numbers, float_array, refuse
from prioritisation.errors import InvalidProblem


class Direction(StrEnum):
    """Whether more of a criterion speaks for an initiative or against it."""

    BENEFIT = "BENEFIT"
    COST = "COST"


class Method(StrEnum):
    """How a score is formed; see `prioritisation.scoring` and `prioritisation.outcomes`."""

    WEIGHTED = "WEIGHTED"
    WSJF = "WSJF"
    RICE = "RICE"
    ICE_MEAN = "ICE_MEAN"
    ICE_PRODUCT = "ICE_PRODUCT"
    CD3 = "CD3"
    VALUE_BY_OUTCOME = "VALUE_BY_OUTCOME"


class MissingPolicy(StrEnum):
    """What a missing value does to a score. Under no policy does it count as zero in silence.

    EXCLUDE
        The initiative has no score.
    WORST
        The value counts as the worst end of its criterion's scale.
    RENORMALISE
        The present values of the initiative carry the weight of the missing ones.

    An initiative of which nothing is known has no score under any of them.
    """

    EXCLUDE = "EXCLUDE"
    WORST = "WORST"
    RENORMALISE = "RENORMALISE"


class ZeroDenominator(StrEnum):
    """Whether a job size, effort or duration of 0 refuses the problem or leaves its item without a score."""

    ERROR = "ERROR"
    UNRANKED = "UNRANKED"


class Role(StrEnum):
    """Part of a term in its score = (Σ addends) × (Π factors) / (Π denominators)."""

    ADDEND = "ADDEND"
    FACTOR = "FACTOR"
    DENOMINATOR = "DENOMINATOR"


_A, _F, _D = Role.ADDEND, Role.FACTOR, Role.DENOMINATOR

ROLES: Final[Mapping[Method, Mapping[str, Role]]] = {
    Method.WSJF: {"business_value": _A, "time_criticality": _A, "risk_reduction": _A, "job_size": _D},
    Method.RICE: {"reach": _F, "impact": _F, "confidence": _F, "effort": _D},
    Method.ICE_MEAN: {"impact": _A, "confidence": _A, "ease": _A},
    Method.ICE_PRODUCT: {"impact": _F, "confidence": _F, "ease": _F},
    Method.CD3: {"cost_of_delay": _F, "duration": _D},
}
"""The criteria of the methods that are a formula, and what each is in it."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of a scoring model.

    Parameters
    ----------
    key : str
        Unique within its model. A formula prescribes the keys of its criteria (see `ROLES`).
    weight : float
        Not negative; only its proportion to the other weights counts.
    direction : Direction
        Free in weighted scoring. In a formula only what divides may be a cost.
    scale_min, scale_max : float
        The fixed scale; values outside are refused. Weighted scoring needs both ends.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_CRITERION`` (no key), ``NOT_FINITE``, ``NEGATIVE``, ``SCALE_EMPTY``.
    """

    key: str
    weight: float = 1.0
    direction: Direction = Direction.BENEFIT
    scale_min: float = 0.0
    scale_max: float = math.inf

    def __post_init__(self) -> None:
        if not self.key:
            raise InvalidProblem("A criterion needs a key.", field="key", code="UNKNOWN_CRITERION")
        if not math.isfinite(self.weight):
            raise self._invalid("weight", "must be a finite number", "NOT_FINITE")
        if self.weight < 0:
            raise self._invalid("weight", "must not be negative; give it the direction COST", "NEGATIVE")
        if not math.isfinite(self.scale_min):
            raise self._invalid("scale_min", "must be a finite number", "NOT_FINITE")
        if not self.scale_max > self.scale_min:
            raise self._invalid("scale_max", "must be greater than scale_min", "SCALE_EMPTY")

    @property
    def worst(self) -> float:
        """The end of the scale at which the criterion speaks least for an initiative."""
        return self.scale_min if self.direction is Direction.BENEFIT else self.scale_max

    @property
    def best(self) -> float:
        """The end of the scale at which the criterion speaks most for an initiative."""
        return self.scale_max if self.direction is Direction.BENEFIT else self.scale_min

    def _invalid(self, attribute: str, message: str, code: str) -> InvalidProblem:
        return InvalidProblem(
            f"'{attribute}' of criterion '{self.key}' {message}", field=f"criteria.{self.key}", code=code
        )


@dataclass(frozen=True, slots=True, eq=False)
class ScoringProblem:
    """The values of n initiatives on the m criteria of a scoring model.

    Parameters
    ----------
    method : Method
        Any but VALUE_BY_OUTCOME, whose problem is `prioritisation.outcomes.OutcomeProblem`.
    criteria : sequence of Criterion
        In the order of the columns of ``values``. What a formula multiplies or divides by has weight 1.
    values : array_like, shape (n, m)
        Laid out by column. NaN or ``None`` where missing.
    missing : MissingPolicy
    zero_denominator : ZeroDenominator

    Attributes
    ----------
    any_missing : bool
        Whether there is a missing value.

    Raises
    ------
    InvalidProblem
        Of the model: ``METHOD_HAS_OWN_PROBLEM``, ``NO_CRITERIA``, ``DUPLICATE_CRITERION``,
        ``UNKNOWN_CRITERION``, ``CRITERION_REQUIRED``, ``SCALE_UNBOUNDED``, ``WEIGHT_WITHOUT_MEANING``,
        ``WRONG_DIRECTION``, ``WEIGHTS_ALL_ZERO``, ``NEGATIVE``. Of the values, with the positions of the
        initiatives: ``NOT_NUMERIC``, ``SHAPE``, ``NOT_FINITE``, ``OUTSIDE_SCALE``, ``ZERO_DENOMINATOR``.

    Examples
    --------
    >>> problem = ScoringProblem(Method.CD3, standard_criteria(Method.CD3), [[4000, 8], [3000, None]])
    >>> problem.size, problem.any_missing
    (2, True)
    """

    method: Method
    criteria: Sequence[Criterion]
    values: FloatArray
    missing: MissingPolicy = MissingPolicy.EXCLUDE
    zero_denominator: ZeroDenominator = ZeroDenominator.ERROR
    any_missing: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "criteria", tuple(self.criteria))
        _check_keys(self.method, self.criteria)
        _check_weights(self.method, self.criteria)
        _check_scales(self.method, self.criteria, self.missing)
        values = float_array(self.values, field="values", ndim=2, columnar=True)
        if values.shape[1] != len(self.criteria):
            message = (
                f"'values' has {values.shape[1]} columns for {len(self.criteria)} criteria; give one each"
            )
            raise InvalidProblem(message, field="values", code="SHAPE")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "any_missing", self._check_values())

    @property
    def size(self) -> int:
        """Number of initiatives."""
        return len(self.values)

    def _check_values(self) -> bool:
        if not self.size:
            return False
        columns = self.values.T
        lowest, highest = columns.min(axis=1), columns.max(axis=1)  # NaN where any is missing
        any_missing = bool(np.isnan(lowest).any())
        if any_missing:
            lowest, highest = np.fmin.reduce(columns, axis=1), np.fmax.reduce(columns, axis=1)
        for i, criterion in enumerate(self.criteria):
            column, name = columns[i], f"values.{criterion.key}"
            if lowest[i] < criterion.scale_min or highest[i] > criterion.scale_max or highest[i] == math.inf:
                refuse(np.isinf(column), field=name, message="must be finite", code="NOT_FINITE")
                message = f"must lie between {criterion.scale_min:g} and {criterion.scale_max:g}"
                outside = (column < criterion.scale_min) | (column > criterion.scale_max)
                refuse(outside, field=name, message=message, code="OUTSIDE_SCALE")
            zero_refused = self.zero_denominator is ZeroDenominator.ERROR
            if zero_refused and lowest[i] == 0 and role_of(self.method, criterion.key) is Role.DENOMINATOR:
                message = "divides the score and must be greater than 0"
                refuse(column == 0, field=name, message=message, code="ZERO_DENOMINATOR")
        return any_missing


def role_of(method: Method, key: str) -> Role:
    """Return what the criterion ``key`` is in the formula of ``method``; the criteria of a model must fit it.

    Examples
    --------
    >>> role_of(Method.RICE, "effort").value
    'DENOMINATOR'
    """
    return Role.ADDEND if method is Method.WEIGHTED else ROLES[method][key]


def standard_criteria(method: Method) -> tuple[Criterion, ...]:
    """Return the criteria of a formula with equal weights and the widest scales that it allows.

    Confidence is a fraction in RICE; ICE rates its three criteria from 1 to 10.

    Raises
    ------
    InvalidProblem
        ``METHOD_HAS_OWN_PROBLEM`` or ``NO_CRITERIA`` where the method prescribes no criteria.

    Examples
    --------
    >>> [criterion.key for criterion in standard_criteria(Method.ICE_MEAN)]
    ['impact', 'confidence', 'ease']
    """
    if method not in ROLES:
        raise InvalidProblem(
            f"{method} prescribes no criteria; name them", field="method", code="NO_CRITERIA"
        )
    if method in {Method.ICE_MEAN, Method.ICE_PRODUCT}:
        return tuple(Criterion(key, scale_min=1.0, scale_max=10.0) for key in ROLES[method])
    return tuple(
        Criterion(
            key,
            direction=Direction.COST if role is Role.DENOMINATOR else Direction.BENEFIT,
            scale_max=1.0 if key == "confidence" else math.inf,
        )
        for key, role in ROLES[method].items()
    )


def problem_from_columns(
    method: Method,
    criteria: Sequence[Criterion],
    columns: Mapping[str, Numbers],
    *,
    missing: MissingPolicy = MissingPolicy.EXCLUDE,
    zero_denominator: ZeroDenominator = ZeroDenominator.ERROR,
) -> ScoringProblem:
    """Make a `ScoringProblem` from one column for each criterion, found by its key.

    Raises
    ------
    InvalidProblem
        ``UNKNOWN_CRITERION`` for a column without criterion, ``CRITERION_REQUIRED`` for a criterion
        without column, ``SHAPE`` for columns of different lengths, and all that `ScoringProblem` raises.

    Examples
    --------
    >>> columns = {"duration": [8, 2], "cost_of_delay": [4000, 3000]}
    >>> problem_from_columns(Method.CD3, standard_criteria(Method.CD3), columns).values.tolist()
    [[4000.0, 8.0], [3000.0, 2.0]]
    """
    keys = [criterion.key for criterion in criteria]
    for key in columns:
        if key not in keys:
            message = f"'{key}' is no criterion of this model; it has {', '.join(keys)}"
            raise InvalidProblem(message, field=f"values.{key}", code="UNKNOWN_CRITERION")
    for key in keys:
        if key not in columns:
            message = f"The column '{key}' is missing; give it, with NaN for what is not known"
            raise InvalidProblem(message, field=f"values.{key}", code="CRITERION_REQUIRED")
    arrays = [float_array(columns[key], field=f"values.{key}") for key in keys]
    for key, array in zip(keys, arrays, strict=True):
        float_array(array, field=f"values.{key}", length=len(arrays[0]))
    values = np.array(arrays).reshape(len(arrays), -1).T
    return ScoringProblem(method, criteria, values, missing, zero_denominator)


def _check_keys(method: Method, criteria: Sequence[Criterion]) -> None:
    keys = [criterion.key for criterion in criteria]
    if method is Method.VALUE_BY_OUTCOME:
        message = "VALUE_BY_OUTCOME is computed from contributions; make an OutcomeProblem"
        raise InvalidProblem(message, field="method", code="METHOD_HAS_OWN_PROBLEM")
    if not keys:
        raise InvalidProblem("A model needs a criterion.", field="criteria", code="NO_CRITERIA")
    for i, key in enumerate(keys):
        if key in keys[:i]:
            message = f"The criterion '{key}' occurs twice; keys are unique in a model"
            raise InvalidProblem(message, field=f"criteria.{key}", code="DUPLICATE_CRITERION")
    if method is Method.WEIGHTED:
        return
    for key in keys:
        if key not in ROLES[method]:
            message = f"{method} knows no criterion '{key}'; it takes {', '.join(ROLES[method])}"
            raise InvalidProblem(message, field=f"criteria.{key}", code="UNKNOWN_CRITERION")
    for key in ROLES[method]:
        if key not in keys:
            message = f"{method} needs the criterion '{key}'"
            raise InvalidProblem(message, field=f"criteria.{key}", code="CRITERION_REQUIRED")


def _check_weights(method: Method, criteria: Sequence[Criterion]) -> None:
    addends = [c for c in criteria if role_of(method, c.key) is Role.ADDEND]
    for criterion in criteria:
        if criterion not in addends and criterion.weight != 1:
            message = (
                f"'{criterion.key}' multiplies or divides in {method}, where a weight means nothing; give 1"
            )
            raise InvalidProblem(message, field=f"criteria.{criterion.key}", code="WEIGHT_WITHOUT_MEANING")
    if addends and not any(criterion.weight for criterion in addends):
        message = "All weights are 0; give at least one criterion a positive weight"
        raise InvalidProblem(message, field="criteria", code="WEIGHTS_ALL_ZERO")
    if not math.isfinite(sum(criterion.weight for criterion in addends)):
        message = "The weights are too great to be added; only their proportion counts, so scale them down"
        raise InvalidProblem(message, field="criteria", code="NOT_FINITE")


def _check_scales(method: Method, criteria: Sequence[Criterion], missing: MissingPolicy) -> None:
    for criterion in criteria:
        name = f"criteria.{criterion.key}"
        if method is Method.WEIGHTED:
            if not 1e-100 < criterion.scale_max - criterion.scale_min < 1e100:  # else a share loses digits
                message = f"'{criterion.key}' needs a scale with two ends, and a width from 1e-100 to 1e100"
                raise InvalidProblem(message, field=name, code="SCALE_UNBOUNDED")
            continue
        if criterion.scale_min < 0:
            message = (
                f"'{criterion.key}' is used in {method}, where no value may be negative; start its scale at 0"
            )
            raise InvalidProblem(message, field=name, code="NEGATIVE")
        divides = role_of(method, criterion.key) is Role.DENOMINATOR
        if criterion.direction is Direction.COST and not divides:
            message = f"'{criterion.key}' raises the score of {method} and cannot have the direction COST"
            raise InvalidProblem(message, field=name, code="WRONG_DIRECTION")
        if divides and missing is MissingPolicy.WORST and math.isinf(criterion.scale_max):
            message = f"'{criterion.key}' has no worst end to stand for what is missing; give it a scale_max"
            raise InvalidProblem(message, field=name, code="SCALE_UNBOUNDED")
