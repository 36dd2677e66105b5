"""A board decides about a scenario: goes by it, so that its effects are written at once, or does not."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.db import Database, reading, transaction
from domain.entities import change, find, in_use, lock_portfolio
from domain.enums import InitiativeState
from domain.errors import Conflict, InvalidInput, NotFound
from domain.idempotency import claim
from domain.models import Cycle, Portfolio, Scenario, metadata
from domain.planning.input import PlanningInput
from domain.rows import as_row
from domain.scenario.access import scenario_to_decide, visible_scenario
from domain.scenario.applying import Writing, apply_to_portfolio, decide
from domain.scenario.bases import Origin, base_of, same_day_now
from domain.scenario.commands import Approving, Effect, ScenarioApprove, ScenarioReject
from domain.scenario.effect_records import applied, effects_of, thawed
from domain.scenario.errors import BaseMovedOn
from domain.scenario.moving import moved
from domain.scenario.reading import SolvedScenario, solved_scenario
from domain.scenario.rows import SCENARIO_RUNS, ScenarioRow, ScenarioRunRow
from domain.scenario.vocabulary import RunState, ScenarioState
from domain.snapshot import SnapshotStore, Version

_ATTEMPTS = 3
_RUNS = metadata.tables["scenario_run"]

_PLANNED_FROM = (
    "allocation_category",
    "allocation_policy_version",
    "alternative_group",
    "alternative_member",
    "booking",
    "capacity_setting",
    "contribution",
    "cost_of_delay",
    "criterion",
    "cycle",
    "dependency",
    "initiative",
    "key_result",
    "leave",
    "objective",
    "organisation",
    "portfolio",
    "ranking_override",
    "score",
    "scoring_model_version",
    "stated_capacity",
    "team",
    "team_demand",
    "team_focus",
    "team_person",
)
"""Tables that a plan is computed from, those of other portfolios included: they share the teams."""

_SINCE = sa.text(
    "SELECT EXISTS (SELECT 1 FROM change_log WHERE organisation_id = :organisation_id"
    " AND entity = ANY (:entities) AND xid >= pg_snapshot_xmin(CAST(:version AS pg_snapshot))"
    " AND NOT pg_visible_in_snapshot(xid, CAST(:version AS pg_snapshot)) AND xid <> pg_current_xact_id())"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is to be approved, as it was read."""

    row: ScenarioRow
    base: PlanningInput
    posed: PlanningInput
    effects: Sequence[Effect]
    solved: SolvedScenario
    version: Version


async def approve_scenario(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: ScenarioApprove, *, now: datetime
) -> ScenarioRow:
    """Go by a scenario: its effects are written, and funded initiatives approved, in one transaction.

    Repeated under the same idempotency key, it returns the scenario as it is.

    Raises
    ------
    BaseMovedOn
        When what the scenario starts from is no longer how things are; with what has moved.
    AlreadyDecided
        When it was approved or rejected before, perhaps at the same moment.
    InvalidInput
        When it is not solved, or outdated; when its portfolio or cycle is archived; when an initiative that is
        to be approved is not funded or not evaluated; when an effect can't be written.
    NotFound, Conflict
        When there is no such scenario; when its version moved on, or others write at the same moment.
    """
    for _ in range(_ATTEMPTS):
        first = await _decided_before(database, actor, command)
        if first is not None:
            return first
        asked = await _asked(database, snapshots, actor, command)
        async with transaction(database, actor, reason=command.note) as session:
            if await _repeated(session, actor, command):
                return as_row(ScenarioRow, await find(session, actor, Scenario, command.scenario_id))
            await lock_portfolio(session, actor, asked.row.portfolio_id)
            expected = asked.row.version if command.expected_version is None else command.expected_version
            await scenario_to_decide(session, actor, command.scenario_id, expected_version=expected)
            if not await _changed_since(session, actor, asked):
                return await _approved(session, actor, command, asked, now=now)
    raise Conflict(
        "Others write to this portfolio at the same moment, so that the base can't be checked; try again.",
        path=("scenarioId",),
    )


async def reject_scenario(
    database: Database, actor: Actor, command: ScenarioReject, *, now: datetime
) -> ScenarioRow:
    """Don't go by a scenario; nothing but that is written.

    Raises
    ------
    AlreadyDecided, NotFound, Conflict
        As for approvals.
    """
    async with transaction(database, actor, reason=command.note) as session:
        await scenario_to_decide(
            session, actor, command.scenario_id, expected_version=command.expected_version
        )
        return await _decided(session, actor, command, ScenarioState.REJECTED, [], now=now)


