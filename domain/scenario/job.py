"""The job that solves a scenario: in a process of its own, with its progress told, cancelled when asked."""

import asyncio
import contextlib
import time
import zlib
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql

from domain.actor import Actor
from domain.db import Database, reading, transaction
from domain.enums import Role
from domain.errors import DatabaseUnavailable, DomainError, InvalidInput
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverFailed
from domain.models import metadata
from domain.scenario.bases import content_of
from domain.scenario.result import Refused, decode_result
from domain.scenario.rows import SCENARIO_RUNS, ScenarioRunRow
from domain.scenario.runs import ENGINE_VERSION, Parameters, change_run, locked_run, result_of, topic
from domain.scenario.solving import SAFETY_SECONDS, TASK, packed_question
from domain.scenario.vocabulary import FINAL_RUN_STATES, RunPhase, RunState
from domain.signals import signal_in

LEAST_SECONDS_BETWEEN = 0.25
"""Progress is written four times a second at most."""

_LOOK_SECONDS = 0.5
"""How long a cancellation may go unnoticed."""

_RUNS = metadata.tables["scenario_run"]
_PROGRESS = metadata.tables["scenario_run_progress"]
_RESULTS = metadata.tables["scenario_result"]

log = structlog.stdlib.get_logger("stepchange.scenario")


class _Cancelled(Exception):
    """Somebody has cancelled the run."""


async def solve_run(services: JobServices, *, organisation_id: str, run_id: str) -> None:
    """Solve a run's base and then its input, unless that is known already, and keep the results.

    Whatever a worker has left unfinished is done anew: only whole results are kept.
    """
    key = UUID(organisation_id)
    run = await _begun(services, key, UUID(run_id))
    if run is None:
        return
    writing = _Writer(services.database, _acting(key, run), run)
    try:
        base = await _solved(services, writing, run, run.base_digest, is_base=True)
        own = base
        if run.input_fingerprint != run.base_digest or await _refused(services, key, base):
            own = await _solved(services, writing, run, run.input_fingerprint, is_base=False)
    except _Cancelled:
        await _finish(services, key, run, {"state": RunState.CANCELLED})
    except DatabaseUnavailable:
        raise  # the job is done again when the database is back
    except DomainError as error:
        await _finish(services, key, run, {"state": RunState.FAILED, "failure": error.message[:4_000]})
    except SolverFailed as error:
        log.exception("scenario_solve_failed", run_id=run_id, kind=error.kind)
        text = "The computation failed; this is a fault of the program. The log of the server says more."
        await _finish(services, key, run, {"state": RunState.FAILED, "failure": text})
    else:
        await writing.done()
        results = {"result_digest": own, "base_result_digest": base}
        await _finish(services, key, run, {"state": RunState.SUCCEEDED, **results})


async def _refused(services: JobServices, organisation_id: UUID, digest: str) -> bool:
    async with reading(services.database, organisation_id) as connection:
        content = await result_of(connection, organisation_id, digest)
    return content is not None and isinstance(decode_result(content), Refused)


async def abandon_run(services: JobServices, *, organisation_id: str, run_id: str) -> None:
    """Say that a run is given up: its workers died again and again."""
    key = UUID(organisation_id)
    async with reading(services.database, key) as connection:
        query = SCENARIO_RUNS.select(key).where(_RUNS.c.id == UUID(run_id))
        row = (await connection.execute(query)).one_or_none()
    if row is not None:
        run = ScenarioRunRow._make(row)
        state = RunState.FAILED if run.cancel_requested_at is None else RunState.CANCELLED
        text = "The processes that solved this scenario ended again and again; ask for less, or try again."
        failure = {"failure": text} if state is RunState.FAILED else {}
        await _finish(services, key, run, {"state": state, **failure})


def _acting(organisation_id: UUID, run: ScenarioRunRow) -> Actor:
    """Who asked for the run, so that the trail says it; what he may do was checked then."""
    return Actor(organisation_id=organisation_id, member_id=run.requested_by_id, role=Role.PLANNER)


async def _begun(services: JobServices, organisation_id: UUID, run_id: UUID) -> ScenarioRunRow | None:
    async with reading(services.database, organisation_id) as connection:
        query = SCENARIO_RUNS.select(organisation_id).where(_RUNS.c.id == run_id)
        row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    actor = _acting(organisation_id, ScenarioRunRow._make(row))
    async with transaction(services.database, actor) as session:
        run = await locked_run(session, organisation_id, run_id)
        if run is None or run.state in FINAL_RUN_STATES:
            return None
        if run.cancel_requested_at is not None:
            changes: dict[str, object] = {"state": RunState.CANCELLED, "finished_at": services.now()}
            await change_run(session, organisation_id, run_id, changes)
            return None
        if run.engine_version != ENGINE_VERSION:
            text = "It was asked for in another version of the program; ask for it again."
            changes = {"state": RunState.FAILED, "failure": text, "finished_at": services.now()}
            await change_run(session, organisation_id, run_id, changes)
            return None
        return await change_run(
            session,
            organisation_id,
            run_id,
            {"state": RunState.RUNNING, "started_at": run.started_at or services.now()},
        )


