from collections.abc import AsyncIterator
from typing import Annotated, Union
from uuid import UUID, uuid4

import pytest
import strawberry
from graphql import GraphQLError

from api import errors
from api.documents import DocumentCache, DocumentRefused
from api.limits import QueryLimits
from domain import errors as domain_errors
from domain.errors import DomainError

CYCLE = (UUID(int=1), UUID(int=2))


class StaleRank(domain_errors.Conflict):
    """A conflict that has a type of its own."""

    code = "STALE_RANK"


class Unmapped(DomainError):
    """An expected error that nobody registered."""

    code = "UNMAPPED"


@strawberry.type
class StaleRankError(errors.UserError):
    ranking: str


errors.register(
    StaleRank,
    StaleRankError,
    lambda e: StaleRankError(message=e.message, code=e.code, path=errors.user_error_path(e), ranking="r1"),
)


@strawberry.type
class Success:
    ok: bool = True


RenameResult = Annotated[
    Union[Success, errors.InvalidInput, errors.NotFound, errors.Conflict, errors.PermissionDenied],  # noqa: UP007
    strawberry.union("RenameResult"),
]
RankResult = Annotated[
    Union[Success, errors.Conflict, StaleRankError],  # noqa: UP007
    strawberry.union("RankResult"),
]

RAISED: dict[str, Exception] = {
    "INVALID": domain_errors.InvalidInput("Give a title.", path=("input", "items", 3, "title")),
    "MISSING": domain_errors.NotFound("There is no such team.", path=("input", "teamId")),
    "CONFLICT": domain_errors.Conflict("Read it again.", expected_version=3, actual_version=5),
    "DENIED": domain_errors.PermissionDenied("Ask a planner.", required="planner"),
    "STALE": StaleRank("The rank moved.", expected_version=1, actual_version=2),
    "CYCLE": domain_errors.DependencyCycle("That closes a cycle.", cycle=CYCLE),
    "UNMAPPED": Unmapped("Nobody converts this."),
    "BUG": ZeroDivisionError("secret detail"),
    "SETUP": domain_errors.SetupError("data folder /var/secret"),
    "DOWN": domain_errors.DatabaseUnavailable("Try again in a moment."),
    "BARE": GraphQLError("bare secret"),
    "FAULT": errors.Forbidden("Only the board."),
}


@strawberry.type
class Query:
    @strawberry.field
    def plain(self, which: str) -> str:
        raise RAISED[which]

    @strawberry.field
    async def later(self, which: str) -> str:
        raise RAISED[which]

    @strawberry.field
    def required(self, number: int) -> int | None:
        return number


@strawberry.input
class ChangeItem:
    title: strawberry.Maybe[str]
    tags: strawberry.Maybe[list[str] | None]


@strawberry.input
class ChangeInput:
    name: strawberry.Maybe[str]
    items: list[ChangeItem] = strawberry.field(default_factory=list)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, changes: ChangeInput) -> bool | None:
        return True

    @strawberry.mutation
    async def rename(self, which: str) -> RenameResult:
        raise RAISED[which]

    @strawberry.mutation
    def rank(self, which: str) -> RankResult:
        raise RAISED[which]

    @strawberry.mutation
    def rename_bulk(self, which: list[str]) -> list[RenameResult]:
        results: list[Success | errors.UserError] = []
        for name in which:
            error = RAISED[name]
            assert isinstance(error, DomainError)
            results.append(errors.to_user_error(error))
        return results  # type: ignore[return-value]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


schema = strawberry.Schema(
    query=Query, mutation=Mutation, subscription=Subscription, exception_handlers=errors.exception_handlers()
)

RENAME = (
    "mutation ($w: String!) { rename(which: $w) { __typename ... on UserError { message code path } "
    "... on Conflict { expectedVersion actualVersion } ... on PermissionDenied { required } } }"
)


async def rename(which: str) -> dict[str, object]:
    result = await schema.execute(RENAME, variable_values={"w": which})
    assert result.errors is None
    assert result.data is not None
    outcome: dict[str, object] = result.data["rename"]
    return outcome


def fault(which: str, *, field: str = "plain", debug: bool = False) -> errors.Presented:
    result = schema.execute_sync(f'{{ {field}(which: "{which}") }}')
    assert result.errors is not None
    assert len(result.errors) == 1
    return errors.present(result.errors[0], request_id="r-1", debug=debug)


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (
            "INVALID",
            {
                "__typename": "InvalidInput",
                "message": "Give a title.",
                "code": "INVALID_INPUT",
                "path": ["input", "items", "3", "title"],
            },
        ),
        (
            "MISSING",
            {
                "__typename": "NotFound",
                "message": "There is no such team.",
                "code": "NOT_FOUND",
                "path": ["input", "teamId"],
            },
        ),
        (
            "CONFLICT",
            {
                "__typename": "Conflict",
                "message": "Read it again.",
                "code": "CONFLICT",
                "path": [],
                "expectedVersion": 3,
                "actualVersion": 5,
            },
        ),
        (
            "DENIED",
            {
                "__typename": "PermissionDenied",
                "message": "Ask a planner.",
                "code": "PERMISSION_DENIED",
                "path": [],
                "required": "planner",
            },
        ),
        (
            "STALE",
            {
                "__typename": "Conflict",
                "message": "The rank moved.",
                "code": "STALE_RANK",
                "path": [],
                "expectedVersion": 1,
                "actualVersion": 2,
            },
        ),
    ],
)
async def test_a_domain_error_becomes_a_member_of_the_result_union(
    which: str, expected: dict[str, object]
) -> None:
    assert await rename(which) == expected


