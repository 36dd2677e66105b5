"""Set-based reads of benefits: their plans, and what has come of them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import BenefitMeasure
from domain.models import Benefit, BenefitPlan, BenefitRealisation, metadata
from domain.queries.listing import Source
from domain.rows import columns
from domain.rows_okr import BenefitPlanRow, BenefitRealisationRow, BenefitRow

BENEFITS = Source(Benefit, BenefitRow)
BENEFIT_REALISATIONS = Source(BenefitRealisation, BenefitRealisationRow)

_BENEFITS = metadata.tables["benefit"]
_PLANS = metadata.tables["benefit_plan"]
_REALISATIONS = metadata.tables["benefit_realisation"]


class BenefitAmounts(NamedTuple):
    """What is planned of a benefit, and what of it has come and was not corrected; by day, in its unit."""

    planned: tuple[tuple[date, float], ...]
    realised: tuple[tuple[date, float], ...]


async def amounts(
    connection: AsyncConnection, organisation_id: UUID, benefit_ids: Collection[UUID]
) -> dict[UUID, BenefitAmounts]:
    """Return the amounts of each benefit, in two statements; those of one day are added up."""
    ids = sa.any_(sa.cast(list(benefit_ids), sa.ARRAY(sa.Uuid)))
    plans = (
        sa.select(*columns(BenefitPlan, BenefitPlanRow))
        .where(_PLANS.c.organisation_id == organisation_id, _PLANS.c.benefit_id == ids)
        .order_by(_PLANS.c.benefit_id, _PLANS.c.due_on)
    )
    planned: defaultdict[UUID, list[tuple[date, float]]] = defaultdict(list)
    for benefit_id, due_on, amount in await connection.execute(plans):
        planned[benefit_id].append((due_on, amount))
    later = _REALISATIONS.alias("correction")
    corrected = sa.exists().where(
        later.c.organisation_id == _REALISATIONS.c.organisation_id,
        later.c.corrects_id == _REALISATIONS.c.id,
    )
    by_day = (
        sa.select(
            _REALISATIONS.c.benefit_id, _REALISATIONS.c.realised_on, sa.func.sum(_REALISATIONS.c.amount)
        )
        .where(_REALISATIONS.c.organisation_id == organisation_id, _REALISATIONS.c.benefit_id == ids)
        .where(~corrected)
        .group_by(_REALISATIONS.c.benefit_id, _REALISATIONS.c.realised_on)
        .order_by(_REALISATIONS.c.benefit_id, _REALISATIONS.c.realised_on)
    )
    realised: defaultdict[UUID, list[tuple[date, float]]] = defaultdict(list)
    for benefit_id, realised_on, amount in await connection.execute(by_day):
        realised[benefit_id].append((realised_on, amount))
    return {
        benefit_id: BenefitAmounts(tuple(planned[benefit_id]), tuple(realised[benefit_id]))
        for benefit_id in benefit_ids
    }


async def corrections_of(
    connection: AsyncConnection, organisation_id: UUID, ids: Collection[UUID]
) -> dict[UUID, BenefitRealisationRow]:
    """Return what corrected each of these entries, in one statement; nothing for those that still hold."""
    query = sa.select(*columns(BenefitRealisation, BenefitRealisationRow)).where(
        _REALISATIONS.c.organisation_id == organisation_id,
        _REALISATIONS.c.corrects_id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid))),
    )
    rows = map(BenefitRealisationRow._make, await connection.execute(query))
    return {row.corrects_id: row for row in rows if row.corrects_id is not None}


class BenefitTotal(NamedTuple):
    """Benefits of a portfolio in one currency, in its minor units; those in other units can't be added up."""

    currency: str
    planned_total: float
    planned_to_date: float
    realised_to_date: float


async def totals(
    connection: AsyncConnection, organisation_id: UUID, portfolio_ids: Collection[UUID], *, day: date
) -> dict[UUID, tuple[BenefitTotal, ...]]:
    """Return the totals of each portfolio's benefits in use, by currency, in two statements."""
    ids = sa.any_(sa.cast(list(portfolio_ids), sa.ARRAY(sa.Uuid)))
    later = _REALISATIONS.alias("correction")
    corrected = sa.exists().where(
        later.c.organisation_id == _REALISATIONS.c.organisation_id,
        later.c.corrects_id == _REALISATIONS.c.id,
    )
    sums: defaultdict[tuple[UUID, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for table, on, counts in (
        (_PLANS, _PLANS.c.due_on, sa.true()),
        (_REALISATIONS, _REALISATIONS.c.realised_on, ~corrected),
    ):
        to_date = sa.func.coalesce(sa.func.sum(table.c.amount).filter(on <= day), 0.0)
        query = (
            sa.select(_BENEFITS.c.portfolio_id, _BENEFITS.c.currency, sa.func.sum(table.c.amount), to_date)
            .join_from(
                table,
                _BENEFITS,
                sa.and_(
                    _BENEFITS.c.organisation_id == table.c.organisation_id,
                    _BENEFITS.c.id == table.c.benefit_id,
                ),
            )
            .where(
                _BENEFITS.c.organisation_id == organisation_id,
                _BENEFITS.c.portfolio_id == ids,
                _BENEFITS.c.measure == BenefitMeasure.MONEY,
                _BENEFITS.c.archived_at.is_(None),
                counts,
            )
            .group_by(_BENEFITS.c.portfolio_id, _BENEFITS.c.currency)
        )
        for portfolio_id, currency, total, until in await connection.execute(query):
            entry = sums[portfolio_id, currency]
            if table is _PLANS:
                entry[0], entry[1] = total, until
            else:
                entry[2] = until
    found: defaultdict[UUID, list[BenefitTotal]] = defaultdict(list)
    for (portfolio_id, currency), figures in sorted(sums.items()):
        found[portfolio_id].append(BenefitTotal(currency, *figures))
    return {portfolio_id: tuple(found[portfolio_id]) for portfolio_id in portfolio_ids}
