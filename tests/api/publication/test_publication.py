"""Published rankings through the schema: published, replayed, compared, and followed through time."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from api.ids import encode_id
from domain.actor import Actor
from domain.commands.ranking import RankingOverrideSet
from domain.db import Database, transaction
from domain.enums import CriterionDirection, CriterionRole, Role, ScoringMethod
from domain.errors import NotFound
from domain.override import set_ranking_override
from domain.snapshot import SnapshotStore
from tests.api.conftest import Ask
from tests.boards import TODAY, Board, an_empty_board
from tests.factories import a_member, an_organisation
from tests.statements import counted

PUBLICATION = """id number note method order states asOf currency softPenaltyWeeks fingerprint engineVersion
  itemCount publishedBy { name } portfolio { name } modelVersion { number }"""
CAUSES = "causes { kind change criteria { key } }"
ITEM = (
    f"place title rank scoreRank computedRank score overrideRank previousRank initiative {{ title }} {CAUSES}"
)
PUBLISH = f"""
mutation($input: RankingPublishInput!) {{ rankingPublish(input: $input) {{ __typename
  ... on RankingPublishSuccess {{ publication {{ {PUBLICATION} }} }}
  ... on UserError {{ code path message }} }} }}
"""
PUBLICATIONS = f"""
query($id: ID!, $first: Int, $after: String) {{ node(id: $id) {{ ... on Portfolio {{
  rankingPublications(first: $first, after: $after) {{ totalCount pageInfo {{ endCursor }} nodes {{ {PUBLICATION} }} }}
}} }} }}
"""
ITEMS = f"""
query($id: ID!, $first: Int, $after: String) {{ node(id: $id) {{ ... on RankingPublication {{
  items(first: $first, after: $after) {{ totalCount pageInfo {{ endCursor }} nodes {{ {ITEM} }} }}
  replay {{ equal fingerprint engineVersion }} }} }} }}
"""
HISTORY = f"""
query($ids: [ID!]!, $first: Int, $after: String) {{ nodes(ids: $ids) {{ ... on Initiative {{ title
  rankHistory(first: $first, after: $after) {{ totalCount pageInfo {{ endCursor }} nodes {{
    rank previousRank publication {{ number publishedBy {{ name }} }} item {{ place }} {CAUSES} }} }} }} }} }}
"""
DIFF = f"""
query($from: ID!, $to: ID!, $first: Int, $after: String) {{ rankingDiff(from: $from, to: $to) {{
  from {{ number }} to {{ number }} unchangedCount
  entered {{ totalCount nodes {{ title rank }} }}
  left {{ totalCount nodes {{ title rank }} }}
  moved(first: $first, after: $after) {{ totalCount pageInfo {{ endCursor }} nodes {{
    initiative {{ title }} from {{ rank }} to {{ rank }} change {CAUSES} }} }} }} }}
