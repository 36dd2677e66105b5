"""An initiative in a schedule."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry

from api.context import Info
from api.nodes import as_type
from api.pagination import Connection
from api.scalars import BigInt, CurrencyCode, Money
from api.schedule.enums import Cause, DelayBasis, Gap
from api.selection.explanations import ResourceAt, category_of
from domain.planning.delay_costs import BASES
from domain.planning.placing import ScheduledPlan
from prioritisation.schedule_explanation import Reason

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative
    from api.team.types import Team

_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


class ReasonAt(NamedTuple):
    """Why an initiative of a schedule starts when it does."""

    plan: ScheduledPlan
    reason: Reason


@strawberry.type(description="Why an initiative starts when it does, or does not run within the cycle.")
class StartReason:
    """Shows ``ReasonAt``."""

    @strawberry.field(description="What holds it.")
    def cause(self: ReasonAt) -> Cause:
        return self.reason.cause

    @strawberry.field(
        description="The initiative that it waits for: over a dependency, or because its end frees the team. Null"
        " where it is none."
    )
    def waits_for(self: ReasonAt, info: Info) -> _Initiative | None:
        if self.reason.predecessor is None:
            return None
        position = int(self.plan.made.positions[self.reason.predecessor])
        return cast("Initiative", info.context.initiative(self.plan.posed.initiative_ids[position]))

    @strawberry.field(description="The team without room; null where that is not the cause.")
    def team(self: ReasonAt, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        resource = self.reason.resource
        return None if resource is None else ResourceAt(self.plan.posed, resource).team(info)

    @strawberry.field(description="The skill of the team without room; null for the team as a whole.")
    def skill(self: ReasonAt) -> str | None:
        resource = self.reason.resource
        return None if resource is None else ResourceAt(self.plan.posed, resource).skill

    @strawberry.field(
        description="The category whose part in the team is used up while the team itself has room; null where the"
        " team has none."
    )
    def category(
        self: ReasonAt, info: Info
    ) -> Annotated["AllocationCategory", strawberry.lazy("api.category.types")] | None:
        category = self.reason.category
        return None if category is None else category_of(self.plan.posed, category, info)


class PlacedAt(NamedTuple):
    """An initiative that was to be scheduled, by its position in the input."""

    plan: ScheduledPlan
    at: int

    @property
    def place(self) -> int:
        """Its place in the problem; -1 where it can't be placed."""
        return int(self.plan.place_of[self.at])


@strawberry.type(description="An initiative in a schedule: when it runs, what that costs, and why then.")
class ScheduledInitiative:
    """Shows ``PlacedAt``."""

    @strawberry.field(description="The initiative.")
    def initiative(self: PlacedAt, info: Info) -> _Initiative:
        return cast("Initiative", info.context.initiative(self.plan.posed.initiative_ids[self.at]))

    @strawberry.field(description="Whether it is being worked on: it goes on from the first period.")
    def in_flight(self: PlacedAt) -> bool:
        return bool(self.plan.made.standing.committed[self.at])

    @strawberry.field(
        description="The first day of the period in which it starts, or goes on; null if it does not run."
    )
    def starts_on(self: PlacedAt) -> date | None:
        start = -1 if self.place < 0 else int(self.plan.start[self.place])
        return None if start < 0 else self.plan.posed.periods[start].starts_on

    @strawberry.field(
        description="The last day of the period in which it finishes; null if it does not finish within the cycle."
    )
    def ends_on(self: PlacedAt) -> date | None:
        finish = -1 if self.place < 0 else int(self.plan.finish[self.place])
        periods = self.plan.posed.periods
        return periods[finish].ends_on if 0 <= finish < len(periods) else None

    @strawberry.field(
        description="Weeks that it takes, at the pace that its category's part in its teams allows. Null when unknown."
    )
    def weeks(self: PlacedAt) -> float | None:
        weeks = float(self.plan.made.weeks[self.at])
        return None if np.isnan(weeks) else weeks

    @strawberry.field(
        description="Whether that is longer than estimated: the pace that its effort and duration imply is more than"
        " its category's part in a team allows in three of four periods."
    )
    def stretched(self: PlacedAt) -> bool:
        return bool(self.plan.made.stretched[self.at])

    @strawberry.field(
        description="What its delay costs: finishing on the last day of its last period against finishing on the first"
        " day of the plan, by its urgency profile. What does not finish within the cycle counts as begun when it ends."
        " Null where the basis is no money, and for what can't be placed."
    )
    def delay_cost(self: PlacedAt) -> Money | None:
        if self.place < 0 or BASES[self.plan.made.delay.basis[self.at]] is DelayBasis.UNKNOWN:
            return None
        return money_of(self.plan, float(self.plan.delay_cost[self.place]))

    @strawberry.field(description="What that cost rests on.")
    def delay_basis(self: PlacedAt) -> DelayBasis:
        return BASES[int(self.plan.made.delay.basis[self.at])]

    @strawberry.field(
        description="Why it starts when it does, or does not run; null for what can't be placed, see `gaps`."
    )
    def reason(self: PlacedAt) -> StartReason | None:
        if self.place < 0:
            return None
        return as_type(StartReason, ReasonAt(self.plan, self.plan.why[self.place]))

    @strawberry.field(description="Why it can't be placed at all; empty if it can.")
    def gaps(self: PlacedAt) -> list[Gap]:
        return [gap for gap, flags in self.plan.made.gaps.items() if flags[self.at]]

    @strawberry.field(
        description="Whether it has to be done and can't meet its deadline: it is planned all the same, as late as it"
        " is."
    )
    def deadline_missed(self: PlacedAt) -> bool:
        return bool(self.plan.made.missed[self.at])

    @strawberry.field(
        description="Whether it is on the critical chain: it determines when the last initiative finishes."
    )
    def critical(self: PlacedAt) -> bool:
        return self.place in self.plan.chain

    @strawberry.field(
        description="By how many periods it can start later without moving anything else; null if it does not run, and"
        " in plans of more than 500 initiatives."
    )
    def free_slack(self: PlacedAt) -> int | None:
        slack = self.plan.free_slack
        free = -1 if slack is None or self.place < 0 else int(slack[self.place])
        return None if free < 0 else free


@strawberry.type(description="A page of the initiatives of a schedule, by start.")
class ScheduledInitiativeConnection(Connection[ScheduledInitiative]):
    """Connection of scheduled initiatives."""


def money_of(plan: ScheduledPlan, amount: float) -> Money | None:
    """A cost of the schedule as money; None where costs are counted in value times weeks."""
    if not plan.made.delay.in_money:
        return None
    currency = plan.posed.settings.currency
    return Money(amount_minor=BigInt(round(amount)), currency=CurrencyCode(currency))
