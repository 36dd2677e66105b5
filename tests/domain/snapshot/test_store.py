"""Snapshots are fresh, equal to what a full read would give, immutable and bounded."""

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import numpy as np
import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from domain.actor import Actor
from domain.commands.team import TeamUpdate
from domain.db import Database, connect, transaction
from domain.enums import (
    Ambition,
    CycleLevel,
    KeyResultDirection,
    KeyResultKind,
)
from domain.errors import NotFound
from domain.models import (
    Cycle,
    Initiative,
    KeyResult,
    Objective,
    Portfolio,
    Team,
)
from domain.snapshot import PortfolioColumns, SnapshotStore
from domain.snapshot.columns import STATES
from domain.team import update_team
from tests.factories import a_team, an_organisation


async def _insert(database: Database, actor: Actor, *entities: SQLModel) -> None:
    async with transaction(database, actor) as session:
        for entity in entities:
            session.add(entity)
            await session.flush()


async def _a_portfolio(database: Database, actor: Actor, *, initiatives: int = 0) -> tuple[UUID, list[UUID]]:
    portfolio = Portfolio(organisation_id=actor.organisation_id, name=f"Portfolio {uuid4()}")
    rows = [
        Initiative(
            organisation_id=actor.organisation_id, portfolio_id=portfolio.id, title=f"Initiative {number}"
        )
        for number in range(initiatives)
    ]
    await _insert(database, actor, portfolio, *rows)
    return portfolio.id, [row.id for row in rows]


def _canonical(columns: PortfolioColumns) -> dict[str, object]:
    """Everything that a version says, whatever the order of its positions."""
    order = sorted(range(len(columns)), key=lambda position: columns.rows[position].id)
    ids = [row.id for row in columns.rows]
    content: dict[str, object] = {"portfolio": columns.portfolio, "rows": [columns.rows[p] for p in order]}
    for name in (
        "state",
        "live",
        "duration_weeks",
        "cost_minor",
        "earliest_start",
        "deadline",
        "effort_person_weeks",
        "rate_minor_per_week",
    ):
        content[name] = repr(getattr(columns, name)[order].tolist())
    content["costs"] = [columns.costs_of_delay[p] for p in order]
    content["overrides"] = [columns.overrides.get(p) for p in order]
    content["criteria"] = columns.criteria
    content["scores"] = repr(columns.scores[order].tolist())
    ranges = columns.score_ranges
    content["score ranges"] = sorted(
        (columns.rows[p].id, ranges.criterion[e], float(ranges.low[e]), float(ranges.high[e]))
        for e, p in enumerate(ranges.initiative.tolist())
    )
    content["tie_break"] = columns.tie_break[order].tolist()
    demands, shares, edges = columns.demands, columns.shares, columns.edges
    content["demands"] = [
        (
            ids[p],
            demands.team[e],
            demands.skill[e],
            *(repr(float(a[e])) for a in (demands.low, demands.likely, demands.high)),
        )
        for p in order
        for e in demands.of(p)
    ]
    content["shares"] = [
        (ids[p], shares.key_result[e], float(shares.expected_delta[e]), float(shares.confidence[e]))
        for p in order
        for e in shares.of(p)
    ]
    content["edges"] = [edges.rows[e] for p in order for e in edges.outgoing(p)]
    content["incoming"] = [sorted(edges.rows[e].id for e in edges.incoming(p)) for p in order]
    content["arrows"] = [
        (
            ids[edges.predecessor[e]],
            ids[edges.successor[e]],
            int(edges.kind[e]),
            bool(edges.hard[e]),
            float(edges.lag_weeks[e]),
        )
        for p in order
        for e in edges.outgoing(p)
    ]
    return content


async def test_the_next_request_sees_an_acknowledged_write(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, (first,) = await _a_portfolio(database, actor, initiatives=1)
    store = SnapshotStore(database)
    before = await store.fresh(actor.organisation_id, portfolio_id)
    async with transaction(database, actor) as session:
        await session.execute(
            sa.text("UPDATE initiative SET title = 'Renamed', version = 2 WHERE id = :id"), {"id": first}
        )
    after = await store.fresh(actor.organisation_id, portfolio_id)
    assert before.portfolio(portfolio_id).rows[0].title == "Initiative 0"
    assert (after.portfolio(portfolio_id).rows[0].title, after.portfolio(portfolio_id).rows[0].version) == (
        "Renamed",
        2,
    )
    assert after.version != before.version


async def test_without_a_change_the_version_stays(database: Database) -> None:
    actor, other = await an_organisation(database), await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=1)
    store = SnapshotStore(database)
    view = await store.fresh(actor.organisation_id, portfolio_id)
    await a_team(database, other)
    again = await store.fresh(actor.organisation_id, portfolio_id)
    assert again is view


