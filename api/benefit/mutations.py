"""Mutations about benefits."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.benefit.inputs import (
    IDS,
    BenefitCreateInput,
    BenefitRealisationAddInput,
    BenefitRealisationCorrectInput,
    BenefitUpdateInput,
)
from api.benefit.loaders import benefit_of, know
from api.benefit.types import Benefit, BenefitRealisation
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.benefit import (
    add_realisation,
    archive_benefit,
    correct_realisation,
    create_benefit,
    update_benefit,
)
from domain.commands.base import ArchiveCommand
from domain.commands.benefit import (
    BenefitCreate,
    BenefitRealisationAdd,
    BenefitRealisationCorrect,
    BenefitUpdate,
)
from domain.rows_okr import BenefitRealisationRow, BenefitRow

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The benefit was created, or had been by the same input before.")
class BenefitCreateSuccess:
    """Success of ``benefitCreate``."""

    benefit: Benefit = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The benefit was changed.")
class BenefitUpdateSuccess:
    """Success of ``benefitUpdate``."""

    benefit: Benefit = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The benefit was archived, or taken back into use.")
class BenefitArchiveSuccess:
    """Success of ``benefitArchive``."""

    benefit: Benefit = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What has come was recorded.")
class BenefitRealisationAddSuccess:
    """Success of ``benefitRealisationAdd``."""

    benefit_realisation: BenefitRealisation = strawberry.field(description="The entry.")
    benefit: Benefit = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The correction was recorded beside the entry that was wrong.")
class BenefitRealisationCorrectSuccess:
    """Success of ``benefitRealisationCorrect``."""

    benefit_realisation: BenefitRealisation = strawberry.field(description="The new entry.")
    benefit: Benefit = strawberry.field(description=AS_IT_IS_NOW)


BenefitCreateResult = Annotated[
    BenefitCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BenefitCreateResult", description="Outcome of `benefitCreate`."),
]
BenefitUpdateResult = Annotated[
    BenefitUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BenefitUpdateResult", description="Outcome of `benefitUpdate`."),
]
BenefitArchiveResult = Annotated[
    BenefitArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BenefitArchiveResult", description="Outcome of `benefitArchive`."),
]
BenefitRealisationAddResult = Annotated[
    BenefitRealisationAddSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BenefitRealisationAddResult", description="Outcome of `benefitRealisationAdd`."),
]
BenefitRealisationCorrectResult = Annotated[
    BenefitRealisationCorrectSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union(
        "BenefitRealisationCorrectResult", description="Outcome of `benefitRealisationCorrect`."
    ),
]


async def _shown(info: Info, row: BenefitRow) -> Benefit:
    await info.context.written()
    await know(info.context, [row])
    return as_type(Benefit, row)


async def _benefit_after(info: Info, entry: BenefitRealisationRow) -> Benefit:
    await info.context.written()
    return as_type(Benefit, await benefit_of(info.context, entry.benefit_id))


@strawberry.type
class BenefitMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Plan a benefit of an initiative.", **_CONTRIBUTOR)
    async def benefit_create(
        self, info: Info, input: Annotated[BenefitCreateInput, _ARGUMENT]
    ) -> BenefitCreateResult:
        command = to_command(BenefitCreate, input, ids=IDS)
        row = await create_benefit(info.context.database, info.context.actor, command)
        return BenefitCreateSuccess(benefit=await _shown(info, row))

    @strawberry.mutation(description="Change a benefit, its plan among others.", **_CONTRIBUTOR)
    async def benefit_update(
        self, info: Info, input: Annotated[BenefitUpdateInput, _ARGUMENT]
    ) -> BenefitUpdateResult:
        command = to_command(BenefitUpdate, input, ids={**IDS, "id": "Benefit"})
        row = await update_benefit(info.context.database, info.context.actor, command)
        return BenefitUpdateSuccess(benefit=await _shown(info, row))

    @strawberry.mutation(description="Take a benefit out of use, or back into it.", **_CONTRIBUTOR)
    async def benefit_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> BenefitArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "Benefit"})
        row = await archive_benefit(info.context.database, info.context.actor, command)
        return BenefitArchiveSuccess(benefit=await _shown(info, row))

    @strawberry.mutation(
        description="Record how much of a benefit has come, also after its initiative is completed.",
        **_CONTRIBUTOR,
    )
    async def benefit_realisation_add(
        self, info: Info, input: Annotated[BenefitRealisationAddInput, _ARGUMENT]
    ) -> BenefitRealisationAddResult:
        command = to_command(BenefitRealisationAdd, input, ids=IDS)
        row = await add_realisation(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        benefit = await _benefit_after(info, row)
        return BenefitRealisationAddSuccess(
            benefit_realisation=as_type(BenefitRealisation, row), benefit=benefit
        )

    @strawberry.mutation(
        description="Put a right entry in place of a wrong one; both remain, the new one with the reason.",
        **_CONTRIBUTOR,
    )
    async def benefit_realisation_correct(
        self, info: Info, input: Annotated[BenefitRealisationCorrectInput, _ARGUMENT]
    ) -> BenefitRealisationCorrectResult:
        command = to_command(BenefitRealisationCorrect, input, ids={"id": "BenefitRealisation"})
        row = await correct_realisation(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        benefit = await _benefit_after(info, row)
        return BenefitRealisationCorrectSuccess(
            benefit_realisation=as_type(BenefitRealisation, row), benefit=benefit
        )
