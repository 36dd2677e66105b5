"""What the tests let workers do; what happened is told in ``happened``."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from domain.jobs.registry import Job, JobServices, Periodic

happened: list[str] = []


async def note(services: JobServices, *, organisation_id: str, name: str) -> None:
    """Note a name."""
    happened.append(name)


async def linger(services: JobServices, *, organisation_id: str, name: str) -> None:
    """Note a name, wait, and note how it ended."""
    happened.append(f"{name} begins")
    try:
        await asyncio.sleep(0.3 if name.startswith("short") else 60)
    except asyncio.CancelledError:
        happened.append(f"{name} broken off")
        raise
    happened.append(f"{name} ends")


async def fail(services: JobServices, *, organisation_id: str, name: str) -> None:
    """Raise."""
    happened.append(name)
    raise ValueError(name)


async def abandoned(services: JobServices, *, organisation_id: str, name: str) -> None:
    """Note that a job is given up."""
    happened.append(f"{name} abandoned")


async def step(services: JobServices, organisation_id: UUID, now: datetime) -> None:
    """Note an organisation."""
    happened.append(f"{organisation_id} {now.isoformat()}")


_HERE = "tests.domain.jobs.work"

JOBS = tuple(
    Job(name=name, function=f"{_HERE}:{name}", abandoned=f"{_HERE}:abandoned", attempts=2)
    for name in ("note", "linger", "fail")
)
PERIODIC = (Periodic(name="step", cron="* * * * * *", function=f"{_HERE}:step"),)


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something to hold."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what happens in a worker sets no event
            await asyncio.sleep(0.02)
