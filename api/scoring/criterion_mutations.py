"""Mutations about criteria."""

from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.scoring.inputs import CriterionCreateInput, CriterionUpdateInput
from api.scoring.types import Criterion
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import CriterionCreate, CriterionUpdate
from domain.criterion import archive_criterion, create_criterion, update_criterion

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The criterion was created, or had been by the same input before.")
class CriterionCreateSuccess:
    """Success of ``criterionCreate``."""

    criterion: Criterion = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The criterion was changed.")
class CriterionUpdateSuccess:
    """Success of ``criterionUpdate``."""

    criterion: Criterion = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The criterion was archived, or taken back into use.")
class CriterionArchiveSuccess:
    """Success of ``criterionArchive``."""

    criterion: Criterion = strawberry.field(description=AS_IT_IS_NOW)


CriterionCreateResult = Annotated[
    CriterionCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("CriterionCreateResult", description="Outcome of `criterionCreate`."),
]
CriterionUpdateResult = Annotated[
    CriterionUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CriterionUpdateResult", description="Outcome of `criterionUpdate`."),
]
CriterionArchiveResult = Annotated[
    CriterionArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CriterionArchiveResult", description="Outcome of `criterionArchive`."),
]


@strawberry.type
class CriterionMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Create a criterion with a scale that stays.", **_PLANNER)
    async def criterion_create(
        self, info: Info, input: Annotated[CriterionCreateInput, _ARGUMENT]
    ) -> CriterionCreateResult:
        command = to_command(CriterionCreate, input)
        row = await create_criterion(info.context.database, info.context.actor, command)
        await info.context.written()
        return CriterionCreateSuccess(criterion=as_type(Criterion, row))

    @strawberry.mutation(description="Change how a criterion is worded.", **_PLANNER)
    async def criterion_update(
        self, info: Info, input: Annotated[CriterionUpdateInput, _ARGUMENT]
    ) -> CriterionUpdateResult:
        command = to_command(CriterionUpdate, input, ids={"id": "Criterion"})
        row = await update_criterion(info.context.database, info.context.actor, command)
        await info.context.written()
        return CriterionUpdateSuccess(criterion=as_type(Criterion, row))

    @strawberry.mutation(
        description="Take a criterion out of use, or back into it; its scores stay. Refused while the current version"
        " of a model in use weighs it.",
        **_PLANNER,
    )
    async def criterion_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> CriterionArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Criterion"})
        row = await archive_criterion(info.context.database, info.context.actor, command)
        await info.context.written()
        return CriterionArchiveSuccess(criterion=as_type(Criterion, row))
