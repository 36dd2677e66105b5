"""Mutations about focus, stated capacity and the settings of capacity. The last write wins but for settings."""

from typing import Annotated
from uuid import UUID

import strawberry

from api.capacity.inputs import (
    IDS,
    CapacitySettingsUpdateInput,
    TeamCapacityClearInput,
    TeamCapacitySetInput,
    TeamFocusClearInput,
    TeamFocusSetInput,
)
from api.capacity.types import CapacitySettings, StatedCapacity, TeamFocus
from api.context import Context, Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.team.types import Team
from domain.capacity.settings import update_settings
from domain.capacity.stating import clear_focus, clear_stated_capacity, set_focus, set_stated_capacity
from domain.commands.capacity import (
    CapacitySettingsUpdate,
    StatedCapacityClear,
    StatedCapacitySet,
    TeamFocusClear,
    TeamFocusSet,
)

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_TEAM = "The team, for its capacity as it is now."


@strawberry.type(description="The focus was set.")
class TeamFocusSetSuccess:
    """Success of ``teamFocusSet``."""

    focus: TeamFocus = strawberry.field(description=AS_IT_IS_NOW)
    team: Team = strawberry.field(description=_TEAM)


@strawberry.type(description="What was said about the focus was taken back.")
class TeamFocusClearSuccess:
    """Success of ``teamFocusClear``."""

    team: Team = strawberry.field(description=_TEAM)


@strawberry.type(description="The capacity was stated.")
class TeamCapacitySetSuccess:
    """Success of ``teamCapacitySet``."""

    stated_capacity: StatedCapacity = strawberry.field(description=AS_IT_IS_NOW)
    team: Team = strawberry.field(description=_TEAM)


@strawberry.type(description="The stated figure was taken back.")
class TeamCapacityClearSuccess:
    """Success of ``teamCapacityClear``."""

    team: Team = strawberry.field(description=_TEAM)


@strawberry.type(description="The settings were changed.")
class CapacitySettingsUpdateSuccess:
    """Success of ``capacitySettingsUpdate``."""

    capacity_settings: CapacitySettings = strawberry.field(description="As they are now.")


TeamFocusSetResult = Annotated[
    TeamFocusSetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamFocusSetResult", description="Outcome of `teamFocusSet`."),
]
TeamFocusClearResult = Annotated[
    TeamFocusClearSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamFocusClearResult", description="Outcome of `teamFocusClear`."),
]
TeamCapacitySetResult = Annotated[
    TeamCapacitySetSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamCapacitySetResult", description="Outcome of `teamCapacitySet`."),
]
TeamCapacityClearResult = Annotated[
    TeamCapacityClearSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamCapacityClearResult", description="Outcome of `teamCapacityClear`."),
]
CapacitySettingsUpdateResult = Annotated[
    CapacitySettingsUpdateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("CapacitySettingsUpdateResult", description="Outcome of `capacitySettingsUpdate`."),
]


@strawberry.type
class CapacityMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Say what share of a team's time planned work gets.", **_PLANNER)
    async def team_focus_set(
        self, info: Info, input: Annotated[TeamFocusSetInput, _ARGUMENT]
    ) -> TeamFocusSetResult:
        command = to_command(TeamFocusSet, input, ids=IDS)
        row = await set_focus(info.context.database, info.context.actor, command)
        return TeamFocusSetSuccess(
            focus=as_type(TeamFocus, row), team=await _team(info.context, command.team_id)
        )

    @strawberry.mutation(description="Take back what was said about a team's focus.", **_PLANNER)
    async def team_focus_clear(
        self, info: Info, input: Annotated[TeamFocusClearInput, _ARGUMENT]
    ) -> TeamFocusClearResult:
        command = to_command(TeamFocusClear, input, ids=IDS)
        await clear_focus(info.context.database, info.context.actor, command)
        return TeamFocusClearSuccess(team=await _team(info.context, command.team_id))

    @strawberry.mutation(
        description="State a team's capacity, instead of what is computed from people, leave and focus.",
        **_PLANNER,
    )
    async def team_capacity_set(
        self, info: Info, input: Annotated[TeamCapacitySetInput, _ARGUMENT]
    ) -> TeamCapacitySetResult:
        command = to_command(StatedCapacitySet, input, ids=IDS)
        row = await set_stated_capacity(info.context.database, info.context.actor, command)
        return TeamCapacitySetSuccess(
            stated_capacity=as_type(StatedCapacity, row), team=await _team(info.context, command.team_id)
        )

    @strawberry.mutation(description="Take a stated figure back: what is computed counts again.", **_PLANNER)
    async def team_capacity_clear(
        self, info: Info, input: Annotated[TeamCapacityClearInput, _ARGUMENT]
    ) -> TeamCapacityClearResult:
        command = to_command(StatedCapacityClear, input, ids=IDS)
        await clear_stated_capacity(info.context.database, info.context.actor, command)
        return TeamCapacityClearSuccess(team=await _team(info.context, command.team_id))

    @strawberry.mutation(
        description="Change when the organisation works, and when drift is worth an alert.",
        **requires(Role.ADMIN, TokenScope.ADMIN),
    )
    async def capacity_settings_update(
        self, info: Info, input: Annotated[CapacitySettingsUpdateInput, _ARGUMENT]
    ) -> CapacitySettingsUpdateResult:
        command = to_command(CapacitySettingsUpdate, input)
        row = await update_settings(info.context.database, info.context.actor, command)
        await info.context.written()
        return CapacitySettingsUpdateSuccess(capacity_settings=as_type(CapacitySettings, row))


async def _team(context: Context, team_id: UUID) -> Team:
    view = await context.written()
    return as_type(Team, view.directory.teams[team_id])
