"""Scenarios as clients see them, and a solve that is followed over a WebSocket with another server process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import websockets

from api.ids import decode_id_of, encode_id
from domain.actor import Actor
from domain.commands.initiative import InitiativeTransition, InitiativeUpdate
from domain.commands.token import TokenCreate
from domain.db import Database
from domain.enums import InitiativeState, Role, TokenScope
from domain.initiative import update_initiative
from domain.jobs.registry import JobServices
from domain.jobs.solver import SolverPool
from domain.scenario.errors import NotComparable
from domain.scenario.job import solve_run
from domain.token import create_token
from domain.transition import transition_initiative
from tests.api.conftest import Ask
from tests.api.process import serving
from tests.factories import a_cycle, a_member, a_portfolio, an_organisation
from tests.scenarios import NOW, Planned, a_planned_portfolio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for all tests, in which the solver's process lives."""
    return "asyncio"


@pytest.fixture(scope="module")
async def pool(anyio_backend: str) -> AsyncIterator[SolverPool]:
    """One process for all solves: it takes seconds to start."""
    pool = SolverPool()
    try:
        yield pool
    finally:
        await pool.close()


CREATE = """
mutation($input: ScenarioCreateInput!) {
  scenarioCreate(input: $input) {
    __typename
    ... on ScenarioCreateSuccess { scenario { id version baseHasMovedOn } }
    ... on ScenarioEffectRefused { effectIndex reason }
    ... on UserError { message code path }
  }
}
"""
READ = """
query($id: ID!) { node(id: $id) { ... on Scenario {
  name state visibility version owner { name } cycle { name } portfolio { name }
  effects {
    position kind
    change {
      __typename
      ... on ScenarioShare { category { name } team { name } share mode }
      ... on ScenarioHire { team { name } on count fte focusShare rampWeeks }
      ... on ScenarioDates { initiative { title } changesEarliestStart changesDeadline deadline }
      ... on ScenarioDemand { initiative { title } team { name } personWeeks { low likely high } }
      ... on ScenarioCostOfDelay { rate { likely { amountMinor } } }
      ... on ScenarioForce { initiative { title } funded }
    }
  }
  latestRun { state }
  result { isOutdated }
} } }
"""
SOLVE = """
mutation($input: ScenarioSolveInput!) {
  scenarioSolve(input: $input) {
    __typename
    ... on ScenarioSolveSuccess { run { id state number progress { phase sequence done } } }
    ... on UserError { message path }
  }
}
"""
RESULT = """
query($id: ID!) { node(id: $id) { ... on Scenario {
  baseHasMovedOn
  baseState { hasMovedOn moveCount moves { kind name what } }
  runs { totalCount nodes { number state requestedBy { name } scenario { name } } }
  result {
    isOutdated run { state }
    plan { ...figures
      funded { totalCount nodes { title startsOn finishesOn delayCost { amountMinor currency } gaps reasons } }
      unfunded { nodes { title value reasons lacks { team { name } skill category { name } needed left } } }
      utilisation { nodes { team { name } skill capacity used utilisation periods { startsOn used } } }
      keyResults { totalCount }
      outlook { samples probability teams { nodes { probability expectedOverrun } } finishes { totalCount } }
    }
    basePlan { ...figures }
    winners { nodes {
      fate days initiative { title } before { funded } after { startsOn }
      why { kind effectIndex change { __typename } team { name } }
    } }
    losers { totalCount }
  }
} } }
fragment figures on ScenarioPlan {
  value valueBound valueGap selectionProof delayCost { amountMinor } scheduleProof scheduleGap unscheduled
  fundedCount inFlightCount unfundedCount
}
"""
COMPARE = """
query($ids: [ID!]!) { scenarioComparison(ids: $ids) {
  basesDiffer base { value }
  columns { status scenario { name } result { plan { value } winners { totalCount } } }
  initiatives { totalCount nodes { title base { funded } cells { funded } } }
  all: initiatives(differingOnly: false) { totalCount }
  utilisation { nodes { team { name } base { used } cells { used capacity } } }
  keyResults { totalCount }
} }
"""


