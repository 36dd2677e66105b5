"""The smallest valid operations on the root fields of a schema, made up from its types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

Path = tuple[str, ...]
"""Names from an argument down to a field of its input; lists don't count."""

Choose = Callable[[Path, GraphQLScalarType], Any]
"""Gives the value of a scalar at a path; NO_CHOICE leaves it to the type."""

NO_CHOICE = object()

SCALARS: Mapping[str, Any] = {
    "BigInt": 1,
    "Boolean": True,
    "CurrencyCode": "EUR",
    "Date": "2026-12-31",
    "DateTime": "2126-12-31T00:00:00Z",
    "Decimal": "1",
    "Float": 1.0,
    "ID": "nobody",
    "Int": 1,
    "String": "text",
    "UUID": "00000000-0000-4000-8000-000000000000",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """A document with its variables."""

    document: str
    variables: dict[str, Any]


def minimal_operation(
    kind: str,
    name: str,
    field: GraphQLField,
    *,
    selection: str = "__typename",
    on: tuple[str, str] | None = None,
    wanted: frozenset[Path] = frozenset(),
    choose: Choose = lambda _path, _type: NO_CHOICE,
) -> Operation:
    """The smallest operation on a root field, or on a field of a node.

    Parameters
    ----------
    kind
        ``query``, ``mutation`` or ``subscription``.
    selection
        What is selected on the field, if it is no leaf.
    on
        Type and id of the node that the field is of.
    wanted
        Optional arguments and fields of inputs that are given all the same, with what is above them.
    choose
        Gives the values of scalars.
    """
    given = {
        argument: value_of(definition.type, (argument,), wanted=wanted, choose=choose)
        for argument, definition in field.args.items()
        if is_required_argument(definition) or _leads_to((argument,), wanted)
    }
    types = ", ".join(f"${argument}: {field.args[argument].type}" for argument in given)
    arguments = ", ".join(f"{argument}: ${argument}" for argument in given)
    body = "" if is_leaf_type(get_named_type(field.type)) else f" {{ {selection} }}"
    asked = f"{name}{f'({arguments})' if arguments else ''}{body}"
    if on is not None:
        asked = f'node(id: "{on[1]}") {{ ... on {on[0]} {{ {asked} }} }}'
    return Operation(f"{kind}{f'({types})' if types else ''} {{ {asked} }}", given)


def value_of(type_: GraphQLInputType, path: Path, *, wanted: frozenset[Path], choose: Choose) -> Any:
    """A value of an input type: lists of one item, inputs with what they require, alternatives' first member."""
    nullable = get_nullable_type(type_)
    below = partial(value_of, wanted=wanted, choose=choose)
    if isinstance(nullable, GraphQLList):
        return [below(nullable.of_type, path)]
    if isinstance(nullable, GraphQLEnumType):
        return next(iter(nullable.values))
    if isinstance(nullable, GraphQLInputObjectType):
        names = [
            name
            for name, field in nullable.fields.items()
            if is_required_input_field(field) or _leads_to((*path, name), wanted)
        ]
        if not names and nullable.extensions["strawberry-definition"].is_one_of:
            names = [next(iter(nullable.fields))]
        return {name: below(nullable.fields[name].type, (*path, name)) for name in names}
    assert isinstance(nullable, GraphQLScalarType)
    chosen = choose(path, nullable)
    return SCALARS[nullable.name] if chosen is NO_CHOICE else chosen


def places_of(field: GraphQLField, scalar: str) -> list[Path]:
    """Where the arguments of a field take values of a scalar; where an input contains itself only once."""
    places: list[Path] = []

    def walk(type_: GraphQLInputType, path: Path, above: frozenset[str]) -> None:
        named = get_named_type(type_)
        if isinstance(named, GraphQLScalarType) and named.name == scalar:
            places.append(path)
        elif isinstance(named, GraphQLInputObjectType) and named.name not in above:
            for name, inner in named.fields.items():
                walk(inner.type, (*path, name), above | {named.name})

    for name, argument in field.args.items():
        walk(argument.type, (name,), frozenset())
    return places


def _leads_to(path: Path, wanted: frozenset[Path]) -> bool:
    return any(place[: len(path)] == path for place in wanted)
