"""Use cases about key results."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.objective import KeyResultCreate, KeyResultUpdate
from domain.db import Database, transaction
from domain.entities import archive, change, create, find, in_use, lock, refer_to, repeated
from domain.enums import KeyResultDirection
from domain.errors import InvalidInput
from domain.models import Contribution, Cycle, KeyResult, Member, Objective
from domain.objective_closing import refuse_closed
from domain.rows import KeyResultRow, as_row

_MEASURE = ("direction", "start_value", "target_value", "current_value", "commit_value", "stretch_value")


async def create_key_result(database: Database, actor: Actor, command: KeyResultCreate) -> KeyResultRow:
    """Create a key result of an objective.

    A milestone goes from 0 to 1. Others without start or target are drafts; with a stretch value the target is
    start + 0.7·(stretch − start) unless given. The current value is the start value unless given.

    Raises
    ------
    InvalidInput
        When its values don't fit its direction, it is due outside the objective's cycle, the weights of the
        objective's key results would be 0 together, or what it refers to is archived.
    ObjectiveClosed
        When the objective is closed.
    NotFound, Conflict
        When there is no such objective or owner; when the id is taken by something else.
    """
    async with transaction(database, actor) as session:
        return await place_key_result(session, actor, command)


async def place_key_result(session: AsyncSession, actor: Actor, command: KeyResultCreate) -> KeyResultRow:
    """Create a key result as ``create_key_result`` does, within the caller's transaction."""
    values = _with_defaults(command)
    first = await repeated(session, actor, KeyResult, values, entity_id=command.id)
    if first is not None:
        return as_row(KeyResultRow, first)
    refuse_senseless_measure(values)
    objective = await in_use(
        session, actor, Objective, command.objective_id, path=("objectiveId",), alone=True
    )
    refuse_closed(objective, path=("objectiveId",))
    await in_use(session, actor, Cycle, objective.cycle_id, path=("objectiveId",))
    if command.owner_id is not None:
        await in_use(session, actor, Member, command.owner_id, path=("ownerId",))
    key_result = await create(session, actor, KeyResult, values, entity_id=command.id)
    await _fit_into_objective(session, actor, objective, key_result)
    return as_row(KeyResultRow, key_result)


async def update_key_result(database: Database, actor: Actor, command: KeyResultUpdate) -> KeyResultRow:
    """Change a key result, its current value among others.

    A draft without a current value is where it starts once its start value is known.

    Raises
    ------
    InvalidInput, ObjectiveClosed
        As for the creation, for what the key result is after the change.
    NotFound, Conflict
        When there is no such key result or owner; when the version moved on.
    """
    async with transaction(database, actor) as session:
        changes = command.changes()
        placed = not changes.keys().isdisjoint(("due_on", "weight"))
        objective = await _objective_of(session, actor, command.id, alone=placed)
        key_result = await lock(
            session, actor, KeyResult, command.id, expected_version=command.expected_version
        )
        if not changes.keys().isdisjoint(_MEASURE):
            if key_result.current_value is None and changes.get("start_value") is not None:
                changes.setdefault("current_value", changes["start_value"])
            refuse_senseless_measure({name: getattr(key_result, name) for name in _MEASURE} | changes)
        if changes.get("owner_id") not in (None, key_result.owner_id):
            await in_use(session, actor, Member, changes["owner_id"], path=("ownerId",))
        turned = changes.get("direction", key_result.direction) != key_result.direction
        key_result = await change(session, actor, KeyResult, command.id, changes)
        if turned:
            await _refuse_contributions_away_from_target(session, actor, key_result)
        if placed and key_result.archived_at is None:
            await _fit_into_objective(session, actor, objective, key_result)
        return as_row(KeyResultRow, key_result)


async def archive_key_result(database: Database, actor: Actor, command: ArchiveCommand) -> KeyResultRow:
    """Archive a key result, or take it back into use.

    Raises
    ------
    InvalidInput
        When the weights of the objective's other key results are 0 together; when the key result comes back
        and its objective is archived or its due date lies outside the cycle.
    ObjectiveClosed
        When the objective is closed.
    NotFound, Conflict
        When there is no such key result, or the version moved on.
    """
    async with transaction(database, actor) as session:
        objective = await _objective_of(session, actor, command.id)
        before = await lock(session, actor, KeyResult, command.id, expected_version=command.expected_version)
        was_archived = before.archived_at is not None
        key_result = await archive(session, actor, KeyResult, command.id, archived=command.archived)
        if was_archived != command.archived:
            if not command.archived:
                await in_use(session, actor, Objective, objective.id, path=("archived",))
            await _fit_into_objective(session, actor, objective, key_result)
        return as_row(KeyResultRow, key_result)


def _with_defaults(command: KeyResultCreate) -> dict[str, Any]:
    values = command.model_dump(exclude={"id"})
    if command.direction is KeyResultDirection.MILESTONE:
        values["start_value"] = 0.0 if command.start_value is None else command.start_value
        values["target_value"] = 1.0 if command.target_value is None else command.target_value
    elif (
        command.target_value is None and command.start_value is not None and command.stretch_value is not None
    ):
        # tenths in integers: 0.7 is not exact in binary
        way = command.stretch_value - command.start_value
        values["target_value"] = command.start_value + way * 7 / 10
    if command.current_value is None:
        values["current_value"] = values["start_value"]
    return values


