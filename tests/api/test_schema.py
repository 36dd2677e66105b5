"""The contract: committed, described in full, and without surprises for clients."""

import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from graphql import (
    build_schema as parsed,
)

import api
from api.schema import build_schema, exported_sdl

CONTRACT = Path(api.__file__).parent / "schema.graphql"
_ROOTS = ("Query", "Mutation", "Subscription")


@pytest.fixture(scope="module")
def sdl() -> str:
    """The schema as the code has it."""
    return exported_sdl(build_schema())


@pytest.fixture(scope="module")
def schema(sdl: str) -> GraphQLSchema:
    """The same, as a client would read it."""
    return parsed(sdl)


def test_the_committed_contract_is_that_of_the_code(sdl: str) -> None:
    assert CONTRACT.read_text() == sdl, "run: stepchange schema --output api/schema.graphql"


def _ours(schema: GraphQLSchema) -> list[str]:
    return [name for name in schema.type_map if not name.startswith("__") and name not in _BUILT_IN]


_BUILT_IN = frozenset({"Boolean", "Float", "ID", "Int", "String"})


def test_everything_is_described(schema: GraphQLSchema) -> None:
    missing: list[str] = []
    for name in _ours(schema):
        type_ = schema.type_map[name]
        if name not in _ROOTS and not type_.description:
            missing.append(name)
        if isinstance(type_, GraphQLEnumType):
            missing += [f"{name}.{value}" for value, item in type_.values.items() if not item.description]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in type_.fields.items():
                if not field.description:
                    missing.append(f"{name}.{field_name}")
                for argument_name, argument in getattr(field, "args", {}).items():
                    if not argument.description:
                        missing.append(f"{name}.{field_name}({argument_name})")
    assert missing == []


def test_mutations_take_one_input_and_answer_with_a_union_of_success_and_typed_errors(
    schema: GraphQLSchema,
) -> None:
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        pascal = name[0].upper() + name[1:]
        assert list(field.args) == ["input"], name
        result = get_named_type(field.type)
        assert isinstance(result, GraphQLUnionType), name
        assert result.name == f"{pascal}Result"
        members = {member.name for member in result.types}
        assert f"{pascal}Success" in members, name
        assert {"InvalidInput", "PermissionDenied"} <= members, name
        for member in result.types:
            if member.name != f"{pascal}Success":
                assert "UserError" in {interface.name for interface in member.interfaces}, (name, member.name)


def test_mutations_are_named_noun_first(schema: GraphQLSchema) -> None:
    assert schema.mutation_type is not None
    verbs = (
        "Create|Update|Archive|Set|Remove|Add|Transition|Publish|Replace|Clear|Revoke"
        "|Correct|Close|Reopen|CarryOver"
        "|Acknowledge|Promote|Raise|Restore|Share|Copy|Rebase|Solve|Cancel|Approve|Reject"
    )
    for name in schema.mutation_type.fields:
        assert re.fullmatch(rf"[a-z][A-Za-z]*({verbs})(Bulk)?", name), name


def test_connections_follow_the_relay_specification(schema: GraphQLSchema) -> None:
    connections = [name for name in _ours(schema) if name.endswith("Connection")]
    assert connections
    for name in connections:
        type_ = schema.type_map[name]
        assert isinstance(type_, GraphQLObjectType)
        assert {"edges", "nodes", "pageInfo", "totalCount"} <= type_.fields.keys(), name
    for type_name in _ours(schema):
        owner = schema.type_map[type_name]
        if isinstance(owner, GraphQLObjectType):
            for field_name, field in owner.fields.items():
                if get_named_type(field.type).name.endswith("Connection"):
                    assert {"first", "after"} <= field.args.keys(), f"{type_name}.{field_name}"


def test_relations_are_objects_and_not_bare_ids(schema: GraphQLSchema) -> None:
    for name in _ours(schema):
        type_ = schema.type_map[name]
        if isinstance(type_, GraphQLObjectType) and name != "Change":
            bare = [
                field
                for field in type_.fields
                if field.endswith(("Id", "Ids")) and field not in ("externalId", "requestId")
            ]
            assert bare == [], name


def test_everything_with_an_id_is_a_node(schema: GraphQLSchema) -> None:
    for name in _ours(schema):
        type_ = schema.type_map[name]
        if isinstance(type_, GraphQLObjectType) and "id" in type_.fields:
            assert "Node" in {interface.name for interface in type_.interfaces}, name
