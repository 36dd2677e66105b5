"""Limits on the shape of a document, counted once per definition however often fragments repeat it.

A fragment that spreads another twice, which spreads another twice, and so on, is a few hundred bytes and
expands to billions of fields. So nothing here walks the expansion: each fragment is measured once, after the
fragments that it spreads, and its counts are added up from theirs, saturating. The time is linear in the
length of the document.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from api.errors import ValidationFailed

SATURATED = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """What one document and one operation may be; every count is after expansion of the fragments.

    The defaults let pass what the usual tools send (a full introspection query, Relay's compiled queries)
    with room to spare. Cost is explained in :mod:`api.cost`.
    """

    max_depth: int = 20
    max_nesting: int = 60
    max_fields: int = 2_000
    max_aliases: int = 200
    max_directives: int = 200
    max_root_fields: int = 20
    max_cost: int = 50_000
    max_tokens: int = 5_000
    max_document_length: int = 100_000

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")


@dataclass(frozen=True, slots=True)
class Shape:
    """Counts over one selection set with its fragments expanded, each at most :data:`SATURATED`.

    ``depth`` counts nested fields; ``nesting`` counts nested selection sets, those of fragments included;
    ``top`` counts the fields of the outermost level only.
    """

    depth: int = 0
    nesting: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    top: int = 0


def check_shape(document: DocumentNode, limits: QueryLimits) -> list[ValidationFailed]:
    """Return one error for each limit that an operation of the document exceeds.

    The document need not be valid: undefined fragments count nothing, and a fragment that leads back to
    itself counts nothing the second time; the rules of the specification refuse both later.
    """
    errors: list[ValidationFailed] = []
    for operation, shape in operation_shapes(document).items():
        for what, value, maximum in (
            ("depth", shape.depth, limits.max_depth),
            ("nesting", shape.nesting, limits.max_nesting),
            ("fields", shape.fields, limits.max_fields),
            ("aliases", shape.aliases, limits.max_aliases),
            ("directives", shape.directives, limits.max_directives),
            ("rootFields", shape.top, limits.max_root_fields),
        ):
            if value > maximum:
                counted = f"at least {value}" if value >= SATURATED else str(value)
                errors.append(
                    ValidationFailed(
                        f"The operation{f' {operation!r}' if operation else ''} exceeds the limit of {what}: "
                        f"{counted}, where {maximum} is the most. Split it, or ask for less.",
                        limit=what,
                        requested=value,
                        maximum=maximum,
                    )
                )
    return errors


def operation_shapes(document: DocumentNode) -> dict[str, Shape]:
    """Return the shape of each operation by its name, "" for the anonymous one."""
    fragments = {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    measured: dict[str, Shape] = {}
    for name in _spread_first(fragments):
        fragment = fragments[name]
        measured[name] = _shape(fragment.selection_set, fragment.directives, measured)
    shapes: dict[str, Shape] = {}
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            directives = [
                *(definition.directives or ()),
                *(d for variable in definition.variable_definitions or () for d in variable.directives or ()),
            ]
            name = definition.name.value if definition.name else ""
            shapes[name] = _shape(definition.selection_set, directives, measured)
    return shapes


def _spread_first(fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    """Yield the names so that a fragment comes after those it spreads, cycles cut; without recursion."""
    spreads = {name: list(_spreads(fragment.selection_set)) for name, fragment in fragments.items()}
    entered: set[str] = set()
    for root in fragments:
        if root in entered:
            continue
        entered.add(root)
        path = [(root, iter(spreads[root]))]
        while path:
            name, rest = path[-1]
            inner = next((spread for spread in rest if spread in fragments and spread not in entered), None)
            if inner is None:
                path.pop()
                yield name
            else:
                entered.add(inner)
                path.append((inner, iter(spreads[inner])))


def _spreads(selection_set: SelectionSetNode) -> Iterator[str]:
    stack = [selection_set]
    while stack:
        for selection in stack.pop().selections:
            if isinstance(selection, FragmentSpreadNode):
                yield selection.name.value
            elif isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
                stack.append(selection.selection_set)


def _shape(
    selection_set: SelectionSetNode,
    directives: Sequence[DirectiveNode] | None,
    measured: Mapping[str, Shape],
) -> Shape:
    """Add up one selection set; the parser bounds how deep it nests, so this may recurse."""
    depth = nesting = fields = aliases = top = 0
    directive_count = len(directives or ())
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            inner = (
                _shape(selection.selection_set, selection.directives, measured)
                if selection.selection_set
                else Shape(directives=len(selection.directives or ()))
            )
            depth = max(depth, 1 + inner.depth)
            fields += 1 + inner.fields
            aliases += inner.aliases + (selection.alias is not None)
            top += 1
        else:
            inner = _fragment_shape(selection, measured)
            depth = max(depth, inner.depth)
            fields += inner.fields
            aliases += inner.aliases
            top += inner.top
        nesting = max(nesting, inner.nesting)
        directive_count += inner.directives
    return Shape(
        depth=depth,
        nesting=1 + nesting,
        fields=min(fields, SATURATED),
        aliases=min(aliases, SATURATED),
        directives=min(directive_count, SATURATED),
        top=min(top, SATURATED),
    )


def _fragment_shape(selection: object, measured: Mapping[str, Shape]) -> Shape:
    """Return the shape that a spread or an inline fragment adds to the selection set it stands in."""
    if isinstance(selection, FragmentSpreadNode):
        inner = measured.get(selection.name.value, Shape())
        own = len(selection.directives or ())
        return replace(inner, directives=min(inner.directives + own, SATURATED)) if own else inner
    if isinstance(selection, InlineFragmentNode):
        return _shape(selection.selection_set, selection.directives, measured)
    return Shape()
