"""The type ``PortfolioFrontier``."""

from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.nodes import as_type, as_types
from api.selection.enums import SelectionStatus
from api.selection.explanations import category_of, initiatives_of
from api.selection.solving import value_unit
from domain.planning.splitting import FencePrice as Price
from domain.planning.splitting import SplitFrontier, SplitPoint

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative

_Category = Annotated["AllocationCategory", strawberry.lazy("api.category.types")]
_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


class ShareOf(NamedTuple):
    """A category's share in a split."""

    found: SplitFrontier
    category: int
    share: float


@strawberry.type(description="A category's share in a split.")
class SplitShare:
    """Shows ``ShareOf``."""

    @strawberry.field(description="The category.")
    def category(self: ShareOf, info: Info) -> _Category:
        return cast("AllocationCategory", category_of(self.found.posed, self.category, info))

    @strawberry.field(description="Its share in the capacity of every team, 0 to 1.")
    def share(self: ShareOf) -> float:
        return self.share


class PointOf(NamedTuple):
    """A point of a frontier."""

    found: SplitFrontier
    point: SplitPoint


@strawberry.type(
    description="The best split at one share of the category in question, all shares ring-fenced and the same for all"
    " teams."
)
class FrontierPoint:
    """Shows ``PointOf``."""

    @strawberry.field(description="The share of the category in question, 0 to 1.")
    def share(self: PointOf) -> float:
        return self.point.share

    @strawberry.field(
        description="The shares of all categories, which add up to 1: one entry for each category, at most 100."
    )
    def split(self: PointOf) -> list[SplitShare]:
        return as_types(
            SplitShare, (ShareOf(self.found, at, share) for at, share in enumerate(self.point.split))
        )

    @strawberry.field(
        description="The greatest value found at this share, in the unit of the values, without work in flight."
    )
    def value(self: PointOf) -> float:
        return self.point.value

    @strawberry.field(description="No split at this share is worth more.")
    def bound(self: PointOf) -> float:
        return self.point.bound

    @strawberry.field(description="(bound − value) / bound: 0 is proven to be the best.")
    def gap(self: PointOf) -> float:
        return self.point.gap

    @strawberry.field(description="What is proven about it.")
    def status(self: PointOf) -> SelectionStatus:
        return self.point.status

    @strawberry.field(description="What the funded initiatives of the category in question are worth.")
    def own_value(self: PointOf) -> float:
        return self.point.own_value

    @strawberry.field(description="How many initiatives are funded, without work in flight.")
    def funded_count(self: PointOf) -> int:
        return self.point.funded

    @strawberry.field(
        description="Whether a greater share is worth as much or more: then nothing speaks for this one."
    )
    def dominated(self: PointOf) -> bool:
        return self.point.dominated

    @strawberry.field(
        description="Whether it is the point that is nearest to the share of the present policy."
    )
    def current(self: PointOf) -> bool:
        nearest = min(self.found.points, key=lambda point: abs(point.share - self.found.current_share))
        return nearest is self.point


class FenceOf(NamedTuple):
    """The price of fences, in a frontier."""

    found: SplitFrontier
    price: Price


@strawberry.type(
    description="What the limits of all categories cost against a plan in which everybody shares everything, and what"
    " they protect of the category in question."
)
class FencePrice:
    """Shows ``FenceOf``."""

    @strawberry.field(description="The greatest value found without any limits of categories.")
    def pooled_value(self: FenceOf) -> float:
        return self.price.pooled_value

    @strawberry.field(description="Price of holding the fences: the value lost against pooling, at least.")
    def held_at_least(self: FenceOf) -> float:
        return self.price.held_at_least

    @strawberry.field(
        description="Price of holding the fences, at most; equal where both plans are proven optimal."
    )
    def held_at_most(self: FenceOf) -> float:
        return self.price.held_at_most

    @strawberry.field(description="What the category's funded initiatives are worth with the fences.")
    def own_value(self: FenceOf) -> float:
        return self.price.own_value

    @strawberry.field(description="What they are worth without.")
    def own_value_pooled(self: FenceOf) -> float:
        return self.price.own_value_pooled

    @strawberry.field(
        description="Price of breaking the fences: ownValue less ownValuePooled, what the category loses; may be"
        " negative."
    )
    def broken(self: FenceOf) -> float:
        return self.price.own_value - self.price.own_value_pooled

    @strawberry.field(description="What would be funded in addition without fences; at most 100.")
    def enters(self: FenceOf, info: Info) -> list[_Initiative]:
        return initiatives_of(self.found.posed, self.price.enters, info)

    @strawberry.field(description="What would no longer be funded; at most 100.")
    def leaves(self: FenceOf, info: Info) -> list[_Initiative]:
        return initiatives_of(self.found.posed, self.price.leaves, info)


@strawberry.type(
    description="What each further point of a category's share buys: the value of the best plan against the share, the"
    " other shares chosen as well as possible. Work in flight takes part in its category's share."
)
class PortfolioFrontier:
    """Shows ``SplitFrontier``."""

    found: strawberry.Private[SplitFrontier]

    @strawberry.field(description="The category in question.")
    def category(self, info: Info) -> _Category:
        return cast("AllocationCategory", category_of(self.found.posed, self.found.category, info))

    @strawberry.field(description="What values are counted in.")
    def value_unit(self) -> str:
        return value_unit(self.found.posed)

    @strawberry.field(
        description="By share, ascending, at most 101; shares at which mandatory work and work in flight do not fit are"
        " missing."
    )
    def points(self) -> list[FrontierPoint]:
        return as_types(FrontierPoint, (PointOf(self.found, point) for point in self.found.points))

    @strawberry.field(
        description="What the present policy gives the category, of the capacity of all teams together, 0 to 1, to the"
        " nearest step."
    )
    def current_share(self) -> float:
        return self.found.current_share

    @strawberry.field(
        description="What the present policy is worth, with its own modes and overrides of teams."
    )
    def current_value(self) -> float:
        return self.found.current_value

    @strawberry.field(description="No plan under the present policy is worth more.")
    def current_bound(self) -> float:
        return self.found.current_bound

    @strawberry.field(
        description="The price of holding the fences of the present policy, and of breaking them."
    )
    def fences(self) -> FencePrice:
        return as_type(FencePrice, FenceOf(self.found, self.found.fence))
