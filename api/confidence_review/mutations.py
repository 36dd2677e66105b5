"""Mutation about confidence reviews."""

from datetime import UTC, date, datetime
from typing import Annotated

import strawberry

from api.confidence_review.types import ConfidenceReview
from api.context import Info
from api.descriptions import AS_IT_IS_NOW, WHAT_TO_DO
from api.enums import Role, TokenScope
from api.errors import Conflict, InvalidInput, NotFound, PermissionDenied
from api.inputs import to_command
from api.nodes import as_type
from api.objective.errors import ObjectiveClosed
from api.objective.types import Objective
from api.permissions import requires
from domain.commands.objective_closing import ConfidenceReviewCreate
from domain.confidence_review import create_confidence_review


@strawberry.input(description="How sure a review was that an objective will be reached.")
class ConfidenceReviewCreateInput:
    """Becomes ``ConfidenceReviewCreate``."""

    objective_id: strawberry.ID = strawberry.field(description="The objective, in use and open.")
    confidence: int = strawberry.field(description="0 (not at all sure) to 10 (entirely).")
    note: str | None = strawberry.field(
        default=strawberry.UNSET, description="What there was to say about it; at most 2,000 characters."
    )
    reviewed_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="The day of the review: not in the future, within the objective's cycle; today (UTC) if left out.",
    )


@strawberry.type(description="The review was kept; the latest one stands on the objective.")
class ConfidenceReviewCreateSuccess:
    """Success of ``confidenceReviewCreate``."""

    confidence_review: ConfidenceReview = strawberry.field(description="The entry.")
    objective: Objective = strawberry.field(description=AS_IT_IS_NOW)


ConfidenceReviewCreateResult = Annotated[
    ConfidenceReviewCreateSuccess | ObjectiveClosed | InvalidInput | NotFound | Conflict | PermissionDenied,
    strawberry.union("ConfidenceReviewCreateResult", description="Outcome of `confidenceReviewCreate`."),
]


@strawberry.type
class ConfidenceReviewMutations:
    """Merged into ``Mutation``."""

    @strawberry.mutation(
        description="Keep how sure a review was that an objective will be reached.",
        **requires(Role.CONTRIBUTOR, TokenScope.WRITE),
    )
    async def confidence_review_create(
        self,
        info: Info,
        input: Annotated[ConfidenceReviewCreateInput, strawberry.argument(description=WHAT_TO_DO)],
    ) -> ConfidenceReviewCreateResult:
        command = to_command(ConfidenceReviewCreate, input, ids={"objective_id": "Objective"})
        row = await create_confidence_review(
            info.context.database, info.context.actor, command, now=datetime.now(UTC)
        )
        directory = (await info.context.written()).directory
        return ConfidenceReviewCreateSuccess(
            confidence_review=as_type(ConfidenceReview, row),
            objective=as_type(Objective, directory.objectives[row.objective_id]),
        )
