"""Solves: asked for once, done by a worker, followed, cancelled, taken over, and the same every time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.initiative import InitiativeUpdate
from domain.db import Database, reading, transaction
from domain.errors import InvalidInput, NotFound
from domain.initiative import update_initiative
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverPool
from domain.jobs.worker import work
from domain.portfolio import archive_portfolio
from domain.scenario.access import visible_scenario
from domain.scenario.commands import (
    EffectsReplace,
    ForceEffect,
    HireEffect,
    ScenarioCopy,
    ScenarioRunCancel,
    ScenarioSolve,
)
from domain.scenario.job import abandon_run, solve_run
from domain.scenario.outcomes import Fate, WhyKind
from domain.scenario.reading import SolvedScenario, solved_scenario
from domain.scenario.records import copy_scenario, replace_effects
from domain.scenario.rows import ScenarioRow, ScenarioRunRow
from domain.scenario.runs import (
    FollowedRun,
    cancel_run,
    follow_run,
    result_of,
    runs_with_progress,
    solve_scenario,
)
from domain.scenario.vocabulary import FINAL_RUN_STATES, RunPhase, RunState
from domain.signals import Signals
from domain.snapshot import SnapshotStore
from tests.factories import an_organisation
from tests.scenarios import FIRST, NOW, Planned, a_planned_portfolio, a_scenario


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for all tests, in which the solver's process lives."""
    return "asyncio"


@pytest.fixture(scope="module")
async def pool(anyio_backend: str) -> AsyncIterator[SolverPool]:
    """One process for all solves: it takes seconds to start."""
    pool = SolverPool()
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def a_worker(database: Database, pool: SolverPool) -> AsyncIterator[None]:
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    task = asyncio.create_task(work(services, concurrency=1, periodic=()))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _solve(row: ScenarioRow, **values: object) -> ScenarioSolve:
    defaults: dict[str, object] = {"budget_seconds": 0.5, "robustness_samples": 0}
    return ScenarioSolve.parse({"scenario_id": row.id, **defaults, **values})


async def _followed(database: Database, actor: Actor, run: ScenarioRunRow) -> list[FollowedRun]:
    async with asyncio.timeout(60):
        return [event async for event in follow_run(database, Signals(database), actor, run.id)]


async def _solved(database: Database, actor: Actor, row: ScenarioRow, run_id: UUID) -> SolvedScenario:
    async with reading(database, actor.organisation_id) as connection:
        run = (await runs_with_progress(connection, actor, [run_id]))[run_id].run
        current = await visible_scenario(connection, actor, row.id)
    return await solved_scenario(database, actor.organisation_id, current, run)


async def _hiring(database: Database, actor: Actor, planned: Planned) -> ScenarioRow:
    hire = {"kind": "hire", "team_id": planned.teams["web"], "on": FIRST, "count": 1, "focus_share": 0.5}
    return await a_scenario(database, actor, planned, effects=[hire])


