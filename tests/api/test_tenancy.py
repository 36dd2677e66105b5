"""Nobody reaches another tenant's data through the schema, wherever it takes an id."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLUnionType,
    get_named_type,
)

from api.context import Context, Services
from api.errors import present
from api.ids import encode_id
from api.schema import build_schema
from domain.actor import Actor
from domain.db import Database
from tests.api.furnished import furnished
from tests.api.minimal_documents import NO_CHOICE, Operation, Path, minimal_operation, places_of
from tests.factories import an_organisation
from tests.trail import written

SCHEMA = build_schema()
TYPES = SCHEMA._schema.type_map
NODE_TYPES = {
    name: type_
    for name, type_ in TYPES.items()
    if isinstance(type_, GraphQLObjectType) and "Node" in {interface.name for interface in type_.interfaces}
}

# inputs that are called by the part that the node plays
PARTS = {
    "acknowledgedBy": "Member",
    "against": "AllocationPolicyVersion",
    "before": "Initiative",
    "bookedBy": "Member",
    "carriedOverFrom": "Objective",
    "category": "AllocationCategory",
    "criteria": "Criterion",
    "from": "RankingPublication",
    "ids": "Scenario",
    "kpi": "Kpi",
    "model": "ScoringModel",
    "modelVersion": "ScoringModelVersion",
    "owner": "Member",
    "person": "TeamPerson",
    "pairs": "Initiative",
    "participant": "Member",
    "predecessor": "Initiative",
    "rater": "Member",
    "run": "ScenarioRun",
    "schedule": "ReviewSchedule",
    "sponsor": "Member",
    "subject": "Objective",
    "successor": "Initiative",
    "to": "RankingPublication",
}

# values without which an input is refused for another reason
VALUES = {"startValue": 0.0, "targetValue": 100.0, "scaleMin": 0.0, "scaleMax": 10.0, "confidence": 0.5}

# lists that take more than one item, and a second one
SECOND_ITEMS = {("rankingComparison", "by"): {"method": "VALUE_BY_OUTCOME"}}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field takes a node's id, and of which type."""

    owner: str
    name: str
    path: Path
    type_name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}.{'.'.join(self.path)}"


@dataclass(frozen=True, slots=True)
class Tenants:
    """Two organisations that have everything, and a version of the data of the first."""

    services: Services
    actor: Actor
    own: dict[str, UUID]
    stranger: Actor
    foreign: dict[str, UUID]
    version: str

    async def execute(self, operation: Operation, *, viewer: Actor | None = None) -> Any:
        """The result of an operation as the first organisation's administrator, or as somebody else."""
        context = Context(services=self.services, viewer=viewer or self.actor, request_id="test")
        result: Any
        if operation.document.startswith("subscription"):
            result = await SCHEMA.subscribe(
                operation.document, variable_values=operation.variables, context_value=context
            )
            if isinstance(result, AsyncGenerator):
                events, result = result, await anext(result)
                await events.aclose()
            return result
        return await SCHEMA.execute(
            operation.document, variable_values=operation.variables, context_value=context
        )

    async def written(self) -> tuple[int, int]:
        """How much was written in either organisation so far."""
        database = self.services.database
        return await written(database, self.actor), await written(database, self.stranger)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """The tests of this module share a database, and so an event loop."""
    return "asyncio"


@pytest.fixture(scope="module")
async def tenants(shared_database: Database, shared_services: Services) -> Tenants:
    """Both organisations."""
    actor, stranger = await an_organisation(shared_database), await an_organisation(shared_database)
    own, foreign = await furnished(shared_database, actor), await furnished(shared_database, stranger)
    view = await shared_services.snapshots.fresh(actor.organisation_id, own["Portfolio"])
    return Tenants(shared_services, actor, own, stranger, foreign, view.version.token)


def _type_at(path: Path, subject: str | None) -> str:
    """The type of node that an argument or a field of an input is the id of."""
    name = path[-2] if path[-1] in ("eq", "ne", "in") else path[-1]
    stem = name.removesuffix("Ids").removesuffix("Id")
    if stem in ("id", "parent"):
        assert subject is not None, f"{path}: whose {stem}?"
        return subject
    if stem in PARTS:
        return PARTS[stem]
    fitting = [type_ for type_ in NODE_TYPES if stem.lower().endswith(type_.lower())]
    assert fitting, f"{path}: say in PARTS which type of node {stem} is"
    return max(fitting, key=len)


def _subject(field: GraphQLField) -> str | None:
    """The type of node that a field is about: what its success or its page shows."""
    type_ = get_named_type(field.type)
    if isinstance(type_, GraphQLUnionType):
        # a field that answers with one of several things and writes nothing has no success
        successes = [member for member in type_.types if member.name.endswith("Success")]
        if not successes:
            return None
        type_ = successes[0]
    if isinstance(type_, GraphQLObjectType):
        shown = [get_named_type(inner.type).name for inner in type_.fields.values()]
        return next((name for name in shown if name in NODE_TYPES), None)
    return None


def _places(owner: str, fields: dict[str, GraphQLField]) -> list[Place]:
    return [
        Place(owner, name, path, _type_at(path, _subject(field)))
        for name, field in fields.items()
        for path in places_of(field, "ID")
        if path[-1] != "ne"
    ]


def _fields(owner: str) -> dict[str, GraphQLField]:
    type_ = TYPES[owner]
    assert isinstance(type_, GraphQLObjectType)
    return dict(type_.fields)


MUTATION_PLACES = _places("Mutation", _fields("Mutation"))
# `node`, `nodes` and the trail take ids of any type, and judgements in pairs need at least two criteria: they have
# tests of their own
READ_PLACES = [
    place
    for owner in ("Query", "Subscription", *NODE_TYPES)
    for place in _places(
        owner,
        {
            name: field
            for name, field in _fields(owner).items()
            if name not in ("node", "nodes", "auditTrail", "ahpWeights")
        },
    )
]


