"""The type ``PortfolioSchedule``."""

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import numpy as np
import strawberry

from api.capacity.enums import PeriodLength
from api.context import Info
from api.dependency_map.pages import page_from
from api.nodes import as_type, as_types
from api.pagination import After, Before, Connection, First, Last, page_of
from api.scalars import Money
from api.schedule.enums import DelayBasis, ScheduledWhat, ScheduledWhich, ScheduleStatus
from api.schedule.placed import PlacedAt, ScheduledInitiative, ScheduledInitiativeConnection, money_of
from api.selection.explanations import ResourceAt
from api.selection.usage import resources_by_name
from domain.periods import Period
from domain.planning.delay_costs import BASES
from domain.planning.drawing import gantt_of, load_of
from domain.planning.input import Flags, Integers
from domain.planning.placing import ScheduledPlan

if TYPE_CHECKING:
    from api.cycle.types import Cycle
    from api.team.types import Team

PICTURE_COST = 100
MOST_CHAINED = 500


@strawberry.type(description="A week or a month of a plan; the first and the last may be partial.")
class PlanPeriod:
    """Shows ``Period``."""

    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")


class LoadAt(NamedTuple):
    """A resource in a period of a schedule."""

    plan: ScheduledPlan
    resource: int
    period: int


@strawberry.type(description="The load of a team, or of one of its skills, in a period; person-weeks.")
class PeriodLoad:
    """Shows ``LoadAt``."""

    @strawberry.field(description="The period.")
    def period(self: LoadAt) -> PlanPeriod:
        return as_type(PlanPeriod, self.plan.posed.periods[self.period])

    @strawberry.field(description="What there is; null where nobody has stated any.")
    def capacity(self: LoadAt) -> float | None:
        capacity = float(self.plan.posed.capacity[self.period, self.resource])
        return None if np.isnan(capacity) else capacity

    @strawberry.field(description="What active initiatives of other portfolios take.")
    def elsewhere(self: LoadAt) -> float:
        return float(self.plan.made.room.elsewhere[self.period, self.resource])

    @strawberry.field(description="What work in flight of this portfolio takes.")
    def committed(self: LoadAt) -> float:
        return float(self.plan.made.room.committed[self.period, :, self.resource].sum())

    @strawberry.field(description="What the schedule adds.")
    def scheduled(self: LoadAt) -> float:
        return float(self.plan.used[self.period, :, self.resource].sum())

    @strawberry.field(
        description="All of that / capacity: 1 is all of it, more is overcommitted. Null where capacity is unknown or"
        " 0."
    )
    def utilisation(self: LoadAt) -> float | None:
        capacity = float(self.plan.posed.capacity[self.period, self.resource])
        if not capacity > 0:
            return None
        return float(self.plan.load[self.period, self.resource]) / capacity


class TeamLoadAt(NamedTuple):
    """A resource in a schedule."""

    plan: ScheduledPlan
    resource: int


