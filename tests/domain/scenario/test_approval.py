"""A board's decision writes everything or nothing, once, and only on things as they are."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.allocation.publishing import publish_policy
from domain.capacity.people import create_person
from domain.capacity.stating import clear_stated_capacity
from domain.commands.allocation import AllocationPolicyPublish
from domain.commands.capacity import StatedCapacityClear, TeamPersonCreate
from domain.commands.initiative import InitiativeTransition, InitiativeUpdate
from domain.db import Database, reading
from domain.enums import InitiativeState, Role
from domain.errors import Conflict, DomainError, InvalidInput
from domain.initiative import update_initiative
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverPool
from domain.scenario.approval import approve_scenario, reject_scenario
from domain.scenario.bases import Origin, read_base, same_day_now
from domain.scenario.commands import (
    EffectsReplace,
    ForceEffect,
    ScenarioApprove,
    ScenarioRebase,
    ScenarioReject,
    ScenarioSolve,
    ScenarioUpdate,
)
from domain.scenario.effect_records import applied, effects_of, thawed
from domain.scenario.errors import AlreadyDecided, BaseMovedOn, EffectRefused, MovedKind, Refusal
from domain.scenario.job import solve_run
from domain.scenario.moving import moved
from domain.scenario.rebasing import rebase_scenario
from domain.scenario.records import replace_effects, update_scenario
from domain.scenario.rows import ScenarioRow
from domain.scenario.runs import solve_scenario
from domain.scenario.vocabulary import ScenarioState
from domain.snapshot import SnapshotStore
from domain.transition import transition_initiative
from tests.factories import a_member, an_organisation
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


async def _solved(database: Database, pool: SolverPool, actor: Actor, row: ScenarioRow) -> None:
    command = ScenarioSolve(scenario_id=row.id, budget_seconds=0.5, robustness_samples=0)
    run = await solve_scenario(database, actor, command)
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    await solve_run(services, organisation_id=str(actor.organisation_id), run_id=str(run.id))


async def _approve(database: Database, actor: Actor, row: ScenarioRow, **values: Any) -> ScenarioRow:
    command = ScenarioApprove.parse({"scenario_id": row.id, "note": "Agreed in the meeting.", **values})
    return await approve_scenario(database, SnapshotStore(database), actor, command, now=NOW)


async def _count(database: Database, actor: Actor, table: str) -> int:
    async with reading(database, actor.organisation_id) as connection:
        return int((await connection.execute(sa.text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def _evaluate(database: Database, actor: Actor, planned: Planned, *titles: str) -> None:
    for title in titles:
        command = InitiativeTransition(
            id=planned.initiatives[title], to_state=InitiativeState.EVALUATED, reason="Scored."
        )
        await transition_initiative(database, actor, command)


async def _state(database: Database, actor: Actor, initiative_id: UUID) -> str:
    async with reading(database, actor.organisation_id) as connection:
        found = await connection.execute(
            sa.text("SELECT state FROM initiative WHERE id = :id"), {"id": initiative_id}
        )
        return str(found.scalar_one())


async def _policy(database: Database, actor: Actor, planned: Planned) -> None:
    shares = [
        {"category_id": planned.categories["bet"], "share": 0.5, "mode": "ring_fenced"},
        {"category_id": planned.categories["run"], "share": 0.5, "mode": "floor"},
    ]
    command = AllocationPolicyPublish.parse(
        {"portfolio_id": planned.portfolio_id, "effective_from": FIRST, "reason": "Start.", "shares": shares}
    )
    await publish_policy(database, actor, command)


async def test_an_approval_writes_every_kind_of_effect_so_that_the_plan_is_that_of_the_scenario(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    await _policy(database, actor, planned)
    await _evaluate(database, actor, planned, "Alpha", "Gamma")
    # the capacity of core is counted by people from now on
    core, web = planned.teams["core"], planned.teams["web"]
    await clear_stated_capacity(database, actor, StatedCapacityClear(team_id=core, cycle_id=planned.cycle_id))
    for name in ("Ada", "Bo"):
        await create_person(database, actor, TeamPersonCreate(team_id=core, name=name, fte=1))
    alpha, beta, delta = (planned.initiatives[title] for title in ("Alpha", "Beta", "Delta"))
    effects = [
        {"kind": "share", "category_id": planned.categories["bet"], "share": 0.75},
        {"kind": "share", "category_id": planned.categories["run"], "share": 0.25, "mode": "cap"},
        {"kind": "hire", "team_id": core, "on": date(2026, 1, 19), "count": 2, "ramp_weeks": 2},
        {"kind": "team_capacity", "team_id": web, "person_weeks_per_week": 1, "relative": True},
        {"kind": "dates", "initiative_id": beta, "earliest_start": date(2026, 1, 19)},
        {"kind": "duration", "initiative_id": beta, "likely": 3, "high": 5},
        {"kind": "demand", "initiative_id": delta, "team_id": core, "likely": 0},
        {
            "kind": "cost_of_delay",
            "initiative_id": alpha,
            "profile": "linear",
            "currency": "EUR",
            "rate_minor_per_week_likely": 900_000,
        },
        {"kind": "force", "initiative_id": alpha, "funded": True},
    ]
    row = await a_scenario(database, actor, planned, effects=effects)
    await _solved(database, pool, actor, row)
    approved = await _approve(database, actor, row, approving="all_funded", idempotency_key="meeting")
    assert (approved.state, approved.decided_by_id, approved.decision_note) == (
        ScenarioState.APPROVED,
        actor.member_id,
        "Agreed in the meeting.",
    )
    written = [entry["type"] for entry in approved.applied]
    assert written == [
        "AllocationPolicyVersion",
        "TeamPerson",
        "TeamPerson",
        "Team",
        "Initiative",
        "Initiative",
        "Initiative",
        "Decision",
        "Decision",
    ]
    assert await _state(database, actor, alpha) == "approved"
    # repeated under the same key it is the same approval; without it, it is decided
    assert await _approve(database, actor, row, approving="all_funded", idempotency_key="meeting") == approved
    with pytest.raises(AlreadyDecided):
        await _approve(database, actor, row)
    with pytest.raises(AlreadyDecided):
        await update_scenario(database, actor, ScenarioUpdate.parse({"id": row.id, "name": "Late"}))
    # what is planned now is what the scenario asked, but for the policy's number, states and what is forced in
    base = await read_base(database, actor.organisation_id, row.base_digest)
    now = (
        await same_day_now(database, SnapshotStore(database), actor.organisation_id, Origin.of(row), base)
    ).posed
    async with reading(database, actor.organisation_id) as connection:
        kept = thawed(await effects_of(connection, actor.organisation_id, row.id))
        posed = await applied(connection, actor.organisation_id, base, kept)
    assert {(item.kind, item.name, item.what) for item in moved(posed, now)} == {
        (MovedKind.INITIATIVE_CHANGED, "Alpha", "state, mandatory"),
        (MovedKind.INITIATIVE_CHANGED, "Gamma", "state"),
        (MovedKind.ALLOCATION, now.names.portfolio, "policy version"),
    }


async def test_a_base_that_has_moved_on_refuses_and_rebasing_says_what_is_under_which_effect(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    snapshots = SnapshotStore(database)
    planned = await a_planned_portfolio(database, actor)
    alpha, zeta = planned.initiatives["Alpha"], planned.initiatives["Zeta"]
    row = await a_scenario(
        database,
        actor,
        planned,
        effects=[
            {"kind": "duration", "initiative_id": alpha, "likely": 3},
            {"kind": "force", "initiative_id": zeta, "funded": True},
            {"kind": "hire", "team_id": planned.teams["web"], "on": FIRST},
        ],
    )
    with pytest.raises(InvalidInput, match="Solve the scenario first"):
        await _approve(database, actor, row)
    await _solved(database, pool, actor, row)
    update = {"id": alpha, "duration_weeks_likely": 9}
    await update_initiative(database, actor, InitiativeUpdate.parse(update))
    stopped = InitiativeTransition(id=zeta, to_state=InitiativeState.STOPPED, reason="Lost its case.")
    await transition_initiative(database, actor, stopped)
    before = await _count(database, actor, "audit_entry")
    with pytest.raises(BaseMovedOn) as refused:
        await _approve(database, actor, row)
    assert [(item.kind, item.name) for item in refused.value.moved] == [
        (MovedKind.INITIATIVE_LEFT, "Zeta"),
        (MovedKind.INITIATIVE_CHANGED, "Alpha"),
    ]
    assert await _count(database, actor, "audit_entry") == before

    command = ScenarioRebase(scenario_id=row.id)
    said = await rebase_scenario(database, snapshots, actor, command, now=NOW)
    assert not said.applied
    assert [(one.index, one.refusal and one.refusal.reason) for one in said.conflicts] == [
        (0, None),
        (1, Refusal.INITIATIVE_GONE),
    ]
    assert await _count(database, actor, "audit_entry") == before
    with pytest.raises(EffectRefused) as gone:
        await rebase_scenario(database, snapshots, actor, command.model_copy(update={"apply": True}), now=NOW)
    assert gone.value.index == 1
    done = await rebase_scenario(
        database, snapshots, actor, ScenarioRebase(scenario_id=row.id, apply=True, drop_refused=True), now=NOW
    )
    assert (done.applied, done.scenario.base_digest != row.base_digest) == (True, True)
    with pytest.raises(InvalidInput, match="solve it again"):
        await _approve(database, actor, row)
    await _solved(database, pool, actor, done.scenario)
    assert (await _approve(database, actor, row)).state is ScenarioState.APPROVED


async def test_of_two_decisions_at_once_exactly_one_wins(database: Database, pool: SolverPool) -> None:
    admin = await an_organisation(database)
    planned = await a_planned_portfolio(database, admin)
    board = [await a_member(database, admin, role=Role.BOARD) for _ in range(2)]
    hire = {"kind": "team_capacity", "team_id": planned.teams["web"], "person_weeks_per_week": 3}
    row = await a_scenario(database, admin, planned, effects=[hire], visibility="shared")
    await _solved(database, pool, admin, row)
    decided = await asyncio.gather(
        *(_approve(database, member, row) for member in (*board, admin)), return_exceptions=True
    )
    assert sum(isinstance(one, ScenarioRow) for one in decided) == 1
    losers = [one for one in decided if not isinstance(one, ScenarioRow)]
    assert all(isinstance(one, Conflict) for one in losers), losers
    # web has a figure for each week, written once
    assert await _count(database, admin, "stated_capacity WHERE starts_on IS NOT NULL") == 12
    with pytest.raises(AlreadyDecided):
        command = ScenarioReject(scenario_id=row.id, note="Too late.")
        await reject_scenario(database, board[0], command, now=NOW)


async def test_what_can_not_be_written_leaves_nothing_behind_and_a_rejection_writes_nothing_else(
    database: Database, pool: SolverPool
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    await _policy(database, actor, planned)
    # only a half of the split: fine to try, but no policy
    effects = [
        {"kind": "team_capacity", "team_id": planned.teams["web"], "person_weeks_per_week": 3},
        {"kind": "share", "category_id": planned.categories["bet"], "share": 0.2},
    ]
    row = await a_scenario(database, actor, planned, effects=effects)
    await _solved(database, pool, actor, row)
    before = await _count(database, actor, "audit_entry")
    with pytest.raises(DomainError, match="add up to 70 %"):
        await _approve(database, actor, row)
    with pytest.raises(InvalidInput, match="evaluated"):
        await _approve(database, actor, row, approving="named", initiative_ids=[planned.initiatives["Alpha"]])
    assert await _count(database, actor, "audit_entry") == before
    rejected = await reject_scenario(
        database, actor, ScenarioReject(scenario_id=row.id, note="Not whole."), now=NOW
    )
    assert (rejected.state, rejected.applied) == (ScenarioState.REJECTED, [])
    assert await _count(database, actor, "audit_entry") == before + 1
    force = ForceEffect(initiative_id=planned.initiatives["Alpha"], funded=True)
    with pytest.raises(AlreadyDecided):
        await replace_effects(
            database, SnapshotStore(database), actor, EffectsReplace(scenario_id=row.id, effects=[force])
        )
