"""Closing and reopening objectives, and reviews of confidence on the way."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.check_in import create_check_in
from domain.commands.base import ArchiveCommand
from domain.commands.check_in import CheckInCreate
from domain.commands.objective import KeyResultCreate, KeyResultUpdate, ObjectiveUpdate
from domain.commands.objective_closing import (
    CarriedContributions,
    ConfidenceReviewCreate,
    ObjectiveCarryOver,
    ObjectiveClose,
    ObjectiveReopen,
)
from domain.confidence_review import create_confidence_review
from domain.db import Database, reading, transaction
from domain.enums import KeyResultDirection
from domain.errors import AlreadyCarriedOver, Conflict, InvalidInput, NotFound, ObjectiveClosed
from domain.key_result import archive_key_result, create_key_result, update_key_result
from domain.objective import archive_objective, update_objective
from domain.objective_carry_over import carry_over_objective
from domain.objective_closing import close_objective, reopen_objective
from domain.rows import ObjectiveRow
from tests.factories import a_cycle, a_key_result, an_objective, an_organisation
from tests.trail import trail, written

NOW = datetime(2026, 12, 30, 12, tzinfo=UTC)


async def _grades(database: Database, actor: Actor) -> list[tuple[Any, ...]]:
    async with reading(database, actor.organisation_id) as connection:
        query = "SELECT title, computed_grade, manual_grade, grade_reason FROM key_result ORDER BY title"
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def _close(database: Database, actor: Actor, objective: ObjectiveRow, **values: Any) -> ObjectiveRow:
    return await close_objective(
        database, actor, ObjectiveClose.parse({"id": objective.id, **values}), now=NOW
    )


async def test_a_closing_grades_what_was_reached_and_keeps_what_was_decided_beside_it(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    place = {"objective_id": objective.id}
    a = await a_key_result(database, actor, **place, title="A", current_value=30, weight=3)
    await a_key_result(database, actor, **place, title="B", current_value=140)
    await a_key_result(database, actor, **place, title="C", target_value=None, weight=9)
    gone = await a_key_result(database, actor, **place, title="D", current_value=10)
    await archive_key_result(database, actor, ArchiveCommand(id=gone.id))
    closed = await _close(
        database,
        actor,
        objective,
        manual_grade=0.6,
        grade_reason="The market moved.",
        retrospective="Begin with the pilot.",
        key_result_grades=[{"key_result_id": a.id, "grade": 0.5, "reason": "Met in one region."}],
    )
    assert (closed.closed_at, closed.closed_by_id, closed.version) == (NOW, actor.member_id, 2)
    assert (closed.computed_grade, closed.manual_grade) == ((3 * 0.3 + 1) / 4, 0.6)
    assert (closed.grade_reason, closed.retrospective) == ("The market moved.", "Begin with the pilot.")
    assert await _grades(database, actor) == [
        ("A", 0.3, 0.5, "Met in one region."),
        ("B", 1.0, None, None),
        ("C", None, None, None),
        ("D", None, None, None),
    ]


async def test_nothing_of_a_closed_objective_changes_until_it_is_reopened(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    key_result = await a_key_result(database, actor, objective_id=objective.id, current_value=30)
    new = KeyResultCreate(
        objective_id=objective.id,
        title="Late",
        direction=KeyResultDirection.MILESTONE,
        due_on=date(2026, 12, 31),
    )
    await _close(database, actor, objective)
    before = await written(database, actor)
    attempts = [
        _close(database, actor, objective),
        update_objective(database, actor, ObjectiveUpdate.parse({"id": objective.id, "title": "Other"})),
        create_key_result(database, actor, new),
        update_key_result(database, actor, KeyResultUpdate.parse({"id": key_result.id, "current_value": 1})),
        update_key_result(database, actor, KeyResultUpdate.parse({"id": key_result.id, "weight": 2})),
        archive_key_result(database, actor, ArchiveCommand(id=key_result.id)),
        create_check_in(database, actor, CheckInCreate(key_result_id=key_result.id, value=1), now=NOW),
        create_confidence_review(
            database, actor, ConfidenceReviewCreate(objective_id=objective.id, confidence=5), now=NOW
        ),
    ]
    for attempt in attempts:
        with pytest.raises(ObjectiveClosed) as raised:
            await attempt
        assert (raised.value.objective_id, raised.value.closed_at) == (objective.id, NOW)
    assert await written(database, actor) == before

    with pytest.raises(Conflict):
        await reopen_objective(
            database, actor, ObjectiveReopen(id=objective.id, expected_version=1, reason="Too early.")
        )
    reopened = await reopen_objective(database, actor, ObjectiveReopen(id=objective.id, reason="Too early."))
    assert (reopened.closed_at, reopened.closed_by_id, reopened.computed_grade) == (None, None, None)
    assert (await _grades(database, actor))[0][1] is None
    operation, old, _, reason = (await trail(database, actor, "objective"))[-1]
    assert (operation, old["computed_grade"], reason) == ("update", 0.3, "Too early.")
    with pytest.raises(InvalidInput, match="nothing to reopen"):
        await reopen_objective(database, actor, ObjectiveReopen(id=objective.id, reason="Again."))
    await create_check_in(database, actor, CheckInCreate(key_result_id=key_result.id, value=80), now=NOW)
    assert (await _close(database, actor, objective)).computed_grade == 0.8


async def test_of_two_who_close_one_closes_and_no_check_in_slips_in_behind(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(5):
        objective = await an_objective(database, actor)
        key_result = await a_key_result(database, actor, objective_id=objective.id)
        closing = [_close(database, actor, objective) for _ in range(2)]
        said = CheckInCreate(key_result_id=key_result.id, value=50)
        check_in = create_check_in(database, actor, said, now=NOW)
        one, other, entry = await asyncio.gather(*closing, check_in, return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in (one, other)) == [
            "ObjectiveClosed",
            "ObjectiveRow",
        ]
        closed = one if isinstance(one, ObjectiveRow) else other
        assert isinstance(closed, ObjectiveRow)
        assert closed.computed_grade == (0 if isinstance(entry, ObjectiveClosed) else 0.5)


async def test_grades_that_make_no_sense_are_refused(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    key_result = await a_key_result(database, actor, objective_id=objective.id)
    foreign = await a_key_result(database, actor)
    before = await written(database, actor)
    for values, message in (
        ({"manual_grade": 1.1, "grade_reason": "Good."}, "manualGrade"),
        ({"manual_grade": float("nan"), "grade_reason": "Good."}, "manualGrade"),
        ({"manual_grade": 0.5}, "go together"),
        ({"grade_reason": "Good."}, "go together"),
        ({"manual_grade": 0.5, "grade_reason": " "}, "gradeReason"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await _close(database, actor, objective, **values)
    grade = {"key_result_id": key_result.id, "grade": 0.5, "reason": "Good."}
    with pytest.raises(InvalidInput, match="twice"):
        await _close(database, actor, objective, key_result_grades=[grade, grade])
    with pytest.raises(NotFound) as raised:
        await _close(database, actor, objective, key_result_grades=[{**grade, "key_result_id": foreign.id}])
    assert raised.value.path == ("keyResultGrades", 0, "keyResultId")
    assert await written(database, actor) == before
    await archive_objective(database, actor, ArchiveCommand(id=objective.id))
    with pytest.raises(InvalidInput, match="archived"):
        await _close(database, actor, objective)
    empty = await an_objective(database, actor)
    assert (await _close(database, actor, empty)).computed_grade is None


async def test_what_goes_on_in_a_later_cycle_is_not_reopened(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    await a_key_result(database, actor, objective_id=objective.id)
    await _close(database, actor, objective)
    later = await a_cycle(database, actor, starts_on=date(2027, 1, 1), ends_on=date(2027, 3, 31))
    command = ObjectiveCarryOver(id=objective.id, cycle_id=later.id, contributions=CarriedContributions.STAY)
    successor = await carry_over_objective(database, actor, command)
    with pytest.raises(AlreadyCarriedOver) as raised:
        await reopen_objective(database, actor, ObjectiveReopen(id=objective.id, reason="Wrong."))
    assert raised.value.successor_id == successor.id


async def test_the_latest_review_stands_on_the_objective(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)

    async def review(confidence: int, day: date | None) -> None:
        command = ConfidenceReviewCreate(objective_id=objective.id, confidence=confidence, reviewed_on=day)
        await create_confidence_review(database, actor, command, now=NOW)

    async def standing() -> tuple[date | None, int | None]:
        async with reading(database, actor.organisation_id) as connection:
            query = "SELECT reviewed_on, reviewed_confidence FROM objective WHERE id = :id"
            row = (await connection.execute(sa.text(query), {"id": objective.id})).one()
            return row[0], row[1]

    assert await standing() == (None, None)
    await review(7, date(2026, 6, 30))
    await review(2, date(2026, 3, 31))
    assert await standing() == (date(2026, 6, 30), 7)
    await review(0, None)
    assert await standing() == (NOW.date(), 0)
    before = await written(database, actor)
    for day, message in (
        (date(2026, 12, 31), "not come yet"),
        (date(2025, 12, 31), "within the objective's"),
    ):
        with pytest.raises(InvalidInput, match=message) as raised:
            await review(5, day)
        assert raised.value.path == ("reviewedOn",)
    with pytest.raises(InvalidInput):
        ConfidenceReviewCreate.parse({"objective_id": objective.id, "confidence": 11})
    assert await written(database, actor) == before
    for statement in ("UPDATE confidence_review SET confidence = 1", "DELETE FROM confidence_review"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))
