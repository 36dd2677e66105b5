"""What time does to drift, as a periodic job of every organisation."""

from datetime import datetime
from uuid import UUID

from domain.drift.evaluation import drift_alerts_due
from domain.jobs.registry import JobServices


async def open_due_alerts(services: JobServices, organisation_id: UUID, now: datetime) -> None:
    """Open and recover alerts because weeks are over, or policies hold by now."""
    await drift_alerts_due(services.database, organisation_id, now)
