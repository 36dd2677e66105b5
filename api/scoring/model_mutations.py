"""Mutations about scoring models."""

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
from api.scoring.inputs import ScoringModelCreateInput, ScoringModelPublishInput, ScoringModelUpdateInput
from api.scoring.types import ScoringModel, ScoringModelVersion
from domain.commands.base import ArchiveCommand
from domain.commands.scoring import ScoringModelCreate, ScoringModelPublish, ScoringModelUpdate
from domain.scoring_model import (
    archive_scoring_model,
    create_scoring_model,
    publish_scoring_model,
    update_scoring_model,
)

_BOARD = requires(Role.BOARD, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The scoring model was created, or had been by the same input before.")
class ScoringModelCreateSuccess:
    """Success of ``scoringModelCreate``."""

    scoring_model: ScoringModel = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scoring model was changed.")
class ScoringModelUpdateSuccess:
    """Success of ``scoringModelUpdate``."""

    scoring_model: ScoringModel = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The scoring model was archived, or taken back into use.")
class ScoringModelArchiveSuccess:
    """Success of ``scoringModelArchive``."""

    scoring_model: ScoringModel = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The version was published, or had been by the same request before.")
class ScoringModelPublishSuccess:
    """Success of ``scoringModelPublish``."""

    version: ScoringModelVersion = strawberry.field(description="The version; it never changes.")


ScoringModelCreateResult = Annotated[
    ScoringModelCreateSuccess | InvalidInput | Conflict | PermissionDenied,
    strawberry.union("ScoringModelCreateResult", description="Outcome of `scoringModelCreate`."),
]
ScoringModelUpdateResult = Annotated[
    ScoringModelUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoringModelUpdateResult", description="Outcome of `scoringModelUpdate`."),
]
ScoringModelArchiveResult = Annotated[
    ScoringModelArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoringModelArchiveResult", description="Outcome of `scoringModelArchive`."),
]
ScoringModelPublishResult = Annotated[
    ScoringModelPublishSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ScoringModelPublishResult", description="Outcome of `scoringModelPublish`."),
]


@strawberry.type
class ScoringModelMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Create a scoring model; what it consists of is published as a version.", **_BOARD
    )
    async def scoring_model_create(
        self, info: Info, input: Annotated[ScoringModelCreateInput, _ARGUMENT]
    ) -> ScoringModelCreateResult:
        command = to_command(ScoringModelCreate, input)
        row = await create_scoring_model(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScoringModelCreateSuccess(scoring_model=as_type(ScoringModel, row))

    @strawberry.mutation(description="Change a scoring model's name or description.", **_BOARD)
    async def scoring_model_update(
        self, info: Info, input: Annotated[ScoringModelUpdateInput, _ARGUMENT]
    ) -> ScoringModelUpdateResult:
        command = to_command(ScoringModelUpdate, input, ids={"id": "ScoringModel"})
        row = await update_scoring_model(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScoringModelUpdateSuccess(scoring_model=as_type(ScoringModel, row))

    @strawberry.mutation(
        description="Take a scoring model out of use, or back into it. Refused while it is the default of a"
        " portfolio in use.",
        **_BOARD,
    )
    async def scoring_model_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> ScoringModelArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "ScoringModel"})
        row = await archive_scoring_model(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScoringModelArchiveSuccess(scoring_model=as_type(ScoringModel, row))

    @strawberry.mutation(
        description="Publish the next version of a scoring model: it becomes the current one, and never changes.",
        **_BOARD,
    )
    async def scoring_model_publish(
        self, info: Info, input: Annotated[ScoringModelPublishInput, _ARGUMENT]
    ) -> ScoringModelPublishResult:
        command = to_command(
            ScoringModelPublish, input, ids={"model_id": "ScoringModel", "criterion_id": "Criterion"}
        )
        published = await publish_scoring_model(info.context.database, info.context.actor, command)
        await info.context.written()
        return ScoringModelPublishSuccess(version=as_type(ScoringModelVersion, published.version))
