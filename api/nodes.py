"""The interface of everything with an id, and how GraphQL types show the domain's light rows.

A type declares the fields of its row as plain attributes, so that they resolve without a call of ours.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar, cast
from uuid import UUID

import strawberry

from api.context import Context
from api.ids import encode_id

T = TypeVar("T")

Fetch = Callable[[Context, list[UUID]], Awaitable[list[Any]]]
"""Returns the row of each id, in order; None for what is not there or not the viewer's."""

_fetches: dict[str, Fetch] = {}


@strawberry.interface(description="Anything that has a global id.")
class Node:
    """The interface of the Relay specification."""

    @strawberry.field(description="Opaque global id; unique over all types and stable.")
    def id(self) -> strawberry.ID:
        raise NotImplementedError


def shows(row: type[Any]) -> Callable[[type[T]], type[T]]:
    """Class decorator, below ``strawberry.type``: the type's objects are rows of this class."""

    def decorate(cls: type[T]) -> type[T]:
        name = cls.__name__

        def is_type_of(value: Any, _info: Any) -> bool:
            return isinstance(value, row)

        def global_id(self: Any) -> strawberry.ID:
            return encode_id(name, self.id)

        cls.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        cls.id = strawberry.field(  # type: ignore[attr-defined]
            resolver=global_id, description="Opaque global id; unique over all types and stable."
        )
        return cls

    return decorate


def as_type(cls: type[T], row: Any) -> T:
    """The row, as the GraphQL type that shows it."""
    return cast(T, row)


def as_types(cls: type[T], rows: Iterable[Any]) -> list[T]:
    """The rows, as the GraphQL type that shows them."""
    return cast(list[T], list(rows))


def fetched_by(type_name: str, fetch: Fetch) -> None:
    """Say how ``node(id)`` finds rows of a type: set-based, whatever the number of ids."""
    _fetches[type_name] = fetch


def fetch_of(type_name: str) -> Fetch | None:
    """How rows of a type are found; None for a type without nodes."""
    return _fetches.get(type_name)