def _ids(planned: Planned) -> dict[str, str]:
    return {
        "portfolioId": encode_id("Portfolio", planned.portfolio_id),
        "cycleId": encode_id("Cycle", planned.cycle_id),
    }


def _team(planned: Planned, name: str) -> str:
    return encode_id("Team", planned.teams[name])


def _initiative(planned: Planned, title: str) -> str:
    return encode_id("Initiative", planned.initiatives[title])


async def _created(ask: Ask, actor: Actor, planned: Planned, **values: Any) -> str:
    given = {**_ids(planned), "name": "What if", **values}
    answer = (await ask(actor, CREATE, input=given))["scenarioCreate"]
    assert answer["__typename"] == "ScenarioCreateSuccess", answer
    assert answer["scenario"]["baseHasMovedOn"] is False
    return str(answer["scenario"]["id"])


async def _solved(ask: Ask, database: Database, pool: SolverPool, actor: Actor, scenario_id: str) -> str:
    asked = {"scenarioId": scenario_id, "budgetSeconds": 0.5, "robustnessSamples": 200}
    run = (await ask(actor, SOLVE, input=asked))["scenarioSolve"]["run"]
    services = JobServices(database=database, solver=pool, now=lambda: NOW)
    key = decode_id_of("ScenarioRun", run["id"])
    await solve_run(services, organisation_id=str(actor.organisation_id), run_id=str(key))
    return str(run["id"])


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first day of the cycle that tests plan."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return NOW

    for module in ("mutations", "decision_mutations", "run_mutations"):
        monkeypatch.setattr(f"api.scenario.{module}.datetime", Clock)


async def test_a_scenario_is_made_of_effects_that_are_shown_as_they_were_given(
    database: Database, ask: Ask, day: None
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    effects = [
        {"share": {"categoryId": encode_id("AllocationCategory", planned.categories["bet"]), "share": 0.6}},
        {"hire": {"teamId": _team(planned, "web"), "on": "2026-01-12", "count": 2, "rampWeeks": 4}},
        {"dates": {"initiativeId": _initiative(planned, "Beta"), "deadline": None}},
        {
            "demand": {
                "initiativeId": _initiative(planned, "Beta"),
                "teamId": _team(planned, "core"),
                "personWeeks": {"low": 1, "likely": 2, "high": 4},
            }
        },
        {
            "costOfDelay": {
                "initiativeId": _initiative(planned, "Beta"),
                "profile": "LINEAR",
                "rate": {"likelyMinor": "100000", "currency": "EUR"},
            }
        },
        {"force": {"initiativeId": _initiative(planned, "Zeta"), "funded": False}},
    ]
    scenario_id = await _created(ask, actor, planned, effects=effects, description="Try it.")
    shown = (await ask(actor, READ, id=scenario_id))["node"]
    assert (shown["state"], shown["visibility"], shown["version"]) == ("DRAFT", "PRIVATE", 1)
    assert (shown["latestRun"], shown["result"]) == (None, None)
    assert [(effect["position"], effect["kind"]) for effect in shown["effects"]] == [
        (0, "SHARE"),
        (1, "HIRE"),
        (2, "DATES"),
        (3, "DEMAND"),
        (4, "COST_OF_DELAY"),
        (5, "FORCE"),
    ]
    share, hire, dates, demand, cost, force = (effect["change"] for effect in shown["effects"])
    assert (share["team"], share["share"], share["mode"]) == (None, 0.6, None)
    assert (hire["count"], hire["fte"], hire["focusShare"], hire["rampWeeks"]) == (2, 1.0, 1.0, 4.0)
    assert dates == {
        "__typename": "ScenarioDates",
        "initiative": {"title": "Beta"},
        "changesEarliestStart": False,
        "changesDeadline": True,
        "deadline": None,
    }
    assert demand["personWeeks"] == {"low": 1, "likely": 2, "high": 4}
    assert cost["rate"]["likely"]["amountMinor"] == "100000"
    assert force == {"__typename": "ScenarioForce", "initiative": {"title": "Zeta"}, "funded": False}

    # errors lead to where the client has made them
    async def refused(*wrong: Any) -> Any:
        given = {**_ids(planned), "name": "Wrong", "effects": list(wrong)}
        return (await ask(actor, CREATE, input=given))["scenarioCreate"]

    both = [
        {"force": {"initiativeId": _initiative(planned, "Beta"), "funded": value}} for value in (True, False)
    ]
    answer = await refused(*both)
    assert (answer["__typename"], answer["effectIndex"], answer["reason"], answer["path"]) == (
        "ScenarioEffectRefused",
        1,
        "FORCED_IN_AND_OUT",
        ["effects", "1"],
    )
    answer = await refused({"hire": {"teamId": _team(planned, "web"), "on": "2026-01-12", "count": 0}})
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["effects", "0", "hire", "count"])
    answer = await refused({"dates": {"initiativeId": _initiative(planned, "Beta")}})
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["effects", "0", "dates"])
    answer = await refused(*[effects[1]] * 201)
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", ["effects"])


