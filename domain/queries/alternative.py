"""Set-based reads of groups of alternatives."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import AlternativeGroup, metadata
from domain.queries.listing import Source
from domain.rows_planning import AlternativeGroupRow

ALTERNATIVE_GROUPS = Source(AlternativeGroup, AlternativeGroupRow)

_MEMBERS = metadata.tables["alternative_member"]


async def groups_of(
    connection: AsyncConnection, organisation_id: UUID, portfolio_ids: Collection[UUID], *, archived: bool
) -> dict[UUID, list[AlternativeGroupRow]]:
    """Return the groups of each portfolio, by name; ``archived`` includes archived ones."""
    table = ALTERNATIVE_GROUPS.table
    statement = (
        ALTERNATIVE_GROUPS.select(organisation_id, archived=archived)
        .where(table.c.portfolio_id == sa.any_(sa.cast(list(portfolio_ids), sa.ARRAY(sa.Uuid))))
        .order_by(sa.func.lower(table.c.name), table.c.id)
    )
    found: dict[UUID, list[AlternativeGroupRow]] = {portfolio_id: [] for portfolio_id in portfolio_ids}
    for row in map(AlternativeGroupRow._make, await connection.execute(statement)):
        found[row.portfolio_id].append(row)
    return found


async def members_of(
    connection: AsyncConnection, organisation_id: UUID, group_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ...]]:
    """Return the initiatives of each group, in the order of their ids."""
    statement = (
        sa.select(_MEMBERS.c.group_id, _MEMBERS.c.initiative_id)
        .where(
            _MEMBERS.c.organisation_id == organisation_id,
            _MEMBERS.c.group_id == sa.any_(sa.cast(list(group_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(_MEMBERS.c.group_id, _MEMBERS.c.initiative_id)
    )
    members: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for group_id, initiative_id in (await connection.execute(statement)).all():
        members[group_id].append(initiative_id)
    return {group_id: tuple(members[group_id]) for group_id in group_ids}
