"""How capacity is used in a selection, by team, skill and category; and what more of it is worth."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import strawberry

from api.context import Info
from api.nodes import as_type, as_types
from api.pagination import Connection
from api.scenario.enums import AllocationMode
from api.selection.explanations import ResourceAt, category_of, initiatives_of
from domain.planning.input import MODES, PlanningInput
from domain.planning.selecting import Funding, SelectedPlan
from prioritisation.selection_marginal import MarginalValue

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative
    from api.team.types import Team

_Category = Annotated["AllocationCategory", strawberry.lazy("api.category.types")]
_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]
_Team = Annotated["Team", strawberry.lazy("api.team.types")]


class UsedAt(NamedTuple):
    """A resource in a selection."""

    plan: SelectedPlan
    resource: int


class CategoryUsedAt(NamedTuple):
    """A category's part of a resource in a selection; ``-1`` is work without category."""

    plan: SelectedPlan
    resource: int
    category: int


@strawberry.type(
    description="What a category may use of a team, and what it does use; person-weeks in the rest of the cycle."
)
class CategoryUse:
    """Shows ``CategoryUsedAt``."""

    @strawberry.field(description="The category; null for work without one.")
    def category(self: CategoryUsedAt, info: Info) -> _Category | None:
        return category_of(self.plan.posed, self.category, info)

    @strawberry.field(
        description="Its share of the team's capacity by the allocation policy, 0 to 1; null where that says"
        " nothing, and for skills."
    )
    def share(self: CategoryUsedAt) -> float | None:
        return _policy(self)[0]

    @strawberry.field(description="How strictly it keeps to that; null where the policy says nothing.")
    def mode(self: CategoryUsedAt) -> AllocationMode | None:
        return _policy(self)[1]

    @strawberry.field(
        description="The share in person-weeks, of what other portfolios' work in flight leaves of the capacity; null"
        " without a share."
    )
    def planned(self: CategoryUsedAt) -> float | None:
        if self.category < 0:
            return None
        planned = float(self.plan.made.room.share[self.category, self.resource])
        return None if np.isnan(planned) else planned

    @strawberry.field(description="What its work in flight still needs within the cycle.")
    def committed(self: CategoryUsedAt) -> float:
        return float(self.plan.made.room.committed[self.category, self.resource])

    @strawberry.field(description="What the plan that is worth most adds to that.")
    def funded(self: CategoryUsedAt) -> float:
        return float(self.plan.optimum.used[self.category, self.resource])

    @strawberry.field(description="What the walk down the ranking adds to that.")
    def above_cut_line(self: CategoryUsedAt) -> float:
        return float(self.plan.cut_line.used[self.category, self.resource])

    @strawberry.field(
        description="What it could still use beside the plan that is worth most, if nobody else took more."
    )
    def left(self: CategoryUsedAt) -> float:
        room = self.plan.made.problem.limits.room(self.plan.optimum.used)
        return max(0.0, float(room[self.category, self.resource]))


@strawberry.type(
    description="How the capacity of a team, or of one of its skills, is used; person-weeks in the rest of the cycle."
)
class TeamUse:
    """Shows ``UsedAt``."""

    @strawberry.field(description="The team.")
    def team(self: UsedAt, info: Info) -> _Team:
        return ResourceAt(self.plan.posed, self.resource).team(info)

    @strawberry.field(
        description="The skill; null for the team as a whole, in which its skills are included."
    )
    def skill(self: UsedAt) -> str | None:
        return ResourceAt(self.plan.posed, self.resource).skill

    @strawberry.field(
        description="What there is: the team's capacity from the first day of the plan on. Null where it is unknown"
        " in any period: then nothing that demands the team is funded."
    )
    def capacity(self: UsedAt) -> float | None:
        stated = self.plan.posed.capacity[:, self.resource]
        return None if np.isnan(stated).any() else float(stated.sum())

    @strawberry.field(description="What active initiatives of other portfolios still need within the cycle.")
    def elsewhere(self: UsedAt) -> float:
        return float(self.plan.made.room.elsewhere[self.resource])

    @strawberry.field(
        description="What work in flight of this portfolio still needs within the cycle, which comes first."
    )
    def committed(self: UsedAt) -> float:
        return float(self.plan.made.room.committed[:, self.resource].sum())

    @strawberry.field(
        description="By how much work in flight, here and elsewhere, exceeds capacity; 0 if it doesn't."
    )
    def overcommitted(self: UsedAt) -> float:
        return float(self.plan.made.room.over[self.resource])

    @strawberry.field(description="What the plan that is worth most adds.")
    def funded(self: UsedAt) -> float:
        return float(self.plan.optimum.used[:, self.resource].sum())

    @strawberry.field(description="What the walk down the ranking adds.")
    def above_cut_line(self: UsedAt) -> float:
        return float(self.plan.cut_line.used[:, self.resource].sum())

    @strawberry.field(
        description="(elsewhere + committed + funded) / capacity in the plan that is worth most: 1 is all of it,"
        " more is overcommitted. Null where capacity is unknown or 0."
    )
    def utilisation(self: UsedAt) -> float | None:
        return _utilisation(self, self.plan.optimum)

    @strawberry.field(description="The same for the walk down the ranking.")
    def utilisation_above_cut_line(self: UsedAt) -> float | None:
        return _utilisation(self, self.plan.cut_line)

    @strawberry.field(
        description="The same by category: all categories that have a share or use something, and work without"
        " category if it does. As many as the organisation has, and one."
    )
    def categories(self: UsedAt) -> list[CategoryUse]:
        room = self.plan.made.room
        names = self.plan.posed.names.categories
        shown = [*sorted(range(len(names)), key=lambda at: (names[at].casefold(), at)), -1]
        return as_types(
            CategoryUse,
            (
                CategoryUsedAt(self.plan, self.resource, category)
                for category in shown
                if (category >= 0 and not np.isnan(room.share[category, self.resource]))
                or room.committed[category, self.resource] > 0
                or self.plan.optimum.used[category, self.resource] > 0
                or self.plan.cut_line.used[category, self.resource] > 0
            ),
        )


