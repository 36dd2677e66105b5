"""Mutations about breaches and escalation paths."""

from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry

from api.breach.inputs import (
    BreachAcknowledgeInput,
    BreachRestoreInput,
    BreachUpdateInput,
    EscalationPathClearInput,
    EscalationPathSetInput,
)
from api.breach.types import Breach
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import decoded, to_command
from api.kpi.loaders import kpi_of
from api.kpi.types import Kpi
from api.nodes import as_type
from api.permissions import requires
from domain.commands.kpi import BreachAcknowledge, BreachRestore, BreachUpdate, EscalationPathSet
from domain.kpi.breach import acknowledge_breach, restore_breach, update_breach
from domain.kpi.escalation import clear_escalation_path, set_escalation_path

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The escalation path was set.")
class EscalationPathSetSuccess:
    """Success of ``escalationPathSet``."""

    kpi: Kpi = strawberry.field(description="The KPI, with its path.")


@strawberry.type(description="The escalation path was cleared.")
class EscalationPathClearSuccess:
    """Success of ``escalationPathClear``."""

    kpi: Kpi = strawberry.field(description="The KPI, now without a path.")


@strawberry.type(description="The breach was acknowledged, or had been before.")
class BreachAcknowledgeSuccess:
    """Success of ``breachAcknowledge``."""

    breach: Breach = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The breach was changed.")
class BreachUpdateSuccess:
    """Success of ``breachUpdate``."""

    breach: Breach = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The breach was ended.")
class BreachRestoreSuccess:
    """Success of ``breachRestore``."""

    breach: Breach = strawberry.field(description=AS_IT_IS_NOW)


EscalationPathSetResult = Annotated[
    EscalationPathSetSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("EscalationPathSetResult", description="Outcome of `escalationPathSet`."),
]
EscalationPathClearResult = Annotated[
    EscalationPathClearSuccess | InvalidInput | NotFound | PermissionDenied,
    strawberry.union("EscalationPathClearResult", description="Outcome of `escalationPathClear`."),
]
BreachAcknowledgeResult = Annotated[
    BreachAcknowledgeSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BreachAcknowledgeResult", description="Outcome of `breachAcknowledge`."),
]
BreachUpdateResult = Annotated[
    BreachUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BreachUpdateResult", description="Outcome of `breachUpdate`."),
]
BreachRestoreResult = Annotated[
    BreachRestoreSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("BreachRestoreResult", description="Outcome of `breachRestore`."),
]


@strawberry.type
class BreachMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say how breaches of a KPI escalate. An open breach goes on at the level after the one that it has"
        " reached.",
        **_PLANNER,
    )
    async def escalation_path_set(
        self, info: Info, input: Annotated[EscalationPathSetInput, _ARGUMENT]
    ) -> EscalationPathSetResult:
        command = to_command(EscalationPathSet, input, ids={"kpi_id": "Kpi", "member_ids": "Member"})
        await set_escalation_path(info.context.database, info.context.actor, command)
        return EscalationPathSetSuccess(kpi=await _kpi(info, command.kpi_id))

    @strawberry.mutation(description="Let breaches of a KPI escalate no further.", **_PLANNER)
    async def escalation_path_clear(
        self, info: Info, input: Annotated[EscalationPathClearInput, _ARGUMENT]
    ) -> EscalationPathClearResult:
        kpi_id = decoded("Kpi", input.kpi_id, "kpiId")
        await clear_escalation_path(info.context.database, info.context.actor, kpi_id)
        return EscalationPathClearSuccess(kpi=await _kpi(info, kpi_id))

    @strawberry.mutation(description="Take a breach on, so that it escalates no further.", **_CONTRIBUTOR)
    async def breach_acknowledge(
        self, info: Info, input: Annotated[BreachAcknowledgeInput, _ARGUMENT]
    ) -> BreachAcknowledgeResult:
        command = to_command(BreachAcknowledge, input, ids={"id": "Breach"})
        row = await acknowledge_breach(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        await info.context.written()
        return BreachAcknowledgeSuccess(breach=as_type(Breach, row))

    @strawberry.mutation(
        description="Say what a breach comes from, what is done about it, and which initiative mends it.",
        **_CONTRIBUTOR,
    )
    async def breach_update(
        self, info: Info, input: Annotated[BreachUpdateInput, _ARGUMENT]
    ) -> BreachUpdateResult:
        command = to_command(BreachUpdate, input, ids={"id": "Breach", "initiative_id": "Initiative"})
        row = await update_breach(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return BreachUpdateSuccess(breach=as_type(Breach, row))

    @strawberry.mutation(
        description="End a breach by hand. The next one opens only after the KPI has been measured healthy again, as"
        " often in a row as it asks for.",
        **_CONTRIBUTOR,
    )
    async def breach_restore(
        self, info: Info, input: Annotated[BreachRestoreInput, _ARGUMENT]
    ) -> BreachRestoreResult:
        command = to_command(BreachRestore, input, ids={"id": "Breach"})
        row = await restore_breach(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return BreachRestoreSuccess(breach=as_type(Breach, row))


async def _kpi(info: Info, kpi_id: UUID) -> Kpi:
    await info.context.written()
    return cast("Kpi", await kpi_of(info.context, kpi_id))