async def _finish(
    services: JobServices, organisation_id: UUID, run: ScenarioRunRow, changes: dict[str, object]
) -> None:
    async with transaction(services.database, _acting(organisation_id, run)) as session:
        current = await locked_run(session, organisation_id, run.id)
        if current is not None and current.state not in FINAL_RUN_STATES:
            changes = {**changes, "finished_at": services.now()}
            await change_run(session, organisation_id, run.id, changes)


async def _solved(
    services: JobServices, writing: "_Writer", run: ScenarioRunRow, digest: str, *, is_base: bool
) -> str:
    """The digest of an input's result, which is kept by then."""
    organisation_id = writing.actor.organisation_id
    parameters = Parameters.of(run)
    wanted = parameters.digest(digest)
    async with reading(services.database, organisation_id) as connection:
        known = await result_of(connection, organisation_id, wanted)
        if known is not None and (is_base or not isinstance(decode_result(known), Refused)):
            return wanted
        content = await content_of(connection, organisation_id, digest)
    question = packed_question(content, parameters._asdict())

    async def told(progress: bytes) -> None:
        await writing.write(orjson.loads(progress), is_base=is_base)

    answer = await _unless_cancelled(
        services.solver.run(
            TASK,
            question,
            seconds=SAFETY_SECONDS + 10 * run.budget_seconds,
            key=organisation_id,
            on_progress=told,
        ),
        lambda: _cancel_requested(services.database, organisation_id, run.id),
    )
    found = await asyncio.to_thread(decode_result, answer)
    # a base that can't be planned is no reason not to plan what would change that
    if isinstance(found, Refused) and not is_base:
        raise InvalidInput(found.refusal)
    kept = await asyncio.to_thread(zlib.compress, answer)
    async with transaction(services.database, writing.actor) as session:
        await session.execute(
            postgresql.insert(_RESULTS)
            .values(organisation_id=organisation_id, digest=wanted, content=kept)
            .on_conflict_do_nothing()
        )
    return wanted


async def _unless_cancelled(work: Awaitable[bytes], cancelled: Callable[[], Awaitable[bool]]) -> bytes:
    """What comes of the work; it is ended as soon as it is cancelled, and its process with it."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait([task], timeout=_LOOK_SECONDS)
            if not task.done() and await cancelled():
                raise _Cancelled
        return await task
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _cancel_requested(database: Database, organisation_id: UUID, run_id: UUID) -> bool:
    query = sa.select(_RUNS.c.cancel_requested_at).where(
        _RUNS.c.organisation_id == organisation_id, _RUNS.c.id == run_id
    )
    async with reading(database, organisation_id) as connection:
        return (await connection.execute(query)).scalar_one_or_none() is not None


class _Writer:
    """Writes progress to the run's row and tells its followers, no more often than they can read."""

    def __init__(self, database: Database, actor: Actor, run: ScenarioRunRow) -> None:
        self.actor = actor
        self._database = database
        self._run_id = run.id
        self._written = 0.0
        self._phase = RunPhase.WAITING

    async def write(self, progress: dict[str, Any], *, is_base: bool) -> None:
        phase = RunPhase(f"base_{progress['phase']}" if is_base else progress["phase"])
        now = time.monotonic()
        if phase is self._phase and now < self._written + LEAST_SECONDS_BETWEEN:
            return
        self._written, self._phase = now, phase
        await self._store(
            phase, {name: progress[name] for name in ("step", "done", "incumbent", "bound", "gap")}
        )

    async def done(self) -> None:
        """Say that nothing is left to do; the figures stay those of the last step."""
        await self._store(RunPhase.DONE, {"step": "", "done": 1.0})

    async def _store(self, phase: RunPhase, figures: dict[str, Any]) -> None:
        async with transaction(self._database, self.actor) as session:
            await session.execute(
                sa.update(_PROGRESS)
                .where(
                    _PROGRESS.c.organisation_id == self.actor.organisation_id,
                    _PROGRESS.c.run_id == self._run_id,
                )
                .values(
                    phase=phase,
                    sequence=_PROGRESS.c.sequence + 1,
                    updated_at=sa.func.clock_timestamp(),
                    **figures,
                )
            )
            await signal_in(session, topic(self._run_id))
