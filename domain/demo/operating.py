"""Loads the KPIs of the demo with their measurements, breaches and links, as those would have been entered."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from domain.actor import Actor, System
from domain.commands.kpi import (
    BreachAcknowledge,
    BreachUpdate,
    CounterMetricLink,
    EscalationPathSet,
    EscalationStep,
    KpiCreate,
    KpiObjectiveLink,
    KpiPromote,
)
from domain.db import reading
from domain.demo.kpis import (
    ACTION,
    CAUSE,
    COUNTERED,
    GAUGES,
    MENDED_BY,
    PROMOTED,
    PROMOTED_STEPS,
    PROMOTED_TARGET,
    RECOVERED,
    RED,
    RED_HOURS,
    Gauge,
)
from domain.demo.loading import Stage
from domain.enums import ErrorPolicy, KpiTargetType, Role
from domain.errors import DomainError
from domain.kpi.breach import acknowledge_breach, update_breach
from domain.kpi.definition import create_kpi
from domain.kpi.escalation import escalate_due, set_escalation_path
from domain.kpi.linking import add_counter_metric, add_kpi_objective
from domain.kpi.measuring import NewMeasurement, add_measurements
from domain.kpi.promotion import promote_kpi
from domain.kpi.queries import open_breaches_of
from domain.kpi.standard import CADENCE_DAYS
from domain.models import metadata

_SIDES = {
    KpiTargetType.STAY_ABOVE: ("low",),
    KpiTargetType.INCREASE_TO: ("low",),
    KpiTargetType.STAY_BELOW: ("high",),
    KpiTargetType.DECREASE_TO: ("high",),
    KpiTargetType.STAY_WITHIN: ("low", "high"),
}


async def load_kpis(stage: Stage) -> None:
    """KPIs of every team, two quarters of measurements, and what became of them."""
    now = await _beginning(stage)
    planner = stage.actors["bowen"]
    for gauge in GAUGES:
        await create_kpi(stage.database, planner, _definition(stage, gauge), now=now)
        for objective in gauge.objectives:
            await add_kpi_objective(
                stage.database,
                planner,
                KpiObjectiveLink(
                    kpi_id=_id(stage, gauge.key), objective_id=stage.identity("objective", objective)
                ),
            )
    for key, (counter, reason) in COUNTERED.items():
        await add_counter_metric(
            stage.database,
            planner,
            CounterMetricLink(kpi_id=_id(stage, key), counter_kpi_id=_id(stage, counter), reason=reason),
        )
    await _set_paths(stage, planner)
    for gauge in GAUGES:
        if gauge.key == PROMOTED:
            await _load_promoted(stage, gauge, now)
        elif gauge.key == RECOVERED:
            await _load_recovered(stage, gauge, now)
        else:
            await _measure(stage, gauge, _series(gauge, now), now)
    system = System(organisation_id=stage.organisation_id, job="demo")
    await escalate_due(stage.database, system, now=now)


async def _beginning(stage: Stage) -> datetime:
    """When the demo was first loaded: a start that goes on where one failed measures at the same times."""
    table = metadata.tables["organisation"]
    async with reading(stage.database, stage.organisation_id) as connection:
        query = sa.select(table.c.created_at).where(table.c.id == stage.organisation_id)
        began: datetime = (await connection.execute(query)).scalar_one()
    return began.replace(second=0, microsecond=0)


def _id(stage: Stage, key: str) -> UUID:
    return stage.identity("kpi", key)


def _definition(stage: Stage, gauge: Gauge) -> KpiCreate:
    sides = _SIDES[gauge.target_type]
    limits: dict[str, float] = {}
    for side in sides:
        given = gauge.ceiling if side == "high" and gauge.ceiling is not None else gauge.limits
        limits |= {
            f"{name}_{side}": value for name, value in zip(("target", "amber", "red"), given, strict=True)
        }
    return KpiCreate(
        id=_id(stage, gauge.key),
        team_id=stage.identity("team", gauge.team),
        owner_id=stage.actors[gauge.owner].member_id,
        category_id=stage.identity("category", "run"),
        name=gauge.name,
        process=gauge.process,
        unit=gauge.unit,
        target_type=gauge.target_type,
        cadence=gauge.cadence,
        timing=gauge.timing,
        kind=gauge.kind,
        **limits,
    )


def _series(gauge: Gauge, now: datetime) -> list[tuple[datetime, float]]:
    """The measurements, the oldest first."""
    step = timedelta(days=CADENCE_DAYS[gauge.cadence])
    # the red one was noticed some hours ago; all others are of this moment
    last = now - timedelta(hours=RED_HOURS) if gauge.key == RED else now
    points = []
    for back in reversed(range(gauge.count)):
        share = 1 - back / max(gauge.count - 1, 1)
        wave = math.sin(2.4 * back) * 0.7 + math.sin(0.9 * back) * 0.3
        value = gauge.first + (gauge.last - gauge.first) * share + gauge.wobble * wave
        points.append((last - step * (back + gauge.newest), gauge.steps.get(back, round(value, 2))))
    return points


async def _measure(
    stage: Stage, gauge: Gauge, points: Sequence[tuple[datetime, float]], now: datetime
) -> None:
    """Enter measurements when the last of them was known, so that breaches are noticed then."""
    items: list[NewMeasurement | DomainError] = [
        NewMeasurement(_id(stage, gauge.key), value, at) for at, value in points
    ]
    if items:
        known = min(now, points[-1][0])
        await add_measurements(
            stage.database, stage.actors[gauge.owner], items, ErrorPolicy.REJECT_ALL, now=known
        )


async def _set_paths(stage: Stage, planner: Actor) -> None:
    """Two KPIs escalate: to the owner at once, to the planner, to the board, to the administrator."""
    for key in (RED, RECOVERED):
        owner = next(gauge.owner for gauge in GAUGES if gauge.key == key)
        steps = [
            EscalationStep(delay_hours=0, member_ids=[stage.actors[owner].member_id]),
            EscalationStep(delay_hours=4, member_ids=[stage.actors["bowen"].member_id]),
            EscalationStep(delay_hours=24, role=Role.BOARD),
            EscalationStep(delay_hours=72, role=Role.ADMIN),
        ]
        await set_escalation_path(
            stage.database, planner, EscalationPathSet(kpi_id=_id(stage, key), levels=steps)
        )


async def _load_recovered(stage: Stage, gauge: Gauge, now: datetime) -> None:
    """The breach is taken on by its owner some hours after it was noticed, and mended in the weeks that follow."""
    points = _series(gauge, now)
    crossing = len(points) - 1 - max(gauge.steps)
    await _measure(stage, gauge, points[: crossing + 1], now)
    owner, noticed = stage.actors[gauge.owner], points[crossing][0]
    async with reading(stage.database, stage.organisation_id) as connection:
        found = await open_breaches_of(connection, stage.organisation_id, kpi_ids=[_id(stage, gauge.key)])
    breach = found.get(_id(stage, gauge.key))
    if breach is not None:
        system = System(organisation_id=stage.organisation_id, job="demo")
        await escalate_due(stage.database, system, now=noticed + timedelta(hours=1))
        await acknowledge_breach(
            stage.database,
            owner,
            BreachAcknowledge(id=breach.id, note="I look at the oldest ones myself."),
            now=noticed + timedelta(hours=3),
        )
        await update_breach(
            stage.database,
            owner,
            BreachUpdate.parse(
                {
                    "id": breach.id,
                    "cause": CAUSE,
                    "corrective_action": ACTION,
                    "initiative_id": stage.identity("initiative", MENDED_BY),
                }
            ),
            now=noticed + timedelta(days=2),
        )
    await _measure(stage, gauge, points[crossing + 1 :], now)


async def _load_promoted(stage: Stage, gauge: Gauge, now: datetime) -> None:
    """What was measured until then is where the key result starts; what comes after are its check-ins."""
    points = _series(gauge, now)
    before = len(points) - PROMOTED_STEPS
    await _measure(stage, gauge, points[:before], now)
    await promote_kpi(
        stage.database,
        stage.actors["bowen"],
        KpiPromote(
            kpi_id=_id(stage, gauge.key),
            objective_id=stage.identity("objective", "one-contact"),
            key_result_id=stage.identity("key result", gauge.key),
            target_value=PROMOTED_TARGET,
            due_on=date(2026, 12, 31),
            reason="Three in five are no longer enough: the two next suppliers are at seventy.",
        ),
        now=points[before - 1][0],
    )
    await _measure(stage, gauge, points[before:], now)
