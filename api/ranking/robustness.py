"""``Portfolio.rankingRobustness``: how far ranks can be trusted as weights and estimates vary."""

import math
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry

from api.enums import ScoringMethod
from api.errors import BadUserInput
from api.nodes import as_type, as_types
from api.pagination import Connection, Page, slice_of
from api.ranking.enums import WeightUncertainty
from domain.ranking.robustness import DEPTH, RobustPortfolio
from prioritisation.sampling_plan import standard_error

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.scoring.types import Criterion, ScoringModelVersion

_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


class _Weight(NamedTuple):
    """One of the central weights of an initiative that was ever first."""

    robust: RobustPortfolio
    first: int
    key: int


@strawberry.type(description="A weight in the mean of those with which an initiative ranks first.")
class CentralWeight:
    """Shows ``_Weight``."""

    @strawberry.field(description="The criterion.")
    def criterion(self: _Weight) -> Annotated["Criterion", strawberry.lazy("api.scoring.types")]:
        robust = self.robust
        return cast("Criterion", robust.ranking.scored.criterion_of[robust.keys[self.key]])

    @strawberry.field(description="Mean share of all weight, 0 to 1.")
    def weight(self: _Weight) -> float:
        return float(self.robust.result.central_weights[self.first, self.key])

    @strawberry.field(description="Standard error of the mean; null when it was first only once.")
    def standard_error(self: _Weight) -> float | None:
        return _known(self.robust.result.central_weights_error[self.first, self.key])


class _Row(NamedTuple):
    """An initiative in an analysis."""

    robust: RobustPortfolio
    row: int

    @property
    def first(self) -> int | None:
        """Where it is among those that were ever first."""
        found = np.flatnonzero(self.robust.result.first == self.row)
        return int(found[0]) if found.size else None


