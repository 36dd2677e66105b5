"""From the text of a document to an operation that may be executed: parse, limits, validation, cost; cached.

Clients send the same few documents over and over, so what comes out of parsing and validation is kept by
text. Only documents that passed are kept, within a bound on their number and on the memory that they take.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    is_input_object_type,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule

from api.cost import CostPlan, plan_cost
from api.errors import BadUserInput, CostLimit, Fault, ParseFailed, ValidationFailed, coercion_message
from api.limits import QueryLimits, check_shape

# Measured with tracemalloc on graphql-core 3.3.2: nodes and tokens together take 360 to 430 bytes a token.
_BYTES_PER_TOKEN = 450
_STRAWBERRY = "strawberry-definition"

# Comparing fields of one name pair by pair is the dearest thing that a small document can ask for. graphql-core
# lets it take 0.6 s; less than half of that is enough for 200 fragments that all want the same two fields.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 200_000


class DocumentRefused(Exception):
    """A document that is not GraphQL, is not valid or exceeds a limit; ``errors`` say why and where."""

    def __init__(self, errors: Sequence[Fault]) -> None:
        super().__init__(errors[0].message)
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """A parsed and valid document, and the cost plans of the operations that were asked for so far."""

    ast: DocumentNode
    operations: Mapping[str, OperationDefinitionNode]
    plans: dict[str, CostPlan]
    size: int


@dataclass(frozen=True, slots=True)
class PreparedOperation:
    """One operation of a document; ``name`` is None if it is anonymous."""

    document: DocumentNode
    definition: OperationDefinitionNode
    name: str | None
    type: OperationType
    plan: CostPlan


@dataclass(slots=True, kw_only=True)
class DocumentCache:
    """Prepares documents against one schema, and keeps those that passed.

    Parameters
    ----------
    schema
        The executable schema. Its ``@oneOf`` inputs are marked as such for graphql-core's own rules, which
        Strawberry leaves out.
    limits
        Limits on documents and operations.
    introspection
        Whether ``__schema`` and ``__type`` may be asked for.
    suggestions
        Whether errors may say what a misspelt name could have meant.
    max_entries, max_bytes
        Bounds on the documents to keep.
    """

    schema: GraphQLSchema
    limits: QueryLimits
    introspection: bool = False
    suggestions: bool = False
    max_entries: int = 1_000
    max_bytes: int = 64 * 2**20
    _documents: OrderedDict[str, PreparedDocument] = field(default_factory=OrderedDict, init=False)
    _bytes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for type_ in self.schema.type_map.values():
            definition = (type_.extensions or {}).get(_STRAWBERRY)
            if is_input_object_type(type_) and getattr(definition, "is_one_of", False):
                type_.is_one_of = True

    def known(self, text: str) -> PreparedDocument | None:
        """Return the document of this text if it is kept."""
        document = self._documents.get(text)
        if document is not None:
            self._documents.move_to_end(text)
        return document

    def prepare(self, text: str) -> PreparedDocument:
        """Parse and validate a document. Touches nothing shared, so that a thread may run it.

        Raises
        ------
        DocumentRefused
            If it does not parse, exceeds a limit of its shape or is not valid.
        """
        limits = self.limits
        try:
            ast = parse(
                text,
                max_lexical_tokens=limits.max_tokens,
                max_comments=limits.max_tokens,
                max_source_length=limits.max_document_length,
            )
        except GraphQLError as error:
            raise DocumentRefused([_located(ParseFailed, error)]) from None
        if exceeded := check_shape(ast, limits):
            raise DocumentRefused(exceeded)
        rules = [*specified_rules, MaybeNullValidationRule]
        if not self.introspection:
            rules.append(NoSchemaIntrospectionCustomRule)
        errors = validate(self.schema, ast, rules, max_errors=20, hide_suggestions=not self.suggestions)
        if errors:
            raise DocumentRefused([_located(ValidationFailed, error) for error in errors])
        operations = {
            definition.name.value if definition.name else "": definition
            for definition in ast.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return PreparedDocument(ast=ast, operations=operations, plans={}, size=_size(ast, text))

    def keep(self, text: str, document: PreparedDocument) -> None:
        """Keep a prepared document, and let go of those that were used longest ago."""
        if text in self._documents or document.size > self.max_bytes:
            return
        self._documents[text] = document
        self._bytes += document.size
        while len(self._documents) > self.max_entries or self._bytes > self.max_bytes:
            _, oldest = self._documents.popitem(last=False)
            self._bytes -= oldest.size

    def operation(self, document: PreparedDocument, name: str | None) -> PreparedOperation:
        """Return the operation to execute.

        Raises
        ------
        BadUserInput
            If the name is not one of the document's, or is missing where there are several operations.
        """
        if name is None:
            if len(document.operations) != 1:
                raise BadUserInput(
                    "The document has several operations: say which in `operationName`."
                    if document.operations
                    else "The document has no operation."
                )
            (name,) = document.operations
        definition = document.operations.get(name)
        if definition is None:
            raise BadUserInput("`operationName` is not the name of an operation in the document.")
        plan = document.plans.get(name)
        if plan is None:
            plan = document.plans[name] = plan_cost(self.schema, document.ast, definition)
        return PreparedOperation(document.ast, definition, name or None, definition.operation, plan)

    def check_cost(self, cost: int) -> None:
        """Raise CostLimit if an operation of this cost may not run, with both numbers in its extensions."""
        if cost > self.limits.max_cost:
            raise CostLimit(
                f"The operation costs {cost} points, and {self.limits.max_cost} is the most. Ask for smaller "
                "pages, or split it.",
                requested=cost,
                limit=self.limits.max_cost,
            )


def _located(fault: type[Fault], error: GraphQLError) -> Fault:
    return fault(coercion_message(error), at=error)


def _size(ast: DocumentNode, text: str) -> int:
    count, token = 0, ast.loc.start_token if ast.loc else None
    while token is not None:
        count, token = count + 1, token.next
    return count * _BYTES_PER_TOKEN + len(text)
