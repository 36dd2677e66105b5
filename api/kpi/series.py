"""Down-sampled series, read together for all KPIs that a request asks the same of."""

from datetime import datetime
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.context import Context
from domain.db import reading
from domain.kpi.series import SeriesBucket, SeriesPoint, refuse_unbounded, series_of


async def points_of(
    context: Context, kpi_id: UUID, starts_at: datetime, ends_at: datetime, bucket: SeriesBucket
) -> list[SeriesPoint]:
    """The points of a KPI's series.

    Raises
    ------
    InvalidInput
        When the range is empty, or too long for the period.
    """
    refuse_unbounded(starts_at, ends_at, bucket)

    def make(of: Context) -> DataLoader[UUID, list[SeriesPoint]]:
        async def load(ids: list[UUID]) -> list[list[SeriesPoint]]:
            organisation_id = of.actor.organisation_id
            async with reading(of.database, organisation_id) as connection:
                found = await series_of(
                    connection,
                    organisation_id,
                    kpi_ids=ids,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    bucket=bucket,
                )
            return [found[one] for one in ids]

        return DataLoader(load_fn=load)

    loader = context.loader(("kpi series", starts_at, ends_at, bucket), make)
    return await loader.load(kpi_id)