async def test_a_transaction_that_began_before_the_snapshot_is_seen_when_it_commits(
    database: Database,
) -> None:
    actor = await an_organisation(database)
    portfolio_id, (first,) = await _a_portfolio(database, actor, initiatives=1)
    store = SnapshotStore(database)
    async with transaction(database, actor) as slow:
        await slow.execute(sa.text("UPDATE initiative SET title = 'Slow' WHERE id = :id"), {"id": first})
        # many younger transactions commit and are seen meanwhile
        for number in range(3):
            await a_team(database, actor, name=f"Fast {number}")
            view = await store.fresh(actor.organisation_id, portfolio_id)
            assert view.portfolio(portfolio_id).rows[0].title == "Initiative 0"
    view = await store.fresh(actor.organisation_id, portfolio_id)
    assert view.portfolio(portfolio_id).rows[0].title == "Slow"
    assert len(view.directory.teams) == 3


async def test_many_requests_share_one_check(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=3)
    store = SnapshotStore(database)
    await store.fresh(actor.organisation_id, portfolio_id)
    statements: list[str] = []

    def count(_c: object, _u: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sa.event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    await asyncio.gather(*(store.fresh(actor.organisation_id, portfolio_id) for _ in range(100)))
    checks = [statement for statement in statements if "change_log" in statement]
    # the first starts a check at once, the other 99 arrive during it and share the next
    assert len(checks) == 2


async def test_requests_for_different_portfolios_all_get_theirs(database: Database) -> None:
    actor = await an_organisation(database)
    portfolios = [(await _a_portfolio(database, actor, initiatives=n))[0] for n in range(6)]
    store = SnapshotStore(database)
    views = await asyncio.gather(*(store.fresh(actor.organisation_id, p) for p in portfolios))
    assert [len(view.portfolio(p)) for view, p in zip(views, portfolios, strict=True)] == list(range(6))


async def test_an_unknown_or_foreign_portfolio_is_not_found(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    foreign, _ = await _a_portfolio(database, theirs)
    store = SnapshotStore(database)
    await store.fresh(theirs.organisation_id, foreign)
    for portfolio_id in (foreign, uuid4()):
        view = await store.fresh(ours.organisation_id, portfolio_id)
        with pytest.raises(NotFound):
            view.portfolio(portfolio_id)
    with pytest.raises(NotFound):
        await store.fresh(uuid4())


async def test_an_entity_that_is_renamed_shows_in_the_directory(database: Database) -> None:
    actor = await an_organisation(database)
    team = await a_team(database, actor, name="Old")
    store = SnapshotStore(database)
    assert (await store.fresh(actor.organisation_id)).directory.teams[team.id].name == "Old"
    await update_team(database, actor, TeamUpdate(id=team.id, name="New"))
    assert (await store.fresh(actor.organisation_id)).directory.teams[team.id].name == "New"


async def test_arrays_are_read_only(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=2)
    store = SnapshotStore(database)
    columns = (await store.fresh(actor.organisation_id, portfolio_id)).portfolio(portfolio_id)
    for part in (columns, columns.demands, columns.shares, columns.edges, columns.score_ranges):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                assert not value.flags.writeable, field.name


async def test_memory_is_bounded_and_forgotten_portfolios_come_back(database: Database) -> None:
    actor = await an_organisation(database)
    portfolios = [(await _a_portfolio(database, actor, initiatives=10))[0] for _ in range(5)]
    one = SnapshotStore(database)
    size = (await one.fresh(actor.organisation_id, portfolios[0])).portfolio(portfolios[0]).size_bytes
    store = SnapshotStore(database, capacity_bytes=3 * size)
    for portfolio_id in portfolios * 2:
        view = await store.fresh(actor.organisation_id, portfolio_id)
        assert len(view.portfolio(portfolio_id)) == 10
        assert store.size_bytes <= 3 * size


async def test_what_another_organisation_displaced_stays_away_until_it_is_asked_for(
    database: Database,
) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    first, second = [(await _a_portfolio(database, ours, initiatives=10))[0] for _ in range(2)]
    foreign, _ = await _a_portfolio(database, theirs, initiatives=10)
    probe = await SnapshotStore(database).fresh(ours.organisation_id, first)
    store = SnapshotStore(database, capacity_bytes=2 * probe.portfolio(first).size_bytes)
    for portfolio_id in (first, second) * 2:
        await store.fresh(ours.organisation_id, portfolio_id)
    await store.fresh(theirs.organisation_id, foreign)
    view = await store.fresh(ours.organisation_id, second)
    assert view.portfolios.keys() == {second}
    assert (await store.fresh(ours.organisation_id, first)).portfolio(first).rows


async def test_a_portfolio_counts_though_nobody_waited_for_it_any_more(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=10)
    store = SnapshotStore(database)
    asking = asyncio.create_task(store.fresh(actor.organisation_id, portfolio_id))
    await asyncio.sleep(0)
    asking.cancel()
    view = await store.fresh(actor.organisation_id)
    assert view.portfolios.keys() == {portfolio_id}
    assert store.size_bytes == view.portfolio(portfolio_id).size_bytes


async def test_snapshots_are_read_though_all_of_asyncio_s_threads_are_busy(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=1)
    released = threading.Event()
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(max_workers=1) as only:
        loop.set_default_executor(only)
        occupied = asyncio.ensure_future(asyncio.to_thread(released.wait))
        try:
            async with asyncio.timeout(5):
                view = await SnapshotStore(database).fresh(actor.organisation_id, portfolio_id)
        finally:
            released.set()
            await occupied
    assert len(view.portfolio(portfolio_id)) == 1


_WRITES = {
    "change": """
        UPDATE initiative SET title = title || '!', duration_weeks_likely = 3, deadline = '2026-05-01',
               cost_minor = 100, cost_currency = 'EUR', state = :state, version = version + 1
        WHERE id = :one""",
    "archive": "UPDATE initiative SET archived_at = :now WHERE id = :one",
    "demand": """
        INSERT INTO team_demand (organisation_id, portfolio_id, initiative_id, team_id, person_weeks_likely)
        VALUES (:o, :p, :one, :team, 4) ON CONFLICT (organisation_id, initiative_id, team_id, skill)
        DO UPDATE SET person_weeks_likely = team_demand.person_weeks_likely + 1, person_weeks_high = 999""",
    "undemand": "DELETE FROM team_demand WHERE initiative_id = :one",
    "contribute": """
        INSERT INTO contribution VALUES (:o, now(), :one, :kr, :p, 2, 0.5)
        ON CONFLICT (organisation_id, initiative_id, key_result_id) DO UPDATE SET confidence = 0.9""",
    "depend": """
        INSERT INTO dependency
            (organisation_id, id, portfolio_id, predecessor_id, successor_id, kind, hard)
        VALUES (:o, :new, :p, :one, :two, 'finish_to_start', true) ON CONFLICT DO NOTHING""",
    "lag": "UPDATE dependency SET lag_weeks = lag_weeks + 1 WHERE predecessor_id = :one",
    "undepend": "DELETE FROM dependency WHERE successor_id = :one",
    "score": """
        INSERT INTO score (organisation_id, portfolio_id, initiative_id, criterion_id, rater_id, value)
        VALUES (:o, :p, :one, :criterion, :member, 3), (:o, :p, :two, :criterion, :member, 5)
        ON CONFLICT (organisation_id, initiative_id, criterion_id, rater_id)
        DO UPDATE SET value = 7, value_low = NULL, value_high = NULL""",
    "score with a range": """
        INSERT INTO score
            (organisation_id, portfolio_id, initiative_id, criterion_id, rater_id, value, value_low, value_high)
        VALUES (:o, :p, :one, :criterion, :member, 4, 2, 5), (:o, :p, :two, :criterion, :member, 6, 3, NULL)
        ON CONFLICT (organisation_id, initiative_id, criterion_id, rater_id)
        DO UPDATE SET value = 5, value_low = 1, value_high = 6""",
    "unscore": "DELETE FROM score WHERE initiative_id = :one",
    "cost": """
        INSERT INTO cost_of_delay (organisation_id, portfolio_id, initiative_id, profile, currency,
                                   rate_minor_per_week_likely)
        VALUES (:o, :p, :one, 'linear', 'EUR', 10)
        ON CONFLICT (organisation_id, initiative_id) DO UPDATE SET rate_minor_per_week_likely = 20""",
    "override": """
        INSERT INTO ranking_override
            (organisation_id, portfolio_id, initiative_id, version, rank, reason, decided_by_id)
        SELECT :o, :p, :one, 1 + coalesce(max(version), 0), 3, 'Because', :member
        FROM ranking_override WHERE initiative_id = :one HAVING bool_and(withdrawn_at IS NOT NULL) IS NOT FALSE""",
    "withdraw": """
        UPDATE ranking_override SET withdrawn_at = :now, withdrawn_by_id = :member, withdrawn_reason = 'Enough'
        WHERE initiative_id = :one AND withdrawn_at IS NULL""",
    "delete": "DELETE FROM initiative WHERE id = :one",
    "new initiative": """
        INSERT INTO initiative (organisation_id, id, portfolio_id, title) VALUES (:o, :new, :p, 'New')""",
    "new criterion": """
        INSERT INTO criterion (organisation_id, id, key, name, direction, scale_min, scale_max)
        VALUES (:o, :new, :key, 'Another', 'benefit', 0, 10)""",
    "move the key result": "UPDATE key_result SET current_value = current_value + 1 WHERE id = :kr",
}


async def _an_okr(database: Database, actor: Actor) -> tuple[UUID, UUID]:
    """Team and key result."""
    o = actor.organisation_id
    team = Team(organisation_id=o, name="T")
    cycle = Cycle(
        organisation_id=o,
        name="C",
        level=CycleLevel.TACTICAL,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 6, 30),
    )
    objective = Objective(
        organisation_id=o, cycle_id=cycle.id, team_id=team.id, title="O", ambition=Ambition.COMMITTED
    )
    key_result = KeyResult(
        organisation_id=o,
        objective_id=objective.id,
        title="K",
        unit="%",
        direction=KeyResultDirection.INCREASE,
        kind=KeyResultKind.OUTCOME,
        start_value=0,
        target_value=10,
        current_value=1,
        due_on=date(2026, 6, 1),
    )
    await _insert(database, actor, team, cycle, objective, key_result)
    return team.id, key_result.id


async def _ids(database: Database, actor: Actor, query: str, **values: object) -> list[UUID]:
    async with transaction(database, actor) as session:
        return list((await session.execute(sa.text(query), values)).scalars())


@pytest.mark.parametrize("seed", range(4))
async def test_following_changes_equals_reading_anew(database: Database, seed: int) -> None:
    """Random writes of every kind; after each the followed snapshot equals a fresh one."""
    chance = random.Random(seed)
    actor = await an_organisation(database)
    portfolio_id, _ = await _a_portfolio(database, actor, initiatives=6)
    await _a_portfolio(database, actor, initiatives=2)
    team_id, key_result_id = await _an_okr(database, actor)
    store = SnapshotStore(database)
    await store.fresh(actor.organisation_id, portfolio_id)
    kinds = [
        "new criterion",
        "new initiative",
        *chance.choices(list(_WRITES), k=40),
        "demand",
        "depend",
        "score",
        "score with a range",
        "unscore",
        "score with a range",
        "override",
        "override",
        "withdraw",
    ]
    for step, kind in enumerate(kinds):
        initiatives = await _ids(
            database, actor, "SELECT id FROM initiative WHERE portfolio_id = :p ORDER BY id", p=portfolio_id
        )
        one, two = chance.sample(initiatives, 2)
        criteria = await _ids(database, actor, "SELECT id FROM criterion ORDER BY key") or [uuid4()]
        values = {
            "o": actor.organisation_id,
            "p": portfolio_id,
            "one": one,
            "two": two,
            "new": uuid4(),
            "key": f"criterion_{step}",
            "team": team_id,
            "kr": key_result_id,
            "criterion": chance.choice(criteria),
            "member": actor.member_id,
            "state": chance.choice(STATES).value,
            "now": datetime.now(UTC),
        }
        statement = sa.text(_WRITES[kind])
        async with transaction(database, actor) as session:
            await session.execute(statement, {name: values[name] for name in statement.compile().params})
        followed = await store.fresh(actor.organisation_id, portfolio_id)
        anew = await SnapshotStore(database).fresh(actor.organisation_id, portfolio_id)
        assert _canonical(followed.portfolio(portfolio_id)) == _canonical(anew.portfolio(portfolio_id)), kind
        assert followed.directory == anew.directory, kind


async def test_two_processes_worth_of_stores_never_serve_stale_data(
    application_url: str, database: Database
) -> None:
    """Writes acknowledged through one pool are in the next read through another."""
    actor = await an_organisation(database)
    portfolio_id, (first,) = await _a_portfolio(database, actor, initiatives=1)
    elsewhere = connect(application_url, pool_size=2)
    store = SnapshotStore(elsewhere)
    try:
        for number in range(100):
            async with transaction(database, actor) as session:
                await session.execute(
                    sa.text("UPDATE initiative SET title = :title WHERE id = :id"),
                    {"title": str(number), "id": first},
                )
            view = await store.fresh(actor.organisation_id, portfolio_id)
            assert view.portfolio(portfolio_id).rows[0].title == str(number)
    finally:
        await elsewhere.close()
