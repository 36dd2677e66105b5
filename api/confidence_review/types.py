"""The type ``ConfidenceReview``."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from api.context import Context, Info
from api.listing import Listing
from api.nodes import Node, fetched_by, shows
from api.pagination import Connection
from domain.db import reading
from domain.queries.check_in import CONFIDENCE_REVIEWS
from domain.queries.listing import OrderBy, by_ids
from domain.rows_okr import ConfidenceReviewRow

if TYPE_CHECKING:
    from api.member.types import Member
    from api.objective.types import Objective


@strawberry.type(
    description="How sure a review was that an objective will be reached, such as the one in the middle of a cycle."
    " It never changes, and says nothing about a person."
)
@shows(ConfidenceReviewRow)
class ConfidenceReview(Node):
    """Shows ``ConfidenceReviewRow``."""

    confidence: int = strawberry.field(description="0 (not at all sure) to 10 (entirely).")
    note: str = strawberry.field(description="What there was to say about it; may be empty.")
    reviewed_on: date = strawberry.field(description="The day of the review, within the objective's cycle.")
    created_at: datetime = strawberry.field(description="When it was entered.")

    @strawberry.field(description="The objective.")
    def objective(
        self: ConfidenceReviewRow, info: Info
    ) -> Annotated["Objective", strawberry.lazy("api.objective.types")]:
        return cast("Objective", info.context.directory.objectives[self.objective_id])

    @strawberry.field(description="Who entered it for the review.")
    def recorded_by(
        self: ConfidenceReviewRow, info: Info
    ) -> Annotated["Member", strawberry.lazy("api.member.types")]:
        return cast("Member", info.context.directory.members[self.recorded_by_id])


@strawberry.type(description="A page of confidence reviews, the latest first.")
class ConfidenceReviewConnection(Connection[ConfidenceReview]):
    """Connection of confidence reviews."""


CONFIDENCE_REVIEW_LISTING = Listing(
    CONFIDENCE_REVIEWS,
    ConfidenceReviewConnection,
    ids={},
    default=(OrderBy("reviewed_on", descending=True),),
)


async def know_reviewers(context: Context, rows: list[ConfidenceReviewRow]) -> None:
    """See to it that the view knows what the reviews refer to, though somebody has just added it."""
    directory = (await context.view()).directory
    if any(
        row.recorded_by_id not in directory.members or row.objective_id not in directory.objectives
        for row in rows
    ):
        await context.renew()


async def _reviews(context: Context, ids: list[UUID]) -> list[ConfidenceReviewRow | None]:
    organisation_id = context.actor.organisation_id
    async with reading(context.database, organisation_id) as connection:
        found = await by_ids(connection, organisation_id, CONFIDENCE_REVIEWS, ids)
    await know_reviewers(context, list(found.values()))
    return [found.get(id_) for id_ in ids]


fetched_by("ConfidenceReview", _reviews)
