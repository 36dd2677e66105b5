"""``RankingConnection.sensitivity``: within which weights the ranking stays."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, Protocol, cast

import strawberry

from api.ranking.ranked import Ranked
from domain.ranking import RankedPortfolio
from domain.ranking.sensitivity import MOST_TOP, sensitivity
from domain.ranking.sensitivity import Sensitivity as Found
from domain.ranking.weighing import Inapplicable
from prioritisation.sensitivity import WeightIntervals

if TYPE_CHECKING:
    from api.ranking.types import RankedInitiative
    from api.scoring.types import Criterion


class _OfRanking(Protocol):
    ranking: RankedPortfolio


class _Interval(NamedTuple):
    """The interval of one weight."""

    ranking: RankedPortfolio
    found: Found
    intervals: WeightIntervals
    at: int


@strawberry.type(description="Two initiatives that change places at the end of an interval.")
class WeightSwap:
    """One end of an interval that is not the end of the range."""

    falls: Annotated["RankedInitiative", strawberry.lazy("api.ranking.types")] = strawberry.field(
        description="The one that goes down beyond this end."
    )
    rises: Annotated["RankedInitiative", strawberry.lazy("api.ranking.types")] = strawberry.field(
        description="The one that goes up."
    )


@strawberry.type(
    description="The interval of a weight, as share of all weight, within which nothing changes while the other weights"
    " keep their proportions."
)
class WeightInterval:
    """Shows ``_Interval``."""

    @strawberry.field(description="The least share, from 0.")
    def lower(self: _Interval) -> float:
        return float(self.intervals.lower[self.at])

    @strawberry.field(description="The greatest share, to 1.")
    def upper(self: _Interval) -> float:
        return float(self.intervals.upper[self.at])

    @strawberry.field(description="Who changes places below the least share; null where no share is left.")
    def lower_swap(self: _Interval) -> WeightSwap | None:
        return _swap(self, self.intervals.lower_swap[self.at].tolist())

    @strawberry.field(description="Who changes places above the greatest share; null where no share is left.")
    def upper_swap(self: _Interval) -> WeightSwap | None:
        return _swap(self, self.intervals.upper_swap[self.at].tolist())


def _swap(interval: _Interval, rows: list[int]) -> WeightSwap | None:
    if rows[0] < 0:
        return None
    falls, rises = (Ranked(interval.ranking, int(interval.found.model.index[row])) for row in rows)
    return WeightSwap(falls=cast("RankedInitiative", falls), rises=cast("RankedInitiative", rises))


class _Weight(NamedTuple):
    """One weight."""

    ranking: RankedPortfolio
    found: Found
    at: int


@strawberry.type(description="How far the weight of one criterion may move.")
class WeightSensitivity:
    """Shows ``_Weight``."""

    @strawberry.field(description="The criterion.")
    def criterion(self: _Weight) -> Annotated["Criterion", strawberry.lazy("api.scoring.types")]:
        return cast("Criterion", self.found.criterion(self.ranking, self.at))

    @strawberry.field(description="Its weight now, as share of all weight, 0 to 1.")
    def share(self: _Weight) -> float:
        return float(self.found.top_stays.weights[self.at])

    @strawberry.field(description="Where the same initiatives are on top, in any order.")
    def top_stays(self: _Weight) -> WeightInterval:
        return cast(WeightInterval, _Interval(self.ranking, self.found, self.found.top_stays, self.at))

    @strawberry.field(description="Where the whole order stays.")
    def order_stays(self: _Weight) -> WeightInterval:
        return cast(WeightInterval, _Interval(self.ranking, self.found, self.found.order_stays, self.at))


class _Sensitivity(NamedTuple):
    """The sensitivity of a ranking, or why there is none."""

    ranking: RankedPortfolio
    found: Found | Inapplicable


@strawberry.type(
    description="How far each weight may move before the order by score changes; exact. Dependencies are not"
    " considered: `matchesRanking` says whether they matter for who is on top."
)
class RankingSensitivity:
    """Shows ``_Sensitivity``."""

    @strawberry.field(description="Why there is no answer, such as a method without weights; null with one.")
    def reason(self: _Sensitivity) -> str | None:
        return self.found.reason if isinstance(self.found, Inapplicable) else None

    @strawberry.field(
        description="How many initiatives are looked at on top: what was asked for, or all that have a score if they"
        " are fewer. Null without an answer."
    )
    def top(self: _Sensitivity) -> int | None:
        return None if isinstance(self.found, Inapplicable) else self.found.top

    @strawberry.field(
        description="Whether the ranking has the same initiatives on top as the order by score. Null without an"
        " answer."
    )
    def matches_ranking(self: _Sensitivity) -> bool | None:
        return None if isinstance(self.found, Inapplicable) else self.found.matches

    @strawberry.field(
        description="The criteria that are weighed, in the order of the model; at most 50. Null without an answer."
    )
    def criteria(self: _Sensitivity) -> list[WeightSensitivity] | None:
        if isinstance(self.found, Inapplicable):
            return None
        weights = [_Weight(self.ranking, self.found, at) for at in range(len(self.found.model.keys))]
        return cast(list[WeightSensitivity], weights)


@strawberry.type
class RankingSensitivities:
    """Fields of ``RankingConnection``."""

    @strawberry.field(
        description="How far each weight of the model may move before those on top change, or the whole order.",
        metadata={"cost": 50},
    )
    async def sensitivity(
        self,
        top: Annotated[
            int, strawberry.argument(description=f"How many initiatives are on top: 1 to {MOST_TOP:,}.")
        ] = 10,
    ) -> RankingSensitivity:
        ranking = cast(_OfRanking, self).ranking
        return cast(RankingSensitivity, _Sensitivity(ranking, await sensitivity(ranking, top=top)))
