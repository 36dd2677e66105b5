"""The past, rebuilt, against what was read at the time."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from domain.actor import Actor
from domain.check_in import create_check_in
from domain.commands.base import ArchiveCommand
from domain.commands.check_in import CheckInCreate
from domain.commands.cycle import CycleUpdate
from domain.commands.kpi import KpiObjectiveLink, KpiUpdate, MeasurementAdd, MeasurementCorrect
from domain.commands.objective import KeyResultUpdate, ObjectiveUpdate
from domain.commands.objective_closing import ObjectiveClose
from domain.cycle import update_cycle
from domain.db import Database, reading
from domain.enums import Cadence, KpiStatus
from domain.history.kpi import KpiDefinitionRow, KpiState, kpis_as_of
from domain.history.objective import ObjectiveState, directory_at, objectives_at
from domain.key_result import archive_key_result, update_key_result
from domain.key_result_status import objective_standing
from domain.kpi.definition import archive_kpi, update_kpi
from domain.kpi.linking import add_kpi_objective, remove_kpi_objective
from domain.kpi.measuring import add_measurement, correct_measurement
from domain.kpi.queries import kpis_at, open_breaches_of
from domain.objective import archive_objective, update_objective
from domain.objective_closing import close_objective
from domain.queries.contributing import contributing_teams
from domain.snapshot import SnapshotStore
from tests.factories import a_cycle, a_key_result, a_kpi, a_team, an_objective, an_organisation


async def _moment(database: Database, actor: Actor) -> datetime:
    async with reading(database, actor.organisation_id) as connection:
        moment: datetime = (await connection.execute(sa.text("SELECT clock_timestamp()"))).scalar_one()
        return moment


async def _now(database: Database, actor: Actor, objective_id: UUID) -> tuple[datetime, ObjectiveState]:
    """The objective as everybody reads it at this moment."""
    view = await SnapshotStore(database).fresh(actor.organisation_id)
    async with reading(database, actor.organisation_id) as connection:
        teams = await contributing_teams(connection, actor.organisation_id, [objective_id])
    at = await _moment(database, actor)
    row = view.directory.objectives[objective_id]
    key_results = view.directory.key_results_of.get(objective_id, ())
    cycle = view.directory.cycles[row.cycle_id]
    return at, ObjectiveState(
        at=at,
        row=row,
        cycle=cycle,
        key_results=key_results,
        contributing_team_ids=frozenset(teams[objective_id]),
        standing=objective_standing(key_results, cycle=cycle, day=at.date()),
    )


async def test_an_objective_is_at_every_past_moment_what_it_was_then(database: Database) -> None:
    actor = await an_organisation(database)
    today = datetime.now(UTC).date()
    cycle = await a_cycle(
        database, actor, starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=60)
    )
    later = await a_cycle(
        database, actor, starts_on=today - timedelta(days=10), ends_on=today + timedelta(days=90)
    )
    teams = [await a_team(database, actor) for _ in range(3)]
    before = await _moment(database, actor)
    objective = await an_objective(
        database, actor, cycle_id=cycle.id, team_id=teams[0].id, contributing_team_ids=[teams[1].id]
    )
    taken = [await _now(database, actor, objective.id)]

    async def taken_after(step: Any) -> Any:
        result = await step
        taken.append(await _now(database, actor, objective.id))
        return result

    first = await taken_after(
        a_key_result(database, actor, objective_id=objective.id, due_on=today + timedelta(days=30))
    )
    second = await taken_after(
        a_key_result(database, actor, objective_id=objective.id, due_on=today + timedelta(days=40), weight=3)
    )
    for key, value, confidence in ((first.id, 40.0, 7), (second.id, 10.5, 3), (first.id, 60.0, 9)):
        command = CheckInCreate(key_result_id=key, value=value, confidence=confidence)
        await taken_after(create_check_in(database, actor, command, now=datetime.now(UTC)))
    changes: list[dict[str, Any]] = [
        {"title": "Another aim", "description": "With more words."},
        {"contributing_team_ids": [teams[2].id], "weight": 2.5},
        {"cycle_id": later.id},
        {"contributing_team_ids": []},
    ]
    for change in changes:
        await taken_after(
            update_objective(database, actor, ObjectiveUpdate.parse({"id": objective.id, **change}))
        )
    await taken_after(
        update_key_result(
            database, actor, KeyResultUpdate.parse({"id": second.id, "target_value": 55, "unit": "€"})
        )
    )
    await taken_after(
        update_cycle(
            database, actor, CycleUpdate.parse({"id": later.id, "ends_on": today + timedelta(days=200)})
        )
    )
    await taken_after(archive_key_result(database, actor, ArchiveCommand(id=second.id)))
    await taken_after(
        close_objective(
            database,
            actor,
            ObjectiveClose(id=objective.id, manual_grade=0.5, grade_reason="Half.", retrospective="Earlier."),
            now=datetime.now(UTC),
        )
    )
    await taken_after(archive_objective(database, actor, ArchiveCommand(id=objective.id)))

    assert len({state.standing for _, state in taken}) > 5
    view = await SnapshotStore(database).fresh(actor.organisation_id)
    async with reading(database, actor.organisation_id) as connection:
        for at, state in taken:
            found = await objectives_at(
                connection, actor.organisation_id, at=at, day=at.date(), objective_ids=[objective.id]
            )
            assert found == {objective.id: state}
            objectives, cycles, children = await directory_at(
                connection, actor.organisation_id, view.directory, at=at
            )
            assert objectives[objective.id] == state.row
            assert cycles[state.cycle.id] == state.cycle
            assert children.get(objective.id, ()) == state.key_results
        nothing = await objectives_at(
            connection, actor.organisation_id, at=before, day=before.date(), objective_ids=[objective.id]
        )
        assert nothing == {}


async def _kpi_now(
    database: Database, actor: Actor, kpi_id: UUID, linked: set[UUID]
) -> tuple[datetime, KpiState]:
    at = await _moment(database, actor)
    async with reading(database, actor.organisation_id) as connection:
        (row,) = await kpis_at(connection, actor.organisation_id, now=at, archived=True)
        breaches = await open_breaches_of(connection, actor.organisation_id)
    return at, KpiState(
        at=at,
        row=KpiDefinitionRow(*(getattr(row, name) for name in KpiDefinitionRow._fields)),
        value=row.last_value,
        measured_at=row.last_measured_at,
        level=row.level,
        status=row.status,
        objective_ids=frozenset(linked),
        breach_ids=tuple(breach.id for breach in breaches.values()),
    )


async def test_a_kpi_is_at_every_past_moment_what_was_known_of_it_then(database: Database) -> None:
    actor = await an_organisation(database)
    objective = await an_objective(database, actor)
    before = await _moment(database, actor)
    kpi = await a_kpi(database, actor, now=datetime.now(UTC))
    linked: set[UUID] = set()
    taken = [await _kpi_now(database, actor, kpi.id, linked)]

    async def taken_after(step: Any) -> None:
        await step
        taken.append(await _kpi_now(database, actor, kpi.id, linked))

    start = datetime.now(UTC)
    for days, value in ((9, 95.0), (8, 85.0), (7, 70.0)):
        command = MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=start - timedelta(days=days))
        await taken_after(add_measurement(database, actor, command, now=datetime.now(UTC)))
    # what was wrong then was known so; what came late was not known
    correct = MeasurementCorrect(
        kpi_id=kpi.id, measured_at=start - timedelta(days=7), value=88.0, reason="A typo."
    )
    await taken_after(correct_measurement(database, actor, correct, now=datetime.now(UTC)))
    for days, value in ((3, 93.0), (5, 60.0), (2, 94.0), (1, 96.0)):
        command = MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=start - timedelta(days=days))
        await taken_after(add_measurement(database, actor, command, now=datetime.now(UTC)))
    link = KpiObjectiveLink(kpi_id=kpi.id, objective_id=objective.id)
    linked = {objective.id}
    await taken_after(add_kpi_objective(database, actor, link))
    linked = set()
    await taken_after(remove_kpi_objective(database, actor, link))
    for change in (
        {"target_low": 99, "amber_low": 98, "red_low": 97},
        {"cadence": Cadence.DAILY, "grace_hours": 0},
    ):
        update = KpiUpdate.parse({"id": kpi.id, **change})
        await taken_after(update_kpi(database, actor, update, now=datetime.now(UTC)))
    await taken_after(archive_kpi(database, actor, ArchiveCommand(id=kpi.id), now=datetime.now(UTC)))

    assert {state.status for _, state in taken} >= {
        KpiStatus.UNKNOWN,
        KpiStatus.HEALTHY,
        KpiStatus.AMBER,
        KpiStatus.RED,
    }
    assert len({state.breach_ids for _, state in taken}) > 2
    async with reading(database, actor.organisation_id) as connection:
        for at, state in taken:
            assert await kpis_as_of(connection, actor.organisation_id, at=at) == {kpi.id: state}
        assert await kpis_as_of(connection, actor.organisation_id, at=before, kpi_ids=[kpi.id]) == {}
