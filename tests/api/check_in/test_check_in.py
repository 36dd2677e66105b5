"""Check-ins in the schema, and what follows from them: progress, ranking, and word to subscribers."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import websockets

from api.context import Context, Services
from api.ids import encode_id
from domain.commands.contribution import ContributionSet
from domain.commands.objective_closing import ObjectiveClose
from domain.commands.token import TokenCreate
from domain.contribution import set_contribution
from domain.db import Database
from domain.enums import Role, TokenScope
from domain.objective_closing import close_objective
from domain.token import create_token
from tests.api.conftest import Ask
from tests.api.process import serving
from tests.factories import (
    a_cycle,
    a_key_result,
    a_member,
    a_portfolio,
    an_initiative,
    an_objective,
    an_organisation,
)
from tests.statements import counted

ERRORS = """... on UserError { code path message } ... on CheckInOutsideCycle { startsOn endsOn }
  ... on CheckInInFuture { now } ... on ObjectiveClosed { closedAt objective { title } }"""
KEY_RESULT = """keyResult { currentValue checkedInAt confidence previousConfidence confidenceTrend status
  progress { clamped } checkIns { totalCount nodes { value correctedBy { value } } } }"""
CREATE = f"""mutation($input: CheckInCreateInput!) {{ checkInCreate(input: $input) {{ __typename
  ... on CheckInCreateSuccess {{ checkIn {{ id value confidence note at source reason madeBy {{ name }}
    corrects {{ id }} correctedBy {{ id }} }} {KEY_RESULT} }} {ERRORS} }} }}"""
CORRECT = f"""mutation($input: CheckInCorrectInput!) {{ checkInCorrect(input: $input) {{ __typename
  ... on CheckInCorrectSuccess {{ checkIn {{ value reason corrects {{ value correctedBy {{ value }} }} }}
    {KEY_RESULT} }} {ERRORS} }} }}"""
BULK = """mutation($input: CheckInCreateBulkInput!) { checkInCreateBulk(input: $input) { __typename
  ... on CheckInCreateBulkSuccess { createdCount items { checkIn { value keyResult { currentValue } }
    errors { __typename code path } } } ... on UserError { code path message } } }"""
HISTORY = """query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Objective {
  keyResults { nodes { checkIns(first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { value madeBy { name } corrects { value }
      correctedBy { value } } } } } } } }"""


def _iso(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def _this_year(database: Database, actor: Any) -> Any:
    today = datetime.now(UTC).date()
    return await a_cycle(database, actor, starts_on=today - timedelta(30), ends_on=today + timedelta(30))


async def test_a_contributor_checks_in_and_corrects(database: Database, ask: Ask) -> None:
    admin = await an_organisation(database)
    somebody = await a_member(database, admin, role=Role.CONTRIBUTOR)
    cycle = await _this_year(database, admin)
    objective = await an_objective(database, admin, cycle_id=cycle.id, title="Trust")
    key_result = await a_key_result(database, admin, objective_id=objective.id, due_on=cycle.ends_on)
    key_result_id = encode_id("KeyResult", key_result.id)
    earlier = _iso(datetime.now(UTC).replace(microsecond=0) - timedelta(7))
    given = {"keyResultId": key_result_id, "value": 45, "confidence": 8, "note": "Going well.", "at": earlier}
    answer = (await ask(somebody, CREATE, input=given))["checkInCreate"]
    check_in_id = answer["checkIn"].pop("id")
    assert answer["checkIn"] == {
        "value": 45.0,
        "confidence": 8,
        "note": "Going well.",
        "at": earlier,
        "source": "MANUAL",
        "reason": None,
        "madeBy": {"name": "Contributor"},
        "corrects": None,
        "correctedBy": None,
    }
    assert answer["keyResult"] == {
        "currentValue": 45.0,
        "checkedInAt": earlier,
        "confidence": 8,
        "previousConfidence": None,
        "confidenceTrend": None,
        "status": "ON_TRACK",
        "progress": {"clamped": 0.45},
        "checkIns": {"totalCount": 1, "nodes": [{"value": 45.0, "correctedBy": None}]},
    }
    again = await ask(somebody, CREATE, input={**given, "value": 50, "confidence": 5, "at": None})
    key_result_now = again["checkInCreate"]["keyResult"]
    assert (key_result_now["confidenceTrend"], key_result_now["status"]) == ("FALLING", "AT_RISK")
    # what is left out stays as it was, and null takes it back
    right = {"id": check_in_id, "value": 35, "confidence": None, "reason": "Of the wrong region."}
    corrected = (await ask(somebody, CORRECT, input=right))["checkInCorrect"]
    assert corrected["checkIn"] == {
        "value": 35.0,
        "reason": "Of the wrong region.",
        "corrects": {"value": 45.0, "correctedBy": {"value": 35.0}},
    }
    assert corrected["keyResult"]["checkIns"] == {
        "totalCount": 3,
        "nodes": [
            {"value": 50.0, "correctedBy": None},
            {"value": 35.0, "correctedBy": None},
            {"value": 45.0, "correctedBy": {"value": 35.0}},
        ],
    }
    assert (corrected["keyResult"]["currentValue"], corrected["keyResult"]["previousConfidence"]) == (
        50,
        None,
    )
    assert (await ask(somebody, CORRECT, input=right))["checkInCorrect"]["__typename"] == "Conflict"
    viewer = await a_member(database, admin, role=Role.VIEWER)
    assert (await ask(viewer, CREATE, input=given))["checkInCreate"]["__typename"] == "PermissionDenied"


async def test_refusals_say_what_a_client_needs(database: Database, ask: Ask) -> None:
    admin, stranger = await an_organisation(database), await an_organisation(database)
    cycle = await _this_year(database, admin)
    objective = await an_objective(database, admin, cycle_id=cycle.id, title="Trust")
    key_result = await a_key_result(database, admin, objective_id=objective.id, due_on=cycle.ends_on)
    own = {"keyResultId": encode_id("KeyResult", key_result.id), "value": 1}

    async def refusal(**given: Any) -> Any:
        return (await ask(admin, CREATE, input={**own, **given}))["checkInCreate"]

    outside = await refusal(at=_iso(datetime.now(UTC) - timedelta(31)))
    assert (outside["__typename"], outside["code"], outside["path"]) == (
        *("CheckInOutsideCycle", "CHECK_IN_OUTSIDE_CYCLE", ["at"]),
    )
    assert (outside["startsOn"], outside["endsOn"]) == (str(cycle.starts_on), str(cycle.ends_on))
    future = await refusal(at=_iso(datetime.now(UTC) + timedelta(1)))
    assert (future["__typename"], future["path"]) == ("CheckInInFuture", ["at"])
    assert future["now"][:4] == str(datetime.now(UTC).year)
    assert (await refusal(confidence=11))["path"] == ["confidence"]
    assert (await refusal(value=1e16))["path"] == ["value"]
    foreign = encode_id("KeyResult", (await a_key_result(database, stranger)).id)
    unknown = await refusal(keyResultId=foreign)
    assert (unknown["__typename"], unknown["path"]) == ("NotFound", ["keyResultId"])
    items = [own, {**own, "keyResultId": foreign}, {**own, "confidence": 12}]
    bulk = (await ask(admin, BULK, input={"items": items, "errorPolicy": "REJECT_FAILED"}))[
        "checkInCreateBulk"
    ]
    assert bulk["createdCount"] == 1
    assert [item["checkIn"] for item in bulk["items"]] == [
        {"value": 1.0, "keyResult": {"currentValue": 1.0}},
        None,
        None,
    ]
    assert [error["path"] for item in bulk["items"] for error in item["errors"]] == [
        ["items", "1", "keyResultId"],
        ["items", "2", "confidence"],
    ]
    await close_objective(database, admin, ObjectiveClose(id=objective.id), now=datetime.now(UTC))
    closed = await refusal()
    assert (closed["__typename"], closed["objective"]) == ("ObjectiveClosed", {"title": "Trust"})
    bulk = (await ask(admin, BULK, input={"items": [own]}))["checkInCreateBulk"]
    assert bulk["items"][0]["errors"] == [
        {"__typename": "ObjectiveClosed", "code": "OBJECTIVE_CLOSED", "path": ["items", "0", "keyResultId"]}
    ]


async def test_histories_take_as_many_statements_for_many_key_results_as_for_few(
    database: Database, services: Services, ask: Ask
) -> None:
    admin = await an_organisation(database)
    cycle = await _this_year(database, admin)

    async def seeded(size: int) -> str:
        objective = await an_objective(database, admin, cycle_id=cycle.id)
        place = {"objective_id": objective.id, "due_on": cycle.ends_on}
        rows = [await a_key_result(database, admin, **place) for _ in range(size)]
        items = [
            {"keyResultId": encode_id("KeyResult", row.id), "value": value}
            for row in rows
            for value in (1, 2, 3)
        ]
        assert (await ask(admin, BULK, input={"items": items}))["checkInCreateBulk"][
            "createdCount"
        ] == 3 * size
        return encode_id("Objective", objective.id)

    few, many = await seeded(1), await seeded(3)
    counts = []
    for objective_id, size in ((few, 1), (many, 3)):
        context = Context(services=services, viewer=admin, request_id="test")
        with counted(database) as statements:
            found = await ask(context, HISTORY, id=objective_id, first=2)
        counts.append(len(statements))
        pages = [node["checkIns"] for node in found["node"]["keyResults"]["nodes"]]
        assert [[node["value"] for node in page["nodes"]] for page in pages] == [[3.0, 2.0]] * size
        assert [page["totalCount"] for page in pages] == [3] * size
    assert counts[0] == counts[1]
    after = pages[-1]["pageInfo"]["endCursor"]
    rest = await ask(admin, HISTORY, id=many, first=2, after=after)
    page = rest["node"]["keyResults"]["nodes"][-1]["checkIns"]
    assert ([node["value"] for node in page["nodes"]], page["pageInfo"]["hasNextPage"]) == ([1.0], False)


RANKING = """query($id: ID!) { node(id: $id) { ... on Portfolio {
  ranking(by: {method: VALUE_BY_OUTCOME}) { nodes { initiative { title } score } } } } }"""
SUBSCRIBE = "subscription($portfolio: ID!) { portfolioChanged(portfolio: $portfolio) { version } }"


async def test_a_check_in_moves_the_ranking_and_subscribers_hear_of_it(
    database: Database, application_url: str, tmp_path: Path
) -> None:
    admin = await an_organisation(database)
    cycle, portfolio = await _this_year(database, admin), await a_portfolio(database, admin)
    objective = await an_objective(database, admin, cycle_id=cycle.id)
    calls, letters = [
        await a_key_result(database, admin, objective_id=objective.id, due_on=cycle.ends_on, weight=weight)
        for weight in (3, 2)
    ]
    for title, key_result in (("Calls", calls), ("Letters", letters)):
        initiative = await an_initiative(database, admin, portfolio_id=portfolio.id, title=title)
        contribution = ContributionSet(
            initiative_id=initiative.id, key_result_id=key_result.id, expected_delta=50, confidence=1
        )
        await set_contribution(database, admin, contribution)
    portfolio_id = encode_id("Portfolio", portfolio.id)
    command = TokenCreate(
        name="test",
        scopes=frozenset({TokenScope.READ, TokenScope.WRITE}),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    _, token = await create_token(database, admin, command)
    headers = {"Authorization": f"Bearer {token}"}
    settings = {"database_url": application_url, "demo": "false", "data_dir": str(tmp_path / "a")}
    with serving(tmp_path / "one", **settings) as process:
        url = process.url.replace("http://", "ws://") + "/graphql"
        protocol = websockets.Subprotocol("graphql-transport-ws")
        async with (
            httpx.AsyncClient(base_url=process.url, headers=headers, timeout=60) as client,
            websockets.connect(url, subprotocols=[protocol]) as socket,
        ):

            async def send(**message: Any) -> None:
                await socket.send(orjson.dumps(message).decode())

            async def receive() -> Any:
                return orjson.loads(await asyncio.wait_for(socket.recv(), 20))

            async def post(document: str, **variables: Any) -> Any:
                body = {"query": document, "variables": variables}
                answer = (await client.post("/graphql", json=body)).json()
                assert "errors" not in answer, answer
                return answer["data"]

            async def ranked() -> list[tuple[str, float]]:
                nodes = (await post(RANKING, id=portfolio_id))["node"]["ranking"]["nodes"]
                return [(node["initiative"]["title"], node["score"]) for node in nodes]

            await send(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert (await receive())["type"] == "connection_ack"
            variables = {"portfolio": portfolio_id}
            await send(type="subscribe", id="1", payload={"query": SUBSCRIBE, "variables": variables})
            first = (await receive())["payload"]["data"]["portfolioChanged"]["version"]
            assert await ranked() == [("Calls", 1.5), ("Letters", 1.0)]
            given = {"keyResultId": encode_id("KeyResult", letters.id), "value": 50}
            assert (await post(CREATE, input=given))["checkInCreate"]["__typename"] == "CheckInCreateSuccess"
            second = (await receive())["payload"]["data"]["portfolioChanged"]["version"]
            assert second != first
            # half of the gap is left for the letters: the same 50 close all of it
            assert await ranked() == [("Letters", 2.0), ("Calls", 1.5)]
            given = {"keyResultId": encode_id("KeyResult", letters.id), "value": 100}
            await post(CREATE, input=given)
            assert (await receive())["payload"]["data"]["portfolioChanged"]["version"] != second
            assert await ranked() == [("Calls", 1.5), ("Letters", 0.0)]