async def _decided_before(database: Database, actor: Actor, command: ScenarioApprove) -> ScenarioRow | None:
    """The scenario, if it was decided by this very command; ``AlreadyDecided`` if by another one."""
    async with reading(database, actor.organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
    if row.state is ScenarioState.DRAFT:
        return None
    async with transaction(database, actor) as session:
        if not await _repeated(session, actor, command):
            await scenario_to_decide(session, actor, row.id)
    return row


async def _repeated(session: AsyncSession, actor: Actor, command: ScenarioApprove) -> bool:
    claimed = await claim(
        session, actor, operation="scenarioApprove", key=command.idempotency_key, command=command
    )
    return claimed.repeated


async def _asked(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: ScenarioApprove
) -> _Asked:
    organisation_id = actor.organisation_id
    await _refuse_unknown(database, snapshots, actor, command)
    async with reading(database, organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
        # whatever becomes visible after this is looked at again under the lock
        now = await connection.execute(sa.text("SELECT pg_current_snapshot()::text"))
        version = Version(now.scalar_one())
        base = await base_of(connection, organisation_id, row.base_digest)
        effects = thawed(await effects_of(connection, organisation_id, row.id))
        posed = await applied(connection, organisation_id, base, effects)
        runs = (
            SCENARIO_RUNS.select(organisation_id)
            .where(_RUNS.c.scenario_id == row.id, _RUNS.c.state == RunState.SUCCEEDED)
            .order_by(_RUNS.c.number.desc())
        )
        if command.run_id is not None:
            runs = runs.where(_RUNS.c.id == command.run_id)
        found = (await connection.execute(runs.limit(1))).one_or_none()
    if found is None:
        raise InvalidInput("Solve the scenario first: a board decides on a result.", path=("scenarioId",))
    solved = await solved_scenario(database, organisation_id, row, ScenarioRunRow._make(found))
    if solved.outdated:
        raise InvalidInput(
            "The scenario was changed since it was solved: solve it again.", path=("scenarioId",)
        )
    fresh = await same_day_now(database, snapshots, organisation_id, Origin.of(row), base)
    what = await asyncio.to_thread(moved, base, fresh.posed)
    if what:
        raise BaseMovedOn(
            "What this scenario starts from is no longer how things are: rebase it, solve it, and decide anew.",
            moved=what,
            path=("scenarioId",),
        )
    return _Asked(row=row, base=base, posed=posed, effects=effects, solved=solved, version=version)


async def _refuse_unknown(
    database: Database, snapshots: SnapshotStore, actor: Actor, command: ScenarioApprove
) -> None:
    async with reading(database, actor.organisation_id) as connection:
        row = await visible_scenario(connection, actor, command.scenario_id)
    columns = (await snapshots.fresh(actor.organisation_id, row.portfolio_id)).portfolio(row.portfolio_id)
    for position, initiative_id in enumerate(command.initiative_ids):
        if columns.find(initiative_id) is None:
            raise NotFound(
                "There is no initiative with this id in the portfolio.", path=("initiativeIds", position)
            )


async def _changed_since(session: AsyncSession, actor: Actor, asked: _Asked) -> bool:
    values = {
        "organisation_id": actor.organisation_id,
        "entities": list(_PLANNED_FROM),
        "version": asked.version.pg_snapshot,
    }
    return bool((await session.execute(_SINCE, values)).scalar_one())


async def _approved(
    session: AsyncSession, actor: Actor, command: ScenarioApprove, asked: _Asked, *, now: datetime
) -> ScenarioRow:
    await in_use(session, actor, Portfolio, asked.row.portfolio_id, path=("scenarioId",))
    await in_use(session, actor, Cycle, asked.row.cycle_id, path=("scenarioId",))
    writing = Writing(
        session=session,
        actor=actor,
        scenario=asked.row,
        note=command.note,
        base=asked.base,
        posed=asked.posed,
    )
    approving = _to_approve(command, asked.solved)
    await apply_to_portfolio(writing, asked.effects)
    for initiative_id in approving:
        await decide(writing, initiative_id, InitiativeState.APPROVED)
    return await _decided(session, actor, command, ScenarioState.APPROVED, writing.applied, now=now)


def _to_approve(command: ScenarioApprove, solved: SolvedScenario) -> list[UUID]:
    funded = {item.id for item in solved.result.funded if item.state is InitiativeState.EVALUATED}
    if command.approving is Approving.NAMED:
        for position, initiative_id in enumerate(command.initiative_ids):
            if initiative_id not in funded:
                raise InvalidInput(
                    "Only initiatives that the scenario funds, and that are evaluated, can be approved with it.",
                    path=("initiativeIds", position),
                )
        return sorted(command.initiative_ids)
    if command.initiative_ids:
        raise InvalidInput(
            "Initiatives are named with `approving: NAMED` only; leave them out.", path=("initiativeIds",)
        )
    return sorted(funded) if command.approving is Approving.ALL_FUNDED else []


async def _decided(
    session: AsyncSession,
    actor: Actor,
    command: ScenarioApprove | ScenarioReject,
    state: ScenarioState,
    wrote: list[dict[str, str]],
    *,
    now: datetime,
) -> ScenarioRow:
    changes = {
        "state": state,
        "decided_at": now,
        "decided_by_id": actor.member_id,
        "decision_note": command.note,
        "applied": wrote,
    }
    return as_row(ScenarioRow, await change(session, actor, Scenario, command.scenario_id, changes))
