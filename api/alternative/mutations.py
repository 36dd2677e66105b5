"""Mutations about groups of alternatives."""

from typing import Annotated

import strawberry

from api.alternative.inputs import (
    AlternativeGroupAddInput,
    AlternativeGroupCreateInput,
    AlternativeGroupRemoveInput,
    AlternativeGroupUpdateInput,
)
from api.alternative.types import AlternativeGroup
from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.alternative import (
    add_alternatives,
    archive_alternative_group,
    create_alternative_group,
    remove_alternatives,
    update_alternative_group,
)
from domain.commands.alternative import (
    AlternativeGroupAdd,
    AlternativeGroupCreate,
    AlternativeGroupRemove,
    AlternativeGroupUpdate,
)
from domain.commands.base import ArchiveCommand

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The group of alternatives was created, or had been by the same input before.")
class AlternativeGroupCreateSuccess:
    """Success of ``alternativeGroupCreate``."""

    group: AlternativeGroup = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The group of alternatives was changed.")
class AlternativeGroupUpdateSuccess:
    """Success of ``alternativeGroupUpdate``."""

    group: AlternativeGroup = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The initiatives are in the group.")
class AlternativeGroupAddSuccess:
    """Success of ``alternativeGroupAdd``."""

    group: AlternativeGroup = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The initiatives are no longer in the group.")
class AlternativeGroupRemoveSuccess:
    """Success of ``alternativeGroupRemove``."""

    group: AlternativeGroup = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The group of alternatives was archived, or taken back into use.")
class AlternativeGroupArchiveSuccess:
    """Success of ``alternativeGroupArchive``."""

    group: AlternativeGroup = strawberry.field(description=AS_IT_IS_NOW)


AlternativeGroupCreateResult = Annotated[
    AlternativeGroupCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("AlternativeGroupCreateResult", description="Outcome of `alternativeGroupCreate`."),
]
AlternativeGroupUpdateResult = Annotated[
    AlternativeGroupUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("AlternativeGroupUpdateResult", description="Outcome of `alternativeGroupUpdate`."),
]
AlternativeGroupAddResult = Annotated[
    AlternativeGroupAddSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("AlternativeGroupAddResult", description="Outcome of `alternativeGroupAdd`."),
]
AlternativeGroupRemoveResult = Annotated[
    AlternativeGroupRemoveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("AlternativeGroupRemoveResult", description="Outcome of `alternativeGroupRemove`."),
]
AlternativeGroupArchiveResult = Annotated[
    AlternativeGroupArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("AlternativeGroupArchiveResult", description="Outcome of `alternativeGroupArchive`."),
]


@strawberry.type
class AlternativeGroupMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Say that a plan may fund at most one of some initiatives.", **_PLANNER)
    async def alternative_group_create(
        self, info: Info, input: Annotated[AlternativeGroupCreateInput, _ARGUMENT]
    ) -> AlternativeGroupCreateResult:
        command = to_command(
            AlternativeGroupCreate, input, ids={"portfolio_id": "Portfolio", "initiative_ids": "Initiative"}
        )
        row = await create_alternative_group(info.context.database, info.context.actor, command)
        await info.context.written()
        return AlternativeGroupCreateSuccess(group=as_type(AlternativeGroup, row))

    @strawberry.mutation(description="Rename a group of alternatives.", **_PLANNER)
    async def alternative_group_update(
        self, info: Info, input: Annotated[AlternativeGroupUpdateInput, _ARGUMENT]
    ) -> AlternativeGroupUpdateResult:
        command = to_command(AlternativeGroupUpdate, input, ids={"id": "AlternativeGroup"})
        row = await update_alternative_group(info.context.database, info.context.actor, command)
        await info.context.written()
        return AlternativeGroupUpdateSuccess(group=as_type(AlternativeGroup, row))

    @strawberry.mutation(description="Put more initiatives into a group of alternatives.", **_PLANNER)
    async def alternative_group_add(
        self, info: Info, input: Annotated[AlternativeGroupAddInput, _ARGUMENT]
    ) -> AlternativeGroupAddResult:
        command = to_command(
            AlternativeGroupAdd, input, ids={"id": "AlternativeGroup", "initiative_ids": "Initiative"}
        )
        row = await add_alternatives(info.context.database, info.context.actor, command)
        await info.context.written()
        return AlternativeGroupAddSuccess(group=as_type(AlternativeGroup, row))

    @strawberry.mutation(description="Take initiatives out of a group of alternatives.", **_PLANNER)
    async def alternative_group_remove(
        self, info: Info, input: Annotated[AlternativeGroupRemoveInput, _ARGUMENT]
    ) -> AlternativeGroupRemoveResult:
        command = to_command(
            AlternativeGroupRemove, input, ids={"id": "AlternativeGroup", "initiative_ids": "Initiative"}
        )
        row = await remove_alternatives(info.context.database, info.context.actor, command)
        await info.context.written()
        return AlternativeGroupRemoveSuccess(group=as_type(AlternativeGroup, row))

    @strawberry.mutation(
        description="Take a group of alternatives out of use, or back into it: archived, it constrains no plan.",
        **_PLANNER,
    )
    async def alternative_group_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> AlternativeGroupArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "AlternativeGroup"})
        row = await archive_alternative_group(info.context.database, info.context.actor, command)
        await info.context.written()
        return AlternativeGroupArchiveSuccess(group=as_type(AlternativeGroup, row))
