"""Many references at once: which of them lead to something that is in use."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import DomainError, InvalidInput, NotFound
from domain.models import metadata


class Referable(Protocol):
    """What can be archived."""

    @property
    def archived_at(self) -> datetime | None:
        """Since when it is out of use."""


async def by_id(session: AsyncSession, actor: Actor, table: str, ids: Iterable[UUID]) -> dict[UUID, Any]:
    """The organisation's rows of a table with these ids, in one statement; kept from changes till the end.

    In the order of their ids, so that two who refer to the same rows can't wait for each other.
    """
    entity = metadata.tables[table]
    query = (
        sa.select(entity)
        .where(
            entity.c.organisation_id == actor.organisation_id,
            entity.c.id == sa.any_(sa.literal(list(set(ids)), sa.ARRAY(sa.Uuid))),
        )
        .order_by(entity.c.id)
        .with_for_update(read=True)
    )
    return {row.id: row for row in await session.execute(query)}


def unusable(row: Referable | None, *, noun: str, path: tuple[str | int, ...]) -> DomainError | None:
    """What is wrong with a new reference to this row: nothing there, or archived."""
    if row is None:
        return NotFound(f"There is no {noun} with this id.", path=path)
    if row.archived_at is not None:
        return InvalidInput(
            f"This {noun} is archived; choose another one, or take it back into use first.", path=path
        )
    return None
