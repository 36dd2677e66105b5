"""Use cases about check-ins: where key results stand. Entries are only ever added, corrections too.

The latest entry that has not been corrected says where the key result is now; its value, time and confidence
are set on the key result in the same transaction, so that progress, value by outcome and rankings follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor, System
from domain.bulk import Outcome, held_back
from domain.check_in_writing import by_id, standings_of, write
from domain.commands.check_in import CheckInCorrect, CheckInCreate
from domain.db import Database, transaction
from domain.enums import CheckInSource, ErrorPolicy, KeyResultDirection
from domain.errors import (
    CheckInInFuture,
    CheckInOutsideCycle,
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    ObjectiveClosed,
)
from domain.estimates import Path
from domain.idempotency import claim
from domain.models import metadata
from domain.references import unusable
from domain.rows_okr import CheckInRow

LARGEST_BULK = 1_000
"""Most check-ins of one call."""

_CHECK_INS = metadata.tables["check_in"]
_KEY_RESULTS = metadata.tables["key_result"]
_OBJECTIVES = metadata.tables["objective"]
_CYCLES = metadata.tables["cycle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The key results that check-ins are about, with their objectives and cycles; kept until the end."""

    key_results: dict[UUID, Any]
    objectives: dict[UUID, Any]


async def create_check_in(
    database: Database, actor: Actor, command: CheckInCreate, *, now: datetime
) -> CheckInRow:
    """Say where a key result stands, as the actor.

    An entry of an earlier time than the latest one is kept, and moves nothing.

    Raises
    ------
    CheckInOutsideCycle, CheckInInFuture, ObjectiveClosed
        When its day (UTC) lies outside the objective's cycle; when its time has not come; when the objective
        is closed.
    InvalidInput, NotFound
        When the value is not one of a milestone; when the key result or its objective is archived or not there.
    Conflict
        When the idempotency key stands for another check-in.
    """
    async with transaction(database, actor) as session:
        claimed = await claim(
            session, actor, operation="checkInCreate", key=command.idempotency_key, command=command
        )
        if claimed.repeated:
            return (await by_id(session, actor, [claimed.entity_id]))[claimed.entity_id]
        return await record_check_in(
            session, actor, command, now=now, source=CheckInSource.MANUAL, entry_id=claimed.entity_id
        )


async def create_check_ins(
    database: Database,
    actor: Actor,
    items: Sequence[CheckInCreate | DomainError],
    policy: ErrorPolicy,
    *,
    now: datetime,
) -> list[Outcome[CheckInRow]]:
    """Say where many key results stand; one outcome per item, in the order of the input.

    As ``record_check_ins``, with an item that could not even be read given as its error.

    Raises
    ------
    InvalidInput
        When there are no items, or more than ``LARGEST_BULK``.
    """
    if not 1 <= len(items) <= LARGEST_BULK:
        raise InvalidInput(
            f"Give 1 to {LARGEST_BULK} items a call, not {len(items)}; split longer lists.", path=("items",)
        )
    async with transaction(database, actor) as session:
        return await record_check_ins(
            session, actor, items, now=now, source=CheckInSource.MANUAL, policy=policy
        )


async def correct_check_in(
    database: Database, actor: Actor, command: CheckInCorrect, *, now: datetime
) -> CheckInRow:
    """Put a new entry in place of one that was wrong; both remain, the new one with the reason.

    Raises
    ------
    NotFound, Conflict
        When there is no such check-in; when it has been corrected already.
    CheckInOutsideCycle, CheckInInFuture, ObjectiveClosed, InvalidInput
        As for a new check-in.
    """
    async with transaction(database, actor, reason=command.reason) as session:
        # a measurement that somebody corrects by hand is that person's word
        return await record_correction(session, actor, command, now=now, source=CheckInSource.MANUAL)


async def record_check_in(
    session: AsyncSession,
    actor: Actor | System,
    command: CheckInCreate,
    *,
    now: datetime,
    source: CheckInSource,
    entry_id: UUID | None = None,
) -> CheckInRow:
    """Add a check-in within the caller's transaction, and move its key result.

    Everything is checked before anything is written: a caller that catches the error may go on.

    Raises
    ------
    DomainError
        As ``create_check_in``.
    """
    known = await _known(session, actor, [command.key_result_id])
    fault = _fault(command, known, now=now, path=())
    if fault is not None:
        raise fault
    (row,) = await write(
        session, actor, [command], now=now, source=source, entry_ids=None if entry_id is None else [entry_id]
    )
    return row


async def record_check_ins(
    session: AsyncSession,
    actor: Actor | System,
    items: Sequence[CheckInCreate | DomainError],
    *,
    now: datetime,
    source: CheckInSource,
    policy: ErrorPolicy = ErrorPolicy.REJECT_FAILED,
) -> list[Outcome[CheckInRow]]:
    """Add many check-ins within the caller's transaction; several may be on one key result.

    The number of SQL statements does not grow with the number of items. ``REJECT_ALL`` writes nothing if any
    item is faulty; the other policies write the items without fault.
    """
    commands = [item for item in items if isinstance(item, CheckInCreate)]
    known = await _known(session, actor, [command.key_result_id for command in commands])
    faults = [
        item if isinstance(item, DomainError) else _fault(item, known, now=now, path=()) for item in items
    ]
    good = [
        item
        for item, fault in zip(items, faults, strict=True)
        if fault is None and isinstance(item, CheckInCreate)
    ]
    if held_back(policy, [() if fault is None else (fault,) for fault in faults]):
        good = []
    rows = iter(await write(session, actor, good, now=now, source=source) if good else ())
    return [
        Outcome(row=next(rows, None)) if fault is None else Outcome(row=None, errors=(fault,))
        for fault in faults
    ]