def refuse_senseless_measure(values: dict[str, Any]) -> None:
    """Refuse values that don't follow the direction: start, commit, target and stretch in this order."""
    direction: KeyResultDirection = values["direction"]
    start: float | None = values["start_value"]
    target: float | None = values["target_value"]
    if direction is KeyResultDirection.MILESTONE:
        _refuse_senseless_milestone(values)
        return
    if start is None or target is None:
        for name, field in (("commit_value", "commitValue"), ("stretch_value", "stretchValue")):
            if values[name] is not None:
                raise InvalidInput(
                    f"{field} lies between the start value and beyond the target: give these first, or leave it out.",
                    path=(field,),
                )
        return
    if target == start:
        raise InvalidInput(
            "The target equals the start value: holding a level is a KPI's work. Give a target that moves,"
            " or track this as a KPI.",
            path=("targetValue",),
        )
    sign = 1 if direction is KeyResultDirection.INCREASE else -1
    if sign * target < sign * start:
        raise InvalidInput(
            f"A key result that is to {direction.value} needs a target"
            f" {'above' if sign > 0 else 'below'} its start value {start:g}, not {target:g}.",
            path=("targetValue",),
        )
    commit: float | None = values["commit_value"]
    if commit is not None and not sign * start < sign * commit <= sign * target:
        raise InvalidInput(
            f"The commit value must lie beyond the start value {start:g} and up to the target {target:g}.",
            path=("commitValue",),
        )
    stretch: float | None = values["stretch_value"]
    if stretch is not None and sign * stretch < sign * target:
        raise InvalidInput(
            f"The stretch value must be the target {target:g} or beyond it.", path=("stretchValue",)
        )


def _refuse_senseless_milestone(values: dict[str, Any]) -> None:
    for name, field, allowed in (
        ("start_value", "startValue", (0,)),
        ("target_value", "targetValue", (1,)),
        ("current_value", "currentValue", (0, 1)),
        ("commit_value", "commitValue", (None,)),
        ("stretch_value", "stretchValue", (None,)),
    ):
        if values[name] not in allowed:
            raise InvalidInput(
                "A milestone goes from 0 (not met) to 1 (met), without commit and stretch values.",
                path=(field,),
            )


async def _refuse_contributions_away_from_target(
    session: AsyncSession, actor: Actor, key_result: KeyResult
) -> None:
    """Refuse a direction that turns what initiatives are expected to add into a step back."""
    table = sa.inspect(Contribution).local_table
    falls = key_result.direction is KeyResultDirection.DECREASE
    query = sa.select(sa.func.count()).where(
        table.c.organisation_id == actor.organisation_id,
        table.c.key_result_id == key_result.id,
        table.c.expected_delta > 0 if falls else table.c.expected_delta < 0,
    )
    number = (await session.execute(query)).scalar_one()
    if number:
        raise InvalidInput(
            f"Initiatives contribute to this key result in the other direction ({number} of them)."
            " Change or remove their contributions first.",
            path=("direction",),
        )


async def _objective_of(
    session: AsyncSession, actor: Actor, key_result_id: UUID, *, alone: bool = True
) -> Objective:
    """The open objective of a key result, held so that nobody closes it.

    ``alone``: nor changes its other key results' weights.
    """
    key_result = await find(session, actor, KeyResult, key_result_id)
    objective = await refer_to(session, actor, Objective, key_result.objective_id, path=("id",), alone=alone)
    refuse_closed(objective, path=("id",))
    return objective


async def _fit_into_objective(
    session: AsyncSession, actor: Actor, objective: Objective, key_result: KeyResult
) -> None:
    """Refuse a due date outside the objective's cycle, and key results that together weigh nothing.

    The caller holds the objective alone. An archived key result needs no place; the others still need weight.
    """
    if key_result.archived_at is None:
        cycle = await refer_to(session, actor, Cycle, objective.cycle_id, path=("objectiveId",))
        if not cycle.starts_on <= key_result.due_on <= cycle.ends_on:
            raise InvalidInput(
                f"A key result is due within its objective's cycle {cycle.name}: {cycle.starts_on} to"
                f" {cycle.ends_on}, not {key_result.due_on}.",
                path=("dueOn",),
            )
    table = sa.inspect(KeyResult).local_table
    query = sa.select(sa.func.count(), sa.func.sum(table.c.weight)).where(
        table.c.organisation_id == actor.organisation_id,
        table.c.objective_id == objective.id,
        table.c.archived_at.is_(None),
    )
    number, total = (await session.execute(query)).one()
    if number and total == 0:
        raise InvalidInput(
            "The key results of an objective must not weigh 0 together: give this or another one a weight"
            " above 0.",
            path=("weight",) if key_result.archived_at is None else ("archived",),
        )