async def test_a_private_scenario_is_seen_by_its_owner_alone(database: Database, ask: Ask, day: None) -> None:
    admin = await an_organisation(database)
    planned = await a_planned_portfolio(database, admin)
    owner, other = [await a_member(database, admin, role=Role.PLANNER) for _ in range(2)]
    hidden = await _created(ask, owner, planned, name="Hidden")
    await _created(ask, owner, planned, name="Open", visibility="SHARED")
    lists = """query($id: ID!, $where: ScenarioWhere) { node(id: $id) { ... on Portfolio {
      scenarios(where: $where, orderBy: [{field: NAME}]) { totalCount nodes { name } } } } }"""
    portfolio_id = encode_id("Portfolio", planned.portfolio_id)
    for viewer, names in ((owner, ["Hidden", "Open"]), (other, ["Open"]), (admin, ["Open"])):
        page = (await ask(viewer, lists, id=portfolio_id))["node"]["scenarios"]
        assert (page["totalCount"], [node["name"] for node in page["nodes"]]) == (len(names), names)
    where = {"or": [{"name": {"eq": "Hidden"}}, {"name": {"eq": "Open"}}]}
    assert (await ask(other, lists, id=portfolio_id, where=where))["node"]["scenarios"]["totalCount"] == 1
    assert (await ask(other, READ, id=hidden))["node"] is None
    share = """mutation($id: ID!) { scenarioShare(input: {id: $id}) {
      __typename ... on ScenarioShareSuccess { scenario { visibility } } } }"""
    assert (await ask(other, share, id=hidden))["scenarioShare"]["__typename"] == "NotFound"
    shared = (await ask(owner, share, id=hidden))["scenarioShare"]
    assert shared["scenario"]["visibility"] == "SHARED"
    assert (await ask(other, share, id=hidden))["scenarioShare"]["__typename"] == "PermissionDenied"
    copy = """mutation($id: ID!) { scenarioCopy(input: {scenarioId: $id, name: "Mine"}) {
      __typename ... on ScenarioCopySuccess { scenario { name visibility owner { id } } } } }"""
    copied = (await ask(other, copy, id=hidden))["scenarioCopy"]["scenario"]
    assert copied == {
        "name": "Mine",
        "visibility": "PRIVATE",
        "owner": {"id": encode_id("Member", other.member_id)},
    }


