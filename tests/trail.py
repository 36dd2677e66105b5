"""What a test's use cases have written, as the audit trail tells it."""

from typing import Any

import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, reading


async def written(database: Database, actor: Actor) -> int:
    """How many rows were inserted, changed or deleted so far; the same before and after what is refused."""
    async with reading(database, actor.organisation_id) as connection:
        query = "SELECT (SELECT count(*) FROM audit_entry) + (SELECT count(*) FROM idempotency_key)"
        return int((await connection.execute(sa.text(query))).scalar_one())


async def trail(database: Database, actor: Actor, entity: str) -> list[tuple[Any, ...]]:
    """Operation, old values, new values and reason of every change of an entity, in order."""
    async with reading(database, actor.organisation_id) as connection:
        query = (
            "SELECT operation, old_values, new_values, reason FROM audit_entry WHERE entity = :entity"
            " ORDER BY id"
        )
        return [tuple(row) for row in await connection.execute(sa.text(query), {"entity": entity})]
