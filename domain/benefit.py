"""Use cases about benefits: what initiatives are to bring, and what has come, also after their completion."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.bulk import rows_as_table
from domain.commands.base import ArchiveCommand
from domain.commands.benefit import (
    Amount,
    BenefitCreate,
    BenefitRealisationAdd,
    BenefitRealisationCorrect,
    BenefitUpdate,
    CountedIn,
    PlannedAmount,
)
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, repeated
from domain.enums import BenefitMeasure
from domain.errors import Conflict, InvalidInput, NotFound
from domain.estimates import Path
from domain.idempotency import claim
from domain.models import Benefit, BenefitRealisation, Initiative, KeyResult, Kpi, Member, metadata
from domain.rows import as_row, columns
from domain.rows_okr import BenefitRealisationRow, BenefitRow

_PLANS = metadata.tables["benefit_plan"]
_REALISATIONS = metadata.tables["benefit_realisation"]


async def create_benefit(database: Database, actor: Actor, command: BenefitCreate) -> BenefitRow:
    """Plan a benefit of an initiative, in whatever state that is.

    Raises
    ------
    NotFound, InvalidInput
        When its initiative, key result, KPI or owner is not there or archived; when an amount is not in the unit
        of the benefit.
    Conflict
        When the id is taken by something else.
    """
    async with transaction(database, actor) as session:
        unit = command.counted_in
        values = {
            **command.model_dump(exclude={"id", "plan", "counted_in"}),
            **unit.model_dump(),
            "measure": _measure(unit),
        }
        first = await repeated(session, actor, Benefit, values, entity_id=command.id)
        if first is not None:
            if await _plan(session, actor, first.id) != _wanted(first, command.plan):
                raise Conflict(
                    "A benefit with this id exists already and is planned otherwise; choose another id or"
                    " update it.",
                    actual_version=first.version,
                    path=("id",),
                )
            return as_row(BenefitRow, first)
        initiative = await in_use(session, actor, Initiative, command.initiative_id, path=("initiativeId",))
        if unit.key_result_id is not None:
            await in_use(session, actor, KeyResult, unit.key_result_id, path=("countedIn", "keyResultId"))
        if unit.kpi_id is not None:
            await in_use(session, actor, Kpi, unit.kpi_id, path=("countedIn", "kpiId"))
        if command.owner_id is not None:
            await in_use(session, actor, Member, command.owner_id, path=("ownerId",))
        values["portfolio_id"] = initiative.portfolio_id
        benefit = await create(session, actor, Benefit, values, entity_id=command.id)
        await _replace_plan(session, actor, benefit.id, {}, _wanted(benefit, command.plan))
        return as_row(BenefitRow, benefit)


async def update_benefit(database: Database, actor: Actor, command: BenefitUpdate) -> BenefitRow:
    """Change a benefit; a plan replaces the one before, whose figures stay in the audit trail.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such benefit or owner, or the owner is archived; when an amount is not in the unit of the
        benefit.
    Conflict
        When the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        changes.pop("plan", None)
        benefit = await lock(session, actor, Benefit, command.id, expected_version=command.expected_version)
        if changes.get("owner_id") not in (None, benefit.owner_id):
            await in_use(session, actor, Member, changes["owner_id"], path=("ownerId",))
        replaced = False
        if "plan" in command.model_fields_set:
            before, wanted = await _plan(session, actor, benefit.id), _wanted(benefit, command.plan)
            replaced = before != wanted
            await _replace_plan(session, actor, benefit.id, before, wanted)
        benefit = await change(session, actor, Benefit, command.id, changes, touched=replaced)
        return as_row(BenefitRow, benefit)


async def archive_benefit(database: Database, actor: Actor, command: ArchiveCommand) -> BenefitRow:
    """Archive a benefit, or take it back into use.

    Raises
    ------
    NotFound, Conflict
        When there is no such benefit, or the version moved on.
    """
    async with transaction(database, actor) as session:
        benefit = await archive(
            session,
            actor,
            Benefit,
            command.id,
            archived=command.archived,
            expected_version=command.expected_version,
        )
        return as_row(BenefitRow, benefit)


async def add_realisation(
    database: Database, actor: Actor, command: BenefitRealisationAdd, *, now: datetime
) -> BenefitRealisationRow:
    """Record how much of a benefit has come on a day; the initiative may long be completed.

    Raises
    ------
    NotFound, InvalidInput
        When there is no such benefit, or it is archived; when the day has not come; when the amount is not in
        the unit of the benefit.
    Conflict
        When the idempotency key stands for another entry.
    """
    async with transaction(database, actor) as session:
        claimed = await claim(
            session, actor, operation="benefitRealisationAdd", key=command.idempotency_key, command=command
        )
        if claimed.repeated:
            return await _realisation(session, actor, claimed.entity_id)
        benefit = await in_use(session, actor, Benefit, command.benefit_id, path=("benefitId",))
        day = _today(now) if command.realised_on is None else command.realised_on
        return await _record(
            session,
            benefit,
            {
                "id": claimed.entity_id,
                "realised_on": day,
                "amount": _in_unit(benefit, command.amount, path=("amount",)),
                "note": command.note,
                "recorded_by_id": actor.member_id,
            },
            now=now,
        )