async def test_a_solved_scenario_shows_its_plan_beside_the_base_and_is_compared_approved_and_final(
    database: Database, ask: Ask, pool: SolverPool, day: None
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    gamma = planned.initiatives["Gamma"]
    await transition_initiative(
        database, actor, InitiativeTransition(id=gamma, to_state=InitiativeState.EVALUATED, reason="Scored.")
    )
    more = {"teamCapacity": {"teamId": _team(planned, "web"), "personWeeksPerWeek": 0.5, "relative": True}}
    first = await _created(ask, actor, planned, name="More web", effects=[more])
    second = await _created(ask, actor, planned, name="Nothing")
    third = await _created(ask, actor, planned, name="Unsolved")
    await _solved(ask, database, pool, actor, first)
    await _solved(ask, database, pool, actor, second)

    shown = (await ask(actor, RESULT, id=first))["node"]
    assert shown["baseState"] == {"hasMovedOn": False, "moveCount": 0, "moves": []}
    assert shown["runs"]["totalCount"] == 1
    assert shown["runs"]["nodes"][0]["scenario"] == {"name": "More web"}
    result = shown["result"]
    plan, base = result["plan"], result["basePlan"]
    assert (plan["value"], plan["valueGap"], plan["selectionProof"]) == (11_500, 0, "OPTIMAL")
    assert (base["value"], base["fundedCount"], base["unfundedCount"]) == (9_500, 4, 2)
    assert (plan["scheduleProof"], plan["unscheduled"]) == ("OPTIMAL", None)
    assert int(plan["delayCost"]["amountMinor"]) <= int(base["delayCost"]["amountMinor"])
    assert plan["funded"]["totalCount"] == 5
    (zeta,) = plan["unfunded"]["nodes"]
    assert (zeta["title"], zeta["reasons"], zeta["value"]) == ("Zeta", ["CAPACITY_EXHAUSTED"], 500)
    assert zeta["lacks"][0]["needed"] == 10
    web = max(plan["utilisation"]["nodes"], key=lambda use: use["capacity"])
    assert (web["capacity"], web["used"], web["utilisation"], len(web["periods"])) == (30, 30, 1, 12)
    assert plan["outlook"]["samples"] == 200
    # single-point estimates: nothing is uncertain
    assert plan["outlook"]["probability"] in (0.0, 1.0)
    assert {node["expectedOverrun"] for node in plan["outlook"]["teams"]["nodes"]} == {0}
    (funded,) = [node for node in result["winners"]["nodes"] if node["fate"] == "FUNDED"]
    assert (funded["initiative"], funded["days"], funded["before"]) == (
        {"title": "Gamma"},
        None,
        {"funded": False},
    )
    assert [(why["kind"], why["effectIndex"], why["change"]) for why in funded["why"]] == [
        ("CAPACITY_EFFECT", 0, {"__typename": "ScenarioTeamCapacity"})
    ]

    compared = (await ask(actor, COMPARE, ids=[first, second, third]))["scenarioComparison"]
    assert [column["status"] for column in compared["columns"]] == ["SOLVED", "SOLVED", "UNSOLVED"]
    assert [column["result"] and column["result"]["plan"]["value"] for column in compared["columns"]] == [
        11_500,
        9_500,
        None,
    ]
    assert (compared["basesDiffer"], compared["base"]["value"]) == (False, 9_500)
    line = next(node for node in compared["initiatives"]["nodes"] if node["title"] == "Gamma")
    assert (line["base"], line["cells"]) == ({"funded": False}, [{"funded": True}, {"funded": False}, None])
    assert compared["all"]["totalCount"] == 6
    assert compared["utilisation"]["nodes"][0]["cells"][2] is None
    for wrong in ([], [first, first], [second] * 11):
        with pytest.raises(NotComparable):
            await ask(actor, COMPARE, ids=wrong)
    elsewhere = await a_portfolio(database, actor)
    other_cycle = await a_cycle(database, actor)
    foreign = {
        "portfolioId": encode_id("Portfolio", elsewhere.id),
        "cycleId": encode_id("Cycle", other_cycle.id),
        "name": "Elsewhere",
    }
    other = (await ask(actor, CREATE, input=foreign))["scenarioCreate"]["scenario"]["id"]
    with pytest.raises(NotComparable, match="several portfolios"):
        await ask(actor, COMPARE, ids=[first, other])

    approve = """mutation($input: ScenarioApproveInput!) { scenarioApprove(input: $input) {
      __typename
      ... on ScenarioApproveSuccess { scenario { state decisionNote decidedBy { name }
        written { totalCount nodes { typeName node { id } } } } }
      ... on ScenarioBaseMovedOn { moveCount moves { kind name } }
      ... on UserError { message path } } }"""
    planner = await a_member(database, actor, role=Role.PLANNER)
    given = {"scenarioId": first, "note": "Agreed.", "approving": "ALL_FUNDED"}
    assert (await ask(planner, approve, input=given))["scenarioApprove"]["__typename"] == "PermissionDenied"
    blank = {**given, "note": " "}
    assert (await ask(actor, approve, input=blank))["scenarioApprove"]["path"] == ["note"]
    approved = (await ask(actor, approve, input=given))["scenarioApprove"]
    written = approved["scenario"].pop("written")
    assert [one["typeName"] for one in written["nodes"]] == ["Team", "Decision"]
    assert written["nodes"][0]["node"]["id"] == _team(planned, "web")
    assert decode_id_of("Decision", written["nodes"][1]["node"]["id"]) is not None
    assert written["totalCount"] == 2
    assert approved["scenario"] == {
        "state": "APPROVED",
        "decisionNote": "Agreed.",
        "decidedBy": {"name": "Ada Admin"},
    }
    states = """query($id: ID!) { node(id: $id) { ... on Initiative { state } } }"""
    assert (await ask(actor, states, id=encode_id("Initiative", gamma)))["node"]["state"] == "APPROVED"
    again = (await ask(actor, approve, input=given))["scenarioApprove"]["__typename"]
    assert again == "ScenarioAlreadyDecided"
    # the other one started from what is no longer so
    moved = (await ask(actor, approve, input={**given, "scenarioId": second}))["scenarioApprove"]
    assert (moved["__typename"], {move["kind"] for move in moved["moves"]}) == (
        "ScenarioBaseMovedOn",
        {"CAPACITY", "INITIATIVE_CHANGED"},
    )


async def test_rebasing_says_what_has_changed_and_a_solve_may_take_what_the_organisation_allows(
    database: Database, ask: Ask, day: None
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    force = {"force": {"initiativeId": _initiative(planned, "Beta"), "funded": True}}
    scenario_id = await _created(ask, actor, planned, effects=[force])
    update = {"id": planned.initiatives["Beta"], "duration_weeks_likely": 7}
    await update_initiative(database, actor, InitiativeUpdate.parse(update))
    rebase = """mutation($input: ScenarioRebaseInput!) { scenarioRebase(input: $input) {
      __typename ... on ScenarioRebaseSuccess {
        applied moveCount moves { kind name what } scenario { version baseHasMovedOn }
        conflicts { effectIndex refusal message moves { name what } } } } }"""
    asked = {"scenarioId": scenario_id}
    said = (await ask(actor, rebase, input=asked))["scenarioRebase"]
    move = {"kind": "INITIATIVE_CHANGED", "name": "Beta", "what": "duration"}
    assert said["moves"] == [move]
    assert said["conflicts"] == [
        {
            "effectIndex": 0,
            "refusal": None,
            "message": None,
            "moves": [{"name": "Beta", "what": "duration"}],
        }
    ]
    assert (said["applied"], said["scenario"]) == (False, {"version": 1, "baseHasMovedOn": True})
    done = (await ask(actor, rebase, input={**asked, "apply": True}))["scenarioRebase"]
    assert (done["applied"], done["scenario"]) == (True, {"version": 2, "baseHasMovedOn": False})

    limit = """mutation($most: Float!) { scenarioSettingUpdate(input: {mostBudgetSeconds: $most}) {
      __typename ... on ScenarioSettingUpdateSuccess { mostBudgetSeconds } ... on UserError { path } } }"""
    assert (await ask(actor, limit, most=601))["scenarioSettingUpdate"]["__typename"] == "InvalidInput"
    await ask(actor, limit, most=2)
    over = (await ask(actor, SOLVE, input={**asked, "budgetSeconds": 3}))["scenarioSolve"]
    assert (over["__typename"], over["path"]) == ("InvalidInput", ["budgetSeconds"])
    runs = [(await ask(actor, SOLVE, input={**asked, "budgetSeconds": 2}))["scenarioSolve"] for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0]["run"]["progress"] == {"phase": "WAITING", "sequence": 0, "done": 0}
    cancel = """mutation($id: ID!) { scenarioRunCancel(input: {runId: $id}) {
      __typename ... on ScenarioRunCancelSuccess { run { state } } } }"""
    cancelled = (await ask(actor, cancel, id=runs[0]["run"]["id"]))["scenarioRunCancel"]
    assert cancelled["run"]["state"] == "CANCELLED"


PROGRESS = """subscription($id: ID!) { scenarioRunProgress(id: $id) {
  state phase step sequence done incumbent bound gap run { number scenario { name } } } }"""


async def test_a_solve_is_followed_over_a_websocket_of_a_server_that_does_not_do_it(
    database: Database, ask: Ask, application_url: str, tmp_path: Path, day: None
) -> None:
    actor = await an_organisation(database)
    planned = await a_planned_portfolio(database, actor)
    more = {"teamCapacity": {"teamId": _team(planned, "web"), "personWeeksPerWeek": 0.5, "relative": True}}
    scenario_id = await _created(ask, actor, planned, effects=[more])
    command = TokenCreate(
        name="test",
        scopes=frozenset({TokenScope.READ, TokenScope.WRITE}),
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )
    _, token = await create_token(database, actor, command)
    headers = {"Authorization": f"Bearer {token}"}
    settings = {"database_url": application_url, "demo": "false", "access_log": "false"}
    with (
        serving(tmp_path / "1", data_dir=str(tmp_path / "a"), worker_concurrency="0", **settings) as shows,
        serving(tmp_path / "2", data_dir=str(tmp_path / "b"), worker_concurrency="1", **settings) as solves,
    ):
        url = shows.url.replace("http://", "ws://") + "/graphql"
        protocol = websockets.Subprotocol("graphql-transport-ws")
        async with (
            websockets.connect(url, subprotocols=[protocol]) as socket,
            httpx.AsyncClient(base_url=solves.url, headers=headers, timeout=60) as client,
        ):

            async def receive() -> Any:
                return orjson.loads(await asyncio.wait_for(socket.recv(), 120))

            async def send(**message: Any) -> None:
                await socket.send(orjson.dumps(message).decode())

            await send(type="connection_init", payload={"authorization": f"Bearer {token}"})
            assert (await receive())["type"] == "connection_ack"
            asked = {"scenarioId": scenario_id, "budgetSeconds": 0.5, "robustnessSamples": 200}
            body = {"query": SOLVE, "variables": {"input": asked}}
            answer = (await client.post("/graphql", json=body)).json()
            run = answer["data"]["scenarioSolve"]["run"]
            await send(type="subscribe", id="1", payload={"query": PROGRESS, "variables": {"id": run["id"]}})
            events = []
            while (message := await receive())["type"] == "next":
                assert "errors" not in message["payload"], message
                events.append(message["payload"]["data"]["scenarioRunProgress"])
            assert message == {"id": "1", "type": "complete"}
    assert events[0]["run"] == {"number": 1, "scenario": {"name": "What if"}}
    assert (events[-1]["state"], events[-1]["phase"]) == ("SUCCEEDED", "DONE")
    assert [event["sequence"] for event in events] == sorted(event["sequence"] for event in events)
    assert {event["state"] for event in events[:-1]} <= {"QUEUED", "RUNNING"}
    told = [event for event in events if event["incumbent"] is not None]
    assert all(event["gap"] is None or 0 <= event["gap"] <= 1 for event in told)