@strawberry.type(description="How far the rank of an initiative can be trusted.")
class RobustInitiative:
    """Shows ``_Row``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: _Row) -> _Initiative:
        return cast("Initiative", self.robust.initiative(self.row))

    @strawberry.field(
        description="Its rank with the weights of the model and the likely values, ranks set by hand left aside."
    )
    def rank(self: _Row) -> int | None:
        return int(self.robust.ranking.rank[self.robust.index[self.row]]) or None

    @strawberry.field(description="Mean of its ranks over all samples.")
    def expected_rank(self: _Row) -> float:
        return float(self.robust.result.expected_rank[self.row])

    @strawberry.field(description="Standard error of the expected rank.")
    def expected_rank_error(self: _Row) -> float:
        return float(self.robust.result.expected_rank_error[self.row])

    @strawberry.field(
        description="Rank acceptability: the share of the samples in which it has rank 1, 2, and so on, 0 to 1. The"
        " standard error of each is √(p (1 − p) / samples)."
    )
    def rank_acceptability(
        self: _Row,
        depth: Annotated[
            int, strawberry.argument(description=f"How many ranks, from the first: 1 to {DEPTH}.")
        ] = 10,
    ) -> list[float]:
        if not 1 <= depth <= DEPTH:
            raise BadUserInput(f"`depth` must be from 1 to {DEPTH}.", argument="depth")
        return [float(share) for share in self.robust.result.rank_acceptability[self.row, :depth]]

    @strawberry.field(description="Share of the samples in which it is among the `top` first, 0 to 1.")
    def top_probability(self: _Row) -> float:
        return float(self.robust.result.top_probability[self.row])

    @strawberry.field(description="Standard error of the probability of being on top.")
    def top_probability_error(self: _Row) -> float:
        return _error(self.robust, float(self.robust.result.top_probability[self.row]))

    @strawberry.field(
        description="Which weights make it the best: the mean of those with which it ranks first, at most 50. Empty"
        " when it never did, or when the method has no weights."
    )
    def central_weights(self: _Row) -> list[CentralWeight]:
        first = self.first
        keys = range(0 if first is None else len(self.robust.keys))
        return as_types(CentralWeight, (_Weight(self.robust, first or 0, key) for key in keys))

    @strawberry.field(
        description="Confidence factor: the probability that it ranks first with its central weights, over the"
        " estimates alone. Null without central weights, with dependencies, and beyond the budget."
    )
    def confidence_factor(self: _Row) -> float | None:
        first = self.first
        return None if first is None else _known(self.robust.result.confidence_factor[first])


class _Pair(NamedTuple):
    """Two of the paired initiatives, as positions among them."""

    robust: RobustPortfolio
    one: int
    other: int


@strawberry.type(description="How often one initiative ranks above another.")
class PairwiseWin:
    """Shows ``_Pair``."""

    @strawberry.field(description="The one.")
    def initiative(self: _Pair) -> _Initiative:
        return cast("Initiative", self.robust.initiative(int(self.robust.result.pairs[self.one])))

    @strawberry.field(description="The other one.")
    def other(self: _Pair) -> _Initiative:
        return cast("Initiative", self.robust.initiative(int(self.robust.result.pairs[self.other])))

    @strawberry.field(
        description="Share of the samples in which the one ranks above the other; the reverse has the rest."
    )
    def probability(self: _Pair) -> float:
        return float(self.robust.result.winning_probability[self.one, self.other])

    @strawberry.field(description="Standard error of the probability.")
    def standard_error(self: _Pair) -> float:
        return _error(self.robust, float(self.robust.result.winning_probability[self.one, self.other]))


@strawberry.type(
    description="A page of initiatives by expected rank, and how they were sampled. The same data and arguments give"
    " the same numbers."
)
class RankingRobustnessConnection(Connection[RobustInitiative]):
    """Connection of robust initiatives."""

    robust: strawberry.Private[RobustPortfolio]

    @strawberry.field(description="The method.")
    def method(self) -> ScoringMethod:
        return self.robust.ranking.scored.method

    @strawberry.field(description="The scoring model's version; null for methods that need none.")
    def model_version(
        self,
    ) -> Annotated["ScoringModelVersion", strawberry.lazy("api.scoring.types")] | None:
        model = self.robust.ranking.model
        return None if model is None else cast("ScoringModelVersion", model.version)

    @strawberry.field(description="How many rankings were drawn.")
    def samples(self) -> int:
        return self.robust.result.samples

    @strawberry.field(description="What the random numbers start from.")
    def seed(self) -> int:
        return self.robust.request.seed

    @strawberry.field(
        description="How many places are the top: what was asked for, or all if they are fewer."
    )
    def top(self) -> int:
        return self.robust.request.top

    @strawberry.field(description="What was drawn for the weights.")
    def weights(self) -> WeightUncertainty:
        return self.robust.weights

    @strawberry.field(description="Whether each sample honours hard dependencies.")
    def with_dependencies(self) -> bool:
        return self.robust.request.with_dependencies

    @strawberry.field(
        description="Whether nothing was uncertain: fixed weights, and no estimate with a range. Then all samples are"
        " alike."
    )
    def certain(self) -> bool:
        return self.robust.certain

    @strawberry.field(
        description="How many initiatives of the portfolio have no rank here, as values are missing."
    )
    def left_out_count(self) -> int:
        return len(self.robust.ranking) - len(self.robust.index)

    @strawberry.field(
        description="Each pair of the initiatives that `pairs` names, at most 190: in their order, the upper half of"
        " the matrix row by row."
    )
    def pairwise_wins(self) -> list[PairwiseWin]:
        count = len(self.robust.result.pairs)
        return [
            as_type(PairwiseWin, _Pair(self.robust, one, other))
            for one in range(count)
            for other in range(one + 1, count)
        ]


def robustness_page(robust: RobustPortfolio, page: Page) -> RankingRobustnessConnection:
    """One page of an analysis; its cursors are bound to the ranking and to what was asked for."""
    total = len(robust.index)
    scope = f"robustness:{robust.ranking.fingerprint}:{robust.request}"
    places, window = slice_of(length=total, page=page, scope=scope)
    nodes = [as_type(RobustInitiative, _Row(robust, int(robust.by_expected_rank[place]))) for place in places]
    return RankingRobustnessConnection.of(window, nodes=nodes, total=total, robust=robust)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _error(robust: RobustPortfolio, probability: float) -> float:
    return float(standard_error(np.array([probability]), samples=robust.result.samples)[0])
