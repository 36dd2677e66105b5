"""Ranks that are set by hand, through the schema: decided, shown, withdrawn, refused."""

from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLError

from api.ids import encode_id
from domain.actor import Actor
from domain.db import Database
from domain.enums import Role
from tests.api.conftest import Ask
from tests.boards import Board, an_empty_board
from tests.factories import a_member, an_organisation
from tests.statements import counted

OVERRIDE = """id rank reason version createdAt withdrawnAt withdrawnReason initiative { title }
              decidedBy { name } withdrawnBy { name }"""
ERRORS = """... on UserError { code path message } ... on Conflict { expectedVersion actualVersion }"""
SET = f"""
mutation($input: RankingOverrideSetInput!) {{ rankingOverrideSet(input: $input) {{ __typename
  ... on RankingOverrideSetSuccess {{ override {{ {OVERRIDE} }} initiative {{ rankingOverride {{ rank }} }} }}
  {ERRORS} ... on RankNotFeasible {{ blockedByCount blockedBy {{ title }} earliest latest }} }} }}
"""
REMOVE = f"""
mutation($input: RankingOverrideRemoveInput!) {{ rankingOverrideRemove(input: $input) {{ __typename
  ... on RankingOverrideRemoveSuccess {{ override {{ {OVERRIDE} }} initiative {{ rankingOverride {{ rank }} }} }}
  {ERRORS} }} }}
"""
RANKING = """
query($id: ID!, $overridden: Boolean! = true, $order: RankingOrder! = DEPENDENCY_AWARE) { node(id: $id) {
  ... on Portfolio { ranking(overridden: $overridden, order: $order) { gap nodes {
    rank computedRank initiative { title } override { rank reason decidedBy { name } } } } } } }
"""
OVERRIDES = f"""
query($id: ID!, $where: RankingOverrideWhere, $first: Int) {{ node(id: $id) {{ ... on Portfolio {{
  rankingOverrides(where: $where, first: $first) {{ totalCount nodes {{ {OVERRIDE} }} }} }} }} }}
"""


@pytest.fixture
async def board(database: Database) -> Board:
    """A to D, by worth; D waits for B."""
    board = await an_empty_board(database)
    for title, rate in zip("ABCD", (40, 30, 20, 10), strict=True):
        await board.initiative(title, weeks=1, rate=rate)
    await board.needs("D", "B")
    return board


@pytest.fixture
async def chair(board: Board) -> Actor:
    """A member of the board."""
    return await a_member(board.database, board.actor, role=Role.BOARD)


def initiative(board: Board, title: str) -> str:
    return encode_id("Initiative", board.ids[title])


async def decide(ask: Ask, viewer: Actor, board: Board, title: str, **values: Any) -> Any:
    given = {"initiativeId": initiative(board, title), "reason": "The regulator asks for it", **values}
    return (await ask(viewer, SET, input=given))["rankingOverrideSet"]


async def ranked(ask: Ask, board: Board, **variables: Any) -> list[Any]:
    portfolio = encode_id("Portfolio", board.portfolio_id)
    answer = await ask(board.actor, RANKING, id=portfolio, **variables)
    nodes: list[Any] = answer["node"]["ranking"]["nodes"]
    return nodes


async def test_a_rank_is_set_shown_and_withdrawn(ask: Ask, board: Board, chair: Actor) -> None:
    answer = await decide(ask, chair, board, "C", place={"rank": 1})
    override = answer["override"]
    assert answer["initiative"] == {"rankingOverride": {"rank": 1}}
    shown = {
        "rank": 1,
        "reason": "The regulator asks for it",
        "version": 1,
        "withdrawnAt": None,
        "withdrawnReason": None,
        "initiative": {"title": "C"},
        "decidedBy": {"name": "Board"},
        "withdrawnBy": None,
    }
    assert {key: override[key] for key in shown} == shown
    nobody = {"override": None}
    assert await ranked(ask, board) == [
        {
            "rank": 1,
            "computedRank": 3,
            "initiative": {"title": "C"},
            "override": {
                "rank": 1,
                "reason": "The regulator asks for it",
                "decidedBy": {"name": "Board"},
            },
        },
        {"rank": 2, "computedRank": 1, "initiative": {"title": "A"}, **nobody},
        {"rank": 3, "computedRank": 2, "initiative": {"title": "B"}, **nobody},
        {"rank": 4, "computedRank": 4, "initiative": {"title": "D"}, **nobody},
    ]
    for variables in ({"overridden": False}, {"order": "SCORE"}):
        nodes = await ranked(ask, board, **variables)
        assert "".join(node["initiative"]["title"] for node in nodes) == "ABCD"
        assert [node["override"] for node in nodes] == [None] * 4
    again = await ask(
        chair, "query($id: ID!) { node(id: $id) { ... on RankingOverride { rank } } }", id=override["id"]
    )
    assert again["node"] == {"rank": 1}
    gone = {"initiativeId": initiative(board, "C"), "reason": "Settled", "expectedVersion": 1}
    answer = (await ask(chair, REMOVE, input=gone))["rankingOverrideRemove"]
    assert answer["initiative"] == {"rankingOverride": None}
    assert (answer["override"]["id"], answer["override"]["withdrawnReason"]) == (override["id"], "Settled")
    assert answer["override"]["withdrawnBy"] == {"name": "Board"}
    assert [node["rank"] for node in await ranked(ask, board)] == [1, 2, 3, 4]


