"""What time does to KPIs, as a periodic job of every organisation."""

from datetime import datetime
from uuid import UUID

from domain.actor import System
from domain.jobs.registry import JobServices
from domain.kpi.escalation import MOST_STEPS, escalate_due

JOB = "kpi_escalation"


async def take_due_steps(
    services: JobServices, organisation_id: UUID, now: datetime, *, limit: int = MOST_STEPS
) -> None:
    """Take all steps that are due, also those of an outage, in portions of ``limit`` that hold nothing for long."""
    system = System(organisation_id=organisation_id, job=JOB)
    while (await escalate_due(services.database, system, now=now, limit=limit)).more:
        pass
