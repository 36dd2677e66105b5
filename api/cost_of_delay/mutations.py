"""Mutations about cost of delay."""

from typing import Annotated

import strawberry

from api.context import Info
from api.cost_of_delay.inputs import COMPOSITES, IDS, CostOfDelayClearInput, CostOfDelaySetInput, weekly
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.initiative.shown import initiative_after
from api.initiative.types import Initiative
from api.inputs import paths_of, to_command
from api.permissions import requires
from domain.commands.cost_of_delay import CostOfDelayClear, CostOfDelaySet
from domain.cost_of_delay import clear_cost_of_delay, set_cost_of_delay

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The cost of delay was set.")
class CostOfDelaySetSuccess:
    """Success of ``costOfDelaySet``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The cost of delay is unknown now, which is not 0.")
class CostOfDelayClearSuccess:
    """Success of ``costOfDelayClear``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


CostOfDelaySetResult = Annotated[
    CostOfDelaySetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CostOfDelaySetResult", description="Outcome of `costOfDelaySet`."),
]
CostOfDelayClearResult = Annotated[
    CostOfDelayClearSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CostOfDelayClearResult", description="Outcome of `costOfDelayClear`."),
]


@strawberry.type
class CostOfDelayMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say what delaying an initiative costs, as an urgency profile.", **_CONTRIBUTOR
    )
    async def cost_of_delay_set(
        self, info: Info, input: Annotated[CostOfDelaySetInput, _ARGUMENT]
    ) -> CostOfDelaySetResult:
        rates = weekly(input)
        with paths_of(COMPOSITES):
            command = to_command(CostOfDelaySet, input, ids=IDS, composites=COMPOSITES, **rates)
            await set_cost_of_delay(info.context.database, info.context.actor, command)
        return CostOfDelaySetSuccess(initiative=await initiative_after(info.context, command.initiative_id))

    @strawberry.mutation(description="Make the cost of delaying an initiative unknown again.", **_CONTRIBUTOR)
    async def cost_of_delay_clear(
        self, info: Info, input: Annotated[CostOfDelayClearInput, _ARGUMENT]
    ) -> CostOfDelayClearResult:
        command = to_command(CostOfDelayClear, input, ids=IDS)
        await clear_cost_of_delay(info.context.database, info.context.actor, command)
        return CostOfDelayClearSuccess(initiative=await initiative_after(info.context, command.initiative_id))
