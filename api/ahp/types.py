"""Weights that judgements in pairs lead to, and their consistency."""

from typing import NamedTuple

import strawberry

from api.nodes import as_type, as_types
from api.scoring.types import Criterion
from domain.ahp import DerivedWeights, WorstJudgement


class _Weight(NamedTuple):
    """One of the weights."""

    derived: DerivedWeights
    at: int


@strawberry.type(description="The weight of one criterion.")
class AhpWeight:
    """Shows ``_Weight``."""

    @strawberry.field(description="The criterion.")
    def criterion(self: _Weight) -> Criterion:
        return as_type(Criterion, self.derived.criteria[self.at])

    @strawberry.field(description="Its share of all weight, 0 to 1.")
    def weight(self: _Weight) -> float:
        return self.derived.weights[self.at]


@strawberry.type(description="A judgement that fits badly to the others.")
class AhpWorstJudgement:
    """Shows ``WorstJudgement``."""

    judged: float = strawberry.field(
        description="How many times as much the first matters, as it was judged."
    )
    implied: float = strawberry.field(description="The same as all judgements together imply it.")

    @strawberry.field(description="The first criterion.")
    def first(self: WorstJudgement) -> Criterion:
        return as_type(Criterion, self.first)

    @strawberry.field(description="The second criterion.")
    def second(self: WorstJudgement) -> Criterion:
        return as_type(Criterion, self.second)


@strawberry.type(
    description="Weights from pairwise comparisons by the analytic hierarchy process (Saaty), ready for a version of a"
    " scoring model."
)
class AhpWeights:
    """Shows ``DerivedWeights``."""

    lambda_max: float = strawberry.field(
        description="Greatest eigenvalue of the matrix of judgements: the number of criteria if they are consistent,"
        " else more."
    )
    consistency_index: float = strawberry.field(description="(lambdaMax - n) / (n - 1).")
    consistency_ratio: float = strawberry.field(
        description="The index divided by that of random judgements; 0 is consistent. 0 for two criteria."
    )
    acceptable: bool = strawberry.field(
        description="Whether the ratio is at most 0.10; otherwise look at the judgements again."
    )

    @strawberry.field(description="The weights, of sum 1, in the order of `criteria`; at most 15.")
    def weights(self: DerivedWeights) -> list[AhpWeight]:
        return as_types(AhpWeight, (_Weight(self, at) for at in range(len(self.criteria))))

    @strawberry.field(
        description="The judgement that differs most from what all of them imply: where to look first. Null when none"
        " differs."
    )
    def worst(self: DerivedWeights) -> AhpWorstJudgement | None:
        return None if self.worst is None else as_type(AhpWorstJudgement, self.worst)