@strawberry.type(description="The load of a team, or of one of its skills, over the periods.")
class TeamLoad:
    """Shows ``TeamLoadAt``."""

    @strawberry.field(description="The team.")
    def team(self: TeamLoadAt, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return ResourceAt(self.plan.posed, self.resource).team(info)

    @strawberry.field(
        description="The skill; null for the team as a whole, in which its skills are included."
    )
    def skill(self: TeamLoadAt) -> str | None:
        return ResourceAt(self.plan.posed, self.resource).skill

    @strawberry.field(description="One for each period of the plan, at most 520.")
    def periods(self: TeamLoadAt) -> list[PeriodLoad]:
        count = range(len(self.plan.posed.periods))
        return as_types(PeriodLoad, (LoadAt(self.plan, self.resource, period) for period in count))

    @strawberry.field(description="Load / capacity over all periods; null where capacity is unknown or 0.")
    def utilisation(self: TeamLoadAt) -> float | None:
        capacity = float(self.plan.posed.capacity[:, self.resource].sum())
        return float(self.plan.load[:, self.resource].sum()) / capacity if capacity > 0 else None


@strawberry.type(description="A page of teams and their skills, by name, each team before its skills.")
class TeamLoadConnection(Connection[TeamLoad]):
    """Connection of loads."""


@strawberry.type(
    description="When funded work runs in a cycle, beside work in flight, so that delay costs least: whole periods,"
    " within the capacity of every team, category and period, dependencies of all kinds with their lags, earliest"
    " starts and deadlines. What remains of an initiative's effort is spread evenly over its periods, and it runs"
    " without a break."
)
class PortfolioSchedule:
    """Shows ``ScheduledPlan``."""

    plan: strawberry.Private[ScheduledPlan]
    scheduled_what: strawberry.Private[ScheduledWhat]
    wanted: strawberry.Private[Flags]

    @strawberry.field(description="The cycle.")
    def cycle(self, info: Info) -> Annotated["Cycle", strawberry.lazy("api.cycle.types")]:
        return cast("Cycle", info.context.directory.cycles[self.plan.posed.settings.cycle_id])

    @strawberry.field(description="The first day that is planned; costs of delay count from it.")
    def starts_on(self) -> date:
        return self.plan.posed.settings.day

    @strawberry.field(description="The last day of the cycle.")
    def ends_on(self) -> date:
        return self.plan.posed.settings.ends_on

    @strawberry.field(description="What it is divided into.")
    def period(self) -> PeriodLength:
        return self.plan.posed.settings.length

    @strawberry.field(description="The periods, at most 520.")
    def periods(self) -> list[PlanPeriod]:
        divided: tuple[Period, ...] = self.plan.posed.periods
        return as_types(PlanPeriod, divided)

    @strawberry.field(description="What was to be scheduled besides work in flight.")
    def what(self) -> ScheduledWhat:
        return self.scheduled_what

    @strawberry.field(
        description="Digest of everything that the plan depends on: equal digests mean equal plans."
    )
    def fingerprint(self) -> str:
        return self.plan.fingerprint

    @strawberry.field(
        description="Σ of the stated costs of delay of all that was to be scheduled and could be placed, work in flight"
        " included: finishing when they do against finishing on the first day. Null where nobody has stated any."
    )
    def delay_cost(self) -> Money | None:
        return self._cost_of(DelayBasis.STATED)

    @strawberry.field(
        description="Σ of the costs that stand in for those nobody has stated, see `DelayBasis`; not part of"
        " `delayCost`. Null where nobody has stated any cost of delay."
    )
    def assumed_delay_cost(self) -> Money | None:
        return self._cost_of(DelayBasis.FROM_VALUE)

    @strawberry.field(
        description="What is minimised: both of these, in minor units, and a faint weight for what knows neither; value"
        " times weeks where nobody has stated a cost of delay."
    )
    def total_cost(self) -> float:
        return self.plan.cost

    @strawberry.field(description="No schedule has a lower total cost; null where nothing is proven.")
    def bound(self) -> float | None:
        return self.plan.bound

    @strawberry.field(
        description="(totalCost − bound) / totalCost: 0 is proven to be the best. Null where nothing is proven."
    )
    def gap(self) -> float | None:
        return self.plan.gap

    @strawberry.field(description="What is proven about the schedule.")
    def status(self) -> ScheduleStatus:
        return self.plan.status

    @strawberry.field(
        description="The initiatives that were to be scheduled, by start; then what does not run, in the order of the"
        " ranking."
    )
    def initiatives(
        self,
        which: Annotated[
            ScheduledWhich, strawberry.argument(description="Which of them.")
        ] = ScheduledWhich.ALL,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> ScheduledInitiativeConnection:
        plan = self.plan
        return page_from(
            ScheduledInitiativeConnection,
            _listed(plan, self.wanted, which),
            lambda at: PlacedAt(plan, int(at)),
            scope=f"schedule:{plan.fingerprint}:{self.scheduled_what}:{which}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="The chain that determines when the last initiative finishes: each starts because the one before it"
        " ends, over a dependency or by freeing a team. At most 500."
    )
    def critical_chain(self) -> list[ScheduledInitiative]:
        positions = [int(self.plan.made.positions[place]) for place in self.plan.chain[:MOST_CHAINED]]
        return as_types(ScheduledInitiative, (PlacedAt(self.plan, at) for at in positions))

    @strawberry.field(description="The load of all teams that open initiatives demand, and of their skills.")
    def teams(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> TeamLoadConnection:
        plan = self.plan
        return page_from(
            TeamLoadConnection,
            resources_by_name(plan.posed),
            lambda resource: TeamLoadAt(plan, resource),
            scope=f"load:{plan.fingerprint}:{self.scheduled_what}",
            page=page_of(first=first, after=after, last=last, before=before),
        )

    @strawberry.field(
        description="A Gantt chart as an SVG document, without scripts: bars coloured by category, dashed in flight,"
        " the critical chain in red. At most 300 rows.",
        metadata={"cost": PICTURE_COST},
    )
    async def gantt_svg(self) -> str:
        return await asyncio.to_thread(gantt_of, self.plan)

    @strawberry.field(
        description="The load of teams over the periods against their capacity, as an SVG document, without scripts. At"
        " most 60 rows.",
        metadata={"cost": PICTURE_COST},
    )
    async def load_svg(self) -> str:
        return await asyncio.to_thread(load_of, self.plan)

    def _cost_of(self, basis: DelayBasis) -> Money | None:
        plan = self.plan
        of = plan.made.delay.basis[plan.made.positions] == BASES.index(basis)
        return money_of(plan, float(plan.delay_cost[of].sum()))


def _listed(plan: ScheduledPlan, wanted: Flags, which: ScheduledWhich) -> Integers:
    """Positions in the input: by start, then what does not run by its place in the ranking."""
    size = len(plan.posed)
    start = np.full(size, -1, dtype=np.int64)
    start[plan.made.positions] = plan.start
    asked = wanted | plan.made.standing.committed
    keep = {
        ScheduledWhich.ALL: asked,
        ScheduledWhich.SCHEDULED: asked & (start >= 0),
        ScheduledWhich.UNSCHEDULED: asked & (start < 0),
    }[which]
    rank = np.empty(size, dtype=np.int64)
    rank[plan.posed.order] = np.arange(size)
    order = np.lexsort((rank, np.where(start < 0, np.iinfo(np.int64).max, start)))
    listed: Integers = order[keep[order]]
    return listed
