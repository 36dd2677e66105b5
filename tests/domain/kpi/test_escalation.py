"""Escalation: the path, and the steps that time takes, each once and with its true time."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor, System
from domain.commands.base import ArchiveCommand
from domain.commands.kpi import (
    BreachAcknowledge,
    EscalationPathSet,
    EscalationStep,
    MeasurementAdd,
)
from domain.db import Database, reading
from domain.enums import Role
from domain.errors import InvalidInput, NotFound
from domain.kpi.breach import acknowledge_breach
from domain.kpi.definition import archive_kpi
from domain.kpi.escalation import (
    Escalated,
    StepsTaken,
    WentStale,
    clear_escalation_path,
    escalate_due,
    set_escalation_path,
)
from domain.kpi.measuring import add_measurement
from domain.kpi.rows import KpiRow
from tests.domain.kpi.moments import NOW
from tests.factories import a_kpi, an_organisation
from tests.trail import written


def _after(hours: float) -> Any:
    return NOW + timedelta(hours=hours)


async def _path(database: Database, actor: Actor, kpi_id: UUID, *delays: float) -> None:
    steps = [EscalationStep(delay_hours=delay, member_ids=[actor.member_id]) for delay in delays]
    await set_escalation_path(database, actor, EscalationPathSet(kpi_id=kpi_id, levels=steps))


async def _breached(database: Database, actor: Actor, *delays: float) -> tuple[KpiRow, UUID]:
    """A KPI with a path, and a breach of it that was opened ``NOW``."""
    kpi = await a_kpi(database, actor, now=NOW)
    if delays:
        await _path(database, actor, kpi.id, *delays)
    await _red(database, actor, kpi.id)
    rows = await _rows(database, actor, "SELECT id FROM breach WHERE kpi_id = :kpi", kpi=kpi.id)
    return kpi, rows[0][0]


async def _red(database: Database, actor: Actor, kpi_id: UUID) -> None:
    await add_measurement(database, actor, MeasurementAdd(kpi_id=kpi_id, value=70, measured_at=NOW), now=NOW)


async def _rows(database: Database, actor: Actor, query: str, **values: Any) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query), values)]


async def _due(database: Database, actor: Actor, hours: float, *, limit: int = 100) -> StepsTaken:
    system = System(organisation_id=actor.organisation_id, job="escalation")
    return await escalate_due(database, system, now=_after(hours), limit=limit)


async def test_levels_are_reached_one_after_the_other_and_once_each(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, breach = await _breached(database, actor, 0, 4, 24)
    reached = []
    for hours in (0, 1, 3.9, 4, 23, 30, 100):
        taken = await _due(database, actor, hours)
        reached.append([(step.level, step.due_at) for step in taken.escalated])
    assert reached == [[(1, NOW)], [], [], [(2, _after(4))], [], [(3, _after(24))], []]
    events = "SELECT kind, escalation_level, occurred_at, notified_ids, member_id FROM breach_event ORDER BY number"
    assert await _rows(database, actor, events) == [
        ("opened", None, NOW, [], None),
        ("escalated", 1, NOW, [actor.member_id], None),
        ("escalated", 2, _after(4), [actor.member_id], None),
        ("escalated", 3, _after(24), [actor.member_id], None),
    ]
    stored = "SELECT escalation_level, escalates_at FROM breach WHERE id = :id AND kpi_id = :kpi"
    assert await _rows(database, actor, stored, id=breach, kpi=kpi.id) == [(3, None)]


async def test_after_an_outage_all_levels_are_caught_up_in_order_with_their_times(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    first, one = await _breached(database, actor, 1, 9, 50)
    second, two = await _breached(database, actor, 2, 8)
    taken = await _due(database, actor, 24)
    me = (actor.member_id,)
    assert taken.escalated == (
        Escalated(one, first.id, 1, _after(1), None, me),
        Escalated(two, second.id, 1, _after(2), None, me),
        Escalated(two, second.id, 2, _after(8), None, me),
        Escalated(one, first.id, 2, _after(9), None, me),
    )
    assert not taken.more
    assert (await _due(database, actor, 24)).escalated == ()


async def test_workers_at_the_same_time_take_each_step_once(database: Database) -> None:
    actor = await an_organisation(database)
    breaches = [(await _breached(database, actor, 1, 2, 3))[1] for _ in range(6)]
    rounds = await asyncio.gather(*(_due(database, actor, 2.5, limit=2) for _ in range(4)))
    steps = [(step.breach_id, step.level) for taken in rounds for step in taken.escalated]
    while (taken := await _due(database, actor, 2.5, limit=2)).more or taken.escalated:
        steps += [(step.breach_id, step.level) for step in taken.escalated]
    assert sorted(steps) == sorted((breach, level) for breach in breaches for level in (1, 2))
    counted = "SELECT count(*) FROM breach_event WHERE kind = 'escalated'"
    assert await _rows(database, actor, counted) == [(12,)]


async def test_what_another_worker_holds_is_left_alone(database: Database) -> None:
    actor = await an_organisation(database)
    _, held = await _breached(database, actor, 1)
    _, free = await _breached(database, actor, 1)
    async with database.engine.connect() as other, other.begin():
        await other.execute(
            sa.text("SELECT set_config('app.organisation_id', :id, true)"), {"id": str(actor.organisation_id)}
        )
        await other.execute(sa.text("SELECT 1 FROM breach WHERE id = :id FOR UPDATE"), {"id": held})
        taken = await _due(database, actor, 1)
        assert [step.breach_id for step in taken.escalated] == [free]
    assert [step.breach_id for step in (await _due(database, actor, 1)).escalated] == [held]


async def test_acknowledged_and_recovered_breaches_escalate_no_further(database: Database) -> None:
    actor = await an_organisation(database)
    _, taken_on = await _breached(database, actor, 1, 5)
    recovered, _ = await _breached(database, actor, 1, 5)
    await acknowledge_breach(database, actor, BreachAcknowledge(id=taken_on), now=_after(2))
    for hours in (3, 4):
        measurement = MeasurementAdd(kpi_id=recovered.id, value=95, measured_at=_after(hours))
        await add_measurement(database, actor, measurement, now=_after(hours))
    assert (await _due(database, actor, 200)).escalated == ()


async def test_an_open_breach_goes_on_along_a_new_path(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, breach = await _breached(database, actor)
    assert (await _due(database, actor, 100)).escalated == ()
    await _path(database, actor, kpi.id, 10, 20)
    assert [step.level for step in (await _due(database, actor, 10)).escalated] == [1]
    await _path(database, actor, kpi.id, 1, 30, 40)
    assert [(step.level, step.due_at) for step in (await _due(database, actor, 31)).escalated] == [
        (2, _after(30))
    ]
    await clear_escalation_path(database, actor, kpi.id)
    assert (await _due(database, actor, 400)).escalated == ()
    assert await _rows(database, actor, "SELECT escalation_level FROM breach WHERE id = :id", id=breach) == [
        (2,)
    ]


async def test_a_kpi_goes_stale_once_and_archived_ones_do_not(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, retired = await a_kpi(database, actor, now=NOW), await a_kpi(database, actor, now=NOW)
    for row in (kpi, retired):
        await _red(database, actor, row.id)
    await archive_kpi(database, actor, ArchiveCommand(id=retired.id), now=NOW)
    due = 9 * 24
    assert (await _due(database, actor, due - 0.01)).went_stale == ()
    assert (await _due(database, actor, due + 5)).went_stale == (WentStale(kpi.id, _after(due)),)
    assert (await _due(database, actor, due + 6)).went_stale == ()
    measurement = MeasurementAdd(kpi_id=kpi.id, value=95, measured_at=_after(due + 7))
    await add_measurement(database, actor, measurement, now=_after(due + 7))
    assert (await _due(database, actor, due + 8)).went_stale == ()
    assert (await _due(database, actor, 3 * due)).went_stale == (WentStale(kpi.id, _after(2 * due + 7)),)


async def test_steps_of_one_tenant_leave_another_alone(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    await _breached(database, theirs, 0)
    assert await _due(database, ours, 500) == ((), (), False)
    assert len((await _due(database, theirs, 500)).escalated) == 1


@pytest.mark.parametrize(
    ("levels", "path"),
    [
        ([], ("levels",)),
        ([EscalationStep(delay_hours=1)], ("levels", 0)),
        (
            [EscalationStep(delay_hours=2, role=Role.BOARD), EscalationStep(delay_hours=2, role=Role.ADMIN)],
            ("levels", 1, "delayHours"),
        ),
    ],
)
async def test_a_path_that_leads_nowhere_is_refused(
    database: Database, levels: list[EscalationStep], path: tuple[str | int, ...]
) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    before = await written(database, actor)
    with pytest.raises(InvalidInput) as refused:
        await set_escalation_path(database, actor, EscalationPathSet(kpi_id=kpi.id, levels=levels))
    assert refused.value.path == path
    assert await written(database, actor) == before


async def test_a_path_names_members_of_the_own_organisation(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    step = EscalationStep(delay_hours=1, role=Role.BOARD, member_ids=[actor.member_id, stranger.member_id])
    with pytest.raises(NotFound) as refused:
        await set_escalation_path(database, actor, EscalationPathSet(kpi_id=kpi.id, levels=[step]))
    assert refused.value.path == ("levels", 0, "memberIds", 1)
