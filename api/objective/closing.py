"""Mutations about the end of objectives: closing, reopening, carrying over."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.context import Info
from api.descriptions import AS_IT_IS_NOW, EXPECTED_VERSION, WHAT_TO_DO
from api.enums import Role, TokenScope, described
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.objective.errors import AlreadyCarriedOver, ObjectiveClosed
from api.objective.types import Objective
from api.permissions import requires
from domain.commands.objective_closing import (
    MOST_GRADES,
    CarriedContributions,
    ObjectiveCarryOver,
    ObjectiveClose,
    ObjectiveReopen,
)
from domain.objective_carry_over import carry_over_objective
from domain.objective_closing import close_objective, reopen_objective

_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_BOARD = requires(Role.BOARD, TokenScope.WRITE)

described(
    CarriedContributions,
    "What becomes of the contributions of open initiatives when key results are carried over. Those of completed,"
    " stopped and archived ones always stay.",
    {
        "STAY": "They stay with the key results of the earlier cycle, where they no longer count.",
        "COPY": "The same are made to the new key results as well.",
        "MOVE": "They go over to the new key results.",
    },
)


@strawberry.input(
    description="A grade that was decided on for a key result; it stands beside the computed one."
)
class KeyResultGradeInput:
    """Becomes ``KeyResultGrade``."""

    key_result_id: strawberry.ID = strawberry.field(description="A key result of the objective, in use.")
    grade: float = strawberry.field(description="0 to 1.")
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters.")


@strawberry.input(description="The end of an objective.")
class ObjectiveCloseInput:
    """Becomes ``ObjectiveClose``."""

    id: strawberry.ID = strawberry.field(description="The objective, in use and open.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    manual_grade: float | None = strawberry.field(
        default=strawberry.UNSET,
        description="A grade that was decided on, 0 to 1, to stand beside the computed one; with a reason.",
    )
    grade_reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="Why it was decided so; 1 to 4,000 characters."
    )
    retrospective: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="What was learnt, at most 200,000 characters; empty if left out.",
    )
    key_result_grades: list[KeyResultGradeInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Grades that were decided on for its key results: each once, at most {MOST_GRADES}.",
    )


@strawberry.input(description="A closing to be taken back.")
class ObjectiveReopenInput:
    """Becomes ``ObjectiveReopen``."""

    id: strawberry.ID = strawberry.field(description="The objective, closed and not carried over.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    reason: str = strawberry.field(description="Why; 1 to 4,000 characters, for the audit trail.")


@strawberry.input(description="A key result to be carried over.")
class CarriedKeyResultInput:
    """Becomes ``CarriedKeyResult``."""

    key_result_id: strawberry.ID = strawberry.field(description="A key result of the objective, in use.")
    target_value: float | None = strawberry.field(
        default=strawberry.UNSET, description="Another target, in its unit; the same one if left out."
    )
    due_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The day it is due, within the later cycle; the last one of that if left out.",
    )


@strawberry.input(description="An objective to go on in a later cycle.")
class ObjectiveCarryOverInput:
    """Becomes ``ObjectiveCarryOver``."""

    id: strawberry.ID = strawberry.field(description="The objective, closed and in use.")
    expected_version: int | None = strawberry.field(default=strawberry.UNSET, description=EXPECTED_VERSION)
    cycle_id: strawberry.ID = strawberry.field(
        description="The cycle, in use: it begins and ends later than that of the objective."
    )
    key_results: list[CarriedKeyResultInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Which key results go on, each once, 1 to {MOST_GRADES}; all that are not met if left out.",
    )
    contributions: CarriedContributions = strawberry.field(
        description="What becomes of the contributions to them."
    )


@strawberry.type(description="The objective was closed.")
class ObjectiveCloseSuccess:
    """Success of ``objectiveClose``."""

    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The objective is open again; its grades are kept in the audit trail.")
class ObjectiveReopenSuccess:
    """Success of ``objectiveReopen``."""

    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The objective goes on in the later cycle.")
class ObjectiveCarryOverSuccess:
    """Success of ``objectiveCarryOver``."""

    objective: Objective = strawberry.field(description="The new objective, in the later cycle.")


ObjectiveCloseResult = Annotated[
    ObjectiveCloseSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ObjectiveCloseResult", description="Outcome of `objectiveClose`."),
]
ObjectiveReopenResult = Annotated[
    ObjectiveReopenSuccess | AlreadyCarriedOver | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ObjectiveReopenResult", description="Outcome of `objectiveReopen`."),
]
ObjectiveCarryOverResult = Annotated[
    ObjectiveCarryOverSuccess | AlreadyCarriedOver | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ObjectiveCarryOverResult", description="Outcome of `objectiveCarryOver`."),
]


@strawberry.type
class ObjectiveClosingMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Close an objective: grade it and its key results by their progress, beside grades that were"
        " decided on, and keep what was learnt. From then on they stay as they are, and contributions to them don't"
        " count in the value by outcome.",
        **_BOARD,
    )
    async def objective_close(
        self, info: Info, input: Annotated[ObjectiveCloseInput, _ARGUMENT]
    ) -> ObjectiveCloseResult:
        command = to_command(ObjectiveClose, input, ids={"id": "Objective", "key_result_id": "KeyResult"})
        row = await close_objective(info.context.database, info.context.actor, command, now=datetime.now(UTC))
        await info.context.written()
        return ObjectiveCloseSuccess(objective=as_type(Objective, row))

    @strawberry.mutation(description="Take the closing of an objective back.", **_BOARD)
    async def objective_reopen(
        self, info: Info, input: Annotated[ObjectiveReopenInput, _ARGUMENT]
    ) -> ObjectiveReopenResult:
        command = to_command(ObjectiveReopen, input, ids={"id": "Objective"})
        row = await reopen_objective(info.context.database, info.context.actor, command)
        await info.context.written()
        return ObjectiveReopenSuccess(objective=as_type(Objective, row))

    @strawberry.mutation(
        description="Let a closed objective go on in a later cycle, as a new one that refers to it. Its key results"
        " start from where they are now.",
        **requires(Role.PLANNER, TokenScope.WRITE),
    )
    async def objective_carry_over(
        self, info: Info, input: Annotated[ObjectiveCarryOverInput, _ARGUMENT]
    ) -> ObjectiveCarryOverResult:
        ids = {"id": "Objective", "cycle_id": "Cycle", "key_result_id": "KeyResult"}
        command = to_command(ObjectiveCarryOver, input, ids=ids)
        row = await carry_over_objective(info.context.database, info.context.actor, command)
        await info.context.written()
        return ObjectiveCarryOverSuccess(objective=as_type(Objective, row))
