"""Whatever value a client sends at whatever place, it is told what is wrong, and nothing breaks."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from graphql import GraphQLScalarType

from api.errors import present
from api.ids import encode_id
from tests.api import test_tenancy
from tests.api.minimal_documents import NO_CHOICE, Operation, Path, minimal_operation, places_of
from tests.api.test_tenancy import NODE_TYPES, SECOND_ITEMS, VALUES, Tenants, _fields, _subject, _type_at

anyio_backend, tenants = test_tenancy.anyio_backend, test_tenancy.tenants

# at the edge of what a type can carry, and what programs stumble over
HOSTILE: Mapping[str, tuple[Any, ...]] = {
    "BigInt": ("9223372036854775807", "-9223372036854775808", "9" * 40, 0),
    "CurrencyCode": ("", "eur", "ΩΩΩ"),
    "Date": ("0001-01-01", "9999-12-31", "2026-02-30"),
    "DateTime": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-12:00", "2026-01-01T00:00:00"),
    "Decimal": ("1E+999999", "-1e-999999", "-0", "NaN"),
    "Float": (1.7e308, -1.7e308, 5e-324, -0.0, float("nan"), float("inf")),
    "ID": ("", "\0", "VGVhbTo=", "x" * 5_000, "\ud800"),
    "Int": (2_147_483_647, -2_147_483_648, 0),
    "String": (
        "",
        "   ",
        "nul \0 within",
        "half \ud800 a pair",
        "x" * 100_000,
        "\u202e'; DROP TABLE team; --",
    ),
    "UUID": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "x"),
}
EXPECTED = {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "NOT_FOUND"}
ROOTS = {
    f"{owner}.{name}": (owner, name)
    for owner in ("Query", "Mutation", *NODE_TYPES)
    for name, field in _fields(owner).items()
    # judgements in pairs need at least two criteria: they have tests of their own
    if field.args and name != "ahpWeights"
}


@pytest.mark.parametrize("root", ROOTS.values(), ids=ROOTS)
async def test_a_hostile_value_is_refused_or_taken_but_breaks_nothing(
    tenants: Tenants, root: tuple[str, str]
) -> None:
    owner, name = root
    for scalar, values in HOSTILE.items():
        for place in places_of(_fields(owner)[name], scalar):
            if owner in NODE_TYPES and place[0] == "where":
                continue  # filters are the same wherever a list is
            for value in values:
                await _try(tenants, owner, name, place, value)


async def _try(tenants: Tenants, owner: str, name: str, place: Path, value: Any) -> None:
    field = _fields(owner)[name]

    def choose(path: Path, type_: GraphQLScalarType) -> Any:
        if path == place:
            return value
        if type_.name == "ID":
            if path[-1] == "id" and name.endswith("Create"):
                return str(uuid4())
            type_name = _type_at(path, _subject(field)) if name not in ("node", "nodes") else "Team"
            return encode_id(type_name, tenants.own[type_name])
        if path[-1] == "version":
            return tenants.version
        return VALUES.get(path[-1], NO_CHOICE) if type_.name == "Float" else NO_CHOICE

    node = owner in NODE_TYPES
    operation = minimal_operation(
        "query" if node else owner.lower(),
        name,
        field,
        on=(owner, encode_id(owner, tenants.own[owner])) if node else None,
        wanted=frozenset([place]),
        choose=choose,
    )
    for (one, argument), item in SECOND_ITEMS.items():
        if one == name:
            operation.variables[argument].append(item)
    result = await tenants.execute(Operation(operation.document, operation.variables))
    for error in result.errors or ():
        if error.path is None:
            continue  # the variables were refused before anything ran
        shown = present(error, request_id="test")
        assert shown.formatted["extensions"]["code"] in EXPECTED, (place, value, shown.cause)
