"""Mutations about cycles."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.cycle.inputs import CycleCreateInput, CycleUpdateInput
from api.cycle.types import Cycle
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.cycle import CycleCreate, CycleUpdate
from domain.cycle import archive_cycle, create_cycle, update_cycle

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The cycle was created, or had been by the same input before.")
class CycleCreateSuccess:
    """Success of ``cycleCreate``."""

    cycle: Cycle = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The cycle was changed.")
class CycleUpdateSuccess:
    """Success of ``cycleUpdate``."""

    cycle: Cycle = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The cycle was archived, or taken back into use.")
class CycleArchiveSuccess:
    """Success of ``cycleArchive``."""

    cycle: Cycle = strawberry.field(description=AS_IT_IS_NOW)


CycleCreateResult = Annotated[
    CycleCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CycleCreateResult", description="Outcome of `cycleCreate`."),
]
CycleUpdateResult = Annotated[
    CycleUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CycleUpdateResult", description="Outcome of `cycleUpdate`."),
]
CycleArchiveResult = Annotated[
    CycleArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CycleArchiveResult", description="Outcome of `cycleArchive`."),
]


@strawberry.type
class CycleMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a cycle.", **_PLANNER)
    async def cycle_create(
        self, info: Info, input: Annotated[CycleCreateInput, _ARGUMENT]
    ) -> CycleCreateResult:
        command = to_command(CycleCreate, input, ids={"parent_id": "Cycle"})
        row = await create_cycle(info.context.database, info.context.actor, command)
        await info.context.written()
        return CycleCreateSuccess(cycle=as_type(Cycle, row))

    @strawberry.mutation(description="Change a cycle.", **_PLANNER)
    async def cycle_update(
        self, info: Info, input: Annotated[CycleUpdateInput, _ARGUMENT]
    ) -> CycleUpdateResult:
        command = to_command(CycleUpdate, input, ids={"id": "Cycle", "parent_id": "Cycle"})
        row = await update_cycle(info.context.database, info.context.actor, command)
        await info.context.written()
        return CycleUpdateSuccess(cycle=as_type(Cycle, row))

    @strawberry.mutation(
        description="Take a cycle out of use, or back into it; its objectives stay as they are.", **_PLANNER
    )
    async def cycle_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> CycleArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Cycle"})
        row = await archive_cycle(info.context.database, info.context.actor, command)
        await info.context.written()
        return CycleArchiveSuccess(cycle=as_type(Cycle, row))
