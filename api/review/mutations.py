"""Mutations about reviews."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from api.archiving import ArchiveInput
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.permissions import requires
from api.review.inputs import (
    ReviewCreateInput,
    ReviewDecisionAddInput,
    ReviewScheduleCreateInput,
    ReviewScheduleUpdateInput,
    ReviewUpdateInput,
)
from api.review.types import Review, ReviewDecision, ReviewSchedule
from domain.commands.base import ArchiveCommand
from domain.commands.review import (
    ReviewCreate,
    ReviewDecisionAdd,
    ReviewScheduleCreate,
    ReviewScheduleUpdate,
    ReviewUpdate,
)
from domain.review.holding import add_review_decision, create_review, update_review
from domain.review.schedule import (
    archive_review_schedule,
    create_review_schedule,
    update_review_schedule,
)

_PLANNER = requires(Role.PLANNER, TokenScope.WRITE)
_BOARD = requires(Role.BOARD, TokenScope.WRITE)
_ARGUMENT = strawberry.argument(description=WHAT_TO_DO)
_IDS = {
    "schedule_id": "ReviewSchedule",
    "review_id": "Review",
    "team_id": "Team",
    "portfolio_id": "Portfolio",
    "cycle_id": "Cycle",
    "owner_id": "Member",
    "participant_ids": "Member",
    "objective_id": "Objective",
    "key_result_id": "KeyResult",
    "kpi_id": "Kpi",
    "initiative_id": "Initiative",
}


@strawberry.type(description="The review is on the calendar, or had been put there by the same input before.")
class ReviewScheduleCreateSuccess:
    """Success of ``reviewScheduleCreate``."""

    schedule: ReviewSchedule = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The review of the calendar was changed.")
class ReviewScheduleUpdateSuccess:
    """Success of ``reviewScheduleUpdate``."""

    schedule: ReviewSchedule = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The review was taken off the calendar, or put back onto it.")
class ReviewScheduleArchiveSuccess:
    """Success of ``reviewScheduleArchive``."""

    schedule: ReviewSchedule = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The review was recorded, or had been by the same input before.")
class ReviewCreateSuccess:
    """Success of ``reviewCreate``."""

    review: Review = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The review was changed.")
class ReviewUpdateSuccess:
    """Success of ``reviewUpdate``."""

    review: Review = strawberry.field(description=AS_IT_IS_NOW)


@strawberry.type(description="The decision was recorded, or had been by the same input before.")
class ReviewDecisionAddSuccess:
    """Success of ``reviewDecisionAdd``."""

    decision: ReviewDecision = strawberry.field(description="The decision.")


ReviewScheduleCreateResult = Annotated[
    ReviewScheduleCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewScheduleCreateResult", description="Outcome of `reviewScheduleCreate`."),
]
ReviewScheduleUpdateResult = Annotated[
    ReviewScheduleUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewScheduleUpdateResult", description="Outcome of `reviewScheduleUpdate`."),
]
ReviewScheduleArchiveResult = Annotated[
    ReviewScheduleArchiveSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewScheduleArchiveResult", description="Outcome of `reviewScheduleArchive`."),
]
ReviewCreateResult = Annotated[
    ReviewCreateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewCreateResult", description="Outcome of `reviewCreate`."),
]
ReviewUpdateResult = Annotated[
    ReviewUpdateSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewUpdateResult", description="Outcome of `reviewUpdate`."),
]
ReviewDecisionAddResult = Annotated[
    ReviewDecisionAddSuccess | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ReviewDecisionAddResult", description="Outcome of `reviewDecisionAdd`."),
]


@strawberry.type
class ReviewMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(description="Put a review on the calendar.", **_PLANNER)
    async def review_schedule_create(
        self, info: Info, input: Annotated[ReviewScheduleCreateInput, _ARGUMENT]
    ) -> ReviewScheduleCreateResult:
        command = to_command(ReviewScheduleCreate, input, ids=_IDS)
        row = await create_review_schedule(info.context.database, info.context.actor, command)
        await info.context.written()
        return ReviewScheduleCreateSuccess(schedule=as_type(ReviewSchedule, row))

    @strawberry.mutation(description="Change a review of the calendar.", **_PLANNER)
    async def review_schedule_update(
        self, info: Info, input: Annotated[ReviewScheduleUpdateInput, _ARGUMENT]
    ) -> ReviewScheduleUpdateResult:
        command = to_command(ReviewScheduleUpdate, input, ids={"id": "ReviewSchedule", **_IDS})
        row = await update_review_schedule(info.context.database, info.context.actor, command)
        await info.context.written()
        return ReviewScheduleUpdateSuccess(schedule=as_type(ReviewSchedule, row))

    @strawberry.mutation(description="Take a review off the calendar, or put it back onto it.", **_PLANNER)
    async def review_schedule_archive(
        self, info: Info, input: Annotated[ArchiveInput, _ARGUMENT]
    ) -> ReviewScheduleArchiveResult:
        command = to_command(ArchiveCommand, input, ids={"id": "ReviewSchedule"})
        row = await archive_review_schedule(info.context.database, info.context.actor, command)
        await info.context.written()
        return ReviewScheduleArchiveSuccess(schedule=as_type(ReviewSchedule, row))

    @strawberry.mutation(
        description="Record a review that was held, with who took part and what was decided. Of the calendar it"
        " settles a day.",
        **_BOARD,
    )
    async def review_create(
        self, info: Info, input: Annotated[ReviewCreateInput, _ARGUMENT]
    ) -> ReviewCreateResult:
        command = to_command(ReviewCreate, input, ids=_IDS)
        held = await create_review(
            info.context.database, info.context.actor, command, today=datetime.now(UTC).date()
        )
        await info.context.written()
        return ReviewCreateSuccess(review=as_type(Review, held.review))

    @strawberry.mutation(description="Change the notes of a review, or who took part.", **_BOARD)
    async def review_update(
        self, info: Info, input: Annotated[ReviewUpdateInput, _ARGUMENT]
    ) -> ReviewUpdateResult:
        command = to_command(ReviewUpdate, input, ids={"id": "Review", **_IDS})
        row = await update_review(info.context.database, info.context.actor, command)
        await info.context.written()
        return ReviewUpdateSuccess(review=as_type(Review, row))

    @strawberry.mutation(description="Record a further decision of a review, with its reason.", **_BOARD)
    async def review_decision_add(
        self, info: Info, input: Annotated[ReviewDecisionAddInput, _ARGUMENT]
    ) -> ReviewDecisionAddResult:
        command = to_command(ReviewDecisionAdd, input, ids=_IDS)
        row = await add_review_decision(info.context.database, info.context.actor, command)
        await info.context.written()
        return ReviewDecisionAddSuccess(decision=as_type(ReviewDecision, row))
