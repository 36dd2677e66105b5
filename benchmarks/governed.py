"""An organisation with objectives, KPIs and long series, on a server of its own, behind the HTTP application."""

import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import psycopg
import sqlalchemy as sa
from fastapi import FastAPI
from psycopg import sql
from starlette.requests import HTTPConnection

from api.context import Context, Services
from api.schema import build_schema
from api.transport import mount_graphql
from benchmarks.bench_wording import labelled
from benchmarks.portfolios import Ids
from benchmarks.seeding import seed
from domain.actor import Actor
from domain.changes import ChangeFeed
from domain.db import APPLICATION_ROLE, connect
from domain.embedded import embedded_server
from domain.enums import Cadence, KpiKind, KpiTargetType, KpiTiming
from domain.history.kpi import KpiDefinitionRow
from domain.kpi.standard import CADENCE_DAYS, RECENT, level_of, stale_at, trend_of
from domain.snapshot import SnapshotStore
from migrations import runner

OBJECTIVES = 2_000
KEY_RESULTS = 8_000
KPIS = 3_000
MEASUREMENTS = 1_000_000
INITIATIVES = 1_000
_PER_KPI = MEASUREMENTS // KPIS
_CADENCES = (Cadence.DAILY, Cadence.WEEKLY, Cadence.WEEKLY, Cadence.MONTHLY)

Post = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Governed:
    """The organisation behind its application: how to ask, and what was seeded."""

    post: Post
    engine: Any
    database: Any
    actor: Actor
    key_result_ids: tuple[UUID, ...]

    async def statements(self, request: Callable[[], Awaitable[Any]]) -> int:
        """SQL statements of a request, after one that has warmed up."""
        count = 0

        def note(*_: object) -> None:
            nonlocal count
            count += 1

        await request()
        sa.event.listen(self.engine.sync_engine, "before_cursor_execute", note)
        await request()
        sa.event.remove(self.engine.sync_engine, "before_cursor_execute", note)
        return count


@contextmanager
def governed_server() -> Iterator[tuple[str, Actor, tuple[UUID, ...]]]:
    """A server with the organisation; its address for the application, the administrator, the key results."""
    with tempfile.TemporaryDirectory(prefix="stepchange-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with embedded_server(folder) as server:
            server.ensure_database("bench")
            engine = sa.create_engine(server.url("bench"))
            with engine.connect() as connection:
                runner.upgrade(connection)
                connection.execute(sa.text(f"ALTER ROLE {APPLICATION_ROLE} LOGIN"))
                connection.commit()
            engine.dispose()
            with server.connect("bench") as owner:
                actor, _ = seed(owner, initiatives=INITIATIVES)
                key_results = _seed(owner, actor, now=datetime.now(UTC))
            yield server.url("bench", user=APPLICATION_ROLE), actor, key_results


@asynccontextmanager
async def governed(url: str, actor: Actor, key_result_ids: tuple[UUID, ...]) -> AsyncIterator[Governed]:
    """The application before the organisation."""
    database = connect(url, pool_size=10)
    services = Services(database=database, snapshots=SnapshotStore(database), changes=ChangeFeed(database))
    app = FastAPI()
    mount_graphql(
        app,
        schema=build_schema(),
        authenticate=partial(_nobody, actor),
        make_context=lambda viewer, _: Context(services=services, viewer=viewer, request_id="bench"),
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", timeout=60) as client:

        async def post(document: str, **variables: Any) -> Any:
            body = {"query": document, "variables": variables}
            answer = (await client.post("/graphql", json=body)).json()
            assert "errors" not in answer, answer["errors"]
            return answer["data"]

        yield Governed(post, database.engine, database, actor, key_result_ids)
    await database.close()


async def _nobody(actor: Actor, _token: str | None, _connection: HTTPConnection) -> Actor:
    return actor


def _seed(connection: psycopg.Connection, actor: Actor, *, now: datetime) -> tuple[UUID, ...]:
    """Add what is not there yet; returns the key results of the running cycle."""
    ids, chance = Ids(7), random.Random(7)
    organisation_id = actor.organisation_id
    connection.execute("SET session_replication_role = replica")
    teams = [row[0] for row in connection.execute("SELECT id FROM team ORDER BY id")]
    present = connection.execute("SELECT (SELECT count(*) FROM objective), (SELECT count(*) FROM key_result)")
    objectives_there, key_results_there = present.fetchone() or (0, 0)

    def copy(table: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, ["organisation_id", *names]))
        )
        with connection.cursor() as cursor, cursor.copy(statement) as out:
            for row in rows:
                out.write_row((organisation_id, *row))

    today = now.date()
    cycles = [
        (
            ids(),
            f"Quarter {back}",
            "tactical",
            today - timedelta(45 + 91 * back),
            today + timedelta(45 - 91 * back),
        )
        for back in range(4)
    ]
    copy("cycle", ["id", "name", "level", "starts_on", "ends_on"], iter(cycles))
    objectives = [
        (
            ids(),
            cycles[number % 5 % 4][0],
            chance.choice(teams),
            f"Aim {number}",
            chance.choice(["committed", "aspirational"]),
        )
        for number in range(OBJECTIVES - objectives_there)
    ]
    copy("objective", ["id", "cycle_id", "team_id", "title", "ambition"], iter(objectives))
    titles = [row.text for row in labelled()]
    due = {key: ends_on for key, _, _, _, ends_on in cycles}
    key_results = [
        (ids(), objectives[number % len(objectives)], f"{titles[number % len(titles)]} ({number})")
        for number in range(KEY_RESULTS - key_results_there)
    ]
    copy(
        "key_result",
        [
            *("id", "objective_id", "title", "unit", "direction", "kind", "start_value", "target_value"),
            *("current_value", "due_on", "checked_in_at", "confidence"),
        ],
        (
            (
                key,
                objective[0],
                title,
                "%",
                "increase",
                "outcome",
                0,
                100,
                chance.randrange(101),
                due[objective[1]],
                now - timedelta(days=chance.randrange(15)),
                chance.randrange(11),
            )
            for key, objective, title in key_results
        ),
    )
    _seed_kpis(copy, ids, teams, objectives, actor, now)
    connection.execute("SET session_replication_role = origin")
    connection.execute("ANALYZE")
    running = {objective[0] for objective in objectives if objective[1] == cycles[0][0]}
    return tuple(key for key, objective, _ in key_results if objective[0] in running)


