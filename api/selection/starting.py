"""``Initiative.startImpact``: what must stop to start it."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import numpy as np
import strawberry

from api.context import Info
from api.errors import InvalidInput, NotFound
from api.nodes import as_types
from api.scenario.errors import TooManyComputations
from api.selection.asking import PlanAsOf, PlanBy, plan_request
from api.selection.enums import StartObstacle
from api.selection.errors import PlanTooLarge
from api.selection.explanations import ResourceAt, initiatives_of
from api.selection.solving import CycleId, posed_for, shared, value_unit
from domain import errors
from domain.planning.starting import StartImpact as Impact
from domain.planning.starting import start_impact
from domain.rows import InitiativeRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative
    from api.team.types import Team

START_COST = 300

_Initiative = Annotated["Initiative", strawberry.lazy("api.initiative.types")]


class FreedAt(NamedTuple):
    """What stopping frees of a resource."""

    impact: Impact
    resource: int


@strawberry.type(description="Capacity of a team that stopping work frees.")
class FreedByStopping:
    """Shows ``FreedAt``."""

    @strawberry.field(description="The team.")
    def team(self: FreedAt, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")]:
        return ResourceAt(self.impact.posed, self.resource).team(info)

    @strawberry.field(description="The skill; null for the team as a whole.")
    def skill(self: FreedAt) -> str | None:
        return ResourceAt(self.impact.posed, self.resource).skill

    @strawberry.field(description="Person-weeks within the rest of the cycle.")
    def person_weeks(self: FreedAt) -> float:
        return float(self.impact.freed[self.resource])


@strawberry.type(
    description="What must stop so that an initiative, with all that it needs, fits into the rest of a cycle. Only"
    " work in flight takes room here: what is merely planned is not asked. Of all ways to make room this one loses"
    " least value. Work in flight goes on in any case where it is mandatory, where its value is unknown (that is not"
    " 0), or where the initiative depends on it."
)
class StartImpact:
    """Shows ``domain.planning.starting.StartImpact``."""

    impact: strawberry.Private[Impact]

    @strawberry.field(
        description="Whether it could start: without stopping anything if `stops` is empty. False if nothing that may"
        " stop would make room."
    )
    def possible(self) -> bool:
        return self.impact.obstacle is None

    @strawberry.field(description="Why nothing helps; null if something does.")
    def obstacle(self) -> StartObstacle | None:
        return self.impact.obstacle

    @strawberry.field(
        description="What stands in its way and can't be funded whatever the capacity: itself, or what it needs; at"
        " most 100."
    )
    def barred(self, info: Info) -> list[_Initiative]:
        return initiatives_of(self.impact.posed, self.impact.barred, info)

    @strawberry.field(
        description="What would have to start with it: all that it needs, directly or not, and is not in flight; at"
        " most 100."
    )
    def with_it(self, info: Info) -> list[_Initiative]:
        return initiatives_of(self.impact.posed, self.impact.with_it, info)

    @strawberry.field(description="What would have to stop; at most 100.")
    def stops(self, info: Info) -> list[_Initiative]:
        return initiatives_of(self.impact.posed, self.impact.stops, info)

    @strawberry.field(description="How many would have to stop.")
    def stop_count(self) -> int:
        return len(self.impact.stops)

    @strawberry.field(
        description="What these are worth together, in the unit of the values; null where nothing helps."
    )
    def value_lost(self) -> float | None:
        return self.impact.value_lost

    @strawberry.field(
        description="No way to make room loses less than this; equal to `valueLost` where that is proven."
    )
    def value_lost_at_least(self) -> float | None:
        return self.impact.bound

    @strawberry.field(description="What the initiative itself is worth, in the same unit; null when unknown.")
    def value(self) -> float | None:
        value = float(self.impact.posed.value[self.impact.position])
        return None if np.isnan(value) else value

    @strawberry.field(description="What values are counted in.")
    def value_unit(self) -> str:
        return value_unit(self.impact.posed)

    @strawberry.field(
        description="Capacity that stopping frees within the cycle: one entry for each team and skill of which it"
        " frees some."
    )
    def freed(self) -> list[FreedByStopping]:
        resources = np.flatnonzero(self.impact.freed > 0).tolist()
        return as_types(FreedByStopping, (FreedAt(self.impact, resource) for resource in resources))


StartImpactResult = Annotated[
    StartImpact | PlanTooLarge | TooManyComputations | InvalidInput | NotFound,
    strawberry.union("StartImpactResult", description="What `Initiative.startImpact` answers."),
]


@strawberry.type
class InitiativeStart:
    """Fields of ``Initiative``."""

    @strawberry.field(
        description="What must stop to start it in a cycle, by the remaining effort of work in flight, capacity and the"
        " allocation policy.",
        metadata={"cost": START_COST},
    )
    async def start_impact(
        self: InitiativeRow,
        info: Info,
        cycle: CycleId,
        by: PlanBy = strawberry.UNSET,
        as_of: PlanAsOf = strawberry.UNSET,
    ) -> StartImpactResult:
        request = plan_request(cycle, by or None, as_of or None)
        posed = await posed_for(info.context, self.portfolio_id, request)
        position = posed.position_of.get(self.id)
        if position is None:
            raise errors.InvalidInput(
                f"It is {'archived' if self.archived_at else self.state.value}; only open initiatives can start."
            )
        impact = await start_impact(posed, position, **shared(info.context))
        return StartImpact(impact=impact)
