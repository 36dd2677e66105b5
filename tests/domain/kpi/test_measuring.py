"""Measurements: what is written, what follows from it, and what is refused."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from domain.actor import Actor
from domain.commands.base import ArchiveCommand
from domain.commands.kpi import KpiUpdate, MeasurementAdd, MeasurementCorrect
from domain.db import Database, reading, transaction
from domain.enums import ErrorPolicy, KpiLevel, KpiStatus, TrendKind, WorkKind
from domain.errors import Conflict, DomainError, InvalidInput, NotFound
from domain.kpi.definition import archive_kpi, kpi_row, update_kpi
from domain.kpi.errors import MeasurementInFuture, ThresholdsOutOfOrder
from domain.kpi.measuring import NewMeasurement, add_measurement, add_measurements, correct_measurement
from domain.kpi.rows import KpiRow, MeasurementRow
from tests.domain.kpi.moments import NOW, ago
from tests.factories import a_category, a_kpi, an_organisation
from tests.statements import counted
from tests.trail import trail, written


async def _shown(database: Database, actor: Actor, kpi_id: UUID, *, now: datetime = NOW) -> KpiRow:
    async with transaction(database, actor) as session:
        return await kpi_row(session, actor, kpi_id, now=now)


async def _rows(database: Database, actor: Actor, query: str, **values: Any) -> list[tuple[Any, ...]]:
    async with reading(database, actor.organisation_id) as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query), values)]


async def _add(
    database: Database, actor: Actor, kpi_id: UUID, value: float, at: datetime, *, now: datetime = NOW
) -> MeasurementRow:
    return await add_measurement(
        database, actor, MeasurementAdd(kpi_id=kpi_id, value=value, measured_at=at), now=now
    )


async def test_a_kpi_knows_where_it_stands_without_its_series(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    assert (kpi.status, kpi.amber_low, kpi.grace_hours, kpi.recovery_measurements) == (
        KpiStatus.UNKNOWN,
        90,
        48,
        2,
    )
    for week, value in enumerate([97, 95, 93, 91, 89]):
        await _add(database, actor, kpi.id, value, ago(days=28 - 7 * week))
    shown = await _shown(database, actor, kpi.id)
    assert (shown.status, shown.level, shown.last_value, shown.previous_value) == (
        KpiStatus.AMBER,
        KpiLevel.AMBER,
        89,
        91,
    )
    assert (shown.last_measured_at, shown.previous_measured_at, shown.measurement_count) == (
        NOW,
        ago(days=7),
        5,
    )
    assert shown.trend is TrendKind.WORSENING
    assert shown.trend_per_day == pytest.approx(-2 / 7)
    assert shown.recent_values == [97, 95, 93, 91, 89]
    assert shown.version == 1, "measurements are no changes of the definition"
    stale = await _shown(database, actor, kpi.id, now=NOW + timedelta(days=9))
    assert (stale.status, stale.level) == (KpiStatus.STALE, KpiLevel.AMBER)


async def test_late_and_repeated_measurements_change_nothing_newer(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    newest = await _add(database, actor, kpi.id, 95, ago(days=1))
    await _add(database, actor, kpi.id, 50, ago(days=8))
    again = await _add(database, actor, kpi.id, 95, ago(days=1))
    assert again == newest
    shown = await _shown(database, actor, kpi.id)
    assert (shown.status, shown.last_value, shown.previous_value, shown.measurement_count) == (
        KpiStatus.HEALTHY,
        95,
        50,
        2,
    )
    assert await _rows(database, actor, "SELECT count(*) FROM breach") == [(0,)]
    with pytest.raises(Conflict, match="a measurement of 95 at this time already"):
        await _add(database, actor, kpi.id, 96, ago(days=1))


async def test_a_correction_keeps_the_old_value_and_may_take_it_back(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _add(database, actor, kpi.id, 95, ago(days=8))
    await _add(database, actor, kpi.id, 9.5, ago(days=1))

    async def correct(value: float | None, revision: int | None = None) -> MeasurementRow:
        command = MeasurementCorrect(
            kpi_id=kpi.id,
            measured_at=ago(days=1),
            value=value,
            reason="A slip of the pen.",
            expected_revision=revision,
        )
        return await correct_measurement(database, actor, command, now=NOW)

    corrected = await correct(92, 1)
    assert (corrected.revision, corrected.value, corrected.note) == (2, 92, "A slip of the pen.")
    with pytest.raises(Conflict, match="revision 2, not 1"):
        await correct(93, 1)
    with pytest.raises(InvalidInput, match="nothing to correct"):
        await correct(92)
    await correct(None)
    shown = await _shown(database, actor, kpi.id)
    assert (shown.last_value, shown.last_measured_at, shown.measurement_count) == (95, ago(days=8), 1)
    with pytest.raises(Conflict, match="that was taken back"):
        await _add(database, actor, kpi.id, 91, ago(days=1))
    await correct(91)
    assert (await _shown(database, actor, kpi.id)).last_value == 91
    series = (
        "SELECT revision, value, superseded_at IS NULL FROM measurement WHERE measured_at = :at ORDER BY 1"
    )
    assert await _rows(database, actor, series, at=ago(days=1)) == [
        (1, 9.5, False),
        (2, 92, False),
        (3, None, False),
        (4, 91, True),
    ]
    with pytest.raises(NotFound, match="no measurement at this time"):
        await correct_measurement(
            database,
            actor,
            MeasurementCorrect(kpi_id=kpi.id, measured_at=ago(days=2), value=1, reason="None."),
            now=NOW,
        )


async def test_in_bulk_the_good_are_added_and_each_fault_is_told_at_its_place(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    kpi, foreign = await a_kpi(database, actor, now=NOW), await a_kpi(database, stranger, now=NOW)
    gone = await a_kpi(database, actor, now=NOW)
    await archive_kpi(database, actor, ArchiveCommand(id=gone.id), now=NOW)
    await _add(database, actor, kpi.id, 95, ago(days=30))
    items: list[NewMeasurement | DomainError] = [
        NewMeasurement(kpi.id, 91, ago(days=2)),
        NewMeasurement(kpi.id, 92, ago(days=2)),
        NewMeasurement(kpi.id, 92, NOW + timedelta(seconds=1)),
        NewMeasurement(kpi.id, float("nan"), ago(days=3)),
        NewMeasurement(kpi.id, 1e16, ago(days=4)),
        NewMeasurement(foreign.id, 92, ago(days=5)),
        NewMeasurement(gone.id, 92, ago(days=5)),
        NewMeasurement(kpi.id, 96, ago(days=30)),
        NewMeasurement(kpi.id, 95, ago(days=30)),
        InvalidInput("Unreadable.", path=("value",)),
        NewMeasurement(kpi.id, 90, ago(days=6), "x" * 2001),
        NewMeasurement(kpi.id, 93, ago(days=1)),
    ]
    before = await _rows(database, actor, "SELECT count(*) FROM measurement")
    refused = await add_measurements(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
    assert [outcome.row for outcome in refused if outcome.row is not None] == []
    assert await _rows(database, actor, "SELECT count(*) FROM measurement") == before
    outcomes = await add_measurements(database, actor, items, ErrorPolicy.REJECT_FAILED, now=NOW)
    assert [(type(e).__name__, *e.path) for outcome in outcomes for e in outcome.errors] == [
        ("InvalidInput", "measuredAt"),
        ("MeasurementInFuture", "measuredAt"),
        ("InvalidInput", "value"),
        ("InvalidInput", "value"),
        ("NotFound", "kpiId"),
        ("InvalidInput", "kpiId"),
        ("Conflict", "measuredAt"),
        ("InvalidInput", "measuredAt"),
        ("InvalidInput", "value"),
        ("InvalidInput", "note"),
    ]
    assert [outcome.row.value for outcome in outcomes if outcome.row is not None] == [91, 93]
    assert (await _shown(database, actor, kpi.id)).last_value == 93


async def test_many_take_as_many_statements_as_few(database: Database) -> None:
    actor = await an_organisation(database)
    kpis = [await a_kpi(database, actor, now=NOW) for _ in range(4)]

    async def add(offset: int, per_kpi: int, of: list[KpiRow]) -> int:
        items: list[NewMeasurement | DomainError] = [
            NewMeasurement(kpi.id, 95 - (at % 20), ago(days=400 - offset, hours=per_kpi - at))
            for kpi in of
            for at in range(per_kpi)
        ]
        with counted(database) as statements:
            outcomes = await add_measurements(database, actor, items, ErrorPolicy.REJECT_ALL, now=NOW)
        assert all(outcome.row is not None for outcome in outcomes)
        return len(statements)

    assert await add(0, 30, kpis[:2]) == await add(100, 600, kpis[2:])


async def test_two_at_once_lose_nothing_and_open_one_breach(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await asyncio.gather(*(_add(database, actor, kpi.id, 70 - at, ago(hours=at)) for at in range(6)))
    shown = await _shown(database, actor, kpi.id)
    assert (shown.last_value, shown.measurement_count) == (70, 6)
    assert await _rows(database, actor, "SELECT count(*) FROM breach") == [(1,)]


async def test_a_measurement_wakes_followers_and_leaves_the_trail_to_the_series(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    before = await written(database, actor)
    await _add(database, actor, kpi.id, 95, NOW)
    assert await written(database, actor) == before
    logged = "SELECT count(*) FROM change_log WHERE entity = 'kpi_state' AND entity_id = :kpi"
    assert await _rows(database, actor, logged, kpi=kpi.id) == [(2,)]


async def test_a_new_standard_judges_the_last_measurement_anew(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _add(database, actor, kpi.id, 92, NOW)
    changed = await update_kpi(
        database, actor, KpiUpdate.parse({"id": kpi.id, "target_low": 95, "amber_low": 94}), now=NOW
    )
    assert (changed.status, changed.version) == (KpiStatus.AMBER, 2)
    assert await _rows(database, actor, "SELECT level, crossing_value FROM breach") == [("amber", 92)]
    daily = await update_kpi(database, actor, KpiUpdate.parse({"id": kpi.id, "cadence": "daily"}), now=NOW)
    assert (daily.grace_hours, daily.stale_at) == (12, NOW + timedelta(days=1, hours=12))
    before = await written(database, actor)
    with pytest.raises(ThresholdsOutOfOrder):
        await update_kpi(database, actor, KpiUpdate.parse({"id": kpi.id, "red_low": 96}), now=NOW)
    with pytest.raises(InvalidInput, match="has no high limits"):
        await update_kpi(database, actor, KpiUpdate.parse({"id": kpi.id, "target_high": 99}), now=NOW)
    assert await written(database, actor) == before


async def test_archiving_ends_the_breach_and_coming_back_judges_anew(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _add(database, actor, kpi.id, 70, NOW)
    await archive_kpi(database, actor, ArchiveCommand(id=kpi.id), now=NOW)
    breaches = "SELECT ending, level FROM breach ORDER BY created_at"
    assert await _rows(database, actor, breaches) == [("archived", "red")]
    with pytest.raises(InvalidInput, match="KPI is archived"):
        await _add(database, actor, kpi.id, 71, NOW)
    await archive_kpi(database, actor, ArchiveCommand(id=kpi.id, archived=False), now=NOW)
    assert await _rows(database, actor, breaches) == [("archived", "red"), (None, "red")]


async def test_what_a_kpi_refers_to_must_be_there_and_fit(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    bets = await a_category(database, actor, kind=WorkKind.STEP_CHANGE)
    run = await a_category(database, actor, kind=WorkKind.LIGHTS_ON)
    with pytest.raises(InvalidInput, match="does not pay for lights-on work"):
        await a_kpi(database, actor, now=NOW, category_id=bets.id)
    with pytest.raises(NotFound):
        await a_kpi(database, actor, now=NOW, owner_id=stranger.member_id)
    with pytest.raises(NotFound):
        await a_kpi(database, actor, now=NOW, team_id=uuid4())
    kpi = await a_kpi(database, actor, now=NOW, category_id=run.id, owner_id=actor.member_id, name="Uptime")
    with pytest.raises(Conflict, match="The team has a KPI with this name"):
        await a_kpi(database, actor, now=NOW, team_id=kpi.team_id, name="uptime")
    again = await a_kpi(database, actor, now=NOW, team_id=kpi.team_id, name="Latency", id=(new := uuid4()))
    assert again == await a_kpi(database, actor, now=NOW, team_id=kpi.team_id, name="Latency", id=new)
    assert [entry[0] for entry in await trail(database, actor, "kpi")] == ["insert", "insert"]


async def test_the_series_cannot_be_rewritten(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    await _add(database, actor, kpi.id, 95, NOW)
    for statement in (
        "UPDATE measurement SET value = 1",
        "DELETE FROM measurement",
        "UPDATE breach_event SET note = ''",
        "DELETE FROM breach",
    ):
        with pytest.raises(sa.exc.DBAPIError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))


async def test_the_future_is_refused(database: Database) -> None:
    actor = await an_organisation(database)
    kpi = await a_kpi(database, actor, now=NOW)
    with pytest.raises(MeasurementInFuture) as refused:
        await _add(database, actor, kpi.id, 95, NOW + timedelta(seconds=1))
    assert (refused.value.now, refused.value.path) == (NOW, ("measuredAt",))
