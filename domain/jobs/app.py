"""Jobs on PostgreSQL: deferring them within a use case's transaction, and cancelling them."""

from typing import Any
from uuid import UUID

import procrastinate
import sqlalchemy as sa
from procrastinate.types import JSONValue
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError
from domain.jobs.registry import JOBS, Job

MOST_WAITING = 200
"""Jobs of one organisation that may wait."""

QUEUE = "jobs"

_BY_NAME = {job.name: job for job in JOBS}


class TooManyJobs(DomainError):
    """An organisation has too many jobs waiting."""

    code = "TOO_MANY_COMPUTATIONS"


async def defer_in(
    session: AsyncSession,
    name: str,
    /,
    *,
    organisation_id: UUID,
    slot: int = 0,
    priority: int = 0,
    **arguments: JSONValue,
) -> int:
    """Queue a job in the transaction of ``session``: it begins once that is committed, or never was.

    Jobs of one organisation and ``slot`` are done one after the other; those of others don't wait for them.
    ``arguments`` and the organisation's id (as ``organisation_id``, a string) are what the job gets.

    Returns
    -------
    int
        The job's id, for ``cancel_in``.

    Raises
    ------
    TooManyJobs
        When ``MOST_WAITING`` jobs of the organisation wait already.
    """
    job = job_named(name)
    prefix = f"{organisation_id}:"
    waiting = await session.execute(
        sa.text(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND lock >= :prefix AND lock < :beyond"
        ),
        {"prefix": prefix, "beyond": f"{organisation_id};"},
    )
    if waiting.scalar_one() >= MOST_WAITING:
        raise TooManyJobs(
            f"{MOST_WAITING} computations of your organisation wait already. Try again when some are done,"
            " or cancel some."
        )
    deferred: list[int] = (
        await session.execute(
            sa.text(
                "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, :priority, :lock, NULL,"
                " CAST(:arguments AS jsonb), NULL)]::procrastinate_job_to_defer_v1[])"
            ).bindparams(sa.bindparam("arguments", type_=sa.JSON())),
            {
                "queue": QUEUE,
                "task": job.name,
                "priority": priority,
                "lock": f"{prefix}{slot}",
                "arguments": {"organisation_id": str(organisation_id), **arguments},
            },
        )
    ).scalar_one()
    return deferred[0]


async def cancel_in(session: AsyncSession, job_id: int) -> bool:
    """End a job once the session's transaction is committed: unbegun, or in its midst.

    False when it was over already.
    """
    cancelled = await session.execute(
        sa.text("SELECT procrastinate_cancel_job_v1(:job_id, true, false)"), {"job_id": job_id}
    )
    return cancelled.scalar_one() is not None


def job_named(name: str) -> Job:
    """The kind of job with a name; ``LookupError`` if there is none."""
    return _BY_NAME[name]


def connector(url: str, *, connections: int) -> procrastinate.PsycopgConnector:
    """procrastinate's way to the database behind a SQLAlchemy URL."""
    options: dict[str, Any] = {
        "application_name": "stepchange-worker",
        "connect_timeout": 5,
        "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c timezone=UTC",
    }
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return procrastinate.PsycopgConnector(
        conninfo=plain, kwargs=options, min_size=1, max_size=connections, timeout=10
    )
