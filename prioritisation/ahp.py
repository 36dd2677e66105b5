"""Weights from pairwise comparisons: the analytic hierarchy process (Saaty 1977, 1980)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from prioritisation.columns import FloatArray, float_array, read_only
from prioritisation.errors import InvalidProblem

RANDOM_INDEX: Final = (
    *(0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
    *(1.51, 1.48, 1.56, 1.57, 1.59),
)
"""Saaty's mean consistency index of random judgements, for 1 to 15 criteria (Saaty 1980)."""

ACCEPTABLE_RATIO: Final = 0.10
"""Judgements with a greater consistency ratio should be looked at again (Saaty 1980)."""

_GREATEST = 1e9
_RECIPROCITY = 1e-6  # relative; judgements such as 0.3333333 are meant as 1/3


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Weights that pairwise judgements imply, and how consistent these are.

    Attributes
    ----------
    weights : array, shape (m,)
        Principal eigenvector, of sum 1.
    lambda_max : float
        Principal eigenvalue; m if the judgements are consistent, else greater.
    consistency_index : float
        CI = (lambda_max − m) / (m − 1).
    consistency_ratio : float
        CR = CI / RI; 0 for one or two criteria, whose judgements cannot contradict each other.
    worst_pair : tuple of int, or None
        The two criteria whose judgement differs most, as a factor, from the ratio of their weights: where to
        look first. None if no judgement differs.
    """

    weights: FloatArray
    lambda_max: float
    consistency_index: float
    consistency_ratio: float
    worst_pair: tuple[int, int] | None

    @property
    def acceptable(self) -> bool:
        """Whether the judgements are consistent enough to be used."""
        return self.consistency_ratio <= ACCEPTABLE_RATIO


def comparison_matrix(judgements: Sequence[float], *, criteria: int) -> FloatArray:
    """Return the reciprocal matrix of judgements given row by row above the diagonal.

    Parameters
    ----------
    judgements : sequence of float
        m(m − 1)/2 judgements: first against second, first against third, …, last but one against last. 3 says
        that the former matters three times as much, 1/3 that the latter does.
    criteria : int
        m.

    Returns
    -------
    array, shape (m, m)

    Raises
    ------
    InvalidProblem
        ``JUDGEMENTS_COUNT`` and what `derive_weights` raises.

    Examples
    --------
    >>> comparison_matrix([2, 4, 0.5], criteria=3)
    array([[1.  , 2.  , 4.  ],
           [0.5 , 1.  , 0.5 ],
           [0.25, 2.  , 1.  ]])
    """
    wanted = criteria * (criteria - 1) // 2
    if criteria < 1 or len(judgements) != wanted:
        message = f"{criteria} criteria need {wanted} judgements, one a pair, not {len(judgements)}"
        raise InvalidProblem(message, field="judgements", code="JUDGEMENTS_COUNT")
    upper = float_array(judgements, field="judgements")
    _require_positive(upper, field="judgements")
    matrix = np.ones((criteria, criteria))
    rows, columns = np.triu_indices(criteria, k=1)
    matrix[rows, columns] = upper
    matrix[columns, rows] = 1 / upper
    return read_only(matrix)


def derive_weights(matrix: FloatArray) -> Comparison:
    """Derive weights from a matrix of pairwise comparisons, with their consistency.

    Parameters
    ----------
    matrix : array_like, shape (m, m)
        Entry (i, j) says how many times as much criterion i matters as j; positive and reciprocal. Up to 15
        criteria, beyond which no random index is published and nobody judges consistently.

    Raises
    ------
    InvalidProblem
        With row and column of the first offending judgement in ``items``: ``SHAPE``, ``NOT_NUMERIC``,
        ``NOT_POSITIVE``, ``NOT_RECIPROCAL``, ``TOO_MANY_CRITERIA``.

    Examples
    --------
    >>> result = derive_weights(comparison_matrix([2, 6, 3], criteria=3))
    >>> result.weights.round(3).tolist(), round(result.consistency_ratio, 6), result.acceptable
    ([0.6, 0.3, 0.1], 0.0, True)
    """
    judged = float_array(matrix, field="matrix", ndim=2)
    size = len(judged)
    if size == 0 or judged.shape[1] != size:
        message = f"A comparison matrix has as many rows as columns, at least one; this has {judged.shape}"
        raise InvalidProblem(message, field="matrix", code="SHAPE")
    if size > len(RANDOM_INDEX):
        message = f"{size} criteria are too many to compare; group them, at most {len(RANDOM_INDEX)} a group"
        raise InvalidProblem(message, field="matrix", code="TOO_MANY_CRITERIA")
    _require_positive(judged, field="matrix")
    _require_reciprocal(judged)
    weights, greatest = _principal(judged)
    index = (greatest - size) / (size - 1) if size > 1 else 0.0
    random = RANDOM_INDEX[size - 1]
    return Comparison(
        weights=read_only(weights),
        lambda_max=greatest,
        consistency_index=index,
        consistency_ratio=index / random if random else 0.0,
        worst_pair=_worst_pair(judged, weights),
    )


def _principal(matrix: FloatArray) -> tuple[FloatArray, float]:
    """Return the principal eigenvector, of sum 1, and its eigenvalue.

    The powers of a positive matrix tend to a matrix whose every column is that vector (Perron 1907). Squaring
    doubles the exponent and adds only positive numbers, so 64 times are beyond need and cost no digits.
    """
    power = matrix / matrix.sum()
    for _ in range(64):
        power = power @ power
        power /= power.sum()
    weights = power.sum(axis=1)
    weights /= math.fsum(weights)
    return weights, float(np.mean(matrix @ weights / weights))


def _worst_pair(matrix: FloatArray, weights: FloatArray) -> tuple[int, int] | None:
    apart = np.abs(np.log(np.triu(matrix * weights / weights[:, np.newaxis], k=1) + np.tri(len(weights))))
    row, column = divmod(int(apart.argmax()), len(weights))
    return (row, column) if apart[row, column] > _RECIPROCITY else None


def _require_positive(judgements: FloatArray, *, field: str) -> None:
    wrong = ~((judgements >= 1 / _GREATEST) & (judgements <= _GREATEST))
    if wrong.any():
        first = tuple(int(index[0]) for index in np.nonzero(wrong))
        message = f"The judgement at {first} is {judgements[first]}; judgements are ratios, from 1e-9 to 1e9"
        raise InvalidProblem(message, field=field, items=first, code="NOT_POSITIVE")


def _require_reciprocal(matrix: FloatArray) -> None:
    wrong = np.abs(matrix * matrix.T - 1) > _RECIPROCITY
    if wrong.any():
        row, column = (int(index[0]) for index in np.nonzero(wrong))
        message = (
            f"The judgements at ({row}, {column}) and ({column}, {row}) are {matrix[row, column]:g} and "
            f"{matrix[column, row]:g}; each must be one divided by the other"
        )
        raise InvalidProblem(message, field="matrix", items=(row, column), code="NOT_RECIPROCAL")
