"""Measurements of a promoted KPI are check-ins of the key result that it became, in the same transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.check_in import record_check_ins, record_correction
from domain.commands.check_in import CheckInCorrect, CheckInCreate
from domain.enums import CheckInSource
from domain.errors import DomainError
from domain.models import metadata

_PROMOTIONS = metadata.tables["kpi_promotion"]
_CHECK_INS = metadata.tables["check_in"]


class Fed(NamedTuple):
    """The key result that a KPI feeds, and since when."""

    key_result_id: UUID
    since: datetime


async def feed_check_ins(
    session: AsyncSession,
    actor: Actor,
    points: Mapping[UUID, Iterable[tuple[datetime, float]]],
    *,
    now: datetime,
) -> None:
    """Check in with what was measured since the KPIs were promoted, in the order of its times.

    What a key result does not take (its objective is closed, the time lies outside its cycle) stays a
    measurement and nothing more: a KPI goes on being measured, whatever becomes of the key result.
    """
    fed = await _fed(session, actor, points.keys())
    items: list[CheckInCreate | DomainError] = [
        CheckInCreate(key_result_id=fed[kpi_id].key_result_id, value=value, at=at)
        for kpi_id, measured in points.items()
        if kpi_id in fed
        for at, value in sorted(measured)
        if at >= fed[kpi_id].since
    ]
    if items:
        await record_check_ins(session, actor, items, now=now, source=CheckInSource.KPI)


async def correct_check_in_of(
    session: AsyncSession,
    actor: Actor,
    kpi_id: UUID,
    measured_at: datetime,
    value: float | None,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Correct the check-in that a measurement was, or make one of a measurement that was none.

    A measurement that is taken back leaves its check-in: that there was nothing to say can't be said of a key
    result; the next measurement moves it.
    """
    if value is None:
        return
    fed = (await _fed(session, actor, [kpi_id])).get(kpi_id)
    if fed is None:
        return
    query = (
        sa.select(_CHECK_INS.c.id)
        .where(
            _CHECK_INS.c.organisation_id == actor.organisation_id,
            _CHECK_INS.c.key_result_id == fed.key_result_id,
            _CHECK_INS.c.at == measured_at,
            _CHECK_INS.c.source == CheckInSource.KPI,
        )
        .order_by(_CHECK_INS.c.id.desc())
        .limit(1)
    )
    wrong = (await session.execute(query)).scalar_one_or_none()
    if wrong is None:
        await feed_check_ins(session, actor, {kpi_id: [(measured_at, value)]}, now=now)
        return
    try:
        await record_correction(session, actor, CheckInCorrect(id=wrong, value=value, reason=reason), now=now)
    except DomainError:
        # closed, or somebody has corrected it by hand meanwhile: theirs stands
        return


async def _fed(session: AsyncSession, actor: Actor, kpi_ids: Iterable[UUID]) -> dict[UUID, Fed]:
    query = sa.select(_PROMOTIONS.c.kpi_id, _PROMOTIONS.c.key_result_id, _PROMOTIONS.c.promoted_at).where(
        _PROMOTIONS.c.organisation_id == actor.organisation_id,
        _PROMOTIONS.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
        _PROMOTIONS.c.ended_at.is_(None),
    )
    return {
        kpi_id: Fed(key_result_id, since) for kpi_id, key_result_id, since in await session.execute(query)
    }
