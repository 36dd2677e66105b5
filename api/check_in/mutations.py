"""Mutations about check-ins."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.bulk import errors_of, read_each
from api.check_in.errors import CheckInInFuture, CheckInOutsideCycle
from api.check_in.inputs import IDS, CheckInCorrectInput, CheckInCreateBulkInput, CheckInCreateInput
from api.check_in.types import CheckIn
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied, UserError
from api.inputs import to_command
from api.key_result.types import KeyResult
from api.nodes import as_type
from api.objective.errors import ObjectiveClosed
from api.permissions import requires
from domain.check_in import correct_check_in, create_check_in, create_check_ins
from domain.commands.check_in import CheckInCorrect, CheckInCreate

_CONTRIBUTOR = requires(Role.CONTRIBUTOR, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)


@strawberry.type(description="The check-in was kept, and the key result has moved if it is the latest one.")
class CheckInCreateSuccess:
    """Success of ``checkInCreate``."""

    check_in: CheckIn = strawberry.field(description="The entry.")
    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The correction was kept beside the entry that was wrong.")
class CheckInCorrectSuccess:
    """Success of ``checkInCorrect``."""

    check_in: CheckIn = strawberry.field(description="The new entry.")
    key_result: KeyResult = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="What became of one item.")
class CheckInCreateBulkItem:
    """One outcome of ``checkInCreateBulk``."""

    check_in: CheckIn | None = strawberry.field(
        description="The entry; null when it was not written. Without an error it was held back because of others."
    )
    errors: list[UserError] = strawberry.field(description="What is wrong with the item; at most 10.")


@strawberry.type(description="The items were judged; each has its own outcome.")
class CheckInCreateBulkSuccess:
    """Success of ``checkInCreateBulk``."""

    items: list[CheckInCreateBulkItem] = strawberry.field(
        description="One outcome for each item, in the order of the input; at most 1,000."
    )
    created_count: int = strawberry.field(description="How many entries were written.")


CheckInCreateResult = Annotated[
    CheckInCreateSuccess
    | CheckInOutsideCycle
    | CheckInInFuture
    | ObjectiveClosed
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("CheckInCreateResult", description="Outcome of `checkInCreate`."),
]
CheckInCorrectResult = Annotated[
    CheckInCorrectSuccess
    | CheckInOutsideCycle
    | CheckInInFuture
    | ObjectiveClosed
    | InvalidInput
    | NotFound
    | Conflict
    | PermissionDenied,
    strawberry.union("CheckInCorrectResult", description="Outcome of `checkInCorrect`."),
]
CheckInCreateBulkResult = Annotated[
    CheckInCreateBulkSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("CheckInCreateBulkResult", description="Outcome of `checkInCreateBulk`."),
]


@strawberry.type
class CheckInMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Say where a key result stands, as the viewer. The latest entry sets its current value, so that"
        " progress, value by outcome and rankings follow.",
        **_CONTRIBUTOR,
    )
    async def check_in_create(
        self, info: Info, input: Annotated[CheckInCreateInput, _ARGUMENT]
    ) -> CheckInCreateResult:
        command = to_command(CheckInCreate, input, ids=IDS)
        row = await create_check_in(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        directory = (await info.context.written()).directory
        return CheckInCreateSuccess(
            check_in=as_type(CheckIn, row),
            key_result=as_type(KeyResult, directory.key_results[row.key_result_id]),
        )

    @strawberry.mutation(
        description="Say where many key results stand; each item has its own outcome.", **_CONTRIBUTOR
    )
    async def check_in_create_bulk(
        self, info: Info, input: Annotated[CheckInCreateBulkInput, _ARGUMENT]
    ) -> CheckInCreateBulkResult:
        outcomes = await create_check_ins(
            info.context.database,
            info.context.actor,
            read_each(input.items, lambda item: to_command(CheckInCreate, item, ids=IDS)),
            input.error_policy,
            now=datetime.now(UTC),
        )
        await info.context.written()
        return CheckInCreateBulkSuccess(
            items=[
                CheckInCreateBulkItem(
                    check_in=None if outcome.row is None else as_type(CheckIn, outcome.row),
                    errors=errors_of(outcome, position),
                )
                for position, outcome in enumerate(outcomes)
            ],
            created_count=sum(outcome.row is not None for outcome in outcomes),
        )

    @strawberry.mutation(
        description="Put a right entry in place of a wrong one; both remain, the new one with the reason.",
        **_CONTRIBUTOR,
    )
    async def check_in_correct(
        self, info: Info, input: Annotated[CheckInCorrectInput, _ARGUMENT]
    ) -> CheckInCorrectResult:
        command = to_command(CheckInCorrect, input, ids={"id": "CheckIn"})
        row = await correct_check_in(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        directory = (await info.context.written()).directory
        return CheckInCorrectSuccess(
            check_in=as_type(CheckIn, row),
            key_result=as_type(KeyResult, directory.key_results[row.key_result_id]),
        )
