"""Mutations about drift alerts."""

from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import AS_IT_IS_NOW, EXPECTED_VERSION, WHAT_TO_DO
from api.drift.alert_types import DriftAlert
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from domain.commands.allocation import DriftAlertAcknowledge, DriftAlertClose
from domain.drift.handling import acknowledge_alert, close_alert

_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_NOTE = "What there is to say about it, at most 2,000 characters."


@strawberry.input(description="An alert that somebody has seen.")
class DriftAlertAcknowledgeInput:
    """Becomes ``DriftAlertAcknowledge``."""

    id: strawberry.ID = strawberry.field(description="The alert.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)


@strawberry.input(description="An alert that needs no more attention.")
class DriftAlertCloseInput:
    """Becomes ``DriftAlertClose``."""

    id: strawberry.ID = strawberry.field(description="The alert.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    note: str | None = strawberry.field(default=strawberry.UNSET, description=_NOTE)


@strawberry.type(description="The alert is acknowledged.")
class DriftAlertAcknowledgeSuccess:
    """Success of ``driftAlertAcknowledge``."""

    drift_alert: DriftAlert = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The alert is closed.")
class DriftAlertCloseSuccess:
    """Success of ``driftAlertClose``."""

    drift_alert: DriftAlert = strawberry.field(description=AS_IT_IS_NOW)


DriftAlertAcknowledgeResult = Annotated[
    DriftAlertAcknowledgeSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("DriftAlertAcknowledgeResult", description="Outcome of `driftAlertAcknowledge`."),
]
DriftAlertCloseResult = Annotated[
    DriftAlertCloseSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("DriftAlertCloseResult", description="Outcome of `driftAlertClose`."),
]


@strawberry.type
class DriftAlertMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say that an alert about drift was seen, and what it is about.",
        **requires(Role.CONTRIBUTOR, TokenScope.WRITE),
    )
    async def drift_alert_acknowledge(
        self, info: Info, input: Annotated[DriftAlertAcknowledgeInput, _ARGUMENT]
    ) -> DriftAlertAcknowledgeResult:
        command = to_command(DriftAlertAcknowledge, input, ids={"id": "DriftAlert"})
        row = await acknowledge_alert(info.context.database, info.context.actor, command)
        await info.context.written()
        return DriftAlertAcknowledgeSuccess(drift_alert=as_type(DriftAlert, row))

    @strawberry.mutation(
        description="Say that an alert about drift needs no more attention. As long as the share stays too low no other"
        " one is opened.",
        **requires(Role.PLANNER, TokenScope.WRITE),
    )
    async def drift_alert_close(
        self, info: Info, input: Annotated[DriftAlertCloseInput, _ARGUMENT]
    ) -> DriftAlertCloseResult:
        command = to_command(DriftAlertClose, input, ids={"id": "DriftAlert"})
        row = await close_alert(info.context.database, info.context.actor, command)
        await info.context.written()
        return DriftAlertCloseSuccess(drift_alert=as_type(DriftAlert, row))
