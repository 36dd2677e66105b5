"""From GraphQL inputs to the domain's commands: absent is not null, and ids lead to what they name."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

import strawberry

from api.ids import decode_id_of
from domain.commands.base import Command
from domain.errors import DomainError, NotFound

C = TypeVar("C", bound=Command)

Composites = Mapping[str, Mapping[str, str]]
"""Fields that are one object for the client, and which of the command's fields its fields become."""

_NONE: Composites = MappingProxyType({})


def to_command(
    command: type[C],
    given: Any,
    *,
    ids: Mapping[str, str] = {},
    composites: Composites = _NONE,
    **further: Any,
) -> C:
    """Validate a GraphQL input as a command.

    Parameters
    ----------
    command
        The command's class; its fields have the input's Python names.
    given
        The input object. Fields that the client left out stay out; ``Maybe`` fields keep their null, null
        in other optional fields counts as left out.
    ids
        Fields, at any depth, that hold global ids, with the type that the id has to be of.
    composites
        Fields, at any depth, that become several of the command's: null clears all of them. Errors name the
        command's fields; :func:`paths_of` leads them back to the client's.
    further
        Values that do not come from the client.

    Raises
    ------
    InvalidInput
        Naming the offending fields.
    NotFound
        When an id is not one of its type.
    """
    return command.parse({**_values(given, ids, composites, ()), **further})


def plain_values(
    given: Any,
    *,
    ids: Mapping[str, str] = {},
    composites: Composites = _NONE,
    path: tuple[str | int, ...] = (),
) -> dict[str, Any]:
    """The fields of an input object that were given, in the domain's terms; ``path`` is where it is.

    Raises
    ------
    NotFound
        When an id is not one of its type.
    """
    return _values(given, ids, composites, path)


def decoded(type_name: str, value: str, *path: str | int) -> UUID:
    """The key in a global id.

    Raises
    ------
    NotFound
        When it is not an id of this type.
    """
    key = decode_id_of(type_name, value)
    if key is None:
        raise NotFound(f"This is not the id of {_article(type_name)} {type_name}.", path=path)
    return key


def _article(name: str) -> str:
    return "an" if name[0] in "AEIOU" else "a"


@contextmanager
def paths_of(composites: Composites) -> Iterator[None]:
    """Let the errors of the block lead to the client's fields instead of the command's."""
    places = {
        _camel(target): (_camel(name), _camel(part))
        for name, parts in composites.items()
        for part, target in parts.items()
    }
    try:
        yield
    except DomainError as error:
        error.path = tuple(step for part in error.path for step in places.get(str(part), (part,)))
        raise


def _values(
    given: Any, ids: Mapping[str, str], composites: Composites, path: tuple[str | int, ...]
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in dataclasses.fields(given):
        value = getattr(given, field.name)
        if value is strawberry.UNSET or value is None:
            continue
        if isinstance(value, strawberry.Some):
            value = value.value
        if field.name in composites:
            values |= _parts(value, composites[field.name])
        else:
            values[field.name] = _value(value, field.name, ids, composites, (*path, _camel(field.name)))
    return values


def _parts(value: Any, parts: Mapping[str, str]) -> dict[str, Any]:
    given = {target: None if value is None else getattr(value, part) for part, target in parts.items()}
    return {target: None if part is strawberry.UNSET else part for target, part in given.items()}


def _value(
    value: Any, name: str, ids: Mapping[str, str], composites: Composites, path: tuple[str | int, ...]
) -> Any:
    if isinstance(value, list):
        return [_value(item, name, ids, composites, (*path, index)) for index, item in enumerate(value)]
    if dataclasses.is_dataclass(value):
        return _values(value, ids, composites, path)
    if name in ids and isinstance(value, str):
        return decoded(ids[name], value, *path)
    return value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)
