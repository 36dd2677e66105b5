"""Versions of an allocation policy: whole, in order, and never changed."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from domain.allocation.errors import SharesNotWhole
from domain.allocation.policy import AllocationShare, ShareChange, changes_between, effective
from domain.allocation.publishing import publish_policy
from domain.allocation.reading import effective_policy, policies_of
from domain.commands.allocation import AllocationPolicyPublish
from domain.commands.base import ArchiveCommand
from domain.db import Database, reading, transaction
from domain.enums import WorkKind
from domain.errors import Conflict, InvalidInput, NotFound
from domain.portfolio import archive_allocation_category
from prioritisation.allocation_limits import AllocationMode
from tests.factories import a_category, a_portfolio, a_team, an_organisation
from tests.trail import written

RING, FLOOR, CAP = AllocationMode.RING_FENCED, AllocationMode.FLOOR, AllocationMode.CAP


async def test_the_newest_version_whose_day_has_come_holds(database: Database) -> None:
    actor = await an_organisation(database)
    portfolio, team = await a_portfolio(database, actor), await a_team(database, actor)
    run, bets = await a_category(database, actor, kind=WorkKind.LIGHTS_ON), await a_category(database, actor)

    def command(day: date, share: float, **more: Any) -> AllocationPolicyPublish:
        shares = [
            {"category_id": run.id, "share": 1 - share, "mode": CAP},
            {"category_id": bets.id, "share": share, "mode": RING},
        ]
        values = {"portfolio_id": portfolio.id, "effective_from": day, "reason": "Agreed.", "shares": shares}
        return AllocationPolicyPublish.model_validate({**values, **more})

    january, april, july = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1)
    own = [{"category_id": bets.id, "share": 1.0, "mode": FLOOR}]
    first = await publish_policy(
        database, actor, command(january, 0.2, overrides=[{"team_id": team.id, "shares": own}])
    )
    assert first.shares == {run.id: AllocationShare(0.8, CAP), bets.id: AllocationShare(0.2, RING)}
    assert first.for_team(team.id) == {bets.id: AllocationShare(1.0, FLOOR)}
    assert (first.version.number, first.version.published_by_id) == (1, actor.member_id)
    key = {"idempotency_key": "july", "expected_number": 1}
    planned = await publish_policy(database, actor, command(july, 0.3, **key))
    assert await publish_policy(database, actor, command(july, 0.3, **key)) == planned
    with pytest.raises(Conflict, match="number 2, not 1") as caught:
        await publish_policy(database, actor, command(july, 0.4, expected_number=1))
    assert caught.value.actual_version == 2
    # a later decision holds from its day on, over what was planned for a day after it
    await publish_policy(database, actor, command(april, 0.25))
    async with reading(database, actor.organisation_id) as connection:
        organisation = actor.organisation_id
        held = [
            await effective_policy(connection, organisation, portfolio.id, day)
            for day in (date(2025, 12, 31), january, april, july)
        ]
        history = (await policies_of(connection, organisation, until=date(2026, 6, 30)))[portfolio.id]
    assert [None if policy is None else policy.version.number for policy in held] == [None, 1, 3, 3]
    assert [policy.version.number for policy in history] == [1, 3]
    assert effective(history, date(2026, 3, 31)) == first
    assert changes_between(first, history[1]) == [
        ShareChange(None, run.id, AllocationShare(0.8, CAP), AllocationShare(0.75, CAP)),
        ShareChange(None, bets.id, AllocationShare(0.2, RING), AllocationShare(0.25, RING)),
        ShareChange(team.id, run.id, None, AllocationShare(0.75, CAP)),
        ShareChange(team.id, bets.id, AllocationShare(1.0, FLOOR), AllocationShare(0.25, RING)),
    ]
    assert changes_between(first, first) == []
    assert len(changes_between(None, first)) == 3
    for statement in (
        "UPDATE allocation_policy_version SET reason = 'x'",
        "DELETE FROM allocation_policy_share",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with transaction(database, actor) as session:
                await session.execute(sa.text(statement))


async def test_shares_that_are_not_whole_and_what_is_not_there_are_refused(database: Database) -> None:
    actor, stranger = await an_organisation(database), await an_organisation(database)
    portfolio, team = await a_portfolio(database, actor), await a_team(database, actor)
    one, two, gone = [await a_category(database, actor) for _ in range(3)]
    await archive_allocation_category(database, actor, ArchiveCommand(id=gone.id))
    foreign = await a_category(database, stranger)

    def entries(*shares: tuple[Any, float]) -> list[dict[str, Any]]:
        return [{"category_id": row.id, "share": share, "mode": CAP} for row, share in shares]

    whole = entries((one, 0.5), (two, 0.5))
    before = await written(database, actor)
    for shares, overrides, error, path in (
        (entries((one, 0.6), (two, 0.5)), [], SharesNotWhole, ("shares",)),
        (entries((one, 0.6), (two, 0.3)), [], SharesNotWhole, ("shares",)),
        (entries((one, 5.0)), [], SharesNotWhole, ("shares",)),
        (entries((one, 0.5), (one, 0.5)), [], InvalidInput, ("shares", 1, "categoryId")),
        (entries((one, 0.5), (gone, 0.5)), [], InvalidInput, ("shares", 1, "categoryId")),
        (entries((foreign, 1.0)), [], NotFound, ("shares", 0, "categoryId")),
        (
            whole,
            [{"team_id": team.id, "shares": entries((one, 1.01))}],
            SharesNotWhole,
            ("overrides", 0, "shares"),
        ),
        (
            whole,
            [{"team_id": team.id, "shares": whole}, {"team_id": team.id, "shares": whole}],
            InvalidInput,
            ("overrides", 1, "teamId"),
        ),
    ):
        command = AllocationPolicyPublish.model_validate(
            {
                "portfolio_id": portfolio.id,
                "effective_from": date(2026, 1, 1),
                "reason": "Agreed.",
                "shares": shares,
                "overrides": overrides,
            }
        )
        with pytest.raises(error) as caught:
            await publish_policy(database, actor, command)
        assert caught.value.path == path
        if isinstance(caught.value, SharesNotWhole) and not overrides:
            assert caught.value.total == pytest.approx(sum(entry["share"] for entry in shares))
    assert await written(database, actor) == before
    for values in ({"share": float("nan")}, {"share": -0.1}, {"share": float("inf")}):
        with pytest.raises(InvalidInput, match=r"shares\.0\.share"):
            AllocationPolicyPublish.parse(
                {
                    "portfolio_id": portfolio.id,
                    "effective_from": date(2026, 1, 1),
                    "reason": "Agreed.",
                    "shares": [{**whole[0], **values}],
                }
            )
    # thirds that were rounded are whole enough
    thirds = entries((one, 0.333), (two, 0.667))
    published = await publish_policy(
        database,
        actor,
        AllocationPolicyPublish.model_validate(
            {
                "portfolio_id": portfolio.id,
                "effective_from": date(2026, 1, 1),
                "reason": "Agreed.",
                "shares": thirds,
            }
        ),
    )
    assert published.version.number == 1