async def record_correction(
    session: AsyncSession,
    actor: Actor | System,
    command: CheckInCorrect,
    *,
    now: datetime,
    source: CheckInSource | None = None,
) -> CheckInRow:
    """Correct a check-in within the caller's transaction, and move its key result if that follows.

    The new entry comes from where the wrong one did, unless another ``source`` is given.

    Raises
    ------
    DomainError
        As ``correct_check_in``, before anything is written.
    """
    found = await by_id(session, actor, [command.id])
    if command.id not in found:
        raise NotFound("There is no check-in with this id.", path=("id",))
    wrong = found[command.id]
    known = await _known(session, actor, [wrong.key_result_id])
    corrected = sa.select(_CHECK_INS.c.id).where(
        _CHECK_INS.c.organisation_id == actor.organisation_id, _CHECK_INS.c.corrects_id == wrong.id
    )
    # after the key result is locked: nobody else is correcting it now
    if (await session.execute(corrected)).first() is not None:
        raise Conflict(
            "This check-in has been corrected already; correct the newest entry instead.", path=("id",)
        )
    given = command.model_dump(exclude_unset=True, exclude={"id", "reason"})
    right = CheckInCreate(
        key_result_id=wrong.key_result_id,
        **{name: given.get(name, getattr(wrong, name)) for name in ("value", "confidence", "note")},
        at=given.get("at") or wrong.at,
    )
    fault = _fault(right, known, now=now, path=())
    if fault is not None:
        raise fault
    before = (await standings_of(session, actor, [wrong.key_result_id]))[wrong.key_result_id]
    moved = before.id == wrong.id
    (row,) = await write(
        session,
        actor,
        [right],
        now=now,
        source=wrong.source if source is None else source,
        corrects=(wrong.id, command.reason),
        moved=moved,
    )
    return row


async def _known(session: AsyncSession, actor: Actor | System, ids: Sequence[UUID]) -> _Known:
    """In the order of their ids, objectives first: two that write to the same can't wait for each other."""
    wanted = sa.any_(sa.literal(list(set(ids)), sa.ARRAY(sa.Uuid)))
    of_these = sa.select(_KEY_RESULTS.c.objective_id).where(
        _KEY_RESULTS.c.organisation_id == actor.organisation_id, _KEY_RESULTS.c.id == wanted
    )
    objectives = (
        sa.select(
            _OBJECTIVES.c.id,
            _OBJECTIVES.c.title,
            _OBJECTIVES.c.archived_at,
            _OBJECTIVES.c.closed_at,
            _CYCLES.c.name.label("cycle_name"),
            _CYCLES.c.starts_on,
            _CYCLES.c.ends_on,
        )
        .join_from(
            _OBJECTIVES,
            _CYCLES,
            sa.and_(
                _CYCLES.c.organisation_id == _OBJECTIVES.c.organisation_id,
                _CYCLES.c.id == _OBJECTIVES.c.cycle_id,
            ),
        )
        .where(_OBJECTIVES.c.organisation_id == actor.organisation_id, _OBJECTIVES.c.id.in_(of_these))
        .order_by(_OBJECTIVES.c.id)
        .with_for_update(read=True, of=_OBJECTIVES)
    )
    key_results = (
        sa.select(
            _KEY_RESULTS.c.id,
            _KEY_RESULTS.c.objective_id,
            _KEY_RESULTS.c.title,
            _KEY_RESULTS.c.direction,
            _KEY_RESULTS.c.archived_at,
        )
        .where(_KEY_RESULTS.c.organisation_id == actor.organisation_id, _KEY_RESULTS.c.id == wanted)
        .order_by(_KEY_RESULTS.c.id)
        .with_for_update(key_share=True)
    )
    return _Known(
        objectives={row.id: row for row in await session.execute(objectives)},
        key_results={row.id: row for row in await session.execute(key_results)},
    )


def _fault(command: CheckInCreate, known: _Known, *, now: datetime, path: Path) -> DomainError | None:
    key_result = known.key_results.get(command.key_result_id)
    fault = unusable(key_result, noun="key result", path=(*path, "keyResultId"))
    if fault is not None or key_result is None:
        return fault
    objective = known.objectives[key_result.objective_id]
    if objective.archived_at is not None:
        return InvalidInput(
            f"The objective “{objective.title}” is archived; take it back into use first.",
            path=(*path, "keyResultId"),
        )
    if objective.closed_at is not None:
        return ObjectiveClosed(
            f"The objective “{objective.title}” is closed: its check-ins stay as they are. Reopen it, or carry"
            " it over and check in there.",
            objective_id=objective.id,
            closed_at=objective.closed_at,
            path=(*path, "keyResultId"),
        )
    at = now if command.at is None else command.at
    if at > now:
        return CheckInInFuture(
            f"{at:%Y-%m-%d %H:%M:%S%z} has not come yet; a check-in says where the key result stands, not where"
            " it will be.",
            now=now,
            path=(*path, "at"),
        )
    day = at.astimezone(UTC).date()
    if not objective.starts_on <= day <= objective.ends_on:
        return CheckInOutsideCycle(
            f"The objective's cycle {objective.cycle_name} is from {objective.starts_on} to"
            f" {objective.ends_on}, and this is of {day}. Say of which day within it the value is.",
            starts_on=objective.starts_on,
            ends_on=objective.ends_on,
            path=(*path, "at"),
        )
    if key_result.direction is KeyResultDirection.MILESTONE and command.value not in (0, 1):
        return InvalidInput(
            f"“{key_result.title}” is a milestone: it is not met (0) or met (1), not {command.value:g}.",
            path=(*path, "value"),
        )
    return None
