"""Allocation policies through the schema."""

from datetime import date
from typing import Any

import pytest

from api.ids import encode_id
from domain.allocation.publishing import publish_policy
from domain.commands.allocation import AllocationEntry, AllocationPolicyPublish
from domain.commands.base import ArchiveCommand
from domain.db import Database
from domain.enums import Role, WorkKind
from domain.errors import InvalidInput
from domain.portfolio import archive_allocation_category
from prioritisation.allocation_limits import AllocationMode
from tests.api.conftest import Ask
from tests.factories import a_category, a_member, a_portfolio, a_team, an_organisation
from tests.statements import counted

PUBLISH = """
mutation($input: AllocationPolicyPublishInput!) { allocationPolicyPublish(input: $input) { __typename
  ... on AllocationPolicyPublishSuccess { policy { id number } }
  ... on AllocationSharesNotWhole { total team { id } } ... on UserError { code path } } }
"""
POLICY = """
query($id: ID!, $on: Date!, $against: ID) { node(id: $id) { ... on Portfolio {
  allocationPolicy(on: $on) { number effectiveFrom reason publishedBy { id } portfolio { id }
    shares { category { name kind } share mode }
    overrides { team { id } shares { share } }
    categoriesWithoutShare { name } archivedCategories { name }
    changes(against: $against) { team { id } category { name } shareBefore shareAfter modeBefore modeAfter } }
  allocationPolicies { totalCount nodes { number } } } } }
"""


async def test_a_board_publishes_a_policy_and_everybody_sees_what_it_says(
    database: Database, ask: Ask
) -> None:
    admin = await an_organisation(database)
    board = await a_member(database, admin, role=Role.BOARD)
    viewer = await a_member(database, admin, role=Role.VIEWER)
    portfolio, team = await a_portfolio(database, admin), await a_team(database, admin)
    run = await a_category(database, admin, kind=WorkKind.LIGHTS_ON)
    bets, gone, forgotten = [await a_category(database, admin) for _ in range(3)]

    async def publish(day: str, *shares: float, **more: object) -> dict[str, Any]:
        ids = [encode_id("AllocationCategory", row.id) for row in (run, bets, gone)]
        entries = [
            {"categoryId": key, "share": share, "mode": mode}
            for key, share, mode in zip(ids, shares, ("FLOOR", "RING_FENCED", "CAP"), strict=False)
        ]
        values = {
            "portfolioId": encode_id("Portfolio", portfolio.id),
            "effectiveFrom": day,
            "reason": "Bets were eaten.",
            "shares": entries,
        }
        answer = await ask(board, PUBLISH, input={**values, **more})
        return dict(answer["allocationPolicyPublish"])

    assert await publish("2026-07-01", 0.9, 0.2) == {
        "__typename": "AllocationSharesNotWhole",
        "total": pytest.approx(1.1),
        "team": None,
        "code": "SHARES_NOT_WHOLE",
        "path": ["shares"],
    }
    team_id = encode_id("Team", team.id)
    category = {"categoryId": encode_id("AllocationCategory", bets.id), "mode": "CAP"}
    refused = await publish(
        "2026-07-01", 0.8, 0.2, overrides=[{"teamId": team_id, "shares": [{**category, "share": 0.4}]}]
    )
    assert (refused["team"], refused["total"]) == ({"id": team_id}, pytest.approx(0.4))
    own = [{"teamId": team_id, "shares": [{**category, "share": 1}]}]
    first = await publish("2026-07-01", 0.7, 0.2, 0.1, expectedNumber=0, overrides=own)
    assert first["policy"]["number"] == 1
    assert (await publish("2026-10-01", 0.8, 0.2))["policy"]["number"] == 2
    assert (await publish("2026-10-01", 0.8, 0.2, expectedNumber=1))["__typename"] == "Conflict"
    await archive_allocation_category(database, admin, ArchiveCommand(id=gone.id))

    asked = {"id": encode_id("Portfolio", portfolio.id)}
    july = (await ask(viewer, POLICY, on="2026-09-30", **asked))["node"]
    assert july["allocationPolicies"] == {"totalCount": 2, "nodes": [{"number": 2}, {"number": 1}]}
    policy = july["allocationPolicy"]
    assert policy["shares"] == [
        {"category": {"name": run.name, "kind": "LIGHTS_ON"}, "share": 0.7, "mode": "FLOOR"},
        {"category": {"name": bets.name, "kind": "STEP_CHANGE"}, "share": 0.2, "mode": "RING_FENCED"},
        {"category": {"name": gone.name, "kind": "STEP_CHANGE"}, "share": 0.1, "mode": "CAP"},
    ]
    assert policy["overrides"] == [{"team": {"id": team_id}, "shares": [{"share": 1.0}]}]
    assert policy["categoriesWithoutShare"] == [{"name": forgotten.name}]
    assert policy["archivedCategories"] == [{"name": gone.name}]
    assert (policy["number"], policy["publishedBy"]) == (1, {"id": encode_id("Member", board.member_id)})
    assert len(policy["changes"]) == 4
    october = (await ask(viewer, POLICY, on="2026-10-01", **asked))["node"]["allocationPolicy"]
    assert october["changes"][:2] == [
        {
            "team": None,
            "category": {"name": run.name},
            "shareBefore": 0.7,
            "shareAfter": 0.8,
            "modeBefore": "FLOOR",
            "modeAfter": "FLOOR",
        },
        {
            "team": None,
            "category": {"name": gone.name},
            "shareBefore": 0.1,
            "shareAfter": None,
            "modeBefore": "CAP",
            "modeAfter": None,
        },
    ]
    assert [change["team"] for change in october["changes"][2:]] == [{"id": team_id}] * 2
    same = await ask(viewer, POLICY, on="2026-10-01", against=first["policy"]["id"], **asked)
    assert same["node"]["allocationPolicy"]["changes"] == october["changes"]
    assert (await ask(viewer, POLICY, on="2026-06-30", **asked))["node"]["allocationPolicy"] is None
    other = encode_id("Portfolio", (await a_portfolio(database, admin)).id)
    elsewhere = await publish("2026-07-01", 0.8, 0.2, portfolioId=other)
    with pytest.raises(InvalidInput, match="same portfolio"):
        await ask(viewer, POLICY, on="2026-10-01", against=elsewhere["policy"]["id"], **asked)


LISTED = """
{ portfolios { nodes { allocationPolicy(on: "2026-10-01") { number shares { share } changes { shareAfter } }
    allocationPolicies { nodes { number overrides { team { id } } changes { shareAfter } } } } } }
"""


async def test_many_policies_take_as_many_statements_as_few(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    category = await a_category(database, admin)
    numbers = []
    for _ in range(2):
        for _ in range(3):
            portfolio = await a_portfolio(database, admin)
            for share in (1.0, 0.9995):
                entry = AllocationEntry(category_id=category.id, share=share, mode=AllocationMode.CAP)
                command = AllocationPolicyPublish(
                    portfolio_id=portfolio.id,
                    effective_from=date(2026, 1, 1),
                    reason="Agreed.",
                    shares=[entry],
                )
                await publish_policy(database, admin, command)
        await ask(admin, "{ organisation { id } }")
        with counted(database) as statements:
            answer = await ask(admin, LISTED)
        numbers.append(len(statements))
        nodes = answer["portfolios"]["nodes"]
        assert {node["allocationPolicy"]["number"] for node in nodes} == {2}
        assert [len(node["allocationPolicies"]["nodes"]) for node in nodes] == [2] * len(nodes)
    # what is asked for at one moment is read together; how it falls varies a little, and does not grow
    assert max(numbers) <= 12