async def correct_realisation(
    database: Database, actor: Actor, command: BenefitRealisationCorrect, *, now: datetime
) -> BenefitRealisationRow:
    """Put a new entry in place of one that was wrong; both remain, the new one with the reason.

    Raises
    ------
    NotFound, Conflict
        When there is no such entry; when it has been corrected already.
    InvalidInput
        As for a new entry.
    """
    async with transaction(database, actor, reason=command.reason) as session:
        wrong = await _realisation(session, actor, command.id)
        benefit = await lock(session, actor, Benefit, wrong.benefit_id)
        if benefit.archived_at is not None:
            raise InvalidInput("This benefit is archived; take it back into use first.", path=("id",))
        corrected = sa.select(_REALISATIONS.c.id).where(
            _REALISATIONS.c.organisation_id == actor.organisation_id,
            _REALISATIONS.c.corrects_id == wrong.id,
        )
        # after the benefit is locked: nobody else is correcting it now
        if (await session.execute(corrected)).first() is not None:
            raise Conflict(
                "This entry has been corrected already; correct the newest one instead.", path=("id",)
            )
        said = command.model_fields_set
        values = {
            "realised_on": command.realised_on or wrong.realised_on,
            "amount": wrong.amount
            if command.amount is None
            else _in_unit(benefit, command.amount, path=("amount",)),
            "note": command.note if "note" in said else wrong.note,
            "recorded_by_id": actor.member_id,
            "corrects_id": wrong.id,
            "reason": command.reason,
        }
        return await _record(session, benefit, values, now=now)


def _measure(unit: CountedIn) -> BenefitMeasure:
    if unit.currency is not None:
        return BenefitMeasure.MONEY
    return BenefitMeasure.KPI if unit.key_result_id is None else BenefitMeasure.KEY_RESULT


def _wanted(benefit: Benefit, plan: Sequence[PlannedAmount]) -> dict[date, float]:
    return {
        entry.due_on: _in_unit(benefit, entry.amount, path=("plan", position, "amount"))
        for position, entry in enumerate(plan)
    }


def _in_unit(benefit: Benefit, amount: Amount, *, path: Path) -> float:
    """The amount in the benefit's unit; in minor units if that is money."""
    if benefit.measure is not BenefitMeasure.MONEY:
        if amount.value is None:
            raise InvalidInput(
                "This benefit is counted in the unit of a key result or a KPI: give a value, not money.",
                path=(*path, "money"),
            )
        return amount.value + 0.0
    if amount.money is None or amount.money.currency != benefit.currency:
        raise InvalidInput(
            f"This benefit is counted in money, in {benefit.currency}: give an amount of that.",
            path=(*path, "value" if amount.money is None else "money"),
        )
    return float(amount.money.amount_minor)


async def _plan(session: AsyncSession, actor: Actor, benefit_id: UUID) -> dict[date, float]:
    query = sa.select(_PLANS.c.due_on, _PLANS.c.amount).where(
        _PLANS.c.organisation_id == actor.organisation_id, _PLANS.c.benefit_id == benefit_id
    )
    return dict(map(tuple, await session.execute(query)))


async def _replace_plan(
    session: AsyncSession,
    actor: Actor,
    benefit_id: UUID,
    before: dict[date, float],
    wanted: dict[date, float],
) -> None:
    gone = [day for day in before if day not in wanted]
    own = sa.and_(_PLANS.c.organisation_id == actor.organisation_id, _PLANS.c.benefit_id == benefit_id)
    if gone:
        await session.execute(sa.delete(_PLANS).where(own, _PLANS.c.due_on.in_(gone)))
    key = {"organisation_id": actor.organisation_id, "benefit_id": benefit_id}
    moved = [{**key, "due_on": day, "amount": wanted[day]} for day in wanted if day in before]
    if moved:
        given = rows_as_table(_PLANS, moved)
        await session.execute(
            sa.update(_PLANS)
            .where(own, _PLANS.c.due_on == given.c.due_on, _PLANS.c.amount != given.c.amount)
            .values(amount=given.c.amount)
        )
    added = [{**key, "due_on": day, "amount": wanted[day]} for day in sorted(wanted) if day not in before]
    if added:
        given = rows_as_table(_PLANS, added)
        await session.execute(
            sa.insert(_PLANS).from_select(list(added[0]), sa.select(*given.c), include_defaults=False)
        )


async def _record(
    session: AsyncSession, benefit: Benefit, values: dict[str, Any], *, now: datetime
) -> BenefitRealisationRow:
    if values["realised_on"] > _today(now):
        raise InvalidInput(
            f"{values['realised_on']} has not come yet: plan what is to come, and record it when it has.",
            path=("realisedOn",),
        )
    statement = (
        sa.insert(_REALISATIONS)
        .values(organisation_id=benefit.organisation_id, benefit_id=benefit.id, **values)
        .returning(*columns(BenefitRealisation, BenefitRealisationRow))
    )
    return BenefitRealisationRow._make((await session.execute(statement)).one())


async def _realisation(session: AsyncSession, actor: Actor, entry_id: UUID) -> BenefitRealisationRow:
    query = sa.select(*columns(BenefitRealisation, BenefitRealisationRow)).where(
        _REALISATIONS.c.organisation_id == actor.organisation_id, _REALISATIONS.c.id == entry_id
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("There is no realised benefit with this id.", path=("id",))
    return BenefitRealisationRow._make(row)


def _today(now: datetime) -> date:
    return now.astimezone(UTC).date()
