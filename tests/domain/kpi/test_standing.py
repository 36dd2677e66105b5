"""Where a KPI stands, kept step by step, is where its series puts it."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.kpi import BreachRestore, KpiUpdate, MeasurementCorrect
from domain.db import Database, reading, transaction
from domain.enums import ErrorPolicy
from domain.errors import DomainError, InvalidInput
from domain.kpi.breach import restore_breach
from domain.kpi.crossing import healthy_run
from domain.kpi.definition import update_kpi
from domain.kpi.measuring import NewMeasurement, add_measurements, correct_measurement
from domain.kpi.queries import open_breaches_of
from domain.kpi.standard import RECENT, level_of
from domain.kpi.standing import Standing, hold_standings, restand
from domain.models import Kpi
from tests.domain.kpi.moments import NOW
from tests.factories import a_kpi, an_organisation

MEASURED = """SELECT measured_at, value FROM measurement
  WHERE kpi_id = :kpi AND superseded_at IS NULL AND value IS NOT NULL ORDER BY measured_at"""


async def _held(database: Database, actor: Actor, kpi_id: UUID) -> tuple[Standing, Standing]:
    """What is kept, and what a KPI with this series gets anew."""
    async with transaction(database, actor) as session:
        kpi = await session.get_one(Kpi, (actor.organisation_id, kpi_id))
        kept = (await hold_standings(session, actor.organisation_id, [kpi_id]))[kpi_id]
        bare = replace(
            kept, level=None, last_value=None, last_measured_at=None, recent_at=[], recent_values=[]
        )
        anew = await restand(
            session,
            actor.organisation_id,
            {kpi_id: kpi},
            {kpi_id: bare},
            further={},
            counts={},
            rewritten=[kpi_id],
            now=NOW,
        )
    return kept, anew[kpi_id]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_is_kept_step_by_step_is_what_the_series_says(database: Database, seed: int) -> None:
    actor, dice = await an_organisation(database), Random(seed)
    kpi = await a_kpi(database, actor, now=NOW, recovery_measurements=dice.randint(1, 3))
    clock, times = NOW - timedelta(days=400), list[datetime]()
    for _ in range(18):
        act = dice.choice(["add", "add", "many", "late", "correct", "take back", "restore", "standard"])
        clock += timedelta(days=dice.randint(1, 9))
        value = float(dice.randint(70, 100))
        if act in ("add", "many", "late") or not times:
            count = dice.randint(5, 12) if act == "many" else 1
            start = clock - timedelta(days=dice.randint(20, 60)) if act == "late" else clock
            items: list[NewMeasurement | DomainError] = [
                NewMeasurement(kpi.id, value - step, start + timedelta(hours=step)) for step in range(count)
            ]
            clock += timedelta(days=1)
            await add_measurements(database, actor, items, ErrorPolicy.REJECT_FAILED, now=clock)
            times += [item.measured_at for item in items if not isinstance(item, DomainError)]
        elif act == "restore":
            async with reading(database, actor.organisation_id) as connection:
                found = await open_breaches_of(connection, actor.organisation_id)
            for breach in found.values():
                await restore_breach(database, actor, BreachRestore(id=breach.id, reason="Dice."), now=clock)
        elif act == "standard":
            change = {"id": kpi.id, "amber_low": 82.0 + dice.randint(0, 8)}
            kpi = await update_kpi(database, actor, KpiUpdate.parse(change), now=clock)
        else:
            wrong = MeasurementCorrect(
                kpi_id=kpi.id,
                measured_at=dice.choice(times),
                value=None if act == "take back" else value + 0.5,
                reason="Dice.",
            )
            # what is taken back already, or has this value, has nothing to correct
            with suppress(InvalidInput):
                await correct_measurement(database, actor, wrong, now=clock)
        kept, anew = await _held(database, actor, kpi.id)
        assert kept == anew
        async with reading(database, actor.organisation_id) as connection:
            series = [tuple(row) for row in await connection.execute(sa.text(MEASURED), {"kpi": kpi.id})]
            open_ones = await open_breaches_of(connection, actor.organisation_id)
        assert list(zip(kept.recent_at, kept.recent_values, strict=True)) == series[-RECENT:]
        assert kept.measurement_count == len(series)
        levels = [level_of(value, kpi) for _, value in series]
        assert kept.healthy_run == healthy_run(reversed(levels[-RECENT:]))
        if open_ones and levels:
            assert open_ones[kpi.id].level is levels[-1]
            assert not kept.armed
