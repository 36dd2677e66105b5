"""Mutations about KPIs themselves."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.kpi.errors import ThresholdsOutOfOrder
from api.kpi.inputs import IDS, KpiCreateInput, KpiUpdateInput
from api.kpi.types import Kpi
from api.nodes import as_type
from api.permissions import requires
from domain.commands.base import ArchiveCommand
from domain.commands.kpi import KpiCreate, KpiUpdate
from domain.kpi.definition import archive_kpi, create_kpi, update_kpi

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The KPI was created, or had been by the same input before.")
class KpiCreateSuccess:
    """Success of ``kpiCreate``."""

    kpi: Kpi = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The KPI was changed, and its last measurement judged by what it is now.")
class KpiUpdateSuccess:
    """Success of ``kpiUpdate``."""

    kpi: Kpi = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The KPI was archived, or taken back into use.")
class KpiArchiveSuccess:
    """Success of ``kpiArchive``."""

    kpi: Kpi = strawberry.field(description=AS_IT_IS_NOW)


KpiCreateResult = Annotated[
    KpiCreateSuccess | ThresholdsOutOfOrder | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KpiCreateResult", description="Outcome of `kpiCreate`."),
]
KpiUpdateResult = Annotated[
    KpiUpdateSuccess | ThresholdsOutOfOrder | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KpiUpdateResult", description="Outcome of `kpiUpdate`."),
]
KpiArchiveResult = Annotated[
    KpiArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("KpiArchiveResult", description="Outcome of `kpiArchive`."),
]


@strawberry.type
class KpiMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Create a KPI; nothing is known of it before its first measurement.", **_PLANNER
    )
    async def kpi_create(self, info: Info, input: Annotated[KpiCreateInput, _ARGUMENT]) -> KpiCreateResult:
        command = to_command(KpiCreate, input, ids=IDS)
        row = await create_kpi(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return KpiCreateSuccess(kpi=as_type(Kpi, row))

    @strawberry.mutation(description="Change a KPI; new limits may open a breach or end one.", **_PLANNER)
    async def kpi_update(self, info: Info, input: Annotated[KpiUpdateInput, _ARGUMENT]) -> KpiUpdateResult:
        command = to_command(KpiUpdate, input, ids=IDS)
        row = await update_kpi(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return KpiUpdateSuccess(kpi=as_type(Kpi, row))

    @strawberry.mutation(
        description="Take a KPI out of use, which ends its open breach, or back into it.", **_PLANNER
    )
    async def kpi_archive(self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]) -> KpiArchiveResult:
        command = to_command(ArchiveCommand, input, ids=IDS)
        row = await archive_kpi(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return KpiArchiveSuccess(kpi=as_type(Kpi, row))
