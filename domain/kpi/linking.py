"""What KPIs are linked to by hand: objectives, key results of the same metric, and counter-metrics."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.commands.kpi import CounterMetricLink, KpiKeyResultLink, KpiObjectiveLink
from domain.db import Database, transaction
from domain.entities import in_use, refer_to
from domain.errors import InvalidInput, NotFound
from domain.models import KeyResult, Kpi, Objective, metadata

MOST_LINKS = 20
"""Objectives of one KPI, key results of one KPI, counter-metrics of one KPI or key result."""


async def add_kpi_objective(database: Database, actor: Actor, command: KpiObjectiveLink) -> None:
    """Say that a KPI stands behind an objective; what is said already stays.

    Raises
    ------
    NotFound, InvalidInput
        When one of the two is not there or archived; when the KPI is linked to too many.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        await in_use(session, actor, Objective, command.objective_id, path=("objectiveId",))
        await _add(session, actor, "kpi_objective", "kpi_id", command.model_dump(), path="objectiveId")


async def remove_kpi_objective(database: Database, actor: Actor, command: KpiObjectiveLink) -> None:
    """Take back that a KPI stands behind an objective.

    Raises
    ------
    NotFound
        When one of the two is not there, or they are not linked.
    """
    async with transaction(database, actor) as session:
        await refer_to(session, actor, Kpi, command.kpi_id, path=("kpiId",))
        await refer_to(session, actor, Objective, command.objective_id, path=("objectiveId",))
        await _remove(session, actor, "kpi_objective", command.model_dump(), path="objectiveId")


async def add_kpi_key_result(database: Database, actor: Actor, command: KpiKeyResultLink) -> None:
    """Declare that a KPI and a key result measure the same, so that conflicts between them are found.

    Raises
    ------
    NotFound, InvalidInput
        As ``add_kpi_objective``.
    """
    async with transaction(database, actor) as session:
        await in_use(session, actor, Kpi, command.kpi_id, path=("kpiId",), alone=True)
        await in_use(session, actor, KeyResult, command.key_result_id, path=("keyResultId",))
        await _add(session, actor, "kpi_key_result", "kpi_id", command.model_dump(), path="keyResultId")


async def remove_kpi_key_result(database: Database, actor: Actor, command: KpiKeyResultLink) -> None:
    """Take back that a KPI and a key result measure the same.

    Raises
    ------
    NotFound
        As ``remove_kpi_objective``.
    """
    async with transaction(database, actor) as session:
        await refer_to(session, actor, Kpi, command.kpi_id, path=("kpiId",))
        await refer_to(session, actor, KeyResult, command.key_result_id, path=("keyResultId",))
        await _remove(session, actor, "kpi_key_result", command.model_dump(), path="keyResultId")


async def add_counter_metric(database: Database, actor: Actor, command: CounterMetricLink) -> None:
    """Watch a KPI while another KPI, or a key result, is pushed; what is watched already stays.

    Raises
    ------
    NotFound, InvalidInput
        When something is not there or archived; when not exactly one of KPI and key result is given, a KPI is
        to counter itself, or there are too many.
    """
    async with transaction(database, actor) as session:
        subject = await _subject(session, actor, command)
        if command.kpi_id == command.counter_kpi_id:
            raise InvalidInput(
                "A KPI can't be its own counter-metric; choose one that suffers when this one is pushed.",
                path=("counterKpiId",),
            )
        await _add(session, actor, "counter_metric", subject, command.model_dump(), path="counterKpiId")


async def remove_counter_metric(database: Database, actor: Actor, command: CounterMetricLink) -> None:
    """No longer watch a KPI while another KPI, or a key result, is pushed.

    Raises
    ------
    NotFound, InvalidInput
        When something is not there, or they are no pair; when not exactly one of KPI and key result is given.
    """
    async with transaction(database, actor) as session:
        await _subject(session, actor, command, removing=True)
        pair = {name: value for name, value in command.model_dump().items() if name != "reason"}
        await _remove(session, actor, "counter_metric", pair, path="counterKpiId")


async def _subject(
    session: AsyncSession, actor: Actor, command: CounterMetricLink, *, removing: bool = False
) -> str:
    """Hold both ends, KPIs in the order of their ids, and return the column of the pushed one."""
    find = refer_to if removing else in_use
    ends: list[tuple[UUID, str]] = [(command.counter_kpi_id, "counterKpiId")]
    if command.kpi_id is not None:
        ends.append((command.kpi_id, "kpiId"))
    for kpi_id, field in sorted(ends):
        await find(session, actor, Kpi, kpi_id, path=(field,), alone=True)
    if command.key_result_id is not None:
        await find(session, actor, KeyResult, command.key_result_id, path=("keyResultId",))
    if (command.kpi_id is None) == (command.key_result_id is None):
        raise InvalidInput("Give either the KPI or the key result that is pushed.", path=("kpiId",))
    return "kpi_id" if command.kpi_id is not None else "key_result_id"


async def _add(
    session: AsyncSession,
    actor: Actor,
    table_name: str,
    subject: str,
    values: dict[str, object],
    *,
    path: str,
) -> None:
    table = metadata.tables[table_name]
    await session.execute(
        postgresql.insert(table)
        .values(organisation_id=actor.organisation_id, **values)
        .on_conflict_do_nothing()
    )
    linked = sa.select(sa.func.count()).where(
        table.c.organisation_id == actor.organisation_id, table.c[subject] == values[subject]
    )
    if (await session.execute(linked)).scalar_one() > MOST_LINKS:
        raise InvalidInput(
            f"There are {MOST_LINKS} of these already, which nobody can steer by; remove one first.",
            path=(path,),
        )


async def _remove(
    session: AsyncSession, actor: Actor, table_name: str, pair: dict[str, object], *, path: str
) -> None:
    table = metadata.tables[table_name]
    removed = await session.execute(
        sa.delete(table)
        .where(
            table.c.organisation_id == actor.organisation_id,
            *(table.c[name].is_not_distinct_from(value) for name, value in pair.items()),
        )
        .returning(table.c.organisation_id)
    )
    if removed.first() is None:
        raise NotFound("These two are not linked in this way.", path=(path,))
