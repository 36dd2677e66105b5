"""Relay connections over SQL and over arrays in memory: page arguments, cursors, slices.

For SQL: ``cut_of(page, ordering=…)`` says what ``domain.queries`` is to find, ``window_of(…)`` gives it its
cursors, then ``Connection.of(…)``.
For an order that is already in memory: ``slice_of(…)`` gives the indices, then ``Connection.of(…)``.
"""

# Strawberry's decorators with arguments are typed as returning Any.
# mypy: disallow-untyped-decorators=False

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, Self, TypeVar

import strawberry

from api.cursors import decode_cursor, encode_cursor, fingerprint
from api.errors import BadUserInput
from domain.queries.keyset import Cut, OrderTerm, Slice

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 100

First = Annotated[
    int | None,
    strawberry.argument(
        description="How many to return from the start, or from `after` on: 1 to 100; 50 if neither `first` "
        "nor `last` is given. Not together with `last`."
    ),
]
After = Annotated[
    str | None, strawberry.argument(description="A cursor of this list: return only what follows it.")
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description="How many to return from the end, or up to `before`: 1 to 100. Not together with `first`."
    ),
]
Before = Annotated[
    str | None, strawberry.argument(description="A cursor of this list: return only what precedes it.")
]

Node = TypeVar("Node")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page:
    """Checked page arguments: at most ``size`` rows between the cursors, from the end if ``backward``."""

    size: int
    backward: bool
    after: str | None
    before: str | None


def page_of(
    *,
    first: int | None = strawberry.UNSET,
    after: str | None = strawberry.UNSET,
    last: int | None = strawberry.UNSET,
    before: str | None = strawberry.UNSET,
) -> Page:
    """Check the page arguments of a connection field; UNSET and None both count as absent.

    Without ``first`` and ``last`` the page is the first 50, or the last 50 if only ``before`` is given.

    Raises
    ------
    BadUserInput
        If both ``first`` and ``last`` are given, or one is not within 1 to 100.
    """
    first, after, last, before = _given(first), _given(after), _given(last), _given(before)
    if first is not None and last is not None:
        raise BadUserInput("Give either `first` or `last`, not both.", argument="last")
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= MAX_PAGE_SIZE:
            raise BadUserInput(f"`{name}` must be from 1 to {MAX_PAGE_SIZE}.", argument=name)
    backward = last is not None or (first is None and before is not None and after is None)
    size = last if last is not None else first if first is not None else DEFAULT_PAGE_SIZE
    return Page(size=size, backward=backward, after=after, before=before)


def _given(argument: T | None) -> T | None:
    return None if argument is strawberry.UNSET else argument


@strawberry.type(description="Where a page is in its list.")
class PageInfo:
    """PageInfo of the Relay specification."""

    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether more precedes this page.")
    start_cursor: str | None = strawberry.field(
        description="The cursor of the first item, for `before`; null if the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last item, for `after`; null if the page is empty."
    )


@strawberry.type(description="An item of a list, and its cursor.")
class Edge(Generic[Node]):
    """Edge of the Relay specification."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` or `before`.")
    node: Node = strawberry.field(description="The item.")


@dataclass(frozen=True, slots=True)
class Window:
    """One page, in the list's order: what was found, the cursor of each, and whether there is more around."""

    items: Sequence[Any]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


