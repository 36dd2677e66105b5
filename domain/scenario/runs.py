"""Use cases about solves of scenarios: to ask for one, to cancel it, and to follow it."""

import asyncio
import hashlib
import json
import zlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.actor import Actor
from domain.db import Database, reading, transaction
from domain.entities import in_use
from domain.errors import InvalidInput, NotFound
from domain.jobs.app import defer_in
from domain.models import Portfolio, Scenario, metadata
from domain.planning.encoding import encode, fingerprint
from domain.scenario.access import scenario_to_decide, visible_scenario, visible_scenarios
from domain.scenario.bases import base_of, keep
from domain.scenario.commands import ScenarioRunCancel, ScenarioSolve
from domain.scenario.effect_records import applied, effects_of, thawed
from domain.scenario.rows import SCENARIO_RUNS, ScenarioRunRow
from domain.scenario.setting import most_budget_seconds
from domain.scenario.vocabulary import FINAL_RUN_STATES, RunPhase, RunState
from domain.signals import Signals, signal_in, woken_or

ENGINE_VERSION = "1"
"""Counted up when the same input and parameters give another result."""

JOB = "scenario.solve"
_SLOT = 1
"""Solves of an organisation are done one after the other, and hold up no other jobs of it."""

_LOOK_SECONDS = 1.0
"""How long a follower relies on being told."""

_RUNS = metadata.tables["scenario_run"]
_PROGRESS = metadata.tables["scenario_run_progress"]
_RESULTS = metadata.tables["scenario_result"]


class RunProgress(NamedTuple):
    """How far a run is; ``step`` is what the solver calls it, ``done`` the share of the phase's budget."""

    sequence: int
    phase: RunPhase
    step: str
    done: float
    incumbent: float | None
    bound: float | None
    gap: float | None
    updated_at: datetime


class FollowedRun(NamedTuple):
    """A run with how far it is."""

    run: ScenarioRunRow
    progress: RunProgress


class Parameters(NamedTuple):
    """What a result depends on besides its input."""

    budget_seconds: float
    seed: int
    robustness_samples: int

    @classmethod
    def of(cls, run: ScenarioRunRow) -> "Parameters":
        """Those of a run."""
        return cls(run.budget_seconds, run.seed, run.robustness_samples)

    def digest(self, input_fingerprint: str) -> str:
        """What a result is kept under: equal digests mean equal results."""
        text = json.dumps([input_fingerprint, ENGINE_VERSION, *self])
        return hashlib.sha256(text.encode()).hexdigest()


def topic(run_id: UUID) -> str:
    """What signals about a run are called."""
    return f"scenario_run:{run_id}"


async def solve_scenario(database: Database, actor: Actor, command: ScenarioSolve) -> ScenarioRunRow:
    """Queue a solve; where the same was asked before, and did not fail, it is that one.

    Raises
    ------
    NotFound, AlreadyDecided
        When there is no such scenario; when it is decided.
    InvalidInput, EffectRefused
        When its portfolio is archived or the budget is over the limit; when an effect can't be applied.
    TooManyJobs
        When too many jobs of the organisation wait.
    """
    async with reading(database, actor.organisation_id) as connection:
        most = await most_budget_seconds(connection, actor.organisation_id)
        if command.budget_seconds > most:
            raise InvalidInput(
                f"A solve may take {most:g} seconds at most; give less.", path=("budgetSeconds",)
            )
        row = await visible_scenario(connection, actor, command.scenario_id)
        base = await base_of(connection, actor.organisation_id, row.base_digest)
        effects = thawed(await effects_of(connection, actor.organisation_id, row.id))
        posed = await applied(connection, actor.organisation_id, base, effects)
    wanted, content = await asyncio.to_thread(lambda: (fingerprint(posed), zlib.compress(encode(posed))))
    async with transaction(database, actor) as session:
        scenario = await scenario_to_decide(session, actor, command.scenario_id, expected_version=row.version)
        await in_use(session, actor, Portfolio, scenario.portfolio_id, path=("scenarioId",))
        values = {
            "organisation_id": actor.organisation_id,
            "scenario_id": scenario.id,
            "base_digest": scenario.base_digest,
            "input_fingerprint": wanted,
            "budget_seconds": command.budget_seconds,
            "seed": command.seed,
            "robustness_samples": command.robustness_samples,
            "engine_version": ENGINE_VERSION,
        }
        first = await _same(session, actor, values)
        if first is not None:
            return first
        await keep(session, actor, wanted, content)
        return await _queued(session, actor, scenario, values)


