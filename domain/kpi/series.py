"""A KPI's series over time, down-sampled to so many points as a chart can show."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import Cadence
from domain.errors import InvalidInput
from domain.models import metadata

MOST_BUCKETS = 1_000
"""Periods of one series."""

_MEASUREMENTS = metadata.tables["measurement"]


class SeriesBucket(StrEnum):
    """The period that measurements are summed up over, in UTC; weeks begin on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


BUCKET_OF_CADENCE = {
    Cadence.DAILY: SeriesBucket.WEEK,
    Cadence.WEEKLY: SeriesBucket.MONTH,
    Cadence.MONTHLY: SeriesBucket.QUARTER,
    Cadence.QUARTERLY: SeriesBucket.QUARTER,
}
"""What to sum up over, unless told otherwise."""

_SHORTEST = {
    SeriesBucket.HOUR: timedelta(hours=1),
    SeriesBucket.DAY: timedelta(days=1),
    SeriesBucket.WEEK: timedelta(days=7),
    SeriesBucket.MONTH: timedelta(days=28),
    SeriesBucket.QUARTER: timedelta(days=90),
}


class SeriesPoint(NamedTuple):
    """The measurements of one period; those that have been corrected or taken back don't count."""

    starts_at: datetime
    number: int
    minimum: float
    mean: float
    maximum: float
    last: float
    last_at: datetime


def refuse_unbounded(starts_at: datetime, ends_at: datetime, bucket: SeriesBucket) -> None:
    """Refuse a range that is empty, or of more than ``MOST_BUCKETS`` periods.

    Raises
    ------
    InvalidInput
    """
    if ends_at <= starts_at:
        raise InvalidInput("The range ends before it begins; swap the two.", path=("to",))
    if (ends_at - starts_at) / _SHORTEST[bucket] > MOST_BUCKETS:
        raise InvalidInput(
            f"This is more than {MOST_BUCKETS} periods; take a longer period than {bucket.value}, or a shorter"
            " range.",
            path=("bucket",),
        )


async def series_of(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    kpi_ids: Collection[UUID],
    starts_at: datetime,
    ends_at: datetime,
    bucket: SeriesBucket,
) -> dict[UUID, list[SeriesPoint]]:
    """The series of each KPI from ``starts_at`` to before ``ends_at``, periods without a measurement left out.

    Raises
    ------
    InvalidInput
        When the range is empty, or too long for the period.
    """
    refuse_unbounded(starts_at, ends_at, bucket)
    at, value = _MEASUREMENTS.c.measured_at, _MEASUREMENTS.c.value
    start = sa.func.date_trunc(bucket.value, at, "UTC").label("start")
    newest = postgresql.aggregate_order_by(value, at.desc())
    query = (
        sa.select(
            _MEASUREMENTS.c.kpi_id,
            start,
            sa.func.count(),
            sa.func.min(value),
            sa.func.avg(value),
            sa.func.max(value),
            sa.func.array_agg(newest, type_=sa.ARRAY(sa.Double()))[1],
            sa.func.max(at),
        )
        .where(
            _MEASUREMENTS.c.organisation_id == organisation_id,
            _MEASUREMENTS.c.kpi_id == sa.any_(sa.literal(list(kpi_ids), sa.ARRAY(sa.Uuid))),
            at >= starts_at,
            at < ends_at,
            _MEASUREMENTS.c.superseded_at.is_(None),
            value.is_not(None),
        )
        .group_by(_MEASUREMENTS.c.kpi_id, start)
        .order_by(_MEASUREMENTS.c.kpi_id, start)
    )
    points: dict[UUID, list[SeriesPoint]] = {kpi_id: [] for kpi_id in kpi_ids}
    for kpi_id, *figures in await connection.execute(query):
        points[kpi_id].append(SeriesPoint(*figures))
    return points
