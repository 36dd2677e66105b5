"""When an organisation works, and when drift is worth an alert; with defaults until somebody decides."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.commands.capacity import CapacitySettingsUpdate
from domain.db import Database, transaction
from domain.errors import Conflict, InvalidInput
from domain.models import CapacitySetting, metadata
from domain.periods import Weekday
from domain.rows import columns
from domain.rows_capacity import CapacitySettingRow

DEFAULTS = CapacitySettingRow(
    working_weekdays=[day.value for day in Weekday if day.number < 5],
    hours_per_day=8.0,
    drift_tolerance=0.05,
    drift_periods=3,
    version=0,
)
"""Monday to Friday, eight hours a day; an alert when step-change lacks 5 points of its share for 3 weeks."""


async def read_settings(connection: AsyncConnection | AsyncSession) -> CapacitySettingRow:
    """The settings of the organisation that the connection is in."""
    query = sa.select(*columns(CapacitySetting, CapacitySettingRow))
    row = (await connection.execute(query)).one_or_none()
    return DEFAULTS if row is None else CapacitySettingRow._make(row)


def working_weekdays(settings: CapacitySettingRow) -> frozenset[int]:
    """The working days as ``date.weekday`` counts them."""
    return frozenset(Weekday(day).number for day in settings.working_weekdays)


async def update_settings(
    database: Database, actor: Actor, command: CapacitySettingsUpdate
) -> CapacitySettingRow:
    """Change the settings; what is left out stays as it is.

    Raises
    ------
    InvalidInput, Conflict
        When a weekday is named twice; when the version moved on (0 before the first change).
    """
    async with transaction(database, actor) as session:
        key = sa.func.hashtextextended(f"capacity settings:{actor.organisation_id}", 0)
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
        before = await read_settings(session)
        if command.expected_version not in (None, before.version):
            raise Conflict(
                f"The settings are at version {before.version}, not {command.expected_version}: somebody"
                " changed them meanwhile. Read them again and decide anew.",
                expected_version=command.expected_version,
                actual_version=before.version,
                path=("expectedVersion",),
            )
        days = command.working_weekdays
        if days is not None and len(set(days)) < len(days):
            raise InvalidInput("Name each working day once.", path=("workingWeekdays",))
        given: dict[str, Any] = command.model_dump(exclude={"expected_version"}, exclude_none=True)
        if days is not None:
            given["working_weekdays"] = [day.value for day in Weekday if day in days]
        after = before._replace(**given)
        if after != before:
            values = after._asdict()
            del values["version"]
            row = {"organisation_id": actor.organisation_id, **values}
            table = metadata.tables["capacity_setting"]
            if before.version:
                await session.execute(
                    sa.update(table)
                    .where(table.c.organisation_id == actor.organisation_id)
                    .values(**values, version=table.c.version + 1, updated_at=sa.func.now())
                )
            else:
                await session.execute(sa.insert(table).values(**row))
        return await read_settings(session)