async def test_a_worker_solves_base_and_scenario_and_followers_see_it_to_the_end(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await _hiring(database, actor, planned)
    run = await solve_scenario(database, actor, _solve(row))
    assert (run.state, run.number) == (RunState.QUEUED, 1)
    async with a_worker(database, pool):
        events = await _followed(database, actor, run)
    assert events[0].run.state is RunState.QUEUED
    assert events[-1].run.state is RunState.SUCCEEDED
    assert [event.progress.sequence for event in events] == sorted(
        event.progress.sequence for event in events
    )
    phases = list(RunPhase)
    order = [phases.index(event.progress.phase) for event in events]
    assert order == sorted(order)
    assert events[-1].progress.phase is RunPhase.DONE
    assert {event.run.state for event in events[:-1]} <= {RunState.QUEUED, RunState.RUNNING}
    # who comes later sees the end at once
    assert [event.run.state for event in await _followed(database, actor, run)] == [RunState.SUCCEEDED]

    solved = await _solved(database, actor, row, run.id)
    base, result = solved.base, solved.result
    assert not solved.outdated
    assert base is not None
    # 24 person-weeks of each team: Alpha, Beta, Delta and Epsilon; six more of web let Gamma in
    assert {item.title for item in base.funded} == {"Alpha", "Beta", "Delta", "Epsilon"}
    assert base.selection.value == 9_500
    assert {item.title for item in result.funded} == {"Alpha", "Beta", "Gamma", "Delta", "Epsilon"}
    assert result.selection.value == 11_500
    web = next(use for use in result.resources if use.team_id == planned.teams["web"])
    assert (web.capacity, web.used) == (30.0, 30.0)
    (gamma,) = [item for item in solved.winners if item.fate is Fate.FUNDED]
    assert gamma.id == planned.initiatives["Gamma"]
    assert [why.kind for why in gamma.why] == [WhyKind.CAPACITY_EFFECT]
    assert gamma.why[0].effect == 0
    assert gamma.before is not None
    assert gamma.before.lacks[0].needed == 12


async def test_the_same_question_is_one_run_and_has_the_same_bytes_whoever_asks(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await _hiring(database, actor, planned)
    first = await solve_scenario(database, actor, _solve(row))
    again = await asyncio.gather(*(solve_scenario(database, actor, _solve(row)) for _ in range(3)))
    assert {run.id for run in again} == {first.id}
    other = await solve_scenario(database, actor, _solve(row, seed=1))
    assert (other.id != first.id, other.number) == (True, 2)
    copied = await copy_scenario(database, actor, ScenarioCopy(scenario_id=row.id, name="Copy"))
    third = await solve_scenario(database, actor, _solve(copied))
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    key = str(actor.organisation_id)
    for run in (first, other):
        await solve_run(services, organisation_id=key, run_id=str(run.id))
    async with reading(database, actor.organisation_id) as connection:
        runs = await runs_with_progress(connection, actor, [first.id, other.id])
        contents = [
            await result_of(connection, actor.organisation_id, runs[run.id].run.result_digest or "")
            for run in (first, other)
        ]
    assert contents[0] is not None
    # the proof is complete, so that the seed does not matter
    assert contents[0] == contents[1]
    # known already: nothing is solved anew, so that no process is needed
    services = JobServices(database=database, solver=SolverPool(processes=0), now=lambda: NOW)
    await solve_run(services, organisation_id=key, run_id=str(third.id))
    assert (await _solved(database, actor, copied, third.id)).run.result_digest == runs[
        first.id
    ].run.result_digest


async def test_what_has_changed_since_makes_a_result_outdated(database: Database, pool: SolverPool) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await _hiring(database, actor, planned)
    run = await solve_scenario(database, actor, _solve(row))
    force = ForceEffect(initiative_id=planned.initiatives["Zeta"], funded=True)
    hire = HireEffect(team_id=planned.teams["core"], on=FIRST)
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    key = str(actor.organisation_id)
    await solve_run(services, organisation_id=key, run_id=str(run.id))
    await replace_effects(
        database,
        SnapshotStore(database),
        actor,
        EffectsReplace(scenario_id=row.id, effects=[force, hire]),
    )
    solved = await _solved(database, actor, row, run.id)
    assert (solved.outdated, list(solved.effects)) == (True, [])
    later = await solve_scenario(database, actor, _solve(row))
    await solve_run(services, organisation_id=key, run_id=str(later.id))
    solved = await _solved(database, actor, row, later.id)
    assert not solved.outdated
    zeta = next(item for item in solved.outcomes if item.id == planned.initiatives["Zeta"])
    assert (zeta.fate, zeta.why[0].kind, zeta.why[0].effect) == (Fate.FUNDED, WhyKind.OWN_EFFECT, 0)
    lost = [item for item in solved.losers if item.fate is Fate.UNFUNDED]
    taken = [why for why in lost[0].why if why.kind is WhyKind.CAPACITY_TAKEN]
    assert taken[0].initiatives == (planned.initiatives["Zeta"],)


async def test_a_run_is_cancelled_before_it_begins_and_in_its_midst(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await _hiring(database, actor, planned)
    waiting = await solve_scenario(database, actor, _solve(row))
    cancelled = await cancel_run(database, actor, ScenarioRunCancel(run_id=waiting.id), now=NOW)
    assert cancelled.state is RunState.CANCELLED
    assert await cancel_run(database, actor, ScenarioRunCancel(run_id=waiting.id), now=NOW) == cancelled
    running = await solve_scenario(database, actor, _solve(row))
    assert running.id != waiting.id
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    key = str(actor.organisation_id)
    await solve_run(services, organisation_id=key, run_id=str(waiting.id))
    # nobody gives the solver a turn, so that it is still at it when it is cancelled
    stuck = JobServices(database=database, solver=SolverPool(processes=0), now=lambda: NOW)
    doing = asyncio.create_task(solve_run(stuck, organisation_id=key, run_id=str(running.id)))
    events = follow_run(database, Signals(database), actor, running.id)
    async for event in events:
        if event.run.state is RunState.RUNNING:
            await cancel_run(database, actor, ScenarioRunCancel(run_id=running.id), now=NOW)
        if event.run.state in FINAL_RUN_STATES:
            assert event.run.state is RunState.CANCELLED
    async with asyncio.timeout(10):
        await doing
    stranger = await an_organisation(database)
    with pytest.raises(NotFound):
        await cancel_run(database, stranger, ScenarioRunCancel(run_id=running.id), now=NOW)
    with pytest.raises(NotFound):
        await _followed(database, stranger, running)


async def test_a_run_that_a_dead_worker_left_is_done_by_the_next_and_given_up_in_the_end(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await _hiring(database, actor, planned)
    run = await solve_scenario(database, actor, _solve(row))
    key = str(actor.organisation_id)
    stuck = JobServices(database=database, solver=SolverPool(processes=0), now=lambda: NOW)
    doing = asyncio.create_task(solve_run(stuck, organisation_id=key, run_id=str(run.id)))
    async for event in follow_run(database, Signals(database), actor, run.id):
        if event.run.state is RunState.RUNNING:
            break
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    async with a_worker(database, pool):
        assert (await _followed(database, actor, run))[-1].run.state is RunState.SUCCEEDED
    given_up = await solve_scenario(database, actor, _solve(row, seed=5))
    await abandon_run(stuck, organisation_id=key, run_id=str(given_up.id))
    last = (await _followed(database, actor, given_up))[-1].run
    assert (last.state, "again and again" in (last.failure or "")) == (RunState.FAILED, True)
    # a failed one does not stand in the way
    assert (await solve_scenario(database, actor, _solve(row, seed=5))).id != given_up.id


async def test_what_can_not_be_planned_is_said_for_people_to_act_upon(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    row = await a_scenario(
        database,
        actor,
        planned,
        effects=[
            {"kind": "force", "initiative_id": planned.initiatives[title], "funded": True}
            for title in ("Gamma", "Zeta", "Alpha")
        ],
    )
    run = await solve_scenario(database, actor, _solve(row))
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    await solve_run(services, organisation_id=str(actor.organisation_id), run_id=str(run.id))
    last = (await _followed(database, actor, run))[-1].run
    assert last.state is RunState.FAILED
    assert last.failure is not None
    assert "needs 30.0 person-weeks" in last.failure
    with pytest.raises(InvalidInput, match="seconds at most"):
        await solve_scenario(database, actor, _solve(row, budget_seconds=121))
    await archive_portfolio(database, actor, ArchiveCommand(id=planned.portfolio_id))
    with pytest.raises(InvalidInput, match="archived"):
        await solve_scenario(database, actor, _solve(row, seed=9))
    async with transaction(database, actor) as session:
        count = await session.execute(sa.text("SELECT count(*) FROM scenario_run"))
        assert count.scalar_one() == 1


async def test_a_scenario_can_make_possible_what_its_base_is_not(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    for title in ("Alpha", "Gamma", "Zeta"):
        values = {"id": planned.initiatives[title], "mandatory": True}
        await update_initiative(database, actor, InitiativeUpdate.parse(values))
    more = {"kind": "team_capacity", "team_id": planned.teams["web"], "person_weeks_per_week": 3}
    row = await a_scenario(database, actor, planned, effects=[more])
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    run = await solve_scenario(database, actor, _solve(row))
    await solve_run(services, organisation_id=str(actor.organisation_id), run_id=str(run.id))
    solved = await _solved(database, actor, row, run.id)
    assert solved.base is None
    assert "30.0 person-weeks" in (solved.base_refusal or "")
    assert solved.outcomes == ()
    assert {item.title for item in solved.result.funded} >= {"Alpha", "Gamma", "Zeta"}
    # the same without its effect fails, also where the base's refusal is known already
    bare = await a_scenario(database, actor, planned, name="Bare")
    failing = await solve_scenario(database, actor, _solve(bare))
    await solve_run(services, organisation_id=str(actor.organisation_id), run_id=str(failing.id))
    assert (await _followed(database, actor, failing))[-1].run.state is RunState.FAILED