def test_the_most_derived_type_that_the_union_has_is_taken() -> None:
    result = schema.execute_sync(
        'mutation { a: rank(which: "STALE") { __typename ... on StaleRankError { ranking } } '
        'b: rank(which: "CONFLICT") { __typename } }'
    )
    assert result.errors is None
    assert result.data == {
        "a": {"__typename": "StaleRankError", "ranking": "r1"},
        "b": {"__typename": "Conflict"},
    }


def test_bulk_results_are_converted_item_by_item() -> None:
    result = schema.execute_sync(
        'mutation { renameBulk(which: ["INVALID", "DENIED"]) { __typename ... on UserError { code } } }'
    )
    assert result.errors is None
    assert result.data == {
        "renameBulk": [
            {"__typename": "InvalidInput", "code": "INVALID_INPUT"},
            {"__typename": "PermissionDenied", "code": "PERMISSION_DENIED"},
        ]
    }


def test_an_error_without_a_conversion_is_raised_on() -> None:
    error = RAISED["UNMAPPED"]
    assert isinstance(error, DomainError)
    with pytest.raises(Unmapped):
        errors.to_user_error(error)


def test_a_domain_error_is_registered_once() -> None:
    with pytest.raises(ValueError, match="NotFound is registered already"):
        errors.register(domain_errors.NotFound, errors.NotFound, errors.to_user_error)


@pytest.mark.parametrize(
    ("which", "code", "message", "reason", "status"),
    [
        ("INVALID", "BAD_USER_INPUT", "Give a title.", "INVALID_INPUT", 400),
        ("MISSING", "BAD_USER_INPUT", "There is no such team.", "NOT_FOUND", 400),
        ("DENIED", "FORBIDDEN", "Ask a planner.", "PERMISSION_DENIED", 403),
        ("CYCLE", "BAD_USER_INPUT", "That closes a cycle.", "DEPENDENCY_CYCLE", 400),
        ("DOWN", "UNAVAILABLE", "Try again in a moment.", "UNAVAILABLE", 503),
    ],
)
def test_a_domain_error_outside_a_union_becomes_the_nearest_fault(
    which: str, code: str, message: str, reason: str, status: int
) -> None:
    presented = fault(which)
    assert presented.formatted["message"] == message
    assert presented.formatted["extensions"] == {"code": code, "reason": reason}
    assert presented.fault.status == status
    assert presented.cause is None


@pytest.mark.parametrize("which", ["BUG", "SETUP", "BARE"])
def test_anything_else_is_masked_with_the_request_id(which: str) -> None:
    presented = fault(which)
    assert presented.formatted == {
        "message": "Internal server error",
        "locations": [{"line": 1, "column": 3}],
        "path": ["plain"],
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": "r-1"},
    }
    assert presented.cause is RAISED[which]


def test_debug_shows_the_masked_exception() -> None:
    extensions = fault("BUG", debug=True).formatted["extensions"]
    assert extensions["exception"] == "ZeroDivisionError: secret detail"


def test_a_fault_keeps_its_message_code_and_place() -> None:
    assert fault("FAULT").formatted == {
        "message": "Only the board.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["plain"],
        "extensions": {"code": "FORBIDDEN"},
    }


def test_an_argument_that_becomes_null_through_a_variable_is_the_clients_error() -> None:
    result = schema.execute_sync("query ($n: Int = 1) { required(number: $n) }", variable_values={"n": None})
    assert result.errors is not None
    presented = errors.present(result.errors[0], request_id=str(uuid4()))
    assert presented.formatted["extensions"] == {"code": "BAD_USER_INPUT"}
    assert presented.formatted["path"] == ["required"]


KEEP = "leave it out to keep the value that it has."


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"name": None}, "changes.name"),
        ({"items": [{"title": "a"}, {"title": None}]}, "changes.items.1.title"),
        ({"items": [{"tags": None}], "name": None}, "changes.name"),
    ],
)
def test_a_variable_with_a_null_that_a_field_can_not_have_names_the_field(
    given: dict[str, object], named: str
) -> None:
    result = schema.execute_sync(
        "mutation ($changes: ChangeInput!) { change(changes: $changes) }", variable_values={"changes": given}
    )
    assert result.errors is not None
    formatted = errors.present(result.errors[0], request_id="r-1").formatted
    assert formatted["message"] == f"`{named}` can't be null: {KEEP}"
    assert formatted["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("given", [{}, {"name": "a"}, {"items": [{"tags": None}, {}]}])
def test_a_null_that_a_field_can_have_is_accepted(given: dict[str, object]) -> None:
    result = schema.execute_sync(
        "mutation ($changes: ChangeInput!) { change(changes: $changes) }", variable_values={"changes": given}
    )
    assert result.errors is None


@pytest.mark.parametrize(
    ("given", "named"), [("{name: null}", "name"), ('{items: [{title: "a"}, {title: null}]}', "title")]
)
def test_a_document_with_a_null_that_a_field_can_not_have_names_the_field(given: str, named: str) -> None:
    cache = DocumentCache(schema=schema._schema, limits=QueryLimits())
    with pytest.raises(DocumentRefused) as refused:
        cache.prepare(f"mutation {{ change(changes: {given}) }}")
    (error,) = refused.value.errors
    assert error.message == f"`{named}` can't be null: {KEEP}"
    assert error.formatted["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error.formatted["locations"]


def test_user_errors_are_one_interface_in_the_schema() -> None:
    printed = schema.as_str()
    for name in ("InvalidInput", "NotFound", "Conflict", "PermissionDenied"):
        assert f"type {name} implements UserError {{" in printed
    assert "interface UserError {" in printed
