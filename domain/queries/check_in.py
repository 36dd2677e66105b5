"""Set-based reads of check-ins: those in force, and who corrected what."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import CheckIn, ConfidenceReview, metadata
from domain.queries.listing import Source
from domain.rows import columns
from domain.rows_okr import CheckInRow, ConfidenceReviewRow

CHECK_INS = Source(CheckIn, CheckInRow)
CONFIDENCE_REVIEWS = Source(ConfidenceReview, ConfidenceReviewRow)

_CHECK_INS = metadata.tables["check_in"]

LATEST_FIRST = (_CHECK_INS.c.at.desc(), _CHECK_INS.c.id.desc())


def in_force(organisation_id: UUID) -> sa.Select[Any]:
    """Select the check-ins that nobody has corrected."""
    later = _CHECK_INS.alias("correction")
    corrected = sa.exists().where(
        later.c.organisation_id == _CHECK_INS.c.organisation_id, later.c.corrects_id == _CHECK_INS.c.id
    )
    return sa.select(*columns(CheckIn, CheckInRow)).where(
        _CHECK_INS.c.organisation_id == organisation_id, ~corrected
    )


async def corrections_of(
    connection: AsyncConnection, organisation_id: UUID, ids: Collection[UUID]
) -> dict[UUID, CheckInRow]:
    """Return what corrected each of these check-ins, in one statement; nothing for those that still hold."""
    query = sa.select(*columns(CheckIn, CheckInRow)).where(
        _CHECK_INS.c.organisation_id == organisation_id,
        _CHECK_INS.c.corrects_id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid))),
    )
    rows = map(CheckInRow._make, await connection.execute(query))
    return {row.corrects_id: row for row in rows if row.corrects_id is not None}
