"""The type ``PortfolioSelection``: cut line and optimum side by side."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry

from api.context import Info
from api.dependency_map.pages import page_from
from api.nodes import as_type, as_types
from api.pagination import After, Before, First, Last, page_of
from api.selection.enums import CutReading, InFlight, PlannedWhich, SelectionStatus
from api.selection.planned import PlannedAt, PlannedInitiative, PlannedInitiativeConnection
from api.selection.solving import shared, value_unit
from api.selection.usage import (
    CapacityWorth,
    TeamUseConnection,
    WorthAt,
    resources_by_name,
    shown_use,
)
from domain.errors import InvalidInput
from domain.planning.funding import MOST_VERIFIED, worths
from domain.planning.input import Flags, Integers
from domain.planning.selecting import Funding, SelectedPlan
from domain.planning.standing import Bar

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.initiative.types import Initiative
    from api.team.types import Team

WORTH_COST = 500
MOST_WEEKS = 1_000.0
MOST_TEAMS = 100


class FundingOf(NamedTuple):
    """What is funded, in a selection."""

    plan: SelectedPlan
    funding: Funding


@strawberry.type(description="A set of initiatives that could be funded, without work in flight.")
class FundedSet:
    """Shows ``FundingOf``."""

    @strawberry.field(
        description="What they are worth together, in the unit of the selection's values. Unknown values of"
        " mandatory ones count with nothing."
    )
    def value(self: FundingOf) -> float:
        return self.funding.value

    @strawberry.field(description="How many they are.")
    def count(self: FundingOf) -> int:
        return int((self.funding.chosen & ~self.plan.made.standing.committed).sum())

    @strawberry.field(description="Person-weeks that they need of all teams together.")
    def person_weeks(self: FundingOf) -> float:
        return float(self.funding.used[:, self.plan.posed.team_resource].sum())


class GroupAt(NamedTuple):
    """A group of alternatives in a selection."""

    plan: SelectedPlan
    group: int


@strawberry.type(description="A group of alternatives, and what the plan that is worth most makes of it.")
class AlternativeOutcome:
    """Shows ``GroupAt``."""

    @strawberry.field(description="What the group is called.")
    def name(self: GroupAt) -> str:
        return self.plan.posed.names.alternatives[self.group]

    @strawberry.field(description="The one that is funded, or goes on; null if none is.")
    def funded(
        self: GroupAt, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        members = _members(self)
        chosen = members[self.plan.optimum.chosen[members]]
        if not chosen.size:
            return None
        return cast("Initiative", info.context.initiative(self.plan.posed.initiative_ids[int(chosen[0])]))

    @strawberry.field(description="All open initiatives of the group; at most 50.")
    def alternatives(self: GroupAt) -> list[PlannedInitiative]:
        return as_types(PlannedInitiative, (PlannedAt(self.plan, at) for at in _members(self).tolist()))


@strawberry.type(
    description="What a portfolio can fund in a cycle: what a board gets that walks down its ranking, and what is"
    " worth most, side by side. An initiative is funded as a whole: all the effort that remains of it counts against"
    " the rest of the cycle, whatever its duration. A demand for a skill counts on the skill and on its team. What"
    " work in flight still needs is taken off first, here and in other portfolios."
)
class PortfolioSelection:
    """Shows ``SelectedPlan``."""

    plan: strawberry.Private[SelectedPlan]
    work_in_flight: strawberry.Private[InFlight]

    @strawberry.field(description="The cycle.")
    def cycle(self, info: Info) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", info.context.directory.cycles[self.plan.posed.settings.cycle_id])

    @strawberry.field(description="The first day that is planned.")
    def starts_on(self) -> date:
        return self.plan.posed.settings.day

    @strawberry.field(description="The last day of the cycle.")
    def ends_on(self) -> date:
        return self.plan.posed.settings.ends_on

    @strawberry.field(
        description="Digest of everything that the plan depends on: equal digests mean equal plans."
    )
    def fingerprint(self) -> str:
        return self.plan.fingerprint

    @strawberry.field(
        description="Number of the allocation policy's version that is in force; null without a policy: then no"
        " category has a limit of its own."
    )
    def policy_version(self) -> int | None:
        return self.plan.posed.settings.policy_number

    @strawberry.field(description="What values are counted in: the numerator of the ranking's score.")
    def value_unit(self) -> str:
        return value_unit(self.plan.posed)

    @strawberry.field(description="What becomes of work in flight.")
    def in_flight(self) -> InFlight:
        return self.work_in_flight

    @strawberry.field(description="What is worth most within all limits.")
    def optimum(self) -> FundedSet:
        return as_type(FundedSet, FundingOf(self.plan, self.plan.optimum))

    @strawberry.field(description="No selection is worth more than this.")
    def bound(self) -> float:
        return self.plan.bound

    @strawberry.field(description="(bound − value) / bound of the optimum: 0 is proven to be the best.")
    def gap(self) -> float:
        return self.plan.gap

    @strawberry.field(description="What is proven about the optimum.")
    def status(self) -> SelectionStatus:
        return self.plan.status

    @strawberry.field(
        description="What a walk down the ranking funds: mandatory initiatives first, then each with what it needs,"
        " as long as it fits."
    )
    def cut_line(self) -> FundedSet:
        return as_type(FundedSet, FundingOf(self.plan, self.plan.cut_line))

    @strawberry.field(description="What the walk does at the first initiative that does not fit.")
    def reading(self) -> CutReading:
        return self.plan.reading

    @strawberry.field(
        description="How many initiatives stand above the line: before the first of the ranking that the walk does not"
        " fund, work in flight included."
    )
    def line(self) -> int:
        return self.plan.line

    @strawberry.field(
        description="What the cut line leaves on the table: the optimum's value less its own, never negative."
    )
    def value_behind_optimum(self) -> float:
        return max(0.0, self.plan.optimum.value - self.plan.cut_line.value)

    @strawberry.field(description="Its initiatives in the order of the ranking; those without a rank last.")
    def initiatives(
        self,
        which: Annotated[PlannedWhich, strawberry.argument(description="Which of them.")] = PlannedWhich.ALL,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> PlannedInitiativeConnection:
        plan = self.plan
        order = plan.posed.order
        kept = order[_wanted(plan, which)[order]]
        return page_from(
            PlannedInitiativeConnection,
            kept,
            lambda at: PlannedAt(plan, int(at)),
            scope=f"selection:{plan.fingerprint}:{plan.reading}:{which}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="How capacity is used: all teams that open initiatives demand, and their skills."
    )
    def teams(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamUseConnection:
        plan = self.plan
        return page_from(
            TeamUseConnection,
            resources_by_name(plan.posed),
            lambda resource: shown_use(plan, resource),
            scope=f"use:{plan.fingerprint}:{plan.reading}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="What more person-weeks would be worth, of each team and skill as a whole and for each category"
        " in it, the most valuable first by the prices of the relaxation.",
        metadata={"cost": WORTH_COST},
    )
    async def worth_of_capacity(
        self,
        info: Info,
        person_weeks: Annotated[
            float, strawberry.argument(description="How many more, above 0 and at most 1,000.")
        ] = 1.0,
        top: Annotated[
            int,
            strawberry.argument(
                description=f"How many to return, 1 to {MOST_VERIFIED}; each is verified by solving again."
            ),
        ] = 5,
    ) -> list[CapacityWorth]:
        if not 0 < person_weeks <= MOST_WEEKS:
            raise InvalidInput("personWeeks must be above 0 and at most 1,000.", path=("personWeeks",))
        if not 1 <= top <= MOST_VERIFIED:
            raise InvalidInput(f"top must be from 1 to {MOST_VERIFIED}.", path=("top",))
        plan = self.plan
        found = await worths(plan, weeks=person_weeks, verified=top, **shared(info.context))
        return as_types(CapacityWorth, (WorthAt(plan, worth) for worth in found[:top]))

    @strawberry.field(
        description="Groups of alternatives with at least two open initiatives, and what is funded of each; at most"
        " 100."
    )
    def alternatives(self) -> list[AlternativeOutcome]:
        groups = range(len(self.plan.posed.alternatives))
        return as_types(AlternativeOutcome, (GroupAt(self.plan, group) for group in groups))

    @strawberry.field(
        description="Teams that open initiatives demand and whose capacity nobody has stated for the whole rest of the"
        " cycle; nothing that needs them is funded. At most 100."
    )
    def teams_without_capacity(
        self, info: Info
    ) -> list[Annotated["Team", strawberry.lazy("api.team.types")]]:
        posed = self.plan.posed
        unknown = [
            posed.team_ids[int(posed.resource_team[resource])]
            for resource in posed.team_resource.tolist()
            if np.isnan(posed.capacity[:, resource]).any()
        ]
        teams = info.context.directory.teams
        return cast("list[Team]", [teams[team_id] for team_id in unknown[:MOST_TEAMS]])

    @strawberry.field(description="How many open initiatives have no known value, and so can't be weighed.")
    def value_unknown_count(self) -> int:
        return int(self.plan.made.standing.bars[Bar.VALUE_UNKNOWN].sum())

    @strawberry.field(
        description="How many open initiatives demand nothing of any team as far as is known, and so can't be planned."
    )
    def effort_unknown_count(self) -> int:
        return int(self.plan.made.standing.bars[Bar.EFFORT_UNKNOWN].sum())


def _members(outcome: GroupAt) -> Integers:
    posed = outcome.plan.posed
    members: Integers = posed.member[posed.member_group == outcome.group]
    return members


def _wanted(plan: SelectedPlan, which: PlannedWhich) -> Flags:
    optimum, cut = plan.optimum.chosen, plan.cut_line.chosen
    flags: dict[PlannedWhich, Flags] = {
        PlannedWhich.ALL: np.ones_like(optimum),
        PlannedWhich.FUNDED: optimum,
        PlannedWhich.UNFUNDED: ~optimum,
        PlannedWhich.IN_FLIGHT: plan.made.standing.committed,
        PlannedWhich.ABOVE_CUT_LINE: cut,
        PlannedWhich.DIFFERENT: optimum != cut,
    }
    return flags[which]
