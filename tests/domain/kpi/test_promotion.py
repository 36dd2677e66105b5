"""From a KPI to a key result and back, with lineage; measurements are check-ins in between."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.kpi import (
    KpiPromote,
    KpiPromotionEnd,
    KpiStandardRaise,
    MeasurementAdd,
    MeasurementCorrect,
)
from domain.db import Database, reading
from domain.enums import ErrorPolicy, KeyResultDirection, KpiStatus, KpiTargetType, StandardBasis
from domain.errors import DomainError, InvalidInput, NotFound
from domain.key_result import archive_key_result
from domain.kpi.errors import AlreadyPromoted, KeyResultNotAchieved, ThresholdsOutOfOrder
from domain.kpi.measuring import NewMeasurement, add_measurement, add_measurements, correct_measurement
from domain.kpi.promotion import Promoted, end_promotion, promote_kpi, raise_standard
from domain.kpi.queries import lineage_of
from domain.kpi.rows import KpiRow
from tests.domain.kpi.moments import NOW, ago
from tests.factories import a_kpi, an_objective, an_organisation
from tests.trail import written

DUE = date(2026, 12, 31)


async def _rows(database: Database, actor: Actor, query: str, **values: Any) -> list[Any]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query), values)]


async def _measure(database: Database, actor: Actor, kpi_id: UUID, value: float, at: datetime) -> None:
    await add_measurement(
        database, actor, MeasurementAdd(kpi_id=kpi_id, value=value, measured_at=at), now=max(at, NOW)
    )


async def _promoted(
    database: Database, actor: Actor, *, target: float = 95, **given: Any
) -> tuple[KpiRow, Promoted]:
    """A KPI at 85, and the key result that it became ``NOW``."""
    kpi = await a_kpi(database, actor, now=NOW, target_low=84, amber_low=82, red_low=78, unit="%")
    await _measure(database, actor, kpi.id, 85, ago(days=10))
    objective = await an_objective(database, actor)
    command = KpiPromote(kpi_id=kpi.id, objective_id=objective.id, target_value=target, due_on=DUE, **given)
    return kpi, await promote_kpi(database, actor, command, now=NOW)


async def test_measurements_are_check_ins_from_the_promotion_on(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, promoted = await _promoted(database, actor)
    key_result = promoted.key_result
    assert (key_result.title, key_result.unit, key_result.direction) == (
        f"{kpi.name} from 85 to 95 %",
        "%",
        KeyResultDirection.INCREASE,
    )
    assert (key_result.start_value, key_result.current_value, key_result.target_value) == (85, 85, 95)
    later = NOW + timedelta(days=3)
    items: list[NewMeasurement | DomainError] = [
        NewMeasurement(kpi.id, value, NOW + timedelta(days=day))
        for day, value in ((2, 90.0), (1, 88.0), (-1, 50.0))
    ]
    await add_measurements(database, actor, items, ErrorPolicy.REJECT_ALL, now=later)
    check_ins = "SELECT value, at, source FROM check_in WHERE key_result_id = :id ORDER BY at, id"
    assert await _rows(database, actor, check_ins, id=key_result.id) == [
        (88, NOW + timedelta(days=1), "kpi"),
        (90, NOW + timedelta(days=2), "kpi"),
    ]
    current = "SELECT current_value FROM key_result WHERE id = :id"
    assert await _rows(database, actor, current, id=key_result.id) == [(90,)]
    correction = MeasurementCorrect(
        kpi_id=kpi.id, measured_at=NOW + timedelta(days=2), value=92, reason="Rounded wrongly."
    )
    await correct_measurement(database, actor, correction, now=later)
    assert await _rows(database, actor, current, id=key_result.id) == [(92,)]
    # beyond the cycle the KPI goes on being measured, and the key result stays where it was
    next_year = datetime(2027, 1, 15, tzinfo=UTC)
    await add_measurement(
        database, actor, MeasurementAdd(kpi_id=kpi.id, value=97, measured_at=next_year), now=next_year
    )
    assert await _rows(database, actor, current, id=key_result.id) == [(92,)]


async def test_a_second_promotion_is_refused_while_the_first_is_open(database: Database) -> None:
    actor = await an_organisation(database)
    key = uuid4()
    kpi, promoted = await _promoted(database, actor, key_result_id=key)
    objective = await an_objective(database, actor)
    again = KpiPromote(kpi_id=kpi.id, objective_id=objective.id, target_value=96, due_on=DUE)
    before = await written(database, actor)
    with pytest.raises(AlreadyPromoted) as refused:
        await promote_kpi(database, actor, again, now=NOW)
    assert refused.value.key_result_id == promoted.key_result.id == key
    same = again.model_copy(update={"key_result_id": key})
    assert (await promote_kpi(database, actor, same, now=NOW)).key_result == promoted.key_result
    assert await written(database, actor) == before
    await archive_key_result(database, actor, ArchiveCommand(id=key))
    second = await promote_kpi(database, actor, again, now=NOW)
    async with reading(database, actor.organisation_id) as connection:
        promotions, _ = await lineage_of(connection, actor.organisation_id, kpi_ids=[kpi.id])
    assert [(row.key_result_id, row.ended_at) for row in promotions] == [
        (key, NOW),
        (second.key_result.id, None),
    ]
    ended = await end_promotion(
        database, actor, KpiPromotionEnd(kpi_id=kpi.id, reason="Another plan."), now=NOW
    )
    assert (ended.ended_at, ended.ended_reason) == (NOW, "Another plan.")
    with pytest.raises(NotFound, match="feeds no key result"):
        await end_promotion(database, actor, KpiPromotionEnd(kpi_id=kpi.id, reason="Again."), now=NOW)


async def test_what_is_no_improvement_or_has_no_start_is_not_promoted(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    objective = await an_objective(database, actor)
    kpi = await a_kpi(database, actor, now=NOW)
    errors = await a_kpi(
        database, actor, now=NOW, target_type=KpiTargetType.STAY_BELOW, target_high=3, red_high=5
    )
    foreign = await an_objective(database, stranger)

    async def refused(kpi_id: UUID, target: float, **given: Any) -> tuple[str, tuple[str | int, ...]]:
        values = {"objective_id": objective.id, "due_on": DUE, **given}
        command = KpiPromote(kpi_id=kpi_id, target_value=target, **values)
        with pytest.raises(DomainError) as error:
            await promote_kpi(database, actor, command, now=NOW)
        return type(error.value).__name__, error.value.path

    before = await written(database, actor)
    standard = StandardBasis.STANDARD
    assert await refused(kpi.id, 95) == ("InvalidInput", ("startFrom",))
    assert await refused(kpi.id, 89, start_from=standard) == ("InvalidInput", ("targetValue",))
    assert await refused(kpi.id, 90, start_from=standard) == ("InvalidInput", ("targetValue",))
    assert await refused(errors.id, 4, start_from=standard) == ("InvalidInput", ("targetValue",))
    assert await refused(errors.id, 1, start_from=standard, due_on=date(2027, 1, 1)) == (
        "InvalidInput",
        ("dueOn",),
    )
    assert await refused(errors.id, 1, start_from=standard, objective_id=foreign.id) == (
        "NotFound",
        ("objectiveId",),
    )
    assert await written(database, actor) == before
    falling = await promote_kpi(
        database,
        actor,
        KpiPromote(
            kpi_id=errors.id, objective_id=objective.id, target_value=1, due_on=DUE, start_from=standard
        ),
        now=NOW,
    )
    assert (falling.key_result.start_value, falling.key_result.direction) == (3, KeyResultDirection.DECREASE)


async def test_what_was_reached_becomes_the_standard(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, promoted = await _promoted(database, actor)
    key_result_id = promoted.key_result.id
    too_early = KpiStandardRaise(kpi_id=kpi.id, key_result_id=key_result_id)
    await _measure(database, actor, kpi.id, 90, NOW + timedelta(days=1))
    before = await written(database, actor)
    with pytest.raises(KeyResultNotAchieved) as refused:
        await raise_standard(database, actor, too_early, now=NOW)
    assert refused.value.progress == 0.5
    with pytest.raises(ThresholdsOutOfOrder):
        await raise_standard(
            database, actor, too_early.model_copy(update={"amber_low": 99.0, "reason": "x"}), now=NOW
        )
    other, _ = await _promoted(database, actor)
    before = await written(database, actor)
    with pytest.raises(InvalidInput, match="never became that key result"):
        await raise_standard(
            database, actor, KpiStandardRaise(kpi_id=other.id, key_result_id=key_result_id), now=NOW
        )
    assert await written(database, actor) == before
    await _measure(database, actor, kpi.id, 96, NOW + timedelta(days=2))
    raised = await raise_standard(database, actor, too_early, now=NOW + timedelta(days=3))
    assert (raised.kpi.target_low, raised.kpi.amber_low, raised.kpi.red_low) == (95, 93, 89)
    assert raised.kpi.status is KpiStatus.HEALTHY
    assert (raised.raised.old_target_low, raised.raised.new_target_low, raised.raised.achieved) == (
        84,
        95,
        True,
    )
    async with reading(database, actor.organisation_id) as connection:
        promotions, raises = await lineage_of(
            connection, actor.organisation_id, key_result_ids=[key_result_id]
        )
    assert [row.ended_at for row in promotions] == [NOW + timedelta(days=3)]
    assert raises == [raised.raised]
    with pytest.raises(InvalidInput, match="asks for no more than the old one"):
        await raise_standard(database, actor, too_early, now=NOW)


async def test_a_reason_raises_a_standard_to_where_the_key_result_is(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, promoted = await _promoted(database, actor)
    await _measure(database, actor, kpi.id, 91, NOW + timedelta(days=1))
    command = KpiStandardRaise(
        kpi_id=kpi.id, key_result_id=promoted.key_result.id, red_low=80, reason="Good enough for a year."
    )
    raised = await raise_standard(database, actor, command, now=NOW)
    assert (raised.kpi.target_low, raised.kpi.amber_low, raised.kpi.red_low) == (91, 89, 80)
    assert (raised.raised.achieved, raised.raised.reason) == (False, "Good enough for a year.")