async def _same(session: AsyncSession, actor: Actor, values: dict[str, object]) -> ScenarioRunRow | None:
    query = SCENARIO_RUNS.select(actor.organisation_id).where(
        *(_RUNS.c[name] == value for name, value in values.items()),
        _RUNS.c.state.in_([RunState.QUEUED, RunState.RUNNING, RunState.SUCCEEDED]),
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else ScenarioRunRow._make(row)


async def _queued(
    session: AsyncSession, actor: Actor, scenario: Scenario, values: dict[str, object]
) -> ScenarioRunRow:
    number = sa.select(sa.func.coalesce(sa.func.max(_RUNS.c.number), 0) + 1).where(
        _RUNS.c.organisation_id == actor.organisation_id, _RUNS.c.scenario_id == scenario.id
    )
    inserted = (
        sa.insert(_RUNS)
        .values(
            **values,
            portfolio_id=scenario.portfolio_id,
            number=number.scalar_subquery(),
            requested_by_id=actor.member_id,
            state=RunState.QUEUED,
        )
        .returning(*(_RUNS.c[name] for name in ScenarioRunRow._fields))
    )
    run = ScenarioRunRow._make((await session.execute(inserted)).one())
    await session.execute(
        sa.insert(_PROGRESS).values(
            organisation_id=actor.organisation_id,
            run_id=run.id,
            sequence=0,
            phase=RunPhase.WAITING,
            done=0.0,
        )
    )
    await defer_in(session, JOB, organisation_id=actor.organisation_id, slot=_SLOT, run_id=str(run.id))
    return run


async def cancel_run(
    database: Database, actor: Actor, command: ScenarioRunCancel, *, now: datetime
) -> ScenarioRunRow:
    """End a solve that waits at once, and have one that runs killed; one that is over stays as it is.

    Raises
    ------
    NotFound
        When there is no such run that the actor sees.
    """
    async with transaction(database, actor) as session:
        run = await locked_run(session, actor.organisation_id, command.run_id)
        if run is None:
            raise NotFound("There is no solve with this id.", path=("runId",))
        await visible_scenario(session, actor, run.scenario_id, path=("runId",))
        if run.state in FINAL_RUN_STATES or run.cancel_requested_at is not None:
            return run
        changes: dict[str, object] = {"cancel_requested_at": now}
        if run.state is RunState.QUEUED:
            changes |= {"state": RunState.CANCELLED, "finished_at": now}
        return await change_run(session, actor.organisation_id, run.id, changes)


async def locked_run(session: AsyncSession, organisation_id: UUID, run_id: UUID) -> ScenarioRunRow | None:
    """A run, kept from others' changes until the transaction ends."""
    query = SCENARIO_RUNS.select(organisation_id).where(_RUNS.c.id == run_id).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return None if row is None else ScenarioRunRow._make(row)


async def change_run(
    session: AsyncSession, organisation_id: UUID, run_id: UUID, changes: dict[str, object]
) -> ScenarioRunRow:
    """Change a run, and tell who follows it."""
    changed = (
        sa.update(_RUNS)
        .where(_RUNS.c.organisation_id == organisation_id, _RUNS.c.id == run_id)
        .values(**changes)
        .returning(*(_RUNS.c[name] for name in ScenarioRunRow._fields))
    )
    run = ScenarioRunRow._make((await session.execute(changed)).one())
    await signal_in(session, topic(run_id))
    return run


async def runs_with_progress(
    connection: AsyncConnection, actor: Actor, run_ids: list[UUID]
) -> dict[UUID, FollowedRun]:
    """Runs of scenarios that the actor sees, with how far they are, by id."""
    width = len(ScenarioRunRow._fields)
    query = (
        SCENARIO_RUNS.select(actor.organisation_id)
        .add_columns(*(_PROGRESS.c[name] for name in RunProgress._fields))
        .join(
            _PROGRESS,
            sa.and_(_PROGRESS.c.organisation_id == _RUNS.c.organisation_id, _PROGRESS.c.run_id == _RUNS.c.id),
        )
        .where(_RUNS.c.id == sa.any_(sa.cast(run_ids, sa.ARRAY(sa.Uuid))))
    )
    rows = (await connection.execute(query)).all()
    seen = await visible_scenarios(connection, actor, [row.scenario_id for row in rows])
    return {
        row.id: FollowedRun(ScenarioRunRow._make(row[:width]), RunProgress._make(row[width:]))
        for row in rows
        if row.scenario_id in seen
    }


async def follow_run(
    database: Database, signals: Signals, actor: Actor, run_id: UUID
) -> AsyncIterator[FollowedRun]:
    """How far a run is: now, then whenever that has changed, until it is over.

    Whatever process does it, and whatever happens to that one: what is told is what is stored.

    Raises
    ------
    NotFound
        When there is no such run that the actor sees.
    """
    last: FollowedRun | None = None
    async with signals.following(topic(run_id)) as woken:
        while True:
            async with reading(database, actor.organisation_id) as connection:
                found = (await runs_with_progress(connection, actor, [run_id])).get(run_id)
            if found is None:
                raise NotFound("There is no solve with this id.", path=("id",))
            if found != last:
                last = found
                yield found
            if found.run.state in FINAL_RUN_STATES:
                return
            await woken_or(woken, _LOOK_SECONDS)


async def result_of(
    connection: AsyncSession | AsyncConnection, organisation_id: UUID, digest: str
) -> bytes | None:
    """A kept result; None if there is none yet."""
    query = sa.select(_RESULTS.c.content).where(
        _RESULTS.c.organisation_id == organisation_id, _RESULTS.c.digest == digest
    )
    content: bytes | None = (await connection.execute(query)).scalar_one_or_none()
    return None if content is None else await asyncio.to_thread(zlib.decompress, content)
