"""Check-ins: what they say, what follows from them, and what is refused."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor, System
from domain.check_in import correct_check_in, create_check_in, create_check_ins, record_check_in
from domain.commands.base import ArchiveCommand
from domain.commands.check_in import CheckInCorrect, CheckInCreate
from domain.commands.objective import KeyResultUpdate, ObjectiveUpdate
from domain.commands.objective_closing import ObjectiveClose
from domain.db import Database, reading, transaction
from domain.enums import CheckInSource, ErrorPolicy, KeyResultDirection, Role
from domain.errors import (
    CheckInInFuture,
    CheckInOutsideCycle,
    Conflict,
    DomainError,
    InvalidInput,
    NotFound,
    ObjectiveClosed,
)
from domain.key_result import archive_key_result, update_key_result
from domain.objective import archive_objective, update_objective
from domain.objective_closing import close_objective
from domain.queries.check_in import CHECK_INS
from domain.queries.keyset import Cut
from domain.queries.listing import OrderBy, page
from domain.rows import KeyResultRow
from domain.rows_okr import CheckInRow
from tests.factories import a_cycle, a_key_result, a_member, an_objective, an_organisation
from tests.statements import counted
from tests.trail import trail, written

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
MAY, JUNE = datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 6, 1, 9, tzinfo=UTC)


def _said(key_result: KeyResultRow | UUID, value: float = 40, **values: Any) -> CheckInCreate:
    key_result_id = key_result if isinstance(key_result, UUID) else key_result.id
    return CheckInCreate.parse({"key_result_id": key_result_id, "value": value, **values})


async def _stored(database: Database, actor: Actor, key_result: KeyResultRow) -> KeyResultRow:
    async with reading(database, actor.organisation_id) as connection:
        names = ", ".join(KeyResultRow._fields)
        row = await connection.execute(
            sa.text(f"SELECT {names} FROM key_result WHERE id = :id"), {"id": key_result.id}
        )
        return KeyResultRow._make(row.one())


async def _history(database: Database, actor: Actor) -> list[CheckInRow]:
    async with reading(database, actor.organisation_id) as connection:
        terms = CHECK_INS.ordering([OrderBy("at", descending=True)])
        found = await page(connection, actor.organisation_id, CHECK_INS, terms=terms, cut=Cut(100))
    return list(found.rows)


async def test_the_latest_check_in_moves_the_key_result_and_an_earlier_one_does_not(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    first = await create_check_in(
        database, actor, _said(key_result, 40, confidence=6, note="On it.", at=JUNE), now=NOW
    )
    assert (first.value, first.confidence, first.note, first.at) == (40, 6, "On it.", JUNE)
    assert (first.source, first.made_by_id) == (CheckInSource.MANUAL, actor.member_id)
    moved = await _stored(database, actor, key_result)
    assert (moved.current_value, moved.checked_in_at, moved.confidence, moved.previous_confidence) == (
        *(40, JUNE, 6, None),
    )
    assert moved.version == 2

    late = await create_check_in(database, actor, _said(key_result, 15, confidence=9, at=MAY), now=NOW)
    after = await _stored(database, actor, key_result)
    assert (after.current_value, after.checked_in_at) == (40, JUNE)
    assert (after.confidence, after.previous_confidence) == (6, 9)

    now = await create_check_in(database, actor, _said(key_result, 55), now=NOW)
    after = await _stored(database, actor, key_result)
    # nobody has said how sure they are this time: what was said last stands
    assert (after.current_value, after.checked_in_at) == (55, NOW)
    assert (after.confidence, after.previous_confidence) == (6, 9)
    assert [row.id for row in await _history(database, actor)] == [now.id, first.id, late.id]


async def test_a_value_set_by_hand_stands_until_a_later_check_in(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    await create_check_in(database, actor, _said(key_result, 40, at=JUNE), now=NOW)
    by_hand = KeyResultUpdate.parse({"id": key_result.id, "current_value": 44})
    await update_key_result(database, actor, by_hand)
    await create_check_in(database, actor, _said(key_result, 10, at=MAY), now=NOW)
    assert (await _stored(database, actor, key_result)).current_value == 44


async def test_a_correction_keeps_the_old_entry_and_moves_the_key_result(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    earlier = await create_check_in(database, actor, _said(key_result, 20, confidence=8, at=MAY), now=NOW)
    wrong = await create_check_in(
        database, actor, _said(key_result, 400, confidence=3, note="Typed.", at=JUNE), now=NOW
    )
    command = CheckInCorrect.parse({"id": wrong.id, "value": 40, "reason": "One nought too many."})
    right = await correct_check_in(database, actor, command, now=NOW)
    assert (right.value, right.confidence, right.note, right.at) == (40, 3, "Typed.", JUNE)
    assert (right.corrects_id, right.reason) == (wrong.id, "One nought too many.")
    assert {row.id for row in await _history(database, actor)} == {earlier.id, wrong.id, right.id}
    assert (await _stored(database, actor, key_result)).current_value == 40
    assert [reason for _, _, _, reason in await trail(database, actor, "check_in")][-1] == right.reason

    before = await written(database, actor)
    with pytest.raises(Conflict, match="corrected already"):
        await correct_check_in(database, actor, command, now=NOW)
    unknown = CheckInCorrect.parse({"id": uuid4(), "reason": "Wrong."})
    with pytest.raises(NotFound):
        await correct_check_in(database, actor, unknown, now=NOW)
    too_late = CheckInCorrect.parse({"id": right.id, "at": NOW + timedelta(1), "reason": "Wrong."})
    with pytest.raises(CheckInInFuture):
        await correct_check_in(database, actor, too_late, now=NOW)
    assert await written(database, actor) == before

    # moved before the other one: that is the latest now, and its word counts
    earliest = CheckInCorrect.parse(
        {"id": right.id, "at": MAY - timedelta(7), "confidence": None, "reason": "Of another week."}
    )
    await correct_check_in(database, actor, earliest, now=NOW)
    after = await _stored(database, actor, key_result)
    assert (after.current_value, after.checked_in_at, after.confidence, after.previous_confidence) == (
        *(20, MAY, 8, None),
    )


async def test_of_two_who_correct_the_same_entry_one_succeeds(database: Database) -> None:
    actor = await an_organisation(database)
    wrong = await create_check_in(database, actor, _said(await a_key_result(database, actor)), now=NOW)
    corrections = [
        CheckInCorrect.parse({"id": wrong.id, "value": value, "reason": "Wrong."}) for value in (1, 2)
    ]
    outcomes = await asyncio.gather(
        *(correct_check_in(database, actor, command, now=NOW) for command in corrections),
        return_exceptions=True,
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CheckInRow", "Conflict"]


async def test_what_a_check_in_can_not_be_is_refused_by_type_and_writes_nothing(database: Database) -> None:
    actor = await an_organisation(database)
    cycle = await a_cycle(database, actor, name="Q2", starts_on=date(2026, 4, 1), ends_on=date(2026, 6, 30))
    objective = await an_objective(database, actor, cycle_id=cycle.id)
    place = {"objective_id": objective.id, "due_on": date(2026, 6, 30)}
    key_result = await a_key_result(database, actor, **place)
    milestone = await a_key_result(
        database,
        actor,
        **{**place, "direction": KeyResultDirection.MILESTONE, "start_value": None, "target_value": None},
    )
    gone = await a_key_result(database, actor, **place)
    await archive_key_result(database, actor, ArchiveCommand(id=gone.id))
    before = await written(database, actor)

    async def refusal(command: CheckInCreate) -> DomainError:
        with pytest.raises(DomainError) as raised:
            await create_check_in(database, actor, command, now=NOW)
        assert await written(database, actor) == before
        return raised.value

    outside = await refusal(_said(key_result, at=datetime(2026, 3, 31, 23, 59, tzinfo=UTC)))
    assert isinstance(outside, CheckInOutsideCycle)
    assert (outside.starts_on, outside.ends_on, outside.path) == (cycle.starts_on, cycle.ends_on, ("at",))
    future = await refusal(_said(key_result, at=NOW + timedelta(seconds=1)))
    assert isinstance(future, CheckInInFuture)
    assert future.now == NOW
    assert (await refusal(_said(milestone, 0.5))).path == ("value",)
    assert isinstance(await refusal(_said(gone)), InvalidInput)
    assert isinstance(await refusal(_said(uuid4())), NotFound)
    for values in ({"confidence": 11}, {"confidence": -1}, {"value": float("nan")}, {"note": "x" * 2_001}):
        with pytest.raises(InvalidInput) as raised:
            _said(key_result, **values)
        assert raised.value.path == tuple(values)
    # the first moment of the cycle's first day is within it
    await create_check_in(database, actor, _said(key_result, at=datetime(2026, 4, 1, tzinfo=UTC)), now=NOW)
    with pytest.raises(InvalidInput, match="a check-in of 2026-04-01, outside the cycle Later"):
        later = await a_cycle(database, actor, name="Later", starts_on=date(2026, 4, 2))
        await update_objective(
            database, actor, ObjectiveUpdate.parse({"id": objective.id, "cycle_id": later.id})
        )

    await close_objective(database, actor, ObjectiveClose(id=objective.id), now=NOW)
    before = await written(database, actor)
    closed = await refusal(_said(key_result))
    assert isinstance(closed, ObjectiveClosed)
    assert (closed.objective_id, closed.closed_at, closed.path) == (objective.id, NOW, ("keyResultId",))
    other = await an_objective(database, actor)
    shelved = await a_key_result(database, actor, objective_id=other.id)
    await archive_objective(database, actor, ArchiveCommand(id=other.id))
    before = await written(database, actor)
    assert "is archived" in (await refusal(_said(shelved))).message


async def test_many_check_ins_take_as_many_statements_as_one(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    key_results = [await a_key_result(database, actor, objective_id=objective.id) for _ in range(6)]
    # the later entry of the two comes first
    items: list[CheckInCreate | DomainError] = [_said(key_results[0], 50, at=JUNE)]
    items += [_said(row, 10, confidence=number, at=MAY) for number, row in enumerate(key_results)]
    with counted(database) as few:
        await create_check_ins(database, actor, items[:1], ErrorPolicy.REJECT_ALL, now=NOW)
    with counted(database) as many:
        outcomes = await create_check_ins(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
    assert len(many) == len(few)
    assert [outcome.row and outcome.row.value for outcome in outcomes] == [50, *[10] * 6]
    stored = [await _stored(database, actor, row) for row in key_results]
    assert [row.current_value for row in stored] == [50, *[10] * 5]
    assert [row.confidence for row in stored] == [0, 1, 2, 3, 4, 5]


async def test_two_who_check_in_on_the_same_key_results_never_wait_for_each_other(database: Database) -> None:
    actor = await an_organisation(database)
    key_results = [await a_key_result(database, actor) for _ in range(6)]
    upwards: list[CheckInCreate | DomainError] = [_said(row, 10) for row in key_results]
    downwards: list[CheckInCreate | DomainError] = [_said(row, 20) for row in reversed(key_results)]
    for _ in range(5):
        await asyncio.gather(
            *(
                create_check_ins(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
                for items in (upwards, downwards)
            )
        )
    assert len(await _history(database, actor)) == 60
    latest = {row.key_result_id: row.value for row in reversed(await _history(database, actor))}
    stored = [await _stored(database, actor, row) for row in key_results]
    assert {row.id: row.current_value for row in stored} == latest


async def test_faulty_items_are_told_and_the_policy_decides_about_the_others(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    unread = InvalidInput("Unreadable.", path=("value",))
    items: list[CheckInCreate | DomainError] = [
        unread,
        _said(key_result, 30),
        _said(key_result, 40, at=NOW + timedelta(1)),
    ]
    before = await written(database, actor)
    outcomes = await create_check_ins(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
    assert [(outcome.row, len(outcome.errors)) for outcome in outcomes] == [(None, 1), (None, 0), (None, 1)]
    assert await written(database, actor) == before
    outcomes = await create_check_ins(database, actor, items, ErrorPolicy.REJECT_FAILED, now=NOW)
    assert [outcome.row and outcome.row.value for outcome in outcomes] == [None, 30, None]
    assert outcomes[0].errors == (unread,)
    assert isinstance(outcomes[2].errors[0], CheckInInFuture)
    assert (await _stored(database, actor, key_result)).current_value == 30
    for number in (0, 1_001):
        with pytest.raises(InvalidInput, match="1 to 1000 items"):
            await create_check_ins(database, actor, [unread] * number, ErrorPolicy.REJECT_ALL, now=NOW)


async def test_a_measurement_checks_in_without_anybody_and_a_refusal_leaves_the_transaction_usable(
    database: Database,
) -> None:
    admin = await an_organisation(database)
    key_result = await a_key_result(database, admin)
    system = System(organisation_id=admin.organisation_id, job="measure")
    async with transaction(database, system) as session:
        with pytest.raises(CheckInInFuture):
            await record_check_in(
                session,
                system,
                _said(key_result, 70, at=NOW + timedelta(1)),
                now=NOW,
                source=CheckInSource.KPI,
            )
        row = await record_check_in(
            session, system, _said(key_result, 62.5, at=JUNE), now=NOW, source=CheckInSource.KPI
        )
    assert (row.source, row.made_by_id, row.confidence) == (CheckInSource.KPI, None, None)
    assert (await _stored(database, admin, key_result)).current_value == 62.5


async def test_the_same_check_in_twice_under_one_key_is_one(database: Database) -> None:
    admin = await an_organisation(database)
    key_result = await a_key_result(database, admin)
    command = _said(key_result, 12, idempotency_key="monday")
    rows = [await create_check_in(database, admin, command, now=NOW) for _ in range(2)]
    assert rows[0] == rows[1]
    assert len(await _history(database, admin)) == 1
    colleague = await a_member(database, admin, role=Role.CONTRIBUTOR)
    with pytest.raises(Conflict):
        await create_check_in(database, colleague, command, now=NOW)


async def test_a_draft_is_known_once_its_values_are(database: Database) -> None:
    actor = await an_organisation(database)
    draft = await a_key_result(database, actor, start_value=None, target_value=None)
    assert (draft.start_value, draft.target_value, draft.current_value) == (None, None, None)

    async def change(**values: Any) -> KeyResultRow:
        return await update_key_result(database, actor, KeyResultUpdate.parse({"id": draft.id, **values}))

    begun = await change(start_value=5)
    assert (begun.start_value, begun.target_value, begun.current_value) == (5, None, 5)
    with pytest.raises(InvalidInput) as raised:
        await change(target_value=5)
    assert raised.value.path == ("targetValue",)
    await change(target_value=10)
    assert (await change(start_value=None)).current_value == 5
    await create_check_in(database, actor, _said(draft, 7), now=NOW)
    assert (await _stored(database, actor, draft)).current_value == 7
    stretched = await a_key_result(database, actor, start_value=10, target_value=None, stretch_value=20)
    assert stretched.target_value == 17


async def test_only_ever_added(database: Database) -> None:
    actor = await an_organisation(database)
    await create_check_in(database, actor, _said(await a_key_result(database, actor)), now=NOW)
    for statement in ("UPDATE check_in SET value = 1", "DELETE FROM check_in"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))
