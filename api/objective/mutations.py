"""Mutations about objectives."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.objective.errors import CascadeLoop, ObjectiveClosed
from api.objective.inputs import ObjectiveCreateInput, ObjectiveUpdateInput
from api.objective.types import Objective
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.objective import ObjectiveCreate, ObjectiveUpdate
from domain.objective import archive_objective, create_objective, update_objective

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_IDS = {
    "cycle_id": "Cycle",
    "team_id": "Team",
    "parent_id": "Objective",
    "contributing_team_ids": "Team",
}


@strawberry.type(description="The objective was created, or had been by the same input before.")
class ObjectiveCreateSuccess:
    """Success of ``objectiveCreate``."""

    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The objective was changed.")
class ObjectiveUpdateSuccess:
    """Success of ``objectiveUpdate``."""

    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The objective was archived, or taken back into use.")
class ObjectiveArchiveSuccess:
    """Success of ``objectiveArchive``."""

    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


ObjectiveCreateResult = Annotated[
    ObjectiveCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ObjectiveCreateResult", description="Outcome of `objectiveCreate`."),
]
ObjectiveUpdateResult = Annotated[
    ObjectiveUpdateSuccess
    | CascadeLoop
    | ObjectiveClosed
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("ObjectiveUpdateResult", description="Outcome of `objectiveUpdate`."),
]
ObjectiveArchiveResult = Annotated[
    ObjectiveArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ObjectiveArchiveResult", description="Outcome of `objectiveArchive`."),
]


@strawberry.type
class ObjectiveMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create an objective.", **_PLANNER)
    async def objective_create(
        self, info: Info, input: Annotated[ObjectiveCreateInput, _ARGUMENT]
    ) -> ObjectiveCreateResult:
        command = to_command(ObjectiveCreate, input, ids=_IDS)
        row = await create_objective(info.context.database, info.context.actor, command)
        await info.context.written()
        return ObjectiveCreateSuccess(objective=as_type(Objective, row))

    @strawberry.mutation(description="Change an objective.", **_PLANNER)
    async def objective_update(
        self, info: Info, input: Annotated[ObjectiveUpdateInput, _ARGUMENT]
    ) -> ObjectiveUpdateResult:
        command = to_command(ObjectiveUpdate, input, ids={"id": "Objective", **_IDS})
        row = await update_objective(info.context.database, info.context.actor, command)
        await info.context.written()
        return ObjectiveUpdateSuccess(objective=as_type(Objective, row))

    @strawberry.mutation(
        description="Take an objective out of use, or back into it; its key results and children stay as they are.",
        **_PLANNER,
    )
    async def objective_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> ObjectiveArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Objective"})
        row = await archive_objective(info.context.database, info.context.actor, command)
        await info.context.written()
        return ObjectiveArchiveSuccess(objective=as_type(Objective, row))
