"""Set-based reads of what the snapshot leaves in the database."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import metadata

_INITIATIVES = metadata.tables["initiative"]


def _among(ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    return _INITIATIVES.c.id == sa.any_(sa.cast(list(ids), sa.ARRAY(sa.Uuid)))


async def descriptions(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, str]:
    """Descriptions by initiative, of those that there are; one statement."""
    query = sa.select(_INITIATIVES.c.id, _INITIATIVES.c.description).where(_among(ids))
    return {row.id: row.description for row in await connection.execute(query)}


async def portfolios_of(connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The portfolio of each initiative that there is; one statement."""
    query = sa.select(_INITIATIVES.c.id, _INITIATIVES.c.portfolio_id).where(_among(ids))
    return {row.id: row.portfolio_id for row in await connection.execute(query)}
