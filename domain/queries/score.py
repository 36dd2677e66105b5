"""Set-based reads of scores."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import metadata

_SCORES = metadata.tables["score"]


class RatingRow(NamedTuple):
    """What all raters together say of an initiative on a criterion.

    ``deviation`` is the standard deviation of the sample, null with one rater.
    """

    initiative_id: UUID
    criterion_id: UUID
    raters: int
    mean: float
    median: float
    least: float
    greatest: float
    deviation: float | None


async def ratings(
    connection: AsyncConnection, organisation_id: UUID, initiative_ids: Collection[UUID]
) -> dict[UUID, list[RatingRow]]:
    """The ratings of each initiative, by criterion; one statement. None for one that nobody scored."""
    query = (
        sa.select(
            _SCORES.c.initiative_id,
            _SCORES.c.criterion_id,
            sa.func.count(),
            sa.func.avg(_SCORES.c.value),
            sa.func.percentile_cont(0.5).within_group(_SCORES.c.value),
            sa.func.min(_SCORES.c.value),
            sa.func.max(_SCORES.c.value),
            sa.func.stddev_samp(_SCORES.c.value),
        )
        .where(
            _SCORES.c.organisation_id == organisation_id,
            _SCORES.c.initiative_id == sa.any_(sa.cast(list(initiative_ids), sa.ARRAY(sa.Uuid))),
        )
        .group_by(_SCORES.c.initiative_id, _SCORES.c.criterion_id)
        .order_by(_SCORES.c.initiative_id, _SCORES.c.criterion_id)
    )
    found: defaultdict[UUID, list[RatingRow]] = defaultdict(list)
    for row in map(RatingRow._make, await connection.execute(query)):
        found[row.initiative_id].append(row)
    return {initiative_id: found[initiative_id] for initiative_id in initiative_ids}
