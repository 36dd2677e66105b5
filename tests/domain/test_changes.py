"""Followers hear of every change exactly of their portfolio, and can find out what it was."""

import asyncio
import base64
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from domain.actor import Actor
from domain.changes import ChangeFeed, changes_since
from domain.db import Database, connect, transaction
from domain.embedded import EmbeddedServer
from domain.enums import ChangeOperation
from domain.errors import InvalidInput, NotFound
from domain.models import Initiative, Portfolio
from domain.snapshot import SnapshotStore, Version
from tests.factories import a_team, an_organisation


async def _a_portfolio(database: Database, actor: Actor) -> UUID:
    portfolio = Portfolio(organisation_id=actor.organisation_id, name=str(uuid4()))
    async with transaction(database, actor) as session:
        session.add(portfolio)
    return portfolio.id


async def _an_initiative(database: Database, actor: Actor, portfolio_id: UUID) -> UUID:
    initiative = Initiative(organisation_id=actor.organisation_id, portfolio_id=portfolio_id, title="One")
    async with transaction(database, actor) as session:
        session.add(initiative)
    return initiative.id


async def _version(database: Database, actor: Actor) -> Version:
    return (await SnapshotStore(database).fresh(actor.organisation_id)).version


async def test_changes_since_a_version_are_exactly_those_after_it(database: Database) -> None:
    actor = await an_organisation(database)
    ours, others = await _a_portfolio(database, actor), await _a_portfolio(database, actor)
    await _an_initiative(database, actor, ours)
    before = await _version(database, actor)
    created = await _an_initiative(database, actor, ours)
    await _an_initiative(database, actor, others)
    team = await a_team(database, actor)
    changes = await changes_since(database, actor.organisation_id, ours, before, first=10)
    assert [(item.entity, item.entity_id, item.operation) for item in changes.items] == [
        ("initiative", created, ChangeOperation.INSERT),
        ("team", team.id, ChangeOperation.INSERT),
    ]
    assert changes.total == 2
    later = await changes_since(database, actor.organisation_id, ours, changes.version, first=10)
    assert (later.items, later.total) == ([], 0)


async def test_changes_come_in_pages(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    before = await _version(database, actor)
    created = [await _an_initiative(database, actor, portfolio_id) for _ in range(5)]
    found: list[UUID] = []
    after = 0
    while True:
        page = await changes_since(
            database, actor.organisation_id, portfolio_id, before, first=2, after=after
        )
        assert page.total == 5
        if not page.items:
            break
        found += [item.entity_id for item in page.items]
        after = page.items[-1].id
    assert found == created


async def test_changes_of_a_foreign_portfolio_are_not_found(database: Database) -> None:
    ours, theirs = await an_organisation(database), await an_organisation(database)
    foreign = await _a_portfolio(database, theirs)
    with pytest.raises(NotFound):
        await changes_since(database, ours.organisation_id, foreign, await _version(database, ours), first=1)


def _token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    [
        *["", "x", "MTo", "OTk5Ojk6", "MToxOjU", "!!!", "MTox" * 2000],
        # a newline at the end is no part of a version
        *[_token("10:20:\n"), _token("10:20:12\n"), _token("10:20:12") + "\n", "*" + _token("10:20:12")],
    ],
)
def test_a_token_that_was_not_made_here_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput, match="not a version"):
        Version.parse(token)


async def test_a_version_survives_its_token(database: Database) -> None:
    version = await _version(database, await an_organisation(database))
    assert Version.parse(version.token) == version


@pytest.fixture
async def feed(database: Database) -> AsyncIterator[ChangeFeed]:
    """A feed that would need a minute to notice anything by polling."""
    feed = ChangeFeed(database, poll_seconds=60)
    await feed.start()
    yield feed
    await feed.stop()


async def _next(versions: AsyncIterator[Version]) -> Version:
    return await asyncio.wait_for(anext(versions), 5)


async def test_a_follower_hears_of_changes_in_its_portfolio_only(
    database: Database, feed: ChangeFeed
) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    ours, others = await _a_portfolio(database, actor), await _a_portfolio(database, actor)
    versions = feed.follow(actor.organisation_id, ours)
    first = await _next(versions)
    waiting = asyncio.ensure_future(anext(versions))
    await _an_initiative(database, actor, others)
    await _an_initiative(database, stranger, await _a_portfolio(database, stranger))
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    created = await _an_initiative(database, actor, ours)
    version = await asyncio.wait_for(waiting, 5)
    changes = await changes_since(database, actor.organisation_id, ours, first, first=10)
    assert created in {item.entity_id for item in changes.items}
    assert (await changes_since(database, actor.organisation_id, ours, version, first=10)).items == []


