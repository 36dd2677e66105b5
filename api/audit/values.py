"""Stored values as clients know them: ids are global, enum values are spelt as in the schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from api.changes.types import TYPE_NAMES
from api.ids import encode_id
from domain.queries.audit import AuditEntryRow, columns_of, enums_of, keys_of, references_of

NODE_TYPES: Mapping[str, str] = {**TYPE_NAMES, "api_token": "ApiToken", "webhook": "Webhook"}
"""The GraphQL type whose id a recorded table's rows are known by."""

_ABOUT_THE_ROW = frozenset({"id", "organisation_id", "created_at", "updated_at", "version"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of a stored row and what it held before and after, as JSON; None where it held nothing."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A field of a stored row and what it holds, as JSON."""

    field: str
    value: str


def entities_of(type_name: str) -> frozenset[str]:
    """The tables whose rows are, or belong to, nodes of a type; none for a type without a trail."""
    return frozenset(entity for entity, name in NODE_TYPES.items() if name == type_name)


def changes_in(entry: AuditEntryRow) -> list[FieldChange]:
    """The fields that an entry changed, in the order of the table's columns."""
    old, new = entry.old_values or {}, entry.new_values or {}
    unchanging = keys_of(entry.entity) | _ABOUT_THE_ROW
    changes = (
        FieldChange(
            _camel(name), _shown(entry.entity, name, old.get(name)), _shown(entry.entity, name, new.get(name))
        )
        for name in columns_of(entry.entity)
        if name not in unchanging
    )
    return [change for change in changes if change.old != change.new]


def key_in(entry: AuditEntryRow) -> list[FieldValue]:
    """What tells the changed part from others of the same node, such as the team of a demand."""
    image = entry.new_values or entry.old_values or {}
    keys = keys_of(entry.entity)
    return [
        FieldValue(_camel(name), shown)
        for name in columns_of(entry.entity)
        if name in keys
        and image.get(name) != str(entry.entity_id)
        and (shown := _shown(entry.entity, name, image.get(name))) is not None
    ]


def version_after(entry: AuditEntryRow) -> int | None:
    """The version that an entry led to; None for what counts none, and for what is gone."""
    version = (entry.new_values or {}).get("version")
    return version if isinstance(version, int) else None


def _shown(entity: str, name: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        type_name = _reference_types(entity).get(name)
        if type_name is not None:
            value = encode_id(type_name, UUID(value))
        elif name in _enums(entity):
            value = _enums(entity)[name](value).name
    return json.dumps(value, ensure_ascii=False)


@cache
def _reference_types(entity: str) -> dict[str, str]:
    references = references_of(entity).items()
    return {name: NODE_TYPES[table] for name, table in references if table in NODE_TYPES}


@cache
def _enums(entity: str) -> dict[str, type[Enum]]:
    return enums_of(entity)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
