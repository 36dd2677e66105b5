"""Objectives as they were at a past time, with their key results."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.history.undoing import parts_at, rows_at
from domain.key_result_status import ObjectiveStanding, objective_standing
from domain.models import Cycle, KeyResult, Objective, ObjectiveContributor
from domain.rows import CycleRow, KeyResultRow, ObjectiveRow
from domain.snapshot import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveState:
    """An objective at a time: its own row, its key results (archived ones too) and how it stood on that day."""

    at: datetime
    row: ObjectiveRow
    cycle: CycleRow
    key_results: tuple[KeyResultRow, ...]
    contributing_team_ids: frozenset[UUID]
    standing: ObjectiveStanding


async def objectives_at(
    connection: AsyncConnection,
    organisation_id: UUID,
    *,
    at: datetime,
    day: date,
    objective_ids: Collection[UUID],
) -> dict[UUID, ObjectiveState]:
    """The state of objectives at a time; those that did not exist yet are left out. 12 statements at most.

    ``day`` is the one that progress is expected by.
    """
    objectives = await rows_at(connection, organisation_id, Objective, ObjectiveRow, at=at, ids=objective_ids)
    cycle_ids = {row.cycle_id for row in objectives.values()}
    cycles = await rows_at(connection, organisation_id, Cycle, CycleRow, at=at, ids=cycle_ids)
    # a key result never leaves its objective
    children = await _children_at(connection, organisation_id, at=at, objective_ids=objectives.keys())
    teams = await parts_at(
        connection,
        organisation_id,
        ObjectiveContributor,
        subject="objective_id",
        part="team_id",
        at=at,
        ids=list(objectives),
    )
    return {
        key: ObjectiveState(
            at=at,
            row=row,
            cycle=cycles[row.cycle_id],
            key_results=children[key],
            contributing_team_ids=teams[key],
            standing=objective_standing(children[key], cycle=cycles[row.cycle_id], day=day),
        )
        for key, row in objectives.items()
    }


async def directory_at(
    connection: AsyncConnection, organisation_id: UUID, directory: Directory, *, at: datetime
) -> tuple[dict[UUID, ObjectiveRow], dict[UUID, CycleRow], dict[UUID, tuple[KeyResultRow, ...]]]:
    """All objectives, cycles and key results (by their objective) of the organisation at a time; 6 statements.

    ``directory`` must be what the connection sees.
    """
    objectives = await rows_at(
        connection, organisation_id, Objective, ObjectiveRow, at=at, present=directory.objectives
    )
    cycles = await rows_at(connection, organisation_id, Cycle, CycleRow, at=at, present=directory.cycles)
    key_results = await rows_at(
        connection, organisation_id, KeyResult, KeyResultRow, at=at, present=directory.key_results
    )
    return objectives, cycles, _by_objective(key_results.values())


async def _children_at(
    connection: AsyncConnection, organisation_id: UUID, *, at: datetime, objective_ids: Collection[UUID]
) -> dict[UUID, tuple[KeyResultRow, ...]]:
    table = sa.inspect(KeyResult).local_table
    query = sa.select(table.c.id).where(
        table.c.organisation_id == organisation_id,
        table.c.objective_id == sa.any_(sa.literal(list(objective_ids), sa.ARRAY(sa.Uuid))),
    )
    ids = list((await connection.execute(query)).scalars())
    rows = await rows_at(connection, organisation_id, KeyResult, KeyResultRow, at=at, ids=ids)
    grouped = _by_objective(rows.values())
    return {objective_id: grouped.get(objective_id, ()) for objective_id in objective_ids}


def _by_objective(rows: Collection[KeyResultRow]) -> dict[UUID, tuple[KeyResultRow, ...]]:
    grouped: dict[UUID, list[KeyResultRow]] = {}
    for row in sorted(rows, key=lambda row: (row.created_at, row.id)):
        grouped.setdefault(row.objective_id, []).append(row)
    return {objective_id: tuple(children) for objective_id, children in grouped.items()}
