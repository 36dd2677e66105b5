"""Lists of rows from SQL as connections: the glue between page arguments and ``domain.queries.listing``.

A list is one statement for the page, and one for ``totalCount`` if it is asked for; the lists of many
parents are loaded together. The fields below a row find what it refers to in the request's view.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, TypeVar
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
from domain.queries.filters import Filter
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


class Listed(NamedTuple):
    """What a client asks of a list, in the domain's terms."""

    terms: tuple[OrderTerm, ...]
    cut: Cut
    where: Filter | None
    archived: bool


def listed(
    source: Source[Any],
    *,
    page: Page,
    where: Any,
    ids: Mapping[str, str],
    order_by: Sequence[Any] | None,
    default: Sequence[OrderBy],
    archived: bool,
) -> tuple[Listed, Ordering]:
    """Return what a client asks of a list.

    Parameters
    ----------
    source
        What is listed.
    page
        The page arguments.
    where, ids
        As in :func:`api.filters.to_filter`.
    order_by
        Inputs with a ``field``, whose value is the row's field, and a ``direction``; None or UNSET for none.
    default
        The order without wishes.
    archived
        Whether archived rows are listed.

    Raises
    ------
    BadUserInput, NotFound, InvalidInput
        When a cursor, an id, the filter or the order is not one of this list.
    """
    wishes = [OrderBy(wish.field.value, wish.direction is OrderDirection.DESC) for wish in order_by or ()]
    terms = source.ordering(wishes or default)
    ordering = Ordering(terms, scope=source.row.__name__)
    cut = cut_of(page, ordering=ordering)
    return Listed(terms, cut, to_filter(where, ids=ids), archived), ordering


async def connection_of(
    context: Context,
    source: Source[Any],
    connection: type[C],
    **asked: Any,
) -> C:
    """Return a page of the organisation's rows; the keyword arguments are those of :func:`listed`."""
    wanted, ordering = listed(source, **asked)
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as database:
        found = await listing.page(
            database,
            organisation_id,
            source,
            terms=wanted.terms,
            cut=wanted.cut,
            where=wanted.where,
            archived=wanted.archived,
        )
    await _know(context, source, found.rows)

    async def total() -> int:
        async with reading(context.database, organisation_id) as database:
            return await listing.count(
                database, organisation_id, source, where=wanted.where, archived=wanted.archived
            )

    window = window_of(found, ordering=ordering)
    return connection.of(window, nodes=as_types(object, found.rows), total=total)


async def children_of(
    context: Context,
    source: Source[Any],
    connection: type[C],
    *,
    parent: str,
    parent_id: UUID,
    **asked: Any,
) -> C:
    """Return a page of a parent's rows, read together with those of the other parents of the request.

    ``parent`` is the row's field that refers to the parent; further arguments are those of :func:`listed`.
    """
    wanted, ordering = listed(source, **asked)
    pages = context.loader(("pages", source, parent, wanted), _pages(source, parent, wanted))
    found = await pages.load(parent_id)
    counts = context.loader(
        ("counts", source, parent, wanted.where, wanted.archived), _counts(source, parent, wanted)
    )
    return connection.of(
        window_of(found, ordering=ordering),
        nodes=as_types(object, found.rows),
        total=lambda: counts.load(parent_id),
    )


def _pages(
    source: Source[Any], parent: str, wanted: Listed
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
                    terms=wanted.terms,
                    cut=wanted.cut,
                    where=wanted.where,
                    archived=wanted.archived,
                )
            await _know(context, source, [row for slice_ in found.values() for row in slice_.rows])
            return [found[parent_id] for parent_id in parent_ids]

        return DataLoader(load_fn=load)

    return make


def _counts(source: Source[Any], parent: str, wanted: Listed) -> Callable[[Context], DataLoader[UUID, int]]:
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
                    where=wanted.where,
                    archived=wanted.archived,
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
