"""Resolves fields directly where Strawberry's glue has nothing to do.

Between graphql-core and a resolver Strawberry converts arguments, wraps the info object and walks through
extensions. For a field without extensions, asked for without arguments, all of that comes to calling the
function, and for an attribute to reading it: half of the time of a nested read. Every other field keeps
Strawberry's resolver. tests/api/test_direct_resolvers.py holds both ways against each other.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

Resolver = Callable[..., Any]


def resolve_directly(schema: strawberry.Schema) -> int:
    """Give the fields of a schema, where possible, a direct resolver; returns how many got one."""
    count = 0
    for type_ in schema._schema.type_map.values():  # noqa: SLF001 - Strawberry has no other way to it
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field in type_.fields.values():
                resolver = _direct(field)
                if resolver is not None:
                    field.resolve = resolver
                    count += 1
    return count


def _direct(field: GraphQLField) -> Resolver | None:
    definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryField) or definition.extensions or definition.is_subscription:
        return None
    if definition.base_resolver is None:
        return _reading(definition.python_name) if definition.is_basic_field else None
    if definition.is_async:
        return None
    function = definition.base_resolver.wrapped_func
    parameters = list(definition.base_resolver.signature.parameters)
    if parameters[:1] != ["self"] or not callable(function):
        return None
    # of the info object our resolvers use the context only, which graphql-core's has as well
    takes_info = parameters[1:2] == ["info"]
    if len(parameters) == 1 + takes_info:
        return _calling(function, takes_info=takes_info)
    return _calling_without_arguments(function, takes_info=takes_info, otherwise=field.resolve)


def _reading(name: str) -> Resolver:
    get = attrgetter(name)

    def resolve(source: Any, _info: GraphQLResolveInfo[Any]) -> Any:
        return get(source)

    return resolve


def _calling(function: Resolver, *, takes_info: bool) -> Resolver:
    if takes_info:
        return function

    def resolve(source: Any, _info: GraphQLResolveInfo[Any]) -> Any:
        return function(source)

    return resolve


def _calling_without_arguments(
    function: Resolver, *, takes_info: bool, otherwise: Resolver | None
) -> Resolver | None:
    if otherwise is None:
        return None
    fallback = otherwise

    def resolve(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        if arguments:
            return fallback(source, info, **arguments)
        return function(source, info) if takes_info else function(source)

    return resolve
