"""Initiatives that other entries refer to, of whatever portfolio: loaded together for a request."""

from typing import Any
from uuid import UUID

from strawberry.dataloader import DataLoader

from api.context import Context
from api.nodes import fetch_of


async def initiative_of(context: Context, initiative_id: UUID) -> Any:
    """The initiative with this key, from a view that knows its portfolio; None if it is not there."""
    return await context.loader("initiatives", _loading).load(initiative_id)


def _loading(context: Context) -> DataLoader[UUID, Any]:
    async def load(ids: list[UUID]) -> list[Any]:
        fetch = fetch_of("Initiative")
        return [None for _ in ids] if fetch is None else await fetch(context, ids)

    return DataLoader(load_fn=load)
