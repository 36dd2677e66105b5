"""Rankings by weighted scores in exact fractions, to hold closed forms against."""

import itertools
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from prioritisation.sensitivity import WeightVariation

HAIR = Fraction(1, 10**9)
PROPORTIONAL, ALONE = WeightVariation.PROPORTIONAL, WeightVariation.ALONE


@dataclass(frozen=True)
class Case:
    """Utilities and weights in eighths: many ties, and no two crossings nearer than a hair."""

    utilities: list[list[Fraction]]
    weights: list[Fraction]
    tie_break: list[int]
    variation: WeightVariation

    def floats(self) -> dict[str, Any]:
        return {
            "utilities": np.array(self.utilities, dtype=np.float64),
            "weights": np.array(self.weights, dtype=np.float64),
            "tie_break": np.array(self.tie_break),
            "variation": self.variation,
        }

    def present(self, criterion: int) -> Fraction:
        weight = self.weights[criterion]
        return weight / sum(self.weights) if self.variation is PROPORTIONAL else weight

    def order(self, criterion: int, weight: Fraction) -> list[int]:
        weights = list(self.weights)
        if self.variation is PROPORTIONAL:
            total = sum(weights)
            others = total - weights[criterion]
            weights = [w / others * (1 - weight) for w in weights]
        weights[criterion] = weight
        scores = [sum(w * u for w, u in zip(weights, row, strict=True)) for row in self.utilities]
        return sorted(range(len(scores)), key=lambda i: (-scores[i], self.tie_break[i]))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    items, criteria = draw(st.integers(2, 7)), draw(st.integers(2, 4))
    eighths = st.integers(0, 8).map(lambda value: Fraction(value, 8))
    utilities = draw(
        st.lists(st.lists(eighths, min_size=criteria, max_size=criteria), min_size=items, max_size=items)
    )
    cuts = draw(st.lists(st.integers(0, 8), min_size=criteria - 1, max_size=criteria - 1).map(sorted))
    # Weights of sum 8, so that floats hold every score exactly and tie where fractions do.
    weights = [Fraction(high - low) for low, high in itertools.pairwise([0, *cuts, 8])]
    assume(max(weights) < 8)
    return Case(
        utilities=utilities,
        weights=weights,
        tie_break=draw(st.permutations(range(items))),
        variation=draw(st.sampled_from(WeightVariation)),
    )
