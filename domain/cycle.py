"""Use cases about planning cycles."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.cycle import CycleCreate, CycleUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, in_use, lock, lock_hierarchy, refer_to, repeated
from domain.errors import InvalidInput
from domain.hierarchy import refuse_loop
from domain.models import Cycle, KeyResult, Objective
from domain.rows import CycleRow, as_row


async def create_cycle(database: Database, actor: Actor, command: CycleCreate) -> CycleRow:
    """Create a cycle.

    Raises
    ------
    InvalidInput
        When its dates are out of order or outside those of its parent.
    NotFound, Conflict
        When there is no such parent; when the name or the id is taken.
    """
    async with transaction(database, actor) as session:
        values = command.model_dump(exclude={"id"})
        first = await repeated(session, actor, Cycle, values, entity_id=command.id)
        if first is not None:
            return as_row(CycleRow, first)
        _refuse_dates_out_of_order(command.starts_on, command.ends_on)
        await _stay_within_parent(session, actor, command.parent_id, command.starts_on, command.ends_on)
        return as_row(CycleRow, await create(session, actor, Cycle, values, entity_id=command.id))


async def update_cycle(database: Database, actor: Actor, command: CycleUpdate) -> CycleRow:
    """Change a cycle; what lies in it stays within its dates.

    Raises
    ------
    InvalidInput
        When its dates are out of order, leave those of its parent, or no longer hold those of a cycle or
        key result in it; when the parent would close a loop.
    NotFound, Conflict
        When there is no such cycle or parent; when the version moved on or the name is taken.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        if changes.get("parent_id") is not None:
            await lock_hierarchy(session, actor, Cycle)
        cycle = await lock(session, actor, Cycle, command.id, expected_version=command.expected_version)
        starts_on: date = changes.get("starts_on", cycle.starts_on)
        ends_on: date = changes.get("ends_on", cycle.ends_on)
        parent_id: UUID | None = changes.get("parent_id", cycle.parent_id)
        _refuse_dates_out_of_order(starts_on, ends_on)
        if parent_id is not None and parent_id != cycle.parent_id:
            await refuse_loop(session, actor, Cycle, entity_id=cycle.id, parent_id=parent_id, label="name")
        moved = (starts_on, ends_on) != (cycle.starts_on, cycle.ends_on)
        if moved or parent_id != cycle.parent_id:
            await _stay_within_parent(
                session, actor, parent_id, starts_on, ends_on, chosen=parent_id != cycle.parent_id
            )
        if moved:
            await _keep_what_lies_within(session, actor, cycle.id, starts_on, ends_on)
        return as_row(CycleRow, await change(session, actor, Cycle, command.id, changes))


async def archive_cycle(database: Database, actor: Actor, command: ArchiveCommand) -> CycleRow:
    """Archive a cycle, or take it back into use; its objectives stay as they are.

    Raises
    ------
    InvalidInput
        When the cycle comes back and its parent no longer holds its dates.
    NotFound, Conflict
        When there is no such cycle, or the version moved on.
    """
    async with transaction(database, actor) as session:
        cycle = await lock(session, actor, Cycle, command.id, expected_version=command.expected_version)
        if not command.archived and cycle.archived_at is not None:
            await _stay_within_parent(
                session, actor, cycle.parent_id, cycle.starts_on, cycle.ends_on, chosen=False
            )
        cycle = await archive(session, actor, Cycle, command.id, archived=command.archived)
        return as_row(CycleRow, cycle)


def _refuse_dates_out_of_order(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise InvalidInput(
            f"A cycle must not end ({ends_on}) before it starts ({starts_on}).", path=("endsOn",)
        )


async def _stay_within_parent(
    session: AsyncSession,
    actor: Actor,
    parent_id: UUID | None,
    starts_on: date,
    ends_on: date,
    *,
    chosen: bool = True,
) -> None:
    """Refuse dates outside the parent's; only a parent that was ``chosen`` just now has to be in use."""
    if parent_id is None:
        return
    hold = in_use if chosen else refer_to
    parent = await hold(session, actor, Cycle, parent_id, path=("parentId",))
    if starts_on < parent.starts_on or ends_on > parent.ends_on:
        raise InvalidInput(
            f"The cycle must lie within its parent {parent.name}, {parent.starts_on} to {parent.ends_on}.",
            path=("startsOn",) if starts_on < parent.starts_on else ("endsOn",),
        )


async def _keep_what_lies_within(
    session: AsyncSession, actor: Actor, cycle_id: UUID, starts_on: date, ends_on: date
) -> None:
    """Refuse dates that no longer hold a child cycle or a due date in it; archived ones don't count."""
    cycle, objective, key_result = (sa.inspect(model).local_table for model in (Cycle, Objective, KeyResult))
    cycles = sa.select(cycle.c.name, cycle.c.starts_on, cycle.c.ends_on).where(
        cycle.c.organisation_id == actor.organisation_id,
        cycle.c.parent_id == cycle_id,
        cycle.c.archived_at.is_(None),
        sa.or_(cycle.c.starts_on < starts_on, cycle.c.ends_on > ends_on),
    )
    due = (
        sa.select(key_result.c.title, key_result.c.due_on, key_result.c.due_on)
        .join_from(
            key_result,
            objective,
            sa.and_(
                objective.c.organisation_id == key_result.c.organisation_id,
                objective.c.id == key_result.c.objective_id,
            ),
        )
        .where(
            objective.c.organisation_id == actor.organisation_id,
            objective.c.cycle_id == cycle_id,
            objective.c.archived_at.is_(None),
            key_result.c.archived_at.is_(None),
            ~key_result.c.due_on.between(starts_on, ends_on),
        )
    )
    for what, query in (("cycle", cycles), ("key result's due date", due)):
        outside = (await session.execute(query.order_by(sa.text("2, 3, 1")).limit(1))).first()
        if outside is not None:
            name, first_day, last_day = outside
            days = f"{first_day}" if first_day == last_day else f"{first_day} to {last_day}"
            raise InvalidInput(
                f"A {what} lies outside {starts_on} to {ends_on}: {name}, {days}."
                " Move it first, or choose dates that hold it.",
                path=("startsOn",) if first_day < starts_on else ("endsOn",),
            )
