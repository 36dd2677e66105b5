"""Static cost of an operation in points, known before execution from the document and its variables.

- An object is 1 point and the cost of what is selected on it; scalars, enums, edges and ``PageInfo`` are
  free.
- A connection (a type named ``…Connection``) is 1 point, and each list of objects on it counts times the
  page size: the value of ``first`` or ``last``, 50 without either, at most 100.
- Any other list of objects counts times the number of values if the field has an argument ``ids``, and
  times ``LIST_SIZE`` if not. Lists of the introspection count once.
- A root field of a mutation or a subscription is ``WRITE_COST`` more.
- A field declared with ``metadata={"cost": n}`` is n more.

The cost is an upper bound: the alternatives on a union add up, and ``@skip`` and ``@include`` are ignored.
It is compiled once for an operation; only page sizes that come in variables are looked up per request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_introspection_type,
    is_leaf_type,
    is_list_type,
)
from strawberry.types.field import StrawberryField

from api.limits import SATURATED
from api.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE

LIST_SIZE = 10
WRITE_COST = 10

_PAGE_ARGUMENTS = ("first", "last")
_IDS_ARGUMENT = "ids"
_STRAWBERRY = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class _Size:
    """A page size or number of ids: the greatest that the literals and variables give, else ``default``."""

    default: int
    literals: tuple[int, ...] = ()
    variables: tuple[str, ...] = ()

    def value(self, variables: Mapping[str, object]) -> int:
        known = [*self.literals]
        known += [size for name in self.variables if (size := _size(variables.get(name))) is not None]
        return max(known, default=self.default)


def _size(value: object) -> int | None:
    if isinstance(value, list):
        return max(1, len(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return min(max(1, value), MAX_PAGE_SIZE)
    return None


@dataclass(slots=True)
class _Sum:
    """``constant`` plus each product of a size that depends on variables and a sum."""

    constant: int = 0
    products: "list[tuple[_Size, _Sum]]" = field(default_factory=list)

    def add(self, other: "_Sum", times: _Size | None = None) -> None:
        if times is None:
            self.constant = min(self.constant + other.constant, SATURATED)
            self.products += other.products
        elif times.variables or other.products:
            self.products.append((times, other))
        else:
            self.constant = min(self.constant + times.value({}) * other.constant, SATURATED)

    def value(self, variables: Mapping[str, object]) -> int:
        products = (size.value(variables) * inner.value(variables) for size, inner in self.products)
        return min(self.constant + sum(products), SATURATED)


@dataclass(frozen=True, slots=True)
class CostPlan:
    """The cost of one operation as a function of its variables."""

    total: _Sum
    defaults: Mapping[str, object]

    def cost(self, variables: Mapping[str, object]) -> int:
        """Return the points for these raw variable values, at least 1 and at most ``limits.SATURATED``."""
        return max(1, self.total.value({**self.defaults, **variables}))


def plan_cost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> CostPlan:
    """Compile the cost of an operation of a document that is valid and within the limits of its shape."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    root = schema.get_root_type(operation.operation)
    total = _Sum()
    if root is not None:
        once, per_item = _Compiler(schema, fragments).selections(operation.selection_set, root)
        total.add(once)
        total.add(per_item)
    defaults = {
        variable.variable.name.value: _literal(variable.default_value)
        for variable in operation.variable_definitions or ()
        if variable.default_value is not None
    }
    return CostPlan(total=total, defaults=defaults)


@dataclass(frozen=True, slots=True)
class _Compiler:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType) -> tuple[_Sum, _Sum]:
        """Return what a selection set costs once, and what per item of the connection that it is on."""
        once, per_item = _Sum(), _Sum()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                self._add_field(selection, parent, once, per_item)
                continue
            inner: SelectionSetNode | None = None
            condition = None
            if isinstance(selection, InlineFragmentNode):
                inner, condition = selection.selection_set, selection.type_condition
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
                inner, condition = fragment.selection_set, fragment.type_condition
            narrowed = self.schema.get_type(condition.name.value) if condition else parent
            if inner is not None and narrowed is not None:
                for part, whole in zip(self.selections(inner, narrowed), (once, per_item), strict=True):
                    whole.add(part)
        return once, per_item

    def _add_field(self, node: FieldNode, parent: GraphQLNamedType, once: _Sum, per_item: _Sum) -> None:
        definition = self.schema.get_field(parent, node.name.value) if is_composite_type(parent) else None
        if definition is None:
            return
        once.constant += _declared_cost(definition)
        if parent in (self.schema.mutation_type, self.schema.subscription_type):
            once.constant += WRITE_COST
        named = get_named_type(definition.type)
        if is_leaf_type(named) or node.selection_set is None:
            return
        inner_once, inner_per_item = self.selections(node.selection_set, named)
        inner = _Sum(0 if named.name == "PageInfo" or named.name.endswith("Edge") else 1)
        inner.add(inner_once)
        if _is_connection(named):
            inner.add(inner_per_item, _page_size(node))
        if not _is_list(definition.type):
            once.add(inner)
        elif _is_connection(parent):
            per_item.add(inner)
        elif is_introspection_type(named):
            once.add(inner)
        else:
            once.add(inner, _list_size(node, definition))


def _is_connection(type_: GraphQLNamedType) -> bool:
    return type_.name.endswith("Connection")


def _is_list(type_: GraphQLOutputType) -> bool:
    return is_list_type(get_nullable_type(type_))


def _declared_cost(definition: GraphQLField) -> int:
    declared = (definition.extensions or {}).get(_STRAWBERRY)
    cost = declared.metadata.get("cost", 0) if isinstance(declared, StrawberryField) else 0
    return int(cost)


def _page_size(node: FieldNode) -> _Size:
    return _size_in(node, _PAGE_ARGUMENTS, DEFAULT_PAGE_SIZE)


def _list_size(node: FieldNode, definition: GraphQLField) -> _Size:
    return (
        _size_in(node, (_IDS_ARGUMENT,), LIST_SIZE) if _IDS_ARGUMENT in definition.args else _Size(LIST_SIZE)
    )


def _size_in(node: FieldNode, names: tuple[str, ...], default: int) -> _Size:
    values = [argument.value for argument in node.arguments or () if argument.name.value in names]
    sizes = (_size(_literal(value)) for value in values if not isinstance(value, VariableNode))
    return _Size(
        default=default,
        literals=tuple(size for size in sizes if size is not None),
        variables=tuple(value.name.value for value in values if isinstance(value, VariableNode)),
    )


def _literal(value: ValueNode) -> Any:
    """Return the integer or the list in a literal, None for anything else."""
    if isinstance(value, IntValueNode):
        # Python refuses to read thousands of digits; whatever is that long is above any page size.
        return int(value.value[:10])
    return list(value.values) if isinstance(value, ListValueNode) else None
