"""Mutations about members."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.member.inputs import MemberCreateInput, MemberUpdateInput
from api.member.types import Member
from api.nodes import as_type
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.organisation import MemberCreate, MemberUpdate
from domain.organisation import archive_member, create_member, update_member

_ADMIN = requires(Role.ADMIN, TokenScope.ADMIN)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The member was created, or had been by the same input before.")
class MemberCreateSuccess:
    """Success of ``memberCreate``."""

    member: Member = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The member was changed.")
class MemberUpdateSuccess:
    """Success of ``memberUpdate``."""

    member: Member = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The member was archived, or taken back into use.")
class MemberArchiveSuccess:
    """Success of ``memberArchive``."""

    member: Member = strawberry.field(description=AS_IT_IS_NOW)


MemberCreateResult = Annotated[
    MemberCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("MemberCreateResult", description="Outcome of `memberCreate`."),
]
MemberUpdateResult = Annotated[
    MemberUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("MemberUpdateResult", description="Outcome of `memberUpdate`."),
]
MemberArchiveResult = Annotated[
    MemberArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("MemberArchiveResult", description="Outcome of `memberArchive`."),
]


@strawberry.type
class MemberMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a member.", **_ADMIN)
    async def member_create(
        self, info: Info, input: Annotated[MemberCreateInput, _ARGUMENT]
    ) -> MemberCreateResult:
        command = to_command(MemberCreate, input)
        row = await create_member(info.context.database, info.context.actor, command)
        await info.context.written()
        return MemberCreateSuccess(member=as_type(Member, row))

    @strawberry.mutation(description="Change a member.", **_ADMIN)
    async def member_update(
        self, info: Info, input: Annotated[MemberUpdateInput, _ARGUMENT]
    ) -> MemberUpdateResult:
        command = to_command(MemberUpdate, input, ids={"id": "Member"})
        row = await update_member(info.context.database, info.context.actor, command)
        await info.context.written()
        return MemberUpdateSuccess(member=as_type(Member, row))

    @strawberry.mutation(
        description="Archive a member, whose tokens then stop working, or take one back into office.",
        **_ADMIN,
    )
    async def member_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> MemberArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Member"})
        row = await archive_member(info.context.database, info.context.actor, command)
        await info.context.written()
        return MemberArchiveSuccess(member=as_type(Member, row))
