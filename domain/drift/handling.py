"""Use cases about alerts: somebody has seen one, or needs it no more."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.allocation import DriftAlertAcknowledge, DriftAlertClose
from domain.db import Database, transaction
from domain.errors import Conflict, InvalidInput, NotFound
from domain.models import DriftAlert, metadata
from domain.rows import columns
from domain.rows_allocation import DriftAlertRow

_ALERTS = metadata.tables["drift_alert"]


async def acknowledge_alert(
    database: Database, actor: Actor, command: DriftAlertAcknowledge
) -> DriftAlertRow:
    """Say that somebody has seen an alert. To repeat it by the same member changes the note only.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        When there is none; when its version moved on; when it is closed, or somebody else was first.
    """
    async with transaction(database, actor, reason=command.note) as session:
        row = await _locked(session, actor, command.id, command.expected_version)
        if row.closed_at is not None:
            raise InvalidInput("This alert is closed already.", path=("id",))
        if row.acknowledged_by_id not in (None, actor.member_id):
            raise InvalidInput("Somebody else has acknowledged this alert already.", path=("id",))
        if (row.acknowledged_by_id, row.acknowledged_note) == (actor.member_id, command.note):
            return row
        values = {
            "acknowledged_at": row.acknowledged_at or sa.func.now(),
            "acknowledged_by_id": actor.member_id,
            "acknowledged_note": command.note,
        }
        return await _write(session, actor, row.id, values)


async def close_alert(database: Database, actor: Actor, command: DriftAlertClose) -> DriftAlertRow:
    """Say that an alert needs no more attention. As long as the share stays too low, no other one is opened.

    Raises
    ------
    NotFound, Conflict, InvalidInput
        When there is none; when its version moved on; when it is closed already.
    """
    async with transaction(database, actor, reason=command.note) as session:
        row = await _locked(session, actor, command.id, command.expected_version)
        if row.closed_at is not None:
            raise InvalidInput("This alert is closed already.", path=("id",))
        values = {
            "closed_at": sa.func.now(),
            "closed_by_id": actor.member_id,
            "closed_note": command.note,
        }
        return await _write(session, actor, row.id, values)


async def _locked(
    session: AsyncSession, actor: Actor, alert_id: UUID, expected_version: int | None
) -> DriftAlertRow:
    query = (
        sa.select(*columns(DriftAlert, DriftAlertRow))
        .where(_ALERTS.c.organisation_id == actor.organisation_id, _ALERTS.c.id == alert_id)
        .with_for_update()
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("There is no drift alert with this id.", path=("id",))
    row = DriftAlertRow._make(found)
    if expected_version not in (None, row.version):
        raise Conflict(
            f"This alert is at version {row.version}, not {expected_version}: somebody changed it meanwhile."
            " Read it again and decide anew.",
            expected_version=expected_version,
            actual_version=row.version,
            path=("expectedVersion",),
        )
    return row


async def _write(
    session: AsyncSession, actor: Actor, alert_id: UUID, values: dict[str, Any]
) -> DriftAlertRow:
    statement = (
        sa.update(_ALERTS)
        .where(_ALERTS.c.organisation_id == actor.organisation_id, _ALERTS.c.id == alert_id)
        .values(**values, version=_ALERTS.c.version + 1, updated_at=sa.func.now())
        .returning(*columns(DriftAlert, DriftAlertRow))
    )
    return DriftAlertRow._make((await session.execute(statement)).one())
