"""What an organisation allows a solve to take."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.db import Database, transaction
from domain.entities import upsert
from domain.models import ScenarioSetting, metadata
from domain.scenario.commands import MOST_BUDGET_SECONDS, ScenarioSettingUpdate

_SETTINGS = metadata.tables["scenario_setting"]


async def most_budget_seconds(connection: AsyncSession | AsyncConnection, organisation_id: UUID) -> float:
    """The largest budget of a solve."""
    query = sa.select(_SETTINGS.c.most_budget_seconds).where(_SETTINGS.c.organisation_id == organisation_id)
    found: float | None = (await connection.execute(query)).scalar_one_or_none()
    return MOST_BUDGET_SECONDS if found is None else found


async def update_scenario_setting(database: Database, actor: Actor, command: ScenarioSettingUpdate) -> float:
    """Say what a solve may take, and return it."""
    async with transaction(database, actor) as session:
        row = {"organisation_id": actor.organisation_id, **command.model_dump()}
        await session.execute(upsert(ScenarioSetting, [row], key=("organisation_id",)))
        return await most_budget_seconds(session, actor.organisation_id)
