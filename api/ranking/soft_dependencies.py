"""What a ranking says about soft dependencies: which of them it breaks, and at what price."""

from typing import Annotated, NamedTuple, Protocol, cast

import strawberry

from api.dependency.types import Dependency
from api.errors import BadUserInput
from api.nodes import as_type
from domain.ranking import RankedPortfolio

MOST_BROKEN = 100


class _OfRanking(Protocol):
    ranking: RankedPortfolio


class _Broken(NamedTuple):
    """A soft dependency that a ranking breaks, as an entry of the portfolio's edges."""

    ranking: RankedPortfolio
    entry: int


@strawberry.type(
    description="A soft dependency that a ranking breaks: the successor comes before the predecessor."
)
class BrokenSoftDependency:
    """Shows ``_Broken``."""

    @strawberry.field(description="The dependency.")
    def dependency(self: _Broken) -> Dependency:
        return as_type(Dependency, self.ranking.columns.edges.rows[self.entry])

    @strawberry.field(
        description="What breaking it costs, in the unit of score · size · size: with CD3 money in major units. Null"
        " when the ranking was asked for without `softPenaltyWeeks`."
    )
    def penalty(self: _Broken) -> float | None:
        return self.ranking.soft_penalty(self.entry)


@strawberry.type
class RankingSoftDependencies:
    """Fields of ``RankingConnection``."""

    @strawberry.field(
        description="What breaking a soft dependency costs in this ranking, in weeks of the successor's weight; null"
        " when soft dependencies only inform."
    )
    def soft_penalty_weeks(self) -> float | None:
        return cast(_OfRanking, self).ranking.request.soft_penalty_weeks

    @strawberry.field(description="How many soft dependencies between ranked initiatives it breaks.")
    def broken_soft_dependency_count(self) -> int:
        return len(cast(_OfRanking, self).ranking.broken_soft_edges)

    @strawberry.field(
        description="Soft dependencies that it breaks, by the place of the successor, the first ones."
    )
    def broken_soft_dependencies(
        self,
        first: Annotated[int, strawberry.argument(description=f"How many at most: 1 to {MOST_BROKEN}.")] = 20,
    ) -> list[BrokenSoftDependency]:
        if not 1 <= first <= MOST_BROKEN:
            raise BadUserInput(f"`first` must be from 1 to {MOST_BROKEN}.", argument="first")
        ranking = cast(_OfRanking, self).ranking
        return [
            as_type(BrokenSoftDependency, _Broken(ranking, int(entry)))
            for entry in ranking.broken_soft_edges[:first]
        ]
