"""Pages of arrays that a map has in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from api.pagination import Connection, Page, slice_of

C = TypeVar("C", bound=Connection[Any])
T = TypeVar("T")


def page_from(
    connection: type[C],
    items: Sequence[T],
    node: Callable[[T], Any],
    *,
    scope: str,
    page: Page,
    **fields: Any,
) -> C:
    """Return the page of ``items``, each shown as what ``node`` makes of it.

    ``scope`` is what the items and their order depend on; ``fields`` are those of the connection's class.

    Raises
    ------
    BadUserInput
        If a cursor is not one of these items.
    """
    indices, window = slice_of(length=len(items), page=page, scope=scope)
    nodes = [node(items[index]) for index in indices]
    return connection.of(window, nodes=nodes, total=len(items), **fields)