async def test_a_follower_hears_of_another_process(
    application_url: str, database: Database, feed: ChangeFeed
) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    versions = feed.follow(actor.organisation_id, portfolio_id)
    await _next(versions)
    elsewhere = connect(application_url, pool_size=1)
    try:
        await _an_initiative(elsewhere, actor, portfolio_id)
        await _next(versions)
    finally:
        await elsewhere.close()


async def _rename_silently(database: Database, actor: Actor, portfolio_id: UUID) -> None:
    """Change a portfolio as another process whose notification is lost."""
    async with database.engine.begin() as silent:
        await silent.execute(
            sa.text("SELECT set_config('app.organisation_id', :id, true)"),
            {"id": str(actor.organisation_id)},
        )
        await silent.execute(
            sa.text("UPDATE portfolio SET name = 'Silent' WHERE id = :id"), {"id": portfolio_id}
        )


async def test_a_lost_notification_is_made_up_for_by_polling(
    application_url: str, database: Database
) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    feed = ChangeFeed(database, poll_seconds=0.1)
    await feed.start()
    try:
        versions = feed.follow(actor.organisation_id, portfolio_id)
        await _next(versions)
        await _rename_silently(database, actor, portfolio_id)
        await _next(versions)
    finally:
        await feed.stop()


async def test_a_busy_organisation_does_not_keep_another_one_from_being_polled(database: Database) -> None:
    busy, quiet = await an_organisation(database), await an_organisation(database)
    portfolio_id = await _a_portfolio(database, quiet)
    feed = ChangeFeed(database, poll_seconds=0.5)
    await feed.start()

    async def keep_busy() -> None:
        async for _ in feed.follow(busy.organisation_id, await _a_portfolio(database, busy)):
            await a_team(database, busy)

    noise = asyncio.create_task(keep_busy())
    try:
        versions = feed.follow(quiet.organisation_id, portfolio_id)
        await _next(versions)
        await asyncio.sleep(0.2)
        await _rename_silently(database, quiet, portfolio_id)
        await _next(versions)
    finally:
        noise.cancel()
        await asyncio.gather(noise, return_exceptions=True)
        await feed.stop()


async def test_followers_hear_again_after_a_fault(
    server: EmbeddedServer, database_name: str, database: Database
) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    feed = ChangeFeed(database, poll_seconds=0.05)
    await feed.start()
    try:
        versions = feed.follow(actor.organisation_id, portfolio_id)
        await _next(versions)
        with capture_logs() as told, server.connect(database_name) as connection:
            # in a thread: it waits for what the feed reads in this one
            await asyncio.to_thread(connection.execute, "ALTER TABLE change_log RENAME TO mislaid")
            await asyncio.sleep(0.3)
            await asyncio.to_thread(connection.execute, "ALTER TABLE mislaid RENAME TO change_log")
        assert "changes_fault" in {line["event"] for line in told}
        await _an_initiative(database, actor, portfolio_id)
        await _next(versions)
    finally:
        await feed.stop()


async def test_followers_hear_again_after_all_connections_were_cut(
    server: EmbeddedServer, database_name: str, application_url: str, database: Database
) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    feed = ChangeFeed(database, poll_seconds=60)
    await feed.start()
    elsewhere = connect(application_url, pool_size=1)
    try:
        versions = feed.follow(actor.organisation_id, portfolio_id)
        await _next(versions)
        with server.connect(database_name) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        # what happens while nobody listens is found when somebody does again
        await _an_initiative(elsewhere, actor, portfolio_id)
        await _next(versions)
        await _an_initiative(elsewhere, actor, portfolio_id)
        await _next(versions)
    finally:
        await elsewhere.close()
        await feed.stop()


async def test_who_comes_back_hears_at_once_of_what_was_missed(database: Database, feed: ChangeFeed) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    seen = await _version(database, actor)
    await _an_initiative(database, actor, portfolio_id)
    versions = feed.follow(actor.organisation_id, portfolio_id, since=seen)
    assert await _next(versions) != seen


async def test_every_one_of_many_followers_hears(database: Database, feed: ChangeFeed) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    followers = [feed.follow(actor.organisation_id, portfolio_id) for _ in range(50)]
    await asyncio.gather(*(_next(versions) for versions in followers))
    await _an_initiative(database, actor, portfolio_id)
    await asyncio.gather(*(_next(versions) for versions in followers))


async def test_it_stops_though_a_change_comes_in_at_that_moment(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio_id = await _a_portfolio(database, actor)
    feed = ChangeFeed(database)
    await feed.start()
    versions = feed.follow(actor.organisation_id, portfolio_id)
    await _next(versions)
    await asyncio.sleep(0.2)
    stopping: list[asyncio.Task[None]] = []

    async def stop(_organisation_id: UUID) -> None:
        stopping.append(asyncio.create_task(feed.stop()))

    database.after_commit.append(stop)
    await _an_initiative(database, actor, portfolio_id)
    async with asyncio.timeout(5):
        await stopping[0]
