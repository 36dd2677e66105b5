"""Initiatives in the answer to a mutation: as they are after it, with all that belongs to them."""

from collections.abc import Sequence
from uuid import UUID

from api.context import Context
from api.initiative.types import Initiative
from api.nodes import as_type, as_types, fetch_of
from domain.errors import NotFound


async def initiative_after(context: Context, initiative_id: UUID) -> Initiative:
    """The initiative after a write, from a view that knows it.

    Raises
    ------
    NotFound
        When it is not there any more.
    """
    await context.written()
    rows = await _rows(context, [initiative_id])
    if rows[0] is None:
        raise NotFound("There is no initiative with this id.", path=("id",))
    return as_type(Initiative, rows[0])


async def initiatives_of(context: Context, ids: Sequence[UUID]) -> list[Initiative]:
    """The initiatives with these ids, which are there, from a view that knows them."""
    return as_types(Initiative, await _rows(context, ids))


async def _rows(context: Context, ids: Sequence[UUID]) -> list[object]:
    fetch = fetch_of("Initiative")
    return [] if fetch is None else await fetch(context, list(ids))
