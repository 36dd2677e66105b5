"""What ``Portfolio`` says about its rankings as such: how they depend on the choice of the method."""

from typing import Annotated

import strawberry

from api.context import Info
from api.inputs import decoded
from api.pagination import After, Before, First, Last, page_of
from api.ranking.agreement import RankingComparisonConnection, comparison_page
from api.ranking.enums import OrderKind, WeightUncertainty
from api.ranking.request import AsOf, By, Order, RankingBy, States, request_for
from api.ranking.robustness import RankingRobustnessConnection, robustness_page
from domain.ranking.agreement import LEAST_COMPARED, MOST_COMPARED, compare_rankings
from domain.ranking.robustness import (
    MOST_ORDERED_RANKS,
    MOST_PAIRED,
    MOST_RANKS,
    MOST_SAMPLES,
    MOST_TOP,
    RobustnessRequest,
    ranking_robustness,
)
from domain.rows import PortfolioRow

ComparedBy = Annotated[
    list[RankingBy],
    strawberry.argument(
        description=f"What to rank by: {LEAST_COMPARED} to {MOST_COMPARED} models, versions or methods."
    ),
]
Samples = Annotated[
    int | None,
    strawberry.argument(
        description=f"How many rankings to draw, from 1 to {MOST_SAMPLES:,}; times the initiatives at most"
        f" {MOST_RANKS:,}, with dependencies {MOST_ORDERED_RANKS:,}. Left out it is 10,000, or what these limits allow."
    ),
]
Seed = Annotated[
    int,
    strawberry.argument(
        description="What the random numbers start from, not negative; the same seed, the same answer."
    ),
]
Top = Annotated[int, strawberry.argument(description=f"How many places are the top: 1 to {MOST_TOP:,}.")]
Weights = Annotated[
    WeightUncertainty | None,
    strawberry.argument(
        description="What to draw for the weights; left out it is UNIFORM in weighted scoring and the mean of ICE, and"
        " FIXED in other methods, which know nothing else."
    ),
]
Concentration = Annotated[
    float,
    strawberry.argument(
        description="With AROUND: how near the weights stay to the model's, greater than 0. A weight of 0.25 varies by"
        " ±0.09 with 20, by ±0.03 with 200 (one standard deviation)."
    ),
]
WithDependencies = Annotated[
    bool,
    strawberry.argument(
        description="Order each sample under the hard dependencies, instead of by score alone."
    ),
]
Pairs = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(description=f"Initiatives to compare with each other, at most {MOST_PAIRED}."),
]


@strawberry.type
class PortfolioRankingAnalyses:
    """Fields of ``Portfolio``."""

    @strawberry.field(
        description="Its initiatives ranked in several ways, side by side: how far these agree, and whose rank depends"
        " most on the choice. Ranks that are set by hand are left aside.",
        metadata={"cost": 100},
    )
    async def ranking_comparison(
        self: PortfolioRow,
        info: Info,
        by: ComparedBy,
        order: Order = OrderKind.DEPENDENCY_AWARE,
        states: States = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingComparisonConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        requests = [request_for(one, order, states, as_of or None, overridden=False) for one in by]
        view = await info.context.view(self.id)
        return comparison_page(await compare_rankings(view, self.id, requests), page)

    @strawberry.field(
        description="How far its ranking can be trusted: many rankings are drawn, with weights and estimates that vary"
        " within what people have stated (SMAA). Ranks that are set by hand are left aside.",
        metadata={"cost": 1_000},
    )
    async def ranking_robustness(
        self: PortfolioRow,
        info: Info,
        by: By = strawberry.UNSET,
        samples: Samples = None,
        seed: Seed = 1,
        top: Top = 10,
        weights: Weights = None,
        concentration: Concentration = 20.0,
        with_dependencies: WithDependencies = False,
        pairs: Pairs = None,
        states: States = strawberry.UNSET,
        as_of: AsOf = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> RankingRobustnessConnection:
        page = page_of(first=first, after=after, last=last, before=before)
        request = RobustnessRequest(
            samples=samples,
            seed=seed,
            top=top,
            weights=weights,
            concentration=concentration,
            with_dependencies=with_dependencies,
            paired=tuple(
                decoded("Initiative", each, "pairs", place) for place, each in enumerate(pairs or ())
            ),
        )
        ranking_request = request_for(by or None, OrderKind.SCORE, states, as_of or None)
        view = await info.context.view(self.id)
        return robustness_page(await ranking_robustness(view, self.id, ranking_request, request), page)
