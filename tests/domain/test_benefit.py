"""Benefits: what is planned, what has come, and what is refused."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
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
from domain.commands.initiative import InitiativeTransition
from domain.db import Database, reading, transaction
from domain.enums import BenefitMeasure, InitiativeState
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.queries.benefit import BenefitAmounts, amounts
from domain.rows_okr import BenefitRealisationRow, BenefitRow
from domain.transition import transition_initiative
from tests.factories import a_key_result, an_initiative, an_organisation
from tests.trail import trail, written

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def _euros(cents: int, currency: str = "EUR") -> dict[str, Any]:
    return {"money": {"amount_minor": cents, "currency": currency}}


async def _benefit(database: Database, actor: Actor, **values: Any) -> BenefitRow:
    given: dict[str, Any] = {"title": "Fewer calls", "counted_in": {"currency": "EUR"}, **values}
    if "initiative_id" not in given:
        given["initiative_id"] = (await an_initiative(database, actor)).id
    return await create_benefit(database, actor, BenefitCreate.parse(given))


async def _came(
    database: Database, actor: Actor, benefit: BenefitRow, amount: dict[str, Any], **values: Any
) -> BenefitRealisationRow:
    given = {"benefit_id": benefit.id, "amount": amount, **values}
    return await add_realisation(database, actor, BenefitRealisationAdd.parse(given), now=NOW)


async def _amounts(database: Database, actor: Actor, benefit_id: UUID) -> BenefitAmounts:
    async with reading(database, actor.organisation_id) as connection:
        return (await amounts(connection, actor.organisation_id, [benefit_id]))[benefit_id]


async def test_what_was_planned_is_replaced_and_what_came_is_added_up(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    plan = [{"due_on": date(2026, month, 1), "amount": _euros(100_000)} for month in (3, 1)]
    benefit = await _benefit(
        database, actor, initiative_id=initiative.id, owner_id=actor.member_id, plan=plan
    )
    assert (benefit.measure, benefit.currency, benefit.portfolio_id) == (
        *(BenefitMeasure.MONEY, "EUR", initiative.portfolio_id),
    )
    states = [InitiativeState.EVALUATED, InitiativeState.APPROVED, InitiativeState.ACTIVE]
    for state in (*states, InitiativeState.COMPLETED):
        moved = InitiativeTransition(id=initiative.id, to_state=state, reason="Done.")
        await transition_initiative(database, actor, moved)
    await _came(database, actor, benefit, _euros(30_000), realised_on=date(2026, 4, 1))
    await _came(database, actor, benefit, _euros(20_000), realised_on=date(2026, 4, 1))
    await _came(database, actor, benefit, _euros(-500), note="A refund.")
    assert await _amounts(database, actor, benefit.id) == BenefitAmounts(
        planned=((date(2026, 1, 1), 100_000), (date(2026, 3, 1), 100_000)),
        realised=((date(2026, 4, 1), 50_000), (NOW.date(), -500)),
    )
    plan = [
        {"due_on": date(2026, 1, 1), "amount": _euros(100_000)},
        {"due_on": date(2026, 3, 1), "amount": _euros(80_000)},
        {"due_on": date(2026, 9, 1), "amount": _euros(40_000)},
    ]

    async def change(**values: Any) -> BenefitRow:
        command = BenefitUpdate.parse({"id": benefit.id, **values})
        return await update_benefit(database, actor, command)

    assert (await change(plan=plan)).version == 2
    assert (await change(plan=plan)).version == 2
    assert (await _amounts(database, actor, benefit.id)).planned == (
        (date(2026, 1, 1), 100_000),
        (date(2026, 3, 1), 80_000),
        (date(2026, 9, 1), 40_000),
    )
    # what did not change is not written again
    operations = [operation for operation, *_ in await trail(database, actor, "benefit_plan")]
    assert operations == ["insert", "insert", "update", "insert"]
    changed = await change(title="Calls", owner_id=None)
    assert (changed.title, changed.owner_id, changed.version) == ("Calls", None, 3)
    assert (await change(plan=[])).version == 4
    assert (await _amounts(database, actor, benefit.id)).planned == ()


async def test_a_correction_keeps_the_old_entry_and_counts_in_its_place(database: Database) -> None:
    actor = await an_organisation(database)
    key_result = await a_key_result(database, actor)
    benefit = await _benefit(database, actor, counted_in={"key_result_id": key_result.id})
    assert (benefit.measure, benefit.key_result_id) == (BenefitMeasure.KEY_RESULT, key_result.id)
    wrong = await _came(
        database, actor, benefit, {"value": 12.5}, realised_on=date(2026, 5, 1), note="Counted."
    )
    command = BenefitRealisationCorrect.parse(
        {"id": wrong.id, "amount": {"value": 2.5}, "reason": "Counted twice."}
    )
    outcomes = await asyncio.gather(
        *(correct_realisation(database, actor, command, now=NOW) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["BenefitRealisationRow", "Conflict"]
    (right,) = [outcome for outcome in outcomes if isinstance(outcome, BenefitRealisationRow)]
    assert (right.amount, right.realised_on, right.note) == (2.5, date(2026, 5, 1), "Counted.")
    assert (right.corrects_id, right.reason) == (wrong.id, "Counted twice.")
    assert (await _amounts(database, actor, benefit.id)).realised == ((date(2026, 5, 1), 2.5),)
    moved = BenefitRealisationCorrect.parse(
        {"id": right.id, "realised_on": date(2026, 4, 1), "reason": "A month before."}
    )
    await correct_realisation(database, actor, moved, now=NOW)
    assert (await _amounts(database, actor, benefit.id)).realised == ((date(2026, 4, 1), 2.5),)
    for statement in ("UPDATE benefit_realisation SET amount = 1", "DELETE FROM benefit_realisation"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))


async def test_what_makes_no_sense_is_refused_and_nothing_is_written(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    key_result = await a_key_result(database, actor)
    money = await _benefit(database, actor, initiative_id=initiative.id)
    counted = await _benefit(database, actor, counted_in={"key_result_id": key_result.id})
    gone = await _benefit(database, actor)
    await archive_benefit(database, actor, ArchiveCommand(id=gone.id))
    entry = await _came(database, actor, money, _euros(1), idempotency_key="once")
    assert await _came(database, actor, money, _euros(1), idempotency_key="once") == entry
    before = await written(database, actor)

    async def refusal(attempt: Any) -> DomainError:
        with pytest.raises(DomainError) as raised:
            await attempt
        assert await written(database, actor) == before
        return raised.value

    wrong_unit = await refusal(_came(database, actor, money, {"value": 1.5}))
    assert (type(wrong_unit), wrong_unit.path) == (InvalidInput, ("amount", "value"))
    wrong_currency = await refusal(_came(database, actor, money, _euros(5, "GBP")))
    assert (type(wrong_currency), wrong_currency.path) == (InvalidInput, ("amount", "money"))
    no_money = await refusal(_came(database, actor, counted, _euros(5)))
    assert (type(no_money), no_money.path) == (InvalidInput, ("amount", "money"))
    future = await refusal(_came(database, actor, money, _euros(5), realised_on=date(2026, 7, 1)))
    assert (type(future), future.path) == (InvalidInput, ("realisedOn",))
    assert "archived" in (await refusal(_came(database, actor, gone, _euros(5)))).message
    unknown = BenefitRealisationCorrect.parse({"id": uuid4(), "reason": "Wrong."})
    assert isinstance(await refusal(correct_realisation(database, actor, unknown, now=NOW)), NotFound)
    plan = [{"due_on": date(2026, 1, 1), "amount": {"value": 5.0}}]
    planned = await refusal(_benefit(database, actor, initiative_id=initiative.id, plan=plan))
    assert planned.path == ("plan", 0, "amount", "value")
    assert (await refusal(_benefit(database, actor, initiative_id=uuid4()))).path == ("initiativeId",)
    absent = _benefit(database, actor, initiative_id=initiative.id, counted_in={"kpi_id": uuid4()})
    assert (await refusal(absent)).path == ("countedIn", "kpiId")
    day = {"due_on": date(2026, 1, 1), "amount": _euros(1)}
    for values, message in (
        ({"counted_in": {}}, "exactly one of currency"),
        ({"counted_in": {"currency": "EUR", "kpi_id": uuid4()}}, "exactly one of currency"),
        ({"plan": [day, day]}, "each day once"),
        ({"plan": [{**day, "amount": {}}]}, "either money or a value"),
        ({"plan": [{**day, "amount": {"value": float("nan")}}]}, "plan.0.amount.value"),
        ({"plan": [{**day, "amount": _euros(10**15 + 1)}]}, "less than or equal"),
    ):
        with pytest.raises(InvalidInput, match=message):
            await _benefit(database, actor, initiative_id=initiative.id, **values)
    assert await written(database, actor) == before


async def test_a_creation_repeated_under_its_id_is_one(database: Database) -> None:
    actor = await an_organisation(database)
    initiative = await an_initiative(database, actor)
    given = {"id": uuid4(), "initiative_id": initiative.id}
    plan = [{"due_on": date(2026, 1, 1), "amount": _euros(1)}]
    first = await _benefit(database, actor, **given, plan=plan)
    assert await _benefit(database, actor, **given, plan=plan) == first
    with pytest.raises(Conflict, match="planned otherwise"):
        await _benefit(database, actor, **given)
    with pytest.raises(Conflict):
        await _benefit(database, actor, **given, plan=plan, title="Other")
