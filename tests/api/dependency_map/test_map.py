"""The dependency map as a client reads it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from api.context import Context, Services
from api.cost import plan_cost
from api.errors import BadUserInput
from api.ids import encode_id
from api.limits import QueryLimits, check_shape
from api.schema import build_schema
from domain.db import Database
from domain.enums import DependencyKind, InitiativeState
from tests.api.conftest import Ask
from tests.factories import an_organisation
from tests.plans import FF, SS, TEXTBOOK_WEEKS, TODAY, Plan
from tests.statements import counted

MAP = """
query($id: ID!, $states: [InitiativeState!], $completed: Boolean! = false, $asOf: Date = "2026-03-02",
      $where: MappedInitiativeWhere, $edges: MappedDependencyWhere, $first: Int, $after: String) {
  node(id: $id) { ... on Portfolio {
    dependencyMap(asOf: $asOf, states: $states, includeCompleted: $completed) {
      asOf fingerprint layerCount atLeast missingDurationCount finish { date weeks }
      crossTeamEdgeCount crossCategoryEdgeCount
      nodes(where: $where, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes {
          initiative { title state } layer component atLeast critical
          earliestStart { date weeks } earliestFinish { date weeks }
          latestStart { date weeks } latestFinish { date weeks }
          totalSlackWeeks freeSlackWeeks deadlineSlackWeeks
          blockedByCount unlocksCount bottleneckPairs
          before: blockedByCount(transitive: true) after: unlocksCount(transitive: true)
        }
      }
      edges(where: $edges, first: $first) {
        totalCount
        nodes {
          dependency { kind hard lagWeeks predecessor { title } successor { title } }
          predecessor { initiative { title } } successor { layer }
          slackWeeks gapWeeks critical pending crossesTeam crossesCategory
        }
      }
      criticalPath { weeks atLeast missingDurationCount nodes { initiative { title } } }
      components { totalCount nodes { number initiativeCount dependencyCount } }
      bottlenecks(first: 3) { totalCount nodes { initiative { title } bottleneckPairs } }
      violations { totalCount nodes {
        kind weeks due explanation initiative { title } dependency { kind predecessor { title } }
      } }
      teamCrossings { nodes { dependencyCount predecessorTeam { name } successorTeam { name } } }
      categoryCrossings { nodes {
        dependencyCount predecessorCategory { name } successorCategory { name }
      } }
    }
  } }
}
"""


async def _map(ask: Ask, plan: Plan, **variables: Any) -> Any:
    answer = await ask(plan.actor, MAP, id=encode_id("Portfolio", plan.portfolio_id), **variables)
    return answer["node"]["dependencyMap"]


def _by_title(found: Any) -> dict[str, Any]:
    return {node["initiative"]["title"]: node for node in found["nodes"]["nodes"]}


def _weeks(nodes: dict[str, Any], name: str) -> list[float]:
    return [nodes[title][name]["weeks"] for title in sorted(nodes)]


async def test_the_textbook_project_has_the_published_dates_slack_and_path(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    found = await _map(ask, plan)
    nodes = _by_title(found)
    assert "".join(sorted(nodes)) == "".join(TEXTBOOK_WEEKS)
    assert _weeks(nodes, "earliestStart") == [0, 2, 6, 16, 16, 20, 22, 29, 16, 25, 33, 33, 38, 38]
    slack = [nodes[title]["totalSlackWeeks"] for title in sorted(nodes)]
    assert slack == [0, 0, 0, 4, 0, 0, 4, 4, 2, 0, 1, 0, 4, 0]
    assert [nodes[title]["freeSlackWeeks"] for title in "GIKM"] == [0, 2, 1, 4]
    assert found["finish"] == {"weeks": 44, "date": "2027-01-04"}
    assert found["criticalPath"]["weeks"] == 44
    assert not found["criticalPath"]["atLeast"]
    assert "".join(node["initiative"]["title"] for node in found["criticalPath"]["nodes"]) == "ABCEFJLN"
    assert "".join(title for title in sorted(nodes) if nodes[title]["critical"]) == "ABCEFJLN"
    assert (found["layerCount"], found["components"]["nodes"]) == (
        8,
        [{"number": 1, "initiativeCount": 14, "dependencyCount": 16}],
    )
    assert {title: nodes[title]["layer"] for title in "ACIHN"} == {"A": 0, "C": 2, "I": 3, "H": 5, "N": 7}


async def test_dates_are_the_days_in_which_the_weeks_lie(plan: Plan, ask: Ask) -> None:
    await plan.work("Half", 0.5)
    await plan.work("After", 1, earliest_start=TODAY + timedelta(days=2))
    await plan.link("Half", "After")
    after = _by_title(await _map(ask, plan))["After"]
    # half a week is three and a half days: it begins in the fourth, and ends in the eleventh
    assert after["earliestStart"] == {"weeks": 0.5, "date": "2026-03-05"}
    assert after["earliestFinish"] == {"weeks": 1.5, "date": "2026-03-13"}


async def test_all_types_and_lags_count_and_soft_loops_do_not(plan: Plan, ask: Ask) -> None:
    await plan.work("A", 4)
    for title, weeks in {"Overlap": 3, "Wait": 1, "With": 5, "Together": 2}.items():
        await plan.work(title, weeks)
    await plan.link("A", "Overlap", lag=-1)
    await plan.link("A", "Wait", lag=2)
    await plan.link("A", "With", SS, lag=1)
    await plan.link("A", "Together", FF, lag=3)
    await plan.link("Together", "A", hard=False)
    await plan.add_relation("Wait", "A")
    found = await _map(ask, plan)
    nodes = _by_title(found)
    starts = {title: node["earliestStart"]["weeks"] for title, node in nodes.items()}
    assert starts == {"A": 0, "Overlap": 3, "Wait": 6, "With": 1, "Together": 5}
    edges = {
        (edge["dependency"]["predecessor"]["title"], edge["dependency"]["successor"]["title"]): edge
        for edge in found["edges"]["nodes"]
    }
    assert found["edges"]["totalCount"] == 5
    assert {ends[1]: edge["slackWeeks"] for ends, edge in edges.items()} == {
        "Overlap": 1,
        "Wait": 0,
        "With": 1,
        "Together": 0,
        "A": None,
    }
    assert edges["Together", "A"]["gapWeeks"] == -7
    assert {ends[1] for ends, edge in edges.items() if edge["critical"]} == {"Wait", "Together"}
    assert found["finish"]["weeks"] == 7
    assert (nodes["A"]["unlocksCount"], nodes["A"]["blockedByCount"]) == (4, 0)


async def test_missing_durations_make_lower_bounds_and_say_so(plan: Plan, ask: Ask) -> None:
    await plan.work("Unknown")
    await plan.work("After", 2)
    await plan.work("Alone", 5)
    await plan.link("Unknown", "After")
    found = await _map(ask, plan)
    assert {title: node["atLeast"] for title, node in _by_title(found).items()} == {
        "Unknown": True,
        "After": True,
        "Alone": False,
    }
    assert (found["atLeast"], found["missingDurationCount"]) == (True, 1)
    path = found["criticalPath"]
    assert (path["weeks"], path["atLeast"], path["missingDurationCount"]) == (5, True, 1)


async def test_without_any_duration_nothing_is_critical(plan: Plan, ask: Ask) -> None:
    await plan.work("A")
    await plan.work("B")
    await plan.link("A", "B")
    found = await _map(ask, plan)
    assert [node["critical"] for node in found["nodes"]["nodes"]] == [False, False]
    assert (found["finish"], found["criticalPath"]["nodes"], found["criticalPath"]["weeks"]) == (None, [], 0)
    assert [edge["critical"] for edge in found["edges"]["nodes"]] == [False]


async def test_an_empty_portfolio_has_an_empty_map(plan: Plan, ask: Ask) -> None:
    found = await _map(ask, plan)
    assert (found["finish"], found["layerCount"], found["atLeast"]) == (None, 0, False)
    for part in ("nodes", "edges", "components", "bottlenecks", "violations"):
        assert (found[part]["totalCount"], found[part]["nodes"]) == (0, [])


async def test_bottlenecks_components_and_crossings(plan: Plan, ask: Ask) -> None:
    for name in ("Red", "Blue"):
        await plan.team(name)
    for name in ("Bets", "Core"):
        await plan.category(name)
    await plan.work("Left", 1, team="Red", category="Bets")
    await plan.work("Right", 1, team="Red", category="Core")
    await plan.work("Hub", 1, team="Blue", category="Core")
    await plan.work("Top", 1, team="Blue", category="Core")
    await plan.work("Bottom", 1, team="Red")
    await plan.work("Alone", 1, team="Red", category="Bets")
    for before, after in (("Left", "Hub"), ("Right", "Hub"), ("Hub", "Top"), ("Hub", "Bottom")):
        await plan.link(before, after)
    await plan.link("Left", "Top", hard=False)
    found = await _map(ask, plan)
    assert found["bottlenecks"] == {
        "totalCount": 1,
        "nodes": [{"initiative": {"title": "Hub"}, "bottleneckPairs": "4"}],
    }
    assert found["components"]["nodes"] == [
        {"number": 1, "initiativeCount": 5, "dependencyCount": 5},
        {"number": 2, "initiativeCount": 1, "dependencyCount": 0},
    ]
    hub, left = _by_title(found)["Hub"], _by_title(found)["Left"]
    assert (hub["blockedByCount"], hub["before"], hub["unlocksCount"], hub["after"]) == (2, 2, 2, 2)
    assert (left["unlocksCount"], left["after"], left["bottleneckPairs"]) == (1, 3, "0")
    assert (found["crossTeamEdgeCount"], found["crossCategoryEdgeCount"]) == (4, 2)
    assert found["teamCrossings"]["nodes"] == [
        {"dependencyCount": 3, "predecessorTeam": {"name": "Red"}, "successorTeam": {"name": "Blue"}},
        {"dependencyCount": 1, "predecessorTeam": {"name": "Blue"}, "successorTeam": {"name": "Red"}},
    ]
    assert found["categoryCrossings"]["nodes"] == [
        {
            "dependencyCount": 2,
            "predecessorCategory": {"name": "Bets"},
            "successorCategory": {"name": "Core"},
        }
    ]
    crossing = await _map(ask, plan, edges={"crossesCategory": {"eq": True}, "hard": {"eq": True}})
    assert [edge["predecessor"]["initiative"]["title"] for edge in crossing["edges"]["nodes"]] == ["Left"]


@pytest.mark.parametrize(
    ("where", "titles"),
    [
        ({"critical": {"eq": True}}, "ABCEFJLN"),
        ({"totalSlackWeeks": {"gt": 0, "lte": 2}}, "IK"),
        ({"layer": {"in": [0, 1]}}, "ABZ"),
        ({"linked": {"eq": False}}, "Z"),
        ({"component": {"ne": 1}}, "Z"),
        ({"or": [{"layer": {"eq": 0}}, {"not": {"component": {"eq": 1}}}]}, "AZ"),
        ({"totalSlackWeeks": {"isNull": True}}, ""),
    ],
)
async def test_nodes_are_filtered(plan: Plan, ask: Ask, where: Any, titles: str) -> None:
    await plan.textbook()
    await plan.work("Z", 1)
    found = await _map(ask, plan, where=where)
    assert "".join(sorted(_by_title(found))) == titles
    assert found["nodes"]["totalCount"] == len(titles)


async def test_edges_are_filtered_by_kind_and_slack(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    await plan.link("A", "N", SS)
    kinds = await _map(ask, plan, edges={"kind": {"in": ["START_TO_START", "FINISH_TO_FINISH"]}})
    assert [edge["dependency"]["kind"] for edge in kinds["edges"]["nodes"]] == ["START_TO_START"]
    tight = await _map(ask, plan, edges={"slackWeeks": {"lt": 4}, "critical": {"ne": True}})
    ends = {
        edge["dependency"]["predecessor"]["title"] + edge["dependency"]["successor"]["title"]
        for edge in tight["edges"]["nodes"]
    }
    assert ends == {"CI", "IJ", "JK", "KN"}


async def test_pages_go_from_layer_to_layer_and_belong_to_one_very_map(plan: Plan, ask: Ask) -> None:
    await plan.textbook()
    seen: list[str] = []
    after = None
    while True:
        page = (await _map(ask, plan, first=5, after=after))["nodes"]
        seen += [node["initiative"]["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert "".join(seen) == "ABCDEIFGJHKLMN"
    with pytest.raises(BadUserInput):
        await _map(ask, plan, first=5, after=after, where={"critical": {"eq": True}})
    first = (await _map(ask, plan, first=5))["nodes"]["pageInfo"]["endCursor"]
    await plan.link("A", "N", SS)
    with pytest.raises(BadUserInput):
        await _map(ask, plan, first=5, after=first)


async def test_what_is_completed_is_shown_on_request_and_constrains_nothing(plan: Plan, ask: Ask) -> None:
    await plan.work("Done", 9, state=InitiativeState.COMPLETED)
    await plan.work("Next", 2)
    await plan.link("Done", "Next", lag=4)
    assert list(_by_title(await _map(ask, plan))) == ["Next"]
    found = await _map(ask, plan, completed=True)
    nodes = _by_title(found)
    assert (nodes["Done"]["earliestStart"], nodes["Done"]["totalSlackWeeks"]) == (None, None)
    assert (nodes["Done"]["layer"], nodes["Next"]["layer"]) == (0, 1)
    assert nodes["Next"]["earliestStart"]["weeks"] == 0
    assert nodes["Next"]["blockedByCount"] == 0
    (edge,) = found["edges"]["nodes"]
    assert (edge["pending"], edge["slackWeeks"], edge["gapWeeks"], edge["critical"]) == (
        False,
        None,
        None,
        False,
    )
    assert found["finish"]["weeks"] == 2
    only = await _map(ask, plan, states=["COMPLETED"])
    assert (list(_by_title(only)), only["finish"], only["layerCount"]) == (["Done"], None, 1)
    with pytest.raises(BadUserInput, match="at least one state"):
        await _map(ask, plan, states=[])


async def test_archived_initiatives_are_not_on_the_map(plan: Plan, ask: Ask) -> None:
    await plan.work("Kept", 1)
    await plan.work("Gone", 1, archived_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert list(_by_title(await _map(ask, plan))) == ["Kept"]


async def test_dates_beyond_the_calendar_are_null(plan: Plan, ask: Ask) -> None:
    await plan.work("Now", 1)
    await plan.work("Later", 1, earliest_start=date(9999, 12, 20))
    await plan.work("Never", 10)
    await plan.link("Later", "Never")
    found = await _map(ask, plan)
    never = _by_title(found)["Never"]
    assert never["earliestStart"]["date"] == "9999-12-27"
    assert never["earliestFinish"]["date"] is None
    assert found["finish"]["date"] is None
    assert found["finish"]["weeks"] > 400_000


async def test_another_tenants_map_is_null(plan: Plan, ask: Ask, database: Database) -> None:
    await plan.work("A", 1)
    stranger = await an_organisation(database)
    answer = await ask(stranger, MAP, id=encode_id("Portfolio", plan.portfolio_id))
    assert answer["node"] is None


async def test_the_number_of_statements_does_not_grow(plan: Plan, ask: Ask, database: Database) -> None:
    counts = []
    for round_ in range(2):
        for number in range(4):
            await plan.work(f"{round_}.{number}", 1 + number, deadline=TODAY)
        for number in range(3):
            await plan.link(f"{round_}.{number}", f"{round_}.{number + 1}", DependencyKind.FINISH_TO_START)
        await _map(ask, plan)
        with counted(database) as statements:
            found = await _map(ask, plan)
        assert found["violations"]["totalCount"] == 4 * (round_ + 1)
        counts.append(len(statements))
    # is anything new
    assert counts == [1, 1]


async def test_the_stopped_has_no_dates_and_holds_up_nothing_on_the_map(plan: Plan, ask: Ask) -> None:
    await plan.work("Stopped", 5, state=InitiativeState.STOPPED, deadline=TODAY)
    await plan.work("Waiting", 1)
    await plan.link("Stopped", "Waiting")
    found = await _map(ask, plan, states=["STOPPED", "PROPOSED"])
    nodes = _by_title(found)
    assert (nodes["Stopped"]["earliestFinish"], nodes["Stopped"]["deadlineSlackWeeks"]) == (None, None)
    assert (nodes["Stopped"]["critical"], nodes["Waiting"]["critical"]) == (False, True)
    assert nodes["Waiting"]["earliestStart"]["weeks"] == 0
    assert [one["kind"] for one in found["violations"]["nodes"]] == ["PREDECESSOR_STOPPED"]


async def test_both_ways_to_resolve_fields_give_the_same_map(
    plan: Plan, services: Services, ask: Ask
) -> None:
    await plan.textbook()
    variables = {"id": encode_id("Portfolio", plan.portfolio_id), "first": 20}
    slowly = await build_schema(direct=False).execute(
        MAP,
        variable_values=variables,
        context_value=Context(services=services, viewer=plan.actor, request_id="test"),
    )
    assert slowly.errors is None
    assert slowly.data == await ask(plan.actor, MAP, **variables)


def test_the_whole_map_is_within_the_limits_of_a_query() -> None:
    document = parse(MAP)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert check_shape(document, QueryLimits()) == []
    assert plan_cost(build_schema()._schema, document, operation).cost({"first": 100}) < 5_000
