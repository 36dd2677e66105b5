"""Rows as they were at a past time: as they are now, with all that was written since undone.

The audit trail has the old values of every change, written by triggers in the same transaction. A change
belongs to the time at which its transaction began, as ``created_at`` and ``updated_at`` do.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.enums import ChangeOperation
from domain.models import AuditEntry
from domain.rows import columns

R = TypeVar("R", bound=tuple[Any, ...])

_TRAIL = sa.inspect(AuditEntry).local_table
_FROM_TEXT: Mapping[type, Callable[[str], Any]] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
}


async def rows_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    model: type[Any],
    row: type[R],
    *,
    at: datetime,
    present: Mapping[UUID, R] | None = None,
    ids: Collection[UUID] | None = None,
) -> dict[UUID, R]:
    """The rows of a table with an id as they were at a time; those that did not exist are left out.

    Parameters
    ----------
    present
        The rows as they are now, all that are asked for; they are read if not given. It must be no older than
        the connection's view, and no younger.
    ids
        Only these rows; all of the organisation if None.

    Notes
    -----
    Two statements, or three if ``present`` is not given; what is read grows with what was written since.
    """
    if present is None:
        present = await _present(connection, organisation_id, model, row, ids)
    found: dict[UUID, R | None] = dict(
        present if ids is None else {key: present[key] for key in ids if key in present}
    )
    trail = await _since(connection, organisation_id, model, at, ids)
    fields = _fields(model, row)
    names: tuple[str, ...] = row._fields  # type: ignore[attr-defined]
    make: Callable[..., R] = row
    touched = set()
    for entity_id, operation, old in trail:
        if operation is ChangeOperation.INSERT:
            found[entity_id] = None
            continue
        values = {name: fields[name](value) for name, value in old.items() if name in fields}
        before = found.get(entity_id)
        if operation is ChangeOperation.DELETE or before is None:
            found[entity_id] = make(*(values.get(name) for name in names))
        else:
            found[entity_id] = before._replace(**values)  # type: ignore[attr-defined]
        touched.add(entity_id)
    existing = {key: value for key, value in found.items() if value is not None}
    if "updated_at" in names:
        changed_at = await _changed_at(connection, organisation_id, model, at, touched & existing.keys())
        for key, moment in changed_at.items():
            existing[key] = existing[key]._replace(updated_at=moment)  # type: ignore[attr-defined]
    return existing


async def parts_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    model: type[Any],
    *,
    subject: str,
    part: str,
    at: datetime,
    ids: Collection[UUID],
) -> dict[UUID, frozenset[UUID]]:
    """What a table of pairs said at a time: the parts of each subject, such as contributing teams.

    Its rows are only ever inserted and deleted. Two statements.
    """
    table = sa.inspect(model).local_table
    wanted = sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid)))
    now = sa.select(table.c[subject], table.c[part]).where(
        table.c.organisation_id == organisation_id, table.c[subject] == wanted
    )
    found: dict[UUID, set[UUID]] = {key: set() for key in ids}
    for key, value in await connection.execute(now):
        found[key].add(value)
    written = (
        sa.select(_TRAIL.c.entity_id, _TRAIL.c.operation, _TRAIL.c.old_values, _TRAIL.c.new_values)
        .where(
            _TRAIL.c.organisation_id == organisation_id,
            _TRAIL.c.entity == table.name,
            _TRAIL.c.entity_id == wanted,
            _TRAIL.c.created_at > at,
        )
        .order_by(_TRAIL.c.id.desc())
    )
    for key, operation, old, new in await connection.execute(written):
        if operation is ChangeOperation.INSERT:
            found[key].discard(UUID(new[part]))
        else:
            found[key].add(UUID(old[part]))
    return {key: frozenset(values) for key, values in found.items()}


async def _present(
    connection: AsyncConnection,
    organisation_id: UUID,
    model: type[Any],
    row: type[R],
    ids: Collection[UUID] | None,
) -> dict[UUID, R]:
    table = sa.inspect(model).local_table
    query = sa.select(*columns(model, row)).where(table.c.organisation_id == organisation_id)
    if ids is not None:
        query = query.where(table.c.id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))))
    rows = (row._make(values) for values in await connection.execute(query))  # type: ignore[attr-defined]
    return {each.id: each for each in rows}


async def _since(
    connection: AsyncConnection,
    organisation_id: UUID,
    model: type[Any],
    at: datetime,
    ids: Collection[UUID] | None,
) -> list[tuple[UUID, ChangeOperation, dict[str, Any]]]:
    query = (
        sa.select(_TRAIL.c.entity_id, _TRAIL.c.operation, _TRAIL.c.old_values)
        .where(
            _TRAIL.c.organisation_id == organisation_id,
            _TRAIL.c.entity == sa.inspect(model).local_table.name,
            _TRAIL.c.created_at > at,
        )
        .order_by(_TRAIL.c.id.desc())
    )
    if ids is not None:
        query = query.where(_TRAIL.c.entity_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))))
    return [(key, operation, old or {}) for key, operation, old in await connection.execute(query)]


async def _changed_at(
    connection: AsyncConnection, organisation_id: UUID, model: type[Any], at: datetime, ids: Collection[UUID]
) -> dict[UUID, datetime]:
    """When rows had last been changed before a time: the trail does not repeat its own time in the values."""
    query = (
        sa.select(_TRAIL.c.entity_id, sa.func.max(_TRAIL.c.created_at))
        .where(
            _TRAIL.c.organisation_id == organisation_id,
            _TRAIL.c.entity == sa.inspect(model).local_table.name,
            _TRAIL.c.entity_id == sa.any_(sa.literal(list(ids), sa.ARRAY(sa.Uuid))),
            _TRAIL.c.created_at <= at,
            _TRAIL.c.new_values.has_key("version"),
        )
        .group_by(_TRAIL.c.entity_id)
    )
    return dict(map(tuple, await connection.execute(query)))


def _fields(model: type[Any], row: type[Any]) -> dict[str, Callable[[Any], Any]]:
    """How each column of the row is made of its value in the trail."""
    return {column.name: _reading(column) for column in columns(model, row)}


def _reading(column: sa.Column[Any]) -> Callable[[Any], Any]:
    type_ = column.type
    if isinstance(type_, sa.types.TypeDecorator):
        type_ = type_.impl_instance
    kind: Any = type_.enum_class if isinstance(type_, sa.Enum) else type_.python_type
    convert = kind if isinstance(kind, type) and issubclass(kind, Enum) else _FROM_TEXT.get(kind)
    if kind is float:
        convert = float

    def read(value: Any) -> Any:
        return value if value is None or convert is None else convert(value)

    return read
