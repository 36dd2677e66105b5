"""Results of scoring and ranking, as frozen columns: position i is the initiative at i in the problem."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from prioritisation.columns import BoolArray, FloatArray, IntArray
from prioritisation.problem import Role


class TermState(StrEnum):
    """Where the value of a term comes from, or why there is none.

    GIVEN
        Rated or measured.
    ASSUMED_WORST
        Missing; the worst end of the scale stands for it.
    LEFT_OUT
        Missing; the other terms carry its weight.
    MISSING
        Missing; therefore there is no score.
    UNDEFINED
        Zero, and the score would be divided by it; therefore there is no score.
    UNUSED
        The model gives the criterion no weight.
    DERIVED
        Follows from the model: the total weight of a mean, or what makes good for terms that are left out.
    """

    GIVEN = "GIVEN"
    ASSUMED_WORST = "ASSUMED_WORST"
    LEFT_OUT = "LEFT_OUT"
    MISSING = "MISSING"
    UNDEFINED = "UNDEFINED"
    UNUSED = "UNUSED"
    DERIVED = "DERIVED"


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the score of one initiative.

    Attributes
    ----------
    key : str
        The criterion, or the name of a derived quantity.
    role : Role
        What the contribution does in the score.
    state : TermState
    raw : float or None
        Value in the criterion's own unit; None if missing.
    normalised : float or None
        Position on the scale, 0 worst and 1 best; None where the method takes raw values.
    weight : float
        As in the model.
    share : float or None
        Weighted scoring: the share of all weight with which the normalised value enters this score.
    contribution : float or None
        What enters the score; None if nothing does.
    """

    key: str
    role: Role
    state: TermState
    raw: float | None
    normalised: float | None
    weight: float
    share: float | None
    contribution: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Scores of n initiatives.

    Attributes
    ----------
    score : array, shape (n,)
        NaN where there is no score.
    completeness : array, shape (n,)
        Share of the inputs that are known, 0 to 1: by weight in weighted scoring, by number elsewhere.
    """

    score: FloatArray
    completeness: FloatArray

    @property
    def unscored(self) -> BoolArray:
        """Whether the initiative has no score."""
        return np.isnan(self.score)

    @property
    def assumed(self) -> BoolArray:
        """Whether the score rests on the policy for missing values."""
        return ~self.unscored & (self.completeness < 1)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """An order of n initiatives, best first, those without a score last.

    Attributes
    ----------
    order : array of int64, shape (n,)
        Positions of the initiatives, best first; equal scores, and those without, by stable id.
    rank : array of int64, shape (n,)
        Dense rank of each initiative from 1; equal scores share one. 0 where `unranked`.
    score : array, shape (n,)
        What was ranked by; NaN where there is none.
    unranked : array of bool, shape (n,)
    """

    order: IntArray
    rank: IntArray
    score: FloatArray
    unranked: BoolArray

    @property
    def place(self) -> IntArray:
        """Place of each initiative in `order`, from 1: what a reader of the list counts."""
        place = np.empty_like(self.order)
        place[self.order] = np.arange(1, len(self.order) + 1)
        return place
