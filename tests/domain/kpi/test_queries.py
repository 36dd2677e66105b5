"""Reads about KPIs: exact figures, of the own organisation, and of the past."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.commands.kpi import MeasurementAdd, MeasurementCorrect
from domain.db import Database, reading
from domain.enums import KpiStatus
from domain.errors import InvalidInput
from domain.kpi.measuring import add_measurement, correct_measurement
from domain.kpi.queries import breach_counts, known_at, kpis_at
from domain.kpi.series import SeriesBucket, SeriesPoint, series_of
from tests.domain.kpi.moments import NOW, ago
from tests.factories import a_kpi, an_organisation


async def test_a_series_is_summed_up_by_period_in_utc(database: Database) -> None:
    actor = await an_organisation(database)
    kpi, other = await a_kpi(database, actor, now=NOW), await a_kpi(database, actor, now=NOW)
    monday = datetime(2026, 11, 9, tzinfo=UTC)
    for hours, value in ((0, 91.0), (30, 95.0), (167.5, 93.0), (168, 88.0), (200, 2.0), (-1, 70.0)):
        command = MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=monday + timedelta(hours=hours))
        await add_measurement(database, actor, command, now=NOW)
    wrong = MeasurementCorrect(
        kpi_id=kpi.id, measured_at=monday + timedelta(hours=200), value=None, reason="Not measured."
    )
    await correct_measurement(database, actor, wrong, now=NOW)
    async with reading(database, actor.organisation_id) as connection:
        found = await series_of(
            connection,
            actor.organisation_id,
            kpi_ids=[kpi.id, other.id],
            starts_at=monday,
            ends_at=NOW,
            bucket=SeriesBucket.WEEK,
        )
        assert found == {
            kpi.id: [
                SeriesPoint(monday, 3, 91, 93, 95, 93, monday + timedelta(hours=167.5)),
                SeriesPoint(monday + timedelta(days=7), 1, 88, 88, 88, 88, monday + timedelta(days=7)),
            ],
            other.id: [],
        }
        for starts_at, bucket in ((NOW, SeriesBucket.WEEK), (ago(days=42), SeriesBucket.HOUR)):
            with pytest.raises(InvalidInput):
                await series_of(
                    connection,
                    actor.organisation_id,
                    kpi_ids=[kpi.id],
                    starts_at=starts_at,
                    ends_at=NOW,
                    bucket=bucket,
                )


async def test_kpis_breaches_and_what_was_known_in_the_past(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    kpi, fresh = (
        await a_kpi(database, actor, now=NOW, name="B", recovery_measurements=1),
        await a_kpi(database, actor, now=NOW, name="a"),
    )
    await a_kpi(database, stranger, now=NOW)
    for days, value in ((50, 70.0), (40, 95.0), (30, 85.0)):
        command = MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=ago(days=days))
        await add_measurement(database, actor, command, now=NOW)
    async with reading(database, actor.organisation_id) as connection:
        recorded = datetime.now(UTC)
    wrong = MeasurementCorrect(kpi_id=kpi.id, measured_at=ago(days=40), value=91, reason="Misread.")
    await correct_measurement(database, actor, wrong, now=recorded + timedelta(seconds=1))
    async with reading(database, actor.organisation_id) as connection:
        organisation_id = actor.organisation_id
        shown = await kpis_at(connection, organisation_id, now=NOW)
        assert [(row.name, row.status) for row in shown] == [
            ("a", KpiStatus.UNKNOWN),
            ("B", KpiStatus.STALE),
        ]
        then = await kpis_at(connection, organisation_id, now=ago(days=29), team_ids=[kpi.team_id])
        assert [(row.name, row.status) for row in then] == [("B", KpiStatus.AMBER)]
        counts = await breach_counts(connection, organisation_id)
        assert counts == {kpi.id: (2, 1, ago(days=30))}
        assert (await breach_counts(connection, organisation_id, since=ago(days=35)))[kpi.id].total == 1
        assert await known_at(connection, organisation_id, at=ago(days=51)) == {}
        assert await known_at(connection, organisation_id, at=ago(days=35)) == {kpi.id: (91, ago(days=40))}
        before = await known_at(connection, organisation_id, at=ago(days=35), recorded_by=recorded)
        assert before == {kpi.id: (95, ago(days=40))}
        assert await known_at(connection, organisation_id, at=NOW, kpi_ids=[fresh.id]) == {}
