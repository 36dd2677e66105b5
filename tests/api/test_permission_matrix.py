"""What roles and scopes may really do: every root field of the schema, as everybody, on a real database."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLUnionType, get_named_type

from api.context import Context, Services
from api.errors import present
from api.permissions import Requires
from api.schema import build_schema
from domain.actor import Actor
from domain.db import Database
from domain.enums import Role, TokenScope
from tests.api.minimal_documents import minimal_operation
from tests.factories import a_member, an_organisation
from tests.trail import written

SCHEMA = build_schema()
FIELDS = {
    (kind, name): field
    for kind, root in (
        ("query", SCHEMA._schema.query_type),
        ("mutation", SCHEMA._schema.mutation_type),
        ("subscription", SCHEMA._schema.subscription_type),
    )
    if root is not None
    for name, field in root.fields.items()
}
SCOPES = [frozenset(TokenScope), *(frozenset(TokenScope) - {scope} for scope in TokenScope)]
EVERY_FIELD = pytest.mark.parametrize(("kind", "name"), FIELDS, ids=lambda part: part)

# what can be refused to somebody who has the role and the scope
FINER_RULES = {"tokenCreate": "nobody gives a token a scope that his own one lacks"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The tests of this module share a database, and so an event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def members(shared_database: Database) -> dict[Role, Actor]:
    """A member of each role."""
    admin = await an_organisation(shared_database)
    return {role: await a_member(shared_database, admin, role=role) for role in Role}


def _declared(field: GraphQLField) -> Requires:
    definition = field.extensions["strawberry-definition"]
    (declared,) = (directive for directive in definition.directives if isinstance(directive, Requires))
    return declared


def _required(actor: Actor, declared: Requires) -> str | None:
    """What the actor lacks, the role first; None when the field is open to the actor."""
    if not actor.role.includes(declared.role):
        return declared.role.value
    return None if declared.scope in actor.scopes else declared.scope.value


async def _refusal(services: Services, viewer: Actor | None, kind: str, name: str) -> str | None:
    """What a refusal says that the viewer lacks, a fault's code, or None when it was no refusal."""
    field = FIELDS[kind, name]
    selection = "__typename"
    if isinstance(get_named_type(field.type), GraphQLUnionType):
        selection = "__typename ... on PermissionDenied { required }"
    operation = minimal_operation(kind, name, field, selection=selection)
    context = Context(services=services, viewer=viewer, request_id="test")
    result: Any
    if kind == "subscription":
        result = await SCHEMA.subscribe(
            operation.document, variable_values=operation.variables, context_value=context
        )
        if isinstance(result, AsyncGenerator):
            events, result = result, await anext(result)
            await events.aclose()
    else:
        result = await SCHEMA.execute(
            operation.document, variable_values=operation.variables, context_value=context
        )
    for error in result.errors or ():
        code = present(error, request_id="test").formatted["extensions"]["code"]
        assert code != "GRAPHQL_VALIDATION_FAILED", error.message
        assert code != "INTERNAL_SERVER_ERROR", error.original_error
        if code in ("FORBIDDEN", "UNAUTHENTICATED"):
            return str(getattr(error.original_error, "required", code))
    answer = (result.data or {}).get(name)
    if isinstance(answer, dict) and answer.get("__typename") == "PermissionDenied":
        assert kind == "mutation"
        return str(answer["required"])
    return None


@EVERY_FIELD
async def test_a_field_is_closed_to_exactly_those_who_lack_what_it_declares(
    shared_services: Services, members: dict[Role, Actor], kind: str, name: str
) -> None:
    declared = _declared(FIELDS[kind, name])
    actors = [replace(members[role], scopes=scopes) for role, scopes in product(Role, SCOPES)]
    lacking = {actor: _required(actor, declared) for actor in actors}
    before = await written(shared_services.database, members[Role.ADMIN])
    refused = {
        actor: await _refusal(shared_services, actor, kind, name)
        for actor in actors
        if lacking[actor] is not None
    }
    assert refused == {actor: lack for actor, lack in lacking.items() if lack is not None}
    assert await written(shared_services.database, members[Role.ADMIN]) == before, (
        "a refused operation has written"
    )

    for actor in actors:
        if lacking[actor] is None:
            refusal = await _refusal(shared_services, actor, kind, name)
            if refusal is not None:
                assert name in FINER_RULES, (actor.role, actor.scopes)
                assert refusal not in (declared.role, declared.scope)


@EVERY_FIELD
async def test_nothing_is_open_to_who_has_no_token(
    shared_services: Services, members: dict[Role, Actor], kind: str, name: str
) -> None:
    before = await written(shared_services.database, members[Role.ADMIN])
    assert await _refusal(shared_services, None, kind, name) == "UNAUTHENTICATED"
    assert await written(shared_services.database, members[Role.ADMIN]) == before


def test_there_are_fields_of_every_role_and_scope() -> None:
    declared = {(kind, _declared(field).role, _declared(field).scope) for (kind, _), field in FIELDS.items()}
    assert declared >= {
        ("query", Role.VIEWER, TokenScope.READ),
        ("query", Role.BOARD, TokenScope.READ),
        ("query", Role.ADMIN, TokenScope.ADMIN),
        *(("mutation", role, TokenScope.WRITE) for role in (Role.CONTRIBUTOR, Role.PLANNER, Role.BOARD)),
        ("mutation", Role.ADMIN, TokenScope.ADMIN),
        ("subscription", Role.VIEWER, TokenScope.READ),
    }
