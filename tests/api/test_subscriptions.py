"""Hearing of breaches and of rankings as they change, and of what was missed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.context import Context, Services
from api.ids import encode_id
from api.schema import build_schema
from domain.actor import Actor
from domain.commands.initiative import InitiativeUpdate
from domain.commands.kpi import MeasurementAdd
from domain.db import Database
from domain.errors import InvalidInput, NotFound
from domain.initiative import update_initiative
from domain.kpi.measuring import add_measurement
from domain.kpi.rows import KpiRow
from tests.factories import a_kpi, a_portfolio, a_team, an_initiative, an_organisation

SCHEMA = build_schema()
BREACHES = (
    "subscription($since: String) { breachOpened(since: $since) { version breach { id crossingValue } } }"
)
RANKING = (
    "subscription($portfolio: ID!, $since: String) { rankingChanged(portfolio: $portfolio, since: $since) {"
    " version fingerprint portfolio { ranking(first: 2) { fingerprint nodes { initiative { title } } } } } }"
)


@asynccontextmanager
async def hearing(
    services: Services, actor: Actor, document: str, **variables: Any
) -> AsyncIterator[AsyncGenerator[Any, None]]:
    """The events of a subscription as it is executed on a server."""
    await services.changes.start()
    context = Context(services=services, viewer=actor, request_id="test")
    events: Any = await SCHEMA.subscribe(document, variable_values=variables, context_value=context)
    try:
        yield events
    finally:
        if isinstance(events, AsyncGenerator):
            await events.aclose()
        await services.changes.stop()


async def event(events: AsyncGenerator[Any, None], name: str) -> Any:
    result = await asyncio.wait_for(anext(events), 10)
    for error in result.errors or ():
        raise error.original_error or error
    return result.data[name]


async def measured(database: Database, actor: Actor, kpi: KpiRow, *values: float) -> None:
    for value in values:
        now = datetime.now(UTC)
        await add_measurement(
            database, actor, MeasurementAdd(kpi_id=kpi.id, value=value, measured_at=now), now=now
        )


async def test_a_breach_is_heard_of_when_it_opens_and_after_a_lost_connection(
    database: Database, services: Services
) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    created = datetime.now(UTC) - timedelta(days=1)
    kpis = [await a_kpi(database, actor, now=created) for _ in range(3)]
    await measured(database, actor, kpis[0], 70)
    async with hearing(services, actor, BREACHES) as events:
        first = await event(events, "breachOpened")
        assert first["breach"] is None
        await measured(database, stranger, await a_kpi(database, stranger, now=created), 60)
        await measured(database, actor, kpis[1], 95, 75, 74)
        heard = await event(events, "breachOpened")
        assert heard["breach"]["crossingValue"] == 75
    await measured(database, actor, kpis[2], 73)
    async with hearing(services, actor, BREACHES, since=heard["version"]) as events:
        assert (await event(events, "breachOpened")) == {"version": heard["version"], "breach": None}
        assert (await event(events, "breachOpened"))["breach"]["crossingValue"] == 73
    async with hearing(services, actor, BREACHES, since=first["version"]) as events:
        await event(events, "breachOpened")
        missed = [await event(events, "breachOpened") for _ in range(2)]
        assert [one["breach"]["crossingValue"] for one in missed] == [75, 73]


async def test_a_ranking_is_heard_of_when_it_is_another_one(database: Database, services: Services) -> None:
    actor = await an_organisation(database)
    portfolio = await a_portfolio(database, actor)
    first = await an_initiative(
        database, actor, portfolio_id=portfolio.id, title="A", duration_weeks_likely=2
    )
    portfolio_id = encode_id("Portfolio", portfolio.id)
    async with hearing(services, actor, RANKING, portfolio=portfolio_id) as events:
        begin = await event(events, "rankingChanged")
        assert begin["portfolio"]["ranking"]["fingerprint"] == begin["fingerprint"]
        # neither is anything that a ranking is computed from
        await a_team(database, actor)
        await update_initiative(
            database, actor, InitiativeUpdate.parse({"id": first.id, "description": "More to read."})
        )
        await an_initiative(database, actor, portfolio_id=portfolio.id, title="B")
        then = await event(events, "rankingChanged")
        titles = [node["initiative"]["title"] for node in then["portfolio"]["ranking"]["nodes"]]
        assert sorted(titles) == ["A", "B"]
        assert then["fingerprint"] != begin["fingerprint"]
        assert then["version"] != begin["version"]


async def test_bad_subscriptions_are_refused_at_once(database: Database, services: Services) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    portfolio = encode_id("Portfolio", (await a_portfolio(database, actor)).id)
    async with hearing(services, actor, BREACHES, since="yesterday") as events:
        with pytest.raises(InvalidInput, match="not a version"):
            await event(events, "breachOpened")
    async with hearing(services, stranger, RANKING, portfolio=portfolio) as events:
        with pytest.raises(NotFound):
            await event(events, "rankingChanged")
