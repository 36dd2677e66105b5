"""Rules of entities that have a parent of their own kind."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import HierarchyLoop
from domain.models.base import Entity


async def refuse_loop(
    session: AsyncSession,
    actor: Actor,
    model: type[Entity],
    *,
    entity_id: UUID,
    parent_id: UUID,
    label: str,
) -> None:
    """Refuse a parent that is the entity itself or one of its descendants.

    The caller holds ``lock_hierarchy``: without it, two writers could close a loop together.

    Parameters
    ----------
    label
        Column whose text names an entity in the message.

    Raises
    ------
    HierarchyLoop
        Naming the chain that would be closed.
    """
    table = sa.inspect(model).local_table
    mine = table.c.organisation_id == actor.organisation_id
    chain = (
        sa.select(table.c.id, table.c.parent_id, table.c[label].label("name"), sa.literal(1).label("step"))
        .where(mine, table.c.id == parent_id)
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        sa.select(table.c.id, table.c.parent_id, table.c[label], chain.c.step + 1).where(
            mine, table.c.id == chain.c.parent_id, chain.c.id != entity_id
        )
    )
    above = (await session.execute(sa.select(chain.c.id, chain.c.name).order_by(chain.c.step))).all()
    if not above or above[-1].id != entity_id:
        return
    names = " → ".join(row.name for row in (above[-1], *above))
    raise HierarchyLoop(
        f"This parent would close a loop: {names}. Choose one that is not below it.",
        loop=[row.id for row in above[::-1]],
        path=("parentId",),
    )
