"""Why one item is above another: the difference of their scores, split into terms that add up to it."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from prioritisation.columns import FloatArray, Numbers, float_array, require_finite
from prioritisation.errors import InvalidProblem
from prioritisation.problem import Role

_MOST_PARTS = 12


class Decision(StrEnum):
    """What puts the one above the other.

    SCORE
        Its greater score.
    TIE_BREAK
        The scores are equal.
    OTHER
        Not the score, which is smaller: a dependency, an enabler's block or an override.
    """

    SCORE = "SCORE"
    TIE_BREAK = "TIE_BREAK"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Difference:
    """Part of one term in the difference of two scores.

    Attributes
    ----------
    role : Role
        Of the term in its formula; always an addend in a weighted score.
    position : int
        Of the term among those of its role.
    amount : float
        Positive where it speaks for the item above.
    share : float
        Its part of the sum of all magnitudes, -1..1, with the sign of the amount; 0 if nothing differs.
    """

    role: Role
    position: int
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Difference of two scores, above minus below.

    Attributes
    ----------
    difference : float
        The correctly rounded sum of the amounts (`math.fsum`).
    decision : Decision
    terms : tuple of Difference
        The greatest share first, whatever its sign; equal ones in the order of the formula.
    """

    difference: float
    decision: Decision
    terms: tuple[Difference, ...]


def compare_contributions(*, above: Numbers, below: Numbers) -> Comparison:
    """Compare two items by what each criterion contributes to their scores (weight × utility).

    Parameters
    ----------
    above, below : array_like, shape (m,)
        Contributions that add up to the scores. What is left out contributes 0.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``.

    Examples
    --------
    >>> comparison = compare_contributions(above=[0.5, 0.0, 0.25], below=[0.25, 0.125, 0.25])
    >>> comparison.difference, [(term.position, term.amount) for term in comparison.terms]
    (0.125, [(0, 0.25), (1, -0.125), (2, 0.0)])
    """
    first, second = _pair(above, below, field=("above", "below"))
    return _comparison([(Role.ADDEND, j, float(first[j] - second[j])) for j in range(first.size)])


def compare_formulas(
    *,
    above: Numbers,
    below: Numbers,
    factors_above: Numbers = (),
    factors_below: Numbers = (),
    denominators_above: Numbers = (),
    denominators_below: Numbers = (),
) -> Comparison:
    """Compare two items by (Σ addends) × (Π factors) / (Π denominators), as in WSJF, RICE or CD3.

    The sum, each factor and each denominator get their Shapley value: the effect of exchanging the one
    item's value for the other's, averaged over all orders of exchanging them (Shapley 1953). These values
    add up to the difference, and no order of the factors is preferred. The sum's part is linear in its
    addends and is split among them as such.

    Parameters
    ----------
    above, below : array_like
        Addends; empty for a plain product.
    factors_above, factors_below, denominators_above, denominators_below : array_like
        At most 12 in all; denominators are not 0.

    Raises
    ------
    InvalidProblem
        ``SHAPE``, ``MISSING_VALUE``, ``NOT_FINITE``, ``ZERO_DENOMINATOR``.

    Examples
    --------
    WSJF of (8 + 5 + 2)/5 and (3 + 5 + 1)/9:

    >>> comparison = compare_formulas(
    ...     above=[8, 5, 2], below=[3, 5, 1], denominators_above=[5], denominators_below=[9]
    ... )
    >>> round(comparison.difference, 9)
    2.0
    >>> [(term.role.value, term.position, round(term.amount, 3)) for term in comparison.terms]
    [('DENOMINATOR', 0, 1.067), ('ADDEND', 0, 0.778), ('ADDEND', 2, 0.156), ('ADDEND', 1, 0.0)]
    """
    addends = _pair(above, below, field=("above", "below"))
    factors = _pair(factors_above, factors_below, field=("factors_above", "factors_below"))
    denominators = _pair(
        denominators_above, denominators_below, field=("denominators_above", "denominators_below")
    )
    for field, values in zip(("denominators_above", "denominators_below"), denominators, strict=True):
        if (values == 0.0).any():
            message = f"'{field}' must not be 0; there is no score otherwise"
            raise InvalidProblem(message, field=field, code="ZERO_DENOMINATOR")
    sums = [1.0, 1.0] if not addends[0].size else [math.fsum(values.tolist()) for values in addends]
    parts = [
        [sums[i], *factors[i].tolist(), *(1.0 / value for value in denominators[i].tolist())] for i in (0, 1)
    ]
    if len(parts[0]) > _MOST_PARTS:
        message = f"a formula may have up to {_MOST_PARTS} parts"
        raise InvalidProblem(message, field="factors_above", code="TOO_LARGE")
    effects = [_mean_effect(parts[0], parts[1], part) for part in range(len(parts[0]))]
    terms = [
        (Role.ADDEND, j, effects[0] * float(addends[0][j] - addends[1][j])) for j in range(addends[0].size)
    ]
    roles = [Role.FACTOR] * factors[0].size + [Role.DENOMINATOR] * denominators[0].size
    positions = [*range(factors[0].size), *range(denominators[0].size)]
    for part, (role, position) in enumerate(zip(roles, positions, strict=True), start=1):
        terms.append((role, position, effects[part] * (parts[0][part] - parts[1][part])))
    return _comparison(terms)


def _pair(one: Numbers, other: Numbers, *, field: tuple[str, str]) -> tuple[FloatArray, FloatArray]:
    first = float_array(one, field=field[0])
    second = float_array(other, field=field[1], length=first.size)
    require_finite(first, field=field[0])
    require_finite(second, field=field[1])
    return first, second


def _mean_effect(ours: Sequence[float], theirs: Sequence[float], part: int) -> float:
    # Mean product of the other parts, over all subsets of them that are exchanged already.
    others = [k for k in range(len(ours)) if k != part]
    by_size = (
        math.fsum(
            math.prod(ours[k] if k in exchanged else theirs[k] for k in others)
            for exchanged in itertools.combinations(others, size)
        )
        / math.comb(len(others), size)
        for size in range(len(ours))
    )
    return math.fsum(by_size) / len(ours)


def _comparison(terms: list[tuple[Role, int, float]]) -> Comparison:
    difference = math.fsum(amount for _, _, amount in terms)
    magnitude = math.fsum(abs(amount) for _, _, amount in terms)
    decision = Decision.SCORE if difference > 0.0 else Decision.OTHER
    if difference == 0.0:
        decision = Decision.TIE_BREAK
    ordered = sorted(terms, key=lambda term: -abs(term[2]))
    return Comparison(
        difference=difference,
        decision=decision,
        terms=tuple(
            Difference(role=role, position=j, amount=amount, share=amount / magnitude if magnitude else 0.0)
            for role, j, amount in ordered
        ),
    )
