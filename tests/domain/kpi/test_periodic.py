"""The periodic job takes all that is due, in portions."""

from datetime import timedelta

import sqlalchemy as sa

from domain.commands.kpi import EscalationPathSet, EscalationStep, MeasurementAdd
from domain.db import Database, reading
from domain.jobs.registry import PERIODIC, JobServices, resolve
from domain.jobs.solver import SolverPool
from domain.kpi.escalation import set_escalation_path
from domain.kpi.measuring import add_measurement
from tests.domain.kpi.moments import NOW
from tests.factories import a_kpi, an_organisation
from tests.trail import trail


async def test_nothing_that_is_due_is_left(database: Database) -> None:
    actor = await an_organisation(database)
    for _ in range(3):
        kpi = await a_kpi(database, actor, now=NOW)
        levels = [EscalationStep(delay_hours=hours, member_ids=[actor.member_id]) for hours in (1, 2)]
        await set_escalation_path(database, actor, EscalationPathSet(kpi_id=kpi.id, levels=levels))
        red = MeasurementAdd(kpi_id=kpi.id, value=1, measured_at=NOW)
        await add_measurement(database, actor, red, now=NOW)
    (job,) = (step for step in PERIODIC if step.name == "kpi_escalation")
    services = JobServices(database=database, solver=SolverPool(), now=lambda: NOW)
    await resolve(job.function)(services, actor.organisation_id, NOW + timedelta(days=20), limit=2)
    async with reading(database, actor.organisation_id) as connection:
        query = "SELECT count(*), count(DISTINCT breach_id) FROM breach_event WHERE kind = 'escalated'"
        assert tuple((await connection.execute(sa.text(query))).one()) == (6, 3)
        stale = "SELECT count(*) FROM kpi_state WHERE stale_noted_at IS NOT NULL"
        assert (await connection.execute(sa.text(stale))).scalar_one() == 3
    operations = [entry[0] for entry in await trail(database, actor, "breach")]
    assert operations == ["insert"] * 3 + ["update"] * 3
