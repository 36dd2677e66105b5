"""Use cases about breaches: somebody takes one on, says what it comes from, and when it is over."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.kpi import BreachAcknowledge, BreachRestore, BreachUpdate
from domain.db import Database, transaction
from domain.entities import change, in_use, lock
from domain.enums import BreachEnding, BreachEventKind, WorkKind
from domain.errors import Conflict, InvalidInput
from domain.kpi.breach_writes import add_events
from domain.kpi.rows import BreachRow
from domain.models import AllocationCategory, Breach, Initiative
from domain.rows import as_row


async def acknowledge_breach(
    database: Database, actor: Actor, command: BreachAcknowledge, *, now: datetime
) -> BreachRow:
    """Take a breach on: from now on it does not escalate further.

    Who acknowledges again what is acknowledged changes nothing.

    Raises
    ------
    NotFound
        When there is no such breach.
    Conflict
        When it is over; when its version moved on.
    """
    async with transaction(database, actor) as session:
        breach = await _open(session, actor, command.id, command.expected_version)
        if breach.acknowledged_at is not None:
            return as_row(BreachRow, breach)
        values = {"acknowledged_at": now, "acknowledged_by_id": actor.member_id, "escalates_at": None}
        breach = await change(session, actor, Breach, command.id, values)
        await _happened(session, actor, breach.id, BreachEventKind.ACKNOWLEDGED, now=now, note=command.note)
        return as_row(BreachRow, breach)


async def update_breach(
    database: Database, actor: Actor, command: BreachUpdate, *, now: datetime
) -> BreachRow:
    """Say what a breach comes from, what is done about it, and which lights-on initiative mends it.

    Also of a breach that is over: causes are often found later.

    Raises
    ------
    NotFound, Conflict
        When there is no such breach or initiative; when its version moved on.
    InvalidInput
        When the initiative is archived, or no lights-on work.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        before = await lock(session, actor, Breach, command.id, expected_version=command.expected_version)
        if changes.get("initiative_id") not in (None, before.initiative_id):
            await _check_initiative(session, actor, changes["initiative_id"])
        version = before.version
        breach = await change(session, actor, Breach, command.id, changes)
        if breach.version != version:
            await _happened(
                session, actor, breach.id, BreachEventKind.DIAGNOSED, now=now, note=_told(changes)
            )
        return as_row(BreachRow, breach)


async def restore_breach(
    database: Database, actor: Actor, command: BreachRestore, *, now: datetime
) -> BreachRow:
    """End a breach by hand, with a reason. The next one opens only after the KPI has been measured healthy again.

    Raises
    ------
    NotFound
        When there is no such breach.
    Conflict
        When it is over already; when its version moved on.
    """
    async with transaction(database, actor) as session:
        await _open(session, actor, command.id, command.expected_version)
        values = {
            "restored_at": now,
            "restored_by_id": actor.member_id,
            "restored_reason": command.reason,
            "ending": BreachEnding.BY_HAND,
            "escalates_at": None,
        }
        breach = await change(session, actor, Breach, command.id, values)
        await _happened(session, actor, breach.id, BreachEventKind.RESTORED, now=now, note=command.reason)
        return as_row(BreachRow, breach)


async def _open(session: AsyncSession, actor: Actor, breach_id: UUID, expected_version: int | None) -> Breach:
    breach = await lock(session, actor, Breach, breach_id, expected_version=expected_version)
    if breach.restored_at is not None:
        raise Conflict(
            "This breach is over; there is nothing left to do about it.",
            actual_version=breach.version,
            path=("id",),
        )
    return breach


async def _check_initiative(session: AsyncSession, actor: Actor, initiative_id: UUID) -> None:
    initiative = await in_use(session, actor, Initiative, initiative_id, path=("initiativeId",))
    category = (
        None
        if initiative.category_id is None
        else await session.get(AllocationCategory, (actor.organisation_id, initiative.category_id))
    )
    if category is None or category.kind is not WorkKind.LIGHTS_ON:
        raise InvalidInput(
            f"“{initiative.title}” is no lights-on work, which is what mends a breach; choose an initiative"
            " of a lights-on category.",
            path=("initiativeId",),
        )


async def _happened(
    session: AsyncSession,
    actor: Actor,
    breach_id: UUID,
    kind: BreachEventKind,
    *,
    now: datetime,
    note: str,
) -> None:
    event = {
        "breach_id": breach_id,
        "kind": kind,
        "occurred_at": now,
        "member_id": actor.member_id,
        "note": note,
    }
    await add_events(session, actor.organisation_id, [event])


def _told(changes: dict[str, Any]) -> str:
    named = {"cause": "cause", "corrective_action": "corrective action", "initiative_id": "initiative"}
    return f"Changed: {', '.join(text for name, text in named.items() if name in changes)}."