@strawberry.type(description="A page of teams and their skills, by name, each team before its skills.")
class TeamUseConnection(Connection[TeamUse]):
    """Connection of used capacity."""


class WorthAt(NamedTuple):
    """What more of a resource is worth, in a selection."""

    plan: SelectedPlan
    worth: MarginalValue


@strawberry.type(
    description="What more person-weeks of a team, or of one of its skills, would be worth to the plan that is worth"
    " most."
)
class CapacityWorth:
    """Shows ``WorthAt``."""

    @strawberry.field(description="The team.")
    def team(self: WorthAt, info: Info) -> _Team:
        return ResourceAt(self.plan.posed, self.worth.resource).team(info)

    @strawberry.field(description="The skill; null for the team as a whole.")
    def skill(self: WorthAt) -> str | None:
        return ResourceAt(self.plan.posed, self.worth.resource).skill

    @strawberry.field(
        description="Whether they are for one category (true), or all shares of the team grow in proportion (false)."
    )
    def for_category(self: WorthAt) -> bool:
        return self.worth.category is not None

    @strawberry.field(
        description="The category that gets them; null if all shares grow, and for work without category."
    )
    def category(self: WorthAt, info: Info) -> _Category | None:
        worth = self.worth.category
        return None if worth is None else category_of(self.plan.posed, worth, info)

    @strawberry.field(description="How many person-weeks.")
    def person_weeks(self: WorthAt) -> float:
        return self.worth.weeks

    @strawberry.field(
        description="Value per person-week by the linear relaxation, in the unit of the selection's values: what a"
        " week is worth if initiatives could be funded in part. An estimate; whole initiatives make the true value"
        " rise in steps."
    )
    def price(self: WorthAt) -> float:
        return self.worth.price

    @strawberry.field(
        description="By how much these person-weeks raise the greatest value at least, by solving again; null where"
        " it was not solved again."
    )
    def gain_at_least(self: WorthAt) -> float | None:
        return self.worth.gain_at_least

    @strawberry.field(
        description="By how much at most; equal to `gainAtLeast` where both plans are proven optimal."
    )
    def gain_at_most(self: WorthAt) -> float | None:
        return self.worth.gain_at_most

    @strawberry.field(description="What would be funded in addition; at most 100.")
    def enters(self: WorthAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.plan.posed, self.worth.enters, info)

    @strawberry.field(description="What would no longer be funded; at most 100.")
    def leaves(self: WorthAt, info: Info) -> list[_Initiative]:
        return initiatives_of(self.plan.posed, self.worth.leaves, info)


def resources_by_name(posed: PlanningInput) -> list[int]:
    """Resources in the order in which people look for them."""
    names = posed.names.teams
    return sorted(
        range(len(posed.skills)),
        key=lambda at: (names[posed.resource_team[at]].casefold(), posed.resource_team[at], posed.skills[at]),
    )


def shown_use(plan: SelectedPlan, resource: int) -> TeamUse:
    """A resource as the schema shows it."""
    return as_type(TeamUse, UsedAt(plan, resource))


def _utilisation(used: UsedAt, funding: Funding) -> float | None:
    room = used.plan.made.room
    stated = float(used.plan.posed.capacity[:, used.resource].sum())
    if not stated > 0:  # also where it is unknown
        return None
    taken = room.elsewhere[used.resource] + room.committed[:, used.resource].sum()
    return float((taken + funding.used[:, used.resource].sum()) / stated)


def _policy(used: CategoryUsedAt) -> tuple[float | None, AllocationMode | None]:
    posed = used.plan.posed
    if used.category < 0 or posed.skills[used.resource]:
        return None, None
    team = posed.resource_team[used.resource]
    mode = int(posed.mode[used.category, team])
    return (None, None) if mode < 0 else (float(posed.share[used.category, team]), MODES[mode])
