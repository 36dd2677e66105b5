"""Pages of arrays that a map has in memory."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from api.pagination import Connection, Page, slice_of

C = TypeVar("C", bound=Connection[Any])
T = TypeVar("T")
Item_co = TypeVar("Item_co", covariant=True)


class Indexed(Protocol[Item_co]):
    """A sequence, or an array, that a page is cut from without copying the rest."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Item_co: ...


def page_from(
    connection: type[C],
    items: Indexed[T],
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
