"""Errors as clients see them: expected ones as data, faults at the top level with a code.

**Expected errors** (a rule of the domain, a stale version, a missing permission) are members of a
mutation's result union and implement the interface ``UserError``. A resolver raises the domain error, or
lets the use case raise it; :func:`register` says which GraphQL type a domain error becomes, and
:func:`exception_handlers` gives ``strawberry.Schema(exception_handlers=…)`` one handler for each entry.

Why Strawberry's handlers and not a decorator of ours: a decorator must be remembered on every mutation, and
it would convert into types that the result union does not have, which fails only when it happens. The
handlers are matched against each field's union when the schema is built: a field gets exactly the
conversions that its union can carry, the most derived class first, and an error whose own type is missing
from the union falls back to the type of its base class. They do not reach into lists or subscriptions: a
bulk resolver converts per item with :func:`to_user_error`.

**Faults** are top-level errors. :func:`present` is the one place that decides what of an exception a client
may see: faults of this module, what graphql-core says of an argument, and domain errors that reached a field
without a result union, under the nearest code. Everything else is masked.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import strawberry
from graphql import ArgumentNode, GraphQLError, GraphQLFormattedError, ObjectFieldNode, ValueNode
from strawberry.exceptions import StrawberryInputCoercionError

from domain import errors as domain_errors
from domain.errors import DomainError

E = TypeVar("E", bound=DomainError)


@strawberry.interface(
    description="What every expected error has. The concrete types carry what a client needs to act on it."
)
class UserError:
    """The interface of the expected errors."""

    message: str = strawberry.field(description="What is wrong and what to do, for a person to read.")
    code: str = strawberry.field(
        description="What is wrong, stable, for a program to read; SCREAMING_SNAKE_CASE."
    )
    path: list[str] = strawberry.field(
        description="Where in the mutation's arguments the error is, such as `input`, `items`, `3`, `title`; "
        "empty if it concerns no single place."
    )


@strawberry.type(description="The input breaks a rule; nothing was written.")
class InvalidInput(UserError):
    """A value that the domain refuses."""


@strawberry.type(
    description="What the input refers to is not there, or not the viewer's; nothing was written."
)
class NotFound(UserError):
    """A reference that leads nowhere."""


@strawberry.type(
    description="Somebody else changed the entity in the meantime; nothing was written. Read it again."
)
class Conflict(UserError):
    """A compare-and-swap that lost."""

    expected_version: int | None = strawberry.field(
        description="The version that the input expected; null if the conflict is not about a version."
    )
    actual_version: int | None = strawberry.field(
        description="The version that is stored now; null if the conflict is not about a version."
    )


@strawberry.type(description="The viewer's role or token does not allow this; nothing was written.")
class PermissionDenied(UserError):
    """A role or scope that is missing."""

    required: str = strawberry.field(description="The role or scope that would allow it.")


@dataclass(frozen=True, slots=True)
class _Conversion:
    """One entry of the table; satisfies Strawberry's ExceptionHandler protocol."""

    exception_type: type[DomainError]
    error_type: type[UserError]
    convert: Callable[[Any], UserError]

    def handle(self, exception: Exception, *, field: object, info: object) -> UserError:
        return self.convert(exception)


_conversions: dict[type[DomainError], _Conversion] = {}


def register(domain_cls: type[E], gql_cls: type[UserError], convert: Callable[[E], UserError]) -> None:
    """Say which GraphQL type a domain error becomes, and how; once, when the noun's module is imported.

    Raises
    ------
    ValueError
        If the domain error has a conversion already.
    """
    if domain_cls in _conversions:
        raise ValueError(f"{domain_cls.__name__} is registered already")
    _conversions[domain_cls] = _Conversion(domain_cls, gql_cls, convert)


def exception_handlers() -> tuple[strawberry.ExceptionHandler[Any, Any], ...]:
    """Return the handlers of all registered errors, the most derived first, for ``strawberry.Schema``.

    Call it when every module that registers has been imported.
    """
    return tuple(sorted(_conversions.values(), key=lambda entry: -len(entry.exception_type.__mro__)))


def to_user_error(error: DomainError) -> UserError:
    """Return the GraphQL form of a domain error, by its nearest registered class; for bulk results.

    Raises
    ------
    DomainError
        The error itself, if neither its class nor a base of it is registered.
    """
    for cls in type(error).__mro__:
        if (conversion := _conversions.get(cls)) is not None:
            return conversion.convert(error)
    raise error


def user_error_path(error: DomainError) -> list[str]:
    """Return the path of a domain error as GraphQL has it."""
    return [str(part) for part in error.path]


register(
    domain_errors.InvalidInput,
    InvalidInput,
    lambda e: InvalidInput(message=e.message, code=e.code, path=user_error_path(e)),
)
register(
    domain_errors.NotFound,
    NotFound,
    lambda e: NotFound(message=e.message, code=e.code, path=user_error_path(e)),
)
register(
    domain_errors.Conflict,
    Conflict,
    lambda e: Conflict(
        message=e.message,
        code=e.code,
        path=user_error_path(e),
        expected_version=e.expected_version,
        actual_version=e.actual_version,
    ),
)
register(
    domain_errors.PermissionDenied,
    PermissionDenied,
    lambda e: PermissionDenied(message=e.message, code=e.code, path=user_error_path(e), required=e.required),
)


class Fault(GraphQLError):
    """A top-level error whose message a client may see.

    ``status`` is that of an HTTP response in which nothing was executed, ``json_status`` the same for
    clients that want ``application/json``: these expect 200 for whatever is wrong with a document or its
    variables. ``at`` is an error of graphql-core whose place in the document this one takes over.
    """

    code: ClassVar[str] = "INTERNAL_SERVER_ERROR"
    status: int = 500
    json_status: int | None = None

    def __init__(self, message: str, *, at: GraphQLError | None = None, **extensions: object) -> None:
        super().__init__(
            message,
            nodes=at.nodes if at else None,
            source=at.source if at else None,
            positions=at.positions if at else None,
            extensions={"code": self.code, **extensions},
        )


