"""Which teams contribute to objectives, and which initiatives to key results, read set-based."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.models import Contribution, ObjectiveContributor
from domain.queries.listing import Source


class ContributionPlace(NamedTuple):
    """Where a contribution to a key result is to be found."""

    key_result_id: UUID
    initiative_id: UUID
    portfolio_id: UUID
    created_at: datetime


CONTRIBUTION_PLACES = Source(Contribution, ContributionPlace)


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
