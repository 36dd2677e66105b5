"""Workers: every job once, whoever dies; no organisation waits for another's; periodic steps."""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.db import Database, transaction
from domain.jobs import app as jobs_app
from domain.jobs import registry
from domain.jobs.app import TooManyJobs, cancel_in, defer_in
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverPool
from domain.jobs.worker import take_over, work
from tests.factories import an_organisation

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
# the worker imports what a path names: the same module as the one that it fills
doing: Any = importlib.import_module("tests.domain.jobs.work")


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs_app, "_BY_NAME", {job.name: job for job in doing.JOBS})
    doing.happened.clear()
    yield
    doing.happened.clear()


def services(database: Database) -> JobServices:
    return JobServices(database=database, solver=SolverPool(), now=lambda: NOW)


@asynccontextmanager
async def a_worker(
    database: Database, *, concurrency: int = 1, periodic: Any = (), dead_after_seconds: float = 12
) -> AsyncIterator[None]:
    task = asyncio.create_task(
        work(
            services(database),
            concurrency=concurrency,
            jobs=doing.JOBS,
            periodic=periodic,
            dead_after_seconds=dead_after_seconds,
        )
    )
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def defer(database: Database, actor: Actor, job: str, name: str, **options: Any) -> int:
    async with transaction(database, actor) as session:
        return await defer_in(session, job, organisation_id=actor.organisation_id, name=name, **options)


async def status_of(database: Database, job_id: int) -> str | None:
    async with database.engine.connect() as connection:
        found = await connection.execute(
            sa.text("SELECT status::text FROM procrastinate_jobs WHERE id = :id"), {"id": job_id}
        )
        return found.scalar_one_or_none()


def test_every_registered_function_can_be_imported() -> None:
    for job in registry.JOBS:
        assert callable(registry.resolve(job.function))
        assert callable(registry.resolve(job.abandoned))
    for step in registry.PERIODIC:
        assert callable(registry.resolve(step.function))


