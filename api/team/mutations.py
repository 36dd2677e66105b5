"""Mutations about teams."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.team.inputs import TeamCreateInput, TeamUpdateInput
from api.team.types import Team
from domain.commands.base import ArchiveCommand
from domain.commands.team import TeamCreate, TeamUpdate
from domain.team import archive_team, create_team, update_team

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)


@strawberry.type(description="The team was created, or had been by the same input before.")
class TeamCreateSuccess:
    """Success of ``teamCreate``."""

    team: Team = strawberry.field(description="The team as it is now.")


@strawberry.type(description="The team was changed.")
class TeamUpdateSuccess:
    """Success of ``teamUpdate``."""

    team: Team = strawberry.field(description="The team as it is now.")


@strawberry.type(description="The team was archived, or taken back into use.")
class TeamArchiveSuccess:
    """Success of ``teamArchive``."""

    team: Team = strawberry.field(description="The team as it is now.")


TeamCreateResult = Annotated[
    TeamCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("TeamCreateResult", description="Outcome of `teamCreate`."),
]
TeamUpdateResult = Annotated[
    TeamUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamUpdateResult", description="Outcome of `teamUpdate`."),
]
TeamArchiveResult = Annotated[
    TeamArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamArchiveResult", description="Outcome of `teamArchive`."),
]
InputArgument = strawberry.argument(description="What to do.")


@strawberry.type
class TeamMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a team.", **_PLANNER)
    async def team_create(
        self, info: Info, input: Annotated[TeamCreateInput, InputArgument]
    ) -> TeamCreateResult:
        row = await create_team(info.context.database, info.context.actor, to_command(TeamCreate, input))
        await info.context.written()
        return TeamCreateSuccess(team=as_type(Team, row))

    @strawberry.mutation(description="Change a team.", **_PLANNER)
    async def team_update(
        self, info: Info, input: Annotated[TeamUpdateInput, InputArgument]
    ) -> TeamUpdateResult:
        command = to_command(TeamUpdate, input, ids={"id": "Team"})
        row = await update_team(info.context.database, info.context.actor, command)
        await info.context.written()
        return TeamUpdateSuccess(team=as_type(Team, row))

    @strawberry.mutation(description="Take a team out of use, or back into it.", **_PLANNER)
    async def team_archive(
        self, info: Info, input: Annotated[ArchiveInput, InputArgument]
    ) -> TeamArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Team"})
        row = await archive_team(info.context.database, info.context.actor, command)
        await info.context.written()
        return TeamArchiveSuccess(team=as_type(Team, row))
