"""Lists of rows from SQL as connections: the glue between page arguments and ``domain.queries.listing``.

A list is one statement for the page, and one for ``totalCount`` if it is asked for; the lists of many
parents are loaded together. The fields below a row find what it refers to in the request's view.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from api.context import Context
from api.enums import described
from api.filters import to_filter
from api.nodes import as_types
from api.pagination import Connection, Ordering, Page, cut_of, window_of
from domain.db import reading
from domain.queries import listing
from domain.queries.filters import AllOf, Filter
from domain.queries.keyset import Cut, OrderTerm, Slice
from domain.queries.listing import OrderBy, Source
from domain.queries.sources import (
    ALLOCATION_CATEGORIES,
    CRITERIA,
    CYCLES,
    KEY_RESULTS,
    MEMBERS,
    OBJECTIVES,
    PORTFOLIOS,
    SCORING_MODELS,
    TEAMS,
)

C = TypeVar("C", bound=Connection[Any])

ORDER_BY = strawberry.argument(
    description="At most 5 wishes, the first one first; ties go by id. Text is ordered whatever its case, and"
    " what has no value comes last in either direction."
)
IncludeArchived = Annotated[bool, strawberry.argument(description="Also return what is archived.")]


class OrderDirection(StrEnum):
    """Which way a list is ordered."""

    ASC = "asc"
    DESC = "desc"


described(
    OrderDirection,
    "Which way a list is ordered.",
    {"ASC": "The least, earliest or first in the alphabet first.", "DESC": "The other way round."},
)

_DIRECTORY: dict[Source[Any], str] = {
    MEMBERS: "members",
    TEAMS: "teams",
    CYCLES: "cycles",
    ALLOCATION_CATEGORIES: "categories",
    PORTFOLIOS: "portfolios",
    OBJECTIVES: "objectives",
    KEY_RESULTS: "key_results",
    CRITERIA: "criteria",
    SCORING_MODELS: "models",
}


@dataclass(frozen=True)
class Listing(Generic[C]):
    """How rows of one kind are listed.

    ``ids`` are the fields that hold global ids in a where input, with the type that the id has to be of;
    ``default`` is the order when a client has no wishes.
    """

    source: Source[Any]
    connection: type[C]
    ids: Mapping[str, str]
    default: tuple[OrderBy, ...]


class _Asked(NamedTuple):
    """What a client asks of a list, in the domain's terms."""

    terms: tuple[OrderTerm, ...]
    cut: Cut
    where: Filter | None
    archived: bool


async def connection_of(
    context: Context,
    of: Listing[C],
    *,
    page: Page,
    where: Any,
    order_by: Sequence[Any] | None,
    archived: bool,
    within: Filter | None = None,
) -> C:
    """Return a page of the organisation's rows.

    Parameters
    ----------
    of
        What is listed.
    page
        The page arguments.
    where
        A where input, None or UNSET.
    order_by
        Inputs with a ``field``, whose value is the row's field, and a ``direction``; None or UNSET for none.
    archived
        Whether archived rows are listed.
    within
        What rows have to meet whatever the client asks, such as being the viewer's to see.

    Raises
    ------
    BadUserInput, NotFound, InvalidInput
        When a cursor, an id, the filter or the order is not one of this list.
    """
    asked, ordering = _asked(of, page, where, order_by, archived, within)
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as database:
        found = await listing.page(
            database,
            organisation_id,
            of.source,
            terms=asked.terms,
            cut=asked.cut,
            where=asked.where,
            archived=asked.archived,
        )
    await _know(context, of.source, found.rows)

    async def total() -> int:
        async with reading(context.database, organisation_id) as database:
            return await listing.count(
                database, organisation_id, of.source, where=asked.where, archived=asked.archived
            )

    window = window_of(found, ordering=ordering)
    return of.connection.of(window, nodes=as_types(object, found.rows), total=total)


async def children_of(
    context: Context,
    of: Listing[C],
    *,
    parent: str,
    parent_id: UUID,
    page: Page,
    where: Any,
    order_by: Sequence[Any] | None,
    archived: bool,
    shown: Callable[[Slice[Any]], Awaitable[Slice[Any]]] | None = None,
    within: Filter | None = None,
) -> C:
    """Return a page of a parent's rows, read together with those of the other parents of the request.

    ``parent`` is the row's field that refers to the parent; the rest is as in :func:`connection_of`. Where
    the nodes are not the rows themselves, ``shown`` turns the one into the other.
    """
    asked, ordering = _asked(of, page, where, order_by, archived, within)
    source = of.source
    pages = context.loader(("pages", source, parent, asked), _pages(source, parent, asked))
    found = await pages.load(parent_id)
    if shown is not None:
        found = await shown(found)
    counts = context.loader(
        ("counts", source, parent, asked.where, asked.archived), _counts(source, parent, asked)
    )
    return of.connection.of(
        window_of(found, ordering=ordering),
        nodes=as_types(object, found.rows),
        total=lambda: counts.load(parent_id),
    )


def _asked(
    of: Listing[C],
    page: Page,
    where: Any,
    order_by: Sequence[Any] | None,
    archived: bool,
    within: Filter | None,
) -> tuple[_Asked, Ordering]:
    wishes = [OrderBy(wish.field.value, wish.direction is OrderDirection.DESC) for wish in order_by or ()]
    terms = of.source.ordering(wishes or of.default)
    ordering = Ordering(terms, scope=of.source.row.__name__)
    cut = cut_of(page, ordering=ordering)
    parts = [part for part in (within, to_filter(where, ids=of.ids)) if part is not None]
    wanted = AllOf(tuple(parts)) if len(parts) > 1 else next(iter(parts), None)
    return _Asked(terms, cut, wanted, archived), ordering


def _pages(
    source: Source[Any], parent: str, asked: _Asked
) -> Callable[[Context], DataLoader[UUID, Slice[Any]]]:
    def make(context: Context) -> DataLoader[UUID, Slice[Any]]:
        async def load(parent_ids: list[UUID]) -> list[Slice[Any]]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as database:
                found = await listing.pages_by_parent(
                    database,
                    organisation_id,
                    source,
                    parent=parent,
                    parent_ids=parent_ids,
                    terms=asked.terms,
                    cut=asked.cut,
                    where=asked.where,
                    archived=asked.archived,
                )
            await _know(context, source, [row for slice_ in found.values() for row in slice_.rows])
            return [found[parent_id] for parent_id in parent_ids]

        return DataLoader(load_fn=load)

    return make


def _counts(source: Source[Any], parent: str, asked: _Asked) -> Callable[[Context], DataLoader[UUID, int]]:
    def make(context: Context) -> DataLoader[UUID, int]:
        async def load(parent_ids: list[UUID]) -> list[int]:
            organisation_id = context.actor.organisation_id
            async with reading(context.database, organisation_id) as database:
                counted = await listing.counts_by_parent(
                    database,
                    organisation_id,
                    source,
                    parent=parent,
                    parent_ids=parent_ids,
                    where=asked.where,
                    archived=asked.archived,
                )
            return [counted[parent_id] for parent_id in parent_ids]

        return DataLoader(load_fn=load)

    return make


async def _know(context: Context, source: Source[Any], rows: Sequence[Any]) -> None:
    """See to it that the view knows the rows and what they refer to, though somebody has just written them."""
    view = await context.view()
    name = _DIRECTORY.get(source)
    if name is None:
        return
    known = getattr(view.directory, name)
    if any(row.id not in known or known[row.id].version < row.version for row in rows):
        await context.renew()