@strawberry.type(description="A page of a list.")
class Connection(Generic[Node]):
    """Connection of the Relay specification, with ``nodes`` and ``totalCount``; subclass it to add fields."""

    nodes: list[Node] = strawberry.field(
        description="The items of the page: a shortcut for `edges { node }`."
    )
    page_info: PageInfo = strawberry.field(description="Where the page is in the list.")
    cursors: strawberry.Private[Sequence[str]]
    total: strawberry.Private[int | Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items of the page with their cursors.")
    def edges(self) -> list[Edge[Node]]:
        return [Edge(cursor=c, node=n) for c, n in zip(self.cursors, self.nodes, strict=True)]

    @strawberry.field(description="How many items the whole list has, on all pages.")
    async def total_count(self) -> int:
        if isinstance(self.total, int):
            return self.total
        return await self.total()

    @classmethod
    def of(
        cls,
        window: Window,
        *,
        nodes: Sequence[Any],
        total: int | Callable[[], Awaitable[int]],
        **fields: Any,
    ) -> Self:
        """Return the connection of a page.

        Parameters
        ----------
        window
            The page.
        nodes
            The GraphQL object of each of the window's items, in the same order.
        total
            The length of the whole list, or a function that counts it if a client asks.
        fields
            Further fields of a subclass.

        Raises
        ------
        ValueError
            If there is not one node for each item.
        """
        if len(nodes) != len(window.cursors):
            raise ValueError(f"{len(nodes)} nodes for {len(window.cursors)} items")
        info = PageInfo(
            has_next_page=window.has_next,
            has_previous_page=window.has_previous,
            start_cursor=window.cursors[0] if window.cursors else None,
            end_cursor=window.cursors[-1] if window.cursors else None,
        )
        return cls(nodes=list(nodes), page_info=info, cursors=window.cursors, total=total, **fields)


@dataclass(frozen=True)
class Ordering:
    """A total order of rows: the last term is the tie-breaker, a unique column without NULLs.

    ``scope`` binds cursors to something more than the columns, such as a version.
    """

    terms: tuple[OrderTerm, ...]
    scope: str = ""

    def __post_init__(self) -> None:
        if not self.terms or self.terms[-1].nullable:
            raise ValueError("an ordering ends with a unique column that has no NULLs")

    @cached_property
    def fingerprint(self) -> str:
        """What the ordering's cursors are bound to."""
        return fingerprint(
            "keyset", self.scope, *(f"{'-' if term.descending else '+'}{term.name}" for term in self.terms)
        )

    @cached_property
    def kinds(self) -> tuple[type, ...]:
        """The Python type of each column."""
        return tuple(term.kind for term in self.terms)

    def values_in(self, cursor: str, *, argument: str) -> tuple[Any, ...]:
        """Return the column values in a cursor. Raises BadUserInput if it is not one of this ordering."""
        return decode_cursor(
            cursor,
            argument=argument,
            ordering=self.fingerprint,
            kinds=self.kinds,
            nullable=[term.nullable for term in self.terms],
        )


def cut_of(page: Page, *, ordering: Ordering) -> Cut:
    """Return what a page asks of a list in this ordering, for ``domain.queries``.

    Raises
    ------
    BadUserInput
        If a cursor is not one of this ordering.
    """
    return Cut(
        size=page.size,
        backward=page.backward,
        after=None if page.after is None else ordering.values_in(page.after, argument="after"),
        before=None if page.before is None else ordering.values_in(page.before, argument="before"),
    )


def window_of(found: Slice[Any], *, ordering: Ordering) -> Window:
    """Return the page that ``domain.queries`` found, with its cursors."""
    return Window(
        items=found.rows,
        cursors=[
            encode_cursor(ordering=ordering.fingerprint, kinds=ordering.kinds, values=position)
            for position in found.positions
        ],
        has_next=found.has_next,
        has_previous=found.has_previous,
    )


def slice_of(*, length: int, page: Page, scope: str) -> tuple[range, Window]:
    """Return the indices of a page in an array of ``length`` items that is already in order.

    Parameters
    ----------
    length
        The length of the whole array.
    page
        The page arguments.
    scope
        What the order depends on, such as a ranking's model and version: cursors of another are refused.

    Returns
    -------
    tuple
        The indices, and the window whose ``items`` they are.

    Raises
    ------
    BadUserInput
        If a cursor is not one of this array in this scope.
    """
    order = fingerprint("slice", scope)

    def position(cursor: str, argument: str) -> int:
        (index,) = decode_cursor(cursor, argument=argument, ordering=order, kinds=(int,), nullable=(False,))
        if not 0 <= index < length:
            raise BadUserInput(
                f"`{argument}` lies outside this list. Leave `{argument}` out to start anew.",
                argument=argument,
            )
        return int(index)

    start = 0 if page.after is None else position(page.after, "after") + 1
    stop = length if page.before is None else position(page.before, "before")
    if page.backward:
        start = max(start, stop - page.size)
    else:
        stop = min(stop, start + page.size)
    indices = range(start, max(start, stop))
    cursors = [encode_cursor(ordering=order, kinds=(int,), values=(index,)) for index in indices]
    return indices, Window(
        items=indices, cursors=cursors, has_next=indices.stop < length, has_previous=indices.start > 0
    )
