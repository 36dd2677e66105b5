"""Carrying closed objectives over into a later cycle: what is not met goes on from where it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.actor import Actor
from domain.commands.objective_closing import (
    CarriedContributions,
    CarriedKeyResult,
    ObjectiveCarryOver,
)
from domain.db import Database, transaction
from domain.entities import create, in_use, lock, refer_to
from domain.enums import InitiativeState, KeyResultDirection
from domain.errors import DomainError, InvalidInput, NotFound
from domain.estimates import Path
from domain.key_result import refuse_senseless_measure
from domain.models import Cycle, KeyResult, Objective, Team, metadata
from domain.objective_closing import refuse_carried_over
from domain.progress import key_result_progress
from domain.rows import KeyResultRow, ObjectiveRow, as_row

_CONTRIBUTIONS = metadata.tables["contribution"]
_INITIATIVES = metadata.tables["initiative"]

_DONE = (InitiativeState.COMPLETED, InitiativeState.STOPPED)


class _Chosen(NamedTuple):
    """A key result to be carried over, what is wished for it, and where that was said."""

    row: KeyResultRow
    wish: CarriedKeyResult | None
    path: Path


async def carry_over_objective(database: Database, actor: Actor, command: ObjectiveCarryOver) -> ObjectiveRow:
    """Let a closed objective go on in a later cycle, as a new one that refers to it; returns the new one.

    It has the same team, contributing teams, ambition and weight, and serves the same parent, or what that has
    been carried over as. Each key result starts from the current value of the one before, and is due on the
    last day of the new cycle unless said otherwise; a commit or stretch value stays where it still fits.
    Contributions of open initiatives stay, are copied, or move to the new key results; those of completed,
    stopped and archived ones always stay.

    Raises
    ------
    AlreadyCarriedOver
        When it goes on in a later cycle already.
    InvalidInput
        When it is open or archived; when the cycle does not begin and end later than its own, or is archived;
        when everything is met, or a named key result is and has no new target; when values don't fit.
    NotFound, Conflict
        When there is no such objective, cycle or key result; when the version moved on.
    """
    async with transaction(database, actor) as session:
        before = await lock(session, actor, Objective, command.id, expected_version=command.expected_version)
        cycle = await in_use(session, actor, Cycle, command.cycle_id, path=("cycleId",))
        key_results = await _key_results(session, actor, before)
        wishes = None if command.key_results is None else _wished(key_results, command.key_results)
        await refuse_carried_over(session, actor, before)
        if before.archived_at is not None:
            raise InvalidInput("This objective is archived; take it back into use first.", path=("id",))
        if before.closed_at is None:
            raise InvalidInput(
                "This objective is open: close it first, so that it keeps the grade of its own cycle.",
                path=("id",),
            )
        await _refuse_earlier(session, actor, before, cycle)
        await in_use(session, actor, Team, before.team_id, path=("id",))
        chosen = _unmet(key_results) if wishes is None else wishes
        carried = [_carried_values(row, wish, cycle=cycle, path=path) for row, wish, path in chosen]
        if carried and sum(values["weight"] for values in carried) == 0:
            raise InvalidInput(
                "The key results that are carried over must not weigh 0 together: name another one as well.",
                path=("keyResults",),
            )
        objective = await create(
            session,
            actor,
            Objective,
            {
                **{name: getattr(before, name) for name in ("team_id", "title", "description")},
                **{name: getattr(before, name) for name in ("ambition", "weight")},
                "cycle_id": cycle.id,
                "parent_id": await _parent_id(session, actor, before),
                "carried_over_from_id": before.id,
            },
        )
        await _copy_contributing_teams(session, actor, before.id, objective.id)
        successors: dict[UUID, UUID] = {}
        # they are created at one moment: ids in ascending order keep them in theirs
        for key_result_id, values in zip(sorted(uuid4() for _ in carried), carried, strict=True):
            place: dict[str, Any] = {"organisation_id": actor.organisation_id, "objective_id": objective.id}
            session.add(KeyResult(id=key_result_id, **place, **values))
            successors[values["carried_over_from_id"]] = key_result_id
        await session.flush()
        await _carry_contributions(session, actor, successors, command.contributions)
        return as_row(ObjectiveRow, objective)


async def _refuse_earlier(session: AsyncSession, actor: Actor, before: Objective, cycle: Cycle) -> None:
    own = await refer_to(session, actor, Cycle, before.cycle_id, path=("id",))
    if cycle.starts_on <= own.starts_on or cycle.ends_on <= own.ends_on:
        raise InvalidInput(
            f"An objective goes on in a later cycle: one that begins after {own.starts_on} and ends after"
            f" {own.ends_on}, not {cycle.name}, {cycle.starts_on} to {cycle.ends_on}.",
            path=("cycleId",),
        )


async def _key_results(session: AsyncSession, actor: Actor, before: Objective) -> list[KeyResultRow]:
    """Those in use, the oldest first; kept from changes until the end."""
    query = (
        sa.select(KeyResult)
        .where(
            col(KeyResult.organisation_id) == actor.organisation_id,
            col(KeyResult.objective_id) == before.id,
            col(KeyResult.archived_at).is_(None),
        )
        .order_by(col(KeyResult.created_at), col(KeyResult.id))
        .with_for_update(read=True)
    )
    return [as_row(KeyResultRow, entity) for entity in (await session.execute(query)).scalars()]


def _unmet(rows: Sequence[KeyResultRow]) -> list[_Chosen]:
    unmet = [row for row in rows if (found := key_result_progress(row)) is None or found.raw < 1]
    if rows and not unmet:
        raise InvalidInput(
            "All of its key results are met, so that nothing is left to carry over. Name key results with a"
            " further target, or create a new objective.",
            path=("keyResults",),
        )
    return [_Chosen(row, None, ("keyResults",)) for row in unmet]


def _wished(rows: Sequence[KeyResultRow], wishes: Sequence[CarriedKeyResult]) -> list[_Chosen]:
    present = {row.id: row for row in rows}
    chosen: dict[UUID, _Chosen] = {}
    for position, wish in enumerate(wishes):
        path = ("keyResults", position, "keyResultId")
        if wish.key_result_id not in present:
            raise NotFound("The objective has no key result in use with this id.", path=path)
        if wish.key_result_id in chosen:
            raise InvalidInput("This key result is named twice; name it once.", path=path)
        chosen[wish.key_result_id] = _Chosen(present[wish.key_result_id], wish, ("keyResults", position))
    return list(chosen.values())


def _carried_values(
    row: KeyResultRow, wish: CarriedKeyResult | None, *, cycle: Cycle, path: Path
) -> dict[str, Any]:
    start = row.start_value if row.current_value is None else row.current_value
    target = row.target_value if wish is None or wish.target_value is None else wish.target_value
    due_on = cycle.ends_on if wish is None or wish.due_on is None else wish.due_on
    if not cycle.starts_on <= due_on <= cycle.ends_on:
        raise InvalidInput(
            f"A key result is due within its objective's cycle {cycle.name}: {cycle.starts_on} to"
            f" {cycle.ends_on}, not {due_on}.",
            path=(*path, "dueOn"),
        )
    if row.direction is KeyResultDirection.MILESTONE and row.current_value == 1:
        raise InvalidInput(
            f"The milestone “{row.title}” is met; there is nothing to carry over.",
            path=(*path, "keyResultId"),
        )
    commit, stretch = _fitting(row, start, target)
    measure = {
        "direction": row.direction,
        "start_value": start,
        "target_value": target,
        "current_value": start,
        "commit_value": commit,
        "stretch_value": stretch,
    }
    try:
        refuse_senseless_measure(measure)
    except DomainError as error:
        error.path = (*path, *error.path)
        raise
    kept = ("owner_id", "title", "unit", "kind", "weight")
    return {
        **measure,
        **{name: getattr(row, name) for name in kept},
        "due_on": due_on,
        "carried_over_from_id": row.id,
    }


def _fitting(
    row: KeyResultRow, start: float | None, target: float | None
) -> tuple[float | None, float | None]:
    """The commit and the stretch value where they are still beyond the start and the target."""
    if start is None or target is None:
        return None, None
    sign = -1 if row.direction is KeyResultDirection.DECREASE else 1
    commit, stretch = row.commit_value, row.stretch_value
    if commit is not None and not sign * start < sign * commit <= sign * target:
        commit = None
    if stretch is not None and sign * stretch < sign * target:
        stretch = None
    return commit, stretch


async def _parent_id(session: AsyncSession, actor: Actor, before: Objective) -> UUID | None:
    """What the parent has been carried over as, or the parent; nothing if that is archived."""
    if before.parent_id is None:
        return None
    query = (
        sa.select(col(Objective.id))
        .where(
            col(Objective.organisation_id) == actor.organisation_id,
            sa.or_(
                col(Objective.id) == before.parent_id,
                col(Objective.carried_over_from_id) == before.parent_id,
            ),
            col(Objective.archived_at).is_(None),
        )
        .order_by(sa.case((col(Objective.id) == before.parent_id, 1), else_=0))
        .with_for_update(read=True)
    )
    return (await session.execute(query)).scalars().first()


async def _copy_contributing_teams(
    session: AsyncSession, actor: Actor, before_id: UUID, after_id: UUID
) -> None:
    table, team = metadata.tables["objective_contributor"], metadata.tables["team"]
    in_use_still = (
        sa.select(
            table.c.organisation_id, sa.literal(after_id, sa.Uuid).label("objective_id"), table.c.team_id
        )
        .join_from(
            table,
            team,
            sa.and_(team.c.organisation_id == table.c.organisation_id, team.c.id == table.c.team_id),
        )
        .where(
            table.c.organisation_id == actor.organisation_id,
            table.c.objective_id == before_id,
            team.c.archived_at.is_(None),
        )
    )
    names = ["organisation_id", "objective_id", "team_id"]
    await session.execute(sa.insert(table).from_select(names, in_use_still, include_defaults=False))


async def _carry_contributions(
    session: AsyncSession, actor: Actor, successors: dict[UUID, UUID], choice: CarriedContributions
) -> None:
    if choice is CarriedContributions.STAY or not successors:
        return
    table, initiative = _CONTRIBUTIONS, _INITIATIVES
    arrays = (sa.literal(list(ids), sa.ARRAY(sa.Uuid)) for ids in (successors.keys(), successors.values()))
    places = (
        sa.func.unnest(*arrays)
        .table_valued(sa.column("old_id", sa.Uuid), sa.column("new_id", sa.Uuid), name="place")
        .render_derived()
    )
    of_open = sa.exists().where(
        initiative.c.organisation_id == table.c.organisation_id,
        initiative.c.id == table.c.initiative_id,
        initiative.c.archived_at.is_(None),
        initiative.c.state.not_in(_DONE),
    )
    own = sa.and_(table.c.organisation_id == actor.organisation_id, of_open)
    names = ["organisation_id", "portfolio_id", "initiative_id", "expected_delta", "confidence"]
    copied = (
        sa.select(*(table.c[name] for name in names), places.c.new_id)
        .join_from(table, places, table.c.key_result_id == places.c.old_id)
        .where(own)
    )
    await session.execute(
        sa.insert(table).from_select([*names, "key_result_id"], copied, include_defaults=False)
    )
    if choice is CarriedContributions.MOVE:
        await session.execute(sa.delete(table).where(own, table.c.key_result_id.in_(list(successors))))
