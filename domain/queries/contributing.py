"""Which teams contribute to objectives, read set-based."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import ObjectiveContributor


async def contributing_teams(
    connection: AsyncConnection, organisation_id: UUID, objective_ids: Collection[UUID]
) -> dict[UUID, tuple[UUID, ...]]:
    """Return the ids of each objective's contributing teams, in one statement; none for one without."""
    table = sa.inspect(ObjectiveContributor).local_table
    query = (
        sa.select(table.c.objective_id, table.c.team_id)
        .where(
            table.c.organisation_id == organisation_id,
            table.c.objective_id == sa.any_(sa.cast(list(objective_ids), sa.ARRAY(sa.Uuid))),
        )
        .order_by(table.c.objective_id, table.c.team_id)
    )
    teams: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for objective_id, team_id in await connection.execute(query):
        teams[objective_id].append(team_id)
    return {objective_id: tuple(teams[objective_id]) for objective_id in objective_ids}
