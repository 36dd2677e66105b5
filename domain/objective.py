"""Use cases about objectives."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.objective import ObjectiveCreate, ObjectiveUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, lock_hierarchy, repeated
from domain.errors import Conflict, InvalidInput
from domain.hierarchy import refuse_loop
from domain.models import CheckIn, Cycle, KeyResult, Objective, ObjectiveContributor, Team
from domain.objective_closing import refuse_closed
from domain.references import by_id, unusable
from domain.rows import ObjectiveRow, as_row

_PARTS = {"contributing_team_ids"}


async def create_objective(database: Database, actor: Actor, command: ObjectiveCreate) -> ObjectiveRow:
    """Create an objective with its contributing teams.

    Raises
    ------
    NotFound, InvalidInput
        When its cycle, team, parent or a contributing team is not there or archived; when the owning team
        is also named as a contributing one.
    Conflict
        When the id is taken by something else.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id", *_PARTS})
        wanted = command.contributing_team_ids
        first = await repeated(session, actor, Objective, values, entity_id=command.id)
        if first is not None:
            if await _contributing(session, actor, first.id) != set(wanted):
                raise Conflict(
                    "An objective with this id exists already and has other contributing teams;"
                    " choose another id or update it.",
                    actual_version=first.version,
                    path=("id",),
                )
            return as_row(ObjectiveRow, first)
        if command.parent_id is not None:
            await in_use(session, actor, Objective, command.parent_id, path=("parentId",))
        await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        await in_use(session, actor, Team, command.team_id, path=("teamId",))
        await _refuse_senseless_teams(session, actor, command.team_id, wanted, added=set(wanted))
        objective = await create(session, actor, Objective, values, entity_id=command.id)
        await _replace_contributing(session, actor, objective.id, set(), set(wanted))
        return as_row(ObjectiveRow, objective)


async def update_objective(database: Database, actor: Actor, command: ObjectiveUpdate) -> ObjectiveRow:
    """Change an objective; a list of contributing teams replaces the one before.

    Raises
    ------
    NotFound, InvalidInput
        As for the creation, for what changes; when the parent would close a loop (``HierarchyLoop``), or a due
        date or check-in of its key results lies outside the new cycle.
    ObjectiveClosed
        When it is closed.
    Conflict
        When the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        wanted: list[UUID] | None = changes.pop("contributing_team_ids", None)
        if changes.get("parent_id") is not None:
            await lock_hierarchy(session, actor, Objective)
        objective = await lock(
            session, actor, Objective, command.id, expected_version=command.expected_version
        )
        refuse_closed(objective, path=("id",))
        await _check_new_place(session, actor, objective, changes)
        present = await _contributing(session, actor, objective.id)
        if wanted is not None or "team_id" in changes:
            await _refuse_senseless_teams(
                session,
                actor,
                changes.get("team_id", objective.team_id),
                sorted(present) if wanted is None else wanted,
                added=set() if wanted is None else set(wanted) - present,
                path=("teamId",) if wanted is None else ("contributingTeamIds",),
            )
        replaced = wanted is not None and set(wanted) != present
        if wanted is not None:
            await _replace_contributing(session, actor, objective.id, present, set(wanted))
        objective = await change(session, actor, Objective, command.id, changes, touched=replaced)
        return as_row(ObjectiveRow, objective)


async def archive_objective(database: Database, actor: Actor, command: ArchiveCommand) -> ObjectiveRow:
    """Archive an objective, or take it back into use; its key results and children stay as they are.

    Raises
    ------
    InvalidInput
        When the objective comes back and its cycle or team is archived, or a due date of its key results
        lies outside the cycle by now.
    NotFound, Conflict
        When there is no such objective, or the version moved on.
    """
    async with transaction(database, actor) as session:
        objective = await lock(
            session, actor, Objective, command.id, expected_version=command.expected_version
        )
        if not command.archived and objective.archived_at is not None:
            cycle = await in_use(session, actor, Cycle, objective.cycle_id, path=("cycleId",))
            await in_use(session, actor, Team, objective.team_id, path=("teamId",))
            await _keep_due_dates(session, actor, objective.id, cycle, path=("archived",))
        objective = await archive(session, actor, Objective, command.id, archived=command.archived)
        return as_row(ObjectiveRow, objective)


async def _check_new_place(
    session: AsyncSession, actor: Actor, objective: Objective, changes: dict[str, Any]
) -> None:
    """Refuse a parent, cycle or team that it can't move to; where it is already may be archived."""
    parent_id: UUID | None = changes.get("parent_id", objective.parent_id)
    cycle_id: UUID = changes.get("cycle_id", objective.cycle_id)
    team_id: UUID = changes.get("team_id", objective.team_id)
    if parent_id is not None and parent_id != objective.parent_id:
        await in_use(session, actor, Objective, parent_id, path=("parentId",))
        await refuse_loop(
            session, actor, Objective, entity_id=objective.id, parent_id=parent_id, label="title"
        )
    if cycle_id != objective.cycle_id:
        cycle = await in_use(session, actor, Cycle, cycle_id, path=("cycleId",))
        await _keep_due_dates(session, actor, objective.id, cycle, path=("cycleId",))
        await _keep_check_ins(session, actor, objective.id, cycle)
    if team_id != objective.team_id:
        await in_use(session, actor, Team, team_id, path=("teamId",))


