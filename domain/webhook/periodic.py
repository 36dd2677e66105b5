"""The periodic step of webhooks."""

from datetime import datetime
from uuid import UUID

from domain.jobs.registry import JobServices
from domain.webhook.gathering import gather
from domain.webhook.sending import AT_ONCE, send_due


async def tell_webhooks(services: JobServices, organisation_id: UUID, now: datetime) -> None:
    """Gather what has changed, and send what is due."""
    await gather(services.database, organisation_id, now, describe=services.describe_change)
    while (
        await send_due(services.database, organisation_id, now, private=services.calls_private_addresses)
        == AT_ONCE
    ):
        continue
