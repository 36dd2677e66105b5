"""Closing objectives at the end of a cycle, with grades and a retrospective; and reopening them.

A computed grade is the clamped progress at that moment. A grade that was decided on stands beside it, with its
reason, and never in its place. Grades are of objectives and key results; none is of a person.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actor import Actor
from domain.bulk import rows_as_table
from domain.commands.objective_closing import KeyResultGrade, ObjectiveClose, ObjectiveReopen
from domain.db import Database, transaction
from domain.entities import change, lock
from domain.errors import AlreadyCarriedOver, InvalidInput, NotFound, ObjectiveClosed
from domain.models import KeyResult, Objective, metadata
from domain.progress import key_result_progress, objective_progress
from domain.rows import KeyResultRow, ObjectiveRow, as_row

_KEY_RESULTS = metadata.tables["key_result"]
_NO_GRADES: dict[str, Any] = {"computed_grade": None, "manual_grade": None, "grade_reason": None}


def refuse_closed(objective: Objective, *, path: tuple[str | int, ...]) -> None:
    """Raise ``ObjectiveClosed`` for an objective that is closed: nothing about it changes until it is reopened."""
    if objective.closed_at is not None:
        raise ObjectiveClosed(
            f"The objective “{objective.title}” is closed since {objective.closed_at:%Y-%m-%d %H:%M} UTC. Reopen it"
            " first, or carry it over into the next cycle.",
            objective_id=objective.id,
            closed_at=objective.closed_at,
            path=path,
        )


async def close_objective(
    database: Database, actor: Actor, command: ObjectiveClose, *, now: datetime
) -> ObjectiveRow:
    """Grade an objective and its key results in use, and keep what was learnt.

    Drafts have no computed grade. The objective's is the weighted mean of its key results' computed grades;
    None when there is none.

    Raises
    ------
    ObjectiveClosed
        When it is closed already.
    NotFound, InvalidInput
        When there is no such objective, or it is archived; when a key result that is graded is not one of it
        in use, or is graded twice.
    Conflict
        When the version moved on.
    """
    async with transaction(database, actor) as session:
        objective = await lock(
            session, actor, Objective, command.id, expected_version=command.expected_version
        )
        refuse_closed(objective, path=("id",))
        if objective.archived_at is not None:
            raise InvalidInput("This objective is archived; take it back into use first.", path=("id",))
        key_results = await _key_results(session, actor, objective.id)
        decided = _decided(command.key_result_grades, {row.id for row in key_results})
        await _grade(session, actor, key_results, decided)
        objective = await change(
            session,
            actor,
            Objective,
            command.id,
            {
                "closed_at": now,
                "closed_by_id": actor.member_id,
                "computed_grade": objective_progress(key_results),
                "manual_grade": command.manual_grade,
                "grade_reason": command.grade_reason,
                "retrospective": command.retrospective,
            },
        )
        return as_row(ObjectiveRow, objective)


async def reopen_objective(database: Database, actor: Actor, command: ObjectiveReopen) -> ObjectiveRow:
    """Take a closing back; the grades go with it into the audit trail, the retrospective stays.

    Raises
    ------
    InvalidInput, AlreadyCarriedOver
        When it is open or archived; when it goes on in a later cycle.
    NotFound, Conflict
        When there is no such objective, or the version moved on.
    """
    async with transaction(database, actor, reason=command.reason) as session:
        objective = await lock(
            session, actor, Objective, command.id, expected_version=command.expected_version
        )
        if objective.archived_at is not None:
            raise InvalidInput("This objective is archived; take it back into use first.", path=("id",))
        if objective.closed_at is None:
            raise InvalidInput("This objective is open: there is nothing to reopen.", path=("id",))
        await refuse_carried_over(session, actor, objective)
        await session.execute(
            sa.update(_KEY_RESULTS)
            .where(
                _KEY_RESULTS.c.organisation_id == actor.organisation_id,
                _KEY_RESULTS.c.objective_id == objective.id,
                sa.or_(*(_KEY_RESULTS.c[name].is_not(None) for name in _NO_GRADES)),
            )
            .values(**_NO_GRADES, version=_KEY_RESULTS.c.version + 1, updated_at=sa.func.now())
        )
        objective = await change(
            session, actor, Objective, command.id, {"closed_at": None, "closed_by_id": None, **_NO_GRADES}
        )
        return as_row(ObjectiveRow, objective)


async def refuse_carried_over(session: AsyncSession, actor: Actor, objective: Objective) -> None:
    """Raise ``AlreadyCarriedOver`` for an objective that goes on in a later cycle."""
    query = sa.select(col(Objective.id), col(Objective.title)).where(
        col(Objective.organisation_id) == actor.organisation_id,
        col(Objective.carried_over_from_id) == objective.id,
    )
    successor = (await session.execute(query)).first()
    if successor is not None:
        raise AlreadyCarriedOver(
            f"The objective “{objective.title}” goes on in a later cycle already; work with that one.",
            successor_id=successor.id,
            path=("id",),
        )


async def _key_results(session: AsyncSession, actor: Actor, objective_id: UUID) -> list[KeyResultRow]:
    """Those in use, kept from changes until the end."""
    query = (
        sa.select(KeyResult)
        .where(
            col(KeyResult.organisation_id) == actor.organisation_id,
            col(KeyResult.objective_id) == objective_id,
            col(KeyResult.archived_at).is_(None),
        )
        .order_by(col(KeyResult.id))
        .with_for_update()
    )
    return [as_row(KeyResultRow, entity) for entity in (await session.execute(query)).scalars()]


def _decided(grades: Sequence[KeyResultGrade], present: set[UUID]) -> dict[UUID, KeyResultGrade]:
    decided: dict[UUID, KeyResultGrade] = {}
    for position, grade in enumerate(grades):
        path = ("keyResultGrades", position, "keyResultId")
        if grade.key_result_id not in present:
            raise NotFound("The objective has no key result in use with this id.", path=path)
        if grade.key_result_id in decided:
            raise InvalidInput("This key result is graded twice; keep one of the grades.", path=path)
        decided[grade.key_result_id] = grade
    return decided


async def _grade(
    session: AsyncSession,
    actor: Actor,
    key_results: Sequence[KeyResultRow],
    decided: dict[UUID, KeyResultGrade],
) -> None:
    if not key_results:
        return
    rows = []
    for key_result in key_results:
        progress, grade = key_result_progress(key_result), decided.get(key_result.id)
        rows.append(
            {
                "id": key_result.id,
                "computed_grade": None if progress is None else progress.clamped,
                "manual_grade": None if grade is None else grade.grade,
                "grade_reason": None if grade is None else grade.reason,
            }
        )
    given = rows_as_table(_KEY_RESULTS, rows)
    await session.execute(
        sa.update(_KEY_RESULTS)
        .where(_KEY_RESULTS.c.organisation_id == actor.organisation_id, _KEY_RESULTS.c.id == given.c.id)
        .values(
            **{name: given.c[name] for name in _NO_GRADES},
            version=_KEY_RESULTS.c.version + 1,
            updated_at=sa.func.now(),
        )
    )