def _operation(tenants: Tenants, place: Place, ids: dict[str, UUID]) -> Operation:
    """An operation that is right in everything, with an id from ``ids`` at the place and own ids elsewhere."""
    field = _fields(place.owner)[place.name]
    named = get_named_type(field.type)

    def choose(path: Path, type_: GraphQLScalarType) -> Any:
        if path == place.path:
            return encode_id(place.type_name, ids[place.type_name])
        if type_.name == "ID":
            type_name = _type_at(path, _subject(field))
            return encode_id(type_name, tenants.own[type_name])
        if path[-1] == "version":
            return tenants.version
        return VALUES.get(path[-1], NO_CHOICE) if type_.name == "Float" else NO_CHOICE

    selection = "__typename"
    if isinstance(named, GraphQLUnionType):
        selection += " ... on UserError { path }"
        for member in named.types:
            items = member.fields.get("items")
            if items is not None:
                selection += f" ... on {member.name} {{ items {{ errors {{ __typename path }} }} }}"
    elif isinstance(named, GraphQLObjectType) and "totalCount" in named.fields:
        selection = "totalCount"
    on = (
        (place.owner, encode_id(place.owner, tenants.own[place.owner])) if place.owner in NODE_TYPES else None
    )
    kind = place.owner.lower() if on is None else "query"
    needed = [path for path in places_of(field, "Float") if path[-1] in VALUES and path[0] == "input"]
    operation = minimal_operation(
        kind,
        place.name,
        field,
        selection=selection,
        on=on,
        wanted=frozenset([place.path, *(needed if place.name.endswith("Create") else ())]),
        choose=choose,
    )
    for (name, argument), item in SECOND_ITEMS.items():
        if name == place.name:
            operation.variables[argument].append(item)
    return operation


def _answer(result: Any, place: Place) -> Any:
    data = result.data or {}
    return (data.get("node") or {} if place.owner in NODE_TYPES else data).get(place.name)


async def test_every_type_of_node_is_furnished_and_seen_by_its_own_tenant_only(tenants: Tenants) -> None:
    assert NODE_TYPES.keys() == tenants.own.keys() == tenants.foreign.keys()
    ids = [encode_id(name, key) for name, key in tenants.foreign.items()]
    nodes = Operation("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {"ids": ids})
    theirs = await tenants.execute(nodes, viewer=tenants.stranger)
    assert theirs.errors is None
    assert theirs.data["nodes"] == [
        {"__typename": name, "id": id_} for name, id_ in zip(tenants.foreign, ids, strict=True)
    ]
    result = await tenants.execute(nodes)
    assert (result.errors, result.data["nodes"]) == (None, [None] * len(ids))
    for id_ in ids:
        result = await tenants.execute(
            Operation("query($id: ID!) { node(id: $id) { __typename } }", {"id": id_})
        )
        assert (result.errors, result.data) == (None, {"node": None})


@pytest.mark.parametrize("place", MUTATION_PLACES, ids=str)
async def test_a_mutation_does_not_find_another_tenants_node(tenants: Tenants, place: Place) -> None:
    before = await tenants.written()
    result = await tenants.execute(_operation(tenants, place, tenants.foreign))
    assert result.errors is None
    answer = _answer(result, place)
    refusals = [error for item in answer.get("items") or () for error in item["errors"]] or [answer]
    assert {refusal["__typename"] for refusal in refusals} == {"NotFound"}, refusals
    assert any(place.path[-1] in refusal["path"] for refusal in refusals), refusals
    assert await tenants.written() == before


@pytest.mark.parametrize("place", READ_PLACES, ids=str)
async def test_a_read_does_not_find_another_tenants_node(tenants: Tenants, place: Place) -> None:
    operation = _operation(tenants, place, tenants.foreign)
    result = await tenants.execute(operation)
    if result.errors:
        (error,) = result.errors
        assert present(error, request_id="test").formatted["extensions"].get("reason") == "NOT_FOUND", error
    else:
        answer = _answer(result, place)
        assert answer == {"totalCount": 0} or answer["__typename"] == "NotFound"
    control = await tenants.execute(_operation(tenants, place, tenants.own))
    assert control.errors is None, operation


async def test_lists_show_what_is_the_viewers_own(tenants: Tenants) -> None:
    lists = {
        name: get_named_type(field.type)
        for name, field in _fields("Query").items()
        if get_named_type(field.type).name.endswith("Connection") and _subject(field) in NODE_TYPES
    }
    assert len(lists) >= 10
    document = " ".join(f"{name}(first: 100) {{ nodes {{ id }} }}" for name in lists)
    shown = []
    for viewer in (tenants.actor, tenants.stranger):
        result = await tenants.execute(Operation(f"{{ {document} }}", {}), viewer=viewer)
        assert result.errors is None
        shown.append({node["id"] for name in lists for node in result.data[name]["nodes"]})
    own, theirs = shown
    assert own
    assert len(own) == len(theirs)
    assert not own & theirs


async def test_another_tenants_trail_is_empty(tenants: Tenants) -> None:
    document = "query($node: ID!) { auditTrail(node: $node) { totalCount nodes { part } } }"
    for type_name, key in tenants.foreign.items():
        asked = Operation(document, {"node": encode_id(type_name, key)})
        result = await tenants.execute(asked)
        assert (result.errors, result.data["auditTrail"]) == (None, {"totalCount": 0, "nodes": []}), type_name
        theirs = await tenants.execute(asked, viewer=tenants.stranger)
        assert theirs.data["auditTrail"]["totalCount"] > 0, type_name
