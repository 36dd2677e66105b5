"""Mutations about key results."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.key_result.inputs import KeyResultCreateInput, KeyResultUpdateInput, KeyResultValueUpdateInput
from api.key_result.types import KeyResult
from api.nodes import as_type
from api.objective.errors import ObjectiveClosed
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.objective import KeyResultCreate, KeyResultUpdate
from domain.key_result import archive_key_result, create_key_result, update_key_result

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The key result was created, or had been by the same input before.")
class KeyResultCreateSuccess:
    """Success of ``keyResultCreate``."""

    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The key result was changed.")
class KeyResultUpdateSuccess:
    """Success of ``keyResultUpdate``."""

    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The key result's current value was set.")
class KeyResultValueUpdateSuccess:
    """Success of ``keyResultValueUpdate``."""

    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The key result was archived, or taken back into use.")
class KeyResultArchiveSuccess:
    """Success of ``keyResultArchive``."""

    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


KeyResultCreateResult = Annotated[
    KeyResultCreateSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KeyResultCreateResult", description="Outcome of `keyResultCreate`."),
]
KeyResultUpdateResult = Annotated[
    KeyResultUpdateSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KeyResultUpdateResult", description="Outcome of `keyResultUpdate`."),
]
KeyResultValueUpdateResult = Annotated[
    KeyResultValueUpdateSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KeyResultValueUpdateResult", description="Outcome of `keyResultValueUpdate`."),
]
KeyResultArchiveResult = Annotated[
    KeyResultArchiveSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KeyResultArchiveResult", description="Outcome of `keyResultArchive`."),
]


@strawberry.type
class KeyResultMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a key result.", **_PLANNER)
    async def key_result_create(
        self, info: Info, input: Annotated[KeyResultCreateInput, _ARGUMENT]
    ) -> KeyResultCreateResult:
        command = to_command(KeyResultCreate, input, ids={"objective_id": "Objective", "owner_id": "Member"})
        row = await create_key_result(info.context.database, info.context.actor, command)
        await info.context.written()
        return KeyResultCreateSuccess(key_result=as_type(KeyResult, row))

    @strawberry.mutation(description="Change a key result.", **_PLANNER)
    async def key_result_update(
        self, info: Info, input: Annotated[KeyResultUpdateInput, _ARGUMENT]
    ) -> KeyResultUpdateResult:
        command = to_command(KeyResultUpdate, input, ids={"id": "KeyResult", "owner_id": "Member"})
        row = await update_key_result(info.context.database, info.context.actor, command)
        await info.context.written()
        return KeyResultUpdateSuccess(key_result=as_type(KeyResult, row))

    @strawberry.mutation(
        description="Say where a key result is now; its planner alone changes what it aims at.",
        **requires(Role.CONTRIBUTOR, TokenScope.WRITE),
    )
    async def key_result_value_update(
        self, info: Info, input: Annotated[KeyResultValueUpdateInput, _ARGUMENT]
    ) -> KeyResultValueUpdateResult:
        command = to_command(KeyResultUpdate, input, ids={"id": "KeyResult"})
        row = await update_key_result(info.context.database, info.context.actor, command)
        await info.context.written()
        return KeyResultValueUpdateSuccess(key_result=as_type(KeyResult, row))

    @strawberry.mutation(
        description="Take a key result out of use, or back into it; archived ones don't count in the"
        " objective's progress.",
        **_PLANNER,
    )
    async def key_result_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> KeyResultArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "KeyResult"})
        row = await archive_key_result(info.context.database, info.context.actor, command)
        await info.context.written()
        return KeyResultArchiveSuccess(key_result=as_type(KeyResult, row))