"""


@pytest.fixture
async def board(database: Database) -> Board:
    """A to E, by worth; D waits for B."""
    board = await an_empty_board(database)
    for title, rate in zip("ABCDE", (50, 40, 30, 20, 10), strict=True):
        await board.initiative(title, weeks=1, rate=rate)
    await board.needs("D", "B")
    return board


@pytest.fixture
async def chair(board: Board) -> Actor:
    """A member of the board."""
    return await a_member(board.database, board.actor, role=Role.BOARD)


async def publish(ask: Ask, viewer: Actor, board: Board, **values: Any) -> Any:
    given = {"portfolioId": encode_id("Portfolio", board.portfolio_id), **values}
    return (await ask(viewer, PUBLISH, input=given))["rankingPublish"]


async def execute(board: Board, statement: str, **values: Any) -> None:
    async with transaction(board.database, board.actor) as session:
        await session.execute(sa.text(statement), values)


async def override(board: Board, title: str, rank: int) -> None:
    command = RankingOverrideSet(initiative_id=board.ids[title], rank=rank, reason="The regulator")
    store = SnapshotStore(board.database)
    await set_ranking_override(board.database, store, board.actor, command, today=TODAY)


def cause(kind: str, change: int | None, *criteria: str) -> dict[str, Any]:
    return {"kind": kind, "change": change, "criteria": [{"key": key} for key in criteria]}


async def test_a_ranking_is_published_and_can_be_computed_again(ask: Ask, board: Board, chair: Actor) -> None:
    await override(board, "E", 1)
    answer = await publish(ask, chair, board, note="Q1", asOf="2026-12-01", softPenaltyWeeks=2)
    publication = answer["publication"]
    expected = {
        "number": 1,
        "note": "Q1",
        "method": "CD3",
        "order": "DEPENDENCY_AWARE",
        "states": ["ACTIVE", "APPROVED", "EVALUATED", "PAUSED", "PROPOSED"],
        "asOf": "2026-12-01",
        "currency": "EUR",
        "softPenaltyWeeks": 2.0,
        "engineVersion": "1",
        "itemCount": 5,
        "publishedBy": {"name": "Board"},
        "portfolio": {"name": "Portfolio"},
        "modelVersion": None,
    }
    assert {key: publication[key] for key in expected} == expected
    await execute(board, "UPDATE cost_of_delay SET rate_minor_per_week_likely = 1")
    await execute(board, "UPDATE initiative SET title = 'New ' || title")
    await execute(board, "DELETE FROM initiative WHERE title = 'New A'")
    found = (await ask(chair, ITEMS, id=publication["id"], first=2))["node"]
    assert found["replay"] == {
        "equal": True,
        "fingerprint": publication["fingerprint"],
        "engineVersion": "1",
    }
    items = found["items"]
    assert items["totalCount"] == 5
    assert items["nodes"] == [
        {
            "place": 1,
            "title": "E",
            "rank": 1,
            "scoreRank": 5,
            "computedRank": 5,
            "score": 10.0,
            "overrideRank": 1,
            "previousRank": None,
            "initiative": {"title": "New E"},
            "causes": [cause("ENTERED", None)],
        },
        {
            "place": 2,
            "title": "A",
            "rank": 2,
            "scoreRank": 1,
            "computedRank": 1,
            "score": 50.0,
            "overrideRank": None,
            "previousRank": None,
            "initiative": None,
            "causes": [cause("ENTERED", None)],
        },
    ]
    rest = await ask(chair, ITEMS, id=publication["id"], after=items["pageInfo"]["endCursor"])
    assert [node["title"] for node in rest["node"]["items"]["nodes"]] == ["B", "C", "D"]


async def test_publications_are_listed_the_latest_first(ask: Ask, board: Board, chair: Actor) -> None:
    portfolio = encode_id("Portfolio", board.portfolio_id)
    model_id = await board.model(
        ScoringMethod.WEIGHTED, ("value", CriterionRole.WEIGHTED, 1, CriterionDirection.BENEFIT, 0, 10)
    )
    await publish(ask, chair, board)
    by = {"model": encode_id("ScoringModel", model_id)}
    await publish(ask, chair, board, by=by, order="SCORE", states=["PROPOSED"])
    found = (await ask(board.actor, PUBLICATIONS, id=portfolio))["node"]["rankingPublications"]
    assert found["totalCount"] == 2
    assert [
        (node["number"], node["method"], node["order"], node["states"], node["modelVersion"])
        for node in found["nodes"]
    ] == [
        (2, "WEIGHTED", "SCORE", ["PROPOSED"], {"number": 1}),
        (1, "CD3", "DEPENDENCY_AWARE", found["nodes"][1]["states"], None),
    ]
    first = (await ask(board.actor, PUBLICATIONS, id=portfolio, first=1))["node"]["rankingPublications"]
    cursor = first["pageInfo"]["endCursor"]
    second = await ask(board.actor, PUBLICATIONS, id=portfolio, first=1, after=cursor)
    assert [node["number"] for node in second["node"]["rankingPublications"]["nodes"]] == [1]


async def test_the_history_of_a_rank_names_causes_and_criteria(ask: Ask, board: Board, chair: Actor) -> None:
    up = CriterionDirection.BENEFIT
    model_id = await board.model(
        ScoringMethod.WEIGHTED,
        ("value", CriterionRole.WEIGHTED, 1, up, 0, 10),
        ("reach", CriterionRole.WEIGHTED, 1, up, 0, 10),
    )
    for number, title in enumerate("ABCDE"):
        await board.score(title, value=9.0 - number, reach=5)
    by = {"model": encode_id("ScoringModel", model_id)}
    await publish(ask, chair, board, by=by)
    await execute(
        board,
        "UPDATE score SET value = 8.5 WHERE initiative_id = :id AND criterion_id = :criterion",
        id=board.ids["E"],
        criterion=board.ids["reach"],
    )
    await publish(ask, chair, board, by=by)
    await execute(board, "UPDATE initiative SET state = 'stopped' WHERE id = :id", id=board.ids["E"])
    await publish(ask, chair, board, by=by)

    ids = [encode_id("Initiative", board.ids[title]) for title in "EA"]
    newest = await ask(chair, HISTORY, ids=ids)
    by_board = {"publishedBy": {"name": "Board"}}
    e, a = newest["nodes"]
    assert (e["title"], e["rankHistory"]["totalCount"]) == ("E", 3)
    assert e["rankHistory"]["nodes"] == [
        {
            "rank": None,
            "previousRank": 2,
            "publication": {"number": 3, **by_board},
            "item": None,
            "causes": [cause("LEFT", None)],
        },
        {
            "rank": 2,
            "previousRank": 5,
            "publication": {"number": 2, **by_board},
            "item": {"place": 2},
            "causes": [cause("SCORE", -3, "reach")],
        },
        {
            "rank": 5,
            "previousRank": None,
            "publication": {"number": 1, **by_board},
            "item": {"place": 5},
            "causes": [cause("ENTERED", None)],
        },
    ]
    assert [entry["causes"] for entry in a["rankHistory"]["nodes"]] == [[], [], [cause("ENTERED", None)]]
    page = e["rankHistory"]
    first = (await ask(chair, HISTORY, ids=ids[:1], first=1))["nodes"][0]["rankHistory"]
    assert first["nodes"] == page["nodes"][:1]
    oldest = await ask(chair, HISTORY, ids=ids[:1], after=first["pageInfo"]["endCursor"])
    assert oldest["nodes"][0]["rankHistory"]["nodes"] == page["nodes"][1:]


async def test_histories_of_many_take_as_many_statements_as_that_of_one(
    ask: Ask, board: Board, chair: Actor
) -> None:
    await publish(ask, chair, board)
    numbers = []
    for titles in ("A", "ABCDE"):
        ids = [encode_id("Initiative", board.ids[title]) for title in titles]
        await ask(chair, HISTORY, ids=ids)
        with counted(board.database) as statements:
            await ask(chair, HISTORY, ids=ids)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_two_publications_are_compared(ask: Ask, board: Board, chair: Actor) -> None:
    first = (await publish(ask, chair, board))["publication"]["id"]
    await execute(board, "UPDATE initiative SET state = 'completed' WHERE id = :id", id=board.ids["B"])
    await execute(
        board,
        "UPDATE cost_of_delay SET rate_minor_per_week_likely = 6000 WHERE initiative_id = :id",
        id=board.ids["E"],
    )
    await board.initiative("X", weeks=1, rate=15)
    second = (await publish(ask, chair, board))["publication"]["id"]
    found = (await ask(chair, DIFF, **{"from": first, "to": second}, first=1))["rankingDiff"]
    assert (found["from"], found["to"], found["unchangedCount"]) == ({"number": 1}, {"number": 2}, 2)
    assert found["entered"] == {"totalCount": 1, "nodes": [{"title": "X", "rank": 5}]}
    assert found["left"] == {"totalCount": 1, "nodes": [{"title": "B", "rank": 2}]}
    moved = found["moved"]
    assert moved["totalCount"] == 2
    assert moved["nodes"] == [
        {
            "initiative": {"title": "E"},
            "from": {"rank": 5},
            "to": {"rank": 1},
            "change": -4,
            "causes": [cause("OTHERS_LEFT", -1), cause("COST_OF_DELAY", -3)],
        }
    ]
    cursor = moved["pageInfo"]["endCursor"]
    rest = await ask(chair, DIFF, **{"from": first, "to": second}, after=cursor)
    assert rest["rankingDiff"]["moved"]["nodes"] == [
        {
            "initiative": {"title": "A"},
            "from": {"rank": 1},
            "to": {"rank": 2},
            "change": 1,
            "causes": [cause("OTHERS_CHANGED", 1)],
        }
    ]


@pytest.mark.parametrize(
    ("values", "kind", "path"),
    [
        ({"portfolioId": "nonsense"}, "NotFound", ["portfolioId"]),
        ({"portfolioId": encode_id("Portfolio", uuid4())}, "NotFound", ["portfolioId"]),
        ({"by": {"model": encode_id("ScoringModel", uuid4())}}, "NotFound", ["by", "model"]),
        ({"by": {"modelVersion": encode_id("Team", uuid4())}}, "NotFound", ["by", "modelVersion"]),
        ({"by": {"method": "RICE"}}, "InvalidInput", ["by", "method"]),
        ({"states": []}, "InvalidInput", ["states"]),
        ({"softPenaltyWeeks": -1}, "InvalidInput", ["softPenaltyWeeks"]),
        ({"note": "x" * 4001}, "InvalidInput", ["note"]),
        ({"expectedFingerprint": "0" * 32}, "Conflict", ["expectedFingerprint"]),
    ],
)
async def test_faulty_publications_are_refused_with_their_place(
    ask: Ask, board: Board, chair: Actor, values: dict[str, Any], kind: str, path: list[str]
) -> None:
    answer = await publish(ask, chair, board, **values)
    assert (answer["__typename"], answer["path"]) == (kind, path)
    portfolio = encode_id("Portfolio", board.portfolio_id)
    assert (await ask(chair, PUBLICATIONS, id=portfolio))["node"]["rankingPublications"]["totalCount"] == 0


async def test_null_is_as_if_left_out(ask: Ask, board: Board, chair: Actor) -> None:
    answer = await publish(
        ask,
        chair,
        board,
        by=None,
        states=None,
        softPenaltyWeeks=None,
        note=None,
        asOf=None,
        expectedFingerprint=None,
        idempotencyKey=None,
    )
    assert answer["publication"]["note"] == ""


async def test_a_repeated_publication_is_the_first_one(ask: Ask, board: Board, chair: Actor) -> None:
    first = await publish(ask, chair, board, idempotencyKey="monday", states=["PROPOSED", "ACTIVE"])
    again = await publish(ask, chair, board, idempotencyKey="monday", states=["ACTIVE", "PROPOSED"])
    assert again == first
    other = await publish(ask, chair, board, idempotencyKey="monday")
    assert other["__typename"] == "Conflict"


async def test_only_a_board_publishes(ask: Ask, board: Board) -> None:
    planner = await a_member(board.database, board.actor, role=Role.PLANNER)
    assert (await publish(ask, planner, board))["__typename"] == "PermissionDenied"


async def test_another_tenant_sees_nothing_of_it(ask: Ask, board: Board, chair: Actor) -> None:
    publication = (await publish(ask, chair, board))["publication"]["id"]
    stranger = await an_organisation(board.database)
    assert (await publish(ask, stranger, board))["__typename"] == "NotFound"
    assert (await ask(stranger, ITEMS, id=publication))["node"] is None
    for pair in ({"from": publication, "to": publication}, {"from": "nonsense", "to": publication}):
        with pytest.raises(NotFound) as raised:
            await ask(stranger, DIFF, **pair)
        assert raised.value.path == ("from",)
