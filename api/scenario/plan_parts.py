"""Plans that solves of scenarios have led to, in the schema: their parts."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, cast
from uuid import UUID

import strawberry

from api.context import Info
from api.enums import InitiativeState
from api.initiative.shown import initiatives_of
from api.nodes import as_types
from api.pagination import Connection
from api.scalars import BigInt, CurrencyCode, Money
from api.schedule.enums import Gap
from api.selection.enums import UnfundedReason
from domain.scenario.result import (
    KeyResultOutlook,
    Lack,
    PlannedInitiative,
    PlanResult,
    ResourceUse,
)

if TYPE_CHECKING:
    from api.category.types import AllocationCategory
    from api.initiative.types import Initiative
    from api.key_result.types import KeyResult
    from api.team.types import Team

MOST_NAMED = 10


class Shown(NamedTuple):
    """A plan, and the part of it that is shown."""

    plan: PlanResult
    item: Any


@strawberry.type(description="A limit that an initiative, with what it needs, would exceed.")
class ScenarioLack:
    """Shows ``Shown`` of ``Lack``."""

    @strawberry.field(description="The team whose capacity it is; null when it is gone for good.")
    def team(self: Shown, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        use = self.plan.resources[_lack(self).resource]
        return cast("Team | None", info.context.directory.teams.get(use.team_id))

    @strawberry.field(description="The skill of the team; empty for the team as a whole.")
    def skill(self: Shown) -> str:
        return self.plan.resources[_lack(self).resource].skill

    @strawberry.field(description="The category whose own share it is; null for the capacity as a whole.")
    def category(
        self: Shown, info: Info
    ) -> Annotated["AllocationCategory", strawberry.lazy("api.category.types")] | None:
        category_id = _lack(self).category_id
        if category_id is None:
            return None
        return cast("AllocationCategory | None", info.context.directory.categories.get(category_id))

    @strawberry.field(description="Person-weeks that it would take.")
    def needed(self: Shown) -> float:
        return _lack(self).needed

    @strawberry.field(description="Person-weeks that are left for it.")
    def left(self: Shown) -> float:
        return _lack(self).left


def _lack(shown: Shown) -> Lack:
    return cast("Lack", shown.item)


def _planned(shown: Shown) -> PlannedInitiative:
    return cast("PlannedInitiative", shown.item)


@strawberry.type(description="An initiative in the plan of a scenario.")
class ScenarioPlannedInitiative:
    """Shows ``Shown`` of ``PlannedInitiative``."""

    @strawberry.field(description="The initiative as it is now; null when it is gone for good.")
    async def initiative(
        self: Shown, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")] | None:
        return await named_initiative(info, self.item.id)

    @strawberry.field(description="What it was called when the base was taken.")
    def title(self: Shown) -> str:
        return _planned(self).title

    @strawberry.field(description="Its state when the base was taken.")
    def state(self: Shown) -> InitiativeState:
        return _planned(self).state

    @strawberry.field(description="Whether it is funded; what is in flight is.")
    def funded(self: Shown) -> bool:
        return _planned(self).funded

    @strawberry.field(description="Whether it was being worked on, so that it goes on.")
    def in_flight(self: Shown) -> bool:
        return _planned(self).in_flight

    @strawberry.field(description="Whether it has to be done, by itself or by an effect.")
    def mandatory(self: Shown) -> bool:
        return _planned(self).mandatory

    @strawberry.field(
        description="What it is worth, in the unit of what the scenario values by; null when that is unknown."
    )
    def value(self: Shown) -> float | None:
        return _planned(self).value

    @strawberry.field(description="Why it is not funded, what is not known included; empty when it is.")
    def reasons(self: Shown) -> list[UnfundedReason]:
        return list(_planned(self).reasons)

    @strawberry.field(
        description=f"Limits that it would exceed, at most {MOST_NAMED}; empty when it is funded."
    )
    def lacks(self: Shown) -> list[ScenarioLack]:
        return as_types(ScenarioLack, [Shown(self.plan, lack) for lack in _planned(self).lacks[:MOST_NAMED]])

    @strawberry.field(
        description=f"What it needs that is not funded either, directly or not; at most {MOST_NAMED}."
    )
    async def unfunded_prerequisites(
        self: Shown, info: Info
    ) -> list[Annotated["Initiative", strawberry.lazy("api.initiative.types")]]:
        return await named_initiatives(info, _planned(self).prerequisites)

    @strawberry.field(
        description="First day of the first period in which it runs; null when it is not scheduled."
    )
    def starts_on(self: Shown) -> date | None:
        return _planned(self).starts_on

    @strawberry.field(
        description="Last day of the last period in which it runs; null when it does not finish in the cycle."
    )
    def finishes_on(self: Shown) -> date | None:
        return _planned(self).finishes_on

    @strawberry.field(description="Why it can't be scheduled although it is funded; empty when it can.")
    def gaps(self: Shown) -> list[Gap]:
        return list(_planned(self).gaps)

    @strawberry.field(
        description="What finishing then costs against finishing on the first day of the plan, by its cost of delay;"
        " for what does not finish in the cycle, as if it began when that ends. Null when nothing is known."
    )
    def delay_cost(self: Shown) -> Money | None:
        return money(self.plan, _planned(self).delay_minor)


@strawberry.type(description="A page of initiatives in a plan.")
class ScenarioPlannedInitiativeConnection(Connection[ScenarioPlannedInitiative]):
    """Connection of planned initiatives."""


@strawberry.type(description="Capacity of a team in one period, and what of it is scheduled.")
class ScenarioPeriodUse:
    """One period of a resource."""

    starts_on: date = strawberry.field(description="First day.")
    ends_on: date = strawberry.field(description="Last day.")
    capacity: float | None = strawberry.field(
        description="Person-weeks; null when nobody has stated any, which is not 0."
    )
    used: float = strawberry.field(description="Person-weeks that are scheduled, work in flight included.")


@strawberry.type(description="How much of a team, or of one of its skills, a plan uses.")
class ScenarioUtilisation:
    """Shows ``Shown`` of ``ResourceUse``."""

    @strawberry.field(description="The team; null when it is gone for good.")
    def team(self: Shown, info: Info) -> Annotated["Team", strawberry.lazy("api.team.types")] | None:
        return cast("Team | None", info.context.directory.teams.get(_use(self).team_id))

    @strawberry.field(description="The skill; empty for the team as a whole.")
    def skill(self: Shown) -> str:
        return _use(self).skill

    @strawberry.field(
        description="Person-weeks in the rest of the cycle; null when nobody has stated any, which is not 0."
    )
    def capacity(self: Shown) -> float | None:
        return _use(self).capacity

    @strawberry.field(
        description="Person-weeks that funded work, work in flight and other portfolios take of them."
    )
    def used(self: Shown) -> float:
        return _use(self).used

    @strawberry.field(description="Used by capacity, 0 to 1 and more; null where there is no capacity.")
    def utilisation(self: Shown) -> float | None:
        use = _use(self)
        return use.used / use.capacity if use.capacity else None

    @strawberry.field(description="The same by period; at most 520.")
    def periods(self: Shown) -> list[ScenarioPeriodUse]:
        use = _use(self)
        return [
            ScenarioPeriodUse(starts_on=first, ends_on=last, capacity=capacity, used=used)
            for (first, last), capacity, used in zip(
                self.plan.periods, use.period_capacity, use.period_used, strict=True
            )
        ]


def _use(shown: Shown) -> ResourceUse:
    return cast("ResourceUse", shown.item)


@strawberry.type(description="A page of teams and skills in a plan.")
class ScenarioUtilisationConnection(Connection[ScenarioUtilisation]):
    """Connection of utilisation."""


@strawberry.type(
    description="Where a key result is expected to end: its current value and, of all that finishes in the cycle, the"
    " expected change × confidence, up to the target."
)
class ScenarioKeyResult:
    """Shows ``KeyResultOutlook``."""

    title: str = strawberry.field(description="What it was called when the base was taken.")
    current: float = strawberry.field(description="The value when the base was taken, in its own unit.")
    target: float = strawberry.field(description="The target, in its own unit.")
    expected: float = strawberry.field(description="The value that is expected, in its own unit.")
    progress: float = strawberry.field(
        description="(current − start) / (target − start), clamped to 0 to 1, when the base was taken."
    )
    expected_progress: float = strawberry.field(description="The same of the expected value.")

    @strawberry.field(description="The key result as it is now; null when it is gone for good.")
    def key_result(
        self: KeyResultOutlook, info: Info
    ) -> Annotated["KeyResult", strawberry.lazy("api.key_result.types")] | None:
        return cast("KeyResult | None", info.context.directory.key_results.get(self.id))


@strawberry.type(description="A page of key results in a plan.")
class ScenarioKeyResultConnection(Connection[ScenarioKeyResult]):
    """Connection of key results."""


async def named_initiative(info: Info, initiative_id: UUID) -> "Initiative | None":
    """An initiative as it is now, if it is there."""
    found = await initiatives_of(info.context, [initiative_id])
    return found[0]


async def named_initiatives(info: Info, ids: Sequence[UUID]) -> "list[Initiative]":
    """Some of the initiatives, as they are now; those that are there."""
    found = await initiatives_of(info.context, ids[:MOST_NAMED])
    return [initiative for initiative in found if initiative is not None]


def money(plan: PlanResult, minor: float | None) -> Money | None:
    """An amount in the plan's currency."""
    if minor is None:
        return None
    return Money(amount_minor=BigInt(round(minor)), currency=CurrencyCode(plan.currency))
