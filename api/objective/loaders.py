"""What belongs to objectives and is in no view: loaded for all objectives of a request together."""

from uuid import UUID

from strawberry.dataloader import DataLoader

from api.context import Context
from domain.db import reading
from domain.queries.contributing import contributing_teams


async def contributing_team_ids(context: Context, objective_id: UUID) -> tuple[UUID, ...]:
    """Return the teams that contribute to an objective besides its owner; the view knows them."""
    loader = context.loader("contributing teams", _contributing_teams)
    return await loader.load(objective_id)


def _contributing_teams(context: Context) -> DataLoader[UUID, tuple[UUID, ...]]:
    async def load(objective_ids: list[UUID]) -> list[tuple[UUID, ...]]:
        organisation_id = context.actor.organisation_id
        async with reading(context.database, organisation_id) as connection:
            found = await contributing_teams(connection, organisation_id, objective_ids)
        teams = (await context.view()).directory.teams
        if any(team_id not in teams for ids in found.values() for team_id in ids):
            await context.renew()
        return [found[objective_id] for objective_id in objective_ids]

    return DataLoader(load_fn=load)
