"""Breaches as they are stored: opened once, followed, taken on, diagnosed, and ended."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.kpi import BreachAcknowledge, BreachRestore, BreachUpdate, MeasurementAdd
from domain.db import Database, reading
from domain.enums import BreachEnding, ErrorPolicy, KpiLevel, WorkKind
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.kpi.breach import acknowledge_breach, restore_breach, update_breach
from domain.kpi.measuring import NewMeasurement, add_measurement, add_measurements
from domain.kpi.rows import BreachRow
from domain.models import Breach
from domain.rows import columns
from tests.domain.kpi.moments import NOW, ago
from tests.factories import a_category, a_kpi, a_portfolio, an_initiative, an_organisation
from tests.trail import written


async def _breaches(database: Database, actor: Actor) -> list[BreachRow]:
    table = sa.inspect(Breach).local_table
    async with reading(database, actor.organisation_id) as connection:
        query = sa.select(*columns(Breach, BreachRow)).order_by(table.c.crossed_at)
        return [BreachRow._make(row) for row in await connection.execute(query)]


async def _events(database: Database, actor: Actor) -> list[tuple[Any, ...]]:
    async with reading(database, actor.organisation_id) as connection:
        query = "SELECT kind, occurred_at, value FROM breach_event ORDER BY breach_id, number"
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def _measure(database: Database, actor: Actor, kpi_id: UUID, *values: tuple[float, float]) -> None:
    for days, value in values:
        command = MeasurementAdd(kpi_id=kpi_id, value=value, measured_at=ago(days=days))
        await add_measurement(database, actor, command, now=ago(days=days))


async def test_a_breach_is_opened_once_rises_and_ends_with_recovery(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _measure(database, actor, kpi.id, (30, 95), (20, 85), (19, 84), (18, 70), (10, 95))
    (breach,) = await _breaches(database, actor)
    assert (breach.level, breach.worst_level, breach.crossing_value) == (
        KpiLevel.HEALTHY,
        KpiLevel.RED,
        85,
    )
    assert (breach.opened_at, breach.crossed_at, breach.restored_at) == (ago(days=20), ago(days=20), None)
    await _measure(database, actor, kpi.id, (5, 96))
    (breach,) = await _breaches(database, actor)
    assert (breach.ending, breach.restored_at) == (BreachEnding.RECOVERED, ago(days=5))
    assert await _events(database, actor) == [
        ("opened", ago(days=20), 85),
        ("rose", ago(days=18), 70),
        ("eased", ago(days=10), 95),
        ("restored", ago(days=5), 96),
    ]
    await _measure(database, actor, kpi.id, (1, 50))
    assert [row.restored_at is None for row in await _breaches(database, actor)] == [False, True]


async def test_a_late_measurement_opens_nothing_and_a_late_recovery_ends(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _measure(database, actor, kpi.id, (3, 95))
    late = MeasurementAdd(kpi_id=kpi.id, value=10, measured_at=ago(days=9))
    await add_measurement(database, actor, late, now=NOW)
    assert await _breaches(database, actor) == []
    await _measure(database, actor, kpi.id, (2, 70), (1, 95))
    between = MeasurementAdd(kpi_id=kpi.id, value=94, measured_at=ago(days=1, hours=12))
    await add_measurement(database, actor, between, now=NOW)
    (breach,) = await _breaches(database, actor)
    assert (breach.ending, breach.restored_at) == (BreachEnding.RECOVERED, ago(days=1))


async def test_a_batch_does_as_its_measurements_one_by_one(database: Database) -> None:
    actor = await an_organisation(database)
    one, many = [await a_kpi(database, actor, now=NOW) for _ in range(2)]
    values = [95, 85, 70, 95, 95, 60, 91, 92, 93, 79]
    points = [(float(len(values) - at), value) for at, value in enumerate(values)]
    for days, value in points:
        command = MeasurementAdd(kpi_id=one.id, value=value, measured_at=ago(days=days))
        await add_measurement(database, actor, command, now=NOW)
    items: list[NewMeasurement | DomainError] = [
        NewMeasurement(many.id, value, ago(days=days)) for days, value in reversed(points)
    ]
    await add_measurements(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
    found = await _breaches(database, actor)

    def history(kpi_id: UUID) -> list[tuple[Any, ...]]:
        return [
            (row.crossed_at, row.crossing_value, row.worst_level, row.level, row.restored_at, row.ending)
            for row in found
            if row.kpi_id == kpi_id
        ]

    assert history(one.id) == history(many.id)
    assert [entry[:3] for entry in history(many.id)] == [
        (ago(days=9), 85, KpiLevel.RED),
        (ago(days=5), 60, KpiLevel.RED),
        (ago(days=1), 79, KpiLevel.RED),
    ]


async def test_it_is_taken_on_diagnosed_and_ended_by_hand_with_a_reason(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _measure(database, actor, kpi.id, (2, 70))
    (breach,) = await _breaches(database, actor)
    run, bets = [
        await a_category(database, actor, kind=kind) for kind in (WorkKind.LIGHTS_ON, WorkKind.STEP_CHANGE)
    ]
    portfolio = await a_portfolio(database, actor)
    repair, bet = [
        await an_initiative(database, actor, portfolio_id=portfolio.id, category_id=category.id)
        for category in (run, bets)
    ]
    taken = await acknowledge_breach(database, actor, BreachAcknowledge(id=breach.id, note="On it."), now=NOW)
    assert (taken.acknowledged_at, taken.acknowledged_by_id, taken.version) == (NOW, actor.member_id, 2)
    again = await acknowledge_breach(database, actor, BreachAcknowledge(id=breach.id), now=NOW)
    assert again == taken
    with pytest.raises(InvalidInput, match="no lights-on work"):
        await update_breach(
            database, actor, BreachUpdate.parse({"id": breach.id, "initiative_id": bet.id}), now=NOW
        )
    diagnosed = await update_breach(
        database,
        actor,
        BreachUpdate.parse(
            {"id": breach.id, "cause": "A full disk.", "initiative_id": repair.id, "expected_version": 2}
        ),
        now=NOW,
    )
    assert (diagnosed.cause, diagnosed.initiative_id) == ("A full disk.", repair.id)
    before = await written(database, actor)
    with pytest.raises(Conflict, match="at version 3, not 2"):
        await restore_breach(
            database, actor, BreachRestore(id=breach.id, expected_version=2, reason="Done."), now=NOW
        )
    with pytest.raises(NotFound):
        await acknowledge_breach(database, stranger, BreachAcknowledge(id=breach.id), now=NOW)
    assert await written(database, actor) == before
    restored = await restore_breach(
        database, actor, BreachRestore(id=breach.id, reason="The meter was wrong."), now=NOW
    )
    assert (restored.ending, restored.restored_reason, restored.restored_at) == (
        BreachEnding.BY_HAND,
        "The meter was wrong.",
        NOW,
    )
    with pytest.raises(Conflict, match="is over"):
        await restore_breach(database, actor, BreachRestore(id=breach.id, reason="Again."), now=NOW)
    assert [kind for kind, *_ in await _events(database, actor)] == [
        "opened",
        "acknowledged",
        "diagnosed",
        "restored",
    ]
    # red all the while: nothing opens before a recovery
    await _measure(database, actor, kpi.id, (1, 60))
    assert len(await _breaches(database, actor)) == 1
    await _measure(database, actor, kpi.id, (0.3, 95), (0.2, 95), (0.1, 60))
    assert len(await _breaches(database, actor)) == 2