async def test_a_rank_before_another_initiative(ask: Ask, board: Board, chair: Actor) -> None:
    answer = await decide(ask, chair, board, "C", place={"before": initiative(board, "B")})
    assert answer["override"]["rank"] == 2


async def test_what_is_in_the_way_is_data(ask: Ask, board: Board, chair: Actor) -> None:
    answer = await decide(ask, chair, board, "D", place={"rank": 1})
    assert (answer["__typename"], answer["code"], answer["path"]) == (
        "RankNotFeasible",
        "RANK_NOT_FEASIBLE",
        ["place", "rank"],
    )
    assert (answer["blockedByCount"], answer["blockedBy"]) == (1, [{"title": "B"}])
    assert (answer["earliest"], answer["latest"]) == (3, 4)
    answer = await decide(ask, chair, board, "D", place={"before": initiative(board, "A")})
    assert (answer["__typename"], answer["path"]) == ("RankNotFeasible", ["place", "before"])


@pytest.mark.parametrize(
    ("values", "kind", "path"),
    [
        ({"place": {"rank": 0}}, "InvalidInput", ["place", "rank"]),
        ({"place": {"rank": 5}}, "InvalidInput", ["place", "rank"]),
        ({"place": {"rank": 1}, "reason": "  "}, "InvalidInput", ["reason"]),
        ({"place": {"before": "nonsense"}}, "NotFound", ["place", "before"]),
        ({"place": {"before": encode_id("Initiative", uuid4())}}, "NotFound", ["place", "before"]),
        ({"place": {"rank": 1}, "initiativeId": encode_id("Team", uuid4())}, "NotFound", ["initiativeId"]),
        (
            {"place": {"rank": 1}, "initiativeId": encode_id("Initiative", uuid4())},
            "NotFound",
            ["initiativeId"],
        ),
        ({"place": {"rank": 1}, "expectedVersion": 1}, "Conflict", ["expectedVersion"]),
    ],
)
async def test_faulty_decisions_are_refused_with_their_place(
    ask: Ask, board: Board, chair: Actor, values: dict[str, Any], kind: str, path: list[str]
) -> None:
    answer = await decide(ask, chair, board, "C", **values)
    assert (answer["__typename"], answer["path"]) == (kind, path)
    assert [node["override"] for node in await ranked(ask, board)] == [None] * 4


async def test_a_place_is_exactly_one_of_its_forms(ask: Ask, board: Board, chair: Actor) -> None:
    for place in ({}, {"rank": 1, "before": initiative(board, "A")}, {"rank": None}):
        with pytest.raises(GraphQLError, match=r"exactly one|must be non-null"):
            await decide(ask, chair, board, "C", place=place)


async def test_only_a_board_decides(ask: Ask, board: Board) -> None:
    planner = await a_member(board.database, board.actor, role=Role.PLANNER)
    answer = await decide(ask, planner, board, "C", place={"rank": 1})
    assert (answer["__typename"], answer["code"]) == ("PermissionDenied", "PERMISSION_DENIED")
    gone = {"initiativeId": initiative(board, "C"), "reason": "No"}
    answer = (await ask(planner, REMOVE, input=gone))["rankingOverrideRemove"]
    assert answer["__typename"] == "PermissionDenied"


async def test_another_tenant_sees_and_decides_nothing(ask: Ask, board: Board, chair: Actor) -> None:
    override = (await decide(ask, chair, board, "C", place={"rank": 1}))["override"]
    stranger = await an_organisation(board.database)
    answer = await decide(ask, stranger, board, "C", place={"rank": 2})
    assert answer["__typename"] == "NotFound"
    assert (await ask(stranger, "query($id: ID!) { node(id: $id) { id } }", id=override["id"]))[
        "node"
    ] is None


async def test_decisions_are_listed_the_latest_first_in_as_many_statements_for_more(
    ask: Ask, board: Board, chair: Actor
) -> None:
    portfolio = encode_id("Portfolio", board.portfolio_id)

    async def listed(**variables: Any) -> Any:
        answer = await ask(chair, OVERRIDES, id=portfolio, **variables)
        return answer["node"]["rankingOverrides"]

    assert await listed() == {"totalCount": 0, "nodes": []}
    await decide(ask, chair, board, "C", place={"rank": 1})
    with counted(board.database) as few:
        await listed()
    await decide(ask, chair, board, "C", place={"rank": 2}, reason="On second thoughts")
    await decide(ask, chair, board, "A", place={"rank": 1})
    await listed()
    with counted(board.database) as more:
        found = await listed()
    assert len(more) == len(few)
    assert found["totalCount"] == 3
    assert [
        (node["initiative"]["title"], node["rank"], node["withdrawnReason"]) for node in found["nodes"]
    ] == [
        ("A", 1, None),
        ("C", 2, None),
        ("C", 1, "On second thoughts"),
    ]
    in_force = await listed(where={"withdrawnAt": {"isNull": True}}, first=1)
    assert (in_force["totalCount"], [node["rank"] for node in in_force["nodes"]]) == (2, [1])