class ParseFailed(Fault):
    """The document is not GraphQL."""

    code = "GRAPHQL_PARSE_FAILED"
    status = 400
    json_status = 200


class ValidationFailed(Fault):
    """The document does not fit the schema, or exceeds a limit of its shape."""

    code = "GRAPHQL_VALIDATION_FAILED"
    status = 400
    json_status = 200


class BadUserInput(Fault):
    """The request, a variable or an argument is not what it must be."""

    code = "BAD_USER_INPUT"
    status = 400
    json_status = 200


class MalformedRequest(BadUserInput):
    """The HTTP request or its body is not what it must be, whatever the document in it says."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = self.json_status = status


class PersistedQueryNotSupported(Fault):
    """Tells APQ clients to send the whole document; they go by this very message and code."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    status = 400
    json_status = 200

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotSupported")


class Unauthenticated(Fault):
    """There is no valid token."""

    code = "UNAUTHENTICATED"
    status = 401


class Forbidden(Fault):
    """The viewer is known and may not do this."""

    code = "FORBIDDEN"
    status = 403


class CostLimit(Fault):
    """The operation costs more than it may."""

    code = "COST_LIMIT"
    status = 400
    json_status = 200


class BudgetExhausted(CostLimit):
    """The token has used up its points; the operation may be repeated later."""

    status = 429
    json_status = 429


class TimedOut(Fault):
    """The operation did not end before its deadline."""

    code = "TIMEOUT"
    status = 504


class Unavailable(Fault):
    """Something that the operation needs does not answer; try again."""

    code = "UNAVAILABLE"
    status = 503


_FAULT_OF: dict[type[DomainError], type[Fault]] = {
    domain_errors.Unauthenticated: Unauthenticated,
    domain_errors.PermissionDenied: Forbidden,
    domain_errors.DatabaseUnavailable: Unavailable,
    domain_errors.SetupError: Fault,
    DomainError: BadUserInput,
}


def fault_of(error: DomainError) -> Fault | None:
    """Return the fault for a domain error that no result union took; None if clients may not see it.

    The fault's ``extensions.reason`` is the code of the domain error.
    """
    cls = next(_FAULT_OF[base] for base in type(error).__mro__ if base in _FAULT_OF)
    return None if cls is Fault else cls(error.message, reason=error.code)


@dataclass(frozen=True, slots=True)
class Presented:
    """An error as a client sees it, and what is left to log.

    ``cause`` is the exception behind a masked error, else None.
    """

    formatted: GraphQLFormattedError
    fault: Fault
    cause: Exception | None


def present(error: GraphQLError, *, request_id: str, debug: bool = False) -> Presented:
    """Decide what of an error a client may see.

    Parameters
    ----------
    error
        An error of graphql-core, located or not, or a :class:`Fault`.
    request_id
        Goes into the extensions of masked errors, so that a user can name it to whoever reads the log.
    debug
        Show type and text of masked exceptions in ``extensions.exception``; for development only.
    """
    origin = _origin(error)
    fault = _visible_fault(origin)
    if fault is not None:
        formatted = error.formatted
        formatted["message"] = fault.message
        formatted["extensions"] = dict(fault.extensions or {})
        return Presented(formatted, fault, None)
    masked = Fault("Internal server error", requestId=request_id)
    extensions = dict(masked.extensions or {})
    if debug:
        extensions["exception"] = f"{type(origin).__name__}: {origin}"
    formatted = error.formatted
    formatted["message"] = masked.message
    formatted["extensions"] = extensions
    return Presented(formatted, masked, origin)


def _origin(error: GraphQLError) -> Exception:
    """Return the exception that a resolver raised, from under the layers that locate it."""
    origin: Exception = error
    while (
        isinstance(origin, GraphQLError)
        and not isinstance(origin, Fault)
        and origin.original_error is not None
    ):
        origin = origin.original_error
    return origin


def _visible_fault(origin: Exception) -> Fault | None:
    if isinstance(origin, Fault):
        return origin
    if isinstance(origin, DomainError):
        return fault_of(origin)
    # What Strawberry and graphql-core say of an argument that they cannot coerce names the client's own
    # value. Of an error that a resolver or a scalar raises as a bare GraphQLError nothing is known: it
    # stays masked.
    if isinstance(origin, StrawberryInputCoercionError):
        return BadUserInput(coercion_message(origin))
    if (
        isinstance(origin, GraphQLError)
        and origin.nodes
        and all(isinstance(n, ValueNode) for n in origin.nodes)
    ):
        return BadUserInput(origin.message)
    return None


def coercion_message(error: GraphQLError) -> str:
    """Return what a client is told of a value that can't be coerced.

    Of a null for a ``Maybe`` field Strawberry speaks in Python's types: this names the field instead.
    """
    if not (isinstance(error, StrawberryInputCoercionError) and "'Maybe[" in error.message):
        return error.message
    return f"{_nulled_field(error)} can't be null: leave it out to keep the value that it has."


def _nulled_field(error: StrawberryInputCoercionError) -> str:
    names = [
        node.name.value for node in error.nodes or () if isinstance(node, ObjectFieldNode | ArgumentNode)
    ]
    if names:
        return f"`{names[0]}`"
    # in a variable: the error itself does not say where, but the conversion that failed knows
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    path = frames[-1].f_locals.get("path") if frames else None
    return f"`{'.'.join(map(str, path))}`" if isinstance(path, tuple) and path else "A field of the input"