async def _keep_due_dates(
    session: AsyncSession, actor: Actor, objective_id: UUID, cycle: Cycle, *, path: tuple[str, ...]
) -> None:
    table = sa.inspect(KeyResult).local_table
    outside = (
        sa.select(table.c.title, table.c.due_on)
        .where(
            table.c.organisation_id == actor.organisation_id,
            table.c.objective_id == objective_id,
            table.c.archived_at.is_(None),
            ~table.c.due_on.between(cycle.starts_on, cycle.ends_on),
        )
        .order_by(table.c.due_on, table.c.title)
        .limit(1)
    )
    first = (await session.execute(outside)).first()
    if first is not None:
        raise InvalidInput(
            f"The key result {first.title} is due on {first.due_on}, outside the cycle {cycle.name},"
            f" {cycle.starts_on} to {cycle.ends_on}. Change its due date or archive it first.",
            path=path,
        )


async def _keep_check_ins(session: AsyncSession, actor: Actor, objective_id: UUID, cycle: Cycle) -> None:
    check_in, key_result = (sa.inspect(model).local_table for model in (CheckIn, KeyResult))
    day = sa.cast(sa.func.timezone("UTC", check_in.c.at), sa.Date)
    outside = (
        sa.select(day)
        .join_from(
            check_in,
            key_result,
            sa.and_(
                key_result.c.organisation_id == check_in.c.organisation_id,
                key_result.c.id == check_in.c.key_result_id,
            ),
        )
        .where(
            key_result.c.organisation_id == actor.organisation_id,
            key_result.c.objective_id == objective_id,
            ~day.between(cycle.starts_on, cycle.ends_on),
        )
        .order_by(day)
        .limit(1)
    )
    first = (await session.execute(outside)).scalar_one_or_none()
    if first is not None:
        raise InvalidInput(
            f"There is a check-in of {first}, outside the cycle {cycle.name}, {cycle.starts_on} to"
            f" {cycle.ends_on}. Close the objective and carry it over instead.",
            path=("cycleId",),
        )


async def _contributing(session: AsyncSession, actor: Actor, objective_id: UUID) -> set[UUID]:
    table = sa.inspect(ObjectiveContributor).local_table
    query = sa.select(table.c.team_id).where(
        table.c.organisation_id == actor.organisation_id, table.c.objective_id == objective_id
    )
    return set((await session.execute(query)).scalars())


async def _refuse_senseless_teams(
    session: AsyncSession,
    actor: Actor,
    owner_id: UUID,
    contributing: Sequence[UUID],
    *,
    added: set[UUID],
    path: tuple[str, ...] = ("contributingTeamIds",),
) -> None:
    """Refuse the owner among the contributing teams, and added ones that aren't there or are archived."""
    if owner_id in contributing:
        raise InvalidInput(
            "The team that owns the objective is not one of its contributing teams: leave it out of them.",
            path=path,
        )
    if not added:
        return
    found = await by_id(session, actor, "team", added)
    for position, team_id in enumerate(contributing):
        if team_id in added:
            problem = unusable(found.get(team_id), noun="team", path=(*path, position))
            if problem is not None:
                raise problem


async def _replace_contributing(
    session: AsyncSession, actor: Actor, objective_id: UUID, present: set[UUID], wanted: set[UUID]
) -> None:
    key = {"organisation_id": actor.organisation_id, "objective_id": objective_id}
    if present - wanted:
        await session.execute(
            sa.delete(ObjectiveContributor).where(
                col(ObjectiveContributor.organisation_id) == actor.organisation_id,
                col(ObjectiveContributor.objective_id) == objective_id,
                col(ObjectiveContributor.team_id).in_(present - wanted),
            )
        )
    if wanted - present:
        added = [{**key, "team_id": team_id} for team_id in sorted(wanted - present)]
        await session.execute(sa.insert(ObjectiveContributor).values(added))
