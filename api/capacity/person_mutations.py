"""Mutations about people and their leave."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.bulk import errors_of, read_each
from api.capacity.inputs import (
    IDS,
    LeaveCreateBulkInput,
    LeaveCreateInput,
    LeaveUpdateInput,
    TeamPersonCreateInput,
    TeamPersonUpdateInput,
)
from api.capacity.person_types import Leave, TeamPerson
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.capacity.leave import archive_leave, create_leave, create_leaves, update_leave
from domain.capacity.people import archive_person, create_person, update_person
from domain.commands.base import ArchiveCommand
from domain.commands.capacity import LeaveCreate, LeaveUpdate, TeamPersonCreate, TeamPersonUpdate

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The person was added, or had been by the same input before.")
class TeamPersonCreateSuccess:
    """Success of ``teamPersonCreate``."""

    team_person: TeamPerson = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The person was changed.")
class TeamPersonUpdateSuccess:
    """Success of ``teamPersonUpdate``."""

    team_person: TeamPerson = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The person is left out of all capacity, or counts again.")
class TeamPersonArchiveSuccess:
    """Success of ``teamPersonArchive``."""

    team_person: TeamPerson = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The leave was noted, or had been by the same input before.")
class LeaveCreateSuccess:
    """Success of ``leaveCreate``."""

    leave: Leave = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The leave was changed.")
class LeaveUpdateSuccess:
    """Success of ``leaveUpdate``."""

    leave: Leave = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The leave was taken back, or counts again.")
class LeaveArchiveSuccess:
    """Success of ``leaveArchive``."""

    leave: Leave = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What became of one item.")
class LeaveCreateBulkItem:
    """One outcome of ``leaveCreateBulk``."""

    leave: Leave | None = strawberry.field(
        description="As it is now; null when it was not noted. Without an error it was held back because of others."
    )
    errors: list[UserError] = strawberry.field(description="What is wrong with the item; at most 10.")


@strawberry.type(description="The items were judged; each has its own outcome.")
class LeaveCreateBulkSuccess:
    """Success of ``leaveCreateBulk``."""

    items: list[LeaveCreateBulkItem] = strawberry.field(
        description="One outcome for each item, in the order of the input; at most 1,000."
    )


TeamPersonCreateResult = Annotated[
    TeamPersonCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamPersonCreateResult", description="Outcome of `teamPersonCreate`."),
]
TeamPersonUpdateResult = Annotated[
    TeamPersonUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamPersonUpdateResult", description="Outcome of `teamPersonUpdate`."),
]
TeamPersonArchiveResult = Annotated[
    TeamPersonArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("TeamPersonArchiveResult", description="Outcome of `teamPersonArchive`."),
]
LeaveCreateResult = Annotated[
    LeaveCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("LeaveCreateResult", description="Outcome of `leaveCreate`."),
]
LeaveCreateBulkResult = Annotated[
    LeaveCreateBulkSuccess | InvalidInput | PermissionDenied,
    strawberry.union("LeaveCreateBulkResult", description="Outcome of `leaveCreateBulk`."),
]
LeaveUpdateResult = Annotated[
    LeaveUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("LeaveUpdateResult", description="Outcome of `leaveUpdate`."),
]
LeaveArchiveResult = Annotated[
    LeaveArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("LeaveArchiveResult", description="Outcome of `leaveArchive`."),
]


@strawberry.type
class TeamPersonMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Add somebody to a team.", **_PLANNER)
    async def team_person_create(
        self, info: Info, input: Annotated[TeamPersonCreateInput, _ARGUMENT]
    ) -> TeamPersonCreateResult:
        command = to_command(TeamPersonCreate, input, ids=IDS)
        row = await create_person(info.context.database, info.context.actor, command)
        await info.context.written()
        return TeamPersonCreateSuccess(team_person=as_type(TeamPerson, row))

    @strawberry.mutation(description="Change somebody's part in a team.", **_PLANNER)
    async def team_person_update(
        self, info: Info, input: Annotated[TeamPersonUpdateInput, _ARGUMENT]
    ) -> TeamPersonUpdateResult:
        command = to_command(TeamPersonUpdate, input, ids={**IDS, "id": "TeamPerson"})
        row = await update_person(info.context.database, info.context.actor, command)
        await info.context.written()
        return TeamPersonUpdateSuccess(team_person=as_type(TeamPerson, row))

    @strawberry.mutation(
        description="Leave somebody out of all capacity, as if she had never been there, or count her again. Who goes"
        " gets a last day instead.",
        **_PLANNER,
    )
    async def team_person_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> TeamPersonArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "TeamPerson"})
        row = await archive_person(info.context.database, info.context.actor, command)
        await info.context.written()
        return TeamPersonArchiveSuccess(team_person=as_type(TeamPerson, row))

    @strawberry.mutation(description="Note days off of a person, a team, or everybody.", **_PLANNER)
    async def leave_create(
        self, info: Info, input: Annotated[LeaveCreateInput, _ARGUMENT]
    ) -> LeaveCreateResult:
        command = to_command(LeaveCreate, input, ids=IDS)
        row = await create_leave(info.context.database, info.context.actor, command)
        await info.context.written()
        return LeaveCreateSuccess(leave=as_type(Leave, row))

    @strawberry.mutation(description="Note many days off at once, such as public holidays.", **_PLANNER)
    async def leave_create_bulk(
        self, info: Info, input: Annotated[LeaveCreateBulkInput, _ARGUMENT]
    ) -> LeaveCreateBulkResult:
        items = read_each(input.items, lambda item: to_command(LeaveCreate, item, ids=IDS))
        outcomes = await create_leaves(info.context.database, info.context.actor, items, input.error_policy)
        await info.context.written()
        return LeaveCreateBulkSuccess(
            items=[
                LeaveCreateBulkItem(
                    leave=None if outcome.row is None else as_type(Leave, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ]
        )

    @strawberry.mutation(description="Change days off.", **_PLANNER)
    async def leave_update(
        self, info: Info, input: Annotated[LeaveUpdateInput, _ARGUMENT]
    ) -> LeaveUpdateResult:
        command = to_command(LeaveUpdate, input, ids={"id": "Leave"})
        row = await update_leave(info.context.database, info.context.actor, command)
        await info.context.written()
        return LeaveUpdateSuccess(leave=as_type(Leave, row))

    @strawberry.mutation(description="Take days off back, or count them again.", **_PLANNER)
    async def leave_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> LeaveArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Leave"})
        row = await archive_leave(info.context.database, info.context.actor, command)
        await info.context.written()
        return LeaveArchiveSuccess(leave=as_type(Leave, row))
