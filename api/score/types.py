"""The types ``Score`` and ``Rating``."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from api.context import Info
from api.listing import Listing
from api.member.types import Member
from api.nodes import as_type
from api.pagination import Connection
from api.scoring.types import Criterion
from domain.queries.listing import OrderBy
from domain.queries.score import RatingRow
from domain.queries.sources import SCORES
from domain.rows import ScoreRow

if TYPE_CHECKING:
    from api.initiative.types import Initiative


@strawberry.type(description="One person's score of an initiative on a criterion.")
class Score:
    """Shows ``ScoreRow``."""

    value: float = strawberry.field(description="The value, on the criterion's scale.")
    value_low: float | None = strawberry.field(
        description="The least value that the rater thinks possible; null when nobody has said."
    )
    value_high: float | None = strawberry.field(
        description="The greatest value that the rater thinks possible; null when nobody has said."
    )
    note: str = strawberry.field(description="Why; may be empty.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")

    @strawberry.field(description="What was scored.")
    def initiative(
        self: ScoreRow, info: Info
    ) -> Annotated["Initiative", strawberry.lazy("api.initiative.types")]:
        return cast("Initiative", info.context.initiative(self.initiative_id))

    @strawberry.field(description="On what.")
    def criterion(self: ScoreRow, info: Info) -> Criterion:
        return as_type(Criterion, info.context.directory.criteria[self.criterion_id])

    @strawberry.field(description="By whom.")
    def rater(self: ScoreRow, info: Info) -> Member:
        return as_type(Member, info.context.directory.members[self.rater_id])


@strawberry.type(description="A page of scores.")
class ScoreConnection(Connection[Score]):
    """Connection of scores."""


@strawberry.type(description="What all who scored an initiative on a criterion say together.")
class Rating:
    """Shows ``RatingRow``."""

    raters: int = strawberry.field(description="How many people have scored it; at least 1.")
    mean: float = strawberry.field(description="The mean of their values, which rankings take.")
    median: float = strawberry.field(
        description="The median of their values: far from the mean where few differ much from the others."
    )
    least: float = strawberry.field(description="The least of their values.")
    greatest: float = strawberry.field(description="The greatest of their values.")
    deviation: float | None = strawberry.field(
        description="Standard deviation of their values (of the sample); null with a single rater."
    )

    @strawberry.field(description="On what.")
    def criterion(self: RatingRow, info: Info) -> Criterion:
        return as_type(Criterion, info.context.directory.criteria[self.criterion_id])


@strawberry.type(description="A page of ratings, by criterion.")
class RatingConnection(Connection[Rating]):
    """Connection of ratings."""


SCORE_LISTING = Listing(
    SCORES,
    ScoreConnection,
    ids={"criterion_id": "Criterion", "rater_id": "Member"},
    default=(OrderBy("updated_at", descending=True),),
)
