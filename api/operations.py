"""Running one GraphQL operation for one viewer, whatever it came in by.

The way of a request: :func:`request_of` checks what the client sent, ``Engine.prepare`` turns the document
into an operation within its limits and takes its cost from the viewer's budget, ``Engine.execute`` or
``Engine.subscribe`` runs it under the deadline with a context of its own; :class:`Reply` is what goes out.

This is graphql-core with Strawberry's executor and without ``strawberry.Schema.execute``: that would parse
and validate anew each time, cannot hide suggestions, and picks the first of several operations. Field
extensions, permission classes and exception handlers work, because they are part of the resolvers; schema
extensions are not run.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Generic, TypeGuard, TypeVar, cast

import strawberry
import structlog
from graphql import ExecutionResult, GraphQLError, GraphQLFormattedError, OperationType
from graphql.execution import Executor, create_source_event_stream
from starlette.requests import HTTPConnection
from strawberry.execution import optimized_is_awaitable

from api.budget import CostBudget
from api.documents import DocumentCache, DocumentRefused, PreparedOperation
from api.errors import BadUserInput, Fault, MalformedRequest, TimedOut, present
from api.trusted_documents import TrustedDocuments

Viewer = TypeVar("Viewer")
T = TypeVar("T")

_END = object()

# Longer documents are parsed and validated in a thread, so that the event loop gets its turn meanwhile.
_INLINE_LENGTH = 1_000
_MOST_COERCION_ERRORS = 20
_MOST_LOGGED_CAUSES = 10

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for: a document, which of its operations, and the variables."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OperationInfo:
    """What the application may want to know of the operation that a context is made for.

    ``name`` is a GraphQL name or None; ``connection`` is the HTTP request or the WebSocket.
    """

    request_id: str
    name: str | None
    type: OperationType
    connection: HTTPConnection


@dataclass(frozen=True, slots=True)
class Reply:
    """A GraphQL response, and the faults that its errors stand for."""

    body: Mapping[str, Any]
    faults: Sequence[Fault] = ()

    @property
    def executed(self) -> bool:
        """Whether there is a ``data`` entry, though it may be null."""
        return "data" in self.body


def request_of(payload: object, trusted: TrustedDocuments) -> Request:
    """Check the parameters of a GraphQL request as they came in JSON.

    Raises
    ------
    MalformedRequest
        If a parameter is missing or of the wrong type.
    UnknownDocument, PersistedQueryNotSupported
        If there is only the id or the hash of a document that is not known, or it has to be and is not.
    """
    if isinstance(payload, list):
        raise MalformedRequest("Batches are not supported: send one operation per request.")
    if not isinstance(payload, dict):
        raise MalformedRequest("The request must be a JSON object with a string `query`, or `documentId`.")
    extensions = payload.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise MalformedRequest("`extensions` must be an object or null.")
    query = trusted.text_of(payload, extensions or {})
    operation_name = payload.get("operationName")
    if operation_name is not None and not isinstance(operation_name, str):
        raise MalformedRequest("`operationName` must be a string or null.")
    variables = payload.get("variables")
    if variables is not None and not isinstance(variables, dict):
        raise MalformedRequest("`variables` must be an object or null.")
    # Several clients send an empty operationName for none.
    return Request(query, operation_name or None, variables or {}, extensions or {})


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run, what it was asked with, and what it costs."""

    operation: PreparedOperation
    request: Request
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine(Generic[Viewer]):
    """Runs operations of one schema.

    Parameters
    ----------
    schema
        The Strawberry schema.
    documents
        Prepares documents of that schema.
    trusted
        Documents that clients may name by their ids.
    authenticate
        Gives the viewer for a token, or for None; raises a fault or a domain error if there is none.
    make_context
        Makes the context of one operation, or of one event of a subscription. Loaders belong into it.
    budget, budget_key
        The budget, and which of its keys a viewer spends from; None spends from none.
    timeout_seconds
        How long an operation, or the answer to one event of a subscription, may take.
    debug
        Show masked exceptions to clients.
    """

    schema: strawberry.Schema
    documents: DocumentCache
    trusted: TrustedDocuments
    authenticate: Callable[[str | None, HTTPConnection], Awaitable[Viewer]]
    make_context: Callable[[Viewer, OperationInfo], object]
    budget: CostBudget | None
    budget_key: Callable[[Viewer], str | None]
    timeout_seconds: float
    debug: bool

    async def prepare(self, request: Request, viewer: Viewer) -> Prepared:
        """Turn a request into an operation that may run, and take its cost from the budget.

        Raises
        ------
        DocumentRefused
            If the document does not parse, is not valid or exceeds a limit.
        Fault
            If the operation cannot be chosen, costs too much or is beyond the budget.
        """
        documents, text = self.documents, request.query
        document = documents.known(text)
        if document is None:
            if len(text) > _INLINE_LENGTH:
                document = await asyncio.to_thread(documents.prepare, text)
            else:
                document = documents.prepare(text)
            documents.keep(text, document)
        operation = documents.operation(document, request.operation_name)
        cost = operation.plan.cost(request.variables)
        documents.check_cost(cost)
        key = self.budget_key(viewer) if self.budget is not None else None
        if self.budget is not None and key is not None:
            self.budget.spend(key, cost)
        return Prepared(operation, request, cost)

    async def execute(
        self, prepared: Prepared, *, viewer: Viewer, connection: HTTPConnection, request_id: str
    ) -> Reply:
        """Run a query or a mutation to its end or to the deadline. Raises nothing but cancellation."""
        started = time.perf_counter()
        operation = prepared.operation
        info = OperationInfo(request_id, operation.name, operation.type, connection)
        reply = await self._guarded(
            self._execute(prepared, viewer, info), prepared, request_id, seconds=self.timeout_seconds
        )
        log.info(
            "graphql_operation",
            request_id=request_id,
            operation=operation.name,
            type=operation.type.value,
            cost=prepared.cost,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            errors=[fault.code for fault in reply.faults],
        )
        return reply

    async def subscribe(
        self, prepared: Prepared, *, viewer: Viewer, connection: HTTPConnection, request_id: str
    ) -> AsyncGenerator[Reply]:
        """Run a subscription: one reply per event, or one that is not executed and ends it.

        Each event is answered under the deadline and with a context of its own, so that loaders never answer
        from an earlier event.
        """
        operation = prepared.operation
        info = OperationInfo(request_id, operation.name, operation.type, connection)
        opened = await self._guarded(
            self._open(prepared, viewer, info), prepared, request_id, seconds=self.timeout_seconds
        )
        if isinstance(opened, Reply):
            yield opened
            return
        log.info("graphql_subscription", request_id=request_id, operation=operation.name, cost=prepared.cost)
        executor, source = opened
        try:
            while True:
                event = await self._guarded(_next(source), prepared, request_id, seconds=None)
                if event is _END:
                    return
                reply = (
                    event
                    if isinstance(event, Reply)
                    else await self._guarded(
                        self._answer(executor, event, prepared, viewer, info),
                        prepared,
                        request_id,
                        seconds=self.timeout_seconds,
                    )
                )
                yield reply
                if not reply.executed:
                    return
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    def failure(self, error: Exception, *, request_id: str, operation: str | None = None) -> Reply:
        """Return the reply to what could not be executed, as :func:`api.errors.present` decides."""
        if isinstance(error, DocumentRefused):
            return refusal(error.errors)
        located = error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)
        formatted, faults = self._present([located], request_id, operation)
        return Reply({"errors": formatted}, faults)

    async def _guarded(
        self, work: Awaitable[T], prepared: Prepared, request_id: str, *, seconds: float | None
    ) -> T | Reply:
        """Await something under the deadline; whatever it raises becomes a reply."""
        operation = prepared.operation
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline:
                return await work
        except Exception as error:  # noqa: BLE001 - whatever goes wrong, the client gets an answer
            cause = self._timed_out(operation.type) if deadline.expired() else error
            return self.failure(cause, request_id=request_id, operation=operation.name)

    async def _execute(self, prepared: Prepared, viewer: Viewer, info: OperationInfo) -> Reply:
        executor = self._executor(prepared, self.make_context(viewer, info))
        return executor if isinstance(executor, Reply) else await self._run(executor, prepared, info)

    async def _open(
        self, prepared: Prepared, viewer: Viewer, info: OperationInfo
    ) -> tuple[Executor[Any], AsyncIterator[object]] | Reply:
        """Resolve the source of a subscription's events, or say why there is none."""
        executor = self._executor(prepared, self.make_context(viewer, info))
        if isinstance(executor, Reply):
            return executor
        events = create_source_event_stream(executor)
        if isawaitable(events):
            events = await events
        if isinstance(events, ExecutionResult):
            formatted, faults = self._present(events.errors or [], info.request_id, info.name)
            return Reply({"errors": formatted}, faults)
        return executor, aiter(events)

    async def _answer(
        self,
        executor: Executor[Any],
        event: object,
        prepared: Prepared,
        viewer: Viewer,
        info: OperationInfo,
    ) -> Reply:
        answering = executor.build_per_event_executor(event)
        answering.context_value = self.make_context(viewer, info)
        return await self._run(answering, prepared, info)

    async def _run(self, executor: Executor[Any], prepared: Prepared, info: OperationInfo) -> Reply:
        """Execute to the end and present what came of it."""
        result = executor.execute_operation()
        if isawaitable(result):
            result = await result
        if not isinstance(result, ExecutionResult):
            raise TypeError("incremental delivery is not offered")
        body: dict[str, Any] = {}
        faults: Sequence[Fault] = ()
        if result.errors:
            body["errors"], faults = self._present(result.errors, info.request_id, info.name)
        body["data"] = result.data
        body["extensions"] = {"cost": {"requested": prepared.cost, "limit": self.documents.limits.max_cost}}
        return Reply(body, faults)

    def _executor(self, prepared: Prepared, context: object) -> Executor[Any] | Reply:
        """Coerce the variables, or say which of them cannot be."""
        operation = prepared.operation
        executor = self.schema.execution_context_class.build(
            self.documents.schema,
            operation.document,
            context_value=context,
            raw_variable_values=dict(prepared.request.variables),
            operation_name=operation.name,
            max_coercion_errors=_MOST_COERCION_ERRORS,
            is_awaitable=cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable),
            hide_suggestions=not self.documents.suggestions,
            operation_extensions=dict(prepared.request.extensions),
        )
        if isinstance(executor, list):
            return refusal([BadUserInput(error.message, at=error) for error in executor])
        return executor

    def _timed_out(self, type_: OperationType) -> TimedOut:
        written = (
            " It may or may not have been applied: read before you repeat it, or repeat it with the same "
            "idempotencyKey."
            if type_ is OperationType.MUTATION
            else ""
        )
        return TimedOut(
            f"The operation took longer than {self.timeout_seconds:g} s and was cancelled.{written}"
        )

    def _present(
        self, errors: Sequence[GraphQLError], request_id: str, operation: str | None
    ) -> tuple[list[GraphQLFormattedError], list[Fault]]:
        presented = [present(error, request_id=request_id, debug=self.debug) for error in errors]
        causes = [(one.formatted.get("path"), one.cause) for one in presented if one.cause is not None]
        for path, cause in causes[:_MOST_LOGGED_CAUSES]:
            log.error("graphql_fault", request_id=request_id, operation=operation, path=path, exc_info=cause)
        return [one.formatted for one in presented], [one.fault for one in presented]


def refusal(faults: Sequence[Fault]) -> Reply:
    """Return the reply to a request that is not executed, for reasons that the client may see."""
    return Reply({"errors": [fault.formatted for fault in faults]}, faults)


async def _next(source: AsyncIterator[object]) -> object:
    # StopAsyncIteration cannot pass through a coroutine.
    return await anext(source, _END)
