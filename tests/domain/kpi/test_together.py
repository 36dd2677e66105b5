"""Everybody at once: measurements, escalation, people and promotions never wait for each other in a circle."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.commands.kpi import (
    BreachAcknowledge,
    BreachRestore,
    EscalationPathSet,
    EscalationStep,
    KpiPromote,
    KpiUpdate,
    MeasurementAdd,
)
from domain.db import Database, reading
from domain.enums import ErrorPolicy
from domain.errors import Conflict, DomainError
from domain.kpi.breach import acknowledge_breach, restore_breach
from domain.kpi.definition import update_kpi
from domain.kpi.escalation import escalate_due, set_escalation_path
from domain.kpi.measuring import NewMeasurement, add_measurement, add_measurements
from domain.kpi.promotion import promote_kpi
from domain.kpi.queries import open_breaches_of
from tests.domain.kpi.moments import NOW, ago
from tests.factories import a_kpi, an_objective, an_organisation


async def test_measuring_escalating_and_deciding_at_once(database: Database) -> None:
    actor = await an_organisation(database)
    kpis = [await a_kpi(database, actor, now=NOW) for _ in range(3)]
    objective = await an_objective(database, actor)
    levels = [EscalationStep(delay_hours=hours, member_ids=[actor.member_id]) for hours in (1, 2)]
    for kpi in kpis:
        await set_escalation_path(database, actor, EscalationPathSet(kpi_id=kpi.id, levels=levels))
        first = MeasurementAdd(kpi_id=kpi.id, value=85, measured_at=ago(days=2))
        await add_measurement(database, actor, first, now=NOW)
    async with reading(database, actor.organisation_id) as connection:
        breaches = list((await open_breaches_of(connection, actor.organisation_id)).values())
    items: list[NewMeasurement | DomainError] = [
        NewMeasurement(kpi.id, value, ago(hours=hours))
        for kpi in reversed(kpis)
        for hours, value in ((9, 95.0), (8, 96.0), (7, 60.0))
    ]
    later = NOW + timedelta(hours=5)
    works: list[Callable[[], Awaitable[Any]]] = [
        lambda: add_measurements(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW),
        *(
            lambda kpi=kpi, hours=hours: add_measurement(
                database,
                actor,
                MeasurementAdd(kpi_id=kpi.id, value=70 + hours, measured_at=ago(hours=hours)),
                now=NOW,
            )
            for kpi in kpis
            for hours in (1, 2)
        ),
        lambda: escalate_due(database, actor, now=later),
        lambda: escalate_due(database, actor, now=later),
        lambda: acknowledge_breach(database, actor, BreachAcknowledge(id=breaches[0].id), now=later),
        lambda: restore_breach(database, actor, BreachRestore(id=breaches[1].id, reason="Seen."), now=later),
        *(
            lambda kpi=kpi: promote_kpi(
                database,
                actor,
                KpiPromote(
                    kpi_id=kpi.id, objective_id=objective.id, target_value=99, due_on=date(2026, 12, 31)
                ),
                now=NOW,
            )
            for kpi in kpis
        ),
        lambda: update_kpi(database, actor, KpiUpdate.parse({"id": kpis[2].id, "red_low": 75}), now=NOW),
    ]
    done = await asyncio.gather(*(work() for work in works), return_exceptions=True)
    # a breach may be over before somebody gets to it
    assert [
        fault for fault in done if isinstance(fault, BaseException) and not isinstance(fault, Conflict)
    ] == []
    async with reading(database, actor.organisation_id) as connection:
        counted = "SELECT measurement_count, last_value FROM kpi_state"
        rows = [tuple(row) for row in await connection.execute(sa.text(counted))]
        repeated = "SELECT count(*) - count(DISTINCT (breach_id, number)) FROM breach_event"
        assert (await connection.execute(sa.text(repeated))).scalar_one() == 0
    assert rows == [(6, 71)] * 3


@pytest.mark.parametrize("other", [0, 1])
async def test_of_two_promotions_at_once_one_is_refused(database: Database, other: int) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await add_measurement(database, actor, MeasurementAdd(kpi_id=kpi.id, value=92, measured_at=NOW), now=NOW)
    objectives = [await an_objective(database, actor) for _ in range(2)]
    done = await asyncio.gather(
        *(
            promote_kpi(
                database,
                actor,
                KpiPromote(
                    kpi_id=kpi.id,
                    objective_id=objectives[which].id,
                    target_value=97,
                    due_on=date(2026, 12, 31),
                ),
                now=NOW,
            )
            for which in (0, other)
        ),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["AlreadyPromoted", "Promoted"]
