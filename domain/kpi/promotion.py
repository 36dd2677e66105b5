"""From a KPI to a key result and back: what is to improve is promoted, what was reached becomes the standard."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.kpi import KpiPromote, KpiPromotionEnd, KpiStandardRaise
from domain.commands.objective import KeyResultCreate
from domain.db import Database, transaction
from domain.entities import change, in_use, lock, refer_to
from domain.enums import KeyResultDirection, KeyResultKind, KpiKind, KpiTargetType, StandardBasis
from domain.errors import InvalidInput, NotFound
from domain.key_result import place_key_result
from domain.kpi.definition import kpi_row, rejudge
from domain.kpi.errors import AlreadyPromoted, KeyResultNotAchieved
from domain.kpi.rows import KpiPromotionRow, KpiRow, KpiStandardRaiseRow
from domain.kpi.standard import LIMITS, refuse_senseless_limits
from domain.kpi.standing import hold_standings
from domain.models import KeyResult, Kpi, KpiPromotion, Objective, metadata
from domain.models import KpiStandardRaise as KpiStandardRaiseEntry
from domain.progress import key_result_progress
from domain.rows import KeyResultRow, as_row, columns

_PROMOTIONS = metadata.tables["kpi_promotion"]
_RAISES = metadata.tables["kpi_standard_raise"]
_KEY_RESULTS = metadata.tables["key_result"]
_OBJECTIVES = metadata.tables["objective"]

_RISING = (KpiTargetType.STAY_ABOVE, KpiTargetType.INCREASE_TO)
_FALLING = (KpiTargetType.STAY_BELOW, KpiTargetType.DECREASE_TO)


class Promoted(NamedTuple):
    """A KPI that became a key result."""

    kpi: KpiRow
    promotion: KpiPromotionRow
    key_result: KeyResultRow


class Raised(NamedTuple):
    """A KPI with its new standard."""

    kpi: KpiRow
    raised: KpiStandardRaiseRow


async def promote_kpi(database: Database, actor: Actor, command: KpiPromote, *, now: datetime) -> Promoted:
    """Make a key result of a KPI, because its level is to improve and not just to hold.

    From now on the KPI's measurements are check-ins of the key result. A promotion whose key result or
    objective is archived or closed is over. Repeated with the same ``key_result_id`` it returns what it made
    first.

    Raises
    ------
    AlreadyPromoted
        When the KPI is a key result already that is still open.
    InvalidInput
        When there is nothing to start from, the target is no improvement on it, or as for a new key result.
    NotFound, Conflict, ObjectiveClosed
        As for a new key result; when there is no such KPI.
    """
    async with transaction(database, actor) as session:
        kpi = await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        # alone at once, as the key result needs it: two who first shared it would wait for each other
        await in_use(session, actor, Objective, command.objective_id, path=("objectiveId",), alone=True)
        standing = (await hold_standings(session, actor.organisation_id, [kpi.id]))[kpi.id]
        present = await _present(session, actor, kpi.id)
        if present is not None and present.key_result_id == command.key_result_id:
            entity = await refer_to(session, actor, KeyResult, present.key_result_id, path=("keyResultId",))
            row = await kpi_row(session, actor, kpi.id, now=now)
            return Promoted(row, present, as_row(KeyResultRow, entity))
        if present is not None:
            await _end_or_refuse(session, actor, present, now=now)
        start = _start(kpi, standing.last_value, command)
        key_result = await place_key_result(
            session, actor, _key_result(kpi, command, start, current=standing.last_value)
        )
        inserted = await session.execute(
            sa.insert(_PROMOTIONS)
            .values(
                organisation_id=actor.organisation_id,
                kpi_id=kpi.id,
                key_result_id=key_result.id,
                start_value=start,
                reason=command.reason,
                promoted_by_id=actor.member_id,
                promoted_at=now,
            )
            .returning(*columns(KpiPromotion, KpiPromotionRow))
        )
        promotion = KpiPromotionRow._make(inserted.one())
        return Promoted(await kpi_row(session, actor, kpi.id, now=now), promotion, key_result)


async def end_promotion(
    database: Database, actor: Actor, command: KpiPromotionEnd, *, now: datetime
) -> KpiPromotionRow:
    """Stop feeding the key result that a KPI became; the key result itself stays.

    Raises
    ------
    NotFound
        When there is no such KPI, or it is not promoted.
    """
    async with transaction(database, actor) as session:
        await refer_to(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        present = await _present(session, actor, command.kpi_id)
        if present is None:
            raise NotFound("This KPI feeds no key result.", path=("kpiId",))
        return await _end(session, actor, present, command.reason, now=now)


async def raise_standard(
    database: Database, actor: Actor, command: KpiStandardRaise, *, now: datetime
) -> Raised:
    """Make what a key result has reached the standard of the KPI that it came from.

    Unless told otherwise the standard is the key result's target where that was reached, else its current
    value; thresholds keep their distance to it. The promotion ends with it, and the KPI is judged by its new
    standard at once.

    Raises
    ------
    KeyResultNotAchieved
        When the key result has not reached its target, and no reason is given to raise the standard anyway.
    InvalidInput
        When the KPI never became this key result, the new standard is no better than the old one, or a range
        is not told.
    ThresholdsOutOfOrder
        When given thresholds contradict the new standard.
    NotFound, Conflict
        When there is no such KPI or key result; when the version moved on.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        kpi = await lock(session, actor, Kpi, command.kpi_id, expected_version=command.expected_version)
        entity = await refer_to(session, actor, KeyResult, command.key_result_id, path=("keyResultId",))
        key_result = as_row(KeyResultRow, entity)
        promotion = await _lineage(session, actor, kpi.id, key_result.id)
        achieved = _achieved(key_result)
        if not achieved and not command.reason:
            reached = key_result_progress(key_result)
            raise KeyResultNotAchieved(
                "The key result has not reached its target. Raise the standard when it has, or give the reason"
                " why it is raised all the same.",
                progress=0.0 if reached is None else reached.clamped,
                path=("keyResultId",),
            )
        limits = _new_limits(kpi, command, key_result, achieved=achieved)
        old_low, old_high = kpi.target_low, kpi.target_high
        changed = await change(session, actor, Kpi, kpi.id, limits)
        await rejudge(session, actor, changed, now=now)
        inserted = await session.execute(
            sa.insert(_RAISES)
            .values(
                organisation_id=actor.organisation_id,
                kpi_id=kpi.id,
                key_result_id=key_result.id,
                old_target_low=old_low,
                old_target_high=old_high,
                new_target_low=limits["target_low"],
                new_target_high=limits["target_high"],
                achieved=achieved,
                reason=command.reason,
                raised_by_id=actor.member_id,
                raised_at=now,
            )
            .returning(*columns(KpiStandardRaiseEntry, KpiStandardRaiseRow))
        )
        raised = KpiStandardRaiseRow._make(inserted.one())
        if promotion.ended_at is None:
            await _end(session, actor, promotion, "What it reached became the standard.", now=now)
        return Raised(await kpi_row(session, actor, kpi.id, now=now), raised)


