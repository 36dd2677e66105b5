"""A worker: takes jobs from PostgreSQL and does them, and sees to it that periodic steps happen.

Any number of workers on any number of machines work together: a job is done by one of them, and when that
one dies, by another.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import procrastinate
import psycopg
import psycopg_pool
import sqlalchemy as sa
import structlog
from procrastinate import exceptions, job_context

from domain.db import Database, without_tenant
from domain.errors import DatabaseUnavailable
from domain.jobs.app import QUEUE, connector
from domain.jobs.registry import JOBS, PERIODIC, Job, JobServices, Periodic, resolve

log = structlog.stdlib.get_logger("stepchange.worker")

PERIODIC_QUEUE = "periodic"

HEARTBEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 12.0
"""A worker that has not been heard of for so long is taken for dead, and its jobs are done by others."""

_POLL_SECONDS = 2.0
_RESTART_SECONDS = 1.0
_SHUTDOWN_SECONDS = 2.0
_KEEP_DAYS = 7

_LOST = (exceptions.ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout, DatabaseUnavailable, OSError)


async def work(
    services: JobServices,
    *,
    concurrency: int = 1,
    jobs: Sequence[Job] = JOBS,
    periodic: Sequence[Periodic] = PERIODIC,
    dead_after_seconds: float = DEAD_AFTER_SECONDS,
) -> None:
    """Do jobs, ``concurrency`` at a time, until cancelled; a lost database is waited for.

    When cancelled, jobs that don't end within two seconds are broken off, and are done again by the next
    worker.
    """
    while True:
        try:
            await _work(
                services,
                concurrency=concurrency,
                jobs=jobs,
                periodic=periodic,
                dead_after_seconds=dead_after_seconds,
            )
        except* _LOST as errors:
            log.warning("worker_interrupted", error=type(errors.exceptions[0]).__name__)
        await asyncio.sleep(_RESTART_SECONDS)


async def _work(
    services: JobServices,
    *,
    concurrency: int,
    jobs: Sequence[Job],
    periodic: Sequence[Periodic],
    dead_after_seconds: float,
) -> None:
    url = services.database.engine.url.render_as_string(hide_password=False)
    way = connector(url, connections=concurrency + 2)
    # one app for each queue: what is due is not to wait for long computations
    computing, stepping = procrastinate.App(connector=way), procrastinate.App(connector=way)
    for job in jobs:
        _add_job(computing, job, services)
    for step in periodic:
        _add_periodic(stepping, step, services)
    async with way_open(way), asyncio.TaskGroup() as group:
        workers = [
            group.create_task(_run(computing, QUEUE, concurrency)),
            group.create_task(_run(stepping, PERIODIC_QUEUE, 1)),
        ]
        watch = group.create_task(
            _take_over(services, {job.name: job for job in jobs}, dead_after_seconds=dead_after_seconds)
        )
        # a worker that has lost its connection ends by itself: begin anew with all of them
        await asyncio.wait([*workers, watch], return_when=asyncio.FIRST_COMPLETED)
        for task in (*workers, watch):
            task.cancel()


@contextlib.asynccontextmanager
async def way_open(way: procrastinate.PsycopgConnector) -> Any:
    """The connector, open."""
    await way.open_async()
    try:
        yield
    finally:
        await way.close_async()


async def _run(app: procrastinate.App, queue: str, concurrency: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=_POLL_SECONDS,
        abort_job_polling_interval=_POLL_SECONDS,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        # others may be doing its work already; rows of workers are kept until nothing can refer to them
        stalled_worker_timeout=3_600,
        shutdown_graceful_timeout=_SHUTDOWN_SECONDS,
        delete_jobs="successful",
    )


class _WhenBrokenOff(procrastinate.BaseRetryStrategy):
    """Try again what was broken off because the worker is to end; errors are not tried again."""

    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        broken_off = isinstance(exception, asyncio.CancelledError)
        return procrastinate.RetryDecision(retry_in={"seconds": 0}) if broken_off else None


def _add_job(app: procrastinate.App, job: Job, services: JobServices) -> None:
    function = resolve(job.function)

    async def run(context: job_context.JobContext, /, **arguments: Any) -> None:
        try:
            await function(services, **arguments)
        except asyncio.CancelledError:
            if context.abort_reason() is job_context.AbortReason.USER_REQUEST:
                raise exceptions.JobAborted from None
            raise

    app.task(
        name=job.name,
        queue=QUEUE,
        pass_context=True,
        retry=_WhenBrokenOff(),
    )(run)


def _add_periodic(app: procrastinate.App, step: Periodic, services: JobServices) -> None:
    function = resolve(step.function)

    async def run(timestamp: int) -> None:
        failed = 0
        for organisation_id in await organisations(services.database, among=step.among):
            try:
                await function(services, organisation_id, services.now())
            except Exception:
                # what goes wrong for one organisation holds up no other; the step comes again
                log.exception("periodic_step_failed", step=step.name, organisation_id=str(organisation_id))
                failed += 1
        if failed:
            log.warning("periodic_step_incomplete", step=step.name, failed=failed)

    # the lock keeps a slow round from being overtaken; a second one that waits is enough
    task = app.task(name=step.name, queue=PERIODIC_QUEUE, lock=step.name, queueing_lock=step.name)(run)
    app.periodic(cron=step.cron)(task)


async def organisations(database: Database, *, among: str = "organisation") -> list[UUID]:
    """All organisations, or those with rows in a table, for work that is due in each."""
    column: sa.ColumnClause[UUID] = sa.column("id" if among == "organisation" else "organisation_id")
    query = sa.select(column).select_from(sa.table(among)).distinct().order_by(column)
    async with without_tenant(database, periodic="on") as connection:
        return list((await connection.execute(query)).scalars())


_DEAD = sa.text(
    "SELECT job.id, job.task_name, job.args, job.attempts, job.abort_requested FROM procrastinate_jobs job"
    " LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id"
    " WHERE job.status = 'doing' AND (worker.id IS NULL"
    "  OR worker.last_heartbeat < now() - make_interval(secs => :seconds))"
    " ORDER BY job.id LIMIT 20 FOR UPDATE OF job SKIP LOCKED"
)
_AGAIN = sa.text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
_FAILED = sa.text("SELECT procrastinate_finish_job_v1(:id, 'failed', false)")
_OLD = sa.text(
    "DELETE FROM procrastinate_jobs job WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_events event WHERE event.job_id = job.id"
    "  AND event.at > now() - make_interval(days => :days))"
    " AND NOT EXISTS (SELECT 1 FROM procrastinate_periodic_defers defer WHERE defer.job_id = job.id)"
)


async def _take_over(services: JobServices, jobs: Mapping[str, Job], *, dead_after_seconds: float) -> None:
    rounds = 0
    while True:
        await take_over(services, jobs, dead_after_seconds=dead_after_seconds)
        if rounds % 1_000 == 0:
            async with services.database.engine.begin() as connection:
                await connection.execute(_OLD, {"days": _KEEP_DAYS})
        rounds += 1
        await asyncio.sleep(min(HEARTBEAT_SECONDS, dead_after_seconds / 2))


async def take_over(services: JobServices, jobs: Mapping[str, Job], *, dead_after_seconds: float) -> int:
    """Queue the jobs of dead workers again, or give them up; how many there were.

    The jobs are locked meanwhile, so that of several workers one does this.
    """
    async with services.database.engine.begin() as connection:
        dead = (await connection.execute(_DEAD, {"seconds": dead_after_seconds})).all()
        for row in dead:
            job = jobs.get(row.task_name)
            if row.abort_requested or (job is not None and row.attempts + 1 >= job.attempts):
                if job is not None:
                    await resolve(job.abandoned)(services, **row.args)
                await connection.execute(_FAILED, {"id": row.id})
                log.warning("job_abandoned", job=row.task_name, id=row.id)
            else:
                await connection.execute(_AGAIN, {"id": row.id})
                log.warning("job_taken_over", job=row.task_name, id=row.id)
    return len(dead)


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)
