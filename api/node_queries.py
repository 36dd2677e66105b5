"""``node`` and ``nodes``: any entity by its global id."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

import strawberry

from api.context import Context, Info
from api.errors import BadUserInput
from api.ids import GlobalId, decode_id
from api.nodes import Node, as_type, fetch_of
from api.permissions import READ

MOST_NODES = 100


@strawberry.type
class NodeQueries:
    """Merged into ``Query``."""

    @strawberry.field(
        description="The entity with a global id; null when it is not there or not the viewer's.", **READ
    )
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="A global id.")],
    ) -> Node | None:
        (found,) = await _nodes(info.context, [id])
        return found

    @strawberry.field(
        description="The entities with these global ids, in their order; null for each that is not there"
        f" or not the viewer's. At most {MOST_NODES} ids.",
        **READ,
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Global ids.")],
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise BadUserInput(f"Ask for at most {MOST_NODES} ids at a time.", argument="ids")
        return await _nodes(info.context, ids)


async def rows_of(context: Context, keys: Sequence[GlobalId]) -> list[Node | None]:
    """The node of each key, in order; None for what is not there or not the viewer's. Set-based by type."""
    by_type: defaultdict[str, list[GlobalId]] = defaultdict(list)
    for key in keys:
        by_type[key.type_name].append(key)
    found: dict[GlobalId, object] = {}
    for type_name, same in by_type.items():
        fetch = fetch_of(type_name)
        if fetch is not None:
            rows = await fetch(context, [key.uuid for key in same])
            found |= zip(same, rows, strict=True)
    return [as_type(Node, found.get(key)) for key in keys]


async def _nodes(context: Context, ids: list[strawberry.ID]) -> list[Node | None]:
    await context.view()
    decoded = [decode_id(value) for value in ids]
    nodes = iter(await rows_of(context, [key for key in decoded if key is not None]))
    return [None if key is None else next(nodes) for key in decoded]