async def _present(session: AsyncSession, actor: Actor, kpi_id: UUID) -> KpiPromotionRow | None:
    query = sa.select(*columns(KpiPromotion, KpiPromotionRow)).where(
        _PROMOTIONS.c.organisation_id == actor.organisation_id,
        _PROMOTIONS.c.kpi_id == kpi_id,
        _PROMOTIONS.c.ended_at.is_(None),
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else KpiPromotionRow._make(found)


async def _end_or_refuse(
    session: AsyncSession, actor: Actor, present: KpiPromotionRow, *, now: datetime
) -> None:
    query = (
        sa.select(
            _KEY_RESULTS.c.title,
            _KEY_RESULTS.c.archived_at,
            _OBJECTIVES.c.archived_at,
            _OBJECTIVES.c.closed_at,
        )
        .join_from(
            _KEY_RESULTS,
            _OBJECTIVES,
            sa.and_(
                _OBJECTIVES.c.organisation_id == _KEY_RESULTS.c.organisation_id,
                _OBJECTIVES.c.id == _KEY_RESULTS.c.objective_id,
            ),
        )
        .where(
            _KEY_RESULTS.c.organisation_id == actor.organisation_id,
            _KEY_RESULTS.c.id == present.key_result_id,
        )
    )
    title, archived_at, objective_archived_at, closed_at = (await session.execute(query)).one()
    if archived_at is None and objective_archived_at is None and closed_at is None:
        raise AlreadyPromoted(
            f"This KPI is the key result “{title}” already. Close its objective, end the promotion or raise the"
            " standard first.",
            key_result_id=present.key_result_id,
            path=("kpiId",),
        )
    await _end(session, actor, present, "Its key result or objective was archived or closed.", now=now)


async def _end(
    session: AsyncSession, actor: Actor, promotion: KpiPromotionRow, reason: str, *, now: datetime
) -> KpiPromotionRow:
    await session.execute(
        sa.update(_PROMOTIONS)
        .where(_PROMOTIONS.c.organisation_id == actor.organisation_id, _PROMOTIONS.c.id == promotion.id)
        .values(ended_at=now, ended_reason=reason)
    )
    return promotion._replace(ended_at=now, ended_reason=reason)


def _start(kpi: Kpi, current: float | None, command: KpiPromote) -> float:
    if command.start_from is StandardBasis.CURRENT:
        if current is None:
            raise InvalidInput(
                "This KPI has never been measured, so that there is no value to start from. Measure it first, or"
                " start from the standard.",
                path=("startFrom",),
            )
        start = current
    elif kpi.target_type is KpiTargetType.STAY_WITHIN:
        nearest = kpi.target_high if command.target_value > (kpi.target_high or 0.0) else kpi.target_low
        start = nearest or 0.0
    else:
        standard = kpi.target_low if kpi.target_type in _RISING else kpi.target_high
        start = standard or 0.0
    rises = command.target_value > start
    if (rises and kpi.target_type in _FALLING) or (
        command.target_value < start and kpi.target_type in _RISING
    ):
        raise InvalidInput(
            f"From {start:g} to {command.target_value:g} the KPI would get worse: it is to"
            f" {kpi.target_type.value.replace('_', ' ')}. Give a target that improves it.",
            path=("targetValue",),
        )
    return start


def _key_result(kpi: Kpi, command: KpiPromote, start: float, *, current: float | None) -> KeyResultCreate:
    rises = command.target_value > start
    unit = f" {kpi.unit}" if kpi.unit else ""
    return KeyResultCreate(
        id=command.key_result_id,
        objective_id=command.objective_id,
        owner_id=command.owner_id or kpi.owner_id,
        title=command.title or f"{kpi.name} from {start:g} to {command.target_value:g}{unit}",
        unit=kpi.unit,
        direction=KeyResultDirection.INCREASE if rises else KeyResultDirection.DECREASE,
        kind=KeyResultKind.OUTCOME if kpi.kind is KpiKind.OUTCOME else KeyResultKind.ACTIVITY,
        start_value=start,
        target_value=command.target_value,
        current_value=start if current is None else current,
        due_on=command.due_on,
        weight=command.weight,
    )


async def _lineage(session: AsyncSession, actor: Actor, kpi_id: UUID, key_result_id: UUID) -> KpiPromotionRow:
    query = sa.select(*columns(KpiPromotion, KpiPromotionRow)).where(
        _PROMOTIONS.c.organisation_id == actor.organisation_id,
        _PROMOTIONS.c.kpi_id == kpi_id,
        _PROMOTIONS.c.key_result_id == key_result_id,
    )
    found = (await session.execute(query)).one_or_none()
    if found is None:
        raise InvalidInput(
            "This KPI never became that key result; name the one that it was promoted to, or change the KPI.",
            path=("keyResultId",),
        )
    return KpiPromotionRow._make(found)


def _achieved(key_result: KeyResultRow) -> bool:
    current, target = key_result.current_value, key_result.target_value
    if current is None or target is None:
        return False
    return current >= target if key_result.direction is KeyResultDirection.INCREASE else current <= target


def _new_limits(
    kpi: Kpi, command: KpiStandardRaise, key_result: KeyResultRow, *, achieved: bool
) -> dict[str, Any]:
    old: dict[str, Any] = {name: getattr(kpi, name) for name in LIMITS}
    given = {
        name: value for name, value in command.model_dump(include=set(LIMITS)).items() if value is not None
    }
    if kpi.target_type is KpiTargetType.STAY_WITHIN and not given.keys() & {"target_low", "target_high"}:
        raise InvalidInput(
            "The standard of this KPI is a range, which one value does not tell; give targetLow and"
            " targetHigh.",
            path=("targetLow",),
        )
    reached = key_result.target_value if achieved else key_result.current_value
    new = dict(old)
    for side in ("low", "high"):
        target = f"target_{side}"
        if old[target] is None:
            continue
        derived = old[target] if kpi.target_type is KpiTargetType.STAY_WITHIN else reached
        new[target] = given.get(target, old[target] if derived is None else derived)
        for limit in ("amber", "red"):
            name = f"{limit}_{side}"
            new[name] = new[target] + (old[name] - old[target])
    new |= given
    refuse_senseless_limits({**new, "target_type": kpi.target_type})
    _refuse_no_better(kpi, new)
    return new


def _refuse_no_better(kpi: Kpi, new: dict[str, Any]) -> None:
    if kpi.target_type is KpiTargetType.STAY_WITHIN:
        better = (new["target_low"], new["target_high"]) != (kpi.target_low, kpi.target_high)
        field = "targetLow"
    elif kpi.target_type in _RISING:
        better, field = new["target_low"] > (kpi.target_low or 0.0), "targetLow"
    else:
        better, field = new["target_high"] < (kpi.target_high or 0.0), "targetHigh"
    if not better:
        raise InvalidInput(
            "The new standard asks for no more than the old one; to lower it, change the KPI itself.",
            path=(field,),
        )
