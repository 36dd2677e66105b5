"""Commands that must not happen twice: a repeat under the same key gets the first outcome."""

import hashlib
import json
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import Command
from domain.errors import Conflict
from domain.models import metadata

_KEYS = metadata.tables["idempotency_key"]


class Claim(NamedTuple):
    """The id of what the command creates; ``repeated`` when an earlier command has created it already."""

    entity_id: UUID
    repeated: bool


async def claim(
    session: AsyncSession, actor: Actor, *, operation: str, key: str | None, command: Command
) -> Claim:
    """Take an idempotency key for this command, within the transaction that carries it out.

    A new id is given out under the key. A second command under the same key waits for the first one's
    transaction: it gets the first one's id if that was committed, else the key is its own. Without a key
    every command is a new one. Call it before anything else that locks, and only once in a transaction.

    Raises
    ------
    Conflict
        When the key stands for another command, or for another member's.
    """
    if key is None:
        new_id: UUID = (await session.execute(sa.select(sa.func.uuidv7()))).scalar_one()
        return Claim(new_id, repeated=False)
    fingerprint = _fingerprint(actor, command)
    taken = (
        postgresql.insert(_KEYS)
        .values(
            organisation_id=actor.organisation_id,
            operation=operation,
            key=key,
            fingerprint=fingerprint,
            entity_id=sa.func.uuidv7(),
        )
        .on_conflict_do_nothing()
        .returning(_KEYS.c.entity_id)
    )
    new = (await session.execute(taken)).scalar_one_or_none()
    if new is not None:
        return Claim(new, repeated=False)
    query = sa.select(_KEYS.c.fingerprint, _KEYS.c.entity_id).where(
        _KEYS.c.organisation_id == actor.organisation_id,
        _KEYS.c.operation == operation,
        _KEYS.c.key == key,
    )
    stored, entity_id = (await session.execute(query)).one()
    if stored != fingerprint:
        raise Conflict(
            "This idempotency key was used for another request; take a new key for a new request.",
            path=("idempotencyKey",),
        )
    return Claim(entity_id, repeated=True)


def _fingerprint(actor: Actor, command: Command) -> bytes:
    content = command.model_dump(mode="json", exclude={"idempotency_key"})
    text = json.dumps([str(actor.member_id), type(command).__name__, content], sort_keys=True)
    return hashlib.sha256(text.encode()).digest()
