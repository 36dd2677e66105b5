"""Mutations about team demands. The last write wins; there are no versions to expect."""

from typing import Annotated

import strawberry

from api.context import Info
from api.demand.inputs import (
    COMPOSITES,
    IDS,
    TeamDemandRemoveInput,
    TeamDemandReplaceInput,
    TeamDemandSetInput,
)
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.initiative.shown import initiative_after
from api.initiative.types import Initiative
from api.inputs import paths_of, to_command
from api.permissions import requires
from domain.commands.demand import TeamDemandRemove, TeamDemandSet, TeamDemandsReplace
from domain.demand import remove_team_demand, replace_team_demands, set_team_demand

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The demand was set.")
class TeamDemandSetSuccess:
    """Success of ``teamDemandSet``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The demand was removed.")
class TeamDemandRemoveSuccess:
    """Success of ``teamDemandRemove``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The initiative now demands what was given, and nothing else.")
class TeamDemandReplaceSuccess:
    """Success of ``teamDemandReplace``."""

    initiative: Initiative = strawberry.field(description=AS_IT_IS_NOW)


TeamDemandSetResult = Annotated[
    TeamDemandSetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamDemandSetResult", description="Outcome of `teamDemandSet`."),
]
TeamDemandRemoveResult = Annotated[
    TeamDemandRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamDemandRemoveResult", description="Outcome of `teamDemandRemove`."),
]
TeamDemandReplaceResult = Annotated[
    TeamDemandReplaceSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamDemandReplaceResult", description="Outcome of `teamDemandReplace`."),
]


@strawberry.type
class TeamDemandMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say what an initiative needs of a team, or of one of its skills.", **_CONTRIBUTOR
    )
    async def team_demand_set(
        self, info: Info, input: Annotated[TeamDemandSetInput, _ARGUMENT]
    ) -> TeamDemandSetResult:
        with paths_of(COMPOSITES):
            command = to_command(TeamDemandSet, input, ids=IDS, composites=COMPOSITES)
            await set_team_demand(info.context.database, info.context.actor, command)
        return TeamDemandSetSuccess(initiative=await initiative_after(info.context, command.initiative_id))

    @strawberry.mutation(
        description="Remove what an initiative needs of a team, or of one of its skills.", **_CONTRIBUTOR
    )
    async def team_demand_remove(
        self, info: Info, input: Annotated[TeamDemandRemoveInput, _ARGUMENT]
    ) -> TeamDemandRemoveResult:
        command = to_command(TeamDemandRemove, input, ids=IDS)
        await remove_team_demand(info.context.database, info.context.actor, command)
        return TeamDemandRemoveSuccess(initiative=await initiative_after(info.context, command.initiative_id))

    @strawberry.mutation(description="Say all that an initiative needs of teams at once.", **_CONTRIBUTOR)
    async def team_demand_replace(
        self, info: Info, input: Annotated[TeamDemandReplaceInput, _ARGUMENT]
    ) -> TeamDemandReplaceResult:
        with paths_of(COMPOSITES):
            command = to_command(TeamDemandsReplace, input, ids=IDS, composites=COMPOSITES)
            await replace_team_demands(info.context.database, info.context.actor, command)
        return TeamDemandReplaceSuccess(
            initiative=await initiative_after(info.context, command.initiative_id)
        )
