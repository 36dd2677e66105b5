"""Why initiatives are not funded, and what would fund them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import strawberry

from api.context import Info
from api.nodes import as_types
from api.selection.enums import UnfundedReason
from domain.planning.input import PlanningInput
from domain.planning.reasons import Explanation
from prioritisation.selection_funding import FundingChange
from prioritisation.selection_unfunded import Shortage

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative
    from api.team.types import Team

_Category = Annotated["AllocationCategory", strawberry.lazy("api.category.types")]
_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]
_Team = Annotated["Team", strawberry.lazy("api.team.types")]

MOST_NAMED = 100


class ResourceAt(NamedTuple):
    """A team of a plan, or a skill of it."""

    posed: PlanningInput
    resource: int

    @property
    def skill(self) -> str | None:
        """The skill; None for the team as a whole."""
        return self.posed.skills[self.resource] or None

    def team(self, info: Info) -> _Team:
        """The team's row."""
        team_id = self.posed.team_ids[int(self.posed.resource_team[self.resource])]
        return cast("Team", info.context.directory.teams[team_id])


def category_of(posed: PlanningInput, category: int, info: Info) -> _Category | None:
    """A category's row; None for work without category."""
    if category < 0:
        return None
    return cast("AllocationCategory", info.context.directory.categories[posed.category_ids[category]])


def initiatives_of(posed: PlanningInput, positions: Sequence[int], info: Info) -> list[_Initiative]:
    """Rows of initiatives, as many as are shown at most."""
    ids = [posed.initiative_ids[position] for position in positions[:MOST_NAMED]]
    return cast("list[Initiative]", [info.context.initiative(one) for one in ids])


class ShortAt(NamedTuple):
    """A shortage within a plan."""

    posed: PlanningInput
    short: Shortage


@strawberry.type(
    description="A limit that an initiative would exceed, together with what it needs that is not funded either,"
    " beside all that is funded. Person-weeks in the rest of the cycle."
)
class CapacityShortage:
    """Shows ``ShortAt``."""

    @strawberry.field(description="The team.")
    def team(self: ShortAt, info: Info) -> _Team:
        return ResourceAt(self.posed, self.short.resource).team(info)

    @strawberry.field(description="The skill of the team that runs out; null for the team as a whole.")
    def skill(self: ShortAt) -> str | None:
        return ResourceAt(self.posed, self.short.resource).skill

    @strawberry.field(
        description="Whether it is the category's own limit in the team (true), or the team's capacity that is not"
        " reserved for others (false)."
    )
    def of_category(self: ShortAt) -> bool:
        return self.short.category is not None

    @strawberry.field(
        description="The category whose limit it is; null for the capacity as a whole, and for work without category."
    )
    def category(self: ShortAt, info: Info) -> _Category | None:
        return None if self.short.category is None else category_of(self.posed, self.short.category, info)

    @strawberry.field(description="Person-weeks that it would take.")
    def needed(self: ShortAt) -> float:
        return self.short.needed

    @strawberry.field(description="Person-weeks that are left for it.")
    def left(self: ShortAt) -> float:
        return self.short.left

    @strawberry.field(description="Person-weeks that are missing: needed less left.")
    def short(self: ShortAt) -> float:
        return self.short.short


class UnfundedAt(NamedTuple):
    """Why an initiative of a plan is not funded."""

    posed: PlanningInput
    explanation: Explanation


@strawberry.type(description="Why an initiative is not funded.")
class Unfunded:
    """Shows ``UnfundedAt``."""

    @strawberry.field(
        description="All that keeps it out whatever the capacity; if nothing does, the one main reason. At least one."
    )
    def reasons(self: UnfundedAt) -> list[UnfundedReason]:
        return list(self.explanation.reasons)

    @strawberry.field(description="What it needs, directly or not, that is not funded either; at most 100.")
    def unfunded_prerequisites(self: UnfundedAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.posed, self.explanation.prerequisites, info)

    @strawberry.field(description="Those of them that can't be funded, whatever the capacity; at most 100.")
    def barred_prerequisites(self: UnfundedAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.posed, self.explanation.barred, info)

    @strawberry.field(
        description="Alternatives of it, or of what it needs, that are funded instead; at most 100."
    )
    def funded_alternatives(self: UnfundedAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.posed, self.explanation.rivals, info)

    @strawberry.field(
        description="All limits that stand in its way: at most one per team, skill and category that it, or what it"
        " needs, draws on."
    )
    def shortages(self: UnfundedAt) -> list[CapacityShortage]:
        return as_types(
            CapacityShortage, (ShortAt(self.posed, short) for short in self.explanation.shortages)
        )


class FundingAt(NamedTuple):
    """What would fund an initiative of a plan."""

    posed: PlanningInput
    change: FundingChange


@strawberry.type(
    description="Changes each of which alone would fund an initiative that the optimum does not fund. What is said"
    " about capacity is plain arithmetic; the rest is found by solving again."
)
class FundingChanges:
    """Shows ``FundingAt``."""

    @strawberry.field(description="What would have to be funded with it: what it needs; at most 100.")
    def with_it(self: FundingAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.posed, self.change.with_it, info)

    @strawberry.field(
        description="More capacity, all of these together, beside the plan as it is: nothing leaves. Empty where"
        " nothing is short, or where a funded alternative stands in the way."
    )
    def capacity(self: FundingAt) -> list[CapacityShortage]:
        return as_types(CapacityShortage, (ShortAt(self.posed, short) for short in self.change.capacity))

    @strawberry.field(
        description="Whether a best plan with that much more capacity does fund it. False: something else is a"
        " better use of it. Null where that was not proven in time."
    )
    def capacity_suffices(self: FundingAt) -> bool | None:
        return self.change.capacity_suffices

    @strawberry.field(
        description="By how much its value would have to grow, at least, for a best plan to fund it, in the unit of"
        " the values: what the plan loses if it is funded anyway. Null where nothing of that kind helps."
    )
    def value_at_least(self: FundingAt) -> float | None:
        return self.change.value_at_least

    @strawberry.field(
        description="By how much its value would have to grow at most. Equal to `valueAtLeast` where both plans are"
        " proven optimal."
    )
    def value_at_most(self: FundingAt) -> float | None:
        return self.change.value_at_most

    @strawberry.field(
        description="What would leave the plan if it were funded anyway, in the plan found with it; at most 100."
    )
    def displaced(self: FundingAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.posed, self.change.displaced, info)

    @strawberry.field(
        description="Limits that it exceeds even alone with what is mandatory, so that only more capacity helps;"
        " empty if there are none."
    )
    def never_fits(self: FundingAt) -> list[CapacityShortage]:
        obstacle = self.change.obstacle
        shorts = () if obstacle is None else obstacle.never_fits
        return as_types(CapacityShortage, (ShortAt(self.posed, short) for short in shorts))

    @strawberry.field(
        description="What can't be funded whatever the capacity and the value, and stands in its way: itself, what it"
        " needs, or mandatory alternatives; at most 100."
    )
    def barred(self: FundingAt, info: Info) -> list[_Initiative]:
        obstacle = self.change.obstacle
        positions = () if obstacle is None else sorted({*obstacle.excluded, *obstacle.rivals})
        return initiatives_of(self.posed, positions, info)
