"""How every entity is created, changed and archived: within a transaction, with compare-and-swap."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actor import Actor
from domain.bulk import rows_as_table
from domain.errors import Conflict, InvalidInput, NotFound
from domain.models.base import Entity

E = TypeVar("E", bound=Entity)


def _noun(model: type[Entity]) -> str:
    return str(model.__tablename__).replace("_", " ")


async def find(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    *,
    path: tuple[str | int, ...] = ("id",),
) -> E:
    """The entity of the actor's organisation.

    Raises
    ------
    NotFound
        When there is none, or it is another organisation's.
    """
    entity = await session.get(model, (actor.organisation_id, entity_id))
    if entity is None:
        raise NotFound(f"There is no {_noun(model)} with this id.", path=path)
    return entity


async def lock(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    *,
    expected_version: int | None = None,
) -> E:
    """The entity as it is now, kept from others' changes until the transaction ends.

    Raises
    ------
    NotFound
        When there is no such entity.
    Conflict
        When ``expected_version`` is not the current one.
    """
    locked = (
        sa.select(model)
        .where(col(model.organisation_id) == actor.organisation_id, col(model.id) == entity_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    entity = (await session.execute(locked)).scalar_one_or_none()
    if entity is None:
        raise NotFound(f"There is no {_noun(model)} with this id.", path=("id",))
    if expected_version is not None and entity.version != expected_version:
        raise Conflict(
            f"This {_noun(model)} is at version {entity.version}, not {expected_version}:"
            " somebody changed it meanwhile. Read it again and decide anew.",
            expected_version=expected_version,
            actual_version=entity.version,
            path=("expectedVersion",),
        )
    return entity


async def refer_to(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    *,
    path: tuple[str | int, ...],
    alone: bool = False,
) -> E:
    """What an input refers to, kept from being changed or archived until the transaction ends.

    ``alone`` also waits for everybody else who refers to it in this way: for rules about all of its parts.

    Raises
    ------
    NotFound
        When there is none, or it is another organisation's.
    """
    referred = (
        sa.select(model)
        .where(col(model.organisation_id) == actor.organisation_id, col(model.id) == entity_id)
        .with_for_update(read=not alone, key_share=alone)
        .execution_options(populate_existing=True)
    )
    entity = (await session.execute(referred)).scalar_one_or_none()
    if entity is None:
        raise NotFound(f"There is no {_noun(model)} with this id.", path=path)
    return entity


async def in_use(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    *,
    path: tuple[str | int, ...],
    alone: bool = False,
) -> E:
    """As ``refer_to``, and refused when it is archived.

    Raises
    ------
    NotFound, InvalidInput
        When there is none, or it is another organisation's; when it is archived.
    """
    entity = await refer_to(session, actor, model, entity_id, path=path, alone=alone)
    if entity.archived_at is not None:
        raise InvalidInput(
            f"This {_noun(model)} is archived; choose another one, or take it back into use first.", path=path
        )
    return entity


async def repeated(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    values: dict[str, Any],
    *,
    entity_id: UUID | None,
) -> E | None:
    """The entity that an earlier, equal creation with the client's id made, if there is one.

    A creation under the same id at the same moment is waited for, so that a request that was sent twice
    gets one answer.

    Raises
    ------
    Conflict
        When the id is taken by something else.
    """
    if entity_id is None:
        return None
    key = sa.func.hashtextextended(f"id:{model.__tablename__}:{actor.organisation_id}:{entity_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
    existing = await session.get(model, (actor.organisation_id, entity_id))
    if existing is None:
        return None
    if any(getattr(existing, name) != value for name, value in values.items() if name != "id"):
        raise Conflict(
            f"A {_noun(model)} with this id exists already and differs; choose another id or update it.",
            actual_version=existing.version,
            path=("id",),
        )
    return existing


async def create(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    values: dict[str, Any],
    *,
    entity_id: UUID | None = None,
) -> E:
    """Insert an entity; with a client's id, repeating the same creation returns the first one.

    Raises
    ------
    Conflict
        When the id is taken by something else.
    """
    first = await repeated(session, actor, model, values, entity_id=entity_id)
    if first is not None:
        return first
    given = {name: value for name, value in values.items() if name != "id"}
    entity = model(organisation_id=actor.organisation_id, **given)
    if entity_id is not None:
        entity.id = entity_id
    session.add(entity)
    await session.flush()
    await session.refresh(entity)
    return entity


async def change(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    values: dict[str, Any],
    *,
    expected_version: int | None = None,
    touched: bool = False,
) -> E:
    """Set ``values`` on an entity and count its version up; nothing happens when nothing differs.

    ``touched`` counts it up all the same: something that belongs to the entity has changed.

    Raises
    ------
    NotFound
        When there is no such entity.
    Conflict
        When ``expected_version`` is not the current one.
    """
    table = sa.inspect(model).local_table
    entity = await lock(session, actor, model, entity_id, expected_version=expected_version)
    differing = {name: value for name, value in values.items() if getattr(entity, name) != value}
    if not differing and not touched:
        return entity
    await session.execute(
        sa.update(table)
        .where(table.c.organisation_id == actor.organisation_id, table.c.id == entity_id)
        .values(**differing, version=table.c.version + 1, updated_at=sa.func.now())
    )
    await session.refresh(entity)
    return entity


async def archive(
    session: AsyncSession,
    actor: Actor,
    model: type[E],
    entity_id: UUID,
    *,
    archived: bool = True,
    expected_version: int | None = None,
) -> E:
    """Take an entity out of use, or back into it; what is archived already stays as it is.

    Raises
    ------
    NotFound, Conflict
        As ``change`` does.
    """
    entity = await lock(session, actor, model, entity_id, expected_version=expected_version)
    if (entity.archived_at is not None) == archived:
        return entity
    moment = datetime.now(UTC) if archived else None
    return await change(session, actor, model, entity_id, {"archived_at": moment})


async def lock_portfolio(session: AsyncSession, actor: Actor, portfolio_id: UUID) -> None:
    """Serialise what must not happen twice at once in a portfolio, until the transaction ends.

    Row locks and REPEATABLE READ do not keep two writers from closing a cycle together; this does.
    """
    key = sa.func.hashtextextended(f"portfolio:{actor.organisation_id}:{portfolio_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def lock_hierarchy(session: AsyncSession, actor: Actor, model: type[Entity]) -> None:
    """Serialise what gives entities of this kind a parent, until the transaction ends."""
    key = sa.func.hashtextextended(f"hierarchy:{model.__tablename__}:{actor.organisation_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def upsert(model: Any, rows: list[dict[str, Any]], *, key: tuple[str, ...]) -> postgresql.Insert:
    """INSERT … ON CONFLICT (key) DO UPDATE of all other given columns, where any of them differs.

    Where the table has them, ``updated_at`` and ``version`` follow. RETURNING shows the written rows only.
    """
    table = sa.inspect(model).local_table
    given = rows_as_table(table, rows)
    statement = postgresql.insert(table).from_select(
        list(rows[0]), sa.select(*given.c), include_defaults=False
    )
    others = [name for name in rows[0] if name not in key]
    changed: dict[str, Any] = {name: statement.excluded[name] for name in others}
    if "version" in table.c:
        changed["version"] = table.c.version + 1
    if "updated_at" in table.c:
        changed["updated_at"] = sa.func.now()
    differs = sa.or_(*(table.c[name].is_distinct_from(statement.excluded[name]) for name in others))
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed, where=differs)