def _seed_kpis(
    copy: Callable[..., None],
    ids: Ids,
    teams: list[UUID],
    objectives: list[tuple[Any, ...]],
    actor: Actor,
    now: datetime,
) -> None:
    numbers = np.random.default_rng(7)
    kpis = [_kpi(ids(), teams[at % len(teams)], at, now) for at in range(KPIS)]
    names = [
        name for name in KpiDefinitionRow._fields if name not in ("archived_at", "owner_id", "category_id")
    ]
    copy("kpi", names, (tuple(_plain(getattr(kpi, name)) for name in names) for kpi in kpis))
    copy(
        "kpi_objective",
        ["kpi_id", "objective_id"],
        ((kpi.id, objectives[at][0]) for at, kpi in enumerate(kpis) if at % 2 and at < len(objectives)),
    )
    series = {}
    for at, kpi in enumerate(kpis):
        step = timedelta(days=CADENCE_DAYS[kpi.cadence])
        common = np.cumsum(np.random.default_rng(at // 3).normal(0, 0.6, _PER_KPI))
        values = 93 + common + numbers.normal(0, 0.3 + at % 5, _PER_KPI)
        series[kpi.id] = (
            [now - step * (_PER_KPI - 1 - each) - timedelta(hours=at % 40) for each in range(_PER_KPI)],
            values.tolist(),
        )
    copy(
        "measurement",
        ["kpi_id", "measured_at", "revision", "value", "recorded_by_id", "created_at"],
        (
            (kpi_id, at, 1, value, actor.member_id, at)
            for kpi_id, (times, values) in series.items()
            for at, value in zip(times, values, strict=True)
        ),
    )
    states, breaches = [], []
    for kpi in kpis:
        times, values = series[kpi.id]
        trend = trend_of(times[-RECENT:], values[-RECENT:], kpi)
        level = level_of(values[-1], kpi)
        stale = stale_at(times[-1], cadence=kpi.cadence, grace_hours=kpi.grace_hours)
        states.append(
            (
                kpi.id,
                level.value,
                values[-1],
                times[-1],
                values[-2],
                times[-2],
                _PER_KPI,
                times[-RECENT:],
                values[-RECENT:],
                None if trend is None else trend.kind.value,
                None if trend is None else trend.per_day,
                0,
                True,
                stale,
            )
        )
        if level.value == "red":
            breaches.append((ids(), kpi.id, "red", "red", values[-1], times[-1], times[-1], 0))
    copy(
        "kpi_state",
        [
            *("kpi_id", "level", "last_value", "last_measured_at", "previous_value", "previous_measured_at"),
            *(
                "measurement_count",
                "recent_at",
                "recent_values",
                "trend",
                "trend_per_day",
                "healthy_run",
                "armed",
            ),
            "stale_at",
        ],
        iter(states),
    )
    copy(
        "breach",
        [
            "id",
            "kpi_id",
            "level",
            "worst_level",
            "crossing_value",
            "crossed_at",
            "opened_at",
            "escalation_level",
        ],
        iter(breaches),
    )


def _kpi(key: UUID, team_id: UUID, number: int, now: datetime) -> KpiDefinitionRow:
    return KpiDefinitionRow(
        id=key,
        team_id=team_id,
        owner_id=None,
        category_id=None,
        name=f"KPI {number}",
        process=f"Process {number // 3}",
        description="",
        unit="%",
        metric="",
        target_type=KpiTargetType.STAY_ABOVE,
        target_low=90.0,
        amber_low=90.0,
        red_low=80.0,
        target_high=None,
        amber_high=None,
        red_high=None,
        cadence=_CADENCES[number // 3 % len(_CADENCES)],
        grace_hours=48.0,
        timing=KpiTiming.LAGGING,
        kind=KpiKind.INPUT if number % 7 == 0 else KpiKind.OUTCOME,
        recovery_measurements=1,
        version=1,
        created_at=now - timedelta(days=900),
        updated_at=now - timedelta(days=900),
        archived_at=None,
    )


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)