async def test_a_job_belongs_to_its_transaction_and_is_done_once_by_several_workers(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    with pytest.raises(ZeroDivisionError):
        async with transaction(database, actor) as session:
            await defer_in(session, "note", organisation_id=actor.organisation_id, name="never")
            raise ZeroDivisionError
    names = [f"job {number}" for number in range(12)]
    for name in names:
        await defer(database, actor, "note", name)
    async with a_worker(database), a_worker(database):
        await doing.until(lambda: len(doing.happened) >= len(names))
        await asyncio.sleep(0.2)
    assert sorted(doing.happened) == sorted(names)


async def test_an_organisation_does_not_wait_for_the_many_jobs_of_another(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    for number in range(3):
        await defer(database, ours, "linger", f"short {number}")
    await defer(database, theirs, "linger", "short theirs")
    async with a_worker(database, concurrency=2):
        await doing.until(lambda: "short theirs ends" in doing.happened)
        assert "short 1 ends" not in doing.happened
        await doing.until(lambda: "short 2 ends" in doing.happened)
    begun = [name for name in doing.happened if name.startswith("short") and name.endswith("begins")]
    assert begun.index("short 0 begins") < begun.index("short 1 begins") < begun.index("short 2 begins")


async def test_cancelling_ends_a_job_that_waits_and_one_in_its_midst(database: Database) -> None:
    actor = await an_organisation(database)
    running = await defer(database, actor, "linger", "long")
    waiting = await defer(database, actor, "linger", "waiting")
    async with a_worker(database):
        await doing.until(lambda: "long begins" in doing.happened)
        for job_id in (waiting, running):
            async with transaction(database, actor) as session:
                assert await cancel_in(session, job_id)
        await doing.until(lambda: "long broken off" in doing.happened)
        await defer(database, actor, "note", "next")
        await doing.until(lambda: "next" in doing.happened)
        async with transaction(database, actor) as session:
            assert not await cancel_in(session, running)
    assert doing.happened == ["long begins", "long broken off", "next"]
    assert await status_of(database, running) == "aborted"
    assert await status_of(database, waiting) == "cancelled"


async def test_an_error_ends_the_job_and_no_other(database: Database) -> None:
    actor = await an_organisation(database)
    failed = await defer(database, actor, "fail", "broken")
    await defer(database, actor, "note", "next")
    async with a_worker(database):
        await doing.until(lambda: "next" in doing.happened)
    assert doing.happened == ["broken", "next"]
    assert await status_of(database, failed) == "failed"


async def test_what_a_worker_breaks_off_when_it_ends_is_done_by_the_next(database: Database) -> None:
    actor = await an_organisation(database)
    job = await defer(database, actor, "linger", "long")
    async with a_worker(database):
        await doing.until(lambda: "long begins" in doing.happened)
    assert doing.happened == ["long begins", "long broken off"]
    assert await status_of(database, job) == "todo"
    async with a_worker(database):
        await doing.until(lambda: doing.happened.count("long begins") == 2)


async def test_the_job_of_a_dead_worker_is_done_again_and_given_up_in_the_end(database: Database) -> None:
    actor = await an_organisation(database)
    job = await defer(database, actor, "note", "deadly")
    known = {one.name: one for one in doing.JOBS}

    async def die() -> None:
        async with database.engine.begin() as connection:
            await connection.execute(
                sa.text(
                    "WITH worker AS (INSERT INTO procrastinate_workers (last_heartbeat)"
                    " VALUES (now() - interval '1 minute') RETURNING id)"
                    " UPDATE procrastinate_jobs SET status = 'doing', worker_id = worker.id FROM worker"
                )
            )

    await die()
    assert await take_over(services(database), known, dead_after_seconds=120) == 0
    both = await asyncio.gather(
        *(take_over(services(database), known, dead_after_seconds=12) for _ in range(2))
    )
    assert sorted(both) == [0, 1]
    assert await status_of(database, job) == "todo"
    await die()
    assert await take_over(services(database), known, dead_after_seconds=12) == 1
    assert await status_of(database, job) == "failed"
    assert doing.happened == ["deadly abandoned"]


async def test_an_organisation_can_not_fill_the_queue(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_app, "MOST_WAITING", 2)
    ours, theirs = await an_organisation(database), await an_organisation(database)
    for _ in range(2):
        await defer(database, ours, "note", "one")
    with pytest.raises(TooManyJobs, match="2 computations"):
        await defer(database, ours, "note", "one too many", slot=1)
    await defer(database, theirs, "note", "another's")


async def test_a_periodic_step_is_done_once_for_every_organisation_and_moment(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    async with (
        a_worker(database, periodic=doing.PERIODIC),
        a_worker(database, periodic=doing.PERIODIC),
    ):
        await doing.until(lambda: len(doing.happened) >= 6)
    async with database.engine.connect() as connection:
        rounds = await connection.execute(
            sa.text("SELECT count(*) FROM procrastinate_events WHERE type = 'deferred'")
        )
        # done jobs are deleted with their events; what is left has not been done
        assert rounds.scalar_one() <= 2
    expected = {f"{actor.organisation_id} {NOW.isoformat()}" for actor in (ours, theirs)}
    assert set(doing.happened) == expected
    assert abs(doing.happened.count(min(expected)) - doing.happened.count(max(expected))) <= 1
    assert len(doing.happened) <= 12


async def test_a_worker_outlives_the_loss_of_its_connections(database: Database) -> None:
    actor = await an_organisation(database)
    async with a_worker(database):
        await defer(database, actor, "note", "before")
        await doing.until(lambda: "before" in doing.happened)
        async with database.engine.begin() as connection:
            await connection.execute(
                sa.text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'stepchange-worker' AND datname = current_database()"
                )
            )
        await defer(database, actor, "note", "after")
        await doing.until(lambda: "after" in doing.happened)
    assert doing.happened == ["before", "after"]
