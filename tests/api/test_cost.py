import pytest
import strawberry
from graphql import OperationDefinitionNode, get_introspection_query, parse, validate

from api.cost import plan_cost
from api.limits import SATURATED, QueryLimits
from tests.api.edge import schema

graphql_schema = schema._schema


def cost(text: str, **variables: object) -> int:
    document = parse(text)
    assert validate(graphql_schema, document) == []
    (operation,) = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    return plan_cost(graphql_schema, document, operation).cost(variables)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ hello }", 1),
        ("{ hello viewer __typename }", 1),
        ("{ map { name } }", 101),
        ("{ teams { totalCount pageInfo { endCursor } } }", 1),
        ("{ teams { nodes { name } } }", 1 + 50),
        ("{ teams(first: 10) { nodes { name tags } } }", 1 + 10),
        ("{ teams(last: 10) { edges { cursor node { name } } } }", 1 + 10),
        ("{ teams(first: 10) { nodes { name } edges { node { name } } } }", 1 + 20),
        ("{ teams(first: null) { nodes { name } } }", 1 + 50),
        ("{ teams(first: 100000) { nodes { name } } }", 1 + 100),
        ("{ teams(first: 0) { nodes { name } } }", 1 + 1),
        ("{ teams(first: -5) { nodes { name } } }", 1 + 1),
        ("{ teams(first: 10, last: 20) { nodes { name } } }", 1 + 20),
        ("{ teams(first: 10) { nodes { teams(first: 5) { nodes { name } } } } }", 1 + 10 * (1 + 1 + 5)),
        ("{ allTeams { name } }", 10),
        ("{ allTeams { members { name } } }", 10 * (1 + 10)),
        ('{ nodes(ids: ["a", "b", "c"]) { name } }', 3),
        ("{ nodes(ids: []) { name } }", 1),
        ("{ a: map { name } b: map { name } }", 202),
        ("mutation { bump }", 10),
        ("mutation { a: bump b: bump }", 20),
        ("mutation { ...F } fragment F on Mutation { bump }", 10),
        ("subscription { count(to: 1) }", 10),
        ("{ teams(first: 10) { ...F } } fragment F on TeamConnection { nodes { name } totalCount }", 11),
        ("{ ...F ...F } fragment F on Query { map { name } }", 202),
        ("{ teams(first: 10) { ... { nodes { ... on Team { name } } } } }", 11),
    ],
)
def test_the_cost_is_known_from_the_document(text: str, expected: int) -> None:
    assert cost(text) == expected


PAGE = "query ($n: Int = 7, $m: Int) { teams(first: $n, last: $m) { nodes { name } } }"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, 1 + 7),
        ({"n": 20}, 1 + 20),
        ({"n": 20, "m": 30}, 1 + 30),
        ({"n": None}, 1 + 50),
        ({"n": "20"}, 1 + 50),
        ({"n": True}, 1 + 50),
        ({"n": 1.5}, 1 + 50),
        ({"n": 2**40}, 1 + 100),
        ({"n": -3}, 1 + 1),
        ({"unknown": 9}, 1 + 7),
    ],
)
def test_page_sizes_in_variables_count_with_their_values(variables: dict[str, object], expected: int) -> None:
    assert cost(PAGE, **variables) == expected


def test_the_number_of_ids_in_a_variable_counts() -> None:
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { name } }"
    assert cost(query, ids=["a"] * 40) == 40
    assert cost(query, ids="a") == 10


def test_nested_page_sizes_multiply_and_saturate() -> None:
    def nested(levels: int) -> str:
        return "teams(first: $n) { nodes { " + (nested(levels - 1) if levels else "name") + " } }"

    query = "query ($n: Int) { " + nested(1) + " }"
    assert cost(query, n=3) == 1 + 3 * (1 + 1 + 3)
    assert cost("query ($n: Int) { " + nested(8) + " }", n=100) == SATURATED
    assert cost("{ " + nested(8).replace("$n", "100") + " }") == SATURATED


def test_the_introspection_of_the_usual_tools_is_cheap() -> None:
    text = get_introspection_query(one_of=True, input_value_deprecation=True)
    assert cost(text) < QueryLimits().max_cost / 100


@strawberry.type
class Node:
    name: str = "n"


def heavy() -> list[Node]:
    return []


@strawberry.type
class Query:
    heavy: list[Node] = strawberry.field(resolver=heavy, metadata={"cost": 5})


def test_a_declared_cost_is_added_once() -> None:
    small = strawberry.Schema(query=Query)._schema
    document = parse("{ heavy { name } }")
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert plan_cost(small, document, operation).cost({}) == 5 + 10
